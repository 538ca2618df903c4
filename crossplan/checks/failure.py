"""With which of its messages PyO3 stops: the catalogue of that release, read backwards."""

from __future__ import annotations

import re
from functools import cache

from crossplan.pyo3 import Rules
from crossplan.resolve import Resolution

# Nothing was said of the target's Python: the first use of the tool looks like this, and so does a build for the host.
NOTHING_SAID = frozenset({"E-LIBDIR-REQ", "E-WINVER", "E-NOVER", "E-FAMILY"})
NO_INTERPRETER = frozenset({"E-NOPYTHON"})
TOO_OLD_OR_NEW = frozenset({"E-MIN", "E-MAX", "E-MAX-FC", "E-MAX-FT"})


def failure_of(resolution: Resolution | None, rules: Rules | None) -> str | None:
    """The identifier of the message; `other` for one that the catalogue does not have, None if nothing stops."""
    if resolution is None or rules is None or resolution.outcome not in ("error", "panic"):
        return None
    text = resolution.error[0] if resolution.error else ""
    return next((name for name, pattern in _patterns(rules) if pattern.fullmatch(text)), "other")


@cache
def _catalogue(messages: tuple[tuple[str, str], ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each failure with its text as a pattern, the texts with most fixed words first."""
    rows = [(name, text) for name, text in messages if name.startswith(("E-", "P-"))]
    rows.sort(key=lambda row: -len(re.sub(r"\{\w+\}", "", row[1])))
    return tuple((name, re.compile(_pattern(text), re.DOTALL)) for name, text in rows)


def _patterns(rules: Rules) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return _catalogue(tuple(sorted(rules.messages.items())))


def _pattern(text: str) -> str:
    return "".join(".*" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", text))
