"""Checks of a plan that cannot be completed (XP602, XP503): nothing tells for which Python, or no way leads there."""

from __future__ import annotations

from collections.abc import Iterator

from crossplan.checks.evidence import called, place
from crossplan.checks.failure import NOTHING_SAID
from crossplan.checks.stops import said
from crossplan.checks.view import View, at, finding, variable
from crossplan.data import load
from crossplan.findings import Finding, Location
from crossplan.python import minor_version
from crossplan.resolve import Resolution


def no_python_there(view: View) -> Iterator[Finding]:
    """XP521: on a system without files and a loader there is no Python, whatever PyO3 concludes."""
    if _has_none(view):
        instead = (
            "wasm32-unknown-emscripten (Pyodide) or wasm32-wasip1"
            if view.target.arch == "wasm32"
            else "a target with one"
        )
        yield finding(
            "no-python-there",
            "error",
            f"{view.target.triple} has no operating system that a Python runs on",
            at(view.request.target_origin, "--target"),
            help=f"Build for {instead}; crossplan targets lists those for which there are Pythons.",
        )


def _has_none(view: View) -> bool:
    return view.target.os in load("targets")["without_python"]


def plan_incomplete(view: View) -> Iterator[Finding]:
    """XP602: nothing that was given says for which Python to build, so every answer would be a guess."""
    if _has_none(view):
        return
    if view.rules is None:
        if _nothing_says(view):
            yield _incomplete(view, "nothing that was given says for which Python to build")
    elif view.situation.planned and view.failure is not None and _nothing_says(view):
        yield _incomplete(view, f"nothing that was given says for which Python to build; PyO3 will stop: {said(view)}")
    elif view.names_no_library:
        yield _incomplete(
            view,
            f"{view.target.os} links libpython, and nothing that was given says which; PyO3 will stop: {said(view)}",
            "Give a root that holds the target's libpython: --sysroot DIR, or PYO3_CROSS_LIB_DIR.",
        )
    elif view.situation.planned and view.failure in NOTHING_SAID and (view.python is not None or view.evidence is None):
        yield _no_way(view)


def _no_way(view: View) -> Finding:
    """The Python is known, and no environment leads this release to it; the reason is what it says of that Python."""
    shown = _told_outright(view)
    who = called(view.python) if view.python is not None else "that Python"
    places = (place(view.python.facts["version"].origin),) if view.python and "version" in view.python.facts else ()
    if (
        view.request.sysroots
        and view.root is None
        and (shown is None or not shown.error or (view.resolution is not None and shown.error == view.resolution.error))
    ):
        return finding(
            "packed-root",
            "error",
            f"{who} lies in an archive, and PyO3 {view.request.pyo3.value} reads it only from a folder: {said(view)}",
            Location(None, "--sysroot"),
            *places,
            help="Unpack the archive, and give the folder as --sysroot.",
        )
    reason = shown.error[0].split("\n")[0] if shown is not None and shown.error else said(view)
    return finding(
        "python-unsupported" if shown is not None and shown.error else "plan-incomplete",
        "error",
        f"no environment leads PyO3 {view.request.pyo3.value} to {who}: {reason}",
        at(view.request.pyo3.origin, "--pyo3"),
        *places,
        help="Take another release of PyO3 (cargo update -p pyo3, or --pyo3), or another Python (--python).",
    )


# What PyO3 calls an implementation, where that is another name.
_PYO3_NAMES = {"GraalPy": "GraalVM"}


def _told_outright(view: View) -> Resolution | None:
    """What PyO3 says if it is told of that Python alone: by a config file, or (0.14.0, 0.14.1) by its sysconfigdata."""
    version = minor_version(view.python.text("version") or "") if view.python is not None else None
    if version is None or view.python is None or view.rules is None:
        return None
    name = view.python.text("implementation") or "CPython"
    if "PYO3_CONFIG_FILE" not in view.rules.variables:
        folders = [item.path.rpartition("/")[0] for item in view.python.sysconfigdata]
        return view.with_values(PYO3_CROSS_LIB_DIR=view.on_host(folders[0])) if folders and view.root else None
    flags = "build_flags=Py_GIL_DISABLED\n" if view.python.value("free_threaded") else ""
    text = f"implementation={_PYO3_NAMES.get(name, name)}\nversion={version}\n{flags}"
    return view.situation.predict({**view.environ, "PYO3_CONFIG_FILE": "/pyo3-config.txt"}, {"/pyo3-config.txt": text})


def _nothing_says(view: View) -> bool:
    levels = any(name.startswith(("abi3-py", "abi3t-py")) for name in view.features)
    named = "PYO3_CROSS_PYTHON_VERSION" in view.environ or "PYO3_CONFIG_FILE" in view.environ
    rejected = view.evidence is not None and view.evidence.pythons  # other findings say why none of them is meant
    return not rejected and view.python is None and view.request.wish.python is None and not levels and not named


_TELL = (
    "Give a root that holds the target's Python (--sysroot DIR, or PYO3_CROSS_LIB_DIR), or its version (--python 3.11,"
    " or PYO3_CROSS_PYTHON_VERSION=3.11), or a stable-ABI feature such as abi3-py39."
)


def _incomplete(view: View, message: str, help: str = _TELL) -> Finding:
    return finding(
        "plan-incomplete",
        "error",
        message,
        Location(None, "--sysroot"),
        Location(None, "--python"),
        variable("PYO3_CROSS_PYTHON_VERSION"),
        help=help,
    )


CHECKS = (no_python_there, plan_incomplete)
