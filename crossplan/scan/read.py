"""From a place that the walk found to a record: a `Description`, an `ImageFile`, or `Unread` with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TypeAlias, cast

from crossplan.evidence import Description, DescriptionKind, ImageFile, ImageRole, Unread
from crossplan.readers import sysconfigdata
from crossplan.readers.images import read_image
from crossplan.readers.source import ReadError
from crossplan.scan.walk import Place
from crossplan.sysroot import Sysroot

IMAGE_ALLOWANCE = 8 << 20
"""Bytes that one image may cost; a libpython needs some 30 KiB, an archive of 200 members less than 1 MiB."""

_ROLES = frozenset({"libpython", "stable-stub", "import-library", "interpreter", "extension", "other"})

# Scripts and placeholders bear the names of these too; a file that does not begin as an image is none.
_TOLERANT = frozenset({"interpreter", "other", "extension"})
_MAGICS = (
    *(b"\x7fELF", b"MZ", b"!<arch>\n", b"!<thin>\n", b"\0asm"),
    *(b"\xfe\xed\xfa", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe"),  # Mach-O, thin and fat
)

Content: TypeAlias = tuple[Mapping[str, object], Mapping[str, int]]

# How each kind of text file is read: module and function of its reader, loaded where a root has such a file. Those of JSON
# give the values alone.
_READERS: Mapping[str, tuple[str, str]] = {
    "sysconfig-vars": ("build_details", "read_sysconfig_vars"),
    "build-details": ("build_details", "read_build_details"),
    "conda-meta": ("build_details", "read_conda_meta"),
    "pyodide-lock": ("build_details", "read_pyodide_lock"),
    "pyconfig.h": ("headers", "read_header"),
    "patchlevel.h": ("headers", "read_header"),
    "makefile": ("makefile", "read_makefile"),
    "pkg-config": ("makefile", "read_pkgconfig"),
    "pyvenv.cfg": ("pyvenv", "read_pyvenv"),
}


def read_place(root: Sysroot, place: Place) -> Description | ImageFile | Unread | None:
    """Read one place; None where a file turns out to be no evidence (a script called `python3`)."""
    try:
        if place.what in _ROLES:
            return _image(root, place, cast(ImageRole, place.what))
        if place.what == "sysconfigdata":
            return sysconfigdata_of(root.read(place.path, sysconfigdata.SIZE_LIMIT), place.path, place.aliases)
        if place.what == "bytecode":
            from crossplan.readers import bytecode

            with root.open(place.path, 64) as source:
                values = bytecode.read_bytecode(source.read(0, min(source.size, 16)))
            return Description(place.path, "bytecode", values, aliases=place.aliases)
        keys, lines = _text(root, place)
        return Description(place.path, cast(DescriptionKind, place.what), keys, lines, aliases=place.aliases)
    except ReadError as error:
        code = isinstance(error, sysconfigdata.CodeRefused)
        return Unread(place.path, place.what, error.reason, error.place, code)


def _text(root: Sysroot, place: Place) -> Content:
    """Values and lines of a text file that describes a Python."""
    name, function = _READERS[place.what]
    module = import_module(f"crossplan.readers.{name}")
    read: Content | Mapping[str, object] = getattr(module, function)(root.read(place.path, module.SIZE_LIMIT))
    return read if isinstance(read, tuple) else (read, {})


def sysconfigdata_of(data: bytes, path: str, aliases: tuple[str, ...] = ()) -> Description:
    """The description in the bytes of a sysconfigdata."""
    read = sysconfigdata.read_sysconfigdata(data)
    return Description(path, "sysconfigdata", read.values, read.lines, aliases, read.repeated, read.pure)


def _image(root: Sysroot, place: Place, role: ImageRole) -> ImageFile | None:
    with root.open(place.path, IMAGE_ALLOWANCE) as source:
        tolerant = role in _TOLERANT or "." not in place.path.rpartition("/")[2]  # a framework's `Python`
        if tolerant and not source.read(0, min(source.size, 8)).startswith(_MAGICS):
            return None
        return ImageFile(place.path, role, read_image(source, place.path), place.aliases)
