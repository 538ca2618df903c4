"""`.pyc`: only its first four bytes, which name the version that wrote it. The rest is never unmarshalled.

Source: CPython `Include/internal/pycore_magic_number.h` (before 3.14 `Lib/importlib/_bootstrap_external.py`), which keeps
the list: each minor version has a range of numbers of its own.
"""

from __future__ import annotations

from crossplan.data import load
from crossplan.readers.source import ReadError


def read_bytecode(head: bytes) -> dict[str, str | int]:
    """`magic` and, where it is known, `version` (major.minor); `head` is the beginning of the file."""
    if len(head) < 16 or head[2:4] != b"\r\n":  # PEP 552: magic, flags, and two words
        raise ReadError("is no byte code: its first four bytes are no magic number", "offset 0x0")
    magic = int.from_bytes(head[:2], "little")
    values: dict[str, str | int] = {"magic": magic}
    for row in load("bytecode")["magic_numbers"]:
        if row["first"] <= magic <= row["last"]:
            values["version"] = row["version"]
    return values
