"""`crossplan lock`: write the resolved plan down, so that `plan --locked` can say what changed since."""

from __future__ import annotations

import argparse
import sys

from crossplan.api import make_plan, place_in_cache
from crossplan.checks import check_situation
from crossplan.cli.env import complain
from crossplan.cli.options import add_shared, request_of, situation_of
from crossplan.cli.output import write_atomically
from crossplan.cli.status import CommandError, Status, status_of
from crossplan.lock import LOCK_FILE, LockError, entry_of, lock_path, plan_name, read_lock, with_entry
from crossplan.report import VERSION, dumps, finding_wire


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `lock`."""
    add_shared(parser)
    parser.add_argument(
        "-o", "--output", metavar="FILE", help=f"the lock file (default: {LOCK_FILE} at the project's root)"
    )
    parser.add_argument("--json", action="store_true", help="print what was locked as JSON")


def run(arguments: argparse.Namespace) -> Status:
    """Plan, judge what is planned, and put a sound plan into the lock file beside the others."""
    request = request_of(arguments)
    plan = make_plan(situation_of(request, resolve=False), place_in_cache(request.environ))
    findings = check_situation(plan.planned)
    status = status_of(findings, strict=arguments.strict)
    if status is not Status.SOUND:
        complain(findings)
        return status
    path, name = lock_path(request, arguments.output), plan_name(request)
    try:
        lock = read_lock(path, request.cwd)
        entry = entry_of(plan)
        write_atomically(path, with_entry(lock, name, entry))
    except LockError as error:
        raise CommandError(f"{error}; take it away, or name another file with -o") from error
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error
    if arguments.json:
        document = {"version": VERSION, "path": lock.shown, "name": name, "plan": entry}
        sys.stdout.write(dumps({**document, "findings": [finding_wire(finding) for finding in findings]}))
    else:
        print(f"crossplan: {name} is locked in {lock.shown}", file=sys.stderr)
    return Status.SOUND
