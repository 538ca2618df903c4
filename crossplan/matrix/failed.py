"""Findings about a piece of work that could not be done, so that the rest of the run goes on."""

from __future__ import annotations

import os
import traceback

from crossplan.findings import CODES, Finding, Location


def no_root(error: Exception, location: Location) -> Finding:
    """XP106: what was given as a root is none."""
    remedy = "Give a directory, or an archive (.tar, .zip, .whl, .deb)."
    return Finding(CODES["root-is-no-root"], "error", str(error), (location,), remedy)


def not_answered(reason: str, location: Location) -> Finding:
    """XP108: crossplan itself failed at this one."""
    message = f"crossplan failed at this one: {reason}"
    return Finding(CODES["not-answered"], "error", message, (location,), "Run it alone, and report what it prints.")


def where(error: Exception) -> str:
    """An exception in a few words, with the place in the code that a report should name."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({os.path.basename(frame.filename)}:{frame.lineno})"  # noqa: PTH119
