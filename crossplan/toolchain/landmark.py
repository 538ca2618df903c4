"""Tell that an interpreter is a CPython that runs, by where it lies, without starting it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from crossplan.toolchain.path import find_program

_HARMLESS = frozenset(
    {
        "PYTHONIOENCODING",
        "PYTHONUNBUFFERED",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONUTF8",
        "PYTHONHASHSEED",
        "PYTHONNOUSERSITE",
    }
)
"""Variables of CPython that leave alone where it finds itself and what it does with a script (`python --help-env`)."""


def is_cpython(command: str, environ: Mapping[str, str], cwd: str) -> bool:
    """Whether `command` is surely a CPython 3 of this machine: the binary `bin/python3.X` with `lib/python3.X/os.py` beside it.

    That file is what CPython itself goes by at its start (Modules/getpath.py, STDLIB_LANDMARKS). Whatever may lead it
    elsewhere leaves the question open, which is False: variables such as PYTHONHOME, scripts in its place (pyenv's shims),
    other layouts, another format than ELF.
    """
    if any(name.startswith("PYTHON") and name not in _HARMLESS for name in environ):
        return False
    path = find_program(command, environ, cwd)
    folder, name = os.path.split(os.path.realpath(path) if path is not None else "")
    prefix, last = os.path.split(folder)
    if last != "bin" or not (name.startswith("python3.") and name[8:].isdecimal()):
        return False
    if not os.path.isfile(os.path.join(prefix, "lib", name, "os.py")):  # noqa: PTH113, PTH118
        return False
    own = _machine(sys.executable)
    return own is not None and own == _machine(os.path.join(folder, name))  # noqa: PTH118


def _machine(path: str) -> bytes | None:
    """Class, byte order and machine of an ELF file."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            head = file.read(20)
    except OSError:
        return None
    return head[4:8] + head[18:20] if head.startswith(b"\x7fELF") else None
