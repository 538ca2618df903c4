"""Claims: what each record says of a Python, field by field, and whom to believe.

`BELIEF` names the order. A binary is what will be loaded, so its headers come before any text about it; among texts, the
one that the build wrote (sysconfigdata) comes before those made from it or for other purposes; names come last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from crossplan.evidence import Description, ImageFile
from crossplan.origin import Origin
from crossplan.readers.image import Image
from crossplan.record import record
from crossplan.scan import names
from crossplan.triple import DATA_MODELS

Source: TypeAlias = str  # an ImageRole, a DescriptionKind, `static libpython`, `name` or `default`

BELIEF: tuple[Source, ...] = (
    "libpython",
    "static libpython",
    "interpreter",
    "sysconfigdata",
    "sysconfig-vars",
    "build-details",
    "makefile",
    "pyconfig.h",
    "patchlevel.h",
    "pyodide-lock",
    "conda-meta",
    "pkg-config",
    "pyvenv.cfg",
    "import-library",
    "stable-stub",
    "extension",
    "other",
    "bytecode",
    "name",
    "default",
)
"""Sources from the most to the least believed."""

# Fields in which sources are held against each other. In the others they differ by habit: `shared` is 0 in conda's files
# although it ships the library, `libc` of a multiarch name is glibc in many musl builds.
COMPARED = frozenset(
    {"implementation", "version", "free_threaded", "debug", "soabi", "ext_suffix", "multiarch"}
    | {"pointer_width", "os", "machine", "endian", "float_abi", "abi"}
)


@record
class Claim:
    """One source says that a field has a value. `loose`: it does not claim to describe one ABI alone."""

    field: str
    value: object
    source: Source
    origin: Origin
    loose: bool = False


Claimer: TypeAlias = Callable[[str, object, str], Claim]
"""Makes the claim of one description: field, value, key."""


def of_image(file: ImageFile) -> Iterator[Claim]:
    """What a binary says. Of a fat one, what all slices agree on."""
    parts = file.image.slices or (file.image,)
    source = "static libpython" if file.role == "libpython" and file.image.format == "ar" else file.role

    def same(name: str) -> object:
        values = {getattr(part, name) for part in parts}
        return values.pop() if len(values) == 1 else None

    for field, attribute in _IMAGE_FIELDS.items():
        value = same(attribute)
        if value is not None and _tells(file, field, parts[0]):
            key = parts[0].python_version_from if field == "version" else _KEYS.get(attribute, attribute)
            # Cygwin has Windows' format too, and only its descriptions say so.
            believed = "name" if (field, value) == ("os", "windows") else source
            yield Claim(field, value, believed, Origin("image", file.path, key))
    if file.role == "libpython" and parts[0].kind == "shared":
        yield Claim("shared", True, file.role, Origin("image", file.path, "type"))
    if file.role == "interpreter" and any(names.is_library(name.rpartition("/")[2]) for name in parts[0].needed):
        yield Claim("shared", True, file.role, Origin("image", file.path, "needed"))


_IMAGE_FIELDS: Mapping[str, str] = {
    "os": "os",
    "machine": "machine",
    "pointer_width": "bits",
    "endian": "endian",
    "float_abi": "float_calls",
    "libc": "libc",
    "abi": "abi",
    "cpu_arch": "cpu_arch",
    "minimum_os": "minimum_os",
    "version": "python_version",
    "free_threaded": "free_threaded",
    "debug": "debug",
}
_KEYS = {"bits": "class", "float_calls": "float_abi"}


def _tells(file: ImageFile, field: str, image: Image) -> bool:
    """Whether this binary is a witness for the field: only a library or program of one version for its version."""
    if field in ("version", "free_threaded", "debug"):
        return file.role == "libpython" or (file.role == "interpreter" and image.python_version is not None)
    if field == "abi":
        return image.abi in DATA_MODELS
    return True


_KEYED: Mapping[str, Mapping[str, str]] = {
    # kind of description -> its key -> our field; the values are taken as they stand
    "build": {
        "VERSION": "version",
        "ABIFLAGS": "abi_flags",
        "SOABI": "soabi",
        "EXT_SUFFIX": "ext_suffix",
        "MULTIARCH": "multiarch",
        "LDVERSION": "ldversion",
        "prefix": "prefix",
        "PYTHONFRAMEWORKPREFIX": "framework_prefix",
        "MACOSX_DEPLOYMENT_TARGET": "minimum_os",
        "IPHONEOS_DEPLOYMENT_TARGET": "minimum_os",
    },
    "build-details": {
        "platform": "platform",
        "abi.extension_suffix": "ext_suffix",
        "base_prefix": "prefix",
    },
    "patchlevel.h": {"PY_VERSION": "version"},
    "pyodide-lock": {"info.python": "version", "info.platform": "platform"},
    "conda-meta": {"version": "version", "subdir": "platform"},
    "pkg-config": {"Version": "version"},
    "bytecode": {"version": "version"},
}
# Systems whose multiarch name is empty; `linux` is also what Android builds of old said.
_SYSTEMS = {name: name for name in ("freebsd", "netbsd", "openbsd", "dragonfly", "haiku", "cygwin")} | {
    "win32": "windows"
}
_BUILD_KINDS = ("sysconfigdata", "sysconfig-vars", "makefile")
_LONGEST = 4096  # PATH_MAX of Linux
_FLAGS = {"Py_GIL_DISABLED": "free_threaded", "Py_DEBUG": "debug"}


def of_description(description: Description) -> Iterator[Claim]:
    """What a description says in its own keys, and what its multiarch name and SOABI stand for. A value that is too long for
    any path or name says nothing.
    """
    kind = description.kind
    values = {
        key: value for key, value in description.values.items() if not isinstance(value, str) or len(value) <= _LONGEST
    }
    loose = kind in _BUILD_KINDS and not _names_machine(values)

    def claim(field: str, value: object, key: str) -> Claim:
        return Claim(field, value, kind, Origin("file", description.path, key, description.lines.get(key)), loose)

    for key, field in _KEYED.get("build" if kind in _BUILD_KINDS else kind, {}).items():
        value = values.get(key)
        if isinstance(value, str) and (value or field in ("abi_flags", "soabi", "ext_suffix", "multiarch")):
            yield claim(field, value, key)
    if kind == "build-details":
        yield from _build_details(values, claim)
    elif kind in ("sysconfigdata", "sysconfig-vars", "makefile", "pyconfig.h"):
        yield from _flags_and_sizes(values, claim)
    for system, name in _SYSTEMS.items():
        if str(values.get("MACHDEP", "")).startswith(system):
            yield claim("os", name, "MACHDEP")
    if (
        str(values.get("ANDROID_API_LEVEL", "")).strip("0").isdigit()
    ):  # 0 elsewhere; Termux says nothing else of Android
        yield claim("os", "android", "ANDROID_API_LEVEL")
        yield claim("libc", "bionic", "ANDROID_API_LEVEL")
    for key, name in (("PYPY_VERSION", "PyPy"), ("GRAALPY_VERSION", "GraalPy")):
        if key in values:
            yield claim("implementation", name, key)
    key = "MULTIARCH" if values.get("MULTIARCH") else "SOABI"
    if kind in _BUILD_KINDS and isinstance(values.get(key), str):
        yield from _of_names(str(values[key]), key, claim)
    if kind == "pyodide-lock":
        yield claim("os", "emscripten", "info.platform")
        yield from machine_claims(str(values.get("info.arch")) + "-emscripten", claim, "info.arch")


def _flags_and_sizes(values: Mapping[str, object], claim: Claimer) -> Iterator[Claim]:
    for key, field in _FLAGS.items():
        if isinstance(values.get(key), int):
            yield claim(field, values[key] == 1, key)
    if isinstance(size := values.get("SIZEOF_VOID_P"), int) and size:
        yield claim("pointer_width", size * 8, "SIZEOF_VOID_P")
    if isinstance(shared := values.get("Py_ENABLE_SHARED"), int):
        framework = values.get("PYTHONFRAMEWORK")
        yield claim("shared", bool(shared or framework), "PYTHONFRAMEWORK" if framework else "Py_ENABLE_SHARED")
    if values.get("WORDS_BIGENDIAN") == 1:
        yield claim("endian", "big", "WORDS_BIGENDIAN")


def _build_details(values: Mapping[str, object], claim: Claimer) -> Iterator[Claim]:
    parts = [
        values.get(f"implementation.version.{part}") for part in ("major", "minor", "micro", "releaselevel", "serial")
    ]
    if all(part is not None for part in parts[:3]):
        level = {"alpha": "a", "beta": "b", "candidate": "rc"}.get(str(parts[3]), "")
        version = ".".join(str(part) for part in parts[:3]) + (f"{level}{parts[4]}" if level else "")
        yield claim("version", version, "implementation.version")
    else:
        yield claim("version", values["language.version"], "language.version")
    if implementation := _IMPLEMENTATIONS.get(str(values.get("implementation.name"))):
        yield claim("implementation", implementation, "implementation.name")
    if isinstance(flags := values.get("abi.flags"), str):
        joined = flags.replace(" ", "")
        yield claim("abi_flags", joined, "abi.flags")
        yield claim("free_threaded", "t" in joined, "abi.flags")
        yield claim("debug", "d" in joined, "abi.flags")
    if isinstance(multiarch := values.get("implementation._multiarch"), str):
        yield claim("multiarch", multiarch, "implementation._multiarch")
        yield from machine_claims(multiarch, claim, "implementation._multiarch")


_IMPLEMENTATIONS = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy"}


def _names_machine(values: Mapping[str, object]) -> bool:
    """Whether a description says for which machine it is (macOS never does, and means one or all of its slices)."""
    multiarch = str(values.get("MULTIARCH") or "")
    soabi = str(values.get("SOABI") or "").split("-", 2)
    return any(names.decoded(text) for text in (multiarch, soabi[-1]))


def _of_names(value: str, key: str, claim: Claimer) -> Iterator[Claim]:
    """What `MULTIARCH` or `SOABI` stand for."""
    word, _, rest = value.partition("-")
    if key == "SOABI" and (implementation := _IMPLEMENTATIONS.get(word.rstrip("0123456789"))):
        yield claim("implementation", implementation, key)
    multiarch = rest.partition("-")[2] if key == "SOABI" else value
    yield from machine_claims(multiarch, claim, key)


def machine_claims(multiarch: str, claim: Claimer, key: str) -> Iterator[Claim]:
    """What a multiarch name stands for."""
    facts = names.decoded(multiarch)
    if facts is None:
        return
    for field, value in (
        ("os", facts.os),
        ("machine", facts.machine),
        ("pointer_width", facts.bits),
        ("endian", facts.endian),
        ("float_abi", facts.float_abi),
        ("libc", facts.libc),
        ("abi", facts.abi),
        ("simulator", facts.simulator or None),
    ):
        if value is not None:
            yield claim(field, value, key)
