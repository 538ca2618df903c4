"""The skeleton of an ELF file: header, segments, sections, dynamic segment. What they mean is for elf.py.

A linked image is read through its program headers and dynamic segment, as a loader does, so that one with stripped
section headers reads the same; section headers serve relocatable objects and what only they hold.
Source: System V gABI, chapters "ELF Header", "Sections", "Program Loading", https://gabi.xinuos.com
"""

from __future__ import annotations

from functools import cached_property

from crossplan.readers.elf_tables import (
    DT_NULL,
    DT_STRSZ,
    DT_STRTAB,
    ELFCLASS,
    ELFDATA,
    ELFMAG,
    LAYOUTS,
    PT_DYNAMIC,
    PT_LOAD,
    SHT_NOBITS,
)
from crossplan.readers.source import ReadError
from crossplan.readers.window import Window
from crossplan.record import record

SEGMENTS_MAX = 256  # core files excepted, images have about ten; each look-up of an address goes through them
SECTIONS_MAX = 40_000  # an object with a section a function has some thousands
DYNAMIC_MAX = 4096  # entries; an image with 1,000 NEEDED is unheard of
_SHN_XINDEX = 0xFFFF
_PN_XNUM = 0xFFFF


@record(slots=True)
class Segment:
    """One program header: `p_type`, `p_flags`, where it lies in the file and in memory."""

    type: int
    flags: int
    offset: int
    vaddr: int
    filesz: int
    align: int


@record(slots=True)
class Section:
    """One section header; `name` is an offset into the section-name table."""

    name: int
    type: int
    flags: int
    addr: int
    offset: int
    size: int
    link: int
    info: int


