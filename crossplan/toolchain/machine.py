"""The triple of this machine, from what its own Python says of itself; no program is started."""

from __future__ import annotations

import sys

from crossplan.triple import nearest_triples

_MACHINES = {"amd64": "x86_64", "arm64": "aarch64", "x64": "x86_64"}
_ELSEWHERE = "x86_64-unknown-linux-gnu"


def this_machine() -> str:
    """The Rust triple of the machine, as `rustc -vV` would give it for its own build of rustc."""
    system: str = sys.platform  # a text: type checkers leave out the branches for other platforms than their own
    if system == "linux":
        # CPython's multiarch name tells libc and float ABI, which `uname` does not.
        multiarch = getattr(sys.implementation, "_multiarch", "")
        return next(iter(nearest_triples(multiarch)), _ELSEWHERE) if multiarch else _ELSEWHERE
    import platform

    machine = platform.machine().lower()
    machine = _MACHINES.get(machine, machine)
    if system == "darwin":
        return f"{machine}-apple-darwin"
    if system == "win32":
        return f"{'i686' if sys.maxsize < 1 << 32 else machine}-pc-windows-msvc"
    return f"{machine}-unknown-{system.rstrip('0123456789')}"
