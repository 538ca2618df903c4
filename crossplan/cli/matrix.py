"""`crossplan matrix`: the builds of `[tool.crossplan.matrix]`, planned in parallel; or the job matrix that a CI fans out."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from crossplan.api import RequestError, this_machine
from crossplan.cli.many import add_workers
from crossplan.cli.options import current_folder
from crossplan.cli.status import CommandError, Status, status_of
from crossplan.lock import LOCK_FILE
from crossplan.matrix import Cell, ClusterError, Setting, jobs_of, plan_cells, read_cells, workers_of
from crossplan.project.settings import SettingsError
from crossplan.render.ci import FORMATS, Refused, dialect_of, render
from crossplan.report import dumps
from crossplan.report_matrix import all_findings, matrix_wire


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `matrix`."""
    parser.add_argument("--manifest-path", metavar="PATH", help="the Cargo.toml (default: the nearest one)")
    parser.add_argument("--host", metavar="TRIPLE", help="triple of the machine that builds (default: this one)")
    parser.add_argument("--part", metavar="K/N", type=_part, help="only the K-th of N equal parts of the cells")
    parser.add_argument(
        "--locked",
        metavar="FILE",
        nargs="?",
        const="",
        help="fail with what changed since crossplan lock --matrix wrote FILE (default: crossplan.lock.json beside the table)",
    )
    parser.add_argument("--strict", action="store_true", help="exit with 4 for warnings too")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print the report as JSON")
    output.add_argument(
        "--format", choices=sorted(FORMATS), help="plan nothing; print the cells as the jobs of that CI"
    )
    add_workers(parser)


def run(arguments: argparse.Namespace) -> Status:
    """Read the table, plan its cells or print them as jobs."""
    try:
        cells = _chosen(read_cells(Path(current_folder())), arguments.part)
        if arguments.format is not None:
            sys.stdout.write(render(arguments.format, jobs_of(cells, dialect_of(arguments.format))))
            return Status.SOUND
        locked = None if arguments.locked is None else arguments.locked or os.path.join(cells[0].folder, LOCK_FILE)  # noqa: PTH118
        setting = Setting(
            dict(os.environ), current_folder(), this_machine(), arguments.manifest_path, arguments.host, locked
        )
        reports = list(plan_cells(cells, setting, workers_of(arguments.jobs, arguments.scheduler)))
    except (SettingsError, RequestError, ClusterError, Refused) as error:
        raise CommandError(str(error)) from error
    if arguments.json:
        sys.stdout.write(dumps(matrix_wire(reports)))
    else:
        from crossplan.render.matrix import print_matrix
        from crossplan.render.text import console

        print_matrix(console(), reports)
    return status_of(all_findings(reports), strict=arguments.strict)


def _part(text: str) -> tuple[int, int]:
    """`2/3` as numbers."""
    part, slash, parts = text.partition("/")
    if not (slash and part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        raise argparse.ArgumentTypeError(f"{text!r} is no part: expected K/N, for example 1/2")
    return int(part), int(parts)


def _chosen(cells: tuple[Cell, ...], part: tuple[int, int] | None) -> tuple[Cell, ...]:
    """The cells of one part; neighbours share a root, so they stay together."""
    number, parts = part or (1, 1)
    if parts > len(cells):
        raise CommandError(f"--part: {len(cells)} cells make no {parts} parts")
    return cells[len(cells) * (number - 1) // parts : len(cells) * number // parts]
