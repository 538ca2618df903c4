"""A `ByteSource` over bytes in memory."""

from __future__ import annotations

from crossplan.readers.source import ReadError


class Buffer:
    """A `ByteSource` over bytes in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @property
    def size(self) -> int:
        """Size in bytes."""
        return len(self._data)

    def read(self, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`; `ReadError` if the buffer ends before."""
        if offset < 0 or length < 0 or offset + length > len(self._data):
            raise ReadError(f"truncated: {length} bytes wanted, the file has {len(self._data)}", f"offset {offset:#x}")
        return self._data[offset : offset + length]
