"""Small Mach-O files, thin and fat, made in sight; see builders.py."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence

from tests.readers.builders import Strings, leb

BASE = 0x10000  # the address of __TEXT in a linked image
MACOS, IOS, IOS_SIMULATOR, CATALYST = 1, 2, 7, 6


def macho(
    *,
    bits: int = 64,
    endian: str = "little",
    cputype: int = 0x0100000C,
    subtype: int = 0,
    filetype: int = 6,
    install_name: str | None = None,
    current: int = 0,
    needed: Sequence[tuple[int, str]] = (),
    rpaths: Sequence[str] = (),
    loader: str | None = None,
    build: tuple[int, int] | None = None,
    version_min: tuple[int, int] | None = None,
    defined: Mapping[str, bytes] = {},
    undefined: Sequence[str] = (),
    exports: str = "trie",
    constants: bytes = b"",
    commands: Iterable[bytes] = (),
) -> bytes:
    """A file whose one segment maps all of it at `BASE` (an object: at 0), with `__const` and `__cstring` in it.

    `exports` says what tells of the defined symbols: the `trie` of its own, of `dyld-info`, or the `symtab` alone.
    """
    o = "<" if endian == "little" else ">"
    base = 0 if filetype == 1 else BASE
    values = b"".join(defined.values())
    list_of = []
    if install_name is not None:
        list_of.append(_dylib(o, 0xD, install_name, current))
    list_of += [_dylib(o, number, name, 0) for number, name in needed]
    list_of += [_text(o, 0x8000001C, path) for path in rpaths]
    if loader is not None:
        list_of.append(_text(o, 0xE, loader))
    if build is not None:
        list_of.append(struct.pack(o + "IIIIII", 0x32, 24, *build, build[1], 0))
    if version_min is not None:
        list_of.append(struct.pack(o + "IIII", version_min[0], 16, version_min[1], 0))
    list_of += commands
    segment_size = (56 + 2 * 68) if bits == 32 else (72 + 2 * 80)
    fixed = {"trie": 16, "dyld-info": 48, "symtab": 0}[exports] + 24 + 80
    header = 28 if bits == 32 else 32
    content = header + segment_size + fixed + sum(map(len, list_of))
    places, at = {}, content
    for name, data in defined.items():
        places[name] = base + at
        at += len(data)
    names, entries = Strings(), b""
    for name in defined:
        entries += struct.pack(
            o + "IBBH" + ("I" if bits == 32 else "Q"), names.add("_" + name), 0xF, 1, 0, places[name]
        )
    for name in undefined:
        entries += struct.pack(o + "IBBH" + ("I" if bits == 32 else "Q"), names.add("_" + name), 0x1, 0, 0, 0)
    trie = export_trie({"_" + name: place - base for name, place in places.items()})
    strings_at, table_at = at + len(constants), at + len(constants) + len(names.data)
    trie_at = table_at + len(entries)
    total = trie_at + len(trie)
    if exports == "trie":
        list_of.append(struct.pack(o + "IIII", 0x80000033, 16, trie_at, len(trie)))
    elif exports == "dyld-info":
        list_of.append(struct.pack(o + "II32xII", 0x80000022, 48, trie_at, len(trie)))
    count = len(defined) + len(undefined)
    list_of.append(struct.pack(o + "IIIIII", 0x2, 24, table_at, count, strings_at, len(names.data)))
    list_of.append(struct.pack(o + "IIIIIIII48x", 0xB, 80, 0, 0, 0, len(defined), len(defined), len(undefined)))
    sections = [("__const", content, len(values)), ("__cstring", at, len(constants))]
    list_of.insert(0, _segment(o, bits, base, total, sections))
    body = b"".join(list_of)
    magic = struct.pack(o + "I", 0xFEEDFACE if bits == 32 else 0xFEEDFACF)
    head = magic + struct.pack(o + "IIIIII", cputype, subtype, filetype, len(list_of), len(body), 0x85)
    return head + bytes(header - 28) + body + values + constants + names.data + entries + trie


def _segment(o: str, bits: int, base: int, size: int, sections: Sequence[tuple[str, int, int]]) -> bytes:
    w = "I" if bits == 32 else "Q"
    rows = b""
    for name, offset, length in sections:
        row = struct.pack(o + "16s16s" + w * 2 + "I", name.encode(), b"__TEXT", base + offset, length, offset)
        rows += row + bytes((68 if bits == 32 else 80) - len(row))
    head = struct.pack(o + "16s" + w * 4 + "IIII", b"__TEXT", base, size, 0, size, 5, 5, len(sections), 0)
    return struct.pack(o + "II", 1 if bits == 32 else 0x19, 8 + len(head) + len(rows)) + head + rows


def _dylib(o: str, number: int, name: str, current: int) -> bytes:
    text = name.encode() + bytes(4 - len(name.encode()) % 4)
    return struct.pack(o + "IIIIII", number, 24 + len(text), 24, 0, current, 0) + text


def _text(o: str, number: int, name: str) -> bytes:
    text = name.encode() + bytes(4 - len(name.encode()) % 4)
    return struct.pack(o + "III", number, 12 + len(text), 12) + text


def export_trie(exports: Mapping[str, int]) -> bytes:
    """A trie of two levels: the first letter, then the rest of each name."""
    heads = sorted({name[0] for name in exports})
    if not heads:
        return b""
    groups = [[(name[1:], place) for name, place in exports.items() if name[0] == head] for head in heads]
    offsets: dict[object, int] = {}
    while True:  # offsets are of variable length, so until they stand still
        out = b"\0" + bytes([len(heads)])
        out += b"".join(head.encode() + b"\0" + leb(offsets.get(head, 0)) for head in heads)
        found: dict[object, int] = {}
        for head, group in zip(heads, groups, strict=True):
            found[head] = len(out)
            out += b"\0" + bytes([len(group)])
            out += b"".join(rest.encode() + b"\0" + leb(offsets.get((head, rest), 0)) for rest, _ in group)
        for head, group in zip(heads, groups, strict=True):
            for rest, place in group:
                found[head, rest] = len(out)
                terminal = b"\0" + leb(place)
                out += leb(len(terminal)) + terminal + b"\0"
        if found == offsets:
            return out
        offsets = found


def fat(*slices: tuple[int, bytes], wide: bool = False) -> bytes:
    """A fat file of (cputype, content)."""
    layout = ">IIQQII" if wide else ">IIIII"
    place, rows, body = 8 + struct.calcsize(layout) * len(slices), b"", b""
    for cputype, data in slices:
        fields = (cputype, 0, place + len(body), len(data), 0, 0)
        rows += struct.pack(layout, *fields[: 6 if wide else 5])
        body += data
    return struct.pack(">II", 0xCAFEBABF if wide else 0xCAFEBABE, len(slices)) + rows + body
