"""Every recorded answer of the real build scripts, file by file: no difference."""

import json
import lzma
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crossplan.pyo3 import known_releases
from crossplan.resolve import resolve
from crossplan.resolve.wire import read_request, wire
from crossplan.toolchain.host_python import LiveHost

sys.path.insert(0, str(Path(__file__).parents[1]))
from oracle.compare import differences
from oracle.tree import placed, unplaced, write_tree

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*.jsonl.xz"))
LISTED_AS_FOUND = "0.14."  # releases that name files in the order in which the file system lists them


def cases(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt") as lines:
        yield from map(json.loads, lines)


@pytest.fixture
def roots() -> Iterator[Iterator[Path]]:
    """Empty folders whose path is short and free of links and names of architectures, at which PyO3 looks."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    base = Path(tempfile.mkdtemp(dir=memory)).resolve()

    def fresh() -> Iterator[Path]:
        number = 0
        while True:
            root = base / str(number % 8)
            shutil.rmtree(root, ignore_errors=True)
            root.mkdir()
            yield root
            number += 1

    yield fresh()
    shutil.rmtree(base)


def listing_sorted(found: dict[str, Any]) -> dict[str, Any]:
    """Paths of a message in order, for a release that lists them as the file system does."""

    def ordered(match: re.Match[str]) -> str:
        return "".join(sorted(re.findall(r"\n\t[^\n]*", match[0])))

    return {**found, "error": [re.sub(r"(?:\n\t[^\n]*)+", ordered, text) for text in found["error"]]}


def predicted(request: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """crossplan's answer; with the variables that are watched, where these were recorded."""
    resolution = resolve(read_request(request, LiveHost()))
    found: dict[str, Any] = json.loads(json.dumps(wire(resolution, request.get("id"))))
    if "watched" in expected and found["outcome"] != "invalid":
        found["watched"] = list(resolution.watched)
    return found


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.name.removesuffix(".jsonl.xz"))
def test_no_difference(path: Path, roots: Iterator[Path]) -> None:
    differing = {}
    for case in cases(path):
        root = next(roots)
        write_tree(root, case["tree"])
        expected = case["answer"]
        got = unplaced(predicted(placed(case["request"], root), expected), root)
        if case["request"]["pyo3"].startswith(LISTED_AS_FOUND):
            expected, got = listing_sorted(expected), listing_sorted(got)
        if found := differences(expected, got):
            differing[case["id"]] = found
    assert not differing


def test_each_line_is_recorded() -> None:
    lines = {release.rpartition(".")[0] for release in known_releases()}
    names = {path.name.removesuffix(".jsonl.xz") for path in RECORDED}
    assert {f"pyo3-{line}" for line in lines} <= names
