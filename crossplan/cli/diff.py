"""`crossplan diff A B`: what changed between two roots, binaries or saved reports, in what matters."""

from __future__ import annotations

import argparse
import sys

from crossplan.cli.status import CommandError, Status
from crossplan.compare import compare, read_report
from crossplan.report import dumps
from crossplan.sysroot import RootError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `diff`."""
    for name, which in (("a", "first"), ("b", "second")):
        parser.add_argument(
            name, metavar=name.upper(), help=f"the {which}: a root, a library, or what `inspect --json` wrote"
        )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(arguments: argparse.Namespace) -> Status:
    """Read both, compare, print."""
    try:
        found = compare(read_report(arguments.a), read_report(arguments.b))
    except RootError as error:
        raise CommandError(str(error)) from error
    from crossplan.render.diff import diff_wire, print_diff

    if arguments.json:
        sys.stdout.write(dumps(diff_wire(found)))
    else:
        from crossplan.render.text import console

        print_diff(console(), found)
    return Status.SOUND
