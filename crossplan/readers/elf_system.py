"""For which operating system and C library an ELF image was linked: notes, `EI_OSABI`, the loader, the versions needed.

Sources: elf(5) of each system; LSB, "Note Sections" (GNU ABI tag); Android's bionic, `crtbrand.S`
(https://android.googlesource.com/platform/bionic/+/main/libc/arch-common/bionic/crtbrand.S); musl's ldso naming,
https://wiki.musl-libc.org/guidelines-for-distributions
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from crossplan.readers.elf_file import ElfFile
from crossplan.readers.elf_symbols import defined_versions, needed_versions
from crossplan.readers.elf_tables import GNU_ABI_TAG_OS, OSABI, PT_NOTE
from crossplan.readers.image import Libc
from crossplan.readers.window import text
from crossplan.record import record, replace

_NOTES_MAX = 1 << 16
_NT_VERSION = 1  # the type of each of the notes read here
_OS_NOTES = {"FreeBSD": "freebsd", "NetBSD": "netbsd", "OpenBSD": "openbsd", "DragonFly": "dragonfly"}
_GLIBC = r"GLIBC_(\d{1,3}(?:\.\d{1,3}){1,2})"
# Marks that a glibc must have, and since when: https://sourceware.org/glibc/wiki/Release/2.36
_GLIBC_MARKS = {"GLIBC_ABI_DT_RELR": "2.36"}
_GLIBC_NAMES = frozenset({"libc.so.6", "libc.so.6.1", "libc.so.0.3"})  # .1: alpha and ia64, .0.3: Hurd
_BIONIC_COMPANIONS = frozenset({"libdl.so", "liblog.so", "libm.so"})  # musl has all three inside libc.so
# Android has none of these, and numbers no library.
_GCC_RUNTIME = ("libgcc_s.so.", "libstdc++.so.", "libatomic.so.", "libgomp.so.")
_BIONIC_VERSION = "LIBC"
_LOADERS: tuple[tuple[str, Libc], ...] = (
    ("ld-musl-", "musl"),
    ("libc.musl-", "musl"),
    ("ld-linux", "glibc"),
    ("ld64.so.", "glibc"),
)
_INTERPRETER_OS = (
    ("/libexec/ld-elf.so", "freebsd"),
    ("/usr/libexec/ld.elf_so", "netbsd"),
    ("/usr/libexec/ld.so", "openbsd"),
)


@record
class Notes:
    """What the notes say."""

    os: str | None = None
    android_api: int | None = None


@record
class System:
    """The system fields of an `Image`; versions as text, `2.34`."""

    os: str | None
    libc: Libc | None
    libc_floor: str | None
    libc_offers: str | None
    android_api: int | None


def read_system(elf: ElfFile, interpreter: str | None, soname: str | None, needed: tuple[str, ...]) -> System:
    """The system that an image was linked for, as far as it tells."""
    notes = read_notes(elf)
    versions = needed_versions(elf)
    libc = _libc(notes, interpreter, soname, needed, versions)
    offers = None
    if libc == "glibc" and soname in _GLIBC_NAMES:
        offers = _newest(defined_versions(elf))
    return System(
        os=_os(elf, notes, interpreter, libc),
        libc=libc,
        libc_floor=_newest(version for _, version in versions),
        libc_offers=offers,
        android_api=notes.android_api,
    )


def _newest(versions: Iterator[str] | tuple[str, ...]) -> str | None:
    """The highest `GLIBC_x.y`; names that are no release (`GLIBC_PRIVATE`) do not count."""
    found = []
    for name in versions:
        match = re.fullmatch(_GLIBC, name)
        if match or name in _GLIBC_MARKS:
            found.append(match[1] if match else _GLIBC_MARKS[name])
    return max(found, key=lambda version: [int(part) for part in version.split(".")], default=None)


def _libc(
    notes: Notes,
    interpreter: str | None,
    soname: str | None,
    needed: tuple[str, ...],
    versions: tuple[tuple[str, str], ...],
) -> Libc | None:
    names = [base_name(interpreter or ""), soname or "", *needed]
    if notes.os == "android" or base_name(interpreter or "") in ("linker", "linker64"):
        return "bionic"
    if ("libc.so", _BIONIC_VERSION) in versions:
        return "bionic"
    if _GLIBC_NAMES.intersection(names):
        return "glibc"
    for prefix, libc in _LOADERS:
        if any(name.startswith(prefix) for name in names):
            return libc
    if "libc.so" in needed:  # both bionic's and musl's name: alone it tells nothing
        if _BIONIC_COMPANIONS.intersection(needed):
            return "bionic"
        return "musl" if any(name.startswith(_GCC_RUNTIME) for name in needed) else None
    return None


def _os(elf: ElfFile, notes: Notes, interpreter: str | None, libc: Libc | None) -> str | None:
    if libc == "bionic":
        return "android"
    if notes.os:
        return notes.os
    for prefix, system in _INTERPRETER_OS:
        if (interpreter or "").startswith(prefix):
            return system
    return OSABI.get(elf.osabi) or ("linux" if libc else None)


def base_name(path: str) -> str:
    """What follows the last slash."""
    return path.rpartition("/")[2]


def read_notes(elf: ElfFile) -> Notes:
    """The notes of `PT_NOTE` segments that name a system."""
    found = Notes()
    for name, kind, desc in _notes(elf):
        if kind != _NT_VERSION or len(desc) < 4:
            continue
        (first,) = elf.layout.u32.unpack_from(desc)
        if name == "Android":
            return Notes("android", first)
        if name == "GNU":
            found = replace(found, os=found.os or GNU_ABI_TAG_OS.get(first))
        elif name in _OS_NOTES:
            found = replace(found, os=found.os or _OS_NOTES[name])
    return found


def _notes(elf: ElfFile) -> Iterator[tuple[str, int, bytes]]:
    """Each note (name, type, content). Names and contents are padded to the segment's alignment, 4 or 8."""
    word = elf.layout.u32
    for segment in elf.segments:
        if segment.type != PT_NOTE:
            continue
        align = 8 if segment.align == 8 else 4
        data = elf.window.read(segment.offset, min(segment.filesz, _NOTES_MAX))
        place = 0
        while place + 12 <= len(data):
            (name_size,), (desc_size,), (kind,) = (word.unpack_from(data, place + step) for step in (0, 4, 8))
            start = place + 12
            desc = start + (name_size + 3) // 4 * 4 if align == 4 else (start + name_size + 7) // 8 * 8
            yield text(data[start : start + name_size].rstrip(b"\0")), kind, data[desc : desc + desc_size]
            place = (desc + desc_size + align - 1) // align * align
