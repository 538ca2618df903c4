"""`crossplan resolve --requests FILE`: predictions in bulk, for build systems with many targets."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
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
    if arguments.requests == "-":
        _answer(sys.stdin.buffer)
        return Status.SOUND
    try:
        with Path(arguments.requests).open("rb") as source:
            _answer(source)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise CommandError(f"cannot read {arguments.requests}: {error.strerror}") from error
    return Status.SOUND


def _answer(source: Iterable[bytes]) -> None:
    for line in answers(data.decode("utf-8", "surrogateescape") for data in source):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
