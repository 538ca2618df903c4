"""Checks of PyO3's conclusion against what the root says (XP412, XP414, family XP5): is it true of the target's Python?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from crossplan.checks.evidence import called, place
from crossplan.checks.view import GIVEN, View, at, finding, variable
from crossplan.findings import Finding, Location, Severity
from crossplan.origin import Origin
from crossplan.python import minor_version
from crossplan.triple import builtin

_PYO3_NAMES = {"GraalPy": "GraalVM"}


def release_not_described(view: View) -> Iterator[Finding]:
    """XP501: before 0.14 PyO3 looked for Python in other ways, and cross builds mostly failed or took the host's."""
    if view.rules is None:
        origin = view.request.pyo3.origin
        yield finding(
            "release-not-described",
            "warning",
            f"what PyO3 {view.request.pyo3.value} does is not described, so nothing is predicted for it",
            at(origin, "--pyo3"),
            help="Take PyO3 0.14 or later: cargo update -p pyo3, or another version in Cargo.toml. Releases before it know no"
            " forced cross mode and misjudge widths and C libraries.",
        )


def release_extrapolated(view: View) -> Iterator[Finding]:
    """XP502."""
    if view.rules is not None and view.rules.extrapolated:
        yield finding(
            "release-extrapolated",
            "note",
            f"PyO3 {view.rules.release} is newer than the tables; the rules of {view.rules.row} were used",
            at(view.request.pyo3.origin, "--pyo3"),
            help="Update crossplan, and compare once with crossplan verify.",
        )


def not_cross(view: View) -> Iterator[Finding]:
    """XP414: PyO3 compares machine, vendor and system, not the C library; what it calls native, the host's Python describes."""
    if view.resolution is None or view.resolution.cross is not False or view.config is None:
        return
    host = builtin(view.host)
    origin = view.resolution.origins.get("version")
    if (
        host is None
        or host.triple == view.target.triple
        or (origin is not None and origin.kind in ("file", "variable"))
    ):
        return
    fields = ("os", "machine", "endian", "pointer_width", "float_abi", "libc", "data_model", "env")
    differs = [name for name in fields if getattr(host, name) != getattr(view.target, name)]
    if not differs or (view.config.executable is None and origin is not None and origin.kind != "interpreter"):
        return
    own_rule = host.os == view.target.os == "macos"  # one Python for both machines is the rule there
    severity: Severity = "note" if own_rule or view.python is not None else "warning"
    yield finding(
        "not-cross",
        severity,
        f"PyO3 takes {view.target.triple} from {view.host} for no cross build, and describes the host's Python"
        f" ({view.config.executable or 'the one on PATH'}) in place of the target's; they differ in"
        f" {', '.join(f'{name} ({getattr(host, name)}, {getattr(view.target, name)})' for name in differs)}",
        Location(None, "--target"),
        help=f"Set PYO3_CROSS_PYTHON_VERSION={view.config.version} (any PYO3_CROSS variable forces a cross build), or give a"
        " root with the target's Python.",
    )


def contradicts_python(view: View) -> Iterator[Finding]:
    """XP412: what PyO3 concludes is not true of the Python that is meant; the module cannot be imported, or misbehaves."""
    if not view.ok or view.config is None or view.python is None or view.resolution is None:
        return
    for field, said, true in _differences(view):
        origin = view.resolution.origins.get(field, Origin("default"))
        given = origin.kind in GIVEN or (
            origin.kind == "default" and bool(view.environ.keys() & {"PYO3_CROSS_PYTHON_VERSION"})
        )
        fact = view.python.facts.get({"build_flags": "free_threaded"}.get(field, field))
        yield finding(
            "config-contradicts-target",
            "error" if view.situation.planned or (given and _decisive(field)) else "warning",
            f"PyO3 concludes {field}={said}, and {called(view.python)} is {true}",
            at(origin, field),
            *_named_by(view, origin),
            *((place(fact.origin),) if fact is not None else ()),
            help=_remedy(view, field),
        )


