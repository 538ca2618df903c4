"""From a place that the walk found to a record: a `Description`, an `ImageFile`, or `Unread` with the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias, cast

from crossplan.evidence import Description, DescriptionKind, ImageFile, ImageRole, Unread
from crossplan.readers import build_details, bytecode, headers, makefile, pyvenv, sysconfigdata
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

# How each kind of text file is read: the bytes that it may have, and its reader.
_READERS: Mapping[str, tuple[int, Callable[[bytes], Content]]] = {
    "sysconfig-vars": (build_details.SIZE_LIMIT, lambda data: (build_details.read_sysconfig_vars(data), {})),
    "build-details": (build_details.SIZE_LIMIT, lambda data: (build_details.read_build_details(data), {})),
    "conda-meta": (build_details.SIZE_LIMIT, lambda data: (build_details.read_conda_meta(data), {})),
    "pyodide-lock": (build_details.SIZE_LIMIT, lambda data: (build_details.read_pyodide_lock(data), {})),
    "pyconfig.h": (headers.SIZE_LIMIT, headers.read_header),
    "patchlevel.h": (headers.SIZE_LIMIT, headers.read_header),
    "makefile": (makefile.SIZE_LIMIT, makefile.read_makefile),
    "pkg-config": (makefile.SIZE_LIMIT, makefile.read_pkgconfig),
    "pyvenv.cfg": (pyvenv.SIZE_LIMIT, pyvenv.read_pyvenv),
}


def read_place(root: Sysroot, place: Place) -> Description | ImageFile | Unread | None:
    """Read one place; None where a file turns out to be no evidence (a script called `python3`)."""
    try:
        if place.what in _ROLES:
            return _image(root, place, cast(ImageRole, place.what))
        if place.what == "sysconfigdata":
            return sysconfigdata_of(root.read(place.path, sysconfigdata.SIZE_LIMIT), place.path, place.aliases)
        if place.what == "bytecode":
            with root.open(place.path, 64) as source:
                values = bytecode.read_bytecode(source.read(0, min(source.size, 16)))
            return Description(place.path, "bytecode", values, aliases=place.aliases)
        limit, reader = _READERS[place.what]
        return Description(
            place.path, cast(DescriptionKind, place.what), *reader(root.read(place.path, limit)), aliases=place.aliases
        )
    except ReadError as error:
        code = isinstance(error, sysconfigdata.CodeRefused)
        return Unread(place.path, place.what, error.reason, error.place, code)


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
