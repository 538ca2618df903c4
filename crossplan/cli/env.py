"""`crossplan env`: the plan's environment in a dialect, all or nothing."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Mapping

from crossplan.api import Plan, make_plan, place_below, place_in_cache
from crossplan.checks import check_situation
from crossplan.cli.options import add_shared, request_of, situation_of
from crossplan.cli.output import write_files
from crossplan.cli.status import CommandError, Status, status_of
from crossplan.findings import CODES, Finding, Location
from crossplan.render.dialects import DIALECTS, Changes, Refused, render


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `env`."""
    add_shared(parser)
    parser.add_argument("--format", choices=sorted(DIALECTS), default="sh", help="the dialect (default: sh)")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write FILE, whole or not at all, instead of standard output"
    )
    parser.add_argument(
        "--out-dir", metavar="DIR", help="where files of the plan are written (default: FILE.d, else the user's cache)"
    )
    parser.add_argument("--relative-to", metavar="VAR", help="write paths below $VAR as such, where the dialect can")


def run(arguments: argparse.Namespace) -> Status:
    """Plan, judge what is planned, and print only if that is sound."""
    request = request_of(arguments)
    situation = situation_of(request, resolve=False, lean=not arguments.strict)
    folder = arguments.out_dir or _folder_beside(arguments.output)
    place = place_in_cache(request.environ) if folder is None else place_below(folder)
    only_file = arguments.format == "pyo3-config"
    plan = make_plan(situation, place, by_file=only_file)
    findings = check_situation(plan.planned)
    status = status_of(findings, strict=arguments.strict)
    if status is not Status.SOUND:
        complain(findings)
        return status
    try:
        text = _text(arguments, plan)
    except Refused as error:
        complain((_refusal(error),))
        return Status.FINDINGS
    write_files({} if only_file else plan.files, "; name another folder with --out-dir" if folder is None else "")
    if arguments.output is not None:
        write_files({arguments.output: text})
    else:
        sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    return Status.SOUND


def _folder_beside(output: str | None) -> str | None:
    """`FILE.d`; None where there is no file to lie beside: standard output, a device, a pipe."""
    if output is None or (os.path.exists(output) and not os.path.isfile(output)):  # noqa: PTH110, PTH113
        return None
    return f"{output}.d"


def _text(arguments: argparse.Namespace, plan: Plan) -> str:
    """The environment in the dialect."""
    request = plan.as_is.request
    changes = Changes(
        variables=plan.environment,
        targets=tuple(one.target.triple for one in (request, request.twin) if one is not None),
        config_text=plan.config_text,
        base=_base(arguments.relative_to, request.environ),
        summary=(
            f"crossplan: PyO3 {request.pyo3.value} for {request.triple}",
            f"then: {' && '.join(shlex.join(words) for words in (plan.command, *plan.joining))}",
        ),
    )
    return render(arguments.format, changes)


def _refusal(error: Refused) -> Finding:
    """XP413: what the dialect cannot carry, at its variable, or at the option that chose the dialect."""
    return Finding(
        CODES["dialect-refuses"], "error", str(error), (Location(key=error.name or "--format"),), error.remedy
    )


def _base(name: str | None, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """The variable of `--relative-to` and its value, which must be an absolute path."""
    if name is None:
        return None
    value = environ.get(name, "")
    if not os.path.isabs(value):  # noqa: PTH117
        raise CommandError(f"--relative-to: {name} is {'not set' if not value else 'no absolute path'} here")
    return name, value.rstrip("/") or "/"


def complain(findings: tuple[Finding, ...]) -> None:
    """The findings on standard error, for people."""
    from crossplan.render.findings import print_findings
    from crossplan.render.text import console

    print_findings(console(sys.stderr), findings)
