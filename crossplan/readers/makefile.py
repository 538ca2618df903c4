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

_DEPTH = 8  # of references inside references


def read_makefile(data: bytes) -> tuple[dict[str, str | int], dict[str, int]]:
    """The values of the keys that describe a Python, and the line of each."""
    return _assignments(text_of(data, SIZE_LIMIT, "Makefile"), MAKEFILE_KEYS)


def read_pkgconfig(data: bytes) -> tuple[dict[str, str | int], dict[str, int]]:
    """Variables and fields (`Version`, `Libs`) of a pkg-config file, and the line of each."""
    return _assignments(text_of(data, SIZE_LIMIT, "pkg-config file"))


def _assignments(text: str, keys: tuple[str, ...] = ()) -> tuple[dict[str, str | int], dict[str, int]]:
    """`NAME = value`, `NAME := value` and `Name: value` at the beginning of a line; of `keys` alone if there are any."""
    raw: dict[str, str] = {}
    starts: dict[str, int] = {}
    for match in re.finditer(r"(?m)^([A-Za-z_][\w.]*+)[ \t]*+(?::=|[:=])[ \t]*+([^\n]*+)", text):
        raw[match[1]] = match[2].partition("#")[0].strip()
        starts[match[1]] = match.start()
    values: dict[str, str | int] = {}
    for name in keys or raw:
        if name in raw and (known := _expanded(raw[name], raw, _DEPTH)) is not None:
            values[name] = known
    return values, {name: line_of(text, starts[name]) for name in values}


def _expanded(value: str, raw: dict[str, str], depth: int) -> str | None:
    """The value with its references put in; None where one cannot be known."""
    parts = re.split(r"\$(?:\(([^()${}]*)\)|\{([^()${}]*)\})", value)
    text = ""
    for plain, round_name, curly_name in zip(parts[::3], [*parts[1::3], None], [*parts[2::3], None]):
        name = round_name if round_name is not None else curly_name
        inner = "" if name is None else _expanded(raw[name], raw, depth - 1) if depth and name in raw else None
        if "$" in plain or inner is None or len(text) > SIZE_LIMIT:
            return None
        text += plain + inner
    return text
