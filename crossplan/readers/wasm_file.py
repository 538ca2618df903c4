"""The skeleton of a WebAssembly module: sections, imports, exports, and what dynamic linking and objects add.

Sources: https://webassembly.github.io/spec/core/binary/modules.html ; `dylink.0`, `linking` and `target_features` as in
https://github.com/WebAssembly/tool-conventions/blob/main/DynamicLinking.md and Linking.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from crossplan.readers.leb128 import uleb128
from crossplan.readers.source import ReadError
from crossplan.readers.window import Window, text

WASM_MAGIC = b"\0asm"
VERSION, COMPONENT = b"\1\0\0\0", b"\r\0\1\0"
CUSTOM, IMPORT, MEMORY, GLOBAL, EXPORT, DATA = 0, 2, 5, 6, 7, 11
FUNCTION_KIND, TABLE_KIND, MEMORY_KIND, GLOBAL_KIND, TAG_KIND = range(5)

_SECTIONS_MAX = 1024
_ENTRIES_MAX = 100_000  # of an import or export section; Pyodide's main module has 16,000 exports
_HEAD = 96  # bytes: id, size and name of a section
_NEEDED, _RUNTIME_PATH = 2, 5  # subsections of dylink.0
_SYMBOL_TABLE = 8  # subsection of linking
_DATA_SYMBOL, _SECTION_SYMBOL = 1, 3
_UNDEFINED, _EXPLICIT_NAME = 0x10, 0x40
_GLOBAL_GET, _I32_CONST, _I64_CONST, _I32_ADD, _I64_ADD, _END = 0x23, 0x41, 0x42, 0x6A, 0x7C, 0x0B  # instructions


class Section(NamedTuple):
    """One section; `name` only of custom ones; the bytes behind the name."""

    id: int
    name: str
    offset: int
    size: int


class Import(NamedTuple):
    """One import; `flags` are those of a memory's limits."""

    module: str
    name: str
    kind: int
    flags: int


class Reader:
    """A place in some bytes that moves as numbers and names are taken from it."""

    __slots__ = ("data", "place")

    def __init__(self, data: bytes, place: int = 0) -> None:
        self.data = data
        self.place = place

    def byte(self) -> int:
        """The next byte."""
        if self.place >= len(self.data):
            raise ReadError("a section is cut off", f"offset {self.place:#x} of its section")
        self.place += 1
        return self.data[self.place - 1]

    def number(self) -> int:
        """The next unsigned LEB128 number."""
        value, self.place = uleb128(self.data, self.place)
        return value

    def name(self) -> str:
        """The next name: its length, then its bytes."""
        length = self.number()
        start, self.place = self.place, self.place + length
        if self.place > len(self.data):
            raise ReadError("a name reaches beyond its section", f"offset {start:#x} of its section")
        return text(self.data[start : self.place])

    def count(self) -> int:
        """How many entries follow."""
        value = self.number()
        if value > _ENTRIES_MAX:
            raise ReadError(f"{value} entries: no module has so many", f"offset {self.place:#x} of its section")
        return value


