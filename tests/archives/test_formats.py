"""Every form of archive gives the tree that was packed."""

from __future__ import annotations

import os
import tarfile
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from crossplan.readers.source import ReadError
from crossplan.sysroot import RootError, open_sysroot, tarstore
from tests.archives.making import COMPRESS, TREE, ar, conda, contents, deb, image, special, tar, zipped


@pytest.fixture
def unpacked(tmp_path: Path) -> dict[str, object]:
    """What a directory with the same tree gives."""
    root = tmp_path / "unpacked"
    root.mkdir()
    for name, content in TREE.items():
        place = root / name
        if content is None:
            place.mkdir()
        elif isinstance(content, str):
            place.symlink_to(content)
        else:
            place.write_bytes(content)
    with open_sysroot(root) as opened:
        return contents(opened)


FORMS: dict[str, Callable[[], bytes]] = {
    **{f"x.tar.{ending}".rstrip("."): lambda pack=pack: pack(tar(TREE)) for ending, pack in COMPRESS.items()},
    "gnu.tar": lambda: tar(TREE, format=tarfile.GNU_FORMAT),
    "ustar.tar": lambda: tar(TREE, format=tarfile.USTAR_FORMAT),
    "no-folders.tar": lambda: tar({name: content for name, content in TREE.items() if content is not None}),
    "absolute.tar": lambda: tar({f"/{name}": content for name, content in TREE.items()}),
    "dotted.tar": lambda: tar({f"./{name}": content for name, content in TREE.items()}),
    "x.zip": lambda: zipped(TREE),
    "stored.whl": lambda: zipped(TREE, zipfile.ZIP_STORED),
    "bzip2.jar": lambda: zipped(TREE, zipfile.ZIP_BZIP2),
    "behind-a-program.zip": lambda: zipped(TREE),
    # Alpine: three gzip streams, the tars of the first two without an end mark.
    "x.apk": lambda: COMPRESS["gz"](tar({})[:0]) + COMPRESS["gz"](tar(TREE)),
    "inside-a-folder.tar.xz": lambda: COMPRESS["xz"](tar({f"inside-a-folder/{n}": c for n, c in TREE.items()})),
    "renamed.zip": lambda: zipped({f"rootfs-2024/{n}": c for n, c in TREE.items()}),
    "no-ending-at-all": lambda: COMPRESS["gz"](tar(TREE)),
}


@pytest.mark.parametrize("name", FORMS)
def test_the_tree_is_that_of_the_directory(name: str, tmp_path: Path, unpacked: dict[str, object]) -> None:
    (tmp_path / name).write_bytes(FORMS[name]())
    with open_sysroot(tmp_path / name) as root:
        assert contents(root) == unpacked
        assert root.limits == root.damage == ()


@pytest.mark.parametrize("ending", COMPRESS)
def test_a_debian_package_is_its_data_with_its_control(
    ending: str, tmp_path: Path, unpacked: dict[str, object]
) -> None:
    (tmp_path / "x.deb").write_bytes(deb(TREE, ending))
    with open_sysroot(tmp_path / "x.deb") as root:
        assert root.read("DEBIAN/control", 100).endswith(b"armhf\n")
        assert {path: what for path, what in contents(root).items() if not path.startswith("DEBIAN")} == unpacked


def test_an_opkg_package(tmp_path: Path, unpacked: dict[str, object]) -> None:
    pack = COMPRESS["gz"]
    parts = {"./debian-binary": b"2.0\n", "./data.tar.gz": pack(tar(TREE)), "./control.tar.gz": pack(tar({}))}
    (tmp_path / "x.ipk").write_bytes(pack(tar(parts)))
    with open_sysroot(tmp_path / "x.ipk") as root:
        assert contents(root) == unpacked


def test_a_conda_package(tmp_path: Path, unpacked: dict[str, object]) -> None:
    (tmp_path / "python.conda").write_bytes(conda(TREE))
    with open_sysroot(tmp_path / "python.conda") as root:
        assert contents(root) == {**unpacked, "info": "directory", "info/index.json": b"{}"}


def test_hard_links_are_the_file_that_they_name(tmp_path: Path) -> None:
    (tmp_path / "x.tar.gz").write_bytes(
        COMPRESS["gz"](tar({"a/one": b"1"}, more=(special("b/two", tarfile.LNKTYPE, "a/one"),)))
    )
    with open_sysroot(tmp_path / "x.tar.gz") as root:
        assert root.read("b/two", 10) == b"1"


