"""The file that a linker would take for `-l NAME` in a folder of this machine, and what its headers say."""

from __future__ import annotations

import os

from crossplan.readers.image import Image
from crossplan.readers.images import read_image
from crossplan.readers.source import ReadError
from crossplan.record import record
from crossplan.triple import Target


class HostFile:
    """A file of this machine as a `ByteSource`; the user names it, so links lead where they lead."""

    def __init__(self, path: str) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))

    @property
    def size(self) -> int:
        """Size in bytes."""
        return os.fstat(self._descriptor).st_size

    def read(self, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`; `ReadError` if the file ends before."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise ReadError("truncated", f"offset {offset:#x}")
        os.lseek(self._descriptor, offset, os.SEEK_SET)
        data = b""
        while len(data) < length and (part := os.read(self._descriptor, length - len(data))):
            data += part
        return data

    def close(self) -> None:
        """Close it."""
        os.close(self._descriptor)


@record
class LinkedFile:
    """A file by its path; `image` is None where it cannot be read as one (`reason`: why)."""

    path: str
    image: Image | None
    reason: str | None = None


def file_names(name: str, target: Target) -> tuple[str, ...]:
    """The names of files that satisfy `-l NAME`, in the linker's order (ld(1) `-l`; LINK's DEFAULTLIB)."""
    if target.os == "windows" and target.env == "msvc":
        return (f"{name}.lib",)
    if target.os in ("windows", "cygwin"):
        return (f"lib{name}.dll.a", f"{name}.dll.a", f"lib{name}.a", f"{name}.lib", f"lib{name}.dll", f"{name}.dll")
    if target.os in ("macos", "ios"):
        return (f"lib{name}.dylib", f"lib{name}.tbd", f"lib{name}.a")
    return (f"lib{name}.so", f"lib{name}.a")


def find_linked(folder: str, name: str, target: Target) -> LinkedFile | None:
    """The file for `-l NAME` in `folder`; None if there is none."""
    for file in file_names(name, target):
        path = os.path.join(folder, file)  # noqa: PTH118
        if "\0" in path or not os.path.isfile(path):  # noqa: PTH113
            continue
        return read_host_image(path)
    return None


def read_host_image(path: str) -> LinkedFile:
    """The headers of a binary of this machine."""
    try:
        source = HostFile(path)
    except OSError as error:
        return LinkedFile(path, None, error.strerror or str(error))
    try:
        return LinkedFile(path, read_image(source, path, want_symbols=False))
    except (ReadError, OSError) as error:
        return LinkedFile(path, None, str(error))
    finally:
        source.close()


def libc_of(folders: tuple[str, ...]) -> tuple[str, str] | None:
    """(version, path) of the first glibc in these folders: the highest symbol version that it defines."""
    for folder in folders:
        path = os.path.join(folder, "libc.so.6")  # noqa: PTH118
        image = read_host_image(path).image if os.path.isfile(path) else None  # noqa: PTH113
        if image is not None and image.libc_offers is not None:
            return image.libc_offers, path
    return None
