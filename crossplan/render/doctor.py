"""The report of `doctor` for people; it fits 80 columns and reads without colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crossplan.findings import Finding
from crossplan.render.findings import print_findings
from crossplan.render.text import paragraph
from crossplan.toolchain.inventory import Item

if TYPE_CHECKING:
    from rich.console import Console

_STYLES = {"ok": "green", "missing": "bold red", "wrong": "bold red", "absent": "dim"}


def print_doctor(console: Console, triple: str, host: str, items: Sequence[Item], findings: Sequence[Finding]) -> None:
    """Each tool with its state, what was found, and how to get it."""
    from rich.text import Text

    console.print(Text(f"{triple} on {host}", "bold"))
    for item in items:
        paragraph(console, Text(f"  {item.state:<8}", _STYLES[item.state]), f"{item.tool}: {item.detail}")
        if item.install and item.state != "ok":
            paragraph(console, " " * 10, item.install, "dim")
    console.print()
    print_findings(console, findings)
