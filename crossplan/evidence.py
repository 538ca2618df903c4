"""`Evidence`: everything that a scan of one root found, as values; nothing here reads or judges.

Paths are text, relative to the root, with `/`, as the archive or directory spells them (bytes that are no UTF-8
stand as lone surrogates).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import PurePosixPath
from typing import Literal

from crossplan.origin import Fact
from crossplan.readers.image import Image
from crossplan.record import field, record
from crossplan.triple import targets_served

DescriptionKind = Literal[
    "sysconfigdata",
    "build-details",
    "sysconfig-vars",
    "pyconfig.h",
    "patchlevel.h",
    "makefile",
    "pkg-config",
    "pyvenv.cfg",
    "conda-meta",
    "pyodide-lock",
    "bytecode",
]
ImageRole = Literal["libpython", "stable-stub", "interpreter", "import-library", "extension", "other"]


@record
class Description:
    """One static description of a Python that could be read: its keys as the format names them, each with its line."""

    path: str
    kind: DescriptionKind
    values: Mapping[str, object]
    lines: Mapping[str, int] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()  # links inside the root that lead to this file
    repeated: tuple[str, ...] = ()  # keys given twice; the last one counts
    pure: bool = True  # sysconfigdata: nothing but the one assignment


@record
class ImageFile:
    """One binary of the root, with the links that lead to it and what it is to a Python."""

    path: str
    role: ImageRole
    image: Image
    aliases: tuple[str, ...] = ()


@record
class Unread:
    """A file that looked like evidence and could not be read: why, and where in it (`line 3`, `offset 0x40`)."""

    path: str
    kind: str  # a DescriptionKind, an ImageRole, `directory`, `link`, `dangling`, `file`
    reason: str
    place: str | None = None
    code: bool = False  # a sysconfigdata that is a program, and not run


@record
class Contradiction:
    """Two or more sources that give different values of one field of one Python. The first is the one believed.

    `loose`: nothing that a build goes by is contradicted, only what describes it beside (headers, Makefile,
    build-details.json), or a sysconfigdata that does not claim to be for one ABI alone (as one is shared by Android's four).
    """

    field: str
    facts: tuple[Fact[object], ...]
    loose: bool = False


@record
class TargetPython:
    """One Python of the root: the facts with their origins, and what they were read from.

    `facts` may hold: implementation, version, abi_flags, free_threaded, debug, soabi, ext_suffix, multiarch,
    pointer_width (bits), shared, os, machine, endian, float_abi, libc, abi, cpu_arch, simulator, platform, minimum_os,
    ldversion, prefix, framework_prefix, and module_suffix (what the names of its extension modules end in, where no
    description says EXT_SUFFIX).
    A field that nothing told is absent. `unread`: files that belong to it and could not be read.
    """

    facts: Mapping[str, Fact[object]]
    descriptions: tuple[Description, ...]
    images: tuple[ImageFile, ...]
    contradictions: tuple[Contradiction, ...] = ()
    unread: tuple[Unread, ...] = ()

    def value(self, name: str) -> object | None:
        """The value of a field, or None where nothing told it."""
        fact = self.facts.get(name)
        return None if fact is None else fact.value

    def text(self, name: str) -> str | None:
        """The value of a field that is text."""
        value = self.value(name)
        return value if isinstance(value, str) else None

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """Rust triples that it serves, best first; of each slice where its library is fat and nothing says which is meant."""
        libraries = [file.image for file in self.images if file.role == "libpython"]
        machine = self.text("machine")
        machines: list[tuple[str | None, int | None, str | None, bool]] = [
            (part.machine, part.bits, part.endian, part.simulator)
            for part in next((image.slices for image in libraries if image.slices), ())
            if machine in (None, part.machine)
        ]
        if not machines:
            width = self.value("pointer_width")
            simulated = any(image.simulator for image in libraries) or bool(self.value("simulator"))
            machines = [(machine, width if isinstance(width, int) else None, self.text("endian"), simulated)]
        return tuple(
            dict.fromkeys(
                triple
                for machine, bits, endian, simulated in machines
                for triple in targets_served(
                    os=self.text("os"),
                    machine=machine,
                    bits=bits,
                    endian=endian,
                    float_abi=self.text("float_abi"),
                    libc=self.text("libc"),
                    abi=self.text("abi"),
                    cpu_arch=self.text("cpu_arch"),
                    multiarch=self.text("multiarch"),
                    simulator=simulated,
                )
            )
        )

    @property
    def sysconfigdata(self) -> tuple[Description, ...]:
        """Its sysconfigdata files."""
        return tuple(d for d in self.descriptions if d.kind == "sysconfigdata")

    @property
    def sysconfigdata_paths(self) -> tuple[str, ...]:
        """Where its sysconfigdata lies in any form: files, then links to them, then byte code; unreadable ones too."""
        files = [d.path for d in self.sysconfigdata] + [u.path for u in self.unread if u.kind == "sysconfigdata"]
        links = [alias for d in self.sysconfigdata for alias in d.aliases]
        compiled = [d.path for d in self.descriptions if d.kind == "bytecode"]
        return tuple(dict.fromkeys((*sorted(files), *sorted(links), *sorted(compiled))))

    @property
    def home(self) -> str | None:
        """The folder of the root that holds `lib/python3.X`, as its descriptions lie: `usr`, or empty for the root itself."""
        for description in self.sysconfigdata:
            for folder in PurePosixPath(description.path).parents:
                if folder.name in ("lib", "lib64"):
                    return "" if folder.parent == PurePosixPath() else str(folder.parent)
        return None

    def images_of(self, *roles: ImageRole) -> tuple[ImageFile, ...]:
        """Its images of these roles."""
        return tuple(i for i in self.images if i.role in roles)


@record
class Evidence:
    """What one root holds. `root` is the path as the user gave it; `limits` names what was left unread because of a bound."""

    root: str
    pythons: tuple[TargetPython, ...] = ()
    images: tuple[ImageFile, ...] = ()  # all images found, those of `pythons` included
    descriptions: tuple[Description, ...] = ()
    unread: tuple[Unread, ...] = ()
    limits: tuple[str, ...] = ()
