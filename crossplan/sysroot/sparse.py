"""Sparse members of tar archives: the holes of a file are left out, and a map says where the rest belongs.

Source: GNU tar's manual, "Storing Sparse Files": the old format (type `S`), and 0.0, 0.1, 1.0 in pax headers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from crossplan.readers.source import ByteSource, ReadError
from crossplan.sysroot.flow import Flow, exactly

PIECES_LIMIT = 4096
"""Pieces that a file may have which is read; libraries have a few dozen."""

Pieces: TypeAlias = tuple[tuple[int, int], ...]
"""Where each piece of the file belongs, and its length; they are stored one after the other."""

_BLOCK = 512
_MAP, _MARK = slice(386, 482), 482  # of an old header; the mark says that a block with more of the map follows
_MORE_MAP, _MORE_MARK = slice(0, 504), 504


def of_header(block: bytes, flow: Flow) -> list[int] | None:
    """The map of the old format, offset and length in turn, which begins in the header; None where it is too long."""
    found, mark = _numbers(block[_MAP]), _MARK
    while block[mark]:
        block, mark = exactly(flow, _BLOCK), _MORE_MARK
        if len(found) <= 2 * PIECES_LIMIT:
            found += _numbers(block[_MORE_MAP])
    return found if len(found) <= 2 * PIECES_LIMIT else None


def _numbers(fields: bytes) -> list[int]:
    parts = (fields[at : at + 12].strip(b" \0") for at in range(0, len(fields), 12))
    return [int(part, 8) if part.isdigit() and not part.strip(b"01234567") else 0 for part in parts]


def of_pax(extra: Mapping[str, str], flow: Flow) -> list[int] | None:
    """The map of a pax header (0.0 and 0.1), or at the beginning of the data (1.0); None where it is too long."""
    if extra.get("GNU.sparse.major") != "1":
        words = extra.get("GNU.sparse.map", "").split(",")
        return [_number(word) for word in words] if len(words) <= 2 * PIECES_LIMIT else None
    words, rest, wanted = [], "", 1
    while len(words) < wanted:
        *lines, rest = (rest + exactly(flow, _BLOCK).decode("latin-1")).split("\n")
        words += lines
        if words and (wanted := 1 + 2 * _number(words[0])) > 1 + 2 * PIECES_LIMIT:
            return None
        if len(rest) > _BLOCK:
            raise ReadError("the map of a sparse file is damaged")
    return [_number(word) for word in words[1:wanted]]


def _number(word: str) -> int:
    if not (word.isdecimal() and word.isascii() and len(word) < 20):
        raise ReadError("the map of a sparse file is damaged")
    return int(word)


def pieces_of(numbers: Sequence[int], stored: int, size: int) -> Pieces:
    """The pieces of a map, held against what is stored and against the size of the file."""
    if len(numbers) % 2:
        raise ReadError("the map of a sparse file is damaged")
    pieces = tuple((offset, length) for offset, length in zip(numbers[::2], numbers[1::2], strict=True) if length)
    end = 0
    for offset, length in pieces:
        if offset < end:
            raise ReadError("the pieces of a sparse file overlap")
        end = offset + length
    if end > size or sum(length for _, length in pieces) != stored:
        raise ReadError("the map of a sparse file does not fit its data")
    return pieces


class SparseSource:
    """A file of `size` bytes of which `source` holds the pieces; the rest is zeros."""

    def __init__(self, source: ByteSource, pieces: Pieces, size: int) -> None:
        self._source = source
        self._pieces = pieces
        self._places = [0]
        for _, length in pieces:
            self._places.append(self._places[-1] + length)
        self.size = size

    def read(self, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise ReadError(
                f"truncated: {length} bytes wanted, the file has {self.size}", f"offset {max(offset, 0):#x}"
            )
        data = bytearray(length)
        for number in range(max(0, bisect_right(self._pieces, (offset, self.size)) - 1), len(self._pieces)):
            start, size = self._pieces[number]
            first, last = max(start, offset), min(start + size, offset + length)
            if start >= offset + length:
                break
            if first < last:
                place = self._places[number] + first - start
                data[first - offset : last - offset] = self._source.read(place, last - first)
        return bytes(data)