class WasmFile:
    """The parsed skeleton of one module; every property may raise `ReadError`."""

    def __init__(self, window: Window) -> None:
        self.window = window
        head = window.read(0, 8)
        if head[:4] != WASM_MAGIC or head[4:] not in (VERSION, COMPONENT):
            raise ReadError("not a WebAssembly module: its magic number or version is unknown", "offset 0x0")
        self.is_component = head[4:] == COMPONENT

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections in order."""
        found: list[Section] = []
        place = 8
        while place < self.window.size:
            if len(found) == _SECTIONS_MAX:
                raise ReadError(f"more than {_SECTIONS_MAX} sections", f"offset {place:#x}")
            head = Reader(self.window.upto(place, _HEAD))
            number, size = head.byte(), head.number()
            start = place + head.place
            if start + size > self.window.size:
                raise ReadError("truncated: a section reaches beyond the end", f"offset {place:#x}")
            name = ""
            if number == CUSTOM:
                length = head.number()
                named = place + head.place + length - start  # bytes of the section up to the end of its name
                if named > size:
                    raise ReadError("a name reaches beyond its section", f"offset {place:#x}")
                name = text(self.window.upto(place + head.place, min(length, _HEAD)))
                start, size = start + named, size - named
            found.append(Section(number, name, start, size))
            place = start + size
        return tuple(found)

    def bytes_of(self, number: int, name: str = "") -> Reader | None:
        """The content of the first section of that number (and name)."""
        section = next((s for s in self.sections if s.id == number and s.name == name), None)
        return Reader(self.window.read(section.offset, section.size)) if section else None

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """The imports, in order."""
        reader = self.bytes_of(IMPORT)
        return tuple(_import(reader) for _ in range(reader.count())) if reader else ()

    def exports(self) -> Iterator[tuple[str, int, int]]:
        """The exports: name, kind, index."""
        reader = self.bytes_of(EXPORT)
        if reader is None:
            return
        for _ in range(reader.count()):
            yield reader.name(), reader.byte(), reader.number()

    @property
    def is_dynamic(self) -> bool:
        """Whether the module takes part in dynamic linking, as main or as side module."""
        return any(section.name in ("dylink.0", "dylink") for section in self.sections)

    def dylink(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The modules needed, and the paths to look for them."""
        found: dict[int, tuple[str, ...]] = {}
        reader = self.bytes_of(CUSTOM, "dylink.0")
        while reader and reader.place < len(reader.data):
            kind, size = reader.byte(), reader.number()
            end = reader.place + size
            if kind in (_NEEDED, _RUNTIME_PATH):
                found[kind] = tuple(reader.name() for _ in range(reader.count()))
            reader.place = end
        old = self.bytes_of(CUSTOM, "dylink")
        if old:
            for _ in range(4):  # sizes and alignments of memory and table
                old.number()
            found[_NEEDED] = tuple(old.name() for _ in range(old.count()))
        return found.get(_NEEDED, ()), found.get(_RUNTIME_PATH, ())

    def features(self) -> frozenset[str]:
        """The features that `target_features` says are used: `atomics`, `bulk-memory` …"""
        reader = self.bytes_of(CUSTOM, "target_features")
        pairs = [(reader.byte(), reader.name()) for _ in range(reader.count())] if reader else []
        return frozenset(name for prefix, name in pairs if prefix in b"+=")

    def memory_flags(self) -> int:
        """The flags of the first memory, imported or own: bit 2 says 64-bit addresses."""
        reader = self.bytes_of(MEMORY)
        own = [reader.number()] if reader and reader.count() else []
        return next((i.flags for i in self.imports if i.kind == MEMORY_KIND), own[0] if own else 0)

    def offset_of_address(self, address: int) -> int | None:
        """The place in the file of an address of the memory, through the segments with a constant place."""
        return next(
            (o + address - a for a, o, size in self._segments() if a is not None and a <= address < a + size), None
        )

    def _segments(self) -> Iterator[tuple[int | None, int, int]]:
        """Each data segment: address (None if code decides), place in the file, size."""
        section = next((s for s in self.sections if s.id == DATA), None)
        if section is None:
            return
        part = self.window.part(section.offset, section.size)
        head = Reader(part.upto(0, _HEAD))
        count, place = head.count(), head.place
        for _ in range(count):
            head = Reader(part.upto(place, _HEAD))
            flags, address = head.number(), None
            if flags == 2:  # of a memory with an index
                head.number()
            if flags != 1:
                address = _constant(head)
            size = head.number()
            yield address, section.offset + place + head.place, size
            place += head.place + size

    def global_value(self, index: int) -> int | None:
        """The value of the module's own global, if it is a 32-bit constant."""
        own = index - sum(entry.kind == GLOBAL_KIND for entry in self.imports)
        reader = self.bytes_of(GLOBAL)
        count = reader.count() if reader else 0
        if reader is None or not 0 <= own < count:
            return None
        for _ in range(own):
            reader.place += 2  # type and mutability
            if _constant(reader) is None:
                return None
        reader.place += 2
        return _constant(reader)

    def offset_of_symbol(self, name: str) -> int | None:
        """The place in the file of a data symbol that an object defines."""
        reader = self.bytes_of(CUSTOM, "linking")
        if reader is None:
            return None
        reader.number()  # version
        while reader.place < len(reader.data):
            kind, size = reader.byte(), reader.number()
            end = reader.place + size
            if kind == _SYMBOL_TABLE:
                for _ in range(reader.count()):
                    label, segment, offset = _symbol(reader)
                    if label == name and segment is not None:
                        places = (place for number, (_, place, _) in enumerate(self._segments()) if number == segment)
                        return next((place + offset for place in places), None)
            reader.place = end
        return None


def _import(reader: Reader) -> Import:
    module, name, kind, flags = reader.name(), reader.name(), reader.byte(), 0
    if kind == FUNCTION_KIND:
        reader.number()
    elif kind == GLOBAL_KIND:
        reader.place += 2
    elif kind == TAG_KIND:
        reader.place += 1
        reader.number()
    elif kind in (TABLE_KIND, MEMORY_KIND):
        reader.place += kind == TABLE_KIND
        flags = reader.number()
        for _ in range(1 + (flags & 1)):
            reader.number()
    else:
        raise ReadError(f"an import of unknown kind {kind}", f"offset {reader.place:#x} of its section")
    return Import(module, name, kind, flags)


def _constant(reader: Reader) -> int | None:
    """The value of a constant expression of numbers and sums; None for any other one, whose end is then not known.

    An imported global counts as 0: it is where the loader puts the memory, from which a relocatable module counts its addresses.
    """
    value = 0
    while (instruction := reader.byte()) != _END:
        if instruction not in (_GLOBAL_GET, _I32_CONST, _I64_CONST, _I32_ADD, _I64_ADD):
            return None
        number = reader.number() if instruction < _I32_ADD else 0
        value += number if instruction != _GLOBAL_GET else 0
    return value & 0xFFFFFFFF


def _symbol(reader: Reader) -> tuple[str, int | None, int]:
    """One entry of a symbol table: name, and of defined data the segment and the place in it."""
    kind, flags = reader.byte(), reader.number()
    defined = not flags & _UNDEFINED
    if kind == _SECTION_SYMBOL:
        reader.number()
        return "", None, 0
    if kind == _DATA_SYMBOL:
        name = reader.name()
        if not defined:
            return name, None, 0
        segment, offset, _ = reader.number(), reader.number(), reader.number()
        return name, segment, offset
    reader.number()
    return reader.name() if defined or flags & _EXPLICIT_NAME else "", None, 0
