"""Checks of the link with libpython (XP308, XP309, XP604 to XP607): must it happen, what does it take, and is that there?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from crossplan.checks.linkage import MUST_LINK, keep_stub
from crossplan.checks.view import View, at, finding, variable
from crossplan.evidence import ImageFile, ImageRole
from crossplan.findings import Finding, Location, Severity
from crossplan.origin import Origin
from crossplan.readers.libpython import library_name

_LIBRARY_ROLES: tuple[ImageRole, ...] = ("libpython", "import-library", "stable-stub")


def _names(view: View) -> tuple[str, ...]:
    from crossplan.toolchain.libraries import file_names

    return file_names(view.link_name or "", view.target)


def _libraries(view: View) -> list[ImageFile]:
    """The libraries of the root that are for the target: of the chosen Python, else of any that fits."""
    pythons = (view.python,) if view.python is not None else view.fitting
    files = [file for python in pythons for file in python.images_of(*_LIBRARY_ROLES)]
    if not files and view.evidence is not None:
        files = [file for file in view.evidence.images if file.role in _LIBRARY_ROLES]
    return [file for file in files if not view.wrong(file)]


def library_in_root(view: View) -> tuple[ImageFile, str] | None:
    """The library of that name in the root, and the path (maybe a link) that the linker would find it by."""
    names = _names(view)
    for file in _libraries(view):
        for path in (file.path, *file.aliases):
            if PurePosixPath(path).name in names:
                return file, path
    return None


def _trusted(view: View) -> bool:
    """Whether the folder comes from the host's own Python, which knows where its library is."""
    origin = view.resolution.origins.get("lib_dir") if view.resolution is not None else None
    return origin is not None and origin.kind == "interpreter"


def no_library(view: View) -> Iterator[Finding]:
    """XP309 and XP604: the link names a library that the folder does not hold.

    On Windows, Android and iOS no default folder of a linker holds one, so that is an error where the root has none either,
    and so it is for a program if a root was given. Elsewhere it hangs on the linker's own folders.
    """
    if view.link_name is None or view.linked is not None or _trusted(view) or _generated(view):
        return
    elsewhere = library_in_root(view)
    if elsewhere is not None and view.root is None:
        yield _packed(view, elsewhere[1])
        return
    from crossplan.toolchain.survey import search_folders

    named = [*filter(None, (view.link_folder,)), *search_folders(view.cargo.rustflags.flags)]
    where = f"in {' or '.join(named)}" if named else "in no folder that is named (lib_dir is not set)"
    if elsewhere is not None:
        folder = view.on_host(PurePosixPath(elsewhere[1]).parent)
        yield finding(
            "library-elsewhere",
            "error" if _dead_in_config_file(view) else "warning",
            f"the link takes {view.link_name} {where}, and the target's is {elsewhere[1]}; lib_dir should be {folder}",
            _place_of_folder(view),
            Location(elsewhere[1]),
            help=f"Let the linker search there: lib_dir={folder} in PYO3_CONFIG_FILE, as crossplan env writes it,"
            f" or RUSTFLAGS='-L native={folder}'.",
        )
        return
    others = [path for file in _libraries(view) for path in (file.path, *file.aliases)]
    # Windows has libraries of others too, and MinGW DLLs beside import libraries.
    others.sort(key=lambda path: (not _is_pythons(path), path.endswith(".dll")))
    yield finding(
        "no-libpython",
        _gravity(view, others),
        f"the link for {view.target.triple} takes {_names(view)[0]} {where}, and there is"
        f" {f'only {others[0]}' if others else 'none'}",
        _place_of_folder(view),
        *((variable(_RAW_DYLIB),) if _forgoes_raw_dylib(view) else ()),
        *(Location(path) for path in others[:3]),
        help=_library_help(view, others),
    )


_RAW_DYLIB = "PYO3_USE_RAW_DYLIB"


def _forgoes_raw_dylib(view: View) -> bool:
    """Whether an import library is needed only because that variable turns raw-dylib off."""
    rules = view.rules
    return rules is not None and _RAW_DYLIB in rules.variables and view.given(_RAW_DYLIB) not in (None, "1")


def _dead_in_config_file(view: View) -> bool:
    """Whether the folder is one that the user's config file names, and is not there."""
    origin = view.resolution.origins.get("lib_dir") if view.resolution is not None else None
    named = origin is not None and origin.place is not None and origin.place == view.given("PYO3_CONFIG_FILE")
    return named and view.link_folder is not None and not view.is_dir(view.link_folder)


