"""`crossplan doctor`: what this machine has for building for a target, all at once, and how to get what is missing."""

from __future__ import annotations

import argparse
import sys

from crossplan.checks import check_tools
from crossplan.checks.view import View
from crossplan.cli.options import add_shared, request_of, situation_of
from crossplan.cli.status import Status, status_of
from crossplan.report import VERSION, dumps, finding_wire
from crossplan.toolchain.inventory import Item, inventory


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `doctor`."""
    add_shared(parser)
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(arguments: argparse.Namespace) -> Status:
    """Look for every tool, judge what was found, print."""
    situation = situation_of(request_of(arguments), resolve=False)
    items = inventory(View(situation).tools)
    findings = check_tools(situation)
    if arguments.json:
        sys.stdout.write(
            dumps(
                {
                    "version": VERSION,
                    "target": situation.request.triple,
                    "host": situation.request.host,
                    "tools": [_wire(item) for item in items],
                    "findings": [finding_wire(finding) for finding in findings],
                }
            )
        )
    else:
        from crossplan.render.doctor import print_doctor
        from crossplan.render.text import console

        print_doctor(console(), situation.request.triple, situation.request.host, items, findings)
    return status_of(findings, strict=arguments.strict)


def _wire(item: Item) -> dict[str, str | None]:
    return {"tool": item.tool, "state": item.state, "detail": item.detail, "install": item.install or None}
