"""Statements of PyO3's guide ("Building and distribution") that a set-up can break: each is held by a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossplan.api import make_plan, place_below
from crossplan.findings import Finding
from tests.checks.worlds import World, manifest
from tests.readers.builders import ar, elf_object
from tests.readers.builders_pe import import_library, pe
from tests.scan.making import make, sysconfigdata


def found(world: World, code: str) -> Finding:
    finding = world.finding(code)
    assert finding is not None
    return finding


def test_an_import_library_is_no_static_one(tmp_path: Path) -> None:
    """ "The information below applies only to UNIX": what Windows links is an import library."""
    world = World(tmp_path)
    world.new_root({"libs/python311.lib": import_library("python311.dll", ["Py_Initialize"])})
    world.options |= {"target": "x86_64-pc-windows-msvc"}
    world.environ |= {"PYO3_CROSS_LIB_DIR": str(world.root / "libs"), "PYO3_CROSS_PYTHON_VERSION": "3.11"}
    assert [finding.code.name for finding in world.judge()] == ["no-linker"]


def test_auto_initialize_is_named_where_the_library_is_static(tmp_path: Path) -> None:
    """ "The auto-initialize feature is deliberately disabled when embedding the interpreter statically"."""
    world = World(tmp_path)
    text = sysconfigdata("aarch64-linux-gnu", Py_ENABLE_SHARED=0, LDLIBRARY="libpython3.11.a")
    library = ar([("python.o", elf_object(machine=183, symbols={"Py_GetVersion": bytes(4)}))])
    world.new_root(
        {"usr/lib/python3.11/_sysconfigdata__linux_aarch64-linux-gnu.py": text, "usr/lib/libpython3.11.a": library}
    )
    world.options |= {"features": "auto-initialize", "embed": True}
    finding = found(world, "XP411")
    assert "auto-initialize" in finding.message and "shared libpython" in finding.help
    assert world.finding("XP602") is None


@pytest.mark.parametrize("host", ["x86_64-apple-darwin", "x86_64-unknown-linux-gnu"])
def test_the_guides_two_tables_of_flags_hide_one_another(tmp_path: Path, host: str) -> None:
    """The guide shows flags below [target.…] and below [build]; Cargo takes one source alone."""
    world = World(tmp_path)
    world.no_root()
    world.options |= {"target": "x86_64-apple-darwin", "host": host, "python": "3.11"}
    flags = '["-C", "link-arg=-undefined", "-C", "link-arg=dynamic_lookup"]'
    rpath = "link-args=-Wl,-rpath,/Library/Developer/CommandLineTools/Library/Frameworks"
    config = f'[target.x86_64-apple-darwin]\nrustflags = {flags}\n[build]\nrustflags = ["-C", "{rpath}"]\n'
    make(world.project, {".cargo/config.toml": config})
    finding = found(world, "XP409")
    assert rpath in finding.message and [place.key for place in finding.locations] == [
        "target.x86_64-apple-darwin.rustflags",
        "build.rustflags",
    ]
    make(
        world.project,
        {".cargo/config.toml": config.replace("[build]\nrustflags = [", "").replace("]\n" + '"-C"', ', "-C"')},
    )
    assert world.finding("XP409") is None


def test_a_table_for_open_symbols_can_be_pasted(tmp_path: Path) -> None:
    import tomllib

    world = World(tmp_path)
    world.no_root()
    world.options |= {"target": "aarch64-apple-darwin", "host": "aarch64-apple-darwin", "python": "3.11"}
    line = found(world, "XP621").help.removeprefix("In .cargo/config.toml: ").partition("; ")[0]
    assert "dynamic_lookup" in str(tomllib.loads(line)["target"]["aarch64-apple-darwin"]["rustflags"])
    make(world.project, {".cargo/config.toml": line})
    assert world.finding("XP621") is None


@pytest.mark.parametrize(
    ("triple", "words"),
    [
        ("aarch64-linux-android", "aarch64-linux-androidNN-clang of Android's NDK"),
        ("aarch64-apple-darwin", "--with cargo-zigbuild"),
        ("x86_64-unknown-freebsd", "to a linker for x86_64-unknown-freebsd"),
        ("armv7-unknown-linux-gnueabihf", "=arm-linux-gnueabihf-gcc"),
    ],
)
def test_the_linker_that_help_names_exists(tmp_path: Path, triple: str, words: str) -> None:
    """ "A toolchain for your target": what nobody calls so is not proposed."""
    world = World(tmp_path)
    world.no_root()
    world.options |= {"target": triple, "python": "3.11"}
    assert words in found(world, "XP601").help


def test_a_script_that_calls_pyo3_build_config_has_it(tmp_path: Path) -> None:
    """ "Remember to also add pyo3-build-config to the build-dependencies section"."""
    world = World(tmp_path)
    make(world.project, {"build.rs": "fn main() { pyo3_build_config::add_extension_module_link_args(); }\n"})
    finding = found(world, "XP618")
    assert finding.severity == "error"
    table, _, line = finding.help.removeprefix("Add to Cargo.toml, in ").partition(": ")
    manifest = (world.project / "Cargo.toml").read_text("utf-8")
    make(world.project, {"Cargo.toml": f"{manifest}\n{table}\n{line}\n"})
    assert world.judge() == ()


@pytest.mark.parametrize(("zig", "words"), [("", "set ZIG_COMMAND=zig"), ("zig", "pip install ziglang")])
def test_a_missing_dlltool_is_told_once(tmp_path: Path, zig: str, words: str) -> None:
    """ "The Zig compiler executable can be used in place of llvm-dlltool"."""
    world = World(tmp_path)
    world.no_root()
    world.options |= {"target": "x86_64-pc-windows-msvc", "features": "extension-module,abi3-py38,generate-import-lib"}
    world.environ |= {"ZIG_COMMAND": zig} if zig else {}
    assert words in found(world, "XP613").help
    assert [f.code.code for f in world.judge() if f.severity == "error"] == ["XP613"]


def test_a_config_file_that_is_not_there_is_told_once(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.environ["PYO3_CONFIG_FILE"] = "/nowhere/pyo3-config.txt"
    assert [f.code.code for f in world.judge() if f.severity == "error"] == ["XP403"]


@pytest.mark.parametrize(
    ("tool", "triple", "words"),
    [
        ("cross", "aarch64-apple-darwin", "cargo zigbuild --target aarch64-apple-darwin"),
        ("cross", "x86_64-pc-windows-msvc", "cargo xwin build --target x86_64-pc-windows-msvc"),
        ("cargo-zigbuild", "x86_64-pc-windows-msvc", "cargo xwin build --target x86_64-pc-windows-msvc"),
        ("cross", "armv7-unknown-linux-gnueabihf", None),
        ("cargo-zigbuild", "aarch64-apple-darwin", None),
        ("cargo", "x86_64-pc-windows-msvc", None),
    ],
)
def test_a_tool_that_brings_nothing_for_the_target_is_named(
    tmp_path: Path, tool: str, triple: str, words: str | None
) -> None:
    """ "A toolchain for your target"."""
    world = World(tmp_path)
    world.no_root()
    world.options |= {"target": triple, "tool": tool, "python": "3.11"}
    finding = world.finding("XP646")
    assert (finding is None) if words is None else (finding is not None and words in finding.help)
    if tool == "cross":
        world.environ[f"CROSS_TARGET_{triple.upper().replace('-', '_')}_IMAGE"] = "mine"
        assert world.finding("XP646") is None


def test_features_of_the_backend_do_not_reach_cargo_test(tmp_path: Path) -> None:
    """ "Use optional Cargo features to disable the extension-module": one of maturin's own list is off for cargo test."""
    world = World(tmp_path)
    backend = (
        '[build-system]\nrequires = ["maturin"]\nbuild-backend = "maturin"\n\n[tool.maturin]\nfeatures = ["pyo3/{}"]\n'
    )
    make(world.project, {"Cargo.toml": manifest(features=""), "tests/t.rs": ""})
    make(world.project, {"pyproject.toml": backend.format("extension-module")})
    del world.options["pyo3"]
    assert world.finding("XP614") is None
    make(world.project, {"src/main.rs": "fn main() {}\n"})  # a program is built by cargo build with that list
    assert "binary demo" in found(world, "XP614").message
    world.options["tool"] = "maturin"  # which builds the library alone
    assert world.finding("XP614") is None


