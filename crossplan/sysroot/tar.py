"""Tar archives: ustar and pax (POSIX.1-2017, utility `pax`), GNU tar's long names, v7.

The standard library's `tarfile` reads a long name or a pax header whole, whatever size it claims, recurses for each
such header and keeps a kilobyte a member; so the headers are read here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from struct import Struct

from crossplan.readers.source import ReadError
from crossplan.readers.window import STRING_LIMIT, text
from crossplan.record import record
from crossplan.sysroot.flow import Flow, exactly
from crossplan.sysroot.sparse import Pieces, of_header, of_pax, pieces_of
from crossplan.sysroot.tree import Kind

BLOCK = 512
PAX_LIMIT = 1 << 20  # extended attributes stand in these headers; Linux allows 64 KiB each
_HEADER_RUN = 16  # headers that may describe one member

# name, mode, uid, gid, size, mtime, checksum, type, link name, magic and version, owner and device, prefix, padding
_HEADER = Struct("<100s 24x 12s 12x 8s c 100s 8s 80x 155s 12x")
_CHECKSUM = slice(148, 156)
_TYPE = slice(156, 157)
_REAL_SIZE = slice(483, 495)  # of a sparse file, in the old header

_KINDS: Mapping[bytes, Kind] = {b"2": "link", b"3": "other", b"4": "other", b"5": "directory", b"6": "other"}
_PAX = (b"x", b"X")
_LONG = {b"L": "path", b"K": "linkpath"}
_NO_MEMBERS = (b"g", b"V", b"M")  # global pax header, volume label, continuation of another volume


@record(slots=True)
class TarEntry:
    """One member: `path` and `target` as the archive spells them, its bytes at `offset` of the unpacked archive.

    `same_as`: a hard link, to the member of that path. Of a sparse file only the `pieces` are stored, of `stored` bytes.
    """

    path: str
    kind: Kind
    size: int
    offset: int
    target: str = ""
    same_as: str | None = None
    stored: int = 0
    pieces: Pieces | None = None


def is_header(block: bytes) -> bool:
    """Whether a block of 512 bytes is a tar header: its checksum holds."""
    if len(block) < BLOCK or not block[_CHECKSUM].strip(b" \0"):
        return False
    try:
        said = _octal(block[_CHECKSUM])
    except ReadError:
        return False
    rest = block[: _CHECKSUM.start] + b" " * 8 + block[_CHECKSUM.stop :]
    # Some old tars summed signed characters.
    return said == (total := sum(rest)) or said == total - 256 * sum(byte > 127 for byte in rest)


def entries(flow: Flow) -> Iterator[TarEntry]:
    """The members in order, up to the end mark. While an entry is looked at, `flow` stands at its bytes."""
    extra: dict[str, str] = {}
    run = 0
    while block := flow.upto(BLOCK):
        if not block.strip(b"\0"):
            return
        if not is_header(block):
            raise ReadError("a tar header is damaged", f"offset {flow.position - len(block):#x}")
        _, size_field, _, kind, _, _, _ = _HEADER.unpack(block)
        size = _octal(size_field)
        if kind in _PAX or kind in _LONG:
            run += 1
            data = _extension(flow, size, run)
            extra.update(_pax(data) if kind in _PAX else {_LONG[kind]: text(data.rstrip(b"\0"))})
            continue
        entry = _entry(block, extra, size, flow)
        stop = flow.position + _padded(0 if kind in _KINDS or kind == b"1" else entry.stored)
        if kind not in _NO_MEMBERS:
            yield entry
        flow.skip(stop - flow.position)
        extra, run = {}, 0


def _extension(flow: Flow, size: int, run: int) -> bytes:
    """The data of a header that describes the next member."""
    if size > PAX_LIMIT or run > _HEADER_RUN:
        raise ReadError(f"a tar header of {size} bytes describes one member", f"offset {flow.position:#x}")
    data = exactly(flow, size)
    flow.skip(_padded(size) - size)
    return data


def _entry(block: bytes, extra: Mapping[str, str], size: int, flow: Flow) -> TarEntry:
    """The member of a header, with what the headers before it said."""
    name, _, _, kind, link, magic, prefix = _HEADER.unpack(block)
    path = _until_nul(name)
    if magic.startswith(b"ustar\0") and prefix.strip(b"\0"):
        path = f"{_until_nul(prefix)}/{path}"
    path = extra.get("GNU.sparse.name", extra.get("path", path))
    target = extra.get("linkpath", _until_nul(link))
    if "size" in extra:
        if not extra["size"].isdecimal() or len(extra["size"]) > 19:
            raise ReadError("a pax header gives no size in digits", f"offset {flow.position:#x}")
        size = int(extra["size"])
    found = _KINDS.get(kind, "file")
    if found == "file" and path.endswith("/"):
        found = "directory"  # as v7 wrote them
    same_as = target if kind == b"1" else None
    if kind == b"S" or any(key.startswith("GNU.sparse.") for key in extra):
        return _sparse(block, extra, path, size, flow)
    return TarEntry(path, found, size, flow.position, target, same_as, size)


def _sparse(block: bytes, extra: Mapping[str, str], path: str, stored: int, flow: Flow) -> TarEntry:
    """A sparse file: of `stored` bytes in the archive, its map among them where it stands there."""
    start = flow.position
    if block[_TYPE] == b"S":
        numbers, size = of_header(block, flow), _octal(block[_REAL_SIZE])
        start = flow.position
    else:
        numbers = of_pax(extra, flow)
        real = extra.get("GNU.sparse.realsize", extra.get("GNU.sparse.size", ""))
        size = int(real) if real.isdecimal() and len(real) <= 19 else 0
    stored -= flow.position - start
    if numbers is None:
        return TarEntry(path, "other", size, flow.position, stored=stored)
    return TarEntry(path, "file", size, flow.position, stored=stored, pieces=pieces_of(numbers, stored, size))


def _pax(data: bytes) -> dict[str, str]:
    """Records `LENGTH KEY=VALUE`, each with a line feed; those that matter here. Repeated ones make the map of a sparse file."""
    found: dict[str, str] = {}
    numbers: list[str] = []
    at = 0
    while at < len(data):
        digits, _, _ = data[at : at + 8].partition(b" ")
        if not digits.isdigit() or len(digits) > 7 or not len(digits) < int(digits) <= len(data) - at:
            raise ReadError("a pax header has a record without length")
        start, at = at + len(digits) + 1, at + int(digits)
        key, equals, value = data[start:at].removesuffix(b"\n").partition(b"=")
        if equals and key in (b"GNU.sparse.offset", b"GNU.sparse.numbytes"):
            numbers.append(text(value))
        elif equals and (key in (b"path", b"linkpath", b"size") or key.startswith(b"GNU.sparse.")):
            found[text(key)] = text(value if key == b"GNU.sparse.map" else value[: STRING_LIMIT + 1])
    return {**found, "GNU.sparse.map": ",".join(numbers)} if numbers else found


def _octal(field: bytes) -> int:
    """A number: octal digits, or (GNU) big-endian bytes after a first one of 0x80."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.partition(b"\0")[0].strip(b" ")
    if digits.strip(b"01234567"):
        raise ReadError("a number of a tar header is damaged")
    return int(digits or b"0", 8)


def _until_nul(field: bytes) -> str:
    return text(field.partition(b"\0")[0])


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK
