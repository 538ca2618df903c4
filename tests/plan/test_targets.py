"""What was proven to work, target by target: the environments under which real modules were built, and imported by the target.

Each row is one of the builds that were carried out with the real PyO3 0.29.2; the plan's environment must be that one in effect.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from crossplan.api import make_plan, place_below
from crossplan.plan import Plan
from crossplan.python import PythonVersion
from tests.plan.making import Spec, make_python, situation

# Rust target, prefix of its compiler, its Debian multiarch folder, the word of its emulator
DEBIAN = [
    ("armv7-unknown-linux-gnueabihf", "arm-linux-gnueabihf", "arm-linux-gnueabihf", "arm"),
    ("aarch64-unknown-linux-gnu", "aarch64-linux-gnu", "aarch64-linux-gnu", "aarch64"),
    ("i686-unknown-linux-gnu", "i686-linux-gnu", "i386-linux-gnu", "i386"),
    ("powerpc64le-unknown-linux-gnu", "powerpc64le-linux-gnu", "powerpc64le-linux-gnu", "ppc64le"),
    ("s390x-unknown-linux-gnu", "s390x-linux-gnu", "s390x-linux-gnu", "s390x"),
    ("armv5te-unknown-linux-gnueabi", "arm-linux-gnueabi", "arm-linux-gnueabi", "arm"),
    ("arm-unknown-linux-gnueabi", "arm-linux-gnueabi", "arm-linux-gnueabi", "arm"),
    ("mips64el-unknown-linux-gnuabi64", "mips64el-linux-gnuabi64", "mips64el-linux-gnuabi64", "mips64el"),
    ("mipsel-unknown-linux-gnu", "mipsel-linux-gnu", "mipsel-linux-gnu", "mipsel"),
]


def plan_for(folder: Path, spec: Spec | None, environ: dict[str, str] | None = None, **options: object) -> Plan:
    root = folder / "root"
    root.mkdir(exist_ok=True)
    python = make_python(root, spec) if spec is not None else None
    target = options.pop("target", spec.triple if spec is not None else None)
    said = situation(root, python, environ, **{"target": target, "pyo3": "0.29.2", **options})
    return make_plan(said, place_below(f"{folder}/out"))


@pytest.mark.parametrize(("triple", "prefix", "multiarch", "qemu"), DEBIAN)
def test_a_module_for_debian(tmp_path: Path, triple: str, prefix: str, multiarch: str, qemu: str) -> None:
    spec = Spec(triple, library=f"usr/lib/{multiarch}")
    plan = plan_for(tmp_path, spec, features="extension-module")
    assert plan.environment == {
        "PYO3_CROSS_LIB_DIR": str(tmp_path / "root/usr/lib/python3.11"),
        f"CARGO_TARGET_{spec.target.variable}_LINKER": f"{prefix}-gcc",
    }
    assert plan.artifact.suffix == f".cpython-311-{multiarch}.so" and not plan.missed


@pytest.mark.parametrize(("triple", "prefix", "multiarch", "qemu"), DEBIAN)
def test_a_program_for_debian(tmp_path: Path, triple: str, prefix: str, multiarch: str, qemu: str) -> None:
    """The proof named the folder of libpython by `-L native=`; here the config file's lib_dir makes PyO3 itself name it."""
    spec = Spec(triple, library=f"usr/lib/{multiarch}", archive=True)
    folder = str(tmp_path / f"root/usr/lib/{multiarch}")
    plan = plan_for(tmp_path, spec, embed=True, features="auto-initialize")
    environ, variable = plan.environment, f"CARGO_TARGET_{spec.target.variable}"
    assert set(environ) == {"PYO3_CONFIG_FILE", f"{variable}_LINKER", f"{variable}_RUNNER", f"{variable}_RUSTFLAGS"}
    assert f"link-arg=-Wl,-rpath-link,{folder}" in str(environ[f"{variable}_RUSTFLAGS"])
    root = tmp_path / "root"
    assert environ[f"{variable}_RUNNER"] == f"qemu-{qemu}-static -L {root} -E PYTHONHOME={root}/usr"
    resolution = plan.planned.resolution
    assert resolution and f"cargo:rustc-link-search=native={folder}" in resolution.link and not plan.missed


def test_a_stable_abi_module_needs_the_linker_alone(tmp_path: Path) -> None:
    plan = plan_for(tmp_path, None, target="armv7-unknown-linux-gnueabihf", features="abi3-py38,extension-module")
    assert plan.environment == {"CARGO_TARGET_ARMV7_UNKNOWN_LINUX_GNUEABIHF_LINKER": "arm-linux-gnueabihf-gcc"}
    assert plan.artifact.suffix == ".abi3.so"


@pytest.mark.parametrize("release", ["0.22.6", "0.30.1"])
def test_a_root_is_no_reason_to_lead_a_stable_abi_module_to_it(tmp_path: Path, release: str) -> None:
    """Whichever field says so, the level is a version that the Python of the root serves."""
    spec = Spec("armv7-unknown-linux-gnueabihf")
    plan = plan_for(tmp_path, spec, features="abi3-py39,extension-module", pyo3=release)
    assert set(plan.environment) == {"CARGO_TARGET_ARMV7_UNKNOWN_LINUX_GNUEABIHF_LINKER"} and not plan.missed


