"""Roots that want to hang, exhaust or mislead a prediction."""

import os
from pathlib import Path

import pytest

from crossplan.resolve import BuildRequest, Resolution, resolve, run, search
from crossplan.toolchain.host_python import HostPython

PYTHON = HostPython(
    "CPython", "3.11", True, "3.11", "/usr/lib", "/usr", "/usr/bin/python3", 64, ext_suffix=".so", framework_prefix=""
)


def ask(pyo3: str, **env: str) -> Resolution:
    return resolve(
        BuildRequest(pyo3, "aarch64-unknown-linux-gnu", "x86_64-unknown-linux-gnu", env=env, host_python=PYTHON)
    )


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "_sysconfigdata__x.py")
    os.mkfifo(tmp_path / "config")
    for env in ({"PYO3_CROSS_LIB_DIR": str(tmp_path)}, {"PYO3_CONFIG_FILE": str(tmp_path / "config")}):
        got = ask("0.30.1", **env)
        assert got.outcome == "unknown" and "is no regular file" in got.error[0]


def test_a_directory_reads_as_pyo3_says(tmp_path: Path) -> None:
    (tmp_path / "_sysconfigdata__x.py").mkdir()
    got = ask("0.30.1", PYO3_CROSS_LIB_DIR=str(tmp_path))
    assert got.error == (
        f"failed to read config from {tmp_path.resolve()}/_sysconfigdata__x.py",
        "Is a directory (os error 21)\n",
    )
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        got = ask("0.30.1", PYO3_CONFIG_FILE=str(tmp_path))
    assert got.error[1:] == ("failed to read line from config", "Is a directory (os error 21)\n")
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize("name", ["_sysconfigdata__x.py", "config"])
def test_a_huge_file_is_not_read_to_its_end(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "FILE_LIMIT", 100)
    (tmp_path / name).write_text("#" * 101)
    env = {"PYO3_CROSS_LIB_DIR": str(tmp_path)} if name != "config" else {"PYO3_CONFIG_FILE": str(tmp_path / name)}
    got = ask("0.30.1", **env)
    assert got.outcome == "unknown" and "more than 100 bytes" in got.error[0]


def test_links_that_014_follows_without_end_are_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "FOLDERS", 500)
    for name in ("build", "build2", "python3.11"):
        (tmp_path / name).symlink_to(".")
    got = ask("0.14.5", PYO3_CROSS_LIB_DIR=str(tmp_path))
    assert got.outcome in ("unknown", "panic")
    assert ask("0.15.2", PYO3_CROSS_LIB_DIR=str(tmp_path)).error[0].startswith("Could not find")


def test_a_control_sequence_in_a_name_stays_data(tmp_path: Path) -> None:
    folder = tmp_path / "x\x1b[31m\n"
    folder.mkdir()
    got = ask("0.30.1", PYO3_CROSS_LIB_DIR=str(folder))
    assert got.error == (f"Could not find _sysconfigdata*.py in {folder}",)


def test_a_line_feed_in_the_lib_dir_spoils_what_is_handed_on(tmp_path: Path) -> None:
    got = ask("0.30.1", PYO3_CROSS_LIB_DIR="/a\nb", PYO3_CROSS_PYTHON_VERSION="3.11", PYO3_NO_PYTHON="1")
    assert got.outcome == "panic"
    assert got.error == (
        'failed to parse PyO3 config: Error { value: "expected key=value pair on line 7", source: None }',
    )
