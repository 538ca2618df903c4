"""The report of `plan` for people; it fits 80 columns and reads without colour."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from crossplan.checks.run_time import Need, needs_of
from crossplan.checks.view import View
from crossplan.findings import Finding
from crossplan.plan import Plan
from crossplan.plan.maturin import maturin_view
from crossplan.plan.tags import is_accepted, wheel_tags
from crossplan.render.findings import print_findings
from crossplan.render.text import origin_words, paragraph, shown, visible
from crossplan.resolve import InterpreterConfig, Resolution
from crossplan.situation import Situation

if TYPE_CHECKING:
    from rich.console import Console

_FIELDS = (
    "implementation",
    "version",
    "shared",
    "abi3",
    "target_abi",
    "lib_name",
    "lib_dir",
    "executable",
    "pointer_width",
    "build_flags",
    "python_framework_prefix",
)


def print_plan(console: Console, plan: Plan, findings: Sequence[Finding]) -> None:
    """The whole report: what stands, what to do, where that leads."""
    _print_request(console, plan)
    _heading(console, "As it is, PyO3 will conclude")
    _print_conclusion(console, plan.as_is)
    if not plan.changes:
        _heading(console, "To set: nothing")
    else:
        _heading(console, "To set")
        for change in plan.changes:
            line = f"unset {change.name}" if change.value is None else f"{change.name}={shlex.quote(change.value)}"
            _indented(console, line, "bold")
            _indented(console, change.reason, "dim", by=4)
        for path, text in plan.files.items():
            _heading(console, f"With the file {visible(path)}")
            for text_line in text.splitlines():
                _indented(console, text_line)
    if plan.changes:
        _heading(console, "Then PyO3 will conclude")
        _print_conclusion(console, plan.planned)
    _heading(console, "Run")
    for command in (plan.command, *plan.joining):
        _indented(console, shlex.join(command), "bold")
    _print_artifact(console, plan)
    if (view := maturin_view(plan)) is not None:
        _heading(console, "maturin")
        _indented(console, f"will call the module *{view.suffix}" if view.suffix else "cannot name the module")
        if view.needs is not None:
            _indented(console, f"must be told the Python: -i {view.needs}")
        for words in view.differences or ("sees the rest as PyO3 does",):
            _indented(console, words)
    console.print()
    print_findings(console, findings)


def _print_request(console: Console, plan: Plan) -> None:
    """What is planned, and where each part of it was said."""
    from rich.text import Text

    request = plan.as_is.request
    purpose = {"extension": "an extension module", "embedding": "a program that embeds Python"}[request.purpose.value]
    console.print(Text(f"{request.triple} on {request.host}", "bold"))
    rows = [
        ("PyO3", request.pyo3.value, origin_words(request.pyo3.origin)),
        ("features", shown(request.feature_names), _all_origins(fact.origin for fact in request.features)),
        ("builds", purpose, origin_words(request.purpose.origin)),
    ]
    python = plan.as_is.selection.python if plan.as_is.selection is not None else None
    if python is not None:
        name = f"{shown(python.value('implementation'))} {shown(python.value('version'))}"
        fact = python.facts.get("version")
        rows.append(("Python", name, origin_words(fact.origin) if fact is not None else ""))
    _rows(console, rows)


def _all_origins(origins: Iterable[object]) -> str:
    return ", ".join(dict.fromkeys(origin_words(origin) for origin in origins))  # type: ignore[arg-type]


def _print_conclusion(console: Console, situation: Situation) -> None:
    """One conclusion: its fields with their origins, what was passed over, what is linked; or why PyO3 stops."""
    _print_resolution(console, situation.resolution)
    twin, target = situation.twin, situation.request.target.triple
    if twin is not None and twin.resolution == situation.resolution:
        _indented(console, f"for {target} and {twin.request.target.triple} alike", "dim")
    elif twin is not None:
        _indented(console, f"That for {target}; for {twin.request.target.triple}")
        _print_resolution(console, twin.resolution)


def _print_resolution(console: Console, resolution: Resolution | None) -> None:
    """The same, for one machine."""
    if resolution is None:
        _indented(console, "not known: this release of PyO3 is not described")
        return
    if resolution.outcome != "ok":
        words = {"error": "PyO3's build script stops:", "panic": "PyO3's build script panics:"}
        _indented(console, words.get(resolution.outcome, "not predicted:"), "bold red")
        for line in "\n".join(resolution.error).splitlines():
            _indented(console, line, by=4)
    if resolution.config is not None:
        _print_fields(console, resolution, resolution.config)
    for line in resolution.link:
        _indented(console, line.removeprefix("cargo:"), "dim")
    for line in "\n".join(resolution.warnings).splitlines():
        _indented(console, f"PyO3 warns: {line}", "yellow")
    for item in dict.fromkeys(item for step in resolution.steps for item in step.passed_over):
        _indented(console, f"passed over {item.what}: {item.reason}", "dim")


def _print_fields(console: Console, resolution: Resolution, config: InterpreterConfig) -> None:
    """The fields; a file that several come from is written out once, below them."""
    rows: list[tuple[str, str, str]] = []
    files: dict[str, str] = {}
    for field in _FIELDS:
        value, origin = getattr(config, field), resolution.origins.get(field)
        if value is None:
            continue
        words = origin_words(origin) if origin is not None else ""
        if origin is not None and origin.kind == "file" and origin.place is not None:
            mark = files.setdefault(origin.place, f"[{len(files) + 1}]")
            words = f"{visible(origin.key or '')} {mark}".strip()
        rows.append((field, shown(value), words))
    _rows(console, rows)
    for path, mark in files.items():
        _indented(console, f"{mark} {path}", "dim")


def _print_artifact(console: Console, plan: Plan) -> None:
    artifact = plan.artifact
    rows = [("leaves", artifact.cargo_file), ("install as", artifact.install_as)]
    if artifact.install_as is None and artifact.suffix is not None and plan.as_is.request.purpose.value == "extension":
        rows.append(("suffix", artifact.suffix))
    rows += [
        ("wheel tag", tag if is_accepted(tag) else f"{tag} (the package index takes none of it)")
        for tag in wheel_tags(plan)
    ]
    rows += [("starts with", _need_words(need)) for need in needs_of(View(plan.planned))]
    if known := [(name, value, "") for name, value in rows if value]:
        _rows(console, known)


def _need_words(need: Need) -> str:
    """A library that the program must find when it starts, and how it does."""
    where = f" from {visible(need.folder)}" if need.folder is not None and not need.name.startswith("/") else ""
    return f"{visible(need.name)}{where}" + (
        "" if need.searched else f"; {need.variable} names its folder, or it is shipped"
    )


def _heading(console: Console, words: str) -> None:
    from rich.text import Text

    console.print()
    console.print(Text(words, "bold"))


def _indented(console: Console, words: str, style: str = "", *, by: int = 2) -> None:
    """A paragraph set in by some columns; what is to be copied is broken into lines, never cut."""
    paragraph(console, " " * by, words, style)


def _rows(console: Console, rows: Sequence[tuple[str, str, str]]) -> None:
    """Name, value, origin in columns."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(width=0)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(style="dim", overflow="fold")
    for name, value, origin in rows:
        table.add_row("", name, Text(value), Text(origin))
    console.print(table)
