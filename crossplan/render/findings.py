"""Findings for people: severity, code and name, the sentence, where, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crossplan.findings import SEVERITIES, Finding, Location
from crossplan.render.text import paragraph, visible

if TYPE_CHECKING:
    from rich.console import Console

STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}


def print_findings(console: Console, findings: Sequence[Finding]) -> None:
    """All of them, errors first, and a line that counts them."""
    from rich.text import Text

    for finding in findings:
        print_finding(console, finding)
        console.print()
    console.print(Text(count_words(findings)))


def print_finding(console: Console, finding: Finding) -> None:
    """One of them."""
    from rich.text import Text

    head = Text()
    head.append(finding.severity, STYLES[finding.severity])
    head.append(f"  {finding.code.code} {finding.code.name}")
    console.print(head)
    paragraph(console, "  ", finding.message)
    for place in finding.locations:
        if where := location_words(place):
            paragraph(console, "  at ", where, "dim")
    paragraph(console, "  ", finding.help)


def location_words(place: Location) -> str:
    """`path:line (key)`, or the name of a variable or option."""
    if place.path is None:
        return visible(place.key or "")
    line = f":{place.line}" if place.line else ""
    return visible(f"{place.path}{line}") + (f" ({visible(place.key)})" if place.key else "")


def count_words(findings: Sequence[Finding]) -> str:
    """`Findings: none`, or how many of each severity."""
    counts = [(sum(f.severity == severity for f in findings), severity) for severity in SEVERITIES]
    words = [f"{count} {name}{'s' if count != 1 else ''}" for count, name in counts if count]
    return f"Findings: {', '.join(words) if words else 'none'}"
