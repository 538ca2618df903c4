"""PE images, one property a test; the image is made in sight."""

from __future__ import annotations

from typing import Any

import pytest

from crossplan.readers.image import Image
from crossplan.readers.images import read_image
from crossplan.readers.source import ReadError
from tests.readers.buffer import Buffer
from tests.readers.builders_pe import coff, pe, version_resource

X86, X86_64, ARM64, ARMNT = 0x14C, 0x8664, 0xAA64, 0x1C4
PYTHON_3_13_2 = 0x030D02F0.to_bytes(4, "little")


def read(**options: Any) -> Image:
    return read_image(Buffer(pe(**options)), "python.dll")


@pytest.mark.parametrize(
    ("machine", "bits", "word"),
    [(X86, 32, "x86"), (X86_64, 64, "x86_64"), (ARM64, 64, "aarch64"), (ARMNT, 32, "arm"), (0xBEEF, 64, None)],
)
def test_machine(machine: int, bits: int, word: str | None) -> None:
    image = read(machine=machine, bits=bits)
    assert (image.format, image.machine, image.bits, image.endian, image.os) == ("pe", word, bits, "little", "windows")


def test_a_machine_with_the_wrong_optional_header_is_damaged() -> None:
    with pytest.raises(ReadError, match="optional header"):
        read(machine=X86, bits=64)


@pytest.mark.parametrize(
    ("machine", "hybrid", "abi"),
    [(X86_64, True, "arm64ec"), (X86_64, False, None), (ARM64, True, "arm64x"), (0xA64E, False, "arm64x")],
)
def test_hybrid_images_are_told_by_the_load_config(machine: int, hybrid: bool, abi: str | None) -> None:
    assert read(machine=machine, hybrid=hybrid).abi == abi


def test_names() -> None:
    image = read(name="python313.dll", imports={"KERNEL32.dll": ["Sleep"], "VCRUNTIME140.dll": [7]})
    assert (image.soname, image.needed) == ("python313.dll", ("KERNEL32.dll", "VCRUNTIME140.dll"))
    assert (read().soname, read().needed) == (None, ())


@pytest.mark.parametrize(
    ("options", "os"),
    [
        ({"imports": {"cygwin1.dll": ["printf"]}}, "cygwin"),
        ({"imports": {"MSYS-2.0.dll": ["printf"]}}, "cygwin"),
        ({"subsystem": (10, 0, 0)}, "uefi"),
    ],
)
def test_systems_that_are_not_windows(options: dict[str, Any], os: str) -> None:
    assert read(**options).os == os


def test_version_is_that_of_the_symbol_then_of_the_resource_then_of_the_name() -> None:
    resource = version_resource((3, 12, 7150, 1013))
    by_symbol = read(
        name="python313.dll", exports={"Py_Version": PYTHON_3_13_2, "Py_GetVersion": b"\x90"}, resource=resource
    )
    assert (by_symbol.python_version, by_symbol.python_version_from) == ("3.13.2", "Py_Version")
    by_resource = read(name="python312.dll", exports={"Py_GetVersion": b"\x90"}, resource=resource)
    assert (by_resource.python_version, by_resource.python_version_from) == ("3.12.7", "version resource")
    by_name = read(name="libpython3.11.dll", exports={"Py_GetVersion": b"\x90"})
    assert (by_name.python_version, by_name.python_version_from) == ("3.11", "soname")


@pytest.mark.parametrize(
    ("third", "version"), [(1101, "3.15.1a1"), (112, "3.15.0b2"), (121, "3.15.0rc1"), (150, "3.15.0")]
)
def test_a_version_resource_holds_the_release_level(third: int, version: str) -> None:
    assert read(resource=version_resource((3, 15, third, 0))).python_version == version


def test_a_resource_of_another_product_is_none_of_python() -> None:
    assert read(resource=version_resource((3, 12, 7150, 0), product="Tcl")).python_version is None


@pytest.mark.parametrize(
    ("name", "exports", "expected"),
    [
        ("python313t.dll", {}, (True, False)),
        ("python313_d.dll", {}, (False, True)),
        ("python313.dll", {"Py_GetVersion": b"\x90", "_Py_MergeZeroLocalRefcount": b"\x90"}, (True, False)),
        ("python313.dll", {"Py_GetVersion": b"\x90", "_Py_NegativeRefcount": b"\x90"}, (False, True)),
        ("python313.dll", {"Py_GetVersion": b"\x90"}, (False, False)),
        ("zlib1.dll", {}, (None, None)),
    ],
)
def test_flavours(name: str, exports: dict[str, bytes], expected: tuple[bool | None, bool | None]) -> None:
    image = read(name=name, exports=exports)
    assert (image.free_threaded, image.debug) == expected


def test_the_stable_abi_library_forwards_every_name_and_is_no_debug_build() -> None:
    names = ("Py_GetVersion", "Py_Version", "_Py_NegativeRefcount")
    image = read(name="python3.dll", exports={name: f"python313.{name}" for name in names})
    assert (image.debug, image.free_threaded, image.python_version) == (False, False, None)
    assert set(image.exports) == set(names)


def test_a_module_is_told_by_the_library_that_it_needs() -> None:
    image = read(name="_ssl.pyd", imports={"python314t.dll": ["PyModuleDef_Init"]})
    assert (image.free_threaded, image.debug, image.python_version) == (True, False, None)


@pytest.mark.parametrize("big", [False, True])
def test_an_object_is_read_as_one(big: bool) -> None:
    image = read_image(Buffer(coff(machine=0xA641, big=big)), "x.obj")
    assert (image.format, image.kind, image.machine, image.os) == ("pe", "relocatable", "arm64ec", "windows")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data[:50], "truncated"),
        (lambda data: data[:64] + b"NE\0\0" + data[68:], "DOS program"),
        (lambda data: data[:70] + b"\xff\xff" + data[72:], "sections"),
        (lambda data: data[:88] + b"\7\1" + data[90:], "optional header"),
        (
            lambda data: data.replace(b".rdata\0\0" + data[0x400 - 0x400 : 0], b".rdata\0\0")[:0x400],
            "truncated|section",
        ),
    ],
)
def test_damage_is_named(damage: Any, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_image(Buffer(damage(pe(name="x.dll", imports={"a.dll": ["b"]}))), "x.dll")
