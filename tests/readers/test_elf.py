"""ELF images, one property a test; the image is made in sight."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from crossplan.readers.image import Image
from crossplan.readers.images import read_image
from crossplan.readers.source import ReadError
from tests.readers.buffer import Buffer
from tests.readers.builders import arm_attributes, elf, elf_object, note

ARM, AARCH64, MIPS, PPC64, RISCV, LOONGARCH, S390, X86_64, SPARC64 = 40, 183, 8, 21, 243, 258, 22, 62, 43
PYTHON_3_13_5 = 0x030D05F0


def read(**options: Any) -> Image:
    return read_image(Buffer(elf(**options)), "libpython.so")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"machine": X86_64}, ("x86_64", 64, "little", None)),
        ({"machine": X86_64, "bits": 32}, ("x86_64", 32, "little", "x32")),
        ({"machine": 3, "bits": 32}, ("x86", 32, "little", None)),
        ({"machine": AARCH64, "endian": "big"}, ("aarch64", 64, "big", None)),
        ({"machine": AARCH64, "bits": 32}, ("aarch64", 32, "little", "ilp32")),
        ({"machine": PPC64, "endian": "big", "flags": 1}, ("powerpc64", 64, "big", "elfv1")),
        ({"machine": PPC64, "endian": "big", "flags": 2}, ("powerpc64", 64, "big", "elfv2")),
        ({"machine": PPC64, "endian": "big", "sections": {".opd": (1, b"x")}}, ("powerpc64", 64, "big", "elfv1")),
        ({"machine": PPC64, "endian": "big"}, ("powerpc64", 64, "big", None)),
        ({"machine": PPC64, "flags": 2}, ("powerpc64le", 64, "little", "elfv2")),
        ({"machine": PPC64}, ("powerpc64le", 64, "little", "elfv2")),
        ({"machine": 20, "bits": 32, "endian": "big"}, ("powerpc", 32, "big", None)),
        ({"machine": S390, "endian": "big"}, ("s390x", 64, "big", None)),
        ({"machine": SPARC64, "endian": "big"}, ("sparc64", 64, "big", None)),
        ({"machine": RISCV, "flags": 5}, ("riscv64", 64, "little", "lp64d")),
        ({"machine": RISCV, "flags": 0}, ("riscv64", 64, "little", "lp64")),
        ({"machine": RISCV, "flags": 3, "bits": 32}, ("riscv32", 32, "little", "ilp32f")),
        ({"machine": RISCV, "flags": 8, "bits": 32}, ("riscv32", 32, "little", "ilp32e")),
        ({"machine": LOONGARCH, "flags": 0x43}, ("loongarch64", 64, "little", "lp64d")),
        ({"machine": LOONGARCH, "flags": 0x41}, ("loongarch64", 64, "little", "lp64s")),
        ({"machine": MIPS, "bits": 32, "flags": 0x70001007}, ("mipsel", 32, "little", "o32")),
        ({"machine": MIPS, "bits": 32, "flags": 0x70001007, "endian": "big"}, ("mips", 32, "big", "o32")),
        ({"machine": MIPS, "bits": 32, "flags": 0x80000027}, ("mipsel", 32, "little", "n32")),
        ({"machine": MIPS, "flags": 0x80000007}, ("mips64el", 64, "little", "n64")),
        ({"machine": MIPS, "flags": 0xA0000007, "endian": "big"}, ("mips64", 64, "big", "n64")),
        ({"machine": 0xFEED}, (None, 64, "little", None)),
    ],
)
def test_machine_and_abi(options: dict[str, Any], expected: tuple[object, ...]) -> None:
    image = read(**options)
    assert (image.machine, image.bits, image.endian, image.abi) == expected


@pytest.mark.parametrize(
    ("flags", "attributes", "needed", "expected"),
    [
        (0x5000400, None, (), "hard"),
        (0x5000200, None, (), "soft"),
        (0x5000402, arm_attributes(6, None), (), "hard"),
        (0x5000000, arm_attributes(10, 1), (), "hard"),
        (0x5000000, arm_attributes(10, 0), (), "soft"),
        (0x5000000, arm_attributes(10, None), (), "soft"),
        (0x5000000, None, ("ld-linux-armhf.so.3",), "hard"),
        (0x5000000, None, ("libc.so.6", "ld-linux.so.3"), "soft"),
        (0x5000000, None, ("libc.musl-armv7.so.1",), "hard"),
        (0x5000000, None, (), None),
        (0x0000400, None, (), None),  # the flag means this in EABI 5 only
    ],
)
def test_float_abi_of_arm(flags: int, attributes: bytes | None, needed: tuple[str, ...], expected: str | None) -> None:
    sections = {".ARM.attributes": (0x70000003, attributes)} if attributes else None
    image = read(machine=ARM, bits=32, flags=flags, sections=sections, needed=needed)
    assert image.float_abi == expected


def test_level_of_arm_is_that_of_the_attributes() -> None:
    image = read(
        machine=ARM, bits=32, flags=0x5000200, sections={".ARM.attributes": (0x70000003, arm_attributes(4, None))}
    )
    assert (image.cpu_arch, image.abi) == ("v5TE", "eabi5")


@pytest.mark.parametrize(("fp_abi", "word"), [(1, "double"), (3, "soft"), (5, "xx"), (6, "64"), (0, None)])
def test_float_nan_and_level_of_mips(fp_abi: int, word: str | None) -> None:
    flags = bytes(7) + bytes([fp_abi]) + bytes(16)
    image = read(machine=MIPS, bits=32, flags=0x70001407, segments=[(0x70000003, flags)])
    assert (image.fp_abi, image.nan2008, image.cpu_arch) == (word, True, "mips32r2")
    assert (
        read(machine=MIPS, bits=32, flags=0x50001007, sections={".MIPS.abiflags": (0x7000002A, flags)}).fp_abi == word
    )


def test_names_and_paths() -> None:
    image = read(soname="libx.so.1", needed=["liba.so", "libb.so"], runpath="$ORIGIN:/opt/lib", rpath="/ignored")
    assert (image.soname, image.needed, image.rpaths) == ("libx.so.1", ("liba.so", "libb.so"), ("$ORIGIN", "/opt/lib"))
    assert read(rpath="/old").rpaths == ("/old",)
    assert read().soname is None


def test_a_name_keeps_its_odd_bytes() -> None:
    name = "lib\x1b[31m[red]\udcff.so"
    assert read(soname=name).soname == name


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"needed": ["libc.so.6"]}, ("linux", "glibc")),
        ({"needed": ["libc.musl-armhf.so.1"]}, ("linux", "musl")),
        ({"needed": ["libc.so"], "interpreter": "/lib/ld-musl-arm.so.1"}, ("linux", "musl")),
        ({"needed": ["libc.so", "libgcc_s.so.1"]}, ("linux", "musl")),
        ({"needed": ["libc.so"]}, (None, None)),
        ({"needed": ["libc.so", "libdl.so", "libm.so"]}, ("android", "bionic")),
        ({"needed": ["libc.so"], "versions": {"libc.so": ["LIBC"]}}, ("android", "bionic")),
        ({"interpreter": "/system/bin/linker64"}, ("android", "bionic")),
        ({"interpreter": "/libexec/ld-elf.so.1"}, ("freebsd", None)),
        ({"osabi": 9}, ("freebsd", None)),
        ({"notes": note("NetBSD", 1, struct.pack("<I", 900000000))}, ("netbsd", None)),
        ({"notes": note("OpenBSD", 1, bytes(4))}, ("openbsd", None)),
        ({"notes": note("GNU", 1, struct.pack("<IIII", 1, 2, 6, 32))}, ("hurd", None)),
        ({"needed": ["libc.so.0.3"]}, ("linux", "glibc")),
        ({}, (None, None)),
    ],
)
def test_system_and_c_library(options: dict[str, Any], expected: tuple[object, ...]) -> None:
    image = read(**options)
    assert (image.os, image.libc) == expected


def test_floor_is_the_highest_version_and_compares_by_number() -> None:
    wanted = {"libm.so.6": ["GLIBC_2.9"], "libc.so.6": ["GLIBC_2.34", "GLIBC_2.4", "GLIBC_PRIVATE"]}
    image = read(needed=["libc.so.6", "libm.so.6"], versions=wanted)
    assert (image.libc_floor, image.libc_offers) == ("2.34", None)
    relr = read(needed=["libc.so.6"], versions={"libc.so.6": ["GLIBC_2.17", "GLIBC_ABI_DT_RELR"]})
    assert relr.libc_floor == "2.36"


def test_a_c_library_says_what_it_offers() -> None:
    image = read(soname="libc.so.6", offers=["libc.so.6", "GLIBC_2.2.5", "GLIBC_2.36", "GLIBC_PRIVATE"])
    assert (image.libc, image.libc_offers) == ("glibc", "2.36")


def test_android_note_names_the_api_level() -> None:
    image = read(notes=note("Android", 1, struct.pack("<I", 24) + b"r26b" + bytes(124)))
    assert (image.os, image.android_api) == ("android", 24)


def test_kinds() -> None:
    assert read(kind=2).kind == "executable"
    assert read(kind=3).kind == "shared"
    assert read(kind=3, tags=[(0x6FFFFFFB, 0x08000000)]).kind == "executable"  # a marked PIE
    assert read(kind=3, interpreter="/lib/ld.so", tags=[(21, 0)]).kind == "executable"  # an unmarked one
    assert read(kind=3, interpreter="/lib/ld.so").kind == "shared"  # libc.so.6
    assert read(kind=4).kind == "core"
    assert read_image(Buffer(elf_object()), "x.o").kind == "relocatable"


@pytest.mark.parametrize("style", ["gnu", "sysv"])
@pytest.mark.parametrize(("bits", "endian"), [(32, "little"), (32, "big"), (64, "little"), (64, "big")])
def test_python_is_found_by_its_symbols(style: str, bits: int, endian: str) -> None:
    word = PYTHON_3_13_5.to_bytes(bits // 8, endian)  # type: ignore[arg-type]
    machine = {32: 3, 64: SPARC64 if endian == "big" else X86_64}[bits]
    symbols = {"Py_GetVersion": b"\x90", "Py_Version": word, "_Py_MergeZeroLocalRefcount": b"\x90"}
    image = read(machine=machine, bits=bits, endian=endian, hash_style=style, defined=symbols, undefined=["malloc"])
    assert (image.python_version, image.python_version_from) == ("3.13.5", "Py_Version")
    assert (image.free_threaded, image.debug) == (True, False)
    assert set(image.exports) == set(symbols)


def test_debug_is_told_by_a_symbol_or_by_the_name() -> None:
    symbols = {"Py_GetVersion": b"\x90"}
    assert read(defined={**symbols, "_Py_NegativeRefcount": b"\x90"}, soname="libpython3.11.so.1.0").debug is True
    assert read(defined=symbols, soname="libpython3.11d.so.1.0").debug is True
    assert read(defined=symbols, soname="libpython3.11.so.1.0").debug is False
    assert read(soname="libz.so.1").debug is None


def test_version_of_before_3_11_is_a_text_among_the_constants() -> None:
    constants = b"\0unrelated 3.2.0\x003.7.1\x003.9.18\0more"
    sections = {".rodata": (1, constants)}
    symbols = {"Py_GetVersion": b"\x90"}
    image = read(defined=symbols, soname="libpython3.9.so.1.0", sections=sections)
    assert (image.python_version, image.python_version_from) == ("3.9.18", "version string")
    assert read(defined=symbols, sections=sections).python_version == "3.7.1"


def test_else_the_soname_tells_the_minor_version() -> None:
    image = read(defined={"Py_GetVersion": b"\x90"}, soname="libpython3.8m.so.1.0")
    assert (image.python_version, image.python_version_from) == ("3.8", "soname")


def test_a_hollow_or_foreign_py_version_is_no_version() -> None:
    symbols = {"Py_GetVersion": b"\x90", "Py_Version": bytes(8)}
    assert read(defined=symbols, soname="libpython3.12.so.1.0").python_version == "3.12"
    assert read(defined={"Py_Version": PYTHON_3_13_5.to_bytes(8, "little")}).python_version is None


def test_a_stub_is_told_by_the_library_behind_it() -> None:
    image = read(soname="libpython3.so", needed=["libpython3.13td.so.1.0"])
    assert (image.free_threaded, image.debug, image.python_version) == (True, True, None)


def test_without_symbols_nothing_is_looked_up() -> None:
    data = elf(defined={"Py_GetVersion": b"\x90"}, soname="libpython3.13t.so.1.0")
    image = read_image(Buffer(data), "x", want_symbols=False)
    assert (image.exports, image.python_version, image.free_threaded) == ((), None, None)


def test_stripped_section_headers_make_no_difference() -> None:
    options: dict[str, Any] = {"soname": "libpython3.13.so.1.0", "needed": ["libc.so.6"]}
    with_headers = read(**options, sections={".comment": (1, b"GCC")})
    assert with_headers == read(**options)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data[:40], "truncated"),
        (lambda data: data[:4] + b"\3" + data[5:], "class"),
        (lambda data: data[:5] + b"\0" + data[6:], "byte order"),
        (lambda data: data[:16] + b"\x99\x99" + data[18:], "kind"),
        (lambda data: data[:56] + b"\xff\xff" + data[58:], "program headers"),  # e_phnum
        (lambda data: data[:54] + b"\1\0" + data[56:], "program headers"),  # e_phentsize
        (lambda data: data[:40] + b"\xff" * 8 + data[48:58] + b"\0\x40\xff\xff" + data[62:], "section headers"),
    ],
)
def test_damage_is_named(damage: Any, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_image(
            Buffer(damage(elf(soname="x", sections={".opd": (1, b"x")}, machine=PPC64, endian="big", flags=0))), "x"
        )
