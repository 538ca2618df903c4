"""The report of `inspect` for people; it fits 80 columns and reads without colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crossplan.evidence import Evidence, ImageFile, TargetPython
from crossplan.findings import Finding
from crossplan.render.findings import print_findings
from crossplan.render.text import origin_words, shown, visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_FIELDS = (
    ("version", "version"),
    ("ABI flags", "abi_flags"),
    ("free-threaded", "free_threaded"),
    ("debug", "debug"),
    ("SOABI", "soabi"),
    ("EXT_SUFFIX", "ext_suffix"),
    ("multiarch", "multiarch"),
    ("pointer width", "pointer_width"),
    ("shared", "shared"),
)


def print_inspect(console: Console, evidence: Evidence, findings: Sequence[Finding], verdict: str) -> None:
    """The whole report."""
    from rich.text import Text

    style = {"sound": "bold green", "unsound": "bold red", "empty": "yellow"}[verdict]
    console.print(Text.assemble((visible(evidence.root), "bold"), "  ", (verdict, style)))
    for python in evidence.pythons:
        console.print()
        print_python(console, python)
    if others := [file for file in evidence.images if not any(file in python.images for python in evidence.pythons)]:
        console.print()
        console.print(Text("Other images", "bold"))
        console.print(_images(others))
    console.print()
    print_findings(console, findings)


def print_python(console: Console, python: TargetPython) -> None:
    """One Python: its facts with their origins, its binaries, the targets that it serves."""
    from rich.text import Text

    name = f"{shown(python.value('implementation'))} {shown(python.value('version'))}"
    console.print(Text(name + ("t" if python.value("free_threaded") else ""), "bold"))
    table = _table("", "field", "value", "from")
    for label, field in _FIELDS:
        fact = python.facts.get(field)
        if fact is not None:
            table.add_row("", label, Text(shown(fact.value)), Text(origin_words(fact.origin), "dim"))
    console.print(table)
    for description in python.descriptions:
        console.print(Text(f"  {description.kind}  {visible(description.path)}"))
    console.print(_images(python.images))
    served = ", ".join(python.targets) or "none that rustc knows"
    console.print(Text(f"  serves {served}"), soft_wrap=False)


def _images(files: Sequence[ImageFile]) -> Table:
    from rich.text import Text

    table = _table("", "image", "format", "machine", "Python")
    for file in sorted(files, key=lambda item: item.path):
        for image in file.image.slices or (file.image,):
            machine = [image.machine, f"{image.bits}-bit" if image.bits else None, image.endian]
            if image.float_abi:
                machine.append(f"{image.float_abi} float")
            words = " ".join(word for word in machine if word) or "-"
            table.add_row("", Text(visible(file.path)), image.format, words, shown(image.python_version))
    return table


def _table(*columns: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=True, header_style="dim")
    for name in columns:
        table.add_column(name, overflow="fold", no_wrap=False)
    return table
