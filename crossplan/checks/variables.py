"""Checks of the environment (family XP4): empty, relative, dead, misspelt and inherited variables."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from crossplan.checks.view import View, finding, variable
from crossplan.findings import Finding, Location, Severity
from crossplan.pyo3 import known_variables
from crossplan.triple import known_triples

# Variables of PyO3 whose value is a path. PyO3 opens the lib dir only where it searches it.
_PATHS = ("PYO3_CROSS_LIB_DIR", "PYO3_CONFIG_FILE", "PYO3_PYTHON", "VIRTUAL_ENV", "CONDA_PREFIX")
# Variables of which only the presence counts; `0` or an empty text does not switch them off.
MEANT_OFF = ("", "0", "false", "no", "off")
_PRESENCE = ("PYO3_CROSS", "PYO3_NO_PYTHON", "PYO3_BUILD_EXTENSION_MODULE")
# Read by no release since 0.14, yet exported by recipes of conda, nixpkgs and pyodide-build.
_DEAD = frozenset({"PYO3_CROSS_INCLUDE_DIR"})


def empty_variable(view: View) -> Iterator[Finding]:
    """XP401: PyO3 asks whether a variable is set, not whether it says something."""
    if view.rules is None:
        return
    for name in sorted(view.rules.variables & view.environ.keys()):
        value = view.environ[name]
        if name in _PRESENCE and value in MEANT_OFF:
            yield _presence(view, name, value)
        elif value == "" and name.startswith(("PYO3_", "_PYTHON", "VIRTUAL_ENV", "CONDA_PREFIX")):
            yield finding(
                "empty-variable",
                _effect(view, name),
                f"{name} is set and empty; PyO3 {view.rules.release} takes it for set",
                variable(name),
                help=f"Unset it (unset {name}), or give it a value.",
            )


def _presence(view: View, name: str, value: str) -> Finding:
    effect = {"PYO3_CROSS": "forces a cross build", "PYO3_NO_PYTHON": "forbids PyO3 to ask a Python"}
    does = effect.get(name, "stops PyO3 from linking libpython")
    return finding(
        "empty-variable",
        _effect(view, name),
        f"{name}={value} {does}: only that it is set counts, not its value",
        variable(name),
        help=f"Unset it (unset {name}) if that is not meant, else set it to 1.",
    )


def _effect(view: View, name: str) -> Severity:
    """How much hangs on a variable: an error if the build fails with it and not for it, a warning if it changes the result."""
    other = view.without(name)
    if other is None or view.resolution is None:
        return "warning"
    if view.resolution.outcome != "ok" and other.error != view.resolution.error:
        return "error"
    same = (other.config, other.cross, other.link) == (view.config, view.resolution.cross, view.resolution.link)
    return "note" if same else "warning"


def relative_path(view: View) -> Iterator[Finding]:
    """XP402: Cargo runs build scripts in the folder of their package, so a relative path counts from there."""
    for name in ("PYO3_CROSS_LIB_DIR", "PYO3_CONFIG_FILE"):
        value = view.given(name)
        if not value or os.path.isabs(value) or not _reads(view, name):  # noqa: PTH117
            continue
        here = os.path.normpath(os.path.join(view.request.cwd, value))  # noqa: PTH118
        there = os.path.normpath(os.path.join(view.request.build_cwd, value))  # noqa: PTH118
        yield finding(
            "relative-path",
            "warning" if name == "PYO3_CROSS_LIB_DIR" and _exists(there) else "error",
            f"{name}={value} is relative: "
            + (
                "PyO3 refuses it"
                if name == "PYO3_CONFIG_FILE"
                else f"it counts from the folder of PyO3's sources, {there}"
            ),
            variable(name),
            help=f"Write it in full: {name}={here}",
        )


def dead_path(view: View) -> Iterator[Finding]:
    """XP403: a path that is not there; PyO3 stops, or the linker does later."""
    for name in _PATHS:
        value = view.given(name)
        if not value or not os.path.isabs(value) or not _reads(view, name) or value in view.situation.files:  # noqa: PTH117
            continue
        folder = name == "PYO3_CROSS_LIB_DIR"
        if _of_another_system(view, value) or (view.is_dir(value) if folder else _exists(value)):
            continue
        said = "is no folder" if _exists(value) else f"is not there; {_nearest(value)} is the last part of it that is"
        yield finding(
            "dead-path",
            "error" if _is_used(view, name) else "warning",
            f"{name}={value} {said}",
            variable(name),
            help=_instead(view, name),
        )


def _is_used(view: View, name: str) -> bool:
    """Whether the build stops for it, or its link needs it."""
    if name == "PYO3_CROSS_LIB_DIR" and view.ok:
        return view.link_folder == view.given(name)
    return _effect(view, name) == "error"


def _instead(view: View, name: str) -> str:
    python = view.python
    if name == "PYO3_CROSS_LIB_DIR" and python is not None and python.sysconfigdata:
        folder = view.on_host(python.sysconfigdata[0].path.rpartition("/")[0])
        return f"The target's Python of the root is here: {name}={folder}"
    return f"Correct the path, or unset it: unset {name}"


def _exists(path: str) -> bool:
    return "\0" not in path and os.path.exists(path)  # noqa: PTH110 - pathlib's raises where a folder above may not be entered


def _of_another_system(view: View, value: str) -> bool:
    """A path of Windows cannot be looked up on a machine that is not one."""
    return os.sep == "/" and value[1:3] in (":\\", ":/") and value[0].isalpha() and "windows" in view.host


def _nearest(value: str) -> str:
    path = Path(value)
    return str(next((parent for parent in path.parents if _exists(str(parent))), path.anchor))


def _reads(view: View, name: str) -> bool:
    return view.rules is not None and name in view.rules.variables


def variable_not_read(view: View) -> Iterator[Finding]:
    """XP404: the variable exists, and this release does not look at it, so what it says is silently ignored."""
    if view.rules is None:
        return
    known = known_variables()
    for name in sorted(view.environ):
        if name in _DEAD or (name.startswith(("PYO3_", "UNSAFE_PYO3_")) and name in known - view.rules.variables):
            never = (
                "no release of PyO3 since 0.14 reads it"
                if name in _DEAD
                else f"PyO3 {view.rules.release} does not read it"
            )
            yield finding(
                "variable-not-read",
                "warning",
                f"{name} is set, and {never}",
                variable(name),
                help=f"Unset it (unset {name}); crossplan env sets what this release reads.",
            )


def misspelt_variable(view: View) -> Iterator[Finding]:
    """XP405: a name that differs from one that PyO3 reads in a letter or two, or in case, does nothing."""
    known = sorted(known_variables() | _DEAD)
    for name in sorted(view.environ):
        upper = name.upper().replace("-", "_").replace("PY03", "PYO3")
        if name in known or name in _OTHERS or not ("PYO3" in upper or "PYTHON" in upper):
            continue
        if not re.match(r"_?(UNSAFE_)?PYO3|_*PYTHON_?SYS_?CONFIG", upper):
            continue
        from difflib import get_close_matches

        near = [upper] if upper in known else get_close_matches(upper, known, n=1, cutoff=0.8)
        if near:
            yield finding(
                "misspelt-variable",
                "warning",
                f"{name} is read by nothing; PyO3's variable is {near[0]}",
                variable(name),
                help=f"Rename it: {near[0]}={view.environ[name]}",
            )


# Variables of PyO3's tools that its build scripts do not read.
_OTHERS = frozenset({"PYO3_MINGW_DLLTOOL", "PYO3_WIP_NO_STD"})


def cargo_variable_ignored(view: View) -> Iterator[Finding]:
    """XP406: Cargo knows CARGO_TARGET_<T>_… with the triple in capitals and underscores, and ignores every other spelling."""
    for name in sorted(name for name in view.environ if name[:5].upper() == "CARGO"):
        match = re.fullmatch(r"CARGO[-_.]TARGET[-_.](.+)[-_.](LINKER|RUNNER|RUSTFLAGS)S?", name, re.IGNORECASE)
        if match is None:
            continue
        middle = re.sub(r"[-.]", "_", match[1]).upper()
        right = f"CARGO_TARGET_{middle}_{match[2].upper()}"
        if name == right and (middle == view.target.variable or middle in _variables_of_triples()):
            continue
        near = _near_target(view, middle)
        if near is None and name == right:
            continue  # a target that rustc has not built in
        wanted = f"CARGO_TARGET_{near or middle}_{match[2].upper()}"
        yield finding(
            "cargo-variable-ignored",
            "warning",
            f"Cargo ignores {name}; for {view.target.triple} it reads {view.request.cargo_variable(match[2].upper())}",
            variable(name),
            help=f"Rename it: {wanted}={view.environ[name]}",
        )


def _variables_of_triples() -> frozenset[str]:
    return frozenset(re.sub(r"[-.]", "_", triple).upper() for triple in known_triples())


def _near_target(view: View, middle: str) -> str | None:
    """The target's spelling if the name resembles it: a part left out, or a letter wrong."""
    from difflib import SequenceMatcher

    own = view.target.variable
    return own if SequenceMatcher(None, middle, own).ratio() >= 0.8 else None


