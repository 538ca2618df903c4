"""The report of `diff`: for people, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from crossplan.compare import Comparison
from crossplan.render.text import shown, visible
from crossplan.report import VERSION

if TYPE_CHECKING:
    from rich.console import Console


class ChangeWire(TypedDict):
    """One field that changed; `a` and `b` are its values, `subject` what the two things are called."""

    kind: str
    subject: dict[str, str]
    field: str
    a: object
    b: object


class DiffWire(TypedDict):
    """`crossplan diff --json`. `findings` are those of B that A has not, `mended` the other way round."""

    version: int
    a: str
    b: str
    changes: list[ChangeWire]
    only_a: list[dict[str, str]]
    only_b: list[dict[str, str]]
    mended: list[dict[str, Any]]
    findings: list[dict[str, Any]]


def diff_wire(found: Comparison) -> DiffWire:
    """The report."""
    return {
        "version": VERSION,
        "a": found.before,
        "b": found.after,
        "changes": [
            {
                "kind": change.kind,
                "subject": {"a": change.before, "b": change.after},
                "field": change.field,
                "a": change.old,
                "b": change.new,
            }
            for change in found.changes
        ],
        "only_a": [{"kind": kind, "name": name} for kind, name in found.gone],
        "only_b": [{"kind": kind, "name": name} for kind, name in found.come],
        "mended": [dict(finding) for finding in found.mended],
        "findings": [dict(finding) for finding in found.findings],
    }


def print_diff(console: Console, found: Comparison) -> None:
    """What changed, thing by thing."""
    from rich.text import Text

    def line(text: str, style: str = "") -> None:
        console.print(Text(visible(text), style), soft_wrap=True)

    line(f"A  {found.before}", "bold")
    line(f"B  {found.after}", "bold")
    last = None
    for change in found.changes:
        thing = (change.kind, change.before, change.after)
        if thing != last:
            console.print()
            names = change.before if change.before == change.after else f"{change.before} -> {change.after}"
            line(f"{change.kind}  {names}")
        line(f"  {change.field.replace('_', ' ')}: {shown(change.old)} -> {shown(change.new)}")
        last = thing
    if found.gone or found.come:
        console.print()
    for side, things in (("A", found.gone), ("B", found.come)):
        for kind, name in things:
            line(f"only in {side}: {kind} {name}")
    for word, findings in (("mended", found.mended), ("new", found.findings)):
        if findings:
            console.print()
        for finding in findings:
            line(f"{word} {finding['severity']} {finding['code']} {finding['name']}: {finding['message']}")
    if not (found.changes or found.gone or found.come or found.mended or found.findings):
        console.print()
        line("no difference in what matters")