def test_no_folder_for_a_library_that_is_bound_by_its_name(tmp_path: Path) -> None:
    spec = Spec("x86_64-pc-windows-gnu", stdlib="lib", library="libs")
    folder = str(tmp_path / "root/libs")
    now, before = (plan_for(tmp_path, spec, pyo3=release).environment for release in ("0.29.2", "0.28.3"))
    assert now == {"PYO3_CROSS_PYTHON_VERSION": "3.11"}
    assert before["PYO3_CROSS_LIB_DIR"] == folder  # an import library is linked there


def test_windows_from_linux(tmp_path: Path) -> None:
    plan = plan_for(tmp_path, None, target="x86_64-pc-windows-gnu", python="3.11", features="extension-module")
    assert plan.environment == {"PYO3_CROSS_PYTHON_VERSION": "3.11"}
    assert plan.artifact.suffix == ".cp311-win_amd64.pyd"


def test_a_windows_program_needs_no_more(tmp_path: Path) -> None:
    """raw-dylib binds to the DLL by its name, so no library is searched for."""
    plan = plan_for(
        tmp_path, None, target="x86_64-pc-windows-gnu", python="3.11", embed=True, features="auto-initialize"
    )
    assert plan.environment == {"PYO3_CROSS_PYTHON_VERSION": "3.11"} and not plan.missed


def test_emscripten(tmp_path: Path) -> None:
    """The proof linked by a wrapper of its own, without Emscripten's SDK; the plan's flags are those that emcc takes."""
    plan = plan_for(tmp_path, None, target="wasm32-unknown-emscripten", python="3.12", features="extension-module")
    assert plan.environment["PYO3_CROSS_PYTHON_VERSION"] == "3.12"
    assert "relocation-model=pic" in str(plan.environment["CARGO_TARGET_WASM32_UNKNOWN_EMSCRIPTEN_RUSTFLAGS"])
    assert plan.artifact.suffix == ".cpython-312-wasm32-emscripten.so"


def test_a_build_for_this_machine_needs_nothing(tmp_path: Path) -> None:
    plan = plan_for(tmp_path, None, target="x86_64-unknown-linux-gnu", python="3.11", features="extension-module")
    assert plan.environment == {}
    other = plan_for(tmp_path, None, target="x86_64-unknown-linux-gnu", python="3.12", features="extension-module")
    assert other.environment == {"PYO3_CROSS_PYTHON_VERSION": "3.12"}  # the recorded host has no python3.12


@pytest.mark.parametrize(
    ("spec", "options", "expected"),
    [
        # macOS: Python's symbols are left to the interpreter
        (
            Spec("aarch64-apple-darwin", stdlib="lib", library="lib"),
            {},
            {"RUSTFLAGS": "-C link-arg=-undefined -C link-arg=dynamic_lookup"},
        ),
        (Spec("x86_64-apple-darwin", stdlib="lib", library="lib"), {"tool": "maturin"}, {"RUSTFLAGS": None}),
        # musl: a module cannot have a static C library
        (
            Spec("aarch64-unknown-linux-musl"),
            {},
            {"RUSTFLAGS": "-C target-feature=-crt-static", "LINKER": "aarch64-linux-musl-gcc"},
        ),
        (Spec("riscv64gc-unknown-linux-musl"), {}, {"RUSTFLAGS": None}),
        # Android: the NDK's compiler carries the lowest API level
        (
            Spec("armv7-linux-androideabi", stdlib="lib", library="lib"),
            {},
            {"LINKER": "armv7a-linux-androideabi21-clang"},
        ),
        # zig and cross bring their own linker
        (Spec("aarch64-unknown-linux-gnu"), {"tool": "cargo-zigbuild"}, {"LINKER": None}),
        (Spec("aarch64-unknown-linux-gnu"), {"tool": "cross"}, {"LINKER": None}),
        # static libpython: its symbols stay for modules, and its own libraries are named
        (
            Spec("aarch64-unknown-linux-gnu", shared=False),
            {"embed": True, "features": ""},
            {"RUSTFLAGS": "-C link-arg=-Wl,--export-dynamic -C link-arg=-lpthread -C link-arg=-ldl"},
        ),
    ],
)
def test_what_the_link_needs(
    tmp_path: Path, spec: Spec, options: dict[str, object], expected: dict[str, str | None]
) -> None:
    plan = plan_for(tmp_path, spec, **{"features": "extension-module", **options})
    prefix = f"CARGO_TARGET_{spec.target.variable}_"
    assert {key: plan.environment.get(prefix + key) for key in expected} == expected and not plan.missed


