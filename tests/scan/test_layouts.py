"""One test a layout: where distributions put a Python, found by the targeted walk, each file with the Python it is of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crossplan.scan import layouts, scan
from crossplan.sysroot import open_sysroot
from tests.readers.builders_macho import fat
from tests.readers.builders_pe import import_library, pe
from tests.scan.making import ARM64, X86_64, apple, inspect, libpython, link, make, sysconfigdata

NAME = "_sysconfigdata__linux_aarch64-linux-gnu.py"
LIBRARY = "libpython3.11.so.1.0"

# Folder of the sysconfigdata, folder of the libpython.
UNIX = {
    "debian": ("usr/lib/python3.11", "usr/lib/aarch64-linux-gnu"),
    "fedora": ("usr/lib64/python3.11", "usr/lib64"),
    "32-bit on 64-bit": ("usr/lib32/python3.11", "usr/lib32"),
    "alpine, arch, buildroot": ("usr/lib/python3.11", "usr/lib"),
    "local": ("usr/local/lib/python3.11", "usr/local/lib"),
    "opt": ("opt/python3.11/lib/python3.11", "opt/python3.11/lib"),
    "opt itself": ("opt/python/lib/python3.11", "opt/python/lib"),
    "manylinux": ("opt/python/cp311-cp311/lib/python3.11", "opt/python/cp311-cp311/lib"),
    "config folder": ("usr/lib/python3.11", "usr/lib/python3.11/config-3.11-aarch64-linux-gnu"),
    "python-build-standalone": ("python/install/lib/python3.11", "python/install/lib"),
    "uv": ("root/.local/share/uv/python/cpython-3.11.2-linux-aarch64-gnu/lib/python3.11",) * 1
    + ("root/.local/share/uv/python/cpython-3.11.2-linux-aarch64-gnu/lib",),
    "pyenv": ("home/me/.pyenv/versions/3.11.2/lib/python3.11", "home/me/.pyenv/versions/3.11.2/lib"),
    "toolcache": (
        "opt/hostedtoolcache/Python/3.11.2/arm64/lib/python3.11",
        "opt/hostedtoolcache/Python/3.11.2/arm64/lib",
    ),
    "toolcache itself": ("Python/3.11.2/arm64/lib/python3.11", "Python/3.11.2/arm64/lib"),
    "pyenv's versions": ("3.11.2/lib/python3.11", "3.11.2/lib"),
    "conda": ("lib/python3.11", "lib"),
    "conda environment": ("opt/conda/envs/web/lib/python3.11", "opt/conda/envs/web/lib"),
    "miniforge": ("home/me/miniforge3/lib/python3.11", "home/me/miniforge3/lib"),
    "yocto sdk": (
        "sysroots/aarch64-poky-linux/usr/lib/python3.11",
        "sysroots/aarch64-poky-linux/usr/lib",
    ),
    "openwrt": ("staging/usr/lib/python3.11", "staging/usr/lib"),
    "termux": ("data/data/com.termux/files/usr/lib/python3.11", "data/data/com.termux/files/usr/lib"),
    "nix": (f"nix/store/{'a' * 32}-python3-3.11.2/lib/python3.11", f"nix/store/{'a' * 32}-python3-3.11.2/lib"),
    "yocto": ("usr/lib/python3.11", "usr/lib"),
    "build tree": ("build/lib.linux-aarch64-3.11", ""),
    "android": ("prefix/lib/python3.11", "prefix/lib"),
}


@pytest.mark.parametrize("layout", UNIX)
def test_python_is_found_where_a_distribution_puts_it(layout: str, tmp_path: Path) -> None:
    stdlib, lib = UNIX[layout]
    library = f"{lib}/{LIBRARY}" if lib else LIBRARY
    make(tmp_path, {f"{stdlib}/{NAME}": sysconfigdata(), library: libpython(), "usr/share/doc/README": "text"})
    report = inspect(tmp_path)
    (python,) = report["pythons"]
    assert (python["version"], python["multiarch"], python["shared"]) == ("3.11.2", "aarch64-linux-gnu", True)
    assert python["targets"] == ["aarch64-unknown-linux-gnu"]
    assert python["sysconfigdata"] == [f"{stdlib}/{NAME}"]
    assert python["images"] == [library]
    assert report["verdict"] == "sound"


def test_yocto_second_copy_is_of_the_same_python(tmp_path: Path) -> None:
    copy = "usr/lib/python-sysconfigdata/_sysconfigdata.py"
    make(tmp_path, {f"usr/lib/python3.11/{NAME}": sysconfigdata(), copy: sysconfigdata()})
    (python,) = inspect(tmp_path)["pythons"]
    assert python["sysconfigdata"] == [copy, f"usr/lib/python3.11/{NAME}"]


def test_conda_ships_two_of_one_python(tmp_path: Path) -> None:
    other = "lib/python3.11/_sysconfigdata_aarch64_conda_linux_gnu.py"
    meta = '{"name": "python", "version": "3.11.2", "build": "h1_0_cpython", "subdir": "linux-aarch64"}'
    make(
        tmp_path,
        {
            f"lib/python3.11/{NAME}": sysconfigdata(Py_ENABLE_SHARED=0),
            other: sysconfigdata(Py_ENABLE_SHARED=0, CC="aarch64-conda-linux-gnu-cc"),
            f"lib/{LIBRARY}": libpython(),
            "conda-meta/python-3.11.2-h1_0_cpython.json": meta,
            "conda-meta/python_abi-3.11-2_cp311.json": '{"name": "python_abi"}',
        },
    )
    report = inspect(tmp_path)
    (python,) = report["pythons"]
    assert len(python["sysconfigdata"]) == 2
    assert python["shared"] is True  # the library is there, whatever Py_ENABLE_SHARED says
    assert report["findings"] == []


def test_usr_merged_root_gives_each_file_once(tmp_path: Path) -> None:
    make(
        tmp_path,
        {f"usr/lib/python3.11/{NAME}": sysconfigdata(), f"usr/lib/{LIBRARY}": libpython(), "lib": link("usr/lib")},
    )
    report = inspect(tmp_path)
    assert [image["path"] for image in report["images"]] == [f"usr/lib/{LIBRARY}"]
    assert len(report["pythons"]) == 1


def test_macos_framework_and_its_current_version(tmp_path: Path) -> None:
    home = "Library/Frameworks/Python.framework/Versions/3.13"
    text = sysconfigdata("darwin", "3.13", PYTHONFRAMEWORK="Python", Py_ENABLE_SHARED=0)
    make(
        tmp_path,
        {
            f"{home}/Python": fat((X86_64, apple(X86_64)), (ARM64, apple(ARM64))),
            f"{home}/lib/python3.13/_sysconfigdata__darwin_darwin.py": text,
            f"{home}/lib/libpython3.13.dylib": link("../Python"),
            "Library/Frameworks/Python.framework/Versions/Current": link("3.13"),
            "Library/Frameworks/Python.framework/Python": link("Versions/Current/Python"),
        },
    )
    (python,) = inspect(tmp_path)["pythons"]
    assert python["version"] == "3.13.1"
    assert python["shared"] is True
    assert python["images"] == [f"{home}/Python"]
    assert python["targets"] == ["x86_64-apple-darwin", "aarch64-apple-darwin"]


def test_ios_xcframework_slices_are_pythons_of_their_own(tmp_path: Path) -> None:
    tree = {}
    for part, multiarch, cpu, platform in (
        ("ios-arm64", "arm64-iphoneos", ARM64, 2),
        ("ios-arm64_x86_64-simulator", "arm64-iphonesimulator", ARM64, 7),
    ):
        folder = f"Python.xcframework/{part}"
        tree[f"{folder}/Python.framework/Python"] = apple(cpu, platform=platform)
        tree[f"{folder}/platform-config/{multiarch}/_sysconfigdata__ios_{multiarch}.py"] = sysconfigdata(
            multiarch, "3.13"
        )
    make(tmp_path, tree)
    device, simulator = inspect(tmp_path)["pythons"]
    assert (device["multiarch"], device["targets"]) == ("arm64-iphoneos", ["aarch64-apple-ios"])
    assert (simulator["multiarch"], simulator["targets"]) == ("arm64-iphonesimulator", ["aarch64-apple-ios-sim"])


@pytest.mark.parametrize("part", ["Python.xcframework", "Python.xcframework/ios-arm64", ""])
def test_xcframework_and_its_slice_may_be_the_root(part: str, tmp_path: Path) -> None:
    folder = "Python.xcframework/ios-arm64"
    text = sysconfigdata("arm64-iphoneos", "3.13")
    tree = {
        f"{folder}/Python.framework/Python": apple(ARM64, platform=2),
        f"{folder}/platform-config/arm64-iphoneos/_sysconfigdata__ios_arm64-iphoneos.py": text,
    }
    make(tmp_path, tree)
    (python,) = inspect(tmp_path / part)["pythons"]
    assert (python["version"], python["shared"], len(python["images"])) == ("3.13.1", True, 1)


def test_fat_simulator_library_serves_the_python_of_each_slice(tmp_path: Path) -> None:
    folder = "Python.xcframework/ios-arm64_x86_64-simulator"
    both = fat((X86_64, apple(X86_64, platform=7)), (ARM64, apple(ARM64, platform=7)))
    tree: dict[str, bytes | str] = {f"{folder}/Python.framework/Python": both}
    for multiarch in ("arm64-iphonesimulator", "x86_64-iphonesimulator"):
        tree[f"{folder}/platform-config/{multiarch}/_sysconfigdata__ios_{multiarch}.py"] = sysconfigdata(
            multiarch, "3.13"
        )
    make(tmp_path, tree)
    report = inspect(tmp_path)
    assert [python["targets"] for python in report["pythons"]] == [["aarch64-apple-ios-sim"], ["x86_64-apple-ios"]]
    assert all(python["images"] == [f"{folder}/Python.framework/Python"] for python in report["pythons"])


def test_ios_of_cpython_315_has_its_libraries_in_the_slice(tmp_path: Path) -> None:
    folder = "Python.xcframework/ios-arm64"
    name = f"{folder}/lib-arm64/python3.15/_sysconfigdata__ios_arm64-iphoneos.py"
    tree = {
        f"{folder}/Python.framework/Python": apple(ARM64, (3, 15, 1), 2),
        name: sysconfigdata("arm64-iphoneos", "3.15"),
    }
    (python,) = inspect(make(tmp_path, tree))["pythons"]
    assert (python["version"], python["targets"]) == ("3.15.1", ["aarch64-apple-ios"])


def test_python_of_xcode(tmp_path: Path) -> None:
    home = "Library/Developer/CommandLineTools/Library/Frameworks/Python3.framework/Versions/3.9"
    (python,) = inspect(make(tmp_path, {f"{home}/Python3": apple(ARM64, (3, 9, 6))}))["pythons"]
    assert (python["version"], python["targets"]) == ("3.9.6", ["aarch64-apple-darwin"])


def test_homebrew_keg(tmp_path: Path) -> None:
    home = "opt/homebrew/Cellar/python@3.13/3.13.1/Frameworks/Python.framework/Versions/3.13"
    tree = {
        f"{home}/Python": apple(ARM64),
        f"{home}/lib/python3.13/_sysconfigdata__darwin_darwin.py": sysconfigdata("darwin", "3.13"),
    }
    (python,) = inspect(make(tmp_path, tree))["pythons"]
    assert (python["version"], python["ext_suffix"]) == ("3.13.1", ".cpython-313-darwin.so")


def test_msys2(tmp_path: Path) -> None:
    text = sysconfigdata("", "3.12", MACHDEP="win32", EXT_SUFFIX=".cp312-mingw_x86_64_ucrt_gnu.pyd")
    tree = {
        "ucrt64/lib/python3.12/_sysconfigdata__win32_.py": text,
        "ucrt64/bin/libpython3.12.dll": pe(name="libpython3.12.dll"),
    }
    (python,) = inspect(make(tmp_path, tree))["pythons"]
    assert python["ext_suffix"] == ".cp312-mingw_x86_64_ucrt_gnu.pyd"
    assert python["images"] == ["ucrt64/bin/libpython3.12.dll"]
    assert "x86_64-pc-windows-gnu" in python["targets"]


def test_freebsd_has_no_multiarch_name(tmp_path: Path) -> None:
    from tests.readers.builders import elf

    text = sysconfigdata("", "3.11", MACHDEP="freebsd14")
    library = elf(machine=62, osabi=9, soname="libpython3.11.so.1.0")
    tree = {
        "usr/local/lib/python3.11/_sysconfigdata__freebsd14_.py": text,
        "usr/local/lib/libpython3.11.so.1.0": library,
    }
    report = inspect(make(tmp_path, tree))
    assert [python["targets"] for python in report["pythons"]] == [["x86_64-unknown-freebsd"]]
    assert report["findings"] == []


def test_pyodide_build_environment(tmp_path: Path) -> None:
    home = "xbuildenv/pyodide-root/cpython/installs/python-3.12.1"
    name = f"{home}/sysconfigdata/_sysconfigdata__emscripten_wasm32-emscripten.py"
    (python,) = inspect(make(tmp_path, {name: sysconfigdata("wasm32-emscripten", "3.12", SIZEOF_VOID_P=4)}))["pythons"]
    assert (python["sysconfigdata"], python["targets"]) == ([name], ["wasm32-unknown-emscripten"])


def test_android_package_with_four_libraries(tmp_path: Path) -> None:
    abis = {
        "arm64-v8a": "aarch64-linux-gnu",
        "armeabi-v7a": "arm-linux-gnueabi",
        "x86": "i386-linux-gnu",
        "x86_64": "x86_64-linux-gnu",
    }
    report = inspect(
        make(tmp_path, {f"lib/{abi}/libpython3.13.so": libpython(name, (3, 13, 1)) for abi, name in abis.items()})
    )
    assert [python["images"] for python in report["pythons"]] == [
        [f"lib/{abi}/libpython3.13.so"] for abi in sorted(abis)
    ]


def test_nuget_package_and_its_free_threaded_sister(tmp_path: Path) -> None:
    make(
        tmp_path,
        {
            "tools/python313.dll": pe(name="python313.dll"),
            "tools/python313t.dll": pe(name="python313t.dll"),
            "tools/python.exe": pe(characteristics=0x22),
            "tools/include/patchlevel.h": '#define PY_VERSION "3.13.2"\n',
            "tools/DLLs/_bz2.pyd": pe(name="_bz2.pyd"),
        },
    )
    plain, threaded = inspect(tmp_path)["pythons"]
    assert (plain["version"], plain["free_threaded"]) == ("3.13.2", False)
    assert (threaded["version"], threaded["free_threaded"]) == ("3.13.2", True)
    assert plain["targets"][0] == "x86_64-pc-windows-msvc"


@pytest.mark.parametrize("top", ["", "3.11.1/", "Python/3.11.1/", "hostedtoolcache/Python/3.11.1/"])
def test_each_machine_of_a_tool_cache_has_its_own_import_library(top: str, tmp_path: Path) -> None:
    for folder, machine in (("x64", 0x8664), ("x86", 0x14C), ("arm64", 0xAA64)):
        place = f"{top}{folder}"
        library = import_library("python311.dll", ["Py_Initialize"], machine=machine)
        bits = 32 if folder == "x86" else 64
        make(tmp_path, {f"{place}/python311.dll": pe(machine=machine, bits=bits, name="python311.dll")})
        make(tmp_path, {f"{place}/libs/python311.lib": library})
    with open_sysroot(tmp_path) as root:
        found = {p.text("machine"): [f.path for f in p.images_of("import-library")] for p in scan(root).pythons}
    assert found == {
        machine: [f"{top}{folder}/libs/python311.lib"]
        for folder, machine in (("x64", "x86_64"), ("x86", "x86"), ("arm64", "aarch64"))
    }


def test_a_root_that_holds_one_folder_for_each_machine_of_ios(tmp_path: Path) -> None:
    """As CPython's own build leaves them in `iOS/Frameworks`: the framework beside its library."""
    for multiarch, platform in (("arm64-iphoneos", 2), ("arm64-iphonesimulator", 7)):
        name = f"lib/python3.13/_sysconfigdata__ios_{multiarch}.py"
        make(tmp_path / multiarch, {name: sysconfigdata(multiarch, "3.13", MACHDEP="ios", PYTHONFRAMEWORK="Python")})
        make(tmp_path / multiarch, {"Python.framework/Python": apple(ARM64, platform=platform)})
    assert [(p["targets"], len(p["images"])) for p in inspect(tmp_path)["pythons"]] == [
        (["aarch64-apple-ios"], 1),
        (["aarch64-apple-ios-sim"], 1),
    ]


