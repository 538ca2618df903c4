"""What a reader reads from, and the one error that it may raise."""

from __future__ import annotations

from typing import Protocol


class ReadError(Exception):
    """A file that cannot be read as what it should be.

    `reason` is one sentence for a person; `place` says where in the file, as the format counts
    (`offset 0x40`, `line 3`, `section .dynamic`), or None.
    """

    def __init__(self, reason: str, place: str | None = None) -> None:
        super().__init__(reason if place is None else f"{reason} ({place})")
        self.reason = reason
        self.place = place


class ByteSource(Protocol):
    """Random access to the bytes of one file, bounded by whoever opened it.

    `read` gives exactly `length` bytes or raises `ReadError` (truncated, or over the reader's allowance).
    """

    @property
    def size(self) -> int:
        """Size of the file in bytes."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`."""
        ...
