"""Each finding's help can be typed: one thing is made wrong, the finding comes; what its help says is done, and it goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from crossplan.findings import Finding
from tests.checks.worlds import ARM64, HOST, World, compiler, config_of, follow, host_of, manifest, python_files, script
from tests.readers.builders import ar, elf
from tests.readers.builders_pe import import_library
from tests.scan.making import link, make, sysconfigdata

Fault = Callable[[World], object]
Mend = Callable[[World, Finding], object]


@dataclass(frozen=True)
class Row:
    """A fault, and how its help is followed (default: by typing it)."""

    code: str
    fault: Fault
    mend: Mend = follow
    severity: str | None = None
    note: str = ""


def env(**values: str) -> Fault:
    """Variables, with `{root}` and `{folder}` filled in."""

    def fault(world: World) -> None:
        world.environ |= {
            n: v.replace("{root}", str(world.root)).replace("{folder}", str(world.folder)) for n, v in values.items()
        }

    return fault


def both(*faults: Fault) -> Fault:
    """Several things at once."""
    return lambda world: [fault(world) for fault in faults]


def option(**values: object) -> Fault:
    """Options of the command line."""
    return lambda world: world.options.update(values)


def root_of(multiarch: str, target: str, version: str = "3.11") -> Fault:
    """A root for one machine, a target of another."""

    def fault(world: World) -> None:
        world.new_root(python_files(multiarch, version))
        world.options["target"] = target

    return fault


def write(path: str, text: str | bytes) -> Fault:
    """A file of the project."""
    return lambda world: make(world.project, {path: text})


def takes(words: str, *changes: Fault) -> Mend:
    """Apply changes that the help names by these words."""

    def mend(world: World, finding: Finding) -> None:
        assert words in finding.help
        for change in changes:
            change(world)

    return mend


def config_file(text: str) -> Fault:
    """A PYO3_CONFIG_FILE."""
    return lambda world: config_of(world, text)


WINDOWS = both(lambda w: w.no_root(), option(target="x86_64-pc-windows-msvc"))
MACOS = both(lambda w: w.no_root(), option(target="x86_64-apple-darwin", host="x86_64-apple-darwin"))
MUSL = both(lambda w: w.no_root(), option(target="aarch64-unknown-linux-musl", python="3.11"))
EMBED = both(option(embed=True, features=""), write("src/main.rs", "fn main() {}\n"))
ANDROID = both(root_of("aarch64-linux-gnu", "aarch64-linux-android"))
LOCK = 'version = 3\n\n[[package]]\nname = "{}"\nversion = "{}"\n'


def android(world: World) -> None:
    world.new_root(
        {
            "usr/lib/python3.13/_sysconfigdata__android_aarch64-linux-android.py": sysconfigdata(
                "aarch64-linux-android", "3.13", ANDROID_API_LEVEL=24, MACHDEP="android", prefix="/usr"
            ),
            "usr/lib/libpython3.13.so": elf(machine=183, soname="libpython3.13.so", needed=["libc.so", "libdl.so"]),
        }
    )
    world.options |= {"target": "aarch64-linux-android"}


def android_stub(world: World) -> None:
    make(world.root, {"usr/lib/libpython3.so": elf(machine=183, soname="libpython3.so", needed=["libpython3.13.so"])})
    world.environ["PYO3_CROSS_LIB_DIR"] = str(world.root / "usr/lib")


def android_root(world: World) -> None:
    android(world)
    world.options |= {"sysroots": (str(world.root),), "features": ""}


def elsewhere(world: World) -> None:
    EMBED(world)
    world.new_root({path.replace("usr/", "opt/py/"): content for path, content in python_files().items()})
    make(
        world.root,
        {"opt/py/lib/python3.11/_sysconfigdata__linux_aarch64-linux-gnu.py": sysconfigdata(prefix="/opt/py")},
    )


def stub(world: World) -> None:
    make(
        world.root, {"usr/lib/libpython3.so": elf(machine=183, soname="libpython3.so", needed=["libpython3.11.so.1.0"])}
    )
    config_file("version=3.11\nlib_name=python3\nlib_dir={root}/usr/lib\n")(world)
    world.options["features"] = ""


def static(world: World) -> None:
    (world.root / "usr/lib/libpython3.11.so").unlink()
    (world.root / "usr/lib/libpython3.11.so.1.0").unlink()
    make(world.root, {"usr/lib/libpython3.11.a": ar([("a.o", elf(machine=183, kind=1))])})
    config_file("version=3.11\nshared=false\nlib_name=python3.11\nlib_dir={root}/usr/lib\n")(world)


def empty_library(world: World) -> None:
    (world.root / "usr/lib/libpython3.11.so").unlink()
    make(world.root, {"usr/lib/libpython3.11.so": ""})
    world.options["pyo3"] = "0.23.5"  # which takes the lib dir, and not LIBDIR


def library_again(world: World) -> None:
    (world.root / "usr/lib/libpython3.11.so").unlink()
    make(world.root, {"usr/lib/libpython3.11.so": link("libpython3.11.so.1.0")})


def renamed_dll(world: World) -> None:
    WINDOWS(world)
    make(world.root, {"libs/python311.lib": import_library("python310.dll", ["Py_Initialize"])})
    world.environ |= {"PYO3_CROSS_LIB_DIR": str(world.root / "libs"), "PYO3_CROSS_PYTHON_VERSION": "3.11"}


def old_ring(world: World) -> None:
    write("Cargo.lock", LOCK.format("demo", "0.1.0") + '\n[[package]]\nname = "ring"\nversion = "0.17.14"\n')(world)
    world.program("aarch64-linux-gnu-gcc", compiler("aarch64-linux-gnu", "4.8.5"))


def debian_headers(world: World) -> None:
    switch = "#if defined(__aarch64__)\n# include <aarch64-linux-gnu/python3.11/pyconfig.h>\n#endif\n"
    make(
        world.root,
        {
            "usr/include/python3.11/pyconfig.h": switch,
            "usr/include/x86_64-linux-gnu/python3.11/pyconfig.h": "#define SIZEOF_VOID_P 8\n",
        },
    )


def foreign_maturin(world: World) -> None:
    world.program("maturin", elf(machine=183, kind=2), "cross/bin")
    world.program("maturin", elf(machine=62, kind=2), "build/bin")
    world.environ["PATH"] = f"{world.folder}/cross/bin:{world.folder}/build/bin:{world.environ['PATH']}"


def build_first(world: World, finding: Finding) -> None:
    assert f"Put {world.folder}/build/bin before it on PATH" in finding.help
    world.environ["PATH"] = f"{world.folder}/build/bin:{world.environ['PATH']}"


def append(path: str, text: str) -> Fault:
    """Text at the end of a file of the project."""

    def fault(world: World) -> None:
        place = world.project / path
        place.write_text(place.read_text() + text)

    return fault


def quote(before: str, path: str, pattern: str) -> Mend:
    """Write what stands in the help after `before` into a file; `{}` is its place."""

    def mend(world: World, finding: Finding) -> None:
        told = finding.help.partition(before)[2].split(";")[0].strip().rstrip(".")
        assert told
        make(world.project, {path: pattern.format(told)})

    return mend


SETUPTOOLS = (
    '[build-system]\nrequires = ["setuptools-rust>=1.10"]\n[[tool.setuptools-rust.ext-modules]]\ntarget = "demo"\n'
)
BACKEND = '[build-system]\nrequires = ["maturin{}"]\nbuild-backend = "maturin"\n'

_FILE = "version=3.11\nlib_name=python3.11\npointer_width=64\n"
_FORCED = '[env]\nPYO3_CROSS_LIB_DIR = { value = "{}/old/usr/lib", force = true }\n'

ROWS = (
    Row("XP104", lambda w: w.new_root(python_files(), python_files(version="3.9"))),
    Row("XP105", env(PYO3_CROSS_PYTHON_VERSION="3.12"), severity="error"),
    Row(
        "XP105",
        both(
            lambda w: w.new_root(python_files(version="3.14", flags="t")),
            option(pyo3="0.28.3"),
            env(PYO3_CROSS_LIB_DIR="{root}/usr/lib", PYO3_CROSS_PYTHON_VERSION="3.14"),
        ),
        severity="warning",
        note="the free-threaded one is taken for it",
    ),
    Row("XP301", root_of("x86_64-linux-gnu", ARM64), severity="error"),
    Row("XP304", root_of("arm-linux-gnueabihf", "armv7-unknown-linux-gnueabi"), severity="error"),
    Row("XP305", root_of("aarch64-linux-gnu", "aarch64-unknown-linux-musl"), severity="error"),
    Row(
        "XP303",
        both(lambda w: w.no_root(), option(target="i686-pc-windows-msvc", host="x86_64-pc-windows-msvc")),
        severity="error",
    ),
    Row("XP308", both(EMBED, empty_library), takes("links as links", library_again), severity="error"),
    Row(
        "XP309",
        both(WINDOWS, option(python="3.11"), lambda w: w.program("llvm-dlltool", script())),
        takes("--features pyo3/generate-import-lib", option(features="extension-module,generate-import-lib")),
        severity="error",
    ),
    Row(
        "XP309",
        both(EMBED, lambda w: (w.root / "usr/lib/libpython3.11.so").unlink()),
        takes(
            "ln -s libpython3.11.so.1.0",
            lambda w: make(w.root, {"usr/lib/libpython3.11.so": link("libpython3.11.so.1.0")}),
        ),
        severity="error",
        note="the link for developers is missing",
    ),
    Row(
        "XP309",
        both(WINDOWS, option(pyo3="0.29.2", python="3.11"), env(PYO3_USE_RAW_DYLIB="0")),
        severity="error",
        note="raw-dylib is off",
    ),
    Row("XP401", env(PYO3_CROSS="")),
    Row("XP401", env(PYO3_CROSS_PYTHON_VERSION=""), severity="error", note="an empty value that stops the build"),
    Row("XP402", env(PYO3_CROSS_LIB_DIR="../root/usr/lib"), severity="error"),
    Row("XP403", env(PYO3_CROSS_LIB_DIR="{root}/lib"), severity="error"),
    Row("XP404", env(PYO3_CROSS_INCLUDE_DIR="{root}/usr/include"), severity="warning"),
    Row("XP404", env(PYO3_BUILD_EXTENSION_MODULE="1"), note="of a later release"),
    Row("XP405", env(PYO3_CROSS_LIBDIR="{root}/usr/lib"), severity="warning"),
    Row("XP405", env(pyo3_cross_python_version="3.11"), note="lower case"),
    Row("XP406", env(CARGO_TARGET_aarch64_unknown_linux_gnu_LINKER="aarch64-linux-gnu-gcc"), severity="warning"),
    Row("XP406", env(CARGO_TARGET_AARCH64_LINUX_GNU_LINKER="aarch64-linux-gnu-gcc"), note="a part left out"),
    Row("XP407", env(VIRTUAL_ENV="/venv", CONDA_PREFIX="/conda")),
    Row("XP408", env(PYO3_NO_PYTHON="1"), severity="error"),
    Row(
        "XP409",
        both(
            env(RUSTFLAGS="-Dwarnings"),
            write(".cargo/config.toml", f'[target.{ARM64}]\nrustflags = ["-Clink-arg=-s"]\n'),
        ),
    ),
    Row("XP411", env(PYO3_CROSS_PYTHON_VERSION="3.11.2"), severity="error"),
    Row("XP411", env(PYO3_PRINT_CONFIG="1"), severity="error", note="it only prints"),
    Row("XP412", config_file("version=3.10\nlib_name=python3.10\npointer_width=64\n"), severity="error"),
    Row(
        "XP412",
        both(lambda w: w.no_root(), option(pyo3="0.27.2"), env(PYO3_CROSS_PYTHON_VERSION="3.14t")),
        lambda w, f: w.take_plan(),
        severity="error",
        note="free-threaded by name alone",
    ),
    Row(
        "XP412",
        both(
            lambda w: w.no_root(),
            option(target="x86_64-unknown-linux-gnu", python="3.12"),
            env(PYO3_PYTHON="/usr/bin/python3.11"),
        ),
        severity="warning",
        note="another interpreter is named",
    ),
    Row("XP414", both(lambda w: w.no_root(), option(target="x86_64-unknown-linux-musl"))),
    Row("XP415", both(env(_PYTHON_HOST_PLATFORM="linux-x86_64"), write("pyproject.toml", BACKEND.format("")))),
    Row("XP416", both(lambda w: make(w.root, python_files(version="3.9")), option(python="3.11")), severity="error"),
    Row("XP417", env(PYO3_CROSS_LIB_DIR="{root}"), severity="error"),
    Row("XP418", env(CARGO_BUILD_TARGET="armv7-unknown-linux-gnueabihf")),
    Row(
        "XP419",
        both(
            lambda w: make(w.folder / "old", python_files(version="3.9")),
            lambda w: write(".cargo/config.toml", _FORCED.replace("{}", str(w.folder)))(w),
        ),
        takes("leave out its force", write(".cargo/config.toml", "")),
        severity="warning",
    ),
    Row("XP501", option(pyo3="0.13.2"), takes("Take PyO3 0.14 or later", option(pyo3="0.14.5"))),
    Row(
        "XP503",
        both(root_of("aarch64-linux-gnu", ARM64, "3.14"), option(pyo3="0.20.3")),
        takes("Take a newer PyO3", option(pyo3="0.27.2")),
    ),
    Row(
        "XP505",
        both(
            lambda w: w.new_root(python_files(version="3.12"), python_files(version="3.13", flags="t")),
            option(features="abi3-py39,extension-module", python="3.13t", pyo3="0.26.0"),
        ),
    ),
    Row(
        "XP503",
        both(root_of("aarch64-linux-gnu", ARM64, "3.15"), option(pyo3="0.28.3")),
        takes("Take a newer PyO3", option(pyo3="0.29.2")),
        severity="warning",
        note="an experiment",
    ),
    Row(
        "XP503",
        both(
            root_of("aarch64-linux-gnu", ARM64, "3.14"),
            option(pyo3="0.22.6"),
            env(UNSAFE_PYO3_SKIP_VERSION_CHECK="1", PYO3_CROSS_LIB_DIR="{root}/usr/lib"),
        ),
        takes("Take a newer PyO3", option(pyo3="0.26.0")),
        severity="warning",
        note="the check is off",
    ),
    Row(
        "XP503",
        both(
            lambda w: w.new_root(python_files(version="3.13", flags="t")),
            option(pyo3="0.22.0"),
            env(PYO3_CROSS_LIB_DIR="{root}/usr/lib"),
        ),
        takes("PyO3 0.23 or later", option(pyo3="0.25.1")),
        severity="error",
        note="no GIL",
    ),
    Row(
        "XP505",
        both(
            lambda w: w.new_root(python_files(version="3.14", flags="t")),
            option(features="abi3t-py315", python="3.14t", pyo3="0.29.2"),
        ),
        takes("one module for each", option(features="")),
        note="abi3t before 3.15",
    ),
    Row(
        "XP508",
        both(
            lambda w: w.no_root(),
            option(target="x86_64-unknown-linux-gnu", features="abi3-py37,extension-module", pyo3="0.16.3"),
            lambda w: host_of(w, version="3.6", ld_version="3.6m"),
        ),
    ),
    Row(
        "XP508",
        both(lambda w: w.no_root(), option(features="abi3-py312,extension-module", python="3.10", pyo3="0.25.1")),
        takes("--abi3 3.10", option(features="abi3-py310,extension-module")),
        severity="error",
        note="above the Python that is asked for",
    ),
    Row(
        "XP509",
        both(
            option(features="abi3-py38,extension-module"),
            write("src/lib.rs", "fn f(b: pyo3::buffer::PyBuffer<u8>) {}\n"),
        ),
    ),
    Row(
        "XP510",
        both(
            WINDOWS,
            option(features="abi3-py39,extension-module", pyo3="0.23.5"),
            config_file("version=3.9\nabi3=true\nlib_name=python312\npointer_width=64\n"),
        ),
        takes("lib_name=python3", config_file("version=3.9\nabi3=true\nlib_name=python3\npointer_width=64\n")),
        severity="error",
    ),
    Row("XP519", env(PYO3_USE_ABI3_FORWARD_COMPATIBILITY="1"), severity="warning"),
    Row(
        "XP520",
        config_file(f"{_FILE}target_abi=CPython-gil_enabled-3.11\n"),
        takes("Leave it out", config_file(_FILE)),
        severity="warning",
    ),
    Row(
        "XP520",
        both(option(pyo3="0.29.2"), config_file(f"{_FILE}abi3=true\n")),
        takes("leave the key out", config_file(_FILE)),
        note="the stable ABI without its feature",
    ),
    Row(
        "XP520",
        both(option(features="abi3-py39,extension-module"), config_file(_FILE)),
        takes("Write abi3=true", config_file(f"{_FILE}abi3=true\n")),
        note="the feature without the key",
    ),
    Row("XP515", option(features="abi3,extension-module"), severity="note"),
    Row(
        "XP516",
        option(features="abi3-py39,abi3-py312,extension-module"),
        takes("Leave out abi3-py39", option(features="abi3-py312")),
        "note",
    ),
    Row("XP517", option(features="abi3-py310", pyo3="0.15.2"), takes("Take abi3-py39", option(features="abi3-py39"))),
    Row(
        "XP518",
        option(features="abi3-py38,extension-module", pyo3="0.30.1"),
        takes("Take abi3-py39", option(features="abi3-py39,extension-module")),
        "error",
    ),
    Row(
        "XP518",
        option(features="abi3-py399,extension-module", pyo3="0.22.6"),
        takes("Take abi3-py312, the highest level", option(features="abi3-py312,extension-module")),
        "error",
        "a level to come",
    ),
    Row(
        "XP518",
        option(features="extention-module"),
        takes("Take extension-module, or", option(features="extension-module")),
        "error",
        "a slip of the pen",
    ),
    Row(
        "XP638",
        write("rust-toolchain.toml", '[toolchain]\ntargets = ["i686-unknown-linux-gnu"]\n'),
        takes(f'Add "{ARM64}" to targets', write("rust-toolchain.toml", f'[toolchain]\ntargets = ["{ARM64}"]\n')),
        "note",
    ),
    Row("XP601", lambda w: w.environ.pop("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER"), severity="note"),
    Row("XP602", both(lambda w: w.no_root()), severity="error"),
    Row(
        "XP603",
        write(".cargo/config.toml", "[build\n"),
        takes("Correct the file", write(".cargo/config.toml", "[build]\n")),
        "error",
    ),
    Row("XP604", both(EMBED, option(pyo3="0.22.6")), severity="warning"),
    Row(
        "XP605",
        both(
            lambda w: w.no_root(),
            option(target="aarch64-apple-ios", host="aarch64-apple-darwin", pyo3="0.27.2", python="3.13"),
            env(PYO3_CROSS_PYTHON_VERSION="3.13"),
        ),
        takes("Take PyO3 0.28", option(pyo3="0.28.3")),
    ),
    Row(
        "XP604",
        both(EMBED, config_file(f"{_FILE}lib_dir={{root}}/gone\n")),
        takes("lib_dir=", config_file(f"{_FILE}lib_dir={{root}}/usr/lib\n")),
        severity="error",
        note="a folder that is not there",
    ),
    Row(
        "XP606",
        stub,
        takes("lib_name=python3.11", config_file("version=3.11\nlib_name=python3.11\nlib_dir={root}/usr/lib\n")),
    ),
    Row(
        "XP606",
        stub,
        lambda w, f: w.environ.update(RUSTFLAGS=f.help.partition("RUSTFLAGS='")[2].partition("'")[0]),
        note="kept behind the libraries of the crates, for which rustc says --as-needed",
    ),
    Row(
        "XP510",
        both(android, android_stub, option(features="abi3-py39,extension-module", pyo3="0.29.2")),
        lambda w, f: (
            config_file("version=3.13\nlib_name=python3\nlib_dir={root}/usr/lib\ntarget_abi=CPython-abi3-3.9\n")(w),
            w.environ.update(RUSTFLAGS=f.help.partition("RUSTFLAGS='")[2].partition("'")[0]),
        ),
        "note",
        "the library of one version on Android",
    ),
    Row("XP607", both(EMBED, static)),
    Row(
        "XP608",
        both(
            lambda w: w.no_root(),
            option(target="x86_64-pc-windows-gnu"),
            env(PYO3_CROSS_PYTHON_VERSION="3.11", PYO3_CROSS_LIB_DIR="{root}/libs"),
            lambda w: make(w.root, {"libs/python311.lib": import_library("python311.dll", ["Py_Initialize"])}),
        ),
        takes("take PyO3 0.29", option(pyo3="0.29.2")),
    ),
    Row(
        "XP609",
        renamed_dll,
        takes(
            "Take the python311.lib",
            lambda w: make(w.root, {"libs/python311.lib": import_library("python311.dll", ["Py_Initialize"])}),
        ),
        severity="error",
    ),
    Row(
        "XP611",
        write("Cargo.toml", manifest(lib='name = "demo"')),
        quote(
            "in [lib]: ",
            "Cargo.toml",
            manifest(lib="{{}}").replace("{ version", "{{ version").replace("] }", "] }}").replace("{{}}", "{}"),
        ),
    ),
    Row(
        "XP612",
        write("Cargo.toml", manifest(features="")),
        takes("--features pyo3/extension-module", option(features="extension-module")),
    ),
    Row(
        "XP613",
        both(WINDOWS, option(features="abi3-py38,generate-import-lib,extension-module", pyo3="0.20.2")),
        takes("apt install llvm", lambda w: w.program("llvm-dlltool", script())),
        severity="error",
    ),
    Row(
        "XP614",
        write("src/main.rs", "fn main() {}\n"),
        takes(
            'extension-module = ["pyo3/extension-module"]',
            write(
                "Cargo.toml", manifest(features="", more='\n[features]\nextension-module = ["pyo3/extension-module"]\n')
            ),
        ),
    ),
    Row(
        "XP615",
        both(EMBED, append("src/main.rs", "#[pymodule]\nfn demo() {}\n")),
        takes(
            "pyo3::append_to_inittab!(module)", append("src/main.rs", "fn g() { pyo3::append_to_inittab!(demo); }\n")
        ),
    ),
    Row(
        "XP616",
        write("Cargo.lock", LOCK.format("openssl-sys", "0.9.83")),
        takes("Set AARCH64_UNKNOWN_LINUX_GNU_OPENSSL_DIR", env(AARCH64_UNKNOWN_LINUX_GNU_OPENSSL_DIR="/ssl")),
    ),
    Row("XP620", MUSL),
    Row("XP620", both(MUSL, env(RUSTFLAGS="-C target-feature=+crt-static")), severity="error", note="forced on"),
    Row(
        "XP621",
        MACOS,
        takes(
            "pyo3_build_config::add_extension_module_link_args();",
            write("build.rs", "fn main() { pyo3_build_config::add_extension_module_link_args(); }\n"),
        ),
    ),
    Row(
        "XP622",
        both(
            MACOS,
            EMBED,
            option(pyo3="0.24.2"),
            config_file(
                "version=3.9\nlib_name=python3.9\nlib_dir=/nowhere\npython_framework_prefix=/Library/Frameworks\n"
            ),
        ),
    ),
    Row("XP623", both(MACOS, env(LDFLAGS="-undefined dynamic_lookup"))),
    Row(
        "XP624",
        both(
            env(CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER="arm-linux-gnueabihf-gcc"),
            lambda w: w.program("arm-linux-gnueabihf-gcc", compiler("arm-linux-gnueabihf")),
        ),
    ),
    Row("XP624", env(CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER="aarch64-linux-musl-gcc"), note="by its name alone"),
    Row("XP625", env(LIBRARY_PATH="{root}/usr/lib")),
    Row(
        "XP630",
        lambda w: (w.folder / "bin/cargo").unlink(),
        takes("apt install cargo", lambda w: w.program("cargo", script())),
    ),
    Row(
        "XP631",
        lambda w: w.program("rustc", script(f'echo "{w.folder}/lib"')),
        takes(f"rustup target add {ARM64}", lambda w: make(w.folder, {"lib/libcore-0123456789abcdef.rlib": ""})),
    ),
    Row("XP632", env(CC="aarch64-linux-gnu-gcc")),
    Row("XP633", foreign_maturin, build_first),
    Row(
        "XP634",
        lambda w: w.environ.update(
            PYO3_PYTHON=str(w.program("python3", script("export LIBRARY_PATH=/x"), "cross/bin"))
        ),
        takes(
            "name the host's own Python in PYO3_PYTHON",
            lambda w: w.environ.update(PYO3_PYTHON=str(w.program("python3", script()))),
        ),
    ),
    Row("XP635", old_ring),
    Row(
        "XP636",
        env(CARGO="cross"),
        quote("[build.env]: ", "Cross.toml", "[build.env]\n{}\n"),
    ),
    Row(
        "XP640",
        both(
            write("pyproject.toml", BACKEND.format("==1.7.0")),
            root_of("arm-linux-gnueabihf", "armv7-unknown-linux-gnueabihf"),
        ),
        takes("maturin 1.7.2 or later", write("pyproject.toml", BACKEND.format(">=1.7.2"))),
    ),
    *(
        Row(
            "XP640",
            both(write("pyproject.toml", BACKEND.format(f"=={pin}")), fault),
            takes(f"maturin {remedy} or later", write("pyproject.toml", BACKEND.format(f">={remedy}"))),
            note=f"maturin {pin}",
        )
        for pin, remedy, fault in (
            ("0.12.15", "0.12.16", both(WINDOWS, option(python="3.9"))),
            ("1.3.2", "1.4.0", env(CARGO="cross")),
            ("1.5.1", "1.6.0", root_of("x86_64-linux-gnu", "x86_64-unknown-linux-musl")),
            ("1.7.7", "1.7.8", both(WINDOWS, option(target="aarch64-pc-windows-msvc", host="x86_64-pc-windows-msvc"))),
            ("1.12.2", "1.12.3", both(WINDOWS, option(host="aarch64-pc-windows-msvc"))),
        )
    ),
    Row(
        "XP643",
        both(MACOS, write("pyproject.toml", BACKEND.format("")), env(ARCHFLAGS="-arch x86_64 -arch arm64")),
        severity="note",
    ),
    Row(
        "XP521",
        both(lambda w: w.no_root(), option(target="wasm32-unknown-unknown", python="3.11")),
        takes("wasm32-unknown-emscripten", option(target="wasm32-unknown-emscripten")),
        "error",
    ),
    Row(
        "XP628",
        write(".cargo/config.toml", '[build]\nrustflags = ["-C", "target-cpu=native"]\n'),
        takes(
            f"[target.{HOST}]",
            write(".cargo/config.toml", f'[target.{HOST}]\nrustflags = ["-C", "target-cpu=native"]\n'),
        ),
        "warning",
    ),
    Row(
        "XP626",
        elsewhere,
        lambda w, f: w.environ.update(RUSTFLAGS=f.help.partition("RUSTFLAGS='")[2].partition("'")[0]),
        "note",
    ),
    Row(
        "XP602",
        both(lambda w: w.no_root(), option(target="aarch64-linux-android", pyo3="0.15.2", features="abi3-py36")),
        takes("--sysroot DIR", android_root),
        "error",
        "what a link is to take",
    ),
    Row(
        "XP619",
        write("src/lib.rs", "#[pymodule]\nfn parser(m: &Bound<'_, PyModule>) {}\n"),
        lambda w, f: make(
            w.project,
            {
                "src/lib.rs": f"#[pymodule]\n{f.help.partition('or write ')[2].partition(' below')[0]}\nfn parser() {{}}\n"
            },
        ),
        "warning",
    ),
    Row(
        "XP601",
        both(
            lambda w: w.no_root(),
            option(target=HOST),
            write(".cargo/config.toml", f'[target.{HOST}]\nlinker = "x86_64-elsewhere-gcc"\n'),
        ),
        lambda w, f: w.program("x86_64-elsewhere-gcc", script()),
        "warning",
        "of a configuration made elsewhere",
    ),
    Row("XP641", write("pyproject.toml", BACKEND.format("")), severity="note"),
    Row("XP642", env(ARCHFLAGS="-arch x86_64")),
    Row(
        "XP642",
        both(
            MACOS,
            option(target="aarch64-apple-darwin", python="3.11"),
            write("pyproject.toml", SETUPTOOLS),
            env(ARCHFLAGS="-arch x86_64"),
        ),
        note="of the other machine",
    ),
    Row(
        "XP644",
        write(".cargo/config.toml", f'[build]\ntarget = "{ARM64}"\n'),
        takes("leave build.target out", write(".cargo/config.toml", "")),
    ),
    Row(
        "XP645",
        both(write("pyproject.toml", SETUPTOOLS), option(features="abi3-py39,extension-module")),
        lambda w, f: make(
            w.project, {"pyproject.toml": f"{SETUPTOOLS}[tool.distutils.bdist_wheel]\n{f.help.partition(']: ')[2]}\n"}
        ),
        "note",
    ),
    Row(
        "XP647",
        both(write("pyproject.toml", SETUPTOOLS.replace('10"', '10", "cffi>=1.15"')), option(tool="setuptools-rust")),
        takes("pip install 'setuptools-rust>=1.10' 'cffi>=1.15'", write("pyproject.toml", SETUPTOOLS)),
        "note",
    ),
    Row("XP650", android, severity="note"),
    Row("XP650", both(android, env(ANDROID_API_LEVEL="15")), severity="warning", note="a release number"),
    Row("XP651", both(MACOS, env(MACOSX_DEPLOYMENT_TARGET="10.9"))),
    Row(
        "XP651",
        both(
            lambda w: w.new_root(
                {
                    "lib/python3.11/_sysconfigdata__darwin_darwin.py": sysconfigdata(
                        "darwin", prefix="/x", MACHDEP="darwin", MACOSX_DEPLOYMENT_TARGET="13.0"
                    )
                }
            ),
            option(target="aarch64-apple-darwin", host="aarch64-apple-darwin"),
            env(MACOSX_DEPLOYMENT_TARGET="11.0"),
        ),
        severity="warning",
        note="below the Python's",
    ),
    Row("XP652", both(MACOS, env(SDKROOT="/x/SDKs/iPhoneOS17.4.sdk"))),
    Row(
        "XP653",
        write("pyproject.toml", BACKEND.format("") + '[tool.maturin]\ncompatibility = "manylinux2010"\n'),
        takes(
            "manylinux_2_17",
            write("pyproject.toml", BACKEND.format("") + '[tool.maturin]\ncompatibility = "manylinux_2_17"\n'),
        ),
    ),
    Row(
        "XP656",
        debian_headers,
        takes(
            "apt install libpython3.11-dev:arm64",
            lambda w: make(
                w.root, {"usr/include/aarch64-linux-gnu/python3.11/pyconfig.h": "#define SIZEOF_VOID_P 8\n"}
            ),
        ),
    ),
    Row(
        "XP657",
        both(lambda w: w.no_root(), option(target="wasm32-wasip1")),
        takes("--embed", option(embed=True)),
        "warning",
    ),
)


@pytest.mark.parametrize(
    "row", ROWS, ids=lambda row: f"{row.code}{'-' + row.note.replace(' ', '-') if row.note else ''}"
)
def test_help_makes_the_finding_go(row: Row, tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.finding(row.code) is None, "the set-up has it without the fault"
    row.fault(world)
    finding = world.finding(row.code)
    assert finding is not None, [f"{f.code.code} {f.message}" for f in world.judge()]
    assert row.severity in (None, finding.severity)
    row.mend(world, finding)
    left = world.finding(row.code)
    assert left is None, f"{finding.help!r} did not help: {left}"


def test_enough_codes_are_tried() -> None:
    assert len({row.code for row in ROWS}) >= 40


def test_the_set_up_is_sound(tmp_path: Path) -> None:
    assert [f for f in World(tmp_path).judge() if f.severity != "note"] == []