def test_one_android_sysconfigdata_serves_each_abi(tmp_path: Path) -> None:
    make(
        tmp_path,
        {
            "stdlib/_sysconfigdata__linux_.py": sysconfigdata("", SIZEOF_VOID_P=8),
            "jniLibs/arm64-v8a/libpython3.11.so": libpython("aarch64-linux-gnu"),
            "jniLibs/armeabi-v7a/libpython3.11.so": libpython("arm-linux-gnueabi"),
        },
    )
    report = inspect(tmp_path)
    assert [python["pointer_width"] for python in report["pythons"]] == [64, 32]
    assert report["verdict"] == "sound"


@pytest.mark.parametrize("home", ["/usr/bin", "/usr/local/bin", "/opt/other/bin"])
def test_virtual_environment_is_of_the_python_that_it_was_made_from(home: str, tmp_path: Path) -> None:
    make(
        tmp_path,
        {
            f"usr/lib/python3.11/{NAME}": sysconfigdata(),
            f"usr/local/lib/python3.11/{NAME}": sysconfigdata(),
            "opt/app/pyvenv.cfg": f"home = {home}\nversion = 3.11.2\n",
            "opt/app/bin/python3": link("/usr/bin/python3.11"),
        },
    )
    with open_sysroot(tmp_path) as root:
        evidence = scan(root)
    of = ["opt/app/pyvenv.cfg" in [item.path for item in python.descriptions] for python in evidence.pythons]
    assert of == [home == "/usr/bin", home == "/usr/local/bin"]
    assert "opt/app/pyvenv.cfg" in [item.path for item in evidence.descriptions]


