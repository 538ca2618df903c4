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


def test_extension_modules_may_be_left_out_where_something_else_tells(tmp_path: Path) -> None:
    folder = "usr/lib/python3.11/lib-dynload"
    modules = {f"{folder}/_{i}.cpython-311-aarch64-linux-gnu.so": libpython() for i in range(4)}
    make(tmp_path, {"usr/lib/python3.11/_sysconfigdata__linux_aarch64-linux-gnu.py": sysconfigdata(), **modules})
    with open_sysroot(tmp_path) as root:
        assert [len(scan(root, modules=each).images) for each in (True, False)] == [4, 1]
    make(tmp_path, {"usr/lib/libpython3.11.so.1.0": libpython()})
    with open_sysroot(tmp_path) as root:
        full, lean = scan(root), scan(root, modules=False)
    assert [file.role for file in lean.images] == ["libpython"]
    assert full.pythons[0].facts == lean.pythons[0].facts
    assert full.pythons[0].targets == lean.pythons[0].targets
