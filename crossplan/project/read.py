"""`read_project`: the files of a project, read where Cargo and the build backend would look, without starting either."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from crossplan.origin import Fact, Origin
from crossplan.project.lock import Lock, read_lock
from crossplan.project.model import Package, Project
from crossplan.project.pyo3_use import Sources, find_use, uses_pyo3
from crossplan.project.toml import Document, ProjectProblem
from crossplan.project.workspace import Manifests, find_upwards, members, resolver, selected
from crossplan.triple import Target


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
    path = manifest_path or find_upwards(start, "Cargo.toml")
    manifest = manifests.document(path) if path else None
    if manifest is None:
        return Project(problems=tuple(manifests.problems))
    root = manifests.workspace(manifest)
    folder = (root or manifest).path.parent
    lock = read_lock(folder / "Cargo.lock", start)
    if isinstance(lock, ProjectProblem):
        manifests.problems.append(lock)
        lock = None
    packages = selected(manifests, root, manifest)
    package = choose_package(manifests, root, packages, lock)
    version = resolver(root, manifest)
    sources = Sources(manifests, lock, target, version, known, env)
    return Project(
        root=folder,
        package=package,
        packages=packages,
        pyo3=find_use(sources, packages, package) if package else None,
        lock=lock,
        resolver=version,
        target_dir=Fact(folder / "target", Origin("default")),
        problems=tuple(manifests.problems),
    )


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
