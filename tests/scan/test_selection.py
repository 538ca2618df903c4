"""Which Python of a root is meant: by facts, never by parts of names; exact versions; and why each other is passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossplan.evidence import Evidence
from crossplan.origin import Fact, Origin
from crossplan.python import PythonChoice
from crossplan.scan import scan
from crossplan.selection import Wish, meets, select
from crossplan.sysroot import open_sysroot
from crossplan.triple import find_target
from tests.readers.builders import elf
from tests.readers.builders_pe import pe
from tests.scan import making
from tests.scan.making import libpython, make, sysconfigdata

ARMV7, ARMV5, ARM64 = "armv7-unknown-linux-gnueabihf", "armv5te-unknown-linux-gnueabi", "aarch64-unknown-linux-gnu"


def evidence(root: Path) -> Evidence:
    with open_sysroot(root) as opened:
        return scan(opened)


def wish(text: str) -> Wish:
    return Wish(python=Fact(PythonChoice.parse(text), Origin("option", key="--python")))


@pytest.fixture
def merged(tmp_path: Path) -> Evidence:
    tree: dict[str, str | bytes] = {}
    for multiarch in ("arm-linux-gnueabihf", "arm-linux-gnueabi", "aarch64-linux-gnu", "x86_64-linux-gnu"):
        tree[f"usr/lib/python3.11/_sysconfigdata__{multiarch}.py"] = sysconfigdata(multiarch)
        tree[f"usr/lib/{multiarch}/libpython3.11.so.1.0"] = libpython(multiarch)
    return evidence(make(tmp_path, tree))


@pytest.mark.parametrize(
    ("triple", "multiarch"),
    [
        (ARMV7, "arm-linux-gnueabihf"),
        ("thumbv7neon-unknown-linux-gnueabihf", "arm-linux-gnueabihf"),
        (ARMV5, "arm-linux-gnueabi"),  # a part of the other's name
        (ARM64, "aarch64-linux-gnu"),
        ("x86_64-unknown-linux-gnu", "x86_64-linux-gnu"),
    ],
)
def test_the_python_of_the_target_is_selected(triple: str, multiarch: str, merged: Evidence) -> None:
    selection = select(merged.pythons, find_target(triple), Wish())
    assert selection.python is not None
    assert selection.python.value("multiarch") == multiarch
    assert len(selection.rejected) == 3
    assert all(item.mismatches for item in selection.rejected)


@pytest.mark.parametrize(
    ("triple", "fields"),
    [
        ("x86_64-unknown-linux-musl", {"libc"}),
        ("x86_64-unknown-freebsd", {"os"}),
        ("riscv64gc-unknown-linux-gnu", {"machine"}),
        ("x86_64-unknown-linux-gnux32", {"pointer_width"}),
    ],
)
def test_no_python_of_another_abi_is_selected(triple: str, fields: set[str], merged: Evidence) -> None:
    selection = select(merged.pythons, find_target(triple), Wish())
    assert selection.python is None
    assert selection.candidates == ()
    assert fields in [{mismatch.field for mismatch in item.mismatches} for item in selection.rejected]


@pytest.mark.parametrize(
    ("multiarch", "flags", "triple"),
    [
        ("riscv64-linux-gnu", 1, "riscv64gc-unknown-linux-gnu"),  # lp64: floats in integer registers
        ("loongarch64-linux-gnusf", 0x41, "loongarch64-unknown-linux-gnu"),
        ("loongarch64-linux-gnusf", None, "loongarch64-unknown-linux-gnu"),
        ("mipsisa32r6el-linux-gnu", 0x90001407, "mipsel-unknown-linux-gnu"),
        ("mipsisa32r6el-linux-gnu", None, "mipsel-unknown-linux-gnu"),
    ],
)
def test_calls_and_instructions_of_another_kind_are_another_abi(
    multiarch: str, flags: int | None, triple: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said by the header of a libpython (`flags`), or where there is none by the multiarch name alone."""
    make(tmp_path, {f"usr/lib/python3.11/_sysconfigdata__linux_{multiarch}.py": sysconfigdata(multiarch)})
    if flags is not None:
        monkeypatch.setitem(making.MACHINES, multiarch, (*making.MACHINES[multiarch][:3], flags))
        make(tmp_path, {"usr/lib/libpython3.11.so.1.0": libpython(multiarch)})
    (rejected,) = select(evidence(tmp_path).pythons, find_target(triple), Wish()).rejected
    assert {mismatch.field for mismatch in rejected.mismatches} == {"abi"}


def mips(fp_abi: int, nan2008: bool = False, musl: bool = True) -> bytes:
    """A libpython of 32-bit big-endian MIPS, with the float ABI in .MIPS.abiflags."""
    flags, libc = 0x70001007 | nan2008 * 0x400, "libc.so" if musl else "libc.so.6"
    segments = [(0x70000003, bytes([0] * 7 + [fp_abi]) + bytes(16))]
    return elf(
        machine=8, bits=32, endian="big", flags=flags, soname="libpython3.11.so.1.0", needed=[libc], segments=segments
    )


