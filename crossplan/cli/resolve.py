"""`crossplan resolve --requests FILE`: predictions in bulk, for build systems with many targets."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from crossplan.cli.status import CommandError, Status
from crossplan.resolve.wire import LINE_LIMIT, answers


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


def _answer(source: BinaryIO) -> None:
    for line in answers(_lines(source)):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def _lines(source: BinaryIO) -> Iterator[str]:
    """The lines; of one that is too long, its beginning, which is answered as such."""
    while data := source.readline(LINE_LIMIT + 1):
        yield data.decode("utf-8", "surrogateescape")
        while len(data) > LINE_LIMIT and not data.endswith(b"\n"):
            data = source.readline(LINE_LIMIT + 1)
