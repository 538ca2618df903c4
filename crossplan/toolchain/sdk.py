"""Development kits that a target needs beside a linker: Android's NDK, Apple's SDK, MSVC's libraries."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from crossplan.record import record
from crossplan.toolchain.path import find_program
from crossplan.toolchain.programs import start
from crossplan.triple import Target

_NDK_VARIABLES = ("ANDROID_NDK_HOME", "ANDROID_NDK_ROOT", "NDK_HOME")
_MAX_ENTRIES = 2000


@record
class Ndk:
    """An NDK: where it is, the folder of its compilers, and the API levels that it has one of for the target."""

    folder: str
    compilers: str
    levels: tuple[int, ...]


def find_ndk(target: Target, environ: Mapping[str, str]) -> Ndk | None:
    """The NDK that a variable names, else the newest below the Android SDK."""
    roots = [environ[name] for name in _NDK_VARIABLES if environ.get(name)]
    for name in ("ANDROID_HOME", "ANDROID_SDK_ROOT"):
        if environ.get(name):
            roots += sorted(map(str, _entries(Path(environ[name], "ndk"))), reverse=True)
    for root in roots:
        for prebuilt in _entries(Path(root, "toolchains", "llvm", "prebuilt")):
            levels = _levels(prebuilt / "bin", target.clang_prefix or "")
            if levels:
                return Ndk(root, str(prebuilt / "bin"), levels)
    return None


def _levels(folder: Path, prefix: str) -> tuple[int, ...]:
    names = (re.fullmatch(rf"{re.escape(prefix)}(\d+)-clang(?:\.cmd)?", entry.name) for entry in _entries(folder))
    return tuple(sorted({int(match[1]) for match in names if match}))


def _entries(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(folder.iterdir())[:_MAX_ENTRIES]
    except OSError:
        return


def apple_sdk_name(target: Target) -> str | None:
    """The name under which xcrun knows the target's SDK."""
    if target.os == "macos":
        return "macosx"
    if target.os == "ios":
        return "iphonesimulator" if target.simulator else "iphoneos"
    return None


def find_apple_sdk(target: Target, environ: Mapping[str, str], cwd: str) -> str | None:
    """The SDK's folder: of SDKROOT, else as xcrun says."""
    named = environ.get("SDKROOT")
    if named and os.path.isdir(named):  # noqa: PTH112
        return named
    xcrun, name = find_program("xcrun", environ, cwd), apple_sdk_name(target)
    if xcrun is None or name is None:
        return None
    outcome = start([xcrun, "--sdk", name, "--show-sdk-path"], env=environ, cwd=cwd)
    return outcome.text() or None if outcome.ok else None
