"""Answers that this oracle gave earlier, about the patches within a line: no difference. Needs no cargo."""

from pathlib import Path

import pytest

from oracle.compare import differences, listing_sorted
from oracle.fuzz import predicted
from oracle.replay import read_cases
from oracle.tree import placed, planted, unplaced

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*.jsonl.xz"))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.name)
def test_no_difference(path: Path) -> None:
    differing = {}
    for case in read_cases(path):
        with planted(case["tree"]) as root:
            got = unplaced(predicted(placed(case["request"], root)), root)
        if found := differences(listing_sorted(case["answer"]), listing_sorted(got)):
            differing[case["id"]] = found
    assert not differing


def test_there_are_recorded_answers() -> None:
    assert RECORDED
