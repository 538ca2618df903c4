"""What all reports for people share: text made safe to show, origins in words, the console."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import IO, TYPE_CHECKING

from crossplan.origin import Origin

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

# C0 and C1 controls, bidirectional overrides and isolates, line and paragraph separators, lone surrogates.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

_WORDS: dict[str, Callable[[Origin], str]] = {
    "file": lambda o: f"{o.place}" + (f": {o.key}" if o.key else ""),
    "image": lambda o: f"{o.place}" + (f": {o.key}" if o.key else ""),
    "path": lambda o: f"name of {o.place}",
    "variable": lambda o: f"{o.key} in the environment",
    "option": lambda o: f"{o.key}",
    "project": lambda o: f"{o.place}" + (f": {o.key}" if o.key else ""),
    "feature": lambda o: f"feature {o.key}",
    "interpreter": lambda o: f"asked {o.place}",
    "rule": lambda o: f"PyO3's rule {o.key}",
    "default": lambda o: "default" + (f" ({o.key})" if o.key else ""),
}

_NARROWEST = 40  # columns; where a terminal claims fewer, it wraps by itself


def visible(value: object) -> str:
    """Text for a terminal: control characters, direction marks and bytes that are no text are shown as escapes."""
    return _UNSAFE.sub(_escape, str(value))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8, as surrogateescape carries it
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def origin_words(origin: Origin) -> str:
    """An origin in a few words, safe to show."""
    return visible(_WORDS[origin.kind](origin))


def shown(value: object) -> str:
    """A value in a table: `yes`, `no`, `-` for nothing, lists with commas."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list | frozenset):
        return ", ".join(visible(item) for item in value) or "none"
    return visible(value) if value != "" else "(empty)"


def paragraph(console: Console, mark: str | Text, text: str | Text, style: str = "") -> None:
    """Text behind a mark; its further lines are indented as the first, and a word longer than a line is cut into lines."""
    from rich.text import Text

    whole = text if isinstance(text, Text) else Text(visible(text), style)
    width = max(console.width - len(mark), 20)
    for number, line in enumerate(whole.wrap(console, width, overflow="fold")):
        line.rstrip()
        console.print(Text.assemble(mark if number == 0 else " " * len(mark), line), soft_wrap=True)


def console(stream: IO[str] | None = None) -> Console:
    """A console on `stream` (default: standard output); width and colour follow the terminal, NO_COLOR and FORCE_COLOR."""
    from rich.console import Console

    class Ours(Console):
        """rich's console, which would end the program itself, with status 1, when the reader goes away."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    found = Ours(file=stream or sys.stdout, highlight=False, markup=False, emoji=False, soft_wrap=False)
    found.width = max(found.width, _NARROWEST)
    return found
