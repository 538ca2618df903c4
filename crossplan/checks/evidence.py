"""Checks of a root by itself (families XP1, XP2, XP3): one function a code, what was found against what was found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from crossplan.evidence import Contradiction, Evidence, TargetPython, Unread
from crossplan.findings import CODES, Finding, Location
from crossplan.origin import Fact, Origin
from crossplan.readers.libpython import library_name
from crossplan.scan import names

# Contradictions about these make what is built unusable; about others they are worth a look.
_DECISIVE = ("machine", "endian", "pointer_width", "float_abi", "libc", "os", "free_threaded", "debug", "abi_flags")
_IMAGE_KINDS = ("libpython", "stable-stub", "import-library", "interpreter", "extension", "other")
_OPEN_KINDS = ("directory", "link", "file")


def place(origin: Origin) -> Location:
    """The location that an origin names."""
    return Location(origin.place, origin.key, origin.line)


def empty_root(evidence: Evidence) -> Iterator[Finding]:
    """XP101."""
    if not (evidence.pythons or evidence.images or evidence.descriptions or evidence.unread):
        yield Finding(
            CODES["empty-root"],
            "note",
            f"no Python was found below {evidence.root}",
            (Location(evidence.root),),
            "Give the root of the target's file system, or the folder that holds its lib/python3.X.",
        )


def unreadable(evidence: Evidence) -> Iterator[Finding]:
    """XP102: an unreadable root is an error; something below it that could not be opened is a warning."""
    for item in evidence.unread:
        if item.kind in _OPEN_KINDS:
            whole = item.path in ("", ".")
            yield Finding(
                CODES["unreadable"],
                "error" if whole else "warning",
                f"{evidence.root if whole else item.path} cannot be read: {item.reason}",
                (Location(evidence.root if whole else item.path),),
                "Make it readable for this user, or copy the root with a user that may read it.",
            )


def not_all_read(evidence: Evidence) -> Iterator[Finding]:
    """XP103."""
    for limit in evidence.limits:
        yield Finding(
            CODES["not-all-read"],
            "warning",
            f"not all of {evidence.root} was looked at: {limit}",
            (Location(evidence.root),),
            "Give a folder nearer to the Python, for example the one that holds lib/python3.X.",
        )


def description_unreadable(evidence: Evidence) -> Iterator[Finding]:
    """XP201: an error for a damaged sysconfigdata, which a build would read, and where nothing else tells of the Python."""
    of_told = {item.path for python in evidence.pythons if _is_told(python) for item in python.unread}
    for item in evidence.unread:
        if item.kind in (*_IMAGE_KINDS, *_OPEN_KINDS, "dangling"):
            continue
        where = f" at {item.place}" if item.place else ""
        yield Finding(
            CODES["description-unreadable"],
            "warning" if item.kind != "sysconfigdata" or (item.code and item.path in of_told) else "error",
            f"{item.path} cannot be read as {item.kind}{where}: {item.reason}",
            (Location(item.path, line=_line(item.place)),),
            _MENDING["code" if item.code else item.kind if item.kind in _MENDING else "other"],
        )


_MENDING = {
    "sysconfigdata": "Take the file from the target's own Python, as CPython wrote it: "
    "one assignment of a literal dictionary to build_time_vars.",
    "code": "It is not run, and nothing of it is believed. PyPy, GraalPy and Pyodide ship it so; for a CPython, take the file as "
    "it wrote it: one assignment of a literal dictionary to build_time_vars.",
    "other": "Copy the file again from the target, or remove it.",
}


def _is_told(python: TargetPython) -> bool:
    """Whether version and machine of a Python are known from what could be read."""
    return all(
        name in python.facts and python.facts[name].origin.kind in ("file", "image") for name in ("version", "machine")
    )


def dangling_link(evidence: Evidence) -> Iterator[Finding]:
    """XP107: a libpython or description that is only a link to nothing, where no other file stands in for it."""
    for item in evidence.unread:
        if item.kind != "dangling" or not _is_needed(evidence, item):
            continue
        yield Finding(
            CODES["dangling-link"],
            "warning",
            f"{item.path} is a link to nothing: {item.reason}",
            (Location(item.path),),
            "Install the package that holds the file itself, or copy it from the target.",
        )


def _is_needed(evidence: Evidence, item: Unread) -> bool:
    """Whether a build may look for the file: no program, and no library or header where another of that Python is there."""
    name = PurePosixPath(item.path).name
    if names.is_interpreter(name) or (name.endswith((".a", ".h")) and evidence.pythons):
        return False
    return not any(PurePosixPath(path).name == name for file in evidence.images for path in (file.path, *file.aliases))


def _line(place: str | None) -> int | None:
    """The number in `line 3`."""
    return int(place.split()[1]) if place and place.startswith("line ") and place.split()[1].isdigit() else None


def byte_code_only(evidence: Evidence) -> Iterator[Finding]:
    """XP205: byte code beside its source is no finding; byte code instead of it says nothing but a version."""
    for python in evidence.pythons:
        compiled = [item for item in python.descriptions if item.kind == "bytecode"]
        if compiled and not any(item.kind in ("sysconfigdata", "sysconfig-vars") for item in python.descriptions):
            version = f", written by Python {compiled[0].values['version']}" if "version" in compiled[0].values else ""
            yield Finding(
                CODES["byte-code-only"],
                "warning",
                f"{compiled[0].path} is there as byte code only{version}: it cannot be read without running it",
                tuple(Location(item.path) for item in compiled),
                "Install the target's Python with its sources, or copy the .py file of that name from its build.",
            )


def image_unreadable(evidence: Evidence) -> Iterator[Finding]:
    """XP308: an error for what is linked; other binaries a build does not need."""
    for item in evidence.unread:
        if item.kind in _IMAGE_KINDS:
            where = f" at {item.place}" if item.place else ""
            kind = "binary" if item.kind == "other" else item.kind
            yield Finding(
                CODES["image-unreadable"],
                "error" if item.kind in ("libpython", "import-library") else "warning",
                f"{item.path} is no readable {kind}{where}: {item.reason}",
                (Location(item.path),),
                "Copy the file from the target again and compare sizes; if it is a linker script or an empty placeholder, remove it.",
            )


def code_around(evidence: Evidence) -> Iterator[Finding]:
    """XP201, as a warning: statements beside the literal may change what Python would find in it."""
    for item in evidence.descriptions:
        if not item.pure:
            yield Finding(
                CODES["description-unreadable"],
                "warning",
                f"{item.path} holds more than its dictionary: the values are read from that, and the rest is not run",
                (Location(item.path),),
                "Check that the other statements of the file change none of the values that are shown here.",
            )


def repeated_key(evidence: Evidence) -> Iterator[Finding]:
    """XP204: legal in Python, and a sign that two files were put into one."""
    for item in evidence.descriptions:
        if item.repeated:
            yield Finding(
                CODES["repeated-key"],
                "warning",
                f"{item.path} gives {', '.join(item.repeated)} twice; the last one counts, as in Python",
                tuple(Location(item.path, key, item.lines.get(key)) for key in item.repeated),
                "Take the file from the target's own Python, as CPython wrote it.",
            )


_CODES = {
    "machine": "architecture-mismatch",
    "endian": "byte-order-mismatch",
    "pointer_width": "pointer-width-mismatch",
    "float_abi": "float-abi-mismatch",
    "abi": "abi-mismatch",
    "os": "os-mismatch",
}


def contradiction(evidence: Evidence) -> Iterator[Finding]:
    """XP202, and XP301 to XP307 where it is about the ABI: an error where a build would take the wrong one."""
    for python in evidence.pythons:
        for item in python.contradictions:
            decisive = item.field in _DECISIVE or _other_minor(item)
            said = "; ".join(f"{_shown(fact)} says {fact.value}" for fact in item.facts)
            yield Finding(
                CODES[_CODES.get(item.field, "contradiction")],
                "error" if decisive and not item.loose else "warning",
                f"sources disagree about the {item.field.replace('_', ' ')} of {called(python)}: {said}",
                tuple(place(fact.origin) for fact in item.facts),
                "They belong to different builds, and the first is believed: "
                "keep the files of one build of the target's Python together, and remove the others.",
            )


def _other_minor(item: Contradiction) -> bool:
    """Whether versions differ in more than the third number."""
    return item.field == "version" and len({".".join(str(fact.value).split(".")[:2]) for fact in item.facts}) > 1


def _shown(fact: Fact[object]) -> str:
    origin = fact.origin
    return f"{origin.place} ({origin.key})" if origin.key else str(origin.place)


def wrong_dll(evidence: Evidence) -> Iterator[Finding]:
    """XP609: an import library binds to the DLL that it names, whatever its own name is."""
    for file in evidence.images:
        said, own = library_name(file.image.soname or ""), library_name(PurePosixPath(file.path).name)
        if file.role == "import-library" and said is not None and own is not None and said != own:
            yield Finding(
                CODES["wrong-dll"],
                "warning",
                f"{file.path} binds to {file.image.soname}, another DLL than its name says",
                (Location(file.path, "soname"),),
                f"Take the {PurePosixPath(file.path).name} of the Python that is meant.",
            )


def misnamed_sysconfigdata(evidence: Evidence) -> Iterator[Finding]:
    """XP203: CPython's cross builds have named the file after the machine that ran them."""
    for description in evidence.descriptions:
        if description.kind != "sysconfigdata":
            continue
        base = PurePosixPath(description.path).name
        key = "MULTIARCH" if description.values.get("MULTIARCH") else "SOABI"
        value = str(description.values.get(key, ""))
        named = names.described(base).multiarch
        inside = value if key == "MULTIARCH" else names.extension(f"x.{value}.so").multiarch
        if (
            not named
            or not inside
            or None in (facts := {names.decoded(named), names.decoded(inside)})
            or len(facts) == 1
        ):
            continue
        yield Finding(
            CODES["misnamed-sysconfigdata"],
            "warning",
            f"{description.path} is named after {named}, and its {key} says {inside}",
            (Location(description.path, key, description.lines.get(key)),),
            f"The contents count. Rename it to {base.replace(named, inside)}, "
            "so that tools which go by the name find the right one.",
        )


def called(python: TargetPython) -> str:
    """How a Python is called in a message: `CPython 3.11.2 (arm-linux-gnueabihf)`."""
    flags = "t" if python.value("free_threaded") else ""
    name = f"{python.value('implementation') or 'Python'} {python.value('version') or '?'}{flags}"
    abi = python.text("multiarch") or python.text("machine")
    return f"{name} ({abi})" if abi else name


CHECKS = (
    empty_root,
    unreadable,
    not_all_read,
    description_unreadable,
    dangling_link,
    misnamed_sysconfigdata,
    wrong_dll,
    code_around,
    repeated_key,
    byte_code_only,
    image_unreadable,
    contradiction,
)
