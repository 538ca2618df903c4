"""The host's Python, asked for real: what works, what fails in which way, and what is never started."""

import sys
import sysconfig
from pathlib import Path

import pytest

from crossplan.resolve import BuildRequest, Resolution, resolve
from crossplan.toolchain.host_python import HostFailure, HostPython, LiveHost, RecordedHost, read_probe

HOST = "x86_64-unknown-linux-gnu"
BANNERS = ("Python 3", "GraalPy 3")


def program(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def native(pyo3: str, host: LiveHost | None = None, cwd: str = "/", **env: str) -> Resolution:
    return resolve(BuildRequest(pyo3, HOST, HOST, env=env, cwd=cwd, host_python=host or LiveHost()))


@pytest.mark.parametrize("pyo3", ["0.14.5", "0.22.6", "0.28.3", "0.30.1"])
def test_this_interpreter_is_described(pyo3: str) -> None:
    got = native(pyo3, PYO3_PYTHON=sys.executable, UNSAFE_PYO3_SKIP_VERSION_CHECK="1")
    assert got.config is not None
    assert got.config.version == "{}.{}".format(*sys.version_info)
    assert got.config.executable == sys.executable
    assert got.config.lib_dir == sysconfig.get_config_var("LIBDIR")
    assert got.config.lib_name == f"python{sysconfig.get_config_var('LDVERSION')}"
    assert got.origins["version"].kind == "interpreter" and got.origins["version"].place == sys.executable


SPEAKS = "#!/bin/sh\ncat > /dev/null\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SPEAKS + "exit 3\n", "Python script failed"),
        (SPEAKS, "broken Python interpreter: {}"),
        (SPEAKS + "printf 'a \\377\\n'\n", "failed to parse Python script output as utf-8"),
        ("#!/nonexistent\n", "failed to run the Python interpreter at {}: No such file or directory (os error 2)"),
    ],
)
def test_each_way_to_fail_has_pyo3s_words(text: str, said: str, tmp_path: Path) -> None:
    path = program(tmp_path / "python", text)
    got = native("0.30.1", PYO3_PYTHON=path)
    assert got.outcome == "error" and got.error[0] == said.format(path)


def test_a_file_that_is_no_program_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "python").write_text("")
    got = native("0.30.1", PYO3_PYTHON=str(tmp_path / "python"))
    assert got.error == (f"failed to run the Python interpreter at {tmp_path}/python: Permission denied (os error 13)",)


def test_path_is_searched_for_a_python_3(tmp_path: Path) -> None:
    program(tmp_path / "a" / "python", "#!/bin/sh\necho Python 2.7.18 >&2\n")
    program(tmp_path / "a" / "python3", "#!/bin/sh\necho Python 3.11.2\n")
    program(tmp_path / "b" / "python", "#!/bin/sh\necho GraalPy 3.11.7\n")
    host = LiveHost()
    assert host.on_path({"PATH": str(tmp_path / "a")}, "/", BANNERS) == "python3"
    assert host.on_path({"PATH": str(tmp_path / "b")}, "/", BANNERS) == "python"
    assert host.on_path({"PATH": str(tmp_path / "b")}, "/", BANNERS[:1]) is None
    assert native("0.30.1", PATH=str(tmp_path)).error == ("no Python 3.x interpreter found",)


def test_a_program_is_asked_once_and_another_in_its_place_again(tmp_path: Path) -> None:
    host = LiveHost()
    path = program(tmp_path / "python", SPEAKS + f"echo >> {tmp_path}/asked\n")
    assert native("0.30.1", host, PYO3_PYTHON=path).error == native("0.28.3", host, PYO3_PYTHON=path).error
    assert (tmp_path / "asked").read_text() == "\n"
    (tmp_path / "python").unlink()
    program(tmp_path / "python", SPEAKS + "exit 3\n")
    assert native("0.30.1", host, PYO3_PYTHON=path).error == ("Python script failed",)


def test_an_environment_is_entered_and_a_relative_path_counts_from_the_package(tmp_path: Path) -> None:
    path = program(tmp_path / "venv" / "bin" / "python", SPEAKS)
    assert native("0.30.1", VIRTUAL_ENV=str(tmp_path / "venv")).error == (f"broken Python interpreter: {path}",)
    assert native("0.30.1", cwd=str(tmp_path), CONDA_PREFIX="venv").error == (
        "broken Python interpreter: venv/bin/python",
    )
    both = native("0.30.1", VIRTUAL_ENV="/a", CONDA_PREFIX="/b", PATH="/nowhere")
    assert both.error == ("no Python 3.x interpreter found",) and "Both VIRTUAL_ENV" in both.warnings[0]


def test_what_must_not_be_started_is_not(tmp_path: Path) -> None:
    path = program(tmp_path / "python", f"#!/bin/sh\ntouch {tmp_path}/started\n")
    foreign = native("0.30.1", LiveHost(lambda command: "ENOEXEC"), PYO3_PYTHON=path)
    assert foreign.error == (f"failed to run the Python interpreter at {path}: Exec format error (os error 8)",)
    unknown = native("0.30.1", LiveHost(lambda command: "it lies below the sysroot"), PYO3_PYTHON=path)
    assert unknown.outcome == "unknown" and "below the sysroot" in unknown.error[0]
    assert not (tmp_path / "started").exists()


def test_a_program_that_never_answers_is_given_up(tmp_path: Path) -> None:
    path = program(tmp_path / "python", "#!/bin/sh\nexec sleep 60\n")
    got = native("0.30.1", LiveHost(seconds=0.2), PYO3_PYTHON=path)
    assert got.outcome == "unknown" and "no answer within 0.2 s" in got.error[0]


def test_sysconfigdata_is_never_handed_to_the_interpreter(tmp_path: Path) -> None:
    root = tmp_path / "lib"
    root.mkdir()
    evil = f"import os\nos.system('touch {tmp_path}/ran')\n"
    (root / "_sysconfigdata__x.py").write_text(evil)
    env = {"PYO3_CROSS_LIB_DIR": str(root), "PYO3_PYTHON": sys.executable}
    got = resolve(BuildRequest("0.30.1", "aarch64-unknown-linux-gnu", HOST, env=env, host_python=LiveHost()))
    assert got.outcome == "unknown" and "line 2" in got.error[0] and not (tmp_path / "ran").exists()


def test_a_record_speaks_as_its_interpreter() -> None:
    graal = HostPython("GraalVM", "3.11", True, None, None, None, "/graalpy", 64, graalpy="24.1.0")
    host = RecordedHost(graal)
    assert host.on_path({}, "/", BANNERS) == "python" and host.on_path({}, "/", BANNERS[:1]) is None
    named = {"_PYTHON_SYSCONFIGDATA_NAME": "_sysconfigdata__arm-linux-gnueabihf"}
    assert host.probe("python", named, "/") == HostFailure("status")
    assert host.probe("python", {"_PYTHON_SYSCONFIGDATA_NAME": "_sysconfigdata__x86_64-linux-gnu"}, "/") is graal


def test_a_probe_that_says_something_else_is_not_guessed_at() -> None:
    assert read_probe("") == HostFailure("silent")
    assert read_probe("hello world\n").kind == "unknown"  # type: ignore[union-attr]