@pytest.mark.parametrize("variable", ["ANDROID_NDK_HOME", "ANDROID_HOME"])
@pytest.mark.parametrize(("there", "found"), [("21", True), ("24", False)])
def test_the_compiler_of_an_ndk_is_named_by_its_path(tmp_path: Path, variable: str, there: str, found: bool) -> None:
    ndk = tmp_path / ("ndk" if variable == "ANDROID_NDK_HOME" else "sdk/ndk/27.2.12479018")
    folder = ndk / "toolchains/llvm/prebuilt/linux-x86_64/bin"
    folder.mkdir(parents=True)
    (folder / f"armv7a-linux-androideabi{there}-clang").touch(0o755)
    spec = Spec("armv7-linux-androideabi", stdlib="lib", library="lib")
    named = {variable: str(ndk if variable == "ANDROID_NDK_HOME" else tmp_path / "sdk")}
    linker = plan_for(tmp_path, spec, named, features="extension-module").environment[
        f"CARGO_TARGET_{spec.target.variable}_LINKER"
    ]
    name = "armv7a-linux-androideabi21-clang"
    assert linker == (str(folder / name) if found else name)


def test_flags_join_the_source_that_cargo_takes(tmp_path: Path) -> None:
    spec = Spec("aarch64-unknown-linux-musl")
    plan = plan_for(tmp_path, spec, {"RUSTFLAGS": "-C debuginfo=1"}, features="extension-module")
    assert plan.environment["RUSTFLAGS"] == "-C debuginfo=1 -C target-feature=-crt-static"
    plan = plan_for(tmp_path, spec, {"CARGO_ENCODED_RUSTFLAGS": "-C\x1fopt-level=1"}, features="extension-module")
    assert plan.environment["CARGO_ENCODED_RUSTFLAGS"] == "-C\x1fopt-level=1\x1f-C\x1ftarget-feature=-crt-static"
    own = "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_RUSTFLAGS"
    plan = plan_for(tmp_path, spec, {own: "-C target-feature=-crt-static"}, features="extension-module")
    assert own not in plan.environment


def test_flags_of_the_configuration_are_not_lost(tmp_path: Path) -> None:
    (tmp_path / "root" / ".cargo").mkdir(parents=True)
    (tmp_path / "root" / ".cargo" / "config.toml").write_text('[build]\nrustflags = ["-C", "debuginfo=1"]\n')
    plan = plan_for(tmp_path, Spec("aarch64-unknown-linux-musl"), features="extension-module")
    flags = plan.environment["CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_RUSTFLAGS"]
    assert flags == "-C debuginfo=1 -C target-feature=-crt-static"


def test_a_linker_that_is_named_already_stays(tmp_path: Path) -> None:
    spec = Spec("aarch64-unknown-linux-gnu")
    for name, value in (
        ("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", "my-gcc"),
        ("RUSTFLAGS", "-C linker=my-gcc"),
    ):
        assert "LINKER" not in str(plan_for(tmp_path, spec, {name: value}, features="extension-module").environment)


@pytest.mark.parametrize("name", ["CC_aarch64_unknown_linux_gnu", "CC_aarch64-unknown-linux-gnu", "TARGET_CC", "CC"])
def test_a_compiler_that_the_user_names_links(tmp_path: Path, name: str) -> None:
    command = "/opt/sdk/bin/aarch64-poky-linux-gcc"
    plan = plan_for(
        tmp_path, Spec("aarch64-unknown-linux-gnu"), {name: f"{command} --sysroot=x"}, features="extension-module"
    )
    assert plan.environment["CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER"] == command


def test_a_vendor_s_compiler_on_path_is_found(tmp_path: Path) -> None:
    tool = tmp_path / "bin" / "arm-buildroot-linux-gnueabihf-gcc"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    (tool.parent / "x86_64-linux-gnu-gcc").write_text("")
    plan = plan_for(
        tmp_path, Spec("armv7-unknown-linux-gnueabihf"), {"PATH": str(tool.parent)}, features="extension-module"
    )
    assert plan.environment["CARGO_TARGET_ARMV7_UNKNOWN_LINUX_GNUEABIHF_LINKER"] == tool.name


def test_free_threaded(tmp_path: Path) -> None:
    spec = Spec("aarch64-unknown-linux-gnu", PythonVersion(3, 14), free_threaded=True)
    plan = plan_for(tmp_path, spec, features="extension-module")
    assert plan.planned.resolution and plan.planned.resolution.config
    assert plan.planned.resolution.config.target_abi == "CPython-free_threaded-3.14"
    assert plan.artifact.suffix == ".cpython-314t-aarch64-linux-gnu.so"


def test_a_vendor_of_ones_own_changes_nothing(tmp_path: Path) -> None:
    spec = Spec("aarch64-unknown-linux-gnu", library="usr/lib")
    plan = plan_for(tmp_path, spec, features="extension-module")
    own = plan_for(tmp_path, None, dict(plan.environment), target="aarch64-poky-linux-gnu", features="extension-module")
    mine, other = own.planned.resolution, plan.planned.resolution
    assert mine is not None and other is not None
    assert (mine.outcome, mine.config) == ("ok", other.config)
