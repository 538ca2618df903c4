"""`[tool.crossplan.matrix]`: which cells it makes, in which order, and how a mistake in it is answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossplan.matrix import Cell, read_cells
from crossplan.project.settings import SettingsError

ARM, ARM64, WINDOWS = "armv7-unknown-linux-gnueabihf", "aarch64-unknown-linux-gnu", "x86_64-pc-windows-msvc"
AXES = f"""
[tool.crossplan.matrix]
targets = ["{ARM}", "{ARM64}"]
pythons = ["3.11", "3.13t"]
features = ["extension-module", ["abi3-py39", "extension-module"]]
"""


def cells(folder: Path, text: str) -> tuple[Cell, ...]:
    (folder / "pyproject.toml").write_text(text)
    return read_cells(folder)


def test_the_product_of_the_axes_target_by_target(tmp_path: Path) -> None:
    found = cells(tmp_path, AXES)
    assert len(found) == 8
    assert [cell.values for cell in found[:3]] == [
        (ARM, "3.11", "extension-module", None),
        (ARM, "3.11", "abi3-py39,extension-module", None),
        (ARM, "3.13t", "extension-module", None),
    ]
    assert {cell.target for cell in found[4:]} == {ARM64}
    assert found[0].origins["python"].line == 4


def test_exclude_takes_out_and_include_adds(tmp_path: Path) -> None:
    rows = f'exclude = [{{ target = "{ARM}", python = "3.13t" }}]\ninclude = [{{ target = "{WINDOWS}", python = "3.12" }}]\n'
    found = cells(tmp_path, AXES + rows)
    assert len(found) == 7
    assert not any(cell.target == ARM and cell.python == "3.13t" for cell in found)
    assert found[-1].values == (WINDOWS, "3.12", None, None)


def test_include_alone_is_a_matrix(tmp_path: Path) -> None:
    (cell,) = cells(tmp_path, f'[[tool.crossplan.matrix.include]]\ntarget = "{ARM}"\nsysroot = "roots/arm"\n')
    assert cell.values == (ARM, None, None, None)
    assert cell.options(None, None).sysroots == (str(tmp_path / "roots/arm"),)


def test_roots_are_by_target_and_may_name_the_python(tmp_path: Path) -> None:
    found = cells(tmp_path, AXES + f'[tool.crossplan.matrix.sysroots]\n{ARM} = "roots/arm-{{python}}"\n')
    assert {cell.sysroot for cell in found} == {("roots/arm-3.11",), ("roots/arm-3.13t",), ()}


@pytest.mark.parametrize(
    ("text", "implementation", "version"),
    [
        ("3.13t", None, "3.13t"),
        ("pypy3.11", "pypy", "3.11"),
        ("PyPy 3.11", "pypy", "3.11"),
        ("GraalPy-3.11", "graalpy", "3.11"),
    ],
)
def test_a_python_may_name_its_implementation(
    tmp_path: Path, text: str, implementation: str | None, version: str
) -> None:
    (cell,) = cells(tmp_path, f'[tool.crossplan.matrix]\ntargets = ["{ARM}"]\npythons = ["{text}"]\n')
    options = cell.options(None, None)
    assert (options.implementation, options.python) == (implementation, version)


def test_two_builds_in_one_are_a_cell(tmp_path: Path) -> None:
    (cell,) = cells(tmp_path, '[tool.crossplan.matrix]\ntargets = ["universal2-apple-darwin"]\n')
    assert cell.target == "universal2-apple-darwin"


HEAD = f'[tool.crossplan.matrix]\ntargets = ["{ARM}"]\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[project]\nname = 'x'\n", "no [tool.crossplan.matrix]"),
        ("[tool.crossplan.matrix]\n", "pyproject.toml:1: tool.crossplan.matrix: holds no cell"),
        ("[tool.crossplan.matrix]\ntargets = []\n", "holds no cell"),
        (
            "[tool.crossplan.matrix]\npythons = ['3.11']\n",
            "tool.crossplan.matrix.pythons: there is no target for this axis",
        ),
        (
            "[tool.crossplan.matrix]\n\ntargets = ['" + ARM[:-1] + "']\n",
            f"pyproject.toml:3: tool.crossplan.matrix.targets: '{ARM[:-1]}' is no target triple that rustc knows; did you mean {ARM}",
        ),
        (
            HEAD + "python = ['3.11']\n",
            "pyproject.toml:3: tool.crossplan.matrix.python: no such setting; did you mean pythons?",
        ),
        (
            HEAD + "pythons = [3.11]\n",
            "pyproject.toml:3: tool.crossplan.matrix.pythons.0: input should be a valid string; got 3.11",
        ),
        (HEAD + "pythons = ['3.x']\n", "'3.x' is no Python version"),
        (HEAD + "pythons = ['3.11', '3.11']\n", "tool.crossplan.matrix.pythons: '3.11' is there twice"),
        (HEAD + "features = ['a,b', ['a', 'b']]\n", "'a,b' is there twice"),
        (HEAD + "features = ['a$(b)']\n", "'a$(b)' is no name of a Cargo feature"),
        (HEAD + "pyo3 = ['0.x']\n", "tool.crossplan.matrix.pyo3: "),
        (HEAD + f"include = [{{ target = '{ARM}' }}]\n", f"{ARM} is there twice"),
        (HEAD + f"include = [{{ target = '{ARM}', pyhton = '3.11' }}]\n", "did you mean python?"),
        (HEAD + "include = [{ python = '3.11' }]\n", "tool.crossplan.matrix.include.0.target: field required"),
        (HEAD + "exclude = [{ python = '3.9' }]\n", "leaves out no cell"),
        (HEAD + f"exclude = [{{ target = '{ARM}' }}]\n", "holds no cell"),
        (HEAD + "exclude = [{ sysroot = 'x' }]\n", "settings are target, python, features, pyo3"),
        (HEAD + "exclude = [{}]\n", "a row that names nothing"),
        (HEAD + f"sysroots = {{ {ARM64} = 'x' }}\n", f"{ARM64} is none of targets"),
    ],
)
def test_mistakes_are_named_with_their_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        cells(tmp_path, text)
    assert said in str(caught.value)
