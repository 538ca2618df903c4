"""Targets and the names that others have for them; the table held against rustc's cfgs and CPython's grammar."""

from __future__ import annotations

import re

import pytest

from crossplan.data import load
from crossplan.triple import UnknownTarget, builtin, find_target, known_triples, multiarch_facts, targets_served

ROWS = load("targets")["targets"]
NAMED = [row["triple"] for row in ROWS if "multiarch" in row and row["multiarch"] != "darwin"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["triple"])
def test_every_row_is_a_target_that_rustc_has(row: dict[str, str]) -> None:
    assert row["triple"] in known_triples()


def test_every_system_is_one_of_rustc_s_and_speaks_of_what_a_target_has() -> None:
    rows = load("targets")["systems"]
    assert len({row["os"] for row in rows}) == len(rows)
    assert {row["os"] for row in rows} <= {find_target(triple).os for triple in known_triples()}
    for row in rows:
        texts = (row.get("library", ""), row.get("program", ""), row.get("suffix", ""))
        assert set(re.findall(r"{(\w*)}", " ".join(texts))) <= {"name", "digits", "multiarch", "wheel_tag", "sdk"}


@pytest.mark.parametrize("triple", NAMED)
def test_multiarch_name_says_what_rustc_says(triple: str) -> None:
    target = find_target(triple)
    facts = multiarch_facts(target.multiarch or "")
    assert facts is not None
    assert (facts.machine, facts.bits, facts.endian) == (target.machine, target.pointer_width, target.endian)
    assert facts.os == target.os
    assert facts.libc in (None, target.libc)
    assert facts.float_abi == (target.float_abi if target.arch == "arm" else None)  # MIPS' names do not say it
    assert facts.simulator is target.simulator


@pytest.mark.parametrize("triple", NAMED)
def test_python_named_so_serves_the_target_and_none_of_another_abi(triple: str) -> None:
    target = find_target(triple)
    served = targets_served(os=None, machine=None, multiarch=target.multiarch, cpu_arch=target.cpu_arch)
    assert triple in served
    for other in map(find_target, served):
        assert (other.os, other.machine, other.endian) == (target.os, target.machine, target.endian)
        assert (other.float_abi, other.pointer_width) == (target.float_abi, target.pointer_width)


@pytest.mark.parametrize(
    ("cpu_arch", "first"),
    [
        ("v7", "armv7-unknown-linux-gnueabihf"),
        ("v6", "arm-unknown-linux-gnueabihf"),
        ("v6KZ", "arm-unknown-linux-gnueabihf"),
        ("v8-A", "armv7-unknown-linux-gnueabihf"),
        (None, "armv7-unknown-linux-gnueabihf"),
    ],
)
def test_the_target_whose_baseline_equals_the_root_comes_first(cpu_arch: str | None, first: str) -> None:
    assert targets_served(os=None, machine=None, multiarch="arm-linux-gnueabihf", cpu_arch=cpu_arch)[0] == first


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("x86_64-linux-gnux32", ("x86_64", 32, "linux", "x32")),
        ("aarch64-linux-gnu_ilp32", ("aarch64", 32, "linux", "ilp32")),
        ("mips64el-linux-gnuabin32", ("mips64el", 32, "linux", "n32")),
        ("mips64el-linux-gnuabi64", ("mips64el", 64, "linux", "n64")),
        ("arm-linux-musleabihf", ("arm", 32, "linux", None)),
        ("loongarch64-linux-gnuf32", ("loongarch64", 64, "linux", "lp64f")),
        ("arm64-iphonesimulator", ("aarch64", 64, "ios", None)),
        ("wasm32-wasi-threads", ("wasm32", 32, "wasi", None)),
        ("darwin", (None, None, "macos", None)),
    ],
)
def test_multiarch_names_are_decoded(name: str, facts: tuple[object, ...]) -> None:
    found = multiarch_facts(name)
    assert found is not None
    assert (found.machine, found.bits, found.os, found.abi) == facts


def test_uclibc_is_a_c_library_of_its_own() -> None:
    found = multiarch_facts("aarch64-linux-uclibc")
    assert found is not None and found.libc == "uclibc"
    assert find_target("mipsel-unknown-linux-uclibc").libc == "uclibc"


@pytest.mark.parametrize(
    "text", ["", "linux", "arm", "armhf-linux-gnu", "x86_64-linux-", "x86_64-linux-gnux32x", "darwin-x"]
)
def test_what_is_no_multiarch_name_says_nothing(text: str) -> None:
    assert multiarch_facts(text) is None


def test_vendors_of_others_are_accepted_and_misspellings_answered() -> None:
    assert find_target("aarch64-poky-linux-gnu").machine == "aarch64"
    assert find_target("aarch64-poky-linux-gnu").triple == "aarch64-poky-linux-gnu"
    with pytest.raises(UnknownTarget) as unknown:
        find_target("armv7-unknown-linux-gnueabihff")
    assert unknown.value.nearest[0] == "armv7-unknown-linux-gnueabihf"
    with pytest.raises(UnknownTarget) as unknown:
        find_target("aarch64-unknwon-linux-gnu")  # no vendor of somebody's own, but a slip
    assert unknown.value.nearest[0] == "aarch64-unknown-linux-gnu"
    with pytest.raises(UnknownTarget) as unknown:
        find_target("arm-linux-gnueabihf")
    assert "armv7-unknown-linux-gnueabihf" in unknown.value.nearest
    with pytest.raises(UnknownTarget) as unknown:
        find_target("universal2-apple-darwin")  # which a plan may be for, and a host may not
    assert unknown.value.nearest == ("x86_64-apple-darwin", "aarch64-apple-darwin")


def test_builtin_targets_carry_rustc_cfgs() -> None:
    target = builtin("powerpc64le-unknown-linux-gnu")
    assert target is not None
    assert (target.machine, target.endian, target.pointer_width) == ("powerpc64le", "little", 64)
    assert builtin("nothing-like-this") is None
