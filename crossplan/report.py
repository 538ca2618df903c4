"""The wire form: what `--json` prints, as types of its own with a version, never a dump of ours.

Keys and values are those of the interface that scripts depend on; a change of one needs a new `VERSION`. Every function
here takes finished values and returns plain dictionaries; a missing value is None, never a missing key.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Literal, TypedDict

from crossplan.evidence import Evidence, ImageFile, TargetPython
from crossplan.findings import Finding, worst
from crossplan.origin import Origin
from crossplan.readers.image import Image

VERSION = 1


class LocationWire(TypedDict):
    """A place that a user can open."""

    path: str | None
    key: str | None
    line: int | None


class FindingWire(TypedDict):
    """One finding."""

    code: str
    name: str
    severity: str
    message: str
    locations: list[LocationWire]
    help: str
    url: str


class OriginWire(TypedDict):
    """Where a value came from."""

    kind: str
    path: str | None
    key: str | None
    line: int | None


class ImageWire(TypedDict):
    """The headers of one binary; `slices` holds the same of a fat one's parts, without a path."""

    path: str | None
    format: str
    machine: str | None
    bits: int | None
    endian: str | None
    float_abi: str | None
    soname: str | None
    python_version: str | None
    free_threaded: bool | None
    debug: bool | None
    abi: str | None
    libc: str | None
    libc_floor: str | None
    minimum_os: str | None
    slices: list[ImageWire]


class PythonWire(TypedDict):
    """One Python of a root."""

    implementation: object
    version: object
    abi_flags: object
    free_threaded: object
    debug: object
    soabi: object
    ext_suffix: object
    multiarch: object
    pointer_width: object
    shared: object
    targets: list[str]
    sysconfigdata: list[str]
    images: list[str]
    origins: dict[str, OriginWire]


class InspectWire(TypedDict):
    """`crossplan inspect --json`."""

    version: int
    root: str
    verdict: Literal["sound", "unsound", "empty"]
    pythons: list[PythonWire]
    images: list[ImageWire]
    findings: list[FindingWire]


# What is known of a Python by name, each with an origin; `crossplan.compare` goes by the same list.
PYTHON_FACTS = (
    "implementation",
    "version",
    "abi_flags",
    "free_threaded",
    "debug",
    "soabi",
    "ext_suffix",
    "multiarch",
    "pointer_width",
    "shared",
)


def dumps(document: Mapping[str, object]) -> str:
    """The document as JSON text, keys sorted, one line feed at the end. Text that is no UTF-8 travels as lone surrogates."""
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def finding_wire(finding: Finding) -> FindingWire:
    """One finding."""
    return {
        "code": finding.code.code,
        "name": finding.code.name,
        "severity": finding.severity,
        "message": finding.message,
        "locations": [{"path": place.path, "key": place.key, "line": place.line} for place in finding.locations],
        "help": finding.help,
        "url": finding.code.url,
    }


def origin_wire(origin: Origin) -> OriginWire:
    """One origin."""
    return {"kind": origin.kind, "path": origin.place, "key": origin.key, "line": origin.line}


def image_wire(path: str | None, image: Image) -> ImageWire:
    """One binary."""
    return {
        "path": path,
        "format": image.format,
        "machine": image.machine,
        "bits": image.bits,
        "endian": image.endian,
        "float_abi": image.float_abi,
        "soname": image.soname,
        "python_version": image.python_version,
        "free_threaded": image.free_threaded,
        "debug": image.debug,
        "abi": image.abi,
        "libc": image.libc,
        "libc_floor": image.libc_floor,
        "minimum_os": image.minimum_os if image.android_api is None else str(image.android_api),
        "slices": [image_wire(None, part) for part in image.slices],
    }


def python_wire(python: TargetPython) -> PythonWire:
    """One Python."""
    values = {name: python.value(name) for name in PYTHON_FACTS}
    return {
        **values,  # type: ignore[typeddict-item]  # the keys are those of PYTHON_FACTS, which a test holds against PythonWire
        "targets": list(python.targets),
        "sysconfigdata": list(python.sysconfigdata_paths),
        "images": sorted(file.path for file in python.images),
        "origins": {name: origin_wire(fact.origin) for name, fact in sorted(python.facts.items())},
    }


def verdict(evidence: Evidence, findings: Iterable[Finding]) -> Literal["sound", "unsound", "empty"]:
    """`unsound` exactly when a finding is an error; `empty` when the root holds nothing."""
    if worst(findings) == "error":
        return "unsound"
    return "sound" if is_inhabited(evidence) else "empty"


def is_inhabited(evidence: Evidence) -> bool:
    """Whether the root holds a Python, or at least a binary or description of one."""
    return bool(evidence.pythons or evidence.images or evidence.descriptions or evidence.unread)


def inspect_wire(evidence: Evidence, findings: Iterable[Finding]) -> InspectWire:
    """The report of `inspect`; images and Pythons in the order of their paths."""
    findings = tuple(findings)
    files: list[ImageFile] = sorted(evidence.images, key=lambda file: file.path)
    return {
        "version": VERSION,
        "root": evidence.root,
        "verdict": verdict(evidence, findings),
        "pythons": [python_wire(python) for python in evidence.pythons],
        "images": [image_wire(file.path, file.image) for file in files],
        "findings": [finding_wire(finding) for finding in findings],
    }
