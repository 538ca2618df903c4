"""The wire form of `plan --json`; see `crossplan.report`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, TypedDict

from crossplan.checks.run_time import Need, needs_of
from crossplan.checks.view import View
from crossplan.findings import Finding
from crossplan.origin import Fact
from crossplan.plan import Plan
from crossplan.plan.maturin import MaturinView, maturin_view
from crossplan.plan.tags import wheel_tags
from crossplan.report import VERSION, FindingWire, OriginWire, PythonWire, finding_wire, origin_wire, python_wire
from crossplan.resolve import Resolution


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


class NeedWire(TypedDict):
    """A library that a program must find when it starts; see `crossplan.checks.run_time.Need`."""

    name: str
    path: str | None
    folder: str | None
    searched: bool | None
    variable: str


class ArtifactWire(TypedDict):
    """What comes out; `tags` are whole tags, or none; `needs` is what a program must find when it starts."""

    cargo_file: str | None
    install_as: str | None
    tags: list[str]
    needs: list[NeedWire]


class MaturinWire(TypedDict):
    """What maturin concludes by itself, and the sentences on where that is not what PyO3 concludes."""

    cross: bool
    suffix: str | None
    needs: str | None
    differences: list[str]


class TwinWire(TypedDict):
    """What PyO3 concludes in the other build of a universal2 one; `as_is` and `planned` of the whole are those of Apple silicon."""

    target: str
    as_is: AnswerWire | None
    planned: AnswerWire | None


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
    joining: list[list[str]]
    artifact: ArtifactWire
    maturin: MaturinWire | None
    python: PythonWire | None
    twin: TwinWire | None
    findings: list[FindingWire]
    origins: dict[str, OriginWire]


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
        "target": request.triple,
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
        "joining": [list(words) for words in plan.joining],
        "artifact": {
            "cargo_file": plan.artifact.cargo_file,
            "install_as": plan.artifact.install_as,
            "tags": list(wheel_tags(plan)),
            "needs": [need_wire(need) for need in needs_of(View(plan.planned))],
        },
        "maturin": maturin_wire(maturin_view(plan)),
        "python": None if chosen is None else python_wire(chosen),
        "twin": twin_wire(plan),
        "findings": [finding_wire(finding) for finding in findings],
        "origins": {**origins, "target": origin_wire(request.target_origin)},
    }


def twin_wire(plan: Plan) -> TwinWire | None:
    """The other build of a universal2 one."""
    as_is, planned = plan.as_is.twin, plan.planned.twin
    if as_is is None or planned is None:
        return None
    target = as_is.request.target.triple
    return {"target": target, "as_is": answer_wire(as_is.resolution), "planned": answer_wire(planned.resolution)}


def need_wire(need: Need) -> NeedWire:
    """A library that a program needs."""
    return {
        "name": need.name,
        "path": need.path,
        "folder": need.folder,
        "searched": need.searched,
        "variable": need.variable,
    }


def maturin_wire(view: MaturinView | None) -> MaturinWire | None:
    """maturin's conclusion; None where maturin does not build."""
    if view is None:
        return None
    return {
        "cross": view.cross,
        "suffix": view.suffix,
        "needs": view.needs,
        "differences": list(view.differences),
    }
