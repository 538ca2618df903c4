"""Where a Python can lie, and what its files are called: the tables that the walk goes by.

A folder has a kind; the kind says which names inside lead on, and to what. Nothing else is entered, so a root of a
million files costs as much as a small one. Names are globs with `*` alone, several in one row parted by blanks.
Sources: PEP 739; CPython `Makefile.pre.in`, `Mac/`, `iOS/`, `Android/`, `PCbuild/`; Debian's Python policy; the recipes
named beside the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Literal

from crossplan.record import record
from crossplan.scan.names import is_interpreter, is_library, is_stub

FileKind = Literal[
    "sysconfigdata",
    "bytecode",
    "sysconfig-vars",
    "build-details",
    "pyvenv.cfg",
    "pyodide-lock",
    "conda-meta",
    "patchlevel.h",
    "pyconfig.h",
    "makefile",
    "pkg-config",
    "stdlib-zip",
    "libpython",
    "stable-stub",
    "import-library",
    "interpreter",
    "extension",
    "other",
]

_MULTIARCH = "*-linux-* *-linux *-gnu *-darwin *-iphoneos *-iphonesimulator *-wasi *-emscripten *-cygwin"
_STDLIB = "python3* pypy3* pypy-3* graalpy*"

_PREFIX = (
    ("lib lib64 lib32 libx32 lib-* Lib", "lib"),  # lib-arm64: iOS of CPython 3.15
    ("lib_pypy lib_graalpython lib-graalpython libgraalpy", "stdlib"),
    ("bin Scripts", "bin"),
    ("include Include Headers", "include"),
    ("libs", "import-libraries"),  # Windows
    ("DLLs lib-dynload modules", "extensions"),
    ("conda-meta", "conda"),
    ("*stdlib* sysconfigdata", "stdlib"),  # Chaquopy; Pyodide's xbuildenv; an unpacked python_stdlib.zip
    ("platform-config jniLibs jni", "platforms"),  # BeeWare: platform-config/<multiarch>; Android: jniLibs/<abi>
    ("Frameworks", "frameworks"),
    ("Python.framework PythonT.framework Python3.framework", "inner-framework"),
    ("*.xcframework", "xcframework"),
    ("tools install python prefix", "prefix"),  # NuGet; python-build-standalone; Android
    ("envs", "homes"),  # conda
)
_TOP = (
    ("usr", "usr"),
    ("opt", "homes"),
    ("Library System", "library"),
    ("data", "data"),
    ("nix gnu", "nix"),
    ("META-INF", "meta"),  # GraalPy as a Java resource
    ("versions Versions installs Cellar", "homes"),
    ("hostedtoolcache toolcache", "toolcache"),
    ("pyodide-root xbuildenv cpython", "pyodide"),
    ("output host staging target sysroot recipe-sysroot sysroots", "builder"),  # Buildroot, OpenWrt, Yocto
    ("build", "builds"),  # CPython's own build tree: build/lib.<platform>-3.X
    ("home", "accounts"),
    ("root .pyenv .local", "account"),
    ("Payload Python PyPy GraalPy mingw64 mingw32 ucrt64 clang64 clangarm64", "prefix"),  # the last: MSYS2
    ("store", "store"),
    ("*-iphoneos *-iphonesimulator", "slice"),  # CPython's own build for iOS
    ("x64 x86 arm64", "prefix"),  # one version of a tool cache (Android's ABIs are called otherwise, but for x86)
)
_LIB = (
    (_STDLIB, "stdlib"),
    ("config-3* config", "config"),  # before the multiarch names, since it may end in one
    (_MULTIARCH, "lib"),
    ("pkgconfig", "pkgconfig"),
    ("python-sysconfigdata", "stdlib"),  # Yocto
    ("lib-dynload", "extensions"),
    ("arm64-v8a armeabi-v7a x86 x86_64 riscv64", "platform"),  # an Android package: lib/<abi>
    ("lib.*", "stdlib"),  # build/lib.linux-aarch64-3.11
)
_STDLIB_FOLDERS = (
    ("config config-*", "config"),
    ("lib-dynload", "extensions"),
    ("modules", "modules"),  # GraalPy: extension modules, and its sysconfigdata
    ("__pycache__", "bytecode"),
)
_CONDA = "miniconda3 miniforge3 mambaforge micromamba anaconda3"
_BUILDER = "output host staging target sysroot recipe-sysroot sysroots"

FOLDERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    # The root itself may be any of these: a whole system, a prefix, a library folder, the standard library.
    "top": (("3.*", "home"), *_TOP, *_PREFIX, *_LIB, *_STDLIB_FOLDERS),
    "prefix": (("3.*", "home"), *_PREFIX, *_LIB),  # "Python" may also be the folder of a tool cache, with one a version
    "usr": (("local", "local"), *_PREFIX),
    "local": (("Cellar opt", "homes"), *_PREFIX),
    "lib": _LIB,
    "stdlib": _STDLIB_FOLDERS,
    "include": ((_STDLIB, "include"), (_MULTIARCH, "include")),
    "extensions": ((_MULTIARCH, "extensions"), ("arm* x86* mips* riscv*", "extensions")),
    "modules": (),
    "platforms": (("*", "platform"),),
    "platform": (("python3*", "stdlib"),),
    "frameworks": (("Python.framework PythonT.framework Python3.framework", "framework"),),
    "framework": (("Versions", "framework-versions"), *_PREFIX),
    "framework-versions": (("3.* A", "framework"),),
    "xcframework": (("*", "slice"),),
    "slice": _PREFIX,
    # A framework beside other parts of its Python, as in a slice; one below Frameworks is an installation by itself.
    "inner-framework": (("Versions 3.* A", "inner-framework"), *_PREFIX),
    "library": (("Frameworks", "frameworks"), ("Developer CommandLineTools Library", "library")),
    # One folder an installation: /opt/python/cp311-cp311, pyenv, uv, Homebrew's Cellar, Pyodide's installs. Or one itself.
    "homes": (("python pypy pyenv uv homebrew local versions installs Cellar opt", "homes"), *_PREFIX, ("*", "home")),
    "home": (("3.* x64* x86* arm64*", "prefix"), *_PREFIX),
    "toolcache": (("Python PyPy GraalPy 3.*", "toolcache"), ("x64* x86* arm64*", "prefix")),
    "data": (("data com.termux files", "data"), ("usr", "prefix")),  # Termux: /data/data/com.termux/files/usr
    "nix": (("store", "store"),),
    "store": (("*-python3* *-pypy* *-graalpy*", "prefix"),),
    "meta": (("resources", "resources"),),
    "resources": (("linux windows macos darwin amd64 aarch64 x86_64", "resources"), *_PREFIX),
    "pyodide": (("pyodide-root xbuildenv cpython", "pyodide"), ("installs", "homes"), ("build", "builds"), *_PREFIX),
    "builder": ((_BUILDER, "builder"), ("usr", "usr"), *_PREFIX, ("*-*", "builder")),
    "builds": (("lib.*", "stdlib"),),
    "accounts": (("*", "account"),),
    "account": ((".pyenv .local share uv", "account"), ("versions python", "homes"), (_CONDA, "home")),
    "bin": (),
    "config": (),
    "bytecode": (),
    "pkgconfig": (),
    "conda": (),
    "import-libraries": (),
}
"""For each kind of folder: names inside it, in order, and the kind of folder that they lead to."""

PREFIXES = frozenset({"prefix", "home", "homes", "local", "framework", "slice"})
"""Kinds of folders that an installation of its own begins with."""


@record
class FileRow:
    """Names of one kind of file: globs, the kinds of folders that they count in (none: all), and an exact test."""

    globs: str
    what: FileKind
    folders: str = ""
    test: Callable[[str], bool] | None = None


FILES: tuple[FileRow, ...] = (
    FileRow("_sysconfigdata*.py", "sysconfigdata"),
    FileRow("_sysconfigdata*.pyc", "bytecode"),
    FileRow("_sysconfig_vars*.json", "sysconfig-vars"),
    FileRow("build-details*.json", "build-details"),
    FileRow("pyvenv.cfg", "pyvenv.cfg"),
    FileRow("pyodide-lock.json", "pyodide-lock"),
    FileRow("python-3*.json", "conda-meta", "conda"),
    FileRow("patchlevel.h", "patchlevel.h", "include top"),
    FileRow("pyconfig.h pyconfig-*.h", "pyconfig.h", "include top"),
    FileRow("Makefile", "makefile", "config"),
    FileRow("python-3*.pc pypy3*.pc", "pkg-config"),
    FileRow("python_stdlib.zip stdlib*.zip python3*.zip", "stdlib-zip"),
    FileRow("libpython3.dll.a libpython3t.dll.a libpython3.*.dll.a python3*.lib python-native.lib", "import-library"),
    FileRow("*python3*.lib", "import-library"),
    FileRow("*.lib", "import-library", "import-libraries"),
    FileRow("libpython* libpypy* python3*.dll python-native.dll", "stable-stub", test=is_stub),
    FileRow("libpython* libPython* libpypy* python3*.dll python-native.dll", "libpython", test=is_library),
    FileRow("Python PythonT Python3", "libpython", "framework inner-framework prefix top"),
    FileRow("python* pypy* graalpy*", "interpreter", "bin top prefix home", test=is_interpreter),
    FileRow("pyodide.asm.wasm", "interpreter"),
    FileRow("*.so", "extension", "extensions modules"),
    FileRow("*.pyd", "extension"),
    FileRow("*.cpython-*.so *.pypy*.so *.graalpy*.so *.abi3*.so", "extension"),
    FileRow("*.node", "extension", "any"),
    FileRow("python.o", "other", "config"),
    FileRow("*.dll", "other", "stdlib"),  # GraalPy's support libraries
    FileRow("libc.so.* ld-linux*.so* ld-musl-*.so* ld.so.1 ld64.so.* libc.musl-*.so.1", "other", "lib"),
)
"""Names of files that are evidence. The first row that fits counts."""


HINTS = (
    r"_sysconfig|build-details|pyvenv\.cfg|pyodide|patchlevel\.h|pyconfig|ython|pypy|graalpy|stdlib|\.pyd|\.abi3|\.node"
)
"""A part of each name that `FILES` takes in a folder of no known kind: one search over all names of a folder tells whether
it is worth a closer look."""


def fits(glob: str, name: str) -> bool:
    """Whether a whole name fits a glob whose only sign is `*`."""
    head, *middle = glob.split("*")
    if not middle:
        return glob == name
    tail = middle.pop()
    if len(name) < len(head) + len(tail) or not (name.startswith(head) and name.endswith(tail)):
        return False
    inner = name[len(head) : len(name) - len(tail)]
    for part in middle:
        _, found, inner = inner.partition(part)
        if not found:
            return False
    return True


class Rules:
    """What the names in one kind of folder lead to; `any` (a folder of no known kind, on a full walk) is as the top."""

    def __init__(self, kind: str) -> None:
        self.plain: dict[str, str] = {}
        self.globs: list[tuple[str, str]] = []
        for globs, inside in FOLDERS["top" if kind == "any" else kind]:
            for glob in globs.split():
                if "*" in glob:
                    self.globs.append((glob, inside))
                else:
                    self.plain.setdefault(glob, inside)
        names = {kind, "top"} if kind == "any" else {kind}
        self.files = [
            (glob, row)
            for row in FILES
            if not row.folders or names & set(row.folders.split())
            for glob in row.globs.split()
        ]
        # One look at a name's beginning and end settles it for nearly all names.
        parts = [glob.split("*") for glob, _ in self.files]
        self.heads = tuple({part[0] for part in parts if part[0]})
        self.tails = tuple({part[-1] for part in parts if not part[0]})

    @lru_cache(maxsize=8192)  # noqa: B019  # one for each kind of folder, which live as long as the program
    def folder(self, name: str) -> str | None:
        """The kind of the folder `name`, or None where it is not entered."""
        if inside := self.plain.get(name):
            return inside
        return next((inside for glob, inside in self.globs if fits(glob, name)), None)

    def file(self, name: str) -> FileKind | None:
        """What the file `name` is, or None where it is no evidence."""
        if not (name.startswith(self.heads) or name.endswith(self.tails)):
            return None
        for glob, row in self.files:
            if fits(glob, name) and (row.test is None or row.test(name)):
                return row.what
        return None


@cache
def rules(kind: str) -> Rules:
    """The rules of one kind of folder."""
    return Rules(kind)
