"""`crossplan verify`: ask PyO3's own build script, under the plan's environment, and compare."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import asdict

from crossplan.api import cache_folder, make_plan, place_in_cache
from crossplan.cli.options import add_shared, request_of, situation_of
from crossplan.cli.output import write_files
from crossplan.cli.status import CommandError, Status, status_of
from crossplan.report import VERSION, dumps, finding_wire
from crossplan.verify import Verification, verify


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `verify`."""
    add_shared(parser)
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(arguments: argparse.Namespace) -> Status:
    """Plan, write the plan's files, run the project's own build up to PyO3's configuration, compare."""
    request = request_of(arguments)
    if request.project.package is None:
        raise CommandError("no Cargo.toml is here: stand in the project, or give --manifest-path")
    plan = make_plan(situation_of(request), place_in_cache(request.environ))
    write_files(plan.files, "; name another folder with XDG_CACHE_HOME")
    target_dir = os.path.join(cache_folder(request.environ), "verify")  # noqa: PTH118
    print(f"crossplan: cargo check with PYO3_PRINT_CONFIG=1, output below {target_dir}", file=sys.stderr)
    result = verify(plan, target_dir)
    if result.printed is None and result.findings:
        sys.stderr.write(result.output)
    if arguments.json:
        sys.stdout.write(
            dumps(
                {
                    "version": VERSION,
                    "planned": result.planned,
                    "printed": result.printed,
                    "differences": [asdict(difference) for difference in result.differences],
                    "findings": [finding_wire(finding) for finding in result.findings],
                }
            )
        )
    else:
        _print(result)
    return status_of(result.findings, strict=arguments.strict)


def _print(result: Verification) -> None:
    """Field by field, and what differs."""
    from rich.table import Table
    from rich.text import Text

    from crossplan.render.findings import print_findings
    from crossplan.render.text import console, shown

    out = console()
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("field", "planned", "printed by PyO3"):
        table.add_column(name, overflow="fold")
    planned, printed = result.planned or {}, result.printed or {}
    for field in dict.fromkeys((*planned, *printed)):
        table.add_row(field, *(Text(shown(side.get(field))) for side in (planned, printed)))
    out.print(table)
    print_findings(out, result.findings)
