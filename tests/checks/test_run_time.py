"""A program that embeds Python, when it starts: which library it asks for, whether the target finds it, and that it is told."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from crossplan.checks.linkage import keep_stub
from crossplan.checks.run_time import Need, needs_of
from crossplan.checks.view import View
from crossplan.cli import main
from crossplan.readers.images import read_image
from tests.checks.worlds import World, config_of, python_files
from tests.readers.buffer import Buffer
from tests.readers.builders import ar, elf
from tests.readers.builders_macho import macho
from tests.readers.builders_pe import import_library, pe
from tests.scan.making import libpython, link, make, sysconfigdata


def program(folder: Path, **options: object) -> World:
    """A set-up that builds a program, with the release that takes the lib dir."""
    world = World(folder)
    make(world.project, {"src/main.rs": "fn main() {}\n"})
    world.options |= {"embed": True, "features": "", "pyo3": "0.23.5", **options}
    return world


def python_below(prefix: str, said: str | None = None) -> dict[str, bytes | str | tuple[str]]:
    """A Python below a prefix of the root, whose description says `said` or that same prefix."""
    base, said = prefix.strip("/") + "/" * bool(prefix.strip("/")), said or prefix
    text = sysconfigdata("aarch64-linux-gnu", prefix=said, LIBDIR=f"{said.rstrip('/')}/lib")
    return {
        f"{base}lib/python3.11/_sysconfigdata__linux_aarch64-linux-gnu.py": text,
        f"{base}lib/libpython3.11.so.1.0": libpython(),
        f"{base}lib/libpython3.11.so": link("libpython3.11.so.1.0"),
    }


def needs(world: World) -> tuple[Need, ...]:
    return needs_of(View(world.situation()))


def test_the_library_is_named_with_where_the_target_has_it(tmp_path: Path) -> None:
    world = program(tmp_path)
    (need,) = needs(world)
    assert need == Need(
        "libpython3.11.so.1.0", "usr/lib/libpython3.11.so.1.0", "/usr/lib", True, variable="LD_LIBRARY_PATH"
    )
    assert world.finding("XP626") is None and world.finding("XP627") is None


def test_a_module_needs_none_and_a_static_library_neither(tmp_path: Path) -> None:
    assert needs(World(tmp_path / "module")) == ()
    world = program(tmp_path / "static")
    world.new_root(
        {
            "usr/lib/python3.11/_sysconfigdata__linux_aarch64-linux-gnu.py": sysconfigdata(Py_ENABLE_SHARED=0),
            "usr/lib/libpython3.11.a": ar([("a.o", elf(machine=183, kind=1))]),
        }
    )
    config_of(world, "version=3.11\nshared=false\nlib_name=python3.11\nlib_dir={root}/usr/lib\n")
    assert needs(world) == ()


@pytest.mark.parametrize(("prefix", "searched"), [("/usr", True), ("/usr/local", False), ("/opt/python", False)])
def test_loaders_look_in_few_folders_by_themselves(prefix: str, searched: bool, tmp_path: Path) -> None:
    world = program(tmp_path)
    world.new_root(python_below(prefix))
    world.environ["PYO3_CROSS_LIB_DIR"] = f"{world.root}{prefix}/lib"
    (need,) = needs(world)
    assert (need.folder, need.searched) == (f"{prefix}/lib", searched)
    found = world.finding("XP626")
    assert (found is None) is searched
    if found is not None:
        assert found.severity == "note" and "/etc/ld.so.conf" in found.message
        assert f"LD_LIBRARY_PATH={prefix}/lib" in found.help
        assert found.locations[0].path == f"{prefix[1:]}/lib/libpython3.11.so.1.0"


def test_where_a_package_for_an_app_puts_a_library_is_no_place_of_the_target(tmp_path: Path) -> None:
    """As Chaquopy's has it: the folder is that of the package, and Android unpacks it elsewhere."""
    world = program(tmp_path, target="aarch64-linux-android")
    image = elf(machine=183, soname="libpython3.11.so", needed=["libc.so", "libdl.so"])
    world.new_root({"jniLibs/arm64-v8a/libpython3.11.so": image})
    config_of(world, "version=3.11\nshared=true\nlib_name=python3.11\nlib_dir={root}/jniLibs/arm64-v8a\n")
    (need,) = needs(world)
    assert need == Need("libpython3.11.so", "jniLibs/arm64-v8a/libpython3.11.so", None, None, "LD_LIBRARY_PATH")
    assert world.finding("XP626") is None


