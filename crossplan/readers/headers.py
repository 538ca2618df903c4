"""`pyconfig.h` and `patchlevel.h`: the few macros that describe a Python, read as text.

A macro counts where the preprocessor always sees it: outside any `#if`, the guard of the header set aside. So the
Windows `pyconfig.h`, which decides by compiler macros, and Debian's dispatcher say nothing here, and that is right:
they describe several ABIs. Sources: CPython `pyconfig.h.in`, `PC/pyconfig.h.in`, `Include/patchlevel.h`.
"""

from __future__ import annotations

import re

from crossplan.readers.source import ReadError
from crossplan.readers.textfile import line_of, text_of

SIZE_LIMIT = 1 << 20
"""Bytes that such a header may have; real ones have 1 to 60 KB."""

WANTED = (
    "SIZEOF_VOID_P",
    "SIZEOF_TIME_T",
    "Py_GIL_DISABLED",
    "Py_DEBUG",
    "Py_ENABLE_SHARED",
    "_PYTHONFRAMEWORK",
    "PY_VERSION",
    "PY_MAJOR_VERSION",
    "PY_MINOR_VERSION",
    "PY_MICRO_VERSION",
    "PYPY_VERSION",
    "GRAALPY_VERSION",
)

_DIRECTIVE = r"(?m)^[ \t]*+#[ \t]*+(?:(if\w*|endif)\b[ \t]*+(\w*+)|define[ \t]++(\w++)(?!\()([^\n]*+))"
_DEFINED_NEXT = r"\s*+#[ \t]*+define[ \t]++(\w++)"
_COMMENT = r"/\*[\s\S]*?(?:\*/|\Z)"


def read_header(data: bytes) -> tuple[dict[str, str | int], dict[str, int]]:
    """The wanted macros that are defined without condition, and the line of each."""
    text = text_of(data, SIZE_LIMIT, "header")
    # Comments keep their lines, so that numbers of lines stay true.
    text = re.sub(_COMMENT, lambda match: "\n" * match[0].count("\n") or " ", text)
    values: dict[str, str | int] = {}
    starts: dict[str, int] = {}
    conditions: list[bool] = []  # for each open #if: whether it counts
    counting = 0  # how many of them do
    for match in re.finditer(_DIRECTIVE, text):
        word, condition, name, value = match.groups()
        if word == "endif":
            if not conditions:
                raise ReadError("an #endif without its #if", f"line {line_of(text, match.start())}")
            counting -= conditions.pop()
        elif word:
            following = re.compile(_DEFINED_NEXT).match(text, match.end()) if word == "ifndef" else None
            guard = following is not None and following[1] == condition
            conditions.append(not guard)
            counting += not guard
        elif name in WANTED and not counting:
            values[name] = _value(value.strip())
            starts[name] = match.start()
    return values, {name: line_of(text, start) for name, start in starts.items()}


def _value(text: str) -> str | int:
    """A macro's replacement: a number, the text of a string literal, or what stands there."""
    if re.fullmatch(r"-?\d{1,18}", text):
        return int(text)
    if literal := re.fullmatch(r'"([^"\\]*)"', text):
        return literal[1]
    return text
