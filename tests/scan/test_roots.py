"""What one root holds: parts of it, several Pythons in it, and what contradicts what."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.scan.making import ARM64, apple, codes, inspect, libpython, link, make, sysconfigdata

SYSROOTS = Path(__file__).parents[2] / "sysroots"
NAME = "_sysconfigdata__linux_aarch64-linux-gnu.py"
STDLIB = f"usr/lib/python3.11/{NAME}"
LIBRARY = "usr/lib/libpython3.11.so.1.0"


def merge(tree: str, root: Path) -> None:
    """Unpack one tree of Debian over another, without the links that both have."""
    both = shutil.ignore_patterns("doc", "*-config", "sitecustomize.py")
    shutil.copytree(SYSROOTS / tree, root, symlinks=True, dirs_exist_ok=True, ignore=both)


@pytest.mark.parametrize("part", ["", "usr", "usr/lib", "usr/lib/python3.11"])
def test_each_folder_that_leads_to_the_stdlib_is_a_root(part: str) -> None:
    (python,) = inspect(SYSROOTS / "debian12-py311-armhf" / part)["pythons"]
    assert python["version"] == ("3.11" if part.endswith("3.11") else "3.11.2")
    assert python["ext_suffix"] == ".cpython-311-arm-linux-gnueabihf.so"
    assert python["pointer_width"] == 32
    assert python["targets"][0] == "armv7-unknown-linux-gnueabihf"


def test_folder_of_the_library_alone_is_a_root() -> None:
    (python,) = inspect(SYSROOTS / "debian12-py311-armhf" / "usr/lib/arm-linux-gnueabihf")["pythons"]
    assert (python["version"], python["shared"], python["ext_suffix"]) == ("3.11.2", True, None)
    assert python["targets"][0] == "armv7-unknown-linux-gnueabihf"


def test_merged_debian_root_of_several_architectures_and_versions_is_sound(tmp_path: Path) -> None:
    for tree in ("debian12-py311-armhf", "debian12-py311-armel", "debian13-py313-armhf"):
        merge(tree, tmp_path)
    report = inspect(tmp_path)
    assert report["verdict"] == "sound"
    found = {(p["version"], p["multiarch"]): p for p in report["pythons"]}
    assert set(found) == {
        ("3.11.2", "arm-linux-gnueabihf"),
        ("3.11.2", "arm-linux-gnueabi"),
        ("3.13.5", "arm-linux-gnueabihf"),
    }
    for (version, multiarch), python in found.items():
        minor = version.rpartition(".")[0]
        assert f"usr/lib/{multiarch}/libpython{minor}.so.1.0" in python["images"]
        assert all(multiarch in path.replace("/", "-") + "-" for path in python["sysconfigdata"])
    assert found["3.11.2", "arm-linux-gnueabi"]["targets"][0] == "armv5te-unknown-linux-gnueabi"


def test_versions_are_exact(tmp_path: Path) -> None:
    tree = {}
    for version, flags in (("3.1", ""), ("3.11", ""), ("3.14", ""), ("3.14", "t"), ("3.14", "d")):
        folder = f"usr/lib/python{version}{flags if flags == 't' else ''}"
        tree[f"{folder}/_sysconfigdata_{flags}_linux_aarch64-linux-gnu.py"] = sysconfigdata(
            version=version, flags=flags
        )
        minor = int(version[2:])
        tree[f"usr/lib/libpython{version}{flags}.so.1.0"] = libpython(version=(3, minor, 7), flags=flags)
    report = inspect(make(tmp_path, tree))
    found = {(p["version"], p["abi_flags"]): p for p in report["pythons"]}
    assert set(found) == {("3.1.7", ""), ("3.11.7", ""), ("3.14.7", ""), ("3.14.7", "t"), ("3.14.7", "d")}
    for (version, flags), python in found.items():
        assert python["images"] == [f"usr/lib/libpython{version[:-2]}{flags}.so.1.0"]
        assert (python["free_threaded"], python["debug"]) == ("t" in flags, "d" in flags)
    assert report["verdict"] == "sound"


def test_prefixes_do_not_mix(tmp_path: Path) -> None:
    make(
        tmp_path,
        {
            STDLIB: sysconfigdata(),
            LIBRARY: libpython(version=(3, 11, 2)),
            "usr/include/python3.11/patchlevel.h": '#define PY_VERSION "3.11.2"\n',
            f"usr/local/lib/python3.11/{NAME}": sysconfigdata(),
            "usr/local/lib/libpython3.11.so.1.0": libpython(version=(3, 11, 9)),
            "usr/local/include/python3.11/patchlevel.h": '#define PY_VERSION "3.11.9"\n',
        },
    )
    report = inspect(tmp_path)
    assert [python["version"] for python in report["pythons"]] == ["3.11.2", "3.11.9"]
    assert report["findings"] == []


def test_library_of_another_architecture_without_description_is_a_python_of_its_own(tmp_path: Path) -> None:
    make(tmp_path, {STDLIB: sysconfigdata(LIBDIR="/usr/lib/aarch64-linux-gnu")})
    make(tmp_path, {"usr/lib/aarch64-linux-gnu/libpython3.11.so.1.0": libpython()})
    make(tmp_path, {"usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0": libpython("x86_64-linux-gnu")})
    report = inspect(tmp_path)
    assert [python["pointer_width"] for python in report["pythons"]] == [64, 64]
    assert [len(python["images"]) for python in report["pythons"]] == [1, 1]
    assert report["verdict"] == "sound"


@pytest.mark.parametrize(
    ("library", "name"),
    [
        (libpython("x86_64-linux-gnu"), "architecture-mismatch"),
        (libpython("i386-linux-gnu"), "pointer-width-mismatch"),
        (libpython("riscv64-linux-gnu"), "architecture-mismatch"),
        (libpython(version=(3, 12, 1)), "contradiction"),
        (libpython(flags="t"), "contradiction"),
        (libpython(flags="d"), "contradiction"),
    ],
)
def test_a_library_of_another_build_is_an_error(library: bytes, name: str, tmp_path: Path) -> None:
    make(tmp_path, {STDLIB: sysconfigdata(), LIBRARY: library})
    report = inspect(tmp_path)
    assert report["verdict"] == "unsound"
    assert codes(report)[name] == "error"
    message = next(f["message"] for f in report["findings"] if f["name"] == name)
    assert LIBRARY in message
    assert STDLIB in message


def test_another_patch_release_is_a_warning(tmp_path: Path) -> None:
    header = '#define PY_VERSION "3.11.9"\n'
    make(tmp_path, {STDLIB: sysconfigdata(), LIBRARY: libpython(), "usr/include/python3.11/patchlevel.h": header})
    report = inspect(tmp_path)
    assert codes(report) == {"contradiction": "warning"}
    assert report["pythons"][0]["version"] == "3.11.2"  # what will be loaded counts


@pytest.mark.parametrize("multiarch", ["aarch64-linux-gnu", "x86_64-linux-gnu"])
def test_build_details_of_the_machine_that_built_is_a_warning(tmp_path: Path, multiarch: str) -> None:
    details = {
        "schema_version": "1.0",
        "base_prefix": "/usr",
        "platform": "linux-x86_64",
        "language": {"version": "3.14"},
        "implementation": {
            "name": "cpython",
            "version": {"major": 3, "minor": 14, "micro": 2, "releaselevel": "final", "serial": 0},
            "_multiarch": multiarch,
        },
        "abi": {"flags": [], "extension_suffix": ".cpython-314-x86_64-linux-gnu.so"},
    }
    make(
        tmp_path,
        {
            "usr/lib/python3.14t/_sysconfigdata_t_linux_aarch64-linux-gnu.py": sysconfigdata(version="3.14", flags="t"),
            "usr/lib/python3.14t/build-details.json": json.dumps(details),
            "usr/lib/libpython3.14t.so.1.0": libpython(version=(3, 14, 2), flags="t"),
        },
    )
    report = inspect(tmp_path)
    (python,) = report["pythons"]
    assert python["ext_suffix"] == ".cpython-314t-aarch64-linux-gnu.so"
    assert python["free_threaded"] is True
    assert codes(report)["contradiction"] == "warning" and report["verdict"] == "sound"
    assert any("build-details.json (abi.extension_suffix)" in f["message"] for f in report["findings"])


def test_build_details_alone_describe_a_python(tmp_path: Path) -> None:
    details = {
        "schema_version": "1.3",  # a later minor version, with things that nobody knows yet
        "base_prefix": "../..",
        "platform": "linux-aarch64",
        "language": {"version": "3.15"},
        "implementation": {"name": "cpython", "cache_tag": "cpython-315", "new": [{}]},
        "abi": {"flags": ["t", "d"], "extension_suffix": ".cpython-315td-aarch64-linux-gnu.so"},
    }
    make(tmp_path, {"usr/lib/python3.15t/build-details.json": json.dumps(details)})
    (python,) = inspect(tmp_path)["pythons"]
    assert (python["version"], python["abi_flags"]) == ("3.15", "td")
    assert (python["free_threaded"], python["debug"]) == (True, True)
    assert python["origins"]["abi_flags"]["key"] == "abi.flags"


def test_libraries_of_several_systems_in_one_installation_are_several_pythons(tmp_path: Path) -> None:
    """As in org.graalvm.python:python-resources, one jar for Linux, macOS and Windows."""
    folder = "META-INF/resources/{}/aarch64/lib/graalpy24.1/libpython-native.{}"
    make(tmp_path, {folder.format("linux", "so"): libpython(version=(3, 11, 7))})
    make(tmp_path, {folder.format("darwin", "dylib"): apple(ARM64, (3, 11, 7))})
    report = inspect(tmp_path)
    found = [(python["implementation"], python["version"], python["targets"]) for python in report["pythons"]]
    assert found == [
        ("GraalPy", "3.11.7", ["aarch64-apple-darwin"]),
        ("GraalPy", "3.11.7", ["aarch64-unknown-linux-gnu"]),
    ]
    assert report["verdict"] == "sound"


def test_misnamed_sysconfigdata_is_read_by_its_contents(tmp_path: Path) -> None:
    make(tmp_path, {"usr/lib/python3.11/_sysconfigdata__linux_x86_64-linux-gnu.py": sysconfigdata()})
    report = inspect(tmp_path)
    assert report["pythons"][0]["targets"] == ["aarch64-unknown-linux-gnu"]
    assert codes(report) == {"misnamed-sysconfigdata": "warning"}
    assert "_sysconfigdata__linux_aarch64-linux-gnu.py" in report["findings"][0]["help"]


def test_a_musl_build_that_calls_itself_gnu_is_believed_by_its_library(tmp_path: Path) -> None:
    from tests.readers.builders import elf

    musl = elf(machine=183, soname="libpython3.11.so.1.0", needed=["libc.musl-aarch64.so.1"])
    make(tmp_path, {STDLIB: sysconfigdata(), LIBRARY: musl})
    report = inspect(tmp_path)
    assert report["pythons"][0]["targets"] == ["aarch64-unknown-linux-musl"]
    assert report["findings"] == []


def test_dangling_library_link_is_named_unless_the_library_is_elsewhere(tmp_path: Path) -> None:
    make(tmp_path, {STDLIB: sysconfigdata(), "usr/lib/libpython3.11.so": link("libpython3.11.so.1.0")})
    report = inspect(tmp_path)
    assert codes(report) == {"dangling-link": "warning"}
    make(tmp_path, {LIBRARY: libpython()})
    assert inspect(tmp_path)["findings"] == []


def test_links_of_a_virtual_environment_to_the_host_are_no_finding(tmp_path: Path) -> None:
    make(
        tmp_path,
        {
            STDLIB: sysconfigdata(),
            "usr/bin/python3": link("/host/bin/python3"),
            "opt/v/pyvenv.cfg": "home = /usr/bin\n",
        },
    )
    make(tmp_path, {"opt/v/bin/python": link("/host/bin/python3")})
    assert inspect(tmp_path)["findings"] == []


def test_order_of_pythons_and_images_follows_paths(tmp_path: Path) -> None:
    for tree in ("debian13-py313-armhf", "debian12-py311-armhf"):
        merge(tree, tmp_path)
    report = inspect(tmp_path)
    assert [python["version"] for python in report["pythons"]] == ["3.11.2", "3.13.5"]
    paths = [image["path"] for image in report["images"]]
    assert paths == sorted(paths, key=str)
