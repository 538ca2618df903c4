"""The host's interpreter: which one PyO3 picks, what it concludes from its answers, and what it does without one (§4).

pyo3-build-config/src/impl_.rs: `find_interpreter`, `InterpreterConfig::from_interpreter`, `make_interpreter_config`.
"""

from __future__ import annotations

from contextlib import suppress
from typing import NoReturn

from crossplan.origin import Origin
from crossplan.resolve.features import (
    abi3_origin,
    abi3_request,
    abi3_version,
    abi3t_request,
    applicable,
    from_build_env,
    from_stable_abi,
    generates_import_library,
    is_abi3,
    lower,
    probe_minimum_0290,
    reconcile,
    stable,
)
from crossplan.resolve.fields import imply_flags, parse_implementation, parse_version
from crossplan.resolve.lexicon import Triple
from crossplan.resolve.linking import is_linking
from crossplan.resolve.names import Named, unix_name, windows_name
from crossplan.resolve.run import Abi, Config, Panic, Run, Stop, Unknown, Version, by_variable
from crossplan.resolve.rust import NO_ENTRY, ParseFailure, join, lossy
from crossplan.resolve.types import PassedOver
from crossplan.toolchain.host_python import HostFailure, HostPython


def find_interpreter(run: Run) -> str:
    """The command that the scripts start."""
    if "PYO3_ENVIRONMENT_SIGNATURE" in run.rules.variables:
        run.watched["PYO3_ENVIRONMENT_SIGNATURE"] = None
    chosen = run.variable("PYO3_PYTHON")
    if chosen is not None:
        return _picked(run, chosen, by_variable("PYO3_PYTHON"))
    venv, conda = run.variable("VIRTUAL_ENV"), run.variable("CONDA_PREFIX")
    passed: tuple[PassedOver, ...] = ()
    if venv is not None and conda is not None:
        run.warn("W-VENV")
        passed = (PassedOver("VIRTUAL_ENV and CONDA_PREFIX", "both are set, so neither counts"),)
    elif venv is not None:
        return _picked(run, join(venv, run.rules.venv_python[2 if run.windows_host else 0]), by_variable("VIRTUAL_ENV"))
    elif conda is not None:
        return _picked(
            run, join(conda, run.rules.venv_python[3 if run.windows_host else 1]), by_variable("CONDA_PREFIX")
        )
    run.variable("PATH")
    found = run.host.on_path(run.env, run.request.cwd, run.rules.banners)
    if isinstance(found, HostFailure):
        raise Unknown(found.detail)
    if found is None:
        run.stop("E-NOPYTHON")
    return _picked(run, found, by_variable("PATH"), passed)


def _picked(run: Run, command: str, origin: Origin, passed: tuple[PassedOver, ...] = ()) -> str:
    run.step(f"the host's interpreter is {lossy(command)}", "impl_.rs: find_interpreter", origin, passed_over=passed)
    return command


def _fail(run: Run, command: str, failure: HostFailure) -> NoReturn:
    """`run_python_script`: what ends the script."""
    match failure.kind:
        case "start":
            run.stop("E-RUN", path=lossy(command), error=failure.detail)
        case "status":
            run.stop("E-SCRIPT")
        case "not-utf8" if "E-OUT-UTF8" in run.rules.messages:
            run.stop("E-OUT-UTF8", failure.detail)
        case "not-utf8":  # 0.14.0 and 0.14.1 pass the error on
            raise Stop(failure.detail)
        case _:
            raise Unknown(failure.detail)


def execute(run: Run, command: str) -> bool:
    """Whether `command` executes a script; False: it prints nothing and succeeds. What else it does ends the script."""
    failure = run.host.executes(command, run.env, run.request.cwd)
    if failure is None:
        return True
    if failure.kind == "silent":
        return False
    _fail(run, command, failure)


