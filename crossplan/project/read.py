"""`read_project`: the files of a project, read where Cargo and the build backend would look, without starting either."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from crossplan.origin import Fact, Origin
from crossplan.project.cargo_config import read_cargo_config
from crossplan.project.lock import Lock, read_lock
from crossplan.project.model import Package, Project, Pyo3Use
from crossplan.project.profiles import profiles
from crossplan.project.pyo3_use import Sources, find_use, uses_pyo3
from crossplan.project.toml import Document, ProjectProblem
from crossplan.project.toolfiles import read_cross, read_rust_toolchain
from crossplan.project.workspace import Manifests, find_upwards, members, resolver, selected
from crossplan.record import replace
from crossplan.triple import Target

if TYPE_CHECKING:
    from crossplan.project.pyproject import Backend, PyProject

_T = TypeVar("_T")


def read_project(
    start: Path,
    env: Mapping[str, str],
    manifest_path: Path | None = None,
    *,
    target: Target | None = None,
    known: Sequence[str] = (),
) -> Project:
    """What the files around `start` (absolute) say.

    `manifest_path`: the Cargo.toml to read instead of the nearest one. `target` decides `[target.'cfg(…)']` tables.
    `known`: PyO3's releases, of which a requirement without a lock file takes the newest that meets it.
    """
    manifests = Manifests(start)
    problems = manifests.problems
    cargo = read_cargo_config(start, env, target)
    problems += cargo.problems
    pyproject, path = _entry(start, manifest_path, problems)
    manifest = manifests.document(path) if path else None
    toolchain = _kept(read_rust_toolchain(start, env), problems)
    backend = pyproject.backend if pyproject else None
    if manifest is None:
        return Project(
            cargo=cargo, pyproject=pyproject, backend=backend, rust_toolchain=toolchain, problems=tuple(problems)
        )
    root = manifests.workspace(manifest)
    folder = (root or manifest).path.parent
    lock = _kept(read_lock(folder / "Cargo.lock", start), problems)
    packages = selected(manifests, root, manifest)
    package = choose_package(manifests, root, packages, lock)
    sources = Sources(manifests, lock, target, resolver(root, manifest), known, env)
    return Project(
        root=folder,
        package=package,
        packages=packages,
        pyo3=_use(sources, packages, package, backend) if package else None,
        lock=lock,
        profiles=profiles(root or manifest, cargo.profiles),
        target_dir=cargo.target_dir or Fact(folder / "target", Origin("default")),
        cargo=cargo,
        backend=backend,
        pyproject=pyproject,
        cross=_kept(read_cross(folder, start, env), problems),
        rust_toolchain=toolchain,
        problems=tuple(problems),
    )


def _use(sources: Sources, packages: Sequence[Package], package: Package, backend: Backend | None) -> Pyo3Use | None:
    """How PyO3 is used in a build by the backend; and whether it alone makes a module of it, as cargo test does not."""
    asked = {fact.value: fact.origin for fact in backend.features} if backend else {}
    use = find_use(sources, packages, package, asked, default=not (backend and backend.no_default_features))
    if use is None or not asked or use.has("extension-module") is None:
        return use
    plain = find_use(sources, packages, package)
    by_itself = plain is not None and not plain.enabled_by and plain.has("extension-module") is not None
    return replace(use, extension_by_backend=not by_itself)


def _kept(found: _T | ProjectProblem | None, problems: list[ProjectProblem]) -> _T | None:
    """What was read; a problem is put with the others."""
    if isinstance(found, ProjectProblem):
        problems.append(found)
        return None
    return found


def _entry(
    start: Path, manifest_path: Path | None, problems: list[ProjectProblem]
) -> tuple[PyProject | None, Path | None]:
    """The pyproject.toml and the Cargo.toml that count.

    A backend that names a manifest means that one, unless the user names another or stands in a folder below with a
    manifest of its own. A pyproject.toml above a manifest is its project's if it leads there, or stands in one repository.
    """
    nearest = manifest_path or find_upwards(start, "Cargo.toml")
    found = find_upwards(start, "pyproject.toml")
    if found is None:
        return None, nearest
    from crossplan.project.pyproject import read_pyproject

    pyproject = _kept(read_pyproject(found, start), problems)
    if pyproject is None:
        return None, nearest
    named = pyproject.backend.manifest_path if pyproject.backend else None
    path = Path(os.path.normpath(named.value)) if named else None
    if manifest_path is None and path is not None and os.path.isfile(path):
        inner = nearest is not None and nearest.parent != found.parent and nearest.is_relative_to(found.parent)
        nearest = nearest if inner else path
    if nearest is None or found.parent.is_relative_to(nearest.parent) or path == nearest or found.parent == start:
        return pyproject, nearest
    outer = path is None and nearest.is_relative_to(found.parent) and not os.path.exists(nearest.parent / ".git")
    return (pyproject if outer else None), nearest


def choose_package(
    manifests: Manifests, root: Document | None, packages: Sequence[Package], lock: Lock | None
) -> Package | None:
    """The package to plan for: of those built here, else of the whole workspace, one that uses PyO3.

    Direct use comes before use through another crate, a `cdylib` before others, then the workspace's order.
    """
    best = min(packages, key=lambda package: _rank(package, lock), default=None)
    if (best is not None and _rank(best, lock)[0] < 2) or root is None:
        return best
    everyone = members(manifests, root)
    other = min(everyone, key=lambda package: _rank(package, lock), default=None)
    return other if other is not None and _rank(other, lock)[0] < 2 else best


def _rank(package: Package, lock: Lock | None) -> tuple[int, bool]:
    types = package.crate_types.value if package.crate_types else ()
    return uses_pyo3(package, lock), "cdylib" not in types
