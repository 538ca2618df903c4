"""How long `crossplan env` takes, beside PyO3's own way to say what it concludes.

    python benchmarks/env.py [--rounds N]

Three commands in turn, N times, as whole processes, with the same environment (this Python first on PATH), about the same armv7 root:

- `crossplan env`: the plan's environment.
- `PYO3_PRINT_CONFIG=1 cargo build --target …` of the smallest PyO3 crate, whose dependencies are compiled already.
- PyO3's compiled build script by itself, as cargo would start it: what any answer to that question costs at least.

Prints the medians, the ratios to `crossplan env`, and the peak memory of the first two. The compiler is that of `proof/testbed.py`,
since cargo needs the target's standard library. Exit status: 0 the goals hold (ratio to cargo below 1.0, less than 60 MB), 1 they do not,
3 this machine cannot hold the test bed.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parent / "sysroots/debian12-py311-armhf"
TARGET: Final = "armv7-unknown-linux-gnueabihf"
GOAL_RATIO: Final = 1.0
GOAL_MB: Final = 60
MANIFEST: Final = """[package]
name = "smallest"
edition = "2021"
[dependencies]
pyo3 = { version = "0.30", default-features = false }
[workspace]
"""


@dataclass(slots=True)
class Command:
    """One of the three: how to start it, the status that it must end with, what was measured."""

    name: str
    words: list[str]
    env: dict[str, str]
    status: int
    seconds: list[float] = field(default_factory=list)
    peak_mb: float = 0.0

    def once(self) -> None:
        """Start it, wait, note time and memory."""
        quiet = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0), (os.POSIX_SPAWN_DUP2, 1, 2)
        start = time.perf_counter()
        child = os.posix_spawn(self.words[0], self.words, self.env, file_actions=quiet)
        _, status, usage = os.wait4(child, 0)
        self.seconds.append(time.perf_counter() - start)
        self.peak_mb = max(self.peak_mb, usage.ru_maxrss / 1024)
        if os.waitstatus_to_exitcode(status) != self.status:
            raise SystemExit(f"{self.name} ended with {os.waitstatus_to_exitcode(status)}: {shlex.join(self.words)}")


def lay_out(crate: Path) -> None:
    """Write the smallest crate that depends on PyO3, and go there."""
    (crate / "src").mkdir(parents=True, exist_ok=True)
    (crate / "Cargo.toml").write_text(MANIFEST)
    (crate / "src/lib.rs").write_text("")
    os.chdir(crate)


def script_alone(cargo: str, env: dict[str, str]) -> Command:
    """PyO3's build script with the environment that cargo gives it, read from what `cargo build -vv` says of it."""
    said = subprocess.run(
        [cargo, "build", "-vv", "--target", TARGET], env=env, capture_output=True, text=True, check=False
    ).stderr
    lines = [line.strip() for line in said.splitlines() if line.strip().startswith("Running `")]
    (line,) = (line for line in lines if "/pyo3-ffi-" in line and line.endswith("build-script-build`"))
    *assignments, program = shlex.split(line.removeprefix("Running `").removesuffix("`"))
    own = dict(word.partition("=")[::2] for word in assignments)
    return Command("PyO3's build script", [program], env | own, 101)


def prepare(bed: dict[str, str]) -> tuple[Command, Command, Command]:
    """Compile what must be compiled before the clock runs."""
    lay_out(Path(bed["cache"]) / "benchmark-env")
    python = Path(sys.executable).parent
    env = {name: os.environ[name] for name in ("HOME", "CARGO_HOME") if name in os.environ}
    env |= {"PATH": f"{python}:{bed['path']}:/usr/bin:/bin", "PYO3_CROSS_LIB_DIR": str(ROOT / "usr/lib/python3.11")}
    cargo = f"{bed['path']}/cargo"
    # Once with the caller's own environment, for the registry; PyO3's own answer is what is compared, so its dependencies are built.
    subprocess.run([cargo, "build", "-q", "--target", TARGET], env=os.environ | env, check=True)
    printing = env | {"PYO3_PRINT_CONFIG": "1"}
    return (
        Command(
            "crossplan env", [str(python / "crossplan"), "env", "--target", TARGET, "--sysroot", str(ROOT)], env, 0
        ),
        Command("cargo build", [cargo, "build", "--target", TARGET], printing, 101),
        script_alone(cargo, printing),
    )


def main() -> int:
    """Prepare, measure in turn, print, judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=25)
    rounds = parser.parse_args().rounds
    testbed = subprocess.run(
        [sys.executable, HERE.parent / "proof/testbed.py", TARGET], stdout=subprocess.PIPE, check=False
    )
    if testbed.returncode:
        return testbed.returncode
    ours, cargo, script = commands = prepare(json.loads(testbed.stdout))
    for _ in range(rounds):
        for command in commands:
            command.once()
    for command in commands:
        took = median(command.seconds)
        memory = (
            f"{command.peak_mb:6.1f} MB" if command is not script else ""
        )  # less than this process: not measurable so
        ratio = f"{median(ours.seconds) / took:5.2f}"
        print(f"{command.name:20} {took * 1000:7.1f} ms  crossplan env / this = {ratio}  {memory}")
    return 0 if median(ours.seconds) / median(cargo.seconds) < GOAL_RATIO and ours.peak_mb < GOAL_MB else 1


if __name__ == "__main__":
    sys.exit(main())
