"""Which Python of a root is meant, and how each of the others differs from what was asked for.

Selection compares facts with facts: machine, width, byte order, float ABI, C library, never parts of a path.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from crossplan.evidence import TargetPython
from crossplan.origin import Fact, Origin
from crossplan.python import PythonChoice, minor_version
from crossplan.readers.image import Image
from crossplan.record import record
from crossplan.triple import DATA_MODELS, Target

_FIELDS = ("os", "machine", "pointer_width", "endian", "float_abi", "libc", "abi")


@record
class Mismatch:
    """One fact of a Python, or of one of its binaries, that the target contradicts."""

    field: str
    wanted: object
    found: Fact[object]


@record
class Wish:
    """What the user said about which Python: the values, each with where it was said."""

    python: Fact[PythonChoice] | None = None
    implementation: Fact[str] | None = None
    under: Fact[str] | None = None  # a folder below the root, relative to it
    sysconfigdata: Fact[str] | None = None  # name of the module, as in _PYTHON_SYSCONFIGDATA_NAME


@record
class Rejected:
    """A Python that was passed over, and why: mismatches with the target, or wishes that it does not meet."""

    python: TargetPython
    mismatches: tuple[Mismatch, ...] = ()
    unmet: tuple[Fact[object], ...] = ()


@record
class Selection:
    """The Python that is meant, or None: then `candidates` are those among which nothing decides (maybe none)."""

    python: TargetPython | None
    candidates: tuple[TargetPython, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    implied: str | None = None  # what decided between several, where no wish did


def _wanted(target: Target) -> dict[str, object]:
    """The target in the words of evidence; None where it leaves a thing open."""
    return {
        "os": target.os,
        "machine": target.machine,
        "pointer_width": target.pointer_width,
        "endian": target.endian,
        "float_abi": target.float_abi,
        "libc": target.libc,
        "abi": target.data_model,
    }


def image_mismatches(image: Image, path: str, target: Target) -> tuple[Mismatch, ...]:
    """What the headers of one binary say that the target contradicts. A fat image fits if one slice does."""
    if image.slices:
        each = [image_mismatches(part, path, target) for part in image.slices]
        return () if not all(each) else min(each, key=len)
    wanted = _wanted(target)
    said: dict[str, object] = {
        "os": None if (image.os, target.os) == ("windows", "cygwin") else image.os,  # one format
        "machine": image.machine,
        "pointer_width": image.bits,
        "endian": image.endian,
        "float_abi": image.float_calls,
        "libc": image.libc,
        "abi": image.abi if image.abi in DATA_MODELS else None,
    }
    if image.os == "ios":
        said["simulator"], wanted["simulator"] = image.simulator, target.simulator
    found = []
    for field, value in said.items():
        if value is not None and wanted[field] is not None and value != wanted[field]:
            found.append(Mismatch(field, wanted[field], Fact(value, Origin("image", path, field))))
    if image.machine is not None and image.cpu_arch is not None:
        other = _other_mips(image.machine, Fact(image.cpu_arch, Origin("image", path, "cpu_arch")), target)
        if image.nan2008 and not target.release_6 and not other:  # release 6 has that encoding alone
            other = [Mismatch("nan_encoding", "legacy", Fact("2008", Origin("image", path, "nan2008")))]
        found += other
    return tuple(found)


def _other_mips(machine: str, level: Fact[str], target: Target) -> list[Mismatch]:
    """What a MIPS level or multiarch name says of release 6, where the target is of the other kind."""
    if machine.startswith("mips") and machine == target.machine and ("r6" in level.value) != target.release_6:
        return [Mismatch("abi", target.arch, Fact(level.value, level.origin))]
    return []


def mismatches(python: TargetPython, target: Target) -> tuple[Mismatch, ...]:
    """All that contradicts the target: the Python's own facts first, then those of its libpython."""
    wanted = _wanted(target)
    universal = any(len(file.image.slices) > 1 for file in python.images)
    found = []
    for field in _FIELDS:
        fact = python.facts.get(field)
        if fact is None or wanted.get(field) is None or (universal and field in ("machine", "pointer_width", "endian")):
            continue
        if fact.value != wanted[field] and not (field == "abi" and target.data_model is None):
            found.append(Mismatch(field, wanted[field], fact))
    named, machine = python.facts.get("multiarch"), python.text("machine")
    if named is not None and machine is not None and not universal:
        found += _other_mips(machine, Fact(str(named.value), named.origin), target)
    for file in python.images_of("libpython"):
        found += [m for m in image_mismatches(file.image, file.path, target) if m.field not in {f.field for f in found}]
    return tuple(found)


