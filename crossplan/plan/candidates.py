"""Ways to make PyO3 conclude the goal, the smallest change first; prediction decides which of them is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Literal

from crossplan.checks.variables import MEANT_OFF
from crossplan.evidence import TargetPython
from crossplan.plan.goal import Goal, host_path
from crossplan.pyo3 import Rules
from crossplan.python import PythonVersion
from crossplan.record import field, record, replace
from crossplan.request import Request

CONFIG_FILE = "pyo3-config.txt"
Means = Literal["as-is", "variables", "config-file"]
# Where a file of that name and text is to lie; the text is known before the place, so a place may be named by it.
Place = Callable[[str, str], str]

# What decides before or beside the variables that a plan of variables sets.
_INTERFERING = (
    "PYO3_CONFIG_FILE",
    "PYO3_NO_PYTHON",
    "_PYTHON_SYSCONFIGDATA_NAME",
    "PYO3_CROSS_PYTHON_VERSION",
    "PYO3_CROSS_PYTHON_IMPLEMENTATION",
    "PYO3_CROSS_LIB_DIR",
)
_HOST_PYTHON = ("PYO3_PYTHON", "VIRTUAL_ENV", "CONDA_PREFIX")


@record
class Candidate:
    """One way: the changes to the environment (None: unset), the config file's text if it has one, and why it is one."""

    means: Means
    changes: Mapping[str, str | None]
    reason: str
    config_text: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)


def candidates(
    request: Request, rules: Rules, python: TargetPython | None, goal: Goal, place: Place
) -> Iterator[Candidate]:
    """All ways for a request, in the order in which they are tried."""
    environ = request.environ
    yield Candidate("as-is", {}, "the environment says it already")
    by_variables: list[Candidate] = []
    if python is not None and request.sysroot is not None:
        by_variables += _from_root(request, python, goal)
    if goal.version is not None:
        by_variables += _by_version(request, goal)
    else:
        by_variables.append(_variables(environ, {}, "nothing that was set of a Python is needed"))
        by_variables.append(
            _variables(environ, {"PYO3_NO_PYTHON": "1"}, "the stable ABI needs no Python, so none is asked")
        )
    yield from by_variables
    if any(name in environ for name in _HOST_PYTHON):
        yield from (_without_host_python(environ, one) for one in by_variables)
    yield from _by_config_file(rules, request, goal, place)


def contradictions(environ: Mapping[str, str], goal: Goal) -> list[str]:
    """Variables that name another Python than the one that is meant, or end the build, whatever PyO3 concludes from the rest."""
    found = ["PYO3_PRINT_CONFIG"] if environ.get("PYO3_PRINT_CONFIG") == "1" else []
    if goal.version is not None:
        said = environ.get("PYO3_CROSS_PYTHON_VERSION")
        found += [] if said in (None, str(goal.version), goal.version_word) else ["PYO3_CROSS_PYTHON_VERSION"]
        said = environ.get("PYO3_CROSS_PYTHON_IMPLEMENTATION")
        found += [] if said in (None, goal.implementation) else ["PYO3_CROSS_PYTHON_IMPLEMENTATION"]
    return found


def _variables(environ: Mapping[str, str], wanted: Mapping[str, str], reason: str) -> Candidate:
    """Exactly the variables `wanted`: those that interfere are unset, those that say so already are left alone."""
    changes: dict[str, str | None] = {name: None for name in _INTERFERING if name in environ and name not in wanted}
    if environ.get("PYO3_CROSS") in MEANT_OFF:  # which forces a cross build all the same
        changes["PYO3_CROSS"] = None
    changes.update({name: value for name, value in wanted.items() if environ.get(name) != value})
    return Candidate("variables", changes, reason)


def _without_host_python(environ: Mapping[str, str], candidate: Candidate) -> Candidate:
    """The same, with PyO3 left to find the host's Python by itself."""
    unset = {name: None for name in _HOST_PYTHON if name in environ}
    return replace(candidate, changes={**candidate.changes, **unset})


def _from_root(request: Request, python: TargetPython, goal: Goal) -> Iterator[Candidate]:
    """Variables that lead PyO3 to the sysconfigdata of the chosen Python, the folder of its library first."""
    folders = [goal.lib_dir] if goal.lib_dir is not None else []
    for description in python.sysconfigdata:
        for path in (description.path, *description.aliases):
            inner = PurePosixPath(path).parent
            folders += [host_path(request, str(inner)), host_path(request, str(inner.parent))]
    for folder in dict.fromkeys(folders):
        reason = "that folder leads PyO3 to the description of the target's Python"
        if folder == goal.lib_dir:
            reason = "that folder leads PyO3 to the target's libpython"
        lead = {"PYO3_CROSS_LIB_DIR": folder}
        yield _variables(request.environ, lead, reason)
        yield _variables(request.environ, {**lead, "PYO3_CROSS_PYTHON_VERSION": goal.version_word}, reason)


def _by_version(request: Request, goal: Goal) -> Iterator[Candidate]:
    """Variables for a Python that is known by its version alone, or a Python of this machine of that version."""
    wanted = {"PYO3_CROSS_PYTHON_VERSION": goal.version_word}
    if goal.implementation != "CPython":
        wanted["PYO3_CROSS_PYTHON_IMPLEMENTATION"] = goal.implementation or ""
    if goal.lib_dir is not None:
        wanted["PYO3_CROSS_LIB_DIR"] = goal.lib_dir
    if request.host == request.target.triple and goal.implementation == "CPython":
        native = {"PYO3_PYTHON": f"python{goal.version_word}"}
        yield _variables(request.environ, native, "host and target are one machine, and that Python is on it")
    reason = "that folder leads PyO3 to the target's libpython"
    if goal.lib_dir is None:
        reason = "PyO3's defaults for that version are right for this target"
    yield _variables(request.environ, wanted, reason)


def _by_config_file(rules: Rules, request: Request, goal: Goal, place: Place) -> Iterator[Candidate]:
    """A config file, in the forms that releases understand. It comes before every other variable."""
    if goal.version is None or "PYO3_CONFIG_FILE" not in rules.variables:
        return
    from crossplan.plan.config_file import config_texts

    lowest = min(stable_levels(request.feature_names), default=None)
    stated = goal if goal.pointer_width else replace(goal, pointer_width=request.target.pointer_width)
    for text in config_texts(stated, frozenset(rules.config_keys), lowest):
        path = place(CONFIG_FILE, text)
        yield Candidate("config-file", {"PYO3_CONFIG_FILE": path}, _why_a_file(goal), text, {path: text})


def stable_levels(features: Iterable[str]) -> Iterator[PythonVersion]:
    """The versions that `abi3-py3X` features name."""
    for name in features:
        minor = name.removeprefix("abi3-py3")
        if minor != name and minor.isdecimal():
            yield PythonVersion(3, int(minor))


def _why_a_file(goal: Goal) -> str:
    if goal.lib_dir is not None:
        return "no variable leads PyO3 to both the description and the library, so a file says both"
    return "no variable says all of it for this release, so a file does"
