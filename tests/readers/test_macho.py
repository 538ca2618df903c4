"""Mach-O files, thin and fat, one property a test; the file is made in sight."""

from __future__ import annotations

from typing import Any

import pytest

from crossplan.readers.image import Image
from crossplan.readers.images import read_image
from crossplan.readers.source import ReadError
from tests.readers.buffer import Buffer
from tests.readers.builders import ar
from tests.readers.builders_macho import CATALYST, IOS, IOS_SIMULATOR, MACOS, fat, macho

X86, X86_64, ARM64, ARM64_32, PPC = 7, 0x01000007, 0x0100000C, 0x0200000C, 18
WEAK, REEXPORT, LOAD, LAZY, UPWARD = 0x80000018, 0x8000001F, 0xC, 0x20, 0x80000023
PYTHON_3_14_3 = 0x030E03F0
VERSION_10_13, VERSION_15_7, VERSION_13_0_1 = 0x000A0D00, 0x000F0700, 0x000D0001


def read(**options: Any) -> Image:
    return read_image(Buffer(macho(**options)), "libpython.dylib")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"cputype": ARM64}, ("aarch64", 64, "little", None)),
        ({"cputype": ARM64, "subtype": 0x80000002}, ("aarch64", 64, "little", "arm64e")),
        ({"cputype": ARM64_32, "subtype": 1, "bits": 32}, ("aarch64", 32, "little", "ilp32")),
        ({"cputype": X86_64, "subtype": 3}, ("x86_64", 64, "little", None)),
        ({"cputype": X86, "bits": 32}, ("x86", 32, "little", None)),
        ({"cputype": PPC, "bits": 32, "endian": "big"}, ("powerpc", 32, "big", None)),
        ({"cputype": 0x55}, (None, 64, "little", None)),
    ],
)
def test_machine_and_abi(options: dict[str, Any], expected: tuple[object, ...]) -> None:
    image = read(**options)
    assert (image.format, image.machine, image.bits, image.endian, image.abi) == ("mach-o", *expected)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"build": (MACOS, VERSION_15_7)}, ("macos", False, None, "15.7")),
        ({"build": (IOS, VERSION_13_0_1)}, ("ios", False, None, "13.0.1")),
        ({"build": (IOS_SIMULATOR, VERSION_15_7)}, ("ios", True, None, "15.7")),
        ({"build": (CATALYST, VERSION_15_7)}, ("ios", False, "macabi", "15.7")),
        ({"build": (11, 0x00010000)}, ("visionos", False, None, "1.0")),
        ({"build": (99, VERSION_15_7)}, (None, False, None, "15.7")),
        ({"version_min": (0x24, VERSION_10_13), "cputype": X86_64}, ("macos", False, None, "10.13")),
        ({"version_min": (0x25, VERSION_10_13)}, ("ios", False, None, "10.13")),
        ({"version_min": (0x25, VERSION_10_13), "cputype": X86_64}, ("ios", True, None, "10.13")),
        ({}, (None, False, None, None)),
    ],
)
def test_platform(options: dict[str, Any], expected: tuple[object, ...]) -> None:
    image = read(**options)
    assert (image.os, image.simulator, image.abi, image.minimum_os) == expected


def test_names_and_paths() -> None:
    image = read(
        install_name="@rpath/libpython3.14.dylib",
        needed=[(LOAD, "/a"), (WEAK, "/b"), (REEXPORT, "/c"), (LAZY, "/d"), (UPWARD, "/e")],
        rpaths=["@loader_path/../lib", "/opt/lib"],
        loader="/usr/lib/dyld",
    )
    assert (image.soname, image.needed) == ("@rpath/libpython3.14.dylib", ("/a", "/b", "/c", "/d", "/e"))
    assert (image.rpaths, image.interpreter) == (("@loader_path/../lib", "/opt/lib"), "/usr/lib/dyld")


@pytest.mark.parametrize(
    ("filetype", "kind"),
    [(1, "relocatable"), (2, "executable"), (6, "shared"), (8, "shared"), (4, "core"), (10, "debug")],
)
def test_kinds(filetype: int, kind: str) -> None:
    assert read(filetype=filetype).kind == kind


