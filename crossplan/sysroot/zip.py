"""Zip archives, by their central directory (PKWARE APPNOTE 6.3.10, sections 4.3 and 4.5.3).

The standard library's `zipfile` makes an object of some 700 bytes for each entry that a directory claims before anybody
can say stop; so the directory is read here.
"""

from __future__ import annotations

import stat
import zlib
from collections.abc import Iterator
from struct import Struct

from crossplan.readers.source import ByteSource, ReadError
from crossplan.record import record
from crossplan.sysroot.flow import Allowance, Flow, InflatedFlow, OverLimit, PlainFlow, exactly
from crossplan.sysroot.index import Index, Member
from crossplan.sysroot.scratch import Part, Scratch

MAGICS = (b"PK\x03\x04", b"PK\x05\x06")

MEMBER_LIMIT = 512 << 20
"""Bytes that one member of an archive may unpack to."""

_DIRECTORY_LIMIT = 32 << 20
_LINK_LIMIT = 4096
_CHUNK = 1 << 18

_END = Struct("<4s 4H 2L H")  # signature, disks and entries, size and offset of the directory, length of the comment
_END_64 = Struct("<4s Q 2H 2L 4Q")
_LOCATOR = Struct("<4s L Q L")
_ENTRY = Struct("<4s 4H 2H 3L 5H 2L")
_LOCAL = Struct("<4s 5H 3L 2H")
_UTF8, _ENCRYPTED = 0x800, 0x1
_METHODS = {8: "deflate", 12: "bzip2", 93: "zstd"}
_UNIX = 3
_WINDOWS = (0, 10, 14)  # FAT, NTFS, VFAT


@record(slots=True)
class _Packed:
    """How the bytes of an entry lie in the archive."""

    method: int
    size: int
    checksum: int
    encrypted: bool


