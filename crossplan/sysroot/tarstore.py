"""A tar archive as a store. Of a compressed one, what can be evidence is kept at the first pass; for the rest it is read again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crossplan.readers.source import ByteSource, ReadError
from crossplan.sysroot.flow import Allowance, Flow, OverLimit, PlainFlow, exactly, flow_of
from crossplan.sysroot.index import Index, Member
from crossplan.sysroot.scratch import Part, Scratch
from crossplan.sysroot.sparse import Pieces, SparseSource
from crossplan.sysroot.tar import BLOCK, TarEntry, entries, is_header
from crossplan.sysroot.tree import Progress, join
from crossplan.sysroot.zip import MEMBER_LIMIT

WHITEOUT, OPAQUE = ".wh.", ".wh..wh..opq"
"""Names by which a layer of an image takes away what is below it (OCI image specification, layer.md)."""

KEPT_SIZE = 128 << 20
_PIECES_LIMIT = 100_000  # of all sparse files of one archive
_CHUNK = 1 << 18

# Files that a scan may open, by folder and by name. One that is missing here costs a second pass over the archive, nothing else.
_KEPT_IN = re.compile(r"(?:^|/)(?:lib-dynload|modules|DLLs|libs)/")
_KEPT = re.compile(
    r"_sysconfig.*|build-details.*\.json|pyvenv\.cfg|python-3.*\.json|(?:patchlevel|pyconfig.*)\.h|Makefile|.*\.pc"
    r"|py(?:thon|odide|py).*|Python[T3]?|graalpy.*|lib(?:python|pypy|c[.-]).*|ld[.-].*|.*\.(?:pyd|node|lib|dll)"
    r"|.*\.(?:cpython|pypy|graalpy|abi3).*\.so|stdlib.*\.zip"
    r"|(?:data|control)\.tar\..*|index\.json|manifest\.json|[0-9a-f]{64}(?:\.json)?|layer\.tar|RECORD|WHEEL|METADATA",
    re.DOTALL,
)


class TarStore:
    """One tar archive."""

    def __init__(
        self, source: ByteSource, scratch: Scratch, allowance: Allowance, progress: Progress | None = None
    ) -> None:
        self._source = source
        self._scratch = scratch
        self._allowance = allowance
        self._progress = progress
        self._kept: dict[int, ByteSource] = {}
        self._asked: set[str] = set()
        self._sparse: dict[int, tuple[int, Pieces]] = {}  # of sparse files: the bytes stored, and where they belong
        self._pieces = 0

    def is_tar(self) -> bool:
        """Whether a tar begins here. Compressed data that cannot be read is taken for one, so that its fault is said."""
        try:
            flow = self._flow()
            head = flow.upto(BLOCK)
        except ReadError:
            return True
        return is_header(head) or (len(head) == BLOCK and not head.strip(b"\0"))

    def load(self, index: Index, *, under: str = "", layer: bool = False) -> None:
        """Enter the members into the index, below the folder `under`; as a `layer` of an image, whiteouts take away."""
        flow = self._flow()
        for entry in entries(flow):
            self._allowance.spend(0)  # time
            path = join(under, entry.path)
            folder, _, name = path.rstrip("/").rpartition("/")
            if layer and name == OPAQUE:
                index.make_opaque(folder, self)
            elif layer and name.startswith(WHITEOUT):
                index.remove(join(folder, name.removeprefix(WHITEOUT)), self)
            elif entry.same_as is not None:
                index.insert_hard_link(path, join(under, entry.same_as), self)
            else:
                self._note_pieces(entry)
                index.insert(path, Member(entry.kind, self, entry.size, entry.offset, entry.target))
                if entry.kind == "file" and not isinstance(flow, PlainFlow) and self._is_wanted(entry):
                    self._keep(entry, flow)
            if self._progress is not None:
                self._progress(index.size, len(self._kept))

        while not isinstance(flow, PlainFlow) and flow.upto(_CHUNK):
            pass  # what follows the end mark is padding; at its end stands the checksum of compressed data

    def _note_pieces(self, entry: TarEntry) -> None:
        if entry.pieces is not None:
            self._pieces += len(entry.pieces)
            if self._pieces > _PIECES_LIMIT:
                raise OverLimit(f"its sparse files have more than {_PIECES_LIMIT} pieces")
            self._sparse[entry.offset] = entry.stored, entry.pieces

    def _keep(self, entry: TarEntry, flow: Flow) -> None:
        kept = self._scratch.keep(_pieces(flow, entry.stored))
        self._kept[entry.offset] = kept if entry.pieces is None else SparseSource(kept, entry.pieces, entry.size)

    def _is_wanted(self, entry: TarEntry) -> bool:
        named = _KEPT.fullmatch(entry.path.rpartition("/")[2]) or _KEPT_IN.search(entry.path)
        return bool(named) and self._fits(entry)

    def _fits(self, entry: TarEntry) -> bool:
        return entry.same_as is None and entry.stored <= KEPT_SIZE and self._scratch.room_for(entry.stored)

    def _flow(self) -> Flow:
        return flow_of(self._source, self._allowance)

    def open(self, member: Member) -> ByteSource:
        """See `Store`."""
        if member.place not in self._kept:
            stored, pieces = self._sparse.get(member.place, (member.size, None))
            if stored > MEMBER_LIMIT:
                raise OverLimit(f"unpacked it has {stored} bytes")
            if isinstance(self._flow(), PlainFlow):
                part = Part(self._source, member.place, stored)
                return part if pieces is None else SparseSource(part, pieces, member.size)
            self._read_again(member)
        return self._kept[member.place]

    def _read_again(self, member: Member) -> None:
        """Keep a member that was passed over; and what lies in folders that were asked for before, as others of it will be."""
        flow = self._flow()
        try:
            for entry in entries(flow):
                folder = entry.path.rpartition("/")[0]
                asked = entry.offset == member.place and entry.same_as is None and entry.kind == "file"
                neighbour = folder in self._asked and entry.kind == "file" and self._fits(entry)
                if (asked or neighbour) and entry.offset not in self._kept:
                    self._keep(entry, flow)
                if asked:
                    self._asked.add(folder)
        except ReadError:
            if member.place not in self._kept:
                raise


def _pieces(flow: Flow, size: int) -> Iterator[bytes]:
    """The next `size` bytes, in pieces."""
    while size:
        piece = exactly(flow, min(size, _CHUNK))
        size -= len(piece)
        yield piece
