"""The scan: from a root to `Evidence`.

    Sysroot ──walk──▶ places ──read──▶ records ──group──▶ groups ──settle──▶ Pythons

Where nothing was found in the places where a Python can be, the whole root is walked.
"""

from __future__ import annotations

from crossplan.evidence import Description, Evidence, ImageFile, TargetPython, Unread
from crossplan.scan.group import Record, group
from crossplan.scan.read import read_place
from crossplan.scan.settle import settle
from crossplan.scan.walk import Walk, walk_root
from crossplan.sysroot import Progress, Sysroot

__all__ = ["scan"]


def scan(root: Sysroot, *, full: bool = False, lean: bool = False, progress: Progress | None = None) -> Evidence:
    """Everything below a root that describes or is a Python. Whatever cannot be read stands in `unread`; nothing is raised.

    A lean scan leaves out what can only confirm: where a description and a binary tell of an installation, its headers,
    Makefile, pkg-config files and extension modules. Facts and errors are the same, some warnings are missing.
    """
    found = walk_root(root, full=full, progress=progress)
    records = _records(root, found, lean)
    if not full and not any(_tells(record) for record, _ in records):
        found = walk_root(root, full=True, progress=progress)
        records = _records(root, found, lean)
    damaged = tuple(Unread("", "file", sentence) for sentence in root.damage)
    return Evidence(
        root=root.name,
        pythons=tuple(sorted((settle(one) for one in group(records)), key=_place)),
        images=tuple(record for record, _ in records if isinstance(record, ImageFile)),
        descriptions=tuple(record for record, _ in records if isinstance(record, Description)),
        unread=(*damaged, *found.unread, *(record for record, _ in records if isinstance(record, Unread))),
        limits=tuple(dict.fromkeys((*root.limits, *found.limits))),
    )


def _records(root: Sysroot, found: Walk, lean: bool) -> list[tuple[Record, str]]:
    """The records of all places, each with its installation, in the order of their paths."""
    records: list[tuple[Record, str]] = []
    named: set[str] = set()  # installations with a sysconfigdata, readable or not
    described: set[str] = set()
    pictured: set[str] = set()  # … with a binary
    # What others may confirm comes first, and last the zips, which are read only where nothing else describes.
    for place in sorted(found.places.values(), key=lambda place: (_TURNS.get(place.what, 0), place.path)):
        if found.is_late():
            break
        prefix = place.prefix
        if place.what == "stdlib-zip":
            from crossplan.scan.zipped import read_zip

            records += [(record, prefix) for record in read_zip(root, place)] if prefix not in named else []
            continue
        confirms = _TURNS.get(place.what, 0) and prefix in pictured
        if lean and confirms and (prefix in described or place.what == "extension"):
            continue
        if (record := read_place(root, place)) is not None:
            records.append((record, prefix))
            if isinstance(record, ImageFile):
                pictured |= {prefix} if record.role != "other" else set()
            elif record.kind in ("sysconfigdata", "sysconfig-vars"):
                named.add(prefix)
                described |= {prefix} if isinstance(record, Description) else set()
    return sorted(records, key=lambda item: item[0].path)


_TURNS = {"pyconfig.h": 1, "patchlevel.h": 1, "makefile": 1, "pkg-config": 1, "extension": 2, "stdlib-zip": 3}


def _place(python: TargetPython) -> tuple[str, ...]:
    """Where a Python comes in the report: by the paths of what it was read from."""
    return (*(item.path for item in python.descriptions), *(item.path for item in python.images))


def _tells(record: Record) -> bool:
    """Whether a record is of a Python: not the C library that lies beside."""
    return not isinstance(record, ImageFile) or record.role != "other"
