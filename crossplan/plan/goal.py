"""The goal: what PyO3 ought to conclude about the Python that is meant, and in what a conclusion falls short of it.

Where a root holds that Python the goal is read off the evidence alone; else it is what the user said.
"""

from __future__ import annotations

import os
from pathlib import PurePosixPath

from crossplan.checks.linkage import MUST_LINK
from crossplan.evidence import TargetPython
from crossplan.origin import Fact, Origin
from crossplan.plan.library import Library, default_name, link_library
from crossplan.python import PythonChoice, PythonVersion, minor_version
from crossplan.record import record, replace
from crossplan.request import Request
from crossplan.resolve import InterpreterConfig, Resolution
from crossplan.selection import Wish
from crossplan.triple import Target

# PyO3's names of implementations (its config files and PYO3_CROSS_PYTHON_IMPLEMENTATION).
PYO3_IMPLEMENTATIONS = {"CPython": "CPython", "PyPy": "PyPy", "GraalPy": "GraalVM", "RustPython": "RustPython"}
_PROGRAMS = {"PyPy": "pypy", "GraalVM": "graalpy"}


@record
class Goal:
    """What a right configuration says. None: nothing tells, so any value will do.

    `lib_name` and `lib_dir` name the library that a link takes, `lib_dir` as a path of the host; `build_flags` are those
    that PyO3 knows. `links`: whether libpython is to be linked, None where either will do.
    """

    implementation: str | None = None
    version: PythonVersion | None = None
    pointer_width: int | None = None
    shared: bool | None = None
    lib_name: str | None = None
    lib_dir: str | None = None
    free_threaded: bool | None = None
    build_flags: tuple[str, ...] = ()
    framework_prefix: str | None = None
    links: bool | None = None
    stable_on_windows: bool = False

    @property
    def version_word(self) -> str:
        """The version as PYO3_CROSS_PYTHON_VERSION takes it: `3.11`, `3.13t`."""
        return f"{self.version}{'t' if self.free_threaded else ''}"

    @property
    def program(self) -> str | None:
        """What a Python of that kind and version is called on PATH, and by maturin's `-i`: `python3.13t`, `pypy3.11`."""
        word = _PROGRAMS.get(self.implementation or "", "python")
        return None if self.version is None else f"{word}{self.version_word}"


def goal_of(request: Request, python: TargetPython | None, stable: bool) -> Goal:
    """The goal of a request, for the chosen Python of its root, else for what the user said of a Python.

    `stable`: whether a stable-ABI feature is asked for.
    """
    target = request.target
    # Where a module must link libpython too, PyO3 does from some release on by itself, so nothing is asked of the link.
    links = True if request.purpose.value == "embedding" else False if target.os not in MUST_LINK else None
    on_windows = stable and target.os == "windows"
    if python is None:
        return _from_wish(_wish(request), target, links, on_windows)
    version = minor_version(python.text("version") or "")
    if version is None:
        return Goal(links=links, stable_on_windows=on_windows)
    implementation = python.text("implementation") or "CPython"
    on_windows = on_windows and implementation == "CPython" and python.value("free_threaded") is not True
    library = link_library(python, target, stable=on_windows)
    width, shared = python.value("pointer_width"), python.value("shared")
    if library is not None and library.file.image.kind == "shared":
        shared = True
    free_threaded = python.value("free_threaded") is True
    debug = ("Py_DEBUG", "Py_REF_DEBUG") if python.value("debug") is True else ()
    return Goal(
        implementation=PYO3_IMPLEMENTATIONS.get(implementation, implementation),
        version=version,
        pointer_width=width if isinstance(width, int) else target.pointer_width,
        shared=shared if isinstance(shared, bool) else None,
        lib_name=library.name if library else _described_name(python, target, version, stable_on_windows=on_windows),
        lib_dir=_host_dir(request, library) if library else None,
        free_threaded=free_threaded,
        build_flags=(*debug, "Py_GIL_DISABLED") if free_threaded else debug,
        framework_prefix=python.text("framework_prefix"),
        links=links,
        stable_on_windows=on_windows,
    )


def _wish(request: Request) -> Wish:
    """What the user said of a Python; the `t` of PYO3_CROSS_PYTHON_VERSION too, of which early releases only make a name."""
    name = "PYO3_CROSS_PYTHON_VERSION"
    said = request.environ.get(name, "")
    if request.wish.python is not None or not said.endswith("t"):
        return request.wish
    try:
        return replace(request.wish, python=Fact(PythonChoice.parse(said), Origin("variable", key=name)))
    except ValueError:
        return request.wish


