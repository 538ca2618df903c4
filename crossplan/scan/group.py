"""Which records belong to one Python.

Names and places decide, not contents: a description that names a machine starts a Python; a library joins the one that it
lies with; descriptions that name no machine join every Python that they can describe. What the members then say against
each other is for `settle`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from crossplan.evidence import Description, ImageFile, Unread
from crossplan.python import minor_version
from crossplan.readers.image import Image
from crossplan.record import field, record, replace
from crossplan.scan import names
from crossplan.scan.names import Name
from crossplan.sysroot import parent

Record: TypeAlias = Description | ImageFile | Unread

# Kinds of description that show that a Python is there; the others only tell more of one.
_FOUNDING = ("sysconfigdata", "sysconfig-vars", "build-details", "pyodide-lock", "bytecode")
_ARCH = ("machine", "bits", "endian", "float_abi")
# Formats that systems differ in, so that GraalPy's jar, of several systems, is several Pythons. An `ar` is of any of them.
_FAMILIES = {"elf": "elf", "mach-o": "mach-o", "pe": "pe", "import-library": "pe", "wasm": "wasm"}


@record
class Member:
    """A record, the installation that it lies in, and what its name and keys say of the Python that it belongs to."""

    record: Record
    prefix: str
    name: Name

    @property
    def folder(self) -> str:
        """The folder of its file."""
        return parent(self.record.path)


@record(frozen=False)
class Group:
    """The members of one Python."""

    prefix: str
    name: Name
    members: list[Member] = field(default_factory=list)

    def join(self, member: Member) -> None:
        """Take a member in; what it says fills what nothing said before."""
        self.members.append(member)
        self.name = self.name.filled(member.name)

    @property
    def library(self) -> ImageFile | None:
        """The first of its libpython images."""
        records = (m.record for m in self.members if _role(m) == "libpython")
        return next((record for record in records if isinstance(record, ImageFile)), None)


def group(records: Iterable[tuple[Record, str]]) -> list[Group]:
    """The Pythons among records, each given with its installation."""
    homes: dict[str, list[Member]] = {}
    for one, prefix in records:
        member = Member(one, _home(one, prefix), _name_of(one))
        homes.setdefault(member.prefix, []).append(member)
    return [python for members in homes.values() for python in _of_installation(members)]


def _of_installation(members: Sequence[Member]) -> list[Group]:
    """The Pythons of one installation."""
    groups: list[Group] = []
    strict = [m for m in members if _founds(m) and m.name.multiarch and names.decoded(m.name.multiarch)]
    for member in sorted(strict, key=_rank):
        _join_or_found(groups, member)
    libraries = [m for m in members if _role(m) == "libpython"]
    _place_libraries(groups, libraries)
    placed = {id(member) for member in (*strict, *libraries)}
    rest = [member for member in members if id(member) not in placed]
    for member in sorted((m for m in rest if not isinstance(m.record, ImageFile)), key=_rank):
        fitting = [g for g in groups if _compatible(g.name, member.name)]
        for one in fitting:
            one.join(member)
        if not fitting and _founds(member):
            groups.append(Group(member.prefix, member.name, [member]))
    for member in (m for m in rest if isinstance(m.record, ImageFile)):
        _place_image(groups, member)
    return _without_misdescribed(groups)


def _without_misdescribed(groups: list[Group]) -> list[Group]:
    """The groups, less those that only a build-details.json founded beside the sysconfigdata of one Python of that version.

    A folder has one such file, and cross builds have written it for the machine that ran them (CPython issue 136267), so it is
    of that Python, and contradicts it.
    """
    kept = []
    for one in groups:
        alone = all(isinstance(m.record, Description) and m.record.kind == "build-details" for m in one.members)
        folder = one.members[0].folder
        owners = [other for other in groups if other is not one and _described_in(other, folder, one.name)]
        if alone and len(owners) == 1:
            owners[0].members.extend(one.members)
        else:
            kept.append(one)
    return kept


def _described_in(one: Group, folder: str, name: Name) -> bool:
    """Whether a sysconfigdata in that folder describes this Python, of the version that `name` says."""
    kinds = {m.record.kind for m in one.members if isinstance(m.record, Description) and m.folder == folder}
    return "sysconfigdata" in kinds and name.minor in (None, one.name.minor)


def _home(record: Record, prefix: str) -> str:
    """The installation that a record is of: where it lies, or for a virtual environment the one that it was made from."""
    if isinstance(record, Description) and record.kind == "pyvenv.cfg":
        home = str(record.values["home"]).strip("/").removesuffix("bin").rstrip("/")
        return "" if home == "usr" else home
    return prefix


def _role(member: Member) -> str | None:
    return member.record.role if isinstance(member.record, ImageFile) else None


def _founds(member: Member) -> bool:
    record = member.record
    return not isinstance(record, ImageFile) and record.kind in _FOUNDING


def _rank(member: Member) -> tuple[bool, bool, int, str]:
    """What founds a Python first, readable sysconfigdata before all, so that its name, the best known, is the group's."""
    record = member.record
    kind = "" if isinstance(record, ImageFile) else record.kind
    order = _FOUNDING.index(kind) if kind in _FOUNDING else len(_FOUNDING)
    return not _founds(member), isinstance(record, Unread), order, record.path


