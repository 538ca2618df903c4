"""`ar` archives: static libraries of every kind of object, import libraries in both forms, thin archives."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from crossplan.readers.ar_file import ArFile
from crossplan.readers.images import read_image
from crossplan.readers.source import ReadError
from crossplan.readers.window import Window
from tests.readers.buffer import Buffer
from tests.readers.builders import ar, ar_member, arm_attributes, elf, elf_object, leb, wasm, wasm_name, wasm_section
from tests.readers.builders_macho import macho
from tests.readers.builders_pe import coff, import_library, long_import_library

PYTHON_3_13_5 = 0x030D05F0
PYTHON = {"Py_GetVersion": b"\x90", "_Py_MergeZeroLocalRefcount": b"\x90"}
X86, X86_64, ARM64 = 0x14C, 0x8664, 0xAA64


def wasm_object(symbol: str, value: bytes) -> bytes:
    """An object whose one data segment holds `value` under `symbol`, after four other bytes."""
    entry = bytes([1, 0]) + wasm_name(symbol) + leb(0) + leb(4) + leb(len(value))
    undefined = bytes([0, 0x10]) + leb(0)
    table = leb(2) + undefined + entry
    linking = leb(2) + bytes([8]) + leb(len(table)) + table
    data = leb(1) + bytes([0, 0x41, 0, 0x0B]) + leb(4 + len(value)) + bytes(4) + value
    return wasm(wasm_section(11, data), wasm_section(0, linking, "linking"))


@pytest.mark.parametrize("style", ["gnu", "bsd"])
@pytest.mark.parametrize(
    ("member", "mark", "expected"),
    [
        (elf_object(symbols={"Py_Version": PYTHON_3_13_5.to_bytes(8, "little")}), "", ("x86_64", 64, "little")),
        (
            elf_object(machine=8, bits=32, endian="big", symbols={"Py_Version": PYTHON_3_13_5.to_bytes(4, "big")}),
            "",
            ("mips", 32, "big"),
        ),
        (
            macho(filetype=1, exports="symtab", defined={"Py_Version": PYTHON_3_13_5.to_bytes(8, "little")}),
            "_",
            ("aarch64", 64, "little"),
        ),
        (
            coff({".rdata": b"\0\0" + PYTHON_3_13_5.to_bytes(4, "little")}, symbols={"Py_Version": (1, 2)}),
            "",
            ("x86_64", 64, "little"),
        ),
        (
            coff(
                {".rdata": PYTHON_3_13_5.to_bytes(4, "little")}, symbols={"_Py_Version": (1, 0)}, machine=X86, big=True
            ),
            "_",
            ("x86", 32, "little"),
        ),
        (wasm_object("Py_Version", PYTHON_3_13_5.to_bytes(4, "little")), "", ("wasm32", 32, "little")),
    ],
    ids=["elf64", "elf32-big", "mach-o", "coff", "coff-x86-big", "wasm"],
)
def test_a_static_library_is_its_first_object_with_the_python_of_its_index(
    style: str, member: bytes, mark: str, expected: tuple[object, ...]
) -> None:
    index = {mark + name: 1 for name in ("Py_GetVersion", "Py_Version", "_Py_MergeZeroLocalRefcount")}
    data = ar([("rmeta", b"metadata"), ("getversion-with-a-long-name.o", member)], index=index, style=style)
    image = read_image(Buffer(data), "libpython3.13t.a")
    assert (image.format, image.kind) == ("ar", "archive")
    assert (image.machine, image.bits, image.endian) == expected
    assert (image.python_version, image.python_version_from) == ("3.13.5", "Py_Version")
    assert (image.free_threaded, image.debug, image.soname) == (True, False, None)


def test_a_static_library_of_before_3_11_is_told_by_the_text_of_its_version() -> None:
    members = [
        ("main.o", elf_object()),
        ("getversion.o", elf_object(symbols={"format": b"%.80s\0", "text": b"3.9.18\0"})),
    ]
    image = read_image(Buffer(ar(members, index={"Py_GetVersion": 1})), "libpython3.9.a")
    assert (image.python_version, image.python_version_from) == ("3.9.18", "version string")


def test_float_abi_is_that_of_the_member() -> None:
    member = elf(
        kind=1, machine=40, bits=32, flags=0x5000000, sections={".ARM.attributes": (0x70000003, arm_attributes(10, 1))}
    )
    image = read_image(Buffer(ar([("a.o", member)])), "libpython3.11.a")
    assert (image.machine, image.float_abi, image.cpu_arch) == ("arm", "hard", "v7")


def test_without_an_index_or_an_object_nothing_is_told() -> None:
    image = read_image(Buffer(ar([("a.o", elf_object(symbols=PYTHON))])), "x.a")
    assert (image.machine, image.python_version, image.free_threaded) == ("x86_64", None, None)
    assert read_image(Buffer(ar([("lto.bc", b"BC\xc0\xde" + bytes(100))])), "x.a").machine is None
    assert read_image(Buffer(b"!<arch>\n"), "x.a").machine is None


def test_a_thin_archive_has_the_names_of_its_members_only() -> None:
    names = ["getversion.o", "Objects/longobject-of-a-long-name.o"]
    image = read_image(Buffer(ar([(name, elf_object()) for name in names], style="thin")), "libpython3.13.a")
    assert (image.members, image.machine) == (tuple(names), None)
    indexed = ar([(name, b"x" * 9) for name in names], index={"Py_GetVersion": 0}, style="thin")
    assert read_image(Buffer(indexed), "x").free_threaded is False


@pytest.mark.parametrize("make", [import_library, long_import_library])
@pytest.mark.parametrize(("machine", "word"), [(X86, "x86"), (X86_64, "x86_64"), (ARM64, "aarch64")])
def test_an_import_library_names_its_dll(make: object, machine: int, word: str) -> None:
    data = make("python313t.dll", ["Py_GetVersion", "Py_IncRef"], machine)  # type: ignore[operator]
    image = read_image(Buffer(data), "python313t.lib")
    assert (image.format, image.machine, image.soname) == ("import-library", word, "python313t.dll")
    assert (image.python_version, image.python_version_from) == ("3.13", "soname")
    assert (image.free_threaded, image.debug) == (True, False)


@pytest.mark.parametrize(
    ("dll", "expected"),
    [
        ("python3.dll", (None, False, False)),
        ("python310_d.dll", ("3.10", False, True)),
        ("libpython3.12.dll", ("3.12", False, False)),
        ("python-native.dll", (None, False, False)),  # GraalPy's has Py_GetVersion too
    ],
)
def test_the_name_of_the_dll_tells_which_python_it_is(dll: str, expected: tuple[object, ...]) -> None:
    image = read_image(Buffer(import_library(dll, ["Py_GetVersion"])), "x.lib")
    assert (image.python_version, image.free_threaded, image.debug) == expected


def test_the_stable_abi_library_of_a_release_is_no_debug_one() -> None:
    image = read_image(Buffer(import_library("python3.dll", ["Py_GetVersion", "_Py_NegativeRefcount"])), "python3.lib")
    assert image.debug is False


def test_the_import_library_of_a_module_names_no_dll() -> None:
    assert read_image(Buffer(import_library("_tkinter.pyd", ["PyInit__tkinter"])), "_tkinter.lib").soname is None


def test_members_of_one_name_are_all_seen() -> None:
    archive = ArFile(Window(Buffer(import_library("python313.dll", ["a", "b", "c"]))))
    assert [member.name for member in archive.members()] == ["/"] + ["python313.dll"] * 6


@pytest.mark.skipif(not shutil.which("ar"), reason="binutils' ar is missing")
@pytest.mark.parametrize("options", ["rcs", "rcST", "rcsT"])
def test_names_are_those_that_binutils_prints(options: str, tmp_path: Path) -> None:
    names = ["a.o", "fifteen-chars.o", "sixteen--chars.o", "a much longer name of a member.o", "odd.o"]
    for number, name in enumerate(names):
        (tmp_path / name).write_bytes(b"x" * number)
    subprocess.run(["ar", options, "out.a", *names], cwd=tmp_path, check=True)
    printed = subprocess.run(["ar", "t", "out.a"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    archive = ArFile(Window(Buffer((tmp_path / "out.a").read_bytes())))
    assert [m.name for m in archive.members() if not m.special] == printed.splitlines() == names


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"!<arch>\n" + b"x" * 60, "no header"),
        (b"!<arch>\n" + ar_member("a.o/", b"")[:48] + b"99        `\n", "truncated"),
        (b"!<arch>\n" + ar_member("/99", b""), "table of names"),
        (b"!<arch>\n" + ar_member("#1/99", b"x"), "reaches beyond"),
        (b"!<arch>\n" + ar_member("#1/zz", b"x"), "number"),
        (b"!<arch>\n" + ar_member("/", b"\xff\xff\xff\xff") + ar_member("a.o/", elf_object()), "do not fit"),
        (b"!<arch>\n" + ar_member("__.SYMDEF", b"\xff\xff\xff\xff") + ar_member("a.o/", elf_object()), "does not fit"),
    ],
)
def test_damage_is_named(data: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_image(Buffer(data), "x.a")
