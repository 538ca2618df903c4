"""A standard library that is a zip: Pyodide's `python_stdlib.zip`, Chaquopy's, that of Windows' embeddable packages.

It is looked into only where nothing beside it describes the Python. What is found bears the path `ARCHIVE/NAME`.
"""

from __future__ import annotations

from contextlib import ExitStack

from crossplan.evidence import Unread
from crossplan.readers.source import ReadError
from crossplan.record import replace
from crossplan.scan.group import Record
from crossplan.scan.read import read_place
from crossplan.scan.walk import Place, walk_root
from crossplan.sysroot import Sysroot

ZIP_ALLOWANCE = 64 << 20
"""Bytes of the archive that may be read, and that what is read of it may unpack to."""

_DESCRIPTIONS = ("sysconfigdata", "sysconfig-vars", "build-details", "bytecode")


def read_zip(root: Sysroot, place: Place) -> list[Record]:
    """The descriptions in a zip of the root."""
    from crossplan.sysroot.archive import ArchiveRoot
    from crossplan.sysroot.flow import Allowance
    from crossplan.sysroot.index import Index, Omissions
    from crossplan.sysroot.scratch import Scratch
    from crossplan.sysroot.zip import ZipStore

    try:
        with ExitStack() as held:
            source = held.enter_context(root.open(place.path, ZIP_ALLOWANCE))
            scratch, omissions = Scratch(), Omissions()
            held.callback(scratch.close)
            tree = Index(omissions)
            ZipStore(source, scratch, Allowance(ZIP_ALLOWANCE)).load(tree)
            inner = ArchiveRoot(place.path, tree, omissions, ExitStack())
            found = walk_root(inner, full=False).places.values()
            records = [
                read_place(inner, one) for one in sorted(found, key=lambda one: one.path) if one.what in _DESCRIPTIONS
            ]
    except ReadError as error:
        return [Unread(place.path, place.what, error.reason, error.place)]
    return [replace(record, path=f"{place.path}/{record.path}") for record in records if record is not None]
