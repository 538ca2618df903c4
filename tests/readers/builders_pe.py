"""Small PE images, COFF objects and import libraries, made in sight; see builders.py."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from tests.readers.builders import Blob, ar, cstring

RVA = 0x1000  # where the one section lies in memory; in the file it begins at RAW
RAW = 0x400


def pe(
    *,
    machine: int = 0x8664,
    bits: int = 64,
    characteristics: int = 0x2022,
    name: str | None = None,
    exports: Mapping[str, bytes | str] = {},
    imports: Mapping[str, Sequence[str | int]] = {},
    resource: bytes | None = None,
    hybrid: bool = False,
    subsystem: tuple[int, int, int] = (3, 6, 0),
) -> bytes:
    """An image with one section. An export that is text is a forwarder; an import that is a number is by ordinal."""
    blob = Blob(RVA)
    directories = [(0, 0)] * 16
    if imports:
        directories[1] = _imports(blob, bits, imports)
    if resource is not None:
        directories[2] = _resource(blob, resource)
    if hybrid:
        load_config = struct.pack("<I", 208) + bytes(196) + struct.pack("<Q", 1)
        directories[10] = (blob.add(load_config), len(load_config))
    if name is not None or exports:
        directories[0] = _exports(blob, name, exports)
    kind, major, minor = subsystem
    optional = struct.pack("<H", 0x10B if bits == 32 else 0x20B) + bytes(46)
    optional += struct.pack("<HHIIIIHH", major, minor, 0, 0x2000, RAW, 0, kind, 0)
    optional += bytes((92 if bits == 32 else 108) - len(optional)) + struct.pack("<I", 16)
    optional += b"".join(struct.pack("<II", *entry) for entry in directories)
    coff = struct.pack("<HHIIIHH", machine, 1, 0, 0, 0, len(optional), characteristics)
    section = struct.pack("<8sIIIIIIHHI", b".rdata", len(blob.data), RVA, len(blob.data), RAW, 0, 0, 0, 0, 0x40000040)
    head = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + coff + optional + section
    return head + bytes(RAW - len(head)) + blob.data


def _imports(blob: Blob, bits: int, imports: Mapping[str, Sequence[str | int]]) -> tuple[int, int]:
    rows = b""
    for dll, symbols in imports.items():
        entries = [
            symbol | 1 << (bits - 1) if isinstance(symbol, int) else blob.add(b"\0\0" + cstring(symbol))
            for symbol in symbols
        ]
        table = struct.pack(f"<{len(entries) + 1}{'I' if bits == 32 else 'Q'}", *entries, 0)
        rows += struct.pack("<IIIII", blob.add(table), 0, 0, blob.add(cstring(dll)), 0)
    return blob.add(rows + bytes(20)), len(rows) + 20


def _exports(blob: Blob, name: str | None, exports: Mapping[str, bytes | str]) -> tuple[int, int]:
    """The whole table in one piece, so that a forwarder's text lies inside the directory."""
    ordered = sorted(exports)
    data = {symbol: content for symbol, content in exports.items() if isinstance(content, bytes)}
    places = {symbol: blob.add(content) for symbol, content in data.items()}
    start = blob.add(b"")
    size = 40 + 10 * len(ordered)
    texts, at = b"", start + size
    for symbol, content in exports.items():
        if isinstance(content, str):
            places[symbol] = at + len(texts)
            texts += cstring(content)
    labels = []
    for symbol in ordered:
        labels.append(at + len(texts))
        texts += cstring(symbol)
    own = at + len(texts) if name is not None else 0
    texts += cstring(name or "")
    count = len(ordered)
    table = struct.pack("<12xIIIIIII", own, 1, count, count, start + 40, start + 40 + 4 * count, start + 40 + 8 * count)
    table += struct.pack(f"<{count}I", *(places[symbol] for symbol in ordered))
    table += struct.pack(f"<{count}I{count}H", *labels, *range(count))
    return blob.add(table + texts), len(table) + len(texts)


def _resource(blob: Blob, content: bytes) -> tuple[int, int]:
    """A tree of three levels with one version resource."""
    place = blob.add(content)
    level = lambda entry, offset: struct.pack("<12xHHII", 0, 1, entry, offset)
    tree = (
        level(16, 0x80000018)
        + level(1, 0x80000030)
        + level(1033, 0x48)
        + struct.pack("<IIII", place, len(content), 0, 0)
    )
    return blob.add(tree), len(tree)


