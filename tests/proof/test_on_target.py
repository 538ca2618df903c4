"""The proof: a real crate, cross-compiled with what `crossplan env` printed, works on the target's own Python.

Needs what proof/testbed.py names (Debian 12, apt, root for packages that are not there yet). Where that cannot be had the tests are
skipped with its words; with CROSSPLAN_PROOF=required they fail instead.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

PROOF = Path(__file__).resolve().parents[2] / "proof"
LACKING = 3
"""prove.py's exit status on a machine that cannot hold the test bed."""
DEFAULT = "armv7-unknown-linux-gnueabihf"
WIDTH = {DEFAULT: 32, "i686-unknown-linux-gnu": 32}
TARGETS = tomllib.loads((PROOF / "targets.toml").read_text())["target"]


@pytest.fixture(
    scope="module", params=[pytest.param(t, marks=() if t == DEFAULT else pytest.mark.rest) for t in TARGETS]
)
def proof(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What happened: prove.py's record for one target."""
    command = [sys.executable, str(PROOF / "prove.py"), "--json", request.param]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == LACKING and os.environ.get("CROSSPLAN_PROOF") != "required":
        pytest.skip(done.stderr.strip().splitlines()[-1])
    assert done.stdout, done.stderr
    record: dict[str, Any] = json.loads(done.stdout)
    return record


def test_module_is_imported_by_the_targets_python(proof: dict[str, Any]) -> None:
    plan = proof["crates"]["module"]["plan"]
    assert plan["build"] == {"status": 0, "why": []}
    assert plan["run"]["status"] == 0, plan["run"]
    width, total, place = json.loads(plan["run"]["stdout"])
    assert (width, total) == (WIDTH.get(proof["target"], 64), 42)
    assert place == plan["installed"]


def test_program_that_embeds_runs_on_the_target(proof: dict[str, Any]) -> None:
    plan = proof["crates"]["embed"]["plan"]
    assert plan["build"] == {"status": 0, "why": []}
    width, _, version = plan["run"]["stdout"].split()
    assert int(width) == WIDTH.get(proof["target"], 64)
    assert version.startswith("3.11.")


@pytest.mark.parametrize("crate", ["module", "embed"])
def test_pyo3_concludes_what_was_planned(proof: dict[str, Any], crate: str) -> None:
    plan = proof["crates"][crate]["plan"]
    assert plan["outcome"] == "ok"
    assert plan["printed"], "PyO3 printed no configuration"
    assert plan["differences"] == []


@pytest.mark.parametrize("crate", ["module", "embed"])
def test_the_guides_example_ends_as_was_said_before(proof: dict[str, Any], crate: str) -> None:
    """PyO3 takes the folder of sysconfigdata for that of libpython, which is elsewhere on Debian."""
    guide = proof["crates"][crate]["guide"]
    assert guide["printed"], "PyO3 printed no configuration"
    assert guide["differences"] == []
    assert guide["build"]["status"] != 0
    assert any("cannot find -lpython3.11" in line for line in guide["build"]["why"])
    assert any(finding.startswith("XP604") for finding in guide["findings"]), guide["findings"]
