"""Where members of compressed archives are kept for as long as a root is open: one file without a name."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from typing import IO

from crossplan.readers.source import ByteSource, ReadError
from crossplan.sysroot.flow import OverLimit

SCRATCH_LIMIT = 2 << 30
"""Bytes that the members kept of one root may have together."""


class Part:
    """`size` bytes of `source` from `start`, as a source of its own."""

    __slots__ = ("_source", "_start", "size")

    def __init__(self, source: ByteSource, start: int, size: int) -> None:
        self._source = source
        self._start = start
        self.size = size
        if start < 0 or size < 0 or start + size > source.size:
            raise ReadError("a member reaches beyond the end of the archive", f"offset {max(start, 0):#x}")

    def read(self, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise ReadError(
                f"truncated: {length} bytes wanted, the file has {self.size}", f"offset {max(offset, 0):#x}"
            )
        return self._source.read(self._start + offset, length)


class Scratch:
    """A temporary file that has no name, so nothing is left behind however the process ends; made at the first use."""

    def __init__(self, limit: int = SCRATCH_LIMIT) -> None:
        self._file: IO[bytes] | None = None
        self._limit = limit
        self.size = 0

    def room_for(self, size: int) -> bool:
        """Whether `size` more bytes may be kept."""
        return self.size + size <= self._limit

    def keep(self, pieces: Iterable[bytes]) -> Part:
        """Write these bytes at the end, and give them back as a source."""
        start = self.size
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="crossplan-", buffering=0)  # noqa: SIM115
            for piece in pieces:
                if not self.room_for(len(piece)):
                    raise OverLimit(f"more than {self._limit} bytes of it would have to be kept")
                self._file.write(piece)
                self.size += len(piece)
        except OSError as error:
            raise ReadError(
                f"it cannot be unpacked into the temporary folder: {os.strerror(error.errno or 0)}"
            ) from error
        return Part(self, start, self.size - start)

    def read(self, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`; only parts ask, within what was kept."""
        return os.pread(self._file.fileno(), length, offset) if self._file is not None and length else b""

    def close(self) -> None:
        """Give the space back."""
        if self._file is not None:
            self._file.close()
            self._file = None