def test_musl_also_looks_below_usr_local(tmp_path: Path) -> None:
    world = program(tmp_path, target="aarch64-unknown-linux-musl")
    text = sysconfigdata("aarch64-linux-musl", prefix="/usr/local", LIBDIR="/usr/local/lib")
    image = elf(machine=183, soname="libpython3.11.so.1.0", needed=["libc.musl-aarch64.so.1"])
    world.new_root(
        {
            "usr/local/lib/python3.11/_sysconfigdata__linux_aarch64-linux-musl.py": text,
            "usr/local/lib/libpython3.11.so": image,
        }
    )
    world.environ["PYO3_CROSS_LIB_DIR"] = str(world.root / "usr/local/lib")
    (need,) = needs(world)
    assert need.searched and world.finding("XP626") is None


def test_an_rpath_leads_there(tmp_path: Path) -> None:
    world = program(tmp_path)
    world.new_root(python_below("/opt/python"))
    world.environ["PYO3_CROSS_LIB_DIR"] = str(world.root / "opt/python/lib")
    assert world.finding("XP626") is not None
    world.environ["RUSTFLAGS"] = "-C link-arg=-Wl,-rpath,$ORIGIN"
    assert world.finding("XP626") is None
    world.environ["RUSTFLAGS"] = "-C link-arg=-Wl,-rpath-link,/x"  # which is for the linker alone
    assert world.finding("XP626") is not None


def test_a_relocated_python_is_told_its_home(tmp_path: Path) -> None:
    world = program(tmp_path)
    world.new_root(python_below("", said="/install"))
    world.environ["PYO3_CROSS_LIB_DIR"] = str(world.root / "lib")
    found = world.finding("XP627")
    assert found is not None and found.severity == "note"
    assert "/install" in found.message and str(world.root) in found.message and "PYTHONHOME" in found.help


def test_windows_finds_a_dll_beside_the_program_or_by_path(tmp_path: Path) -> None:
    world = program(tmp_path, target="x86_64-pc-windows-msvc")
    world.new_root(
        {"libs/python311.lib": import_library("python311.dll", []), "python311.dll": pe(name="python311.dll")}
    )
    world.environ |= {"PYO3_CROSS_LIB_DIR": str(world.root / "libs"), "PYO3_CROSS_PYTHON_VERSION": "3.11"}
    assert needs(world) == (Need("python311.dll", "python311.dll", None, None, variable="PATH"),)
    found = world.finding("XP626")
    assert found is not None and found.severity == "note" and "PATH" in found.help


def test_without_an_import_library_the_dll_is_named_all_the_same(tmp_path: Path) -> None:
    world = program(tmp_path, target="x86_64-pc-windows-msvc", pyo3="0.29.2")
    world.no_root()
    world.environ["PYO3_CROSS_PYTHON_VERSION"] = "3.12"
    assert [need.name for need in needs(world)] == ["python312.dll"]


