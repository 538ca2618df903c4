"""One cell, planned as `crossplan plan` plans it; a plain value in, a plain value out, wherever it is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from uuid import uuid4

from crossplan.api import host_of, make_plan, make_request, place_in_cache, read_situation
from crossplan.checks import check_situation
from crossplan.findings import Finding, Location, ordered
from crossplan.lock import Entry, check_locked, entry_of
from crossplan.matrix.failed import no_root, not_answered, where
from crossplan.matrix.spread import Workers, spread
from crossplan.matrix.table import Cell
from crossplan.options import RequestError
from crossplan.pyo3 import UnknownRelease
from crossplan.record import field, record
from crossplan.report_matrix import CellReport, SummaryWire, summary_of
from crossplan.request import Request
from crossplan.sysroot import RootError
from crossplan.toolchain.host_python import HostProvider
from crossplan.triple import UnknownTarget


@record
class Setting:
    """What all cells share: the environment, where the user stands, this machine's triple, and options of the command.

    `locked` is the lock file that plans are compared with; `entries`: what is to be locked is wanted,
    and what is found is about the plan alone.
    """

    environ: Mapping[str, str]
    cwd: str
    machine: str
    manifest_path: str | None = None
    host: str | None = None
    locked: str | None = None
    entries: bool = False
    run: str = field(default_factory=lambda: uuid4().hex)  # one for each run, for what is kept between cells


def plan_cells(cells: Iterable[Cell], setting: Setting, workers: Workers) -> Iterator[CellReport]:
    """The reports of all cells, in their order. `RequestError` for what makes no sense whatever the cell."""
    return spread(partial(plan_cell, setting), cells, workers, _lost)


def plan_cell(setting: Setting, cell: Cell) -> CellReport:
    """Plan and judge one cell."""
    options = cell.options(setting.manifest_path, setting.host)
    try:
        request = make_request(options, setting.environ, setting.cwd, setting.machine)
    except (UnknownTarget, UnknownRelease) as error:  # of the settings beside the matrix
        raise RequestError(str(error)) from error
    try:
        situation = read_situation(request, _host(setting, request))
        plan = make_plan(situation, place_in_cache(request.environ))
        findings = check_situation(plan.planned) if setting.entries else check_situation(situation, plan.planned)
        if setting.locked is not None:
            findings = ordered((*findings, *check_locked(plan, Path(setting.cwd, setting.locked), cell.name)))
        return _report(cell, summary_of(plan), findings, entry_of(plan) if setting.entries else None)
    except RootError as error:
        origin = cell.origins.get("sysroot")
        place = Location(origin.place, origin.key, origin.line) if origin is not None else Location(request.sysroots[0])
        return _report(cell, None, (no_root(error, place),))
    except Exception as error:  # noqa: BLE001 - a defect of ours must not cost the other cells their answers
        return _lost(cell, where(error))


_hosts: dict[tuple[object, ...], HostProvider] = {}


def _host(setting: Setting, request: Request) -> HostProvider:
    """The host's Python, which is asked once a run and not once a cell; what may be started depends on the rest of the key."""
    key = (setting.run, request.sysroots, request.host, request.build_cwd)
    if key not in _hosts:
        if any(run != setting.run for run, *_ in _hosts):
            _hosts.clear()
        _hosts[key] = host_of(request)
    return _hosts[key]


def _lost(cell: Cell, reason: str) -> CellReport:
    origin = cell.origins["target"]
    return _report(cell, None, (not_answered(reason, Location(origin.place, origin.key, origin.line)),))


def _report(
    cell: Cell, plan: SummaryWire | None, findings: tuple[Finding, ...], entry: Entry | None = None
) -> CellReport:
    return CellReport(
        name=cell.name,
        target=cell.target,
        python=cell.python,
        features=cell.features,
        pyo3=cell.pyo3,
        sysroot=cell.sysroot,
        plan=plan,
        findings=findings,
        entry=entry,
    )
