"""The typed API, used as its own example says."""

from __future__ import annotations

from pathlib import Path

from crossplan.api import Options, make_plan, make_request, place_below, read_situation, this_machine
from crossplan.situation import apply
from crossplan.triple import find_target

ROOT = Path(__file__).resolve().parents[2] / "sysroots" / "debian12-py311-armhf"


def test_a_plan_in_four_calls(tmp_path: Path) -> None:
    options = Options(target="armv7-unknown-linux-gnueabihf", sysroots=(str(ROOT),), python="3.11", embed=True)
    environ = {"HOME": str(tmp_path), "PATH": "/nonexistent"}
    situation = read_situation(make_request(options, environ, str(tmp_path), this_machine()))
    plan = make_plan(situation, place_below(str(tmp_path / "out")))
    assert situation.resolution and situation.resolution.outcome == "error"
    assert plan.planned.resolution and plan.planned.resolution.outcome == "ok" and not plan.missed
    assert list(plan.files) == [str(tmp_path / "out" / "pyo3-config.txt")]
    assert not list(tmp_path.iterdir())  # a plan writes nothing


def test_this_machine_is_a_target() -> None:
    assert find_target(this_machine()).triple == this_machine()


def test_apply_sets_and_unsets() -> None:
    assert apply({"A": "1", "B": "2"}, {"A": None, "C": "3", "D": None}) == {"B": "2", "C": "3"}