def _named_by(view: View, origin: Origin) -> Iterator[Location]:
    """The variable that led PyO3 to the file which says so."""
    said = PurePosixPath(origin.place) if origin.kind == "file" and origin.place is not None else None
    for name in ("PYO3_CONFIG_FILE", "PYO3_CROSS_LIB_DIR"):
        path = view.given(name)
        if path and said is not None and said.is_relative_to(path):
            yield variable(name)
            return


def _remedy(view: View, field: str) -> str:
    config, own = view.config, minor_version(view.python.text("version") or "") if view.python is not None else None
    said = minor_version(config.version) if config is not None else None
    if field == "version" and own is not None and said is not None and said > own and _level(view):
        return f"Lower the level of the stable ABI: --abi3 {own}; or give a root with Python {said}."
    return "Take the environment that crossplan env prints, or correct what says so."


def _level(view: View) -> bool:
    return any(name.startswith(("abi3-py", "abi3t-py")) for name in view.features)


def _decisive(field: str) -> bool:
    return field in ("implementation", "version", "build_flags", "pointer_width")


def _differences(view: View) -> Iterator[tuple[str, object, object]]:
    """(field, PyO3's, the Python's) for each field that differs. A stable ABI may name a lower version."""
    config, python = view.config, view.python
    if config is None or python is None:
        return
    implementation = python.text("implementation")
    if implementation and config.implementation != _PYO3_NAMES.get(implementation, implementation):
        yield "implementation", config.implementation, implementation
    said, own = minor_version(config.version), minor_version(python.text("version") or "")
    stable = "abi3" in (config.target_abi or "") or bool(config.abi3)
    if said and own and said != own and not (stable and said < own):
        yield "version", config.version, python.value("version")
    threads = "Py_GIL_DISABLED" in config.build_flags or "free_threaded" in (config.target_abi or "")
    own_threads = python.value("free_threaded")
    if isinstance(own_threads, bool) and threads != own_threads and not (stable and not own_threads):
        yield "build_flags", ",".join(config.build_flags) or "none", "free-threaded" if own_threads else "with a GIL"
    width = python.value("pointer_width")
    if (
        config.pointer_width is not None
        and isinstance(width, int)
        and width != config.pointer_width
        and not _universal(view)
    ):
        yield "pointer_width", config.pointer_width, width


def _universal(view: View) -> bool:
    return view.python is not None and any(len(file.image.slices) > 1 for file in view.python.images)


def free_threading_unknown(view: View) -> Iterator[Finding]:
    """XP503: before 0.23 PyO3's code is for Pythons with a GIL, whether its script notices that this one has none or not."""
    python, rules, config = view.python, view.rules, view.config
    if rules is None or rules.gil_cfg or view.failure is not None:
        return
    meant = python is not None and python.value("free_threaded") is True
    if meant or (config is not None and "Py_GIL_DISABLED" in config.build_flags):
        who = called(python) if python is not None else f"Python {config.version if config else ''}t"
        yield finding(
            "python-unsupported",
            "error",
            f"PyO3 {rules.release} builds for Pythons with a GIL alone, and {who} is free-threaded",
            at(view.request.pyo3.origin, "--pyo3"),
            *((place(python.facts["free_threaded"].origin),) if python is not None else ()),
            help="Take PyO3 0.23 or later (cargo update -p pyo3), or a Python with a GIL.",
        )


def free_threaded_by_name(view: View) -> Iterator[Finding]:
    """XP412: up to 0.28 the `t` of PYO3_CROSS_PYTHON_VERSION only names a library; the code is still for a Python with a GIL."""
    name = "PYO3_CROSS_PYTHON_VERSION"
    said, config = view.given(name), view.config
    origin = view.resolution.origins.get("version") if view.resolution is not None else None
    if not said or not said.endswith("t") or config is None or not view.ok or view.python is not None:
        return
    if origin is None or origin.kind != "variable" or "Py_GIL_DISABLED" in config.build_flags:
        return
    yield finding(
        "config-contradicts-target",
        "error",
        f"{name}={said}, and PyO3 {view.request.pyo3.value} concludes build_flags={','.join(config.build_flags) or 'none'} from"
        f" it: code for a Python with a GIL, under the name {config.lib_name or said}",
        variable(name),
        help="Take the environment that crossplan env prints: its config file says build_flags=Py_GIL_DISABLED; or take"
        " PyO3 0.29, which needs none for this.",
    )


