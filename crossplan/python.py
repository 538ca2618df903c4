"""Python versions and implementations, as values that compare.

Spelled as the formats spell them: `3.11.2`, `3.14t` (free-threaded), `3.11.8+` (built from a branch).
"""

from __future__ import annotations

import re
from typing import Self

from crossplan.record import record

_VERSION = r"(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3})((?:a|b|rc)\d+)?\+?)?(t?)(d?)"
_LEVELS = {0xA: "a", 0xB: "b", 0xC: "rc", 0xF: ""}


class PythonVersion(tuple[int, int]):
    """`major.minor`, the part of a version that decides the ABI; compares as a pair. (A NamedTuple takes 2 ms to make.)"""

    __slots__ = ()

    def __new__(cls, major: int, minor: int) -> Self:
        """From its two numbers."""
        return super().__new__(cls, (major, minor))

    def __getnewargs__(self) -> tuple[int, int]:
        return self.major, self.minor

    @property
    def major(self) -> int:
        """3."""
        return self[0]

    @property
    def minor(self) -> int:
        """11 of 3.11."""
        return self[1]

    def __repr__(self) -> str:
        return f"PythonVersion({self.major}, {self.minor})"

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


@record
class PythonChoice:
    """What `--python` asks for: `3.13`, `3.13t`, `3.11.2`, `3.11d`."""

    version: PythonVersion
    micro: int | None = None
    free_threaded: bool = False
    debug: bool = False

    @classmethod
    def parse(cls, text: str) -> PythonChoice:
        """Read `X.Y[.Z][t][d]`; ValueError says what is expected."""
        match = re.fullmatch(_VERSION, text) if text else None
        if not match:
            raise ValueError(
                f"{text!r} is no Python version: expected X.Y or X.Y.Z, with a t for free-threaded (3.13t)"
            )
        major, minor, micro, _, threads, debug = match.groups()
        return cls(PythonVersion(int(major), int(minor)), int(micro) if micro else None, threads == "t", debug == "d")

    def __str__(self) -> str:
        micro = "" if self.micro is None else f".{self.micro}"
        return f"{self.version}{micro}{'t' if self.free_threaded else ''}{'d' if self.debug else ''}"


def minor_version(text: str) -> PythonVersion | None:
    """The `major.minor` that a longer version text begins with, or None: `3.11.2`, `3.11.8+`, `3.15.0a1`."""
    match = re.match(r"(\d{1,3})\.(\d{1,3})(?!\d)", text)
    return PythonVersion(int(match[1]), int(match[2])) if match else None


def version_from_hex(value: int) -> str:
    """`PY_VERSION_HEX` (0xMMmmppLS, CPython's patchlevel.h) as text: 0x030b02f0 is `3.11.2`, 0x030f00a1 is `3.15.0a1`."""
    major, minor, micro, level, serial = (
        value >> 24 & 0xFF,
        value >> 16 & 0xFF,
        value >> 8 & 0xFF,
        value >> 4 & 0xF,
        value & 0xF,
    )
    suffix = _LEVELS.get(level)
    if suffix is None:
        raise ValueError(f"{value:#010x} is no PY_VERSION_HEX: release level {level:#x}")
    return f"{major}.{minor}.{micro}" + (f"{suffix}{serial}" if suffix else "")