class ZipStore:
    """One zip archive: members are unpacked when they are opened."""

    def __init__(self, source: ByteSource, scratch: Scratch, allowance: Allowance) -> None:
        self._source = source
        self._scratch = scratch
        self._allowance = allowance
        self._packed: dict[int, _Packed] = {}
        self._opened: dict[int, ByteSource] = {}

    def load(self, index: Index) -> None:
        """Enter the members into the index."""
        for name, mode, size, place, packed in self._entries():
            self._packed[place] = packed
            if stat.S_ISLNK(mode):
                index.insert(name, self._link(size, place))
            elif name.endswith("/") or stat.S_ISDIR(mode):
                index.insert(name, Member("directory", self))
            elif stat.S_IFMT(mode) in (0, stat.S_IFREG):
                index.insert(name, Member("file", self, size, place))
            else:
                index.insert(name, Member("other", self))

    def _entries(self) -> Iterator[tuple[str, int, int, int, _Packed]]:
        """Name, Unix mode (0: none given), unpacked size, place and the rest of each entry."""
        start, size, shift = self._directory()
        if size > _DIRECTORY_LIMIT:
            raise OverLimit(f"its directory has {size} bytes")
        flow = PlainFlow(Part(self._source, start, size))
        while flow.position + _ENTRY.size <= size:
            fields = _ENTRY.unpack(exactly(flow, _ENTRY.size))
            if fields[0] != b"PK\x01\x02":
                raise ReadError("an entry of its directory is damaged", f"offset {start + flow.position:#x}")
            _, made_by, _, flags, method, _, _, checksum, packed, unpacked, *rest = fields
            name_length, extra_length, comment_length, _, _, attributes, place = rest
            raw = exactly(flow, name_length)
            extra = exactly(flow, extra_length)
            flow.skip(comment_length)
            unpacked, packed, place = _widened(extra, unpacked, packed, place)
            mode = attributes >> 16 if made_by >> 8 == _UNIX else 0
            name = raw.decode("utf-8", "surrogateescape") if flags & _UTF8 or made_by >> 8 == _UNIX else _cp437(raw)
            if made_by >> 8 in _WINDOWS and "/" not in name:  # against 4.4.17.1, as PowerShell 5 and .NET write them
                name = name.replace("\\", "/")
            yield name, mode, unpacked, place + shift, _Packed(method, packed, checksum, bool(flags & _ENCRYPTED))

    def _directory(self) -> tuple[int, int, int]:
        """Place and size of the central directory, and how many bytes stand before the archive in the file."""
        tail_start = max(0, self._source.size - _END.size - 0xFFFF)
        tail = self._source.read(tail_start, self._source.size - tail_start)
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) - at < _END.size:
            raise ReadError("its directory, which stands at the end, is missing: the file ends early")
        *_, size, start, _ = _END.unpack_from(tail, at)
        end = tail_start + at
        if 0xFFFFFFFF in (size, start) and end >= _LOCATOR.size:
            mark, _, place, _ = _LOCATOR.unpack(self._source.read(end - _LOCATOR.size, _LOCATOR.size))
            if mark == b"PK\x06\x07":
                end = place
                *_, size, start = _END_64.unpack(self._source.read(place, _END_64.size))
        shift = end - size - start
        if shift < 0:
            raise ReadError("its directory does not lie where its end says", f"offset {end:#x}")
        return start + shift, size, shift

    def _link(self, size: int, place: int) -> Member:
        """A symbolic link: its target is the entry's data."""
        if size > _LINK_LIMIT:
            raise ReadError(f"a link with a target of {size} bytes", f"offset {place:#x}")
        target = exactly(self._flow(place), size).decode("utf-8", "surrogateescape")
        return Member("link", self, target=target)

    def open(self, member: Member) -> ByteSource:
        """See `Store`."""
        if member.place not in self._opened:
            packed = self._packed[member.place]
            flow = self._flow(member.place)
            if member.size > MEMBER_LIMIT:
                raise OverLimit(f"unpacked it has {member.size} bytes")
            if packed.method == 0:
                self._opened[member.place] = Part(self._source, self._data(member.place), member.size)
            else:
                self._opened[member.place] = self._scratch.keep(_checked(flow, member.size, packed.checksum))
        return self._opened[member.place]

    def _flow(self, place: int) -> Flow:
        packed = self._packed[place]
        if packed.encrypted:
            raise ReadError("it is encrypted")
        part = Part(self._source, self._data(place), packed.size)
        if packed.method == 0:
            return PlainFlow(part)
        if packed.method not in _METHODS:
            raise ReadError(f"it is packed with method {packed.method}, which is not supported")
        return InflatedFlow(part, _METHODS[packed.method], self._allowance)

    def _data(self, place: int) -> int:
        """Where the data of the entry at `place` begins."""
        mark, *_, name_length, extra_length = _LOCAL.unpack(self._source.read(place, _LOCAL.size))
        if mark != b"PK\x03\x04":
            raise ReadError("its header in the archive is damaged", f"offset {place:#x}")
        return place + _LOCAL.size + int(name_length) + int(extra_length)


def _checked(flow: Flow, size: int, checksum: int) -> Iterator[bytes]:
    """The bytes of an entry, which must be as many as its directory says and give its checksum."""
    found = 0
    while size:
        piece = exactly(flow, min(size, _CHUNK))
        found = zlib.crc32(piece, found)
        size -= len(piece)
        yield piece
    if flow.upto(1):
        raise ReadError("it unpacks to more than its directory says")
    if found != checksum:
        raise ReadError("its checksum is wrong: the archive is damaged")


def _widened(extra: bytes, unpacked: int, packed: int, place: int) -> tuple[int, int, int]:
    """Sizes and place, from the zip64 field (header id 1) where the entry says so."""
    values = [unpacked, packed, place]
    while len(extra) >= 4:
        kind, length = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        field, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == 1:
            for number, value in enumerate(values):
                if value == 0xFFFFFFFF and len(field) >= 8:
                    values[number] = int.from_bytes(field[:8], "little")
                    field = field[8:]
    return values[0], values[1], values[2]


def _cp437(name: bytes) -> str:
    return name.decode("utf-8" if name.isascii() else "cp437")
