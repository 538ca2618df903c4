"""Is libpython linked, and by which lines? (§12)

pyo3-build-config/src/impl_.rs: `is_linking_libpython_for_target`, `is_extension_module`; pyo3-ffi/build.rs (to 0.15 build.rs):
`emit_link_config`; src/lib.rs: `print_libpython_rpath_link_args`.
"""

from __future__ import annotations

from collections.abc import Callable

from crossplan.origin import Origin
from crossplan.resolve.lexicon import Triple
from crossplan.resolve.run import Config, Panic, Run, by_variable
from crossplan.resolve.rust import debug

_FREE_THREADED_DLL = 13  # the first minor with a free-threaded DLL
_TRIPLES: dict[str, Callable[[Triple], bool]] = {
    "windows": lambda target: target.os == "windows",
    "android": lambda target: target.environment in ("android", "androideabi"),
    "aix": lambda target: target.os == "aix",
    "cygwin": lambda target: target.os == "cygwin",
    "ios": lambda target: target.os == "ios",
}
_CARGO = {"cargo-windows": "windows", "cargo-android": "android"}


def is_extension_module(run: Run) -> bool:
    """`is_extension_module`."""
    if "extension-module" in run.features:
        return True
    return run.rules.extension_variable and run.variable("PYO3_BUILD_EXTENSION_MODULE") is not None


def is_linking(run: Run, target: Triple) -> bool:
    """`is_linking_libpython_for_target`: some systems always link."""
    return any(_TRIPLES[name](target) for name in run.rules.linked) or not is_extension_module(run)


def links_libpython(run: Run) -> bool:
    """Whether the linking script prints link lines for its target."""
    if "cargo-windows" in run.rules.linked:
        return run.target_os in [_CARGO[name] for name in run.rules.linked] or "extension-module" not in run.features
    return is_linking(run, run.target())


def print_link_lines(run: Run, config: Config, cross: bool) -> None:
    """`emit_link_config`; `cross`: the configuration is that of a cross build."""
    system = run.target_os
    name = config.lib_name
    if name is None:
        run.stop("E-NOLIBNAME")
    if system == "windows" and _uses_raw_dylib(run, config, name):
        return
    model = "" if config.shared else "static="
    if system == "windows":
        name = f"pythonXY:{_import_name(run, config, name)}"
    run.emit(f"cargo:rustc-link-lib={model}{name}")
    if config.lib_dir is not None:
        run.emit(f"cargo:rustc-link-search=native={config.lib_dir}")
    elif cross and run.rules.link_warning == "linked":
        run.warn("W-LINK")
    run.step("libpython is linked", "build.rs: emit_link_config", config.origins.get("lib_name", Origin("default")))


def _uses_raw_dylib(run: Run, config: Config, name: str) -> bool:
    """raw-dylib (§9.5): cfgs instead of link lines."""
    if not run.rules.raw_dylib:
        return False
    if run.rules.raw_dylib == "known-names":
        wanted, known = run.variable("PYO3_USE_RAW_DYLIB"), _is_known(run, name)
        if wanted == "1" and not known:
            run.warn("W-RAW")
        if not known or wanted not in (None, "1"):
            return False
        run.emit("cargo:rustc-cfg=pyo3_use_raw_dylib")
    run.emit(f'cargo:rustc-cfg=pyo3_dll="{name}"')
    run.step("raw-dylib stands in for a library", "build.rs: emit_link_config", by_variable("PYO3_USE_RAW_DYLIB"))
    return True


def _is_known(run: Run, name: str) -> bool:
    """`lib_name_is_known_for_raw_dylib`."""
    rules = run.rules
    if name in rules.raw_dylib_names:
        return True
    for minor in range(rules.minimum["CPython"][1], rules.maximum["CPython"][1] + 2):
        base = f"python3{minor}"
        if name in (base, f"{base}_d") or (minor >= _FREE_THREADED_DLL and name in (f"{base}t", f"{base}t_d")):
            return True
    pypy = range(rules.minimum["PyPy"][1], rules.maximum["PyPy"][1] + 1)
    return any(name == f"libpypy3.{minor}-c" for minor in pypy)


def _import_name(run: Run, config: Config, name: str) -> str:
    """PyPy's import library has another name than its DLL (0.29.3 on)."""
    if not run.rules.pypy_import_name or config.target_abi.implementation != "PyPy":
        return name
    major, minor = config.target_abi.version
    expected = f"libpypy3.{minor}-c"
    if name != expected:
        raise Panic(run.text("P-PYPYDLL", left=debug(name), right=debug(expected)))
    return f"python{major}{minor}"


def print_rpath(run: Run, config: Config) -> None:
    """`print_libpython_rpath_link_args`, 0.29 on."""
    if not run.rules.rpath or config.lib_dir is None:
        return
    target = run.target()
    if run.rules.rpath == "but-wasm-windows-cygwin" and target.os in ("windows", "cygwin"):
        return
    wasm = target.architecture in ("wasm32", "wasm64") and target.os != "emscripten"
    if not wasm and is_linking(run, target):
        run.emit(f"cargo:rustc-link-arg=-Wl,-rpath,{config.lib_dir}")
