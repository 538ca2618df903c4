"""Checks of the root against the target (XP104, XP105, XP301 to XP307): is there a Python that the target can run?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crossplan.checks.evidence import called, place
from crossplan.checks.view import View, at, finding, variable
from crossplan.evidence import ImageFile, TargetPython
from crossplan.findings import Finding, Location
from crossplan.origin import Fact, Origin
from crossplan.python import PythonChoice
from crossplan.record import replace
from crossplan.selection import Mismatch, Rejected, image_mismatches, meets, mismatches

# Field of a mismatch -> the code; the first one says most, and the others mostly follow from it.
KINDS: Mapping[str, str] = {
    "os": "os-mismatch",
    "simulator": "os-mismatch",
    "machine": "architecture-mismatch",
    "endian": "byte-order-mismatch",
    "pointer_width": "pointer-width-mismatch",
    "float_abi": "float-abi-mismatch",
    "libc": "libc-mismatch",
    "abi": "abi-mismatch",
    "nan_encoding": "abi-mismatch",
}


def strongest(found: tuple[Mismatch, ...]) -> Mismatch:
    """The mismatch that says most."""
    order = list(KINDS)
    return min(found, key=lambda mismatch: order.index(mismatch.field) if mismatch.field in order else len(order))


def nothing_fits(view: View) -> Iterator[Finding]:
    """XP301 to XP307: a root was given, and no Python in it runs on the target, so nothing that is built can be imported.

    A root that holds Pythons for several machines is sound as long as one fits.
    """
    if view.evidence is None or view.fitting:
        return
    for python in view.evidence.pythons:
        found = mismatches(python, view.target)
        worst = strongest(found)
        files = [file for file in python.images if view.wrong(file)]
        files.sort(key=lambda file: (file.role != "libpython", file.path))
        shown = [Location(file.path, "machine") for file in files[:3]]
        yield finding(
            KINDS[worst.field],
            "error",
            f"{called(python)} in {view.root_name} is for {_words(worst)}, and {view.target.triple} is"
            f" {_wanted(worst)}{_named(files)}",
            place(worst.found.origin),
            *shown,
            help=f"Give a root with a Python for {view.target.triple}"
            + (f", or build for {python.targets[0]}: --target {python.targets[0]}" if python.targets else "")
            + f"{_without_library(view)}.",
        )


def _words(mismatch: Mismatch) -> str:
    return f"{mismatch.field.replace('_', ' ')} {mismatch.found.value}"


def _wanted(mismatch: Mismatch) -> str:
    return str(mismatch.wanted)


def _named(files: list[ImageFile]) -> str:
    """The binaries that say so too."""
    return f" ({', '.join(file.path for file in files[:3])})" if files else ""


def stray_image(view: View) -> Iterator[Finding]:
    """XP301 to XP307 for a library of the chosen Python that a linker may take in place of the right one."""
    if view.python is None:
        return
    for file in view.python.images_of("libpython", "import-library", "stable-stub"):
        found = image_mismatches(file.image, file.path, view.target)
        if found:
            worst = strongest(found)
            yield finding(
                KINDS[worst.field],
                "warning",
                f"{file.path} is for {_words(worst)}, and {view.target.triple} is {_wanted(worst)}",
                Location(file.path, worst.field),
                help="Remove it from the root, or replace it by the target's own.",
            )


def wrong_lib_dir(view: View) -> Iterator[Finding]:
    """XP301 to XP307: the folder that PyO3 was given holds the library of another machine, though the root has a right one.

    PyO3 compares pointer widths and nothing else, so the mistake shows in the link, or on the device.
    """
    named = view.given("PYO3_CROSS_LIB_DIR")
    linked = view.linked
    if linked is not None and linked.image is not None and view.link_folder is not None:
        found = image_mismatches(linked.image, linked.path, view.target)
        if found:
            worst = strongest(found)
            origin = view.resolution.origins.get("lib_dir", Origin("default")) if view.resolution else Origin("default")
            # The host's own folder was not given: nobody said anything yet, and the plan names another.
            assumed = origin.kind == "interpreter" and not view.situation.planned
            yield finding(
                KINDS[worst.field],
                "warning" if assumed else "error",
                f"the link takes {linked.path}, which is for {_words(worst)}; {view.target.triple} is {_wanted(worst)}",
                Location(linked.path, worst.field),
                variable("PYO3_CROSS_LIB_DIR") if named else at(origin),
                help=f"Name the folder of the target's own library{_right_folder(view)}.",
            )
    yield from _wrong_sysconfigdata(view)


def _right_folder(view: View) -> str:
    if view.python is None:
        return ""
    files = view.python.images_of("libpython", "import-library")
    return f": PYO3_CROSS_LIB_DIR={view.on_host(files[0].path.rpartition('/')[0])}" if files else ""


def _wrong_sysconfigdata(view: View) -> Iterator[Finding]:
    """PyO3 reads a file of another machine of the same width, in the root or in a lib dir outside of it."""
    version = view.resolution.origins.get("version") if view.resolution is not None else None
    if version is None or version.kind != "file" or version.place is None:
        return
    for python, path in view.described_by(version.place):
        if found := mismatches(python, view.target):
            worst = strongest(found)
            yield finding(
                KINDS[worst.field],
                "error",
                f"PyO3 reads {version.place}, which describes {called(python)}, {_words(worst)};"
                f" {view.target.triple} is {_wanted(worst)}",
                variable("PYO3_CROSS_LIB_DIR"),
                Location(path, worst.found.origin.key, worst.found.origin.line),
                help="Set PYO3_CROSS_LIB_DIR to the folder of the target's own sysconfigdata"
                f"{_description_folder(view)}.",
            )


def _description_folder(view: View) -> str:
    files = [item for python in view.fitting for item in python.sysconfigdata]
    return f": {view.on_host(files[0].path.rpartition('/')[0])}" if files else ""


def several_pythons(view: View) -> Iterator[Finding]:
    """XP104: the plan would have to guess, and a module built for one version cannot be imported by another."""
    selection = view.situation.selection
    if selection is None or selection.python is not None or len(selection.candidates) < 2:
        return
    names = ", ".join(called(python) for python in selection.candidates)
    yield finding(
        "several-pythons",
        "error",
        f"{len(selection.candidates)} Pythons in {view.root_name} fit: {names}",
        *(_first_place(python) for python in selection.candidates),
        help=f"Say which one is meant, for example --python {_choice(selection.candidates[-1])}.",
    )


def _choice(python: TargetPython) -> str:
    flags = "t" if python.value("free_threaded") else ""
    return ".".join(str(python.value("version")).split(".")[:2]) + flags


def _first_place(python: TargetPython) -> Location:
    fact = python.facts.get("version")
    return place(fact.origin) if fact is not None else Location(None, "--python")


def passed_over(view: View) -> Iterator[Finding]:
    """XP104 as a note: one Python was taken among variants of one version, and the others are named."""
    selection = view.situation.selection
    if selection is None or selection.python is None or selection.implied is None:
        return
    others = [python for python in selection.candidates if python is not selection.python]
    if others:
        yield finding(
            "several-pythons",
            "note",
            f"{called(selection.python)} is planned for, by {selection.implied}; passed over: "
            + ", ".join(f"{called(python)} ({_paths(python)})" for python in others),
            *(_first_place(python) for python in others),
            help=f"If another one is meant: --python {_choice(others[0])}{'d' if others[0].value('debug') else ''}.",
        )


def _paths(python: TargetPython) -> str:
    return ", ".join(item.path for item in python.sysconfigdata) or "no description"


def no_such_python(view: View) -> Iterator[Finding]:
    """XP105: a version was asked for that the root does not have, so the build ends in an error or in another version's module."""
    if view.evidence is None or not view.fitting:
        return
    for wish in _asked(view):
        if any(meets(python, wish.value) for python in view.fitting):
            continue
        threads = replace(wish.value, free_threaded=True)
        if wish.origin.kind == "variable" and any(meets(python, threads) for python in view.fitting):
            yield _taken_for_threads(view, wish)
            continue
        here = ", ".join(sorted({_choice(python) for python in view.fitting}))
        yield finding(
            "no-such-python",
            "error",
            f"{wish.origin.key} asks for Python {wish.value}, and {view.root_name} holds {here} for {view.target.triple}",
            at(wish.origin),
            *(_first_place(python) for python in view.fitting),
            help=f"Ask for one that is there ({wish.origin.key}{_joint(wish.origin)}{here.split(', ')[-1]}), or give a root"
            f" with Python {wish.value}{_without_library(view)}.",
        )


