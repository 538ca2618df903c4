"""Extension modules and wheels made of a few hundred bytes, with the builders that the readers are tested with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.archives.making import zipped
from tests.readers.builders import arm_attributes, dylink, elf, note, wasm, wasm_exports, wasm_imports
from tests.readers.builders_macho import MACOS, fat, macho
from tests.readers.builders_pe import pe

USED = ("PyList_New", "PyModule_Create2", "_Py_Dealloc")
GNU = {"x86_64": (62, 64, 0), "aarch64": (183, 64, 0), "arm": (40, 32, 0x5000400), "x86": (3, 32, 0)}
COFF = {"x86_64": (0x8664, 64), "x86": (0x14C, 32), "aarch64": (0xAA64, 64)}
CPU = {"x86_64": 0x01000007, "aarch64": 0x0100000C}
ARM_ATTRIBUTES = 0x70000003


def gnu(
    machine: str = "arm",
    *,
    init: Sequence[str] = ("PyInit_mod",),
    used: Sequence[str] = USED,
    needed: Sequence[str] = (),
    libc: str = "libc.so.6",
    glibc: str = "2.17",
    flags: int | None = None,
    level: int | None = None,
    **more: Any,
) -> bytes:
    """A module for Linux: armhf unless said otherwise."""
    number, bits, usual = GNU[machine]
    if level is not None:
        more["sections"] = {".ARM.attributes": (ARM_ATTRIBUTES, arm_attributes(level, 1))}
    return elf(
        machine=number,
        bits=bits,
        flags=usual if flags is None else flags,
        needed=[*needed, libc],
        versions={libc: [f"GLIBC_{glibc}"]} if libc == "libc.so.6" else None,
        defined=dict.fromkeys(init, b"\x90"),
        undefined=list(used),
        **more,
    )


def android(*, needed: Sequence[str] = ("libpython3.14.so",), api: int = 24) -> bytes:
    """A module for 64-bit Android."""
    ident = note("Android", 1, api.to_bytes(4, "little") + bytes(128))
    return gnu("aarch64", needed=[*needed, "libdl.so"], libc="libc.so", notes=ident)


def windows(
    machine: str = "x86_64", *, dll: str | None = "python313.dll", init: Sequence[str] = ("PyInit_mod",)
) -> bytes:
    """A module for Windows."""
    number, bits = COFF[machine]
    imports: dict[str, Sequence[str | int]] = {"KERNEL32.dll": ["Sleep"]}
    if dll is None:
        imports["other.dll"] = list(USED)
    else:
        imports[dll] = list(USED)
    return pe(machine=number, bits=bits, name="mod.dll", exports=dict.fromkeys(init, b"\x90"), imports=imports)


def apple(
    *machines: str,
    minimum: Mapping[str, int] = {},
    needed: Sequence[str] = ("/usr/lib/libSystem.B.dylib",),
    platform: int = MACOS,
    init: Sequence[str] = ("PyInit_mod",),
) -> bytes:
    """A module for macOS or iOS, fat for several machines; `minimum` as the format counts (0x000B0000 is 11.0)."""
    thin = [
        (
            CPU[machine],
            macho(
                cputype=CPU[machine],
                filetype=8,
                build=(platform, minimum.get(machine, 0x000B0000)),
                needed=[(0xC, name) for name in needed],
                defined=dict.fromkeys(init, b"\x90"),
                undefined=list(USED),
            ),
        )
        for machine in machines
    ]
    return thin[0][1] if len(thin) == 1 else fat(*thin)


def emscripten(*, needed: Sequence[str] = ()) -> bytes:
    """A side module of WebAssembly."""
    memory = ("env", "__memory_base", b"\x03\x7f\x00")
    imports = wasm_imports(memory, *(("env", name, b"\0\0") for name in USED))
    return wasm(dylink(needed), imports, wasm_exports(("PyInit_mod", 0, 0)))


def wheel(tag: str, members: Mapping[str, bytes], *, written: str | None = None) -> bytes:
    """A wheel; `written` is what its file WHEEL says, where it says something else than its name."""
    interpreters, abis, platforms = (part.split(".") for part in (written or tag).split("-"))
    tags = [f"Tag: {i}-{a}-{p}\n" for i in interpreters for a in abis for p in platforms]
    text = "Wheel-Version: 1.0\nRoot-Is-Purelib: false\n" + "".join(tags)
    return zipped({**members, "pkg-1.0.dist-info/WHEEL": text.encode(), "pkg-1.0.dist-info/METADATA": b"Name: pkg\n"})
