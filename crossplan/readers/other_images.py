"""Images other than plain ELF: which reader is for one, told by its magic number. Loaded when the first of them is met."""

from __future__ import annotations

from typing import Any

from crossplan.readers.ar import read_ar
from crossplan.readers.ar_file import ARMAG, THIN_MAG
from crossplan.readers.coff import HEAD, is_coff, read_coff
from crossplan.readers.elf import read_elf
from crossplan.readers.elf_tables import ELFMAG
from crossplan.readers.image import Image
from crossplan.readers.macho import FAT_MAGICS, fat_slices, read_macho
from crossplan.readers.macho_file import MAGICS
from crossplan.readers.pe import read_pe
from crossplan.readers.source import ReadError
from crossplan.readers.wasm import read_wasm
from crossplan.readers.wasm_file import WASM_MAGIC
from crossplan.readers.window import Window


def read_other(window: Window, name: str, want_symbols: bool) -> Image:
    """The `Image` of a file of any format; see `images.read_image`."""
    if window.upto(0, 4) in FAT_MAGICS:
        slices = fat_slices(window)
        return _fat(tuple(_thin(part, f"{name} (slice {n})", want_symbols) for n, part in enumerate(slices)))
    return _thin(window, name, want_symbols)


def _fat(slices: tuple[Image, ...]) -> Image:
    """The `Image` of a fat file: its slices (one may be a static library), and in its own fields what all have in common."""
    common: dict[str, Any] = {
        name: getattr(slices[0], name)
        for name in Image.__match_args__
        if len({getattr(image, name) for image in slices}) == 1
    }
    empty: dict[str, Any] = {"kind": slices[0].kind, "machine": None, "bits": None, "endian": None}
    return Image(**{**empty, **common, "format": "mach-o", "slices": slices})


def _thin(window: Window, name: str, want_symbols: bool) -> Image:
    """The `Image` of a file, or of a slice of a fat one, that is for one architecture."""
    magic = window.upto(0, HEAD)
    if magic.startswith(ELFMAG):
        return read_elf(window, want_symbols=want_symbols)
    if magic.startswith(b"MZ"):
        return read_pe(window, want_symbols=want_symbols)
    if magic[:4] in MAGICS:
        return read_macho(window, want_symbols=want_symbols)
    if magic[:8] in (ARMAG, THIN_MAG):
        return read_ar(window, want_symbols=want_symbols)
    if magic.startswith(WASM_MAGIC):
        return read_wasm(window, want_symbols=want_symbols)
    if is_coff(magic, window.size):
        return read_coff(window)
    raise ReadError(f"{name}: no ELF, PE, Mach-O, archive or wasm file", "offset 0x0")
