"""On which line a key of a TOML file stands, as findings tell it, and what a file that is none is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossplan.project.toml import Document, ProjectProblem, read_toml

TEXT = """# name = "not this"
[package]
name = "demo"
[dependencies.pyo3]
features = [
    "abi3-py39", "x=y",
    "version"]
version = "0.29"
[target.'cfg(target_os = "linux")'.dependencies]
"quoted=key" = "1"
dotted . key = { path = ".." }
"""


def document(folder: Path, text: str) -> Document | ProjectProblem | None:
    (folder / "Cargo.toml").write_text(text)
    return read_toml(folder / "Cargo.toml", folder)


@pytest.mark.parametrize(
    "keys, line",
    [
        (("package", "name"), 3),
        (("dependencies", "pyo3", "features"), 5),
        (("dependencies", "pyo3", "version"), 8),  # not line 7, where an array has an item of that name
        (("target", 'cfg(target_os = "linux")'), 9),
        (("target", 'cfg(target_os = "linux")', "dependencies", "quoted=key"), 10),
        (("target", 'cfg(target_os = "linux")', "dependencies", "dotted", "key"), 11),
        (("dependencies", "pyo3", "optional"), 4),  # the table around it
        (("nowhere",), None),
    ],
)
def test_line_of_a_key(keys: tuple[str, ...], line: int | None, tmp_path: Path) -> None:
    found = document(tmp_path, TEXT)
    assert isinstance(found, Document)
    assert found.line(*keys) == line


@pytest.mark.parametrize(
    "text, line", [("a = 1\nb = [", 2), ("a = 1\n\na = 2\n", 3), ("a = " + "[" * 5000 + "]" * 5000, 1)]
)
def test_what_is_no_toml(text: str, line: int, tmp_path: Path) -> None:
    found = document(tmp_path, text)
    assert isinstance(found, ProjectProblem)
    assert (found.path, found.line) == ("Cargo.toml", line)
    assert found.reason.startswith("is no TOML: ") and "at line" not in found.reason
