"""Checks of the stable ABI that is asked for (XP505, XP508, XP510, XP515 to XP519): does the Python have it, from which version on?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from crossplan.checks.evidence import place
from crossplan.checks.linkage import keep_stub
from crossplan.checks.view import GIVEN, View, at, finding, variable
from crossplan.findings import Finding
from crossplan.origin import Origin
from crossplan.python import PythonVersion, minor_version
from crossplan.readers.libpython import library_name


def stable_abi_ignored(view: View) -> Iterator[Finding]:
    """XP505: PyPy, GraalPy and free-threaded CPython before 3.15 have no stable ABI: the module is for one version alone."""
    levels = [fact for name, fact in view.features.items() if name == "abi3" or name.startswith("abi3-")]
    for_threads = [fact for name, fact in view.features.items() if name.startswith("abi3t")]
    if not levels and not for_threads:
        return
    config, python = view.config, view.python
    wish = view.request.wish
    implementation = (
        (python.text("implementation") if python else None)
        or (wish.implementation.value if wish.implementation else None)
        or (config.implementation if config else view.given("PYO3_CROSS_PYTHON_IMPLEMENTATION"))
    )
    threads = (python is not None and python.value("free_threaded") is True) or (
        config is not None and "Py_GIL_DISABLED" in config.build_flags
    )
    threads = threads or (wish.python is not None and wish.python.value.free_threaded)
    version = minor_version(str((python.value("version") if python else None) or (config.version if config else "")))
    who = implementation if implementation not in (None, "CPython") else None
    early = version is not None and (version.major, version.minor) < (3, 15)
    if who is None and early and (threads or not levels):
        who = f"free-threaded CPython {version}t" if threads else f"CPython {version}"
    if who is None:
        return
    asked = levels or for_threads
    yield finding(
        "stable-abi-ignored",
        "warning",
        f"{', '.join(fact.value for fact in asked)} is asked for, and {who} has no {'abi3' if levels else 'abi3t'}: the module"
        " is for that version alone",
        at(asked[0].origin, "--features"),
        *((place(python.facts["version"].origin),) if python is not None and "version" in python.facts else ()),
        help="Build one module for each such version and tag it so, or choose a CPython with a GIL (--python 3.12).",
    )


def several_floors(view: View) -> Iterator[Finding]:
    """XP516: abi3-py3X features add up, and the lowest one counts."""
    floors = {name: fact for name, fact in view.features.items() if name.startswith("abi3-py")}
    if len(floors) < 2:
        return
    ordered = sorted(floors, key=lambda name: int(name[8:]) if name[8:].isdecimal() else 0)
    yield finding(
        "several-floors",
        "note",
        f"of {', '.join(ordered)} the lowest counts: the module is for Python 3.{ordered[0][8:]} and later",
        *(at(floors[name].origin, "--features") for name in ordered),
        help=f"Leave out {ordered[0]} if {ordered[-1]} is meant; features of the default set need --no-default-features.",
    )


def floor_above_wish(view: View) -> Iterator[Finding]:
    """XP508: a level above the Python that was asked for; the module would be for later ones alone."""
    wish, implementation = view.request.wish.python, view.request.wish.implementation
    levels = {name: PythonVersion(3, int(name[8:])) for name in view.features if re.fullmatch(r"abi3-py3\d+", name)}
    if wish is None or not levels or wish.value.free_threaded or (implementation and implementation.value != "CPython"):
        return
    lowest = min(levels, key=lambda name: levels[name])
    if levels[lowest] > wish.value.version:
        yield finding(
            "abi3-above-python",
            "error",
            f"{lowest} asks for Python {levels[lowest]} and later, and {wish.origin.key} for {wish.value}",
            at(view.features[lowest].origin, "--features"),
            at(wish.origin),
            help=f"Lower the level: --abi3 {wish.value.version}; or ask for Python {levels[lowest]}.",
        )


def floor_unknown(view: View) -> Iterator[Finding]:
    """XP517: PyO3 looks for levels only up to the newest that it had in mind; one above it counts as plain abi3."""
    if view.rules is None:
        return
    known = view.rules.crate_features[view.request.crate]
    levels = {n: int(n[8:]) for n in view.features if n.startswith("abi3-py") and n[8:].isdecimal() and n in known}
    if levels and min(levels.values()) > view.rules.abi3_max:
        name = min(levels, key=lambda level: levels[level])
        yield finding(
            "floor-unknown",
            "warning",
            f"PyO3 {view.rules.release} takes {name} for plain abi3: its highest level is 3.{view.rules.abi3_max}",
            at(view.features[name].origin, "--features"),
            help=f"Take abi3-py3{view.rules.abi3_max}, or a newer PyO3 (cargo update -p pyo3).",
        )


def feature_unknown(view: View) -> Iterator[Finding]:
    """XP518: a feature that the release lacks makes Cargo refuse the build before anything runs."""
    if view.rules is None:
        return
    known = view.rules.crate_features[view.request.crate]
    for name, fact in view.features.items():
        if name in known:
            continue
        family = name.split("-py")[0]
        near = [other for other in known if other == family or other.startswith(f"{family}-py")]
        level = name.rpartition("-py3")[2]
        if levels := sorted((int(other.rpartition("-py3")[2]), other) for other in near if "-py3" in other):
            above = level.isdecimal() and int(level) > levels[-1][0]
            instead = f"Take {levels[-1 if above else 0][1]}, the {'highest' if above else 'lowest'} level of this release, or"
        else:
            from difflib import get_close_matches

            near = near or get_close_matches(name, sorted(known), n=1)
            instead = f"Take {min(near, key=len)}, or" if near else "Leave it out, or take"
        yield finding(
            "feature-unknown",
            "warning" if view.rules.extrapolated else "error",
            f"{view.request.crate} {view.rules.release} has no feature {name}, so Cargo refuses the build",
            at(fact.origin, "--features"),
            help=f"{instead} a release of PyO3 that has {name} (--pyo3, cargo update -p pyo3 --precise).",
        )


def library_of_one_version(view: View) -> Iterator[Finding]:
    """XP510: a stable-ABI module that must name its library, and names that of one version, needs that one.

    On Windows PyO3 names python3.dll by itself. On Android it names what the description of the Python names, and the
    libpython3.so there is a stub, which linkers drop unless they are told to keep it.
    """
    config = view.config
    if config is None or config.lib_name is None or config.implementation != "CPython":
        return
    stable = config.abi3 is True or "-abi3" in (config.target_abi or "")
    system, name = view.target.os, config.lib_name
    if not stable or system not in ("windows", "android"):
        return
    origin = view.resolution.origins.get("lib_name", Origin("default")) if view.resolution else Origin("default")
    if system == "windows":
        named = library_name(f"{name}.dll")
        if named is None or named.minor is None or name.startswith("lib"):
            return
        yield finding(
            "library-of-one-version",
            "error" if origin.kind in GIVEN else "warning",
            f"lib_name={name} with abi3: the module would need {name}.dll, not python3.dll",
            at(origin, "lib_name"),
            help="Write lib_name=python3, or leave it out and let crossplan env write the file.",
        )
        return
    named = library_name(f"lib{name}.so")
    if view.embeds or named is None or named.minor is None:
        return
    stubs = view.python.images_of("stable-stub") if view.python is not None else ()
    yield finding(
        "library-of-one-version",
        "note",
        f"with abi3 the module links lib{name}.so, so only Python {named.minor} loads it",
        at(origin, "lib_name"),
        help=f"For a wheel for later Pythons too: lib_name=python3 in a PYO3_CONFIG_FILE, and RUSTFLAGS='{keep_stub()}'."
        if stubs
        else "Tag the wheel for that Python alone; the root has no libpython3.so, which one for later Pythons would link.",
    )


def bare_abi3(view: View) -> Iterator[Finding]:
    """XP516: without a level the stable ABI begins with the Python that PyO3 happens to find."""
    fact = view.features.get("abi3")
    if fact is None or any(name.startswith("abi3-py") for name in view.features):
        return
    yield finding(
        "bare-abi3",
        "note",
        "abi3 without a level: the module needs the version of the Python that it is built for, and PyO3's macros look at"
        " the host's",
        at(fact.origin, "--features"),
        help="Name the lowest version that is meant, for example --abi3 3.9.",
    )


_FORWARD = "PYO3_USE_ABI3_FORWARD_COMPATIBILITY"


def abi3_forced(view: View) -> Iterator[Finding]:
    """XP519: up to 0.28 the variable for Pythons that are too new turns the stable ABI on, for every Python."""
    other = view.without(_FORWARD) if view.given(_FORWARD) == "1" else None
    if other is None or not other.config or not view.config or other.config.abi3 or not view.config.abi3:
        return
    yield finding(
        "abi3-forced",
        "warning" if other.outcome == "ok" else "note",
        f"{_FORWARD}=1 turns abi3 on without its feature: the module keeps to the stable ABI of Python {view.config.version}",
        variable(_FORWARD),
        help=f"Unset it (unset {_FORWARD}) where this PyO3 knows the Python; else name the level that is meant: --abi3"
        f" {view.config.version}.",
    )


CHECKS = (
    stable_abi_ignored,
    abi3_forced,
    several_floors,
    floor_above_wish,
    floor_unknown,
    feature_unknown,
    library_of_one_version,
    bare_abi3,
)
