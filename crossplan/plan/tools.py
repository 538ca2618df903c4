"""What the tool that drives the build needs, and what of the user's environment leads it astray."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from crossplan.evidence import TargetPython
from crossplan.plan.artifact import Artifact
from crossplan.plan.compilers import api_level
from crossplan.plan.goal import Goal
from crossplan.plan.linking import needs_cross_linker
from crossplan.plan.model import Change
from crossplan.request import Request
from crossplan.triple import ARCHFLAGS, SLICES, builtin

# Search paths that compilers apply to every build, the host's own build scripts included.
_SEARCH_PATHS = ("LIBRARY_PATH", "CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "LD_LIBRARY_PATH")


def tool_changes(
    request: Request, python: TargetPython | None, artifact: Artifact, limited: str | None
) -> Iterator[Change]:
    """Variables for the build backend, whether it is asked to drive the build or only named by the project.

    `limited`: what the command tells setuptools of a stable ABI.
    """
    backend = request.tool.value if request.by_backend else request.backend
    if request.tool.value != "maturin":  # whose own command line says it
        yield from _told_target(request, backend)
    if backend is not None:
        yield from _inherited(request, backend)
    if request.target.os == "android" and backend == "maturin":
        yield from _android_level(request, python)
    if request.tool.value == "setuptools-rust":
        if request.profile.value != "release":
            reason = "setuptools-rust builds with release unless told"
            yield Change("SETUPTOOLS_RUST_CARGO_PROFILE", request.profile.value, reason)
        if request.triple != request.host:
            yield from _of_setuptools(request, python, artifact.suffix if limited is None else None)


def _told_target(request: Request, backend: str | None) -> Iterator[Change]:
    """What tells the target to a backend, and to Cargo where it was told another."""
    name, triple = "CARGO_BUILD_TARGET", request.target.triple
    reason = f"a build by {backend} is told the target by nothing else"
    if request.twin is not None and backend is not None:
        yield Change("ARCHFLAGS", ARCHFLAGS, reason)
        yield Change(name, None, "it names one of the two machines")
    elif request.twin is None and (backend is not None or request.environ.get(name, triple) != triple):
        yield Change(name, triple, reason if backend is not None else "it names another target than is planned for")


def _inherited(request: Request, backend: str) -> Iterator[Change]:
    """Variables meant for something else that a backend obeys."""
    environ = request.environ
    if "ARCHFLAGS" in environ and request.target.os != "macos":
        yield Change("ARCHFLAGS", None, f"{backend} takes it for an Apple target, whatever is built")
    if "_PYTHON_HOST_PLATFORM" in environ and backend == "maturin":
        yield Change("_PYTHON_HOST_PLATFORM", None, "maturin puts it in place of the wheel's platform tag")


def _android_level(request: Request, python: TargetPython | None) -> Iterator[Change]:
    """maturin writes ANDROID_API_LEVEL into the tag; the target's Python knows its own."""
    level = api_level(python)
    said = request.environ.get("ANDROID_API_LEVEL", "")
    if level is not None and not (said.isdecimal() and int(said) >= int(level)):
        yield Change("ANDROID_API_LEVEL", level, "the target's Python was built for that level of Android's API")


def _of_setuptools(request: Request, python: TargetPython | None, suffix: str | None) -> Iterator[Change]:
    """setuptools takes name and tag from the Python that runs it, which is the host's."""
    from crossplan.plan.tags import host_platform

    host, platform = builtin(request.host), host_platform(request, python)
    if platform is not None and (host is None or host.os != "windows"):  # where sysconfig does not look at it
        yield Change("_PYTHON_HOST_PLATFORM", platform, "setuptools tags the wheel for the machine that builds it")
    if suffix is not None:
        yield Change("SETUPTOOLS_EXT_SUFFIX", suffix, "setuptools names the module for the host's Python")


def misleading(request: Request) -> Iterator[Change]:
    """Search paths that lead the host's own compiler into the target's root."""
    if not needs_cross_linker(request) or not request.sysroots:
        return
    roots = tuple(os.path.realpath(os.path.join(request.cwd, root)) + os.sep for root in request.sysroots)  # noqa: PTH118
    for name in _SEARCH_PATHS:
        folders = request.environ.get(name, "").split(os.pathsep)
        if any((os.path.realpath(folder) + os.sep).startswith(roots) for folder in folders if folder):
            yield Change(
                name, None, "it leads the compiler of build scripts, which is the host's, to the target's libraries"
            )