def two_environments(view: View) -> Iterator[Finding]:
    """XP407: PyO3 then uses neither, and takes the first Python of PATH."""
    names = ("VIRTUAL_ENV", "CONDA_PREFIX")
    if any(name not in view.environ for name in names) or "PYO3_PYTHON" in view.environ:
        return
    yield finding(
        "two-environments",
        "warning",
        "VIRTUAL_ENV and CONDA_PREFIX are both set, so PyO3 uses neither and takes the Python of PATH",
        *(variable(name) for name in names),
        help="Unset the one that is not meant (unset CONDA_PREFIX, or deactivate), or set PYO3_PYTHON.",
    )


# target_os -> how `sysconfig.get_platform()` begins there, where that is another word.
_PLATFORM_WORDS = {"macos": "macosx-", "windows": "win"}


def host_platform(view: View) -> Iterator[Finding]:
    """XP415: maturin and setuptools (by sysconfig) take the wheel's platform from it, whatever is built."""
    value = view.given("_PYTHON_HOST_PLATFORM")
    if not value:
        return
    arch = view.target.wheel_arch or view.target.linux_arch or view.target.machine
    fits = view.target.os == "linux" and value in (f"linux-{arch}", f"linux-{view.target.arch}", f"linux_{arch}")
    word = _PLATFORM_WORDS.get(view.target.os, view.target.os)
    setuptools = "setuptools-rust" in (view.request.tool.value, view.request.backend)
    if setuptools and (fits or (word != "linux" and value.startswith(word))):
        return  # setuptools has no other way to be told
    severity: Severity = "warning" if view.request.backend == "maturin" or not fits else "note"
    yield finding(
        "host-platform-inherited",
        severity,
        f"_PYTHON_HOST_PLATFORM={value} is set: "
        + (
            f"setuptools tags the wheel with it, and {view.target.triple} is planned for"
            if setuptools
            else "maturin puts it in place of the wheel's platform tag,"
            f" so no manylinux tag for {view.target.triple} results"
        ),
        variable("_PYTHON_HOST_PLATFORM"),
        help=f"Set _PYTHON_HOST_PLATFORM=linux-{arch}"
        if setuptools and view.target.os == "linux"
        else "Unset it: unset _PYTHON_HOST_PLATFORM",
    )


