"""Which Cargo features a build script sees, for the features that a project asked of `pyo3` or `pyo3-ffi`.

The tables are those of the crates' own manifests, as Cargo resolves them: a feature turns on others of its crate (`abi3`), of a
dependency (`pyo3-ffi/abi3`, `dep?/feature`), or an optional dependency (`dep:name`, or its bare name).
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CRATES = ("pyo3", "pyo3-ffi", "pyo3-build-config")


class UnknownFeature(Exception):
    """The crate has no feature of that name."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one crate's `Cargo.toml` says of features: its table, optional dependencies, and those its dependencies always get."""

    features: Mapping[str, tuple[str, ...]]
    optional: frozenset[str]
    dependencies: Mapping[str, tuple[str, ...]]

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        """The manifest at `path`, in the form in which the registry publishes it."""
        document: dict[str, Any] = tomllib.loads(path.read_text())
        tables = [document.get(kind, {}) for kind in ("dependencies", "build-dependencies")]
        entries = [(name, entry) for table in tables for name, entry in table.items() if isinstance(entry, dict)]
        return cls(
            features={name: tuple(items) for name, items in document.get("features", {}).items()},
            optional=frozenset(name for name, entry in entries if entry.get("optional")),
            dependencies={name: tuple(entry.get("features", ())) for name, entry in entries},
        )


def active_features(manifests: Mapping[str, Manifest], crate: str, asked: Iterable[str]) -> dict[str, frozenset[str]]:
    """The features on in each of `CRATES` when a project turns on `asked` of `crate`. Raises `UnknownFeature`."""
    active: dict[str, set[str]] = {name: set() for name in CRATES}
    seen: set[tuple[str, str]] = set()
    work = [(crate, name) for name in asked] + _always(manifests, crate)
    while work:
        owner, name = work.pop()
        if (owner, name) in seen or owner not in manifests:
            continue
        seen.add((owner, name))
        work += _turn_on(manifests[owner], owner, name, active[owner])
    return {name: frozenset(values) for name, values in active.items()}


def _always(manifests: Mapping[str, Manifest], crate: str) -> list[tuple[str, str]]:
    """What the dependencies get whatever is asked: `resolve-config`, for one."""
    reached, work, found = {crate}, [crate], []
    while work:
        manifest = manifests.get(work.pop())
        for name, features in (manifest.dependencies if manifest else {}).items():
            found += [(name, feature) for feature in features]
            if name in manifests and name not in reached:
                reached.add(name)
                work.append(name)
    return found


def _turn_on(manifest: Manifest, owner: str, name: str, active: set[str]) -> list[tuple[str, str]]:
    """Note that `name` is on in `owner`; what follows from it."""
    if name not in manifest.features:
        if name not in manifest.optional:
            raise UnknownFeature(f"{owner} has no feature {name}")
        active.add(name)
        return []
    active.add(name)
    follows = []
    for item in manifest.features[name]:
        if item.startswith("dep:"):
            continue
        dependency, slash, feature = item.partition("/")
        follows.append((dependency.rstrip("?"), feature) if slash else (owner, item))
    return follows
