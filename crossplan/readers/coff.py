"""COFF objects, and the members of an import library in their short form.

Sources: Microsoft, "PE Format", "Import Library Format" and "COFF File Header (Object and Image)",
https://learn.microsoft.com/windows/win32/debug/pe-format ; `ANON_OBJECT_HEADER_BIGOBJ` of winnt.h.
"""

from __future__ import annotations

from functools import cached_property
from struct import Struct
from typing import NamedTuple

from crossplan.readers.image import Image
from crossplan.readers.pe_file import MACHINES
from crossplan.readers.source import ReadError
from crossplan.readers.window import Window, text

HEAD = 56  # how many bytes tell which of the forms a file has
SECTIONS_MAX = 40_000
SYMBOLS_MAX = 1 << 20  # bytes of a symbol table

_HEADER = Struct("<HHIIIHH")  # Machine NumberOfSections Time PointerToSymbolTable NumberOfSymbols SizeOfOptional… Ch…
_ANONYMOUS = Struct("<HHHHI16s")  # Sig1 Sig2 Version Machine TimeDateStamp ClassID
_BIGOBJ_CLASS = bytes.fromhex("c7a1bad1eebaa94baf20faf66aa4dcb8")
_BIGOBJ = Struct("<44xIII")  # NumberOfSections PointerToSymbolTable NumberOfSymbols
_SHORT = Struct("<HHHHIIHH")  # Sig1 Sig2 Version Machine TimeDateStamp SizeOfData OrdinalHint Type
_SECTION = Struct("<8s8xII16x")  # Name SizeOfRawData PointerToRawData
_SYMBOL, _BIG_SYMBOL = Struct("<8sIhHBB"), Struct("<8sIiHBB")  # Name Value SectionNumber Type StorageClass Aux
_U32 = Struct("<I")
_NAMES_MAX = 8192


class ShortImport(NamedTuple):
    """A member that stands for one import: the machine's number, the symbol, the DLL that it comes from."""

    machine: int
    symbol: str
    dll: str


def is_coff(head: bytes, size: int) -> bool:
    """Whether a file of `size` bytes that begins with `head` can be a COFF object; it has no magic number."""
    if _is_bigobj(head):
        return True
    if len(head) < _HEADER.size:
        return False
    machine, sections, _, table, symbols, optional, _ = _HEADER.unpack_from(head)
    fits = sections * _SECTION.size + _HEADER.size <= size and table + symbols * _SYMBOL.size <= size
    return machine in MACHINES and optional == 0 and sections > 0 and fits


def is_short_import(head: bytes) -> bool:
    """Whether the bytes are the head of a short import member."""
    return len(head) >= _SHORT.size and head[:6] == b"\0\0\xff\xff\0\0"


def _is_bigobj(head: bytes) -> bool:
    return head[:4] == b"\0\0\xff\xff" and head[12:28] == _BIGOBJ_CLASS and len(head) >= _BIGOBJ.size


def read_short_import(window: Window) -> ShortImport:
    """The fields of a short import member."""
    _, _, _, machine, _, size, _, _ = window.unpack(_SHORT, 0)
    names = window.upto(_SHORT.size, min(size, _NAMES_MAX)).split(b"\0")
    if len(names) < 3:
        raise ReadError("an import without the names of symbol and DLL", "import member")
    return ShortImport(machine, text(names[0]), text(names[1]))


class CoffFile:
    """The parsed skeleton of one COFF object; every property may raise `ReadError`."""

    def __init__(self, window: Window) -> None:
        self.window = window
        head = window.upto(0, HEAD)
        if not is_coff(head, window.size):
            raise ReadError("not a COFF object", "offset 0x0")
        self._big = _is_bigobj(head)
        if self._big:
            self.machine = _ANONYMOUS.unpack_from(head)[3]
            self.flags = 0
            self._count, self._table, self._symbols = _BIGOBJ.unpack_from(head)
        else:
            self.machine, self._count, _, self._table, self._symbols, _, self.flags = _HEADER.unpack_from(head)

    @cached_property
    def sections(self) -> tuple[tuple[bytes, int, int], ...]:
        """The sections: name (one of more than eight bytes stands as `/` and a number), place, size."""
        if self._count > SECTIONS_MAX:
            raise ReadError(f"{self._count} sections: no object has so many", "COFF header (NumberOfSections)")
        start = _BIGOBJ.size if self._big else _HEADER.size
        table = self.window.read(start, self._count * _SECTION.size)
        return tuple((name.rstrip(b"\0"), place, size) for name, size, place in _SECTION.iter_unpack(table))

    def section(self, name: bytes) -> Window | None:
        """The bytes of the first section of that name that has any."""
        found = ((place, size) for label, place, size in self.sections if label == name and place and size)
        return next((self.window.part(place, size) for place, size in found), None)

    def offset_of_symbol(self, name: str) -> int | None:
        """The place in the file of what a defined symbol stands for."""
        layout = _BIG_SYMBOL if self._big else _SYMBOL
        size = self._symbols * layout.size
        if not size or size > SYMBOLS_MAX:
            return None
        wanted, end = name.encode(), self._table + size
        table = self.window.read(self._table, size)
        place = 0
        while place < size:
            label, value, number, _, _, auxiliary = layout.unpack_from(table, place)
            if 0 < number <= len(self.sections) and self._is_name(label, wanted, end):
                return int(self.sections[number - 1][1] + value)
            place += layout.size * (1 + auxiliary)
        return None

    def _is_name(self, label: bytes, wanted: bytes, strings: int) -> bool:
        """A name of up to eight bytes stands in the entry itself, a longer one in the strings behind the table."""
        if len(wanted) <= 8:
            return label.rstrip(b"\0") == wanted
        if label[:4] != b"\0\0\0\0":
            return False
        place = strings + _U32.unpack_from(label, 4)[0]
        return self.window.upto(place, len(wanted) + 1) == wanted + b"\0" if place < self.window.size else False


def read_coff(window: Window) -> Image:
    """The `Image` of a COFF object."""
    coff = CoffFile(window)
    machine, bits = MACHINES.get(coff.machine, (None, None))
    return Image(
        format="pe",
        kind="relocatable",
        machine=machine,
        bits=bits,
        endian="little",
        os="windows",
        flags=coff.flags,
    )