def ask(run: Run, command: str) -> HostPython:
    """The interpreter's answers."""
    answer = run.host.probe(command, run.env, run.request.cwd)
    if isinstance(answer, HostPython):
        return answer
    if answer.kind == "silent":
        if run.rules.broken_probe == "panic":
            raise Panic(NO_ENTRY)
        run.stop("E-BROKEN", path=lossy(command))
    _fail(run, command, answer)


def describe(run: Run, command: str, python: HostPython) -> tuple[str, Version]:
    """Implementation and version, as far as this release takes them."""
    if python.implementation == "GraalVM" and "GraalVM" in run.rules.implementations:
        _check_graalpy(run, python.graalpy)
    try:
        version = parse_version(python.version)
        if not run.rules.has_target_abi:
            is_abi3(run)  # the variable is read here, whatever comes of it
        implementation = parse_implementation(run, python.implementation)
    except ParseFailure as failure:
        raise Stop(*failure.causes) from None
    return implementation, version


def _check_graalpy(run: Run, release: str | None) -> None:
    parts = (release or "").split(".")
    if len(parts) < 2 or not all(part.isdecimal() for part in parts[:2]):
        run.stop("E-SCRIPT")  # the script itself reads the release
    found = int(parts[0]), int(parts[1])
    if found < run.rules.graalpy_minimum:
        minimum = run.rules.graalpy_minimum
        run.stop("E-GRAALVER", min=f"{minimum[0]}.{minimum[1]}", ver=f"{found[0]}.{found[1]}")


def is_shared(run: Run, python: HostPython) -> bool:
    """The probe's `shared`."""
    if run.rules.probe_shared == "always" or python.shared or run.windows_host:
        return True
    return python.implementation in ("PyPy", "GraalVM") or bool(python.framework_prefix)


def build_flags(run: Run, python: HostPython, version: Version, implementation: str) -> set[str]:
    """`BuildFlags::from_interpreter`, and what follows from them."""
    if run.windows_host:
        kind = run.rules.windows_flags
        if kind == "none" or (kind == "since-3.13" and version < (3, 13)):
            return set()
        if kind == "with-thread":
            return imply_flags(run, {"WITH_THREAD"}, version, implementation)
    on = {flag for flag in run.rules.flags if flag in python.build_flags and flag != "Py_GIL_DISABLED"}
    if python.gil_disabled and "Py_GIL_DISABLED" in run.rules.flags:
        on.add("Py_GIL_DISABLED")
    return imply_flags(run, on, version, implementation)


def _is_debug(run: Run, python: HostPython) -> bool:
    if run.rules.probe_debug == "debug-abi":
        value = python.py_debug if python.py_debug is not None else 1 if "Py_DEBUG" in python.build_flags else None
        if value is not None:
            return bool(value)
    return bool(run.rules.probe_debug) and (python.ext_suffix or "").startswith("_d.")


def from_interpreter(run: Run) -> Config:
    """`get_host_interpreter`: the configuration that describes the interpreter."""
    command = find_interpreter(run)
    python = ask(run, command)
    implementation, version = describe(run, command, python)
    gil_disabled = run.rules.probe_gil and python.gil_disabled
    debug = _is_debug(run, python)
    config = Config(version, implementation, is_shared(run, python))
    stable_kind: str | None
    if run.rules.has_target_abi:
        abi = config.abi = _abi(run, implementation, version, gil_disabled, debug and run.rules.abi_debug)
        implementation, version, stable_kind, gil_disabled = (
            abi.implementation,
            abi.version,
            abi.stable,
            abi.free_threaded,
        )
    else:
        config.abi3 = is_abi3(run)
        stable_kind = "abi3" if config.abi3 else None
    named = Named(implementation, version, stable_kind, gil_disabled, debug, python.cygwin and run.rules.probe_cygwin)
    if run.windows_host:
        named.cygwin, named.mingw = False, python.mingw and run.rules.probe_mingw
        config.lib_name = windows_name(run, named)
        config.lib_dir = None if python.base_prefix is None else f"{python.base_prefix}\\libs"
    else:
        named.ld_version = python.ld_version
        named.debug = debug and run.rules.abi_debug
        config.lib_name = unix_name(run, named)
        config.lib_dir = python.lib_dir
    config.executable = python.executable
    config.pointer_width = python.pointer_width
    config.build_flags = build_flags(run, python, config.version, config.implementation)
    if "python_framework_prefix" in run.rules.config_keys:
        config.python_framework_prefix = "None" if python.framework_prefix is None else python.framework_prefix
    config.origins = _origins(run, command)
    if config.abi is not None:
        return reconcile(run, config)
    lower(run, config)
    return config


