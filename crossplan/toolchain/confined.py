"""A Python below a sysroot is never started: what stands in place of its answer."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence

from crossplan.readers.source import ReadError
from crossplan.selection import image_mismatches
from crossplan.sysroot import RootError, open_sysroot
from crossplan.toolchain.host_python import Refusal
from crossplan.triple import UnknownTarget, find_target

HEADER_BYTES = 256 << 10


def refuse_below(roots: Sequence[str], environ: Mapping[str, str], host: str, cwd: str) -> Refusal:
    """A refusal for programs that lie below one of `roots`; commands without a slash are looked up on PATH.

    A program for another machine than `host` could not be executed there either: the answer is ENOEXEC's name.
    """
    folders = tuple(os.path.realpath(os.path.join(cwd, root)) + os.sep for root in roots)  # noqa: PTH118

    def refuse(command: str) -> str | None:
        path = command if os.sep in command else shutil.which(command, path=environ.get("PATH", os.defpath))
        real = os.path.realpath(os.path.join(cwd, path)) if path else ""  # noqa: PTH118
        if not real or not (real + os.sep).startswith(folders):
            return None
        if _is_foreign(real, host):
            return "ENOEXEC"
        return f"{command} lies in the sysroot, and no program of a sysroot is started"

    return refuse


def _is_foreign(path: str, host: str) -> bool:
    """Whether a program's header says that it is for another machine than `host`."""
    from crossplan.readers.images import read_image

    folder, name = os.path.split(path)
    try:
        with open_sysroot(folder) as root, root.open(name, HEADER_BYTES) as source:
            return bool(image_mismatches(read_image(source, name, want_symbols=False), path, find_target(host)))
    except (ReadError, RootError, UnknownTarget):
        return False
