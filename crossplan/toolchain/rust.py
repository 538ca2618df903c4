"""Cargo and rustc on this machine, and whether the standard library of the target is installed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from crossplan.record import record
from crossplan.toolchain.path import find_program
from crossplan.toolchain.programs import start

_MAX_ENTRIES = 10_000


class Rust:
    """What PATH (or RUSTC) has of Rust; each program is started when its answer is first asked for."""

    def __init__(self, triple: str, environ: Mapping[str, str], cwd: str) -> None:
        self.triple = triple
        self._environ = environ
        self._cwd = cwd

    @cached_property
    def cargo(self) -> str | None:
        """Where cargo is."""
        return find_program(self._environ.get("CARGO") or "cargo", self._environ, self._cwd)

    @cached_property
    def rustc(self) -> str | None:
        """Where rustc is."""
        return find_program(self._environ.get("RUSTC") or "rustc", self._environ, self._cwd)

    @cached_property
    def version(self) -> str | None:
        """`release` of `rustc -vV`."""
        return self._verbose.get("release")

    @cached_property
    def host(self) -> str | None:
        """`host` of `rustc -vV`: the triple that build scripts are compiled for."""
        return self._verbose.get("host")

    @cached_property
    def _verbose(self) -> dict[str, str]:
        pairs = (line.partition(": ") for line in self._ask("-vV").splitlines())
        return {key: value for key, separator, value in pairs if separator}

    @cached_property
    def std(self) -> Std:
        """Whether the standard library of the target is there."""
        folder = self._ask("--print", "target-libdir", "--target", self.triple)
        if not folder:
            sysroot = self._ask("--print", "sysroot")  # rustc before 1.42 knows no target-libdir
            folder = f"{sysroot}/lib/rustlib/{self.triple}/lib" if sysroot else ""
        return Std(folder, _holds_core(Path(folder))) if folder else Std(None, None)

    def _ask(self, *arguments: str) -> str:
        """What rustc prints; empty if it is missing or fails."""
        if self.rustc is None:
            return ""
        outcome = start([self.rustc, *arguments], env=self._environ, cwd=self._cwd)
        return outcome.text() if outcome.ok else ""


@record
class Std:
    """The folder of the target's standard library, and whether it is there; None: rustc did not tell."""

    folder: str | None
    installed: bool | None


def _holds_core(folder: Path) -> bool:
    """Whether a folder holds the crate `core`, as each installed target does."""
    try:
        for number, entry in enumerate(folder.iterdir()):
            if re.fullmatch(r"libcore-[0-9a-f]+\.rlib", entry.name):
                return True
            if number > _MAX_ENTRIES:
                break
    except OSError:
        return False
    return False
