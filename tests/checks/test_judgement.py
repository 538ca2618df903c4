"""Whose fault it is, and where: severities as things are and under the plan, places that a user can open."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossplan.findings import Location
from tests.checks.worlds import ARM64, World, compiler, config_of, manifest, python_files
from tests.readers.builders import ar, elf
from tests.readers.builders_pe import import_library
from tests.scan.making import make, sysconfigdata


def errors(world: World) -> list[str]:
    return [finding.code.code for finding in world.judge() if finding.severity == "error"]


def test_what_was_given_is_an_error_even_where_the_plan_mends_it(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.environ["PYO3_CROSS_LIB_DIR"] = "/nowhere"
    assert errors(world) == ["XP403"]
    world.take_plan()
    assert errors(world) == []


def test_that_nothing_was_set_is_no_fault_where_the_root_answers(tmp_path: Path) -> None:
    world = World(tmp_path)
    del world.environ["PYO3_CROSS_LIB_DIR"]
    assert world.judge() == ()


def test_that_nothing_was_set_is_an_error_where_nothing_answers(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.no_root()
    assert errors(world) == ["XP602"]


def test_a_host_without_python_is_a_warning_as_long_as_the_plan_needs_none(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.host = None
    found = world.finding("XP410")
    assert found is not None and found.severity == "warning" and errors(world) == []


def test_what_holds_under_the_plan_is_told_where_pyo3_stops_as_things_are(tmp_path: Path) -> None:
    world = World(tmp_path)
    del world.environ["PYO3_CROSS_LIB_DIR"]
    world.options["features"] = ""
    assert [f.code.name for f in world.judge()] == ["module-links-libpython"]


def test_an_import_library_of_another_dll_is_told_of_the_root_itself(tmp_path: Path) -> None:
    world = World(tmp_path)
    make(world.root, {"libs/python311.lib": import_library("python310.dll", ["Py_Initialize"])})
    found = world.finding("XP609")
    assert found is not None and found.severity == "warning"
    assert found.locations == (Location("libs/python311.lib", "soname"),)


def test_a_linker_script_is_a_library(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.options |= {"features": "", "embed": True, "pyo3": "0.23.5"}
    (world.root / "usr/lib/libpython3.11.so").unlink()
    make(world.root, {"usr/lib/libpython3.11.so": "/* GNU ld script */\nINPUT ( libpython3.11.so.1.0 )\n"})
    assert errors(world) == []


def test_missing_tools_are_warnings_and_no_matter_of_the_plan(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.environ["PATH"] = str(tmp_path / "nothing")
    assert [(f.severity, f.code.name) for f in world.judge()] == [("warning", "no-linker"), ("warning", "no-cargo")]


def test_a_lib_dir_outside_the_root_is_read_too(tmp_path: Path) -> None:
    world = World(tmp_path)
    make(tmp_path / "other", python_files("x86_64-linux-gnu"))
    world.environ["PYO3_CROSS_LIB_DIR"] = str(tmp_path / "other/usr/lib")
    found = world.finding("XP301")
    assert found is not None and found.severity == "error"
    assert Location(None, "PYO3_CROSS_LIB_DIR") in found.locations


def test_without_a_root_the_lib_dir_stands_for_one(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.options["sysroots"] = ()
    assert world.judge() == ()
    world.options["target"] = "x86_64-unknown-linux-gnu"
    assert "XP301" in errors(world)


def test_a_variable_of_cargos_env_table_is_found_in_its_file(tmp_path: Path) -> None:
    world = World(tmp_path)
    del world.environ["PYO3_CROSS_LIB_DIR"]
    make(world.project, {".cargo/config.toml": '[env]\nX = "1"\nPYO3_CROSS_LIB_DIR = "/nowhere"\n'})
    found = world.finding("XP403")
    assert found is not None
    assert found.locations == (Location(".cargo/config.toml", "env.PYO3_CROSS_LIB_DIR", 3),)


def test_an_error_about_another_python_of_the_root_is_a_warning(tmp_path: Path) -> None:
    world = World(tmp_path)
    make(world.root, {"usr/lib/python3.9/_sysconfigdata__linux_x86_64-linux-gnu.py": "build_time_vars = {"})
    world.options["python"] = "3.11"
    assert "XP201" not in errors(world)


@pytest.mark.parametrize("machine", ["aarch64-linux-gnu", "x86_64-linux-gnu"])
def test_the_compiler_is_asked_what_it_compiles_for(machine: str, tmp_path: Path) -> None:
    world = World(tmp_path)
    world.program("mycc", compiler(machine))
    world.environ["CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER"] = "mycc"
    found = world.finding("XP624")
    assert (found is None) is (machine == "aarch64-linux-gnu")


def test_a_config_file_for_another_python_contradicts_the_root(tmp_path: Path) -> None:
    world = World(tmp_path)
    config_of(world, "version=3.11\nlib_name=python3.11\npointer_width=64\nbuild_flags=Py_GIL_DISABLED\n")
    world.options |= {"pyo3": "0.29.2", "target": ARM64}
    assert any(code in ("XP412", "XP411") for code in errors(world))


def test_every_finding_has_a_place_and_something_to_do(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.environ |= {
        "PYO3_CROSS": "",
        "RUSTFLAGS": "-x",
        "CC": "arm-linux-gnueabihf-gcc",
        "LDFLAGS": "-s",
        "PYO3_CROSS_INCLUDE_DIR": "/x",
    }
    for finding in world.judge():
        assert finding.locations and all(place.path or place.key for place in finding.locations)
        assert finding.help.strip() and finding.message.strip()


@pytest.mark.parametrize(
    ("flags", "warned"),
    [("-O2 -flto=auto", True), ("-O2 -flto -ffat-lto-objects", False), ("-O2 -fno-pic", True), ("-O2 -fPIC", False)],
)
def test_a_static_library_of_objects_that_only_its_own_compiler_links(flags: str, warned: bool, tmp_path: Path) -> None:
    world = World(tmp_path)
    for name in ("libpython3.11.so", "libpython3.11.so.1.0"):
        (world.root / "usr/lib" / name).unlink()
    make(
        world.root,
        {
            "usr/lib/libpython3.11.a": ar([("a.o", elf(machine=183, kind=1))]),
            "usr/lib/python3.11/_sysconfigdata__linux_aarch64-linux-gnu.py": sysconfigdata(
                prefix="/usr", CFLAGS=flags, Py_ENABLE_SHARED=0
            ),
        },
    )
    world.options |= {"embed": True, "features": ""}
    world.environ["RUSTFLAGS"] = "-C link-arg=-Wl,--export-dynamic"
    found = world.finding("XP607")
    assert (found is not None and "compiled with" in found.message) is warned


def test_crates_whose_sources_are_not_there_are_named_together(tmp_path: Path) -> None:
    crates = ("numpy", "pyo3-log", "pythonize", "jiter", "arrow")
    of_pyo3 = '\n[[package]]\nname = "{}"\nversion = "0.22.6"\ndependencies = [\n{}]\nsource = "registry+https://x"\n'
    text = "version = 3\n" + of_pyo3.format("pyo3", "") + "".join(of_pyo3.format(n, ' "pyo3",\n') for n in crates)
    names = "".join(f' "{name}",\n' for name in ("pyo3", *crates))
    world = World(tmp_path)
    more = "".join(f'{name} = "0.22"\n' for name in crates)
    lock = f'{text}\n[[package]]\nname = "demo"\nversion = "0.1.0"\ndependencies = [\n{names}]\n'
    make(world.project, {"Cargo.toml": manifest(more=more), "Cargo.lock": lock})
    world.options.pop("features", None)
    (found,) = [finding for finding in world.judge() if finding.code.code == "XP610"]
    assert found.message.startswith(
        "numpy, pyo3-log, pythonize, jiter and 1 more may ask PyO3 for features, and the sources are not on this"
    )
    assert [place.line for place in found.locations] == [11, 12, 13, 14, 15]


def test_a_crate_without_pyo3_is_told_from_one_that_has_it(tmp_path: Path) -> None:
    """Whoever stands in another crate than is meant, reads it; a release that is named says that PyO3 comes some other way."""
    world = World(tmp_path)
    world.options.pop("pyo3", None)
    assert world.finding("XP610") is None
    make(world.project, {"Cargo.toml": '[package]\nname = "other"\nversion = "0.1.0"\n'})
    found = world.finding("XP610")
    assert found is not None and (found.severity, found.locations[0].line) == ("note", 2)
    assert "nothing that is here says that other uses PyO3" in found.message and "--pyo3" in found.help
    world.options["pyo3"] = "0.29"
    assert world.finding("XP610") is None


@pytest.mark.parametrize("level", ["9" * 5000, "²"])
def test_an_api_level_that_is_none_is_not_reckoned_with(level: str, tmp_path: Path) -> None:
    """What stands in a description of a root may be anything."""
    world = World(tmp_path)
    text = sysconfigdata("aarch64-linux-android", ANDROID_API_LEVEL=level, MACHDEP="android")
    world.new_root({"usr/lib/python3.11/_sysconfigdata__android_aarch64-linux-android.py": text})
    world.options |= {"target": "aarch64-linux-android", "tool": "maturin"}
    assert world.finding("XP650") is None
    world.environ["ANDROID_API_LEVEL"] = "²"
    found = world.finding("XP650")
    assert found is not None and found.severity == "warning"
    world.environ["ANDROID_API_LEVEL"] = "9" * 5000  # which no level is below
    assert world.finding("XP650") is None


def test_a_level_of_the_stable_abi_that_is_no_number(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.options["features"] = "abi3-py3²,extension-module"
    found = world.finding("XP518")
    assert found is not None and "abi3-py3²" in found.message
