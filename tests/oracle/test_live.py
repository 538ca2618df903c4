"""crossplan's predictions beside PyO3's real build scripts, compiled here and now."""

from pathlib import Path

import pytest

from oracle import fuzz
from oracle.fuzz import Verdict, examine, reduced
from oracle.generate import case
from oracle.prepare import RELEASES, FetchError, cargo_is_here, prepare
from oracle.replay import read_cases, replay

# One of each way in which the scripts work together; compiled in some seconds. `make test-all` asks all.
QUICK = ("0.15.2", "0.22.6", "0.28.3", "0.30.1")
SEED = 2026
RECORDED = sorted((Path(__file__).parents[1] / "conformance" / "recorded").glob("*.jsonl.xz"))

needs_cargo = pytest.mark.skipif(
    not cargo_is_here(), reason="no cargo or no rustc to compile PyO3's build scripts with"
)
pytestmark = pytest.mark.xdist_group("oracle")


@pytest.fixture
def ready(release: str) -> str:
    """The release, its scripts compiled."""
    try:
        prepare(release)
    except FetchError as error:
        pytest.skip(f"the registry does not give pyo3 {release}: {str(error).strip().splitlines()[-1]}")
    return release


def differing(release: str, count: int) -> list[dict[str, object]]:
    verdicts = (examine(case(SEED, number, [release])) for number in range(count))
    return [reduced(verdict).record() for verdict in verdicts if verdict.differing]


@needs_cargo
@pytest.mark.parametrize("release", QUICK)
def test_random_requests(ready: str) -> None:
    assert differing(ready, 75) == []


@needs_cargo
@pytest.mark.rest
@pytest.mark.parametrize("release", RELEASES)
def test_random_requests_of_every_release(ready: str) -> None:
    assert differing(ready, 150) == []


@needs_cargo
@pytest.mark.parametrize("release", QUICK)
def test_the_oracle_gives_the_recorded_answers(ready: str) -> None:
    """Two oracles, made by others and on another machine: what they say must not hang on how this one is made."""
    cases = [found for path in RECORDED for found in read_cases(path) if found["request"]["pyo3"] == ready]
    assert len(cases) > 500
    assert list(replay(cases[::15])) == []


@needs_cargo
@pytest.mark.parametrize("release", ["0.30.1"])
def test_a_difference_is_found_and_reduced(ready: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A prediction that errs where a variable is set: what remains is that variable and what it takes to get so far."""
    honest = fuzz.predicted

    def erring(request: dict) -> dict:  # type: ignore[type-arg]
        answer = honest(request)
        return {**answer, "warnings": ["wrong"]} if "PYO3_CROSS" in request["env"] else answer

    monkeypatch.setattr(fuzz, "predicted", erring)
    verdicts = (examine(case(SEED, number, [ready])) for number in range(300))
    found: Verdict = reduced(next(verdict for verdict in verdicts if verdict.differing))
    assert set(found.differing) == {"warnings"}
    assert set(found.case["request"]["env"]) == {"PYO3_CROSS"}
    assert (found.case["tree"], found.case["request"]["features"]) == ([], [])


def test_a_request_is_the_same_whenever_it_is_drawn() -> None:
    assert [case(7, number) for number in range(50)] == [case(7, number) for number in range(50)]
    assert case(7, 3) != case(8, 3)


def test_requests_are_of_all_releases() -> None:
    assert {case(1, number)["request"]["pyo3"] for number in range(4000)} == set(RELEASES)
