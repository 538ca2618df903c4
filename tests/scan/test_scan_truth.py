"""Every tree of sysroots/: what the report says is what other tools found, and nothing in it is a false alarm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crossplan.checks import check_evidence
from crossplan.report import inspect_wire
from crossplan.scan import scan
from crossplan.sysroot import open_sysroot
from tests.scan.truth import differences

SYSROOTS = Path(__file__).parents[2] / "sysroots"
TRUTH = json.loads((SYSROOTS / "truth.json").read_text("utf-8"))
TREES = sorted(tree.name for tree in SYSROOTS.iterdir() if tree.is_dir())


@pytest.mark.parametrize("name", TREES)
def test_report_equals_truth(name: str) -> None:
    with open_sysroot(SYSROOTS / name) as root:
        evidence = scan(root)
    assert differences(name, TRUTH, inspect_wire(evidence, check_evidence(evidence))) == []


@pytest.mark.parametrize("name", TREES)
def test_full_walk_finds_the_same(name: str) -> None:
    with open_sysroot(SYSROOTS / name) as root:
        targeted, full = scan(root), scan(root, full=True)
    assert full.pythons == targeted.pythons
    assert {image.path for image in targeted.images} <= {image.path for image in full.images}
