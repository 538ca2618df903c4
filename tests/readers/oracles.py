"""What other readers say of an image, in the words of `Image`: binutils, LLVM, LIEF, pefile, macholib, wabt, V8.

Each oracle gives only the fields that it can tell; `slices` is a list of such dicts for a fat file.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from crossplan.readers.modules import INIT_PREFIXES

Facts = dict[str, Any]
_READELF_MACHINES = {
    "Advanced Micro Devices X86-64": "x86_64",
    "Intel 80386": "x86",
    "ARM": "arm",
    "AArch64": "aarch64",
    "PowerPC64": "powerpc64",
    "PowerPC": "powerpc",
    "IBM S/390": "s390x",
    "RISC-V": "riscv64",
    "LoongArch": "loongarch64",
    "MIPS R3000": "mips",
}
_LLVM_MACHINES = {
    "i386": "x86",
    "arm": "arm",
    "aarch64": "aarch64",
    "x86_64": "x86_64",
    "wasm32": "wasm32",
    "mipsel": "mipsel",
    "powerpc64le": "powerpc64le",
    "s390x": "s390x",
    "riscv64": "riscv64",
    "loongarch64": "loongarch64",
}
_PE_MACHINES = {0x14C: "x86", 0x8664: "x86_64", 0xAA64: "aarch64", 0x1C4: "arm"}
_CPUTYPES = {7: "x86", 0x01000007: "x86_64", 0x0100000C: "aarch64", 12: "arm"}


def _run(*words: str | Path) -> str:
    return subprocess.run(words, capture_output=True, check=False).stdout.decode("utf-8", "surrogateescape")


def readelf(path: Path) -> Facts:
    """GNU readelf on headers, dynamic segment, version needs and attributes of a linked ELF image."""
    text = _run("readelf", "-W", "-h", "-l", "-d", "-V", "-A", "-n", path)
    field = lambda name: (re.search(rf"^ *{name}: +(.*)$", text, re.MULTILINE) or ["", ""])[1].strip()
    tags = lambda name: tuple(re.findall(rf"\({name}\) .*?\[(.*)\]$", text, re.MULTILINE))
    bits, endian = int(field("Class")[3:]), "little" if "little" in field("Data") else "big"
    machine = _READELF_MACHINES[field("Machine")]
    if machine == "mips":
        machine += ("64" if bits == 64 else "") + ("el" if endian == "little" else "")
    elif machine == "powerpc64" and endian == "little":
        machine += "le"
    flags = field("Flags").partition(",")[0]
    paths = tags("RUNPATH") or tags("RPATH")
    glibc = [tuple(map(int, v.split("."))) for v in re.findall(r"Name: GLIBC_([\d.]+) +Flags", text)]
    interpreter = re.search(r"\[Requesting program interpreter: (.*)\]", text)
    facts: Facts = {
        "machine": machine,
        "bits": bits,
        "endian": endian,
        "flags": int(flags, 16),
        "soname": next(iter(tags("SONAME")), None),
        "needed": tags("NEEDED"),
        "rpaths": tuple(part for item in paths for part in item.split(":") if part),
        "interpreter": interpreter[1] if interpreter else None,
    }
    if "GLIBC_ABI_DT_RELR" not in text:
        facts["libc_floor"] = ".".join(map(str, max(glibc))) if glibc else None
    if machine == "arm" and "Tag_CPU_arch:" in text:
        facts["cpu_arch"] = field("Tag_CPU_arch")
        facts["float_abi"] = "hard" if "Tag_ABI_VFP_args: VFP registers" in text else "soft"
    android = re.search(r"Android .*\n.*(?:API level|description data:) *(.*)", text)
    if android and "data" in android[0]:
        facts["android_api"] = int(android[1].split()[0], 16)
    return facts


def _symbols(exported: Iterable[str], imported: Iterable[str]) -> Facts:
    """Init functions among the exports, and Python's names among the imports; what an image has itself is none.

    (LIEF counts names that a flat-namespace image binds to itself.)
    """
    exported = set(exported)
    exports = sorted({name for name in exported if name.startswith(INIT_PREFIXES)})
    imports = sorted({name for name in set(imported) - exported if name.startswith(("Py", "_Py"))})
    return {"symbols": (tuple(exports), tuple(imports))}


def lief_elf(path: Path) -> Facts:
    """LIEF on a linked ELF image."""
    import lief

    binary = lief.ELF.parse(str(path))
    tag = lief.ELF.DynamicEntry.TAG
    return {
        "bits": 64 if binary.header.identity_class == lief.ELF.Header.CLASS.ELF64 else 32,
        "flags": binary.header.processor_flag,
        "needed": tuple(binary.libraries),
        "soname": binary.get(tag.SONAME).name if binary.has(tag.SONAME) else None,
        "interpreter": binary.interpreter if binary.has_interpreter else None,
        **_symbols(
            [str(symbol.name) for symbol in binary.dynamic_symbols if symbol.shndx],
            [str(symbol.name) for symbol in binary.dynamic_symbols if not symbol.shndx],
        ),
    }


def lief_pe(path: Path) -> Facts:
    """LIEF on a PE image."""
    import lief

    binary = lief.PE.parse(str(path))
    export = binary.get_export()
    named = [str(entry.name) for entry in export.entries] if export else []
    imported = [entry.name for dll in binary.imports for entry in dll.entries if not entry.is_ordinal]
    return {
        "machine": _PE_MACHINES.get(binary.header.machine.value),
        "bits": 64 if binary.optional_header.magic == lief.PE.PE_TYPE.PE32_PLUS else 32,
        "needed": tuple(dll.name for dll in binary.imports),
        "soname": export.name if export and export.name else None,
        "minimum_os": f"{binary.optional_header.major_subsystem_version}.{binary.optional_header.minor_subsystem_version}",
        **_symbols(named, imported),
    }


def pefile(path: Path) -> Facts:
    """The package pefile on a PE image."""
    import pefile as module

    image = module.PE(str(path), fast_load=True)
    names = ("IMAGE_DIRECTORY_ENTRY_EXPORT", "IMAGE_DIRECTORY_ENTRY_IMPORT")
    image.parse_data_directories(directories=[module.DIRECTORY_ENTRY[name] for name in names])
    text = lambda data: data.decode("utf-8", "surrogateescape")
    export = getattr(image, "DIRECTORY_ENTRY_EXPORT", None)
    exported = [text(symbol.name) for symbol in export.symbols if symbol.name] if export else []
    imports = getattr(image, "DIRECTORY_ENTRY_IMPORT", [])
    imported = {text(entry.name) for dll in imports for entry in dll.imports if entry.name}
    return {
        "machine": _PE_MACHINES.get(image.FILE_HEADER.Machine),
        "needed": tuple(text(dll.dll) for dll in imports),
        "soname": text(export.name) if export and export.name else None,
        "flags": image.FILE_HEADER.Characteristics,
        **_symbols(exported, imported),
    }


def lief_macho(path: Path) -> Facts:
    """LIEF on a Mach-O file, slice by slice."""
    import lief

    fat = lief.MachO.parse(str(path))  # held: its parts do not outlive it
    slices = [_lief_slice(fat.at(number)) for number in range(fat.size)]
    exports = set.intersection(*(set(part["symbols"][0]) for part in slices))
    imports = set.union(*(set(part["symbols"][1]) for part in slices))
    return {"slices": slices, "symbols": (tuple(sorted(exports)), tuple(sorted(imports)))}


def _lief_slice(binary: Any) -> Facts:
    import lief

    own = [command for command in binary.commands if command.command == lief.MachO.LoadCommand.TYPE.ID_DYLIB]
    facts: Facts = {
        "machine": _CPUTYPES.get(binary.header.cpu_type.value & 0xFFFFFFFF),
        "flags": binary.header.flags,
        "soname": own[0].name if own else None,
        "needed": tuple(library.name for library in binary.libraries if library not in own),
        "rpaths": tuple(command.path for command in binary.rpaths),
        **_symbols(
            [str(symbol.name).removeprefix("_") for symbol in binary.exported_symbols],
            [str(symbol.name).removeprefix("_") for symbol in binary.imported_symbols],
        ),
    }
    version = binary.build_version.minos if binary.has_build_version else None
    version = binary.version_min.version if version is None and binary.has_version_min else version
    if version:
        facts["minimum_os"] = ".".join(map(str, version[:2] if not version[2] else version))
    return facts


def macholib(path: Path) -> Facts:
    """The package macholib on a Mach-O file, slice by slice."""
    from macholib.mach_o import LC_ID_DYLIB, LC_RPATH
    from macholib.MachO import MachO

    slices = []
    for header in MachO(str(path)).headers:
        own = lambda number: [d.rstrip(b"\0").decode() for c, _, d in header.commands if c.cmd == number]  # noqa: B023
        slices.append(
            {
                "machine": _CPUTYPES.get(header.header.cputype & 0xFFFFFFFF),
                "endian": "little" if header.endian == "<" else "big",
                "needed": tuple(name for _, _, name in header.walkRelocatables()),
                "soname": next(iter(own(LC_ID_DYLIB)), None),
                "rpaths": tuple(own(LC_RPATH)),
            }
        )
    return {"slices": slices}


def llvm_readobj(path: Path) -> Facts:
    """llvm-readobj on an archive: the architecture of its members, and the DLL of an import library."""
    text = _run("llvm-readobj", path)
    dll = re.search(r"^File: (.*)\nFormat: COFF-import-file", text, re.MULTILINE)
    machine = re.search(r"^Arch: (\w+)", text, re.MULTILINE)
    facts: Facts = {}
    if machine and machine[1] != "unknown":
        facts["machine"] = _LLVM_MACHINES.get(machine[1], machine[1])
    if dll and not dll[1].lower().endswith((".pyd", ".exe")):
        facts["soname"] = dll[1]
    return facts


def objdump(path: Path) -> Facts:
    """GNU objdump on an archive: the form of its first object."""
    found = re.search(r"file format (elf\d\d|pe)-?(\S*)", _run("objdump", "-a", path))
    if found is None or not found[1].startswith("elf"):
        return {}
    return {"bits": int(found[1][3:]), "endian": "big" if found[2].startswith(("big", "tradbig")) else "little"}


def _wasm(
    exported: Iterable[str], imported: Iterable[tuple[str, str]], needed: Iterable[str] | None, *, dynamic: bool
) -> Facts:
    """A module by its exports, its imports (module, name), the modules that `dylink.0` needs, and whether that is there."""
    exported, imported = set(exported), list(imported)
    main = exported & {"_start", "main", "__main_argc_argv", "emscripten_stack_init"}
    facts: Facts = {
        "kind": "shared" if dynamic and ("env", "__memory_base") in imported and not main else "executable",
        **_symbols(exported, [name for _, name in imported]),
    }
    return facts if needed is None else {**facts, "needed": tuple(needed)}


def wasm_objdump(path: Path) -> Facts:
    """wabt's wasm-objdump on a module."""
    text = _run("wasm-objdump", "-x", path)
    needed = re.search(r"^ - needed_dynlibs\[\d+\]:\n((?:  - .*\n)*)", text, re.MULTILINE)
    imported = re.findall(r"^ - \w+\[\d+\] .*<- (GOT\.\w+|\w+)\.(.*)$", text, re.MULTILINE)
    exported = re.findall(r'^ - \w+\[\d+\].* -> "(.*)"$', text, re.MULTILINE)
    memory = re.search(r"^ - memory\[0\].*", text, re.MULTILINE)
    return {
        "bits": 64 if memory and " i64" in memory[0] else 32,
        **_wasm(exported, imported, re.findall("  - (.*)", needed[1]) if needed else (), dynamic='"dylink' in text),
    }


