"""The wire form: what `--json` prints, as types of its own with a version, never a dump of ours.

Keys and values are those of the interface that scripts depend on; a change of one needs a new `VERSION`. Every function
here takes finished values and returns plain dictionaries; a missing value is None, never a missing key.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from crossplan.evidence import Evidence, ImageFile, TargetPython
from crossplan.findings import Finding, worst
from crossplan.origin import Fact, Origin
from crossplan.readers.image import Image

if TYPE_CHECKING:
    from crossplan.plan import Plan
    from crossplan.resolve import Resolution

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


class AnswerWire(TypedDict):
    """What one release of PyO3 concludes; the answer of `resolve` has the same keys and no `origins` and `steps`."""

    id: object
    version: int
    outcome: str
    cross: bool | None
    config: dict[str, object] | None
    error: list[str]
    warnings: list[str]
    link: list[str]
    cfg: list[str]
    origins: dict[str, OriginWire]
    steps: list[dict[str, object]]


class FileWire(TypedDict):
    """A file that the plan needs written."""

    path: str
    text: str


class ArtifactWire(TypedDict):
    """What comes out; `tags` are whole tags, or none."""

    cargo_file: str | None
    install_as: str | None
    tags: list[str]


class PlanWire(TypedDict):
    """`crossplan plan --json`."""

    version: int
    target: str
    host: str
    pyo3: str
    features: list[str]
    purpose: str
    tool: str
    as_is: AnswerWire | None
    planned: AnswerWire | None
    env: dict[str, str | None]
    reasons: dict[str, str]
    means: str
    reason: str
    files: list[FileWire]
    command: list[str]
    artifact: ArtifactWire
    python: PythonWire | None
    findings: list[FindingWire]
    origins: dict[str, OriginWire]


_FACTS = (
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
    values = {name: python.value(name) for name in _FACTS}
    return {
        **values,  # type: ignore[typeddict-item]  # the keys are those of _FACTS, which a test holds against PythonWire
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


def answer_wire(resolution: Resolution | None) -> AnswerWire | None:
    """A conclusion with where its fields came from; None for a release that is not described."""
    if resolution is None:
        return None
    config = resolution.config
    return {
        "id": None,
        "version": VERSION,
        "outcome": resolution.outcome,
        "cross": resolution.cross,
        "config": None if config is None else {**asdict(config), "build_flags": sorted(config.build_flags)},
        "error": list(resolution.error),
        "warnings": list(resolution.warnings),
        "link": list(resolution.link),
        "cfg": list(resolution.cfg),
        "origins": {name: origin_wire(origin) for name, origin in sorted(resolution.origins.items())},
        "steps": [
            {
                "what": step.what,
                "where": step.where,
                "evidence": [origin_wire(origin) for origin in step.evidence],
                "passed_over": [asdict(item) for item in step.passed_over],
            }
            for step in resolution.steps
        ],
    }


def plan_wire(plan: Plan, findings: Iterable[Finding]) -> PlanWire:
    """The report of `plan`."""
    from crossplan.plan.tags import wheel_tags

    request = plan.as_is.request
    chosen = plan.as_is.selection.python if plan.as_is.selection is not None else None
    facts: dict[str, Fact[Any]] = {
        "pyo3": request.pyo3,
        "purpose": request.purpose,
        "tool": request.tool,
        "profile": request.profile,
    }
    origins = {name: origin_wire(fact.origin) for name, fact in facts.items()}
    return {
        "version": VERSION,
        "target": request.target.triple,
        "host": request.host,
        "pyo3": request.pyo3.value,
        "features": sorted(request.feature_names),
        "purpose": request.purpose.value,
        "tool": request.tool.value,
        "as_is": answer_wire(plan.as_is.resolution),
        "planned": answer_wire(plan.planned.resolution),
        "env": dict(sorted(plan.environment.items())),
        "reasons": {change.name: change.reason for change in sorted(plan.changes, key=lambda change: change.name)},
        "means": plan.means,
        "reason": plan.reason,
        "files": [{"path": path, "text": text} for path, text in sorted(plan.files.items())],
        "command": list(plan.command),
        "artifact": {
            "cargo_file": plan.artifact.cargo_file,
            "install_as": plan.artifact.install_as,
            "tags": list(wheel_tags(plan)),
        },
        "python": None if chosen is None else python_wire(chosen),
        "findings": [finding_wire(finding) for finding in findings],
        "origins": {**origins, "target": origin_wire(request.target_origin)},
    }
