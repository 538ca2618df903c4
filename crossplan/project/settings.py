"""`[tool.crossplan]` of pyproject.toml: what the command line would say, written down once; options win over it.

    [tool.crossplan]
    target = "aarch64-unknown-linux-gnu"
    python = "3.12"

    [tool.crossplan.targets.aarch64-unknown-linux-gnu]
    sysroot = "sysroots/arm64"

    [tool.crossplan.matrix]
    targets = ["aarch64-unknown-linux-gnu", "armv7-unknown-linux-gnueabihf"]
    pythons = ["3.12", "3.13t"]

Without the table nothing here imports pydantic. Paths count from the folder of the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crossplan.origin import Origin
from crossplan.project.toml import Document, read_text, read_toml
from crossplan.project.workspace import find_upwards
from crossplan.record import field, record

_KEYS = ("sysroot", "pyo3", "features", "python", "implementation", "abi3", "profile", "with")
_MATRIX_KEYS = ("targets", "pythons", "features", "pyo3", "sysroots", "include", "exclude")
_ROW_KEYS = ("target", "python", "features", "pyo3", "sysroot")  # of `include`; `exclude` has all but the last


class SettingsError(ValueError):
    """A table that is not as it should be; the text names file, line, key and remedy."""


@record
class Settings:
    """The settings that hold for one target; None where nothing is said. `origins`: where each one stands."""

    target: str | None = None
    host: str | None = None
    sysroot: tuple[str, ...] = ()
    pyo3: str | None = None
    features: str | None = None
    python: str | None = None
    implementation: str | None = None
    abi3: str | None = None
    profile: str | None = None
    tool: str | None = None
    origins: Mapping[str, Origin] = field(default_factory=dict)


def read_settings(start: Path, triple: str | None) -> Settings:
    """The settings of the nearest pyproject.toml for the target `triple` (None: its own). Raises `SettingsError`."""
    document = _document(start)
    if document is None:
        return Settings()
    table = _checked(document)
    target = triple or table.get("target")
    rows: Mapping[str, Any] = (table.get("targets") or {}).get(target) or {}
    own = {key: value for key, value in rows.items() if value is not None}
    values = {key: own.get(key, table.get(key)) for key in _KEYS}
    sysroot, features = values["sysroot"], values["features"]
    return Settings(
        target=table.get("target"),
        host=table.get("host"),
        sysroot=tuple(str(document.path.parent / root) for root in listed(sysroot)),
        pyo3=values["pyo3"],
        features=None if features is None else ",".join(listed(features)),
        python=values["python"],
        implementation=values["implementation"],
        abi3=values["abi3"],
        profile=values["profile"],
        tool=values["with"],
        origins={
            key: document.origin("tool", "crossplan", *(("targets", str(target), key) if key in own else (key,)))
            for key in (*_KEYS, "target", "host")
        },
    )


def read_matrix(start: Path) -> tuple[Document, Mapping[str, Any]] | None:
    """`[tool.crossplan.matrix]` as pydantic checks it, and the file that it stands in; None where there is no such table."""
    document = _document(start)
    table = _checked(document)["matrix"] if document is not None else None
    return None if document is None or table is None else (document, table)


def listed(value: str | list[str] | None) -> list[str]:
    """A value that may be written as a text or as a list of them."""
    return [value] if isinstance(value, str) else list(value or ())


def _document(start: Path) -> Document | None:
    """The nearest pyproject.toml, if it has the table."""
    path = find_upwards(start, "pyproject.toml")
    text = read_text(path, start) if path is not None else None
    if path is None or not isinstance(text, str) or "tool.crossplan" not in text:
        return None
    document = read_toml(path, start)
    return document if isinstance(document, Document) and document.table("tool", "crossplan") else None


def _checked(document: Document) -> Mapping[str, Any]:
    """The table as pydantic checks it, strictly: unknown keys and values of another type are refused."""
    from pydantic import ValidationError

    table = document.table("tool", "crossplan")
    try:
        checked: dict[str, Any] = settings_model().model_validate(dict(table)).model_dump(by_alias=True)
    except ValidationError as error:
        raise SettingsError(_explained(document, error.errors()[0])) from error
    return checked


def settings_model() -> Any:
    """The model of the table, made where it is used, for pydantic takes longer to load than all of `crossplan env`."""
    from pydantic import BaseModel, ConfigDict, Field

    config = ConfigDict(extra="forbid", strict=True)

    class ForTarget(BaseModel):
        """`[tool.crossplan.targets.<triple>]`."""

        model_config = config
        sysroot: str | list[str] | None = None
        pyo3: str | None = None
        features: str | list[str] | None = None
        python: str | None = None
        implementation: str | None = None
        abi3: str | None = None
        profile: str | None = None
        tool: str | None = Field(default=None, alias="with")

    class Excluded(BaseModel):
        """A row of `exclude`: what it leaves out may be anything."""

        model_config = config
        target: str | None = None
        python: str | None = None
        features: str | list[str] | None = None
        pyo3: str | None = None

    class Included(Excluded):
        """A row of `include`."""

        target: str
        sysroot: str | list[str] | None = None

    class Matrix(BaseModel):
        """`[tool.crossplan.matrix]`."""

        model_config = config
        targets: list[str] = Field(default_factory=list)
        pythons: list[str] = Field(default_factory=list)
        features: list[str | list[str]] = Field(default_factory=list)
        pyo3: list[str] = Field(default_factory=list)
        sysroots: dict[str, str | list[str]] = Field(default_factory=dict)
        include: list[Included] = Field(default_factory=list)
        exclude: list[Excluded] = Field(default_factory=list)

    class Table(ForTarget):
        """`[tool.crossplan]`."""

        target: str | None = None
        host: str | None = None
        targets: dict[str, ForTarget] = Field(default_factory=dict)
        matrix: Matrix | None = None

    return Table


def _explained(document: Document, error: Mapping[str, Any]) -> str:
    """The first error in one sentence, with the nearest key for one that does not exist."""
    keys = tuple(str(part) for part in error["loc"] if part not in ("str", "list[str]"))
    line = document.line("tool", "crossplan", *keys)
    where = f"{document.shown}:{line or 1}: tool.crossplan.{'.'.join(keys)}"
    if error["type"] != "extra_forbidden":
        return f"{where}: {str(error['msg'])[0].lower()}{str(error['msg'])[1:]}; got {error['input']!r}"
    from difflib import get_close_matches

    known = _known(keys)
    near = get_close_matches(keys[-1], known, n=1)
    return f"{where}: no such setting" + (
        f"; did you mean {near[0]}?" if near else f"; settings are {', '.join(known)}"
    )


def _known(keys: tuple[str, ...]) -> tuple[str, ...]:
    """What could stand beside the last of these keys."""
    if len(keys) == 1:
        return (*_KEYS, "target", "host", "targets", "matrix")
    if keys[0] != "matrix":
        return _KEYS
    if len(keys) == 2:
        return _MATRIX_KEYS
    return _ROW_KEYS[:-1] if keys[1] == "exclude" else _ROW_KEYS
