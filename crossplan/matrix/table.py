"""`[tool.crossplan.matrix]`: the table becomes cells, each one build; what makes no sense in it is a `SettingsError`.

    [tool.crossplan.matrix]
    targets = ["aarch64-unknown-linux-gnu", "armv7-unknown-linux-gnueabihf"]
    pythons = ["3.12", "3.13t", "pypy3.11"]
    features = ["extension-module", ["abi3-py39", "extension-module"]]
    pyo3 = ["0.22", "0.29"]
    sysroots = { armv7-unknown-linux-gnueabihf = "roots/armv7-{python}" }
    exclude = [{ target = "armv7-unknown-linux-gnueabihf", python = "3.13t" }]
    include = [{ target = "x86_64-pc-windows-msvc", python = "3.12", features = "abi3-py39" }]

Axes are multiplied in that order; one that is left out is not varied: the rest of `[tool.crossplan]`, the project and the
root decide as they do for `plan`. `exclude` takes out each cell that has all it names, `include` adds its own at the end.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from crossplan.options import Options
from crossplan.origin import Origin
from crossplan.project.settings import SettingsError, listed, read_matrix
from crossplan.project.toml import Document
from crossplan.pyo3 import find_release
from crossplan.python import PythonChoice
from crossplan.record import field, record
from crossplan.render.ci import Job
from crossplan.request import IMPLEMENTATIONS
from crossplan.triple import UNIVERSAL2, UnknownTarget, find_target

TABLE = ("tool", "crossplan", "matrix")
# What a cell varies, with the axis of the table that it comes from.
AXES: Mapping[str, str] = {"target": "targets", "python": "pythons", "features": "features", "pyo3": "pyo3"}
_PYTHON = re.compile(rf"({'|'.join(IMPLEMENTATIONS)})?[- ]?(\d.*)", re.IGNORECASE)
_FEATURE = re.compile(r"[\w+.?:/-]+")


@record
class Cell:
    """One build of the matrix, as the table writes it; None where the table leaves a thing open.

    `sysroot` holds paths relative to `folder`, in which the table stands; `origins` where in it each value stands.
    """

    target: str
    folder: str
    python: str | None = None
    features: str | None = None
    pyo3: str | None = None
    sysroot: tuple[str, ...] = ()
    origins: Mapping[str, Origin] = field(default_factory=dict)

    @property
    def values(self) -> tuple[str | None, ...]:
        """What tells it from other cells."""
        return (self.target, self.python, self.features, self.pyo3)

    @property
    def name(self) -> str:
        """The same for people: `aarch64-unknown-linux-gnu, Python 3.12, abi3-py39, PyO3 0.29`."""
        said = (
            self.python and f"Python {self.python}",
            self.features if self.features is None else self.features or "no features",
            self.pyo3 and f"PyO3 {self.pyo3}",
        )
        return ", ".join([self.target, *(word for word in said if word)])

    def options(self, manifest_path: str | None, host: str | None) -> Options:
        """The same as options of the command line."""
        implementation, version = _python(self.python) if self.python is not None else (None, None)
        return Options(
            target=self.target,
            host=host,
            sysroots=tuple(str(Path(self.folder, root)) for root in self.sysroot),
            pyo3=self.pyo3,
            features=self.features,
            python=version,
            implementation=implementation,
            manifest_path=manifest_path,
            origins={f"--{name}": origin for name, origin in self.origins.items()},
        )

    def env_words(self, dialect: str) -> tuple[str, ...]:
        """`crossplan env` for this cell, to be run where the table stands."""
        options = self.options(None, None)
        said = {
            "python": options.python,
            "implementation": options.implementation,
            "features": options.features,
            "pyo3": options.pyo3,
        }
        words = [word for name, value in said.items() if value is not None for word in (f"--{name}", value)]
        words += [word for root in self.sysroot for word in ("--sysroot", root)]
        return ("crossplan", "env", "--target", self.target, *words, "--format", dialect)


def jobs_of(cells: Sequence[Cell], dialect: str) -> tuple[Job, ...]:
    """The cells as jobs of a CI; `dialect` is that of `crossplan env` that it reads."""
    return tuple(
        Job(
            name=cell.name,
            target=cell.target,
            python=cell.python or "",
            features=cell.features or "",
            pyo3=cell.pyo3 or "",
            env=shlex.join(cell.env_words(dialect)),
        )
        for cell in cells
    )


def read_cells(start: Path) -> tuple[Cell, ...]:
    """The cells of the nearest pyproject.toml, each once, in the table's order. Raises `SettingsError`."""
    found = read_matrix(start)
    if found is None:
        raise SettingsError(
            "no [tool.crossplan.matrix] in a pyproject.toml here or above: write one, "
            'for example with targets = ["aarch64-unknown-linux-gnu"] and pythons = ["3.12", "3.13"]'
        )
    document, table = found
    cells = [*_kept(document, table), *_included(document, table)]
    if not cells:
        raise _wrong(document, "holds no cell: name at least one of targets, or a row of include that nothing excludes")
    seen: dict[tuple[str | None, ...], Cell] = {}
    for cell in cells:
        if cell.values in seen:
            place = cell.origins["target"]
            raise SettingsError(
                f"{place.place}:{place.line}: {place.key}: {cell.name} is there twice; take one of them out"
            )
        seen[cell.values] = cell
    return tuple(cells)


