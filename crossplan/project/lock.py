"""`Cargo.lock`, versions 1 to 4: which packages were chosen, and which of them depend on which.

Cargo writes the file itself, one key a line, so it is read line by line (TOML takes some 100 ms for the lock of a
large project); a file of any other shape goes through the TOML parser. Format: cargo, src/cargo/core/resolver/encode.rs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from crossplan.project.toml import ProjectProblem, read_text, read_toml, shown
from crossplan.record import record

MAX_BYTES = 32 << 20
_KEYS = ("name", "version", "source", "checksum", "replace")
_HEADER = r"\[\[?[A-Za-z_.-]+\]\]?"


@record
class LockedPackage:
    """One `[[package]]`: `source` is None for a local one; `dependencies` as written: `name[ version[ (source)]]`."""

    name: str
    version: str
    source: str | None = None
    dependencies: tuple[str, ...] = ()
    line: int | None = None


@record
class Lock:
    """A lock file and its packages, in its order."""

    shown: str
    packages: tuple[LockedPackage, ...]

    @cached_property
    def _by_name(self) -> Mapping[str, list[LockedPackage]]:
        found: dict[str, list[LockedPackage]] = {}
        for package in self.packages:
            found.setdefault(package.name, []).append(package)
        return found

    def versions(self, name: str) -> tuple[LockedPackage, ...]:
        """Every version of a package."""
        return tuple(self._by_name.get(name, ()))

    def dependency(self, package: LockedPackage, name: str) -> LockedPackage | None:
        """The version of `name` that `package` depends on; None if it does not."""
        for entry in package.dependencies:
            words = entry.split(" ")
            if words[0] == name:
                version = words[1] if len(words) > 1 else None
                return next((p for p in self.versions(name) if version in (None, p.version)), None)
        return None

    def way(self, start: LockedPackage, name: str) -> tuple[LockedPackage, ...]:
        """The shortest way from a package to `name`: the packages after `start`, `name` last; empty if there is none."""
        waiting: list[tuple[LockedPackage, ...]] = [(start,)]
        seen = {start}
        for trail in waiting:
            for entry in trail[-1].dependencies:
                found = self.dependency(trail[-1], entry.partition(" ")[0])
                if found is not None and found.name == name:
                    return (*trail[1:], found)
                if found is not None and found not in seen:
                    seen.add(found)
                    waiting.append((*trail, found))
        return ()

    def reach(self, names: Iterable[str]) -> frozenset[str]:
        """The names of all packages that depend on one of `names`, at any depth, and `names` themselves."""
        users: dict[str, set[str]] = {}
        for package in self.packages:
            for entry in package.dependencies:
                users.setdefault(entry.partition(" ")[0], set()).add(package.name)
        seen, waiting = set(names), list(names)
        while waiting:
            fresh = users.get(waiting.pop(), set()) - seen
            seen |= fresh
            waiting += fresh
        return frozenset(seen)


def read_lock(path: Path, base: Path) -> Lock | ProjectProblem | None:
    """The lock file at `path`; None where there is none."""
    text = read_text(path, base, MAX_BYTES)
    if not isinstance(text, str):
        return text
    packages = _by_lines(text)
    if packages is None:
        document = read_toml(path, base, MAX_BYTES)
        if document is None or isinstance(document, ProjectProblem):
            return document
        packages = _from_tables(document.data)
    return Lock(shown(path, base), tuple(packages))


def _by_lines(text: str) -> list[LockedPackage] | None:
    """The packages, or None if a line is not as Cargo writes it."""
    packages: list[LockedPackage] = []
    values: dict[str, str] = {}
    items: list[str] = []
    start: int | None = None
    other = False  # inside a table of another kind ([metadata], [[patch.unused]])
    for number, line in enumerate((*text.splitlines(), "[end]"), 1):
        if not line or (line.startswith(("#", "version = ")) and start is None):
            continue
        if line[0] == "[":
            if line != "[[package]]" and not re.fullmatch(_HEADER, line):
                return None
            if start is not None and not _close(packages, values, items, start):
                return None
            values, items = {}, []
            start = number if line in ("[[package]]", "[root]") else None
            other = start is None
        elif other or (start is not None and line in ("dependencies = [", "]", "dependencies = []")):
            continue
        else:
            key, _, value = line.partition('"')
            value, end, rest = value.partition('"')
            if not end or "\\" in value:
                return None
            if key == " " and rest in (",", ""):
                items.append(value)
            elif key.removesuffix(" = ") in _KEYS and key.endswith(" = ") and not rest:
                values[key[:-3]] = value
            else:
                return None
    return packages


def _close(packages: list[LockedPackage], values: Mapping[str, str], items: list[str], line: int) -> bool:
    """Append the package whose lines are over; False if it has no name or version."""
    name, version = values.get("name"), values.get("version")
    if name is None or version is None:
        return False
    packages.append(LockedPackage(name, version, values.get("source"), tuple(items), line))
    return True


def _from_tables(data: Mapping[str, Any]) -> list[LockedPackage]:
    """The packages of a lock file that was written by another hand."""
    rows = data.get("package")
    rows = list(rows) if isinstance(rows, list) else []
    if isinstance(data.get("root"), Mapping):
        rows.append(data["root"])
    packages = []
    for row in rows:
        if isinstance(row, Mapping) and isinstance(row.get("name"), str) and isinstance(row.get("version"), str):
            source, needs = row.get("source"), row.get("dependencies")
            needs = tuple(need for need in needs if isinstance(need, str)) if isinstance(needs, list) else ()
            packages.append(
                LockedPackage(row["name"], row["version"], source if isinstance(source, str) else None, needs)
            )
    return packages