def test_the_folders_of_flags_are_named_where_the_library_is_in_none(tmp_path: Path) -> None:
    """ "On Windows you must also set RUSTFLAGS to contain -L native=…": a folder without the library is named."""
    world = World(tmp_path)
    world.no_root()
    world.options |= {"target": "x86_64-pc-windows-msvc", "python": "3.11"}
    world.environ |= {"RUSTFLAGS": "-L native=/nowhere/libs", "PYO3_CROSS_PYTHON_VERSION": "3.11"}
    finding = found(world, "XP309")
    assert "/nowhere/libs" in finding.message and "no folder" not in finding.message


@pytest.mark.parametrize(
    ("cross", "named"),
    [
        ("", True),
        ('[target.aarch64-apple-darwin]\nimage = "darwin"\n', False),
        ('[target.x86_64-apple-darwin]\nimage = "darwin"\n', True),
        ('[build]\ndockerfile = "./Dockerfile"\n', False),
        ('[build.env]\npassthrough = ["PYO3_CROSS"]\n', True),
    ],
)
def test_cross_has_an_image_only_where_its_settings_name_one(cross: str, named: bool, tmp_path: Path) -> None:
    world = World(tmp_path)
    world.no_root()
    world.options |= {"target": "aarch64-apple-darwin", "tool": "cross", "python": "3.11"}
    make(world.project, {"Cross.toml": cross})
    assert (world.finding("XP646") is not None) is named


