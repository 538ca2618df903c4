"""The manifest that counts here, its workspace, and the packages that `cargo build` would build (The Cargo Book,
"Workspaces"; cargo, src/cargo/core/workspace.rs).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from crossplan.project.manifest import read_package
from crossplan.project.model import Package
from crossplan.project.toml import Document, ProjectProblem, read_toml
from crossplan.record import field, record

_MAX_MEMBERS = 2000


@record(frozen=False)
class Manifests:
    """Reads manifests once each and keeps what is wrong with them. `base`: the directory that shown paths count from."""

    base: Path
    problems: list[ProjectProblem] = field(default_factory=list)
    _documents: dict[Path, Document | None] = field(default_factory=dict)
    _packages: dict[Path, Package | None] = field(default_factory=dict)

    def document(self, path: Path) -> Document | None:
        """The manifest at `path`, or None if it is missing or unreadable."""
        path = Path(os.path.normpath(path))
        if path not in self._documents:
            found = read_toml(path, self.base)
            if isinstance(found, ProjectProblem):
                self.problems.append(found)
            self._documents[path] = found if isinstance(found, Document) else None
        return self._documents[path]

    def package(self, path: Path) -> Package | None:
        """The package at `path`, with what it inherits from its workspace."""
        path = Path(os.path.normpath(path))
        if path not in self._packages:
            document = self.document(path)
            self._packages[path] = read_package(document, self.workspace(document)) if document else None
        return self._packages[path]

    def workspace(self, document: Document) -> Document | None:
        """The root manifest of the workspace that a manifest belongs to, or None."""
        if "workspace" in document.data:
            return document
        named = document.table("package").get("workspace")
        if isinstance(named, str) and "\0" not in named:
            return self.document(document.path.parent / named / "Cargo.toml")
        for folder in document.path.parent.parents:
            root = self.document(folder / "Cargo.toml") if os.path.isfile(folder / "Cargo.toml") else None
            if root is not None and "workspace" in root.data:
                return None if _excluded(root, document.path.parent) else root
        return None


def find_upwards(start: Path, name: str) -> Path | None:
    """The nearest of that name in `start` or a directory above it, as Cargo looks for it: whatever it is that is there.

    Where there is none, a link of that name that leads nowhere, so that it can be said.
    """
    places = [folder / name for folder in (start, *start.parents)]
    return next((p for p in places if os.path.exists(p)), next((p for p in places if p.is_symlink()), None))


def members(manifests: Manifests, root: Document) -> tuple[Package, ...]:
    """All packages of a workspace, in the order of its manifest; path dependencies inside it are members too."""
    waiting = [root.path] if root.table("package") else []
    waiting += [path / "Cargo.toml" for path in _listed(root, "members")]
    found: dict[Path, Package] = {}
    while waiting and len(found) < _MAX_MEMBERS:
        path = Path(os.path.normpath(waiting.pop(0)))
        package = manifests.package(path) if path not in found and os.path.isfile(path) else None
        if package is None:
            continue
        found[path] = package
        paths = (Path(os.path.normpath(d.path)) for d in package.dependencies if d.path is not None)
        waiting += [p / "Cargo.toml" for p in paths if p.is_relative_to(root.path.parent) and not _excluded(root, p)]
    return tuple(found.values())


def selected(manifests: Manifests, root: Document | None, manifest: Document) -> tuple[Package, ...]:
    """The packages that `cargo build` builds with `manifest` as the one found: itself, or the workspace's default ones."""
    if root is None or manifest.path != root.path:
        package = manifests.package(manifest.path)
        return (package,) if package else ()
    if "default-members" in root.table("workspace"):
        paths = [path / "Cargo.toml" for path in _listed(root, "default-members")]
        return tuple(package for path in paths if os.path.isfile(path) and (package := manifests.package(path)))
    own = manifests.package(root.path)
    return (own,) if own else members(manifests, root)


def resolver(root: Document | None, manifest: Document) -> str:
    """The feature resolver's version: as said, else by the edition of the root package."""
    document = root or manifest
    said = document.table("workspace").get("resolver", document.table("package").get("resolver"))
    if isinstance(said, str):
        return said
    edition = document.table("package").get("edition")
    if isinstance(edition, Mapping):
        edition = document.table("workspace", "package").get("edition")
    return {"2021": "2", "2024": "3"}.get(str(edition), "1")


def _listed(root: Document, key: str) -> Iterator[Path]:
    """The directories that a list of globs names."""
    patterns = root.table("workspace").get(key)
    for pattern in patterns if isinstance(patterns, list) else []:
        if isinstance(pattern, str) and "\0" not in pattern:
            for path in islice(_glob(root.path.parent, pattern), _MAX_MEMBERS):
                if not (key == "members" and _excluded(root, path)):
                    yield path


def _glob(folder: Path, pattern: str) -> Iterator[Path]:
    """The directories that match, by name; a pattern without wildcards names one."""
    parts = Path(pattern).parts
    fixed = next((number for number, part in enumerate(parts) if set(part) & set("*?[")), len(parts))
    base = folder.joinpath(*parts[:fixed])
    if fixed == len(parts):
        yield Path(os.path.normpath(base))
        return
    try:
        yield from sorted(path for path in base.glob("/".join(parts[fixed:])) if os.path.isdir(path))
    except (OSError, ValueError, NotImplementedError):
        return


def _excluded(root: Document, folder: Path) -> bool:
    """Whether `workspace.exclude` names the directory or one above it, and `members` does not name it outright."""
    table: Mapping[str, Any] = root.table("workspace")
    exclude, include = table.get("exclude"), table.get("members")
    base = root.path.parent
    outright = [base / entry for entry in include if isinstance(entry, str)] if isinstance(include, list) else []
    if not isinstance(exclude, list) or folder in outright:
        return False
    return any(folder.is_relative_to(base / entry) for entry in exclude if isinstance(entry, str))
