"""Sparse files in tar archives: as GNU tar writes them, and as nobody should."""

from __future__ import annotations

import io
import lzma
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from crossplan.sysroot import open_sysroot
from tests.archives.making import contents, opened, special

SPARSE = Path(__file__).parent / "sparse"


@pytest.mark.parametrize("form", sorted(SPARSE.glob("*.tar.xz")), ids=lambda path: path.name)
@pytest.mark.parametrize("unpack", [bytes, lzma.decompress], ids=["packed", "plain"])
def test_sparse_files_as_gnu_tar_writes_them(form: Path, unpack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """GNU tar 1.34 with --sparse, its four formats: thirty pages of letters, a page of zeros before each."""
    (tmp_path / "x").write_bytes(unpack(form.read_bytes()))
    whole = b"".join(bytes(4096) + bytes([65 + number]) * 4096 for number in range(30)) + bytes(5)
    with open_sysroot(tmp_path / "x") as root:
        assert contents(root) == {"sparse": whole, "after": b"after"}
        with root.open("sparse", 100) as file:
            assert file.read(8190, 4) == b"AA\0\0"
            assert file.read(8192 * 30, 5) == bytes(5)


def sparse(numbers: str, data: bytes, size: int = 100) -> bytes:
    """A tar with the sparse file `x` of this map (format 0.1), and the file `after`."""
    member = tarfile.TarInfo("GNUSparseFile.0/x")
    member.pax_headers = {"GNU.sparse.map": numbers, "GNU.sparse.size": str(size), "GNU.sparse.name": "x"}
    member.size = len(data)
    after = tarfile.TarInfo("after")
    after.size = 1
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as packed:
        packed.addfile(member, io.BytesIO(data))
        packed.addfile(after, io.BytesIO(b"1"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ("0,2,1,2", "overlap"),
        ("0,2,99,2", "does not fit its data"),
        ("0,2,9,1", "does not fit its data"),
        ("0,2,9", "damaged"),
        ("0,2,9,-2", "damaged"),
        ("", "damaged"),
    ],
)
def test_a_damaged_map_of_a_sparse_file(numbers: str, words: str, tmp_path: Path) -> None:
    with opened(tmp_path, sparse(numbers, b"abcd")) as root:
        assert words in root.damage[0]


def test_a_sparse_file_in_too_many_pieces_is_there_and_not_read(tmp_path: Path) -> None:
    numbers = ",".join(f"{2 * n},1" for n in range(5000))
    with opened(tmp_path, sparse(numbers, bytes(5000), 10_000)) as root:
        assert contents(root) == {"x": "other", "after": b"1"}
    with opened(tmp_path, sparse("50,1,98,2", b"abc")) as root:
        assert contents(root) == {"x": bytes(50) + b"a" + bytes(47) + b"bc", "after": b"1"}


def test_a_sparse_map_without_an_end(tmp_path: Path) -> None:
    block = bytearray(special("x", tarfile.GNUTYPE_SPARSE).tobuf(tarfile.GNU_FORMAT))
    block[482] = 1
    block[148:156] = f"{sum(block[:148]) + 8 * 32 + sum(block[156:]):06o}\0 ".encode()
    with opened(tmp_path, bytes(block) + b"\1" * (1 << 20)) as root:
        assert "ends early" in root.damage[0]
