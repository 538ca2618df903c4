"""What the names and the symbols of a Python library say: which minor version, free-threaded, debug.

Sources: CPython's configure.ac (LDVERSION, LDLIBRARY, INSTSONAME), PC/pyconfig.h.in and PCbuild/python.props (Windows
names), Include/patchlevel.h (`PY_VERSION_HEX`), Objects/object.c (`_Py_MergeZeroLocalRefcount`,
`_Py_NegativeRefcount`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable

from crossplan.python import version_from_hex
from crossplan.record import record

PY_VERSION = "Py_Version"  # since 3.11: `const unsigned long`, PY_VERSION_HEX
FREE_THREADED_SYMBOL = "_Py_MergeZeroLocalRefcount"  # defined only with Py_GIL_DISABLED
DEBUG_SYMBOL = "_Py_NegativeRefcount"  # defined only with Py_REF_DEBUG
PYTHON_SYMBOL = "Py_GetVersion"  # every library that holds a Python has it, at any version
# What is looked up in an image beside these: GraalPy's and PyPy's own marks.
LOOKED_UP = (PY_VERSION, FREE_THREADED_SYMBOL, DEBUG_SYMBOL, PYTHON_SYMBOL, "PyPy_GetVersion", "pypy_execute_source")

# libpython3.13td.so.1.0, libpython3.7m.dylib, libpython3.12.dll, libpython3.11.a; abiflags as configure.ac makes them
_UNIX = r"(?:lib|cyg|msys-)python(\d)(?:\.(\d{1,2}))?([tdmu]*)(?:\.(?:so[.\d]*|dylib|dll(?:\.a)?|a))?"
_WINDOWS = r"(?i)python(\d)(\d{1,2})?(t?)(_d)?\.(?:dll|lib)"
_FRAMEWORK = r"(?:^|/)Python3?(T?)\.framework/(?:Versions/(\d)\.(\d{1,2})(t?)/)?Python3?(T?)"
# PY_VERSION as the linker keeps it. Only minor versions of before `Py_Version`.
_VERSION_TEXT = rb"(?<![\d.])(3\.(?:[6-9]|10)\.\d{1,2}(?:(?:a|b|rc)\d{1,2})?\+?)(?=\0)"
_OVERLAP = 24
_SCAN_STEP = 1 << 14
SCAN_MAX = 2 << 20  # the one look-up that may read more than 256 KiB of an image; a libpython 3.9 has it at 0.6 MiB


@record
class LibraryName:
    """What the name of a Python library says. `minor` is None for the stable-ABI library (`python3.dll`)."""

    minor: str | None
    free_threaded: bool
    debug: bool


def library_name(name: str) -> LibraryName | None:
    """Read a soname, install name or DLL name; None if it names no CPython library."""
    base = name.rpartition("/")[2]
    if "python" not in name.lower():
        return None
    match = re.fullmatch(_UNIX, base)
    if match:
        major, minor, flags = match.groups()
        return LibraryName(f"{major}.{minor}" if minor else None, "t" in flags, "d" in flags)
    match = re.fullmatch(_WINDOWS, base) if base.lower().endswith((".dll", ".lib")) else None
    if match:
        major, minor, threads, debug = match.groups()
        return LibraryName(f"{major}.{minor}" if minor else None, bool(threads), bool(debug))
    match = re.search(_FRAMEWORK, name) if ".framework/" in name else None
    if match:
        threads, major, minor, suffix, last = match.groups()
        return LibraryName(f"{major}.{minor}" if minor else None, bool(threads or suffix or last), False)
    return None


def named_library(own: str | None, needed: Iterable[str]) -> LibraryName | None:
    """The Python library that an image is (by its own name) or needs; of a stable-ABI stub, the one behind it."""
    found = [library for name in (own, *needed) if name and (library := library_name(name))]
    return next((library for library in found if library.minor), found[0] if found else None)


def python_flags(found: Container[str], named: LibraryName | None, is_python: bool) -> tuple[bool | None, bool | None]:
    """Whether an image is free-threaded, and debug: by symbols of the Python in it, and by the name of its library.

    Of an image that holds no Python, only the name tells; None where nothing does. So it is for the stable-ABI library
    of Windows, which exports every name of the stable ABI, whether the library behind it has it or not.
    """
    free_threaded, debug = (named.free_threaded, named.debug) if named else (None, None)
    if not is_python or (named and named.minor is None):
        return free_threaded, debug
    return FREE_THREADED_SYMBOL in found or bool(free_threaded), DEBUG_SYMBOL in found or bool(debug)


def version_of_word(value: int) -> str | None:
    """The value of `Py_Version` as text; None if it is no version (a hollow file, another symbol of that name)."""
    try:
        return version_from_hex(value) if value >> 24 == 3 and value <= 0xFFFFFFFF else None
    except ValueError:
        return None


def version_text(read: Callable[[int, int], bytes], size: int, minor: str | None) -> str | None:
    """Search the constants of a Python of before 3.11 for the text of its version.

    `read(offset, length)` reads within the `size` bytes of constants. With `minor` given, only a version of it counts.
    It is read in steps and no further than the first text of its own. Where there is none, the linker has merged it into
    one that ends in it (a prefix `/opt/python/3.9.18`); that counts if it is of the `minor` version.
    """
    tail, merged = b"\0", None
    for offset in range(0, min(size, SCAN_MAX), _SCAN_STEP):
        data = tail + read(offset, min(_SCAN_STEP, size - offset))
        for match in re.compile(_VERSION_TEXT).finditer(data, 1):
            version = match[1].decode("ascii")
            if minor and not version.startswith(minor + "."):
                continue
            if data[match.start() - 1] == 0:
                return version
            merged = merged or version
        tail = data[-_OVERLAP:]
    return merged if minor else None
