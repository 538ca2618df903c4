"""`crossplan plan`: the document that scripts depend on, and the report for people."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from crossplan.cli import main
from crossplan.report_plan import AnswerWire, PlanWire

ROOT = Path(__file__).resolve().parents[2] / "sysroots" / "debian12-py311-armhf"
ARM = "armv7-unknown-linux-gnueabihf"
BASE = ["plan", "--target", ARM, "--host", "x86_64-unknown-linux-gnu", "--sysroot", str(ROOT)]


def document(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> PlanWire:
    assert main([*arguments, "--json"]) == status
    text = capsys.readouterr().out
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"
    found: PlanWire = json.loads(text)
    return found


def project(folder: Path, features: str = "", release: str = "0.22.6") -> None:
    (folder / "src").mkdir()
    (folder / "src" / "lib.rs").write_text("")
    (folder / "Cargo.toml").write_text(
        '[package]\nname = "demo-crate"\nversion = "0.1.0"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]\n'
        f'[dependencies]\npyo3 = {{ version = "={release}", features = [{features}] }}\n'
    )


def test_the_document_has_every_key(capsys: pytest.CaptureFixture[str]) -> None:
    plan = document(capsys, *BASE)
    assert set(plan) == set(PlanWire.__annotations__)
    assert set(plan["as_is"] or {}) == set(AnswerWire.__annotations__)


def test_planned_without_the_format_that_it_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*BASE, "--planned"]) == 2
    assert "add --format pyo3-print-config" in capsys.readouterr().err


def test_before_and_after(capsys: pytest.CaptureFixture[str], clean: Path) -> None:
    project(clean / "project", '"extension-module"')
    plan = document(capsys, *BASE)
    assert plan["as_is"] and plan["as_is"]["outcome"] == "error" and plan["as_is"]["config"] is None
    assert plan["planned"] and plan["planned"]["outcome"] == "ok"
    assert plan["planned"]["config"]["version"] == "3.11" and plan["planned"]["config"]["pointer_width"] == 32
    assert plan["planned"]["origins"]["version"]["key"] == "VERSION"
    assert plan["command"] == ["cargo", "build", "--target", ARM]
    assert plan["artifact"]["cargo_file"] == f"target/{ARM}/debug/libdemo_crate.so"
    assert plan["artifact"]["install_as"] == "demo_crate.cpython-311-arm-linux-gnueabihf.so"
    assert plan["python"] and plan["python"]["multiarch"] == "arm-linux-gnueabihf"
    assert set(plan["reasons"]) == set(plan["env"])


def test_a_program_needs_a_file_and_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    plan = document(capsys, *BASE, "--embed", "--out-dir", "files")
    (file,) = plan["files"]
    assert plan["env"]["PYO3_CONFIG_FILE"] == file["path"] and file["path"].endswith("/project/files/pyo3-config.txt")
    assert plan["means"] == "config-file" and plan["reason"]
    assert not Path(file["path"]).exists()  # only `env` and `run` write


def test_a_release_before_the_tables_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    plan = document(capsys, *BASE, "--pyo3", "0.11.1")
    assert plan["pyo3"] == "0.11.1" and plan["as_is"] is None and plan["planned"] is None
    assert any("0.11.1" in finding["message"] and finding["severity"] == "warning" for finding in plan["findings"])


def test_a_release_after_the_tables_is_extrapolated(capsys: pytest.CaptureFixture[str]) -> None:
    plan = document(capsys, *BASE, "--pyo3", "0.99")
    assert plan["pyo3"] == "0.99.0" and plan["planned"] and plan["planned"]["outcome"] == "ok"
    assert any(finding["name"] == "release-extrapolated" for finding in plan["findings"])


@pytest.mark.parametrize("arguments", [[], ["--embed"], ["--pyo3", "0.22"], ["--features", "abi3-py39"]])
def test_the_report_fits_and_reads_without_colour(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main([*BASE, *arguments]) == 0
    text = capsys.readouterr().out
    assert "\x1b" not in text and max(map(len, text.splitlines())) <= 80
    joined = re.sub(r"\n +", "", text)
    for word in ("As it is, PyO3 will conclude", "To set", "Then PyO3 will conclude", f"cargo build --target {ARM}"):
        assert word in text or word in joined
    stable = "abi3-py39" in arguments  # which asks for nothing of the root
    assert "VERSION [1]" in text or "version [1]" in text or stable


def test_colour_when_asked(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    assert main(BASE) == 0
    assert "\x1b[" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--target", "armv7-unknown-linux-gnuabihf"], ARM),
        (["--target", "armhf"], ARM),
        (["--pyo3", "0.22.99"], "0.22.6"),
        (["--manifest-path", "none/Cargo.toml"], "--manifest-path"),
    ],
)
def test_usage(capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    assert main([*BASE, *arguments]) == 2
    said = capsys.readouterr()
    assert words in said.err and said.out == ""


def test_a_root_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--target", ARM, "--sysroot", "nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_strict_counts_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    plan = document(capsys, *BASE, "--pyo3", "0.11.1")
    assert {finding["severity"] for finding in plan["findings"]} >= {"warning"}
    assert main([*BASE, "--pyo3", "0.11.1", "--strict"]) == 4


def test_targets(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["targets", "armhf", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["targets"]
    assert ARM in [row["triple"] for row in rows] and all(row["debian_arch"] == "armhf" for row in rows)
    assert main(["targets", "no-such-thing"]) == 2


def test_run_hands_over_the_environment_and_the_status() -> None:
    words = [sys.executable, "-m", "crossplan", "run", *BASE[1:], "--"]
    done = subprocess.run(
        [*words, "sh", "-c", "echo $PYO3_CROSS_LIB_DIR; exit 7"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (7, f"{ROOT}/usr/lib/python3.11\n")
    done = subprocess.run([*words, "no-such-command"], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "no-such-command" in done.stderr
    done = subprocess.run([*words[:-1], "--python", "3.12", "--", "true"], capture_output=True, text=True, check=False)
    assert done.returncode == 4 and done.stdout == ""
