"""Which candidate is taken: the first under which PyO3 concludes the goal, less what turns out to change nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from crossplan.plan.candidates import Candidate, contradictions
from crossplan.plan.goal import Goal, links_python, shortfalls
from crossplan.record import record, replace
from crossplan.resolve import InterpreterConfig, Resolution
from crossplan.situation import Situation, apply


@record
class Choice:
    """The candidate, what PyO3 concludes under it, and the fields in which that still is not the goal."""

    candidate: Candidate
    resolution: Resolution | None
    missed: tuple[str, ...]


def choose(situation: Situation, candidates: Iterable[Candidate], base: Mapping[str, str | None], goal: Goal) -> Choice:
    """Try the candidates in order, each on top of `base`. Where none reaches the goal, the one that comes nearest."""
    best: Choice | None = None
    for candidate in candidates:
        together = replace(candidate, changes={**base, **candidate.changes})
        resolution = _predict(situation, together)
        missed = shortfalls(resolution, goal)
        one = Choice(together, resolution, missed)
        if best is None or _distance(one) < _distance(best):
            best = one
        if not missed:
            break
    assert best is not None  # the first candidate changes nothing, and is always there
    return _without_idle(situation, best, frozenset(contradictions(situation.environ, goal)))


def _predict(situation: Situation, candidate: Candidate) -> Resolution | None:
    return situation.predict(apply(situation.environ, candidate.changes), candidate.files)


def _distance(choice: Choice) -> int:
    """How far from the goal: a build that stops is farther than one that is wrong, and farthest with no configuration yet."""
    if "outcome" not in choice.missed:
        return len(choice.missed)
    return 200 if choice.resolution is None or choice.resolution.config is None else 100


def _without_idle(situation: Situation, choice: Choice, wrong: frozenset[str]) -> Choice:
    """The choice without each change that PyO3's conclusion does not depend on; what is `wrong` goes all the same."""
    candidate, reached = choice.candidate, choice.resolution
    for name in (name for name in choice.candidate.changes if name not in wrong):
        fewer = replace(candidate, changes={key: value for key, value in candidate.changes.items() if key != name})
        resolution = _predict(situation, fewer)
        if resolution is not None and reached is not None and _same(resolution, reached):
            candidate, reached = fewer, resolution
    return replace(choice, candidate=candidate, resolution=reached)


def _same(one: Resolution, other: Resolution) -> bool:
    """Whether two conclusions are one in all that reaches the compiler or the user; what is not linked by name needs no folder."""
    fields = ("outcome", "link", "cfg", "error", "warnings")
    return _config(one) == _config(other) and all(getattr(one, name) == getattr(other, name) for name in fields)


def _config(resolution: Resolution) -> InterpreterConfig | None:
    config = resolution.config
    return config if config is None or links_python(resolution) else replace(config, lib_dir=None)