def _packed(view: View, path: str) -> Finding:
    """The library is in an archive, which is read without unpacking: a linker cannot do that, whatever is set."""
    return finding(
        "packed-root",
        "error" if view.situation.planned else "warning",
        f"the link takes {view.link_name}, and {path} lies in an archive, where no linker finds it",
        Location(path),
        Location(None, "--sysroot"),
        help="Unpack the archive, and give the folder as --sysroot.",
    )


def _gravity(view: View, others: list[str]) -> Severity:
    """An error where nothing given can supply the library; a differently named one of the root may, under the plan."""
    if others and not view.situation.planned:
        return "warning"
    return "error" if view.target.os in MUST_LINK or (view.embeds and view.evidence is not None) else "warning"


def _place_of_folder(view: View) -> Location:
    origin = view.resolution.origins.get("lib_dir") if view.resolution is not None else None
    return at(origin, "lib_dir") if origin is not None and origin.kind != "default" else variable("PYO3_CROSS_LIB_DIR")


def _generated(view: View) -> bool:
    """Whether PyO3's script makes the import library itself, in a folder of its own."""
    return view.link_folder is not None and view.link_folder.startswith("$OUT_DIR")


def _is_pythons(path: str) -> bool:
    return "python" in PurePosixPath(path).name.lower()


def _library_help(view: View, others: list[str]) -> str:
    name = view.link_name
    named = [path for path in others if _is_pythons(path) and path.endswith((".dll.a", ".lib"))]
    if view.target.os == "windows" and not (named and view.target.env == "gnu"):
        raw = view.rules is not None and view.rules.raw_dylib
        return f"Give the folder of {_names(view)[0]} for {view.target.triple} as PYO3_CROSS_LIB_DIR; or " + (
            f"unset {_RAW_DYLIB}: PyO3 {view.rules.release if view.rules else ''} then needs none."
            if raw
            else "let PyO3 make it: --features pyo3/generate-import-lib; or take PyO3 0.29, which needs none."
        )
    numbered = [path for path in others if PurePosixPath(path).name.startswith(f"{_names(view)[0]}.")]
    if numbered:
        return (
            f"Linkers look for {_names(view)[0]} alone: install the target's development package (libpython3-dev:"
            f"{view.target.debian_arch or 'ARCH'}, python3-devel), or ln -s {PurePosixPath(numbered[0]).name}"
            f" {view.on_host(PurePosixPath(numbered[0]).parent / _names(view)[0])}"
        )
    if others:
        return f"Name it in the config file: crossplan env writes lib_name and lib_dir for {[*named, *others][0]}."
    needed = view.embeds or view.target.os in MUST_LINK
    extra = "" if needed else f"; a module needs no libpython here: {_ext_mode(view)}"
    return (
        f"Set PYO3_CROSS_LIB_DIR to a folder with {_names(view)[0]} for {view.target.triple}{extra}." if name else extra
    )


def _ext_mode(view: View) -> str:
    """How this release is told that a module is built."""
    reads = view.rules is not None and "PYO3_BUILD_EXTENSION_MODULE" in view.rules.variables
    other = " (or set PYO3_BUILD_EXTENSION_MODULE=1)" if reads else ""
    return f"enable PyO3's feature extension-module{other}"


def must_link(view: View) -> Iterator[Finding]:
    """XP605: on Android and iOS symbols are looked up in the libraries that a module names, so it must link libpython."""
    if not view.ok or view.embeds or view.link_name is not None or view.target.os not in ("android", "ios"):
        return
    release = view.rules.release if view.rules is not None else ""
    what = "Python.framework" if view.target.os == "ios" else "libpython"
    yield finding(
        "must-link-libpython",
        "warning",
        f"a module for {view.target.os} must link {what}, and PyO3 {release} leaves that out here",
        _extension_place(view),
        help="Take PyO3 0.28 or later, which links it"
        + (
            "; or pass the framework yourself: RUSTFLAGS='-C link-arg=-F<folder> -C link-arg=-framework -C link-arg=Python'."
            if view.target.os == "ios"
            else "."
        ),
    )


def _extension_place(view: View) -> Location:
    fact = view.features.get("extension-module")
    return at(fact.origin, "--features") if fact is not None else variable("PYO3_BUILD_EXTENSION_MODULE")


