"""Real wheels: what maturin and setuptools-rust make under the plan is called as predicted, is judged sound, and is imported by the target's Python.

Takes what proof/testbed.py needs, and the backends from the package index.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.proof.test_on_target import LACKING, PROOF, WIDTH

pytestmark = pytest.mark.rest
TARGETS = ("armv7-unknown-linux-gnueabihf", "aarch64-unknown-linux-gnu", "x86_64-unknown-linux-gnu")
WHEELS = [f"{tool} {abi}" for tool in ("maturin", "setuptools-rust") for abi in ("own", "abi3")]


@pytest.fixture(scope="module", params=TARGETS)
def record(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What happened: wheels.py's record for one target."""
    command = [sys.executable, str(PROOF / "wheels.py"), "--json", request.param]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == LACKING:
        pytest.skip(done.stderr.strip().splitlines()[-1])
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", WHEELS)
def test_a_real_wheel_is_called_as_predicted(record: dict[str, Any], name: str) -> None:
    one = record["wheels"][name]
    assert one["build"] == {"status": 0, "why": []}
    assert one["tags"] == one["predicted"]["tags"]
    assert one["modules"] == [one["predicted"]["install_as"]]


@pytest.mark.parametrize("name", WHEELS)
def test_a_real_wheel_is_sound_and_works(record: dict[str, Any], name: str) -> None:
    one = record["wheels"][name]
    assert one["findings"] == []
    assert one["run"]["status"] == 0, one["run"]
    width, total, _ = json.loads(one["run"]["stdout"])
    assert (width, total) == (WIDTH.get(record["target"], 64), 42)
