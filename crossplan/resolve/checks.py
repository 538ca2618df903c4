"""What the scripts check of a configuration before they use it (§11): versions, pointer width, `auto-initialize`.

pyo3-ffi/build.rs and build.rs: `ensure_python_version`, `ensure_target_pointer_width`, `ensure_gil_enabled`, `ensure_auto_initialize_ok`.
"""

from __future__ import annotations

from collections.abc import Callable

from crossplan.resolve.run import Config, Panic, Run, Version, dotted
from crossplan.resolve.rust import UNWRAP_NONE

_NAMES = {"CPython": "Python", "PyPy": "PyPy", "GraalVM": "GraalPy", "RustPython": "RustPython"}
_FREE_THREADED: Version = (3, 14)  # MIN_FREE_THREADED_VERSION
_ABI3T: Version = (3, 15)
_PYPY_ABI3: Version = (3, 12)
_OLD_FORWARD = "PYO3_USE_ABI3_FORWARD_COMPATIBILITY"
_FORWARD = "PYO3_USE_STABLE_ABI_FORWARD_COMPATIBILITY"


def check_version(run: Run, config: Config) -> None:
    """`ensure_python_version`."""
    _VERSIONS[run.rules.version_check](run, config)


def _minimum(run: Run, config: Config) -> None:
    """To 0.20.2: the same minimum for every implementation."""
    _at_least(run, "CPython", config.version, "Python")


def _at_least(run: Run, implementation: str, version: Version, name: str) -> None:
    minimum = run.rules.minimum[implementation]
    if version < minimum:
        run.stop("E-MIN", name=name, ver=dotted(version), min=dotted(minimum))


def _skipped(run: Run) -> bool:
    return run.env.get("UNSAFE_PYO3_SKIP_VERSION_CHECK") == "1"


def _limits(run: Run, config: Config) -> None:
    """0.20.3 to 0.28: minimum and maximum by implementation."""
    if _skipped(run):
        return
    kind, version = config.implementation, config.version
    _at_least(run, kind, version, _NAMES[kind])
    _at_most(run, kind, version, config.free_threaded)
    if run.rules.stable_warnings == "check" and config.abi3:
        _warn_of_abi3(run, config)


def _warn_of_abi3(run: Run, config: Config) -> None:
    if config.implementation == "PyPy":
        run.warn("W-PYPY")
    elif config.implementation == "GraalVM":
        run.warn("W-GRAAL")
    elif config.free_threaded and "W-FTABI3" in run.rules.messages:
        run.warn("W-FTABI3")


def _at_most(run: Run, kind: str, version: Version, free_threaded: bool) -> None:
    """The maximum; only CPython has a way around it."""
    maximum = run.rules.maximum[kind]
    above = (maximum[0], maximum[1] + 1)
    if version <= maximum:
        return
    if kind == "CPython" and run.rules.experimental and version <= above:
        if version == above:
            run.warn("W-EXPER", name="Python", ver=dotted(above))
        return
    words = {"name": _NAMES[kind], "ver": dotted(version), "max": dotted(maximum)}
    if kind != "CPython":
        run.stop("E-MAX", **words)
    refused = free_threaded and run.rules.free_threaded_maximum
    if refused and not (run.rules.has_target_abi and run.flag(_FORWARD)):
        run.stop("E-MAX-FT", **words)
    if not _forward(run):
        run.stop("E-MAX-FC", **words)


def _forward(run: Run) -> bool:
    return run.flag(_OLD_FORWARD) or (run.rules.has_target_abi and run.flag(_FORWARD))


def _abi_limits(run: Run, config: Config) -> None:
    """0.29: CPython's minimum is of the interpreter, everything else of the ABI."""
    if _skipped(run):
        return
    abi = config.target_abi
    kind = abi.implementation
    if kind != "RustPython":
        _at_least(run, kind, config.version if kind == "CPython" else abi.version, _NAMES[kind])
        _at_most(run, kind, abi.version, abi.free_threaded)
    if kind == "CPython":
        if abi.free_threaded and abi.version < _FREE_THREADED:
            run.stop("E-FT314", ver=dotted(abi.version))
        if abi.kind == "abi3t" and abi.version < _ABI3T:
            run.stop("E-ABI3T315")
    elif abi.stable is not None and kind in ("PyPy", "GraalVM"):
        run.warn("W-PYPY" if kind == "PyPy" else "W-GRAAL", kind=abi.kind)


def _uniform(run: Run, config: Config) -> None:
    """0.30 on: one procedure for all but RustPython."""
    abi = config.target_abi
    kind = abi.implementation
    if _skipped(run) or kind == "RustPython":
        return
    _at_least(run, kind, config.version, "Python")
    maximum = run.rules.maximum[kind]
    above = (maximum[0], maximum[1] + 1)
    if abi.version == above:
        run.warn("W-EXPER", name=kind, ver=dotted(above))
    elif abi.version > above:
        words = {"name": _NAMES[kind], "ver": dotted(abi.version), "max": dotted(maximum)}
        if kind == "CPython" and abi.free_threaded and not run.flag(_FORWARD):
            run.stop("E-MAX-FT", **words)
        if kind in ("CPython", "PyPy") and not _forward(run):
            run.stop("E-MAX-FC", **words)
    if abi.free_threaded:
        if kind != "CPython":
            run.stop("E-FTIMPL", name=kind)
        if abi.version < _FREE_THREADED:
            run.stop("E-FT314", ver=dotted(abi.version))
    if kind == "GraalVM" and abi.stable is not None:
        run.warn("W-GRAAL", kind=abi.kind)
    elif kind == "PyPy" and abi.kind == "abi3" and abi.version < _PYPY_ABI3:
        run.warn("W-PYPY")


_VERSIONS: dict[str, Callable[[Run, Config], None]] = {
    "minimum": _minimum,
    "limits": _limits,
    "abi-limits": _abi_limits,
    "uniform": _uniform,
}


def check_pointer_width(run: Run, config: Config) -> None:
    """`ensure_target_pointer_width`, where the Python's width is known."""
    if config.pointer_width is None:
        return
    rust = run.cargo_cfg("POINTER_WIDTH")
    if rust is None:
        raise Panic(UNWRAP_NONE)
    if rust not in ("64", "32"):
        run.stop("E-PTRX", x=rust)
    if int(rust) != config.pointer_width:
        run.stop("E-PTR", rust=rust, python=config.pointer_width)


def check_gil(run: Run, config: Config) -> None:
    """`ensure_gil_enabled`, 0.22.2 to 0.22.6."""
    disabled = run.rules.gil_check and "Py_GIL_DISABLED" in config.build_flags
    if disabled and run.env.get("UNSAFE_PYO3_BUILD_FREE_THREADED") != "1":
        run.stop("E-GIL022")


def check_auto_initialize(run: Run, config: Config) -> None:
    """`ensure_auto_initialize_ok`."""
    if "auto-initialize" not in run.features:
        return
    if not config.shared:
        run.stop("E-AUTOINIT")
    if run.rules.auto_initialize_pypy and config.implementation == "PyPy" and "PYO3_CI" not in run.env:
        run.stop("E-AUTOPYPY")
