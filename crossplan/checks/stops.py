"""Checks of a build that PyO3's script stops (XP303, XP408, XP410, XP411, XP416, XP417, XP503, XP504, XP508).

Whose fault is it? What the user gave is an error, even where the plan mends it; what lies in the host's Python or in the
features alone is a warning as things are, and an error only if it still stops the planned build; that nothing was said
of the target's Python is no fault at all, unless nothing else tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from crossplan.checks.evidence import called, place
from crossplan.checks.failure import NO_INTERPRETER, NOTHING_SAID, TOO_OLD_OR_NEW, failure_of
from crossplan.checks.import_library import missing_tool
from crossplan.checks.variables import dead_path
from crossplan.checks.view import View, at, finding, variable
from crossplan.evidence import TargetPython
from crossplan.findings import Finding, Location, Severity

# Failures that checks of their own explain; XP411 takes the rest.
_EXPLAINED = (
    NOTHING_SAID
    | NO_INTERPRETER
    | TOO_OLD_OR_NEW
    | {
        "E-MULTI",
        "E-NOSYS",
        "E-SEARCH",
        "P-NODIR",
        "E-CFG-ABS",
        "E-RUN",
        "E-NOPY-ABI3",
        "E-NEITHER",
        "E-PTR",
        "E-ABI3HIGH",
    }
)
_OF_FEATURES = {"E-AUTOINIT": "auto-initialize", "E-AUTOPYPY": "auto-initialize"}
_ABOUT = {
    "E-VER-PARSE": "PYO3_CROSS_PYTHON_VERSION",
    "E-VER-UTF8": "PYO3_CROSS_PYTHON_VERSION",
    "E-IMPL-PARSE": "PYO3_CROSS_PYTHON_IMPLEMENTATION",
    "E-IMPL-UTF8": "PYO3_CROSS_PYTHON_IMPLEMENTATION",
    "E-LIBDIR-UTF8": "PYO3_CROSS_LIB_DIR",
    "E-CFG": "PYO3_CONFIG_FILE",
    "E-READ": "PYO3_CROSS_LIB_DIR",
}


def severity(view: View) -> Severity:
    """An error under the plan, and where the variables that are set change how the build stops; else a warning."""
    if view.situation.planned or view.rules is None:
        return "error"
    given = [name for name in view.environ if name in view.rules.variables and name != "PATH"]
    bare = view.without(*given) if given else view.resolution
    return "warning" if bare is not None and failure_of(bare, view.rules) == view.failure else "error"


def said(view: View) -> str:
    """PyO3's message and its innermost cause, one line."""
    lines = view.resolution.error if view.resolution is not None else ()
    words = [line.split("\n")[0] for line in (lines[0], lines[-1])] if lines else []
    return ": ".join(dict.fromkeys(words))


def pyo3_stops(view: View) -> Iterator[Finding]:
    """XP411: any stop that no other check explains, with PyO3's own words."""
    if view.failure is None or view.failure in _EXPLAINED or view.rules is None or missing_tool(view):
        return
    if view.names_no_library:
        return
    if view.failure == "E-CFG" and any(f.locations[0] == variable("PYO3_CONFIG_FILE") for f in dead_path(view)):
        return
    fact = view.features.get(_OF_FEATURES.get(view.failure, ""))
    name = None if fact is not None else _ABOUT.get(view.failure) or _blamed(view)
    where = variable(name) if name else at(fact.origin if fact else view.request.pyo3.origin, "--pyo3")
    value = f" ({name}={view.environ[name]})" if name and name in view.environ else ""
    yield finding(
        "pyo3-stops",
        severity(view),
        f"PyO3 {view.rules.release} stops: {said(view)}{value}",
        where,
        help=_remedy(view, name),
    )


def _blamed(view: View) -> str | None:
    """The variable without which the build would not stop, if one alone makes the difference."""
    names = [
        name for name in view.environ if view.rules is not None and name in view.rules.variables and name != "PATH"
    ]
    for name in sorted(names):
        other = view.without(name)
        if other is not None and (other.outcome == "ok" or failure_of(other, view.rules) in NOTHING_SAID):
            return name
    return None


