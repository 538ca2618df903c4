"""Small images of every format, made in sight: each function lays out just what a reader looks at.

The layouts stand here a second time, on purpose: the readers' own tables are not used.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence


def cstring(text: str | bytes) -> bytes:
    """The text with its NUL."""
    return (text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text) + b"\0"


def leb(value: int) -> bytes:
    """An unsigned LEB128 number."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


class Blob:
    """Bytes that grow; `add` gives the place of what was added."""

    def __init__(self, start: int, align: int = 8) -> None:
        self.start, self.align, self.data = start, align, b""

    def add(self, data: bytes) -> int:
        self.data += bytes(-(self.start + len(self.data)) % self.align)
        place = self.start + len(self.data)
        self.data += data
        return place


class Strings:
    """A string table that begins with the empty name."""

    def __init__(self) -> None:
        self.data = b"\0"

    def add(self, text: str) -> int:
        place = len(self.data)
        self.data += cstring(text)
        return place


def elf(
    *,
    bits: int = 64,
    endian: str = "little",
    machine: int = 62,
    flags: int = 0,
    kind: int = 3,
    osabi: int = 0,
    soname: str | None = None,
    needed: Sequence[str] = (),
    rpath: str | None = None,
    runpath: str | None = None,
    interpreter: str | None = None,
    defined: Mapping[str, bytes] | None = None,
    undefined: Sequence[str] = (),
    hash_style: str = "gnu",
    versions: Mapping[str, Sequence[str]] | None = None,
    offers: Sequence[str] = (),
    notes: bytes = b"",
    sections: Mapping[str, tuple[int, bytes]] | None = None,
    tags: Sequence[tuple[int, int]] = (),
    segments: Sequence[tuple[int, bytes]] = (),
) -> bytes:
    """A linked ELF image: one `PT_LOAD` with address equal to offset, so that every place is both."""
    o, w = ("<" if endian == "little" else ">"), ("I" if bits == 32 else "Q")
    header, phdr = (52, 32) if bits == 32 else (64, 56)
    extra = [(4, notes)] * bool(notes) + list(segments)
    count = 2 + (interpreter is not None) + len(extra)
    blob, names, dynamic = Blob(header + count * phdr), Strings(), []
    for tag, value in ((14, soname), (15, rpath), (29, runpath)):
        if value is not None:
            dynamic.append((tag, names.add(value)))
    dynamic += [(1, names.add(name)) for name in needed]
    if versions:
        dynamic += [(0x6FFFFFFE, blob.add(_verneed(o, versions, names))), (0x6FFFFFFF, len(versions))]
    if offers:
        dynamic += [(0x6FFFFFFC, blob.add(_verdef(o, offers, names))), (0x6FFFFFFD, len(offers))]
    symbols = [(name, None) for name in undefined] + [(n, blob.add(d)) for n, d in (defined or {}).items()]
    table = b"".join(
        elf_symbol(o, bits, names.add(name), place or 0, len((defined or {}).get(name, b"")), int(place is not None))
        for name, place in symbols
    )
    dynamic.append((6, blob.add(elf_symbol(o, bits, 0, 0, 0, 0) + table)))
    dynamic += _hashes(o, w, bits, [name for name, _ in symbols], len(undefined) + 1, blob, hash_style)
    dynamic += [*tags, (5, blob.add(names.data)), (10, len(names.data)), (0, 0)]
    place = blob.add(b"".join(struct.pack(o + w * 2, tag, value) for tag, value in dynamic))
    programs = [(2, place, len(dynamic) * struct.calcsize(o + w * 2))]
    if interpreter is not None:
        programs.append((3, blob.add(cstring(interpreter)), len(interpreter) + 1))
    programs += [(number, blob.add(data), len(data)) for number, data in extra]
    shoff, shnum, shstrndx = 0, 0, 0
    if sections:
        shoff, shnum, shstrndx = _sections(o, w, bits, sections, blob)
    programs.insert(0, (1, 0, blob.start + len(blob.data)))
    table = b"".join(_phdr(o, bits, *program) for program in programs)
    rest = struct.pack(o + "HHHHHH", header, phdr, count, 40 if bits == 32 else 64, shnum, shstrndx)
    ident = bytes([0x7F, *b"ELF", bits // 32, 1 if endian == "little" else 2, 1, osabi]) + bytes(8)
    start = struct.pack(o + "HHI" + w * 3 + "I", kind, machine, 1, 0, header, shoff, flags)
    return ident + start + rest + table + blob.data


def elf_symbol(o: str, bits: int, name: int, value: int, size: int, section: int) -> bytes:
    """One entry of a symbol table; a global object."""
    if bits == 32:
        return struct.pack(o + "IIIBBH", name, value, size, 0x11, 0, section)
    return struct.pack(o + "IBBHQQ", name, 0x11, 0, section, value, size)


def elf_object(
    *, bits: int = 64, endian: str = "little", machine: int = 62, flags: int = 0, symbols: Mapping[str, bytes] = {}
) -> bytes:
    """A relocatable ELF file whose one data section holds the `symbols`."""
    o, w = ("<" if endian == "little" else ">"), ("I" if bits == 32 else "Q")
    names, data, table = Strings(), b"", elf_symbol(o, bits, 0, 0, 0, 0)
    for name, content in symbols.items():
        table += elf_symbol(o, bits, names.add(name), len(data), len(content), 1)
        data += content
    header = 52 if bits == 32 else 64
    blob = Blob(header)
    content = {".rodata": (1, data), ".symtab": (2, table), ".strtab": (3, names.data)}
    shoff, shnum, shstrndx = _sections(o, w, bits, content, blob, links={".symtab": 3})
    ident = bytes([0x7F, *b"ELF", bits // 32, 1 if endian == "little" else 2, 1, 0]) + bytes(8)
    start = struct.pack(o + "HHI" + w * 3 + "I", 1, machine, 1, 0, 0, shoff, flags)
    rest = struct.pack(o + "HHHHHH", header, 0, 0, 40 if bits == 32 else 64, shnum, shstrndx)
    return ident + start + rest + blob.data


def _phdr(o: str, bits: int, kind: int, offset: int, size: int) -> bytes:
    if bits == 32:
        return struct.pack(o + "IIIIIIII", kind, offset, offset, offset, size, size, 4, 4)
    return struct.pack(o + "IIQQQQQQ", kind, 4, offset, offset, offset, size, size, 4)


def _sections(
    o: str,
    w: str,
    bits: int,
    sections: Mapping[str, tuple[int, bytes]],
    blob: Blob,
    links: Mapping[str, int] = {},
) -> tuple[int, int, int]:
    """Section headers for these contents, after the null one; gives e_shoff, e_shnum, e_shstrndx."""
    names = Strings()
    rows = [(0, 0, 0, 0, 0)]
    for name, (kind, data) in sections.items():
        rows.append((names.add(name), kind, blob.add(data), len(data), links.get(name, 0)))
    label = names.add(".shstrtab")
    rows.append((label, 3, blob.add(names.data), len(names.data), 0))
    layout = o + ("IIIIIIIIII" if bits == 32 else "IIQQQQIIQQ")
    table = b"".join(struct.pack(layout, n, k, 0, 0, at, size, link, 0, 1, 0) for n, k, at, size, link in rows)
    return blob.add(table), len(rows), len(rows) - 1


def _verneed(o: str, versions: Mapping[str, Sequence[str]], names: Strings) -> bytes:
    out = b""
    for number, (library, wanted) in enumerate(versions.items(), 1):
        size = 16 + 16 * len(wanted)
        out += struct.pack(o + "HHIII", 1, len(wanted), names.add(library), 16, 0 if number == len(versions) else size)
        for index, version in enumerate(wanted, 1):
            out += struct.pack(o + "IHHII", 0, 0, index + 1, names.add(version), 0 if index == len(wanted) else 16)
    return out


def _verdef(o: str, offers: Sequence[str], names: Strings) -> bytes:
    out = b""
    for index, version in enumerate(offers, 1):
        out += struct.pack(o + "HHHHIII", 1, 0, index, 1, 0, 20, 0 if index == len(offers) else 28)
        out += struct.pack(o + "II", names.add(version), 0)
    return out


def _hashes(
    o: str, w: str, bits: int, names: list[str], first: int, blob: Blob, style: str
) -> Iterable[tuple[int, int]]:
    """A hash table with one bucket, in GNU's form or System V's; `first` is the index of the first defined symbol."""
    if style == "none":
        return []
    if style == "sysv":
        chain = [index + 1 if index < len(names) else 0 for index in range(1, len(names) + 1)]
        words = [1, len(names) + 1, 1 if names else 0, 0, *chain]
        return [(4, blob.add(struct.pack(f"{o}{len(words)}I", *words)))]
    values = [_gnu_hash(name) for name in names[first - 1 :]]
    values = [value & ~1 | (position == len(values)) for position, value in enumerate(values, 1)]
    head = struct.pack(o + "IIII", 1, first, 1, 0) + struct.pack(o + w, (1 << bits) - 1)
    table = struct.pack(o + "I", first if values else 0) + struct.pack(f"{o}{len(values)}I", *values)
    return [(0x6FFFFEF5, blob.add(head + table))]


def _gnu_hash(name: str) -> int:
    value = 5381
    for char in name.encode():
        value = value * 33 + char & 0xFFFFFFFF
    return value


def arm_attributes(arch: int, vfp_args: int | None, endian: str = "little") -> bytes:
    """`.ARM.attributes` with a CPU name, Tag_CPU_arch and, if given, Tag_ABI_VFP_args."""
    o = "<" if endian == "little" else ">"
    pairs = bytes([5]) + cstring("cortex") + bytes([6, arch]) + (bytes([28, vfp_args]) if vfp_args is not None else b"")
    body = bytes([1]) + struct.pack(o + "I", 5 + len(pairs)) + pairs
    return b"A" + struct.pack(o + "I", 4 + 6 + len(body)) + cstring("aeabi") + body


def note(name: str, kind: int, desc: bytes, endian: str = "little") -> bytes:
    """One ELF note, padded to four bytes."""
    label = cstring(name)
    o = "<" if endian == "little" else ">"
    pad = lambda data: data + bytes(-len(data) % 4)
    return struct.pack(o + "III", len(label), len(desc), kind) + pad(label) + pad(desc)


def ar(members: Sequence[tuple[str, bytes]], *, index: Mapping[str, int] | None = None, style: str = "gnu") -> bytes:
    """An archive of `members` in style `gnu`, `bsd` or `thin`; `index`: symbol to the number of its member."""
    table = b"" if style == "bsd" else b"".join(name.encode() + b"/\n" for name, _ in members if len(name) > 15)
    chunks, offsets, place, long = [], [], 8, 0
    entries = list((index or {}).items())
    if index is not None:
        names = b"".join(cstring(name) for name, _ in entries)
        size = 4 + 4 * len(entries) + len(names) if style != "bsd" else 8 + 8 * len(entries) + len(names)
        place += 60 + size + size % 2 + (12 if style == "bsd" else 0)
    if table:
        place += 60 + len(table) + len(table) % 2
    for name, data in members:
        offsets.append(place)
        if style == "bsd":
            chunk = ar_member(f"#1/{len(name)}", name.encode() + data)
        elif len(name) > 15:
            chunk = ar_member(f"/{long}", data, stored=style != "thin")
            long += len(name) + 2
        else:
            chunk = ar_member(name + "/", data, stored=style != "thin")
        chunks.append(chunk)
        place += len(chunk)
    out = b"!<thin>\n" if style == "thin" else b"!<arch>\n"
    if index is not None and style == "bsd":
        starts = [sum(len(cstring(n)) for n, _ in entries[:number]) for number in range(len(entries))]
        pairs = b"".join(struct.pack("<II", at, offsets[m]) for at, (_, m) in zip(starts, entries, strict=True))
        data = struct.pack("<I", len(pairs)) + pairs + struct.pack("<I", len(names)) + names
        out += ar_member("#1/12", b"__.SYMDEF\0\0\0" + data)
    elif index is not None:
        words = [len(entries), *(offsets[member] for _, member in entries)]
        out += ar_member("/", struct.pack(f">{len(words)}I", *words) + names)
    if table:
        out += ar_member("//", table)
    return out + b"".join(chunks)


def ar_member(name: str, data: bytes, *, stored: bool = True) -> bytes:
    """One member with its header; `stored` false: of a thin archive, the header alone."""
    header = f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode()
    return header + (data + b"\n" * (len(data) % 2) if stored else b"")


def wasm_section(number: int, content: bytes, name: str | None = None) -> bytes:
    """One section; `name` for a custom one."""
    body = (leb(len(name)) + name.encode() if name is not None else b"") + content
    return bytes([number]) + leb(len(body)) + body


def wasm_name(text: str) -> bytes:
    """A name with its length."""
    return leb(len(text.encode())) + text.encode()


def wasm(*sections: bytes) -> bytes:
    """A module of these sections."""
    return b"\0asm\1\0\0\0" + b"".join(sections)


def wasm_imports(*entries: tuple[str, str, bytes]) -> bytes:
    """The import section: module, name, and the description's bytes."""
    return wasm_section(2, leb(len(entries)) + b"".join(wasm_name(m) + wasm_name(n) + d for m, n, d in entries))


def wasm_exports(*entries: tuple[str, int, int]) -> bytes:
    """The export section: name, kind, index."""
    return wasm_section(7, leb(len(entries)) + b"".join(wasm_name(n) + bytes([k]) + leb(i) for n, k, i in entries))


def dylink(needed: Sequence[str], rpaths: Sequence[str] = ()) -> bytes:
    """The section `dylink.0` of a side module."""
    parts = bytes([1]) + leb(4) + bytes(4)
    for kind, names in ((2, needed), (5, rpaths)):
        body = leb(len(names)) + b"".join(map(wasm_name, names))
        parts += bytes([kind]) + leb(len(body)) + body
    return wasm_section(0, parts, "dylink.0")