class ElfFile:
    """The parsed skeleton of one ELF file; every property may raise `ReadError`."""

    def __init__(self, window: Window) -> None:
        self.window = window
        ident = window.read(0, 16)
        if ident[:4] != ELFMAG:
            raise ReadError("not an ELF file: its magic number is missing", "offset 0x0")
        if ident[4] not in ELFCLASS:
            raise ReadError(f"unknown ELF class {ident[4]}", "offset 0x4 (EI_CLASS)")
        if ident[5] not in ELFDATA:
            raise ReadError(f"unknown byte order {ident[5]}", "offset 0x5 (EI_DATA)")
        self.bits = ELFCLASS[ident[4]]
        self.endian = ELFDATA[ident[5]]
        self.osabi = ident[7]
        self.layout = LAYOUTS[self.bits, self.endian]
        header = window.unpack(self.layout.ehdr, 16)
        self.type, self.machine = header[0], header[1]
        self.flags = header[6]
        self._phoff, self._phentsize, self._phnum = header[4], header[8], header[9]
        self._shoff, self._shentsize, self._shnum, self._shstrndx = header[5], header[10], header[11], header[12]

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """The program headers."""
        layout = self.layout.phdr
        count = self._phnum
        if not self._phoff or not count:
            return ()
        if self._phentsize != layout.size:
            raise ReadError(
                f"program headers of {self._phentsize} bytes, not {layout.size}", "ELF header (e_phentsize)"
            )
        if count == _PN_XNUM or count > SEGMENTS_MAX:
            raise ReadError(f"{count} program headers: no image has so many", "ELF header (e_phnum)")
        table = self.window.read(self._phoff, count * layout.size)
        if self.bits == 32:
            return tuple(Segment(t, f, o, v, s, a) for t, o, v, _, s, _, f, a in layout.iter_unpack(table))
        return tuple(Segment(t, f, o, v, s, a) for t, f, o, v, _, s, _, a in layout.iter_unpack(table))

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The section headers; none where they are stripped."""
        layout = self.layout.shdr
        count = self._shnum
        if not self._shoff:
            return ()
        if self._shentsize != layout.size:
            raise ReadError(
                f"section headers of {self._shentsize} bytes, not {layout.size}", "ELF header (e_shentsize)"
            )
        if count == 0:  # gABI: then the first header's sh_size holds the number
            count = self.window.unpack(layout, self._shoff)[5]
        if count > SECTIONS_MAX:
            raise ReadError(f"{count} section headers: no image has so many", "ELF header (e_shnum)")
        table = self.window.read(self._shoff, count * layout.size)
        return tuple(Section(*fields[:8]) for fields in layout.iter_unpack(table))

    def section_of_type(self, number: int) -> Section | None:
        """The first section of that `sh_type`."""
        return next((section for section in self.sections if section.type == number), None)

    def section_named(self, name: str) -> Section | None:
        """The first section of that name."""
        names = self._section_names
        wanted = name.encode() + b"\0"
        return next((s for s in self.sections if names[s.name : s.name + len(wanted)] == wanted), None)

    @cached_property
    def _section_names(self) -> bytes:
        index = self._shstrndx
        if index == _SHN_XINDEX and self.sections:  # gABI: then the first header's sh_link holds it
            index = self.sections[0].link
        if not 0 < index < len(self.sections):
            return b""
        return self.section_bytes(self.sections[index], ".shstrtab")

    def section_bytes(self, section: Section, name: str, limit: int = 1 << 20) -> bytes:
        """The content of a section, which may have no more than `limit` bytes."""
        if section.type == SHT_NOBITS:
            return b""
        if section.size > limit:
            raise ReadError(f"{section.size} bytes: over the limit of {limit}", f"section {name}")
        return self.window.read(section.offset, section.size)

    def offset_of(self, address: int, what: str) -> int:
        """The place in the file of an address, through the `PT_LOAD` segments."""
        segment = self._segment_at(address, what)
        return segment.offset + address - segment.vaddr

    def bytes_at(self, address: int, length: int, what: str) -> bytes:
        """`length` bytes from an address, which one segment must hold."""
        segment = self._segment_at(address, what)
        if address + length > segment.vaddr + segment.filesz:
            raise ReadError(f"{what} reaches beyond its segment", f"address {address:#x}")
        return self.window.read(segment.offset + address - segment.vaddr, length)

    def available_at(self, address: int, what: str) -> int:
        """How many bytes of the file lie from this address to the end of its segment."""
        segment = self._segment_at(address, what)
        return segment.vaddr + segment.filesz - address

    def _segment_at(self, address: int, what: str) -> Segment:
        for segment in self.segments:
            if segment.type == PT_LOAD and segment.vaddr <= address < segment.vaddr + segment.filesz:
                return segment
        raise ReadError(f"{what} lies in no segment", f"address {address:#x}")

    @cached_property
    def dynamic(self) -> tuple[tuple[int, int], ...]:
        """The entries (`d_tag`, value) of the dynamic segment, without the `DT_NULL` that ends it."""
        segment = next((s for s in self.segments if s.type == PT_DYNAMIC and s.filesz), None)
        if segment is None:
            return ()
        layout = self.layout.dyn
        count = min(segment.filesz // layout.size, DYNAMIC_MAX)
        entries = []
        for tag, value in layout.iter_unpack(self.window.read(segment.offset, count * layout.size)):
            if tag == DT_NULL:
                break
            entries.append((tag, value))
        return tuple(entries)

    @cached_property
    def _tags(self) -> dict[int, int]:
        return dict(reversed(self.dynamic))  # the first of a kind counts

    def tag(self, number: int) -> int | None:
        """The value of the first dynamic entry of that tag."""
        return self._tags.get(number)

    @cached_property
    def dynamic_string_table(self) -> tuple[int, int]:
        """Where the dynamic string table begins and ends in the file."""
        address = self.tag(DT_STRTAB)
        if address is None:
            raise ReadError("the dynamic segment names no string table", "dynamic segment (DT_STRTAB)")
        start = self.offset_of(address, "the string table")
        size = min(self.tag(DT_STRSZ) or 0, self.available_at(address, "the string table"))
        return start, start + size

    def dynamic_string(self, offset: int) -> str:
        """The name at an offset of the dynamic string table."""
        start, end = self.dynamic_string_table
        if start + offset >= end:
            raise ReadError(f"a name at {offset:#x} lies beyond the string table", "dynamic segment (DT_STRSZ)")
        return self.window.string(start + offset, end)

    def dynamic_strings(self, number: int) -> tuple[str, ...]:
        """The names that the dynamic entries of that tag give, in order."""
        return tuple(self.dynamic_string(value) for tag, value in self.dynamic if tag == number)
