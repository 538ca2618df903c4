"""`build-details.json` (PEP 739), and the JSON files of others that describe a Python.

Source: https://peps.python.org/pep-0739/ and its JSON schema: a reader accepts a higher minor version and ignores what it
does not know; a higher major version is refused. All that is read is checked for its type; the rest is left out.
"""

from __future__ import annotations

import json
from typing import Any

from crossplan.readers.source import ReadError
from crossplan.readers.textfile import text_of

SIZE_LIMIT = 8 << 20
"""Bytes that such a file may have. conda lists every file of the package in its own."""

_DEPTH = 16  # of brackets; real files have 4
_PARTS = 100_000  # commas and opening brackets: a part takes up to 300 bytes of memory. conda's files have some 50,000
_WIDE_LIMIT = 1 << 20  # bytes of a file that is not ASCII alone, of which each may take four. conda's are


def read_json(data: bytes) -> dict[str, Any]:
    """The object that the file holds. Numbers are kept short, and brackets few, before Python's reader sees them."""
    text = text_of(data, SIZE_LIMIT if data.isascii() else _WIDE_LIMIT, "JSON file")
    if text.count(",") + text.count("[") + text.count("{") > _PARTS:
        raise ReadError(f"it has more than {_PARTS} parts")
    if _nesting(text) > _DEPTH:
        raise ReadError(f"brackets nest more than {_DEPTH} deep")
    try:
        document = json.loads(text, parse_int=_integer, parse_constant=_refused)
    except json.JSONDecodeError as error:
        raise ReadError(f"is no JSON: {error.msg}", f"line {error.lineno}") from error
    except (ValueError, RecursionError) as error:
        raise ReadError(f"is no JSON that can be read: {error}") from error
    if not isinstance(document, dict):
        raise ReadError("holds no JSON object", "line 1")
    return document


def _nesting(text: str) -> int:
    """How deep brackets nest, at most (brackets inside strings count too, which only makes it stricter)."""
    deepest = depth = 0
    for character in text if text.count("[") + text.count("{") > _DEPTH else "":
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > _DEPTH:
                break
        elif character in "]}":
            depth -= 1
    return deepest


def _integer(text: str) -> int:
    if len(text) > 20:
        raise ValueError("a number of more than 20 digits")
    return int(text)


def _refused(text: str) -> float:
    raise ValueError(f"{text} is no JSON")


def read_build_details(data: bytes) -> dict[str, str | int]:
    """The fields of PEP 739 that are there, under dotted names; `abi.flags` and `suffixes.extensions` joined by blanks."""
    document = read_json(data)
    version = document.get("schema_version")
    if not isinstance(version, str) or version.partition(".")[0] != "1":
        raise ReadError(f"schema version {str(version)[:20]} of build-details.json is not known, only 1")
    values: dict[str, str | int] = {}
    _flatten(document, "", values)
    if "language.version" not in values:
        raise ReadError("lacks language.version, which PEP 739 requires")
    return values


def _flatten(value: object, name: str, values: dict[str, str | int]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if name or key != "arbitrary_data":
                _flatten(inner, f"{name}.{key}" if name else key, values)
    elif isinstance(value, list):
        values[name] = " ".join(item for item in value if isinstance(item, str))
    elif isinstance(value, str | int):  # true and false are 1 and 0
        values[name] = value if isinstance(value, str) else int(value)


def read_sysconfig_vars(data: bytes) -> dict[str, str | int]:
    """`_sysconfig_vars*.json`: `sysconfig.get_config_vars()` of the installed Python (CPython gh-127178)."""
    values = {key: value for key, value in read_json(data).items() if isinstance(value, str | int)}
    if "VERSION" not in values and "py_version_short" not in values:
        raise ReadError("names no version: these are no variables of sysconfig")
    return values


def read_conda_meta(data: bytes) -> dict[str, str | int]:
    """`conda-meta/python-*.json`: what conda installed; only for the package `python` itself."""
    document = read_json(data)
    return {key: document[key] for key in ("name", "version", "build", "subdir") if isinstance(document.get(key), str)}


def read_pyodide_lock(data: bytes) -> dict[str, str | int]:
    """`pyodide-lock.json`: Python's version, the architecture, and the ABI of the platform."""
    info = read_json(data).get("info")
    if not isinstance(info, dict) or not isinstance(info.get("python"), str):
        raise ReadError("lacks info.python, the version of its Python")
    return {
        f"info.{key}": info[key]
        for key in ("python", "arch", "platform", "abi_version")
        if isinstance(info.get(key), str)
    }
