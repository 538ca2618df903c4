"""A `ByteSource` over a file on disk that counts what is read of it, for tests and the programs beside them."""

from __future__ import annotations

from pathlib import Path

from crossplan.readers.source import ReadError


class FileSource:
    """One file of the disk."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self.size = path.stat().st_size
        self.bytes_read = 0

    def read(self, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise ReadError("truncated", f"offset {offset:#x}")
        self._file.seek(offset)
        self.bytes_read += length
        return self._file.read(length)

    def __del__(self) -> None:
        self._file.close()