def passthrough(request: Request, changes: list[Change], files: dict[str, str]) -> Iterator[Change]:
    """cross builds in a container, which sees only the variables and folders that it is told to let in."""
    if not request.in_container:
        return
    config, triple = request.project.cross, request.target.triple
    names = [c.name for c in changes if c.value is not None] + [n for n in request.environ if n.startswith("PYO3_")]
    unset = {c.name for c in changes if c.value is None}
    wanted = [n for n in dict.fromkeys(names) if n.startswith("PYO3_") and n not in unset]
    said = request.environ.get("CROSS_BUILD_ENV_PASSTHROUGH", "").split()
    hidden = [n for n in wanted if n not in said and (config is None or not config.passes(n, triple))]
    if hidden:
        yield Change("CROSS_BUILD_ENV_PASSTHROUGH", " ".join([*said, *hidden]), "cross lets no other variable in")
    folders = [os.path.dirname(path) for path in files]  # noqa: PTH120
    folders += [host for root in request.sysroots if (host := os.path.abspath(os.path.join(request.cwd, root)))]  # noqa: PTH100, PTH118
    if folders and wanted:
        said = request.environ.get("CROSS_CONTAINER_OPTS", "").split()
        volumes = [f"--volume={folder}:{folder}:ro" for folder in dict.fromkeys(folders)]
        together = " ".join(dict.fromkeys([*said, *volumes]))
        yield Change("CROSS_CONTAINER_OPTS", together, "the container sees no other folder")


def command(request: Request, goal: Goal | None, limited: str | None, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The command that builds under the plan's environment, `environ`. `limited`: the lowest Python of a stable-ABI module, `cp39`."""
    tool, triple = request.tool.value, request.triple
    profile = {"dev": (), "release": ("--release",)}.get(request.profile.value, ("--profile", request.profile.value))
    if tool == "setuptools-rust":
        # The Python that runs setuptools gives the wheel its kind and version, so it is to be one of the target's.
        python = (goal.program if goal is not None else None) or "python3"
        told = () if limited is None else (f"-C--build-option=--py-limited-api={limited}",)
        return (python, "-m", "build", "--wheel", *told)
    features = _feature_words(request)
    if tool == "maturin":
        knows = limited is not None or environ.keys() & {"PYO3_CROSS_LIB_DIR", "PYO3_CONFIG_FILE"}
        chosen = () if knows or goal is None or goal.program is None else ("-i", goal.program)
        return ("maturin", "build", *profile, "--target", triple, *features, *chosen)
    words = {"cargo": ("cargo", "build"), "cross": ("cross", "build"), "cargo-zigbuild": ("cargo", "zigbuild")}[tool]
    triples = SLICES if request.twin is not None and tool == "cargo" else (triple,)
    targets = [word for one in triples for word in ("--target", one)]
    return (*words, *profile, *targets, *_package_words(request), *features)


def _package_words(request: Request) -> tuple[str, ...]:
    """What makes Cargo take the package that is planned for, where it would not take it by itself from here."""
    package = request.project.package
    if package is None:
        return ()
    manifest = str(package.manifest)
    elsewhere = () if _is_found(manifest, request.cwd) else ("--manifest-path", manifest)
    return (*elsewhere, *(() if elsewhere or package in request.project.packages else ("-p", package.name.value)))


def _feature_words(request: Request) -> tuple[str, ...]:
    """The features that the plan counts on and that the manifest alone does not turn on."""
    project = request.project
    use, package, backend = project.pyo3, project.package, project.backend
    if use is None or package is None:
        return ()
    names = [*use.enabled_by[:1]]
    words: list[str] = []
    if backend is not None and request.tool.value != backend.kind:  # the backend would pass these itself
        names += [fact.value for fact in backend.features]
        words += ["--no-default-features"] if backend.no_default_features else []
    entry = next(iter(package.depends_on(use.crate)), None)
    if entry is not None:
        names += [f"{entry.name}/{fact.value}" for fact in request.features if use.has(fact.value) is None]
    return (*words, "--features", ",".join(dict.fromkeys(names))) if names else tuple(words)


def _is_found(manifest: str, cwd: str) -> bool:
    """Whether Cargo finds the manifest, or that of its workspace, from the current directory upwards."""
    folder = os.path.dirname(manifest)  # noqa: PTH120
    return cwd == folder or cwd.startswith(folder.rstrip(os.sep) + os.sep) or _holds_manifest(cwd, folder)


def _holds_manifest(cwd: str, folder: str) -> bool:
    """Whether the user stands in the workspace above the package."""
    inside = folder.startswith(cwd.rstrip(os.sep) + os.sep)
    return inside and os.path.isfile(os.path.join(cwd, "Cargo.toml"))  # noqa: PTH113, PTH118
