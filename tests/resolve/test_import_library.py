"""Import libraries for Windows targets: when they are generated, by which tool, and how a failure reads (python3-dll-a 0.2.15)."""

from pathlib import Path

import pytest

from crossplan.resolve import BuildRequest, Resolution, resolve
from crossplan.toolchain.host_python import HostPython

HOST = "x86_64-unknown-linux-gnu"
PYTHON = HostPython(
    "CPython", "3.11", True, "3.11", "/usr/lib", "/usr", "/usr/bin/python3", 64, ext_suffix=".so", framework_prefix=""
)
FEATURE = "generate-import-lib"
OUT = "$OUT_DIR/lib"


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    for name in ("x86_64-w64-mingw32-dlltool", "llvm-dlltool", "zig"):
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(0o755)
    return tmp_path


def ask(pyo3: str, target: str, *features: str, **env: str) -> Resolution:
    given = {"PYO3_CROSS_PYTHON_VERSION": "3.10", **env}
    return resolve(BuildRequest(pyo3, target, HOST, frozenset(features), given, host_python=PYTHON))


def lib_dir(found: Resolution) -> str | None:
    assert found.config is not None, found.error
    return found.config.lib_dir


@pytest.mark.parametrize("target", ["x86_64-pc-windows-gnu", "x86_64-pc-windows-msvc"])
def test_a_folder_is_generated_where_none_is_given(target: str, tools: Path) -> None:
    assert lib_dir(ask("0.22.6", target, FEATURE, PATH=str(tools))) == OUT
    assert lib_dir(ask("0.22.6", target, FEATURE, PATH=str(tools), PYO3_CROSS_LIB_DIR="/w")) == "/w"
    assert lib_dir(ask("0.22.6", target, PATH=str(tools))) is None
    assert lib_dir(ask("0.29.3", target, FEATURE, PATH="/nowhere")) is None  # the feature does nothing any more


def test_other_systems_get_none(tools: Path) -> None:
    assert lib_dir(ask("0.22.6", "aarch64-unknown-linux-gnu", FEATURE, PATH=str(tools))) is None


def test_0164_generates_only_for_the_stable_abi(tools: Path) -> None:
    old = "generate-abi3-import-lib"
    target = "x86_64-pc-windows-msvc"
    assert lib_dir(ask("0.16.4", target, old, PATH=str(tools))) is None
    assert lib_dir(ask("0.16.4", target, old, "abi3-py39", PATH=str(tools))) == OUT
    assert lib_dir(ask("0.16.5", target, old, PATH=str(tools))) == OUT


def failed(found: Resolution) -> str:
    assert found.error[0] == "failed to generate python3.dll import library"
    return found.error[1].removesuffix("\n")


def test_a_missing_tool_is_named_with_its_words() -> None:
    found = ask("0.28.3", "i686-pc-windows-gnu", FEATURE, PATH="/nowhere")
    assert failed(found) == (
        '"i686-w64-mingw32-dlltool" "--input-def" "$OUT_DIR/lib/python310.def" "--output-lib" "$OUT_DIR/lib/python310.dll.a" '
        "failed with No such file or directory (os error 2)"
    )
    found = ask("0.28.3", "aarch64-pc-windows-msvc", FEATURE, "abi3-py39", PATH="/nowhere")
    assert failed(found) == (
        '"llvm-dlltool" "-m" "arm64" "-d" "$OUT_DIR/lib/python3.def" "-l" "$OUT_DIR/lib/python3.lib" '
        "failed with No such file or directory (os error 2)"
    )


def test_the_users_tools_come_first(tools: Path) -> None:
    chosen = {"PATH": str(tools), "PYO3_MINGW_DLLTOOL": "mine"}
    assert '"mine" "--input-def"' in failed(ask("0.28.3", "x86_64-pc-windows-gnu", FEATURE, **chosen))
    zig = {"PATH": "/nowhere", "ZIG_COMMAND": "zig -x {y}"}
    assert failed(ask("0.28.3", "x86_64-pc-windows-gnullvm", FEATURE, **zig)).startswith(
        '"zig" "-x" "{y}" "dlltool" "-m" "i386:x86-64"'
    )
    assert lib_dir(ask("0.28.3", "x86_64-pc-windows-gnullvm", FEATURE, PATH=str(tools), ZIG_COMMAND="zig")) == OUT
    unknown = ask("0.28.3", "x86_64-pc-windows-gnullvm", FEATURE, PATH=str(tools))
    assert failed(unknown) == "Unsupported target env ABI 'gnullvm'"


def test_a_file_that_cannot_be_executed_is_refused(tools: Path) -> None:
    (tools / "llvm-dlltool").chmod(0o644)
    assert failed(ask("0.28.3", "x86_64-pc-windows-msvc", FEATURE, PATH=f"/nowhere:{tools}")).endswith(
        "Permission denied (os error 13)"
    )


@pytest.mark.parametrize(
    ("pyo3", "env", "features", "said"),
    [
        ("0.28.3", {"PYO3_CROSS_PYTHON_VERSION": "3.15"}, (), "Unsupported Python version"),
        (
            "0.28.3",
            {"PYO3_CROSS_PYTHON_IMPLEMENTATION": "PyPy", "PYO3_CROSS_PYTHON_VERSION": "3.12"},
            (),
            "Unsupported PyPy version",
        ),
        ("0.17.3", {"PYO3_CROSS_PYTHON_IMPLEMENTATION": "PyPy"}, ("abi3",), "Unsupported PyPy version"),
    ],
)
def test_what_has_no_symbols(pyo3: str, env: dict[str, str], features: tuple[str, ...], said: str, tools: Path) -> None:
    assert failed(ask(pyo3, "x86_64-pc-windows-msvc", FEATURE, *features, PATH=str(tools), **env)) == said


def test_implementations_came_with_017(tools: Path) -> None:
    env = {"PATH": str(tools), "PYO3_CROSS_PYTHON_IMPLEMENTATION": "PyPy"}
    assert lib_dir(ask("0.16.6", "x86_64-pc-windows-msvc", FEATURE, "abi3", **env)) == OUT
    assert lib_dir(ask("0.23.4", "x86_64-pc-windows-msvc", FEATURE, "abi3", **env)) == OUT
    graal = ask(
        "0.23.5", "x86_64-pc-windows-msvc", FEATURE, PATH=str(tools), PYO3_CROSS_PYTHON_IMPLEMENTATION="GraalVM"
    )
    assert graal.error == ("No support for GraalPy on Windows",)


def test_a_config_files_free_threaded_build_asks_for_its_own() -> None:
    files = {"/c": "version=3.13\nbuild_flags=Py_GIL_DISABLED\n"}

    def command(pyo3: str) -> str:
        env = {"PYO3_CONFIG_FILE": "/c", "PATH": "/nowhere"}
        request = BuildRequest(pyo3, "x86_64-pc-windows-msvc", HOST, frozenset({FEATURE}), env, files=files)
        return failed(resolve(request))

    assert "python313t.def" in command("0.23.3") and "python313t.lib" in command("0.23.3")
    assert "python313.def" in command("0.23.2")
