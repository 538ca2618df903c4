"""Every image of the real trees reads as other tools say: sysroots/truth.json, through the mapping of the JSON report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from crossplan.readers.images import read_image
from tests.readers.files import FileSource

SYSROOTS = Path(__file__).resolve().parents[2] / "sysroots"
TRUTH: list[dict[str, Any]] = json.loads((SYSROOTS / "truth.json").read_text("utf-8"))["images"]
READ_MAX = 256 << 10

FORMATS = {"macho": "mach-o", "coff-import": "import-library"}
MACHINES = {"i386": "x86", "amd64": "x86_64", "arm64": "aarch64", "loongarch": "loongarch64"}
MIPS = {(32, "big"): "mips", (32, "little"): "mipsel", (64, "big"): "mips64", (64, "little"): "mips64el"}
OPTIONAL = {
    "needed": "needed",
    "imports": "needed",
    "interpreter": "interpreter",
    "python_version": "python_version",
    "minos": "minimum_os",
    "platform": "os",
    "android_api": "android_api",
}


def machine(row: Mapping[str, Any]) -> str:
    """The report's word for a machine of truth.json."""
    word = row["machine"]
    if word == "mips":
        return MIPS[row["bits"], row["endian"]]
    return f"riscv{row['bits']}" if word == "riscv" else MACHINES.get(word, word)


def facts(row: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """What an `Image` has to say, by field."""
    yield "format", FORMATS.get(row.get("format", "macho"), row.get("format", "mach-o"))
    yield "machine", None if row.get("fat") else machine(row)
    yield "bits", row["bits"]
    yield "endian", row["endian"]
    yield "soname", row.get("soname_or_install_name")
    for key, field in OPTIONAL.items():
        if key in row:
            value = row[key]
            yield field, tuple(value) if isinstance(value, list) else value
    if row.get("float_abi"):
        yield "float_abi", "soft" if row["float_abi"] == "softfp" else row["float_abi"]
    if row.get("arm_attributes"):
        yield "cpu_arch", row["arm_attributes"]["Tag_CPU_arch"]
    if "rpath_or_runpath" in row:
        yield "rpaths", tuple(part for path in row["rpath_or_runpath"] for part in path.split(":"))
    if "e_flags" in row:
        yield "flags", int(row["e_flags"], 16)


@pytest.mark.parametrize("row", TRUTH, ids=lambda row: f"{row['sysroot']}/{row['path']}")
def test_an_image_is_what_other_tools_say(row: dict[str, Any]) -> None:
    source = FileSource(SYSROOTS / row["sysroot"] / row["path"])
    image = read_image(source, row["path"])
    assert {field: getattr(image, field) for field, _ in facts(row)} == dict(facts(row))
    assert len(image.slices) == len(row.get("slices", ()))
    for part, said in zip(image.slices, row.get("slices", ()), strict=True):
        assert {field: getattr(part, field) for field, _ in facts(said)} == dict(facts(said))
    assert source.bytes_read <= READ_MAX, "more read than any libpython needs"


def test_the_trees_have_images_of_many_kinds() -> None:
    assert {row["format"] for row in TRUTH} >= {"elf", "pe", "macho", "coff-import"}
    assert len(TRUTH) >= 40
