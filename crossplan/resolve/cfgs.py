"""The cfgs that the scripts set for rustc (§13).

pyo3-build-config/src/impl_.rs: `build_script_outputs` (to 0.20.0 `emit_pyo3_cfgs`); src/lib.rs: `print_feature_cfgs`.
"""

from __future__ import annotations

from collections.abc import Callable

from crossplan.resolve.run import Config, Panic, Run

_IMPLEMENTATIONS = {"PyPy": "PyPy", "GraalVM": "GraalPy", "RustPython": "RustPython"}
_GIL = "Py_GIL_DISABLED"


def print_cfgs(run: Run, config: Config) -> None:
    """Of the Python: versions, implementation, ABI, flags."""
    abi = config.abi
    version = config.version if abi is None else abi.version
    implementation = config.implementation if abi is None else abi.implementation
    if version < run.rules.minimum["CPython"]:
        raise Panic(run.text("P-MINASSERT"))
    for minor in range(run.rules.cfg_lowest, version[1] + 1):
        run.cfg.append(f"Py_3_{minor}")
    if implementation in _IMPLEMENTATIONS:
        run.cfg.append(_IMPLEMENTATIONS[implementation])
        if run.rules.stable_warnings == "cfgs" and config.abi3:
            run.warn("W-PYPY" if implementation == "PyPy" else "W-GRAAL")
    if _LIMITED[run.rules.limited_api](config):
        run.cfg.append("Py_LIMITED_API")
    if abi is not None and abi.free_threaded:
        run.cfg.append(_GIL)
    for flag in sorted(config.build_flags):
        if flag != _GIL or not run.rules.gil_cfg:
            run.emit(f'cargo:rustc-cfg=py_sys_config="{flag}"')
        elif abi is None:
            run.cfg.append(_GIL)


_LIMITED: dict[str, Callable[[Config], bool]] = {
    "abi3": lambda config: config.abi3,
    "abi3-cpython": lambda config: config.abi3 and config.implementation == "CPython",
    "abi3-gil": lambda config: config.abi3 and not config.free_threaded,
    "stable": lambda config: config.target_abi.stable is not None,
}


def print_feature_cfgs(run: Run) -> None:
    """Of the compiler: what its minor version is new enough for."""
    minor = rustc_minor(run.request.rustc)
    for name, since in run.rules.feature_cfgs.items():
        if minor >= since:
            run.cfg.append(name)


def rustc_minor(version: str) -> int:
    """The minor of a compiler `1.N…`; 0 if it is another."""
    parts = version.split(".")
    return int(parts[1]) if len(parts) > 1 and parts[0] == "1" and parts[1].isdecimal() else 0
