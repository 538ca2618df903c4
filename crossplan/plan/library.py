"""Which library of a root a link takes, and what it is called where the root does not hold it."""

from __future__ import annotations

from pathlib import PurePosixPath

from crossplan.evidence import ImageFile, TargetPython
from crossplan.python import PythonVersion
from crossplan.record import record
from crossplan.triple import Target

_PYTHON = ("python", "pypy", "libpython", "libpypy")  # a Windows root holds import libraries of others as well


@record
class Library:
    """A library that a linker finds: its name for `-l`, the file, and the path (maybe a link) that it is found by."""

    name: str
    file: ImageFile
    path: str


def link_library(python: TargetPython, target: Target, *, stable: bool = False) -> Library | None:
    """The library that a link takes, the shared one before the archive; `stable`: Windows' library of the stable ABI."""
    roles = ("import-library", "stable-stub") if stable else ("libpython", "import-library")
    files = [file for file in python.images if file.role in roles]
    files.sort(key=lambda file: (file.image.kind != "shared", file.image.format == "pe", file.path))
    for file in files:
        for path in sorted((file.path, *file.aliases), key=_rank):
            name = link_name(PurePosixPath(path).name, target)
            if name is not None and name.lower().startswith(_PYTHON) and _is_stable(name) == stable:
                return Library(name, file, path)
    return None


def _is_stable(name: str) -> bool:
    """Whether a name is one of the stable ABI's: `python3`, `python3_d`, `python3t`, `libpython3`."""
    return name.removeprefix("lib") in ("python3", "python3_d", "python3t", "python3t_d")


def _rank(path: str) -> tuple[bool, str]:
    """Debian's config-3.X folder repeats the library; the plain lib folder is the better one to name."""
    return PurePosixPath(path).parent.name.startswith("config-"), path


def link_name(file: str, target: Target) -> str | None:
    """The name that `-l` takes for a file, None where the linker would not find it by name (`libpython3.11.so.1.0`)."""
    if target.os == "windows":
        for suffix in (".dll.a", ".lib"):
            if file.endswith(suffix):
                return file.removesuffix(suffix).removeprefix("lib" if suffix == ".dll.a" else "")
        return None
    for suffix in (".so", ".dylib", ".tbd", ".dll.a", ".a"):  # the last but one: Cygwin
        if file.startswith("lib") and file.endswith(suffix):
            return file.removeprefix("lib").removesuffix(suffix)
    return None


def default_name(
    target: Target, implementation: str, version: PythonVersion, *, free_threaded: bool, debug: bool
) -> str | None:
    """What the library of a Python is called when nothing of it is at hand (CPython's and PyPy's own makefiles)."""
    windows = target.os == "windows"
    if implementation == "PyPy":
        return f"{'lib' if windows else ''}pypy{version}-c"
    if implementation == "GraalPy":
        return "python-native"
    if implementation != "CPython":
        return None
    threads = "t" if free_threaded else ""
    if windows:
        return f"python{version.major}{version.minor}{threads}{'_d' if debug else ''}"
    return f"python{version}{'m' if version < PythonVersion(3, 8) else ''}{threads}{'d' if debug else ''}"
