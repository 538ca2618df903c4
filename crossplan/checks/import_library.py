"""Checks of import libraries for Windows (XP608, XP609, XP412, XP613): of the right linker, for the right DLL, and can they be made?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from crossplan.checks.view import View, at, finding, variable
from crossplan.findings import Finding, Location
from crossplan.readers.libpython import library_name


def foreign_import_library(view: View) -> Iterator[Finding]:
    """XP608: MinGW's linker and MSVC's have each their own form of import libraries."""
    if view.target.os != "windows" or view.link_name is None or view.target.env != "gnu":
        return
    linked = view.linked
    if linked is not None and linked.path.endswith(".lib"):
        yield _foreign_form(view, linked.path)


def _foreign_form(view: View, path: str) -> Finding:
    return finding(
        "foreign-import-library",
        "warning",
        f"{path} is an import library for MSVC's linker, and {view.target.triple} is linked by MinGW's",
        Location(path),
        help="Let PyO3 make one (--features pyo3/generate-import-lib), or take PyO3 0.29, which needs none; or make"
        f" lib{view.link_name}.dll.a with {view.target.gcc_prefix}-dlltool.",
    )


def wrong_dll(view: View) -> Iterator[Finding]:
    """XP609: an import library binds to the DLL that it names, whatever its own name is."""
    linked = view.linked
    image = linked.image if linked is not None else None
    if (
        image is None
        or linked is None
        or image.format != "import-library"
        or not image.soname
        or view.link_name is None
    ):
        return
    said, own = library_name(image.soname), library_name(f"{view.link_name}.dll")
    if said is None or own is None or said == own:
        return
    yield finding(
        "wrong-dll",
        "error",
        f"{linked.path} binds to {image.soname}, and the link means {view.link_name}.dll",
        Location(linked.path, "soname"),
        help=f"Take the {PurePosixPath(linked.path).name} of the Python that is meant.",
    )


def other_dll(view: View) -> Iterator[Finding]:
    """XP412: without an import library PyO3 binds to the name of python.org's DLL, and MSYS2 calls its own otherwise."""
    files = view.python.images_of("libpython", "stable-stub") if view.python is not None else ()
    dlls = {PurePosixPath(file.path).name.lower(): file.path for file in files if file.image.format == "pe"}
    own = [path for name, path in dlls.items() if name.startswith("libpython")]
    if view.raw_dll is None or not own or view.raw_dll.lower() in dlls:
        return
    yield finding(
        "config-contradicts-target",
        "warning",
        f"PyO3 binds to {view.raw_dll} by its name, and the target's Python is {own[0]}: DLL load failed, at import",
        variable("PYO3_USE_RAW_DYLIB"),
        Location(own[0]),
        help="Name the library in the config file, as crossplan env does; PYO3_USE_RAW_DYLIB=0 makes PyO3 link it.",
    )


def missing_tool(view: View) -> str | None:
    """The program for which PyO3's script stops, since it was to make the import library and is not there."""
    if view.resolution is None or view.resolution.outcome != "error":
        return None
    text = " ".join(view.resolution.error)
    if "import library" not in text or ("No such file" not in text and "not found" not in text):
        return None
    return text.split('"')[1] if text.count('"') >= 2 else "dlltool"


def import_tool_missing(view: View) -> Iterator[Finding]:
    """XP613: PyO3's own script calls a program to make the import library; without it the script stops."""
    tool = missing_tool(view)
    if tool is None or view.resolution is None:
        return
    from crossplan.toolchain.packages import how_to_install

    by_zig = "ZIG_COMMAND" in view.environ
    other = "or unset ZIG_COMMAND" if by_zig else "or set ZIG_COMMAND=zig"
    yield finding(
        "import-tool-missing",
        "error",
        f"generate-import-lib calls {tool}, which is not on PATH: {view.resolution.error[0]}",
        at(view.features["generate-import-lib"].origin, "--features")
        if "generate-import-lib" in view.features
        else Location(None, "--features"),
        variable("PATH"),
        help=f"Install it: {how_to_install('zig' if by_zig else 'dlltool', view.target)}; {other}; or take PyO3 0.29, which"
        " makes no import library.",
    )


CHECKS = (foreign_import_library, wrong_dll, other_dll, import_tool_missing)
