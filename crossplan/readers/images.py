"""`read_image`: which reader a file is for, told by its magic number alone, never by its name."""

from __future__ import annotations

from crossplan.readers.elf import read_elf
from crossplan.readers.elf_tables import ELFMAG
from crossplan.readers.image import Image
from crossplan.readers.source import ByteSource
from crossplan.readers.window import Window


def read_image(source: ByteSource, name: str, *, want_symbols: bool = True) -> Image:
    """The `Image` of one file. `name` is only for the message of the `ReadError` for a file of no known format.

    With `want_symbols` false nothing is looked up in symbol tables: then no Python version, free-threading or debug.
    """
    window = Window(source)
    if window.upto(0, len(ELFMAG)) == ELFMAG:
        return read_elf(window, want_symbols=want_symbols)
    from crossplan.readers.other_images import read_other

    return read_other(window, name, want_symbols)
