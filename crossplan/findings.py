"""The register of finding codes, and the finding itself.

Families: XP1 sysroot, XP2 descriptions, XP3 binaries, XP4 environment, XP5 ABI and releases, XP6 toolchain and linking.
A code never changes its meaning; one that is no longer used is not given again. Each has a section in
docs/reference/findings.md, and its page is shown by `crossplan explain CODE`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
DOCS = "https://crossplan.readthedocs.io/en/latest/reference/findings/"


@dataclass(frozen=True, slots=True)
class Code:
    """One row of the register: the code, its stable name, and what it says about the world."""

    code: str
    name: str
    meaning: str

    @property
    def url(self) -> str:
        """Its section in the documentation."""
        return f"{DOCS}#{self.code.lower()}"


@dataclass(frozen=True, slots=True)
class Location:
    """A place that a user can open: a path with key and line, a variable (`path` None, `key` its name), an option."""

    path: str | None = None
    key: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check noticed: one sentence, the places it is about, and what to do."""

    code: Code
    severity: Severity
    message: str
    locations: tuple[Location, ...]
    help: str

    def __post_init__(self) -> None:
        if not self.locations or not self.message or not self.help:
            raise ValueError(f"{self.code.code}: a finding needs a message, a location and a help text")


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors first, then by code and place; equal findings once. The order never depends on the order of a walk."""
    unique = dict.fromkeys(findings)
    return tuple(
        sorted(
            unique, key=lambda f: (SEVERITIES.index(f.severity), f.code.code, [str(l) for l in f.locations], f.message)
        )
    )


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The highest severity among them."""
    present = {finding.severity for finding in findings}
    return next((severity for severity in SEVERITIES if severity in present), None)