def _taken_for_threads(view: View, wish: Fact[PythonChoice]) -> Finding:
    """PyO3 compares the beginning of folder names, so 3.13 admits 3.13t; the module is then for that alone."""
    says_t = view.rules is not None and view.rules.free_threaded_defaults  # else 3.13t cannot be said
    return finding(
        "no-such-python",
        "warning" if says_t else "note",
        f"{wish.origin.key} asks for Python {wish.value}, and PyO3 takes {wish.value}t, the only one in {view.root_name}",
        at(wish.origin),
        *(_first_place(python) for python in view.fitting),
        help=f"Set {wish.origin.key}={wish.value}t if the free-threaded Python is meant, else give a root with"
        f" Python {wish.value}."
        if says_t
        else f"Give a root with Python {wish.value} if the free-threaded one is not meant.",
    )


def _joint(origin: Origin) -> str:
    return "=" if origin.kind == "variable" else " "


def _without_library(view: View) -> str:
    if view.target.os != "windows" or (view.rules is not None and view.rules.raw_dylib):
        return ""
    return "; without a root, PyO3 can make the import library itself: its feature generate-import-lib, or PyO3 0.29"


def _asked(view: View) -> Iterator[Fact[PythonChoice]]:
    """What options and variables ask for; a variable gives way to an option."""
    wish = view.request.wish.python
    if wish is not None:
        yield wish
    text = view.given("PYO3_CROSS_PYTHON_VERSION")
    if not text or (view.rules is not None and "PYO3_CROSS_PYTHON_VERSION" not in view.rules.variables):
        return
    try:
        yield Fact(PythonChoice.parse(text), Origin("variable", key="PYO3_CROSS_PYTHON_VERSION"))
    except ValueError:
        return  # PyO3 says so itself (XP411)


def unmet_implementation(view: View) -> Iterator[Finding]:
    """XP105 for `--implementation`: the root has the version, of another implementation."""
    wish, selection = view.request.wish.implementation, view.situation.selection
    if wish is None or selection is None or selection.python is not None or not view.fitting:
        return
    rejected: list[Rejected] = [item for item in selection.rejected if wish in item.unmet]
    if rejected:
        yield finding(
            "no-such-python",
            "error",
            f"--implementation asks for {wish.value}, and the root holds {', '.join(called(r.python) for r in rejected)}",
            at(wish.origin),
            *(_first_place(item.python) for item in rejected),
            help=f"Give a root with {wish.value}, or leave the option out.",
        )


CHECKS = (
    nothing_fits,
    stray_image,
    wrong_lib_dir,
    several_pythons,
    passed_over,
    no_such_python,
    unmet_implementation,
)
