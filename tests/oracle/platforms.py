"""The hosts and targets that random requests are drawn from, and what each target's Python calls itself."""

from oracle.draw import Draw

HOSTS = {
    "x86_64-unknown-linux-gnu": 70,
    "x86_64-unknown-linux-musl": 4,
    "aarch64-unknown-linux-gnu": 5,
    "armv7-unknown-linux-gnueabihf": 3,
    "i686-unknown-linux-gnu": 2,
    "powerpc64le-unknown-linux-gnu": 1,
    "x86_64-apple-darwin": 4,
    "aarch64-apple-darwin": 4,
    "x86_64-unknown-freebsd": 1,
    "x86_64-pc-windows-msvc": 4,
    "x86_64-pc-windows-gnu": 1,
    "i686-pc-windows-msvc": 1,
    "aarch64-pc-windows-msvc": 1,
}

# The targets that people build for, with the name that their Python has for them (MULTIARCH) and its pointer's bytes.
_USUAL = {
    "aarch64-unknown-linux-gnu": ("aarch64-linux-gnu", 8),
    "armv7-unknown-linux-gnueabihf": ("arm-linux-gnueabihf", 4),
    "arm-unknown-linux-gnueabi": ("arm-linux-gnueabi", 4),
    "arm-unknown-linux-gnueabihf": ("arm-linux-gnueabihf", 4),
    "i686-unknown-linux-gnu": ("i386-linux-gnu", 4),
    "x86_64-unknown-linux-gnu": ("x86_64-linux-gnu", 8),
    "x86_64-unknown-linux-musl": ("x86_64-linux-musl", 8),
    "aarch64-unknown-linux-musl": ("aarch64-linux-musl", 8),
    "powerpc64le-unknown-linux-gnu": ("powerpc64le-linux-gnu", 8),
    "s390x-unknown-linux-gnu": ("s390x-linux-gnu", 8),
    "riscv64gc-unknown-linux-gnu": ("riscv64-linux-gnu", 8),
    "loongarch64-unknown-linux-gnu": ("loongarch64-linux-gnu", 8),
    "mipsel-unknown-linux-gnu": ("mipsel-linux-gnu", 4),
    "mips64el-unknown-linux-gnuabi64": ("mips64el-linux-gnuabi64", 8),
    "thumbv7neon-unknown-linux-gnueabihf": ("arm-linux-gnueabihf", 4),
    "aarch64-linux-android": ("aarch64-linux-android", 8),
    "x86_64-linux-android": ("x86_64-linux-android", 8),
    "armv7-linux-androideabi": ("arm-linux-androideabi", 4),
    "aarch64-apple-darwin": ("darwin", 8),
    "x86_64-apple-darwin": ("darwin", 8),
    "aarch64-apple-ios": ("arm64-iphoneos", 8),
    "aarch64-apple-ios-sim": ("arm64-iphonesimulator", 8),
    "x86_64-unknown-freebsd": ("", 8),
    "wasm32-unknown-emscripten": ("wasm32-emscripten", 4),
    "wasm32-wasip1": ("wasm32-wasi", 4),
    "x86_64-pc-windows-msvc": ("", 8),
    "x86_64-pc-windows-gnu": ("", 8),
    "i686-pc-windows-msvc": ("", 4),
    "aarch64-pc-windows-msvc": ("", 8),
}
# Those that rustc knows and few build for.
_RARE = [
    "aarch64-apple-ios-macabi",
    "aarch64-apple-tvos",
    "aarch64-apple-tvos-sim",
    "aarch64-apple-visionos",
    "aarch64-apple-watchos",
    "x86_64-apple-ios",
    "x86_64h-apple-darwin",
    "arm64e-apple-darwin",
    "arm64_32-apple-watchos",
    "armv7k-apple-watchos",
    "i686-apple-darwin",
    "aarch64-pc-windows-gnullvm",
    "x86_64-pc-windows-gnullvm",
    "arm64ec-pc-windows-msvc",
    "x86_64-win7-windows-msvc",
    "i686-win7-windows-msvc",
    "i686-pc-windows-gnu",
    "i686-win7-windows-gnu",
    "x86_64-win7-windows-gnu",
    "x86_64-uwp-windows-msvc",
    "thumbv7a-pc-windows-msvc",
    "i586-unknown-linux-gnu",
    "i586-unknown-linux-musl",
    "i686-unknown-linux-musl",
    "i686-linux-android",
    "i686-unknown-hurd-gnu",
    "thumbv7neon-linux-androideabi",
    "armv5te-unknown-linux-gnueabi",
    "armv4t-unknown-linux-gnueabi",
    "armv7-unknown-linux-gnueabi",
    "armv7-unknown-linux-musleabihf",
    "armv7-unknown-linux-uclibceabihf",
    "armv7-unknown-linux-ohos",
    "armeb-unknown-linux-gnueabi",
    "armv6-unknown-freebsd",
    "armv7-unknown-netbsd-eabihf",
    "arm-unknown-linux-musleabihf",
    "aarch64_be-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu_ilp32",
    "aarch64-unknown-linux-ohos",
    "aarch64-unknown-freebsd",
    "aarch64-unknown-netbsd",
    "aarch64-unknown-openbsd",
    "aarch64-unknown-fuchsia",
    "aarch64-unknown-nto-qnx710",
    "aarch64-unknown-none",
    "aarch64-unknown-uefi",
    "aarch64-unknown-redox",
    "aarch64-unknown-hermit",
    "aarch64-unknown-illumos",
    "aarch64-wrs-vxworks",
    "mips-unknown-linux-gnu",
    "mips64-unknown-linux-gnuabi64",
    "mipsisa32r6-unknown-linux-gnu",
    "mips64-openwrt-linux-musl",
    "mipsel-unknown-linux-musl",
    "powerpc-unknown-linux-gnu",
    "powerpc-unknown-linux-gnuspe",
    "powerpc-unknown-linux-muslspe",
    "powerpc64-unknown-linux-gnu",
    "powerpc64-ibm-aix",
    "powerpc64le-unknown-linux-musl",
    "powerpc64-unknown-freebsd",
    "riscv32gc-unknown-linux-gnu",
    "riscv32imc-esp-espidf",
    "riscv64gc-unknown-linux-musl",
    "riscv64a23-unknown-linux-gnu",
    "riscv64-linux-android",
    "riscv64gc-unknown-none-elf",
    "loongarch64-unknown-linux-musl",
    "s390x-unknown-linux-musl",
    "sparc64-unknown-linux-gnu",
    "sparcv9-sun-solaris",
    "sparc-unknown-linux-gnu",
    "csky-unknown-linux-gnuabiv2",
    "m68k-unknown-linux-gnu",
    "hexagon-unknown-linux-musl",
    "xtensa-esp32-espidf",
    "avr-none",
    "bpfel-unknown-none",
    "msp430-none-elf",
    "nvptx64-nvidia-cuda",
    "wasm32-unknown-unknown",
    "wasm32-wasip1-threads",
    "wasm32-wasip2",
    "wasm32-wali-linux-musl",
    "wasm32v1-none",
    "wasm64-unknown-unknown",
    "x86_64-fortanix-unknown-sgx",
    "x86_64-pc-cygwin",
    "x86_64-pc-nto-qnx710",
    "x86_64-pc-solaris",
    "x86_64-unknown-dragonfly",
    "x86_64-unknown-fuchsia",
    "x86_64-unknown-haiku",
    "x86_64-unknown-hurd-gnu",
    "x86_64-unknown-illumos",
    "x86_64-unknown-l4re-uclibc",
    "x86_64-unknown-linux-gnuasan",
    "x86_64-unknown-linux-gnux32",
    "x86_64-unknown-linux-none",
    "x86_64-unknown-linux-ohos",
    "x86_64-unknown-managarm-mlibc",
    "x86_64-unknown-motor",
    "x86_64-unknown-netbsd",
    "x86_64-unknown-none",
    "x86_64-unknown-openbsd",
    "x86_64-unknown-redox",
    "x86_64-unknown-trusty",
    "x86_64-unknown-uefi",
    "thumbv6m-none-eabi",
    "thumbv7em-none-eabihf",
    "armv7a-none-eabi",
    "armv6k-nintendo-3ds",
    "armv7-sony-vita-newlibeabihf",
    "armv7-rtems-eabihf",
]
# Those of people's own (a target file, a distribution's vendor) and mistakes: with what Cargo would say of them.
_OWN = {
    "aarch64-poky-linux-gnu": ("aarch64", "poky", "linux", "unix", "64"),
    "armv7-poky-linux-gnueabihf": ("arm", "poky", "linux", "unix", "32"),
    "x86_64-oe-linux-gnu": ("x86_64", "oe", "linux", "unix", "64"),
    "x86_64-alpine-linux-musl": ("x86_64", "alpine", "linux", "unix", "64"),
    "armv7l-unknown-linux-gnueabihf": ("arm", "unknown", "linux", "unix", "32"),
    "powerpc64le-suse-linux-gnu": ("powerpc64", "suse", "linux", "unix", "64"),
    "x86_64-buildroot-linux-uclibc": ("x86_64", "buildroot", "linux", "unix", "64"),
    "aarch64-apple-darwin23.1.0": ("aarch64", "apple", "macos", "unix", "64"),
    "x86_64-apple-macosx10.15": ("x86_64", "apple", "macos", "unix", "64"),
    "x86_64-apple-macosx11.0.0": ("x86_64", "apple", "macos", "unix", "64"),
    "arm64-apple-ios17.0": ("aarch64", "apple", "ios", "unix", "64"),
    "aarch64-unknown-freebsd14": ("aarch64", "unknown", "freebsd", "unix", "64"),
    "riscv64-unknown-linux-gnu": ("riscv64", "unknown", "linux", "unix", "64"),
    "x86_64-linux-gnu": ("x86_64", "unknown", "linux", "unix", "64"),
    "arm-linux-gnueabihf": ("arm", "unknown", "linux", "unix", "32"),
    "aarch64-none-linux-gnu": ("aarch64", "none", "linux", "unix", "64"),
    "wasm32-wasi": ("wasm32", "unknown", "wasi", "wasm", "32"),
    "wasm32-wasi-preview1-threads": ("wasm32", "unknown", "wasi", "wasm", "32"),
    "aarch64-unknown-banana": ("aarch64", "unknown", "banana", "unix", "64"),
    "avr-atmega328p": ("avr", "unknown", "none", "", "16"),
    "banana": ("banana", "unknown", "none", "", "32"),
    "x86_64-unknown-linux-gnu-extra": ("x86_64", "unknown", "linux", "unix", "64"),
    "x86_64--linux-gnu": ("x86_64", "unknown", "linux", "unix", "64"),
    "X86_64-unknown-linux-gnu": ("x86_64", "unknown", "linux", "unix", "64"),
    " aarch64-unknown-linux-gnu": ("aarch64", "unknown", "linux", "unix", "64"),
    "i786-unknown-linux-gnu": ("x86", "unknown", "linux", "unix", "32"),
    "": ("x86_64", "unknown", "linux", "unix", "64"),
}


