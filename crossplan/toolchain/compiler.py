"""What a C compiler or linker driver says of itself: the machine it compiles for, its sysroot, its version.

GCC and Clang answer `-dumpmachine`; `-print-sysroot` is GCC's, Clang answers it with an error. `-dumpfullversion` is of
GCC 7; before it, `-dumpversion` gave the whole version.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from crossplan.record import record
from crossplan.toolchain.path import find_program

# GNU triplets: words that name no machine but a vendor, which may be left out (config.guess).
_OS = (
    "linux",
    "android",
    "darwin",
    "mingw32",
    "w64",
    "cygwin",
    "freebsd",
    "netbsd",
    "openbsd",
    "windows",
    "emscripten",
)


@record
class Compiler:
    """A program by the name under which it is called; questions are asked when first needed."""

    name: str
    path: str | None
    environ: Mapping[str, str]
    cwd: str

    @cached_property
    def machine(self) -> str | None:
        """The GNU triplet of `-dumpmachine`."""
        return self._ask("-dumpmachine") or None

    @cached_property
    def sysroot(self) -> str | None:
        """The folder of `-print-sysroot`; None if it has none of its own."""
        return self._ask("-print-sysroot") or None

    @cached_property
    def version(self) -> str | None:
        """GCC's version, or the number in the first line of `--version`."""
        text = self._ask("-dumpfullversion") or self._ask("-dumpversion")
        if re.fullmatch(r"\d+(\.\d+)*", text):
            return text
        match = re.search(r"\b(\d+\.\d+(?:\.\d+)?)", self._ask("--version").partition("\n")[0])
        return match[1] if match else None

    @cached_property
    def libc_folders(self) -> tuple[str, ...]:
        """Where its C library can lie: in its sysroot, or (Debian) in /usr/<triplet>."""
        roots = [self.sysroot] if self.sysroot else []
        if self.machine:
            roots.append(f"/usr/{self.machine}")
        return tuple(
            str(path) for root in roots for path in (Path(root, "lib"), Path(root, "usr/lib"), Path(root, "lib64"))
        )

    def _ask(self, question: str) -> str:
        if self.path is None:
            return ""
        from crossplan.toolchain.programs import start

        outcome = start([self.path, question], env=self.environ, cwd=self.cwd)
        return outcome.text() if outcome.ok else ""


def find_compiler(command: str, environ: Mapping[str, str], cwd: str) -> Compiler:
    """The compiler that a variable names: the first word is the program, unless the whole text is a path that is there."""
    name = command.strip()
    path = find_program(name, environ, cwd)
    if path is None and name.split():
        name = name.split()[0]
        path = find_program(name, environ, cwd)
    return Compiler(name, path, environ, cwd)


def triplet_in_name(program: str) -> str | None:
    """The GNU triplet in front of a tool's name: `arm-linux-gnueabihf` of `/x/arm-linux-gnueabihf-gcc-12`.

    Android's clang carries the API level (`aarch64-linux-android21-clang`), which is cut off.
    """
    base = re.split(r"[\\/]", program)[-1].removesuffix(".exe")
    match = re.fullmatch(r"(.+?)-(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|ld|ar|cpp)(?:-[\d.]+)?", base)
    if not match or not any(word in match[1] for word in _OS) or match[1].count("-") < 1:
        return None
    return re.sub(r"(android(?:eabi)?)\d+$", r"\1", match[1])


def android_level(program: str) -> int | None:
    """The API level in the name of an NDK compiler: 21 of `aarch64-linux-android21-clang`."""
    match = re.search(r"-linux-android(?:eabi)?(\d+)-clang(?:\+\+)?(?:\.cmd)?$", program.strip())
    return int(match[1]) if match else None
