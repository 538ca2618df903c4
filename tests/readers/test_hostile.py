"""Hostile images: whatever the bytes, reading ends in a record or in `ReadError`, soon and in little memory."""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossplan.readers.image import Image
from crossplan.readers.images import read_image
from crossplan.readers.macho_file import trie_exports
from crossplan.readers.modules import ModuleSymbols, read_module_symbols
from crossplan.readers.source import ByteSource, ReadError
from crossplan.readers.window import IMAGE_BYTES, Budget, Window
from tests.readers.buffer import Buffer
from tests.readers.builders import ar, ar_member, elf, leb, wasm, wasm_exports, wasm_section
from tests.readers.builders_macho import export_trie, macho
from tests.readers.builders_pe import import_library, pe
from tests.readers.corpus import SHORT, small_images
from tests.readers.mutations import Traced, damaged

SMALL = small_images()
MAGICS = (
    b"\x7fELF\2\1\1\0",
    b"MZ",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe\0\0\0\1",
    b"!<arch>\n",
    b"!<thin>\n",
    b"\0asm\1\0\0\0",
)
MEMORY_MAX = 64 << 20


def outcome(read: Callable[[ByteSource, str], object], source: ByteSource) -> object:
    try:
        return read(source, "x")
    except ReadError as error:
        return error


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(sorted(SMALL)), random=st.randoms(use_true_random=False))
def test_a_damaged_image_ends_in_a_record_or_a_read_error(name: str, random: object) -> None:
    good = Traced(Buffer(SMALL[name]))
    assert isinstance(outcome(read_image, good), Image)
    outcome(read_module_symbols, good)
    bad = damaged(Buffer(SMALL[name]), good.places, random)  # type: ignore[arg-type]
    assert isinstance(outcome(read_image, bad), Image | ReadError)
    assert isinstance(outcome(read_module_symbols, bad), ModuleSymbols | ReadError)


@settings(max_examples=300, deadline=None)
@given(magic=st.sampled_from(MAGICS), rest=st.binary(max_size=400))
def test_any_bytes_behind_a_magic_number(magic: bytes, rest: bytes) -> None:
    assert isinstance(outcome(read_image, Buffer(magic + rest)), Image | ReadError)
    assert isinstance(outcome(read_module_symbols, Buffer(magic + rest)), ModuleSymbols | ReadError)


@given(name=st.sampled_from(sorted(SMALL)), cut=st.floats(0, 1, exclude_max=True))
def test_a_cut_off_image(name: str, cut: float) -> None:
    data = SMALL[name][: int(len(SMALL[name]) * cut)]
    assert isinstance(outcome(read_image, Buffer(data)), Image | ReadError)


@given(name=st.sampled_from(sorted(SMALL)), tail=st.binary(max_size=64))
def test_bytes_behind_an_image_change_nothing(name: str, tail: bytes) -> None:
    whole = read_image(Buffer(SMALL[name]), "x")
    if whole.format in ("elf", "pe", "mach-o") and name != "coff":
        assert read_image(Buffer(SMALL[name] + tail), "x") == whole


class Sparse:
    """A source of any size that holds `head`, then the same byte for ever."""

    def __init__(self, head: bytes, size: int, fill: bytes = b"\0") -> None:
        self._head, self.size, self._fill = head, size, fill

    def read(self, offset: int, length: int) -> bytes:
        if offset + length > self.size:
            raise ReadError("truncated")
        data = self._head[offset : offset + length]
        return data + self._fill * (length - len(data))


VAST = 1 << 40


def giant_section_count() -> bytes:
    """e_shnum 0, and the first header's sh_size says 2^32 sections."""
    header = bytearray(elf(machine=21, endian="big"))
    header[40:48] = struct.pack(">Q", len(header))
    header[58:64] = struct.pack(">HHH", 64, 0, 0)
    return bytes(header) + struct.pack(">IIQQQQIIQQ", 0, 0, 0, 0, 0, 1 << 32, 0, 0, 0, 0)


