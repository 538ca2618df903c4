"""`pyvenv.cfg`: the Python that a virtual environment was made from (PEP 405)."""

from __future__ import annotations

from crossplan.readers.source import ReadError
from crossplan.readers.textfile import text_of

SIZE_LIMIT = 64 << 10
"""Bytes that such a file may have; real ones have 200."""


def read_pyvenv(data: bytes) -> tuple[dict[str, str | int], dict[str, int]]:
    """Its keys, in lower case, and their lines."""
    values: dict[str, str | int] = {}
    lines: dict[str, int] = {}
    for number, line in enumerate(text_of(data, SIZE_LIMIT, "pyvenv.cfg").split("\n"), 1):
        key, equals, value = line.partition("=")
        if equals:
            values[key.strip().lower()] = value.strip()
            lines[key.strip().lower()] = number
    if "home" not in values:
        raise ReadError("lacks the key home, which PEP 405 requires")
    return values, lines
