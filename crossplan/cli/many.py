"""What commands over many roots or builds share: who does the work, and the lines of `inspect --from`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from crossplan.cli.status import CommandError, Status, status_of_worst


def add_workers(parser: argparse.ArgumentParser) -> None:
    """The options that say who does the work."""
    group = parser.add_argument_group("who does the work").add_mutually_exclusive_group()
    group.add_argument("--jobs", metavar="N", type=_count, help="processes of this machine (default: its processors)")
    group.add_argument("--scheduler", metavar="ADDRESS", help="the scheduler of a Dask cluster: tcp://HOST:PORT")


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 1024:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes: expected 1 to 1024")
    return int(text)


def inspect_many(arguments: argparse.Namespace) -> Status:
    """Answer root by root, as they come; the status is the worst of all."""
    from crossplan.matrix import ClusterError, inspect_roots, read_list, workers_of
    from crossplan.matrix.resume import ResumeError, resume

    if arguments.sysroot:
        raise CommandError("--from takes its roots from the list: leave SYSROOT out, or --from")
    inspect = partial(inspect_roots, workers=workers_of(arguments.jobs, arguments.scheduler), full=arguments.full)
    seen: Counter[str] = Counter()
    status = Status.SOUND
    try:
        with ExitStack() as stack:
            roots = read_list(_lines(arguments.listed, stack))
            if arguments.resume is None:
                answers = inspect(roots)
            else:
                answers = resume(Path(arguments.resume), list(roots), inspect)
            for answer in answers:
                if arguments.resume is None:
                    sys.stdout.write(answer.line + "\n")
                    sys.stdout.flush()
                seen[answer.verdict] += 1
                empty = answer.verdict == "empty"
                status = max(status, status_of_worst(answer.worst, strict=arguments.strict, empty=empty))
    except (ResumeError, ClusterError) as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise CommandError(f"{error.filename or arguments.listed}: {error.strerror or error}") from error
    words = ", ".join(f"{count} {verdict}" for verdict, count in sorted(seen.items()))
    print(f"crossplan: {seen.total()} roots{': ' if words else ''}{words}", file=sys.stderr)
    return status if seen else Status.EMPTY


def _lines(name: str, stack: ExitStack) -> Iterator[bytes]:
    """The lines of the list, as they come."""
    return iter(sys.stdin.buffer) if name == "-" else iter(stack.enter_context(Path(name).open("rb")))
