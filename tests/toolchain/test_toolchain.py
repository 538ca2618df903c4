"""The tools for a target: names and triplets decoded, the linker that Cargo and rustc would call, what to install."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crossplan.cli.main import main
from crossplan.data import load
from crossplan.origin import Fact, Origin
from crossplan.toolchain.compiler import android_level, find_compiler, triplet_in_name
from crossplan.toolchain.gnu import disagreements, gnu_facts
from crossplan.toolchain.metadata import read_metadata, resolved_features
from crossplan.toolchain.packages import how_to_install, install_commands
from crossplan.toolchain.sdk import find_ndk
from crossplan.toolchain.survey import Toolchain, codegen_options, default_linker, linker_in, search_folders
from crossplan.triple import find_target
from tests.checks.worlds import compiler, script
from tests.scan.making import make

ARM64 = "aarch64-unknown-linux-gnu"


def program(root: Path, name: str, text: str) -> Path:
    """An executable in `bin`."""
    path = root / "bin" / name
    make(root, {f"bin/{name}": text})
    path.chmod(0o755)
    return path


def facts(*words: str) -> tuple[Fact[str], ...]:
    return tuple(Fact(word, Origin("variable", key="RUSTFLAGS")) for word in words)


@pytest.mark.parametrize(
    ("triplet", "triple", "differs"),
    [
        ("aarch64-linux-gnu", ARM64, ()),
        ("aarch64-poky-linux", ARM64, ()),
        ("aarch64-buildroot-linux-musl", ARM64, ("libc",)),
        ("x86_64-linux-gnu", ARM64, ("machine",)),
        ("arm-linux-gnueabihf", "armv7-unknown-linux-gnueabihf", ()),
        ("armv7a-cros-linux-gnueabihf", "armv7-unknown-linux-gnueabihf", ()),
        ("arm-linux-gnueabi", "armv7-unknown-linux-gnueabihf", ("float ABI",)),
        ("arm-poky-linux-gnueabi", "armv7-unknown-linux-gnueabihf", ()),  # Yocto leaves hf out
        ("arm-openwrt-linux-muslgnueabi", "armv7-unknown-linux-musleabi", ()),
        ("i686-pc-linux-gnu", "i686-unknown-linux-gnu", ()),
        ("x86_64-linux-gnux32", "x86_64-unknown-linux-gnu", ("bits",)),
        ("powerpc64-linux-gnu", "powerpc64le-unknown-linux-gnu", ("machine", "byte order")),
        ("riscv64-unknown-linux-gnu", "riscv64gc-unknown-linux-gnu", ()),
        ("x86_64-w64-mingw32", "x86_64-pc-windows-gnu", ()),
        ("i686-w64-mingw32", "x86_64-pc-windows-gnu", ("machine", "bits")),
        ("aarch64-linux-android", "aarch64-linux-android", ()),
        ("armv7a-linux-androideabi", "armv7-linux-androideabi", ()),
        ("arm64-apple-darwin23.6.0", "aarch64-apple-darwin", ()),
    ],
)
def test_gnu_triplets_against_targets(triplet: str, triple: str, differs: tuple[str, ...]) -> None:
    decoded = gnu_facts(triplet)
    assert decoded is not None
    assert tuple(name for name, _, _ in disagreements(decoded, find_target(triple))) == differs


@pytest.mark.parametrize("text", ["", "cc", "wasm32", "vax-dec-ultrix", "-linux-gnu"])
def test_what_is_no_triplet(text: str) -> None:
    assert gnu_facts(text) is None


@pytest.mark.parametrize(
    ("name", "triplet"),
    [
        ("/opt/x/arm-linux-gnueabihf-gcc-12", "arm-linux-gnueabihf"),
        ("aarch64-linux-android21-clang++", "aarch64-linux-android"),
        ("x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32"),
        ("C:\\mingw\\x86_64-w64-mingw32-gcc.exe", "x86_64-w64-mingw32"),
        ("gcc", None),
        ("clang", None),
        ("my-own-gcc", None),
        ("cargo-zigbuild-cc", None),
    ],
)
def test_the_triplet_in_the_name_of_a_tool(name: str, triplet: str | None) -> None:
    assert triplet_in_name(name) == triplet


def test_the_api_level_in_the_name_of_an_ndk_compiler() -> None:
    assert android_level("/ndk/bin/armv7a-linux-androideabi24-clang") == 24
    assert android_level("aarch64-linux-android-clang") is None


@pytest.mark.parametrize(
    ("triple", "linker"),
    [
        (ARM64, "cc"),
        ("aarch64-linux-android", "cc"),
        ("x86_64-pc-windows-msvc", "link.exe"),
        ("x86_64-pc-windows-gnu", "x86_64-w64-mingw32-gcc"),
        ("aarch64-pc-windows-gnullvm", "aarch64-w64-mingw32-clang"),
        ("wasm32-unknown-emscripten", "emcc"),
        ("wasm32-wasip1", "rust-lld"),
        ("aarch64-apple-darwin", "cc"),
    ],
)
def test_what_rustc_calls_by_itself(triple: str, linker: str) -> None:
    assert default_linker(find_target(triple)) == linker


def test_flags_of_rustc_in_every_spelling() -> None:
    flags = facts(
        "-C",
        "linker=a",
        "-Clinker=b",
        "--codegen=link-arg=-L/x",
        "-L",
        "native=/y",
        "-L/z",
        "--codegen",
        "strip=symbols",
    )
    assert [option.value for option in codegen_options(flags)] == [
        "linker=a",
        "linker=b",
        "link-arg=-L/x",
        "strip=symbols",
    ]
    last = linker_in(flags)
    assert last is not None and last.value == "b"
    assert search_folders(flags) == ("/y", "/z", "/x")
    assert linker_in(facts("-C")) is None


def test_a_compiler_is_asked_once_it_is_needed(tmp_path: Path) -> None:
    program(tmp_path, "gcc", compiler("aarch64-linux-gnu", "4.8.5"))
    program(
        tmp_path,
        "emcc",
        script('[ "$1" = --version ] && echo "emcc (Emscripten gcc/clang-like replacement) 3.1.58 (abc)" || exit 1'),
    )
    env = {"PATH": str(tmp_path / "bin")}
    gcc, emcc = (find_compiler(name, env, str(tmp_path)) for name in ("gcc -m64", "emcc"))
    assert (gcc.name, gcc.machine, gcc.version, gcc.sysroot) == ("gcc", "aarch64-linux-gnu", "4.8.5", None)
    assert (emcc.version, emcc.machine) == ("3.1.58", None)
    assert find_compiler("nothing", env, str(tmp_path)).machine is None


def test_the_linker_is_looked_for_as_cargo_does(tmp_path: Path) -> None:
    program(tmp_path, "aarch64-linux-gnu-gcc", compiler("aarch64-linux-gnu"))
    env = {"PATH": str(tmp_path / "bin")}
    configured = Fact("from-config", Origin("project", "x", "linker"))

    def named(linker: Fact[str] | None, *flags: str) -> str:
        return Toolchain(
            find_target(ARM64), "x86_64-unknown-linux-gnu", env, str(tmp_path), linker, facts(*flags)
        ).named_linker.value

    assert (named(None), named(configured), named(configured, "-Clinker=flag")) == ("cc", "from-config", "flag")
    tools = Toolchain(find_target(ARM64), "x86_64-unknown-linux-gnu", env, str(tmp_path))
    assert tools.suggested_linker == "aarch64-linux-gnu-gcc"
    other = {"PATH": str(tmp_path / "bin"), f"CC_{ARM64.replace('-', '_')}": "target-cc", "CC": "cc", "CXX": "c++"}
    found = Toolchain(find_target(ARM64), "x86_64-unknown-linux-gnu", other, str(tmp_path)).compilers
    assert {kind: fact.value for kind, fact in found.items()} == {"CC": "target-cc", "CXX": "c++"}


def test_every_row_of_packages_names_known_columns() -> None:
    for row in load("targets")["targets"]:
        target = find_target(row["triple"])
        for tool in {row["tool"] for row in load("toolchain")["packages"]}:
            for command in install_commands(tool, target):
                assert "{" not in command and "None" not in command


@pytest.mark.parametrize(
    ("tool", "triple", "first"),
    [
        ("std", ARM64, "rustup target add aarch64-unknown-linux-gnu"),
        ("linker", ARM64, "apt install gcc-aarch64-linux-gnu"),
        ("linker", "aarch64-unknown-linux-musl", "pip install ziglang cargo-zigbuild"),
        ("dlltool", "x86_64-pc-windows-msvc", "apt install llvm"),
        ("linker", "riscv32gc-unknown-linux-gnu", "pip install ziglang cargo-zigbuild"),
    ],
)
def test_what_to_install(tool: str, triple: str, first: str) -> None:
    assert install_commands(tool, find_target(triple))[0] == first
    assert how_to_install("nothing of that name", find_target(triple)) == ""


def test_an_ndk_and_its_levels(tmp_path: Path) -> None:
    folder = "ndk/27.0/toolchains/llvm/prebuilt/linux-x86_64/bin"
    make(tmp_path, {f"{folder}/armv7a-linux-androideabi{level}-clang": "" for level in (21, 24, 35)})
    ndk = find_ndk(find_target("armv7-linux-androideabi"), {"ANDROID_HOME": str(tmp_path)})
    assert ndk is not None and ndk.levels == (21, 24, 35)
    assert find_ndk(find_target("aarch64-linux-android"), {"ANDROID_HOME": str(tmp_path)}) is None


METADATA = {
    "packages": [{"id": "a", "name": "pyo3", "version": "0.22.6"}, {"id": "b", "name": "demo", "version": "0.1.0"}],
    "resolve": {"nodes": [{"id": "a", "features": ["macros", "abi3"]}, {"id": "b", "features": []}]},
}


def test_what_cargo_metadata_says(tmp_path: Path) -> None:
    answer = read_metadata(json.dumps(METADATA), "pyo3")
    assert (answer.features, answer.reason) == (("abi3", "macros"), None)
    assert read_metadata(json.dumps(METADATA), "pyo3-ffi").reason is not None
    assert read_metadata("[]", "pyo3").reason == "cargo's answer is not understood"
    env = {"PATH": str(tmp_path / "bin")}
    assert (
        resolved_features("pyo3", tmp_path / "Cargo.toml", ARM64, env, str(tmp_path)).reason == "cargo is not on PATH"
    )
    program(tmp_path, "cargo", script('echo "error: no network" >&2; exit 101'))
    assert resolved_features("pyo3", tmp_path / "Cargo.toml", ARM64, env, str(tmp_path)).reason == "error: no network"


def doctor(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str]:
    """Run `crossplan doctor` with nothing but `bin` on PATH."""
    for name in ("CARGO", "RUSTC", "CARGO_HOME", "RUSTFLAGS", "CARGO_BUILD_TARGET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(root / "bin"))
    monkeypatch.setenv("HOME", str(root))
    monkeypatch.chdir(root)
    status = main(["doctor", "--host", "x86_64-unknown-linux-gnu", *words])
    return status, capsys.readouterr().out


def test_doctor_names_what_is_missing_and_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bin").mkdir()
    status, out = doctor(tmp_path, monkeypatch, capsys, "--target", ARM64, "--json")
    states = {row["tool"]: row["state"] for row in json.loads(out)["tools"]}
    assert status == 4
    assert [states[name] for name in ("cargo", "rustc", "linker", "zig", "host Python")] == ["missing"] * 3 + [
        "absent",
        "missing",
    ]
    assert {finding["code"] for finding in json.loads(out)["findings"]} == {"XP601", "XP630"}


def test_doctor_is_content_with_a_complete_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, {"lib/libcore-0123456789abcdef.rlib": ""})
    program(tmp_path, "cargo", script())
    program(tmp_path, "python3", script())
    program(
        tmp_path,
        "rustc",
        script(f'case "$1" in\n-vV) echo "release: 1.95.0"; echo "host: x" ;;\n*) echo {tmp_path}/lib ;;\nesac'),
    )
    program(tmp_path, "aarch64-linux-gnu-gcc", compiler("aarch64-linux-gnu"))
    monkeypatch.setenv("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", "aarch64-linux-gnu-gcc")
    status, out = doctor(tmp_path, monkeypatch, capsys, "--target", ARM64)
    assert status == 0
    assert "missing" not in out and "-dumpmachine aarch64-linux-gnu" in " ".join(out.split())


def test_doctor_sends_nobody_for_a_linker_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And what does not fit on a line goes on below its own beginning."""
    program(tmp_path, "cc", compiler("x86_64-linux-gnu"))
    program(tmp_path, "aarch64-linux-gnu-gcc", compiler("aarch64-linux-gnu"))
    _, out = doctor(tmp_path, monkeypatch, capsys, "--target", ARM64)
    rows = out.partition("\n\n")[0].splitlines()[1:]
    assert "name aarch64-linux-gnu-gcc as linker: it is on PATH" in " ".join(" ".join(rows).split())
    assert not [row for row in rows if not row.startswith("  ")] and "gcc-aarch64-linux-gnu" not in out
