"""Recorded cases (request, tree, answer) asked again: `python -m oracle.replay [--every K] [--jobs N] FILE…`.

The cases are JSON Lines, plain or compressed with xz. Each that the oracle answers otherwise is printed; the status is then 1.
"""

import argparse
import json
import lzma
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from oracle.answer import Oracle
from oracle.compare import differences, listing_sorted
from oracle.tree import placed, planted, unplaced

Case = Mapping[str, Any]
Differences = dict[str, tuple[Any, Any]]


def read_cases(path: Path) -> Iterator[dict[str, Any]]:
    """The cases of one file, in order."""
    with lzma.open(path, "rt") if path.suffix == ".xz" else path.open() as lines:
        yield from map(json.loads, lines)


def replayed(oracle: Oracle, case: Case) -> Differences:
    """Where the oracle's answer to a recorded case differs from the one recorded."""
    with planted(case["tree"]) as root:
        answer = unplaced(oracle.answer(placed(case["request"], root)), root)
    return differences(listing_sorted(case["answer"]), listing_sorted(answer))


def replay(cases: Iterable[Case], jobs: int = 1) -> Iterator[tuple[Case, Differences]]:
    """The cases that differ, with their differences."""
    oracle = Oracle()
    with ThreadPoolExecutor(jobs) as pool:
        for case, found in pool.map(lambda case: (case, replayed(oracle, case)), cases):
            if found:
                yield case, found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m oracle.replay", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=1, help="only each K-th case")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    cases = [case for file in arguments.files for case in read_cases(file)][:: arguments.every]
    differing = 0
    for case, found in replay(cases, arguments.jobs):
        differing += 1
        print(json.dumps({"id": case["id"], "differences": found}), flush=True)
    print(f"{len(cases)} cases, {differing} differ", file=sys.stderr)
    return bool(differing)


if __name__ == "__main__":
    sys.exit(main())
