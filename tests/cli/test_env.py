"""`crossplan env`: all or nothing, files beside the output, statuses, and what must not be loaded for it."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crossplan.cli import main

ROOT = Path(__file__).resolve().parents[2] / "sysroots" / "debian12-py311-armhf"
ARM = "armv7-unknown-linux-gnueabihf"
BASE = ["--target", ARM, "--host", "x86_64-unknown-linux-gnu", "--pyo3", "0.30.1"]


def sourced(text: str) -> dict[str, str]:
    done = subprocess.run(
        ["sh", "-c", f"{text}\nenv -0"], capture_output=True, check=True, env={"PATH": os.environ["PATH"]}
    )
    return dict(item.split("=", 1) for item in done.stdout.decode().split("\0") if item)


def test_variables_suffice_for_a_module(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["env", *BASE, "--sysroot", str(ROOT)]) == 0
    environ = sourced(capsys.readouterr().out)
    assert environ["PYO3_CROSS_LIB_DIR"] == str(ROOT / "usr/lib/python3.11")
    assert environ[f"CARGO_TARGET_{ARM.upper().replace('-', '_')}_LINKER"].endswith("arm-linux-gnueabihf-gcc")
    assert "PYO3_CONFIG_FILE" not in environ


def test_a_program_gets_a_config_file_beside_the_output(clean: Path) -> None:
    output = clean / "out" / "cross.env"
    assert main(["env", *BASE, "--sysroot", str(ROOT), "--embed", "-o", str(output)]) == 0
    path = Path(sourced(output.read_text())["PYO3_CONFIG_FILE"])
    assert path.is_relative_to(clean / "out" / "cross.env.d")
    lines = dict(line.split("=", 1) for line in path.read_text().splitlines())
    assert (lines["lib_name"], lines["lib_dir"]) == ("python3.11", str(ROOT / "usr/lib/arm-linux-gnueabihf"))
    assert lines["pointer_width"] == "32"


def test_without_an_output_the_file_lies_in_the_cache_by_its_content(
    clean: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["env", *BASE, "--sysroot", str(ROOT), "--embed"]
    assert main(arguments) == 0
    first = Path(sourced(capsys.readouterr().out)["PYO3_CONFIG_FILE"])
    assert main([*arguments, "--pyo3", "0.22.6"]) == 0
    second = Path(sourced(capsys.readouterr().out)["PYO3_CONFIG_FILE"])
    assert first.is_relative_to(clean / "home" / ".cache") and second.is_relative_to(clean / "home" / ".cache")
    assert first != second and first.read_text() != second.read_text()


def test_out_dir(clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["env", *BASE, "--sysroot", str(ROOT), "--embed", "--out-dir", "files"]) == 0
    path = Path(sourced(capsys.readouterr().out)["PYO3_CONFIG_FILE"])
    assert path.is_absolute() and path.parent == clean / "project" / "files" and path.is_file()


@pytest.mark.parametrize("arguments", [[], ["--embed"], ["--pyo3", "0.15.2", "--features", "abi3-py38"]])
def test_the_config_file_itself(clean: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """It is complete also where variables would have done, and it is all that is written."""
    output = clean / "pyo3.txt"
    assert main(["env", *BASE, "--sysroot", str(ROOT), *arguments, "--format", "pyo3-config", "-o", str(output)]) == 0
    lines = dict(line.split("=", 1) for line in output.read_text().splitlines())
    assert {"implementation", "version", "shared", "lib_name", "lib_dir", "pointer_width"} <= set(lines)
    assert capsys.readouterr().out == "" and {path.name for path in clean.iterdir()} == {"project", "pyo3.txt"}


def test_a_release_without_config_files(capsys: pytest.CaptureFixture[str]) -> None:
    host = ["--target", "x86_64-unknown-linux-gnu", "--host", "x86_64-unknown-linux-gnu", "--features", "abi3-py36"]
    assert main(["env", *host, "--pyo3", "0.14.1", "--format", "pyo3-config"]) == 4
    assert "0.14.2" in capsys.readouterr().err


def test_relative_to(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SDK", str(ROOT))
    assert main(["env", *BASE, "--sysroot", str(ROOT), "--relative-to", "SDK"]) == 0
    text = capsys.readouterr().out
    assert str(ROOT) not in text
    assert sourced(f"SDK=/moved\n{text}")["PYO3_CROSS_LIB_DIR"] == "/moved/usr/lib/python3.11"


def test_a_stale_variable_is_replaced(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PYO3_CONFIG_FILE", "/nowhere/pyo3.txt")
    assert main(["env", *BASE, "--sysroot", str(ROOT)]) == 0
    assert "unset PYO3_CONFIG_FILE\n" in capsys.readouterr().out


@pytest.mark.parametrize("version", ["3.1", "3.8", "", "x"])
def test_a_version_of_another_python_does_not_block(
    version: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYO3_CROSS_PYTHON_VERSION", version)
    monkeypatch.setenv("PYO3_CROSS_LIB_DIR", str(ROOT / "usr/lib/python3.11"))
    assert main(["env", *BASE, "--sysroot", str(ROOT)]) == 0
    assert "unset PYO3_CROSS_PYTHON_VERSION\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--sysroot", "nowhere"], 2),
        (["--sysroot", __file__], 2),
        (["--sysroot", "."], 4),
        ([], 4),
        (["--sysroot", str(ROOT), "--target", "aarch64-unknown-linux-gnu"], 4),
        (["--sysroot", str(ROOT), "--target", "armv7-unknown-linux-gnuabihf"], 2),
        (["--sysroot", str(ROOT), "--pyo3", "0.22.99"], 2),
        (["--sysroot", str(ROOT), "--python", "3.12"], 4),
        (["--sysroot", str(ROOT), "--python", "three"], 2),
        (["--sysroot", str(ROOT), "--relative-to", "UNSET"], 2),
        (["--sysroot", str(ROOT), "--embed", "--format", "pyo3-config", "--relative-to", "HOME"], 4),
    ],
)
def test_nothing_is_printed_where_nothing_is_sound(
    clean: Path, arguments: list[str], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    output = clean / "cross.env"
    assert main(["env", *BASE, *arguments]) == status
    said = capsys.readouterr()
    assert said.out == "" and said.err != ""
    assert main(["env", *BASE, *arguments, "-o", str(output)]) == status
    assert not output.exists() and not output.with_name("cross.env.d").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--sysroot", str(ROOT), "--format", "github"],
            ["--format github cannot carry PYO3_NO_PYTHON", "Remove PYO3_NO_PYTHON where the workflow sets it."],
        ),
        (
            ["--sysroot", str(ROOT), "--format", "cargo-config"],
            ["a Cargo config file cannot unset", "Unset PYO3_NO_PYTHON in the shell."],
        ),
        (
            ["--sysroot", str(ROOT), "--format", "json", "--relative-to", "HOME"],
            ["cannot carry HOME", "at HOME", "Leave --relative-to out."],
        ),
        (
            ["--format", "pyo3-config", "--pyo3", "0.22.6", "--features", "abi3-py38"],
            ["cannot carry this plan", "at --format", "with --sysroot or --python"],
        ),
    ],
)
def test_what_a_dialect_cannot_carry_is_a_finding(
    arguments: list[str], said: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYO3_NO_PYTHON", "1")
    assert main(["env", *BASE, *arguments]) == 4
    printed = capsys.readouterr()
    words = " ".join(printed.err.split())
    assert printed.out == "" and all(text in words for text in ("error XP413 dialect-refuses", *said)), words


def test_an_earlier_output_outlives_a_failure(clean: Path) -> None:
    output = clean / "cross.env"
    output.write_text("before")
    assert main(["env", *BASE, "--sysroot", ".", "-o", str(output)]) == 4
    assert output.read_text() == "before"


def test_an_output_that_cannot_be_written(clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (clean / "file").write_text("")
    assert main(["env", *BASE, "--sysroot", str(ROOT), "-o", str(clean / "file" / "cross.env")]) == 2
    assert "cannot write" in capsys.readouterr().err


def test_a_folder_that_takes_no_file_is_told_by_the_file_s_own_name(
    clean: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(self: Path, data: bytes) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert main(["env", *BASE, "--sysroot", str(ROOT), "-o", str(clean / "cross.env")]) == 2
    assert capsys.readouterr().err == f"crossplan: cannot write {clean / 'cross.env'}: Permission denied\n"


@pytest.mark.parametrize(
    ("command", "remedy"), [("env", "--out-dir"), ("run", "--out-dir"), ("verify", "XDG_CACHE_HOME")]
)
def test_a_cache_that_takes_no_file_is_told_in_one_line(
    clean: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str, remedy: str
) -> None:
    (clean / "project/src").mkdir()
    (clean / "project/src/main.rs").write_text("fn main() {}")
    (clean / "project/Cargo.toml").write_text('[package]\nname = "demo"\nversion = "0.1.0"\n')
    (clean / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(clean / "file"))
    assert main([command, *BASE, "--sysroot", str(ROOT), "--embed"]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith(f"crossplan: cannot write {clean / 'file'}") and remedy in said


def test_json_is_the_plan_s_change_list(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [*BASE, "--sysroot", str(ROOT)]
    assert main(["env", *arguments, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert main(["plan", *arguments, "--json"]) == 0
    assert document == {"version": 1, "env": json.loads(capsys.readouterr().out)["env"]}


HEAVY = (
    "ast",
    "dataclasses",
    "rich",
    "pydantic",
    "elftools",
    "difflib",
    "packaging",
    "asyncio",
    "http",
    "email",
    "rtoml",
    "tomllib",
    "tempfile",
    "hashlib",
)


def test_env_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom crossplan.cli import main\nstatus = main(sys.argv[1:])\n"
        f"print(*sorted(set(sys.modules) & set({HEAVY!r})), file=sys.stderr)\nraise SystemExit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "env", *BASE, "--sysroot", str(ROOT)], capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == ""


def test_a_link_cannot_take_what_is_packed(clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import tarfile

    archive = clean / "root.tar"
    with tarfile.open(archive, "w") as packed:
        packed.add(ROOT, "root")
    assert main(["env", *BASE, "--sysroot", str(archive)]) == 0
    assert sourced(capsys.readouterr().out)["PYO3_CROSS_PYTHON_VERSION"] == "3.11"
    assert main(["env", *BASE, "--sysroot", str(archive), "--embed"]) == 4
    said = capsys.readouterr()
    assert said.out == "" and "archive" in said.err