def test_a_root_is_its_top_folder_only_where_that_was_packed_around_it(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(tar({"usr/lib/a": b"", "usr/bin/b": b""}))
    with open_sysroot(tmp_path / "x.tar") as root:
        assert list(root.listdir("")) == ["usr"]


def test_several_packages_are_one_root_the_later_over_the_earlier(tmp_path: Path) -> None:
    merged = {"usr/lib/keep": b"1", "lib": "usr/lib", "both": b"first"}
    (tmp_path / "base.deb").write_bytes(deb(merged))
    (tmp_path / "libc.tar").write_bytes(tar({"lib": None, "lib/libc.so.6": b"2", "both": b"second"}))
    with open_sysroot(tmp_path / "base.deb", tmp_path / "libc.tar") as root:
        assert root.read("usr/lib/libc.so.6", 10) == b"2"  # unpacked through the link, as dpkg does
        assert root.read("lib/keep", 10) == b"1"
        assert root.read("both", 10) == b"second"
        assert root.name == f"{tmp_path}/base.deb {tmp_path}/libc.tar"
    with open_sysroot(tmp_path / "libc.tar", tmp_path / "base.deb") as root:
        assert root.read("lib/libc.so.6", 10) == b"2"  # a folder with something in it stays


LAYERS = [
    {"usr": None, "usr/gone": b"1", "usr/kept": b"1", "opaque/old": b"1", "lib": "usr", "was-folder/x": b"1"},
    {
        "opaque/.wh..wh..opq": b"",
        "opaque/new": b"2",
        "usr/.wh.gone": b"",
        "was-folder": b"2",
        "lib": None,
        "lib/y": b"2",
    },
    {"opaque/deep/er": b"3", "usr/.wh.not-there": b""},
]
ABOVE = {
    "usr": "directory",
    "usr/kept": b"1",
    "opaque": "directory",
    "opaque/new": b"2",
    "opaque/deep": "directory",
    "opaque/deep/er": b"3",
    "was-folder": b"2",
    "lib": "directory",
    "lib/y": b"2",
}


@pytest.mark.parametrize("form", ["folder", "tar", "tar.gz"])
def test_layers_of_an_image_lie_over_one_another(form: str, tmp_path: Path) -> None:
    packed = [COMPRESS[ending](tar(layer)) for layer, ending in zip(LAYERS, ("gz", "zst", ""), strict=True)]
    files = image(packed)
    place = tmp_path / "image"
    if form == "folder":
        for name, data in files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(data)
    else:
        place.write_bytes(COMPRESS[form.removeprefix("tar").removeprefix(".")](tar(files)))
    with open_sysroot(place) as root:
        assert contents(root) == ABOVE
        assert root.name == str(place)
        assert root.limits == root.damage == ()


def test_of_an_image_for_several_platforms_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "image.tar").write_bytes(tar(image([tar({"a": b"1"})], ("linux/arm64", "linux/amd64"))))
    with pytest.raises(RootError, match=r"several images \(there: linux/amd64, linux/arm64\)"):
        open_sysroot(tmp_path / "image.tar")
    # Both manifests differ in their configuration, so each is one image.
    with open_sysroot(f"{tmp_path}/image.tar#linux/amd64") as root:
        assert root.read("a", 10) == b"1"


def test_what_docker_saved_before_the_image_layout(tmp_path: Path) -> None:
    config = "0" * 64 + ".json"
    saved = {
        "manifest.json": f'[{{"Config": "{config}", "Layers": ["1/layer.tar", "2/layer.tar"]}}]'.encode(),
        config: b"{}",
        "1/layer.tar": tar({"a": b"1", "b": b"1"}),
        "2/layer.tar": tar({".wh.a": b""}),
    }
    (tmp_path / "saved.tar").write_bytes(tar(saved))
    with open_sysroot(tmp_path / "saved.tar") as root:
        assert contents(root) == {"b": b"1"}


@pytest.mark.parametrize(
    "data",
    [b"", b"text\n", b"\x7fELF" + bytes(600), ar({"getversion.o": b"\x7fELF"}), COMPRESS["gz"](b"text" * 200)],
    ids=["empty", "text", "elf", "static-library", "packed-text"],
)
def test_a_file_that_is_no_archive_is_refused_with_its_name(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "thing.deb").write_bytes(data)
    with pytest.raises(RootError, match=r"thing\.deb is neither a folder nor an archive"):
        open_sysroot(tmp_path / "thing.deb")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hsqs" + bytes(100), r"a squashfs image, which is not read: unpack it first \(unsquashfs FILE\)"),
        (b"\xed\xab\xee\xdb\3\0" + bytes(600), "an RPM package"),
        (b"\0" * 1080 + b"\x53\xef" + bytes(100), "an image of an ext file system"),
        (b"MZ" + bytes(600), "a program of Windows"),
        (b"7z\xbc\xaf\x27\x1c", "7z x FILE"),
    ],
    ids=["squashfs", "rpm", "ext4", "exe", "7z"],
)
def test_a_root_in_a_form_that_is_not_read_is_named(data: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "rootfs.img").write_bytes(data)
    with pytest.raises(RootError, match=rf"rootfs\.img: it is .*{words}"):
        open_sysroot(tmp_path / "rootfs.img")


