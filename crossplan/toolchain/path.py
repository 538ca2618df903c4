"""Find a program as the system would: on PATH, or where a name with a slash says."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

_EXTENSIONS = ("", ".exe", ".cmd", ".bat") if os.name == "nt" else ("",)


def find_program(name: str, environ: Mapping[str, str], cwd: str) -> str | None:
    """The first executable of that name, as an absolute path; None if there is none."""
    return next(found_programs(name, environ, cwd), None)


def found_programs(name: str, environ: Mapping[str, str], cwd: str) -> Iterator[str]:
    """Every executable of that name, in the order of PATH. A name with a slash is itself the place."""
    if not name or "\0" in name:
        return
    within = [""] if os.sep in name or "/" in name else environ.get("PATH", "").split(os.pathsep)
    for folder in dict.fromkeys(within):
        for extension in _EXTENSIONS:
            path = os.path.normpath(os.path.join(cwd, folder, name + extension))  # noqa: PTH118
            if os.path.isfile(path) and os.access(path, os.X_OK):  # noqa: PTH113
                yield path
                break
