"""Rust target triples, and the names that others have for the same ABI.

The cfgs of a target are rustc's own (data/rustc-targets.tsv), what the world around it calls it and needs for it
stands in data/targets.toml.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from crossplan.data import load, rows
from crossplan.record import record, replace

# Rust's target_env, to the C library that it stands for.
_LIBCS = {"gnu": "glibc", "musl": "musl", "uclibc": "uclibc"}
_LITTLE = {"powerpc64": "powerpc64le", "mips": "mipsel", "mips64": "mips64el"}
_LP64 = {"riscv32": "ilp32", "riscv64": "lp64", "loongarch32": "ilp32", "loongarch64": "lp64"}
_RELEASE_6 = {"mips32r6": "mips", "mips64r6": "mips64", "arm64ec": "aarch64"}


UNIVERSAL2 = "universal2-apple-darwin"
"""The word of maturin and cargo-zigbuild for one file that holds two builds; rustc has no such target."""
SLICES = ("x86_64-apple-darwin", "aarch64-apple-darwin")
ARCHFLAGS = "-arch x86_64 -arch arm64"
"""How Apple's tools, and after them the build backends, are told both (the variable of that name)."""


class UnknownTarget(ValueError):
    """A text that is no target triple; `nearest` holds the known ones that resemble it, best first."""

    def __init__(self, text: str, nearest: tuple[str, ...]) -> None:
        hint = f"; did you mean {' or '.join(nearest)}?" if nearest else ""
        super().__init__(f"{text!r} is no target triple that rustc knows{hint}")
        self.text = text
        self.nearest = nearest


DATA_MODELS = frozenset(
    {"elfv1", "elfv2", "x32", "ilp32", "o32", "n32", "n64"}
    | {f"{base}{floats}" for base in _LP64.values() for floats in ("", "s", "f", "d", "q")}
)
"""The words of `Image.abi` that tell two ABIs of one machine apart; others (`eabi5`) say less."""


@record
class Target:
    """One Rust target: rustc's cfgs, then the columns of data/targets.toml (None where it has none)."""

    triple: str
    arch: str
    vendor: str
    os: str
    env: str
    abi: str
    endian: str
    pointer_width: int
    family: tuple[str, ...] = ()
    crt_static: bool = False
    multiarch: str | None = None
    debian_arch: str | None = None
    gcc_prefix: str | None = None
    linker_package: str | None = None
    wheel_arch: str | None = None
    linux_arch: str | None = None
    libc_floor: str | None = None
    cpu_arch: str | None = None
    qemu: str | None = None
    clang_prefix: str | None = None
    wheel_tag: str | None = None
    minimum_os: str | None = None
    soft_float: bool = False

    @property
    def machine(self) -> str:
        """Rust's `target_arch` with the byte order in the word for PowerPC and MIPS, as `Image.machine`."""
        arch = _RELEASE_6.get(self.arch, self.arch)
        return _LITTLE.get(arch, arch) if self.endian == "little" else arch

    @property
    def libc(self) -> str | None:
        """`glibc`, `musl`, `uclibc`, `bionic`, or None where the target's libc is none of them."""
        if self.os == "android":
            return "bionic"
        return _LIBCS.get(self.env) if self.os == "linux" else None

    @property
    def float_abi(self) -> str | None:
        """How ARM and MIPS pass floating-point numbers, `hard` or `soft`; None for other architectures."""
        if self.machine.startswith("mips"):
            return "soft" if self.soft_float else "hard"
        if self.arch != "arm":
            return None
        return "hard" if self.abi.endswith("hf") or self.env.endswith("hf") else "soft"

    @property
    def data_model(self) -> str | None:
        """What tells two ABIs of this machine apart, in the words of `Image.abi`: `elfv1`, `elfv2`, `x32`, `n64`, `lp64d`.

        On RISC-V and LoongArch that is where floating point numbers are passed: rustc's targets with a system of their own
        (`os` is not `none`) have the D extension and double-float calls.
        """
        if self.abi in ("elfv1", "elfv2", "x32", "ilp32"):
            return self.abi
        if self.arch in _LP64 and self.os not in ("none", "espidf", "nuttx", "xous", "zkvm"):
            return f"{_LP64[self.arch]}d"
        if self.machine.startswith("mips"):
            return "n64" if self.pointer_width == 64 else "o32"
        return None

    @property
    def release_6(self) -> bool:
        """Whether it is MIPS release 6, which re-encoded the instruction set: neither side runs the other's code."""
        return self.arch in ("mips32r6", "mips64r6")

    @property
    def simulator(self) -> bool:
        """Whether it is one of Apple's simulators."""
        return self.abi == "sim" or self.env == "sim" or self.triple == "x86_64-apple-ios"

    @property
    def variable(self) -> str:
        """The triple as Cargo spells it in `CARGO_TARGET_<T>_LINKER`."""
        return self.underscored.upper()

    @property
    def underscored(self) -> str:
        """The triple as crate `cc` spells it in `CC_<t>`."""
        return self.triple.replace("-", "_").replace(".", "_")