def _kept(document: Document, table: Mapping[str, Any]) -> list[Cell]:
    """The product of the axes without what `exclude` names. A row that takes out nothing is a mistake."""
    cells = list(_product(document, table))
    for row in table["exclude"]:
        said = {name: _text(value) for name, value in row.items() if value is not None}
        if not said:
            raise _wrong(document, "a row that names nothing would leave out everything", "exclude")
        kept = [cell for cell in cells if any(getattr(cell, name) != value for name, value in said.items())]
        if len(kept) == len(cells):
            words = ", ".join(f"{name} = {value!r}" for name, value in said.items())
            raise _wrong(document, f"{{{words}}} leaves out no cell; its values must be those of the axes", "exclude")
        cells = kept
    return cells


def _product(document: Document, table: Mapping[str, Any]) -> Iterator[Cell]:
    """Every cell of the axes, target by target."""
    axes = {name: [_text(value) for value in table[axis]] for name, axis in AXES.items()}
    for name, values in axes.items():
        if len(set(values)) < len(values):
            raise _wrong(document, f"{_twice(values)!r} is there twice; take one of them out", AXES[name])
        if values and not axes["target"]:
            raise _wrong(document, "there is no target for this axis; name at least one of targets", AXES[name])
    for target in table["sysroots"]:
        if target not in axes["target"]:
            raise _wrong(document, f"{target} is none of targets", "sysroots", target)
    open_axes: list[list[str] | list[None]] = [values or [None] for values in axes.values()]
    for combined in product(*open_axes) if axes["target"] else ():
        said = dict(zip(AXES, combined))
        target = str(said["target"])
        root = table["sysroots"].get(target)
        keys: dict[str, tuple[str, ...]] = {name: (AXES[name],) for name, value in said.items() if value is not None}
        yield _cell(document, said, listed(root), keys | ({} if root is None else {"sysroot": ("sysroots", target)}))


def _twice(values: Sequence[str]) -> str:
    return next(value for value in values if values.count(value) > 1)


def _included(document: Document, table: Mapping[str, Any]) -> Iterator[Cell]:
    for row in table["include"]:
        said = {name: None if row[name] is None else _text(row[name]) for name in AXES}
        keys = {name: ("include", name) for name, value in row.items() if value is not None}
        yield _cell(document, said, listed(row["sysroot"]), keys)


def _cell(
    document: Document, said: Mapping[str, str | None], roots: Sequence[str], keys: Mapping[str, tuple[str, ...]]
) -> Cell:
    """One cell, its values looked up, so that a misspelt one is named here and not once a cell."""
    try:
        if said["target"] != UNIVERSAL2:
            find_target(str(said["target"]))
    except UnknownTarget as error:
        raise _wrong(document, str(error), *keys["target"]) from error
    for name, check in (("python", _python), ("features", _check_features), ("pyo3", find_release)):
        try:
            if (text := said[name]) is not None:
                check(text)
        except ValueError as error:
            raise _wrong(document, str(error), *keys[name]) from error
    python = said["python"] or ""
    return Cell(
        target=str(said["target"]),
        folder=str(document.path.parent),
        python=said["python"],
        features=said["features"],
        pyo3=said["pyo3"],
        sysroot=tuple(root.replace("{python}", python) for root in roots),
        origins={name: document.origin(*TABLE, *key) for name, key in keys.items()},
    )


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else ",".join(value)


def _python(text: str) -> tuple[str | None, str]:
    """`3.13t` or `pypy3.11`: the implementation, where it is named, and the version."""
    match = _PYTHON.fullmatch(text)
    version = match[2] if match else text
    PythonChoice.parse(version)
    named = match[1] if match else None
    return (None if named is None else named.lower()), version


def _check_features(text: str) -> None:
    """Names as Cargo takes them (The Cargo Book, "The [features] section"), so that no text of another kind gets to a CI."""
    for name in text.replace(",", " ").split():
        if not _FEATURE.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a Cargo feature")


def _wrong(document: Document, reason: str, *keys: str) -> SettingsError:
    origin = document.origin(*TABLE, *keys)
    return SettingsError(f"{origin.place}:{origin.line or 1}: {origin.key}: {reason}")
