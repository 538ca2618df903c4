"""An interpreter that is surely a CPython is not started; one that may be anything else is."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from crossplan.toolchain.host_python import HostFailure, LiveHost
from crossplan.toolchain.landmark import is_cpython


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """An installation as CPython lays it out; its binary is this one, which could not start there."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "lib/python3.12").mkdir(parents=True)
    (tmp_path / "lib/python3.12/os.py").touch()
    shutil.copy(os.path.realpath(sys.executable), tmp_path / "bin/python3.12")
    (tmp_path / "bin/python").symlink_to("python3.12")
    return tmp_path


def test_a_binary_beside_its_library_is_told_without_starting_it(prefix: Path) -> None:
    environ = {"PATH": str(prefix / "bin"), "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    assert is_cpython("python", environ, "/")
    assert LiveHost().executes("python", environ, "/") is None


def test_what_may_lead_it_elsewhere_leaves_the_question_open(prefix: Path) -> None:
    assert not is_cpython("python", {"PATH": str(prefix / "bin"), "PYTHONHOME": "/nowhere"}, "/")
    (prefix / "lib/python3.12/os.py").unlink()
    assert not is_cpython("python", {"PATH": str(prefix / "bin")}, "/")


def test_a_script_in_its_place_is_asked(prefix: Path) -> None:
    (prefix / "bin/python").unlink()
    (prefix / "bin/python").write_text("#!/bin/sh\nexit 3\n")
    (prefix / "bin/python").chmod(0o755)
    failure = LiveHost().executes("python", {"PATH": str(prefix / "bin")}, "/")
    assert failure == HostFailure("status")


def test_a_binary_of_another_machine_is_asked(prefix: Path) -> None:
    binary = bytearray((prefix / "bin/python3.12").read_bytes())
    binary[18:20] = (40 if binary[18] != 40 else 62).to_bytes(2, "little")  # e_machine: ARM, else x86-64
    (prefix / "bin/python3.12").write_bytes(binary)
    assert not is_cpython("python", {"PATH": str(prefix / "bin")}, "/")
