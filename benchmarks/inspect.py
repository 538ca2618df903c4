"""How long `crossplan inspect` takes on a root of very many files, beside `find ROOT -name '_sysconfigdata*'`.

    python benchmarks/inspect.py [--files N] [--rounds N] [--keep FOLDER]

Makes a root of N files (1,000,000) around a real Python, in folders of 200, then runs three commands in turn, warm, as whole
processes:

- `find ROOT -name '_sysconfigdata*'`
- `crossplan inspect ROOT --json`, which goes where a Python can be
- `crossplan inspect ROOT --json --full`, which walks everything

Prints the medians, the ratios to `find`, the peak memory, and how much the targeted inspection reads of the root's files (with
strace, where it is there). Exit status: 0 the goals hold (ratios below 0.5 and at most 1.5, less than 80 MB), 1 they do not.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final

TREE: Final = Path(__file__).resolve().parent.parent / "sysroots/debian12-py311-armhf"
FILLED: Final = ("usr/share/doc", "usr/share/locale", "usr/lib/gcc", "var/lib/packages", "srv/data")
FOLDER: Final = 200
GOAL_TARGETED: Final = 0.5
GOAL_FULL: Final = 1.5
GOAL_MB: Final = 80


def fill(root: Path, files: int) -> None:
    """The real tree, and empty files around it, spread over the places that systems have them in."""
    shutil.copytree(TREE, root, symlinks=True)
    for number in range(0, files, FOLDER):
        place = (
            root / FILLED[number // FOLDER % len(FILLED)] / f"p{number // FOLDER // 50}" / f"q{number // FOLDER % 50}"
        )
        place.mkdir(parents=True, exist_ok=True)
        folder = os.open(place, os.O_RDONLY)
        for each in range(min(FOLDER, files - number)):
            os.close(os.open(f"file{each}.txt", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
        os.close(folder)


def once(words: list[str]) -> tuple[float, float]:
    """Start a command, wait: seconds, and peak memory in MB."""
    quiet = ((os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),)
    start = time.perf_counter()
    child = os.posix_spawn(words[0], words, os.environ, file_actions=quiet)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"status {os.waitstatus_to_exitcode(status)}: {' '.join(words)}")
    return seconds, usage.ru_maxrss / 1024


def bytes_read(words: list[str], root: Path) -> dict[str, int]:
    """How many bytes a command read of each file of the root, as strace sees it."""
    with tempfile.NamedTemporaryFile("r") as log:
        watch = ["strace", "-f", "-y", "-e", "trace=read,pread64", "-o", log.name]
        subprocess.run([*watch, *words], stdout=subprocess.DEVNULL, check=True)
        read: dict[str, int] = {}
        for place, count in re.findall(r"read(?:64)?\(\d+<([^>]*)>.*\) = (\d+)$", log.read(), re.MULTILINE):
            if Path(place).is_relative_to(root):
                read[place] = read.get(place, 0) + int(count)
    return read


def measure(root: Path, rounds: int) -> bool:
    """Run the three in turn and print what was seen; whether the goals hold."""
    find = [shutil.which("find") or "find", str(root), "-name", "_sysconfigdata*"]
    inspect = [sys.executable, "-m", "crossplan", "inspect", str(root), "--json"]
    commands = {"find": find, "inspect": inspect, "inspect --full": [*inspect, "--full"]}
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    peak = dict.fromkeys(commands, 0.0)
    for number in range(rounds + 1):
        for name, words in commands.items():
            took, memory = once(words)
            if number:  # the first round warms the cache
                seconds[name].append(took)
            peak[name] = max(peak[name], memory)
    base = median(seconds["find"])
    ratios = {name: median(each) / base for name, each in seconds.items()}
    for name in commands:
        print(f"{name:<16} {median(seconds[name]):6.3f} s   {ratios[name]:5.2f} of find   {peak[name]:5.1f} MB")
    if shutil.which("strace"):
        read = bytes_read(inspect, root)
        place = max(read, key=lambda path: read[path])
        print(
            f"inspect reads {sum(read.values()) / 1024:.0f} KiB of {len(read)} files, at most {read[place] / 1024:.0f} KiB of one"
        )
    return (
        ratios["inspect"] < GOAL_TARGETED
        and ratios["inspect --full"] <= GOAL_FULL
        and max(peak["inspect"], peak["inspect --full"]) < GOAL_MB
    )


def main() -> int:
    """Make the root, measure, take it away again."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--files", type=int, default=1_000_000, metavar="N", help="files around the Python (1,000,000)")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="times that each command runs (5)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="make the root there, or use the one that is there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = arguments.keep or Path(scratch) / "root"
        if not root.exists():
            fill(root, arguments.files)
        return 0 if measure(root, arguments.rounds) else 1


if __name__ == "__main__":
    raise SystemExit(main())
