"""Packages that hold their files in archives of their own: .deb, .ipk, .conda."""

from __future__ import annotations

import re
from collections.abc import Iterator
from struct import Struct

from crossplan.readers.source import ByteSource, ReadError
from crossplan.sysroot.index import Index
from crossplan.sysroot.scratch import Part

AR_MAGIC = b"!<arch>\n"
_AR_HEADER = Struct("16s 12s 6s 6s 8s 10s 2s")  # deb(5): name, date, owner, group, mode, size, end mark
_AR_MEMBERS = 16  # a package has three; tools may add some whose names begin with an underscore

_CONDA = re.compile(r"(?:info|pkg)-.+\.tar\.(?:zst|bz2)")
_DEBIAN = re.compile(r"(?:control|data)\.tar(?:\.\w+)?")

Parcel = tuple[str, ByteSource, str]
"""An archive inside a package: its name there, its bytes, the folder that its files belong to (as `dpkg-deb -R` has it)."""


def of_debian(source: ByteSource) -> list[Parcel]:
    """The parcels of a .deb (deb(5)); nothing where it is none."""
    if source.read(0, min(8, source.size)) != AR_MAGIC:
        return []
    members = list(_ar_members(source))
    if not members or members[0][0] != "debian-binary":
        return []
    return [(name, part, _folder(name)) for name, part in members if _DEBIAN.fullmatch(name)]


def _ar_members(source: ByteSource) -> Iterator[tuple[str, Part]]:
    at = len(AR_MAGIC)
    for _ in range(_AR_MEMBERS):
        if at + _AR_HEADER.size > source.size:
            return
        name, _, _, _, _, size, end = _AR_HEADER.unpack(source.read(at, _AR_HEADER.size))
        if end != b"`\n" or not size.strip().isdigit():
            raise ReadError("a member header of the package is damaged", f"offset {at:#x}")
        at += _AR_HEADER.size
        length = int(size)
        # A package that was cut off while it was copied: its last member as far as it goes, so that the fault is said there.
        yield name.decode("ascii", "replace").rstrip().rstrip("/"), Part(source, at, min(length, source.size - at))
        at += length + length % 2


def inside(index: Index) -> list[Parcel]:
    """The parcels of a .conda (a zip) or an .ipk (a tar), by what lies at its top; nothing where it is neither."""
    top = index.folders[""]
    if "metadata.json" in top:
        pattern = _CONDA
    elif "debian-binary" in top:
        pattern = _DEBIAN
    else:
        return []
    found = [(name, top[name]) for name in sorted(top) if pattern.fullmatch(name) and top[name].kind == "file"]
    return [(name, member.store.open(member), _folder(name)) for name, member in found]


def _folder(name: str) -> str:
    return "DEBIAN" if name.startswith("control.") else ""
