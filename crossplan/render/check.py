"""The report of `check`: for people, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypedDict

from crossplan.checks.built import CheckedFile
from crossplan.findings import Finding
from crossplan.render.findings import print_findings
from crossplan.render.text import paragraph, shown, visible
from crossplan.report import VERSION, FindingWire, ImageWire, finding_wire, image_wire

if TYPE_CHECKING:
    from rich.console import Console


class BuiltWire(TypedDict):
    """One binary. `suffix` is that of its name, `needs` are the libraries that it names; of a fat one, see `slices`."""

    path: str
    format: str | None
    machine: str | None
    suffix: str
    importable: bool
    needs: list[str]
    slices: list[ImageWire]
    findings: list[FindingWire]


class CheckWire(TypedDict):
    """`crossplan check --json`. `findings` are all of them: those of files, and those of wheels as a whole."""

    version: int
    files: list[BuiltWire]
    findings: list[FindingWire]


def check_wire(checked: Sequence[CheckedFile], findings: Iterable[Finding]) -> CheckWire:
    """The report, files in the order in which they were given."""
    return {
        "version": VERSION,
        "files": [_built_wire(one) for one in checked],
        "findings": [finding_wire(finding) for finding in findings],
    }


def _built_wire(one: CheckedFile) -> BuiltWire:
    image = one.subject.file.image
    return {
        "path": one.subject.file.path,
        "format": image.format if image is not None else None,
        "machine": image.machine if image is not None else None,
        "suffix": one.subject.suffix.text,
        "importable": one.importable,
        "needs": needs(one),
        "slices": [image_wire(None, part) for part in image.slices] if image is not None else [],
        "findings": [finding_wire(finding) for finding in one.findings],
    }


def needs(one: CheckedFile) -> list[str]:
    """The libraries that a binary names, in its order; of a fat one those of all slices, each once."""
    image = one.subject.file.image
    if image is None:
        return []
    return list(dict.fromkeys(name for part in image.slices or (image,) for name in part.needed))


def print_check(console: Console, checked: Sequence[CheckedFile], findings: Sequence[Finding]) -> None:
    """Each binary in a few lines, then the findings."""
    from rich.text import Text

    for one in checked:
        image = one.subject.file.image
        console.print(Text(visible(one.subject.file.path), "bold"))
        if image is None:
            continue
        machines = ", ".join(
            f"{shown(part.machine)} {part.bits}-bit" + (f" {part.float_abi} float" if part.float_abi else "")
            for part in image.slices or (image,)
        )
        console.print(Text(f"  {image.format}, {machines}"))
        word = "looked for" if one.importable else "not looked for"
        console.print(Text(f"  suffix {visible(one.subject.suffix.text) or '(none)'}, {word} by its Python"))
        paragraph(console, "  ", f"needs {', '.join(needs(one)) or 'no library'}")
    console.print()
    print_findings(console, findings)
