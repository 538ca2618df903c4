"""Puts the commands and their options, as the argument parser has them, into reference/commands.md when the site is built."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from crossplan.cli.main import full_parser

MARK = "<!-- commands -->"


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Rewrite a page: mkdocs calls this for each page."""
    return markdown.replace(MARK, "\n".join(sections(full_parser()))) if MARK in markdown else markdown


def sections(parser: argparse.ArgumentParser) -> Iterator[str]:
    """One section a command."""
    (subparsers,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    for name, command in subparsers.choices.items():
        yield f"## `crossplan {name}` {{#{name}}}\n\n{command.description}\n"
        yield "| Argument | Does |\n| --- | --- |"
        for action in command._actions:
            yield f"| {spelling(action)} | {(action.help or '').replace('%(default)s', str(action.default)).replace('|', '&#124;')} |"
        yield ""


def spelling(action: argparse.Action) -> str:
    """`-o FILE`, `--out FILE` or `SYSROOT`, as code."""
    value = action.metavar or (
        "" if action.nargs == 0 else (action.dest if action.choices is None else "|".join(map(str, action.choices)))
    )
    word = value if isinstance(value, str) else " ".join(value)
    names = [f"{option} {word}".rstrip() for option in action.option_strings] or [word]
    return ", ".join(f"`{name}`" for name in names).replace("|", "\\|")
