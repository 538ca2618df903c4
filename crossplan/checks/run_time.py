"""Checks of a program when it starts (XP622, XP626, XP627): does the target find the libpython that was linked, and its library?

PyO3's guide, "Dynamically embedding the Python interpreter": the shared library is shipped with the program, or the
environment says where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from shlex import quote
from typing import TYPE_CHECKING

from crossplan.checks.linked import library_in_root
from crossplan.checks.view import View, at, finding
from crossplan.evidence import ImageFile
from crossplan.findings import Finding, Location
from crossplan.readers.image import Image
from crossplan.record import record

if TYPE_CHECKING:
    from crossplan.toolchain.loader import Loader


@record
class Need:
    """A library that a program asks its loader for. `name` is what it asks for: a soname, an install name, a DLL.

    `path` is the file of the root, None where it has none; `folder` where the target has it, as far as the root tells;
    `searched` whether the loader looks there by itself, None where that is not known; `variable` names more folders.
    """

    name: str
    path: str | None
    folder: str | None
    searched: bool | None
    variable: str


def needs_of(view: View) -> tuple[Need, ...]:
    """What a program must find when it starts, if it links a shared libpython; nothing for a module, whose Python has it."""
    if not view.ok or not view.embeds or (view.link_name is None and view.raw_dll is None):
        return ()
    found, linked = library_in_root(view), view.linked
    image = found[0].image if found else linked.image if linked is not None else None
    if image is not None and image.format not in _SHARED:
        return ()
    own = _slice(view, image)
    if view.target.os in _OF_WINDOWS:
        return (_windows(view, view.raw_dll or (own.soname if own is not None else None) or f"{view.link_name}.dll"),)
    if own is None:
        return ()
    path = found[1] if found else linked.path if linked is not None else ""
    name = own.soname or PurePosixPath(path).name
    folder = (
        str(PurePosixPath(name).parent) if name.startswith("/") else _folder_there(view, found[0] if found else None)
    )
    searched = _is_searched(view, name, folder)
    return (Need(name, found[0].path if found else None, folder, searched, _variable(view, name)),)


_OF_WINDOWS = ("windows", "cygwin")
_SHARED = ("elf", "mach-o", "import-library", "pe")


def _slice(view: View, image: Image | None) -> Image | None:
    """The part of a fat image that is for the target."""
    parts = (image.slices or (image,)) if image is not None else ()
    return next((part for part in parts if part.machine == view.target.machine), image)


def _windows(view: View, dll: str) -> Need:
    images = view.evidence.images if view.evidence is not None else ()
    files = (file.path for file in images if PurePosixPath(file.path).name.lower() == dll.lower())
    return Need(dll, next(files, None), None, None, _variable(view, dll))


def _loader(view: View) -> Loader:
    from crossplan.toolchain.loader import loader_of

    return loader_of(view.target)


def _variable(view: View, name: str) -> str:
    return "DYLD_FRAMEWORK_PATH" if ".framework/" in name else _loader(view).variable


def _folder_there(view: View, file: ImageFile | None) -> str | None:
    """The folder of a file of the root on the target: what lies in the Python's own folder lies below its prefix there.

    For Android, where that folder is not known, the root is a package for apps, laid out as no device is (`jniLibs/arm64-v8a`).
    """
    if file is None:
        return None
    folder = PurePosixPath(file.path).parent
    home, prefix = (view.python.home, view.python.text("prefix")) if view.python is not None else (None, None)
    if home is not None and prefix and folder.is_relative_to(home):
        return str(PurePosixPath(prefix) / folder.relative_to(home))
    return None if home is None and view.target.os == "android" else str(PurePosixPath("/") / folder)


def _is_searched(view: View, name: str, folder: str | None) -> bool | None:
    """Whether the loader finds a library there: by its own folders, or by those that the link puts into the program."""
    if not name.startswith("/") and any(re.search(r"-rpath(?!-link)", word) for word in view.cargo.rustflags.words):
        return True
    if name.startswith("@"):
        return False
    return None if folder is None else folder in _loader(view).folders


def rpath_missing(view: View) -> Iterator[Finding]:
    """XP622: a name that begins with @rpath is looked for in the folders that the program names, and it names none."""
    if view.config is not None and view.config.python_framework_prefix:
        return  # PyO3 knows the folder, and a check of the flags names it
    for need in needs_of(view):
        if need.name.startswith("@rpath/") and not need.searched:
            yield finding(
                "framework-rpath",
                "warning",
                f"the program looks for {need.name}, and has no rpath that leads to it: Library not loaded, at run time",
                _place(view, need),
                help="Name a folder of the machine that runs it, RUSTFLAGS='-C link-arg=-Wl,-rpath,FOLDER'; or ship the library"
                " beside the program, with -rpath,@executable_path.",
            )


def library_at_run_time(view: View) -> Iterator[Finding]:
    """XP626: the library is not where the target's loader looks by itself, so it is shipped, or a variable names its folder."""
    for need in needs_of(view):
        if not need.searched and not need.name.startswith("@") and (said := _ways(view, need)) is not None:
            yield finding(
                "library-at-run-time",
                "note",
                f"the program needs {need.name} when it starts; {said[0]}",
                _place(view, need),
                help=said[1],
            )


def _ways(view: View, need: Need) -> tuple[str, str] | None:
    """Where the loader looks, and what makes it find the library; None where it is not known what the target has."""
    loader = _loader(view)
    if view.target.os in _OF_WINDOWS:
        return (
            "Windows looks in the program's own folder, those of the system, and PATH",
            "Ship it beside the program, or add the folder of the target's Python to PATH.",
        )
    if view.target.os == "macos":
        beside = f"@executable_path/{PurePosixPath(need.name).name}"
        return (
            f"that is the place in which dyld looks, before {' and '.join(loader.folders)}",
            (
                f"Where it is another one: install_name_tool -change {quote(need.name)} {quote(beside)} PROGRAM, and ship it;"
                f" or start the program with {need.variable} set."
            ),
        )
    if need.folder is None:
        return None
    listed = f" unless {loader.listed} lists it" if loader.listed else ""
    return (
        f"the target has it in {need.folder}, where its loader does not look{listed}",
        (
            f"Start it with {need.variable}={quote(need.folder)}, or ship the library beside the program and link with"
            " RUSTFLAGS='-C link-arg=-Wl,-rpath,$ORIGIN'."
        ),
    )


def _place(view: View, need: Need) -> Location:
    """The file that is needed, or who named it."""
    if need.path is not None:
        return Location(need.path, "soname")
    origin = view.resolution.origins.get("lib_name") if view.resolution is not None else None
    return at(origin, "lib_name") if origin is not None else Location(None, "lib_name")


def home_elsewhere(view: View) -> Iterator[Finding]:
    """XP627: an embedded Python looks for its standard library below the prefix that it was built for (CPython `Modules/getpath.py`)."""
    python = view.python
    home, prefix = (python.home, python.facts.get("prefix")) if python is not None else (None, None)
    if home is None or prefix is None or view.root is None or not any(need.path for need in needs_of(view)):
        return
    here, there = PurePosixPath(view.on_host(home)).parts, PurePosixPath(str(prefix.value)).parts[1:]
    if here[len(here) - len(there) :] == there:
        return
    yield finding(
        "home-elsewhere",
        "note",
        f"the program's Python looks for its standard library below {prefix.value}, and the root has it in {view.on_host(home)}",
        at(prefix.origin, "prefix"),
        help="Where the target has no such folder, start the program with PYTHONHOME set to the one that holds lib/python3.X.",
    )


CHECKS = (rpath_missing, library_at_run_time, home_elsewhere)
