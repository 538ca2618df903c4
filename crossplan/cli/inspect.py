"""`crossplan inspect SYSROOT…`: what is in this root, and whether it agrees with itself."""

from __future__ import annotations

import argparse
import sys

from crossplan.checks import check_evidence
from crossplan.cli.many import add_workers, inspect_many
from crossplan.cli.status import CommandError, Status, status_of
from crossplan.render.progress import WalkProgress
from crossplan.report import dumps, inspect_wire, verdict
from crossplan.scan import scan
from crossplan.sysroot import RootError, open_sysroot


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `inspect`."""
    parser.add_argument(
        "sysroot", metavar="SYSROOT", nargs="*", help="a directory, or an archive; several packages count as one root"
    )
    parser.add_argument(
        "--from",
        dest="listed",
        metavar="LIST",
        help="inspect many roots, one a line of LIST (- for standard input), and print a line of JSON for each, in order",
    )
    parser.add_argument(
        "--resume", metavar="FILE", help="with --from: write to FILE, and leave out the roots that it has already"
    )
    add_workers(parser)
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--full", action="store_true", help="walk the whole root, not only where a Python can be")
    parser.add_argument("--strict", action="store_true", help="exit with 4 for warnings too")


def run(arguments: argparse.Namespace) -> Status:
    """Scan, check, print."""
    if arguments.listed is not None:
        return inspect_many(arguments)
    if arguments.resume is not None or arguments.jobs is not None or arguments.scheduler is not None:
        raise CommandError("--resume, --jobs and --scheduler are for the roots of a list: add --from LIST")
    if not arguments.sysroot:
        raise CommandError("no SYSROOT is given, and no list of them with --from")
    with WalkProgress(sys.stderr) as progress:
        try:
            root = open_sysroot(*arguments.sysroot, progress=progress)
        except RootError as error:
            raise CommandError(str(error)) from error
        with root:
            evidence = scan(root, full=arguments.full, progress=progress)
    findings = check_evidence(evidence)
    said = verdict(evidence, findings)
    if arguments.json:
        sys.stdout.write(dumps(inspect_wire(evidence, findings)))
    else:
        from crossplan.render.inspect import print_inspect
        from crossplan.render.text import console

        print_inspect(console(), evidence, findings, said)
    return status_of(findings, strict=arguments.strict, empty=said == "empty")