@record
class MultiarchFacts:
    """What a multiarch name (`arm-linux-gnueabihf`) says. Its CPU level it does not say."""

    machine: str | None
    bits: int | None
    endian: str | None
    os: str | None
    float_abi: str | None = None
    libc: str | None = None
    abi: str | None = None
    simulator: bool = False


@cache
def known_triples() -> tuple[str, ...]:
    """The triples that rustc has built in, sorted."""
    return tuple(sorted(rows("rustc-targets")))


def system(os: str) -> Mapping[str, str]:
    """What data/targets.toml says of an operating system (rustc's target_os); empty where it has no row."""
    found: Mapping[str, str] = next((row for row in load("targets")["systems"] if row["os"] == os), {})
    return found


def described_triples() -> tuple[str, ...]:
    """The triples of data/targets.toml, in its order of preference."""
    return tuple(_columns())


@cache
def _columns() -> dict[str, dict[str, Any]]:
    return {row["triple"]: row for row in load("targets")["targets"]}


@cache
def builtin(triple: str) -> Target | None:
    """The target that rustc has built in under that name, or None."""
    row = rows("rustc-targets").get(triple)
    if row is None:
        return None
    cfgs = json.loads(row)
    columns = {key: value for key, value in _columns().get(triple, {}).items() if key != "triple"}
    return Target(**{**cfgs, "triple": triple, "family": tuple(cfgs["family"]), **columns})


def find_target(text: str) -> Target:
    """The target `text` names: a built-in one, or the usual shape with a vendor of its own (`aarch64-poky-linux-gnu`).

    Raises `UnknownTarget` with the nearest known ones otherwise.
    """
    if target := builtin(text) or of_own_vendor(text):
        return target
    raise UnknownTarget(text, nearest_triples(text))


def of_own_vendor(text: str) -> Target | None:
    """The target of the usual shape with a vendor that rustc does not know, as a target specification of one's own has it."""
    arch, _, rest = text.partition("-")
    vendor, _, system = rest.partition("-")
    if not (arch and system and re.fullmatch(r"[a-z0-9_]+", vendor)) or _is_slip(vendor):
        return None
    twins = (builtin(f"{arch}-{known}-{system}") for known in ("unknown", "pc", "apple"))
    return next((replace(twin, triple=text, vendor=vendor) for twin in twins if twin), None)


def _is_slip(vendor: str) -> bool:
    """Whether it is rustc's own word for a vendor, mistyped: `unknwon`, `appel`."""
    from difflib import get_close_matches

    return bool(get_close_matches(vendor, ("unknown", "apple"), n=1, cutoff=0.75))


def nearest_triples(text: str) -> tuple[str, ...]:
    """At most three known triples that resemble `text`, best first; a multiarch name or a Debian one finds its targets."""
    if text == UNIVERSAL2:
        return SLICES  # where a word that stands for two targets is none
    by_name = [row["triple"] for row in _columns().values() if text in (row.get("multiarch"), row.get("debian_arch"))]
    if by_name:
        return tuple(by_name[:3])
    from difflib import get_close_matches

    return tuple(get_close_matches(text, (*known_triples(), UNIVERSAL2), n=3, cutoff=0.7))


def multiarch_facts(multiarch: str) -> MultiarchFacts | None:
    """Decode a multiarch name by CPython's grammar; None for one that is not of it."""
    if multiarch == "darwin":
        return MultiarchFacts(None, None, None, "macos")
    word, _, system = multiarch.partition("-")
    row = next((row for row in load("targets")["multiarch_words"] if row["word"] == word), None)
    if row is None:
        return None
    facts = MultiarchFacts(row["machine"], row["bits"], row["endian"], None)
    if system in ("iphoneos", "iphonesimulator"):
        return replace(facts, os="ios", simulator=system == "iphonesimulator")
    if system in ("emscripten", "wasi", "wasi-threads"):
        return replace(facts, os=system.partition("-")[0])
    if system == "cygwin":
        return replace(facts, os="cygwin")
    libc = next((libc for libc in (*_LIBCS, "android") if system.startswith(f"linux-{libc}")), None)
    return _linux_facts(facts, libc, system.removeprefix(f"linux-{libc}")) if libc else None


