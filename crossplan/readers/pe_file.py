"""The skeleton of a PE image: headers, sections, data directories, exports and imports.

Source: Microsoft, "PE Format", https://learn.microsoft.com/windows/win32/debug/pe-format . Names are the format's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from struct import Struct
from typing import NamedTuple

from crossplan.readers.source import ReadError
from crossplan.readers.window import Window

# Machine -> (word, bits). The words are Rust's target_arch. "PE Format", "Machine Types".
MACHINES: dict[int, tuple[str, int]] = {
    0x014C: ("x86", 32),
    0x01C0: ("arm", 32),
    0x01C4: ("arm", 32),  # ARMNT
    0x0200: ("ia64", 64),
    0x5032: ("riscv32", 32),
    0x5064: ("riscv64", 64),
    0x6264: ("loongarch64", 64),
    0x8664: ("x86_64", 64),
    0xA641: ("arm64ec", 64),  # in objects only: a linked image shows 0x8664
    0xA64E: ("aarch64", 64),  # ARM64X
    0xAA64: ("aarch64", 64),
}
EXPORT_TABLE, IMPORT_TABLE, RESOURCE_TABLE, LOAD_CONFIG_TABLE = 0, 1, 2, 10
IMAGE_FILE_DLL = 0x2000
SECTIONS_MAX = 256  # Windows loads 96 at most; each look-up of an address goes through them
IMPORTS_MAX = 1024
SYMBOLS_MAX = 1 << 16  # imported from one DLL
EXPORTS_MAX = 1 << 20

_COFF = Struct("<HHIIIHH")  # Machine NumberOfSections TimeDateStamp PointerToSymbolTable … SizeOfOptionalHeader Ch…
_SECTION = Struct("<8sIIII16x")  # Name VirtualSize VirtualAddress SizeOfRawData PointerToRawData
_DIRECTORY = Struct("<II")  # VirtualAddress Size
_EXPORTS = Struct("<12xIIIIIII")  # Name Base NumberOfFunctions NumberOfNames AddressOf Functions, Names, NameOrdinals
_IMPORT = Struct("<IIIII")  # OriginalFirstThunk TimeDateStamp ForwarderChain Name FirstThunk
_U16, _U32, _U64 = Struct("<H"), Struct("<I"), Struct("<Q")


class _Optional(NamedTuple):
    """Where the optional header of a magic number keeps what is read here."""

    bits: int
    number_of_directories: int  # NumberOfRvaAndSizes


_OPTIONAL = {0x10B: _Optional(32, 92), 0x20B: _Optional(64, 108)}  # PE32, PE32+
_SIZE_OF_HEADERS, _SUBSYSTEM_VERSION, _SUBSYSTEM = 60, 48, 68


class _Section(NamedTuple):
    address: int
    size: int  # of its bytes in the file
    offset: int


class _ExportTable(NamedTuple):
    name: int
    base: int
    functions: int
    names: int
    address_of_functions: int
    address_of_names: int
    address_of_name_ordinals: int


class PeFile:
    """The parsed skeleton of one PE image; every property may raise `ReadError`."""

    def __init__(self, window: Window) -> None:
        self.window = window
        if window.read(0, 2) != b"MZ":
            raise ReadError("not a PE file: the DOS header is missing", "offset 0x0")
        (start,) = window.unpack(_U32, 0x3C)
        if window.read(start, 4) != b"PE\0\0":
            raise ReadError("a DOS program, not a PE file", f"offset {start:#x}")
        coff = window.unpack(_COFF, start + 4)
        self.machine, self._sections, _, _, _, optional_size, self.characteristics = coff
        self._optional = start + 4 + _COFF.size
        (magic,) = window.unpack(_U16, self._optional)
        if magic not in _OPTIONAL:
            raise ReadError(f"unknown optional header {magic:#x}", f"offset {self._optional:#x}")
        self._kind = _OPTIONAL[magic]
        self._section_table = self._optional + optional_size
        self._size_of_headers = self.optional_field(_SIZE_OF_HEADERS, _U32)

    @property
    def bits(self) -> int:
        """32 for PE32, 64 for PE32+."""
        return self._kind.bits

    def optional_field(self, offset: int, layout: Struct) -> int:
        """A field of the optional header, by its offset there."""
        return self.window.unpack(layout, self._optional + offset)[0]

    @property
    def subsystem(self) -> tuple[int, str]:
        """The subsystem's number and the lowest version of Windows that may run the image, `6.0`."""
        major, minor = (self.optional_field(_SUBSYSTEM_VERSION + step, _U16) for step in (0, 2))
        return self.optional_field(_SUBSYSTEM, _U16), f"{major}.{minor}"

    @cached_property
    def _section_list(self) -> tuple[_Section, ...]:
        if self._sections > SECTIONS_MAX:
            raise ReadError(f"{self._sections} sections: no image has so many", "COFF header (NumberOfSections)")
        table = self.window.read(self._section_table, self._sections * _SECTION.size)
        return tuple(_Section(address, raw, at) for _, _, address, raw, at in _SECTION.iter_unpack(table))

    def directory(self, index: int) -> tuple[int, int] | None:
        """Address (RVA) and size of a data directory; None where the image has none."""
        if index >= self.optional_field(self._kind.number_of_directories, _U32):
            return None
        place = self._optional + self._kind.number_of_directories + 4 + index * _DIRECTORY.size
        if place + _DIRECTORY.size > self._section_table:
            return None
        address, size = self.window.unpack(_DIRECTORY, place)
        return (address, size) if address and size else None

    def offset_of(self, address: int, what: str) -> int:
        """The place in the file of a relative virtual address."""
        for section in self._section_list:
            if section.address <= address < section.address + section.size:
                return section.offset + address - section.address
        if address < self._size_of_headers:
            return address
        raise ReadError(f"{what} lies in no section", f"address {address:#x}")

    def unpack_at(self, layout: Struct, address: int, what: str) -> tuple[int, ...]:
        """The fields of `layout` at a relative virtual address."""
        return self.window.unpack(layout, self.offset_of(address, what))

    def string_at(self, address: int, what: str) -> str:
        """The name at a relative virtual address."""
        return self.window.string(self.offset_of(address, what))

    @cached_property
    def _exports(self) -> _ExportTable | None:
        entry = self.directory(EXPORT_TABLE)
        if entry is None:
            return None
        table = _ExportTable._make(self.unpack_at(_EXPORTS, entry[0], "the export table"))
        if table.names > EXPORTS_MAX:
            raise ReadError(f"{table.names} exported names: no DLL has so many", "export table (NumberOfNames)")
        return table

    @property
    def own_name(self) -> str | None:
        """The DLL's own name, from its export table."""
        table = self._exports
        return self.string_at(table.name, "the DLL's name") if table and table.name else None

    def _export_name(self, table: _ExportTable, index: int) -> str:
        (address,) = self.unpack_at(_U32, table.address_of_names + 4 * index, "the table of export names")
        return self.string_at(address, "the name of an export")

    def _first_export(self, table: _ExportTable, name: str) -> int:
        """The index of the first exported name not below `name`; they are sorted, and searched as the loader does."""
        low, high = 0, table.names
        while low < high:
            middle = (low + high) // 2
            if self._export_name(table, middle) < name:
                low = middle + 1
            else:
                high = middle
        return low

    def export(self, name: str) -> int | None:
        """The address of an export, or None."""
        table = self._exports
        index = self._first_export(table, name) if table else 0
        if table is None or index == table.names or self._export_name(table, index) != name:
            return None
        place = table.address_of_name_ordinals + 2 * index
        (ordinal,) = self.unpack_at(_U16, place, "the table of export ordinals")
        place = table.address_of_functions + 4 * ordinal
        return self.unpack_at(_U32, place, "the table of exports")[0]

    def is_forwarder(self, address: int) -> bool:
        """Whether an export's address is that of a text that names another DLL's export."""
        entry = self.directory(EXPORT_TABLE)
        return entry is not None and entry[0] <= address < entry[0] + entry[1]

    @cached_property
    def _import_table(self) -> tuple[tuple[str, int], ...]:
        """For each DLL that the image imports from, in order: its name, and the address of the table of its symbols."""
        entry = self.directory(IMPORT_TABLE)
        found: list[tuple[str, int]] = []
        while entry is not None:
            fields = self.unpack_at(_IMPORT, entry[0] + len(found) * _IMPORT.size, "the import table")
            original, _, _, name, first = fields
            if not name:
                break
            if len(found) == IMPORTS_MAX:
                raise ReadError(f"more than {IMPORTS_MAX} imported DLLs", "import table")
            found.append((self.string_at(name, "the name of an imported DLL"), original or first))
        return tuple(found)

    @property
    def imports(self) -> tuple[str, ...]:
        """The names of the DLLs that the image imports from, in order."""
        return tuple(name for name, _ in self._import_table)

    def imported_symbols(self) -> Iterator[str]:
        """The names of the symbols that the image imports by name, from all its DLLs."""
        layout = _U32 if self.bits == 32 else _U64
        for _, place in self._import_table:
            for address in range(place, place + SYMBOLS_MAX * layout.size, layout.size):
                (entry,) = self.unpack_at(layout, address, "the table of imported symbols")
                if not entry:
                    break
                if not entry >> (self.bits - 1):  # else by ordinal
                    yield self.string_at(entry + 2, "the name of an imported symbol")  # after a hint of two bytes

    def exported_names(self, prefix: str) -> Iterator[str]:
        """The exported names that begin with `prefix`."""
        table = self._exports
        if table is None:
            return
        for index in range(self._first_export(table, prefix), table.names):
            name = self._export_name(table, index)
            if not name.startswith(prefix):
                break
            yield name
