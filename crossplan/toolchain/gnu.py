"""GNU triplets (config.guess): what the prefix of a compiler or its `-dumpmachine` says of the machine it compiles for."""

from __future__ import annotations

import re

from crossplan.data import load
from crossplan.triple import MultiarchFacts, Target

# Spellings of config.sub and of distributions that CPython's multiarch names do not have.
_WORDS = (
    (r"i[3-6]86", "i386"),
    (r"amd64", "x86_64"),
    (r"arm64|armv8a?|arm64e", "arm64"),
    (r"armeb|armv\w+b", "armeb"),
    (r"arm|armv[4-7]\w*|thumbv7\w*", "arm"),
    (r"ppc(64(?:le)?)?", r"powerpc\1"),
    (r"riscv(32|64)\w*", r"riscv\1"),
)
_SYSTEMS = (
    ("mingw", "windows"),
    ("windows", "windows"),
    ("android", "android"),
    ("linux", "linux"),
    ("ios", "ios"),
    ("darwin", "macos"),
    ("cygwin", "cygwin"),
    ("emscripten", "emscripten"),
    ("freebsd", "freebsd"),
)
# Vendors that name themselves in the triplet and leave `hf` out of it whatever the float ABI is (Yocto, OpenWrt, Buildroot).
_PLAIN_VENDORS = ("", "unknown", "none", "pc", "linux")


def gnu_facts(triplet: str) -> MultiarchFacts | None:
    """Decode a triplet such as `arm-buildroot-linux-gnueabihf`; None if its first word is no machine or it has no system."""
    word, _, rest = triplet.lower().partition("-")
    for pattern, plain in _WORDS:
        if match := re.fullmatch(pattern, word):
            word = match.expand(plain) if match.lastindex else plain.replace(r"\1", "")
            break
    row = next((row for row in load("targets")["multiarch_words"] if row["word"] == word), None)
    os = next((name for mark, name in _SYSTEMS if mark in rest), None)
    if row is None or os is None:
        return None
    last = rest.rsplit("-", 1)[-1]
    return MultiarchFacts(
        machine=row["machine"],
        bits=32 if last.endswith(("x32", "_ilp32", "abin32")) else row["bits"],
        endian=row["endian"],
        os=os,
        float_abi=_float_abi(row["machine"], rest, last),
        libc=_libc(os, last),
    )


def _libc(os: str, last: str) -> str | None:
    if os == "android":
        return "bionic"
    if os != "linux":
        return None
    return "musl" if "musl" in last else "glibc" if last.startswith("gnu") or last == "linux" else None


def _float_abi(machine: str, rest: str, last: str) -> str | None:
    if machine != "arm" or "android" in last:
        return None
    if last.endswith("hf"):
        return "hard"
    vendor = rest.rpartition("-")[0].partition("-")[0]
    return "soft" if last.endswith("eabi") and vendor in _PLAIN_VENDORS else None


def disagreements(facts: MultiarchFacts, target: Target) -> tuple[tuple[str, object, object], ...]:
    """(field, what the triplet says, what the target is) for each thing in which they differ."""
    pairs = (
        ("os", facts.os, target.os),
        ("machine", facts.machine, target.machine),
        ("bits", facts.bits, target.pointer_width),
        ("byte order", facts.endian, target.endian),
        ("float ABI", facts.float_abi, target.float_abi),
        ("libc", facts.libc, target.libc),
    )
    return tuple((name, said, own) for name, said, own in pairs if said is not None and own is not None and said != own)
