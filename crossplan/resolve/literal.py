"""What a sysconfigdata file binds: read as the literal that CPython writes, else as `pyfile` evaluates it.

The evaluator is imported for such a file only, since real ones are literals nearly all, and Python's parser takes as long to
import as reading one takes.
"""

from __future__ import annotations

import re
from typing import Any

from crossplan.readers.source import ReadError
from crossplan.readers.sysconfigdata import read_sysconfigdata
from crossplan.resolve.run import Unknown

LIMIT = 4 << 20
"""Characters of a file that are still parsed; real ones have 1 to 60 KB."""

Variables = dict[str, Any]
_ASSIGNMENT = "build_time_vars = {"
_LEADING_ZERO = r":\s*[+-]?0\d"


class Failed(Exception):
    """The script ends with a status other than 0."""


class Exited(Exception):
    """The script ends with status 0 before it prints anything."""


def evaluate(text: str, appended: str) -> Variables:
    """The names that are bound when `text` has run; `appended` comes behind it, which matters to what is no Python.

    Raises `Failed`, `Exited` or `Unknown`.
    """
    if len(text) > LIMIT:
        raise Unknown(f"more than {LIMIT} characters, which are not read")
    literal = _literal(text)
    if literal is not None:
        return literal
    from crossplan.resolve.pyfile import run

    return run(text, appended)


def _literal(text: str) -> Variables | None:
    """The form that CPython writes, comments and one plain assignment, by the reader of such files, which is much faster.

    None for any other, and where that reader is more lenient than Python (`;`, leading zeros, continued lines).
    """
    head, found, body = text.partition(_ASSIGNMENT)
    plain = found and all(line.startswith("#") for line in head.split("\n") if line) and _ASSIGNMENT not in body
    if not plain or ";" in body or "\\\n" in body or re.search(_LEADING_ZERO, body):
        return None
    try:
        file = read_sysconfigdata(text.encode())
    except ReadError:
        return None
    return {"build_time_vars": file.values} if file.pure else None
