"""Random requests answered by crossplan and by the oracle: `python -m oracle.fuzz -n N --seed SEED` (from the folder `tests`).

Each difference is reduced to what is needed for it, and written as a line of JSON (id, differences, request, tree, expected, got) to the
file of `--output`, else to standard output. The last line, on standard error, counts; the status is 1 if there was a difference.
"""

import argparse
import json
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from crossplan.resolve import resolve
from crossplan.resolve.wire import answer, read_request
from crossplan.toolchain.host_python import LiveHost
from oracle.answer import Answer, Oracle, blank
from oracle.compare import differences
from oracle.generate import Case, case
from oracle.prepare import RELEASES, cargo_is_here, prepare
from oracle.tree import placed, planted, unplaced

CHUNK = 25


@dataclass(frozen=True, slots=True)
class Verdict:
    """What both said of one case, and where they differ. `started`: seconds of each side."""

    case: Case
    expected: Answer
    got: Answer

    @property
    def differing(self) -> dict[str, tuple[Any, Any]]:
        """As `compare.differences`. crossplan may say that it does not know, where a sysconfigdata file is a program."""
        return {} if self.got["outcome"] == "unknown" else differences(self.expected, self.got)

    def record(self) -> dict[str, Any]:
        """The line that is written of it."""
        return {"differences": self.differing, **self.case, "expected": self.expected, "got": self.got}


@cache
def _oracle() -> Oracle:
    return Oracle()


def predicted(request: Any) -> Answer:
    """crossplan's answer, the way `crossplan resolve` comes by it, and the variables that it says are watched."""
    try:
        found: Answer = json.loads(answer(json.dumps(request), LiveHost()))
        if found["outcome"] != "invalid":
            found["watched"] = list(resolve(read_request(request, LiveHost())).watched)
    except Exception:  # noqa: BLE001 - whatever it is, it is a mistake of crossplan
        return {**blank(request), "outcome": "crash", "error": [traceback.format_exc()]}
    return found


def examine(asked: Case) -> Verdict:
    """Both answers to one case."""
    with planted(asked["tree"]) as root:
        request = placed(asked["request"], root)
        expected, got = _oracle().answer(request), predicted(request)
        return Verdict(asked, unplaced(expected, root), unplaced(got, root))


def reduced(found: Verdict) -> Verdict:
    """The verdict on a smaller case that differs in the same fields."""
    for smaller in _smaller(found.case):
        verdict = examine(smaller)
        if verdict.differing.keys() == found.differing.keys():
            return reduced(verdict)
    return found


def _smaller(asked: Case) -> Iterator[Case]:
    """The case less one variable, feature, file or optional key."""
    request, tree = asked["request"], asked["tree"]
    for name in request["env"]:
        yield {
            **asked,
            "request": {**request, "env": {key: value for key, value in request["env"].items() if key != name}},
        }
    for name in request["features"]:
        yield {
            **asked,
            "request": {**request, "features": [feature for feature in request["features"] if feature != name]},
        }
    for key in ("crate",):
        if key in request:
            yield {**asked, "request": {name: value for name, value in request.items() if name != key}}
    for number in range(len(tree)):
        yield {**asked, "tree": tree[:number] + tree[number + 1 :]}


def _examined(seed: int, numbers: Sequence[int], releases: Sequence[str]) -> tuple[Counter[str], list[dict[str, Any]]]:
    """The outcomes of some requests of a seed, and the records of those that differ."""
    outcomes: Counter[str] = Counter()
    records = []
    for number in numbers:
        found = examine(case(seed, number, releases))
        outcomes[found.got["outcome"]] += 1
        if found.differing:
            records.append(reduced(found).record())
    return outcomes, records


def fuzz(
    numbers: range, seed: int, releases: Sequence[str], jobs: int
) -> Iterator[tuple[Counter[str], list[dict[str, Any]]]]:
    """The outcomes and records of all requests, chunk by chunk, in order."""
    chunks = [numbers[start : start + CHUNK] for start in range(0, len(numbers), CHUNK)]
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_examined, [seed] * len(chunks), chunks, [releases] * len(chunks))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m oracle.fuzz", description=__doc__)
    parser.add_argument("-n", "--count", type=int, default=1000, help="how many requests")
    parser.add_argument("--first", type=int, default=0, help="the number of the first request")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--release", action="append", choices=RELEASES, help="only this one (may be repeated)")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    if not cargo_is_here():
        parser.error("there is no cargo or no rustc to compile PyO3's build scripts with")
    releases = arguments.release or RELEASES
    for release in releases:
        prepare(release)
    outcomes: Counter[str] = Counter()
    differing, start = 0, time.monotonic()
    with arguments.output.open("w") if arguments.output else sys.stdout as out:
        for counted, records in fuzz(
            range(arguments.first, arguments.first + arguments.count), arguments.seed, releases, arguments.jobs
        ):
            outcomes += counted
            differing += len(records)
            out.writelines(json.dumps(record, sort_keys=True) + "\n" for record in records)
            out.flush()
            if outcomes.total() % 1000 == 0:
                print(f"{outcomes.total()} asked, {differing} differ", file=sys.stderr)
    spread = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
    print(
        f"{arguments.count} requests ({spread}) in {time.monotonic() - start:.0f} s: {differing} differ",
        file=sys.stderr,
    )
    return bool(differing)


if __name__ == "__main__":
    sys.exit(main())
