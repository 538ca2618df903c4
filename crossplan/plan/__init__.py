"""The plan: the environment, files and command that make a build right, found by asking what PyO3 makes of each way.

A plan is right when `resolve`, given the plan's environment, reaches the goal. The smallest change comes first.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from crossplan.evidence import TargetPython
from crossplan.plan.artifact import artifact_of
from crossplan.plan.candidates import Candidate, Place, candidates, contradictions
from crossplan.plan.choose import Choice, choose
from crossplan.plan.cmake import cmake_toolchain
from crossplan.plan.compilers import api_level
from crossplan.plan.dependencies import dependency_changes
from crossplan.plan.goal import Goal, goal_of
from crossplan.plan.linking import linker, runner, rustflags
from crossplan.plan.model import Change, Plan
from crossplan.plan.tools import command, misleading, passthrough, tool_changes
from crossplan.request import Request
from crossplan.resolve import Resolution
from crossplan.situation import Situation, apply

__all__ = ["Change", "Goal", "Place", "Plan", "make_plan"]


def make_plan(situation: Situation, place: Place, *, by_file: bool = False) -> Plan:
    """The plan for a situation; `place` says where a file of a name and text is to lie.

    `by_file`: only a config file is wanted, whatever else would do.
    """
    plan = _plan_one(situation, place, by_file=by_file)
    if situation.twin is None:
        return plan
    from crossplan.plan.universal2 import join

    return join(plan, _plan_one(situation.twin, place, by_file=by_file))


def _plan_one(situation: Situation, place: Place, *, by_file: bool) -> Plan:
    """The plan for one machine."""
    request = situation.request
    python = situation.selection.python if situation.selection is not None else None
    goal = goal_of(request, python, stable=_asks_stable(request))
    choice = _choice(situation, goal, place, by_file=by_file)
    candidate, resolution = choice.candidate, choice.resolution
    asked = apply(situation.environ, candidate.changes)
    artifact = artifact_of(request, python, resolution, situation.host_suffix(asked, resolution))
    limited = _limited_api(request, resolution)

    files = dict(candidate.files)
    changes = [Change(name, value, _reason(candidate, name)) for name, value in candidate.changes.items()]
    changes += _of_the_link(request, python, resolution, place, files)
    changes += tool_changes(request, python, artifact, limited)
    changes += misleading(request)
    changes += passthrough(request, changes, files)
    changes = [change for change in changes if request.environ.get(change.name) != change.value]

    environ = apply(situation.environ, {change.name: change.value for change in changes})
    return Plan(
        as_is=situation,
        planned=situation.under(environ, files, resolution),
        changes=tuple(changes),
        files=files,
        command=command(request, goal, limited, environ),
        artifact=artifact,
        goal=goal,
        missed=choice.missed,
        means=candidate.means,
        reason=candidate.reason,
        config_text=candidate.config_text,
    )


def _of_the_link(
    request: Request, python: TargetPython | None, resolution: Resolution | None, place: Place, files: dict[str, str]
) -> Iterator[Change]:
    """What Cargo and the build scripts of other crates are told of compiler, linker and libraries; a file of it joins `files`."""
    compiler, change = linker(request, api_level(python))
    yield from () if change is None else (change,)
    yield from rustflags(request, python, resolution)
    yield from runner(request, python)
    yield from dependency_changes(request, compiler)
    if (cmake := cmake_toolchain(request, compiler, place)) is not None:
        change, files[str(cmake[0].value)] = cmake
        yield change


def _limited_api(request: Request, resolution: Resolution | None) -> str | None:
    """What a build backend is to know of a stable ABI, see `tags.limited_api`."""
    if not request.by_backend:
        return None
    from crossplan.plan.tags import limited_api  # with the tables of wheels

    return limited_api(request, resolution)


def _asks_stable(request: Request) -> bool:
    """Whether a stable-ABI feature is asked for."""
    return any(name == "abi3" or name.startswith(("abi3-py", "abi3t")) for name in request.feature_names)


def _choice(situation: Situation, goal: Goal, place: Place, *, by_file: bool) -> Choice:
    """The way that is taken; for a release that is not described, nothing is changed and nothing known."""
    if situation.rules is None:
        return Choice(Candidate("as-is", {}, ""), None, ("outcome",))
    python = situation.selection.python if situation.selection is not None else None
    ways = candidates(situation.request, situation.rules, python, goal, place)
    as_is = next(ways)
    if situation.request.sysroots and python is None:
        ways = iter(())  # nothing says which Python is meant, so nothing is changed
    files = [way for way in ways if way.means == "config-file"] if by_file else []
    return choose(situation, files or chain((as_is,), ways), _base(situation, goal), goal)


def _base(situation: Situation, goal: Goal) -> dict[str, str | None]:
    """What is changed whichever way is taken: what decides about linking, and what contradicts the Python that is meant."""
    request, rules = situation.request, situation.rules
    changes: dict[str, str | None] = dict.fromkeys(contradictions(request.environ, goal))
    name = "PYO3_BUILD_EXTENSION_MODULE"
    if rules is not None and name in rules.variables:
        if goal.links is False and name not in request.environ and "extension-module" not in request.feature_names:
            changes[name] = "1"
        elif goal.links is True and name in request.environ:
            changes[name] = None
    return changes


_REASONS = {
    "PYO3_BUILD_EXTENSION_MODULE": "a module must not link libpython, and a program must",
    "PYO3_CROSS_PYTHON_VERSION": "it says for which Python to build",
    "PYO3_CROSS_PYTHON_IMPLEMENTATION": "it says for which kind of Python to build",
}


def _reason(candidate: Candidate, name: str) -> str:
    """Why a variable of PyO3 is changed."""
    if candidate.changes.get(name) is None and name != "PYO3_BUILD_EXTENSION_MODULE":
        return "what it says leads PyO3 elsewhere"
    return _REASONS.get(name, candidate.reason)
