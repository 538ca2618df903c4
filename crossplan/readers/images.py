"""`read_image`: which reader a file is for, told by its magic number alone, never by its name."""

from __future__ import annotations

from crossplan.readers.elf import read_elf
from crossplan.readers.elf_tables import ELFMAG
from crossplan.readers.image import Image
from crossplan.readers.pe import read_pe
from crossplan.readers.source import ByteSource, ReadError
from crossplan.readers.window import Window


def read_image(source: ByteSource, name: str, *, want_symbols: bool = True) -> Image:
    """The `Image` of one file. `name` is only for the message of the `ReadError` for a file of no known format.

    With `want_symbols` false nothing is looked up in symbol tables: then no Python version, free-threading or debug.
    """
    window = Window(source)
    magic = window.upto(0, 8)
    if magic.startswith(ELFMAG):
        return read_elf(window, want_symbols=want_symbols)
    if magic.startswith(b"MZ"):
        return read_pe(window, want_symbols=want_symbols)
    raise ReadError(f"{name}: no ELF, PE, Mach-O, archive or wasm file", "offset 0x0")