def stub_linked(view: View) -> Iterator[Finding]:
    """XP606: libpython3.so defines nothing; with --as-needed the linker drops it, and the real library behind it."""
    linked = view.linked
    if linked is None or linked.image is None or linked.image.format != "elf":
        return
    behind = [name for name in linked.image.needed if (named := library_name(name)) and named.minor]
    own = library_name(PurePosixPath(linked.path).name)
    if own is None or own.minor is not None or not behind:
        return
    name, flags = view.link_name or "python3", " ".join(view.cargo.rustflags.words)
    if "--no-as-needed" in flags and f"-l{name}" in flags.partition("--no-as-needed")[2]:
        return
    yield finding(
        "stub-linked",
        "warning",
        f"{linked.path} is a stub that defines no symbols and only names {behind[0]}; linkers drop it, and its dependency",
        Location(linked.path),
        at(
            view.resolution.origins.get("lib_name", Origin("default")) if view.resolution else Origin("default"),
            "lib_name",
        ),
        help=f"Name the library itself: lib_name={behind[0].removeprefix('lib').partition('.so')[0]} in the config file, or"
        f" RUSTFLAGS='{keep_stub(name)}'.",
    )


def static_library(view: View) -> Iterator[Finding]:
    """XP607: a static libpython works for programs only, and only with its symbols exported.

    A module that contains a whole interpreter has two of them in its process. The compiler and its flags must fit: LTO byte
    code of another version, or objects that are no PIC, do not link.
    """
    linked = view.linked
    static = linked is not None and linked.image is not None and linked.image.format == "ar"
    archives = [linked.path] if static and linked is not None else [] if linked is not None else _only_archives(view)
    if not archives or (not view.embeds and view.target.os not in MUST_LINK and view.link_name is None):
        return
    path = archives[0]
    if not view.embeds:
        yield finding(
            "static-libpython",
            "warning",
            f"{path} is static: a module that links it carries an interpreter of its own",
            Location(path),
            help="Give a Python with a shared libpython (or a framework on iOS)"
            + ("." if view.target.os in MUST_LINK else ", or enable extension-module, which links none."),
        )
        return
    flags = view.cargo.rustflags.words
    if view.target.os == "linux" and not any("export-dynamic" in word for word in flags):
        yield finding(
            "static-libpython",
            "warning",
            f"{path} is static: without --export-dynamic the program's modules do not find Python's symbols",
            Location(path),
            help="Add it: RUSTFLAGS='-C link-arg=-Wl,--export-dynamic'; the compiler must be of the version and flags (-fPIC)"
            " that the archive was made with.",
        )
    for item in view.python.sysconfigdata if view.python is not None else ():
        words = " ".join(
            str(item.values.get(key, "")) for key in ("CFLAGS", "CONFIGURE_CFLAGS", "PY_CFLAGS_NODIST")
        ).split()
        lto = [word for word in words if word.startswith("-flto") and "-ffat-lto-objects" not in words]
        if lto or "-fno-pic" in words or "-no-pie" in words:
            yield finding(
                "static-libpython",
                "warning",
                f"{path} was compiled with {lto[0] if lto else '-fno-pic'}, and only the same compiler links such objects"
                " into a position-independent program",
                Location(item.path, "CFLAGS", item.lines.get("CFLAGS")),
                help="Link with that compiler, or take a shared libpython; RUSTFLAGS='-C relocation-model=static' for -fno-pic.",
            )


def _only_archives(view: View) -> list[str]:
    """The static libraries of a Python that has no shared one."""
    files = view.python.images_of("libpython") if view.python is not None else ()
    return [file.path for file in files] if files and all(file.image.format == "ar" for file in files) else []


_SCRIPT = rb"(?s)^\s*(/\*.*?\*/|OUTPUT_FORMAT\s*\(.*?\)|\s)*(GROUP|INPUT)\s*\("
_SCRIPT_BYTES = 4096


def unreadable_library(view: View) -> Iterator[Finding]:
    """XP308: the linker finds a file of that name, and it is no library: empty, cut short, or a text."""
    linked = view.linked
    if linked is None or linked.image is not None or linked.path.endswith(".tbd") or _is_script(linked.path):
        return
    yield finding(
        "image-unreadable",
        "error",
        f"the link for {view.target.triple} takes {linked.path}, which is no library: {linked.reason}",
        Location(linked.path),
        help="Copy it again from the target, links as links; a placeholder is to be removed.",
    )


def _is_script(path: str) -> bool:
    """Whether it is a linker script, which names the library itself (ld.info, "Implicit Linker Scripts")."""
    try:
        with Path(path).open("rb") as file:
            return re.match(_SCRIPT, file.read(_SCRIPT_BYTES)) is not None
    except OSError:
        return False


CHECKS = (
    no_library,
    must_link,
    stub_linked,
    static_library,
    unreadable_library,
)
