"""`crossplan check FILE…`: is this built module or wheel fit for the target's Python?"""

from __future__ import annotations

import argparse
import os
import sys

from crossplan.checks.built import check_built, fit_of
from crossplan.cli.status import CommandError, Status, status_of
from crossplan.evidence import Evidence
from crossplan.render.text import visible
from crossplan.report import dumps
from crossplan.scan import scan
from crossplan.scan.built import BuiltWheel, read_built
from crossplan.sysroot import RootError, open_sysroot
from crossplan.triple import SLICES, UNIVERSAL2, Target, UnknownTarget, find_target


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `check`."""
    parser.add_argument("file", metavar="FILE", nargs="+", help="a built extension module, or a wheel")
    parser.add_argument(
        "--sysroot",
        metavar="ROOT",
        action="append",
        default=[],
        help="the target's files, with the Python that is to import it; given several times, they count as one root",
    )
    parser.add_argument("--target", metavar="TRIPLE", help="the Rust target that it is to run on")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--strict", action="store_true", help="exit with 4 for warnings too")


def run(arguments: argparse.Namespace) -> Status:
    """Read, check, print."""
    if folder := next(filter(os.path.isdir, arguments.file), None):
        raise CommandError(f"{folder} is a folder; give the modules and wheels in it")
    try:
        evidence = _evidence(arguments.sysroot)
        fits = [fit_of(target, evidence) for target in _targets(arguments.target)]
        built = [read_built(path) for path in arguments.file]
    except RootError as error:
        raise CommandError(str(error)) from error
    checked, findings = check_built(built, *fits)
    from crossplan.render.check import check_wire, print_check

    if arguments.json:
        sys.stdout.write(dumps(check_wire(checked, findings)))
    else:
        from crossplan.render.text import console

        print_check(console(), checked, findings)
    for item in built:
        if isinstance(item, BuiltWheel) and not item.files:
            print(f"crossplan: {visible(item.path)} holds no binary", file=sys.stderr)
    return status_of(findings, strict=arguments.strict)


def _targets(triple: str | None) -> tuple[Target | None, ...]:
    """The target that is named; of a universal2 file both, for it is to serve each of them."""
    try:
        if triple == UNIVERSAL2:
            return tuple(find_target(one) for one in SLICES)
        return (None if triple is None else find_target(triple),)
    except UnknownTarget as error:
        raise CommandError(f"--target: {error}") from error


def _evidence(places: list[str]) -> Evidence | None:
    if not places:
        return None
    with open_sysroot(*places) as root:
        return scan(root)
