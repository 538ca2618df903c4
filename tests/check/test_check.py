"""`crossplan check` on modules and wheels that are sound, and on ones that are wrong in one way each."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from crossplan.cli import main
from tests.check.modules import android, apple, emscripten, gnu, wheel, windows
from tests.readers.builders import ar, elf
from tests.readers.builders_macho import IOS, IOS_SIMULATOR
from tests.scan.making import make, sysconfigdata

SYSROOTS = Path(__file__).resolve().parents[2] / "sysroots"
ARMHF = "--target armv7-unknown-linux-gnueabihf"


class Case(NamedTuple):
    """A file, the options that it is checked with (`@NAME` is one of the trees in sysroots/), and what is said of it."""

    name: str
    make: Callable[[], bytes]
    options: str = ""
    code: str = ""
    says: str = ""


SOUND = [
    Case("mod.cpython-311-arm-linux-gnueabihf.so", gnu, f"{ARMHF} --sysroot @debian12-py311-armhf"),
    Case("mod.cpython-311-arm-linux-gnueabihf.so", gnu, "--sysroot @debian12-py311-armhf"),
    Case("mod.abi3.so", gnu, f"{ARMHF} --sysroot @debian12-py311-armhf"),
    Case("mod.so", gnu, f"{ARMHF} --sysroot @debian12-py311-armhf"),
    Case("mod.cpython-311-arm-linux-gnueabi.so", lambda: gnu(flags=0x5000200), "--sysroot @debian12-py311-armel"),
    Case("mod.cpython-313t-aarch64-linux-gnu.so", lambda: gnu("aarch64"), "--sysroot @built-here-linux-arm64-py313t"),
    Case("mod.cpython-312-x86_64-linux-musl.so", lambda: gnu("x86_64", libc="libc.musl-x86_64.so.1")),
    Case("mod.cpython-315-x86_64-linux-gnu.so", lambda: gnu("x86_64", init=["PyModExport_mod"])),
    Case("mod.cpython-314-aarch64-linux-android.so", android, "--target aarch64-linux-android"),
    Case("mod.cp313-win_amd64.pyd", windows, "--sysroot @winpython-windows-amd64-py313"),
    Case("mod.pyd", lambda: windows(dll="python3.dll"), "--sysroot @winpython-windows-amd64-py313"),
    Case("mod_d.cp313-win_amd64.pyd", lambda: windows(dll="python313_d.dll")),
    Case("mod.cp314t-win_arm64.pyd", lambda: windows("aarch64", dll="python314t.dll")),
    Case("mod.cpython-314-darwin.so", lambda: apple("aarch64"), "--sysroot @bytedeco-macosx-arm64-py314"),
    Case("mod.cpython-313-darwin.so", lambda: apple("x86_64", "aarch64"), "--target x86_64-apple-darwin"),
    Case("mod.cpython-313-darwin.so", lambda: apple("x86_64", "aarch64"), "--target universal2-apple-darwin"),
    Case(
        "mod.cpython-313-iphoneos.so",
        lambda: apple("aarch64", platform=IOS, needed=["@rpath/Python.framework/Python"]),
        "--target aarch64-apple-ios",
    ),
    Case("größe.cpython-313-x86_64-linux-gnu.so", lambda: gnu("x86_64", init=["PyInitU_gre_6ka8i"])),
    Case("pypy.pypy39-pp73-aarch64-linux-gnu.so", lambda: gnu("aarch64", init=["PyInit_pypy"]), "--sysroot @debian12-pypy39-arm64"),
    Case(
        "pkg-1.0-cp313-cp313-manylinux_2_17_armv7l.manylinux2014_armv7l.whl",
        lambda: wheel(
            "cp313-cp313-manylinux_2_17_armv7l.manylinux2014_armv7l",
            {
                "pkg/mod.cpython-313-arm-linux-gnueabihf.so": gnu(),
                "pkg/__init__.cpython-313-arm-linux-gnueabihf.so": gnu(init=["PyInit_pkg"]),
                "pkg.libs/libgomp-1234.so.1.0.0": gnu(init=[]),
                "pkg.libs/libz.so": gnu(init=[], used=[]),
                "libtop.so": gnu(init=[], used=[]),
            },
        ),
        f"{ARMHF} --sysroot @debian13-py313-armhf",
    ),
    Case(
        "pkg-1.0-cp39-abi3-macosx_10_12_universal2.whl",
        lambda: wheel(
            "cp39-abi3-macosx_10_12_universal2",
            {"pkg/mod.abi3.so": apple("x86_64", "aarch64", minimum={"x86_64": 0x000A0C00, "aarch64": 0x000B0000})},
        ),
    ),
    Case("pkg-1.0-cp38-abi3-win_arm64.whl", lambda: wheel("cp38-abi3-win_arm64", {"mod.pyd": windows("aarch64", dll="python3.dll")})),
    Case("pkg-1.0-cp314-cp314-android_24_arm64_v8a.whl", lambda: wheel("cp314-cp314-android_24_arm64_v8a", {"mod.cpython-314-aarch64-linux-android.so": android()})),
    Case("pkg-1.0-py3-none-any.whl", lambda: wheel("py3-none-any", {"pkg/__init__.py": b""})),
    Case("mod.cpython-312-wasm32-emscripten.so", emscripten, "--target wasm32-unknown-emscripten"),
    Case("pkg-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl", lambda: wheel("cp314-cp314-pyemscripten_2026_0_wasm32", {"mod.cpython-314-wasm32-emscripten.so": emscripten()})),
]  # fmt: skip

WRONG = [
    # the machine and ABI of the target
    Case("mod.so", lambda: gnu("x86_64"), ARMHF, "XP301", "is for machine x86_64, and armv7-unknown-linux-gnueabihf is arm"),
    Case("mod.so", lambda: gnu("aarch64"), "--sysroot @debian12-py311-armhf", "XP301", "is for machine aarch64"),
    Case("mod.so", lambda: elf(machine=8, bits=32, endian="big"), "--target mipsel-unknown-linux-gnu", "XP301", "is for machine mips,"),
    Case("mod.so", lambda: gnu("aarch64", endian="big"), "--target aarch64-unknown-linux-gnu", "XP302", "is for endian big"),
    Case("mod.so", lambda: elf(machine=62, bits=32), "--target x86_64-unknown-linux-gnu", "XP303", "is for pointer width 32"),
    Case("mod.so", lambda: gnu(flags=0x5000200), ARMHF, "XP304", "is for float abi soft, and armv7-unknown-linux-gnueabihf is hard"),
    Case("mod.so", lambda: gnu("x86_64"), "--target x86_64-unknown-linux-musl", "XP305", "is for libc glibc"),
    Case("mod.so", lambda: elf(machine=21, endian="big", flags=2), "--target powerpc64-unknown-linux-gnu", "XP306", "is for abi elfv2"),
    Case("mod.pyd", windows, ARMHF, "XP307", "is for os windows"),
    Case("mod.so", lambda: apple("aarch64", platform=IOS_SIMULATOR), "--target aarch64-apple-ios", "XP307", "simulator True"),
    Case("mod.so", lambda: gnu(level=10), "--target arm-unknown-linux-gnueabihf", "XP301", "needs an ARM processor of level v7"),
    Case("mod.so", gnu, "--target x86_64-unknown-linux-gnu --sysroot @debian12-py311-armhf", "XP105", "holds no Python for x86_64"),
    # what it is
    Case("mod.so", lambda: b"\x7fELF", "", "XP701", "cannot be read as a module"),
    Case("mod.so", lambda: gnu()[:-40], "", "XP701", "cannot be read as a module"),
    Case("mod.so", lambda: b"!<arch>\n", "", "XP701", "of kind archive"),
    Case("libmod.a", lambda: ar([("mod.o", elf(kind=1))]), "", "XP701", "of kind archive"),
    Case("mod.o", lambda: elf(kind=1), "", "XP701", "of kind relocatable"),
    Case("mod", lambda: elf(kind=2, interpreter="/lib/ld-linux-armhf.so.3"), "", "XP701", "of kind executable"),
    # the suffix
    Case("mod.cpython-312-arm-linux-gnueabihf.so", gnu, "--sysroot @debian12-py311-armhf", "XP702", "it is for Python 3.12, and the target's is 3.11"),
    Case("mod.cpython-311d-arm-linux-gnueabihf.so", gnu, "--sysroot @debian12-py311-armhf", "XP702", "looks for .cpython-311-arm-linux-gnueabihf.so"),
    Case("mod.cpython-313-aarch64-linux-gnu.so", lambda: gnu("aarch64"), "--sysroot @built-here-linux-arm64-py313t", "XP702", "looks for .cpython-313t"),
    Case("mod.abi3.so", lambda: gnu("aarch64"), "--sysroot @built-here-linux-arm64-py313t", "XP702", "free-threaded 3.13 has no stable ABI"),
    Case("mod.abi3t.so", gnu, "--sysroot @debian12-py311-armhf", "XP702", "3.11 does not look for abi3t"),
    Case("mod.abi3.so", lambda: gnu("aarch64"), "--sysroot @debian12-pypy39-arm64", "XP702", "PyPy looks for"),
    Case("mod.cpython-39-aarch64-linux-gnu.so", lambda: gnu("aarch64"), "--sysroot @debian12-pypy39-arm64", "XP702", "it is for CPython, and the target's is PyPy"),
    Case("mod.cp312-win_amd64.pyd", lambda: windows(dll="python312.dll"), "--sysroot @winpython-windows-amd64-py313", "XP702", "it is for Python 3.12"),
    Case("mod.dll", windows, "", "XP702", "Python on windows looks for other files than .dll"),
    Case("mod.dylib", lambda: apple("aarch64"), "", "XP702", "no Python looks for files that end in .dylib"),
    Case("mod.cpython-311-arm-linux-gnueabihf.so", lambda: gnu(flags=0x5000200), "", "XP703", "named for arm-linux-gnueabihf, of float abi hard, and is for soft"),
    Case("mod.cpython-311-x86_64-linux-gnu.so", lambda: gnu("aarch64"), "", "XP703", "of machine x86_64, and is for aarch64"),
    Case("mod.cpython-311-x86_64-linux-gnu.so", lambda: gnu("x86_64", libc="libc.musl-x86_64.so.1"), "", "XP703", "of libc glibc, and is for musl"),
    Case("mod.cp313-win32.pyd", windows, "", "XP703", "named for win32, of machine x86, and is for x86_64"),
    Case("mod.cpython-313-darwin.so", gnu, "", "XP703", "named for darwin, of os macos, and is for linux"),
    Case("mod.wasm", emscripten, "", "XP702", "no Python looks for files that end in .wasm"),
    Case("mod.so", emscripten, ARMHF, "XP301", "is for machine wasm32"),
    Case("mod.cpython-313-darwin.so", lambda: apple("aarch64"), "--target universal2-apple-darwin", "XP301", "is for machine aarch64, and x86_64-apple-darwin"),
    Case("mod.cpython-313-darwin.so", lambda: apple("x86_64"), "--target universal2-apple-darwin", "XP301", "is for machine x86_64, and aarch64-apple-darwin"),
    # libpython
    Case("mod.abi3.so", lambda: gnu(needed=["libpython3.11.so.1.0"]), ARMHF, "XP704", "needs libpython3.11.so.1.0; on linux"),
    Case("mod.cpython-313-darwin.so", lambda: apple("aarch64", needed=["/Library/Frameworks/Python.framework/Versions/3.13/Python"]), "", "XP704", "on macos the interpreter itself"),
    Case("mod.cpython-313-darwin.so", lambda: apple("aarch64", needed=["@rpath/libpython3.13.dylib"]), "", "XP704", "libpython3.13.dylib"),
    Case("mod.cpython-314-aarch64-linux-android.so", lambda: android(needed=[]), "", "XP705", "which on android every module must"),
    Case("mod.cp313-win_amd64.pyd", lambda: windows(dll=None), "", "XP705", "which on windows every module must"),
    Case("mod.cpython-313-iphoneos.so", lambda: apple("aarch64", platform=IOS), "", "XP705", "which on ios every module must"),
    Case("mod.cp313-win_amd64.pyd", lambda: windows(dll="python312.dll"), "", "XP706", "needs python312.dll, and is for Python 3.13"),
    Case("mod.cp313t-win_amd64.pyd", windows, "", "XP706", "needs python313.dll, and is for a free-threaded build"),
    Case("mod.cp313t-win_amd64.pyd", lambda: windows(dll="python3.dll"), "", "XP706", "needs python3.dll, and is for a free-threaded build"),
    Case("mod.pyd", lambda: windows(dll="python312.dll"), "--sysroot @winpython-windows-amd64-py313", "XP706", "is for Python 3.13"),
    # the init function
    Case("mod.so", lambda: gnu(init=[]), "", "XP707", "exports no PyInit_ function"),
    Case("mod.cpython-314-x86_64-linux-gnu.so", lambda: gnu("x86_64", init=["PyModExport_mod"]), "", "XP707", "Python 3.14 looks for that only"),
    Case("libmod.so", gnu, "", "XP708", "is imported as libmod, and exports PyInit_mod"),
    Case("größe.so", lambda: gnu(init=["PyInit_größe"]), "", "XP708", "is imported as größe"),
    # the stable ABI
    Case("mod.abi3.so", lambda: gnu(used=["PyList_New", "_PyLong_AsByteArray"]), "", "XP709", "uses _PyLong_AsByteArray"),
    Case("mod.pyd", lambda: windows(dll="python3.dll", init=["PyInit_mod"]).replace(b"PyList_New\0", b"PyList_Old\0"), "", "XP709", "uses PyList_Old"),
    Case("pkg-1.0-cp38-abi3-linux_armv7l.whl", lambda: wheel("cp38-abi3-linux_armv7l", {"mod.abi3.so": gnu(used=["PyModule_AddType", "PyList_New"])}), "", "XP709", "PyModule_AddType (3.10)"),
    # floors
    Case("pkg-1.0-cp311-cp311-manylinux_2_17_armv7l.whl", lambda: wheel("cp311-cp311-manylinux_2_17_armv7l", {"mod.cpython-311-arm-linux-gnueabihf.so": gnu(glibc="2.34")}), "", "XP710", "needs glibc 2.34, and the wheel's tag manylinux_2_17_armv7l promises 2.17"),
    Case("pkg-1.0-cp311-cp311-manylinux2010_x86_64.manylinux_2_28_x86_64.whl", lambda: wheel("cp311-cp311-manylinux2010_x86_64.manylinux_2_28_x86_64", {"mod.cpython-311-x86_64-linux-gnu.so": gnu("x86_64", glibc="2.17")}), "", "XP710", "manylinux2010_x86_64 promises 2.12"),
    Case("pkg-1.0-cp313-cp313-macosx_11_0_arm64.whl", lambda: wheel("cp313-cp313-macosx_11_0_arm64", {"mod.cpython-313-darwin.so": apple("aarch64", minimum={"aarch64": 0x000D0300})}), "", "XP710", "needs macos 13.3, and the wheel's tag macosx_11_0_arm64 promises 11.0"),
    Case("pkg-1.0-cp313-cp313-macosx_10_9_universal2.whl", lambda: wheel("cp313-cp313-macosx_10_9_universal2", {"mod.cpython-313-darwin.so": apple("x86_64", "aarch64", minimum={"x86_64": 0x000A0D00})}), "", "XP710", "needs macos 10.13"),
    Case("pkg-1.0-cp313-cp313-ios_13_0_arm64_iphoneos.whl", lambda: wheel("cp313-cp313-ios_13_0_arm64_iphoneos", {"mod.cpython-313-iphoneos.so": apple("aarch64", platform=IOS, minimum={"aarch64": 0x000E0000}, needed=["@rpath/Python.framework/Python"])}), "", "XP710", "needs ios 14.0"),
    Case("pkg-1.0-cp314-cp314-android_21_arm64_v8a.whl", lambda: wheel("cp314-cp314-android_21_arm64_v8a", {"mod.cpython-314-aarch64-linux-android.so": android(api=24)}), "", "XP710", "needs API 24, and the wheel's tag android_21_arm64_v8a promises 21"),
    Case("mod.so", lambda: gnu(glibc="2.99"), "--sysroot @debian12-py311-armhf", "XP711", "needs glibc 2.99, and lib/arm-linux-gnueabihf/libc.so.6 offers 2.3"),
    # the wheel
    Case("pkg-1.0-cp311-cp311-linux_x86_64.whl", lambda: wheel("cp311-cp311-linux_x86_64", {"mod.cpython-311-aarch64-linux-gnu.so": gnu("aarch64")}), "", "XP712", "is for machine aarch64, and the wheel's tag linux_x86_64 says x86_64"),
    Case("pkg-1.0-cp311-cp311-musllinux_1_2_x86_64.whl", lambda: wheel("cp311-cp311-musllinux_1_2_x86_64", {"mod.cpython-311-x86_64-linux-musl.so": gnu("x86_64")}), "", "XP712", "is for libc glibc"),
    Case("pkg-1.0-cp311-cp311-manylinux_2_31_armv7l.whl", lambda: wheel("cp311-cp311-manylinux_2_31_armv7l", {"mod.so": gnu(flags=0x5000200)}), "", "XP712", "is for float abi soft"),
    Case("pkg-1.0-cp313-cp313-macosx_11_0_universal2.whl", lambda: wheel("cp313-cp313-macosx_11_0_universal2", {"mod.cpython-313-darwin.so": apple("aarch64")}), "", "XP712", "is for machine aarch64, and the wheel's tag macosx_11_0_universal2 says x86_64"),
    Case("pkg-1.0-cp312-cp312-linux_armv7l.whl", lambda: wheel("cp312-cp312-linux_armv7l", {"mod.cpython-311-arm-linux-gnueabihf.so": gnu()}), "", "XP712", "is for cp311 alone, and the wheel is tagged for cp312"),
    Case("pkg-1.0-cp313-cp313-linux_aarch64.whl", lambda: wheel("cp313-cp313-linux_aarch64", {"mod.cpython-313t-aarch64-linux-gnu.so": gnu("aarch64")}), "", "XP712", "is for cp313t alone"),
    Case("pkg-1.0-cp39-abi3-linux_armv7l.whl", lambda: wheel("cp39-abi3-linux_armv7l", {"mod.cpython-311-arm-linux-gnueabihf.so": gnu()}), "", "XP712", "is for cp311 alone, and the wheel is tagged for abi3"),
    Case("pkg-1.0-cp313-cp313t-linux_armv7l.whl", lambda: wheel("cp313-cp313t-linux_armv7l", {"mod.abi3.so": gnu()}), "", "XP712", "keeps to abi3, and the wheel is for cp313t"),
    Case("pkg-1.0-py3-none-any.whl", lambda: wheel("py3-none-any", {"mod.abi3.so": gnu()}), "", "XP712", "says that it runs on any platform, and holds mod.abi3.so"),
    Case("pkg-1.0-py3-none-linux_armv7l.whl", lambda: wheel("py3-none-linux_armv7l", {"mod.abi3.so": gnu()}), "", "XP712", "tagged for ABI none"),
    Case("pkg-1.0-cp311-cp311-linux_armv7l.whl", lambda: wheel("cp311-cp311-linux_armv7l", {}, written="cp311-cp311-linux_x86_64"), "", "XP712", "is named for cp311-cp311-linux_armv7l, and its file WHEEL says cp311-cp311-linux_x86_64"),
    Case("pkg-1.0-py3-none-linux_armv7l.whl", lambda: wheel("py3-none-linux_armv7l", {}, written="py3-none-" + ".".join("x" * 300)), "", "XP713", "lists tags without end"),
    Case("pkg-1.0-pp39-abi3-linux_armv7l.whl", lambda: wheel("pp39-abi3-linux_armv7l", {"mod.abi3.so": gnu()}), "", "XP713", "it is for pp39-abi3, and the stable ABI is CPython's alone"),
    Case("pkg.whl", lambda: wheel("cp311-cp311-linux_armv7l", {}), "", "XP713", "wrong number of parts"),
    Case("pkg-1.0-py3-none-linux_armv7l.whl", lambda: wheel("py3-none-linux_armv7l", {}, written="py3--linux_armv7l"), "", "XP712", "its file WHEEL says py3--linux_armv7l"),
    Case("pkg-1.0-cp3²-abi3-linux_armv7l.whl", lambda: wheel("cp3²-abi3-linux_armv7l", {}), "", "XP713", "is no wheel that an installer takes"),
    Case("pkg-1.0-cp311-cp311-linux_armv7l.whl", lambda: wheel("cp311-cp311-linux_armv7l", {})[:-30], "", "XP713", "ends early"),
    Case("pkg-1.0-cp312-cp312-linux_armv7l.whl", lambda: wheel("cp312-cp312-linux_armv7l", {"mod.cpython-312-arm-linux-gnueabihf.so": gnu()}), "--sysroot @debian12-py311-armhf", "XP714", "is for cp312-cp312, which the target's Python 3.11.2 does not install"),
    Case("pkg-1.0-cp312-abi3-linux_armv7l.whl", lambda: wheel("cp312-abi3-linux_armv7l", {"mod.abi3.so": gnu()}), "--sysroot @debian12-py311-armhf", "XP714", "cp312-abi3"),
]  # fmt: skip


def check(case: Case, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    (folder / case.name).write_bytes(case.make())
    options = [str(SYSROOTS / word[1:]) if word.startswith("@") else word for word in case.options.split()]
    status = main(["check", str(folder / case.name), "--json", *options])
    return status, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("case", SOUND, ids=lambda case: f"{case.name}-{case.options.rpartition('@')[2]}")
def test_what_is_sound_is_passed_over_in_silence(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, report = check(case, tmp_path, capsys)
    assert report["findings"] == []
    assert status == 0
    assert all(file["importable"] for file in report["files"] if not file["path"].endswith((".libs/libz.so", "1.0.0")))


@pytest.mark.parametrize("case", WRONG, ids=lambda case: f"{case.code}-{case.says[:40]}")
def test_what_is_wrong_is_refused_for_the_right_reason(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, report = check(case, tmp_path, capsys)
    messages = [finding["message"] for finding in report["findings"] if finding["code"] == case.code]
    assert any(case.says in message for message in messages), report["findings"]
    assert status == 4


def test_a_newer_system_than_the_pythons_own_is_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make = lambda: apple("aarch64", minimum={"aarch64": 0x00630000})
    case = Case("mod.cpython-314-darwin.so", make, "--sysroot @bytedeco-macosx-arm64-py314")
    status, report = check(case, tmp_path, capsys)
    assert [(finding["code"], finding["severity"]) for finding in report["findings"]] == [("XP711", "warning")]
    assert "needs macos 99.0, and the target's Python runs from " in report["findings"][0]["message"]
    assert status == 0
    assert check(case._replace(options=f"{case.options} --strict"), tmp_path, capsys)[0] == 4


def test_up_to_3_7_a_module_may_link_the_shared_library_of_its_python(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """CPython itself linked its modules so then (bpo-21536); a Python that is static has no such library."""
    case = Case("mod.cpython-37m-arm-linux-gnueabihf.so", lambda: gnu(needed=["libpython3.7m.so.1.0"]))
    status, report = check(case, tmp_path, capsys)
    assert (status, [(f["code"], f["severity"]) for f in report["findings"]]) == (0, [("XP704", "warning")])
    text = sysconfigdata("arm-linux-gnueabihf", "3.7", "m")
    make(tmp_path / "root", {"usr/lib/python3.7/_sysconfigdata_m_linux_arm-linux-gnueabihf.py": text})
    status, report = check(case._replace(options=f"--sysroot {tmp_path / 'root'}"), tmp_path, capsys)
    assert (status, report["findings"]) == (0, [])


def test_on_android_the_stable_abi_may_be_linked_through_the_library_of_one_version(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """PyO3 links what the description names, so what `crossplan plan` leads to is not refused, but said."""
    case = Case("mod.abi3.so", android, "--target aarch64-linux-android")
    status, report = check(case, tmp_path, capsys)
    assert (status, [(f["code"], f["severity"]) for f in report["findings"]]) == (0, [("XP706", "warning")])
    assert "for Python 3.14 alone" in report["findings"][0]["help"]
    status, report = check(case._replace(make=lambda: android(needed=["libpython3.so"])), tmp_path, capsys)
    assert (status, report["findings"]) == (0, [])


def test_a_name_that_is_not_ascii_has_a_function_of_another_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, report = check(Case("größe.so", lambda: gnu(init=["PyInit_größe"])), tmp_path, capsys)
    (said,) = [finding["help"] for finding in report["findings"] if finding["code"] == "XP708"]
    assert "PyInitU_gre_6ka8i" in said and "Rename" not in said


def test_a_program_is_told_once_that_it_is_no_module(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, report = check(Case("mod", lambda: elf(kind=2, interpreter="/lib/ld-linux-armhf.so.3")), tmp_path, capsys)
    assert "XP702" not in [finding["code"] for finding in report["findings"]]


def test_each_code_of_the_family_has_a_case() -> None:
    from crossplan.findings import CODES

    family = {code.code for code in CODES.values() if code.code.startswith("XP7")}
    assert family <= {case.code for case in WRONG} | {"XP715"}
