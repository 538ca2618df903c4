"""Damaged images and descriptions: `python -m tests.readers.fuzz -n N --seed S`.

Each must end in a record or in `ReadError`, within a second, and none may take much memory. A failure is printed with the
seed that repeats it; the status is then 1.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
import traceback
from collections import Counter
from random import Random

from crossplan.readers.source import ByteSource, ReadError
from tests.readers.corpus import Reading, description_readings, image_readings
from tests.readers.mutations import Traced, damaged

SECONDS_MAX = 1.0
MEMORY_MAX = 64 << 10  # KiB that the process may grow by: one file's share cannot be more


def traced(reading: Reading) -> tuple[ByteSource, list[tuple[int, int]]] | None:
    """The good source and the places read of it; None if even the good one is refused."""
    source = reading.source()
    trace = Traced(source)
    try:
        reading.read(trace)
    except ReadError:
        return None
    return source, trace.places


def attempt(reading: Reading, good: tuple[ByteSource, list[tuple[int, int]]], seed: str) -> tuple[str, float]:
    """Read one damaged input: how it ended (`record`, `ReadError`, or the traceback of a failure), and the seconds."""
    source = damaged(*good, Random(seed))
    start = time.process_time()
    try:
        reading.read(source)
        end = "record"
    except ReadError:
        end = "ReadError"
    except Exception:  # noqa: BLE001 - whatever it is, it is the failure looked for
        end = traceback.format_exc()
    return end, time.process_time() - start


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=20_000, help="how many damaged inputs")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    readings = [*image_readings(), *description_readings()]
    goods = [(reading, good) for reading in readings if (good := traced(reading)) and good[1]]
    ends: Counter[str] = Counter()
    slowest, failures, before = (0.0, ""), 0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(options.n):
        reading, good = goods[number % len(goods)]
        seed = f"{options.seed}:{number}"
        end, seconds = attempt(reading, good, seed)
        slowest = max(slowest, (seconds, f"{reading.name}, seed {seed}"))
        ends[end if end in ("record", "ReadError") else "failure"] += 1
        if end not in ("record", "ReadError") or seconds > SECONDS_MAX:
            failures += 1
            print(f"{reading.name}, seed {seed}, {seconds:.2f} s: {end}")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"{options.n} damaged inputs of {len(goods)} good ones: {dict(ends)}")
    print(f"slowest {slowest[0]:.3f} s ({slowest[1]}); memory grew by {grown >> 10} MiB")
    return 1 if failures or grown > MEMORY_MAX else 0


if __name__ == "__main__":
    sys.exit(main())
