"""What is installed: the wheel's contents, the command, its version and completion, and the tables that are loaded."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

import crossplan

TREE = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel as it would be published."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    done = subprocess.run(command, cwd=TREE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = out.glob("*.whl")
    return zipfile.ZipFile(path)


def test_wheel_holds_the_package_whole(wheel: zipfile.ZipFile) -> None:
    tracked = subprocess.run(["git", "ls-files", "crossplan"], cwd=TREE, capture_output=True, text=True, check=True)
    assert set(tracked.stdout.split()) <= set(wheel.namelist())


def test_wheel_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    """No target trees, no tests: what a user installs is the program, its tables and its licences."""
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert tops == {"crossplan", f"crossplan-{crossplan.__version__}.dist-info"}
    assert {Path(name).suffix for name in wheel.namelist() if name.startswith("crossplan/")} <= {
        ".json",
        ".md",
        ".py",
        ".toml",
        ".tsv",
        ".typed",
    }
    assert sum(info.file_size for info in wheel.infolist()) < 3_000_000


def test_version_is_said_once(wheel: zipfile.ZipFile) -> None:
    done = subprocess.run([sys.executable, "-m", "crossplan", "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"crossplan {crossplan.__version__}\n")
    assert metadata.version("crossplan") == crossplan.__version__
    assert f"## {crossplan.__version__} " in (TREE / "CHANGELOG.md").read_text("utf-8")


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion_knows_the_commands(shell: str) -> None:
    command = [sys.executable, "-m", "crossplan", "--print-completion", shell]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "inspect" in done.stdout
    if shell != "tcsh":  # shtab gives tcsh the commands only
        assert "--sysroot" in done.stdout


def test_loaded_tables_are_what_the_sources_say() -> None:
    command = [sys.executable, str(TREE / "scripts/compile_tables.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_each_extra_is_named_in_the_documentation() -> None:
    extras = tomllib.loads((TREE / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    install = (TREE / "docs/index.md").read_text("utf-8")
    assert [extra for extra in extras if extra not in {"docs", "test"} and f"crossplan[{extra}]" not in install] == []
