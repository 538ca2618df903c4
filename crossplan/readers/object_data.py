"""What stands in an object file under a symbol: the value of `Py_Version` in a static library."""

from __future__ import annotations

from crossplan.readers.coff import CoffFile
from crossplan.readers.elf_file import ElfFile
from crossplan.readers.elf_symbols import offset_in_object
from crossplan.readers.elf_tables import ELFMAG
from crossplan.readers.macho_file import MAGICS, MachoFile
from crossplan.readers.wasm_file import WASM_MAGIC, WasmFile
from crossplan.readers.window import Window


def data_of_symbol(window: Window, name: str, size: int) -> bytes | None:
    """`size` bytes from where a defined symbol (named as in C) lies in an ELF, Mach-O, COFF or wasm object."""
    magic = window.upto(0, 4)
    place: int | None
    if magic.startswith(ELFMAG):
        place = offset_in_object(ElfFile(window), name)
    elif magic in MAGICS:
        macho = MachoFile(window)
        address = macho.find((name,)).get(name)
        place = macho.offset_of(address, name) if address is not None else None
    elif magic == WASM_MAGIC:
        place = WasmFile(window).offset_of_symbol(name)
    else:
        coff = CoffFile(window)
        place = coff.offset_of_symbol(name) or coff.offset_of_symbol("_" + name)
    return window.read(place, size) if place is not None else None
