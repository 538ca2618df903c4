"""A Python below a sysroot is never started: what stands in place of its answer."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from crossplan.selection import image_mismatches
from crossplan.toolchain.host_python import Refusal
from crossplan.toolchain.path import find_program
from crossplan.triple import UnknownTarget, find_target


def refuse_below(roots: Sequence[str], environ: Mapping[str, str], host: str, cwd: str) -> Refusal:
    """A refusal for programs that lie below one of `roots`; commands without a slash are looked up on PATH.

    A program for another machine than `host` could not be executed there either: the answer is ENOEXEC's name.
    """
    folders = tuple(os.path.realpath(os.path.join(cwd, root)) + os.sep for root in roots)  # noqa: PTH118

    def refuse(command: str) -> str | None:
        path = find_program(command, environ, cwd)
        real = os.path.realpath(path) if path else ""
        if not real or not (real + os.sep).startswith(folders):
            return None
        if _is_foreign(real, host):
            return "ENOEXEC"
        return f"{command} lies in the sysroot, and no program of a sysroot is started"

    return refuse


def _is_foreign(path: str, host: str) -> bool:
    """Whether a program's header says that it is for another machine than `host`."""
    from crossplan.toolchain.libraries import read_host_image

    try:
        target = find_target(host)
    except UnknownTarget:
        return False
    image = read_host_image(path).image
    return image is not None and bool(image_mismatches(image, path, target))
