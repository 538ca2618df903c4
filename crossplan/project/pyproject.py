"""`pyproject.toml`: which build backend, what it passes to Cargo, and the tables of cibuildwheel and crossplan.

Keys as their tools spell them: maturin's user guide, "Configuration"; setuptools-rust's reference; cibuildwheel's
"Options". A `setup.py` is code and is not read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from crossplan.data import load
from crossplan.origin import Fact
from crossplan.project.toml import Document, ProjectProblem, read_toml
from crossplan.record import field, record

BackendKind = Literal["maturin", "setuptools-rust", "other"]


@record
class Backend:
    """A build backend and what it will say to Cargo.

    `module` is the dotted name under which the library is imported. `pin` is the specifier of the tool itself in
    `build-system.requires` (`==1.7.0`; empty text: any). `features` are the package's own, or `crate/feature`.
    `settings` is the tool's table (of setuptools-rust: its first extension).
    """

    kind: BackendKind
    pin: Fact[str] | None = None
    features: tuple[Fact[str], ...] = ()
    no_default_features: bool = False
    target: Fact[str] | None = None
    profile: Fact[str] | None = None
    manifest_path: Fact[Path] | None = None
    module: Fact[str] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


@record
class PyProject:
    """One pyproject.toml. `document` serves those who want an origin of a key that has no field here."""

    document: Document
    backend: Backend | None

    @property
    def cibuildwheel(self) -> Mapping[str, Any]:
        """`[tool.cibuildwheel]`."""
        return self.document.table("tool", "cibuildwheel")


def read_pyproject(path: Path, base: Path) -> PyProject | ProjectProblem | None:
    """The pyproject.toml at `path`; None where there is none."""
    document = read_toml(path, base)
    if document is None or isinstance(document, ProjectProblem):
        return document
    return PyProject(
        document=document,
        backend=_backend(document),
    )


def _backend(document: Document) -> Backend | None:
    """The backend that builds the Rust part; None where nothing is said of one."""
    name, requires = _text(document, "build-system", "build-backend"), _texts(document, "build-system", "requires")
    if _pin(requires, "maturin") or (name and name.value.startswith("maturin")) or document.table("tool", "maturin"):
        return _maturin(document, requires)
    if _pin(requires, "setuptools-rust") or document.table("tool", "setuptools-rust"):
        return _setuptools_rust(document, requires)
    return Backend("other") if name else None


def _maturin(document: Document, requires: tuple[Fact[str], ...]) -> Backend:
    """`[tool.maturin]`; without `manifest-path`, maturin takes Cargo.toml beside the file, else rust/Cargo.toml."""
    table = ("tool", "maturin")
    settings = document.table(*table)
    path = _path(document, _text(document, *table, "manifest-path"))
    inner = document.path.parent / "rust" / "Cargo.toml"
    if path is None and not os.path.isfile(document.path.parent / "Cargo.toml") and os.path.isfile(inner):
        path = Fact(inner, document.origin(*table))
    return Backend(
        kind="maturin",
        pin=_pin(requires, "maturin"),
        features=_texts(document, *table, "features"),
        no_default_features=settings.get("no-default-features") is True,
        target=_text(document, *table, "target"),
        profile=_text(document, *table, "profile"),
        manifest_path=path,
        module=_text(document, *table, "module-name"),
        settings=settings,
    )


def _setuptools_rust(document: Document, requires: tuple[Fact[str], ...]) -> Backend:
    """The first of `[[tool.setuptools-rust.ext-modules]]`; without one, setup.py says it."""
    key = ("tool", "setuptools-rust", "ext-modules")
    rows = document.table(*key[:-1]).get("ext-modules")
    row = next((row for row in rows if isinstance(row, Mapping)), {}) if isinstance(rows, list) else {}
    part = Document(document.path, document.shown, document.text, {"tool": {"setuptools-rust": {"ext-modules": row}}})
    return Backend(
        kind="setuptools-rust",
        pin=_pin(requires, "setuptools-rust"),
        features=_texts(part, *key, "features"),
        no_default_features="--no-default-features" in (row.get("args") or ()),
        profile=Fact("dev", document.origin(*key, "debug")) if row.get("debug") is True else None,
        manifest_path=_path(document, _text(part, *key, "path")),
        module=_text(part, *key, "target"),
        settings=row,
    )


def _pin(requires: tuple[Fact[str], ...], tool: str) -> Fact[str] | None:
    """The specifier that the build requirements give for a tool; names compare as PEP 503 normalises them."""
    for fact in requires:
        match = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^]]*\])?\s*\(?([^;@)]*)", fact.value)
        if match and re.sub(r"[-_.]+", "-", match[1]).lower() == tool:
            return Fact(match[2].strip(), fact.origin)
    return None


def _path(document: Document, text: Fact[str] | None) -> Fact[Path] | None:
    if text is None or "\0" in text.value:
        return None
    return Fact(document.path.parent / text.value, text.origin)


def _text(document: Document, *keys: str) -> Fact[str] | None:
    """The text under these keys with its origin; None if it is absent or no text."""
    value = document.table(*keys[:-1]).get(keys[-1])
    return Fact(value, document.origin(*keys)) if isinstance(value, str) and value else None


def _texts(document: Document, *keys: str) -> tuple[Fact[str], ...]:
    """A list of texts, or one text split at spaces, each with the origin of the key."""
    return tuple(Fact(word, document.origin(*keys)) for word in _words(document.table(*keys[:-1]).get(keys[-1])))


def _words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from value.split()
    elif isinstance(value, list):
        yield from (word for word in value if isinstance(word, str))


def set_by(tool: str, backend: Backend | None) -> Mapping[str, str]:
    """What a backend sets for Cargo when it builds a module: its newest release, unless the project's pin admits none that does."""
    row = next(row for row in load("backends")["sets"] if row["tool"] == tool)
    pin = backend.pin.value if backend is not None and backend.kind == tool and backend.pin is not None else ""
    variables: Mapping[str, str] = row["variables"]
    return {} if pin and admits_only_before(pin, row["since"]) else variables


def admits_only_before(pin: str, release: str) -> bool:
    """Whether a specifier of Python's kind admits only releases before one: it has an `==` or an upper bound below that."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    try:
        bound = Version(release)
        said = [(s.operator, Version(s.version.removesuffix(".*"))) for s in SpecifierSet(pin)]
    except (InvalidSpecifier, InvalidVersion):
        return False
    return any(
        (operator in ("==", "===", "<=") and version < bound) or (operator == "<" and version <= bound)
        for operator, version in said
    )