def obj2yaml(path: Path) -> Facts:
    """LLVM's obj2yaml on a module."""
    sections = re.split(r"^  - Type: +", _run("obj2yaml", path), flags=re.MULTILINE)
    one = lambda start: next((part for part in sections if part.startswith(start)), "")
    imports = re.findall(r"^      - Module: +(.*)\n +Field: +(.*)$", one("IMPORT\n"), re.MULTILINE)
    exports = re.findall(r"^      - Name: +(.*)$", one("EXPORT\n"), re.MULTILINE)
    dylink = next((part for part in sections if re.match(r"CUSTOM\n +Name: +dylink(\.0)?\n", part)), "")
    needed = re.search(r"^    Needed:.*\n((?:      - .*\n)*)", dylink, re.MULTILINE)
    return _wasm(exports, imports, re.findall("- (.*)", needed[1]) if needed else (), dynamic=bool(dylink))


_V8 = """
const module = new WebAssembly.Module(require("fs").readFileSync(process.argv[1]));
const sections = WebAssembly.Module.customSections(module, "dylink.0").length;
const imports = WebAssembly.Module.imports(module).map((entry) => [entry.module, entry.name]);
console.log(JSON.stringify([WebAssembly.Module.exports(module).map((entry) => entry.name), imports, sections]));
"""


