"""The report of `doctor` for people; it fits 80 columns and reads without colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crossplan.findings import Finding
from crossplan.render.findings import print_findings
from crossplan.render.text import visible
from crossplan.toolchain.inventory import Item

if TYPE_CHECKING:
    from rich.console import Console

_STYLES = {"ok": "green", "missing": "bold red", "wrong": "bold red", "absent": "dim"}


def print_doctor(console: Console, triple: str, host: str, items: Sequence[Item], findings: Sequence[Finding]) -> None:
    """Each tool with its state, what was found, and how to get it."""
    from rich.padding import Padding
    from rich.text import Text

    console.print(Text(f"{triple} on {host}", "bold"))
    for item in items:
        head = Text()
        head.append(f"  {item.state:<8}", _STYLES[item.state])
        head.append(f"{item.tool}: {visible(item.detail)}")
        console.print(head, soft_wrap=False)
        if item.install and item.state != "ok":
            console.print(Padding(Text(item.install, "dim"), (0, 0, 0, 10)))
    console.print()
    print_findings(console, findings)
