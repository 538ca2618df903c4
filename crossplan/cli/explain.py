"""`crossplan explain CODE|FIELD`: one finding, or how PyO3 arrives at a field of its configuration."""

from __future__ import annotations

import argparse
import sys
from importlib.resources import files

from crossplan.cli.status import CommandError, Status
from crossplan.findings import CODES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `explain`."""
    parser.add_argument(
        "word", metavar="CODE|FIELD", help="a finding (XP301, architecture-mismatch) or a field (lib_dir)"
    )
    parser.add_argument(
        "--pyo3", metavar="X.Y[.Z]", help="the release that a field is explained for (default: the newest)"
    )


def run(arguments: argparse.Namespace) -> Status:
    """Print the page."""
    word = arguments.word.strip()
    code = next((code for code in CODES.values() if word.lower() in (code.code.lower(), code.name)), None)
    text = section(code.code) if code is not None else _field(word, arguments.pyo3)
    sys.stdout.write(text)
    return Status.SOUND


def section(code: str) -> str:
    """The section of the findings' page that a code heads; the page is the documentation's own."""
    page = files("crossplan.data").joinpath("findings.md").read_text("utf-8")
    lines = page.splitlines()
    start = next((n for n, line in enumerate(lines) if line.startswith(f"## {code} ")), None)
    if start is None:
        raise CommandError(f"{code} has no page", Status.INTERNAL)
    end = next((n for n in range(start + 1, len(lines)) if lines[n].startswith("## ")), len(lines))
    head = lines[start].removeprefix("## ").partition(" {#")[0]
    return "\n".join([head, "=" * len(head), *lines[start + 1 : end]]).rstrip() + "\n"


def _field(name: str, release: str | None) -> str:
    """How one release arrives at a field."""
    from crossplan.pyo3 import UnknownRelease, find_release
    from crossplan.resolve.explain import FIELDS, explain

    if name not in FIELDS:
        from difflib import get_close_matches

        known = [*FIELDS, *(code.name for code in CODES.values()), *(code.code for code in CODES.values())]
        nearest = get_close_matches(name, known, n=3)
        hint = f"; did you mean {' or '.join(nearest)}?" if nearest else f"; fields are {', '.join(FIELDS)}"
        raise CommandError(f"{name!r} is neither a finding nor a field of PyO3's configuration{hint}")
    try:
        return explain(name, find_release(release))
    except UnknownRelease as error:
        raise CommandError(f"--pyo3: {error}") from error
