"""What is right draws no finding: for each check something that resembles its fault, and is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checks.test_help import (
    BACKEND,
    EMBED,
    LOCK,
    MACOS,
    MUSL,
    SETUPTOOLS,
    WINDOWS,
    Fault,
    append,
    both,
    config_file,
    env,
    option,
    root_of,
    write,
)
from tests.checks.worlds import ARM64, World, compiler, host_of, manifest, python_files, script
from tests.readers.builders import elf
from tests.readers.builders_pe import import_library
from tests.scan.making import make, sysconfigdata

FLAGS = '["-C", "link-arg=-undefined", "-C", "link-arg=dynamic_lookup"]'
SILENT: tuple[tuple[str, str, Fault], ...] = (
    (
        "XP509",
        "an import behind a feature of the crate",
        both(
            option(features="abi3-py39,extension-module"),
            write(
                "src/lib.rs",
                '#[cfg(feature = "py311")]\nuse pyo3::buffer::PyBuffer;\n#[cfg(feature = "py311")]\nfn f(b: PyBuffer<u8>) {}\n',
            ),
        ),
    ),
    (
        "XP611",
        "a library that nobody calls a module",
        both(
            option(pyo3="0.29.2"),
            lambda w: w.environ.pop("PYO3_CROSS_LIB_DIR"),  # the plan tells PyO3 then that a module is built
            write("Cargo.toml", manifest("0.29", features="", lib='crate-type = ["rlib"]')),
        ),
    ),
    (
        "XP611",
        "maturin asks for a cdylib itself",
        both(
            option(tool="maturin"),
            write("Cargo.toml", manifest(lib='crate-type = ["rlib"]')),
            write("pyproject.toml", BACKEND.format("")),
        ),
    ),
    (
        "XP614",
        "a feature of the crate that the backend alone turns on",
        both(
            lambda w: w.options.pop("pyo3"),
            write(
                "Cargo.toml",
                manifest(features="").replace('version = "0.22"', 'version = "0.22", optional = true')
                + '[features]\npython = ["pyo3/extension-module"]\n',
            ),
            write("tests/t.rs", ""),
            write("pyproject.toml", BACKEND.format("") + '[tool.maturin]\nfeatures = ["python"]\n'),
        ),
    ),
    (
        "XP615",
        "a text in a program without PyO3",
        both(
            EMBED,
            write("Cargo.toml", '[package]\nname = "demo"\nversion = "0.1.0"\n'),
            write("src/main.rs", 'const HINT: &str = "check that `#[pymodule]` has that name";\nfn main() {}\n'),
        ),
    ),
    (
        "XP619",
        "a setup.py, which may name the module",
        both(write("setup.py", "import setuptools\n"), write("src/lib.rs", "#[pymodule]\nfn other() {}\n")),
    ),
    (
        "XP104",
        "two Pythons, one asked for",
        both(lambda w: w.new_root(python_files(), python_files(version="3.9")), option(python="3.9")),
    ),
    (
        "XP104",
        "two Pythons, one of another machine",
        lambda w: w.new_root(python_files(), python_files("x86_64-linux-gnu", "3.9")),
    ),
    ("XP301", "a root for several machines", lambda w: make(w.root, python_files("x86_64-linux-gnu", "3.9"))),
    ("XP304", "ARMv6 code on ARMv7", root_of("arm-linux-gnueabihf", "arm-unknown-linux-gnueabihf")),
    (
        "XP309",
        "a module on Linux links nothing",
        lambda w: [(w.root / "usr/lib").joinpath(n).unlink() for n in ("libpython3.11.so", "libpython3.11.so.1.0")],
    ),
    (
        "XP309",
        "raw-dylib needs no library",
        both(WINDOWS, option(pyo3="0.29.2"), env(PYO3_CROSS_PYTHON_VERSION="3.11")),
    ),
    (
        "XP105",
        "a t that says which is meant",
        both(
            lambda w: w.new_root(python_files(version="3.14", flags="t")),
            option(pyo3="0.28.3"),
            env(PYO3_CROSS_LIB_DIR="{root}/usr/lib", PYO3_CROSS_PYTHON_VERSION="3.14t"),
        ),
    ),
    ("XP401", "a value that is one", env(PYO3_CROSS="1")),
    ("XP403", "a path that is there", env(VIRTUAL_ENV="{root}")),
    (
        "XP403",
        "a path of Windows, judged elsewhere",
        both(option(host="x86_64-pc-windows-msvc"), env(VIRTUAL_ENV="C:\\venv")),
    ),
    ("XP405", "variables of PyO3's tools", env(PYO3_MINGW_DLLTOOL="x", PYO3_ENVIRONMENT_SIGNATURE="1")),
    ("XP406", "another target's own variable", env(CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER="musl-gcc")),
    ("XP407", "PYO3_PYTHON decides", env(VIRTUAL_ENV="/a", CONDA_PREFIX="/b", PYO3_PYTHON="python3")),
    (
        "XP409",
        "the same flags twice",
        both(
            env(RUSTFLAGS="-Clink-arg=-s"),
            write(".cargo/config.toml", f'[target.{ARM64}]\nrustflags = ["-Clink-arg=-s"]\n'),
        ),
    ),
    (
        "XP412",
        "a config file that is right",
        config_file("version=3.11\nlib_name=python3.11\nlib_dir={root}/usr/lib\npointer_width=64\n"),
    ),
    ("XP412", "a stable ABI lowers the version", option(features="abi3-py38,extension-module")),
    (
        "XP414",
        "a root of the host's own machine",
        lambda w: w.options.update(target="x86_64-unknown-linux-gnu") or w.no_root(),
    ),
    (
        "XP416",
        "Debian's second name is a link",
        lambda w: make(
            w.root,
            {
                "usr/lib/python3.11/_sysconfigdata__aarch64-linux-gnu.py": (
                    "_sysconfigdata__linux_aarch64-linux-gnu.py",
                )
            },
        ),
    ),
    ("XP418", "the same target", env(CARGO_BUILD_TARGET=ARM64)),
    ("XP411", "printing is off", env(PYO3_PRINT_CONFIG="0")),
    (
        "XP412",
        "a t that the release takes for what it means",
        both(lambda w: w.no_root(), option(pyo3="0.29.2"), env(PYO3_CROSS_PYTHON_VERSION="3.14t")),
    ),
    ("XP419", "a row without force", write(".cargo/config.toml", '[env]\nPYO3_CROSS_LIB_DIR = "/old"\n')),
    ("XP505", "abi3 with a GIL", option(features="abi3-py39,extension-module")),
    (
        "XP505",
        "abi3t beside an abi3 that is taken",
        option(features="abi3-py39,abi3t-py315,extension-module", pyo3="0.29.2"),
    ),
    (
        "XP509",
        "the level has it",
        both(option(features="abi3-py311,extension-module"), write("src/lib.rs", "fn f(b: PyBuffer<u8>) {}\n")),
    ),
    (
        "XP509",
        "only a comment",
        both(option(features="abi3-py38,extension-module"), write("src/lib.rs", "// PyBuffer\n")),
    ),
    (
        "XP510",
        "python3 it is",
        both(
            WINDOWS,
            option(features="abi3-py39", pyo3="0.23.5"),
            config_file("version=3.9\nabi3=true\nlib_name=python3\n"),
        ),
    ),
    ("XP519", "no variable of that release", both(option(pyo3="0.29.2"), env(PYO3_USE_ABI3_FORWARD_COMPATIBILITY="1"))),
    (
        "XP520",
        "a key that the release knows",
        both(option(pyo3="0.29.2"), config_file("version=3.11\ntarget_abi=CPython-gil_enabled-3.11\n")),
    ),
    (
        "XP601",
        "zig finds its own",
        both(lambda w: w.environ.pop("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER"), option(tool="cargo-zigbuild")),
    ),
    ("XP602", "a level says the version", both(lambda w: w.no_root(), option(features="abi3-py39,extension-module"))),
    ("XP604", "the folder that holds it", both(EMBED, option(pyo3="0.23.5"))),
    (
        "XP606",
        "the library itself",
        both(option(features=""), config_file("version=3.11\nlib_name=python3.11\nlib_dir={root}/usr/lib\n")),
    ),
    (
        "XP608",
        "MinGW's own form",
        both(
            option(target="x86_64-pc-windows-gnu"),
            env(PYO3_CROSS_PYTHON_VERSION="3.11", PYO3_CROSS_LIB_DIR="{root}/libs"),
            lambda w: make(w.root, {"libs/libpython311.dll.a": import_library("python311.dll", ["Py_Initialize"])}),
        ),
    ),
    ("XP611", "a library for Rust too", write("Cargo.toml", manifest(lib='crate-type = ["cdylib", "rlib"]'))),
    (
        "XP612",
        "maturin sets the variable",
        both(
            write("Cargo.toml", manifest("0.27", "")),
            write("pyproject.toml", BACKEND.format("")),
            option(pyo3="0.27.2"),
        ),
    ),
    (
        "XP614",
        "an example that is off by itself",
        both(
            write("examples/e.rs", "fn main() {}\n"),
            append(
                "Cargo.toml", '\n[[example]]\nname = "e"\nrequired-features = ["embed"]\n\n[features]\nembed = []\n'
            ),
        ),
    ),
    (
        "XP615",
        "it is appended",
        both(EMBED, append("src/main.rs", "#[pymodule]\nfn demo() {}\nfn g() { pyo3::append_to_inittab!(demo); }\n")),
    ),
    (
        "XP616",
        "the library is compiled with it",
        write(
            "Cargo.lock",
            LOCK.format("openssl-sys", "0.9.83") + LOCK.format("openssl-src", "300.0.0").partition("\n\n")[2],
        ),
    ),
    ("XP620", "turned off", both(MUSL, env(RUSTFLAGS="-Ctarget-feature=-crt-static"))),
    ("XP620", "off by default", both(MUSL, option(target="riscv64gc-unknown-linux-musl"))),
    ("XP620", "a program may be static", both(MUSL, EMBED)),
    (
        "XP621",
        "in the configuration",
        both(MACOS, write(".cargo/config.toml", f"[target.x86_64-apple-darwin]\nrustflags = {FLAGS}\n")),
    ),
    (
        "XP621",
        "for every Apple target",
        both(MACOS, write(".cargo/config.toml", f"[target.'cfg(target_os = \"macos\")']\nrustflags = {FLAGS}\n")),
    ),
    ("XP621", "maturin passes them", both(MACOS, write("pyproject.toml", BACKEND.format("")))),
    (
        "XP624",
        "a vendor's compiler for the same machine",
        both(
            env(CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER="aarch64-poky-linux-gcc"),
            lambda w: w.program("aarch64-poky-linux-gcc", compiler("aarch64-poky-linux")),
        ),
    ),
    ("XP625", "a folder of the host", env(LIBRARY_PATH="{folder}/bin")),
    ("XP632", "the host's compiler", env(CC="x86_64-linux-gnu-gcc")),
    ("XP633", "a script runs anywhere", lambda w: w.program("maturin", script())),
    ("XP633", "a program of the host", lambda w: w.program("maturin", elf(machine=62, kind=2))),
    ("XP635", "a newer compiler", write("Cargo.lock", LOCK.format("ring", "0.17.14"))),
    (
        "XP636",
        "listed for the target",
        both(env(CARGO="cross"), write("Cross.toml", f'[target.{ARM64}.env]\npassthrough = ["PYO3_CROSS_LIB_DIR"]\n')),
    ),
    ("XP640", "a range that holds good releases", write("pyproject.toml", BACKEND.format(">=1.0,<2.0"))),
    (
        "XP641",
        "told in pyproject.toml",
        write("pyproject.toml", BACKEND.format("") + f'[tool.maturin]\ntarget = "{ARM64}"\n'),
    ),
    ("XP642", "an Apple target", both(MACOS, env(ARCHFLAGS="-arch x86_64"))),
    (
        "XP642",
        "maturin is told the target by its command",
        both(
            MACOS,
            option(target="aarch64-apple-darwin", python="3.11", tool="maturin"),
            write("pyproject.toml", BACKEND.format("")),
            env(ARCHFLAGS="-arch x86_64"),
        ),
    ),
    (
        "XP647",
        "Windows, whose sysconfig does not look at the variable",
        both(
            option(host="x86_64-pc-windows-msvc", target="aarch64-pc-windows-msvc", tool="setuptools-rust"),
            write("pyproject.toml", SETUPTOOLS.replace('10"', '10", "cffi>=1.15"')),
        ),
    ),
    (
        "XP650",
        "a level high enough",
        both(lambda w: w.no_root(), option(target="aarch64-linux-android"), env(ANDROID_API_LEVEL="24")),
    ),
    (
        "XP631",
        "cross installs the standard library itself",
        both(option(tool="cross"), lambda w: w.program("rustc", script(f'echo "{w.folder}/lib"'))),
    ),
    ("XP652", "the right SDK", both(MACOS, env(SDKROOT="/x/SDKs/MacOSX14.4.sdk"))),
    (
        "XP653",
        "a tag that fits",
        write("pyproject.toml", BACKEND.format("") + '[tool.maturin]\ncompatibility = "manylinux2014"\n'),
    ),
    (
        "XP503",
        "a newer Python through the stable ABI",
        both(
            lambda w: host_of(w, version="3.15"),
            lambda w: w.no_root(),
            option(features="abi3-py38,extension-module", target=ARM64, pyo3="0.22.6"),
        ),
    ),
    (
        "XP411",
        "conda's file without a multiarch name",
        lambda w: w.new_root(
            {
                "lib/python3.11/_sysconfigdata_x86_64_conda_cos6_linux_gnu.py": sysconfigdata(
                    "aarch64-linux-gnu", prefix="/c"
                )
            }
        ),
    ),
)


@pytest.mark.parametrize(
    ("code", "what", "change"), SILENT, ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else ""
)
def test_no_finding_where_nothing_is_wrong(code: str, what: str, change: Fault, tmp_path: Path) -> None:
    world = World(tmp_path)
    change(world)
    found = world.finding(code)
    assert found is None, found


def test_the_hosts_own_library_is_no_error_where_the_plan_names_another(tmp_path: Path) -> None:
    world = World(tmp_path)
    make(
        tmp_path / "host",
        {"lib/libpython3.11.so": elf(soname="libpython3.11.so.1.0", needed=["libc.so.6"])},
    )
    host_of(world, lib_dir=str(tmp_path / "host/lib"))
    world.no_root()
    world.options |= {"target": "x86_64-unknown-linux-musl", "python": "3.12", "pyo3": "0.29.3", "features": ""}
    found = world.finding("XP305")
    assert found is not None and found.severity == "warning"
    assert [finding for finding in world.judge() if finding.severity == "error"] == []
