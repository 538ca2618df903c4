"""What a user gets for a slip of the pen, and for an output that cannot be written: one line, and the status for it."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crossplan.cli import main
from crossplan.cli.status import Status
from tests.checks.worlds import python_files
from tests.scan.making import make, sysconfigdata

ROOT = {"usr/lib/python3.11/_sysconfigdata__linux_aarch64-linux-gnu.py": sysconfigdata("aarch64-linux-gnu")}
PLAN = ("plan", "--target", "aarch64-unknown-linux-gnu", "--sysroot", "root", "--features", "extension-module")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["inspct", "root"], "did you mean inspect?"),
        (["plan", "--traget", "x"], "did you mean --target?"),
        (["plan", "--with", "mautrin"], "did you mean maturin?"),
        (["plan", "--version"], "(see crossplan --help)"),
        (["resolve"], "(see crossplan resolve --help)"),
        (["check", "."], ". is a folder; give the modules and wheels in it"),
        (["run", "cargo", "build", "--release"], "; put -- before the command"),
        (["run", "--tarhet", "x", "--", "cargo"], "did you mean --target?"),
    ],
)
def test_a_slip_is_answered_in_one_line(words: list[str], hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == Status.USAGE
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and said.startswith("crossplan: ") and hint in said
    assert f"did you mean {words[-1]}?" not in said


def crossplan(
    folder: Path, words: tuple[str, ...], redirect: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """The real program, in a shell that redirects its output."""
    command = f'exec "$0" -m crossplan "$@" {redirect}'
    environ = {"PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(folder / "cache"), **variables}
    return subprocess.run(
        ["sh", "-c", command, sys.executable, *words],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("command", [PLAN, ("env", *PLAN[1:]), ("inspect", "root", "--json")])
def test_a_full_disk_is_told_in_one_line(tmp_path: Path, command: tuple[str, ...]) -> None:
    make(tmp_path / "root", ROOT)
    done = crossplan(tmp_path, command, ">/dev/full")
    assert (done.returncode, done.stderr) == (
        Status.INTERNAL,
        "crossplan: cannot write the output: No space left on device\n",
    )


@pytest.mark.parametrize("redirect", [">&-", ">/dev/null 2>&-"])
def test_a_closed_stream_takes_nothing_away(tmp_path: Path, redirect: str) -> None:
    make(tmp_path / "root", ROOT)
    done = crossplan(tmp_path, PLAN, redirect)
    assert (done.returncode, done.stderr) == (Status.SOUND, "")


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    make(tmp_path / "root", ROOT)
    with subprocess.Popen(
        [sys.executable, "-m", "crossplan", *PLAN], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", Status.SOUND)


def test_a_device_has_no_folder_beside_it(tmp_path: Path) -> None:
    """The files of the plan go to the user's cache then."""
    files = python_files()
    libraries = {path: files.pop(path) for path in list(files) if "libpython" in path}
    moved = {path.replace("usr/lib/", "usr/lib/aarch64-linux-gnu/"): content for path, content in libraries.items()}
    make(tmp_path / "root", {**files, **moved})
    (tmp_path / "device").symlink_to("/dev/null")
    words = ("env", *PLAN[1:-1], "", "--pyo3", "0.23.5", "--embed", "-o", "device")
    assert crossplan(tmp_path, words, "").returncode == Status.SOUND
    assert not (tmp_path / "device.d").exists() and list((tmp_path / "cache").rglob("pyo3-config.txt"))


@pytest.mark.parametrize("command", [PLAN, ("matrix",)])
def test_a_folder_that_is_gone_is_named(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "gone").mkdir()
    script = 'cd gone && rmdir ../gone && exec "$0" -m crossplan "$@"'
    done = subprocess.run(
        ["sh", "-c", script, sys.executable, *command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == Status.USAGE
    assert done.stderr == "crossplan: the current folder is not there any more: cd into one that is\n"


def test_a_console_without_a_letter_gets_its_escape(tmp_path: Path) -> None:
    make(tmp_path / "wörk", ROOT)
    done = crossplan(tmp_path, ("inspect", "wörk"), PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr, done.stdout.splitlines()[0]) == (Status.SOUND, "", "w\\xf6rk: sound")


@pytest.mark.parametrize(
    ("command", "status"), [(("resolve", "--requests", "-"), Status.SOUND), (("inspect", "--from", "-"), Status.EMPTY)]
)
def test_an_input_that_is_closed_holds_nothing(tmp_path: Path, command: tuple[str, ...], status: Status) -> None:
    done = crossplan(tmp_path, command, "<&-")
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (status, "", False)


def test_help_lists_the_commands_under_their_heading(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "commands:\n  COMMAND\n    inspect " in capsys.readouterr().out


def test_a_home_that_may_not_be_entered_is_no_home(
    clean: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in a container that is started for another user than its image was made for."""
    make(Path("root"), ROOT)
    real = os.stat

    def stat(path: str | Path, **options: bool) -> os.stat_result:
        if str(path).startswith(str(clean / "home")):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path, **options)

    monkeypatch.setattr(os, "stat", stat)
    assert main(["env", *PLAN[1:]]) == Status.SOUND
    assert "export PYO3_CROSS_PYTHON_VERSION=" in capsys.readouterr().out