# What may follow `linux-gnu` and `linux-musl` (CPython Misc/platform_triplet.c).
_ENDINGS = {
    "arm": r"eabi(?:hf)?",
    **dict.fromkeys(("mips", "mipsel"), r"(?:sf)?"),
    **dict.fromkeys(("mips64", "mips64el"), r"(?:abi64|abin32|n32)?(?:sf)?"),
}


_LOONGARCH_FLOATS = {"sf": "s", "f32": "f"}


def _linux_facts(facts: MultiarchFacts, libc: str, rest: str) -> MultiarchFacts | None:
    """The facts with what follows `linux-gnu` and the like: `eabihf`, `abi64`, `x32`, `_ilp32`, `f32`, `sf`."""
    if libc == "android":
        return replace(facts, os="android", libc="bionic", float_abi="soft" if facts.machine == "arm" else None)
    if not re.fullmatch(_ENDINGS.get(facts.machine or "", r"|x32|_ilp32|spe|f32|sf"), rest):
        return None
    facts = replace(facts, os="linux", libc=_LIBCS[libc])
    if facts.machine == "arm":
        return replace(facts, float_abi="hard" if rest == "eabihf" else "soft")
    if rest == "x32" or rest == "_ilp32":
        return replace(facts, bits=32, abi=rest.strip("_"))
    if facts.machine in ("mips64", "mips64el"):
        narrow = rest.startswith(("abin32", "n32"))
        return replace(facts, bits=32 if narrow else 64, abi="n32" if narrow else "n64")
    if facts.machine in ("mips", "mipsel"):
        return replace(facts, abi="o32")
    if facts.machine == "loongarch64":
        return replace(facts, abi=f"lp64{_LOONGARCH_FLOATS.get(rest, 'd')}")
    return facts


def _arm_level(cpu_arch: str | None) -> int | None:
    """The number in `v5TE`, `v6KZ`, `v7`, `v8-A`."""
    match = re.match(r"v(\d+)", cpu_arch or "")
    return int(match[1]) if match else None


def _distance(target: Target, cpu_arch: str | None) -> int:
    """How far a target's baseline is from a CPU level: equal first, then lower ones, then those that need a newer CPU."""
    wanted, level = _arm_level(target.cpu_arch), _arm_level(cpu_arch)
    if wanted is None or level is None or wanted == level:
        return 0
    return level - wanted if wanted < level else 100 + wanted - level


def targets_served(
    *,
    os: str | None,
    machine: str | None,
    bits: int | None = None,
    endian: str | None = None,
    float_abi: str | None = None,
    libc: str | None = None,
    abi: str | None = None,
    cpu_arch: str | None = None,
    multiarch: str | None = None,
    simulator: bool = False,
    format: str | None = None,
) -> tuple[str, ...]:
    """Rust triples whose code a Python of these facts can load, best first; None of a fact means that nothing told it.

    Empty where the operating system or the machine is not known.
    """
    named = multiarch_facts(multiarch) if multiarch else None
    if named is not None:
        os, machine, bits = os or named.os, machine or named.machine, bits or named.bits
        endian, float_abi, libc = endian or named.endian, float_abi or named.float_abi, libc or named.libc
        abi, simulator = abi or named.abi, simulator or named.simulator
    os = os or ("windows" if format == "pe" else None)
    if os is None or machine is None:
        return ()
    served = []
    for triple in _columns():
        target = builtin(triple)
        if target is None or target.os != os or target.machine != machine or target.simulator != simulator:
            continue
        if any(
            given is not None and own is not None and given != own
            for given, own in (
                (bits, target.pointer_width),
                (endian, target.endian),
                (float_abi, target.float_abi),
                (libc, target.libc),
            )
        ):
            continue
        if abi in DATA_MODELS and target.data_model not in (abi, None):
            continue
        if target.release_6 != ("r6" in (cpu_arch or multiarch or "")) and target.machine.startswith("mips"):
            continue
        served.append(target)
    served.sort(key=lambda target: _distance(target, cpu_arch))  # stable: else the order of the table
    return tuple(target.triple for target in served)
