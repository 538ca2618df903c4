"""Archives as a sysroot, read without unpacking: their members in one tree, their bytes on demand.

Which kind an archive is is told by its first bytes, never by its name. A damaged one, or one that is over a limit,
gives what was read up to there, and `omissions` says so.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from crossplan.readers.source import ByteSource, ReadError
from crossplan.sysroot import foreign, oci, packages
from crossplan.sysroot.directory import DirectoryFile, open_at, reason
from crossplan.sysroot.flow import Allowance, MissingModule, OverLimit
from crossplan.sysroot.index import Index, Member, Omissions
from crossplan.sysroot.scratch import Scratch
from crossplan.sysroot.tarstore import TarStore
from crossplan.sysroot.tree import Kind, Node, Progress, RefusedRoot, RootError, Sysroot, regular
from crossplan.sysroot.zip import MAGICS as ZIP_MAGICS
from crossplan.sysroot.zip import ZipStore

# What stands at the top of a file system or an installation. An archive whose only folder is none of these, and holds
# some of these, was packed with the folder around it.
_TOP = re.compile(
    r"bin|data|DLLs|etc|include|install|[Ll]ib|lib32|lib64|Library|libs|nix|opt|prefix|python|System|tools|usr"
)
_ENDING = re.compile(r"(?:\.tar)?\.(?:tar|t?gz|t?bz2?|t?xz|t?zst|zip)$", re.IGNORECASE)


class ArchiveFile:
    """An open member, of which at most `allowance` bytes may be read."""

    def __init__(self, source: ByteSource, allowance: int) -> None:
        self._source = source
        self._allowance = self._left = allowance

    @property
    def size(self) -> int:
        """Its size in bytes, unpacked."""
        return self._source.size

    def read(self, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`, or `ReadError`."""
        if length > self._left:
            raise ReadError(f"reading it takes more than {self._allowance} bytes", f"offset {max(offset, 0):#x}")
        data = self._source.read(offset, length)
        self._left -= length
        return data

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to give back: what was unpacked stays until the root is closed."""


class ArchiveRoot:
    """See `Sysroot`."""

    def __init__(self, name: str, index: Index, omissions: Omissions, held: ExitStack) -> None:
        self._name = name
        self._index = index
        self._held = held
        self._omissions = omissions

    @property
    def name(self) -> str:
        """The archives as the user gave them."""
        return self._name

    @property
    def limits(self) -> tuple[str, ...]:
        """What was left out because of a bound, or of a name that leads nowhere."""
        return self._omissions.sentences()

    @property
    def damage(self) -> tuple[str, ...]:
        """What ended the reading of an archive too early."""
        return tuple(self._omissions.damage)

    def listdir(self, path: str) -> Mapping[str, Kind]:
        """What lies in a folder, by name."""
        node = self.resolve(path)
        return self._index.kinds(node.path) if node is not None and node.kind == "directory" else {}

    def skim(self, path: str) -> tuple[list[str], list[str]]:
        """All names in a folder, and those of folders."""
        listed = self.listdir(path)
        return list(listed), [name for name, kind in listed.items() if kind == "directory"]

    def resolve(self, path: str) -> Node | None:
        """Where a path leads inside the root."""
        return self._index.resolve(path)

    def open(self, path: str, allowance: int) -> ArchiveFile:
        """The regular file at `path`, of which at most `allowance` bytes may be read."""
        member = self._file(path)
        return ArchiveFile(member.store.open(member), allowance)

    def read(self, path: str, limit: int) -> bytes:
        """The whole of a file of at most `limit` bytes."""
        if (size := self._file(path).size) > limit:
            raise ReadError(f"has {size} bytes, more than the {limit} that such a file may have")
        with self.open(path, limit) as source:
            return source.read(0, source.size)

    def _file(self, path: str) -> Member:
        return self._index.at(regular(self.resolve(path)).path)

    def close(self) -> None:
        """Close the archives, and give back what was unpacked."""
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Loader:
    """Loads archives into trees; what those of one root share."""

    def __init__(self, held: ExitStack, progress: Progress | None) -> None:
        self.omissions = Omissions()
        self._progress = progress
        self._held = held
        self._scratch = Scratch()
        self._allowance = Allowance()
        held.callback(self._scratch.close)

    def file(self, place: str) -> Index:
        """The tree of a file of the user: what it holds, or what the packages and layers inside it hold."""
        path, platform = oci.split_platform(place)
        source = self._held.enter_context(open_file(path))
        name = Path(path).name
        outer = self.tree(source, name)
        if (outer is None or not outer.size) and (what := foreign.described(source)):  # some begin as an empty tar
            raise RootError(f"{path}: {what}")
        if outer is None:
            raise RootError(
                f"{path} is neither a folder nor an archive (tar, zip, deb, apk, conda, image of a container)"
            )
        image = ArchiveRoot(place, outer, self.omissions, ExitStack())
        if oci.is_image(image):
            return self.image(image, platform)
        if not (folder := _folder_around(outer, name)):
            return outer
        tree = Index(self.omissions)
        tree.overlay(outer, folder)
        return tree

    def tree(self, source: ByteSource, name: str) -> Index | None:
        """The tree of one archive, or of the package that it is; None where it is no archive."""
        tree = Index(self.omissions)
        parcels: list[packages.Parcel] = []
        if source.read(0, min(4, source.size)) in ZIP_MAGICS:
            with self._guard(name):
                ZipStore(source, self._scratch, self._allowance).load(tree)
        else:
            with self._guard(name):
                parcels = packages.of_debian(source)
            store = self._tar(source)
            if not parcels:
                if not store.is_tar():
                    return None
                with self._guard(name):
                    store.load(tree)
        with self._guard(name):
            parcels = parcels or packages.inside(tree)
        if parcels:
            tree = Index(self.omissions)
            for inner, part, folder in parcels:
                with self._guard(f"{name}: {inner}"):
                    self._tar(part).load(tree, under=folder)
        return tree

    def image(self, root: Sysroot, platform: str | None) -> Index:
        """The tree of an image of a container: its layers over one another."""
        tree = Index(self.omissions, layered=True)
        with self._guard(root.name):
            for path in oci.layers(root, platform):
                with self._guard(f"{root.name}: {path}"):
                    layer = self._held.enter_context(root.open(path, sys.maxsize))
                    self._tar(layer).load(tree, layer=True)
        return tree

    def _tar(self, source: ByteSource) -> TarStore:
        return TarStore(source, self._scratch, self._allowance, self._progress)

    @contextmanager
    def _guard(self, name: str) -> Iterator[None]:
        """Note what ends the reading of an archive; what was read up to there stays."""
        try:
            yield
        except MissingModule as error:
            raise RootError(f"{name}: {error}") from error
        except OverLimit as error:
            self.omissions.limits.append(f"{name}: {error}")
        except ReadError as error:
            self.omissions.damage.append(f"{name}: {error}")


def open_file(path: str) -> DirectoryFile:
    """A file that the user named, wherever it lies."""
    if not path:
        raise RootError("an empty path: name a directory or a file")
    try:
        descriptor = open_at(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY, None)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM, errno.EIO):
            raise RefusedRoot(path, reason(error)) from error
        why = {errno.ENOENT: "no such file or folder", errno.ELOOP: "its links lead in a circle"}.get(error.errno or 0)
        raise RootError(f"{path}: {why or reason(error)}") from error
    except ValueError as error:
        raise RootError("a path that holds a NUL") from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        one = "only archives can be laid over one another" if stat.S_ISDIR(status.st_mode) else "it is no regular file"
        raise RootError(f"{path}: {one}")
    return DirectoryFile(descriptor, status.st_size, sys.maxsize)


def _folder_around(tree: Index, name: str) -> str:
    """The one folder that the whole archive was packed with, as `NAME/` in NAME.tar.xz; `""` where there is none."""
    (*found,) = tree.folders[""].items()
    if len(found) != 1 or found[0][1].kind != "directory":
        return ""
    folder = found[0][0]
    if folder == _ENDING.sub("", name):
        return folder
    return folder if not _TOP.fullmatch(folder) and any(map(_TOP.fullmatch, tree.folders[folder])) else ""


def open_archives(places: Sequence[str], progress: Progress | None = None) -> ArchiveRoot:
    """One root of one or several archives, later ones over earlier ones. `RootError`: one of them is none."""
    with ExitStack() as held:
        loader = _Loader(held, progress)
        tree = loader.file(places[0])
        for place in places[1:]:
            tree.overlay(loader.file(place))
        return ArchiveRoot(" ".join(places), tree, loader.omissions, held.pop_all())
    raise AssertionError  # an ExitStack does not swallow errors


def open_image(folder: Sysroot, platform: str | None = None, progress: Progress | None = None) -> ArchiveRoot:
    """The root of an image whose layout lies in a folder."""
    with ExitStack() as held:
        held.enter_context(folder)
        loader = _Loader(held, progress)
        tree = loader.image(folder, platform)
        return ArchiveRoot(folder.name, tree, loader.omissions, held.pop_all())
    raise AssertionError
