"""What the tool that drives the build needs, other crates' variables, and the names of what comes out."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from packaging.tags import parse_tag

from crossplan.checks import check_situation
from crossplan.plan.maturin import is_cross, maturin_view
from crossplan.plan.tags import is_accepted, wheel_tags
from crossplan.python import PythonVersion
from crossplan.record import replace
from crossplan.situation import apply
from crossplan.triple import described_triples, find_target
from tests.plan import making
from tests.plan.making import HOST, Spec
from tests.plan.test_targets import plan_for

ARM64 = "aarch64-unknown-linux-gnu"


def write_project(folder: Path, *, backend: str = "", crates: tuple[str, ...] = (), more: str = "") -> None:
    root = folder / "root"
    (root / "src").mkdir(parents=True)
    (root / "src" / "lib.rs").write_text("")
    (root / "Cargo.toml").write_text(
        '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]\n'
        f'[dependencies]\npyo3 = {{ version = "0.29", features = ["extension-module"] }}\n{more}'
    )
    names = ["pyo3", *crates]
    entries = "".join(f'\n[[package]]\nname = "{name}"\nversion = "0.29.2"\n' for name in names)
    needs = "".join(f' "{name}",\n' for name in names)
    (root / "Cargo.lock").write_text(
        f'version = 4\n\n[[package]]\nname = "demo"\nversion = "0.1.0"\ndependencies = [\n{needs}]\n{entries}'
    )
    if backend:
        name = {"maturin": "maturin", "setuptools-rust": "setuptools.build_meta"}[backend]
        (root / "pyproject.toml").write_text(
            f'[build-system]\nrequires = ["setuptools", "{backend}"]\nbuild-backend = "{name}"\n'
            '[project]\nname = "demo"\nversion = "0.1.0"\n'
        )


@pytest.mark.parametrize("backend", ["maturin", "setuptools-rust"])
def test_a_backend_is_told_the_target(tmp_path: Path, backend: str) -> None:
    write_project(tmp_path, backend=backend)
    plan = plan_for(tmp_path, Spec(ARM64))
    assert plan.environment["CARGO_BUILD_TARGET"] == ARM64
    assert plan.command == ("cargo", "build", "--target", ARM64)


def test_a_target_of_another_build_is_corrected(tmp_path: Path) -> None:
    plan = plan_for(tmp_path, Spec(ARM64), {"CARGO_BUILD_TARGET": "armv7-unknown-linux-gnueabihf"})
    assert plan.environment["CARGO_BUILD_TARGET"] == ARM64


@pytest.mark.parametrize(
    ("target", "suffix"),
    [(HOST, ".cpython-311d-x86_64-linux-gnu.so"), (ARM64, ".cpython-311-aarch64-linux-gnu.so")],
)
def test_the_host_s_python_tells_its_own_suffix(
    tmp_path: Path, target: str, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "RECORD", replace(making.RECORD, ext_suffix=".cpython-311d-x86_64-linux-gnu.so"))
    environ = {} if target == HOST else {"PYO3_CROSS_PYTHON_VERSION": "3.11"}
    assert plan_for(tmp_path, None, environ, target=target).artifact.suffix == suffix


@pytest.mark.parametrize("value", ["", "0", "false"])
def test_a_cross_build_that_is_meant_to_be_off_is_none(tmp_path: Path, value: str) -> None:
    plan = plan_for(tmp_path, None, {"PYO3_CROSS": value}, target=HOST)
    assert plan.environment["PYO3_CROSS"] is None
    assert plan.planned.resolution is not None and plan.planned.resolution.cross is False


def test_no_backend_no_variable(tmp_path: Path) -> None:
    write_project(tmp_path)
    assert "CARGO_BUILD_TARGET" not in plan_for(tmp_path, Spec(ARM64)).environment


@pytest.mark.parametrize(
    ("environ", "unset"),
    [
        ({"ARCHFLAGS": "-arch x86_64"}, "ARCHFLAGS"),
        ({"_PYTHON_HOST_PLATFORM": "linux-x86_64"}, "_PYTHON_HOST_PLATFORM"),
        ({"LIBRARY_PATH": "{root}/usr/lib:/usr/lib"}, "LIBRARY_PATH"),
        ({"LIBRARY_PATH": "/usr/lib"}, None),
        ({"CPATH": "{root}/usr/include"}, "CPATH"),
    ],
)
def test_what_leads_astray_is_unset(tmp_path: Path, environ: dict[str, str], unset: str | None) -> None:
    write_project(tmp_path, backend="maturin")
    given = {name: value.format(root=tmp_path / "root") for name, value in environ.items()}
    plan = plan_for(tmp_path, Spec(ARM64), given)
    assert [name for name, value in plan.environment.items() if value is None] == ([unset] if unset else [])
    assert unset not in apply(given, plan.environment)


@pytest.mark.parametrize(
    ("options", "command"),
    [
        ({}, ("cargo", "build", "--target", ARM64)),
        ({"profile": "release"}, ("cargo", "build", "--release", "--target", ARM64)),
        ({"profile": "bench"}, ("cargo", "build", "--profile", "bench", "--target", ARM64)),
        ({"tool": "cross"}, ("cross", "build", "--target", ARM64)),
        ({"tool": "cargo-zigbuild"}, ("cargo", "zigbuild", "--target", ARM64)),
        ({"tool": "maturin"}, ("maturin", "build", "--target", ARM64)),
        ({"tool": "setuptools-rust"}, ("python3.11", "-m", "build", "--wheel")),
    ],
)
def test_command(tmp_path: Path, options: dict[str, object], command: tuple[str, ...]) -> None:
    write_project(tmp_path)
    assert plan_for(tmp_path, Spec(ARM64), **options).command == command


def test_maturin_without_a_root_is_told_the_python(tmp_path: Path) -> None:
    plan = plan_for(tmp_path, None, target=ARM64, python="3.13t", tool="maturin", features="extension-module")
    assert plan.command[-2:] == ("-i", "python3.13t")


@pytest.mark.parametrize(
    ("spec", "options", "told"),
    [
        (Spec(ARM64), {}, ()),  # its description is named
        (Spec(ARM64), {"features": "extension-module,abi3-py39"}, ()),  # no Python is needed
        (Spec("x86_64-pc-windows-gnu", stdlib="lib", library="libs"), {}, ("-i", "python3.11")),
        (Spec("x86_64-pc-windows-gnu", stdlib="lib", library="libs"), {"pyo3": "0.28.3"}, ()),
        (None, {"python": "3.14t"}, ("-i", "python3.14t")),
        (None, {"python": "3.11", "implementation": "PyPy"}, ("-i", "pypy3.11")),
    ],
)
def test_maturin_is_told_the_python_unless_a_variable_or_the_stable_abi_does(
    tmp_path: Path, spec: Spec | None, options: dict[str, object], told: tuple[str, ...]
) -> None:
    target = spec.triple if spec is not None else ARM64
    said = {"features": "extension-module", "tool": "maturin", "target": target, **options}
    plan = plan_for(tmp_path, spec, **said)
    assert plan.command[plan.command.index(target) + 1 :] == told
    view = maturin_view(plan)
    assert view is not None and view.needs == (told[-1] if told else None)


@pytest.mark.parametrize(
    ("options", "program"),
    [
        ({"python": "3.12"}, "python3.12"),
        ({"python": "3.14t"}, "python3.14t"),
        ({"python": "3.11", "implementation": "PyPy"}, "pypy3.11"),
        ({"features": "extension-module,abi3-py39"}, "python3"),
    ],
)
def test_setuptools_runs_in_a_python_of_that_kind(tmp_path: Path, options: dict[str, object], program: str) -> None:
    said = {"features": "extension-module", "tool": "setuptools-rust", "target": ARM64, **options}
    assert plan_for(tmp_path, None, **said).command[0] == program


@pytest.mark.parametrize("release", ["0.22.6", "0.29.2"])
def test_setuptools_rust_turns_extension_module_on_by_itself(tmp_path: Path, release: str) -> None:
    said = {"features": "", "tool": "setuptools-rust", "pyo3": release}
    plan = plan_for(tmp_path, Spec(ARM64), **said)
    assert plan.as_is.request.feature_names == ("extension-module",)
    assert plan.planned.resolution is not None and plan.planned.resolution.link == () and not plan.missed
    assert plan_for(tmp_path, Spec(ARM64), **said, embed=True).as_is.request.feature_names == ()


def test_setuptools_is_told_name_and_tag(tmp_path: Path) -> None:
    plan = plan_for(
        tmp_path, Spec("armv7-unknown-linux-gnueabihf"), tool="setuptools-rust", features="extension-module"
    )
    environ = plan.environment
    assert environ["_PYTHON_HOST_PLATFORM"] == "linux-armv7l"
    assert environ["SETUPTOOLS_EXT_SUFFIX"] == ".cpython-311-arm-linux-gnueabihf.so"
    assert wheel_tags(plan) == ("cp311-cp311-linux_armv7l",)


@pytest.mark.parametrize(
    ("triple", "told", "suffix", "tag"),
    [
        (ARM64, ("-C--build-option=--py-limited-api=cp39",), None, "cp39-abi3-linux_aarch64"),
        # setuptools would call it by the host's word, which Windows does not look for, so it is not told.
        ("x86_64-pc-windows-gnu", (), ".pyd", "cp312-cp312-win_amd64"),
    ],
)
def test_setuptools_is_told_of_a_stable_abi(
    tmp_path: Path, triple: str, told: tuple[str, ...], suffix: str | None, tag: str
) -> None:
    said = {"python": "3.12", "tool": "setuptools-rust", "features": "extension-module,abi3-py39"}
    plan = plan_for(tmp_path, None, target=triple, **said)
    assert plan.command[4:] == told and plan.environment.get("SETUPTOOLS_EXT_SUFFIX") == suffix
    assert wheel_tags(plan) == (tag,)


@pytest.mark.parametrize(
    ("triple", "platform"),
    [
        ("aarch64-apple-darwin", "macosx-11.0-arm64"),
        ("x86_64-pc-windows-msvc", "win-amd64"),
        ("i686-pc-windows-msvc", "win32"),
        ("aarch64-linux-android", "android-21-arm64_v8a"),
        ("i686-unknown-linux-gnu", "linux-i686"),
    ],
)
def test_setuptools_is_told_the_platform_of_the_tag(tmp_path: Path, triple: str, platform: str) -> None:
    plan = plan_for(tmp_path, None, target=triple, python="3.12", tool="setuptools-rust", features="extension-module")
    assert plan.environment["_PYTHON_HOST_PLATFORM"] == platform
    (tag,) = wheel_tags(plan)
    assert tag.endswith("-" + platform.replace("-", "_").replace(".", "_"))
    assert "host-platform-inherited" not in {finding.code.name for finding in check_situation(plan.planned)}


@pytest.mark.parametrize(
    ("options", "folder", "said"),
    [
        ({"tool": "setuptools-rust"}, "release", None),
        ({"tool": "setuptools-rust", "profile": "dev"}, "debug", "dev"),
        ({"tool": "maturin"}, "debug", None),
        ({"tool": "cargo"}, "debug", None),
    ],
)
def test_each_tool_has_its_own_profile(tmp_path: Path, options: dict[str, str], folder: str, said: str | None) -> None:
    write_project(tmp_path)
    plan = plan_for(tmp_path, Spec(ARM64), **options)
    assert plan.artifact.cargo_file == f"target/{ARM64}/{folder}/libdemo.so"
    assert plan.environment.get("SETUPTOOLS_RUST_CARGO_PROFILE") == said


def test_what_the_command_tells_setuptools_is_no_finding(tmp_path: Path) -> None:
    write_project(tmp_path, backend="setuptools-rust")
    settings = tmp_path / "root" / "pyproject.toml"
    settings.write_text(
        settings.read_text("utf-8") + '[[tool.setuptools-rust.ext-modules]]\ntarget = "demo"\n', "utf-8"
    )
    for tool, told in (("cargo", False), ("setuptools-rust", True)):
        plan = plan_for(tmp_path, Spec(ARM64), tool=tool, features="extension-module,abi3-py39")
        named = {finding.code.name for finding in check_situation(plan.as_is, plan.planned)}
        assert ("wheel-not-marked" not in named) is told


def test_a_build_for_this_machine_has_its_profile_too(tmp_path: Path) -> None:
    plan = plan_for(tmp_path, None, target=HOST, tool="setuptools-rust", profile="dev", features="extension-module")
    assert plan.environment["SETUPTOOLS_RUST_CARGO_PROFILE"] == "dev"


def test_maturin_takes_the_profile_of_its_settings(tmp_path: Path) -> None:
    write_project(tmp_path, backend="maturin")
    settings = tmp_path / "root" / "pyproject.toml"
    settings.write_text(settings.read_text("utf-8") + '[tool.maturin]\nprofile = "release"\n', "utf-8")
    plan = plan_for(tmp_path, Spec(ARM64), tool="maturin")
    assert plan.command[:3] == ("maturin", "build", "--release")
    assert plan.artifact.cargo_file == f"target/{ARM64}/release/libdemo.so"


@pytest.mark.parametrize(
    ("triple", "file"),
    [
        ("wasm32-wasip1", "demo.wasm"),
        ("wasm32-unknown-emscripten", "demo.js"),
        ("x86_64-pc-windows-gnu", "demo.exe"),
        ("x86_64-apple-darwin", "demo"),
    ],
)
def test_a_program_has_the_name_that_rustc_gives(tmp_path: Path, triple: str, file: str) -> None:
    write_project(tmp_path)
    (tmp_path / "root" / "src" / "main.rs").write_text("fn main() {}\n", "utf-8")
    plan = plan_for(tmp_path, None, target=triple, python="3.12", embed=True)
    assert plan.artifact.cargo_file == f"target/{triple}/debug/{file}"


@pytest.mark.parametrize("backend", ["", "maturin"])
def test_cargo_alone_is_told_that_symbols_stay_open_on_macos(tmp_path: Path, backend: str) -> None:
    write_project(tmp_path, backend=backend)
    said = {"target": "aarch64-apple-darwin", "python": "3.12", "features": "extension-module"}
    flags = "CARGO_TARGET_AARCH64_APPLE_DARWIN_RUSTFLAGS"
    assert "dynamic_lookup" in (plan_for(tmp_path, None, **said).environment[flags] or "")
    assert flags not in plan_for(tmp_path, None, **said, tool="maturin").environment


def test_cross_lets_the_plan_in(tmp_path: Path) -> None:
    plan = plan_for(tmp_path, Spec(ARM64), tool="cross", features="extension-module")
    assert plan.environment["CROSS_BUILD_ENV_PASSTHROUGH"] == "PYO3_CROSS_LIB_DIR"
    root = tmp_path / "root"
    assert plan.environment["CROSS_CONTAINER_OPTS"] == f"--volume={root}:{root}:ro"


def test_what_a_backend_sets_does_not_reach_a_container_by_itself(tmp_path: Path) -> None:
    """maturin sets it for Cargo, and cross lets in what it is told."""
    said = {"features": "", "tool": "maturin", "pyo3": "0.29.2"}
    name = "PYO3_BUILD_EXTENSION_MODULE"
    assert name not in plan_for(tmp_path, Spec(ARM64), **said).environment
    plan = plan_for(tmp_path, Spec(ARM64), {"CARGO": "cross"}, **said)
    assert plan.environment[name] == "1" and name in str(plan.environment["CROSS_BUILD_ENV_PASSTHROUGH"]).split()
    assert plan.planned.resolution is not None and plan.planned.resolution.link == () and not plan.missed


def test_cross_runs_programs_by_its_own_means(tmp_path: Path) -> None:
    """The image has a runner; the one of this machine is not in it."""
    said = {"embed": True, "features": "auto-initialize"}
    names = {tool: set(plan_for(tmp_path, Spec(ARM64), **said, tool=tool).environment) for tool in ("cargo", "cross")}
    runner, flags = (f"CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_{word}" for word in ("RUNNER", "RUSTFLAGS"))
    assert runner in names["cargo"] and runner not in names["cross"] and flags in names["cross"]


def test_zig_is_given_no_flag_that_it_ignores(tmp_path: Path) -> None:
    plan = plan_for(tmp_path, Spec(ARM64), embed=True, features="auto-initialize", tool="cargo-zigbuild")
    assert not any(name.endswith("RUSTFLAGS") for name in plan.environment)


@pytest.mark.parametrize("tool", ["maturin", "setuptools-rust"])
@pytest.mark.parametrize(
    ("target", "flags"),
    [
        ("x86_64-unknown-linux-musl", None),
        ("wasm32-unknown-emscripten", "-C relocation-model=pic"),
        ("aarch64-apple-darwin", None),
    ],
)
def test_a_backend_passes_a_module_s_flags_by_itself(tmp_path: Path, tool: str, target: str, flags: str | None) -> None:
    plan = plan_for(tmp_path, None, target=target, python="3.12", tool=tool)
    name = f"CARGO_TARGET_{find_target(target).variable}_RUSTFLAGS"
    assert plan.environment.get(name) == flags


@pytest.mark.parametrize(
    ("tool", "pin", "value"),
    [
        ("cargo", "", "1"),
        ("maturin", "", None),
        ("maturin", ">=1,<2", None),
        ("maturin", "==1.7.0", "1"),
        ("maturin", "<1.9", "1"),
        ("setuptools-rust", "", None),
    ],
)
def test_a_backend_says_by_itself_that_a_module_is_built(
    tmp_path: Path, tool: str, pin: str, value: str | None
) -> None:
    folder = tmp_path / "root"
    write_project(tmp_path)
    manifest = folder / "Cargo.toml"
    manifest.write_text(manifest.read_text().replace('features = ["extension-module"]', "default-features = true"))
    if tool != "cargo":
        requires = f'requires = ["setuptools", "{tool}{pin}"]\nbuild-backend = "x"\n'
        (folder / "pyproject.toml").write_text(f"[build-system]\n{requires}")
    plan = plan_for(tmp_path, Spec(ARM64), tool=tool)
    assert plan.environment.get("PYO3_BUILD_EXTENSION_MODULE") == value
    assert plan.planned.resolution is not None and plan.planned.resolution.link == () and not plan.missed


def test_other_crates_get_what_they_read_and_only_then(tmp_path: Path) -> None:
    write_project(tmp_path / "with", crates=("cc", "pkg-config", "bindgen"))
    (tmp_path / "with/root/usr/lib/aarch64-linux-gnu/pkgconfig").mkdir(parents=True)
    root = tmp_path / "with/root"
    environ = plan_for(tmp_path / "with", Spec(ARM64)).environment
    assert environ["CC_aarch64_unknown_linux_gnu"] == "aarch64-linux-gnu-gcc"
    assert environ["AR_aarch64_unknown_linux_gnu"] == "aarch64-linux-gnu-ar"
    assert environ["PKG_CONFIG_SYSROOT_DIR_aarch64_unknown_linux_gnu"] == str(root)
    assert environ["PKG_CONFIG_LIBDIR_aarch64_unknown_linux_gnu"] == str(root / "usr/lib/aarch64-linux-gnu/pkgconfig")
    assert environ["BINDGEN_EXTRA_CLANG_ARGS_aarch64_unknown_linux_gnu"] == f"--sysroot={root}"
    write_project(tmp_path / "without")
    without = plan_for(tmp_path / "without", Spec(ARM64)).environment
    assert set(without) == {"PYO3_CROSS_LIB_DIR", "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER"}


@pytest.mark.parametrize("triple", described_triples())
@pytest.mark.parametrize("tool", ["cargo", "setuptools-rust"])
def test_every_tag_is_one(tmp_path: Path, triple: str, tool: str) -> None:
    for features in ("extension-module", "extension-module,abi3-py39"):
        plan = plan_for(tmp_path, None, target=triple, python="3.12", features=features, tool=tool)
        for tag in wheel_tags(plan):
            (parsed,) = parse_tag(tag)
            assert str(parsed) == tag and parsed.interpreter in ("cp312", "cp39")


@pytest.mark.parametrize(
    ("triple", "options", "tag", "accepted"),
    [
        (ARM64, {"python": "3.12"}, "cp312-cp312-manylinux_2_17_aarch64", True),
        (ARM64, {"features": "extension-module,abi3-py39"}, "cp39-abi3-manylinux_2_17_aarch64", True),
        ("riscv64gc-unknown-linux-gnu", {"python": "3.12"}, "cp312-cp312-manylinux_2_31_riscv64", True),
        ("loongarch64-unknown-linux-gnu", {"python": "3.12"}, "cp312-cp312-manylinux_2_36_loongarch64", False),
        ("mipsel-unknown-linux-gnu", {"python": "3.12"}, "cp312-cp312-linux_mipsel", False),
        ("aarch64-unknown-linux-musl", {"python": "3.14t"}, "cp314-cp314t-musllinux_1_2_aarch64", True),
        ("x86_64-apple-darwin", {"python": "3.12"}, "cp312-cp312-macosx_10_12_x86_64", True),
        ("aarch64-apple-darwin", {"python": "3.12"}, "cp312-cp312-macosx_11_0_arm64", True),
        ("aarch64-apple-ios-sim", {"python": "3.13"}, "cp313-cp313-ios_14_0_arm64_iphonesimulator", True),
        ("aarch64-linux-android", {"python": "3.13"}, "cp313-cp313-android_21_arm64_v8a", True),
        ("aarch64-pc-windows-msvc", {"python": "3.12"}, "cp312-cp312-win_arm64", True),
        (ARM64, {"python": "3.11", "implementation": "PyPy"}, "pp311-pypy311_pp73-manylinux_2_17_aarch64", True),
    ],
)
def test_tags(tmp_path: Path, triple: str, options: dict[str, object], tag: str, accepted: bool) -> None:
    said = {"features": "extension-module", "tool": "cargo-zigbuild", **options}  # zig: no glibc of this machine counts
    plan = plan_for(tmp_path, None, target=triple, **said)
    assert wheel_tags(plan) == (tag,) and is_accepted(tag) is accepted


def test_a_deployment_target_raises_the_tag(tmp_path: Path) -> None:
    plan = plan_for(tmp_path, None, {"MACOSX_DEPLOYMENT_TARGET": "13.3"}, target="aarch64-apple-darwin", python="3.12")
    assert wheel_tags(plan) == ("cp312-cp312-macosx_13_0_arm64",)


def test_the_target_s_own_suffix_comes_first(tmp_path: Path) -> None:
    spec = Spec(ARM64, PythonVersion(3, 9), implementation="PyPy")
    plan = plan_for(tmp_path, spec, pyo3="0.25.1", features="extension-module")
    assert plan.artifact.suffix == ".pypy39-pp73-aarch64-linux-gnu.so"


@pytest.mark.parametrize(
    ("target", "host", "cross"),
    [
        ("x86_64-unknown-linux-musl", HOST, True),
        (HOST, HOST, False),
        ("aarch64-apple-darwin", "x86_64-apple-darwin", False),
        ("aarch64-apple-ios", "aarch64-apple-darwin", False),
        ("x86_64-pc-windows-gnu", "x86_64-pc-windows-msvc", False),
        ("aarch64-pc-windows-msvc", "x86_64-pc-windows-msvc", True),
        ("x86_64-pc-windows-gnu", HOST, True),
    ],
)
def test_maturin_has_its_own_idea_of_a_cross_build(target: str, host: str, cross: bool) -> None:
    assert is_cross(find_target(target), host) is cross


def test_maturin_s_own_table_of_suffixes(tmp_path: Path) -> None:
    options = {"python": "3.11", "tool": "maturin", "features": "extension-module"}
    view = maturin_view(plan_for(tmp_path, None, target="mips64el-unknown-linux-gnuabi64", **options))
    assert view and view.suffix == ".cpython-311-mips64-linux-gnuabi64.so" and view.needs == "python3.11"
    assert any("mips64el" in words for words in view.differences)
    plain = maturin_view(plan_for(tmp_path, None, target=ARM64, **options))
    assert plain and plain.suffix == ".cpython-311-aarch64-linux-gnu.so" and not plain.differences
    read = maturin_view(plan_for(tmp_path, Spec("mips64el-unknown-linux-gnuabi64"), **{**options, "python": None}))
    assert read and read.suffix == ".cpython-311-mips64el-linux-gnuabi64.so" and read.needs is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"features": "extension-module"}, ()),
        ({"features": "extension-module,abi3-py39"}, ("--features", "pyo3/abi3-py39")),
        ({"abi3": "3.9"}, ("--features", "pyo3/abi3-py39")),
        ({"abi3": "3.9", "tool": "maturin"}, ("--features", "pyo3/abi3-py39")),
    ],
)
def test_features_that_only_the_command_line_asks_for_are_in_the_command(
    tmp_path: Path, options: dict[str, object], words: tuple[str, ...]
) -> None:
    write_project(tmp_path)
    command = plan_for(tmp_path, Spec(ARM64), **options).command
    assert command[command.index(ARM64) + 1 :] == words


def test_what_a_backend_passes_is_in_cargo_s_own_command(tmp_path: Path) -> None:
    write_project(tmp_path, backend="maturin")
    file = tmp_path / "root" / "pyproject.toml"
    file.write_text(file.read_text() + '[tool.maturin]\nfeatures = ["pyo3/abi3-py39"]\n')
    plan = plan_for(tmp_path, Spec(ARM64))
    assert plan.command == ("cargo", "build", "--target", ARM64, "--features", "pyo3/abi3-py39")
    assert plan_for(tmp_path, Spec(ARM64), tool="maturin").command == ("maturin", "build", "--target", ARM64)


def test_a_member_that_cargo_would_not_build_by_itself_is_named(tmp_path: Path) -> None:
    write_project(tmp_path / "inner")
    root = tmp_path / "root"
    (tmp_path / "inner" / "root").rename(tmp_path / "member")
    (root / "tool" / "src").mkdir(parents=True)
    (root / "tool" / "src" / "main.rs").write_text("")
    (root / "tool" / "Cargo.toml").write_text('[package]\nname = "tool"\nversion = "0.1.0"\n')
    (tmp_path / "member").rename(root / "member")
    (root / "member" / "Cargo.lock").rename(root / "Cargo.lock")
    (root / "Cargo.toml").write_text('[workspace]\nmembers = ["tool", "member"]\ndefault-members = ["tool"]\n')
    plan = plan_for(tmp_path, Spec(ARM64))
    assert plan.command == ("cargo", "build", "--target", ARM64, "-p", "demo")


@pytest.mark.parametrize("name", ["root", "it's $ro]=]ot; x"])
def test_cmake_is_led_into_the_root(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    write_project(folder, crates=("cmake",))
    plan = plan_for(folder, Spec(ARM64))
    path = plan.environment["CMAKE_TOOLCHAIN_FILE_aarch64_unknown_linux_gnu"]
    text = plan.files[str(path)]
    said = dict(re.findall(r"^set\((\w+) \[(?:=+)\[(.*)\]=+\]\)$", text, re.MULTILINE))
    assert said["CMAKE_FIND_ROOT_PATH"] == str(folder / "root")
    assert said["CMAKE_C_COMPILER"] == "aarch64-linux-gnu-gcc" and said["CMAKE_SYSTEM_PROCESSOR"] == "aarch64"
    if (cmake := shutil.which("cmake")) is not None:
        script = folder / "read.cmake"
        script.write_text(f'{text}message(STATUS "${{CMAKE_FIND_ROOT_PATH}}")\n')
        done = subprocess.run([cmake, "-P", str(script)], capture_output=True, text=True, check=True)
        assert str(folder / "root") in done.stdout


@pytest.mark.parametrize("name", ["AR_aarch64_unknown_linux_gnu", "AR_aarch64-unknown-linux-gnu"])
def test_what_the_user_set_for_another_crate_stays(tmp_path: Path, name: str) -> None:
    write_project(tmp_path, crates=("cc",))
    environ = plan_for(tmp_path, Spec(ARM64), {name: "my-ar"}).environment
    assert "AR_aarch64_unknown_linux_gnu" not in environ and "CC_aarch64_unknown_linux_gnu" in environ
