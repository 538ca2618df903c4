"""What changed between two reports of `inspect`, in what matters to a module that is built for one of them.

Works on the wire form, so that a report that was saved long ago can be compared with a root of today. A value that one side
does not know is no change.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from crossplan.checks import check_evidence
from crossplan.readers.images import read_image
from crossplan.readers.source import ByteSource, ReadError
from crossplan.record import record
from crossplan.report import PYTHON_FACTS, VERSION, image_wire, inspect_wire
from crossplan.scan import scan
from crossplan.sysroot import RootError, open_sysroot
from crossplan.sysroot.archive import open_file

_REPORT_LIMIT = 256 << 20

PYTHON_FIELDS = (*PYTHON_FACTS, "targets")
IMAGE_FIELDS = (
    "format",
    "machine",
    "bits",
    "endian",
    "float_abi",
    "abi",
    "libc",
    "libc_floor",
    "minimum_os",
    "soname",
    "python_version",
    "free_threaded",
    "debug",
)

Record = Mapping[str, Any]
Kind = Literal["python", "image"]


@record
class Change:
    """One field that two things have with different values; `before` and `after` are what the things are called."""

    kind: Kind
    before: str
    after: str
    field: str
    old: object
    new: object


@record
class Comparison:
    """All that changed. `gone` and `come` are what one side has and the other has no counterpart for, kind and name."""

    before: str
    after: str
    changes: tuple[Change, ...]
    gone: tuple[tuple[Kind, str], ...]
    come: tuple[tuple[Kind, str], ...]
    mended: tuple[Record, ...]  # findings of the first report that the second has not
    findings: tuple[Record, ...]  # and the other way round


def read_report(place: str) -> Record:
    """The report about a root, about one binary, or one that was saved. `RootError`: it is none of these."""
    try:
        return _report_of_file(place)
    except ReadError:
        pass  # a folder, or a file of another kind: then it is a root, or nothing
    with open_sysroot(place) as root:
        evidence = scan(root)
    return inspect_wire(evidence, check_evidence(evidence))


def _report_of_file(place: str) -> Record:
    try:
        held = open_file(place)
    except RootError as error:
        raise ReadError(str(error)) from error
    with held as source:
        head = source.read(0, min(64, source.size))
        # PowerShell 5 saves what it redirects as UTF-16, others with a byte order mark; json reads all of them.
        if head.decode(json.detect_encoding(head), "replace").lstrip().startswith("{"):
            return _saved(source, place)
        if head.startswith(b"!<arch>\ndebian-binary"):
            raise ReadError("a package")
        image = image_wire(place, read_image(source, place))
    return {"root": place, "pythons": [], "images": [image], "findings": []}


def _saved(source: ByteSource, place: str) -> Record:
    """A report that `inspect --json` wrote."""
    wrong = RootError(f"{place} is no report of crossplan inspect --json, version {VERSION}")
    if source.size > _REPORT_LIMIT:
        raise wrong
    try:
        report = json.loads(source.read(0, source.size))
    except (ValueError, RecursionError) as error:
        raise wrong from error
    lists = {"pythons": PYTHON_FIELDS, "images": ("path", "slices"), "findings": ("code", "locations")}
    if report.get("version") != VERSION or not isinstance(report.get("root"), str):
        raise wrong
    for name, keys in lists.items():
        items = report.get(name)
        if not isinstance(items, list) or not all(isinstance(item, dict) and item.keys() >= {*keys} for item in items):
            raise wrong
    return dict(report)


def compare(old: Record, new: Record) -> Comparison:
    """Compare two reports."""
    changes: list[Change] = []
    gone: list[tuple[Kind, str]] = []
    come: list[tuple[Kind, str]] = []
    sides: tuple[tuple[Kind, str, Sequence[Callable[[Record], object]], Callable[[Record], str]], ...] = (
        ("python", "pythons", _PYTHON_KEYS, python_name),
        ("image", "images", _IMAGE_KEYS, lambda image: str(image["path"])),
    )
    for kind, key, keys, name in sides:
        pairs, left, right = _pair(old[key], new[key], keys)
        gone += [(kind, name(item)) for item in left]
        come += [(kind, name(item)) for item in right]
        for one, other in pairs:
            changes += [Change(kind, name(one), name(other), *fields) for fields in _differences(kind, one, other)]
    mended = _without(old["findings"], new["findings"])
    return Comparison(
        str(old["root"]), str(new["root"]), tuple(changes), tuple(gone), tuple(come),
        mended, _without(new["findings"], old["findings"]),
    )  # fmt: skip


def python_name(python: Record) -> str:
    """`CPython 3.13.5t (aarch64-linux-gnu)`."""
    flags = ("t" if python["free_threaded"] else "") + ("d" if python["debug"] else "")
    where = f" ({python['multiarch']})" if python["multiarch"] else ""
    return f"{python['implementation'] or 'Python'} {python['version'] or '?'}{flags}{where}"


def _minor(python: Record) -> str:
    return ".".join(str(python["version"]).split(".")[:2])


# How things of two reports are paired: by the first key that is equal, and held by one thing alone on either side.
_PYTHON_KEYS: Sequence[Callable[[Record], object]] = (
    lambda p: (p["implementation"], _minor(p), p["free_threaded"], p["debug"], p["multiarch"]),
    lambda p: (p["implementation"], p["free_threaded"], p["debug"], p["multiarch"]),
    lambda p: (p["implementation"], _minor(p), p["free_threaded"]),
    lambda p: None,
)
_IMAGE_KEYS: Sequence[Callable[[Record], object]] = (
    lambda image: image["path"],
    lambda image: _undated(str(image["path"])),
    lambda image: _undated(str(image["path"]).rpartition("/")[2]),
    lambda image: (
        "libpython"
        if re.search(r"python|pypy", str(image["soname"] or image["path"]), re.IGNORECASE)
        else image["path"]
    ),
    lambda image: None,
)


def _undated(path: str) -> str:
    """A path with version numbers and multiarch names taken out."""
    return re.sub(r"[a-z0-9_]+-linux-[a-z0-9_]+", "*", re.sub(r"\d+(?:\.\d+)*", "#", path))


def _pair(
    old: Sequence[Record], new: Sequence[Record], keys: Sequence[Callable[[Record], object]]
) -> tuple[list[tuple[Record, Record]], list[Record], list[Record]]:
    """Pairs of counterparts, and what is left on either side."""
    pairs: list[tuple[Record, Record]] = []
    left, right = list(old), list(new)
    for key in keys:
        ours, theirs = _single(left, key), _single(right, key)
        for value in ours.keys() & theirs.keys():
            pairs.append((ours[value], theirs[value]))
        paired = {id(item) for pair in pairs for item in pair}
        left = [item for item in left if id(item) not in paired]
        right = [item for item in right if id(item) not in paired]
    order = {id(item): number for number, item in enumerate(old)}
    return sorted(pairs, key=lambda pair: order[id(pair[0])]), left, right


def _single(items: Sequence[Record], key: Callable[[Record], object]) -> dict[object, Record]:
    """The things whose key no other has."""
    keys = [key(item) for item in items]
    counts = Counter(keys)
    return {value: item for value, item in zip(keys, items) if counts[value] == 1}


def _differences(kind: Kind, old: Record, new: Record) -> Iterator[tuple[str, object, object]]:
    """Field, old and new value of each field that both know, and know differently."""
    for field in PYTHON_FIELDS if kind == "python" else IMAGE_FIELDS:
        one, other = old.get(field), new.get(field)
        if one != other and (None not in (one, other) or (field == "soname" and field in old and field in new)):
            yield field, one, other
    slices = {part["machine"]: part for part in new.get("slices", ())}
    for part in old.get("slices", ()):
        if part["machine"] in slices:
            for field, one, other in _differences("image", part, slices.pop(part["machine"])):
                yield f"{part['machine']} {field}", one, other
        elif new.get("slices"):
            yield "slices", part["machine"], None
    if old.get("slices"):
        yield from (("slices", None, machine) for machine in slices)


def _without(findings: Sequence[Record], others: Sequence[Record]) -> tuple[Record, ...]:
    known = {_identity(finding) for finding in others}
    return tuple(finding for finding in findings if _identity(finding) not in known)


def _identity(finding: Record) -> tuple[object, ...]:
    """A finding without what names the root."""
    return finding["code"], tuple((place["path"], place["key"]) for place in finding["locations"])