def _name_of(record: Record) -> Name:
    """What file name, folders and, for want of them, keys or headers say."""
    base = record.path.rpartition("/")[2]
    around = names.folders(record.path)
    if isinstance(record, ImageFile):
        return _image_name(record).filled(around)
    own = names.described(base)
    if isinstance(record, Unread):
        return own.filled(names.library(base), around)
    values = record.values
    soabi = names.extension(f"x.{values.get('SOABI')}.so") if values.get("SOABI") else Name()
    multiarch = values.get("MULTIARCH") or soabi.multiarch or values.get("implementation._multiarch")
    inside = Name(None, None, None, str(multiarch) if multiarch else None)
    version = (
        values.get("VERSION") or values.get("language.version") or values.get("info.python") or values.get("version")
    )
    minor = minor_version(str(version)) if version else None
    flags = values.get("ABIFLAGS")
    said = Name(soabi.implementation, str(minor) if minor else None, flags if isinstance(flags, str) else None)
    return inside.filled(own, around, said)


def _image_name(file: ImageFile) -> Name:
    bases = [path.rpartition("/")[2] for path in (file.path, *file.aliases)]
    read = {"interpreter": names.interpreter, "extension": names.extension}.get(file.role, names.library)
    if file.role == "import-library" and file.image.soname:
        bases.insert(0, file.image.soname)
    name = next((found for base in bases if (found := read(base)) != Name()), Name())
    if file.role == "libpython" and name.minor is None and file.image.python_version:
        minor = minor_version(file.image.python_version)
        name = replace(name, minor=str(minor) if minor else None)
    return name


def _compatible(one: Name, other: Name) -> bool:
    """Whether two names can be of one Python: what both say is equal."""
    if any(a and b and a != b for a, b in ((one.implementation, other.implementation), (one.minor, other.minor))):
        return False
    if None not in (one.variant, other.variant) and one.variant != other.variant:
        return False
    if not one.multiarch or not other.multiarch or one.multiarch == other.multiarch:
        return True
    facts = names.decoded(one.multiarch), names.decoded(other.multiarch)
    return None in facts or facts[0] == facts[1]


def _join_or_found(groups: list[Group], member: Member) -> None:
    for one in groups:
        if _compatible(one.name, member.name):
            one.join(member)
            return
    groups.append(Group(member.prefix, member.name, [member]))


def arch_of(image: Image) -> Mapping[str, object]:
    """Machine, width, byte order, float ABI, and family of formats; empty for a fat image, which is of several machines."""
    if image.slices:
        return {}
    found = {key: value for key in _ARCH if (value := getattr(image, key)) is not None}
    return {**found, "family": _FAMILIES[image.format]} if image.format in _FAMILIES else found


def _arch_of_group(one: Group) -> Mapping[str, object]:
    """The same of a Python: by its multiarch name, else by its libraries."""
    facts = names.decoded(one.name.multiarch) if one.name.multiarch else None
    if facts is not None and facts.machine:
        return {key: value for key in _ARCH if (value := getattr(facts, key)) is not None}
    return arch_of(one.library.image) if one.library else {}


def _same_arch(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    return all(other.get(key, value) == value for key, value in one.items())


def _place_libraries(groups: list[Group], libraries: Sequence[Member]) -> None:
    """Each libpython goes to the Python that it lies with, to one of its machine, or becomes one of its own."""
    described = list(groups)
    for member in libraries:
        record = member.record
        assert isinstance(record, ImageFile)
        fitting = [g for g in described if _compatible(g.name, member.name)]
        arch = arch_of(record.image)
        own = [g for g in fitting if _same_arch(_arch_of_group(g), arch)]
        near = [g for g in fitting if _lies_with(member, g)]
        best = [g for g in own if any(g is one for one in near)] or own or near
        if record.image.slices:
            for one in best:
                one.join(member)
        elif best:
            best[0].join(member)
        else:
            _join_own(groups, described, member, arch)


def _join_own(groups: list[Group], described: list[Group], member: Member, arch: Mapping[str, object]) -> None:
    """Join the Python of another library of that machine that nothing describes, or found one."""
    for one in groups:
        if any(one is known for known in described) or not _compatible(one.name, member.name):
            continue
        if arch and one.library and _same_arch(arch_of(one.library.image), arch):
            one.join(member)
            return
    groups.append(Group(member.prefix, member.name, [member]))


def _lies_with(library: Member, one: Group) -> bool:
    """Whether a library lies where the Python's own should: beside its lib/python3.X, in LIBDIR, below its config folder."""
    places = set()
    for member in one.members:
        if isinstance(member.record, Description):
            places.add(member.folder)
            libdir = member.record.values.get("LIBDIR")
            if isinstance(libdir, str):
                places.add(libdir.strip("/"))
    folder = library.folder
    return bool(library.name.multiarch) or any(
        place == folder or folder == "" or place.startswith(folder + "/") or folder.startswith(place + "/")
        for place in places
    )


def _place_image(groups: list[Group], member: Member) -> None:
    """Interpreters, stubs, import libraries and extension modules go to each Python of their name and machine."""
    record = member.record
    assert isinstance(record, ImageFile)
    if record.role == "other" and member.name.minor is None:
        return  # the C library, which is nobody's
    arch = arch_of(record.image)
    fitting = [g for g in groups if _compatible(g.name, member.name) and _same_arch(_arch_of_group(g), arch)]
    for one in fitting:
        one.members.append(member)
    if not fitting and record.role == "interpreter" and record.image.python_version:
        groups.append(Group(member.prefix, member.name, [member]))
