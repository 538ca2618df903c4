"""`Window`: a bounded view of a `ByteSource`, through which every image reader reads.

A hostile file can name any offset, size or count. So all reads of one image draw on one allowance of bytes
and of reads: whatever a table says, reading ends soon, in a record or in `ReadError`.
"""

from __future__ import annotations

from struct import Struct

from crossplan.readers.source import ByteSource, ReadError

IMAGE_BYTES = 8 << 20  # a libpython needs some 30 KiB; an archive of 10,000 members with its index less than 4 MiB
IMAGE_READS = 20_000
STRING_LIMIT = 4096  # PATH_MAX of Linux: no name in an image is longer
_FIRST_LOOK = 64


class Budget:
    """What reading one image may still cost."""

    __slots__ = ("bytes", "reads")

    def __init__(self, size: int = IMAGE_BYTES, reads: int = IMAGE_READS) -> None:
        self.bytes = size
        self.reads = reads

    def spend(self, length: int, offset: int) -> None:
        """Account for one read; `ReadError` when the allowance is used up."""
        self.bytes -= length
        self.reads -= 1
        if self.bytes < 0 or self.reads < 0:
            raise ReadError("its tables lead to more reading than any real image needs", f"offset {offset:#x}")


class Window:
    """`size` bytes of `source` from `start`, as a source of its own; offsets count from `start`."""

    __slots__ = ("_budget", "_source", "_start", "size")

    def __init__(
        self, source: ByteSource, start: int = 0, size: int | None = None, budget: Budget | None = None
    ) -> None:
        self._source = source
        self._start = start
        self.size = source.size - start if size is None else size
        self._budget = budget if budget is not None else Budget()
        if start < 0 or self.size < 0 or start + self.size > source.size:
            raise ReadError("a part reaches beyond the end of the file", f"offset {start:#x}")

    def part(self, offset: int, size: int) -> Window:
        """A smaller window (slice of a fat file, member of an archive) that draws on the same allowance."""
        if offset < 0 or size < 0 or offset + size > self.size:
            raise ReadError(f"truncated: a part of {size} bytes reaches beyond the end", f"offset {offset:#x}")
        return Window(self._source, self._start + offset, size, self._budget)

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise ReadError(f"truncated: {length} bytes wanted, the file has {self.size}", f"offset {offset:#x}")
        self._budget.spend(length, offset)
        return self._source.read(self._start + offset, length)

    def upto(self, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`, or as many as there are."""
        return self.read(offset, max(0, min(length, self.size - offset)))

    def unpack(self, layout: Struct, offset: int) -> tuple[int, ...]:
        """The fields of `layout` at `offset`."""
        return layout.unpack(self.read(offset, layout.size))

    def string(self, offset: int, end: int | None = None) -> str:
        """The NUL-terminated text at `offset`, which must end before `end`."""
        end = self.size if end is None else min(end, self.size)
        data = b""
        step = _FIRST_LOOK
        while offset + len(data) < end and len(data) < STRING_LIMIT:
            data += self.read(offset + len(data), min(step, end - offset - len(data)))
            head, nul, _ = data.partition(b"\0")
            if nul:
                return text(head)
            step = STRING_LIMIT - len(data)
        raise ReadError("a name is not terminated", f"offset {offset:#x}")


def text(data: bytes) -> str:
    """Bytes of a name as text; what is no UTF-8 stands as lone surrogates."""
    return data.decode("utf-8", "surrogateescape")
