"""0.14.0 and 0.14.1: one script does everything, and knows neither PYO3_CONFIG_FILE nor PYO3_PRINT_CONFIG (appendix B).

build.rs and pyo3-build-config/src/impl_.rs: `make_interpreter_config`, `emit_cargo_configuration`. There is no configuration to show.
"""

from __future__ import annotations

from crossplan.record import record
from crossplan.resolve.cfgs import print_cfgs, print_feature_cfgs
from crossplan.resolve.checks import check_auto_initialize, check_version
from crossplan.resolve.defaults import from_sysconfigdata
from crossplan.resolve.detect import Cross, find_cross
from crossplan.resolve.features import abi3_version, is_abi3
from crossplan.resolve.fields import imply_flags
from crossplan.resolve.host import ask, describe, find_interpreter
from crossplan.resolve.run import Config, Panic, Run, Version
from crossplan.resolve.rust import U8, UNWRAP_NONE, ParseFailure, debug, is_utf8, unsigned

_MACOS_EXTENSION = ("cargo:rustc-cdylib-link-arg=-undefined", "cargo:rustc-cdylib-link-arg=dynamic_lookup")


@record(frozen=False)
class _Found:
    """The configuration with the two fields that later releases do not have."""

    config: Config
    ld_version: str | None = None
    base_prefix: str | None = None


def one_script(run: Run, result: list[Config]) -> None:
    """The `pyo3` script."""
    found = _resolve(run)
    config = found.config
    check_version(run, config)
    _check_width(run, config)
    _print_link_lines(run, found)
    check_auto_initialize(run, config)
    print_cfgs(run, config)
    print_feature_cfgs(run)


def _resolve(run: Run) -> _Found:
    minimum = abi3_version(run)
    if minimum is not None and run.variable("PYO3_NO_PYTHON") is not None:
        return _Found(Config(minimum, abi3=True, build_flags={"WITH_THREAD"}))
    cross = find_cross(run)
    found = _interpreter(run) if cross is None else _cross(run, cross)
    config = found.config
    if minimum is not None:
        if minimum[1] > config.version[1]:
            run.stop("E-ABI3HIGH", min=f"3.{minimum[1]}", ver=f"3.{config.version[1]}")
        config.version = (config.version[0], minimum[1])
    return found


def _cross(run: Run, cross: Cross) -> _Found:
    family = run.cargo_cfg("FAMILY")
    lib_dir = cross.lib_dir or ""
    if family == "windows":
        config = Config(_windows_version(run, cross), abi3=is_abi3(run), build_flags={"WITH_THREAD"})
        config.lib_dir = lib_dir if is_utf8(lib_dir) else None
        return _Found(config)
    if family not in (None, "unix", "wasm"):
        run.stop("E-FAMILY", family=debug(family or ""))
    config = from_sysconfigdata(run, cross)
    if not is_utf8(lib_dir):
        config.lib_dir = None
    return _Found(config, (config.lib_name or "").removeprefix("python"))


def _windows_version(run: Run, cross: Cross) -> Version:
    if cross.version_text is None:
        minimum = abi3_version(run)
        if minimum is None:
            run.stop("E-WINVER")
        return minimum
    parts = cross.version_text.split(".")
    try:
        major, minor = (unsigned(part, U8) for part in parts)
    except (ParseFailure, ValueError):
        run.stop("E-WINVER-PARSE", version=cross.version_text)
    return major, minor


def _interpreter(run: Run) -> _Found:
    command = find_interpreter(run)
    python = ask(run, command)
    system = run.target_os
    shared = python.shared or python.implementation == "PyPy" or system == "windows"
    shared = shared or (system == "macos" and bool(python.framework_prefix))
    implementation, version = describe(run, command, python)
    flags = {"WITH_THREAD"} if system == "windows" else {flag for flag in run.rules.flags if flag in python.build_flags}
    config = Config(
        version, implementation, shared, is_abi3(run), lib_dir=python.lib_dir, pointer_width=python.pointer_width
    )
    config.build_flags = imply_flags(run, flags, version, implementation)
    return _Found(config, python.ld_version, python.base_prefix)


def _check_width(run: Run, config: Config) -> None:
    """`ensure_target_architecture`: the target's width is looked at even where the Python's is not known."""
    rust = run.cargo_cfg("POINTER_WIDTH")
    if rust is None:
        raise Panic(UNWRAP_NONE)
    if rust not in ("64", "32"):
        run.stop("E-PTRX", x=rust)
    if config.pointer_width is None:
        return
    if config.pointer_width not in (64, 32):
        run.stop("E-CALCSIZE", n=config.pointer_width // 8)
    if int(rust) != config.pointer_width:
        run.stop("E-PTR", rust=f"{rust}-bit", python=f"{config.pointer_width}-bit")


def _print_link_lines(run: Run, found: _Found) -> None:
    system, extension, config = run.target_os, "extension-module" in run.features, found.config
    if system == "windows":
        folders = (config.lib_dir, found.base_prefix and f"{found.base_prefix}\\libs")
    elif extension and system == "macos":
        for line in _MACOS_EXTENSION:
            run.emit(line)
        return
    elif not extension or system == "android":
        pypy = config.implementation == "PyPy" and found.base_prefix
        folders = (config.lib_dir, f"{found.base_prefix}/bin" if pypy else None)
    else:
        return
    run.emit(f"cargo:rustc-link-lib={'' if config.shared else 'static='}{_name(run, found, system)}")
    for folder in folders:
        if folder is not None:
            run.emit(f"cargo:rustc-link-search=native={folder}")


def _name(run: Run, found: _Found, system: str) -> str:
    major, minor = found.config.version
    if system == "windows":
        if found.config.abi3:
            return "pythonXY:python3"
        environment = run.cargo_cfg("ENV")
        if environment is None:
            raise Panic(UNWRAP_NONE)
        return f"pythonXY:python{major}.{minor}" if environment == "gnu" else f"pythonXY:python{major}{minor}"
    if found.config.implementation == "PyPy":
        return f"pypy{major}-c"
    if found.ld_version is None:
        run.stop("E-LDVERSION")
    return f"python{found.ld_version}"