def _from_wish(wish: Wish, target: Target, links: bool | None, on_windows: bool) -> Goal:
    """The goal where there is no root: the version and implementation that the user named."""
    if wish.python is None:
        return Goal(links=links, stable_on_windows=on_windows)
    choice = wish.python.value
    implementation = wish.implementation.value if wish.implementation else "CPython"
    debug = ("Py_DEBUG", "Py_REF_DEBUG") if choice.debug else ()
    on_windows = on_windows and implementation == "CPython" and not choice.free_threaded
    name = default_name(target, implementation, choice.version, free_threaded=choice.free_threaded, debug=choice.debug)
    return Goal(
        implementation=PYO3_IMPLEMENTATIONS.get(implementation, implementation),
        version=choice.version,
        lib_name=("python3_d" if choice.debug else "python3") if on_windows else name,
        free_threaded=choice.free_threaded,
        build_flags=(*debug, "Py_GIL_DISABLED") if choice.free_threaded else debug,
        links=links,
        stable_on_windows=on_windows,
    )


def _described_name(
    python: TargetPython, target: Target, version: PythonVersion, *, stable_on_windows: bool
) -> str | None:
    """The name that the descriptions give, for a Python whose library is not in the root."""
    implementation = python.text("implementation") or "CPython"
    free_threaded, debug = python.value("free_threaded") is True, python.value("debug") is True
    if stable_on_windows:
        return "python3_d" if debug else "python3"
    if (said := python.text("ldversion")) and target.os != "windows" and implementation == "CPython":
        return f"python{said}"
    return default_name(target, implementation, version, free_threaded=free_threaded, debug=debug)


def _host_dir(request: Request, library: Library) -> str | None:
    """The folder of the library as a path of the host, absolute."""
    if request.sysroot is None:
        return None
    return host_path(request, str(PurePosixPath(library.path).parent))


def host_path(request: Request, path: str) -> str:
    """A path of the root as an absolute path of the host."""
    return os.path.normpath(os.path.join(request.cwd, request.sysroot or "", path))  # noqa: PTH118


def shortfalls(resolution: Resolution | None, goal: Goal) -> tuple[str, ...]:
    """The fields in which a conclusion is not the goal; `outcome` alone where there is none. Empty: it is right.

    A stable ABI may lower `version`, so a lower one is right there; what is not linked needs no place.
    """
    config = resolution.config if resolution is not None else None
    if resolution is None or resolution.outcome != "ok":
        return ("outcome",)
    if config is None:  # 0.14.0 and 0.14.1 print no configuration; that they go on is all that is known
        return ()
    links = links_python(resolution)
    wrong = {
        "implementation": goal.implementation is not None and config.implementation != goal.implementation,
        "version": not _is_version(config, goal.version),
        "pointer_width": None not in (goal.pointer_width, config.pointer_width)
        and config.pointer_width != goal.pointer_width,
        "shared": links and goal.shared is not None and config.shared != goal.shared,
        "lib_name": not _is_named(resolution, config, goal, links),
        "lib_dir": links and goal.lib_dir is not None and not same_folder(config.lib_dir, goal.lib_dir),
        "build_flags": not _is_built(config, goal),
        "link": goal.links is not None and (links or _is_bound_by_name(resolution)) is not goal.links,
    }
    return tuple(field for field, is_wrong in wrong.items() if is_wrong)


def links_python(resolution: Resolution) -> bool:
    """Whether PyO3 tells rustc to link libpython by name (raw-dylib needs no library)."""
    return any(line.startswith("cargo:rustc-link-lib=") for line in resolution.link)


def _is_bound_by_name(resolution: Resolution) -> bool:
    """Whether rustc itself binds to Python's DLL by its name (raw-dylib)."""
    return any(cfg.startswith("pyo3_dll=") for cfg in resolution.cfg)


def _is_version(config: InterpreterConfig, wanted: PythonVersion | None) -> bool:
    said, stable = minor_version(config.version), config.abi3 is True or "-abi3" in (config.target_abi or "")
    return wanted is None or said == wanted or (stable and said is not None and said <= wanted)


def _is_named(resolution: Resolution, config: InterpreterConfig, goal: Goal, links: bool) -> bool:
    """Whether the library is the right one: on Windows a stable ABI has its own, whichever way it is bound."""
    stable = "Py_LIMITED_API" in resolution.cfg
    if goal.stable_on_windows and stable and config.implementation == "CPython":
        return (config.lib_name or "").startswith("python3") and not (config.lib_name or "")[7:8].isdigit()
    bound = links or _is_bound_by_name(resolution)
    return not bound or goal.lib_name is None or config.lib_name == goal.lib_name


def _is_built(config: InterpreterConfig, goal: Goal) -> bool:
    """Whether free-threading and debug, which change the layout of objects, are those of the Python."""
    if goal.free_threaded is None:
        return True
    return ("Py_GIL_DISABLED" in config.build_flags) == goal.free_threaded and (
        ("Py_DEBUG" in config.build_flags) == ("Py_DEBUG" in goal.build_flags)
    )


def same_folder(said: str | None, wanted: str) -> bool:
    """Whether two paths of the host name one folder."""
    return said is not None and (os.path.normpath(said) == wanted or os.path.realpath(said) == os.path.realpath(wanted))
