"""`Request`: what the user wants built, from the command line, the environment and the project's files.

Each value says who said it. The command line wins over the project, the project over what stands when nobody says
anything. Nothing of the target is read here, and no program is started.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from crossplan.options import Options, RequestError, Tool, with_settings
from crossplan.origin import Fact, Origin
from crossplan.project import Project, read_project
from crossplan.project.cargo_config import CargoConfig, read_cargo_config
from crossplan.project.model import Pyo3Crate
from crossplan.project.registry import script_folder
from crossplan.pyo3 import find_release, known_releases
from crossplan.python import PythonChoice, PythonVersion
from crossplan.record import field, record, replace
from crossplan.selection import Wish
from crossplan.triple import SLICES, UNIVERSAL2, Target, UnknownTarget, find_target

Purpose = Literal["extension", "embedding"]
_GIVEN = Origin("option", key="--target")
_PROFILE: Fact[str] = Fact("dev", Origin("default"))
_TOOL: Fact[Tool] = Fact("cargo", Origin("default"))
_PURPOSE: Fact[Purpose] = Fact("extension", Origin("default"))
_OF_SETUPTOOLS = Fact("extension-module", Origin("default", key="setuptools-rust"))  # its build.py, `_binding_features`
IMPLEMENTATIONS = ("CPython", "PyPy", "GraalPy", "RustPython")


@record
class Request:
    """One build that is to be planned.

    `environ` is the environment of the user; `cwd` where the user stands, `build_cwd` the folder in which Cargo runs
    PyO3's script, where a relative path in a variable counts from. `cargo` is Cargo's configuration. `purpose` is what is built: a module for Python to
    import, or a program that links libpython. `backend` is the tool that the project itself names. `twin` is the request for the other machine of a universal2 build.
    """

    target: Target
    host: str
    pyo3: Fact[str]
    environ: Mapping[str, str]
    cwd: str
    build_cwd: str
    crate: Pyo3Crate = "pyo3"
    features: tuple[Fact[str], ...] = ()
    sysroots: tuple[str, ...] = ()
    wish: Wish = field(default_factory=Wish)
    project: Project = field(default_factory=Project)
    cargo: CargoConfig = field(default_factory=CargoConfig)
    profile: Fact[str] = _PROFILE
    tool: Fact[Tool] = _TOOL
    purpose: Fact[Purpose] = _PURPOSE
    target_origin: Origin = _GIVEN
    twin: Request | None = None

    @property
    def triple(self) -> str:
        """The target as the user names it, which may be two in one."""
        return self.target.triple if self.twin is None else UNIVERSAL2

    @property
    def second(self) -> Request | None:
        """The twin, of the request that stands for both."""
        return self.twin if self.twin is not None and self.twin.twin is not None else None

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The features by name."""
        return tuple(fact.value for fact in self.features)

    @property
    def sysroot(self) -> str | None:
        """The root whose files have a path on this machine: a directory, given alone; None for archives."""
        alone = self.sysroots[0] if len(self.sysroots) == 1 else None
        return alone if alone is not None and os.path.isdir(Path(self.cwd, alone)) else None  # noqa: PTH112

    @property
    def backend(self) -> Tool | None:
        """The build backend that pyproject.toml names, if it is one that builds Rust."""
        kind = self.project.backend.kind if self.project.backend else "other"
        return None if kind == "other" else kind

    @property
    def by_backend(self) -> bool:
        """Whether a build backend drives Cargo; it passes what a module's link needs, and sets variables, by itself."""
        return self.tool.value in ("maturin", "setuptools-rust")

    @property
    def in_container(self) -> bool:
        """Whether cross runs the build: chosen as the tool, or named in CARGO, which backends start."""
        return self.tool.value == "cross" or (self.by_backend and Path(self.environ.get("CARGO", "")).name == "cross")

    def script_environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """What PyO3's build script sees of an environment: with what the tool sets for Cargo, and Cargo for its scripts.

        A container is told by the user's environment what to let in, so nothing is taken to arrive there by itself.
        """
        if self.by_backend and self.purpose.value == "extension" and not self.in_container:
            from crossplan.project.pyproject import set_by

            environ = {**environ, **set_by(self.tool.value, self.project.backend)}
        return self.cargo.environment(environ)

    def cargo_variable(self, key: str) -> str:
        """`CARGO_TARGET_<T>_LINKER` and the like for the target."""
        return f"CARGO_TARGET_{self.target.variable}_{key}"


