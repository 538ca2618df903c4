"""Symbols and symbol versions of ELF: of a linked image as a loader finds them, by hash; of an object by its table.

Sources: gABI "Hash Table"; GNU hash, https://sourceware.org/legacy-ml/binutils/2006-06/msg00418.html ;
`.MIPS.xhash`, binutils' bfd/elfxx-mips.c and glibc's sysdeps/mips/dl-machine.h;
symbol versions, https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/symversion.html
"""

from __future__ import annotations

from collections.abc import Iterator

from crossplan.readers.elf_file import ElfFile
from crossplan.readers.elf_tables import (
    DT_GNU_HASH,
    DT_HASH,
    DT_MIPS_SYMTABNO,
    DT_MIPS_XHASH,
    DT_SYMTAB,
    DT_VERDEF,
    DT_VERDEFNUM,
    DT_VERNEED,
    DT_VERNEEDNUM,
    EM_ALPHA,
    EM_MIPS,
    EM_S390,
    SHT_SYMTAB,
)
from crossplan.readers.source import ReadError
from crossplan.readers.window import STRING_LIMIT, text
from crossplan.record import record

_CHAIN_MAX = 2048  # symbols of one hash bucket; linkers make buckets of two or three
_VERSIONS_MAX = 4096
_BUCKETS_MAX = 1 << 20
_CHAIN_STEP = 8
_WIDE_HASH = (EM_S390, EM_ALPHA)  # their supplements have 64-bit entries in `.hash` of 64-bit images
DYNAMIC_SYMBOLS_MAX = 200_000
OBJECT_TABLES_MAX = 4 << 20


@record
class Symbol:
    """A defined dynamic symbol: `st_value` and `st_size`."""

    value: int
    size: int


def find_symbol(elf: ElfFile, name: str) -> Symbol | None:
    """The defined dynamic symbol of that name. None where there is none, or no hash table to look it up in."""
    for tag, lookup in ((DT_GNU_HASH, _by_gnu_hash), (DT_MIPS_XHASH, _by_gnu_hash), (DT_HASH, _by_hash)):
        address = elf.tag(tag)
        if address is not None:
            return lookup(elf, address, name.encode(), tag)
    return None


def gnu_hash(name: bytes) -> int:
    """The hash of `.gnu.hash`."""
    value = 5381
    for char in name:
        value = (value * 33 + char) & 0xFFFFFFFF
    return value


def sysv_hash(name: bytes) -> int:
    """The hash of `.hash`."""
    value = 0
    for char in name:
        value = (value << 4) + char
        value = (value ^ (value >> 24 & 0xF0)) & 0x0FFFFFFF
    return value


def _words(elf: ElfFile, address: int, count: int, what: str) -> tuple[int, ...]:
    layout = elf.layout.u32
    return tuple(word for (word,) in layout.iter_unpack(elf.bytes_at(address, 4 * count, what)))


def _by_gnu_hash(elf: ElfFile, address: int, name: bytes, tag: int) -> Symbol | None:
    buckets, first, bloom_words, shift = _words(elf, address, 4, "the GNU hash table")
    if not buckets or not bloom_words or buckets > _BUCKETS_MAX:
        return None
    wanted = gnu_hash(name)
    word = elf.layout.word
    bloom = address + 16
    place = bloom + wanted // elf.bits % bloom_words * word.size
    (mask,) = word.unpack(elf.bytes_at(place, word.size, "the GNU hash table"))
    bits = 1 << wanted % elf.bits | 1 << (wanted >> (shift & 31)) % elf.bits
    if mask & bits != bits:
        return None
    table = bloom + bloom_words * word.size
    (index,) = _words(elf, table + 4 * (wanted % buckets), 1, "the GNU hash table")
    chains = table + 4 * buckets
    if index < first:
        return None
    for position, value in _chain(elf, chains, index - first):
        if value | 1 == wanted | 1:
            number = first + position if tag == DT_GNU_HASH else _xlat(elf, table, buckets, first, position)
            found = _symbol(elf, number, name)
            if found:
                return found
    return None


