"""Mach-O: from load commands and a few symbols to an `Image`; the slices of a fat file.

Sources: Apple's mach-o/loader.h, mach-o/fat.h, mach/machine.h (see macho_file.py); which target a platform number
stands for: rustc's apple targets, https://doc.rust-lang.org/rustc/platform-support.html .
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

from crossplan.readers.image import Image, ImageKind
from crossplan.readers.libpython import (
    LOOKED_UP,
    PY_VERSION,
    PYTHON_SYMBOL,
    library_name,
    named_library,
    python_flags,
    version_of_word,
    version_text,
)
from crossplan.readers.macho_file import (
    LC_BUILD_VERSION,
    LC_ID_DYLIB,
    LC_LOAD_DYLINKER,
    LC_RPATH,
    LC_VERSION_MIN,
    NEEDED,
    MachoFile,
)
from crossplan.readers.source import ByteSource, ReadError
from crossplan.readers.window import Window

FAT_MAGICS = {b"\xca\xfe\xba\xbe": Struct(">IIIII"), b"\xca\xfe\xba\xbf": Struct(">IIQQI4x")}  # struct fat_arch, _64
SLICES_MAX = 44  # a Java class file has the same magic, and at that place its version, 45 or more

# cputype -> word: Rust's target_arch.
_CPUTYPES = {
    7: "x86",
    0x01000007: "x86_64",
    12: "arm",
    0x0100000C: "aarch64",
    0x0200000C: "aarch64",  # arm64_32
    18: "powerpc",
    0x01000012: "powerpc64",
}
# (cputype, cpusubtype) -> what rustc calls such an ABI.
_ABIS = {(0x0100000C, 2): "arm64e", (0x0200000C, 0): "ilp32", (0x0200000C, 1): "ilp32"}
# (cputype, cpusubtype) -> the processor level asked for.
_LEVELS = {(0x01000007, 8): "haswell", (12, 6): "v6", (12, 9): "v7", (12, 11): "v7s", (12, 12): "v7k"}
_KINDS: dict[int, ImageKind] = {
    1: "relocatable",
    2: "executable",
    3: "shared",  # fixed VM library
    4: "core",
    5: "executable",  # preloaded
    6: "shared",  # dylib
    7: "executable",  # dynamic linker
    8: "shared",  # bundle
    9: "shared",  # dylib stub
    10: "debug",  # dSYM
    11: "relocatable",  # kext
    12: "shared",  # file set
}


class _Platform(NamedTuple):
    """What a platform number stands for: Rust's `target_os`, whether it is a simulator, Rust's `target_abi`."""

    os: str
    simulator: bool = False
    abi: str | None = None


_PLATFORMS = {
    1: _Platform("macos"),
    2: _Platform("ios"),
    3: _Platform("tvos"),
    4: _Platform("watchos"),
    5: _Platform("bridgeos"),
    6: _Platform("ios", abi="macabi"),  # Mac Catalyst
    7: _Platform("ios", simulator=True),
    8: _Platform("tvos", simulator=True),
    9: _Platform("watchos", simulator=True),
    10: _Platform("driverkit"),
    11: _Platform("visionos"),
    12: _Platform("visionos", simulator=True),
}


def read_macho(source: ByteSource, *, want_symbols: bool = True) -> Image:
    """The `Image` of a thin Mach-O file; `ReadError` if it is none, or is damaged."""
    macho = MachoFile(source if isinstance(source, Window) else Window(source))
    identity = next(macho.of_kind(LC_ID_DYLIB), None)
    own = macho.text(identity) if identity else None
    needed = tuple(macho.text(body) for body in macho.of_kind(*NEEDED))
    machine = _CPUTYPES.get(macho.cputype)
    subtype = macho.cpusubtype & 0x00FFFFFF  # the high byte holds capability bits
    platform, minimum_os = _platform(macho)
    exports = macho.find(LOOKED_UP) if want_symbols else {}
    is_python = PYTHON_SYMBOL in exports
    version, version_from = next(_versions(macho, exports, own), (None, None)) if is_python else (None, None)
    free_threaded, debug = (
        python_flags(exports, named_library(own, needed), is_python) if want_symbols else (None, None)
    )
    return Image(
        format="mach-o",
        kind=_kind(macho),
        machine=machine,
        bits=32 if macho.cputype >> 24 == 2 else macho.bits,
        endian=macho.endian,
        abi=_ABIS.get((macho.cputype, subtype)) or (platform.abi if platform else None),
        cpu_arch=_LEVELS.get((macho.cputype, subtype)),
        os=platform.os if platform else None,
        simulator=platform.simulator if platform else False,
        soname=own,
        needed=needed,
        interpreter=next((macho.text(body) for body in macho.of_kind(LC_LOAD_DYLINKER)), None),
        rpaths=tuple(macho.text(body) for body in macho.of_kind(LC_RPATH)),
        minimum_os=minimum_os,
        python_version=version,
        python_version_from=version_from,
        free_threaded=free_threaded,
        debug=debug,
        exports=tuple(exports),
        flags=macho.flags,
    )


def _kind(macho: MachoFile) -> ImageKind:
    kind = _KINDS.get(macho.filetype)
    if kind is None:
        raise ReadError(f"unknown kind of Mach-O file {macho.filetype}", "offset 0xc (filetype)")
    return kind


def _platform(macho: MachoFile) -> tuple[_Platform | None, str | None]:
    """The platform and its minimum version; of an image for two (macOS and Catalyst), the first that it names."""
    for number, body in macho.commands:
        if number == LC_BUILD_VERSION:
            platform, version = macho.words(body, 2)
            return _PLATFORMS.get(platform), _version(version)
        if number in LC_VERSION_MIN:
            (version,) = macho.words(body, 1)
            known = _PLATFORMS[LC_VERSION_MIN[number]]
            # Before LC_BUILD_VERSION, a simulator's image was known by its machine alone.
            intel = _CPUTYPES.get(macho.cputype) in ("x86", "x86_64")
            return known._replace(simulator=known.os != "macos" and intel), _version(version)
    return None, None


def _version(value: int) -> str:
    """`xxxx.yy.zz` in nibbles; the last part is left out where it is 0, as Apple's tools do."""
    major, minor, patch = value >> 16, value >> 8 & 0xFF, value & 0xFF
    return f"{major}.{minor}.{patch}" if patch else f"{major}.{minor}"


