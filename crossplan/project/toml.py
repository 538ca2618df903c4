"""TOML files of a user's project: read with a bound, errors as values, and the line on which a key stands.

The parser is rtoml: Rust's crate toml, which Cargo itself reads its files with, and loaded in a third of the time that
tomllib takes. It tells no lines of keys, so `Document.line` finds a key by reading the text again. That is a help for
people and decides nothing.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from crossplan.origin import Origin, OriginKind
from crossplan.record import record

MAX_BYTES = 4 << 20
_PART = r"""\s*(?:"([^"\n]*)"|'([^'\n]*)'|([A-Za-z0-9_-]+))\s*"""
_DOTTED = rf"({_PART}(?:\.{_PART})*)"
_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


@record
class ProjectProblem:
    """A project file that cannot be read or used: its path as shown to the user, the line or None, one sentence."""

    path: str
    line: int | None
    reason: str
    key: str | None = None


@record
class Document:
    """One TOML file: where it lies, how the user is shown that, its text and its values."""

    path: Path
    shown: str
    text: str
    data: Mapping[str, Any]

    @cached_property
    def _lines(self) -> dict[tuple[str, ...], int]:
        """The first line of each dotted key and table header."""
        found: dict[tuple[str, ...], int] = {}
        for keys, line in _keys(self.text):
            for end in range(len(keys), 0, -1):
                found.setdefault(keys[:end], line)
        return found

    def line(self, *keys: str) -> int | None:
        """The line (from 1) of a key, or of the nearest table around it that stands in the text."""
        return next((line for end in range(len(keys), 0, -1) if (line := self._lines.get(keys[:end]))), None)

    def origin(self, *keys: str, kind: OriginKind = "project") -> Origin:
        """The origin of a value of this file."""
        return Origin(kind, self.shown, dotted(keys), self.line(*keys))

    def table(self, *keys: str) -> Mapping[str, Any]:
        """The table under these keys; empty where there is none."""
        value: Any = self.data
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value if isinstance(value, Mapping) else {}


def dotted(keys: tuple[str, ...]) -> str:
    """Keys as TOML writes them: `target.'cfg(unix)'.linker`."""
    return ".".join(key if key and _BARE.issuperset(key) else f"'{key}'" for key in keys)


def shown(path: Path, base: Path) -> str:
    """The path as the user would write it: relative below the current directory `base`, else absolute."""
    text = os.path.relpath(path, base) if path.is_relative_to(base) else str(path)
    return text.replace("\\", "/") if os.sep == "\\" else text


def read_text(path: Path, base: Path, limit: int = MAX_BYTES) -> str | ProjectProblem | None:
    """The text of a regular file of at most `limit` bytes; None where there is none."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return ProjectProblem(shown(path, base), None, "is no regular file")
        if status.st_size > limit:
            return ProjectProblem(shown(path, base), None, f"has {status.st_size} bytes; at most {limit} are read")
        with path.open("rb") as file:
            return file.read(limit).decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return ProjectProblem(shown(path, base), None, "is a link that leads nowhere") if path.is_symlink() else None
    except UnicodeDecodeError as error:
        return ProjectProblem(shown(path, base), None, f"is not UTF-8: byte {error.start:#x}")
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        return ProjectProblem(shown(path, base), None, f"cannot be read: {getattr(error, 'strerror', None) or error}")


def read_toml(path: Path, base: Path, limit: int = MAX_BYTES) -> Document | ProjectProblem | None:
    """The document at `path`; a problem if it is no TOML; None where there is no such file."""
    text = read_text(path, base, limit)
    if not isinstance(text, str):
        return text
    import rtoml

    try:
        return Document(path, shown(path, base), text, rtoml.loads(text))
    except rtoml.TomlParsingError as error:
        reason, _, place = str(error).rpartition(" at line ")
        line = place.partition(" ")[0]
        return ProjectProblem(
            shown(path, base), int(line) if line.isdigit() else None, f"is no TOML: {reason or error}"
        )


def _keys(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Every header and every key at the start of a line, with its line."""
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        begin = line.strip()
        if begin.startswith("["):
            table = _dotted(begin.lstrip("["), "]") or table
            yield table, number
        elif keys := _dotted(line, "="):
            yield table + keys, number


def _dotted(text: str, end: str) -> tuple[str, ...]:
    """The dotted key that a text begins with, up to `end`; empty where there is none."""
    raw, found, _ = text.partition(end)
    keys = tuple(part.strip() for part in raw.split("."))
    if found and all(key and _BARE.issuperset(key) for key in keys):
        return keys
    if not found or ('"' not in raw and "'" not in raw):
        return ()
    match = re.match(_DOTTED + re.escape(end), text)
    return tuple(next(filter(None, parts), "") for parts in re.findall(_PART, match[1])) if match else ()