def make_request(options: Options, environ: Mapping[str, str], cwd: str, machine: str) -> Request:
    """The request that these options make in the directory `cwd`; `machine` is the triple of this machine.

    Raises `RequestError` for a value that is none, `UnknownTarget` and `UnknownRelease` for names that do not exist.
    """
    options = with_settings(options, environ, cwd)
    if options.target == UNIVERSAL2:
        return _of_both(options, environ, cwd, machine)
    target, target_origin = _target(options, environ, cwd)
    project = read_project(Path(cwd), environ, _manifest(options, cwd), target=target, known=known_releases())
    if options.features is None:
        project = _decided(project, environ, cwd, target)
    pyo3 = _release(options, project)
    tool = _tool(options, environ)
    crate: Pyo3Crate = project.pyo3.crate if project.pyo3 else "pyo3"
    features = _features(options, project)
    if tool.value == "setuptools-rust" and crate == "pyo3" and not options.embed:
        features = tuple({_OF_SETUPTOOLS.value: _OF_SETUPTOOLS, **{fact.value: fact for fact in features}}.values())
    return Request(
        target=target,
        host=_host(options, machine),
        pyo3=pyo3,
        environ=environ,
        cwd=cwd,
        build_cwd=script_folder(crate, pyo3.value, environ, cwd),
        crate=crate,
        features=features,
        sysroots=options.sysroots,
        wish=_wish(options),
        project=project,
        cargo=project.cargo,
        profile=_profile(options, environ, project, tool.value),
        tool=tool,
        purpose=_purpose(options, environ, project, {fact.value for fact in features}),
        target_origin=target_origin,
    )


def _of_both(options: Options, environ: Mapping[str, str], cwd: str, machine: str) -> Request:
    """The request of a universal2 build, that of Apple silicon with the other one as its twin."""
    other, own = (make_request(replace(options, target=triple), environ, cwd, machine) for triple in SLICES)
    if own.in_container:
        said = "--with cross" if own.tool.value == "cross" else f"CARGO={environ['CARGO']}"
        raise RequestError(f"{said}: cross has no image for {options.target}; take cargo, cargo-zigbuild or maturin")
    return replace(own, twin=replace(other, twin=own))


def _decided(project: Project, environ: Mapping[str, str], cwd: str, target: Target) -> Project:
    """The project, with PyO3's features from cargo where the files do not tell them and cargo does."""
    use, package = project.pyo3, project.package
    if use is None or package is None or not use.undecided:
        return project
    from crossplan.toolchain.metadata import resolved_features

    asked = [fact.value for fact in project.backend.features] if project.backend else []
    answer = resolved_features(use.crate, package.manifest, target.triple, environ, cwd, asked)
    if answer.reason is not None:
        items = tuple(replace(item, reason=f"{item.reason}; {answer.reason}") for item in use.undecided)
        return replace(project, pyo3=replace(use, undecided=items))
    origin = Origin("project", str(package.manifest), "cargo metadata")
    features = tuple(use.has(name) or Fact(name, origin) for name in answer.features if name != "default")
    return replace(project, pyo3=replace(use, features=features, undecided=()))


def _target(options: Options, environ: Mapping[str, str], cwd: str) -> tuple[Target, Origin]:
    """The target: as given, else the one that Cargo would build for by its configuration."""
    if options.target is not None:
        return find_target(options.target), options.origin("--target")
    configured = read_cargo_config(Path(cwd), environ, None).build_target
    if len(configured) == 1:
        return find_target(configured[0].value), configured[0].origin
    several = f" ({len(configured)} are configured for Cargo)" if configured else ""
    raise RequestError(f"no target is given{several}: add --target, for example --target aarch64-unknown-linux-gnu")


def _host(options: Options, machine: str) -> str:
    if options.host is None:
        return machine
    try:
        return find_target(options.host).triple
    except UnknownTarget as error:
        raise RequestError(f"--host: {error}") from error


def _manifest(options: Options, cwd: str) -> Path | None:
    if options.manifest_path is None:
        return None
    path = Path(cwd, options.manifest_path)
    if os.path.isdir(path) or not os.path.exists(path):  # noqa: PTH110, PTH112
        raise RequestError(f"--manifest-path: {options.manifest_path} is no file; give the path of a Cargo.toml")
    return path


def _release(options: Options, project: Project) -> Fact[str]:
    """PyO3's release: as asked for, as the project says, else the newest known."""
    if options.pyo3 is not None:
        return Fact(find_release(options.pyo3), options.origin("--pyo3"))
    if project.pyo3 is not None and project.pyo3.version is not None:
        return project.pyo3.version
    return Fact(find_release(None), Origin("default", key="the newest known"))


