"""The report of `matrix` for people: a row a cell, then each finding once with the cells that have it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crossplan.findings import worst
from crossplan.render.findings import STYLES, count_words, print_finding
from crossplan.render.text import paragraph, shown
from crossplan.report_matrix import CellReport, all_findings

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


def print_matrix(console: Console, cells: Sequence[CellReport]) -> None:
    """The whole report."""
    from rich.table import Table
    from rich.text import Text

    varied = [name for name in ("python", "features", "pyo3") if any(getattr(cell, name) is not None for cell in cells)]
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("", "target", *varied, "installs as"):
        table.add_column(name, overflow="fold")
    for cell in cells:
        artifact = cell.plan["artifact"] if cell.plan is not None else None
        result = None if artifact is None else artifact["install_as"] or next(iter(artifact["tags"]), None)
        values = (cell.target, *(getattr(cell, name) for name in varied), result)
        table.add_row(_state(cell), *(Text(shown(value)) for value in values))
    console.print(table)
    findings = all_findings(cells)
    for finding in findings:
        having = [cell.name for cell in cells if finding in cell.findings]
        console.print()
        if len(having) < len(cells):
            paragraph(console, "in  ", "; ".join(having), "dim")
        print_finding(console, finding)
    console.print()
    unsound = sum(cell.verdict == "unsound" for cell in cells)
    console.print(Text(f"Cells: {len(cells)}, {unsound} unsound. {count_words(findings)}"))


def _state(cell: CellReport) -> Text:
    """The worst that was found, in a word; a note is nothing bad."""
    from rich.text import Text

    severity = worst(cell.findings)
    return Text("ok", "green") if severity in (None, "note") else Text(severity, STYLES[severity])