def _remedy(view: View, name: str | None) -> str:
    remedies = {
        "E-VER-PARSE": "Give major and minor version alone, for example PYO3_CROSS_PYTHON_VERSION=3.11.",
        "E-IMPL-PARSE": "Give CPython, PyPy or GraalVM, spelled so.",
        "E-CFG": "Write the file as PyO3 does: key=value lines without comments or empty lines; crossplan env"
        " --format pyo3-config prints a right one.",
        "E-SCRIPT": "Unset _PYTHON_SYSCONFIGDATA_NAME, which the host's own Python obeys too, and point PYO3_CROSS_LIB_DIR at"
        " the folder of the one file that is meant."
        if "_PYTHON_SYSCONFIGDATA_NAME" in view.environ
        else "Unset PYO3_PYTHON, or name a Python that runs on the host."
        if name == "PYO3_PYTHON"
        else "Give PyO3 a config file in place of a run of Python: crossplan env sets PYO3_CONFIG_FILE.",
        "E-AUTOINIT": "Leave out the feature auto-initialize, or give a Python with a shared libpython.",
        "E-AUTOPYPY": "PyPy cannot be embedded: leave out auto-initialize, or build for CPython.",
        "E-FT314": "Give a free-threaded Python from 3.14 on, or one with the GIL; or take PyO3 0.28.",
        "E-NOLIBNAME": (f"Unset {name}, or add" if name else "Add")
        + " lib_name to the config file; crossplan env --format pyo3-config writes one.",
        "P-TARGET": "Update target-lexicon in Cargo.lock (cargo update -p target-lexicon), or take a newer PyO3.",
        "P-STALE": "Unset the PYO3_CROSS variables, which this release cannot have where target and host are equal.",
    }
    own = remedies.get(view.failure or "")
    return own or (f"Unset {name}, or take what crossplan env sets." if name else "Take what crossplan env sets.")


def ambiguous_lib_dir(view: View) -> Iterator[Finding]:
    """XP416: the lib dir leads to several sysconfigdata, and PyO3 takes none; a version alone often cannot tell them apart."""
    if view.failure != "E-MULTI" or view.resolution is None:
        return
    paths = sorted({part for line in view.resolution.error for part in _paths_in(line)})
    shown = [view.in_root(path) or path for path in paths]
    meant = view.python.sysconfigdata[0].path if view.python is not None and view.python.sysconfigdata else None
    folder = view.on_host(PurePosixPath(meant).parent) if meant else None
    yield finding(
        "ambiguous-lib-dir",
        severity(view),
        f"PYO3_CROSS_LIB_DIR={view.given('PYO3_CROSS_LIB_DIR')} leads to {len(paths)} files: {', '.join(shown)}",
        variable("PYO3_CROSS_LIB_DIR"),
        *(Location(path) for path in shown),
        help=(
            f"Point it at the one that is meant: PYO3_CROSS_LIB_DIR={folder}"
            if folder
            else "Point it at the folder of one"
        )
        + "; PYO3_CROSS_PYTHON_VERSION compares only the beginning of folder names.",
    )


def _paths_in(text: str) -> Iterator[str]:
    """The paths in the message: one a line, or the first one's line."""
    for line in text.splitlines():
        word = line.strip().removeprefix("*").strip()
        if "_sysconfigdata" in word and "/" in word:
            yield word


def lib_dir_leads_nowhere(view: View) -> Iterator[Finding]:
    """XP417: the search of the lib dir finds no sysconfigdata, though there may be one in a folder that it never enters."""
    if view.failure != "E-NOSYS":
        return
    others = [name for name in ("PYO3_CROSS_PYTHON_VERSION", "_PYTHON_SYSCONFIGDATA_NAME") if name in view.environ]
    hiding = next(
        (name for name in others if (r := view.without(name)) is not None and failure_of(r, view.rules) != "E-NOSYS"),
        None,
    )
    there = [(item.path, item.lines) for python in _pythons(view) for item in python.sysconfigdata]
    unread = [item for item in (view.evidence.unread if view.evidence else ()) if "_sysconfigdata" in item.path]
    blame = f"; {hiding}={view.environ[hiding]} hides what is there" if hiding else ""
    found = [path for path, _ in there] + [item.path for item in unread]
    where = f"; the root has {', '.join(found[:3])}, where PyO3 does not look" if found and not hiding else ""
    yield finding(
        "lib-dir-leads-nowhere",
        severity(view),
        f"PyO3 finds no sysconfigdata from PYO3_CROSS_LIB_DIR={view.given('PYO3_CROSS_LIB_DIR')}{blame}{where}",
        variable(hiding or "PYO3_CROSS_LIB_DIR"),
        *(Location(path) for path in found[:3]),
        help=_where_to_point(view, hiding, [path for path, _ in there], bool(unread)),
    )


