"""The cross compiler for a target: one that the user names, one that is on PATH, or the one that distributions call so."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from crossplan.evidence import TargetPython
from crossplan.record import record
from crossplan.request import Request
from crossplan.toolchain.path import find_program
from crossplan.triple import Target


@record
class Compiler:
    """A compiler for the target: the command, and why it is this one."""

    command: str
    reason: str

    @property
    def prefix(self) -> str | None:
        """What GNU binutils of the same toolchain begin with, with the folder: `/opt/bin/arm-linux-gnueabihf`."""
        prefix, dash, last = self.command.rpartition("-")
        return prefix if dash and last == "gcc" else None


def find_cross_compiler(request: Request, api: str | None) -> Compiler | None:
    """The cross compiler; `api` is Android's API level. None where no name for one is known."""
    target, environ = request.target, request.environ
    for name in (f"CC_{target.triple}", f"CC_{target.underscored}", "TARGET_CC", "CC"):
        command = next(iter(environ.get(name, "").split()), "")
        if command and (name != "CC" or serves(command, target)):
            return Compiler(command, f"{name} names that compiler")
    named = _conventional(target, api, environ)
    if named is not None and find_program(named, environ, request.cwd) is not None:
        return Compiler(named, "rustc would call the host's linker, which cannot link for the target")
    if (found := next(_on_path(environ, target), None)) is not None:
        return Compiler(found, "that compiler for the target is on PATH")
    return (
        None
        if named is None
        else Compiler(named, "rustc would call the host's linker, which cannot link for the target")
    )


def api_level(python: TargetPython | None) -> str | None:
    """Android's API level that the target's Python was built for, as its description or the note in its library says."""
    if python is None:
        return None
    said = [description.values.get("ANDROID_API_LEVEL") for description in python.sysconfigdata]
    said += [file.image.android_api for file in python.images_of("libpython")]
    return next((text for value in said if (text := str(value or "")).isdecimal() and len(text) < 4), None)


def serves(command: str, target: Target) -> bool:
    """Whether a compiler's name says that it compiles for the target: machine, system, C library, float ABI."""
    from crossplan.toolchain.compiler import triplet_in_name
    from crossplan.toolchain.gnu import disagreements, gnu_facts

    triplet = triplet_in_name(command)
    facts = gnu_facts(triplet) if triplet is not None else None
    return facts is not None and not disagreements(facts, target)


def _conventional(target: Target, api: str | None, environ: Mapping[str, str]) -> str | None:
    """What Debian, the NDK and the musl toolchains call it."""
    if target.clang_prefix is not None:
        from crossplan.toolchain.sdk import find_ndk

        level = str(api or target.minimum_os or "")
        ndk = find_ndk(target, environ)
        name = f"{target.clang_prefix}{level}-clang"
        return os.path.join(ndk.compilers, name) if ndk and level in map(str, ndk.levels) else name  # noqa: PTH118
    return f"{target.gcc_prefix}-gcc" if target.gcc_prefix is not None else None


def _on_path(environ: Mapping[str, str], target: Target) -> Iterator[str]:
    """Names of compilers on PATH that serve the target, GNU's first."""
    found = {name for name in names_on_path(environ) if name.endswith(("-gcc", "-clang")) and serves(name, target)}
    yield from sorted(found, key=lambda name: (not name.endswith("gcc"), len(name), name))


def names_on_path(environ: Mapping[str, str]) -> Iterator[str]:
    """What lies in the folders of PATH."""
    for folder in environ.get("PATH", "").split(os.pathsep):
        yield from _names(folder)


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder)) if folder else []  # noqa: PTH208
    except OSError:
        return []
