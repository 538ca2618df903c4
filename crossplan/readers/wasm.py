"""WebAssembly: from sections, imports and a few exports to an `Image`.

Sources: see wasm_file.py; Emscripten's names, https://emscripten.org/docs/compiling/Dynamic-Linking.html ; WASI's,
https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md .
"""

from __future__ import annotations

from crossplan.readers.image import Image, ImageKind
from crossplan.readers.libpython import (
    LOOKED_UP,
    PY_VERSION,
    PYTHON_SYMBOL,
    named_library,
    python_flags,
    version_of_word,
)
from crossplan.readers.source import ByteSource
from crossplan.readers.wasm_file import CUSTOM, GLOBAL_KIND, Import, WasmFile
from crossplan.readers.window import Window

_WASI_MODULES = ("wasi_snapshot_preview1", "wasi_unstable", "wasi:")
_EMSCRIPTEN_NAMES = ("emscripten_", "_emscripten_", "invoke_", "__syscall_", "_embind_")
_MAIN = frozenset({"_start", "main", "__main_argc_argv", "emscripten_stack_init"})  # what only a main module exports
_MEMORY64 = 4


def read_wasm(source: ByteSource, *, want_symbols: bool = True) -> Image:
    """The `Image` of a WebAssembly module; `ReadError` if it is none, or is damaged."""
    wasm = WasmFile(source if isinstance(source, Window) else Window(source))
    if wasm.is_component:
        return Image(
            format="wasm", kind="executable", machine="wasm32", bits=32, endian="little", abi="component", os="wasi"
        )
    bits = 64 if wasm.memory_flags() & _MEMORY64 else 32
    needed, rpaths = wasm.dylink()
    names = (
        {name: index if kind == GLOBAL_KIND else None for name, kind, index in wasm.exports()} if want_symbols else {}
    )
    exports = {name: names[name] for name in LOOKED_UP if name in names}  # data with the global that holds its address
    is_python = PYTHON_SYMBOL in exports
    version = _version(wasm, exports) if is_python else None
    free_threaded, debug = python_flags(exports, named_library(None, needed), is_python)
    return Image(
        format="wasm",
        kind=_kind(wasm, _MAIN.isdisjoint(names)),
        machine=f"wasm{bits}",
        bits=bits,
        endian="little",
        abi="threads" if "atomics" in wasm.features() else None,
        os=_os(wasm.imports),
        needed=needed,
        rpaths=rpaths,
        python_version=version,
        python_version_from=PY_VERSION if version else None,
        free_threaded=free_threaded,
        debug=debug,
        exports=tuple(exports),
    )


def _kind(wasm: WasmFile, may_be_side: bool) -> ImageKind:
    """An object has the section `linking`; a side module is told where its memory begins, as Pyodide's main module before 314."""
    if any(section.id == CUSTOM and section.name == "linking" for section in wasm.sections):
        return "relocatable"
    told = any(entry.name == "__memory_base" for entry in wasm.imports)
    return "shared" if wasm.is_dynamic and told and may_be_side else "executable"


def _os(imports: tuple[Import, ...]) -> str | None:
    """Rust's `target_os`, by the names that only its C library imports. Emscripten also has those of WASI."""
    if any(entry.module == "env" and entry.name.startswith(_EMSCRIPTEN_NAMES) for entry in imports):
        return "emscripten"
    return "wasi" if any(entry.module.startswith(_WASI_MODULES) for entry in imports) else None


def _version(wasm: WasmFile, exports: dict[str, int | None]) -> str | None:
    index = exports.get(PY_VERSION)
    address = wasm.global_value(index) if index is not None else None
    place = wasm.offset_of_address(address) if address is not None else None
    return version_of_word(int.from_bytes(wasm.window.read(place, 4), "little")) if place is not None else None