def other_interpreter(view: View) -> Iterator[Finding]:
    """XP412: a variable names a Python of the host of another version than is asked for."""
    wish, config = view.request.wish.python, view.config
    name = next((n for n in ("PYO3_PYTHON", "VIRTUAL_ENV", "CONDA_PREFIX") if view.given(n)), None)
    origin = view.resolution.origins.get("executable") if view.resolution is not None else None
    if wish is None or config is None or name is None or config.abi3 or "-abi3" in (config.target_abi or ""):
        return
    said = minor_version(config.version)
    if origin is not None and origin.kind == "interpreter" and said is not None and said != wish.value.version:
        yield finding(
            "config-contradicts-target",
            "warning",
            f"{name}={view.given(name)} is Python {said}, and {wish.origin.key} asks for {wish.value}",
            variable(name),
            at(wish.origin),
            help=f"Name a Python {wish.value} there, or unset {name}; crossplan env sets what leads to {wish.value}.",
        )


def debug_build(view: View) -> Iterator[Finding]:
    """XP511: modules of a debug Python are named otherwise on Windows and lie under another suffix elsewhere."""
    python = view.python
    if python is None or python.value("debug") is not True:
        return
    names = ", ".join(PurePosixPath(file.path).name for file in python.images_of("libpython", "import-library"))
    says = view.config is not None and view.ok and "Py_DEBUG" not in view.config.build_flags
    yield finding(
        "debug-build",
        "warning" if says else "note",
        f"{called(python)} is a debug build{f' ({names})' if names else ''}"
        + (f", and PyO3 concludes lib_name={view.config.lib_name} of a release build" if says and view.config else ""),
        place(python.facts["debug"].origin),
        help="Take the release build of that Python, unless a debug one is meant; crossplan env has PyO3 follow it.",
    )


def flags_inferred(view: View) -> Iterator[Finding]:
    """XP512: tools that read ABIFLAGS alone take a free-threaded or debug build without them for a plain one."""
    python = view.python
    if python is None or not (python.value("free_threaded") or python.value("debug")):
        return
    for item in python.sysconfigdata:
        key = "Py_GIL_DISABLED" if python.value("free_threaded") else "Py_DEBUG"
        if item.values.get("ABIFLAGS") is None and item.values.get(key):
            yield finding(
                "flags-inferred",
                "note",
                f"{item.path} has no ABIFLAGS; {key}={item.values[key]} tells the flags",
                Location(item.path, key, item.lines.get(key)),
                help="Build it in a folder of its own (CARGO_TARGET_DIR), for some tools do not tell it from the plain build.",
            )


def pypy_embedded(view: View) -> Iterator[Finding]:
    """XP513: PyPy cannot be embedded; a program that links it does not start."""
    config, python = view.config, view.python
    implementation = (python.text("implementation") if python else None) or (config.implementation if config else None)
    if implementation == "PyPy" and view.embeds:
        yield finding(
            "pypy-embedded",
            "error",
            "a program that embeds Python is built, and PyPy cannot be embedded",
            at(view.request.purpose.origin, "auto-initialize"),
            help="Build for CPython (--implementation CPython with a root that has one).",
        )


def needs_platform_tag(view: View) -> Iterator[Finding]:
    """XP514: PyPy imports only modules that carry its own tag in their name."""
    python = view.python
    suffix = python.text("ext_suffix") if python is not None else None
    if python is None or view.embeds or python.value("implementation") != "PyPy" or not suffix:
        return
    yield finding(
        "needs-platform-tag",
        "note",
        f"PyPy imports only a module whose name ends in {suffix}",
        place(python.facts["ext_suffix"].origin),
        help=f"Name the file <module>{suffix}; a plain .so is ignored.",
    )


CHECKS = (
    release_not_described,
    release_extrapolated,
    not_cross,
    contradicts_python,
    free_threading_unknown,
    free_threaded_by_name,
    other_interpreter,
    debug_build,
    flags_inferred,
    pypy_embedded,
    needs_platform_tag,
)