@pytest.mark.parametrize(
    ("library", "multiarch", "serves", "refused", "field"),
    [
        (mips(3), "mips-linux-musl", "mips-unknown-linux-musl", None, None),  # soft, as rustc's own code there
        (mips(1), "mips-linux-musl", None, "mips-unknown-linux-musl", "float_abi"),
        (mips(5, musl=False), "mips-linux-gnu", "mips-unknown-linux-gnu", None, None),
        (mips(3, musl=False), "mips-linux-gnu", None, "mips-unknown-linux-gnu", "float_abi"),
        (mips(1, nan2008=True, musl=False), "mips-linux-gnu", None, "mips-unknown-linux-gnu", "nan_encoding"),
    ],
)
def test_mips_has_two_ways_to_pass_floats_and_two_not_to_be_a_number(
    library: bytes, multiarch: str, serves: str | None, refused: str | None, field: str | None, tmp_path: Path
) -> None:
    description = sysconfigdata(multiarch, SIZEOF_VOID_P=4)
    make(tmp_path, {f"usr/lib/python3.11/_sysconfigdata__linux_{multiarch}.py": description})
    make(tmp_path, {"usr/lib/libpython3.11.so.1.0": library})
    found = evidence(tmp_path)
    assert serves is None or (
        serves in found.pythons[0].targets and select(found.pythons, find_target(serves), Wish()).python
    )
    if refused is not None:
        (rejected,) = select(found.pythons, find_target(refused), Wish()).rejected
        assert {mismatch.field for mismatch in rejected.mismatches} == {field}


def test_cygwin_has_the_format_of_windows(tmp_path: Path) -> None:
    cygwin = sysconfigdata("x86_64-cygwin", MACHDEP="cygwin")
    make(tmp_path, {"usr/lib/python3.11/_sysconfigdata__cygwin_x86_64-cygwin.py": cygwin})
    make(tmp_path, {"usr/bin/libpython3.11.dll": pe(name="libpython3.11.dll")})
    found = evidence(tmp_path)
    assert select(found.pythons, find_target("x86_64-pc-cygwin"), Wish()).python is not None
    (rejected,) = select(found.pythons, find_target("x86_64-pc-windows-gnu"), Wish()).rejected
    assert [(m.field, m.found.value) for m in rejected.mismatches] == [("os", "cygwin")]


def test_a_library_that_does_not_fit_is_named_with_its_header(tmp_path: Path) -> None:
    make(tmp_path, {"usr/lib/python3.11/_sysconfigdata__linux_aarch64-linux-gnu.py": sysconfigdata()})
    make(tmp_path, {"usr/lib/libpython3.11.so.1.0": libpython("x86_64-linux-gnu")})
    (rejected,) = select(evidence(tmp_path).pythons, find_target(ARM64), Wish()).rejected
    assert [(m.field, m.wanted, m.found.value, m.found.origin.place) for m in rejected.mismatches] == [
        ("machine", "aarch64", "x86_64", "usr/lib/libpython3.11.so.1.0")
    ]


@pytest.fixture
def versions(tmp_path: Path) -> Evidence:
    tree: dict[str, str | bytes] = {}
    for version, flags in (("3.1", ""), ("3.11", ""), ("3.11", "d"), ("3.14", "t")):
        folder = f"usr/lib/python{version}{'t' if flags == 't' else ''}"
        tree[f"{folder}/_sysconfigdata_{flags}_linux_aarch64-linux-gnu.py"] = sysconfigdata(
            version=version, flags=flags
        )
        tree[f"usr/lib/libpython{version}{flags}.so.1.0"] = libpython(version=(3, int(version[2:]), 4), flags=flags)
    return evidence(make(tmp_path, tree))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("3.1", ("3.1.4", "")),
        ("3.11", ("3.11.4", "")),
        ("3.11.4", ("3.11.4", "")),
        ("3.11d", ("3.11.4", "d")),
        ("3.14t", ("3.14.4", "t")),
        ("3.14", None),
        ("3.11t", None),
        ("3.11.5", None),
        ("3.12", None),
    ],
)
def test_versions_asked_for_are_exact(asked: str, found: tuple[str, str] | None, versions: Evidence) -> None:
    python = select(versions.pythons, find_target(ARM64), wish(asked)).python
    assert (python and (python.value("version"), python.value("abi_flags"))) == found


def test_several_are_left_undecided(versions: Evidence) -> None:
    selection = select(versions.pythons, find_target(ARM64), Wish())
    assert selection.python is None
    assert len(selection.candidates) == 4


def test_a_pre_release_is_not_the_release() -> None:
    from crossplan.evidence import TargetPython

    python = TargetPython({"version": Fact("3.15.0rc1", Origin("default"))}, (), ())
    assert meets(python, PythonChoice.parse("3.15"))
    assert not meets(python, PythonChoice.parse("3.15.0"))


def test_wishes_by_folder_and_by_module_name(versions: Evidence) -> None:
    origin = Origin("variable", key="_PYTHON_SYSCONFIGDATA_NAME")
    named = Wish(sysconfigdata=Fact("_sysconfigdata_t_linux_aarch64-linux-gnu", origin))
    python = select(versions.pythons, find_target(ARM64), named).python
    assert python is not None
    assert python.value("abi_flags") == "t"
    below = Wish(under=Fact("usr/lib/python3.1", Origin("variable", key="PYO3_CROSS_LIB_DIR")))
    python = select(versions.pythons, find_target(ARM64), below).python
    assert python is not None
    assert python.value("version") == "3.1.4"
