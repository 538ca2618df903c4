"""The cross compiler for a target: one that the user names, one that is on PATH, or the one that distributions call so."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crossplan.request import Request
from crossplan.triple import Target, multiarch_facts

_COMPILER = re.compile(r"(?P<prefix>.+?)(?P<api>\d\d)?-(?P<name>gcc|clang|cc)(?:-\d+)?(?:\.exe|\.cmd)?")


@dataclass(frozen=True, slots=True)
class Compiler:
    """A compiler for the target: the command, and why it is this one. `prefix` is what its binutils begin with."""

    command: str
    reason: str
    prefix: str | None = None


def find_compiler(request: Request, api: str | None) -> Compiler | None:
    """The cross compiler; `api` is Android's API level. None where no name for one is known."""
    target, environ = request.target, request.environ
    for name in (f"CC_{target.triple}", f"CC_{target.underscored}", "TARGET_CC", "CC"):
        command = environ.get(name, "").split(" ")[0]
        if command and (name != "CC" or serves(command, target)):
            return Compiler(command, f"{name} names that compiler", _prefix(command))
    named = _conventional(target, api, environ)
    on_path = tuple(_on_path(environ, target))
    if on_path and (named is None or os.path.basename(named) not in on_path):  # noqa: PTH119
        return Compiler(on_path[0], "that compiler for the target is on PATH", _prefix(on_path[0]))
    if named is None:
        return None
    return Compiler(named, "rustc would call the host's linker, which cannot link for the target", _prefix(named))


def serves(command: str, target: Target) -> bool:
    """Whether a compiler's name says that it compiles for the target: machine, system, C library, float ABI."""
    match = _COMPILER.fullmatch(os.path.basename(command))  # noqa: PTH119
    if match is None:
        return False
    prefix = match["prefix"]
    if prefix in (target.gcc_prefix, target.clang_prefix, target.triple):
        return True
    arch, _, rest = prefix.partition("-")
    system = rest if rest.startswith("linux") else rest.partition("-")[2]
    facts = multiarch_facts(f"{_MULTIARCH_WORDS.get(arch, arch)}-{_MULTIARCH_SYSTEMS.get(system, system)}")
    if facts is None or facts.os != target.os:
        return False
    said = (facts.machine, facts.bits, facts.libc, facts.float_abi)
    return said == (target.machine, target.pointer_width, target.libc, target.float_abi)


# GNU's and Rust's words for a machine -> the word of multiarch names; a vendor's variants of a system likewise.
_MULTIARCH_WORDS = {"armv7": "arm", "armv7a": "arm", "armv6": "arm", "armv5te": "arm", "i686": "i386", "i586": "i386",
                    "riscv64gc": "riscv64"}
_MULTIARCH_SYSTEMS = {"linux-muslgnueabi": "linux-musleabi", "linux-muslgnueabihf": "linux-musleabihf"}


def _conventional(target: Target, api: str | None, environ: Mapping[str, str]) -> str | None:
    """What Debian, the NDK and the musl toolchains call it."""
    if target.clang_prefix is not None:
        level = api or target.minimum_os or ""
        return _in_ndk(environ, f"{target.clang_prefix}{level}-clang")
    return f"{target.gcc_prefix}-gcc" if target.gcc_prefix is not None else None


def _in_ndk(environ: Mapping[str, str], name: str) -> str:
    """The NDK's compiler by its path, where a variable says where the NDK is and it is there."""
    for variable in ("ANDROID_NDK_HOME", "ANDROID_NDK_ROOT", "NDK_HOME"):
        root = environ.get(variable)
        prebuilt = os.path.join(root, "toolchains", "llvm", "prebuilt") if root else ""  # noqa: PTH118
        for host in _names(prebuilt):
            path = os.path.join(prebuilt, host, "bin", name)  # noqa: PTH118
            if os.path.isfile(path):  # noqa: PTH113
                return path
    return name


def _on_path(environ: Mapping[str, str], target: Target) -> Iterator[str]:
    """Names of compilers on PATH that serve the target, the conventional name first."""
    folders = environ.get("PATH", "").split(os.pathsep)
    names = {name for folder in folders if folder for name in _names(folder) if "-" in name and serves(name, target)}
    yield from sorted(names, key=lambda name: (not name.endswith("gcc"), len(name), name))


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder)) if folder else []  # noqa: PTH208
    except OSError:
        return []


def _prefix(command: str) -> str | None:
    """What stands before `-gcc`, with its folder: `arm-linux-gnueabihf`."""
    match = _COMPILER.fullmatch(command)
    return match["prefix"] if match else None