def test_cross_that_a_backend_starts_lets_as_little_in(tmp_path: Path) -> None:
    """maturin and setuptools-rust start what CARGO names."""
    world = World(tmp_path)
    world.options["tool"] = "maturin"
    world.environ["CARGO"] = "/usr/local/bin/cross"
    finding = found(world, "XP636")
    assert "PYO3_CROSS_LIB_DIR" in finding.message
    world.take_plan()
    assert world.environ["CROSS_BUILD_ENV_PASSTHROUGH"] == "PYO3_CROSS_LIB_DIR" and world.finding("XP636") is None
    world.options |= {"target": "aarch64-apple-darwin", "python": "3.11"}
    assert found(world, "XP646").locations[0].key == "CARGO"


@pytest.mark.parametrize(
    ("backend", "value", "words"),
    [
        ("maturin", "linux-x86_64", "maturin puts it in place"),
        ("setuptools-rust", "linux-x86_64", "setuptools tags the wheel with it"),
        ("setuptools-rust", "linux-aarch64", None),
    ],
)
def test_the_platform_of_another_machine_is_told_by_whom_it_leads_astray(
    backend: str, value: str, words: str | None, tmp_path: Path
) -> None:
    world = World(tmp_path)
    world.options["tool"] = backend
    world.environ["_PYTHON_HOST_PLATFORM"] = value
    finding = world.finding("XP415")
    assert (finding is None) is (words is None)
    assert finding is None or (words in finding.message and ("maturin" in finding.message) is (backend == "maturin"))


