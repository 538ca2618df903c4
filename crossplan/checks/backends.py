"""Checks of the build backend that pyproject.toml names (XP640 to XP643): will it build what is planned here?"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping

from crossplan.checks.view import View, at, finding, variable
from crossplan.data import load
from crossplan.findings import Finding, Location
from crossplan.triple import ARCHFLAGS, UNIVERSAL2, builtin


def _abi3(view: View) -> str:
    """The stable-ABI features with a level of two digits."""
    return ", ".join(
        name for name in view.features if name.startswith("abi3-py3") and len(name) > 8 and len(name[8:]) > 1
    )


def _suffix(view: View) -> str | None:
    """The target's own suffix, if it is not the one that is composed from Rust's word for the machine."""
    suffix = view.python.text("ext_suffix") if view.python is not None else None
    if suffix is None or view.target.os != "linux" or view.features.keys() & {"abi3"} or _stable(view):
        return None
    word = "armv7l" if view.target.arch == "arm" else view.target.triple.partition("-")[0]
    return None if f"-{word}-" in suffix else suffix


def _stable(view: View) -> bool:
    return any(name.startswith("abi3-py") for name in view.features)


def _free_threaded(view: View) -> bool:
    wish = view.request.wish.python
    return bool(
        (view.python is not None and view.python.value("free_threaded"))
        or (wish is not None and wish.value.free_threaded)
        or (view.config is not None and "Py_GIL_DISABLED" in view.config.build_flags)
    )


def _pypy_of_another(view: View) -> bool:
    """Whether it is a PyPy of another machine."""
    named = view.config.implementation if view.config is not None else None
    held = view.python.text("implementation") if view.python is not None else None
    return (held or named) == "PyPy" and view.target.triple != view.host


def _of_hosts(view: View, os: str, machine: str | None = None, host_machine: str | None = None) -> bool:
    """Whether target and host run that system, on these machines (None: on one machine)."""
    host = builtin(view.host)
    if host is None or not host.os == view.target.os == os:
        return False
    return (view.target.machine, host.machine) == (machine or host.machine, host_machine or view.target.machine)


def _gnu_triple(view: View) -> str | None:
    """The triplet of the target's Python, where it is not spelled as Rust spells its own."""
    for item in view.python.sysconfigdata if view.python is not None else ():
        said = item.values.get("HOST_GNU_TYPE")
        if isinstance(said, str) and said and said != view.target.triple:
            return said
    return None


_CONDITIONS: Mapping[str, Callable[[View], object]] = {
    "abi3": lambda view: _stable(view),
    "cross": lambda view: view.resolution is not None and view.resolution.cross,
    "two-digit-abi3": _abi3,
    "pypy-cross": lambda view: _pypy_of_another(view),
    "pypy-cross-abi3": lambda view: _pypy_of_another(view) and "abi3" in " ".join(view.features),
    "msvc-elsewhere": lambda view: (
        (view.target.os, view.target.env) == ("windows", "msvc") and "windows" not in view.host
    ),
    "cargo-is-cross": lambda view: view.request.in_container,
    "musl-of-host": lambda view: _of_hosts(view, "linux") and view.target.env == "musl" and "-musl" not in view.host,
    "arm64-windows": lambda view: _of_hosts(view, "windows", "aarch64", "x86_64"),
    "x64-on-arm64-windows": lambda view: _of_hosts(view, "windows", "x86_64", "aarch64"),
    "windows-32": lambda view: view.target.os == "windows" and view.target.pointer_width == 32,
    "composed-suffix": _suffix,
    "universal2": lambda view: _target(view) == "universal2-apple-darwin" and "apple" not in view.host,
    "free-threaded": _free_threaded,
    "free-threaded-windows": lambda view: view.target.os == "windows" and _free_threaded(view),
    "ios": lambda view: view.target.os == "ios",
    "android": lambda view: view.target.os == "android",
    "gnu-triple": _gnu_triple,
}


def _target(view: View) -> str | None:
    backend = view.project.backend
    return backend.target.value if backend is not None and backend.target is not None else None


def known_fault(view: View) -> Iterator[Finding]:
    """XP640: a release that the pin admits alone gets this target or Python wrong."""
    backend = view.project.backend
    if backend is None or backend.pin is None:
        return
    from crossplan.project.pyproject import admits_only_before

    for row in load("backends")["faults"]:
        if row["tool"] != backend.kind or not admits_only_before(backend.pin.value, row["below"]):
            continue
        if not _CONDITIONS[row["when"]](view):
            continue
        abi = next((name for name in view.features if name.startswith("abi3")), "abi3")
        words = {
            "abi": abi,
            "abi3": _abi3(view),
            "triple": view.target.triple,
            "suffix": _suffix(view),
            "gnu": _gnu_triple(view),
        }
        yield finding(
            "backend-fault",
            row.get("severity", "warning"),
            f"{backend.kind} {backend.pin.value} {row['fault'].format_map(words)}",
            at(backend.pin.origin, "build-system.requires"),
            help=_sentence(row["remedy"].format_map(words)),
        )


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def untold_target(view: View) -> Iterator[Finding]:
    """XP641: a backend that is started by pip or build gets no --target; what tells it is CARGO_BUILD_TARGET."""
    if view.request.backend is None or view.target.triple == view.host or "CARGO_BUILD_TARGET" in view.environ:
        return
    both = view.request.twin is not None
    if both and "ARCHFLAGS" in view.environ:
        return
    if view.cargo.build_target or _target(view) == view.target.triple:
        return
    gnu = _gnu_triple(view)
    said = f"; the target's Python calls itself {gnu}, which is no Rust target" if gnu else ""
    yield finding(
        "untold-target",
        "note",
        f"{view.request.backend} is told no target, and builds for {view.host} when pip or build starts it{said}",
        variable("ARCHFLAGS" if both else "CARGO_BUILD_TARGET"),
        help=f"Set ARCHFLAGS='{ARCHFLAGS}'" if both else f"Set CARGO_BUILD_TARGET={view.target.triple}",
    )


