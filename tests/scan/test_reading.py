"""What a scan costs: few bytes of large files, and no file that it has no use for."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossplan.scan import scan
from crossplan.sysroot import open_sysroot
from crossplan.sysroot.directory import DirectoryFile, DirectoryRoot
from tests.scan.making import libpython, make, sysconfigdata

SYSROOTS = Path(__file__).parents[2] / "sysroots"
TREES = sorted(tree.name for tree in SYSROOTS.iterdir() if tree.is_dir())


class Counted(DirectoryRoot):
    """A root that counts the bytes read of each file."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.read_of: dict[str, int] = {}

    def open(self, path: str, allowance: int) -> DirectoryFile:
        file = super().open(path, allowance)
        node = self.resolve(path)
        assert node is not None
        self.read_of.setdefault(node.path, 0)
        real = file.read

        def read(offset: int, length: int) -> bytes:
            self.read_of[node.path] += length
            return real(offset, length)

        file.read = read  # type: ignore[method-assign]
        return file


@pytest.mark.parametrize("tree", TREES)
def test_little_is_read_of_large_files(tree: str) -> None:
    with Counted(str(SYSROOTS / tree)) as root:
        evidence = scan(root)
    for file in evidence.images:
        assert root.read_of[file.path] <= 256 << 10, file.path
    known = {file.path for file in evidence.images} | {item.path for item in evidence.descriptions}
    assert set(root.read_of) <= known | {item.path for item in evidence.unread}


def test_files_that_are_no_evidence_are_not_opened(tmp_path: Path) -> None:
    make(
        tmp_path,
        {
            "usr/lib/python3.11/_sysconfigdata__linux_aarch64-linux-gnu.py": sysconfigdata(),
            "usr/lib/python3.11/os.py": "",
            "usr/lib/python3.11/dist-packages/numpy/core.cpython-311-aarch64-linux-gnu.so": libpython(),
            "usr/lib/libpython3.11.so.1.0": libpython(),
            "usr/lib/libssl.so.3": libpython(),
            "usr/lib/libpython3.11.so.1.0-gdb.py": "",
            "usr/bin/python3.11-config": "#!/bin/sh",
            "usr/share/python3/debian_defaults": "",
            "etc/passwd": "",
        },
    )
    with Counted(str(tmp_path)) as root:
        scan(root)
    assert set(root.read_of) == {
        "usr/lib/python3.11/_sysconfigdata__linux_aarch64-linux-gnu.py",
        "usr/lib/libpython3.11.so.1.0",
    }


def test_a_lean_scan_leaves_out_what_only_confirms(tmp_path: Path) -> None:
    folder = "usr/lib/python3.11/lib-dynload"
    modules = {f"{folder}/_{i}.cpython-311-aarch64-linux-gnu.so": libpython() for i in range(4)}
    sysconfig = "usr/lib/python3.11/_sysconfigdata__linux_aarch64-linux-gnu.py"
    make(
        tmp_path,
        {sysconfig: sysconfigdata(), "usr/include/python3.11/patchlevel.h": '#define PY_VERSION "3.11.2"\n', **modules},
    )
    with open_sysroot(tmp_path) as root:
        assert [len(scan(root, lean=each).images) for each in (False, True)] == [4, 1]
        assert scan(root, lean=True).pythons[0].value("version") == "3.11.2"  # nothing else tells it
    library = "usr/lib/libpython3.11.so.1.0"
    make(tmp_path, {library: libpython()})
    with Counted(str(tmp_path)) as root:
        lean = scan(root, lean=True)
    assert set(root.read_of) == {sysconfig, library}
    with open_sysroot(tmp_path) as root:
        full = scan(root)
    assert full.pythons[0].targets == lean.pythons[0].targets
    assert {name: fact.value for name, fact in full.pythons[0].facts.items()} == {
        name: fact.value for name, fact in lean.pythons[0].facts.items()
    }


@pytest.mark.parametrize("tree", TREES)
def test_a_lean_scan_knows_the_same(tree: str) -> None:
    with open_sysroot(SYSROOTS / tree) as root:
        full, lean = scan(root), scan(root, lean=True)
    assert len(full.pythons) == len(lean.pythons)
    for one, other in zip(full.pythons, lean.pythons):
        assert one.targets == other.targets
        for name in ("version", "abi_flags", "ext_suffix", "pointer_width", "shared", "machine", "implementation"):
            assert one.value(name) == other.value(name)