def draw_target(draw: Draw, host: str, native: bool) -> tuple[str, dict[str, str]]:
    """A target, nearly always the host where `native`, and the `CARGO_CFG_…` variables that go with one that rustc does not have."""
    if draw.chance(0.85 if native else 0.04):
        return host, {}
    if is_windows(host) and draw.chance(0.5):
        return draw.one([name for name in (*_USUAL, *_RARE) if is_windows(name)]), {}
    if draw.wrongly(0.15) or draw.chance(0.03):
        target = draw.one(tuple(_OWN))
        arch, vendor, system, family, width = _OWN[target]
        own = {"ARCH": arch, "VENDOR": vendor, "OS": system, "POINTER_WIDTH": width} | (
            {"FAMILY": family} if family else {}
        )
        return target, {f"CARGO_CFG_TARGET_{name}": value for name, value in own.items()}
    return draw.one(_RARE if draw.chance(0.2) else tuple(_USUAL)), {}


def python_of(draw: Draw, target: str) -> tuple[str, int]:
    """The multiarch name and the pointer's bytes of a Python for `target`; in a wrong request perhaps of another one."""
    if draw.wrongly(0.2):
        return draw.one([found for found in _USUAL.values() if found[0]])
    return (
        _USUAL[target]
        if target in _USUAL
        else (draw.one(("x86_64-linux-gnu", "aarch64-linux-gnu", "")), pointer_of(target))
    )


def pointer_of(target: str) -> int:
    """The pointer's bytes that the triple suggests."""
    return 8 if "64" in target.split("-")[0] or target.startswith(("s390x", "sparcv9")) else 4


def is_windows(triple: str) -> bool:
    """Whether a triple is for Windows."""
    return "windows" in triple
