"""What the names of files and folders say of a Python: implementation, minor version, ABI flags, multiarch name.

Names decide which files belong together; what is inside them is compared afterwards. So a library that was copied under
a wrong name contradicts its neighbours instead of making a Python of its own.
"""

from __future__ import annotations

import re
from functools import cache

from crossplan.record import record
from crossplan.triple import MultiarchFacts, multiarch_facts


@record
class Name:
    """What a name says; None where it says nothing. `flags` are CPython's ABI flags: `t`, `d`, `m`, in their order."""

    implementation: str | None = None
    minor: str | None = None
    flags: str | None = None
    multiarch: str | None = None

    @property
    def variant(self) -> frozenset[str] | None:
        """The flags that make another build of one version: `t` and `d`, not the `m` and `u` of old."""
        return None if self.flags is None else frozenset("td") & frozenset(self.flags)

    def filled(self, *others: Name) -> Name:
        """The same; where it says nothing, what the first of the others says."""
        names = (self, *others)
        told = ([said for name in names if (said := getattr(name, part)) is not None] for part in _PARTS)
        return Name(*(said[0] if said else None for said in told))


_PARTS = ("implementation", "minor", "flags", "multiarch")


_LIBRARY = r"(?:lib|cyg|msys-)[pP]ython(3\.\d{1,3})([a-z]*)(?:-pic)?\.(?:so[.\d]*|dylib|dll\.a|dll|a)"
_WINDOWS = r"python3(\d{1,3})?(t?)(_d)?\.(?:dll|lib)"
_STUB = r"libpython3(t?)\.(?:so|dylib|dll|dll\.a)|python3(t?)(?:_d)?\.(?:dll|lib)"
_PYPY = r"libpypy(3(?:\.\d{1,3})?)-c\.(?:so[.\d]*|dylib|dll)"
_GRAALPY = r"(?:lib)?python-native\.(?:so|dylib|dll|lib)"
_INTERPRETER = r"(python|pypy|graalpy)w?(?:3(\.\d{1,3})?)?([a-z]{0,3})(?:-dbg)?(?:\.exe|\.wasm|\.js)?"
_FOLDER = r"(python|pypy)-?(3\.\d{1,3})([a-z]*)"
_CONFIG = r"config-(3\.\d{1,3})([a-z]*)(?:-(.*))?"
_PKGCONFIG = r"(python|pypy)-?(3\.\d{1,3})([a-z]*)(-dbg)?(?:-embed)?\.pc"
_SYSCONFIG = r"_sysconfig(?:data|_vars)_([a-z]*)_(.*)\.(?:py|pyc|json)"
_DETAILS = r"build-details\.([a-z]*)\.(.+)\.json"  # Debian: build-details..aarch64-linux-gnu.json

SUFFIX = r"\.(?:(cpython|pypy|graalpy)-?(\d+)([a-z]*)(?:-([\w-]+))?|cp3(\d+)(t?)-([\w]+))\.(?:so|pyd|dll)"
"""The end of the name of a version-specific extension module."""

# What a name must begin with for a pattern to be worth trying: most names of a root meet none of them.
_BEGINNINGS = {
    _LIBRARY: ("lib", "cyg", "msys-"),
    _WINDOWS: ("python3",),
    _STUB: ("libpython3.so", "libpython3.d", "libpython3t.", "python3.", "python3t", "python3_d"),
    _PYPY: ("libpypy3",),
    _GRAALPY: ("libpython-native.", "python-native."),
    _INTERPRETER: ("python", "pypy", "graalpy"),
    _FOLDER: ("python", "pypy"),
    _CONFIG: ("config-3.",),
    _PKGCONFIG: ("python", "pypy"),
    _SYSCONFIG: ("_sysconfigdata_", "_sysconfig_vars_"),
    _DETAILS: ("build-details.",),
}
_PLATFORMS = ("linux", "darwin", "android", "ios", "emscripten", "wasi", "win32", "cygwin")


def _full(pattern: str, name: str) -> re.Match[str] | None:
    return re.fullmatch(pattern, name) if name.startswith(_BEGINNINGS[pattern]) else None


