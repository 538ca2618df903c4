"""Good inputs to damage: small images made in sight, the real trees' images and descriptions, and the readers for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from crossplan.readers.build_details import read_build_details, read_conda_meta, read_pyodide_lock, read_sysconfig_vars
from crossplan.readers.bytecode import read_bytecode
from crossplan.readers.headers import read_header
from crossplan.readers.images import read_image
from crossplan.readers.makefile import read_makefile, read_pkgconfig
from crossplan.readers.modules import read_module_symbols
from crossplan.readers.pyvenv import read_pyvenv
from crossplan.readers.source import ByteSource
from crossplan.readers.sysconfigdata import read_sysconfigdata
from tests.readers.buffer import Buffer
from tests.readers.builders import (
    ar,
    arm_attributes,
    dylink,
    elf,
    elf_object,
    leb,
    note,
    wasm,
    wasm_exports,
    wasm_imports,
    wasm_section,
)
from tests.readers.builders_macho import fat, macho
from tests.readers.builders_pe import coff, import_library, long_import_library, pe, version_resource
from tests.readers.files import FileSource

SYSROOTS = Path(__file__).resolve().parents[2] / "sysroots"
CODE = b"\x90"
PYTHON = {"Py_GetVersion": CODE, "Py_Version": (0x030D05F0).to_bytes(8, "little"), "PyInit_x": CODE}
SHORT = {**PYTHON, "Py_Version": (0x030D05F0).to_bytes(4, "little")}
UNDEFINED = ["PyList_New", "malloc"]


def small_images() -> dict[str, bytes]:
    """One image of each form, a few hundred bytes each."""
    versions = {"libc.so.6": ["GLIBC_2.4", "GLIBC_2.34"], "libm.so.6": ["GLIBC_2.29"]}
    common = {"soname": "libpython3.13.so.1.0", "needed": ["libc.so.6"], "undefined": UNDEFINED, "versions": versions}
    arm = {".ARM.attributes": (0x70000003, arm_attributes(10, 1))}
    old = {".rodata": (1, b"\x003.9.18\0")}
    apple = macho(install_name="@rpath/x.dylib", defined=PYTHON, undefined=UNDEFINED, build=(1, 0xB0000), rpaths=["/a"])
    intel = macho(
        cputype=0x01000007, defined=PYTHON, undefined=UNDEFINED, exports="symtab", version_min=(0x24, 0xA0900)
    )
    windows = {
        "name": "python313.dll",
        "imports": {"a.dll": ["PyList_New", 7]},
        "resource": version_resource((3, 13, 5150, 0)),
    }
    found = {"Py_GetVersion": 1, "Py_Version": 1}
    return {
        "elf64": elf(defined=PYTHON, interpreter="/lib/ld-linux-x86-64.so.2", runpath="$ORIGIN", **common),
        "elf32-arm": elf(bits=32, machine=40, flags=0x5000000, sections=arm, defined=SHORT, hash_style="sysv", **common),
        "elf64-big": elf(endian="big", machine=22, defined={"Py_GetVersion": CODE}, sections=old, **common),
        "elf-mips": elf(bits=32, machine=8, flags=0x1007, segments=[(0x70000003, bytes(24))], tags=[(0x70000011, 4)], **common),
        "elf-libc": elf(soname="libc.so.6", offers=["GLIBC_2.4", "GLIBC_2.36"], notes=note("GNU", 1, bytes(16))),
        "elf-android": elf(notes=note("Android", 1, bytes([24, 0, 0, 0]) + bytes(128)), needed=["libc.so", "libdl.so"]),
        "elf-object": elf_object(symbols=PYTHON),
        "pe64": pe(exports=PYTHON, hybrid=True, **windows),
        "pe32": pe(machine=0x14C, bits=32, exports={"PyInit_x": "python313.PyInit_x"}, **windows),
        "macho-trie": apple,
        "macho-symtab": intel,
        "macho-dyld-info": macho(defined=PYTHON, exports="dyld-info", constants=b"\x003.9.18\0", needed=[(12, "/b")]),
        "macho-fat": fat((12, apple), (7, intel)),
        "macho-fat64": fat((12, apple), wide=True),
        "ar-elf": ar([("a.o", CODE), ("a-long-name-getversion.o", elf_object(symbols=PYTHON))], index=found),
        "ar-bsd": ar([("a.o", CODE), ("b.o", macho(filetype=1, exports="symtab", defined=PYTHON))], index=found, style="bsd"),
        "ar-thin": ar([("Objects/a-long-name-object.o", CODE)] * 2, index=found, style="thin"),
        "ar-coff": ar([("a", CODE), ("b.obj", coff(symbols={"Py_Version": (1, 0)}, big=True))], index=found),
        "import-short": import_library("python313.dll", ["Py_GetVersion", "a"]),
        "import-long": long_import_library("python313t.dll", ["Py_GetVersion", "a"], 0x14C),
        "coff": coff({".text": CODE, ".rdata": bytes(8)}, symbols={"Py_Version": (2, 0)}),
        "wasm-side": wasm(dylink(["a.so"], ["$ORIGIN"]), wasm_imports(("env", "__memory_base", b"\3\x7f\0"), ("env", "PyList_New", b"\0\0")), wasm_exports(("PyInit_x", 0, 1))),
        "wasm-main": wasm(
            wasm_imports(("env", "memory", b"\2\1\1\2")),
            wasm_section(6, leb(1) + b"\x7f\0\x41" + leb(1026) + b"\x0b"),
            wasm_exports(("Py_GetVersion", 0, 1), ("Py_Version", 3, 0)),
            wasm_section(11, leb(1) + b"\0\x41" + leb(1024) + b"\x0b" + leb(6) + b"ab" + SHORT["Py_Version"]),
        ),
    }  # fmt: skip


class Reading(NamedTuple):
    """A reader with an input that it reads well."""

    name: str
    read: Callable[[ByteSource], object]
    source: Callable[[], ByteSource]


def image_readings() -> Iterator[Reading]:
    """The image readers with all images at hand."""
    sources: dict[str, Callable[[], ByteSource]] = {
        name: lambda data=data: Buffer(data)
        for name, data in small_images().items()  # type: ignore[misc]
    }
    for path in sorted(SYSROOTS.rglob("*")):
        is_image = path.suffix in (".so", ".dll", ".pyd", ".exe", ".lib", ".dylib", ".o") or ".so." in path.name
        if is_image and path.is_file() and not path.is_symlink():
            sources[str(path.relative_to(SYSROOTS))] = lambda path=path: FileSource(path)  # type: ignore[misc]
    for name, source in sources.items():
        yield Reading(name, lambda given: read_image(given, "x"), source)
        yield Reading(f"{name} (symbols)", lambda given: read_module_symbols(given, "x"), source)


DESCRIPTIONS: tuple[tuple[str, Callable[[bytes], object]], ...] = (
    ("_sysconfigdata*.py", read_sysconfigdata),
    ("build-details*.json", read_build_details),
    ("_sysconfig_vars*.json", read_sysconfig_vars),
    ("pyconfig.h", read_header),
    ("patchlevel.h", read_header),
    ("Makefile", read_makefile),
    ("python-3*.pc", read_pkgconfig),
    ("*.pyc", read_bytecode),
)
MADE: tuple[tuple[str, Callable[[bytes], object], bytes], ...] = (
    ("pyvenv.cfg", read_pyvenv, b"home = /usr/bin\nversion = 3.13.5\ninclude-system-site-packages = false\n"),
    ("conda-meta", read_conda_meta, b'{"name": "python", "version": "3.12.7", "build": "h1_0_cpython", "files": []}'),
    ("pyodide-lock", read_pyodide_lock, b'{"info": {"arch": "wasm32", "python": "3.12.1", "version": "0.26.4"}}'),
    ("sysconfig-vars", read_sysconfig_vars, b'{"VERSION": "3.14", "SIZEOF_VOID_P": 8, "EXT_SUFFIX": ".so"}'),
)


def description_readings() -> Iterator[Reading]:
    """The readers of descriptions with the real trees' files."""
    for pattern, reader in DESCRIPTIONS:
        for path in sorted(SYSROOTS.rglob(pattern)):
            if path.is_file() and not path.is_symlink():
                yield _description(str(path.relative_to(SYSROOTS)), reader, path.read_bytes())
    for name, reader, data in MADE:
        yield _description(name, reader, data)


def _description(name: str, reader: Callable[[bytes], object], data: bytes) -> Reading:
    return Reading(name, lambda source: reader(source.read(0, source.size)), lambda: Buffer(data))