def _versions(macho: MachoFile, exports: dict[str, int | None], own: str | None) -> Iterator[tuple[str, str]]:
    """What tells the Python's version, best first, each with where it was found."""
    address = exports.get(PY_VERSION)
    named = library_name(own) if own else None
    minor = named.minor if named else None
    if address:
        layout = macho.layout.word
        version = version_of_word(macho.window.unpack(layout, macho.offset_of(address, PY_VERSION))[0])
        if version:
            yield version, PY_VERSION
    constants = macho.section("__cstring") if PY_VERSION not in exports else None
    if constants:
        part = macho.window.part(*constants)
        version = version_text(part.read, part.size, minor)
        if version:
            yield version, "version string"
    if minor:
        yield minor, "soname"
    identity = next(macho.of_kind(LC_ID_DYLIB), None)
    current = macho.words(identity, 3)[2] if identity else 0
    if current >> 16 == 3 and current >> 8 & 0xFF:  # 3.0 is what linkers put where nobody says
        yield f"3.{current >> 8 & 0xFF}", "current version"


def fat_slices(source: ByteSource) -> tuple[Window, ...]:
    """The parts of a fat file."""
    window = source if isinstance(source, Window) else Window(source)
    layout = FAT_MAGICS.get(window.read(0, 4))
    if layout is None:
        raise ReadError("not a fat Mach-O file: its magic number is missing", "offset 0x0")
    (count,) = window.unpack(Struct(">I"), 4)
    if not 0 < count <= SLICES_MAX:
        raise ReadError(f"{count} slices: a Java class file, or damaged", "offset 0x4 (nfat_arch)")
    table = window.read(8, count * layout.size)
    return tuple(window.part(offset, size) for _, _, offset, size, _ in layout.iter_unpack(table))
