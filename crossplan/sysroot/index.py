"""The tree that archives make: their members by folder, several archives laid over one another.

Member names are hostile: what leads outside, is too long or lies too deep is left out, and said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from crossplan.readers.source import ByteSource, ReadError
from crossplan.readers.window import STRING_LIMIT
from crossplan.record import record
from crossplan.sysroot.flow import OverLimit
from crossplan.sysroot.tree import DEPTH_LIMIT, Kind, Node, follow, join, parent

NODE_LIMIT = 200_000
"""Members and folders that all archives of one root may have together: some 250 bytes of memory each."""

NAME_LIMIT = 255
"""Bytes that a name may have on any file system in use."""


class Store(Protocol):
    """One archive, as the place where members lie."""

    def open(self, member: Member) -> ByteSource:
        """The bytes of one of its files."""
        ...


@record(slots=True)
class Member:
    """What an archive has at a path. `place` is where its store finds it, `target` where a link leads."""

    kind: Kind
    store: Store
    size: int = 0
    place: int = 0
    target: str = ""


class Omissions:
    """What was left out of a root and why, by reason; `damage` is the one that ended the reading of an archive."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, str]] = {}
        self.damage: list[str] = []
        self.limits: list[str] = []

    def skip(self, why: str, name: str) -> None:
        """Note one member."""
        count, first = self._counts.get(why, (0, name))
        self._counts[why] = (count + 1, first)

    def sentences(self) -> tuple[str, ...]:
        """One sentence a reason, those that name members first."""
        counted = [
            f"{first[:200]}{f' and {count - 1} more' if count > 1 else ''}: {why}"
            for why, (count, first) in sorted(self._counts.items())
        ]
        return (*counted, *self.limits)


