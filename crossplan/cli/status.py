"""The exit statuses, all of them, and the errors that carry one."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from crossplan.findings import Finding, Severity, worst


class Status(IntEnum):
    """What the process exits with."""

    SOUND = 0
    INTERNAL = 1  # also what Python gives for an exception that nothing caught
    USAGE = 2
    EMPTY = 3  # nothing to inspect
    FINDINGS = 4  # findings of severity error (with --strict: also warning)


class CommandError(Exception):
    """Ends a command: the message for standard error, and the status."""

    def __init__(self, message: str, status: Status = Status.USAGE) -> None:
        super().__init__(message)
        self.status = status


def status_of(findings: Iterable[Finding], *, strict: bool = False, empty: bool = False) -> Status:
    """The one place where findings become a status."""
    return status_of_worst(worst(findings), strict=strict, empty=empty)


def status_of_worst(severity: Severity | None, *, strict: bool = False, empty: bool = False) -> Status:
    """The same, where only the worst severity is known."""
    if severity == "error" or (strict and severity == "warning"):
        return Status.FINDINGS
    return Status.EMPTY if empty else Status.SOUND
