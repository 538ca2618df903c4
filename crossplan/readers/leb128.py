"""Unsigned LEB128 numbers, as ARM attributes, export tries and WebAssembly have them."""

from __future__ import annotations

from crossplan.readers.source import ReadError

_BITS_MAX = 70  # ten bytes, enough for 64 bits


def uleb128(data: bytes, place: int) -> tuple[int, int]:
    """The number at `place`, of at most ten bytes, and the place after it."""
    value = 0
    for shift in range(0, _BITS_MAX, 7):
        if place >= len(data):
            raise ReadError("a LEB128 number is cut off", f"offset {place:#x} of its table")
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, place
    raise ReadError("a LEB128 number is longer than ten bytes", f"offset {place:#x} of its table")
