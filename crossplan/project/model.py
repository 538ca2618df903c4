"""What a project says, as values: the crate, its dependencies, PyO3's release and features, its profiles.

Paths are real paths; what is shown to the user stands in the origins. Nothing here reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from crossplan.origin import Fact, Origin
from crossplan.project.cargo_config import CargoConfig
from crossplan.project.lock import Lock
from crossplan.project.toml import ProjectProblem
from crossplan.record import field, record

if TYPE_CHECKING:
    from crossplan.project.pyproject import Backend, PyProject
    from crossplan.project.toolfiles import CrossConfig, RustToolchain

DependencyKind = Literal["normal", "build", "dev"]
Pyo3Crate = Literal["pyo3", "pyo3-ffi"]
# Every crate whose build script looks for a Python, with the one that a project names most often first.
PYO3_CRATES: tuple[Pyo3Crate, ...] = ("pyo3", "pyo3-ffi")


@record
class Dependency:
    """One entry of a dependency table, workspace inheritance applied.

    `name` is what the manifest calls it, `package` the crate's own name (they differ under `package = …`);
    `target` is the `cfg(…)` or triple of its table, None for all targets.
    """

    name: str
    package: str
    kind: DependencyKind
    requirement: str | None
    features: tuple[Fact[str], ...]
    default_features: bool
    optional: bool
    target: str | None
    path: Path | None
    git: str | None
    origin: Origin


@record
class CrateTarget:
    """A binary, example or test of the package; `required_features` are the package's own."""

    name: str
    path: Path
    required_features: tuple[str, ...] = ()


@record
class Package:
    """One Cargo package: its names, what it builds, its features and dependencies.

    `lib_name` and `crate_types` are None for a package without a library.
    """

    manifest: Path
    name: Fact[str]
    version: str | None
    lib_name: Fact[str] | None
    crate_types: Fact[tuple[str, ...]] | None
    proc_macro: bool
    bins: tuple[CrateTarget, ...]
    examples: tuple[CrateTarget, ...]
    tests: tuple[CrateTarget, ...]
    build_script: Path | None
    features: Mapping[str, tuple[str, ...]]
    dependencies: tuple[Dependency, ...]

    def depends_on(self, name: str, *kinds: DependencyKind) -> tuple[Dependency, ...]:
        """Its entries for a crate, of these kinds (default: normal ones)."""
        return tuple(d for d in self.dependencies if d.package == name and d.kind in (kinds or ("normal",)))


@record
class Profile:
    """A `[profile.…]`: its name, the folder of its output below `target/<triple>`, what it inherits, its own settings."""

    name: str
    folder: str
    inherits: str | None
    settings: Mapping[str, Fact[Any]] = field(default_factory=dict)


@record
class Undecided:
    """What the files alone do not tell: features that a crate whose manifest is not at hand may ask of PyO3."""

    crate: str
    reason: str
    origin: Origin


@record
class Pyo3Use:
    """Which PyO3 the project builds with, and with which features.

    `crate`: the crate whose features count (`pyo3-ffi` for a project that uses that alone). `version` comes from the lock
    file, or is the newest known release that meets the requirement. `features` are those asked for by name, each with the
    entry that asks; what they imply is for the rules of that release.
    """

    crate: Pyo3Crate
    version: Fact[str] | None
    features: tuple[Fact[str], ...]
    undecided: tuple[Undecided, ...] = ()
    enabled_by: tuple[str, ...] = ()  # PyO3 is optional and off by default: the package's features that turn it on
    extension_by_backend: bool = False  # extension-module is on only by what the build backend asks for

    def has(self, feature: str) -> Fact[str] | None:
        """The fact that asks for a feature."""
        return next((fact for fact in self.features if fact.value == feature), None)


@record
class Project:
    """All that the files of a project say. A directory without any gives one in which everything is None or empty.

    `package` is the one that `crossplan` plans for; `packages` those that `cargo build` would build here.
    """

    root: Path | None = None  # of the workspace
    package: Package | None = None
    packages: tuple[Package, ...] = ()
    pyo3: Pyo3Use | None = None
    lock: Lock | None = None
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    target_dir: Fact[Path] | None = None
    cargo: CargoConfig = field(default_factory=CargoConfig)
    backend: Backend | None = None
    pyproject: PyProject | None = None
    cross: CrossConfig | None = None
    rust_toolchain: RustToolchain | None = None
    problems: tuple[ProjectProblem, ...] = ()

    @property
    def module_name(self) -> Fact[str] | None:
        """The name of the module, and of its file: as the backend's settings say it, else the library's; None without one."""
        library = self.package.lib_name if self.package is not None else None
        said = self.backend.module if self.backend is not None else None
        return library if said is None or library is None else Fact(said.value.rpartition(".")[2], said.origin)

    def locked(self, name: str) -> tuple[str, ...]:
        """The versions of a crate in the lock file."""
        return tuple(package.version for package in self.lock.versions(name)) if self.lock else ()

    def uses(self, name: str) -> bool:
        """Whether the lock file or, without one, the package's manifest names a crate."""
        if self.lock is not None and self.lock.versions(name):
            return True
        return self.package is not None and bool(self.package.depends_on(name, "normal", "build"))