def archflags(view: View) -> Iterator[Finding]:
    """XP642: maturin and setuptools-rust take ARCHFLAGS for an Apple target on every system, unless one is given."""
    value = view.given("ARCHFLAGS")
    named = re.findall(r"-arch\s+(\S+)", value or "")
    apple = view.target.os == "macos"
    told = view.request.tool.value == "maturin" or view.request.backend is None  # whose command names the target
    told = told or "CARGO_BUILD_TARGET" in view.environ or _target(view) is not None
    if not value or (apple and (told or not named or (view.target.wheel_tag or "").endswith(tuple(named)))):
        return
    yield finding(
        "archflags",
        "warning",
        f"ARCHFLAGS={value} is set: build backends take it for an Apple target, and {view.target.triple} is planned for",
        variable("ARCHFLAGS"),
        help=f"Set CARGO_BUILD_TARGET={view.target.triple}, which counts first; or unset ARCHFLAGS"
        if apple
        else "Unset it: unset ARCHFLAGS",
    )


def two_slices(view: View) -> Iterator[Finding]:
    """XP643: universal2 is no triple but two builds that are merged."""
    backend = view.project.backend
    if view.request.twin is not None:
        return
    if backend is not None and backend.target is not None and "universal2" in backend.target.value:
        yield finding(
            "universal2",
            "note",
            "universal2-apple-darwin stands for two targets, x86_64-apple-darwin and aarch64-apple-darwin, merged by lipo",
            at(backend.target.origin, "tool.maturin.target"),
            help=f"Plan both at once: --target {UNIVERSAL2}",
        )
    flags = (view.given("ARCHFLAGS") or "").split()
    if view.target.os == "macos" and view.request.backend is not None and {"x86_64", "arm64"} <= set(flags):
        yield finding(
            "universal2",
            "note",
            f"ARCHFLAGS={' '.join(flags)}: {view.request.backend} builds for both machines and merges them to universal2, and"
            f" {view.target.triple} alone is planned for",
            variable("ARCHFLAGS"),
            help=f"Plan both at once: --target {UNIVERSAL2}; or unset ARCHFLAGS for a module of one machine.",
        )


def output_moves(view: View) -> Iterator[Finding]:
    """XP644: with a default target set, Cargo writes below target/<triple>, also for tools that look in target/."""
    for fact in view.cargo.build_target:
        if fact.origin.kind == "project":
            yield finding(
                "output-moves",
                "note",
                f"{fact.origin.place} sets build.target = {fact.value}, so the output lies in target/{fact.value}/, not in target/",
                Location(fact.origin.place, fact.origin.key, fact.origin.line),
                help="Look for it there, or leave build.target out and pass --target.",
            )


def wheel_not_marked(view: View) -> Iterator[Finding]:
    """XP645: setuptools tags a wheel as abi3 only if it is told the lowest version; setuptools-rust marks the module alone."""
    project, backend = view.project.pyproject, view.project.backend
    if project is None or backend is None or backend.kind != "setuptools-rust" or not backend.settings:
        return
    if not _stable(view) or view.request.tool.value == backend.kind:  # then the plan's command tells it
        return
    told = project.document.table("tool", "distutils", "bdist_wheel")
    level = min(int(name[8:]) for name in view.features if name.startswith("abi3-py3") and name[8:].isdecimal())
    if "py-limited-api" in told or "py_limited_api" in told:
        return
    yield finding(
        "wheel-not-marked",
        "note",
        f"abi3-py3{level} is on, and nothing tells setuptools to tag the wheel as abi3 (unless setup.cfg does)",
        Location(project.document.shown, "tool.distutils.bdist_wheel"),
        help=f'In {project.document.shown}, [tool.distutils.bdist_wheel]: py-limited-api = "cp3{level}"',
    )


_PURE = ("setuptools", "setuptools-rust", "wheel")


def requirements_of_target(view: View) -> Iterator[Finding]:
    """XP647: pip obeys the variable that tells setuptools the platform, for what it installs to run the build, too."""
    project = view.project.pyproject
    if project is None or view.request.tool.value != "setuptools-rust" or view.request.triple == view.host:
        return
    if (host := builtin(view.host)) is not None and host.os == "windows":  # whose sysconfig does not look at it
        return
    said = project.document.table("build-system").get("requires")
    texts = [text for text in said if isinstance(text, str)] if isinstance(said, list) else []
    names = [re.split(r"[^\w.-]", text.strip(), maxsplit=1)[0].lower().replace("_", "-") for text in texts]
    if others := [name for name in names if name and name not in _PURE]:
        yield finding(
            "requirements-of-target",
            "note",
            f"the build requires {', '.join(others)}, and under _PYTHON_HOST_PLATFORM pip takes wheels of another machine",
            at(project.document.origin("build-system", "requires"), "build-system.requires"),
            help=f"Where one has compiled code: pip install {shlex.join(texts)} without that variable, then --no-isolation.",
        )


CHECKS = (known_fault, untold_target, archflags, two_slices, output_moves, wheel_not_marked, requirements_of_target)