def test_a_zip_with_the_separators_of_windows(tmp_path: Path) -> None:
    """As Compress-Archive of PowerShell 5 writes it; the name of a Unix zip may hold a backslash."""
    for system, found in ((0, {"DLLs": "directory", "DLLs/x.pyd": b"1"}), (3, {"DLLs\\x.pyd": b"1", "DLLs\\": b""})):
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as packed:
            for name, content in (("DLLs\\", b""), ("DLLs\\x.pyd", b"1")):
                entry = zipfile.ZipInfo("a")
                entry.filename, entry.create_system = name, system
                packed.writestr(entry, content)
        with open_sysroot(tmp_path / "x.zip") as root:
            assert contents(root) == found


def test_what_is_not_there_or_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RootError, match="no such file or folder"):
        open_sysroot(tmp_path / "nothing.tar")
    (tmp_path / "a.tar").write_bytes(tar({}))
    with pytest.raises(RootError, match="only archives can be laid over one another"):
        open_sysroot(tmp_path / "a.tar", tmp_path)
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(RootError, match="no regular file"):
        open_sysroot(tmp_path / "fifo")


def test_zstd_without_its_module_names_the_package_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.tar.zst").write_bytes(COMPRESS["zst"](tar(TREE)))
    monkeypatch.setitem(__import__("sys").modules, "compression", None)
    monkeypatch.setitem(__import__("sys").modules, "backports", None)
    with pytest.raises(RootError, match=r"pip install 'crossplan\[zstd\]'"):
        open_sysroot(tmp_path / "x.tar.zst")


def test_a_member_is_read_within_its_allowance(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zipped({"a": b"0123456789"}))
    with open_sysroot(tmp_path / "x.zip") as root:
        with root.open("a", 4) as source:
            assert (source.size, source.read(8, 2), source.read(0, 2)) == (10, b"89", b"01")
            with pytest.raises(ReadError, match="more than 4 bytes"):
                source.read(0, 1)
        with pytest.raises(ReadError, match="has 10 bytes, more than the 9"):
            root.read("a", 9)
        for missing in ("b", "a/b", ""):
            with pytest.raises(ReadError):
                root.open(missing, 10)


def test_nothing_is_left_behind_and_little_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    big = os.urandom(1 << 20) * 12
    (tmp_path / "x.tar.gz").write_bytes(COMPRESS["gz"](tar({"lib/libpython3.11.a": big, "lib/unasked": big})))
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    tracemalloc.start()
    try:
        with open_sysroot(tmp_path / "x.tar.gz") as root:
            for name in ("lib/libpython3.11.a", "lib/unasked"):
                with root.open(name, 100) as source:
                    assert source.read(len(big) - 10, 10) == big[-10:]
            assert list(scratch.iterdir()) == []
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert list(scratch.iterdir()) == []
    assert peak < 8 << 20


def test_members_that_nobody_expected_cost_two_passes_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"odd/{number}.bin" for number in range(20)]
    (tmp_path / "x.tar.gz").write_bytes(COMPRESS["gz"](tar({name: name.encode() for name in names})))
    passes = []
    inner = tarstore.entries
    monkeypatch.setattr(tarstore, "entries", lambda flow: (passes.append(flow), inner(flow))[1])
    with open_sysroot(tmp_path / "x.tar.gz") as root:
        assert [root.read(name, 100) for name in reversed(names)] == [name.encode() for name in reversed(names)]
    assert len(passes) == 3


def test_a_long_archive_tells_how_far_it_is(tmp_path: Path) -> None:
    (tmp_path / "x.tar.gz").write_bytes(COMPRESS["gz"](tar(TREE)))
    said: list[tuple[int, int]] = []
    with open_sysroot(tmp_path / "x.tar.gz", progress=lambda seen, found: said.append((seen, found))):
        assert said == sorted(said)
        assert said[-1] == (len(TREE), 2)  # libpython and sysconfigdata