def node(path: Path) -> Facts:
    """The engine of node, V8, on a module that it can run."""
    exported, imported, sections = json.loads(_run("node", "--no-warnings", "-e", _V8, path))
    return _wasm(exported, [tuple(entry) for entry in imported], None, dynamic=bool(sections))


class Oracle:
    """One independent reader: for which formats, and what it needs to run."""

    def __init__(self, name: str, formats: Iterable[str], read: Callable[[Path], Facts], program: bool) -> None:
        self.name, self.formats, self.read = name, frozenset(formats), read
        self.found = (
            shutil.which(name) is not None if program else importlib.util.find_spec(name.split()[0]) is not None
        )


ORACLES = (
    Oracle("readelf", ["elf"], readelf, True),
    Oracle("lief elf", ["elf"], lief_elf, False),
    Oracle("lief pe", ["pe"], lief_pe, False),
    Oracle("pefile", ["pe"], pefile, False),
    Oracle("lief mach-o", ["mach-o"], lief_macho, False),
    Oracle("macholib", ["mach-o"], macholib, False),
    Oracle("llvm-readobj", ["ar", "import-library"], llvm_readobj, True),
    Oracle("objdump", ["ar"], objdump, True),
    Oracle("wasm-objdump", ["wasm"], wasm_objdump, True),
    Oracle("obj2yaml", ["wasm"], obj2yaml, True),
    Oracle("node", ["wasm"], node, True),
)


def differences(said: Mapping[str, Any], image: Any, symbols: tuple[Any, Any] | None) -> dict[str, tuple[Any, Any]]:
    """Where an image differs from what an oracle said: field to (said, read)."""
    found = {}
    parts = image.slices or (image,)
    for number, part in enumerate(said.get("slices", ())):
        for field, value in part.items():
            if field != "symbols" and getattr(parts[number], field) != value:
                found[f"{field} of slice {number}"] = (value, getattr(parts[number], field))
    for field, value in said.items():
        read = symbols if field == "symbols" else getattr(image, field)
        if field != "slices" and read != value and not (field == "symbols" and symbols is None):
            found[field] = (value, read)
    return found
