"""Every recorded answer of the real build scripts, line by line: no difference."""

import json
import lzma
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crossplan.pyo3 import known_releases
from crossplan.resolve.wire import answer
from crossplan.toolchain.host_python import LiveHost

sys.path.insert(0, str(Path(__file__).parents[1]))
from oracle.compare import differences
from oracle.tree import placed, unplaced, write_tree

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*.jsonl.xz"))
LISTED_AS_FOUND = "pyo3-0.14.jsonl"


def cases(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt") as lines:
        yield from map(json.loads, lines)


@pytest.fixture
def roots() -> Iterator[Iterator[Path]]:
    """Empty folders whose path is short and free of links and names of architectures, at which PyO3 looks."""
    base = Path(tempfile.mkdtemp()).resolve()

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


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.name.removesuffix(".jsonl.xz"))
def test_no_difference(path: Path, roots: Iterator[Path]) -> None:
    differing = {}
    for case in cases(path):
        root = next(roots)
        write_tree(root, case["tree"])
        got = unplaced(json.loads(answer(json.dumps(placed(case["request"], root)), LiveHost())), root)
        expected = case["answer"]
        if path.stem == LISTED_AS_FOUND:
            expected, got = listing_sorted(expected), listing_sorted(got)
        if found := differences(expected, got):
            differing[case["id"]] = found
    assert not differing


def test_each_line_is_recorded() -> None:
    lines = {release.rpartition(".")[0] for release in known_releases()}
    assert {path.name.removeprefix("pyo3-").removesuffix(".jsonl.xz") for path in RECORDED} == lines
