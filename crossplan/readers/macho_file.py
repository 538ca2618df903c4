"""The skeleton of a Mach-O file for one architecture: header, load commands, segments, symbol table, export trie.

Source: Apple's mach-o/loader.h, mach-o/nlist.h and mach/machine.h,
https://github.com/apple-oss-distributions/xnu/tree/main/EXTERNAL_HEADERS/mach-o ; the trie as in dyld's MachOLoaded.
Names are the format's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from struct import Struct
from typing import NamedTuple

from crossplan.readers.image import Endian
from crossplan.readers.leb128 import uleb128
from crossplan.readers.source import ReadError
from crossplan.readers.window import Window, text

# Magic as it stands in the file -> (bits, byte order).
MAGICS: dict[bytes, tuple[int, Endian]] = {
    b"\xfe\xed\xfa\xce": (32, "big"),
    b"\xfe\xed\xfa\xcf": (64, "big"),
    b"\xce\xfa\xed\xfe": (32, "little"),
    b"\xcf\xfa\xed\xfe": (64, "little"),
}

LC_SEGMENT, LC_SYMTAB, LC_DYSYMTAB, LC_LOAD_DYLIB, LC_ID_DYLIB, LC_LOAD_DYLINKER = 0x1, 0x2, 0xB, 0xC, 0xD, 0xE
LC_SEGMENT_64, LC_LAZY_LOAD_DYLIB, LC_DYLD_INFO, LC_BUILD_VERSION = 0x19, 0x20, 0x22, 0x32
LC_VERSION_MIN = {0x24: 1, 0x25: 2, 0x2F: 3, 0x30: 4}  # …_MACOSX, _IPHONEOS, _TVOS, _WATCHOS -> platform
LC_LOAD_WEAK_DYLIB, LC_RPATH, LC_REEXPORT_DYLIB = 0x80000018, 0x8000001C, 0x8000001F
LC_DYLD_INFO_ONLY, LC_LOAD_UPWARD_DYLIB, LC_DYLD_EXPORTS_TRIE = 0x80000022, 0x80000023, 0x80000033
NEEDED = frozenset({LC_LOAD_DYLIB, LC_LOAD_WEAK_DYLIB, LC_REEXPORT_DYLIB, LC_LAZY_LOAD_DYLIB, LC_LOAD_UPWARD_DYLIB})

COMMANDS_MAX = 1 << 20  # bytes; an image with 300 libraries has some 30 KiB
SYMBOLS_MAX = 200_000  # entries walked of one symbol table
LOOKUP_MAX = 2 << 20  # bytes of a table in which single names are looked up; those of a libpython have 60 KiB
_N_STAB, _N_TYPE, _N_UNDF, _N_EXT = 0xE0, 0x0E, 0x0, 0x1
_FLAG_REEXPORT = 0x08
_HEADER = 28  # magic cputype cpusubtype filetype ncmds sizeofcmds flags; 64-bit files have a reserved word more
_TRIE_NODES_MAX = 1 << 14  # below one prefix
_NAME_MAX = 1024


class Symbol(NamedTuple):
    """One entry of the symbol table: its name as in C, the address; `address` None where it is undefined."""

    name: str
    address: int | None


class _Layout(NamedTuple):
    """The structures that differ by word size and byte order."""

    u32: Struct
    word: Struct  # of the file's word size
    header: Struct  # cputype cpusubtype filetype ncmds sizeofcmds flags
    segment: Struct  # after cmd cmdsize: segname vmaddr vmsize fileoff filesize maxprot initprot nsects flags
    section: Struct  # sectname segname addr size offset
    section_size: int
    nlist: Struct  # n_strx n_type n_sect n_desc n_value


def _layout(bits: int, endian: Endian) -> _Layout:
    order, word = "<" if endian == "little" else ">", "I" if bits == 32 else "Q"
    return _Layout(
        u32=Struct(order + "I"),
        word=Struct(order + word),
        header=Struct(order + "IIIIII"),
        segment=Struct(order + "16s" + word * 4 + "IIII"),
        section=Struct(order + "16s16s" + word * 2 + "I"),
        section_size=68 if bits == 32 else 80,
        nlist=Struct(order + "IBBH" + word),
    )


class Segment(NamedTuple):
    """`segname`, where it lies in memory and in the file; `sections` by name: (offset, size)."""

    name: str
    vmaddr: int
    fileoff: int
    filesize: int
    sections: dict[str, tuple[int, int]]


class MachoFile:
    """The parsed skeleton of a thin Mach-O file; every property may raise `ReadError`."""

    def __init__(self, window: Window) -> None:
        self.window = window
        magic = window.read(0, 4)
        if magic not in MAGICS:
            raise ReadError("not a Mach-O file: its magic number is missing", "offset 0x0")
        self.bits, self.endian = MAGICS[magic]
        self.layout = _layout(self.bits, self.endian)
        header = window.unpack(self.layout.header, 4)
        self.cputype, self.cpusubtype, self.filetype, self._ncmds, self._sizeofcmds, self.flags = header

    @cached_property
    def commands(self) -> tuple[tuple[int, bytes], ...]:
        """The load commands: number, and the bytes after `cmd` and `cmdsize`."""
        if self._sizeofcmds > COMMANDS_MAX:
            raise ReadError(f"{self._sizeofcmds} bytes of load commands: no image has so many", "header (sizeofcmds)")
        data = self.window.read(_HEADER if self.bits == 32 else _HEADER + 4, self._sizeofcmds)
        found: list[tuple[int, bytes]] = []
        place = 0
        for _ in range(self._ncmds):
            if place + 8 > len(data):
                raise ReadError("fewer load commands than the header says", "header (ncmds)")
            (number,), (size,) = (self.layout.u32.unpack_from(data, place + step) for step in (0, 4))
            if size < 8 or place + size > len(data):
                raise ReadError(f"a load command of {size} bytes", f"load command {len(found)}")
            found.append((number, data[place + 8 : place + size]))
            place += size
        return tuple(found)

    def of_kind(self, *numbers: int) -> Iterator[bytes]:
        """The bodies of the load commands of these numbers, in order."""
        return (body for number, body in self.commands if number in numbers)

    def words(self, body: bytes, count: int) -> tuple[int, ...]:
        """The first `count` 32-bit words of a load command's body."""
        if len(body) < 4 * count:
            raise ReadError("a load command is too short for what it is", "load commands")
        return tuple(self.layout.u32.unpack_from(body, 4 * index)[0] for index in range(count))

    def text(self, body: bytes) -> str:
        """The text of a load command whose first word is an `lc_str`: its offset from the start of the command."""
        (offset,) = self.words(body, 1)
        if not 12 <= offset <= len(body) + 8:
            raise ReadError("a name lies outside its load command", f"offset {offset:#x} of the command")
        return text(body[offset - 8 :].partition(b"\0")[0])

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """The segments, with their sections."""
        return tuple(self._segment(body) for body in self.of_kind(LC_SEGMENT, LC_SEGMENT_64))

    def _segment(self, body: bytes) -> Segment:
        layout = self.layout
        if len(body) < layout.segment.size:
            raise ReadError("a segment's load command is too short", "load commands")
        name, vmaddr, _, fileoff, filesize, _, _, count, _ = layout.segment.unpack_from(body)
        sections: dict[str, tuple[int, int]] = {}
        for place in range(layout.segment.size, len(body) - layout.section_size + 1, layout.section_size):
            sectname, _, _, size, offset = layout.section.unpack_from(body, place)
            sections.setdefault(text(sectname.rstrip(b"\0")), (offset, size))
        if count > len(sections) and count * layout.section_size > len(body):
            raise ReadError(f"{count} sections do not fit into their load command", "load commands")
        return Segment(text(name.rstrip(b"\0")), vmaddr, fileoff, filesize, sections)

    def section(self, name: str) -> tuple[int, int] | None:
        """Place and size of the first section of that name."""
        return next((segment.sections[name] for segment in self.segments if name in segment.sections), None)

    def offset_of(self, address: int, what: str) -> int:
        """The place in the file of an address."""
        for segment in self.segments:
            if segment.vmaddr <= address < segment.vmaddr + segment.filesize:
                return segment.fileoff + address - segment.vmaddr
        raise ReadError(f"{what} lies in no segment", f"address {address:#x}")

    @cached_property
    def _trie_place(self) -> tuple[int, int] | None:
        """Place and size of the export trie; None where there is none (objects, images of before Mac OS X 10.6)."""
        for number, body in self.commands:
            if number == LC_DYLD_EXPORTS_TRIE:
                offset, size = self.words(body, 2)
                return offset, size
            if number in (LC_DYLD_INFO, LC_DYLD_INFO_ONLY):
                offset, size = self.words(body, 10)[8:]
                return offset, size
        return None

    @property
    def image_base(self) -> int:
        """The address that the trie's addresses count from: that of the segment that maps the header."""
        return next((segment.vmaddr for segment in self.segments if segment.name == "__TEXT"), 0)

    def find(self, names: tuple[str, ...]) -> dict[str, int | None]:
        """Those of `names` (as in C) that the image exports, with the address; None for a re-export.

        Nothing is found in tables far larger than those of a Python.
        """
        if self._trie_place is None:
            return {symbol.name: symbol.address for symbol in self.symbols(limit=LOOKUP_MAX) if symbol.name in names}
        if self._trie_place[1] > LOOKUP_MAX:
            return {}
        trie, base = self.window.read(*self._trie_place), self.image_base
        return {
            name: address
            for name in names
            for found, address in trie_exports(trie, b"_" + name.encode(), base)
            if found == name
        }

    def exports(self, prefix: str) -> Iterator[str]:
        """The names (as in C) of the exports that begin with `prefix`."""
        if self._trie_place is None:
            return (symbol.name for symbol in self.symbols() if symbol.name.startswith(prefix))
        trie = self.window.read(*self._trie_place)
        return (name for name, _ in trie_exports(trie, b"_" + prefix.encode(), self.image_base))

    def symbols(self, *, undefined: bool = False, limit: int | None = None) -> Iterator[Symbol]:
        """The external symbols of the symbol table: those defined, or those `undefined`; none if it is over `limit`."""
        table = next(self.of_kind(LC_SYMTAB), None)
        if table is None:
            return
        symoff, nsyms, stroff, strsize = self.words(table, 4)
        nlist = self.layout.nlist
        first, count = self._external(undefined) or (0, nsyms)
        count = min(count, max(0, nsyms - first))
        if not count or (limit is not None and strsize + count * nlist.size > limit):
            return
        if count > SYMBOLS_MAX:
            raise ReadError(f"{count} symbols, over the limit of {SYMBOLS_MAX}", f"offset {symoff:#x}")
        strings = self.window.read(stroff, strsize)
        entries = self.window.read(symoff + first * nlist.size, count * nlist.size)
        for strx, kind, _, _, value in nlist.iter_unpack(entries):
            if kind & _N_STAB or not kind & _N_EXT or (kind & _N_TYPE == _N_UNDF) != undefined:
                continue
            name = strings[strx : strx + _NAME_MAX].partition(b"\0")[0]
            yield Symbol(text(name.removeprefix(b"_")), None if undefined else value)

    def _external(self, undefined: bool) -> tuple[int, int] | None:
        """Index and number of the external symbols that are defined, or undefined, by `LC_DYSYMTAB`."""
        body = next(self.of_kind(LC_DYSYMTAB), None)
        if body is None:
            return None
        _, _, iextdefsym, nextdefsym, iundefsym, nundefsym = self.words(body, 6)
        return (iundefsym, nundefsym) if undefined else (iextdefsym, nextdefsym)


