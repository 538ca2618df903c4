"""The name of a module's file: what it says about the Python that it is for, and which Pythons look for such a name.

CPython `Python/dynload_shlib.c`, `Python/dynload_win.c`; PEP 3149 (Unix), PEP 803 (`.abi3t.so`); PyPy
`pypy/module/imp/importing.py`.
"""

from __future__ import annotations

import re
from functools import cache

from crossplan.evidence import TargetPython
from crossplan.python import PythonVersion, minor_version
from crossplan.record import record
from crossplan.triple import Target, builtin, known_triples

_ABI3T = PythonVersion(3, 15)

_FORMS = tuple(
    re.compile(form)
    for form in (
        r"\.(?P<impl>cpython)-(?P<major>\d)(?P<minor>\d+)(?P<flags>[a-z]*)(?:-(?P<platform>[^.]+))?\.(?:so|dll)",
        r"\.(?P<impl>cp)(?P<major>\d)(?P<minor>\d+)(?P<flags>t?)-(?P<platform>[^.]+)\.pyd",
        r"\.(?P<impl>pypy)(?P<major>\d)(?P<minor>\d+)-pp\d+(?:-(?P<platform>[^.]+))?\.(?:so|pyd)",
        r"\.(?P<impl>graalpy)\d+-(?P<major>\d)(?P<minor>\d+)-native-(?P<platform>[^.]+)\.(?:so|pyd)",
        r"\.(?P<stable>abi3t?)\.so",
        r"\.so|\.pyd|\.dll",
    )
)
_IMPLEMENTATIONS = {"cpython": "CPython", "cp": "CPython", "pypy": "PyPy", "graalpy": "GraalPy"}


@record
class Suffix:
    """What follows a module's name in the name of its file: all from the first dot on.

    `known` is false for one that no Python looks for (`.dylib`, `.cp313-linux.so`). Where the suffix does not say a thing,
    it is None; `flags` are those of the ABI (`t`, `d`). `platform` is a multiarch name, or Windows' word.
    """

    text: str
    known: bool = False
    implementation: str | None = None
    version: PythonVersion | None = None
    flags: str = ""
    platform: str | None = None
    stable: str | None = None

    @property
    def free_threaded(self) -> bool:
        """Whether it is that of a free-threaded build."""
        return "t" in self.flags


def split_name(name: str) -> tuple[str, Suffix]:
    """The module's name and the suffix of a file name. A debug build's `_d` on Windows belongs to the suffix."""
    stem, dot, rest = name.partition(".")
    text = dot + rest
    for form in _FORMS:
        if match := form.fullmatch(text):
            parts = match.groupdict()
            debug = text.endswith(".pyd") and stem.endswith("_d")
            version = PythonVersion(int(parts["major"]), int(parts["minor"])) if parts.get("major") else None
            return stem.removesuffix("_d") if debug else stem, Suffix(
                text=f"_d{text}" if debug else text,
                known=True,
                implementation=_IMPLEMENTATIONS.get(parts.get("impl") or ""),
                version=version,
                flags=(parts.get("flags") or "") + ("d" if debug else ""),
                platform=parts.get("platform"),
                stable=parts.get("stable"),
            )
    return stem, Suffix(text)


@cache
def targets_named(platform: str) -> tuple[Target, ...]:
    """The targets that a suffix's platform word stands for; none for a word that is of no Rust target."""
    found = (builtin(triple) for triple in known_triples())
    return tuple(t for t in found if t is not None and platform in (t.multiarch, t.wheel_tag))


def refusal(suffix: Suffix, python: TargetPython) -> str | None:
    """Why a Python does not import files of this suffix, as the end of a sentence; None where it does, or may."""
    own = python.text("ext_suffix")
    implementation = python.text("implementation") or "CPython"
    if not suffix.known:
        return "no Python looks for files of that suffix"
    if own and suffix.text == own:
        return None
    if suffix.implementation not in (None, implementation):
        return f"it is for {suffix.implementation}, and the target's is {implementation}"
    version = minor_version(python.text("version") or "")
    if suffix.version is not None and version is not None and suffix.version != version:
        return f"it is for Python {suffix.version}, and the target's is {version}"
    if implementation == "PyPy" and suffix.implementation is None:
        return f"PyPy looks for {own or 'files that are named for it'} only"
    if implementation != "CPython":
        return None
    if suffix.stable is not None:
        return _refuses_stable(suffix.stable, version, python)
    if suffix.version is None:
        return _refuses_plain(suffix, own)
    return _refuses_build(suffix, own, python)


def _refuses_stable(stable: str, version: PythonVersion | None, python: TargetPython) -> str | None:
    threads = python.value("free_threaded") is True
    if stable == "abi3t":
        return (
            None if version is None or version >= _ABI3T else f"{version} does not look for {stable}, which is of 3.15"
        )
    if threads and version is not None and version < _ABI3T:
        return f"free-threaded {version} has no stable ABI"
    return "a free-threaded Python does not look for .abi3.so, but for .abi3t.so" if threads else None


def _refuses_plain(suffix: Suffix, own: str | None) -> str | None:
    """`.so`, `.pyd`, `.dll`: which of them depends on the system alone."""
    if own and own.rpartition(".")[2] != suffix.text.rpartition(".")[2]:
        return f"the target's Python looks for {own}"
    return None


def _refuses_build(suffix: Suffix, own: str | None, python: TargetPython) -> str | None:
    """A suffix with a version: build flags and platform must be this Python's own."""
    if own and python.value("debug") and suffix.text == _without_debug(own):
        return None  # a debug build also loads modules of the release build (ALT_SOABI in dynload_shlib.c)
    if own:
        return f"the target's Python looks for {own}"
    threads = python.value("free_threaded")
    if threads is not None and suffix.free_threaded != threads:
        return f"it is for a{' free-threaded' if suffix.free_threaded else ' GIL'} build, and the target's is not"
    return None


def _without_debug(suffix: str) -> str:
    return re.sub(r"(\.cpython-\d+t?)d", r"\1", suffix)