def _chain(elf: ElfFile, chains: int, start: int) -> Iterator[tuple[int, int]]:
    """The hash values (position, value) of one bucket; the last has its lowest bit set."""
    for position in range(start, start + _CHAIN_MAX, _CHAIN_STEP):
        place = chains + 4 * position
        count = min(_CHAIN_STEP, elf.available_at(place, "a hash chain") // 4)
        for step, value in enumerate(_words(elf, place, count, "a hash chain")):
            yield position + step, value
            if value & 1:
                return
        if count < _CHAIN_STEP:
            break
    raise ReadError("a hash chain does not end", f"address {chains + 4 * start:#x}")


def _xlat(elf: ElfFile, table: int, buckets: int, first: int, position: int) -> int:
    """The symbol's number by `.MIPS.xhash`: there a table that follows the chains maps their order to that of symbols.

    The chains end where the chain of the highest bucket ends.
    """
    highest = max(_words(elf, table, buckets, ".MIPS.xhash"))
    chains = table + 4 * buckets
    last = max(position for position, _ in _chain(elf, chains, highest - first))
    return _words(elf, chains + 4 * (last + 1) + 4 * position, 1, ".MIPS.xhash")[0]


def _by_hash(elf: ElfFile, address: int, name: bytes, tag: int) -> Symbol | None:
    wide = elf.bits == 64 and elf.machine in _WIDE_HASH
    entry = elf.layout.u64 if wide else elf.layout.u32

    def at(position: int) -> int:
        (value,) = entry.unpack(elf.bytes_at(address + entry.size * position, entry.size, "the hash table"))
        return int(value)

    buckets = at(0)
    if not buckets:
        return None
    index = at(2 + sysv_hash(name) % buckets)
    for _ in range(_CHAIN_MAX):
        if not index:
            return None
        found = _symbol(elf, index, name)
        if found:
            return found
        index = at(2 + buckets + index)
    raise ReadError("a hash chain does not end", f"address {address:#x}")


def _symbol(elf: ElfFile, index: int, name: bytes) -> Symbol | None:
    """The symbol at an index of the dynamic table, if it is defined and has that name."""
    table = elf.tag(DT_SYMTAB)
    if table is None:
        raise ReadError("the dynamic segment names no symbol table", "dynamic segment (DT_SYMTAB)")
    layout = elf.layout.sym
    fields = layout.unpack(elf.bytes_at(table + index * layout.size, layout.size, "the symbol table"))
    if elf.bits == 32:
        st_name, value, size, _, _, section = fields
    else:
        st_name, _, _, section, value, size = fields
    if section == 0 or elf.dynamic_string(st_name).encode("utf-8", "surrogateescape") != name:
        return None
    return Symbol(value, size)


def dynamic_symbols(elf: ElfFile) -> Iterator[tuple[str, bool]]:
    """All dynamic symbols: the name, and whether the image defines it. `ReadError` beyond `DYNAMIC_SYMBOLS_MAX`."""
    table, layout = elf.tag(DT_SYMTAB), elf.layout.sym
    count = _number_of_symbols(elf)
    if table is None or not count:
        return
    if count > DYNAMIC_SYMBOLS_MAX:
        raise ReadError(f"{count} dynamic symbols, over the limit of {DYNAMIC_SYMBOLS_MAX}", "dynamic segment")
    start, end = elf.dynamic_string_table
    strings = elf.window.read(start, end - start)
    entries = elf.bytes_at(table, count * layout.size, "the symbol table")
    for fields in layout.iter_unpack(entries):
        st_name, section = (fields[0], fields[5]) if elf.bits == 32 else (fields[0], fields[3])
        name = strings[st_name : st_name + STRING_LIMIT].partition(b"\0")[0]
        if name:
            yield text(name), section != 0


def _number_of_symbols(elf: ElfFile) -> int:
    """No tag says how many dynamic symbols there are: the hash tables do."""
    mips, sysv, gnu = elf.tag(DT_MIPS_SYMTABNO), elf.tag(DT_HASH), elf.tag(DT_GNU_HASH)
    if elf.machine == EM_MIPS and mips is not None:
        return mips
    if sysv is not None:
        wide = elf.bits == 64 and elf.machine in _WIDE_HASH
        entry = elf.layout.u64 if wide else elf.layout.u32
        return int(entry.unpack(elf.bytes_at(sysv + entry.size, entry.size, "the hash table"))[0])
    if gnu is None:
        return 0
    buckets, first, bloom_words, _ = _words(elf, gnu, 4, "the GNU hash table")
    table = gnu + 16 + bloom_words * elf.layout.word.size
    highest = max(_words(elf, table, min(buckets, _BUCKETS_MAX), "the GNU hash table"), default=0)
    if highest < first:  # nothing is defined
        return first
    return first + 1 + max(position for position, _ in _chain(elf, table + 4 * buckets, highest - first))


def offset_in_object(elf: ElfFile, name: str) -> int | None:
    """The place in a relocatable file of what a defined symbol stands for; there, `st_value` counts from its section.

    Nothing is found in tables far larger than those of one source file.
    """
    table = elf.section_of_type(SHT_SYMTAB)
    names = elf.sections[table.link] if table and table.link < len(elf.sections) else None
    if table is None or names is None or table.size + names.size > OBJECT_TABLES_MAX:
        return None
    wanted = name.encode() + b"\0"
    strings, entries = (elf.window.read(part.offset, part.size) for part in (names, table))
    layout = elf.layout.sym
    for fields in layout.iter_unpack(entries[: len(entries) // layout.size * layout.size]):
        st_name, value, section = (fields[i] for i in ((0, 1, 5) if elf.bits == 32 else (0, 4, 3)))
        if 0 < section < len(elf.sections) and strings[st_name : st_name + len(wanted)] == wanted:
            return int(elf.sections[section].offset + value)
    return None


def needed_versions(elf: ElfFile) -> tuple[tuple[str, str], ...]:
    """The symbol versions that the image needs, each as (library, version): `("libc.so.6", "GLIBC_2.34")`."""
    place, count = elf.tag(DT_VERNEED), elf.tag(DT_VERNEEDNUM)
    found: list[tuple[str, str]] = []
    if place is None or not count:
        return ()
    need, aux = elf.layout.verneed, elf.layout.vernaux
    for _ in range(min(count, _VERSIONS_MAX)):
        _, entries, library, first, step = need.unpack(elf.bytes_at(place, need.size, "the version table"))
        entry = place + first
        library_name = elf.dynamic_string(library)
        for _ in range(entries):
            _, _, _, version, onward = aux.unpack(elf.bytes_at(entry, aux.size, "the version table"))
            found.append((library_name, elf.dynamic_string(version)))
            if len(found) > _VERSIONS_MAX:
                raise ReadError("more symbol versions than any image needs", "dynamic segment (DT_VERNEED)")
            if not onward:
                break
            entry += onward
        if not step:
            break
        place += step
    return tuple(found)


def defined_versions(elf: ElfFile) -> tuple[str, ...]:
    """The symbol versions that the image defines; of a C library, what it offers."""
    place, count = elf.tag(DT_VERDEF), elf.tag(DT_VERDEFNUM)
    found: list[str] = []
    if place is None or not count:
        return ()
    layout, word = elf.layout.verdef, elf.layout.u32
    for _ in range(min(count, _VERSIONS_MAX)):
        *_, first, step = layout.unpack(elf.bytes_at(place, layout.size, "the version table"))
        (name,) = word.unpack(elf.bytes_at(place + first, 4, "the version table"))  # vda_name of its first verdaux
        found.append(elf.dynamic_string(name))
        if not step:
            break
        place += step
    return tuple(found)
