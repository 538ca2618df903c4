"""Variables for the build scripts of other crates, set only where the project depends on one that reads them."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator

from crossplan.plan.compilers import Compiler
from crossplan.plan.goal import host_path
from crossplan.plan.model import Change
from crossplan.request import Request

_PKG_CONFIG_FOLDERS = (
    "usr/lib/{multiarch}/pkgconfig",
    "usr/lib/pkgconfig",
    "usr/lib64/pkgconfig",
    "usr/share/pkgconfig",
    "lib/pkgconfig",
)


def dependency_changes(request: Request, compiler: Compiler | None) -> Iterator[Change]:
    """The variables of other crates' build scripts; what the user has set for the target, in either spelling, stays."""
    target = request.target
    for change in _wanted(request, compiler):
        if not {change.name, change.name.replace(target.underscored, target.triple)} & set(request.environ):
            yield change


def _wanted(request: Request, compiler: Compiler | None) -> Iterator[Change]:
    """The variables of crate `cc` and of those that look for the target's C libraries."""
    if compiler is not None and (request.project.uses("cc") or request.project.uses("cmake")):
        yield from _of_cc(request, compiler)
    if request.sysroot is not None:
        if request.project.uses("pkg-config"):
            yield from _of_pkg_config(request)
        if request.project.uses("bindgen"):
            yield from _of_bindgen(request)


def _of_cc(request: Request, compiler: Compiler) -> Iterator[Change]:
    """`CC_<t>` and `AR_<t>` (crate cc, "External configuration via environment variables")."""
    target = request.target.underscored
    yield Change(f"CC_{target}", compiler.command, "a dependency compiles C for the target")
    if compiler.prefix is not None and compiler.command.endswith("-gcc"):
        yield Change(f"AR_{target}", f"{compiler.prefix}-ar", "a dependency archives what it compiled")
        yield Change(f"CXX_{target}", f"{compiler.prefix}-g++", "a dependency may compile C++ for the target")


def _of_pkg_config(request: Request) -> Iterator[Change]:
    """Crate pkg-config refuses to cross unless told where the root is; its own folders are the host's."""
    multiarch, target = request.target.multiarch or "", request.target.underscored
    folders = [host_path(request, folder.format(multiarch=multiarch)) for folder in _PKG_CONFIG_FOLDERS]
    present = [folder for folder in dict.fromkeys(folders) if os.path.isdir(folder)]  # noqa: PTH112
    reason = "a dependency asks pkg-config for the target's libraries"
    yield Change(f"PKG_CONFIG_SYSROOT_DIR_{target}", host_path(request, ""), reason)
    if present:
        yield Change(
            f"PKG_CONFIG_LIBDIR_{target}", os.pathsep.join(present), f"{reason}, and the host's are none of them"
        )


def _of_bindgen(request: Request) -> Iterator[Change]:
    root = shlex.quote(host_path(request, ""))
    name = f"BINDGEN_EXTRA_CLANG_ARGS_{request.target.underscored}"
    yield Change(name, f"--sysroot={root}", "a dependency reads the target's C headers")
