"""The configuration of a cross build: from the target's sysconfigdata, or made of the variables and features alone (§8).

pyo3-build-config/src/impl_.rs: `load_cross_compile_config`, `default_cross_compile`, `windows_hardcoded_cross_compile`.
"""

from __future__ import annotations

from crossplan.origin import Origin
from crossplan.resolve.detect import IMPLEMENTATION, LIB_DIR, VERSION, Cross
from crossplan.resolve.features import (
    abi3_origin,
    abi3_request,
    abi3_version,
    abi3t_request,
    apply_build_env,
    from_build_env,
    generates_import_library,
    is_abi3,
    lower,
    reconcile,
    select_at_interpreter,
)
from crossplan.resolve.linking import is_linking
from crossplan.resolve.names import Named, name_for_target, windows_name
from crossplan.resolve.run import Abi, Config, Run, Version, by_variable, rule
from crossplan.resolve.rust import debug, is_utf8
from crossplan.resolve.search import find_sysconfigdata
from crossplan.resolve.sysconfigdata import read_sysconfigdata


def cross_config(run: Run, cross: Cross) -> Config:
    """`make_cross_compile_config`: the strategy, then the features."""
    config = _by_family(run, cross) if run.rules.cross_strategy == "family" else _by_target(run, cross)
    if config.abi is not None:
        apply_build_env(run, config)
    else:
        lower(run, config)
    return config


def _by_family(run: Run, cross: Cross) -> Config:
    """To 0.16.2: CARGO_CFG_TARGET_FAMILY decides."""
    family = run.cargo_cfg("FAMILY")
    if family == "windows":
        return _windows(run, cross)
    if family not in (None, "unix", "wasm"):
        run.stop("E-FAMILY", family=debug(family or ""))
    return from_sysconfigdata(run, cross)


def from_sysconfigdata(run: Run, cross: Cross) -> Config:
    """The configuration of the one file that the search finds."""
    return read_sysconfigdata(run, cross, find_sysconfigdata(run, cross, cross.lib_dir or ""))


def _windows(run: Run, cross: Cross) -> Config:
    """`windows_hardcoded_cross_compile`."""
    version = cross.version or abi3_version(run)
    if version is None:
        run.stop("E-WINVER")
    config = Config(version, abi3=is_abi3(run))
    stable = "abi3" if config.abi3 and run.rules.windows_cross_name == "named" else None
    config.lib_name = windows_name(run, Named("CPython", version, stable))
    config.lib_dir = cross.lib_dir if is_utf8(cross.lib_dir or "") else None
    config.build_flags = {"WITH_THREAD"} if run.rules.windows_flags == "with-thread" else set()
    config.origins = _origins(run, cross, windows=True)
    return config


def _by_target(run: Run, cross: Cross) -> Config:
    """From 0.16.3: Windows, and from 0.16.4 PYO3_NO_PYTHON, never look into the lib dir."""
    windows = run.target().os == "windows"
    skipped = windows or (run.rules.no_python and run.variable("PYO3_NO_PYTHON") is not None)
    if not skipped and cross.lib_dir is not None:
        config = from_sysconfigdata(run, cross)
        warned = run.rules.link_warning == "resolved"
    else:
        config = _default(run, cross)
        warned = run.rules.link_warning == "resolved" or (run.rules.link_warning == "default" and not windows)
    if warned and config.lib_name is not None and config.lib_dir is None:
        run.warn("W-LINK")
    return config


def _default(run: Run, cross: Cross) -> Config:
    """`default_cross_compile`."""
    version = cross.version or _version_of_features(run)
    if version is None:
        run.stop("E-NOVER")
    config = Config(version, cross.implementation or "CPython", lib_dir=cross.lib_dir)
    config.origins = _origins(run, cross, windows=run.target().os == "windows")
    if run.rules.has_target_abi:
        config.abi = _abi(run, cross, config)
        python = Named(
            config.abi.implementation, config.abi.version, config.abi.stable, config.abi.free_threaded, config.abi.debug
        )
    else:
        config.abi3 = is_abi3(run)
        python = Named(config.implementation, version, "abi3" if config.abi3 else None, cross.free_threaded)
    config.lib_name = _name(run, python)
    run.step(
        "nothing describes the interpreter: a default configuration",
        "impl_.rs: default_cross_compile",
        _source(run, cross),
    )
    if config.abi is not None:
        return reconcile(run, config)
    stable_only = run.rules.import_library == "stable"
    if config.lib_dir is None and generates_import_library(run) and (config.abi3 or not stable_only):
        from crossplan.resolve import import_library

        wanted = import_library.wanted_version(run, config.implementation, version, config.abi3, cross.free_threaded)
        config.lib_dir = import_library.generate(run, run.target(), config.implementation, wanted, None)
    return config


def _version_of_features(run: Run) -> Version | None:
    version = abi3_version(run)
    if version is not None or not run.rules.has_target_abi:
        return version
    request = abi3t_request(run)
    return None if request is None else request.minimum


def _name(run: Run, python: Named) -> str | None:
    target = run.target()
    if target.os == "windows" and run.rules.default_mingw and target.environment == "gnu":
        python.mingw = True
        return windows_name(run, python)
    if run.rules.default_lib_name == "when-linked" and target.os != "windows" and not is_linking(run, target):
        return None
    return name_for_target(run, python, target)


def _abi(run: Run, cross: Cross, config: Config) -> Abi:
    if run.rules.abi_selection == "build-env":
        return from_build_env(run, config.implementation, config.version, None, cross.free_threaded)
    return select_at_interpreter(run, config.implementation, config.version, cross.free_threaded)


def _source(run: Run, cross: Cross) -> Origin:
    if cross.version is not None:
        return by_variable(VERSION)
    if not run.rules.has_target_abi:
        return abi3_origin(run)
    request = abi3_request(run)
    kind, minimum = ("abi3", request.minimum) if request and request.minimum else ("abi3t", (3, 15))
    return Origin("feature", key=f"{kind}-py3{minimum[1]}")


def _origins(run: Run, cross: Cross, *, windows: bool) -> dict[str, Origin]:
    origins = dict.fromkeys(
        ("shared", "pointer_width", "build_flags", "executable", "python_framework_prefix"), Origin("default")
    )
    origins["version"] = _source(run, cross)
    origins["implementation"] = Origin("default") if cross.implementation is None else by_variable(IMPLEMENTATION)
    origins["lib_dir"] = Origin("default") if cross.lib_dir is None else by_variable(LIB_DIR)
    origins["lib_name"] = rule("windows_name" if windows else "unix_name")
    if run.rules.has_target_abi:
        origins["target_abi"] = origins["version"]
    else:
        origins["abi3"] = abi3_origin(run)
    return origins