def _features(options: Options, project: Project) -> tuple[Fact[str], ...]:
    """PyO3's features: as given, else those that the project asks for; `--abi3` adds its own."""
    origin = options.origin("--features")
    if options.features is not None:
        words = options.features.replace(",", " ").split()
        features = [Fact(word.rpartition("/")[2], origin) for word in dict.fromkeys(words)]
    else:
        features = list(project.pyo3.features) if project.pyo3 else []
    if options.abi3 is not None:
        version = _abi3_version(options.abi3)
        features = [fact for fact in features if not fact.value.startswith("abi3-py")]
        features.append(Fact(f"abi3-py{version.major}{version.minor}", options.origin("--abi3")))
    return tuple(features)


def _abi3_version(text: str) -> PythonVersion:
    try:
        choice = PythonChoice.parse(text)
    except ValueError as error:
        raise RequestError(f"--abi3: {error}") from error
    if choice.micro is not None or choice.free_threaded or choice.debug:
        raise RequestError(f"--abi3: {text!r} is no level of the stable ABI: expected X.Y, for example 3.9")
    return choice.version


def _wish(options: Options) -> Wish:
    """Which Python of a root is meant."""
    python, implementation = None, None
    if options.python is not None:
        try:
            python = Fact(PythonChoice.parse(options.python), options.origin("--python"))
        except ValueError as error:
            raise RequestError(f"--python: {error}") from error
    if options.implementation is not None:
        word = options.implementation.lower().replace("graalvm", "graalpy")
        named = next((name for name in IMPLEMENTATIONS if name.lower() == word), None)
        if named is None:
            raise RequestError(f"--implementation: {options.implementation!r} is none of {', '.join(IMPLEMENTATIONS)}")
        implementation = Fact(named, options.origin("--implementation"))
    return Wish(python=python, implementation=implementation)


def _profile(options: Options, environ: Mapping[str, str], project: Project, tool: Tool) -> Fact[str]:
    """The profile: as given, else the one that the tool takes by itself."""
    if options.profile is None:
        return _tool_profile(environ, project, tool)
    name = "dev" if options.profile == "debug" else options.profile
    if not name or "/" in name:
        raise RequestError(f"--profile: {name!r} is no name of a Cargo profile")
    if project.profiles and name not in project.profiles:
        known = ", ".join(sorted(project.profiles))
        raise RequestError(f"--profile: neither Cargo nor the project has a profile {name!r}; there are {known}")
    return Fact(name, options.origin("--profile"))


def _tool_profile(environ: Mapping[str, str], project: Project, tool: Tool) -> Fact[str]:
    """What a tool builds unless told: `[tool.maturin] profile` of maturin, `release` of setuptools-rust, else `dev`."""
    if tool == "setuptools-rust":
        name = "SETUPTOOLS_RUST_CARGO_PROFILE"
        said = environ.get(name)
        return Fact(said, Origin("variable", key=name)) if said else Fact("release", Origin("default", key=tool))
    backend = project.backend
    if tool == "maturin" and backend is not None and backend.kind == tool and backend.profile is not None:
        return backend.profile
    return _PROFILE


def _tool(options: Options, environ: Mapping[str, str]) -> Fact[Tool]:
    """What drives the build: `--with`, else cross where `CARGO` says so, else cargo."""
    if options.tool is not None:
        return Fact(options.tool, options.origin("--with"))
    if os.path.basename(environ.get("CARGO", "")) == "cross":  # noqa: PTH119
        return Fact("cross", Origin("variable", key="CARGO"))
    return _TOOL


def _purpose(options: Options, environ: Mapping[str, str], project: Project, features: set[str]) -> Fact[Purpose]:
    """Whether a module or a program is built; a project that does not tell builds a module, for that is PyO3's main use."""
    if options.embed:
        return Fact("embedding", Origin("option", key="--embed"))
    if "PYO3_BUILD_EXTENSION_MODULE" in environ:
        return Fact("extension", Origin("variable", key="PYO3_BUILD_EXTENSION_MODULE"))
    if "extension-module" in features:
        return Fact("extension", Origin("feature", key="extension-module"))
    package, starts = project.package, "auto-initialize" in features
    if package is None:
        return Fact("embedding", Origin("feature", key="auto-initialize")) if starts else _PURPOSE
    if package.crate_types is not None and "cdylib" in package.crate_types.value:
        return Fact("extension", package.crate_types.origin)
    return Fact("embedding", package.name.origin) if package.bins or starts else _PURPOSE
