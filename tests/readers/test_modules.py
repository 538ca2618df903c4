"""What a built module exports for Python and imports of its API, in each format."""

from __future__ import annotations

import pytest

from crossplan.readers.modules import ModuleSymbols, read_module_symbols
from crossplan.readers.source import ReadError
from tests.readers.buffer import Buffer
from tests.readers.builders import ar, elf, wasm, wasm_exports, wasm_imports
from tests.readers.builders_macho import fat, macho
from tests.readers.builders_pe import pe

CODE = b"\x90"
INIT = {
    "PyInit_fast": CODE,
    "PyInit_": CODE,
    "PyInitU_fst_eka": CODE,
    "PyModExport_fast": CODE,
    "helper": CODE,
    "PyFoo": CODE,
}
EXPORTS = ("PyInitU_fst_eka", "PyInit_", "PyInit_fast", "PyModExport_fast")
USED = ["malloc", "PyList_New", "_Py_Dealloc", "Python", "py_lower"]
IMPORTS = ("PyList_New", "Python", "_Py_Dealloc")
EXPECTED = ModuleSymbols(EXPORTS, IMPORTS)


def read(data: bytes) -> ModuleSymbols:
    return read_module_symbols(Buffer(data), "fast.so")


@pytest.mark.parametrize("style", ["gnu", "sysv"])
@pytest.mark.parametrize(("bits", "endian"), [(32, "little"), (32, "big"), (64, "little"), (64, "big")])
def test_elf(style: str, bits: int, endian: str) -> None:
    machine = 3 if bits == 32 else 62
    data = elf(bits=bits, endian=endian, machine=machine, hash_style=style, defined=INIT, undefined=USED)
    assert read(data) == EXPECTED


def test_elf_that_defines_nothing_or_has_no_symbols() -> None:
    assert read(elf(undefined=USED)) == ModuleSymbols((), IMPORTS)
    assert read(elf(hash_style="none")) == ModuleSymbols((), ())


def test_elf_of_mips_says_the_number_of_its_symbols_in_a_tag() -> None:
    tags = [(0x70000011, 1 + len(INIT) + len(USED))]
    data = elf(machine=8, bits=32, flags=0x1000, hash_style="none", defined=INIT, undefined=USED, tags=tags)
    assert read(data) == EXPECTED


@pytest.mark.parametrize(("machine", "bits"), [(0x14C, 32), (0x8664, 64)])
def test_pe(machine: int, bits: int) -> None:
    imports = {"KERNEL32.dll": ["Sleep", 3], "python3.dll": ["PyList_New", "_Py_Dealloc", "Python"]}
    assert read(pe(machine=machine, bits=bits, name="fast.pyd", exports=INIT, imports=imports)) == EXPECTED


@pytest.mark.parametrize("exports", ["trie", "dyld-info", "symtab"])
def test_macho(exports: str) -> None:
    assert read(macho(filetype=8, defined=INIT, undefined=USED, exports=exports)) == EXPECTED


def test_fat_has_what_all_slices_export_and_any_imports() -> None:
    one = macho(defined={"PyInit_fast": CODE, "PyInit_other": CODE}, undefined=["PyList_New"])
    two = macho(defined={"PyInit_fast": CODE}, undefined=["PyDict_New"])
    assert read(fat((7, one), (12, two))) == ModuleSymbols(("PyInit_fast",), ("PyDict_New", "PyList_New"))


def test_wasm() -> None:
    imports = wasm_imports(*(("env", name, b"\0\0") for name in USED))
    assert read(wasm(imports, wasm_exports(*((name, 0, 0) for name in INIT)))) == EXPECTED


def test_other_files_are_no_modules() -> None:
    with pytest.raises(ReadError, match=r"fast\.so: no ELF"):
        read(ar([]))


def test_more_names_than_any_python_has_are_refused() -> None:
    with pytest.raises(ReadError, match="names of Python's C API"):
        read(elf(undefined=[f"Py{number}" for number in range(10_001)]))
