"""A sysconfigdata file as PyO3 reads it: what an interpreter would print of it, and the configuration made of that (§6).

pyo3-build-config/src/impl_.rs: `parse_sysconfigdata`, `InterpreterConfig::from_sysconfigdata`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NoReturn

from crossplan.origin import Origin
from crossplan.resolve.detect import Cross
from crossplan.resolve.features import (
    abi3_origin,
    from_build_env,
    is_abi3,
    reconcile,
    select_at_interpreter,
    version_specific,
)
from crossplan.resolve.fields import implementation_of_soabi, imply_flags, parse_version
from crossplan.resolve.host import execute, find_interpreter
from crossplan.resolve.literal import Exited, Failed, evaluate
from crossplan.resolve.names import Named, unix_name
from crossplan.resolve.run import Abi, Config, Panic, Run, Stop, Unknown, Version, by_variable
from crossplan.resolve.rust import MULTIPLY_OVERFLOW, NOT_UTF8, U8, U32, ParseFailure, io_error, lines, lossy, unsigned

Printed = Mapping[str, str]
_KEYS = (
    "WITH_THREAD", "Py_DEBUG", "Py_REF_DEBUG", "Py_TRACE_REFS", "COUNT_ALLOCS", "Py_ENABLE_SHARED", "LDVERSION", "SIZEOF_VOID_P"
)  # fmt: skip
_KEPT = 1 << 16  # characters of a file whose reading is remembered: many builds share one
_CONDA = "_h_env_placehold"
_ERRORS = (TypeError, KeyError, IndexError, AttributeError, ValueError)

# what PyO3 puts behind the file, as far as the syntax of the whole depends on it
_APPENDED = "\nfor key, val in build_time_vars.items():\n    print(key, val)\n"


def _digits(found: Any, out: list[str]) -> None:
    out.append(f"version_major {found['VERSION'][0]}")
    out.append(f"version_minor {found['VERSION'][2]}")
    out.append(f"SOABI {found.get('SOABI', '')}")
    out += [f"{key} {found.get(key, 0)}" for key in _KEYS]


def _keys(found: Any, out: list[str]) -> None:
    out.append(f"version {found['VERSION']}")
    out.append(f"SOABI {found.get('SOABI', '')}")
    if "LIBDIR" in found:
        out.append(f"LIBDIR {found['LIBDIR']}")
    out += [f"{key} {found.get(key, 0)}" for key in _KEYS]


def _all_items(found: Any, out: list[str]) -> None:
    out += [f"{key} {value}" for key, value in found.items()]


def _items_conda(found: Any, out: list[str]) -> None:
    for key, value in found.items():
        shared = key == "Py_ENABLE_SHARED" and _CONDA in found.get("prefix")
        out.append(f"{key} {1 if shared else value}")


_PRINTS: dict[str, Callable[[Any, list[str]], None]] = {
    "digits": _digits,
    "keys": _keys,
    "items": _all_items,
    "items-conda": _items_conda,
}


def printed(text: str, how: str) -> Printed | None:
    """The lines that the interpreter prints, as PyO3 splits them: key and value at the first space; None if it fails."""
    return _kept(text, how) if len(text) <= _KEPT else _printed(text, how)


def _printed(text: str, how: str) -> Printed | None:
    try:
        found = evaluate(text, _APPENDED)
    except Failed:
        return None
    except Exited:
        return {}
    if "build_time_vars" not in found:
        return None
    out: list[str] = []
    try:
        _PRINTS[how](found["build_time_vars"], out)
        text = "\n".join(out)
        text.encode()
    except _ERRORS:
        return None
    return dict(_split(line) for line in lines(text) if " " in line)


_kept = lru_cache(maxsize=256)(_printed)


def _split(line: str) -> tuple[str, str]:
    key, _, value = line.partition(" ")
    return key, value


def read_sysconfigdata(run: Run, cross: Cross, path: str) -> Config:
    """The configuration that a file describes."""
    shown = lossy(path)
    try:
        text = run.read_bytes(path).decode()
    except OSError as error:
        _unreadable(run, shown, io_error(error))
    except UnicodeDecodeError:
        _unreadable(run, shown, NOT_UTF8)
    values = _executed(run, shown, text)
    run.step("the file is executed by the host's interpreter", "impl_.rs: parse_sysconfigdata", Origin("file", shown))
    config = _READS[run.rules.sysconfig_read](run, values)
    config.origins = {**_origins(shown, run), **config.origins}
    if run.rules.sysconfig_lib_dir == "variable":
        config.lib_dir = lossy(cross.lib_dir or "")
        config.origins["lib_dir"] = by_variable("PYO3_CROSS_LIB_DIR")
    return config


def _unreadable(run: Run, shown: str, reason: str) -> NoReturn:
    if "E-READ" not in run.rules.messages:  # 0.14.0 and 0.14.1 pass the system's error on
        raise Stop(reason)
    run.stop("E-READ", reason, path=shown)


def _executed(run: Run, shown: str, text: str) -> Printed:
    """What the interpreter that PyO3 picks makes of the file."""
    command = find_interpreter(run)
    if not execute(run, command):
        return {}
    try:
        values = printed(text, run.rules.sysconfig_printed)
    except Unknown as unknown:
        raise Unknown(f"{shown}: {unknown}") from None
    if values is None:
        run.stop("E-SCRIPT")
    return values


_SOURCES = {
    "implementation": "SOABI",
    "version": "VERSION",
    "shared": "Py_ENABLE_SHARED",
    "lib_name": "LDVERSION",
    "lib_dir": "LIBDIR",
    "pointer_width": "SIZEOF_VOID_P",
    "build_flags": "Py_DEBUG",
    "python_framework_prefix": "PYTHONFRAMEWORKPREFIX",
    "target_abi": "Py_GIL_DISABLED",
}


def _origins(shown: str, run: Run) -> dict[str, Origin]:
    origins = {field: Origin("file", shown, key) for field, key in _SOURCES.items()}
    return origins if run.rules.has_target_abi else {**origins, "abi3": abi3_origin(run)}


# --- the configuration, in each release's order of reading


def _required(run: Run, values: Printed, key: str) -> str:
    if key not in values:
        run.stop("E-KEY", key=key)
    return values[key]


def _version(run: Run, text: str) -> Version:
    try:
        return parse_version(text)
    except ParseFailure as failure:
        run.stop("E-VERSION-PARSE", *failure.causes)


def _shared(run: Run, values: Printed, missing: bool | None) -> bool:
    """`Py_ENABLE_SHARED`; `missing` is what its absence means, None an error."""
    text = values.get("Py_ENABLE_SHARED")
    if text in ("1", "true", "True"):
        return True
    if text in ("0", "false", "False"):
        return False
    if text is None and missing is not None:
        return missing
    run.stop("E-SHARED")


def _pointer_width(text: str | None) -> int | None:
    """Bits; what is no number is dropped without a word."""
    try:
        width = 8 * unsigned(text or "", U32)
    except ParseFailure:
        return None
    if width > U32:
        raise Panic(MULTIPLY_OVERFLOW)
    return width


def _flags(run: Run, values: Printed, version: Version, implementation: str) -> set[str]:
    return imply_flags(run, (flag for flag in run.rules.flags if values.get(flag) == "1"), version, implementation)


def _numbers(run: Run, values: Printed) -> Config:
    """0.14: the first and the third character of VERSION."""
    version = _digit(run, values, "version_major"), _digit(run, values, "version_minor")
    width = _pointer_width(values.get("SIZEOF_VOID_P"))
    implementation = implementation_of_soabi(run, _required(run, values, "SOABI"))
    _required(run, values, "Py_ENABLE_SHARED")
    return _named(run, values, Config(version, implementation, _shared(run, values, None), pointer_width=width))


def _digit(run: Run, values: Printed, key: str) -> int:
    text = _required(run, values, key)
    try:
        return unsigned(text, U8)
    except ParseFailure as failure:
        causes = failure.causes if run.rules.flow != "one-script" else ()
        run.stop("E-VERSION-PARSE", *causes, key=key)


def _version_first(run: Run, values: Printed) -> Config:
    """0.15."""
    version = _version(run, _required(run, values, "version"))
    width = _pointer_width(_required(run, values, "SIZEOF_VOID_P"))
    implementation = implementation_of_soabi(run, _required(run, values, "SOABI"))
    config = Config(version, implementation, _shared(run, values, False), pointer_width=width)
    config.lib_dir = values.get("LIBDIR")
    return _named(run, values, config)


def _named(run: Run, values: Printed, config: Config) -> Config:
    named = Named(config.implementation, config.version, ld_version=values.get("LDVERSION"))
    config.lib_name = unix_name(run, named)
    config.abi3 = is_abi3(run)
    config.build_flags = _flags(run, values, config.version, config.implementation)
    return config


def _described(run: Run, values: Printed) -> Config:
    """What is read first from 0.16 on."""
    implementation = implementation_of_soabi(run, _required(run, values, "SOABI"))
    version = _version(run, _required(run, values, "VERSION"))
    config = Config(version, implementation, _shared(run, values, None))
    if run.rules.framework_shared and values.get("PYTHONFRAMEWORK"):
        config.shared = True
    if "python_framework_prefix" in run.rules.config_keys:
        config.python_framework_prefix = values.get("PYTHONFRAMEWORKPREFIX")
    config.lib_dir = values.get("LIBDIR")
    return config


def _soabi_first(run: Run, values: Printed) -> Config:
    """0.16 to 0.28."""
    config = _described(run, values)
    config.abi3 = is_abi3(run)
    free_threaded = run.rules.probe_gil and values.get("Py_GIL_DISABLED") == "1"
    named = Named(
        config.implementation,
        config.version,
        "abi3" if config.abi3 else None,
        free_threaded,
        cygwin=values["SOABI"].endswith("cygwin"),
        ld_version=values.get("LDVERSION"),
    )
    config.lib_name = unix_name(run, named)
    config.pointer_width = _pointer_width(_required(run, values, "SIZEOF_VOID_P"))
    config.build_flags = _flags(run, values, config.version, config.implementation)
    return config


def _with_abi(run: Run, values: Printed) -> Config:
    """0.29 on."""
    config = _described(run, values)
    config.build_flags = _flags(run, values, config.version, config.implementation)
    config.abi = abi = _ABIS[run.rules.sysconfig_abi](run, config)
    named = Named(
        abi.implementation,
        abi.version,
        abi.stable,
        abi.free_threaded,
        abi.debug,
        cygwin=values["SOABI"].endswith("cygwin"),
        ld_version=values.get("LDVERSION"),
    )
    config.lib_name = unix_name(run, named)
    config.pointer_width = _pointer_width(_required(run, values, "SIZEOF_VOID_P"))
    return reconcile(run, config)


def _gil_disabled(config: Config) -> bool:
    return "Py_GIL_DISABLED" in config.build_flags


_ABIS: dict[str, Callable[[Run, Config], Abi]] = {
    "build-env": lambda run, c: from_build_env(run, c.implementation, c.version, None, _gil_disabled(c)),
    "features": lambda run, c: select_at_interpreter(run, c.implementation, c.version, _gil_disabled(c)),
    "file": lambda run, c: version_specific(
        run, c.implementation, c.version, _gil_disabled(c), "Py_DEBUG" in c.build_flags
    ),
}
_READS: dict[str, Callable[[Run, Printed], Config]] = {
    "numbers": _numbers,
    "version-first": _version_first,
    "soabi-first": _soabi_first,
    "abi": _with_abi,
}
