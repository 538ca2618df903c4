"""PE: from headers, export and import tables, version resource and load config to an `Image`.

Sources: Microsoft, "PE Format", https://learn.microsoft.com/windows/win32/debug/pe-format ; VS_VERSIONINFO and
VS_FIXEDFILEINFO, https://learn.microsoft.com/windows/win32/menurc/vs-versioninfo ; CPython's PC/python_ver_rc.h and
PC/python_nt.rc for what Python writes there.
"""

from __future__ import annotations

from struct import Struct

from crossplan.readers.image import Image
from crossplan.readers.libpython import (
    LOOKED_UP,
    PY_VERSION,
    PYTHON_SYMBOL,
    library_name,
    named_library,
    python_flags,
    version_of_word,
)
from crossplan.readers.pe_file import (
    IMAGE_FILE_DLL,
    LOAD_CONFIG_TABLE,
    MACHINES,
    RESOURCE_TABLE,
    PeFile,
)
from crossplan.readers.source import ByteSource, ReadError
from crossplan.readers.window import Window

_RT_VERSION = 16
_RESOURCE_DIRECTORY = Struct("<12xHH")  # NumberOfNamedEntries NumberOfIdEntries
_RESOURCE_ENTRY = Struct("<II")  # Name or Id, OffsetToData (high bit: a directory)
_RESOURCE_DATA = Struct("<II8x")  # OffsetToData (an RVA) Size
_ENTRIES_MAX = 4096
_VERSION_MAX = 1 << 16
_FIXED = Struct("<8xII")  # dwFileVersionMS dwFileVersionLS, after dwSignature and dwStrucVersion
_FIXED_SIGNATURE = b"\xbd\x04\xef\xfe"
_U32 = Struct("<I")
_U64 = Struct("<Q")
_CHPE_METADATA_POINTER = 200  # in IMAGE_LOAD_CONFIG_DIRECTORY64, winnt.h
_HYBRID = {0x8664: "arm64ec", 0xAA64: "arm64x", 0xA64E: "arm64x"}
_EFI_SUBSYSTEMS = range(10, 14)
_CYGWIN_DLLS = frozenset({"cygwin1.dll", "msys-2.0.dll"})
_LEVELS = {10: "a", 11: "b", 12: "rc", 15: ""}


def read_pe(source: ByteSource, *, want_symbols: bool = True) -> Image:
    """The `Image` of a PE file; `ReadError` if it is none, or is damaged."""
    pe = PeFile(source if isinstance(source, Window) else Window(source))
    machine, bits = MACHINES.get(pe.machine, (None, pe.bits))
    if bits != pe.bits:
        raise ReadError(f"machine {pe.machine:#x} with a {pe.bits}-bit optional header", "optional header (Magic)")
    own, needed = pe.own_name, pe.imports
    subsystem, minimum_os = pe.subsystem
    exports = {name: address for name in LOOKED_UP if (address := pe.export(name))} if want_symbols else {}
    is_python = PYTHON_SYMBOL in exports or bool(own and library_name(own))
    version, version_from = _version(pe, exports, own)
    free_threaded, debug = python_flags(exports, named_library(own, needed), is_python)
    return Image(
        format="pe",
        kind="shared" if pe.characteristics & IMAGE_FILE_DLL else "executable",
        machine=machine,
        bits=pe.bits,
        endian="little",
        abi=_hybrid(pe),
        os=_os(subsystem, needed),
        soname=own,
        needed=needed,
        minimum_os=minimum_os,
        python_version=version,
        python_version_from=version_from,
        free_threaded=free_threaded,
        debug=debug,
        exports=tuple(exports),
        flags=pe.characteristics,
    )


def _os(subsystem: int, needed: tuple[str, ...]) -> str:
    if subsystem in _EFI_SUBSYSTEMS:
        return "uefi"
    return "cygwin" if _CYGWIN_DLLS.intersection(name.lower() for name in needed) else "windows"


