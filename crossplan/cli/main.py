"""Parse, call the command, return its status. Only the module of the command that is named is imported."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

from crossplan import __version__
from crossplan.cli.status import CommandError, Status

# Command -> what it does. The module crossplan.cli.NAME has `add_arguments(parser)` and `run(arguments) -> Status`.
COMMANDS: Mapping[str, str] = {
    "inspect": "what is in a root: Pythons, sysconfigdata, images, and whether they agree",
    "plan": "what PyO3 will conclude, what is wrong with that, what to set, the exact command",
    "env": "the plan's environment, for a shell or CI to read",
    "run": "a command under the plan's environment",
    "matrix": "the builds of [tool.crossplan.matrix], planned in parallel, and the job matrix for a CI",
    "lock": "write the resolved plan down, for plan --locked to compare with",
    "verify": "ask PyO3's own build script under the plan's environment, and compare",
    "check": "is a built module or wheel fit for the target's Python",
    "diff": "what changed between two roots, libraries or saved reports",
    "resolve": "predict many builds at once, JSON Lines in and out",
    "explain": "one finding, or how PyO3 arrives at a field",
    "doctor": "what this machine has for building for a target, and how to get what is missing",
    "targets": "the targets that crossplan knows, and what they need",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run `crossplan`; gives the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        arguments = parser_for(words).parse_args(words)
        status = _run(arguments)
        sys.stdout.flush()
    except CommandError as error:
        from crossplan.render.text import visible

        print(f"crossplan: {visible(error)}", file=sys.stderr)
        return error.status
    except BrokenPipeError:
        # The reader went away (`| head`): nothing to say, and nothing more to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Status.SOUND
    except KeyboardInterrupt:
        return 130
    return status


def _run(arguments: argparse.Namespace) -> int:
    if arguments.print_completion:
        return _print_completion(arguments.print_completion)
    if arguments.command is None:
        full_parser().print_help(sys.stderr)
        return Status.USAGE
    status: int = import_module(f"crossplan.cli.{arguments.command}").run(arguments)
    return status


def parser_for(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser for these words: with the arguments of the one command that they name, or of all."""
    if words and words[0] in COMMANDS:
        return _parser([words[0]])
    return full_parser()


def full_parser() -> argparse.ArgumentParser:
    """The parser with all commands; completion and the documentation are made from it."""
    return _parser(list(COMMANDS))


class _Help(argparse.HelpFormatter):
    """argparse's own formatter asks shutil for the width at every argument; importing that takes longer than parsing."""

    def __init__(self, prog: str) -> None:
        columns = os.environ.get("COLUMNS", "")
        try:
            width = int(columns) if columns.isdigit() and int(columns) else os.get_terminal_size().columns
        except OSError:
            width = 80
        super().__init__(prog, width=max(width, 40) - 2)


def _parser(names: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="crossplan",
        description="Plan the cross compilation of a Rust extension module for Python (PyO3) before anything compiles.",
        epilog="Exit status: 0 sound, 1 internal error, 2 usage, 3 nothing to inspect, 4 findings of severity error.",
        allow_abbrev=False,
        formatter_class=_Help,
    )
    parser.add_argument("--version", action="version", version=f"crossplan {__version__}")
    parser.add_argument(
        "--print-completion", metavar="SHELL", help="print a completion script for bash, zsh or tcsh, and exit"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", prog="crossplan")
    for name in names:
        summary = COMMANDS[name]
        description = summary[0].upper() + summary[1:] + "."
        sub = commands.add_parser(
            name, help=summary, description=description, allow_abbrev=False, formatter_class=_Help
        )
        import_module(f"crossplan.cli.{name}").add_arguments(sub)
    return parser


def _print_completion(shell: str) -> int:
    try:
        import shtab
    except ImportError:
        raise CommandError("completion needs the package shtab: pip install 'crossplan[completion]'") from None
    if shell not in shtab.SUPPORTED_SHELLS:
        raise CommandError(f"no completion for {shell}: choose one of {', '.join(shtab.SUPPORTED_SHELLS)}")
    print(shtab.complete(full_parser(), shell))
    return Status.SOUND
