"""`Image`: what the headers of one ELF, PE, Mach-O, archive, import library or wasm file say.

One record for all formats, so that checks compare like with like; a field that a format does not
have is None. Field values use Rust's words where Rust has them (`machine` is Rust's `target_arch`,
with the byte order in the word for PowerPC and MIPS).
"""

from __future__ import annotations

from typing import Literal

from crossplan.record import record

ImageFormat = Literal["elf", "pe", "mach-o", "ar", "import-library", "wasm"]
ImageKind = Literal["shared", "executable", "relocatable", "archive", "core", "debug"]
Endian = Literal["little", "big"]
FloatAbi = Literal["hard", "soft"]
Libc = Literal["glibc", "musl", "bionic"]


@record
class Image:
    """One file for one architecture, or (fat Mach-O) the `slices` for several and what they have in common.

    `abi` holds what tells two ABIs of one machine apart: `elfv1` `elfv2` (PPC64), `o32` `n32` `n64` (MIPS),
    `x32`, `ilp32`, `eabi5` (ARM), `lp64d` `lp64f` `lp64` `ilp32d` … (RISC-V, LoongArch).
    `float_abi` is ARM's calling convention (softfp is `soft`); other architectures carry theirs in `abi` or `fp_abi`.
    `soname` is the ELF soname, the Mach-O install name, the DLL's own name, the DLL that an import library names.
    """

    format: ImageFormat
    kind: ImageKind
    machine: str | None
    bits: int | None
    endian: Endian | None
    float_abi: FloatAbi | None = None
    abi: str | None = None
    fp_abi: str | None = None  # MIPS: fp_abi of .MIPS.abiflags, `soft` `double` `single` `xx` `64` `64a`; None: any
    cpu_arch: str | None = None  # ARM Tag_CPU_arch in readelf's words: `v7`, `v5TE`; MIPS level: `mips32r2`
    nan2008: bool | None = None  # MIPS only
    os: str | None = None  # Rust's target_os where the image names one: linux, android, macos, ios, windows, freebsd …
    simulator: bool = False  # Mach-O for an Apple simulator
    soname: str | None = None
    needed: tuple[str, ...] = ()
    interpreter: str | None = None  # PT_INTERP: the loader
    rpaths: tuple[str, ...] = ()
    libc: Libc | None = None
    libc_floor: str | None = None  # highest symbol version needed: `2.34`
    libc_offers: str | None = None  # of a C library itself: the highest version that it defines
    minimum_os: str | None = None  # Mach-O minos, PE subsystem version; None if not named
    android_api: int | None = None
    python_version: str | None = None  # from the binary itself
    # `Py_Version`, `version resource`, `version string`, `soname`, `current version`
    python_version_from: str | None = None
    free_threaded: bool | None = None  # None: the image does not tell
    debug: bool | None = None
    exports: tuple[str, ...] = ()  # only those that were looked up (see each reader)
    flags: int | None = None  # e_flags, or the format's own word of the kind
    members: tuple[str, ...] = ()  # of a thin archive: the files that it names, as paths from it
    slices: tuple[Image, ...] = ()

    @property
    def float_calls(self) -> FloatAbi | None:
        """How it passes floating-point numbers on ARM and MIPS: `float_abi`, or what `fp_abi` comes to."""
        if self.fp_abi is None:
            return self.float_abi
        return "soft" if self.fp_abi == "soft" else "hard"