def version_resource(numbers: tuple[int, int, int, int], product: str = "Python") -> bytes:
    """`VS_FIXEDFILEINFO` with these numbers, and a string `ProductName`."""
    a, b, c, d = numbers
    fixed = struct.pack("<IIHHHH", 0xFEEF04BD, 0x10000, b, a, d, c) + bytes(36)
    key = "ProductName\0".encode("utf-16-le")
    string = struct.pack("<HHH", 0, len(product) + 1, 1) + key
    place = 40 + len(fixed) + len(string)
    return bytes(40) + fixed + string + bytes(-place % 4) + (product + "\0").encode("utf-16-le")


def coff(
    sections: Mapping[str, bytes] = {".text": b"\x90"},
    *,
    machine: int = 0x8664,
    symbols: Mapping[str, tuple[int, int]] = {},
    big: bool = False,
) -> bytes:
    """An object; `symbols`: name to number of the section (from 1) and value. `big`: the form for many sections."""
    head = 56 if big else 20
    blob = Blob(head + 40 * len(sections), align=4)
    rows = b""
    for name, data in sections.items():
        rows += struct.pack("<8sIIIIIIHHI", name.encode(), 0, 0, len(data), blob.add(data), 0, 0, 0, 0, 0)
    strings, table = b"", b""
    for name, (number, value) in symbols.items():
        label = name.encode() if len(name) <= 8 else struct.pack("<II", 0, 4 + len(strings))
        strings += b"" if len(name) <= 8 else cstring(name)
        table += struct.pack("<8sIiHBB" if big else "<8sIhHBB", label, value, number, 0, 2, 0)
    at = blob.add(table + struct.pack("<I", 4 + len(strings)) + strings) if symbols else 0
    if big:
        identity = bytes.fromhex("c7a1bad1eebaa94baf20faf66aa4dcb8")
        header = struct.pack("<HHHHI16s16xIII", 0, 0xFFFF, 2, machine, 0, identity, len(sections), at, len(symbols))
    else:
        header = struct.pack("<HHIIIHH", machine, len(sections), 0, at, len(symbols), 0, 0)
    return header + rows + blob.data


def short_import(symbol: str, dll: str, machine: int = 0x8664) -> bytes:
    """One member of an import library in the short form."""
    names = cstring(symbol) + cstring(dll)
    return struct.pack("<HHHHIIHH", 0, 0xFFFF, 0, machine, 0, len(names), 0, 4) + names


def import_library(dll: str, symbols: Sequence[str], machine: int = 0x8664) -> bytes:
    """An import library as link.exe and llvm-dlltool make it: three objects, then a short import for each symbol."""
    mark = "_" if machine == 0x14C else ""
    objects = [{".idata$2": bytes(20), ".idata$6": cstring(dll)}, {".idata$3": bytes(20)}, {".idata$5": bytes(8)}]
    members = [(dll, coff(sections, machine=machine)) for sections in objects]
    members += [(dll, short_import(mark + symbol, dll, machine)) for symbol in symbols]
    index = {f"{kind}{mark}{s}": 3 + n for n, s in enumerate(symbols) for kind in ("", "__imp_")}
    return ar(members, index=index)


def long_import_library(dll: str, symbols: Sequence[str], machine: int = 0x8664) -> bytes:
    """An import library as binutils' dlltool makes it: a head, a member for each symbol, a tail with the DLL's name."""
    base = dll.replace(".", "_")
    members = [(f"{base}h.o", coff({".idata$2": bytes(20), ".idata$5": b"", ".idata$4": b""}, machine=machine))]
    for number, symbol in enumerate(symbols):
        sections = {
            ".text": b"\xff\x25" + bytes(6),
            ".idata$7": bytes(4),
            ".idata$5": bytes(8),
            ".idata$6": b"\0\0" + cstring(symbol),
        }
        members.append((f"{base}s{number:05}.o", coff(sections, machine=machine)))
    members.append((f"{base}t.o", coff({".idata$4": bytes(8), ".idata$7": cstring(dll)}, machine=machine)))
    index = {f"_head_{base}": 0, f"__{base}_iname": len(members) - 1}
    return ar(members, index=index | {symbol: number for number, symbol in enumerate(symbols, 1)})
