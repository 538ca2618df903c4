"""PYO3_CONFIG_FILE and the text form of a configuration: read, completed, written (§10).

pyo3-build-config/src/impl_.rs: `from_pyo3_config_file_env`, `from_reader`, `to_writer`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from crossplan.origin import Origin
from crossplan.pyo3 import Rules
from crossplan.resolve.features import apply_build_env, finalize, is_abi3, lower, reconcile, stable, version_specific
from crossplan.resolve.fields import imply_flags, parse_abi, parse_flags, parse_implementation, parse_version
from crossplan.resolve.lexicon import Triple
from crossplan.resolve.linking import is_linking
from crossplan.resolve.names import name_for_target, named
from crossplan.resolve.run import Abi, Config, Panic, Run, Stop, rule
from crossplan.resolve.rust import (
    NOT_UTF8,
    U32,
    UNWRAP_NONE,
    WHITE_SPACE,
    ParseFailure,
    boolean,
    io_error,
    is_utf8,
    lossy,
    unsigned,
)
from crossplan.resolve.types import InterpreterConfig

_VARIABLE = "PYO3_CONFIG_FILE"
_Values = dict[str, Any]

# what a key's value is parsed as; the rest are texts
_PARSERS: dict[str, Callable[[Run, str], Any]] = {
    "implementation": parse_implementation,
    "version": lambda run, text: parse_version(text),
    "shared": lambda run, text: boolean(text),
    "target_abi": parse_abi,
    "abi3": lambda run, text: boolean(text),
    "pointer_width": lambda run, text: unsigned(text, U32),
    "build_flags": parse_flags,
    "suppress_build_script_link_lines": lambda run, text: boolean(text),
}


def from_config_file(run: Run, target: Triple | None) -> Config | None:
    """The configuration of the file that PYO3_CONFIG_FILE names; None if it names none. `target` is TARGET of this script."""
    if not run.rules.config_keys:
        return None
    path = run.env.get(_VARIABLE) if run.rules.config_path == "utf-8" else run.variable(_VARIABLE)
    if path is None:
        return None
    if run.rules.config_path == "utf-8" and not is_utf8(path):
        raise Panic(UNWRAP_NONE)
    if not path.startswith("/"):
        run.stop("E-CFG-ABS")
    try:
        config = parse_config(run, _content(run, path), target, Origin("file", lossy(path)))
    except Stop as stop:
        run.stop("E-CFG", *stop.causes)
    run.step("a config file says everything", "impl_.rs: from_pyo3_config_file_env", Origin("variable", key=_VARIABLE))
    if run.rules.config_features == "lowered":
        config.abi3 = is_abi3(run) or config.abi3
        lower(run, config)
    elif run.rules.config_features == "abi":
        apply_build_env(run, config)
    return config


def _content(run: Run, path: str) -> bytes:
    try:
        return run.read_bytes(path)
    except IsADirectoryError as error:  # it can be opened, but not read
        run.stop("C-LINE", io_error(error))
    except OSError as error:
        run.stop("C-OPEN", io_error(error), path=lossy(path))


def parse_config(run: Run, content: bytes, target: Triple | None, place: Origin) -> Config:
    """`from_reader`: the text form. Unknown keys are warned of, or end the script."""
    values: _Values = {}
    origins: dict[str, Origin] = {}
    extra: list[str] = []
    for number, raw in enumerate(_lines(content), 1):
        try:
            line = raw.decode()
        except UnicodeDecodeError:
            run.stop("C-LINE", NOT_UTF8)
        key, equals, value = line.partition("=")
        if not equals:
            run.stop("C-KV", n=number)
        if key not in run.rules.config_keys:
            if run.rules.config_unknown_key == "error":
                run.stop("C-UNKNOWN", key=key)
            run.warn("C-UNKNOWN", key=key)
        elif key == "extra_build_script_line":
            extra.append(value)
        else:
            values[key] = _value(run, key, value)
            origins[key] = Origin(place.kind, place.place, key, number)
    if "version" not in values:
        run.stop("C-NOVERSION")
    config = _config(run, values, target)
    config.extra_build_script_lines = extra
    config.origins = {**dict.fromkeys(_FIELDS, Origin("default")), **origins}
    return config


_FIELDS = (
    "implementation",
    "shared",
    "lib_name",
    "lib_dir",
    "executable",
    "pointer_width",
    "build_flags",
    "python_framework_prefix",
)


def _lines(content: bytes) -> list[bytes]:
    """`BufRead::lines`."""
    parts = content.split(b"\n")
    last = parts.pop()
    found = [part[:-1] if part.endswith(b"\r") else part for part in parts]
    return [*found, last] if last else found


def _value(run: Run, key: str, value: str) -> Any:
    text = value.strip(WHITE_SPACE) if run.rules.config_trim else value
    parser = _PARSERS.get(key)
    if parser is None:
        return text
    try:
        return parser(run, text)
    except ParseFailure as failure:
        run.stop("C-VALUE", *failure.causes, key=key, value=value)


def _config(run: Run, values: _Values, target: Triple | None) -> Config:
    config = Config(
        values["version"],
        values.get("implementation", "CPython"),
        values.get("shared", True),
        values.get("abi3", False) and not run.rules.has_target_abi,
        lib_name=values.get("lib_name"),
        lib_dir=values.get("lib_dir"),
        executable=values.get("executable"),
        pointer_width=values.get("pointer_width"),
        build_flags=values["build_flags"] if "build_flags" in values else _default_flags(run, values),
        python_framework_prefix=values.get("python_framework_prefix"),
        suppress_build_script_link_lines=values.get("suppress_build_script_link_lines", False),
    )
    if run.rules.has_target_abi:
        config.abi = _declared_abi(run, values, config)
        return reconcile(run, config)
    if run.rules.config_lib_name == "reader" and config.lib_name is None and target is not None:
        default_name(run, config, target)
    return config


def _default_flags(run: Run, values: _Values) -> set[str]:
    if not run.rules.config_with_thread:
        return set()
    flags = {"WITH_THREAD"} if values.get("abi3") else set()
    return imply_flags(run, flags, values["version"], values.get("implementation", "CPython"))


def _declared_abi(run: Run, values: _Values, config: Config) -> Abi:
    """The ABI that a file means (§10.7)."""
    abi: Abi | None = values.get("target_abi")
    if abi is not None:
        if "abi3" in values:
            run.stop("C-BOTHABI")
        return abi
    debug = run.rules.abi_debug and "Py_DEBUG" in config.build_flags
    if "Py_GIL_DISABLED" in config.build_flags:
        return finalize(run, Abi(config.implementation, "free_threaded", config.version, debug))
    if values.get("abi3"):
        run.warn("W-ABI3KEY")
        return stable(run, config.implementation, "abi3", config.version, debug)
    return version_specific(run, config.implementation, config.version, False, debug)


def default_name(run: Run, config: Config, target: Triple) -> None:
    """`default_lib_name_for_target`: the name of a configuration that has none; to 0.26 only where libpython is linked."""
    if run.rules.config_lib_name == "reader" and target.os != "windows" and not is_linking(run, target):
        return
    python = named(config)
    if not run.rules.free_threaded_defaults:
        python.free_threaded = False
    config.lib_name = name_for_target(run, python, target)
    config.origins["lib_name"] = rule("config_lib_name")


def config_text(rules: Rules, config: InterpreterConfig) -> str:
    """`to_writer`: the text form, one `key=value` a line; the flags sorted, which have no order of their own."""
    text = ""
    for key in rules.config_keys:
        for value in _written(config, key):
            text += f"{key}={value}\n"
    return text


def _written(config: InterpreterConfig, key: str) -> Iterable[object]:
    match key:
        case "build_flags":
            return [",".join(config.build_flags)]
        case "extra_build_script_line":
            return config.extra_build_script_lines
    value = getattr(config, key)
    if value is None:
        return ()
    return [str(value).lower() if isinstance(value, bool) else value]


def reread(run: Run, config: Config, target: Triple | None) -> Config:
    """What the linking script sees of a configuration that was baked into it as text."""
    warnings = list(run.warnings)
    again = parse_config(run, os.fsencode(config_text(run.rules, config.frozen())), target, Origin("default"))
    run.warnings = warnings
    origins = {**again.origins, **config.origins}
    if again.lib_name != config.lib_name:
        origins["lib_name"] = again.origins["lib_name"]
    again.origins = origins
    return again


def target_if_read(run: Run) -> Triple | None:
    """TARGET, where a configuration's reader looks at it."""
    return run.target_or_none() if run.rules.config_lib_name == "reader" else None