def _abi(run: Run, implementation: str, version: Version, gil_disabled: bool, debug: bool) -> Abi:
    if run.rules.abi_selection == "build-env":
        minimum = probe_minimum_0290(run, implementation, version, gil_disabled)
        return from_build_env(run, implementation, version, minimum, gil_disabled)
    wanted = applicable(run, implementation, version, gil_disabled)
    return from_stable_abi(run, implementation, version, wanted, gil_disabled, debug)


_ASKED = ("implementation", "version", "shared", "lib_name", "lib_dir", "executable", "pointer_width", "build_flags")


def _origins(run: Run, command: str) -> dict[str, Origin]:
    asked = Origin("interpreter", lossy(command))
    origins = dict.fromkeys((*_ASKED, "python_framework_prefix", "target_abi"), asked)
    return origins if run.rules.has_target_abi else {**origins, "abi3": abi3_origin(run)}


def host_config(run: Run) -> Config:
    """`make_interpreter_config`: the interpreter's, or from 0.16.4 on a stable ABI's where none is needed."""
    if not run.rules.no_python:
        return from_interpreter(run)
    wanted = abi3_version(run) is not None
    if run.rules.has_target_abi:
        wanted = abi3_request(run) is not None or abi3t_request(run) is not None
    needed = not wanted or _needs_lib_dir(run, run.host_triple)
    if run.variable("PYO3_NO_PYTHON") is None:
        if needed:
            return from_interpreter(run)
        with suppress(Stop):
            return from_interpreter(run)
        run.step("no interpreter answers, and none is needed", "impl_.rs: make_interpreter_config")
        run.warn("W-NOPYTHON")
    elif not run.rules.has_target_abi and not wanted:
        run.stop("E-NOPY-ABI3")
    return _without_interpreter(run)


def _needs_lib_dir(run: Run, host: Triple) -> bool:
    """`require_libdir_for_target`."""
    if run.rules.has_target_abi and host.os == "windows":
        return False
    generated = generates_import_library(run) and host.os == "windows" and is_abi3(run)
    return is_linking(run, host) and not generated


def _without_interpreter(run: Run) -> Config:
    """`default_abi3_config`, `default_stable_abi_config`."""
    windows = run.host_triple.os == "windows"
    if run.rules.has_target_abi:
        requests = [request for request in (abi3_request(run), abi3t_request(run)) if request and request.minimum]
        if not requests:
            run.stop("E-NEITHER")
        kind, minimum = requests[0].kind, requests[0].minimum
        assert minimum is not None
        config = Config(minimum)
        config.abi = stable(run, "CPython", kind, minimum)
        config.origins = {"version": Origin("feature", key=f"{kind}-py3{minimum[1]}")}
        if windows:
            config.lib_name = windows_name(run, Named("CPython", config.abi.version, kind, config.abi.free_threaded))
        return reconcile(run, config)
    version = abi3_version(run)
    assert version is not None
    config = Config(version, abi3=True)
    config.origins = {"version": abi3_origin(run), "abi3": abi3_origin(run)}
    if windows:
        config.lib_name = windows_name(run, Named("CPython", version, "abi3"))
    if generates_import_library(run):
        from crossplan.resolve import import_library

        config.lib_dir = import_library.generate(run, run.host_triple, "CPython", None, None)
    return config
