"""ELF: from headers, dynamic segment, notes and a few symbols to an `Image`. The table of formats is in elf_tables.py.

Reads some kilobytes of an image of any size. Source: System V gABI, https://gabi.xinuos.com
"""

from __future__ import annotations

from crossplan.readers.elf_abi import read_abi
from crossplan.readers.elf_file import ElfFile
from crossplan.readers.elf_symbols import Symbol, find_symbol
from crossplan.readers.elf_system import base_name, read_system
from crossplan.readers.elf_tables import (
    DF_1_PIE,
    DT_DEBUG,
    DT_FLAGS_1,
    DT_NEEDED,
    DT_RPATH,
    DT_RUNPATH,
    DT_SONAME,
    ET_DYN,
    KINDS,
    MACHINES,
    PT_INTERP,
    SHT_NOBITS,
)
from crossplan.readers.image import Image, ImageKind
from crossplan.readers.libpython import (
    LOOKED_UP,
    PY_VERSION,
    PYTHON_SYMBOL,
    LibraryName,
    library_name,
    named_library,
    python_flags,
    version_of_word,
    version_text,
)
from crossplan.readers.source import ByteSource, ReadError
from crossplan.readers.window import STRING_LIMIT, Window
from crossplan.record import record


def read_elf(source: ByteSource, *, want_symbols: bool = True) -> Image:
    """The `Image` of an ELF file; `ReadError` if it is none, or is damaged."""
    elf = ElfFile(source if isinstance(source, Window) else Window(source))
    interpreter = _interpreter(elf)
    soname = next(iter(elf.dynamic_strings(DT_SONAME)), None)
    needed = elf.dynamic_strings(DT_NEEDED)
    rpaths = elf.dynamic_strings(DT_RUNPATH) or elf.dynamic_strings(DT_RPATH)  # RPATH is ignored beside RUNPATH
    abi = read_abi(elf, tuple(base_name(name) for name in (interpreter or "", *needed)))
    system = read_system(elf, interpreter, soname, needed)
    python = read_python(elf, soname, needed) if want_symbols else _Python()
    return Image(
        format="elf",
        kind=_kind(elf, interpreter),
        machine=_machine(elf),
        bits=elf.bits,
        endian=elf.endian,
        float_abi=abi.float_abi,
        abi=abi.abi,
        fp_abi=abi.fp_abi,
        cpu_arch=abi.cpu_arch,
        nan2008=abi.nan2008,
        os=system.os,
        soname=soname,
        needed=needed,
        interpreter=interpreter,
        rpaths=tuple(part for path in rpaths for part in path.split(":") if part),
        libc=system.libc,
        libc_floor=system.libc_floor,
        libc_offers=system.libc_offers,
        android_api=system.android_api,
        python_version=python.version,
        python_version_from=python.version_from,
        free_threaded=python.free_threaded,
        debug=python.debug,
        exports=python.exports,
        flags=elf.flags,
    )


def _machine(elf: ElfFile) -> str | None:
    words = MACHINES.get(elf.machine, {})
    for key, word in words.items():
        if key[0] in (None, elf.bits) and key[1] in (None, elf.endian):
            return word
    return None


def _kind(elf: ElfFile, interpreter: str | None) -> ImageKind:
    kind = KINDS.get(elf.type)
    if kind is None:
        raise ReadError(f"unknown kind of ELF file {elf.type}", "offset 0x10 (e_type)")
    if elf.type != ET_DYN:
        return kind
    # A position-independent executable is an ET_DYN too: marked since binutils 2.26; before that, only executables
    # had a loader and the place where it tells debuggers of itself (libc.so.6 has a loader alone).
    marked = (elf.tag(DT_FLAGS_1) or 0) & DF_1_PIE
    return "executable" if marked or (interpreter and elf.tag(DT_DEBUG) is not None) else "shared"


def _interpreter(elf: ElfFile) -> str | None:
    for segment in elf.segments:
        if segment.type == PT_INTERP:
            return elf.window.string(segment.offset, segment.offset + min(segment.filesz, STRING_LIMIT))
    return None


@record
class _Python:
    """What an image says of the Python in it, or that it is linked to."""

    version: str | None = None
    version_from: str | None = None
    free_threaded: bool | None = None
    debug: bool | None = None
    exports: tuple[str, ...] = ()


def read_python(elf: ElfFile, soname: str | None, needed: tuple[str, ...]) -> _Python:
    """Look up the few symbols that tell which Python this is; else what the names say."""
    found = {name: symbol for name in LOOKED_UP if (symbol := find_symbol(elf, name))}
    is_python = PYTHON_SYMBOL in found
    version, version_from = None, None
    if is_python:
        version, version_from = _version(elf, found, library_name(soname) if soname else None)
    free_threaded, debug = python_flags(found, named_library(soname, needed), is_python)
    return _Python(version, version_from, free_threaded, debug, tuple(found))


def _version(elf: ElfFile, found: dict[str, Symbol], named: LibraryName | None) -> tuple[str | None, str | None]:
    """The exact version and where it was found: `Py_Version`, else a text among the constants, else the soname."""
    symbol = found.get(PY_VERSION)
    if symbol and symbol.size * 8 >= elf.bits:  # an unsigned long; what is padded counts too
        (value,) = elf.layout.word.unpack(elf.bytes_at(symbol.value, elf.layout.word.size, PY_VERSION))
        version = version_of_word(value)
        if version:
            return version, PY_VERSION
    minor = named.minor if named else None
    constants = elf.section_named(".rodata") if symbol is None else None
    if constants and constants.type != SHT_NOBITS:
        part = elf.window.part(constants.offset, constants.size)
        version = version_text(part.read, part.size, minor)
        if version:
            return version, "version string"
    return (minor, "soname") if minor else (None, None)
