"""The skeleton of an `ar` archive: members under their names, and the index of symbols.

Sources: ar(5) of the BSDs and of System V; GNU's long names and thin archives, binutils' bfd/archive.c; Microsoft,
"PE Format", "Archive (Library) File Format", https://learn.microsoft.com/windows/win32/debug/pe-format .
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

from crossplan.readers.source import ReadError
from crossplan.readers.window import STRING_LIMIT, Window, text

ARMAG, THIN_MAG = b"!<arch>\n", b"!<thin>\n"
MEMBERS_MAX = 16_000  # the largest import library of Windows has some 10,000
INDEX_MAX = 2 << 20  # bytes; that of a libpython has 100 KiB
NAMES_MAX = 1 << 20

_HEADER = Struct("16s12x6x6x8x10s2s")  # ar_name, ar_date, ar_uid, ar_gid, ar_mode, ar_size, ar_fmag
_END = b"`\n"
_LONG_NAMES = "//"
_BE32, _BE64 = Struct(">I"), Struct(">Q")
# Names of an index of symbols -> the number that its words are made of. System V, Microsoft and GNU; BSD and Apple.
_SYSV_INDEX = {"/": _BE32, "/SYM64/": _BE64}
_BSD_INDEX = {
    "__.SYMDEF": "I",
    "__.SYMDEF SORTED": "I",
    "__.SYMDEF_64": "Q",
    "__.SYMDEF_64 SORTED": "Q",
}


class Member(NamedTuple):
    """One member: its name, where its header begins (the index counts so), and where its bytes lie.

    In a thin archive only the special members have bytes; of the others, the name is a path from the archive.
    """

    name: str
    header: int
    offset: int
    size: int

    @property
    def special(self) -> bool:
        """Whether it is a part of the format: an index, the table of long names, Microsoft's own tables."""
        return self.name in (_LONG_NAMES, *_SYSV_INDEX, *_BSD_INDEX) or self.name.startswith("/<")


class ArFile:
    """The parsed skeleton of one archive; every property may raise `ReadError`."""

    def __init__(self, window: Window) -> None:
        self.window = window
        magic = window.read(0, len(ARMAG))
        if magic not in (ARMAG, THIN_MAG):
            raise ReadError("not an archive: its magic text is missing", "offset 0x0")
        self.thin = magic == THIN_MAG
        self._long_names = b""

    def members(self, start: int = len(ARMAG)) -> Iterator[Member]:
        """The members in order. Names repeat: all members of an import library have the DLL's."""
        place = start
        for _ in range(MEMBERS_MAX):
            if place + _HEADER.size > self.window.size:
                return
            member = self._member(place)
            if member.name == _LONG_NAMES:
                self._long_names = self.window.part(member.offset, member.size).upto(0, NAMES_MAX)
            yield member
            place = member.offset + (0 if self.thin and not member.special else member.size)
            place += place % 2
        raise ReadError(f"more than {MEMBERS_MAX} members", f"offset {place:#x}")

    def _member(self, place: int) -> Member:
        name, digits, end = _HEADER.unpack(self.window.read(place, _HEADER.size))
        if end != _END or not digits.strip().isdigit():
            raise ReadError("no header of a member where one should be", f"offset {place:#x}")
        size, offset = int(digits), place + _HEADER.size
        label = text(name.rstrip(b" "))
        if label.startswith("#1/"):  # BSD: the name precedes the bytes
            length = _number(label[3:], place)
            if length > min(size, STRING_LIMIT):
                raise ReadError("the name of a member reaches beyond it", f"offset {place:#x}")
            return Member(text(self.window.read(offset, length).rstrip(b"\0")), place, offset + length, size - length)
        if label[:1] == "/" and label[1:2].isdigit():  # GNU, Microsoft: a place in the table of long names
            # In a thin archive, a second slash ends the field, and `:` and a place in it follows for a nested archive.
            label = self._long_name(_number(label[1:].partition(":")[0].rstrip(" /"), place), place)
        elif label not in (_LONG_NAMES, *_SYSV_INDEX) and not label.startswith("/<"):
            label = label.removesuffix("/")
        return Member(label, place, offset, size)

    def _long_name(self, start: int, place: int) -> str:
        if start >= len(self._long_names):
            raise ReadError("the name of a member lies outside the table of names", f"offset {place:#x}")
        name = self._long_names[start : start + STRING_LIMIT]
        return text(name.partition(b"\n")[0].partition(b"\0")[0].removesuffix(b"/"))

    def part(self, member: Member) -> Window:
        """The bytes of a member."""
        return self.window.part(member.offset, member.size)

    def find(self, endings: tuple[bytes, ...]) -> dict[bytes, int]:
        r"""Those of `endings` (`\0name` for a whole name) that a symbol of the index has, with the place of the member
        that defines it. Nothing is found where there is no index, or one far larger than that of a Python.
        """
        for member in self.members():
            if member.size <= INDEX_MAX and member.name in _SYSV_INDEX:
                return _sysv_find(self.part(member).read(0, member.size), _SYSV_INDEX[member.name], endings)
            if member.size <= INDEX_MAX and member.name in _BSD_INDEX:
                return _bsd_find(self.part(member).read(0, member.size), _BSD_INDEX[member.name], endings)
            if not member.special:
                break
        return {}

    def member_at(self, place: int) -> Member | None:
        """The member whose header begins at `place`; None in a thin archive, and beyond the end."""
        return None if self.thin else next(self.members(place), None)


def _number(digits: str, place: int) -> int:
    if not digits.isdecimal() or len(digits) > 15:
        raise ReadError("a number in a member's name is none", f"offset {place:#x}")
    return int(digits)


def _sysv_find(data: bytes, word: Struct, endings: tuple[bytes, ...]) -> dict[bytes, int]:
    """Count, a place for each symbol, then the names in the same order."""
    (count,) = word.unpack_from(data) if len(data) >= word.size else (0,)
    if word.size * (count + 1) > len(data):
        raise ReadError(f"{count} symbols do not fit into the index", "index of symbols")
    names = b"\0" + data[word.size * (count + 1) :]
    found = {}
    for ending in endings:
        place = names.find(ending + b"\0")
        number = names.count(b"\0", 0, place + 1)  # of the symbol, from 1
        if place >= 0 and number <= count:
            (found[ending],) = word.unpack_from(data, word.size * number)
    return found


def _bsd_find(data: bytes, kind: str, endings: tuple[bytes, ...]) -> dict[bytes, int]:
    """Size of a table of (place of the name, place of the member), that table, size of the names, the names.

    The byte order is that of the archive's machine, so both are tried.
    """
    for order in "<>":
        word, pair = Struct(order + kind), Struct(order + kind * 2)
        (size,) = word.unpack_from(data) if len(data) >= word.size else (0,)
        if size % pair.size == 0 and size + 2 * word.size <= len(data):
            break
    else:
        raise ReadError("the index of symbols does not fit into its member", "index of symbols")
    names = b"\0" + data[size + 2 * word.size :]
    wanted = {}
    for ending in endings:
        place = names.find(ending + b"\0")
        if place >= 0:
            wanted[names.rfind(b"\0", 0, place + 1)] = ending  # a name begins after the NUL, one place on without it
    table = data[word.size : word.size + size]
    return {wanted[start]: place for start, place in pair.iter_unpack(table) if start in wanted}
