"""Which features a build asks of PyO3, by Cargo's own rules of unification.

The walk starts at the packages that are built and follows enabled dependencies whose manifests are at hand (The Cargo
Book, "Features", "Feature resolver version 2"). With resolver 1, dependencies for other targets and for build scripts
count too, and dev-dependencies of the packages that are built; with 2 and 3 they do not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from crossplan.origin import Fact, Origin
from crossplan.project.model import Dependency, Package, Undecided
from crossplan.record import field, record
from crossplan.triple import Target

# The crates that PyO3 is made of: their own manifests are known by release, not read here.
OF_PYO3 = frozenset({"pyo3", "pyo3-ffi", "pyo3-build-config"})
# From the package that depends, and the entry: its package; text: why it cannot be read; None: it never leads to PyO3.
Locate = Callable[[Package, Dependency], "Package | str | None"]


@record(frozen=False)
class Asked:
    """What all entries together ask of one crate: features with origins, and the entries."""

    features: dict[str, Fact[str]] = field(default_factory=dict)
    users: list[tuple[Package, Dependency]] = field(default_factory=list)

    def add(self, user: Package, dependency: Dependency) -> None:
        """One more entry that is enabled."""
        self.users.append((user, dependency))
        for fact in dependency.features:
            self.features.setdefault(fact.value, fact)


@record(frozen=False)
class _Unit:
    """One package on the walk."""

    package: Package
    root: bool
    features: set[str] = field(default_factory=set)
    enabled: set[str] = field(default_factory=set)  # optional dependencies, by their name in the manifest
    weak: list[tuple[str, str, Origin]] = field(default_factory=list)


@record(frozen=False)
class FeatureWalk:
    """The walk and its outcome: `asked` by crate of PyO3, `undecided` for crates that could not be followed."""

    locate: Locate
    target: Target | None
    resolver: str
    asked: dict[str, Asked] = field(default_factory=dict)
    undecided: dict[str, Undecided] = field(default_factory=dict)
    _units: dict[str, _Unit] = field(default_factory=dict)

    def build(self, package: Package, features: Mapping[str, Origin], *, default: bool = True) -> None:
        """Take a package that is built, with these features of its own (`feature`, `dependency/feature`)."""
        unit = self._unit(package, root=True)
        if default:
            self._activate(unit, "default", Origin("default", key="default"))
        for feature, origin in features.items():
            self._apply(unit, feature, origin)

    def _unit(self, package: Package, *, root: bool) -> _Unit:
        """The unit of a package; its unconditional dependencies are asked when it is first seen."""
        key = str(package.manifest)
        if key not in self._units:
            unit = self._units[key] = _Unit(package, root)
            for dependency in package.dependencies:
                if not dependency.optional:
                    self._ask(unit, dependency)
        return self._units[key]

    def _counts(self, unit: _Unit, dependency: Dependency) -> bool:
        """Whether an entry's features reach code for the target."""
        if self.resolver == "1":
            return dependency.kind != "dev" or unit.root
        if dependency.kind != "normal":
            return False
        if dependency.target is None:
            return True
        from crossplan.project.cfg import applies

        return applies(dependency.target, self.target) is not False

    def _ask(self, unit: _Unit, dependency: Dependency) -> None:
        """Ask an enabled dependency for the features of its entry."""
        if not self._counts(unit, dependency):
            return
        if dependency.package in OF_PYO3:
            self.asked.setdefault(dependency.package, Asked()).add(unit.package, dependency)
            return
        child = self._child(unit, dependency)
        if child is not None:
            if dependency.default_features:
                self._activate(child, "default", dependency.origin)
            for fact in dependency.features:
                self._activate(child, fact.value, fact.origin)

    def _child(self, unit: _Unit, dependency: Dependency) -> _Unit | None:
        """The unit of a dependency, if it can lead to PyO3 and its manifest is at hand."""
        found = self.locate(unit.package, dependency)
        if isinstance(found, str):
            self.undecided.setdefault(dependency.package, Undecided(dependency.package, found, dependency.origin))
            return None
        # A procedural macro is built for the host; only resolver 1 mixes its features in.
        if found is None or (found.proc_macro and self.resolver != "1"):
            return None
        return self._unit(found, root=False)

    def _activate(self, unit: _Unit, feature: str, origin: Origin) -> None:
        """Turn on a feature of a package, with all that it implies."""
        if feature in unit.features:
            return
        unit.features.add(feature)
        if feature not in unit.package.features:
            # An optional dependency is a feature of its own name, unless some `dep:` mentions it.
            self._enable(unit, feature)
            return
        for value in unit.package.features[feature]:
            self._apply(unit, value, self._where(unit.package, feature, origin))

    @staticmethod
    def _where(package: Package, feature: str, origin: Origin) -> Origin:
        """The origin of what a feature implies: its line in `[features]`."""
        place = package.name.origin.place
        return Origin("project", place, f"features.{feature}", origin.line if origin.place == place else None)

    def _apply(self, unit: _Unit, value: str, origin: Origin) -> None:
        """One value of a feature: `feature`, `dep:name`, `name/feature`, `name?/feature`."""
        if value.startswith("dep:"):
            self._enable(unit, value.removeprefix("dep:"))
            return
        name, slash, feature = value.partition("/")
        if not slash:
            self._activate(unit, value, origin)
            return
        if name.endswith("?"):
            name = name.removesuffix("?")
            if self._optional(unit, name) and name not in unit.enabled:
                unit.weak.append((name, feature, origin))
                return
        else:
            self._enable(unit, name)
        self._forward(unit, name, feature, origin)

    @staticmethod
    def _optional(unit: _Unit, name: str) -> bool:
        return any(d.optional for d in unit.package.dependencies if d.name == name)

    def _enable(self, unit: _Unit, name: str) -> None:
        """Enable the optional dependencies of that name, with the features that waited for them."""
        if name in unit.enabled:
            return
        unit.enabled.add(name)
        for dependency in unit.package.dependencies:
            if dependency.name == name and dependency.optional:
                self._ask(unit, dependency)
        waiting = [entry for entry in unit.weak if entry[0] == name]
        for _, feature, origin in waiting:
            self._forward(unit, name, feature, origin)

    def _forward(self, unit: _Unit, name: str, feature: str, origin: Origin) -> None:
        """`name/feature`: ask the dependency of that name for a feature."""
        for dependency in unit.package.dependencies:
            if dependency.name != name or not self._counts(unit, dependency):
                continue
            if dependency.package in OF_PYO3:
                asked = self.asked.setdefault(dependency.package, Asked())
                asked.features.setdefault(feature, Fact(feature, origin))
            elif (child := self._child(unit, dependency)) is not None:
                self._activate(child, feature, origin)


def enabling(package: Package, dependency: Dependency) -> tuple[str, ...]:
    """The features of a package that enable an optional dependency, the most direct first."""
    direct = {f"dep:{dependency.name}", dependency.name}
    found = [name for name, values in package.features.items() if direct & set(values)]
    found += [
        name
        for name, values in package.features.items()
        if name not in found and any(value.startswith(f"{dependency.name}/") for value in values)
    ]
    if not any(f"dep:{dependency.name}" in values for values in package.features.values()):
        found.insert(0, dependency.name)
    return tuple(found)
