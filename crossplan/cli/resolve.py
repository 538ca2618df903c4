"""`crossplan resolve --requests FILE`: predictions in bulk, for build systems with many targets."""

from __future__ import annotations

import argparse
import sys
from contextlib import nullcontext
from pathlib import Path

from crossplan.cli.status import CommandError, Status
from crossplan.resolve.wire import answers


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `resolve`."""
    parser.add_argument(
        "--requests", metavar="FILE", required=True, help="requests as JSON Lines, one a line; - for standard input"
    )


def run(arguments: argparse.Namespace) -> Status:
    """Answer line by line, as they come; an invalid one is answered and passed."""
    try:
        source = nullcontext(sys.stdin.buffer) if arguments.requests == "-" else Path(arguments.requests).open("rb")
    except OSError as error:
        raise CommandError(f"cannot read {arguments.requests}: {error.strerror}") from error
    with source as raw:
        for line in answers(data.decode("utf-8", "surrogateescape") for data in raw):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    return Status.SOUND
