"""WebAssembly modules: main and side modules, objects, components."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crossplan.readers.image import Image
from crossplan.readers.images import read_image
from crossplan.readers.modules import read_module_symbols
from crossplan.readers.source import ReadError
from tests.readers.buffer import Buffer
from tests.readers.builders import dylink, leb, wasm, wasm_exports, wasm_imports, wasm_name, wasm_section
from tests.readers.files import FileSource
from tests.readers.oracles import ORACLES, Oracle, differences

FUNCTION, GLOBAL = b"\0\0", b"\3\x7f\0"
MEMORY_BASE = ("env", "__memory_base", GLOBAL)
PYTHON_3_14_2 = 0x030E02F0
MODULES = sorted((Path(__file__).parent / "wasm_modules").glob("*.so"))
FOUND = [oracle for oracle in ORACLES if "wasm" in oracle.formats and oracle.found]


def read(*sections: bytes) -> Image:
    return read_image(Buffer(wasm(*sections)), "x.wasm")


def test_a_side_module() -> None:
    image = read(
        dylink(["libz.so", "libpython3.12.so"], ["$ORIGIN"]), wasm_imports(MEMORY_BASE, ("env", "invoke_vi", FUNCTION))
    )
    assert (image.format, image.kind, image.machine, image.bits) == ("wasm", "shared", "wasm32", 32)
    assert (image.needed, image.rpaths, image.os) == (("libz.so", "libpython3.12.so"), ("$ORIGIN",), "emscripten")


def test_the_older_form_of_dylink() -> None:
    content = leb(1) + leb(2) + leb(3) + leb(4) + leb(1) + wasm_name("libz.so")
    assert read(wasm_section(0, content, "dylink"), wasm_imports(MEMORY_BASE)).needed == ("libz.so",)


def test_a_main_module_with_a_python_in_it() -> None:
    version = b"\xff\xff" + PYTHON_3_14_2.to_bytes(4, "little")
    data = leb(2) + b"\1" + leb(3) + b"abc" + b"\0\x41" + leb(1024) + b"\x0b" + leb(len(version)) + version
    globals_ = leb(2) + b"\x7f\1\x41\0\x0b" + b"\x7f\0\x41" + leb(1026) + b"\x0b"
    image = read(
        dylink([]),
        wasm_imports(("env", "g", GLOBAL), ("env", "emscripten_get_now", FUNCTION)),
        wasm_section(6, globals_),
        wasm_exports(("Py_GetVersion", 0, 5), ("Py_Version", 3, 2)),
        wasm_section(11, data),
    )
    assert (image.kind, image.os, image.python_version) == ("executable", "emscripten", "3.14.2")
    assert (image.free_threaded, image.debug) == (False, False)


def test_a_main_module_that_the_loader_places() -> None:
    """Pyodide's before 314: data and the addresses of globals count from where its memory begins."""
    base, version = b"\x23\0", PYTHON_3_14_2.to_bytes(4, "little")
    data = leb(2) + b"\0" + base + b"\x0b" + leb(3) + b"abc"
    data += b"\0" + base + b"\x41" + leb(1024) + b"\x6a\x0b" + leb(6) + b"\xff\xff" + version
    sections = [
        dylink([]),
        wasm_imports(MEMORY_BASE),
        wasm_section(6, leb(1) + b"\x7f\0\x41" + leb(1026) + b"\x0b"),
        wasm_exports(("Py_GetVersion", 0, 5), ("Py_Version", 3, 1), ("__main_argc_argv", 0, 6)),
        wasm_section(11, data),
    ]
    image = read(*sections)
    assert (image.kind, image.python_version) == ("executable", "3.14.2")
    side = [*sections[:3], wasm_exports(("Py_GetVersion", 0, 5), ("Py_Version", 3, 1)), sections[4]]
    assert read(*side).kind == "shared"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_real_module_reads_as_other_readers_say(path: Path) -> None:
    said = json.loads(path.with_name(path.name + ".json").read_text("utf-8"))
    symbols = read_module_symbols(FileSource(path), path.name)
    assert (list(symbols.exports), list(symbols.imports)) == (said.pop("exports"), said.pop("imports"))
    image = read_image(FileSource(path), path.name)
    assert {field: getattr(image, field) for field in said} == {**said, "needed": tuple(said["needed"])}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
@pytest.mark.parametrize("oracle", FOUND, ids=lambda oracle: oracle.name)
def test_a_real_module_reads_as_the_readers_of_this_machine_say(oracle: Oracle, path: Path) -> None:
    symbols = read_module_symbols(FileSource(path), path.name)
    said = oracle.read(path)
    assert said["symbols"][0]
    assert differences(said, read_image(FileSource(path), path.name), (symbols.exports, symbols.imports)) == {}


def test_a_program_for_wasi() -> None:
    image = read(wasm_imports(("wasi_snapshot_preview1", "fd_write", FUNCTION)))
    assert (image.kind, image.os) == ("executable", "wasi")


def test_a_component() -> None:
    image = read_image(Buffer(b"\0asm\r\0\1\0" + bytes(4)), "x.wasm")
    assert (image.machine, image.os, image.abi) == ("wasm32", "wasi", "component")


def test_an_object_with_threads() -> None:
    features = leb(1) + b"+" + wasm_name("atomics")
    image = read(wasm_section(0, leb(2), "linking"), wasm_section(0, features, "target_features"))
    assert (image.kind, image.abi) == ("relocatable", "threads")


@pytest.mark.parametrize(("flags", "word"), [(0, "wasm32"), (4, "wasm64"), (5, "wasm64")])
def test_width_is_that_of_the_memory(flags: int, word: str) -> None:
    limits = leb(flags) + leb(1) + (leb(2) if flags & 1 else b"")
    assert read(wasm_imports(("env", "memory", b"\2" + limits))).machine == word
    assert read(wasm_section(5, leb(1) + limits)).machine == word


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\0asm\2\0\0\0", "version"),
        (wasm(b"\1\xff\xff\xff\xff\x0f"), "truncated"),
        (wasm(wasm_section(0, b"")[:1] + b"\1\5"), "name"),
        (wasm(b"\0" + b"\x80" * 12), "LEB128"),
        (wasm(wasm_imports(("a", "b", b"\x63"))), "unknown kind"),
        (wasm(wasm_section(2, leb(1 << 40))), "entries"),
        (wasm(*[wasm_section(1, b"")] * 2000), "sections"),
    ],
)
def test_damage_is_named(data: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_image(Buffer(data), "x.wasm")
