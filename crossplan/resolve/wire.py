"""The wire form of `crossplan resolve`: one JSON request a line, one JSON answer a line.

Validation is strict and written by hand: at a million lines a model per line is most of the time. A request that makes no sense is
answered with the outcome `invalid`, never raised.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from crossplan.resolve.flow import resolve
from crossplan.resolve.types import RUSTC, BuildRequest, Resolution
from crossplan.toolchain.host_python import HostProvider, HostPython, LiveHost

VERSION = 1
LINE_LIMIT = 4 << 20  # characters of a request
_REQUIRED = ("pyo3", "target", "host")
_KNOWN = frozenset({*_REQUIRED, "id", "features", "env", "cwd", "crate", "rustc", "host_python"})
_CRATES = ("pyo3", "pyo3-ffi")


class _Bad(ValueError):
    """What is wrong with a request."""


def answers(lines: Iterable[str], host: HostProvider | None = None) -> Iterator[str]:
    """One line of JSON for each line that is not blank, in order. `host` runs interpreters where a request has no `host_python`."""
    live = LiveHost() if host is None else host
    for line in lines:
        if line.strip():
            yield answer(line, live)


def answer(line: str, host: HostProvider) -> str:
    """The answer to one line."""
    name: object = None
    try:
        if len(line) > LINE_LIMIT:
            raise _Bad(f"more than {LINE_LIMIT} characters")  # noqa: TRY301
        data = _load(line)
        name = data.get("id")
        resolution = resolve(read_request(data, host))
    except (_Bad, RecursionError) as error:
        resolution = Resolution("invalid", error=(str(error) or "nested too deep",))
    return json.dumps(wire(resolution, name), sort_keys=True)


def _load(line: str) -> Mapping[str, Any]:
    try:
        data = json.loads(line)
    except ValueError as error:
        raise _Bad(f"not JSON: {error}") from None
    if not isinstance(data, dict):
        raise _Bad("not a JSON object")
    return data


def read_request(data: Mapping[str, Any], host: HostProvider) -> BuildRequest:
    """The request that a JSON object describes; a ValueError names the key that is wrong."""
    if not data.keys() <= _KNOWN:
        raise _Bad(f"unknown key {min(data.keys() - _KNOWN)!r}")
    for key in _REQUIRED:
        if key not in data:
            raise _Bad(f"{key} is missing")
        _text(data[key], key)
    env = data.get("env", {})
    if not isinstance(env, dict):
        raise _Bad("env is no object")
    for name, value in env.items():
        if not isinstance(value, str) or "\0" in value or not name or "=" in name or "\0" in name:
            raise _Bad(f"env {name!r}: a name without = and a text, both without NUL, are wanted")
    features = data.get("features", [])
    if not isinstance(features, list) or not all(isinstance(feature, str) for feature in features):
        raise _Bad("features is no list of texts")
    crate = data.get("crate", "pyo3")
    if crate not in _CRATES:
        raise _Bad(f"crate is none of {', '.join(_CRATES)}")
    return BuildRequest(
        data["pyo3"],
        data["target"],
        data["host"],
        frozenset(features),
        env,
        _text(data.get("cwd", "."), "cwd"),
        crate,
        _text(data.get("rustc", RUSTC), "rustc"),
        _python(data["host_python"]) if "host_python" in data else host,
    )


def _text(value: object, key: str) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise _Bad(f"{key} is no text")
    return value


# --- host_python: what each key must be, None allowed where the interpreter may say nothing

_Check = Callable[[object], bool]


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_text_or_none(value: object) -> bool:
    return value is None or isinstance(value, str)


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _is_version(value: object) -> bool:
    if not isinstance(value, str):
        return False
    parts = value.split(".")
    return len(parts) == 2 and all(part.isascii() and part.isdigit() and len(part) < 4 for part in parts)


_PYTHON: Mapping[str, _Check] = {
    "implementation": _is_text,
    "version": _is_version,
    "shared": _is_bool,
    "ld_version": _is_text_or_none,
    "lib_dir": _is_text_or_none,
    "base_prefix": _is_text_or_none,
    "executable": _is_text,
    "pointer_width": lambda value: type(value) is int and 0 < value < 1 << 16 and value % 8 == 0,
    "mingw": _is_bool,
    "cygwin": _is_bool,
    "ext_suffix": _is_text_or_none,
    "gil_disabled": _is_bool,
    "framework_prefix": _is_text_or_none,
    "graalpy": _is_text_or_none,
    "build_flags": lambda value: isinstance(value, list) and all(isinstance(flag, str) for flag in value),
    "py_debug": lambda value: value is None or isinstance(value, (int, str)),
}
_PYTHON_REQUIRED = ("implementation", "version", "shared", "executable", "pointer_width")


def _python(record: object) -> HostPython | None:
    if record is None:
        return None
    if not isinstance(record, dict):
        raise _Bad("host_python is neither an object nor null")
    for key, value in record.items():
        check = _PYTHON.get(key)
        if check is None:
            raise _Bad(f"host_python: unknown key {key!r}")
        if not check(value):
            raise _Bad(f"host_python: {key} is {value!r}"[:200])
    for key in _PYTHON_REQUIRED:
        if key not in record:
            raise _Bad(f"host_python: {key} is missing")
    optional = {"ld_version": None, "lib_dir": None, "base_prefix": None, **record}
    flags = set(record.get("build_flags", ()))
    if "py_debug" in record:  # what sysconfig gives is also what the flag is read from
        flags.discard("Py_DEBUG")
        if str(record["py_debug"]) == "1":
            flags.add("Py_DEBUG")
    return HostPython(**{**optional, "build_flags": tuple(sorted(flags))})


def wire(resolution: Resolution, name: object = None) -> dict[str, Any]:
    """An answer as JSON holds it; `$OUT_DIR` and `{registry}` stand for themselves."""
    config = resolution.config
    return {
        "id": name,
        "version": VERSION,
        "outcome": resolution.outcome,
        "cross": resolution.cross,
        "config": None
        if config is None
        else {
            "implementation": config.implementation,
            "version": config.version,
            "shared": config.shared,
            "abi3": config.abi3,
            "target_abi": config.target_abi,
            "lib_name": config.lib_name,
            "lib_dir": config.lib_dir,
            "executable": config.executable,
            "pointer_width": config.pointer_width,
            "build_flags": config.build_flags,
            "python_framework_prefix": config.python_framework_prefix,
            "suppress_build_script_link_lines": config.suppress_build_script_link_lines,
            "extra_build_script_lines": config.extra_build_script_lines,
        },
        "error": resolution.error,
        "warnings": resolution.warnings,
        "link": resolution.link,
        "cfg": resolution.cfg,
    }
