"""`crossplan lock`: write the resolved plan down, so that `plan --locked` can say what changed since."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from crossplan.api import RequestError, make_plan, place_in_cache, this_machine
from crossplan.checks import check_situation
from crossplan.cli.env import complain
from crossplan.cli.options import add_shared, current_folder, request_of, situation_of
from crossplan.cli.output import write_files
from crossplan.cli.status import CommandError, Status, status_of
from crossplan.findings import Finding
from crossplan.lock import LOCK_FILE, Entry, LockError, entry_of, lock_path, plan_name, read_lock, with_entries
from crossplan.report import VERSION, dumps, finding_wire

if TYPE_CHECKING:
    from crossplan.report_matrix import CellReport

Wanted: TypeAlias = tuple[Path, Mapping[str, Entry], tuple[Finding, ...], Callable[[], None]]
"""The lock file, what is to be locked by name, what is found of it, and what tells people that."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `lock`."""
    add_shared(parser)
    parser.add_argument(
        "--matrix",
        action="store_true",
        help="lock every cell of [tool.crossplan.matrix], for crossplan matrix --locked",
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", help=f"the lock file (default: {LOCK_FILE} at the project's root)"
    )
    parser.add_argument("--json", action="store_true", help="print what was locked as JSON")


def run(arguments: argparse.Namespace) -> Status:
    """Plan, judge what is planned, and put sound plans into the lock file beside the others."""
    path, entries, findings, tell = (_cells if arguments.matrix else _one)(arguments)
    status = status_of(findings, strict=arguments.strict)
    if status is not Status.SOUND:
        tell()
        return status
    try:
        lock = read_lock(path, current_folder())
    except LockError as error:
        raise CommandError(f"{error}; take it away, or name another file with -o") from error
    write_files({str(path): with_entries(lock, entries)})
    if arguments.json:
        name, entry = next(iter(entries.items()))
        document = {"version": VERSION, "path": lock.shown, "name": name, "plan": entry, "plans": dict(entries)}
        sys.stdout.write(dumps({**document, "findings": [finding_wire(finding) for finding in findings]}))
    else:
        print(f"crossplan: locked in {lock.shown}: {'; '.join(entries)}", file=sys.stderr)
    return Status.SOUND


def _one(arguments: argparse.Namespace) -> Wanted:
    """The plan of the command line."""
    request = request_of(arguments)
    plan = make_plan(situation_of(request, resolve=False), place_in_cache(request.environ))
    findings = check_situation(plan.planned)
    path, entries = lock_path(request, arguments.output), {plan_name(request): entry_of(plan)}
    return path, entries, findings, partial(complain, findings)


def _cells(arguments: argparse.Namespace) -> Wanted:
    """The cells of the table."""
    from crossplan.matrix import Setting, plan_cells, read_cells, workers_of
    from crossplan.project.settings import SettingsError
    from crossplan.report_matrix import all_findings

    own = ("target", "sysroot", "pyo3", "features", "abi3", "embed", "python", "implementation", "profile", "tool")
    if given := [name for name in own if getattr(arguments, name)]:
        raise CommandError(
            f"--matrix takes what is built from the table: leave --{given[0].replace('tool', 'with')} out"
        )
    here = current_folder()
    try:
        cells = read_cells(Path(here))
        setting = Setting(dict(os.environ), here, this_machine(), arguments.manifest_path, arguments.host, entries=True)
        reports = list(plan_cells(cells, setting, workers_of(None, None)))
    except (SettingsError, RequestError) as error:
        raise CommandError(str(error)) from error
    path = Path(here, arguments.output) if arguments.output else Path(cells[0].folder, LOCK_FILE)
    entries = {report.name: report.entry or {} for report in reports}
    return path, entries, all_findings(reports), partial(_tell_cells, reports)


def _tell_cells(reports: list[CellReport]) -> None:
    """What is found, with the cells that have it, on standard error."""
    from crossplan.render.matrix import print_matrix
    from crossplan.render.text import console

    print_matrix(console(sys.stderr), reports)