@pytest.mark.parametrize(
    ("install_name", "code", "severity", "words"),
    [
        ("@rpath/libpython3.11.dylib", "XP622", "warning", "Library not loaded"),
        ("/opt/homebrew/opt/python@3.11/Python", "XP626", "note", "dyld"),
        ("/usr/local/lib/libpython3.11.dylib", "XP626", None, ""),
    ],
)
def test_macos_goes_by_the_install_name(
    install_name: str, code: str, severity: str | None, words: str, tmp_path: Path
) -> None:
    world = program(tmp_path, target="x86_64-apple-darwin", host="x86_64-apple-darwin")
    text = sysconfigdata("darwin", prefix="/usr/local", LIBDIR="/usr/local/lib", MACHDEP="darwin")
    world.new_root(
        {
            "usr/local/lib/python3.11/_sysconfigdata__darwin_darwin.py": text,
            "usr/local/lib/libpython3.11.dylib": macho(install_name=install_name),
        }
    )
    world.environ["PYO3_CROSS_LIB_DIR"] = str(world.root / "usr/local/lib")
    found = world.finding(code)
    assert (found.severity if found else None) == severity
    if found is not None:
        assert install_name in found.message and words in found.message
    world.environ["RUSTFLAGS"] = "-C link-arg=-Wl,-rpath,@executable_path"
    assert world.finding("XP622") is None


def test_the_plan_says_so_in_json_and_in_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, {"project/Cargo.toml": '[package]\nname = "p"\nversion = "0.1.0"\n[dependencies]\npyo3 = "0.23"\n'})
    make(tmp_path, {"project/src/main.rs": "fn main() {}\n"})
    make(tmp_path / "root", python_files())
    monkeypatch.chdir(tmp_path / "project")
    arguments = ["plan", "--target", "aarch64-unknown-linux-gnu", "--sysroot", "../root", "--out-dir", str(tmp_path)]
    main([*arguments, "--json"])
    (need,) = json.loads(capsys.readouterr().out)["artifact"]["needs"]
    assert (need["name"], need["folder"], need["searched"]) == ("libpython3.11.so.1.0", "/usr/lib", True)
    main(arguments)
    assert "libpython3.11.so.1.0 from /usr/lib" in " ".join(capsys.readouterr().out.split())


def test_a_name_of_the_root_cannot_become_a_command(tmp_path: Path) -> None:
    world = program(tmp_path)
    hostile = python_below("/opt/p")
    hostile["opt/p/lib/python3.11/_sysconfigdata__linux_aarch64-linux-gnu.py"] = sysconfigdata(
        "aarch64-linux-gnu", prefix="/opt/$(touch x)\x1b[2J", LIBDIR="/opt/p/lib"
    )
    world.new_root(hostile)
    world.environ["PYO3_CROSS_LIB_DIR"] = str(world.root / "opt/p/lib")
    found = world.finding("XP626")
    assert found is not None and "LD_LIBRARY_PATH='/opt/$(touch x)\x1b[2J/lib'" in found.help


@pytest.mark.skipif(not (shutil.which("rustc") and shutil.which("gcc")), reason="links with rustc and gcc")
def test_rustc_keeps_a_stub_with_the_flags_that_are_named_and_drops_it_with_fewer(tmp_path: Path) -> None:
    """What XP510 and XP606 say of Android's libpython3.so, with the host's own linker."""
    for name, text, flags in (("real", "int answer(void) { return 1; }", ()), ("stub", "", ("-L.", "-lreal"))):
        (tmp_path / f"{name}.c").write_text(text)
        words = [
            "gcc",
            "-shared",
            "-o",
            f"lib{name}.so",
            f"-Wl,-soname,lib{name}.so",
            f"{name}.c",
            "-Wl,--no-as-needed",
        ]
        subprocess.run([*words, *flags], cwd=tmp_path, check=True)
    (tmp_path / "mod.rs").write_text('#[link(name = "stub")]\nextern "C" { fn answer() -> i32; }\n'
                                     '#[no_mangle] pub extern "C" fn PyInit_mod() -> i32 { unsafe { answer() } }\n')  # fmt: skip
    needed = {}
    for flags in ("", "-C link-arg=-Wl,--no-as-needed", keep_stub("stub")):
        words = ["rustc", "--crate-type", "cdylib", "mod.rs", "-L", ".", *flags.split()]
        subprocess.run([*words, "-C", "link-arg=-Wl,--unresolved-symbols=ignore-all"], cwd=tmp_path, check=True)
        image = read_image(Buffer((tmp_path / "libmod.so").read_bytes()), "libmod.so")
        needed[flags] = "libstub.so" in image.needed
    assert list(needed.values()) == [False, False, True]
