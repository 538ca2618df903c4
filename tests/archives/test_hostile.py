"""Archives made to do harm: nothing leads out, nothing grows without bound, and what was left out is said."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from struct import pack_into

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossplan.readers.source import ReadError
from crossplan.sysroot import RootError, flow, index, open_sysroot, scratch
from tests.archives.making import COMPRESS, TREE, conda, contents, deb, image, opened, special, tar, zipped, zstd
from tests.readers.buffer import Buffer

# ------------------------------------------------------------------------------------------------------ leading outside


@pytest.mark.parametrize("pack", [tar, zipped])
def test_a_name_that_leads_out_is_left_out_and_said(pack: object, tmp_path: Path) -> None:
    data = pack({"../../etc/passwd": b"x", "a/../../b": b"x", "/etc/shadow": b"inside", "good": b"1"})  # type: ignore[operator]
    with opened(tmp_path, data) as root:
        assert contents(root) == {"etc": "directory", "etc/shadow": b"inside", "good": b"1"}
        assert root.limits == ("../../etc/passwd and 1 more: its name leads out of the archive",)


@pytest.mark.parametrize("target", ["/etc/passwd", "../../../../../../../../etc/passwd", "/../etc/passwd"])
def test_a_link_that_leads_out_leads_to_nothing(target: str, tmp_path: Path) -> None:
    for data in (tar({"link": target}), zipped({"link": target})):
        with opened(tmp_path, data) as root:
            assert contents(root) == {"link": "-> nothing"}
            with pytest.raises(ReadError, match="leads nowhere"):
                root.open("link", 10)


def test_members_below_a_link_stay_inside(tmp_path: Path) -> None:
    with opened(tmp_path, tar({"up": "../../..", "up/tmp/planted": b"x", "etc": "/etc", "etc/passwd": b"y"})) as root:
        assert root.read("tmp/planted", 10) == b"x"
        assert root.read("etc/passwd", 10) == b"y"


def test_circles_of_links_end(tmp_path: Path) -> None:
    tree = {"a": "b", "b": "a", "c/self": "../c/self/self", "a/below": b"1"}
    with opened(tmp_path, tar(tree)) as root:
        assert "loop" in str(contents(root)["c/self"])
        assert root.read("a/below", 10) == b"1"  # a link that leads nowhere gives way to a folder
    circles = (
        special("x", tarfile.LNKTYPE, "y"),
        special("y", tarfile.LNKTYPE, "x"),
        special("z", tarfile.LNKTYPE, "z"),
    )
    with opened(tmp_path, tar({}, more=circles)) as root:
        assert contents(root) == {}
        assert root.limits == ("x and 2 more: a hard link to what is not in the archive",)


def test_a_hard_link_names_nothing_outside(tmp_path: Path) -> None:
    with opened(tmp_path, tar({"out": "/etc"}, more=(special("x", tarfile.LNKTYPE, "/etc/passwd"),))) as root:
        assert "x" not in root.listdir("")


def test_devices_and_fifos_are_not_opened(tmp_path: Path) -> None:
    kinds = {"null": tarfile.CHRTYPE, "disk": tarfile.BLKTYPE, "pipe": tarfile.FIFOTYPE}
    with opened(tmp_path, tar({}, more=tuple(special(*item) for item in kinds.items()))) as root:
        assert contents(root) == dict.fromkeys(kinds, "other")
        with pytest.raises(ReadError, match="no regular file"):
            root.open("null", 10)


def test_names_are_bounded_and_may_hold_anything(tmp_path: Path) -> None:
    tree = {"a/" * 129 + "deep": b"", "n" * 256: b"", "ok\x1b[31m[red]\n": b"1", "s/" * 2500 + "long": b""}
    with opened(tmp_path, tar(tree)) as root:
        assert contents(root) == {"ok\x1b[31m[red]\n": b"1"}
        assert [sentence.rpartition(": ")[2] for sentence in root.limits] == [
            "it lies more than 128 folders deep",
            "its name is too long",
        ]


# ------------------------------------------------------------------------------------------------------------- bombs

ZEROS = bytes(1 << 20)


@pytest.fixture
def _small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "FREE_LIMIT", 1 << 20)


@pytest.mark.usefixtures("_small_limits")
@pytest.mark.parametrize("ending", ["gz", "bz2", "xz", "zst"])
def test_a_bomb_is_stopped_and_what_came_before_it_stays(ending: str, tmp_path: Path) -> None:
    bomb = COMPRESS[ending](tar({"first": b"1", "bomb": ZEROS * 24, "last": b"2"}))
    with opened(tmp_path, bomb) as root:
        assert root.read("first", 10) == b"1"
        assert "last" not in root.listdir("")
        assert root.damage == ()
        assert "as a decompression bomb does" in root.limits[0]


@pytest.mark.usefixtures("_small_limits")
def test_a_bomb_in_a_zip_is_stopped_when_it_is_opened(tmp_path: Path) -> None:
    with opened(tmp_path, zipped({"good": b"1", "bomb": ZEROS * 24})) as root:
        assert root.read("good", 10) == b"1"
        with pytest.raises(ReadError, match="decompression bomb"):
            root.open("bomb", 1 << 30)


@pytest.mark.usefixtures("_small_limits")
def test_a_bomb_within_a_package_is_stopped(tmp_path: Path) -> None:
    with opened(tmp_path, deb({"a": b"1", "bomb": ZEROS * 24, "z": b"2"})) as root:
        assert list(root.listdir("")) == ["DEBIAN", "a", "bomb"]
        assert root.limits[0].startswith("hostile: data.tar.xz: it unpacks to more than 200 times its size")


def test_all_archives_of_a_root_share_one_total(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow.Allowance.__init__, "__defaults__", (1 << 20,))
    with opened(tmp_path, COMPRESS["gz"](tar({"a": b"1", "b": ZEROS * 2, "c": b"3"}))) as root:
        assert root.limits == ("hostile: it unpacks to more than 1048576 bytes",)


def test_members_that_would_be_kept_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch.Scratch.__init__, "__defaults__", (4096,))
    data = COMPRESS["gz"](tar({"libpython3.11.so": bytes(3000), "libpython3.12.so": bytes(3000)}))
    with opened(tmp_path, data) as root:
        assert len(root.read("libpython3.11.so", 4096)) == 3000
        with pytest.raises(ReadError, match="more than 4096 bytes of it would have to be kept"):
            root.open("libpython3.12.so", 4096)


def test_members_are_counted_folders_included(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "NODE_LIMIT", 10)
    with opened(tmp_path, tar({"a/" * 8 + "x": b"", "b": b"", "c": b""})) as root:
        assert list(root.listdir("")) == ["a", "b"]
        assert root.limits == ("hostile: it has more than 10 members",)


def test_xz_that_asks_for_gigabytes_of_memory_is_refused(tmp_path: Path) -> None:
    import lzma

    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
    data = bytearray(lzma.compress(tar(TREE), filters=filters))
    # Block header: size, flags, filter id, size of its properties, dictionary size; then its CRC32.
    at = data.index(b"\x21\x01", 12)
    data[at + 2] = 39  # 3 GiB
    end = 12 + (data[12] + 1) * 4
    data[end - 4 : end] = zlib.crc32(bytes(data[12 : end - 4])).to_bytes(4, "little")
    with opened(tmp_path, bytes(data)) as root:
        assert root.limits == ("hostile: its xz window is more than 128 MiB: unpack it first",)


def test_zstd_that_asks_for_much_memory_is_refused(tmp_path: Path) -> None:
    compressor = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 20})
    data = bytearray(compressor.compress(tar(TREE), compressor.CONTINUE) + compressor.flush())
    assert (
        data[5] == (20 - 10) << 3
    )  # the window's exponent (RFC 8878, 3.1.1.1.2), as the size of the content is not said
    data[5] = (28 - 10) << 3
    with opened(tmp_path, bytes(data)) as root:
        assert root.limits == ("hostile: its zstd window is more than 128 MiB: unpack it first",)
    data[5] = (27 - 10) << 3
    with opened(tmp_path, bytes(data)) as root:
        assert "usr" in root.listdir("")
        assert root.limits == ()


def test_of_many_small_streams_little_is_read_twice() -> None:
    class Counted(Buffer):
        taken = 0

        def read(self, offset: int, length: int) -> bytes:
            self.taken += length
            return super().read(offset, length)

    source = Counted(COMPRESS["gz"](b"") * 1000 + COMPRESS["gz"](b"end") + bytes(1 << 20))
    assert flow.InflatedFlow(source, "gzip", flow.Allowance()).upto(10) == b"end"
    assert source.taken < 1000 * 10_000 + (2 << 20)


def test_reading_archives_takes_no_more_time_than_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "TIME_LIMIT", -1.0)
    for data in (tar(TREE), COMPRESS["gz"](tar(TREE)), zipped(TREE)):
        with opened(tmp_path, data) as root:
            assert all("took more than" in sentence for sentence in root.limits)
            assert root.damage == ()


def test_zeros_behind_compressed_data_are_not_read_to_their_end(tmp_path: Path) -> None:
    with opened(tmp_path, COMPRESS["gz"](tar(TREE)) + bytes(512 << 10) + COMPRESS["gz"](b"")) as root:
        assert root.damage == ()
    with (tmp_path / "hostile").open("r+b") as file:
        file.truncate(1 << 40)  # a hole
    with open_sysroot(tmp_path / "hostile") as root:
        assert "usr" in root.listdir("")


def test_whiteouts_of_one_folder_are_done_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    inner = index.Index._remove_others
    monkeypatch.setattr(index.Index, "_remove_others", lambda self, *args: (calls.append(args), inner(self, *args))[1])
    layer = tar(
        {f"d/{n}": b"" for n in range(20)}, more=tuple(special("d/.wh..wh..opq", tarfile.REGTYPE) for _ in range(20))
    )
    with opened(tmp_path, tar(image([layer]))) as root:
        assert len(root.listdir("d")) == 20
    assert len(calls) == 20


# ------------------------------------------------------------------------------------------------------------- damage


@pytest.mark.parametrize("ending", ["", "gz", "bz2", "xz", "zst"])
def test_an_archive_that_ends_early_gives_what_it_has_and_says_so(ending: str, tmp_path: Path) -> None:
    data = tar({"first": b"1", "second": bytes(range(256)) * 4000})
    packed = COMPRESS[ending](data)
    cut = packed[: len(packed) // 2] if not ending else packed[:-12]
    with opened(tmp_path, cut) as root:
        assert len(root.damage) == 1
        assert "ends early" in root.damage[0]


def test_damaged_compressed_data_is_said(tmp_path: Path) -> None:
    for ending in ("gz", "bz2", "xz", "zst"):
        data = bytearray(COMPRESS[ending](tar(TREE)))
        data[6:40] = bytes(34)
        with opened(tmp_path, bytes(data)) as root:
            assert len(root.damage) == 1, ending


def test_a_damaged_package_is_said(tmp_path: Path) -> None:
    with opened(tmp_path, deb(TREE)[:-100]) as root:
        assert root.damage[0].startswith("hostile: data.tar.xz: ")


def test_a_tar_header_with_a_wrong_checksum_ends_the_reading(tmp_path: Path) -> None:
    data = bytearray(tar({"a": b"1", "b": b"2"}))
    data[1024 + 3] ^= 1
    with opened(tmp_path, bytes(data)) as root:
        assert contents(root) == {"a": b"1"}
        assert root.damage == ("hostile: a tar header is damaged (offset 0x400)",)


@pytest.mark.parametrize(
    "field",
    [b"-0000000001\0", b"+0000000001\0", b"0_000000001\0", b"99999999999\0", b"\xff" * 12, b"\x80" + b"\xff" * 11],
)
def test_a_tar_header_with_a_senseless_size(field: bytes, tmp_path: Path) -> None:
    data = bytearray(tar({"a": b"1", "b": b"2"}))
    data[1024 + 124 : 1024 + 136] = field
    data[1024 + 148 : 1024 + 156] = b" " * 8
    data[1024 + 148 : 1024 + 156] = b"%06o\0 " % sum(data[1024:1536])
    with opened(tmp_path, bytes(data)) as root:
        assert root.read("a", 10) == b"1"
        assert len(root.damage) == 1


def test_headers_that_describe_one_member_are_bounded(tmp_path: Path) -> None:
    huge = special("x", b"L")
    huge.size = 8 << 30
    with opened(tmp_path, huge.tobuf(tarfile.GNU_FORMAT)) as root:
        assert "8589934592 bytes describes one member" in root.damage[0]
    empty = special("x", b"L").tobuf(tarfile.GNU_FORMAT)
    with opened(tmp_path, empty * 2000) as root:
        assert "describes one member" in root.damage[0]


def listed(place: Path) -> str:
    """What a program that may use five seconds of a processor finds at the top of a root."""
    head = (
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (5, 5))\nfrom crossplan.sysroot import open_sysroot\n"
    )
    words = [sys.executable, "-c", f"{head}print(*open_sysroot({str(place)!r}).listdir(''))"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stdout or done.stderr


def test_a_pax_header_of_many_records_costs_what_it_is_long(tmp_path: Path) -> None:
    header = special("x", b"x")
    data = b"6 a=b\n" * 170_000
    header.size = len(data)
    padded = data + bytes(-len(data) % 512)
    (tmp_path / "x").write_bytes((header.tobuf(tarfile.GNU_FORMAT) + padded) * 3 + tar({"after": b"1"}))
    assert listed(tmp_path / "x") == "after\n"


def zip_with(change: dict[int, tuple[str, int]], data: bytes) -> bytes:
    """The zip with fields of its first directory entry changed: offset in the entry to (struct format, value)."""
    out = bytearray(data)
    entry = out.rindex(b"PK\x01\x02")
    for offset, (kind, value) in change.items():
        pack_into("<" + kind, out, entry + offset, value)
    return bytes(out)


ENTRY = {  # what is wrong with an entry -> the change, and the reason that is given
    "encrypted": ({8: ("H", 1)}, "encrypted"),
    "method": ({10: ("H", 99)}, "method 99, which is not supported"),
    "more-than-said": ({24: ("L", 3)}, "more than its directory says"),
    "less-than-said": ({24: ("L", 5000)}, "ends early"),
    "far-too-big": ({24: ("L", 0xFFFFFFF0)}, "bytes"),
    "checksum": ({16: ("L", 1)}, "checksum is wrong"),
    "place": ({42: ("L", 5)}, "header in the archive is damaged"),
    "place-beyond": ({42: ("L", 0x7FFFFFF0)}, "truncated"),
    "packed-beyond": ({20: ("L", 0x7FFFFFF0)}, "reaches beyond the end"),
}


@pytest.mark.parametrize("name", ENTRY)
def test_a_zip_entry_that_lies_is_said_when_it_is_opened(name: str, tmp_path: Path) -> None:
    change, reason = ENTRY[name]
    with (
        opened(tmp_path, zip_with(change, zipped({"a": b"0123456789" * 40}))) as root,
        pytest.raises(ReadError) as raised,
    ):
        root.open("a", 1 << 30)
    assert reason in str(raised.value)


def test_a_zip_without_its_directory_is_said(tmp_path: Path) -> None:
    with opened(tmp_path, zipped({"a": b"1"})[:-10]) as root:
        assert "directory, which stands at the end, is missing" in root.damage[0]
    whole = zipped({"a": b"1"})
    damaged = whole.replace(b"PK\x01\x02", b"PK\x01\x03")
    with opened(tmp_path, damaged) as root:
        assert "an entry of its directory is damaged" in root.damage[0]
    with opened(tmp_path, whole[:-10] + b"\xff\xff\xff\x7f" + whole[-6:]) as root:
        assert len(root.damage) == 1


def test_a_zip_behind_another_file_and_one_in_zip64(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target, target.open(zipfile.ZipInfo("big"), "w", force_zip64=True) as member:
        member.write(b"1" * 10)
    with opened(tmp_path, out.getvalue()) as root:
        assert root.read("big", 10) == b"1" * 10
    shifted = b"PK\x03\x04" + bytes(100) + zipped({"a": b"1"})
    with opened(tmp_path, shifted) as root:
        assert root.read("a", 10) == b"1"


def test_a_zip_link_with_a_huge_target_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path, zipped({"link": "x" * 5000})) as root:
        assert "a link with a target of 5000 bytes" in root.damage[0]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("index.json", b"{"),
        ("index.json", b"[]"),
        (
            "index.json",
            b'{"manifests": [{"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "../../x"}]}',
        ),
        ("index.json", b"[" * 100_000),
        (
            "index.json",
            b'{"manifests": [{"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "sha256:%s"}]}'
            % (b"0" * 64),
        ),
    ],
)
def test_a_damaged_image_is_said(name: str, data: bytes, tmp_path: Path) -> None:
    files = image([tar({"a": b"1"})])
    with opened(tmp_path, tar({**files, name: data})) as root:
        assert len(root.damage) == 1
        assert contents(root) == {}


# --------------------------------------------------------------------------------------------------------------- laws

GOOD = [
    tar(TREE),
    tar(TREE, format=tarfile.GNU_FORMAT),
    *(COMPRESS[ending](tar(TREE)) for ending in ("gz", "bz2", "xz", "zst")),
    zipped(TREE),
    deb(TREE),
    conda(TREE),
    tar(image([COMPRESS["gz"](tar(TREE))])),
]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.sampled_from(GOOD),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=6),
    cut=st.none() | st.floats(0, 1),
)
def test_a_changed_archive_ends_in_a_root_or_in_one_of_two_errors(
    data: bytes, changes: list[tuple[float, int]], cut: float | None, tmp_path: Path
) -> None:
    changed = bytearray(data)
    for place, value in changes:
        changed[int(place * len(changed))] = value
    place = tmp_path / "changed"
    place.write_bytes(bytes(changed) if cut is None else bytes(changed)[: int(cut * len(changed))])
    try:
        root = open_sysroot(place)
    except RootError:
        return
    with root:
        for path in contents(root):
            with suppress(ReadError), root.open(path, 100) as source:
                assert source.size >= 0


# ---------------------------------------------------------------------------------------------- the wall, as seen outside

WATCH = """
import sys
from crossplan.readers.source import ReadError
from crossplan.sysroot import open_sysroot
opened = []
sys.addaudithook(lambda event, args: opened.append(args[0]) if event in ("open", "os.listdir", "os.scandir") else None)
with open_sysroot(sys.argv[1]) as root:
    for path in ("link", "up/etc/passwd", "device", "good"):
        try:
            root.read(path, 100)
        except ReadError:
            pass
print(*[path for path in opened if not str(path).endswith((".py", ".pyc", ".so"))], sep="\\n")
"""


def test_only_the_archive_and_a_temporary_file_are_opened(tmp_path: Path) -> None:
    tree = {"link": "/etc/passwd", "up": "../../..", "../../../../planted": b"x", "good": b"1"}
    place = tmp_path / "hostile.tar.gz"
    place.write_bytes(COMPRESS["gz"](tar(tree, more=(special("device", tarfile.CHRTYPE),))))
    command = [sys.executable, "-c", WATCH, str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    elsewhere = [path for path in done.stdout.split() if not path.startswith((sys.prefix, sys.base_prefix))]
    assert elsewhere[0] == str(place)
    temporary = Path(tempfile.gettempdir())  # itself (O_TMPFILE), or a file in it
    assert all(temporary in (Path(path), Path(path).parent) for path in elsewhere[1:])
    assert not (tmp_path.parent / "planted").exists()
