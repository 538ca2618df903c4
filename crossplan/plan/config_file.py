"""Texts for PYO3_CONFIG_FILE that say what the goal says, complete: nothing is left for PyO3 to guess."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crossplan.plan.goal import Goal
from crossplan.python import PythonVersion


def config_texts(goal: Goal, keys: frozenset[str], lowest_abi3: PythonVersion | None) -> Iterator[str]:
    """The texts worth trying for a release that knows `keys`, the most complete first; prediction decides between them.

    Releases differ in what they make of the ABI: some take `target_abi`, some apply the Cargo features on top of the file,
    some (to 0.22) take only the file's own `abi3` and `version`. `lowest_abi3` is the level of the stable-ABI features.
    """
    if goal.version is None:
        return
    has_stable = goal.implementation == "CPython" and not goal.free_threaded
    if lowest_abi3 is not None and has_stable and "target_abi" not in keys:
        yield _text(goal, keys, min(lowest_abi3, goal.version), {"abi3": "true"})
    if "target_abi" in keys:
        kind = "free_threaded" if goal.free_threaded else "gil_enabled"
        abi = f"{goal.implementation}-{kind}-{goal.version}"
        if "Py_DEBUG" in goal.build_flags:
            yield _text(goal, keys, goal.version, {"target_abi": abi + "-debug"})
        yield _text(goal, keys, goal.version, {"target_abi": abi})
    yield _text(goal, keys, goal.version, {})


def _text(goal: Goal, keys: frozenset[str], version: PythonVersion, abi: Mapping[str, str]) -> str:
    """One text, keys in the order in which PyO3 itself writes them."""
    values: dict[str, str | None] = {
        "implementation": goal.implementation,
        "version": str(version),
        "shared": "false" if goal.shared is False else "true",
        **abi,
        "lib_name": goal.lib_name,
        "lib_dir": goal.lib_dir,
        "pointer_width": None if goal.pointer_width is None else str(goal.pointer_width),
        "build_flags": ",".join(goal.build_flags) or None,
        "python_framework_prefix": goal.framework_prefix or None,
        "suppress_build_script_link_lines": "false",
    }
    # A value of one line is all that the format can carry; a path with a line feed leaves its key out.
    kept = {
        key: value
        for key, value in values.items()
        if key in keys and value is not None and not set(value) & {"\n", "\r"}
    }
    return "".join(f"{key}={value}\n" for key, value in kept.items())