def _hybrid(pe: PeFile) -> str | None:
    """ARM64EC and ARM64X images show another machine in their header; their mark is a pointer in the load config."""
    entry = pe.directory(LOAD_CONFIG_TABLE)
    if entry is None or pe.machine not in _HYBRID:
        return "arm64x" if pe.machine == 0xA64E else None
    address, _ = entry
    (size,) = pe.unpack_at(_U32, address, "the load config")  # its own Size field; the directory's may be an old one
    if size < _CHPE_METADATA_POINTER + _U64.size:
        return None
    (pointer,) = pe.unpack_at(_U64, address + _CHPE_METADATA_POINTER, "the load config")
    return _HYBRID[pe.machine] if pointer else None


def _version(pe: PeFile, exports: dict[str, int], own: str | None) -> tuple[str | None, str | None]:
    """The exact version of the Python that the image belongs to: `Py_Version`, the resource, else the DLL's name."""
    address = exports.get(PY_VERSION)
    if address and not pe.is_forwarder(address):
        version = version_of_word(pe.unpack_at(_U32, address, PY_VERSION)[0])  # unsigned long has 32 bits here
        if version:
            return version, PY_VERSION
    version = _python_resource(pe)
    if version:
        return version, "version resource"
    named = library_name(own) if own else None
    return (named.minor, "soname") if named and named.minor else (None, None)


def _python_resource(pe: PeFile) -> str | None:
    """The version in a version resource whose ProductName is `Python`.

    CPython writes the third number as micro × 1000 + level × 10 + serial (FIELD3 of PC/python_ver_rc.h).
    """
    resource = _version_resource(pe)
    if resource is None or _string_value(resource, "ProductName") != "Python":
        return None
    place = resource.find(_FIXED_SIGNATURE)
    if place < 0 or place + _FIXED.size > len(resource):
        return None
    high, low = _FIXED.unpack_from(resource, place)
    micro, rest = divmod(low >> 16, 1000)
    level = _LEVELS.get(rest // 10)
    if level is None:
        return None
    return f"{high >> 16}.{high & 0xFFFF}.{micro}" + (f"{level}{rest % 10}" if level else "")


def _version_resource(pe: PeFile) -> bytes | None:
    """The bytes of the first version resource: the tree has the levels type, name, language."""
    entry = pe.directory(RESOURCE_TABLE)
    if entry is None:
        return None
    root = pe.offset_of(entry[0], "the resource table")
    place = _resource_child(pe, root, 0, _RT_VERSION)
    for _ in range(2):
        if place is None or not place >> 31:
            break
        place = _resource_child(pe, root, place & 0x7FFFFFFF, None)
    if place is None or place >> 31:
        return None
    address, size = pe.window.unpack(_RESOURCE_DATA, root + place)
    return pe.window.upto(pe.offset_of(address, "the version resource"), min(size, _VERSION_MAX))


def _resource_child(pe: PeFile, root: int, directory: int, wanted: int | None) -> int | None:
    """`OffsetToData` of the entry with that id, or (`wanted` None) of the first one."""
    named, numbered = pe.window.unpack(_RESOURCE_DIRECTORY, root + directory)
    count = min(named + numbered, _ENTRIES_MAX)
    entries = pe.window.read(root + directory + 16, count * _RESOURCE_ENTRY.size)
    for name, offset in _RESOURCE_ENTRY.iter_unpack(entries):
        if wanted is None or name == wanted:
            return int(offset)
    return None


def _string_value(resource: bytes, key: str) -> str | None:
    """The text of a `String` structure: the key in UTF-16, padding to 32 bits, the value."""
    wide = (key + "\0").encode("utf-16-le")
    place = resource.find(wide)
    if place < 0:
        return None
    start = place + len(wide)
    start += -start % 4
    return resource[start:].decode("utf-16-le", "replace").partition("\0")[0]
