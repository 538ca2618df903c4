"""How long predictions take, beside PyO3's real build scripts answering the same questions.

    python benchmarks/resolve.py [-n N] [--seed SEED]

N random requests over all releases (those of the fuzzer), each answered by both sides in turn: the real scripts, compiled beforehand, each
started as Cargo would start it; and `crossplan resolve`, one process that is fed a line and gives a line. One request at a time; the
time is that between question and answer. Prints both totals, the medians and the ratio. Exit status: 0 the goal holds (a fiftieth), 1 it
does not, 3 there is no cargo or no rustc here.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Final

TESTS: Final = Path(__file__).resolve().parent.parent / "tests"
sys.path.insert(0, str(TESTS))
from oracle.answer import Oracle
from oracle.generate import case
from oracle.prepare import RELEASES, cargo_is_here, prepare
from oracle.tree import placed, planted

GOAL: Final = 1 / 50


def measured(count: int, seed: int) -> tuple[list[float], list[float]]:
    """Seconds of each request: the scripts' and crossplan's."""
    oracle, real, ours = Oracle(), [], []
    with subprocess.Popen(
        [sys.executable, "-m", "crossplan", "resolve", "--requests", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as crossplan:
        assert crossplan.stdin is not None and crossplan.stdout is not None
        for number in range(count):
            asked = case(seed, number)
            with planted(asked["tree"]) as root:
                request = placed(asked["request"], root)
                oracle.seconds = 0.0
                oracle.answer(request)
                real.append(oracle.seconds)
                line = json.dumps(request) + "\n"
                start = time.perf_counter()
                crossplan.stdin.write(line)
                crossplan.stdin.flush()
                crossplan.stdout.readline()
                ours.append(time.perf_counter() - start)
        crossplan.stdin.close()
    return real, ours


def main() -> int:
    """Compile what is missing, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=5)
    arguments = parser.parse_args()
    if not cargo_is_here():
        print("no cargo or no rustc to compile PyO3's build scripts with", file=sys.stderr)
        return 3
    for release in RELEASES:
        prepare(release)
        prepare(release, import_lib=True)
    real, ours = measured(arguments.n, arguments.seed)
    for name, seconds in (("PyO3's scripts", real), ("crossplan", ours)):
        print(f"{name:15} {sum(seconds):8.2f} s in all, {1000 * median(seconds):7.3f} ms a request (median)")
    ratio = sum(ours) / sum(real)
    print(f"crossplan takes 1/{1 / ratio:.0f} of the scripts' time (goal: 1/{1 / GOAL:.0f} or less)")
    return int(ratio > GOAL)


if __name__ == "__main__":
    sys.exit(main())
