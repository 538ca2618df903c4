"""`make test-all`: what the test command leaves out, in named groups.

    python scripts/groups.py [NAME…]

A group whose program is missing is skipped, and the program is named. Exit status: 1 if a group failed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

TREE: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Group:
    """A name, what it shows, the programs that it cannot do without, the command after `python`, and a package likewise."""

    name: str
    shows: str
    needs: tuple[str, ...]
    words: tuple[str, ...]
    package: str | None = None


DEBIAN: Final = ("apt-get", "dpkg")
RUST: Final = ("cargo", "rustc")
PYTEST: Final = ("-m", "pytest", "-m", "rest", "--dist", "loadfile", "-n", "2")
VALIDATORS: Final = "tests/matrix/test_validators.py"
GROUPS: Final = (
    Group("targets", "the proof on every target", DEBIAN, (*PYTEST, "tests/proof/test_on_target.py")),
    Group("wheels", "real wheels of maturin and setuptools-rust", DEBIAN, (*PYTEST, "tests/proof/test_wheels.py")),
    Group("ci", "CIs take the job matrices", ("actionlint", "check-jsonschema"), (*PYTEST, VALIDATORS)),
    Group("long", "tests that take long", (), (*PYTEST, "tests", "--ignore", "tests/proof", "--ignore", VALIDATORS)),
    Group("oracle", "20,000 requests to PyO3's real scripts", RUST, ("-m", "oracle.fuzz", "--count", "20000")),
    Group("hostile", "200,000 damaged images and descriptions", (), ("-m", "tests.readers.fuzz", "-n", "200000")),
    Group("coverage", "200,000 files that coverage chooses", (), ("-m", "tests.readers.coverage_fuzz"), "atheris"),
    Group("readers", "images beside readelf, LLVM, wabt, V8, LIEF", (), ("-m", "tests.readers.compare_independent")),
    Group("archives", "archives of other writers", (), ("-m", "tests.archives.compare_independent")),
    Group("mutation", "a changed row of a table fails a test", (), ("scripts/mutate_rules.py",)),
    Group("env", "crossplan env beside PyO3's own script", DEBIAN, ("benchmarks/env.py",)),
    Group("resolve", "5,000 predictions beside PyO3's own scripts", RUST, ("benchmarks/resolve.py",)),
    Group("inspect", "a root of a million files beside find", ("find",), ("benchmarks/inspect.py",)),
)


def attempt(group: Group) -> str:
    """Run one group: `passed`, `failed`, or why it was skipped."""
    missing = [name for name in group.needs if shutil.which(name) is None]
    if group.package and find_spec(group.package) is None:
        missing.append(group.package)
    if missing:
        return f"skipped: no {' and no '.join(missing)}"
    # The oracle is a package of the folder tests; pytest's status 5 says that nothing was selected.
    environ = {**os.environ, "PYTHONPATH": f"{TREE}:{TREE / 'tests'}"}
    done = subprocess.run([sys.executable, *group.words], cwd=TREE, env=environ, check=False)
    return "passed" if done.returncode in (0, 5) else "failed"


def main() -> int:
    """Run the groups that are named, or all; say how each ended."""
    chosen = [group for group in GROUPS if not sys.argv[1:] or group.name in sys.argv[1:]]
    results = []
    for group in chosen:
        print(f"== {group.name}: {group.shows}", flush=True)
        start = time.monotonic()
        results.append((group.name, attempt(group), time.monotonic() - start))
    print()
    for name, result, seconds in results:
        print(f"{name:10} {seconds:7.0f} s  {result}")
    return 1 if any(result == "failed" for _, result, _ in results) else 0


if __name__ == "__main__":
    sys.exit(main())
