"""The plan: the environment, files and command that make a build right, found by asking what PyO3 makes of each way.

A plan is right when `resolve`, given the plan's environment, reaches the goal. The smallest change comes first.
"""

from __future__ import annotations

from itertools import chain

from crossplan.plan.artifact import artifact_of
from crossplan.plan.candidates import Place, candidates, contradictions
from crossplan.plan.choose import Choice, choose
from crossplan.plan.cmake import cmake_toolchain
from crossplan.plan.compilers import api_level
from crossplan.plan.dependencies import dependency_changes
from crossplan.plan.goal import Goal, goal_of
from crossplan.plan.linking import linker, runner, rustflags
from crossplan.plan.model import Change, Plan
from crossplan.plan.tools import command, misleading, passthrough, tool_changes
from crossplan.request import Request
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
    resolution = choice.resolution if choice is not None else None
    candidate = choice.candidate if choice is not None else None
    asked = apply(situation.environ, candidate.changes if candidate is not None else {})
    artifact = artifact_of(request, python, resolution, situation.host_suffix(asked, resolution))
    files = dict(candidate.files) if candidate is not None else {}

    changes = (
        [Change(name, value, _reason(choice, name)) for name, value in candidate.changes.items()] if candidate else []
    )
    compiler, link_change = linker(request, api_level(python))
    changes += [link_change] if link_change is not None else []
    changes += rustflags(request, python, resolution)
    run_change = runner(request, python)
    changes += [run_change] if run_change is not None else []
    changes += dependency_changes(request, compiler)
    if (cmake := cmake_toolchain(request, compiler, place)) is not None:
        changes.append(cmake[0])
        files[str(cmake[0].value)] = cmake[1]
    limited = None
    if request.tool.value in ("maturin", "setuptools-rust"):
        from crossplan.plan.tags import limited_api

        limited = limited_api(request, resolution)
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
        missed=choice.missed if choice is not None else ("outcome",),
        means=candidate.means if candidate is not None else "as-is",
        reason=candidate.reason if candidate is not None else "",
        config_text=candidate.config_text if candidate is not None else None,
    )


def _asks_stable(request: Request) -> bool:
    """Whether a stable-ABI feature is asked for."""
    return any(name == "abi3" or name.startswith(("abi3-py", "abi3t")) for name in request.feature_names)


def _choice(situation: Situation, goal: Goal, place: Place, *, by_file: bool) -> Choice | None:
    """The way that is taken; None for a release that is not described."""
    if situation.rules is None:
        return None
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


def _reason(choice: Choice | None, name: str) -> str:
    """Why a variable of PyO3 is changed."""
    candidate = choice.candidate if choice is not None else None
    if candidate is None or (candidate.changes.get(name) is None and name != "PYO3_BUILD_EXTENSION_MODULE"):
        return "what it says leads PyO3 elsewhere"
    return _REASONS.get(name, candidate.reason)
