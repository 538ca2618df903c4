"""What tells two ABIs of one ELF machine apart: `e_flags`, the attributes section, `.MIPS.abiflags`, the loader's name.

Sources, by machine: ELF for the Arm Architecture and its Addenda (build attributes),
https://github.com/ARM-software/abi-aa ; 64-bit ELF V2 ABI for Power; MIPS ABI supplements and binutils'
include/elf/mips.h; https://github.com/riscv-non-isa/riscv-elf-psabi-doc ; https://github.com/loongson/la-abi-specs
"""

from __future__ import annotations

from collections.abc import Callable

from crossplan.readers.elf_file import ElfFile
from crossplan.readers.elf_tables import (
    ARM_CPU_ARCH,
    ARM_LOADERS,
    DT_PPC64_OPD,
    EM_AARCH64,
    EM_ARM,
    EM_LOONGARCH,
    EM_MIPS,
    EM_PPC64,
    EM_RISCV,
    EM_X86_64,
    LOONGARCH_FLOAT,
    MIPS_ARCH,
    MIPS_FP_ABI,
    PT_MIPS_ABIFLAGS,
    RISCV_FLOAT,
    SHT_ARM_ATTRIBUTES,
    SHT_MIPS_ABIFLAGS,
)
from crossplan.readers.image import FloatAbi
from crossplan.readers.leb128 import uleb128
from crossplan.readers.source import ReadError
from crossplan.record import record

_EF_ARM_ABI_FLOAT_SOFT, _EF_ARM_ABI_FLOAT_HARD = 0x200, 0x400
_EF_MIPS_ABI2, _EF_MIPS_NAN2008 = 0x20, 0x400
_MIPS_ABI = {0x1000: "o32", 0x2000: "o64", 0x3000: "eabi32", 0x4000: "eabi64"}
_EF_RISCV_RVE = 8
_EM_SPARC32PLUS = 18
_ATTRIBUTES_MAX = 1 << 16
_TAG_FILE, _TAG_CPU_ARCH, _TAG_ABI_VFP_ARGS = 1, 6, 28
_TEXT_TAGS = frozenset({4, 5, 65, 67})  # Tag_CPU_raw_name, _CPU_name, _also_compatible_with, _conformance
_TAG_COMPATIBILITY = 32  # a number, then a text


@record
class Abi:
    """The ABI fields of an `Image`."""

    abi: str | None = None
    float_abi: FloatAbi | None = None
    fp_abi: str | None = None
    cpu_arch: str | None = None
    nan2008: bool | None = None


def read_abi(elf: ElfFile, loaders: tuple[str, ...]) -> Abi:
    """The ABI of an image. `loaders`: base names of `PT_INTERP` and of the libraries needed."""
    reader = _BY_MACHINE.get(elf.machine)
    return reader(elf, loaders) if reader else Abi()


def _arm(elf: ElfFile, loaders: tuple[str, ...]) -> Abi:
    section = elf.section_of_type(SHT_ARM_ATTRIBUTES)
    attributes = (
        arm_attributes(elf.section_bytes(section, ".ARM.attributes", _ATTRIBUTES_MAX), elf) if section else None
    )
    arch = attributes.get(_TAG_CPU_ARCH, 0) if attributes else None
    version = elf.flags >> 24
    return Abi(
        abi=f"eabi{version}" if version else "apcs",
        float_abi=_arm_float(elf.flags, attributes, loaders),
        cpu_arch=ARM_CPU_ARCH[arch] if arch is not None and arch < len(ARM_CPU_ARCH) else None,
    )


def _arm_float(flags: int, attributes: dict[int, int] | None, loaders: tuple[str, ...]) -> FloatAbi | None:
    """The calling convention. The flags are defined for linked EABI 5 images only; objects say it in an attribute."""
    if flags >> 24 == 5 and flags & _EF_ARM_ABI_FLOAT_HARD:
        return "hard"
    if flags >> 24 == 5 and flags & _EF_ARM_ABI_FLOAT_SOFT:
        return "soft"
    if attributes and _TAG_ABI_VFP_ARGS in attributes:
        # 0 base variant, 1 VFP registers, 2 toolchain's own, 3 compatible with both
        return {0: "soft", 1: "hard"}.get(attributes[_TAG_ABI_VFP_ARGS])  # type: ignore[return-value]
    known = next((ARM_LOADERS[name] for name in loaders if name in ARM_LOADERS), None)
    if known:
        return "hard" if known == "hard" else "soft"
    return "soft" if attributes else None  # an attribute that is left out has the value 0


