"""`crossplan plan`: what PyO3 will conclude, what is wrong with that, what to set, the exact command."""

from __future__ import annotations

import argparse
import sys

from crossplan.api import make_plan, place_below, place_in_cache
from crossplan.checks import check_situation
from crossplan.cli.options import add_shared, request_of, situation_of
from crossplan.cli.status import CommandError, Status, status_of
from crossplan.findings import ordered
from crossplan.report import dumps
from crossplan.report_plan import plan_wire
from crossplan.situation import Situation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `plan`."""
    add_shared(parser)
    parser.add_argument(
        "--out-dir", metavar="DIR", help="where files of the plan are to lie (default: the user's cache)"
    )
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print the report as JSON")
    output.add_argument(
        "--format", choices=("pyo3-print-config",), help="print what PYO3_PRINT_CONFIG=1 would print, and nothing else"
    )
    parser.add_argument(
        "--locked",
        metavar="FILE",
        nargs="?",
        const="",
        help="fail with what changed since crossplan lock wrote FILE (default: crossplan.lock.json at the project's root)",
    )
    parser.add_argument("--planned", action="store_true", help="with --format: under the plan's environment")


def run(arguments: argparse.Namespace) -> Status:
    """Resolve, plan, check, print."""
    if arguments.planned and arguments.format is None:
        raise CommandError("--planned tells which environment --format is about: add --format pyo3-print-config")
    request = request_of(arguments)
    situation = situation_of(request)
    place = place_in_cache(request.environ) if arguments.out_dir is None else place_below(arguments.out_dir)
    plan = make_plan(situation, place)
    if arguments.format is not None:
        return _print_config(plan.planned if arguments.planned else plan.as_is)
    findings = check_situation(situation, plan.planned)
    if arguments.locked is not None:
        from crossplan.lock import check_locked, lock_path

        findings = ordered((*findings, *check_locked(plan, lock_path(request, arguments.locked))))
    if arguments.json:
        sys.stdout.write(dumps(plan_wire(plan, findings)))
    else:
        from crossplan.render.plan import print_plan
        from crossplan.render.text import console

        print_plan(console(), plan, findings)
    return status_of(findings, strict=arguments.strict)


def _print_config(situation: Situation) -> Status:
    """The printed form of one conclusion; where PyO3 stops before it has one, its error."""
    from crossplan.render.print_config import print_config

    resolution = situation.resolution
    if resolution is None or situation.rules is None:
        raise CommandError(f"PyO3 {situation.request.pyo3.value} is not described", Status.FINDINGS)
    if resolution.config is None:
        raise CommandError(
            f"PyO3 prints no configuration: {' '.join('; '.join(resolution.error).split())}", Status.FINDINGS
        )
    sys.stdout.write(print_config(resolution.config, situation.rules))
    return Status.SOUND
