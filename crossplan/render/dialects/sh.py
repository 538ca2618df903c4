r"""POSIX shell lines, to be sourced: `. ./cross.env` in sh, bash, dash, zsh, ksh, ash.

Single quotes carry every byte but NUL; a quote inside becomes `'\''` (POSIX.1-2017, Shell Command Language, 2.2.2).
"""

from __future__ import annotations

import shlex

from crossplan.render.dialects import Changes

EXPANDS = True


def render(changes: Changes) -> str:
    """`export NAME='value'` and `unset NAME`, sorted, one a line."""
    lines = [f"# {line}" for line in changes.summary]
    for name, value in changes.sorted():
        lines.append(f"unset {name}" if value is None else f"export {name}={_quoted(value, changes.base)}")
    return "".join(line + "\n" for line in lines)


def _quoted(value: str, base: tuple[str, str] | None) -> str:
    """The value in quotes, with each path below the base written below `$VARIABLE`."""
    if base is None or base[1] not in value:
        return _quote(value)
    variable, prefix = base
    return f'"${{{variable}}}"'.join(_quote(part) if part else "" for part in value.split(prefix))


def _quote(value: str) -> str:
    """Always in quotes, so that a line looks the same whatever its value."""
    quoted = shlex.quote(value)
    return quoted if quoted.startswith("'") or "'" in quoted else f"'{quoted}'"