@pytest.mark.parametrize(
    ("code", "settings", "said"),
    [
        ("#[pymodule]\nfn demo() {}\n", "", None),
        ("#[pymodule]\nfn other() {}\n", "", "other"),
        ('/// #[pymodule]\n#[pymodule]\n#[pyo3(name = "demo")]\npub fn init(m: &M) {}\n', "", None),
        ('#[pymodule(name = "demo", gil_used = false)]\nmod inner {}\n', "", None),
        ("#[pymodule]\nmod demo { #[pymodule]\nmod sub {} }\n", "", None),
        ("#[pymodule]\nfn _core() {}\n", '[tool.maturin]\nmodule-name = "demo._core"\n', None),
        ("#[pymodule]\nfn demo() {}\n", '[tool.maturin]\nmodule-name = "demo._core"\n', "demo"),
        ("#[pymodule]\nfn other() {}\n#[cfg_attr(x, pymodule)]\nfn demo() {}\n", "", None),  # which may be the one
        ("macro_rules! m { () => { #[pymodule] fn demo() {} } }\n#[pymodule]\nfn other() {}\n", "", None),
    ],
)
def test_a_module_is_called_as_its_file(code: str, settings: str, said: str | None, tmp_path: Path) -> None:
    """ "rename to string_sum.so": the file's name is that of the `#[pymodule]`."""
    world = World(tmp_path)
    make(world.project, {"src/lib.rs": code})
    if settings:
        build = '[build-system]\nrequires = ["maturin"]\nbuild-backend = "maturin"\n'
        make(world.project, {"pyproject.toml": build + settings})
    finding = world.finding("XP619")
    assert (finding is None) is (said is None)
    assert finding is None or f" {said}:" in finding.message
    name = "_core" if settings else "demo"
    plan = make_plan(world.situation(), place_below(str(tmp_path / "out")))
    assert plan.artifact.install_as == f"{name}.cpython-311-aarch64-linux-gnu.so"


def test_a_python_of_msys2_is_not_the_dll_that_pyo3_binds_to_by_its_name(tmp_path: Path) -> None:
    """PyO3 0.29 needs no import library, and takes python.org's name for the DLL."""
    world = World(tmp_path)
    text = sysconfigdata("", "3.12", MACHDEP="win32", EXT_SUFFIX=".cp312-mingw_x86_64_ucrt_gnu.pyd")
    world.new_root(
        {
            "lib/python3.12/_sysconfigdata__win32_.py": text,
            "bin/libpython3.12.dll": pe(name="libpython3.12.dll"),
            "lib/libpython3.12.dll.a": import_library("libpython3.12.dll", ["Py_Initialize"]),
        }
    )
    world.options |= {"target": "x86_64-pc-windows-gnu", "pyo3": "0.29.2"}
    world.environ |= {"PYO3_CROSS_LIB_DIR": str(world.root / "lib"), "PYO3_CROSS_PYTHON_VERSION": "3.12"}
    finding = found(world, "XP412")
    assert "python312.dll" in finding.message and "libpython3.12.dll" in finding.message
    world.environ["PYO3_USE_RAW_DYLIB"] = (
        "0"  # then the name of the library is the question, which a config file answers
    )
    assert world.finding("XP412") is None and "libpython3.12.dll.a" in found(world, "XP309").help
    world.take_plan()
    assert world.finding("XP309") is None and world.finding("XP412") is None


def test_a_library_of_others_below_a_folder_called_python_is_not_pythons(tmp_path: Path) -> None:
    world = World(tmp_path)
    text = sysconfigdata("", "3.12", MACHDEP="win32", EXT_SUFFIX=".cp312-mingw_x86_64_ucrt_gnu.pyd")
    world.new_root(
        {
            "python/lib/python3.12/_sysconfigdata__win32_.py": text,
            "python/libs/zlib1.lib": import_library("zlib1.dll", ["deflate"]),
        }
    )
    world.options |= {"target": "x86_64-pc-windows-gnu", "pyo3": "0.28.3"}
    world.environ |= {"PYO3_CROSS_LIB_DIR": str(world.root / "python/libs"), "PYO3_CROSS_PYTHON_VERSION": "3.12"}
    finding = found(world, "XP309")
    assert "zlib1" not in finding.help and "generate-import-lib" in finding.help