def other_build_target(view: View) -> Iterator[Finding]:
    """XP418: Cargo's default target is another one than is planned for, so a tool that gives none builds that."""
    for fact in view.cargo.build_target:
        if fact.value in (view.target.triple, "host-tuple") or len(view.cargo.build_target) > 1:
            continue
        origin = fact.origin
        yield finding(
            "other-build-target",
            "warning",
            f"{origin.key}={fact.value} is Cargo's default target, and {view.target.triple} is planned for",
            Location(origin.place, origin.key, origin.line),
            help=f"Set CARGO_BUILD_TARGET={view.target.triple} for tools that pass no --target.",
        )
    backend = view.project.backend
    told = backend.target if backend is not None else None
    if told is not None and told.value != view.target.triple and "universal2" not in told.value:
        yield finding(
            "other-build-target",
            "warning",
            f"{told.origin.place} tells the backend to build for {told.value}, and {view.target.triple} is planned for",
            Location(told.origin.place, told.origin.key, told.origin.line),
            help=f'Write target = "{view.target.triple}" there, or plan for that one: --target {told.value}',
        )


def overruled(view: View) -> Iterator[Finding]:
    """XP419: a row of Cargo's `[env]` with `force` beats the environment, also that of a plan."""
    for name, row in view.cargo.env.items():
        said = view.situation.environ.get(name)
        if not row.force or said in (None, row.value.value) or not _reads(view, name):
            continue
        origin = row.value.origin
        yield finding(
            "environment-overruled",
            "warning",
            f"{name}={said} gives way to {name}={row.value.value}: the row of [env] has force = true",
            Location(origin.place, origin.key, origin.line),
            help=f"Correct that row, or leave out its force, so that {name}={said} counts.",
        )


def only_printed(view: View) -> Iterator[Finding]:
    """XP411: left from a look at the configuration, it ends every build; the help of PyO3's own message says so too."""
    name = "PYO3_PRINT_CONFIG"
    if view.given(name) == "1" and _reads(view, name):
        yield finding(
            "pyo3-stops",
            "error",
            f"{name}=1: PyO3 prints its configuration and ends the build",
            variable(name),
            help=f"Unset it: unset {name}",
        )


CHECKS = (
    only_printed,
    overruled,
    empty_variable,
    relative_path,
    dead_path,
    variable_not_read,
    misspelt_variable,
    cargo_variable_ignored,
    two_environments,
    host_platform,
    other_build_target,
)