def arm_attributes(data: bytes, elf: ElfFile) -> dict[int, int]:
    """The file-scope numbers of vendor `aeabi` in an attributes section: tag to value."""
    found: dict[int, int] = {}
    if data[:1] != b"A":
        raise ReadError("attributes of an unknown version", "section .ARM.attributes")
    word = elf.layout.u32
    place = 1
    while place + 4 <= len(data):
        (length,) = word.unpack_from(data, place)
        if length < 5:
            raise ReadError("a vendor's part without length", "section .ARM.attributes")
        part = data[place + 4 : place + length]
        vendor, _, body = part.partition(b"\0")
        if vendor == b"aeabi":
            _file_attributes(body, elf, found)
        place += length
    return found


def _file_attributes(body: bytes, elf: ElfFile, found: dict[int, int]) -> None:
    """Collect the attributes of the sub-sections for the whole file from one vendor's part."""
    place = 0
    while place + 5 <= len(body):
        (length,) = elf.layout.u32.unpack_from(body, place + 1)
        if length < 5:
            raise ReadError("a sub-section without length", "section .ARM.attributes")
        if body[place] == _TAG_FILE:
            _pairs(body[place + 5 : place + length], found)
        place += length


def _pairs(data: bytes, found: dict[int, int]) -> None:
    place = 0
    while place < len(data):
        tag, place = uleb128(data, place)
        if tag not in _TEXT_TAGS and (tag <= _TAG_COMPATIBILITY or tag % 2 == 0):
            value, place = uleb128(data, place)
            found.setdefault(tag, value)
        if tag in _TEXT_TAGS or (tag >= _TAG_COMPATIBILITY and (tag % 2 or tag == _TAG_COMPATIBILITY)):
            end = data.find(b"\0", place)
            place = len(data) if end < 0 else end + 1


def _ppc64(elf: ElfFile, loaders: tuple[str, ...]) -> Abi:
    marked = elf.flags & 3
    if marked in (1, 2):
        return Abi(abi=f"elfv{marked}")
    if elf.endian == "little":  # ELFv1 was never defined for it
        return Abi(abi="elfv2")
    has_opd = elf.tag(DT_PPC64_OPD) is not None or elf.section_named(".opd") is not None
    return Abi(abi="elfv1" if has_opd else None)


def _mips(elf: ElfFile, loaders: tuple[str, ...]) -> Abi:
    flags = elf.flags
    fp_abi = _mips_fp_abi(elf)
    if elf.bits == 64:
        abi = "n64"
    elif flags & _EF_MIPS_ABI2:
        abi = "n32"
    else:
        abi = _MIPS_ABI.get(flags & 0xF000, "o32")
    return Abi(
        abi=abi,
        fp_abi=MIPS_FP_ABI.get(fp_abi) if fp_abi is not None else None,
        cpu_arch=MIPS_ARCH.get(flags & 0xF0000000),
        nan2008=bool(flags & _EF_MIPS_NAN2008),
    )


def _mips_fp_abi(elf: ElfFile) -> int | None:
    """Byte `fp_abi` (7) of the structure in `PT_MIPS_ABIFLAGS`, or in the section of an object."""
    for segment in elf.segments:
        if segment.type == PT_MIPS_ABIFLAGS:
            return elf.window.read(segment.offset, 8)[7]
    section = elf.section_of_type(SHT_MIPS_ABIFLAGS)
    return elf.window.read(section.offset, 8)[7] if section else None


def _riscv(elf: ElfFile, loaders: tuple[str, ...]) -> Abi:
    base = "lp64" if elf.bits == 64 else "ilp32"
    return Abi(abi=base + ("e" if elf.flags & _EF_RISCV_RVE else RISCV_FLOAT[elf.flags & 6]))


def _loongarch(elf: ElfFile, loaders: tuple[str, ...]) -> Abi:
    letter = LOONGARCH_FLOAT.get(elf.flags & 7)
    return Abi(abi=("lp64" if elf.bits == 64 else "ilp32") + letter if letter else None)


def _x86_64(elf: ElfFile, loaders: tuple[str, ...]) -> Abi:
    return Abi(abi="x32" if elf.bits == 32 else None)


def _aarch64(elf: ElfFile, loaders: tuple[str, ...]) -> Abi:
    return Abi(abi="ilp32" if elf.bits == 32 else None)


def _sparc32plus(elf: ElfFile, loaders: tuple[str, ...]) -> Abi:
    return Abi(abi="v8plus")


_BY_MACHINE: dict[int, Callable[[ElfFile, tuple[str, ...]], Abi]] = {
    EM_ARM: _arm,
    EM_PPC64: _ppc64,
    EM_MIPS: _mips,
    EM_RISCV: _riscv,
    EM_LOONGARCH: _loongarch,
    EM_X86_64: _x86_64,
    EM_AARCH64: _aarch64,
    _EM_SPARC32PLUS: _sparc32plus,
}
