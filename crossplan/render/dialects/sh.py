r"""POSIX shell lines, to be sourced: `. ./cross.env` in sh, bash, dash, zsh, ksh, ash.

Single quotes carry every byte but NUL; a quote inside becomes `'\''` (POSIX.1-2017, Shell Command Language, 2.2.2).
"""

from __future__ import annotations

import re
import shlex

from crossplan.render.dialects import Changes

EXPANDS = True


def render(changes: Changes) -> str:
    """`export NAME='value'` and `unset NAME`, sorted, one a line."""
    lines = ["# " + "".join(c if c.isprintable() else "?" for c in line) for line in changes.summary]
    for name, value in changes.sorted():
        lines.append(f"unset {name}" if value is None else f"export {name}={_quoted(value, changes.base)}")
    return "".join(line + "\n" for line in lines)


def _quoted(value: str, base: tuple[str, str] | None) -> str:
    """The value in quotes, with each path at or below the base written below `$VARIABLE`.

    A path begins where no character of a path stands before it, and ends at a slash or where none follows.
    """
    if base is None:
        return _quote(value)
    variable, prefix = base
    parts = re.split(rf"(?<![\w./~-]){re.escape(prefix)}(?![\w.~-])", value)
    return f'"${{{variable}}}"'.join(_quote(part) if part or len(parts) == 1 else "" for part in parts)


def _quote(value: str) -> str:
    """Always in quotes, so that a line looks the same whatever its value."""
    quoted = shlex.quote(value)
    return quoted if quoted.startswith("'") or "'" in quoted else f"'{quoted}'"
