"""`config-3.X-*/Makefile` and `python-3.X.pc`: assignments of names, with references to each other.

Only `$(NAME)`, `${NAME}` are put in, from the same file; a shell call or an unknown name leaves the value out.
Sources: CPython `Makefile.pre.in`; pkg-config(1).
"""

from __future__ import annotations

import re

from crossplan.readers.textfile import line_of, text_of

SIZE_LIMIT = 1 << 20
"""Bytes that such a file may have; real ones have at most 130 KB."""

MAKEFILE_KEYS = (
    "VERSION",
    "ABIFLAGS",
    "LDVERSION",
    "SOABI",
    "EXT_SUFFIX",
    "MULTIARCH",
    "MACHDEP",
    "LIBDIR",
    "LIBRARY",
    "LDLIBRARY",
    "INSTSONAME",
    "PYTHONFRAMEWORK",
    "prefix",
    "exec_prefix",
)

PKGCONFIG_KEYS = ("prefix", "exec_prefix", "libdir", "includedir", "Name", "Version", "Libs", "Cflags")

_DEPTH = 8  # of references inside references
_VALUE_LIMIT = 4096  # PATH_MAX of Linux: no value that is wanted is longer, before its references are put in or after


def read_makefile(data: bytes) -> tuple[dict[str, str | int], dict[str, int]]:
    """The values of the keys that describe a Python, and the line of each."""
    return _assignments(text_of(data, SIZE_LIMIT, "Makefile"), MAKEFILE_KEYS)


def read_pkgconfig(data: bytes) -> tuple[dict[str, str | int], dict[str, int]]:
    """The variables and fields (`Version`, `Libs`) of a pkg-config file that each has, and the line of each."""
    return _assignments(text_of(data, SIZE_LIMIT, "pkg-config file"), PKGCONFIG_KEYS)


def _assignments(text: str, keys: tuple[str, ...]) -> tuple[dict[str, str | int], dict[str, int]]:
    """`NAME = value`, `NAME := value` and `Name: value` at the beginning of a line, of `keys` alone."""
    raw: dict[str, str] = {}
    starts: dict[str, int] = {}
    for match in re.finditer(r"(?m)^([A-Za-z_][\w.]*+)[ \t]*+(?::=|[:=])[ \t]*+([^\n]*+)", text):
        raw[match[1]] = match[2].partition("#")[0].strip()
        starts[match[1]] = match.start()
    values: dict[str, str | int] = {}
    for name in keys:
        if name in raw and (known := _expanded(raw[name], raw)) is not None:
            values[name] = known
    return values, {name: line_of(text, starts[name]) for name in values}


def _expanded(value: str, raw: dict[str, str]) -> str | None:
    """The value with its references put in; None where one cannot be known."""

    def known(reference: re.Match[str]) -> str:
        text = raw.get(reference[1] or reference[2] or "", "$ ")  # what is not known keeps its $, and is no reference
        return text if len(text) <= _VALUE_LIMIT else "$ "

    for _ in range(_DEPTH):
        if len(value) > _VALUE_LIMIT or "$" not in value:
            break
        value = re.sub(r"\$(?:\(([^()${}]*)\)|\{([^()${}]*)\})", known, value)
    return value if len(value) <= _VALUE_LIMIT and "$" not in value else None
