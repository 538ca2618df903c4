"""A sysroot that is a directory of this machine, walked by directory descriptors.

Every folder and file is opened relative to the descriptor of its folder, one component at a time, and never through a
link (`O_NOFOLLOW`): links are read and resolved by us, inside the root. So neither a link nor a folder that is swapped
for one meanwhile leads out. Only regular files are opened.
"""

from __future__ import annotations

import errno
import os
import stat
from collections import OrderedDict
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from crossplan.readers.source import ReadError
from crossplan.sysroot.tree import Kind, Node, RootError, follow, join, parent, regular

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC

FOLDERS_OPEN = 64
"""Folders that are kept open; the least used is closed."""

ENTRY_LIMIT = 200_000
"""Names that one folder may hold."""

NAMES_KEPT = 50_000
"""Names of listed folders that are kept; the folders listed first are forgotten."""

_REASONS = {
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.ENOENT: "is not there any more",
    errno.ENOTDIR: "is no folder",
    errno.ELOOP: "was swapped for a link while it was read",
    errno.ENAMETOOLONG: "its name is too long for this system",
    errno.EIO: "the disk cannot read it",
    errno.ENXIO: "is a socket, or a device that is not there",
}


def open_at(name: str, flags: int, folder: int | None) -> int:
    """The one place where a file or folder is opened: `name` in the open folder `folder` (None: a path of the user)."""
    return os.open(name, flags, dir_fd=folder)


def reason(error: OSError) -> str:
    """Why the system refused, in one phrase."""
    return _REASONS.get(error.errno or 0) or (os.strerror(error.errno) if error.errno else "cannot be read").lower()


