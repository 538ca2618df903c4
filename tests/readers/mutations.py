"""Damage to good inputs, where it matters: in what the reader reads of the good one."""

from __future__ import annotations

from random import Random

from crossplan.readers.source import ByteSource, ReadError

NUMBERS = (0, 1, 2, 3, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
WIDE = (*NUMBERS, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, (1 << 64) - 8)
TEXTS = (
    b"\0",
    b"\n",
    b"'",
    b'"',
    b"\\",
    b"{",
    b"}",
    b"[",
    b"(" * 50,
    b"\x1b[31m",
    b"\xff",
    b"\xed\xa0\x80",
    b"{'a':" * 200,
)


class Traced:
    """A source that notes which places are read."""

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self.size = source.size
        self.places: list[tuple[int, int]] = []

    def read(self, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`."""
        if length:
            self.places.append((offset, length))
        return self._source.read(offset, length)


class Patched:
    """A source with some bytes changed, and perhaps cut off."""

    def __init__(self, source: ByteSource, patches: list[tuple[int, bytes]], size: int) -> None:
        self._source = source
        self._patches = patches
        self.size = size

    def read(self, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise ReadError("truncated", f"offset {offset:#x}")
        data = bytearray(self._source.read(offset, length))
        for place, new in self._patches:
            start, end = max(place, offset), min(place + len(new), offset + length)
            if start < end:
                data[start - offset : end - offset] = new[start - place : end - place]
        return bytes(data)


def damaged(source: ByteSource, places: list[tuple[int, int]], random: Random) -> ByteSource:
    """The source with one to four places of those changed."""
    patches = [_patch(source, places, random) for _ in range(random.choice((1, 1, 1, 2, 4)))]
    size = source.size
    if random.random() < 0.05:
        size = random.choice((random.randrange(size + 1), max(0, size - random.randrange(64))))
    return Patched(source, [(at, data[: max(0, size - at)]) for at, data in patches if at < size], size)


def _patch(source: ByteSource, places: list[tuple[int, int]], random: Random) -> tuple[int, bytes]:
    offset, length = random.choice(places)
    at = offset + random.randrange(length)
    kind = random.randrange(6)
    if kind == 0:
        return at, bytes([source.read(at, 1)[0] ^ 1 << random.randrange(8)])
    if kind == 1:
        return at, random.randbytes(random.randrange(1, 9))
    if kind == 2:  # a number of a table, taken from another place: cycles, overlaps
        other, size = random.choice(places)
        return at - at % 4, source.read(other, min(size, random.choice((4, 8))))
    if kind == 3:
        return at, random.choice(TEXTS)
    width = random.choice((1, 2, 4, 4, 8, 8))
    near = (source.size, source.size - 1, offset, at, length)
    value = random.choice(WIDE if random.random() < 0.6 else near) & (1 << 8 * width) - 1
    return at - at % min(width, 4), value.to_bytes(width, random.choice(("little", "big")))
