"""Files that a command writes: whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from crossplan.cli.status import CommandError


def write_files(files: Mapping[str, str], remedy: str = "") -> None:
    """Write each file, by path; `remedy`: what the user can do where that fails."""
    for path, text in files.items():
        try:
            _write_atomically(Path(path), text)
        except OSError as error:
            raise CommandError(f"cannot write {error.filename or path}: {error.strerror}{remedy}") from error


def _write_atomically(path: Path, text: str) -> None:
    """Write beside `path` and rename, so that nobody ever reads half of it; folders are made. A device is written to."""
    data = text.encode("utf-8", "surrogateescape")
    if os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113
        path.write_bytes(data)
        return
    path = Path(os.path.realpath(path))  # a link stays one
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    except OSError as error:
        error.filename = str(path)  # and not that of the draft
        raise
    finally:
        draft.unlink(missing_ok=True)
