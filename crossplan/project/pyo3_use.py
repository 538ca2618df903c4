"""Which release of PyO3 the project builds with, and with which features: lock file first, then the requirement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from crossplan.origin import Fact, Origin
from crossplan.project.features import Asked, FeatureWalk, enabling
from crossplan.project.lock import Lock, LockedPackage
from crossplan.project.model import PYO3_CRATES, Dependency, Package, Pyo3Crate, Pyo3Use
from crossplan.project.registry import find_source
from crossplan.project.requirement import Requirement, parse_version
from crossplan.project.workspace import Manifests
from crossplan.record import record, replace
from crossplan.triple import Target


@record
class Sources:
    """What the answer is looked for in."""

    manifests: Manifests
    lock: Lock | None
    target: Target | None
    resolver: str
    known: Sequence[str]
    env: Mapping[str, str]

    def locate(self, user: Package, dependency: Dependency) -> Package | str | None:
        """The package that an entry leads to, if it can lead to PyO3 (`features.Locate`)."""
        if dependency.path is not None:
            return self.manifests.package(dependency.path / "Cargo.toml")
        if self.lock is None or dependency.package not in self.lock.reach(PYO3_CRATES):
            return None
        owner = _locked(self.lock, user)
        locked = self.lock.dependency(owner, dependency.package) if owner else None
        if locked is None:
            return None
        path = find_source(locked, self.env)
        if path is None:
            return "the sources are not on this machine"
        return self.manifests.package(path)


def uses_pyo3(package: Package, lock: Lock | None) -> int:
    """0: depends on PyO3 itself, 1: through another crate or not in the normal build, 2: not at all."""
    if any(package.depends_on(crate) for crate in PYO3_CRATES):
        return 0
    if any(package.depends_on(crate, "build", "dev") for crate in PYO3_CRATES):
        return 1
    owner = _locked(lock, package) if lock else None
    reach = lock.reach(PYO3_CRATES) if lock and owner else frozenset()
    return 1 if package.name.value in reach else 2


def find_use(
    sources: Sources,
    packages: Sequence[Package],
    package: Package,
    features: Mapping[str, Origin] | None = None,
    *,
    default: bool = True,
) -> Pyo3Use | None:
    """How the build of `packages` uses PyO3; `features` are those asked of `package` itself; None: not at all."""
    walk = FeatureWalk(sources.locate, sources.target, sources.resolver)
    together = packages if package in packages else (package,)
    for one in together:
        own = one is package
        walk.build(one, features or {} if own else {}, default=default or not own)
    use = _use(sources, walk, package)
    if use is not None:
        return use
    idle = next((d for crate in PYO3_CRATES for d in package.depends_on(crate) if d.optional), None)
    switches = enabling(package, idle) if idle else ()
    if idle is None or not switches or switches[0] in (features or {}):
        return _only_named(sources, package)
    switched = find_use(sources, packages, package, {**(features or {}), switches[0]: idle.origin}, default=default)
    return replace(switched, enabled_by=switches) if switched else None


def _use(sources: Sources, walk: FeatureWalk, package: Package) -> Pyo3Use | None:
    """The outcome of a walk, or None if it did not come to PyO3 and the lock file knows no other way."""
    crate: Pyo3Crate | None = next((crate for crate in PYO3_CRATES if crate in walk.asked), None)
    if crate is None and walk.undecided:
        crate = next((crate for crate in PYO3_CRATES if _way(sources, package, crate)), None)
    if crate is None:
        return None
    asked = walk.asked.get(crate) or Asked()
    users = asked.users
    direct = next((d for user, d in users if user is package), users[0][1] if users else None)
    return Pyo3Use(
        crate=crate,
        version=_version(sources, package, crate, direct),
        features=tuple(asked.features.values()),
        undecided=tuple(walk.undecided.values()),
    )


def _only_named(sources: Sources, package: Package) -> Pyo3Use | None:
    """PyO3 as a build- or dev-dependency alone: its release is known, no code for the target has it."""
    for crate in PYO3_CRATES:
        for dependency in package.depends_on(crate, "build", "dev"):
            return Pyo3Use(
                crate=crate,
                version=_version(sources, package, crate, dependency),
                features=dependency.features,
            )
    return None


def _locked(lock: Lock, package: Package) -> LockedPackage | None:
    """The entry of a package in the lock file."""
    entries = lock.versions(package.name.value)
    return next((e for e in entries if package.version in (None, e.version)), entries[0] if entries else None)


def _way(sources: Sources, package: Package, crate: str) -> Sequence[LockedPackage]:
    """How the lock file leads from the package to a crate, that crate's entry last; empty where it does not."""
    owner = _locked(sources.lock, package) if sources.lock else None
    return sources.lock.way(owner, crate) if sources.lock and owner else ()


def _version(sources: Sources, package: Package, crate: str, dependency: Dependency | None) -> Fact[str] | None:
    """The release: as locked, as the path dependency says, or the newest known that meets the requirement."""
    text = dependency.requirement if dependency else None
    requirement = Requirement.parse(text) if text else None
    lock = sources.lock
    if lock is not None:
        chosen = (
            _way(sources, package, crate)[-1:] or sorted(lock.versions(crate), key=lambda p: _order(p.version))[-1:]
        )
        # A lock file that does not meet the requirement is brought up to date by the next build.
        if chosen and (requirement is None or requirement.matches(chosen[0].version)):
            return Fact(chosen[0].version, Origin("project", lock.shown, crate, chosen[0].line))
    if dependency is None:
        return None
    if dependency.path is not None:
        local = sources.manifests.package(Path(dependency.path) / "Cargo.toml")
        return Fact(local.version, local.name.origin) if local and local.version else None
    if requirement is None or dependency.git is not None:
        return None
    found = requirement.newest(sources.known) or requirement.lowest()
    return Fact(found, dependency.origin) if found else None


def _order(version: str) -> tuple[bool, object]:
    parsed = parse_version(version)
    return parsed is not None, parsed or ()
