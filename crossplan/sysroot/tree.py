"""What every sysroot offers, and how links are followed inside one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Literal, Protocol, Self

from crossplan.readers.source import ByteSource, ReadError
from crossplan.record import record

Kind = Literal["file", "directory", "link", "other"]

LINK_LIMIT = 40
"""Links that one path may lead through, as Linux allows (`path_resolution(7)`)."""

Progress = Callable[[int, int], None]
"""Called now and then with the number of names seen and of files that may be evidence."""

DEPTH_LIMIT = 128
"""Components that a resolved path may have."""


class RootError(Exception):
    """What was given is no sysroot: no such path, or a file that is no archive. A matter of usage, with one sentence."""


class RefusedRoot(RootError):
    """There is such a file, and the system does not let us read it: no matter of usage, but of the root."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.reason = reason


@record(slots=True)
class Node:
    """A place inside the root after all links: its path relative to the root (`""` is the root) and what is there."""

    path: str
    kind: Kind


class OpenFile(ByteSource, Protocol):
    """An open file of the root; a context manager that closes it."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Sysroot(Protocol):
    """One root, of a directory or of archives. Nothing outside it is ever read; only `ReadError` comes out.

    Paths are text, relative to the root, with `/`. Bytes that are no UTF-8 stand as lone surrogates.
    """

    @property
    def name(self) -> str:
        """The root as the user gave it."""
        ...

    @property
    def limits(self) -> tuple[str, ...]:
        """What of the root is left out because of a bound, one sentence each."""
        ...

    @property
    def damage(self) -> tuple[str, ...]:
        """What of the root cannot be read because its archive is damaged, one sentence each."""
        ...

    def listdir(self, path: str) -> Mapping[str, Kind]:
        """What lies in the folder `path` (after links), by name; empty where there is no such folder."""
        ...

    def skim(self, path: str) -> tuple[list[str], list[str]]:
        """The names in the folder `path` (no link), and those of them that are folders; the quick way for a full walk."""
        ...

    def resolve(self, path: str) -> Node | None:
        """Where `path` leads inside the root, or None where nothing is."""
        ...

    def open(self, path: str, allowance: int) -> OpenFile:
        """The regular file `path` (after links), of which at most `allowance` bytes may be read."""
        ...

    def read(self, path: str, limit: int) -> bytes:
        """The whole of a file, or `ReadError` where it has more than `limit` bytes."""
        ...

    def close(self) -> None:
        """Give back what the root holds open."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def regular(node: Node | None) -> Node:
    """What a path led to, if that is a regular file, else `ReadError`."""
    if node is None:
        raise ReadError("is not there, or its link leads nowhere")
    if node.kind != "file":
        raise ReadError("is a folder" if node.kind == "directory" else "is no regular file")
    return node


def join(folder: str, name: str) -> str:
    """The path of `name` in `folder`."""
    return f"{folder}/{name}" if folder else name


def parent(path: str) -> str:
    """The folder that a path lies in; `""` for the root's own entries."""
    return path.rpartition("/")[0]


def follow(path: str, kind_of: Callable[[str], Kind | None], target_of: Callable[[str], str]) -> Node | None:
    """Resolve a path as `chroot` would: absolute links count from the root, `..` stops at it, loops end.

    `kind_of` and `target_of` are asked only about paths whose folder has been resolved. None where nothing is.
    """
    pending = path.split("/")[::-1]
    place, kind, links = "", "directory", 0
    known: Kind | None
    while pending:
        part = pending.pop()
        if part in ("", "."):
            continue
        if kind != "directory":
            return None
        if part == "..":
            place = parent(place)
            continue
        inner = join(place, part)
        known = kind_of(inner)
        if known is None:
            return None
        if known != "link":
            place, kind = inner, known
            if place.count("/") >= DEPTH_LIMIT:
                raise ReadError(f"lies more than {DEPTH_LIMIT} folders deep")
            continue
        links += 1
        if links > LINK_LIMIT:
            raise ReadError(f"leads through more than {LINK_LIMIT} links: a loop")
        target = target_of(inner)
        if target.startswith("/"):
            place = ""
        pending.extend(target.split("/")[::-1])
        if len(pending) > 4096:
            raise ReadError("its links unfold to a path without end")
    return Node(place, kind)  # type: ignore[arg-type]
