"""The symbols of a built extension module that decide whether a Python can import it.

A module's init functions are what it exports for Python; the names of Python's C API that it leaves undefined are what
the Python must have. Kept apart from `read_image`, since whole symbol tables are read here.
"""

from __future__ import annotations

from collections.abc import Iterable

from crossplan.readers.elf_file import ElfFile
from crossplan.readers.elf_symbols import dynamic_symbols
from crossplan.readers.elf_tables import ELFMAG
from crossplan.readers.macho import FAT_MAGICS, fat_slices
from crossplan.readers.macho_file import MAGICS, MachoFile
from crossplan.readers.pe_file import PeFile
from crossplan.readers.source import ByteSource, ReadError
from crossplan.readers.wasm_file import WASM_MAGIC, WasmFile
from crossplan.readers.window import Budget, Window
from crossplan.record import record

# What the import system looks up: PEP 489 (`PyInitU_` for names beyond ASCII), PEP 793.
INIT_PREFIXES = ("PyInit_", "PyInitU_", "PyModExport_", "PyModExportU_")
API_PREFIXES = ("Py", "_Py")
_NAMES_MAX = 10_000  # CPython has some 2,500 names of its API
_BYTES, _READS = 48 << 20, 100_000  # never more than half of it at once


@record
class ModuleSymbols:
    """The init functions that a module exports, and the names of Python's C API that it imports; both sorted."""

    exports: tuple[str, ...]
    imports: tuple[str, ...]


def read_module_symbols(source: ByteSource, name: str) -> ModuleSymbols:
    """The symbols of a module in ELF, PE, Mach-O or wasm form. `name` is only for the message of the `ReadError`.

    Of a fat file: the init functions that all its slices export, the names that any of them imports.
    """
    window = Window(source, budget=Budget(_BYTES, _READS))
    if window.upto(0, 4) not in FAT_MAGICS:
        return _thin(window, name)
    slices = [_thin(part, name) for part in fat_slices(window)]
    exports = set(slices[0].exports).intersection(*(part.exports for part in slices))
    return ModuleSymbols(tuple(sorted(exports)), _sorted(item for part in slices for item in part.imports))


def _thin(window: Window, name: str) -> ModuleSymbols:
    magic = window.upto(0, 4)
    if magic == ELFMAG:
        return _elf(ElfFile(window))
    if magic.startswith(b"MZ"):
        return _pe(PeFile(window))
    if magic in MAGICS:
        return _macho(MachoFile(window))
    if magic == WASM_MAGIC:
        return _wasm(WasmFile(window))
    raise ReadError(f"{name}: no ELF, PE, Mach-O or wasm file", "offset 0x0")


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    """The names, each once; `ReadError` if there are more than any module has."""
    found: set[str] = set()
    for name in names:
        found.add(name)
        if len(found) > _NAMES_MAX:
            raise ReadError(f"more than {_NAMES_MAX} names of Python's C API", "symbol table")
    return tuple(sorted(found))


def _api(names: Iterable[str]) -> tuple[str, ...]:
    return _sorted(name for name in names if name.startswith(API_PREFIXES))


def _elf(elf: ElfFile) -> ModuleSymbols:
    return ModuleSymbols(
        exports=_sorted(name for name, defined in dynamic_symbols(elf) if defined and name.startswith(INIT_PREFIXES)),
        imports=_api(name for name, defined in dynamic_symbols(elf) if not defined),
    )


def _pe(pe: PeFile) -> ModuleSymbols:
    exports = (name for prefix in INIT_PREFIXES for name in pe.exported_names(prefix))
    return ModuleSymbols(_sorted(exports), _api(pe.imported_symbols()))


def _macho(macho: MachoFile) -> ModuleSymbols:
    exports = (name for prefix in INIT_PREFIXES for name in macho.exports(prefix))
    return ModuleSymbols(_sorted(exports), _api(symbol.name for symbol in macho.symbols(undefined=True)))


def _wasm(wasm: WasmFile) -> ModuleSymbols:
    exports = (name for name, _, _ in wasm.exports() if name.startswith(INIT_PREFIXES))
    return ModuleSymbols(_sorted(exports), _api(entry.name for entry in wasm.imports))