def trie_exports(trie: bytes, prefix: bytes, base: int) -> Iterator[tuple[str, int | None]]:
    """The exports (name as in C, address) whose name begins with `prefix`, each once, in the trie's order.

    The way down is led by the prefix; below it, every node is visited, and a damaged trie ends in `ReadError`.
    """
    pending = [(0, b"")] if trie else []
    visited = 0
    while pending:
        place, name = pending.pop()
        visited += 1
        if visited > _TRIE_NODES_MAX or len(name) > _NAME_MAX:
            raise ReadError("the export trie does not end", f"offset {place:#x} of the trie")
        size, body = uleb128(trie, place)
        if size and name.startswith(prefix):
            yield text(name.removeprefix(b"_")), _trie_address(trie, body, base)
        place = body + size
        if place >= len(trie):
            raise ReadError("the export trie is cut off", f"offset {place:#x} of the trie")
        children, place = trie[place], place + 1
        for _ in range(children):
            end = trie.find(b"\0", place)
            if end <= place:
                raise ReadError("a child of the export trie has no name", f"offset {place:#x} of the trie")
            longer = name + trie[place:end]
            child, place = uleb128(trie, end + 1)
            if longer.startswith(prefix) or prefix.startswith(longer):
                pending.append((child, longer))


def _trie_address(trie: bytes, place: int, base: int) -> int | None:
    flags, place = uleb128(trie, place)
    if flags & _FLAG_REEXPORT:
        return None
    address, _ = uleb128(trie, place)
    return base + address
