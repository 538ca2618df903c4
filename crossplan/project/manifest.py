"""`Cargo.toml` of one package, workspace inheritance applied (The Cargo Book, "The Manifest Format", "Workspaces").

A value of a wrong type counts as absent: Cargo refuses such a manifest itself, with a better message than ours.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from crossplan.origin import Fact
from crossplan.project.crate_targets import crate_targets, library
from crossplan.project.model import Dependency, DependencyKind, Package
from crossplan.project.toml import Document

_TABLES: tuple[tuple[str, DependencyKind], ...] = (
    ("dependencies", "normal"),
    ("build-dependencies", "build"),
    ("build_dependencies", "build"),
    ("dev-dependencies", "dev"),
    ("dev_dependencies", "dev"),
)


def read_package(document: Document, workspace: Document | None) -> Package | None:
    """The package of a manifest, or None for a virtual one. `workspace`: the manifest that it inherits from."""
    table = document.table("package") or document.table("project")  # `project`: Cargo before 2019, still accepted
    name = table.get("name")
    if not isinstance(name, str) or not name:
        return None
    shared = workspace.table("workspace", "package") if workspace else {}
    version = _inherited(table, shared, "version")
    folder = document.path.parent
    lib_name, crate_types, proc_macro = library(document, name)
    build = table.get("build", "build.rs")
    script = folder / build if isinstance(build, str) else None
    return Package(
        manifest=document.path,
        name=Fact(name, document.origin("package", "name")),
        version=version if isinstance(version, str) else None,
        lib_name=lib_name,
        crate_types=crate_types,
        proc_macro=proc_macro,
        bins=crate_targets(document, "bin", name),
        examples=crate_targets(document, "example", name),
        tests=crate_targets(document, "test", name),
        build_script=script if script and os.path.isfile(script) else None,
        features=_features(document),
        dependencies=tuple(_dependencies(document, workspace)),
    )


def _inherited(table: Mapping[str, Any], shared: Mapping[str, Any], key: str) -> object:
    """`key = …`, or the workspace's where it says `key.workspace = true`."""
    value = table.get(key)
    return shared.get(key) if isinstance(value, Mapping) and value.get("workspace") is True else value


def _features(document: Document) -> dict[str, tuple[str, ...]]:
    """`[features]`: what each of them turns on."""
    return {
        name: tuple(value for value in values if isinstance(value, str))
        for name, values in document.table("features").items()
        if isinstance(values, list)
    }


def _dependencies(document: Document, workspace: Document | None) -> Iterator[Dependency]:
    """Every entry of every dependency table, those of `[target.…]` last."""
    places: list[tuple[str | None, tuple[str, ...]]] = [(None, ())]
    places += [(target, ("target", target)) for target in document.table("target")]
    for target, prefix in places:
        for table, kind in _TABLES:
            for name, value in document.table(*prefix, table).items():
                if isinstance(value, (str, Mapping)):
                    yield _dependency(document, workspace, name, value, kind, target, (*prefix, table, name))


def _dependency(
    document: Document,
    workspace: Document | None,
    name: str,
    value: str | Mapping[str, Any],
    kind: DependencyKind,
    target: str | None,
    keys: tuple[str, ...],
) -> Dependency:
    """One entry. Features of the workspace's entry and of the member's own add up."""
    own = {"version": value} if isinstance(value, str) else value
    features = _feature_facts(document, own, keys)
    default = _default_features(own)
    source, base = own, document
    if own.get("workspace") is True and workspace is not None:
        shared = workspace.table("workspace", "dependencies").get(name)
        source = {"version": shared} if isinstance(shared, str) else shared if isinstance(shared, Mapping) else {}
        base = workspace
        features = _feature_facts(workspace, source, ("workspace", "dependencies", name)) + features
        # A member can turn default features on, not off (cargo, util/toml/mod.rs, `inner_dependency_inherit_with`).
        default = _default_features(source) is not False or default is True
    package, path, git = source.get("package"), source.get("path"), source.get("git")
    requirement = source.get("version")
    return Dependency(
        name=name,
        package=package if isinstance(package, str) else name,
        kind=kind,
        requirement=requirement if isinstance(requirement, str) else None,
        features=features,
        default_features=default is not False,
        optional=own.get("optional") is True,
        target=target,
        path=base.path.parent / path if isinstance(path, str) and "\0" not in path else None,
        git=git if isinstance(git, str) else None,
        origin=document.origin(*keys),
    )


def _default_features(table: Mapping[str, Any]) -> bool | None:
    value = table.get("default-features", table.get("default_features"))
    return value if isinstance(value, bool) else None


def _feature_facts(document: Document, table: Mapping[str, Any], keys: tuple[str, ...]) -> tuple[Fact[str], ...]:
    """The `features = […]` of an entry, each with its origin."""
    values = table.get("features")
    if not isinstance(values, list):
        return ()
    origin = document.origin(*keys, "features")
    return tuple(Fact(value, origin) for value in values if isinstance(value, str))
