"""The shape of the package: imports go one way, modules and functions stay small, releases are compared in one place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "crossplan"
SOURCES = sorted(PACKAGE.rglob("*.py"))

# The stages, first to last: a module imports only from its own row and from rows above it.
ROWS = (
    {"data", "record"},
    {"triple", "python", "origin"},
    {"findings"},
    {"readers"},
    {"sysroot"},
    {"evidence", "scan", "selection"},
    {"pyo3"},
    {"request", "options", "project", "toolchain"},
    {"resolve"},
    {"situation", "checks"},
    {"plan"},
    {"report", "report_plan", "report_matrix", "render", "compare"},
    {"verify", "matrix", "lock", "api"},
    {"cli", "__main__"},
)
RANK = {name: rank for rank, row in enumerate(ROWS) for name in row}

LONGEST_FUNCTION = 60
LONGEST_MODULE = 350


def stage(path: Path) -> str:
    """`elf` in `crossplan/readers/elf.py` belongs to `readers`."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """Each module of crossplan that a file imports, with the line.

    An import inside a function is an arrow like any other (it is there to load late), and so is one under TYPE_CHECKING: a
    stage that spells a later stage's type in its signatures knows that stage.
    """
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno


def arrows() -> Iterator[tuple[str, str, str]]:
    """(importing stage, imported stage, place), between different stages."""
    for path in SOURCES:
        for name, line in imported(path):
            top, _, rest = name.partition(".")
            target = rest.partition(".")[0]
            if top == "crossplan" and target != "__version__" and target != stage(path):
                yield stage(path), target, f"{path.relative_to(PACKAGE.parent)}:{line}"


def test_every_stage_has_its_row() -> None:
    assert {stage(path) for path in SOURCES} - {"__init__"} <= RANK.keys()


def test_imports_go_one_way() -> None:
    wrong = [f"{place}: {here} imports {there}" for here, there, place in arrows() if RANK[there] > RANK[here]]
    assert wrong == []


def test_no_cycle_between_stages() -> None:
    graph: dict[str, set[str]] = {}
    for here, there, _ in arrows():
        graph.setdefault(here, set()).add(there)
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the cycle


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_budgets(path: Path) -> None:
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    assert text.count("\n") <= LONGEST_MODULE
    assert ast.get_docstring(tree), "a module without a docstring"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} in line {node.lineno}: {length} lines"
    assert path.stem not in {"utils", "util", "helpers", "common", "misc"}


RELEASE = re.compile(r"0\.(1[4-9]|[23]\d)(\.\d+)?")


def names_release(node: ast.AST) -> bool:
    """Whether a node is a PyO3 release as code would compare with it: "0.29", "0.29.3", (0, 29), (0, 29, 0)."""
    match node:
        case ast.Constant(value=str(text)):
            return RELEASE.fullmatch(text) is not None
        case ast.Tuple(elts=[ast.Constant(value=0), ast.Constant(value=int(minor)), *_]):
            return minor >= 14
    return False


def test_releases_are_told_apart_in_one_place() -> None:
    """What changes with a release of PyO3 is a row of data/pyo3.toml, so no other module has a release to compare with."""
    found = [
        f"{path.relative_to(PACKAGE.parent)}:{node.lineno}"
        for path in SOURCES
        if stage(path) != "pyo3"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if names_release(node)
    ]
    assert found == []


def test_no_group_is_possessive() -> None:
    """Python 3.11 before 3.11.5, Debian 12's among them, matches such a group wrongly (python/cpython#106052)."""
    found = [
        f"{path.relative_to(PACKAGE.parent)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if re.search(r"\)(?:[*+?]|\{[\d,]+\})\+|\(\?>", node.value)
    ]
    assert found == []


def test_records_are_made_in_one_place() -> None:
    """`crossplan.record` says why not by `dataclasses`, whose functions for instances are welcome."""
    found = [
        f"{path.relative_to(PACKAGE.parent)}:{line}"
        for path in SOURCES
        for name, line in imported(path)
        if name in {"dataclasses.dataclass", "dataclasses.field", "dataclasses.replace"}
    ]
    assert found == []


def test_programs_are_started_in_one_place() -> None:
    """Bounded in time and output, all but the command that a user gives to `crossplan run`."""
    found = [
        f"{path.relative_to(PACKAGE.parent)}:{line}"
        for path in SOURCES
        if stage(path) != "toolchain" and path != PACKAGE / "cli/run.py"
        for name, line in imported(path)
        if name.partition(".")[0] in {"subprocess", "pty"}
    ]
    assert found == []
