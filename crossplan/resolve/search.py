"""The search of PYO3_CROSS_LIB_DIR for sysconfigdata files (§5).

pyo3-build-config/src/impl_.rs: `search_lib_dir`, `find_all_sysconfigdata`, `find_sysconfigdata`.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable

from crossplan.origin import Origin
from crossplan.resolve.detect import Cross
from crossplan.resolve.run import Panic, Run, Unknown
from crossplan.resolve.rust import components, file_stem, io_error, io_error_debug, join, lossy
from crossplan.resolve.types import PassedOver

FOLDERS = 20_000  # listings; 0.14 follows links, so a small hostile tree can be a large one
NAME = "_PYTHON_SYSCONFIGDATA_NAME"


class _Search:
    """One walk: what is descended into, what was found, what was left and why."""

    def __init__(self, run: Run, cross: Cross, lib_dir: str) -> None:
        self.run = run
        self.cross = cross
        self.lib_dir = lib_dir
        self.passed: list[PassedOver] = []
        self.listed = 0
        self.enters = _ENTERS[run.rules.search]
        self.candidate = _CANDIDATE[run.rules.search]

    def walk(self, folder: str) -> list[str]:
        """`search_lib_dir`: entries in the order in which the system lists them."""
        found: list[str] = []
        for entry in self._entries(folder):
            name = lossy(entry.name)
            if self.candidate(name):
                found.append(join(folder, entry.name))
            elif self.enters(self, name, entry):
                found += self.walk(join(folder, entry.name))
        return self._prefer_architecture(found) if len(found) > 1 else found

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        self.listed += 1
        if self.listed > FOLDERS:
            raise Unknown(f"{lossy(self.lib_dir)}: more than {FOLDERS} folders to search")
        try:
            if not folder:  # scandir would take it for the current folder
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            with os.scandir(join(self.run.request.cwd, folder)) as entries:
                return list(entries)
        except OSError as error:
            if self.run.rules.search_unlistable == "panic":
                raise Panic(self.run.text("P-NODIR", error=io_error_debug(error))) from None
            causes = (self.run.text("E-LIST", dir=lossy(folder)), io_error(error))
            self.run.stop("E-SEARCH", *causes, dir=lossy(self.lib_dir))

    def _prefer_architecture(self, found: list[str]) -> list[str]:
        """More than one so far: those whose whole path holds the architecture, unless none does."""
        architecture = self.cross.architecture
        kept = [path for path in found if architecture in lossy(path)]
        if not kept:
            return found
        self.passed += [
            PassedOver(lossy(path), f"its path does not hold the architecture {architecture!r}")
            for path in found
            if path not in kept
        ]
        return kept

    def wanted_build(self, name: str) -> bool:
        """A directory `lib.…` whose name holds both filter strings."""
        return self.cross.os in name and self.cross.architecture in name

    def wanted_python(self, name: str) -> bool:
        """A directory of a Python of a family that this release knows, and of the version that is asked for, by prefix."""
        version = self.cross.version_text
        for family in self.run.rules.search_families:
            exact, prefix, without = _FAMILIES[family]
            if name == exact or name.startswith(prefix + (without if version is None else version)):
                return True
        return False


_FAMILIES = {
    "CPython": (None, "python", "3."),
    "PyPy": ("lib_pypy", "pypy", "3."),
    "GraalVM": ("lib_graalpython", "graalpy", "2"),
}


def _enters_by_name(search: _Search, name: str, entry: os.DirEntry[str]) -> bool:
    """0.14: whatever has such a name is listed, a file too."""
    if name.startswith("build"):
        return True
    if name.startswith("lib."):
        return search.wanted_build(name)
    return search.wanted_python(name)


def _enters_by_kind(search: _Search, name: str, entry: os.DirEntry[str]) -> bool:
    """0.15: directories only, and no link to one."""
    return entry.is_dir(follow_symlinks=False) and _enters_by_name(search, name, entry)


def _enters_by_family(search: _Search, name: str, entry: os.DirEntry[str]) -> bool:
    """0.16 on."""
    if not entry.is_dir(follow_symlinks=False):
        if entry.is_symlink() and (name in ("build", "lib") or search.wanted_python(name)):
            search.passed.append(PassedOver(lossy(entry.name), "a link to a directory is not entered"))
        return False
    if name in ("build", "lib"):
        return True
    if name.startswith("lib."):
        return search.wanted_build(name)
    return search.wanted_python(name)


_ENTERS: dict[str, Callable[[_Search, str, os.DirEntry[str]], bool]] = {
    "by-name": _enters_by_name,
    "by-kind": _enters_by_kind,
    "by-family": _enters_by_family,
}
_CANDIDATE: dict[str, Callable[[str], bool]] = {
    "by-name": lambda name: name.startswith("_sysconfigdata") and name.endswith("py"),
    "by-kind": lambda name: name == "_sysconfigdata.py" or (name.startswith("_sysconfigdata_") and name.endswith("py")),
    "by-family": lambda name: name.startswith("_sysconfigdata_") and name.endswith("py"),
}


def find_sysconfigdata(run: Run, cross: Cross, lib_dir: str) -> str:
    """The one file that is left, with its links resolved; none or several end the script."""
    search = _Search(run, cross, lib_dir)
    found = _canonical(search, search.walk(lib_dir))
    if run.rules.search_sorted:
        found.sort(key=components)
    found = [path for number, path in enumerate(found) if number == 0 or path != found[number - 1]]
    evidence = tuple(Origin("path", lossy(path)) for path in found)
    run.step("the lib dir is searched", "impl_.rs: find_sysconfigdata", *evidence, passed_over=tuple(search.passed))
    if not found:
        run.stop("E-NOSYS", dir=lossy(lib_dir))
    if len(found) > 1:
        run.stop("E-MULTI", paths="".join(f"\n\t{lossy(path)}" for path in found))
    return found[0]


def _canonical(search: _Search, found: list[str]) -> list[str]:
    """`find_all_sysconfigdata`: links resolved, and only the file that _PYTHON_SYSCONFIGDATA_NAME names."""
    wanted = search.run.variable(NAME)
    kept = []
    for path in found:
        try:
            resolved = os.path.realpath(join(search.run.request.cwd, path), strict=True)
        except OSError:
            search.passed.append(PassedOver(lossy(path), "a link that leads nowhere"))
            continue
        if wanted is not None and file_stem(resolved) != wanted:
            search.passed.append(PassedOver(lossy(resolved), f"{NAME} is {lossy(wanted)!r}"))
            continue
        kept.append(resolved)
    return kept
