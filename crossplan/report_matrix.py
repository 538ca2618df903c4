"""The wire form of `matrix --json`: one cell, its plan in short, and its findings; see `crossplan.report`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypedDict

from crossplan.findings import Finding, ordered, worst
from crossplan.plan import Plan
from crossplan.record import record
from crossplan.report import VERSION, FindingWire, finding_wire
from crossplan.report_plan import ArtifactWire, FileWire, plan_wire


class SummaryWire(TypedDict):
    """A plan in short: `as_is` and `planned` are outcomes, `config` what PyO3 concludes under the plan."""

    pyo3: str
    features: list[str]
    python: str | None
    as_is: str | None
    planned: str | None
    config: dict[str, object] | None
    env: dict[str, str | None]
    files: list[FileWire]
    command: list[str]
    artifact: ArtifactWire


class CellWire(TypedDict):
    """One cell as the table says it, null where it leaves a thing open; `plan` is null where there could be none."""

    name: str
    target: str
    python: str | None
    features: str | None
    pyo3: str | None
    sysroot: list[str]
    verdict: Literal["sound", "unsound"]
    plan: SummaryWire | None
    findings: list[FindingWire]


class MatrixWire(TypedDict):
    """`crossplan matrix --json`. The outer `findings` are all of them, each once."""

    version: int
    cells: list[CellWire]
    findings: list[FindingWire]


@record
class CellReport:
    """What became of one cell: the values of the table, the plan in short, the findings; and what is locked of it, if asked for."""

    name: str
    target: str
    python: str | None
    features: str | None
    pyo3: str | None
    sysroot: tuple[str, ...]
    plan: SummaryWire | None
    findings: tuple[Finding, ...]
    entry: Mapping[str, object] | None = None

    @property
    def verdict(self) -> Literal["sound", "unsound"]:
        """`unsound` exactly when a finding is an error."""
        return "unsound" if worst(self.findings) == "error" else "sound"


def summary_of(plan: Plan) -> SummaryWire:
    """What of a plan a report of many shows."""
    whole = plan_wire(plan, ())
    python, as_is, planned = whole["python"], whole["as_is"], whole["planned"]
    return {
        "pyo3": whole["pyo3"],
        "features": whole["features"],
        "python": None if python is None else f"{python['implementation']} {python['version']}",
        "as_is": as_is and as_is["outcome"],
        "planned": planned and planned["outcome"],
        "config": planned and planned["config"],
        "env": whole["env"],
        "files": whole["files"],
        "command": whole["command"],
        "artifact": whole["artifact"],
    }


def all_findings(cells: Iterable[CellReport]) -> tuple[Finding, ...]:
    """The findings of all cells, each once."""
    return ordered(finding for cell in cells for finding in cell.findings)


def matrix_wire(cells: Sequence[CellReport]) -> MatrixWire:
    """The report, cells in the order of the table."""
    return {
        "version": VERSION,
        "cells": [
            {
                "name": cell.name,
                "target": cell.target,
                "python": cell.python,
                "features": cell.features,
                "pyo3": cell.pyo3,
                "sysroot": list(cell.sysroot),
                "verdict": cell.verdict,
                "plan": cell.plan,
                "findings": [finding_wire(finding) for finding in cell.findings],
            }
            for cell in cells
        ],
        "findings": [finding_wire(finding) for finding in all_findings(cells)],
    }
