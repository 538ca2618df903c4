"""A toolchain file for CMake, for projects one of whose crates builds with it (cmake-toolchains(7), "Cross Compiling")."""

from __future__ import annotations

from crossplan.plan.candidates import Place
from crossplan.plan.compilers import Compiler
from crossplan.plan.goal import host_path
from crossplan.plan.model import Change
from crossplan.request import Request
from crossplan.triple import system

_FILE = "toolchain.cmake"


def cmake_toolchain(request: Request, compiler: Compiler | None, place: Place) -> tuple[Change, str] | None:
    """The variable that names the file (crate cmake, `CMAKE_TOOLCHAIN_FILE_<t>`), and its text; None where none is needed."""
    name, own = f"CMAKE_TOOLCHAIN_FILE_{request.target.underscored}", system(request.target.os).get("cmake")
    if compiler is None or own is None or request.sysroot is None or not request.project.uses("cmake"):
        return None
    if name in request.environ or "CMAKE_TOOLCHAIN_FILE" in request.environ:
        return None
    values = {
        "CMAKE_SYSTEM_NAME": own,
        "CMAKE_SYSTEM_PROCESSOR": request.target.arch,
        "CMAKE_C_COMPILER": compiler.command,
        "CMAKE_CXX_COMPILER": None if compiler.prefix is None else f"{compiler.prefix}-g++",
        "CMAKE_FIND_ROOT_PATH": host_path(request, ""),
        # Programs are the host's; what is linked and included is the target's alone.
        "CMAKE_FIND_ROOT_PATH_MODE_PROGRAM": "NEVER",
        "CMAKE_FIND_ROOT_PATH_MODE_LIBRARY": "ONLY",
        "CMAKE_FIND_ROOT_PATH_MODE_INCLUDE": "ONLY",
        "CMAKE_FIND_ROOT_PATH_MODE_PACKAGE": "ONLY",
    }
    text = "".join(f"set({key} {_bracketed(value)})\n" for key, value in values.items() if value is not None)
    return Change(name, place(_FILE, text), "a dependency builds with CMake, which is to look into the root"), text


def _bracketed(value: str) -> str:
    """A bracket argument, which is taken as it stands (cmake-language(7))."""
    level = "="
    while f"]{level}]" in f"{value}]":
        level += "="
    return f"[{level}[{value}]{level}]"
