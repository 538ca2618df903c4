"""`crossplan verify`: PyO3's own print, as Cargo shows it, beside the plan. Cargo is a script here that prints what Cargo printed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from crossplan.cli import main
from crossplan.verify import read_printed

ROOT = Path(__file__).resolve().parents[2] / "sysroots" / "debian12-py311-armhf"
ARM = "armv7-unknown-linux-gnueabihf"
# What cargo 1.95 printed for PyO3 0.28.3, shortened in the middle.
FAILED = """\
   Compiling pyo3-ffi v0.28.3
error: failed to run custom build command for `pyo3-ffi v0.28.3`

Caused by:
  process didn't exit successfully: `target/debug/build/pyo3-ffi-0af8/build-script-build` (exit status: 101)
  --- stdout
  cargo:rustc-check-cfg=cfg(Py_LIMITED_API)
  cargo:rerun-if-env-changed=PYO3_PRINT_CONFIG

  -- PYO3_PRINT_CONFIG=1 is set, printing configuration and halting compile --
  implementation=CPython
  version=3.11
  shared=true
  abi3=false
  lib_name=python3.11
  lib_dir={root}/usr/lib/python3.11
  pointer_width=32
  build_flags=
  python_framework_prefix=
  suppress_build_script_link_lines=false

  note: unset the PYO3_PRINT_CONFIG environment variable and retry to compile with the above config
warning: build failed, waiting for other jobs to finish...
"""


@pytest.fixture
def cargo(clean: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on PATH with a `cargo` that prints the file `said` beside it and notes what it was given."""
    project = clean / "project"
    (project / "src").mkdir()
    (project / "src" / "lib.rs").write_text("")
    (project / "Cargo.toml").write_text(
        '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]\n'
        '[dependencies]\npyo3 = { version = "=0.28.3", features = ["extension-module"] }\n'
    )
    folder = clean / "bin"
    folder.mkdir()
    script = folder / "cargo"
    script.write_text(
        '#!/bin/sh\necho "$PYO3_PRINT_CONFIG $CARGO_TARGET_DIR $*" > "${0%/*}/asked"\ncat "${0%/*}/said" >&2\nexit 101\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    (folder / "said").write_text(FAILED.format(root=ROOT))
    return folder


ARGUMENTS = ["verify", "--target", ARM, "--host", "x86_64-unknown-linux-gnu", "--sysroot", str(ROOT)]


def test_what_agrees(cargo: Path, clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ARGUMENTS, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"version", "planned", "printed", "differences", "findings"}
    assert document["differences"] == [] and document["findings"] == []
    assert document["planned"] == document["printed"] and document["printed"]["version"] == "3.11"
    flag, target_dir, *words = (cargo / "asked").read_text().split()
    assert (flag, words) == ("1", ["check", "--target", ARM])
    assert not Path(target_dir).is_relative_to(clean / "project")  # the user's own build stays valid


def test_what_differs_is_a_finding(cargo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = cargo / "said"
    said.write_text(said.read_text().replace("version=3.11", "version=3.12").replace("  pointer_width=32\n", ""))
    assert main([*ARGUMENTS, "--json"]) == 4
    document = json.loads(capsys.readouterr().out)
    assert document["differences"] == [
        {"field": "version", "planned": "3.11", "printed": "3.12"},
        {"field": "pointer_width", "planned": "32", "printed": None},
    ]
    assert {finding["name"] for finding in document["findings"]} == {"prediction-differs"}
    assert main(ARGUMENTS) == 4
    assert "3.12" in capsys.readouterr().out


def test_cargo_that_does_not_come_to_the_script(cargo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (cargo / "said").write_text("error: no matching package named `pyo3` found\n")
    assert main([*ARGUMENTS, "--json"]) == 4
    said = capsys.readouterr()
    (finding,) = json.loads(said.out)["findings"]
    assert finding["name"] == "not-verified" and "no matching package" in finding["message"]
    assert "no matching package" in said.err


def test_a_failure_that_was_predicted_agrees(cargo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (cargo / "said").write_text(
        "error: PYO3_CROSS_PYTHON_VERSION or an abi3-py3* feature must be specified when cross-compiling "
        "and PYO3_CROSS_LIB_DIR is not set.\n  = help: see the PyO3 user guide\n"
    )
    arguments = ["verify", "--target", ARM, "--host", "x86_64-unknown-linux-gnu", "--json"]
    assert main(arguments) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["planned"] is None and document["printed"] is None and document["findings"] == []


def test_outside_a_project(clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ARGUMENTS) == 2
    assert "Cargo.toml" in capsys.readouterr().err


def test_build_flags_have_no_order() -> None:
    text = FAILED.format(root="/r").replace("build_flags=", "build_flags=Py_REF_DEBUG,Py_DEBUG")
    assert (read_printed(text) or {})["build_flags"] == "Py_DEBUG,Py_REF_DEBUG"
    assert read_printed("error: something else\n") is None
