"""A sysroot: the files of one root, found and read within bounds, and nothing outside it."""

from __future__ import annotations

import os

from crossplan.readers.source import ReadError
from crossplan.sysroot.tree import Kind, Node, OpenFile, Progress, RefusedRoot, RootError, Sysroot, join, parent

__all__ = ["Kind", "Node", "OpenFile", "Progress", "RootError", "Sysroot", "join", "open_sysroot", "parent"]


def open_sysroot(
    path: str | os.PathLike[str], *more: str | os.PathLike[str], progress: Progress | None = None
) -> Sysroot:
    """Open a directory, an archive, an image of a container (`PATH#linux/arm64` where it has several platforms), or
    several archives as one root. `RootError`: it is none of these.

    A directory or archive that may not be read is opened: each read of it says so.
    """
    from crossplan.sysroot import oci
    from crossplan.sysroot.directory import DirectoryRoot

    places = [os.fspath(place) for place in (path, *more)]
    folder, platform = oci.split_platform(places[0])
    if len(places) == 1 and os.path.isdir(folder):  # noqa: PTH112 - pathlib's raises where a folder above may not be entered
        root = DirectoryRoot(folder)
        if not oci.is_image(root):
            return root
        from crossplan.sysroot.archive import open_image

        return open_image(root, platform, progress)
    from crossplan.sysroot.archive import open_archives

    try:
        return open_archives(places, progress)
    except RefusedRoot as error:
        return DirectoryRoot(" ".join(places), ReadError(error.reason))