class DirectoryFile:
    """An open regular file, of which at most `allowance` bytes may be read."""

    def __init__(self, descriptor: int, size: int, allowance: int) -> None:
        self._descriptor = descriptor
        self._size = size
        self._left = allowance
        self._allowance = allowance

    @property
    def size(self) -> int:
        """Size in bytes when it was opened."""
        return self._size

    def read(self, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`, or `ReadError`."""
        if offset < 0 or length < 0 or offset + length > self._size:
            raise ReadError(
                f"truncated: {length} bytes wanted, the file has {self._size}", f"offset {max(offset, 0):#x}"
            )
        if length > self._left:
            raise ReadError(f"reading it takes more than {self._allowance} bytes", f"offset {offset:#x}")
        self._left -= length
        try:
            data = os.pread(self._descriptor, length, offset)
            while len(data) < length:
                more = os.pread(self._descriptor, length - len(data), offset + len(data))
                if not more:
                    raise ReadError("became shorter while it was read", f"offset {offset:#x}")
                data += more
        except OSError as error:
            raise ReadError(reason(error), f"offset {offset:#x}") from error
        return data

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)


class DirectoryRoot:
    """See `Sysroot`. A root that cannot be opened for want of permission is a root whose every read says so."""

    def __init__(self, path: str, refusal: ReadError | None = None) -> None:
        self._name = path
        self._refusal = refusal
        self._folders: OrderedDict[str, int] = OrderedDict()
        self._listed: dict[str, dict[str, Kind]] = {}
        self._kept = 0  # names in all of them
        self._counting: set[int] = set()  # devices that count the links of folders
        self._root = -1
        if refusal is not None:
            return
        try:
            self._root = open_at(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, None)
        except (FileNotFoundError, NotADirectoryError, ValueError) as error:
            raise RootError(f"no such directory: {path}") from error
        except OSError as error:
            self._refusal = ReadError(reason(error))

    @property
    def name(self) -> str:
        """The root as the user gave it."""
        return self._name

    @property
    def limits(self) -> tuple[str, ...]:
        """See `Sysroot`: of a directory nothing is left out before it is asked for."""
        return ()

    damage = limits

    def listdir(self, path: str) -> Mapping[str, Kind]:
        """What lies in a folder, by name; kept for a while."""
        node = self.resolve(path)
        if node is None or node.kind != "directory":
            return {}
        if node.path not in self._listed:
            self._listed[node.path] = self._list(node.path)
            self._kept += len(self._listed[node.path])
            while self._kept > NAMES_KEPT and len(self._listed) > 1:
                self._kept -= len(self._listed.pop(next(iter(self._listed))))
        return self._listed[node.path]

    def skim(self, path: str) -> tuple[list[str], list[str]]:
        """All names in a folder, and those of folders. Nothing of it is kept.

        A folder of two links has no folders inside, and its names can be had at once; but not every file system counts
        the links. So that is believed of a device only after a folder with folders in it had as many links as it should.
        """
        names: list[str] = []
        folders: list[str] = []
        try:
            descriptor = self._folder(path)
            status = os.fstat(descriptor)
            if status.st_nlink == 2 and status.st_dev in self._counting:
                return os.listdir(descriptor), folders  # noqa: PTH208  # by descriptor
            with os.scandir(descriptor) as entries:
                for entry in entries:
                    names.append(entry.name)
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.name)
        except OSError as error:
            raise ReadError(reason(error)) from error
        if folders and status.st_nlink == len(folders) + 2:
            self._counting.add(status.st_dev)
        return names, folders

    def _list(self, path: str) -> dict[str, Kind]:
        found: dict[str, Kind] = {}
        try:
            with os.scandir(self._folder(path)) as entries:
                for entry in entries:
                    if len(found) >= ENTRY_LIMIT:
                        raise ReadError(f"holds more than {ENTRY_LIMIT} names")
                    found[entry.name] = (
                        "link"
                        if entry.is_symlink()
                        else "directory"
                        if entry.is_dir(follow_symlinks=False)
                        else "file"
                        if entry.is_file(follow_symlinks=False)
                        else "other"
                    )
        except OSError as error:
            raise ReadError(reason(error)) from error
        return found

    def resolve(self, path: str) -> Node | None:
        """Where a path leads inside the root."""
        if self._refusal:
            raise self._refusal
        return follow(path, self._kind, self._target)

    def _kind(self, path: str) -> Kind | None:
        folder, _, name = path.rpartition("/")
        if (listed := self._listed.get(folder)) is not None:
            return listed.get(name)
        try:
            mode = os.stat(name, dir_fd=self._folder(folder), follow_symlinks=False).st_mode
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise ReadError(reason(error) if isinstance(error, OSError) else "a name that no file can have") from error
        if stat.S_ISLNK(mode):
            return "link"
        return "directory" if stat.S_ISDIR(mode) else "file" if stat.S_ISREG(mode) else "other"

    def _target(self, path: str) -> str:
        try:
            return os.readlink(path.rpartition("/")[2], dir_fd=self._folder(parent(path)))
        except OSError as error:
            raise ReadError(reason(error)) from error

    def _folder(self, path: str) -> int:
        """The descriptor of a folder whose path holds no link."""
        if not path:
            if self._refusal:
                raise self._refusal
            return self._root
        if path in self._folders:
            self._folders.move_to_end(path)
            return self._folders[path]
        above, _, name = path.rpartition("/")
        descriptor = open_at(name, _FOLDER, self._folder(above))
        self._folders[path] = descriptor
        if len(self._folders) > FOLDERS_OPEN:
            os.close(self._folders.popitem(last=False)[1])
        return descriptor

    def open(self, path: str, allowance: int) -> DirectoryFile:
        """The regular file at `path`, of which at most `allowance` bytes may be read."""
        node = regular(self.resolve(path))
        try:
            descriptor = open_at(node.path.rpartition("/")[2], _FILE, self._folder(parent(node.path)))
        except OSError as error:
            raise ReadError(reason(error)) from error
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            raise ReadError("is no regular file")
        return DirectoryFile(descriptor, status.st_size, allowance)

    def read(self, path: str, limit: int) -> bytes:
        """The whole of a file of at most `limit` bytes."""
        with self.open(path, limit) as source:
            if source.size > limit:
                raise ReadError(f"has {source.size} bytes, more than the {limit} that such a file may have")
            return source.read(0, source.size)

    def close(self) -> None:
        """Close every folder."""
        for descriptor in self._folders.values():
            os.close(descriptor)
        self._folders.clear()
        if self._root >= 0:
            os.close(self._root)
            self._root, self._refusal = -1, ReadError("the root is closed")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


__all__ = ["DirectoryFile", "DirectoryRoot", "join", "open_at", "reason"]
