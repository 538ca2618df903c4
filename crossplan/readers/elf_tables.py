"""Layouts and numbers of ELF, as data.

Sources: System V gABI, https://gabi.xinuos.com ; the processor supplements; GNU and Android extensions as in
glibc's elf.h, https://sourceware.org/git/?p=glibc.git;a=blob;f=elf/elf.h . Names are the format's own.
"""

from __future__ import annotations

from struct import Struct

from crossplan.readers.image import Endian, ImageKind
from crossplan.record import record

ELFMAG = b"\x7fELF"
ELFCLASS = {1: 32, 2: 64}
ELFDATA: dict[int, Endian] = {1: "little", 2: "big"}


@record
class Layout:
    """The structures of one class and byte order. Field orders differ between the classes: see the readers."""

    ehdr: Struct  # from e_type (offset 16): type machine version entry phoff shoff flags ehsize phentsize … shstrndx
    phdr: Struct
    shdr: Struct  # name type flags addr offset size link info addralign entsize
    dyn: Struct  # d_tag d_val
    sym: Struct
    word: Struct  # the class's natural word
    u32: Struct
    u64: Struct
    verneed: Struct  # vn_version vn_cnt vn_file vn_aux vn_next
    vernaux: Struct  # vna_hash vna_flags vna_other vna_name vna_next
    verdef: Struct  # vd_version vd_flags vd_ndx vd_cnt vd_hash vd_aux vd_next


def _layout(bits: int, order: str) -> Layout:
    small = bits == 32
    return Layout(
        ehdr=Struct(order + ("HHIIIIIHHHHHH" if small else "HHIQQQIHHHHHH")),
        phdr=Struct(order + ("IIIIIIII" if small else "IIQQQQQQ")),
        shdr=Struct(order + ("IIIIIIIIII" if small else "IIQQQQIIQQ")),
        dyn=Struct(order + ("II" if small else "QQ")),
        sym=Struct(order + ("IIIBBH" if small else "IBBHQQ")),
        word=Struct(order + ("I" if small else "Q")),
        u32=Struct(order + "I"),
        u64=Struct(order + "Q"),
        verneed=Struct(order + "HHIII"),
        vernaux=Struct(order + "IHHII"),
        verdef=Struct(order + "HHHHIII"),
    )


LAYOUTS: dict[tuple[int, Endian], Layout] = {
    (32, "little"): _layout(32, "<"),
    (32, "big"): _layout(32, ">"),
    (64, "little"): _layout(64, "<"),
    (64, "big"): _layout(64, ">"),
}

ET_REL, ET_EXEC, ET_DYN, ET_CORE = 1, 2, 3, 4
KINDS: dict[int, ImageKind] = {ET_REL: "relocatable", ET_EXEC: "executable", ET_DYN: "shared", ET_CORE: "core"}

EM_MIPS, EM_PPC64, EM_S390, EM_ARM, EM_X86_64, EM_AARCH64 = 8, 21, 22, 40, 62, 183
EM_RISCV, EM_LOONGARCH, EM_ALPHA = 243, 258, 0x9026
# e_machine -> word by (bits, endian); None stands for any. The words are Rust's target_arch, with the byte order in
# the word for PowerPC and MIPS; GNU's word where Rust has none.
_ANY = (None, None)
MACHINES: dict[int, dict[tuple[int | None, Endian | None], str]] = {
    2: {_ANY: "sparc"},
    3: {_ANY: "x86"},
    4: {_ANY: "m68k"},
    6: {_ANY: "x86"},  # EM_486
    EM_MIPS: {(32, "big"): "mips", (32, "little"): "mipsel", (64, "big"): "mips64", (64, "little"): "mips64el"},
    15: {_ANY: "hppa"},
    18: {_ANY: "sparc"},  # EM_SPARC32PLUS
    20: {(None, "big"): "powerpc", (None, "little"): "powerpcle"},
    EM_PPC64: {(None, "big"): "powerpc64", (None, "little"): "powerpc64le"},
    EM_S390: {(64, None): "s390x", (32, None): "s390"},
    EM_ARM: {_ANY: "arm"},
    42: {_ANY: "sh"},
    43: {_ANY: "sparc64"},
    50: {_ANY: "ia64"},
    EM_X86_64: {_ANY: "x86_64"},
    83: {_ANY: "avr"},
    92: {_ANY: "or1k"},
    94: {_ANY: "xtensa"},
    105: {_ANY: "msp430"},
    164: {_ANY: "hexagon"},
    EM_AARCH64: {_ANY: "aarch64"},
    189: {_ANY: "microblaze"},
    195: {_ANY: "arc"},  # EM_ARC_COMPACT2
    EM_RISCV: {(32, None): "riscv32", (64, None): "riscv64"},
    247: {_ANY: "bpf"},
    252: {_ANY: "csky"},
    EM_LOONGARCH: {(32, None): "loongarch32", (64, None): "loongarch64"},
    EM_ALPHA: {_ANY: "alpha"},
}

PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_NOTE = 1, 2, 3, 4
PT_MIPS_ABIFLAGS = 0x70000003
SHT_SYMTAB, SHT_NOBITS = 2, 8
SHT_ARM_ATTRIBUTES, SHT_MIPS_ABIFLAGS = 0x70000003, 0x7000002A

DT_NULL, DT_NEEDED, DT_HASH, DT_STRTAB, DT_SYMTAB, DT_STRSZ = 0, 1, 4, 5, 6, 10
DT_SONAME, DT_RPATH, DT_DEBUG, DT_RUNPATH = 14, 15, 21, 29
DT_PPC64_OPD, DT_MIPS_SYMTABNO, DT_MIPS_XHASH = 0x70000001, 0x70000011, 0x70000036
DT_GNU_HASH, DT_FLAGS_1 = 0x6FFFFEF5, 0x6FFFFFFB
DT_VERDEF, DT_VERDEFNUM, DT_VERNEED, DT_VERNEEDNUM = 0x6FFFFFFC, 0x6FFFFFFD, 0x6FFFFFFE, 0x6FFFFFFF
DF_1_PIE = 0x08000000

# EI_OSABI -> Rust's target_os. 0 is System V (says nothing), 3 is GNU: Linux everywhere that Python ships.
OSABI = {2: "netbsd", 3: "linux", 6: "solaris", 9: "freebsd", 12: "openbsd"}
# First word of the GNU ABI tag note (type 1).
GNU_ABI_TAG_OS = {0: "linux", 1: "hurd", 2: "solaris", 3: "freebsd"}

# Loader names (PT_INTERP, or DT_NEEDED beside libc) that tell the float ABI of ARM.
ARM_LOADERS = {
    "ld-linux-armhf.so.3": "hard",
    "ld-linux.so.3": "soft",
    "ld-musl-armhf.so.1": "hard",
    "ld-musl-arm.so.1": "soft",
    "ld-musl-armebhf.so.1": "hard",
    "ld-musl-armeb.so.1": "soft",
    "libc.musl-armhf.so.1": "hard",
    "libc.musl-armv7.so.1": "hard",  # Alpine's armv7 is hard-float
    "linker": "soft",  # Android's armeabi-v7a passes arguments in core registers
}

# Tag_CPU_arch of .ARM.attributes, as readelf names them. Addenda to the ABI for the Arm Architecture, 3.4.4.
ARM_CPU_ARCH = (
    "Pre-v4", "v4", "v4T", "v5T", "v5TE", "v5TEJ", "v6", "v6KZ", "v6T2", "v6K", "v7", "v6-M", "v6S-M", "v7E-M",
    "v8", "v8-R", "v8-M.baseline", "v8-M.mainline", "v8.1-A", "v8.2-A", "v8.3-A", "v8.1-M.mainline", "v9",
)  # fmt: skip
# e_flags & EF_MIPS_ARCH. MIPS ABI supplement, and binutils' include/elf/mips.h.
MIPS_ARCH = {
    0x00000000: "mips1", 0x10000000: "mips2", 0x20000000: "mips3", 0x30000000: "mips4", 0x40000000: "mips5",
    0x50000000: "mips32", 0x60000000: "mips64", 0x70000000: "mips32r2", 0x80000000: "mips64r2",
    0x90000000: "mips32r6", 0xA0000000: "mips64r6",
}  # fmt: skip
# fp_abi of .MIPS.abiflags, binutils' include/elf/mips.h (Val_GNU_MIPS_ABI_FP_*).
MIPS_FP_ABI = {1: "double", 2: "single", 3: "soft", 4: "old_64", 5: "xx", 6: "64", 7: "64a"}
# e_flags & EF_RISCV_FLOAT_ABI, RISC-V ELF psABI; letter that the ABI's name ends in.
RISCV_FLOAT = {0: "", 2: "f", 4: "d", 6: "q"}
# e_flags & 7, LoongArch ELF psABI: soft, single, double.
LOONGARCH_FLOAT = {1: "s", 2: "f", 3: "d"}
