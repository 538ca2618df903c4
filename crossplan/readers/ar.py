"""`ar` archives looked into: static libraries, and import libraries in their short and long form.

Sources: see ar_file.py and coff.py; for the long form binutils' binutils/dlltool.c (`_head_…`, `…_iname`, `.idata$7`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from crossplan.readers.ar_file import ArFile, Member
from crossplan.readers.coff import HEAD, CoffFile, is_coff, is_short_import, read_coff, read_short_import
from crossplan.readers.elf import read_elf
from crossplan.readers.elf_tables import ELFMAG
from crossplan.readers.image import Image
from crossplan.readers.libpython import (
    LOOKED_UP,
    PY_VERSION,
    PYTHON_SYMBOL,
    library_name,
    python_flags,
    version_of_word,
    version_text,
)
from crossplan.readers.macho import read_macho
from crossplan.readers.macho_file import MAGICS
from crossplan.readers.object_data import data_of_symbol
from crossplan.readers.pe_file import MACHINES
from crossplan.readers.source import ByteSource
from crossplan.readers.wasm import read_wasm
from crossplan.readers.wasm_file import WASM_MAGIC
from crossplan.readers.window import Window
from crossplan.record import replace

_LOOK_FOR_IMPORT = 64  # members; a short import is behind three others
_LOOK_FOR_OBJECT = 256
_THIN_NAMES_MAX = 1024
_NO_DLL = (".pyd", ".exe")  # link.exe makes an import library for an extension module too, and nobody links to it
_INAME = b"_iname"  # dlltool's symbol for the DLL's name; binutils, and LLVM before 2014, write the long form


def read_ar(source: ByteSource, *, want_symbols: bool = True) -> Image:
    """The `Image` of an archive: of the machine of its first object, with what the index of symbols tells.

    It is an import library if that object is a part of an import. Members that are no objects (LLVM bitcode, metadata
    of rustc) do not count. Of a thin archive, whose members are other files, their names alone are known.
    """
    archive = ArFile(source if isinstance(source, Window) else Window(source))
    if archive.thin:
        names = tuple(member.name for member in islice(_plain(archive), _THIN_NAMES_MAX))
        empty = Image(format="ar", kind="archive", machine=None, bits=None, endian=None, members=names)
        return _with_python(archive, empty) if want_symbols else empty
    for member in islice(_plain(archive), _LOOK_FOR_OBJECT):
        part = archive.part(member)
        head = part.upto(0, HEAD)
        if is_short_import(head):
            return _import_library(archive, part, want_symbols)
        if is_coff(head, part.size) and any(name.startswith(b".idata$") for name, _, _ in CoffFile(part).sections):
            return _import_library(archive, part, want_symbols)
        image = _object(part, head)
        if image:
            found = replace(image, format="ar", kind="archive", soname=None, needed=(), exports=())
            return _with_python(archive, found) if want_symbols else found
    return Image(format="ar", kind="archive", machine=None, bits=None, endian=None)


def _plain(archive: ArFile) -> Iterator[Member]:
    return (member for member in archive.members() if not member.special)


def _object(part: Window, head: bytes) -> Image | None:
    """The `Image` of a member; None if it is no object."""
    if head.startswith(ELFMAG):
        return read_elf(part, want_symbols=False)
    if head[:4] in MAGICS:
        return read_macho(part, want_symbols=False)
    if head.startswith(WASM_MAGIC):
        return read_wasm(part, want_symbols=False)
    return read_coff(part) if is_coff(head, part.size) else None


def _with_python(archive: ArFile, image: Image) -> Image:
    """The archive's image with what its symbols say of the Python in it."""
    found = _looked_up(archive)
    is_python = PYTHON_SYMBOL in found
    version, version_from = _version(archive, found, image) if is_python else (None, None)
    free_threaded, debug = python_flags(found, None, is_python)
    return replace(
        image,
        python_version=version,
        python_version_from=version_from,
        free_threaded=free_threaded,
        debug=debug,
        exports=tuple(found),
    )


def _looked_up(archive: ArFile) -> dict[str, int]:
    """The symbols that tell of a Python, with the place of the member of each.

    Mach-O and COFF for x86 put an underscore before the names of C. As none of these names is another one with an
    underscore more, both spellings are looked up.
    """
    found = archive.find(tuple(f"\0{mark}{name}".encode() for name in LOOKED_UP for mark in ("", "_")))
    places: dict[str, int] = {}
    for name in LOOKED_UP:
        for mark in ("", "_"):
            if (key := f"\0{mark}{name}".encode()) in found:
                places.setdefault(name, found[key])
    return places


def _version(archive: ArFile, found: dict[str, int], image: Image) -> tuple[str | None, str | None]:
    """The value of `Py_Version` in the member that defines it; of before 3.11, the text that `Py_GetVersion` returns."""
    member = archive.member_at(found.get(PY_VERSION, found[PYTHON_SYMBOL]))
    if member is None:
        return None, None
    part = archive.part(member)
    if PY_VERSION not in found:
        version = version_text(part.read, part.size, None)
        return version, "version string" if version else None
    size = 4 if image.os == "windows" or image.bits == 32 else 8  # of an unsigned long
    data = data_of_symbol(part, PY_VERSION, size)
    version = version_of_word(int.from_bytes(data, image.endian or "little")) if data else None
    return version, PY_VERSION if version else None


def _import_library(archive: ArFile, part: Window, want_symbols: bool) -> Image:
    """The `Image` of an import library. `part`: its first member."""
    number, dll = _imported(archive)
    if number is None:
        number = CoffFile(part).machine
    machine, bits = MACHINES.get(number, (None, None))
    named = library_name(dll) if dll else None
    found = _looked_up(archive) if want_symbols else {}
    free_threaded, debug = python_flags(found, named, PYTHON_SYMBOL in found or named is not None)
    return Image(
        format="import-library",
        kind="archive",
        machine=machine,
        bits=bits,
        endian="little",
        os="windows",
        soname=dll if dll and not dll.lower().endswith(_NO_DLL) else None,
        python_version=named.minor if named else None,
        python_version_from="soname" if named and named.minor else None,
        free_threaded=free_threaded,
        debug=debug,
        exports=tuple(found),
    )


def _imported(archive: ArFile) -> tuple[int | None, str | None]:
    """The machine of the first short import, and the DLL that the library imports from."""
    for member in islice(_plain(archive), _LOOK_FOR_IMPORT):
        part = archive.part(member)
        if is_short_import(part.upto(0, HEAD)):
            entry = read_short_import(part)
            return entry.machine, entry.dll
    place = archive.find((_INAME,)).get(_INAME)
    tail = archive.member_at(place) if place is not None else None
    name = CoffFile(archive.part(tail)).section(b".idata$7") if tail else None
    return None, name.string(0) if name else None
