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
from crossplan.sysroot.tree import Kind

BLOCK = 512
PAX_LIMIT = 1 << 20  # extended attributes stand in these headers; Linux allows 64 KiB each
_HEADER_RUN = 16  # headers that may describe one member

# name, mode, uid, gid, size, mtime, checksum, type, link name, magic and version, owner and device, prefix, padding
_HEADER = Struct("<100s 24x 12s 12x 8s c 100s 8s 80x 155s 12x")
_CHECKSUM = slice(148, 156)
_MORE_SPARSE = (482, 504)  # where a GNU sparse header, and each block after it, says that one more follows

_KINDS: Mapping[bytes, Kind] = {b"2": "link", b"3": "other", b"4": "other", b"5": "directory", b"6": "other"}
_PAX = (b"x", b"X")
_LONG = {b"L": "path", b"K": "linkpath"}
_NO_MEMBERS = (b"g", b"V", b"M")  # global pax header, volume label, continuation of another volume


@record(slots=True)
class TarEntry:
    """One member: `path` and `target` as the archive spells them, its bytes at `offset` of the unpacked archive.

    `same_as`: a hard link, to the member of that path. A sparse file is of kind `other`, as its bytes are not plain.
    """

    path: str
    kind: Kind
    size: int
    offset: int
    target: str = ""
    same_as: str | None = None


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
    return said in (sum(rest), sum(rest) - 256 * sum(byte > 127 for byte in rest))


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
        stop = flow.position + _padded(0 if kind in _KINDS or kind == b"1" else entry.size)
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
    sparse = kind == b"S" or any(key.startswith("GNU.sparse.") for key in extra)
    if kind == b"S":
        _skip_sparse_map(block, flow)
    if found == "file" and path.endswith("/"):
        found = "directory"  # as v7 wrote them
    same_as = target if kind == b"1" else None
    return TarEntry(path, "other" if sparse else found, size, flow.position, target, same_as)


def _skip_sparse_map(block: bytes, flow: Flow) -> None:
    mark, later = _MORE_SPARSE
    for _ in range(1 << 16):
        if not block[mark]:
            return
        block, mark = exactly(flow, BLOCK), later
    raise ReadError("the map of a sparse file has no end", f"offset {flow.position:#x}")


def _pax(data: bytes) -> dict[str, str]:
    """Records `LENGTH KEY=VALUE`, each with a line feed; those that matter here."""
    found: dict[str, str] = {}
    while data:
        digits, _, _ = data.partition(b" ")
        if not digits.isdigit() or len(digits) > 7 or not len(digits) < int(digits) <= len(data):
            raise ReadError("a pax header has a record without length")
        record, data = data[len(digits) + 1 : int(digits)], data[int(digits) :]
        key, equals, value = record.removesuffix(b"\n").partition(b"=")
        if equals and (key in (b"path", b"linkpath", b"size") or key.startswith(b"GNU.sparse.")):
            found[text(key)] = text(value[: STRING_LIMIT + 1])
    return found


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
