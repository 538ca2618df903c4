"""`crossplan run -- CMD`: a command under the plan's environment."""

from __future__ import annotations

import argparse
import os
import sys

from crossplan.api import make_plan, place_below, place_in_cache
from crossplan.checks import check_situation
from crossplan.cli.env import complain
from crossplan.cli.options import add_shared, request_of, situation_of
from crossplan.cli.output import write_files
from crossplan.cli.status import CommandError, Status, status_of
from crossplan.situation import apply


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `run`."""
    add_shared(parser)
    parser.add_argument(
        "--out-dir", metavar="DIR", help="where files of the plan are written (default: the user's cache)"
    )
    parser.add_argument("words", metavar="CMD", nargs="*", help="the command, after --; default: the plan's own")


def run(arguments: argparse.Namespace) -> int:
    """Plan, judge what is planned, and hand over to the command; its status is ours once it has started."""
    request = request_of(arguments)
    situation = situation_of(request, resolve=False, lean=not arguments.strict)
    place = place_in_cache(request.environ) if arguments.out_dir is None else place_below(arguments.out_dir)
    plan = make_plan(situation, place)
    findings = check_situation(plan.planned)
    status = status_of(findings, strict=arguments.strict)
    if status is not Status.SOUND:
        complain(findings)
        return status
    write_files(plan.files, "; name another folder with --out-dir")
    return _start(list(arguments.words) or list(plan.command), apply(request.environ, plan.environment))


def _start(words: list[str], environ: dict[str, str]) -> int:
    """Become the command, so that signals and the terminal are its own; Windows has no such thing, so there wait for it."""
    sys.stdout.flush()
    try:
        if os.name == "posix":
            os.execvpe(words[0], words, environ)  # noqa: S606 - the command that the user wrote
        import subprocess

        return subprocess.run(words, env=environ, check=False).returncode
    except OSError as error:
        raise CommandError(f"cannot start {words[0]}: {error.strerror}") from error
