"""The wire form of `crossplan resolve`: one JSON request a line, one JSON answer a line.

Validation is strict and written by hand: at a million lines a model per line is most of the time. A request that makes no sense is
answered with the outcome `invalid`, never raised.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
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
            raise _Bad(f"more than {LINE_LIMIT} characters")
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


# --- host_python: the types of each key, None where the interpreter may say nothing

_TEXT, _FLAG, _TEXT_OR_NONE = (str,), (bool,), (str, type(None))
_PYTHON: Mapping[str, tuple[type, ...]] = {
    "implementation": _TEXT,
    "version": _TEXT,
    "shared": _FLAG,
    "ld_version": _TEXT_OR_NONE,
    "lib_dir": _TEXT_OR_NONE,
    "base_prefix": _TEXT_OR_NONE,
    "executable": _TEXT,
    "pointer_width": (int,),
    "mingw": _FLAG,
    "cygwin": _FLAG,
    "ext_suffix": _TEXT_OR_NONE,
    "gil_disabled": _FLAG,
    "framework_prefix": _TEXT_OR_NONE,
    "graalpy": _TEXT_OR_NONE,
    "build_flags": (list,),
    "py_debug": (int, str, bool, type(None)),
}
_PYTHON_REQUIRED = frozenset({"implementation", "version", "shared", "executable", "pointer_width"})
_PYTHON_VERSION = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}")
_WIDTHS = range(8, 1 << 16, 8)


def _python(record: object) -> HostPython | None:
    if record is None:
        return None
    if not isinstance(record, dict):
        raise _Bad("host_python is neither an object nor null")
    for key, value in record.items():
        if type(value) not in _PYTHON.get(key, ()):
            raise _Bad(
                f"host_python: {key} is {value!r}"[:200] if key in _PYTHON else f"host_python: unknown key {key!r}"
            )
    if missing := _PYTHON_REQUIRED - record.keys():
        raise _Bad(f"host_python: {min(missing)} is missing")
    if not _PYTHON_VERSION.fullmatch(record["version"]) or record["pointer_width"] not in _WIDTHS:
        raise _Bad("host_python: version is no X.Y, or pointer_width no number of bits")
    if any(type(flag) is not str for flag in record.get("build_flags", ())):
        raise _Bad("host_python: build_flags is no list of texts")
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
