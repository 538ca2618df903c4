"""The command line: arguments in, text and an exit status out. Data goes to standard output, talk to standard error."""

from __future__ import annotations

from crossplan.cli.main import main

__all__ = ["main"]