@pytest.mark.parametrize("exports", ["trie", "dyld-info", "symtab"])
@pytest.mark.parametrize(("bits", "endian"), [(64, "little"), (32, "little"), (32, "big")])
def test_python_is_found_by_its_symbols(exports: str, bits: int, endian: str) -> None:
    word = PYTHON_3_14_3.to_bytes(bits // 8, endian)  # type: ignore[arg-type]
    symbols = {"Py_GetVersion": b"\x90\x90", "Py_Version": word, "_Py_MergeZeroLocalRefcount": b"\x90"}
    image = read(bits=bits, endian=endian, defined=symbols, undefined=["_Py_NegativeRefcount"], exports=exports)
    assert (image.python_version, image.python_version_from) == ("3.14.3", "Py_Version")
    assert (image.free_threaded, image.debug) == (True, False)
    assert set(image.exports) == set(symbols)


PYTHON = {"Py_GetVersion": b"\x90"}


@pytest.mark.parametrize(
    ("options", "version", "origin"),
    [
        ({"constants": b"\x003.6.6\0"}, "3.6.6", "version string"),
        ({"install_name": "/L/Python.framework/Versions/3.12/Python", "current": 0x00030B00}, "3.12", "soname"),
        ({"install_name": "@rpath/Python.framework/Python", "current": 0x00030D00}, "3.13", "current version"),
        ({"install_name": "@rpath/libfoo.dylib", "current": 0x00010000}, None, None),
    ],
)
def test_version_without_the_symbol(options: dict[str, Any], version: str | None, origin: str | None) -> None:
    image = read(defined=PYTHON, **options)
    assert (image.python_version, image.python_version_from) == (version, origin)


def test_a_free_threaded_framework_is_told_by_its_name() -> None:
    assert read(needed=[(LOAD, "/L/PythonT.framework/Versions/3.13/PythonT")]).free_threaded is True
    assert read(needed=[(LOAD, "/L/Python3.framework/Versions/3.9/Python3")]).free_threaded is False
    assert read(needed=[(LOAD, "/usr/lib/libSystem.B.dylib")]).free_threaded is None


@pytest.mark.parametrize("wide", [False, True])
def test_a_fat_file_has_slices_and_what_they_have_in_common(wide: bool) -> None:
    intel = macho(cputype=X86_64, install_name="@rpath/x", version_min=(0x24, VERSION_10_13))
    arm = macho(cputype=ARM64, install_name="@rpath/x", build=(MACOS, VERSION_15_7))
    image = read_image(Buffer(fat((X86_64, intel), (ARM64, arm), wide=wide)), "x")
    assert (image.format, image.machine, image.bits, image.endian) == ("mach-o", None, 64, "little")
    assert (image.soname, image.os, image.minimum_os) == ("@rpath/x", "macos", None)
    assert [(part.machine, part.minimum_os) for part in image.slices] == [("x86_64", "10.13"), ("aarch64", "15.7")]
    assert image.slices == (read_image(Buffer(intel), "x"), read_image(Buffer(arm), "x"))


def test_a_slice_may_be_a_static_library() -> None:
    library = ar([("getversion.o", macho(filetype=1, cputype=ARM64, exports="symtab"))], style="bsd")
    image = read_image(Buffer(fat((ARM64, library))), "libpython3.13.a")
    assert (image.format, image.kind, image.machine) == ("mach-o", "archive", "aarch64")
    assert image.slices[0].format == "ar"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xca\xfe\xba\xbe\0\0\0\x41" + bytes(100), "Java"),
        (b"\xca\xfe\xba\xbe\0\0\0\2" + bytes(20), "truncated"),
        (fat((ARM64, macho()))[:-8], "truncated"),
        (fat((ARM64, fat((ARM64, macho())))), "no ELF"),  # no fat file inside a fat file
        (macho(build=(MACOS, 1))[:60], "truncated"),
        (macho()[:16] + b"\xff\xff\0\0" + macho()[20:], "load commands"),
        (macho()[:36] + b"\4\0\0\0" + macho()[40:], "load command"),
        (macho()[:36] + b"\xff\xff\xff\x7f" + macho()[40:], "load command"),
        (macho(filetype=77), "kind"),
    ],
)
def test_damage_is_named(data: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_image(Buffer(data), "x")