def _pythons(view: View) -> tuple[TargetPython, ...]:
    return (view.python,) if view.python is not None else view.fitting


def _where_to_point(view: View, hiding: str | None, there: list[str], unread: bool) -> str:
    if hiding:
        return f"Unset {hiding}, or give it the value of what the folder holds."
    if there:
        return f"Set PYO3_CROSS_LIB_DIR={view.on_host(PurePosixPath(there[0]).parent)}, the folder of that file."
    if unread:
        return "That file is no static description; take a Python that has one (PyPy since 7.3.7), or give PYO3_CONFIG_FILE."
    return "Set it to the folder that holds lib/python3.X of the target, or to the one with _sysconfigdata_….py itself."


def no_python_forbids(view: View) -> Iterator[Finding]:
    """XP408: PYO3_NO_PYTHON forbids what this build needs: a Python to ask, or the search of the lib dir."""
    if view.given("PYO3_NO_PYTHON") is None or view.rules is None or "PYO3_NO_PYTHON" not in view.rules.variables:
        return
    stopped = view.failure in ("E-NOPY-ABI3", "E-NEITHER", *NOTHING_SAID)
    other = view.without("PYO3_NO_PYTHON")
    hidden = "PYO3_CROSS_LIB_DIR" in view.environ and other is not None and other.config != view.config
    if not stopped and not hidden:
        return
    yield finding(
        "no-python-hides-sysroot",
        "error" if stopped else "warning",
        f"PYO3_NO_PYTHON is set: PyO3 {view.rules.release} stops: {said(view)}"
        if stopped
        else f"PYO3_NO_PYTHON is set, so PyO3 does not look into PYO3_CROSS_LIB_DIR={view.given('PYO3_CROSS_LIB_DIR')}",
        variable("PYO3_NO_PYTHON"),
        help="Unset PYO3_NO_PYTHON, or give PyO3 all it needs in PYO3_CONFIG_FILE (crossplan env does).",
    )


def python_cannot_run(view: View) -> Iterator[Finding]:
    """XP410: PyO3 starts a Python of the host even in cross builds, to read sysconfigdata; the one named cannot run."""
    if view.failure in NO_INTERPRETER:
        yield finding(
            "python-cannot-run",
            severity(view),
            "PyO3 finds no Python 3 on PATH, and it needs one of the host's to go on",
            variable("PATH"),
            help="Install a Python for the host (apt install python3), or give PYO3_CONFIG_FILE, which needs none.",
        )
    if view.failure != "E-RUN":
        return
    name = next((n for n in ("PYO3_PYTHON", "VIRTUAL_ENV", "CONDA_PREFIX") if n in view.environ), "PATH")
    yield finding(
        "python-cannot-run",
        severity(view),
        f"PyO3 cannot start the Python that {name} names: {said(view)}",
        variable(name),
        help=f"{name} must lead to a Python of the host, also in a cross build; PYO3_CONFIG_FILE makes it needless.",
    )


def width_differs(view: View) -> Iterator[Finding]:
    """XP303: PyO3's only comparison of Python and target; behind it is mostly a Python of another machine."""
    if view.failure != "E-PTR" or view.config is None or view.resolution is None:
        return
    origin = view.resolution.origins.get("pointer_width")
    source = at(origin, "pointer_width") if origin is not None else Location(None, "pointer_width")
    yield finding(
        "pointer-width-mismatch",
        severity(view),
        f"PyO3 takes a {view.config.pointer_width}-bit Python for {view.target.triple}, which is"
        f" {view.target.pointer_width}-bit: {said(view)}",
        source,
        Location(None, "--target"),
        help=f"Describe the target's own Python: --sysroot, or PYO3_CROSS_LIB_DIR, or at least"
        f" PYO3_CROSS_PYTHON_VERSION={view.config.version}; a Python of the host with that width does not help.",
    )


