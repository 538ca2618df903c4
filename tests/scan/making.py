"""Small roots made on the spot: a description by its keys, a libpython by its machine, a tree by its paths."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

from crossplan.checks import check_evidence
from crossplan.report import InspectWire, inspect_wire
from crossplan.scan import scan
from crossplan.sysroot import open_sysroot
from tests.readers.builders import elf
from tests.readers.builders_macho import macho

# e_machine, class, byte order, e_flags
MACHINES = {
    "arm-linux-gnueabihf": (40, 32, "little", 0x5000400),
    "arm-linux-gnueabi": (40, 32, "little", 0x5000200),
    "aarch64-linux-gnu": (183, 64, "little", 0),
    "x86_64-linux-gnu": (62, 64, "little", 0),
    "i386-linux-gnu": (3, 32, "little", 0),
    "riscv64-linux-gnu": (243, 64, "little", 5),
    "loongarch64-linux-gnusf": (258, 64, "little", 0x41),
    "mipsisa32r6el-linux-gnu": (8, 32, "little", 0x90001407),
}
ARM64, X86_64 = 0x0100000C, 0x01000007


def link(target: str) -> tuple[str]:
    """A symbolic link, as a value of a tree."""
    return (target,)


def make(root: Path, tree: Mapping[str, bytes | str | tuple[str]]) -> Path:
    """Write a tree of files and links."""
    for path, content in tree.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, tuple):
            place.symlink_to(content[0])
        else:
            place.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def sysconfigdata(
    multiarch: str = "aarch64-linux-gnu", version: str = "3.11", flags: str = "", **more: str | int
) -> str:
    """A sysconfigdata as CPython writes it, with the keys that describe a Python."""
    digits = version.replace(".", "") + flags
    soabi = "-".join(filter(None, (f"cpython-{digits}", multiarch)))
    facts = MACHINES.get(multiarch)
    values: dict[str, str | int] = {
        "ABIFLAGS": flags,
        "EXT_SUFFIX": f".{soabi}.so",
        "LDVERSION": version + flags,
        "LIBDIR": "/usr/lib",
        "MULTIARCH": multiarch,
        "Py_DEBUG": int("d" in flags),
        "Py_ENABLE_SHARED": 1,
        "Py_GIL_DISABLED": int("t" in flags),
        "SIZEOF_VOID_P": (facts[1] if facts else 64) // 8,
        "SOABI": soabi,
        "VERSION": version,
        **more,
    }
    return (
        "# system configuration\nbuild_time_vars = {" + ",\n ".join(f"{k!r}: {v!r}" for k, v in values.items()) + "}\n"
    )


def libpython(
    multiarch: str = "aarch64-linux-gnu", version: tuple[int, int, int] = (3, 11, 2), flags: str = ""
) -> bytes:
    """A shared libpython with the symbols that tell its version and build."""
    machine, bits, endian, e_flags = MACHINES[multiarch]
    symbols = _symbols(version, flags, bits)
    name = f"libpython{version[0]}.{version[1]}{flags}.so.1.0"
    needed = ["libc.so.6"]
    return elf(machine=machine, bits=bits, endian=endian, flags=e_flags, soname=name, needed=needed, defined=symbols)


def apple(cputype: int, version: tuple[int, int, int] = (3, 13, 1), platform: int = 1) -> bytes:
    """The same for macOS, or (`platform` 2 and 7) for iOS and its simulator."""
    return macho(
        cputype=cputype,
        install_name="@rpath/Python.framework/Python",
        build=(platform, 0x000D0000),
        defined=_symbols(version, "", 64),
    )


def _symbols(version: tuple[int, int, int], flags: str, bits: int) -> dict[str, bytes]:
    major, minor, micro = version
    word = major << 24 | minor << 16 | micro << 8 | 0xF0
    symbols = {"Py_GetVersion": b"\x90" * 4, "Py_Version": struct.pack("<Q" if bits == 64 else "<I", word)}
    if "t" in flags:
        symbols["_Py_MergeZeroLocalRefcount"] = b"\x90" * 4
    if "d" in flags:
        symbols["_Py_NegativeRefcount"] = b"\x90" * 4
    return symbols


def inspect(root: Path, *, full: bool = False) -> InspectWire:
    """What `crossplan inspect --json` says of a root."""
    with open_sysroot(root) as opened:
        evidence = scan(opened, full=full)
    return inspect_wire(evidence, check_evidence(evidence))


def codes(report: InspectWire) -> dict[str, str]:
    """Name and severity of each finding of a report."""
    return {finding["name"]: finding["severity"] for finding in report["findings"]}