def test_zipped_standard_library_is_looked_into_where_nothing_else_describes(tmp_path: Path) -> None:
    import zipfile

    name = "_sysconfigdata__emscripten_wasm32-emscripten.py"
    with zipfile.ZipFile(tmp_path / "python_stdlib.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, sysconfigdata("wasm32-emscripten", "3.12", SIZEOF_VOID_P=4))
        archive.writestr("os.py", "x = 1\n")
    (python,) = inspect(tmp_path)["pythons"]
    assert python["sysconfigdata"] == [f"python_stdlib.zip/{name}"]
    assert python["targets"] == ["wasm32-unknown-emscripten"]


def test_byte_code_only_tree_is_named(tmp_path: Path) -> None:
    import importlib.util

    magic = (3495).to_bytes(2, "little") + b"\r\n"
    assert len(importlib.util.MAGIC_NUMBER) == len(magic)
    place = "usr/lib/python3.11/_sysconfigdata__linux_aarch64-linux-gnu.pyc"
    make(tmp_path, {place: magic + bytes(60)})
    report = inspect(tmp_path)
    (python,) = report["pythons"]
    assert python["version"] == "3.11"
    assert python["sysconfigdata"] == [place]
    assert [(f["name"], f["severity"]) for f in report["findings"]] == [("byte-code-only", "warning")]
    assert place in report["findings"][0]["message"]


@pytest.mark.parametrize("pypy", ["3.7", "3.9", "3.11"])
def test_pypy_prefixes(pypy: str, tmp_path: Path) -> None:
    stdlib = "lib_pypy" if pypy == "3.7" else f"lib/pypy{pypy}"
    text = sysconfigdata("x86_64-linux-gnu", pypy).replace("cpython-", "pypy").replace("-x86", "-pp73-x86", 1)
    make(
        tmp_path,
        {
            f"{stdlib}/_sysconfigdata__linux_x86_64-linux-gnu.py": text,
            f"bin/libpypy{pypy}-c.so": libpython("x86_64-linux-gnu"),
        },
    )
    (python,) = inspect(tmp_path)["pythons"]
    assert python["implementation"] == "PyPy"
    assert python["images"] == [f"bin/libpypy{pypy}-c.so"]


def test_a_place_that_no_layout_names_is_found_by_the_full_walk(tmp_path: Path) -> None:
    place = f"srv/images/board/rootfs/usr/lib/python3.11/{NAME}"
    make(tmp_path, {place: sysconfigdata(), "srv/images/board/rootfs/usr/lib/" + LIBRARY: libpython()})
    (python,) = inspect(tmp_path)["pythons"]
    assert python["sysconfigdata"] == [place]
    # Beside a Python in a known place, only --full finds it.
    make(tmp_path, {f"usr/lib/python3.11/{NAME}": sysconfigdata()})
    assert len(inspect(tmp_path)["pythons"]) == 1
    assert len(inspect(tmp_path, full=True)["pythons"]) == 2


def test_every_name_that_counts_in_any_folder_bears_a_hint() -> None:
    for glob, row in layouts.rules("any").files:
        name = glob.replace("*", "3.11")
        assert re.search(layouts.HINTS, name), f"{row.what}: {name}"


def test_every_kind_of_folder_has_its_rules() -> None:
    kinds = {kind for rows in layouts.FOLDERS.values() for _, kind in rows}
    assert kinds | {"top"} == set(layouts.FOLDERS)
    assert set(layouts.FOLDERS) | {"any"} >= {kind for row in layouts.FILES for kind in row.folders.split()}


@pytest.mark.parametrize(
    ("glob", "name", "fits"),
    [
        ("lib", "lib", True),
        ("lib", "lib64", False),
        ("lib*", "lib", True),
        ("*.so", ".so", True),
        ("a*a", "a", False),
        ("a*b*c", "a-b-c", True),
        ("a*b*c", "acb", False),
        ("*", "", True),
        ("a*b*b", "ab", False),
    ],
)
def test_globs_are_whole_names(glob: str, name: str, fits: bool) -> None:
    assert layouts.fits(glob, name) is fits
