"""Versions and requirements as Cargo understands them (SemVer 2.0; The Cargo Book, "Specifying Dependencies")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

from crossplan.record import record

# major, minor, patch, then 1 for a release or 0 and the parts of the pre-release, so that tuples compare as SemVer 11.
Version: TypeAlias = tuple[int, int, int, int, tuple[tuple[int, int, str], ...]]

_VERSION = r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?"
_OPERATORS = ("^", "~", "=", ">=", "<=", ">", "<")
_STARS = ("*", "x", "X")
_WORD = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-")


def parse_version(text: str) -> Version | None:
    """`1.2.3-beta.1` as a value that compares; None for anything else. Build metadata counts for nothing."""
    match = re.fullmatch(_VERSION, text)
    if not match:
        return None
    major, minor, patch, pre = match.groups()
    return int(major), int(minor), int(patch), int(pre is None), _prerelease(pre)


def _prerelease(text: str | None) -> tuple[tuple[int, int, str], ...]:
    """Numbers come before words, as SemVer 11.4 orders them."""
    parts = text.split(".") if text else []
    return tuple((0, int(part), "") if part.isdigit() and len(part) < 10 else (1, 0, part) for part in parts)


@record
class _Comparator:
    """One comparison; `minor` and `patch` are None where the text leaves them out or has a star."""

    operator: str
    major: int | None
    minor: int | None
    patch: int | None
    pre: str | None

    @property
    def low(self) -> Version:
        """The lowest version that the text names."""
        return self.major or 0, self.minor or 0, self.patch or 0, int(self.pre is None), _prerelease(self.pre)

    def matches(self, version: Version) -> bool:
        """Whether the version compares as asked; pre-releases are judged by `Requirement`."""
        if self.major is None:
            return True
        match self.operator:
            case "=":
                return version == self.low if self.patch is not None else self._begins(version)
            case ">":
                return (
                    version > self.low if self.patch is not None else version > self.low and not self._begins(version)
                )
            case ">=":
                return version >= self.low
            case "<":
                return version < self.low
            case "<=":
                return version <= self.low if self.patch is not None else version < self.low or self._begins(version)
            case "~":
                return (
                    version >= self.low
                    and version[: 1 if self.minor is None else 2] == self.low[: 1 if self.minor is None else 2]
                )
        return version >= self.low and self._compatible(version)

    def _begins(self, version: Version) -> bool:
        """Whether the version begins with the parts that the text names."""
        parts = [part for part in (self.major, self.minor, self.patch) if part is not None]
        return list(version[: len(parts)]) == parts

    def _compatible(self, version: Version) -> bool:
        """Caret: equal up to and with the first part that is not zero."""
        if self.major or self.minor is None:
            return version[0] == self.major
        if self.minor or self.patch is None:
            return version[:2] == (0, self.minor)
        return version[:3] == (0, 0, self.patch)


def _comparator(text: str) -> _Comparator | None:
    """One comparison as Cargo spells it: `^1.2`, `>= 0.22`, `1.*`, `=1.0.0-rc.1+build`; None for anything else."""
    operator = max((sign for sign in _OPERATORS if text.startswith(sign)), key=len, default="")
    text, plus, build = text.removeprefix(operator).lstrip().removeprefix("v").partition("+")
    text, dash, pre = text.partition("-")
    numbers = text.split(".")
    if len(numbers) > 3 or not all(number in _STARS or _is_number(number) for number in numbers):
        return None
    if not all(_WORD.issuperset(word) and bool(word) == bool(mark) for mark, word in ((plus, build), (dash, pre))):
        return None
    values = [None if number in _STARS else int(number) for number in numbers] + [None, None]
    starred = any(number in _STARS for number in numbers)
    return _Comparator(operator or ("=" if starred else "^"), values[0], values[1], values[2], pre or None)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


@record
class Requirement:
    """A requirement such as `>=0.21, <0.23`: every comparison must hold."""

    comparators: tuple[_Comparator, ...]

    @classmethod
    def parse(cls, text: str) -> Requirement | None:
        """Read it as Cargo does; None if it is no requirement."""
        comparators = []
        for part in text.split(",") if text.strip() else ["*"]:
            if (comparator := _comparator(part.strip())) is None:
                return None
            comparators.append(comparator)
        return cls(tuple(comparators))

    def matches(self, version: str) -> bool:
        """Whether a version meets it. A pre-release only does if a comparison names one of the same release."""
        parsed = parse_version(version)
        if parsed is None or not all(comparator.matches(parsed) for comparator in self.comparators):
            return False
        return parsed[3] == 1 or any(c.pre is not None and c.low[:3] == parsed[:3] for c in self.comparators)

    def newest(self, known: Iterable[str]) -> str | None:
        """The newest of the known versions that meets it, or None."""
        fitting = [(parsed, text) for text in known if self.matches(text) and (parsed := parse_version(text))]
        return max(fitting)[1] if fitting else None

    def lowest(self) -> str | None:
        """The lowest version that its text names, which stands for it where no known version meets it."""
        named = [c for c in self.comparators if c.major is not None and c.operator not in ("<", "<=")]
        if not named:
            return None
        first = max(named, key=lambda comparator: comparator.low)
        return ".".join(str(part) for part in first.low[:3]) + (f"-{first.pre}" if first.pre else "")
