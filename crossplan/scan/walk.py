"""The walk: from the root to the files that are evidence, by the tables of `layouts`, within bounds.

The targeted walk enters only folders where a Python can lie. The full walk enters every folder. Links are followed inside
the root, each place is visited once, by its path after all links.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterable
from functools import cache

from crossplan.evidence import Unread
from crossplan.readers.source import ReadError
from crossplan.record import field, record
from crossplan.scan.layouts import HINTS, PREFIXES, FileKind, rules
from crossplan.sysroot import Kind, Node, Progress, Sysroot, join

ENTRY_LIMIT = 20_000_000
"""Names that one walk looks at."""

FOUND_LIMIT = 20_000
"""Files that are read."""

DEPTH_LIMIT = 64
"""Folders inside folders that a walk enters."""

TIME_LIMIT = 300.0
"""Seconds that a walk and the reading of what it found may take."""


@record
class Place:
    """One file that is evidence: its path after all links, what it is, the installation that it lies in."""

    path: str
    what: FileKind
    prefix: str
    aliases: tuple[str, ...] = ()


@record(frozen=False)
class Walk:
    """What a walk has found so far."""

    places: dict[str, Place] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    seen: int = 0
    deadline: float = math.inf

    def is_late(self) -> bool:
        """Whether the time is over, which is then said among the limits."""
        return self._reached(time.monotonic() > self.deadline, f"it took more than {TIME_LIMIT:.0f} seconds")

    def is_over(self) -> bool:
        """Whether the walk has to end, and why is said."""
        return (
            self._reached(self.seen > ENTRY_LIMIT, f"it has more than {ENTRY_LIMIT} names")
            or self._reached(
                len(self.places) > FOUND_LIMIT, f"more than {FOUND_LIMIT} files in it look like parts of a Python"
            )
            or self.is_late()
        )

    def _reached(self, reached: bool, limit: str) -> bool:
        if reached:
            self.limits.append(limit)
        return reached

    def found(self, path: str, node: Node, what: FileKind, prefix: str) -> None:
        """Note a file. A link to it is another name; where it lies itself says more of it than where a link does."""
        known = self.places.get(node.path)
        aliases = known.aliases if known else ()
        if path != node.path:
            aliases = (*aliases, path)
            what, prefix = (known.what, known.prefix) if known else (what, prefix)
        self.places[node.path] = Place(node.path, what, prefix, tuple(sorted(set(aliases))))


@record
class _Folder:
    path: str
    kind: str
    prefix: str
    depth: int


def walk_root(root: Sysroot, *, full: bool, progress: Progress | None = None) -> Walk:
    """Find the evidence below a root. A folder that cannot be read is noted, and the rest still walked."""
    result, visited = Walk(), {""}
    pending = [_Folder("", "any" if full else "top", "", 0)]
    result.deadline = time.monotonic() + TIME_LIMIT
    while pending and not result.is_over():
        folder = pending.pop()
        for node, kind in _enter(root, folder, result, full):
            if node.path in visited:
                continue
            visited.add(node.path)
            prefix = node.path if kind in PREFIXES or kind == "any" else folder.prefix
            pending.append(_Folder(node.path, kind, prefix, folder.depth + 1))
        if progress is not None:
            progress(result.seen, len(result.places))
    return result


def _enter(root: Sysroot, folder: _Folder, result: Walk, full: bool) -> list[tuple[Node, str]]:
    """List one folder: note its evidence, and give the folders to enter, in the reverse of their order."""
    try:
        if folder.kind == "any" and (plain := _skim(root, folder, result)) is not None:
            return plain
        listing = root.listdir(folder.path)
    except ReadError as error:
        result.unread.append(Unread(folder.path, "directory", error.reason, error.place))
        return []
    result.seen += len(listing)
    inner: list[tuple[Node, str]] = []
    for name, kind, what, leads in _interesting(listing.items(), folder.kind, full):
        path = join(folder.path, name)
        try:
            node = root.resolve(path) if kind == "link" else Node(path, kind)
        except ReadError as error:
            result.unread.append(Unread(path, "link", error.reason, error.place))
            continue
        if node is None:
            if what is not None:
                result.unread.append(Unread(path, "dangling", "the link leads to nothing inside the root"))
        elif node.kind == "directory" and leads is not None:
            if folder.depth >= DEPTH_LIMIT:
                result.limits.append(f"{path} lies more than {DEPTH_LIMIT} folders deep")
            else:
                inner.append((node, leads))
        elif node.kind == "file" and what is not None:
            result.found(path, node, what, folder.prefix)
        elif node.kind == "other" and what is not None:
            result.unread.append(Unread(path, "file", "is no regular file (a device, fifo or socket)"))
    inner.sort(key=lambda item: item[0].path, reverse=True)
    return inner


def _skim(root: Sysroot, folder: _Folder, result: Walk) -> list[tuple[Node, str]] | None:
    """Pass through a folder that holds nothing but folders to enter; None where it deserves a closer look."""
    listed, inside = root.skim(folder.path)
    if folder.depth >= DEPTH_LIMIT or _hints()("\n".join(listed)):
        return None
    result.seen += len(listed)
    leads = rules("any").folder
    return [(Node(join(folder.path, name), "directory"), leads(name) or "any") for name in sorted(inside, reverse=True)]


@cache
def _hints() -> Callable[[str], object]:
    return re.compile(HINTS).search


def _interesting(
    entries: Iterable[tuple[str, Kind]], kind: str, full: bool
) -> Iterable[tuple[str, Kind, FileKind | None, str | None]]:
    """The entries that lead on: name, kind, what it is as a file, what as a folder."""
    known = rules(kind)
    for name, entry in entries:
        what = known.file(name) if entry != "directory" else None
        leads = known.folder(name) if entry in ("directory", "link") else None
        if full and leads is None and entry == "directory":
            leads = "any"
        if what is not None or leads is not None:
            yield name, entry, what, leads