def _unmet(python: TargetPython, wish: Wish) -> tuple[Fact[object], ...]:
    """The wishes that this Python does not meet."""
    unmet: list[Fact[object]] = []
    if wish.python is not None and not meets(python, wish.python.value):
        unmet.append(wish.python)
    if wish.implementation is not None and python.value("implementation") not in (None, wish.implementation.value):
        unmet.append(wish.implementation)
    if wish.under is not None and not any(_below(path, wish.under.value) for path in paths_of(python)):
        unmet.append(wish.under)
    if wish.sysconfigdata is not None:
        stems = {PurePosixPath(path).name.partition(".")[0] for path in python.sysconfigdata_paths}
        if stems and wish.sysconfigdata.value not in stems:
            unmet.append(wish.sysconfigdata)
    return tuple(unmet)


def meets(python: TargetPython, choice: PythonChoice) -> bool:
    """Whether this is the version asked for: `3.1` is not `3.11`, `3.14` is not `3.14t`; a debug build has the ABI of its
    version, and is only demanded by `d`.
    """
    text = python.text("version") or ""
    if minor_version(text) != choice.version or bool(python.value("free_threaded")) != choice.free_threaded:
        return False
    micro = text.split(".")[2:]
    if choice.micro is not None and micro and micro[0].rstrip("+") != str(choice.micro):
        return False
    return not choice.debug or python.value("debug") is True


def paths_of(python: TargetPython) -> tuple[str, ...]:
    """Every path that belongs to this Python, links included."""
    described = [path for item in python.descriptions for path in (item.path, *item.aliases)]
    return (*described, *(path for item in python.images for path in (item.path, *item.aliases)))


def _below(path: str, folder: str) -> bool:
    return folder in ("", ".") or path == folder or path.startswith(folder.rstrip("/") + "/")


def select(pythons: Sequence[TargetPython], target: Target, wish: Wish) -> Selection:
    """The Python that fits the target and meets every wish; a plain build is preferred to its debug or `t` variant."""
    fitting, rejected = [], []
    for python in pythons:
        wrong, unmet = mismatches(python, target), _unmet(python, wish)
        if wrong or unmet:
            rejected.append(Rejected(python, wrong, unmet))
        else:
            fitting.append(python)
    if len(fitting) > 1 and (plain := _plain(fitting, wish)):
        return Selection(
            plain, tuple(fitting), tuple(rejected), implied="the plain build among variants of one version"
        )
    if len(fitting) == 1:
        return Selection(fitting[0], tuple(fitting), tuple(rejected))
    return Selection(None, tuple(fitting), tuple(rejected))


def _plain(fitting: Sequence[TargetPython], wish: Wish) -> TargetPython | None:
    """The one build without `t` and `d`, if all are of one implementation and version."""
    if len({(p.value("implementation"), minor_version(p.text("version") or "")) for p in fitting}) != 1:
        return None
    choice = wish.python.value if wish.python else None
    threads, debug = (choice.free_threaded, choice.debug) if choice else (False, False)
    exact = [p for p in fitting if bool(p.value("free_threaded")) == threads and bool(p.value("debug")) == debug]
    return exact[0] if len(exact) == 1 else None