def unsupported_python(view: View) -> Iterator[Finding]:
    """XP503: the Python is older or newer than this release of PyO3 knows."""
    if view.failure not in TOO_OLD_OR_NEW or view.config is None or view.rules is None or view.resolution is None:
        return
    origin = view.resolution.origins.get("version")
    low = view.rules.minimum.get(view.config.implementation)
    high = view.rules.maximum.get(view.config.implementation)
    span = " to ".join(f"{bound[0]}.{bound[1]}" for bound in (low, high) if bound)
    new = (view.failure or "").startswith("E-MAX")
    yield finding(
        "python-unsupported",
        severity(view),
        f"PyO3 {view.rules.release} supports {view.config.implementation} {span}: {said(view)}",
        at(origin, "version") if origin is not None else Location(None, "version"),
        help="Take a newer PyO3 (cargo update -p pyo3), or the stable ABI: --abi3 with a level that it knows."
        if new
        else f"Take a Python of at least {low[0]}.{low[1]}, or an older PyO3."
        if low
        else "Take another PyO3.",
    )


def unsupported_and_built(view: View) -> Iterator[Finding]:
    """XP503 as a warning: the check that would stop the build is off, or the release calls its support an experiment."""
    if not view.ok or view.config is None or view.rules is None or view.resolution is None:
        return
    skip = "UNSAFE_PYO3_SKIP_VERSION_CHECK"
    other = view.without(skip) if view.given(skip) == "1" else None
    begins = view.rules.messages.get("W-EXPER", "").partition("{")[0]
    told = next((text for text in view.resolution.warnings if begins and text.startswith(begins)), None)
    skipped = other is not None and failure_of(other, view.rules) in TOO_OLD_OR_NEW
    if not skipped and told is None:
        return
    origin = view.resolution.origins.get("version")
    yield finding(
        "python-unsupported",
        "warning",
        f"PyO3 {view.rules.release} does not support {view.config.implementation} {view.config.version}, and {skip}=1 turns its"
        " check off"
        if skipped
        else f"PyO3 {view.rules.release} with {view.config.implementation} {view.config.version}: {told}",
        variable(skip) if skipped else at(origin, "version") if origin is not None else Location(None, "version"),
        help="Take a newer PyO3 (cargo update -p pyo3), or the stable ABI: --abi3 with a level that it knows.",
    )


def not_predicted(view: View) -> Iterator[Finding]:
    """XP504: the answer hangs on code of the root or on a program of the root; neither is run."""
    if view.resolution is None or view.resolution.outcome != "unknown":
        return
    reason = view.resolution.error[0] if view.resolution.error else "it depends on code that is not run"
    yield finding(
        "not-predicted",
        "warning",
        f"what PyO3 will conclude is not known: {reason}",
        variable("PYO3_CROSS_LIB_DIR")
        if "PYO3_CROSS_LIB_DIR" in view.environ
        else Location(view.root or None, "--sysroot"),
        help="Take the environment that crossplan env prints: its config file decides everything without running that code.",
    )


def host_failing(view: View) -> Iterator[Finding]:
    """XP508: a stable-ABI level above the Python that PyO3 asks; up to 0.28 that is the host's, whatever the target is."""
    if view.failure != "E-ABI3HIGH" or view.resolution is None:
        return
    levels = sorted(name for name in view.features if name.startswith(("abi3-py", "abi3t-py")))
    fact = view.features[levels[0]] if levels else None
    chosen = f"; the target's is {called(view.python)}" if view.python is not None else ""
    yield finding(
        "abi3-above-python",
        severity(view),
        f"the feature {', '.join(levels) or 'abi3'} asks for a newer Python than PyO3 finds: {said(view)}{chosen}",
        at(fact.origin, "--features") if fact is not None else Location(None, "--features"),
        *((place(view.python.facts["version"].origin),) if view.python and "version" in view.python.facts else ()),
        help="Set PYO3_NO_PYTHON=1 where only the host's Python is too old, lower the level (--abi3), or take a newer PyO3 or"
        " Python.",
    )


CHECKS = (
    pyo3_stops,
    ambiguous_lib_dir,
    lib_dir_leads_nowhere,
    no_python_forbids,
    python_cannot_run,
    width_differs,
    unsupported_python,
    unsupported_and_built,
    not_predicted,
    host_failing,
)
