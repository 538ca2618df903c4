"""Parse, call the command, return its status. Only the module of the command that is named is imported."""

from __future__ import annotations

import argparse
import errno
import io
import os
import re
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Literal, NoReturn, TextIO

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


_OUTPUT_FAILS = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)


def main(argv: Sequence[str] | None = None) -> int:
    """Run `crossplan`; gives the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    # None: closed by whoever started us.
    sys.stdin, sys.stdout, sys.stderr = sys.stdin or _nowhere("r"), sys.stdout or _nowhere(), sys.stderr or _nowhere()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as standard error, for a console that has not every letter
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
    except OSError as error:
        if error.errno not in _OUTPUT_FAILS or error.filename is not None:
            raise
        print(f"crossplan: cannot write the output: {error.strerror}", file=sys.stderr)
        os._exit(Status.INTERNAL)  # what is still in the buffer could not be written either
    except KeyboardInterrupt:
        return 130
    return status


def _nowhere(mode: Literal["r", "w"] = "w") -> TextIO:
    return open(os.devnull, mode, encoding="utf-8")  # noqa: PTH123


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


# crossplan speaks English, and so does its help: that argparse looks for catalogues takes longer than the parsing.
setattr(argparse, "_", lambda text: text)  # noqa: B010 - a name that its stubs do not tell


class _Help(argparse.HelpFormatter):
    """argparse's own formatter asks shutil for the width at every argument; importing that takes longer than parsing."""

    def __init__(self, prog: str) -> None:
        columns = os.environ.get("COLUMNS", "")
        try:
            width = int(columns) if columns.isdecimal() and int(columns) else os.get_terminal_size().columns
        except OSError:
            width = 80
        super().__init__(prog, width=max(width, 40) - 2)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, with the nearest word that there is, and where the others are listed."""

    def error(self, message: str) -> NoReturn:
        """End with status 2; argparse would print the whole usage first."""
        hint = self._nearest(message)
        remedy = f"; did you mean {hint}?" if hint else ""
        if not hint and message.startswith("unrecognized") and self._all()[-1].prog == "crossplan run":
            remedy = "; put -- before the command, as its options are not crossplan's"
        raise CommandError(f"{message}{remedy} (see {self.prog} --help)")

    def _nearest(self, message: str) -> str | None:
        """The option, command or choice that the word which argparse refuses comes near to."""
        from difflib import get_close_matches

        refused = re.search(r"unrecognized arguments: ([^\s=]+)|invalid choice: '([^']*)'", message)
        if refused is None:
            return None
        if refused[1] is not None:
            known = [name for parser in self._all() for action in parser._actions for name in action.option_strings]
        else:
            known = re.findall(r"'([^']*)'", message)[1:]
        word = refused[1] or refused[2]
        return next(iter(get_close_matches(word, set(known) - {word}, n=1)), None)

    def _all(self) -> list[argparse.ArgumentParser]:
        """The parser itself and those of its commands."""
        found = [action.choices for action in self._actions if isinstance(action, argparse._SubParsersAction)]
        return [self, *(parser for parsers in found for parser in parsers.values())]


def _parser(names: Sequence[str]) -> argparse.ArgumentParser:
    parser = _Parser(
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
