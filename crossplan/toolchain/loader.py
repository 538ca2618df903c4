"""How the target finds the libraries that a program names, when it starts it (data/toolchain.toml, `loaders`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crossplan.data import load
from crossplan.record import record
from crossplan.toolchain.packages import filled, fits
from crossplan.triple import Target


@record
class Loader:
    """Where a loader looks by itself, the variable that names more folders, and the file of the target that lists them."""

    folders: tuple[str, ...]
    variable: str
    listed: str | None = None


def loader_of(target: Target) -> Loader:
    """The loader of a target."""
    rows = load("toolchain")["loaders"]
    row: Mapping[str, Any] = next(
        row for row in rows if fits(row, target) and row.get("width") in (None, target.pointer_width)
    )
    folders = (filled(folder, target) for folder in row["folders"])
    return Loader(tuple(folder for folder in folders if folder), row["variable"], row.get("listed"))