def is_library(name: str) -> bool:
    """A libpython, static or shared, of one version; PyPy's and GraalPy's too."""
    return any(_full(pattern, name) for pattern in (_LIBRARY, _PYPY, _GRAALPY, _WINDOWS))


def is_stub(name: str) -> bool:
    """The library of the stable ABI, which only forwards to that of one version."""
    return _full(_STUB, name) is not None


def is_interpreter(name: str) -> bool:
    """A program that is a Python: `python3.11`, `pypy3`, `python.exe`; no script beside it."""
    return _full(_INTERPRETER, name) is not None


def library(name: str) -> Name:
    """What the name of a library says."""
    if match := _full(_LIBRARY, name):
        return Name("CPython", match[1], match[2])
    if (match := _full(_WINDOWS, name)) and match[1]:
        return Name("CPython", f"3.{match[1]}", match[2] + ("d" if match[3] else ""))
    if match := _full(_PYPY, name):
        return Name("PyPy", match[1] if "." in match[1] else None, "")
    if _full(_GRAALPY, name):
        return Name("GraalPy", None, "")
    if name in ("Python", "Python3", "PythonT"):
        return Name("CPython", None, "t" if name == "PythonT" else "")
    if match := _full(_STUB, name):
        return Name("CPython", None, match[1] or match[2] or None)  # upstream's libpython3.so serves t builds too
    return Name()


_IMPLEMENTATIONS = {"python": "CPython", "cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy"}


def interpreter(name: str) -> Name:
    """What the name of a program says: `python3.13t`; plain `python3` leaves the version open."""
    match = _full(_INTERPRETER, name)
    if not match:
        return Name()
    minor = f"3{match[2]}" if match[2] else None
    return Name(_IMPLEMENTATIONS[match[1]], minor, match[3] if minor else None)


def extension(name: str) -> Name:
    """What the suffix of an extension module says."""
    match = re.search(SUFFIX + r"\Z", name) if name.count(".") > 1 else None
    if not match:
        return Name()
    if match[5]:
        return Name("CPython", f"3.{match[5]}", match[6])
    digits, multiarch = match[2], match[4]
    if match[1] == "graalpy":  # graalpy250-312-native-aarch64-linux: its own version first
        return Name("GraalPy", None, "")
    if match[1] == "pypy":  # pypy311-pp73-aarch64-linux-gnu
        multiarch = multiarch.partition("-")[2] if multiarch else None
    return Name(_IMPLEMENTATIONS[match[1]], f"{digits[0]}.{digits[1:]}", match[3], multiarch)


def described(name: str) -> Name:
    """What the name of a description says: sysconfigdata and its byte code, variables, build-details, pkg-config files."""
    if match := _full(_SYSCONFIG, name):
        spelled = match[2].partition(".cpython-")[0]
        platform, _, rest = spelled.partition("_")
        multiarch = rest if any(platform.startswith(known) for known in _PLATFORMS) else spelled
        return Name(None, None, match[1], multiarch or None)
    if match := _full(_DETAILS, name):
        return Name(None, None, match[1], match[2])
    if match := _full(_PKGCONFIG, name):
        return Name(_IMPLEMENTATIONS[match[1]], match[2], match[3] or ("d" if match[4] else ""))
    return Name()


def folders(path: str) -> Name:
    """What the folders of a path say, the innermost first: `lib/python3.13t`, `config-3.11d-arm-linux-gnueabihf`."""
    implementation = minor = flags = multiarch = None
    for part in reversed(path.split("/")[:-1]):
        if minor is None and (match := _full(_FOLDER, part)):
            implementation, minor, flags = _IMPLEMENTATIONS[match[1]], match[2], match[3]
        elif match := _full(_CONFIG, part):
            minor, flags, multiarch = minor or match[1], match[2], multiarch or match[3]
        elif multiarch is None and "-" in part and decoded(part):
            multiarch = part
    return Name(implementation, minor, flags, multiarch)


@cache
def decoded(multiarch: str) -> MultiarchFacts | None:
    """A multiarch name as facts."""
    return multiarch_facts(multiarch)