class Index:
    """Folders and what they hold. `layered`: a folder of a later archive replaces a link, as in layers of an image;
    else it is unpacked through the link, as package managers do.
    """

    def __init__(self, omissions: Omissions, *, layered: bool = False) -> None:
        self.folders: dict[str, dict[str, Member]] = {"": {}}
        self._omissions = omissions
        self._layered = layered
        self._nodes = 0
        self._cleared: set[tuple[str, int]] = set()  # whiteouts that have been done, so that none costs twice

    def resolve(self, path: str) -> Node | None:
        """Where a path leads inside the tree."""
        return follow(path, self._kind, lambda link: self.at(link).target)

    @property
    def size(self) -> int:
        """How many members and folders it has."""
        return self._nodes

    def member(self, path: str) -> Member | None:
        """What is at a path that holds no link."""
        folder, _, name = path.rpartition("/")
        return self.folders.get(folder, {}).get(name)

    def at(self, path: str) -> Member:
        """What is at a path that is known to be there."""
        return self.folders[parent(path)][path.rpartition("/")[2]]

    def _kind(self, path: str) -> Kind | None:
        member = self.member(path)
        return None if member is None else member.kind

    def insert(self, name: str, member: Member) -> None:
        """Put a member at the path that an archive gives it."""
        parts = self._parts(name)
        if not parts:
            return  # left out, or the root itself
        self._put(self._folder(parts[:-1], member.store), parts[-1], member)

    def insert_hard_link(self, name: str, same_as: str, store: Store) -> None:
        """Put at `name` what an earlier member is."""
        parts = self._parts(same_as)
        node = self.resolve("/".join(parts)) if parts else None
        member = self.member(node.path) if node is not None else None
        if member is None or member.kind != "file":
            self._omissions.skip("a hard link to what is not in the archive", name)
        else:
            self.insert(name, member)

    def _parts(self, name: str) -> list[str] | None:
        """The components of a member's name, or None where it is not taken. An absolute name counts from the root."""
        name = name.partition("\0")[0]
        parts = [part for part in name.split("/") if part not in ("", ".")]
        why = None
        if ".." in parts:
            why = "its name leads out of the archive"
        elif len(name) > STRING_LIMIT or any(len(part) > NAME_LIMIT for part in parts):
            why = "its name is too long"
        elif len(parts) > DEPTH_LIMIT:
            why = f"it lies more than {DEPTH_LIMIT} folders deep"
        if why:
            self._omissions.skip(why, name)
            return None
        return parts

    def _folder(self, parts: list[str], store: Store) -> str:
        """The path of the folder that a member lies in, made where it is not there; links inside the root are followed."""
        place = "/".join(parts)
        if place in self.folders:
            return place
        place = ""
        for part in parts:
            here = self.folders[place].get(part)
            if here is not None and here.kind == "link":
                node = self._quietly(join(place, part))
                if node is not None and node.kind == "directory":
                    place = node.path
                    continue
            if here is None or here.kind != "directory":
                self._put(place, part, Member("directory", store))
            place = join(place, part)
        return place

    def _quietly(self, path: str) -> Node | None:
        """Where a link leads; None also where it leads in circles."""
        try:
            return self.resolve(path)
        except ReadError:
            return None

    def _put(self, folder: str, name: str, member: Member) -> None:
        here = self.folders[folder].get(name)
        path = join(folder, name)
        if here is not None and here.kind != member.kind and not self._layered:
            if here.kind == "directory" and self.folders[path]:
                return  # a folder with something in it stays, as with dpkg and rpm
            if here.kind == "link" and member.kind == "directory":
                node = self._quietly(path)
                if node is not None and node.kind == "directory":
                    return
        if here is not None and here.kind == "directory" and member.kind != "directory":
            self._drop(path)
        if here is None:
            self._nodes += 1
            if self._nodes > NODE_LIMIT:
                raise OverLimit(f"it has more than {NODE_LIMIT} members")
        self.folders[folder][name] = member
        if member.kind == "directory":
            self.folders.setdefault(path, {})

    def _drop(self, path: str) -> None:
        """Forget a folder and all below it."""
        pending = [path]
        while pending:
            gone = pending.pop()
            inside = self.folders.pop(gone)
            self._nodes -= len(inside)
            pending.extend(join(gone, name) for name, member in inside.items() if member.kind == "directory")

    def remove(self, name: str, layer: Store) -> None:
        """A whiteout: what earlier layers have at `name` is not there."""
        parts = self._parts(name)
        node = self._quietly("/".join(parts[:-1])) if parts else None
        if not parts or node is None or node.kind != "directory":
            return
        self._remove_others(node.path, parts[-1], layer)

    def make_opaque(self, name: str, layer: Store) -> None:
        """An opaque whiteout: of what is in the folder `name`, only what this layer brings is there."""
        parts = self._parts(name)
        node = None if parts is None else self._quietly("/".join(parts))
        if node is not None and node.kind == "directory" and self._first(f"{node.path}/", layer):
            for inside in list(self.folders[node.path]):
                self._remove_others(node.path, inside, layer)

    def _remove_others(self, folder: str, name: str, layer: Store) -> None:
        """Take away `name`, all below it included, except what `layer` brought."""
        stack = [(folder, name, False)] if self._first(join(folder, name), layer) else []
        while stack:
            folder, name, seen = stack.pop()
            member = self.folders[folder].get(name)
            path = join(folder, name)
            if member is None:
                continue
            if member.kind == "directory" and not seen:
                stack.append((folder, name, True))
                stack.extend((path, inside, False) for inside in self.folders[path])
            elif member.store is not layer and not (member.kind == "directory" and self.folders[path]):
                self.folders.pop(path, None)
                del self.folders[folder][name]
                self._nodes -= 1

    def _first(self, path: str, layer: Store) -> bool:
        """Whether `path` is cleared of other layers for the first time."""
        before = len(self._cleared)
        self._cleared.add((path, id(layer)))
        return len(self._cleared) > before

    def overlay(self, other: Index, base: str = "") -> None:
        """Lay over this tree what another has below `base`."""
        for path, member in other.walk(base):
            self.insert(path, member)

    def walk(self, base: str = "") -> Iterator[tuple[str, Member]]:
        """Everything below `base`, paths counted from it; a folder before what it holds."""
        pending = [base]
        while pending:
            folder = pending.pop()
            for name, member in self.folders[folder].items():
                path = join(folder, name)
                yield path[len(base) + 1 if base else 0 :], member
                if member.kind == "directory":
                    pending.append(path)

    def kinds(self, folder: str) -> Mapping[str, Kind]:
        """What lies in a folder, by name."""
        return {name: member.kind for name, member in self.folders.get(folder, {}).items()}
