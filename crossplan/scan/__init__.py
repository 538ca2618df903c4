"""The scan: from a root to `Evidence`.

    Sysroot ──walk──▶ places ──read──▶ records ──group──▶ groups ──settle──▶ Pythons

Where nothing was found in the places where a Python can be, the whole root is walked.
"""

from __future__ import annotations

from crossplan.evidence import Description, Evidence, ImageFile, TargetPython, Unread
from crossplan.scan.group import Record, group
from crossplan.scan.read import read_place
from crossplan.scan.settle import settle
from crossplan.scan.walk import Progress, Walk, walk_root
from crossplan.scan.zipped import read_zip
from crossplan.sysroot import Sysroot

__all__ = ["scan"]


def scan(root: Sysroot, *, full: bool = False, modules: bool = True, progress: Progress | None = None) -> Evidence:
    """Everything below a root that describes or is a Python. Whatever cannot be read stands in `unread`; nothing is raised.

    With `modules` false, extension modules, of which a Python has some 80, are read only where no library or program tells
    of the machine, and then one.
    """
    found = walk_root(root, full=full, progress=progress)
    records = _records(root, found, modules)
    if not full and not any(_tells(record) for record, _ in records):
        found = walk_root(root, full=True, progress=progress)
        records = _records(root, found, modules)
    damaged = tuple(Unread("", "file", sentence) for sentence in root.damage)
    return Evidence(
        root=root.name,
        pythons=tuple(sorted((settle(one) for one in group(records)), key=_place)),
        images=tuple(record for record, _ in records if isinstance(record, ImageFile)),
        descriptions=tuple(record for record, _ in records if isinstance(record, Description)),
        unread=(*damaged, *found.unread, *(record for record, _ in records if isinstance(record, Unread))),
        limits=tuple(dict.fromkeys((*root.limits, *found.limits))),
        files_seen=found.seen,
    )


def _records(root: Sysroot, found: Walk, modules: bool) -> list[tuple[Record, str]]:
    """The records of all places, each with its installation, in the order of their paths."""
    records: list[tuple[Record, str]] = []
    places = [place for _, place in sorted(found.places.items())]
    zips = [place for place in places if place.what == "stdlib-zip"]
    told: set[str] = set()
    # Extension modules come last, when it is known whether they are needed.
    for place in sorted(places, key=lambda place: place.what == "extension"):
        if place.what == "stdlib-zip" or (place.what == "extension" and not modules and place.prefix in told):
            continue
        if (record := read_place(root, place)) is not None:
            records.append((record, place.prefix))
            if isinstance(record, ImageFile) and record.role != "other":
                told.add(place.prefix)
    records.sort(key=lambda item: item[0].path)
    described = {prefix for record, prefix in records if _describes(record)}
    for place in zips:
        if place.prefix not in described:
            records += [(record, place.prefix) for record in read_zip(root, place)]
    return records


def _place(python: TargetPython) -> tuple[str, ...]:
    """Where a Python comes in the report: by the paths of what it was read from."""
    return (*(item.path for item in python.descriptions), *(item.path for item in python.images))


def _describes(record: Record) -> bool:
    """Whether a record is a sysconfigdata, or as good as one."""
    return not isinstance(record, ImageFile) and record.kind in ("sysconfigdata", "sysconfig-vars")


def _tells(record: Record) -> bool:
    """Whether a record is of a Python: not the C library that lies beside."""
    return not isinstance(record, ImageFile) or record.role != "other"