def cyclic_hash() -> bytes:
    """A System V chain whose every entry leads to symbol 1."""
    data = elf(undefined=["a"], hash_style="sysv")
    return data.replace(struct.pack("<IIIII", 1, 2, 1, 0, 0), struct.pack("<IIIII", 1, 2, 1, 0, 1))


def many_libraries() -> bytes:
    """An import table without an end."""
    return pe(imports={"a.dll": ["b"]}).replace(bytes(20), struct.pack("<IIIII", 0x1000, 0, 0, 0x1000, 0))


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (giant_section_count(), "4294967296 section headers"),
        (cyclic_hash(), "does not end"),
        (elf(segments=[(4, b"")] * 300), "302 program headers"),
        (macho()[:20] + b"\xff\xff\xff\x7f" + macho()[24:], "load commands"),
        (wasm(wasm_section(2, leb(1 << 31) + bytes(100))), "2147483648 entries"),
        (ar([(f"{n}.o", b"") for n in range(200)]), "no header"),
    ],
)
def test_giant_counts_and_cycles_are_refused(head: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_image(Sparse(head, VAST if head[:4] != b"\0asm" else len(head)), "x")


def test_a_cyclic_trie_ends() -> None:
    cyclic = b"\0\1_PyInit_a\0\0"  # its one child is the root
    with pytest.raises(ReadError, match="does not end"):
        list(trie_exports(cyclic, b"_PyInit_", 0))
    assert list(trie_exports(export_trie({"_PyInit_x": 8}), b"_PyInit_", 0)) == [("PyInit_x", 8)]


@pytest.mark.parametrize(
    "source",
    [
        Sparse(giant_section_count(), VAST),
        Sparse(
            b"!<arch>\n" + ar_member("/", b"")[:48] + b"2000000   `\n" + struct.pack(">I", 400_000), 3 << 20, b"a\0"[:1]
        ),
        Sparse(b"!<arch>\n" + ar_member("a/", b"") * 20_000, 8 + 60 * 20_000),
        Sparse(wasm(b"\7" + leb(7 << 20) + leb(200_000)), 12 << 20),
        Sparse(many_libraries(), VAST, b"A"),
        Sparse(elf(defined=SHORT, bits=32, machine=3, sections={".rodata": (1, b"x" * (4 << 20))}), VAST),
        Buffer(import_library("python313.dll", [f"f{n}" for n in range(3000)])),
        Buffer(elf(undefined=[f"PyName{n}" for n in range(3000)])),
        Buffer(wasm(wasm_exports(*((f"e{n}", 0, n) for n in range(20_000))))),
        Buffer(macho(defined={f"PyInit_{n}": b"x" for n in range(200)}, exports="symtab", undefined=["Py"] * 5_000)),
    ],
    ids=lambda source: f"{type(source).__name__}-{source.size}",
)
def test_reading_a_huge_file_takes_little_memory(source: ByteSource) -> None:
    tracemalloc.start()
    try:
        outcome(read_image, source)
        outcome(read_module_symbols, source)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MEMORY_MAX


def test_one_image_has_one_allowance_for_all_its_parts() -> None:
    window = Window(Sparse(b"", VAST), budget=Budget(size=1000, reads=3))
    window.part(0, 500).read(0, 400)
    window.part(0, 500).read(0, 400)
    with pytest.raises(ReadError, match="more reading"):
        window.part(0, 500).read(0, 400)
    with pytest.raises(ReadError, match="more reading"):
        Window(Sparse(b"", VAST)).read(0, IMAGE_BYTES + 1)


def test_names_with_control_characters_are_kept_as_they_are() -> None:
    name = "lib\x1b]0;owned\x07\n[bold]\r.so"
    assert read_image(Buffer(elf(soname=name)), "x").soname == name
    assert read_image(Buffer(macho(install_name=name)), "x").soname == name
    assert read_image(Buffer(pe(name=name + ".dll")), "x").soname == name + ".dll"
