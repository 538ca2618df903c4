"""What the build leaves behind, and what it must be called to be imported."""

from __future__ import annotations

from crossplan.evidence import TargetPython
from crossplan.python import minor_version
from crossplan.record import record
from crossplan.request import Request
from crossplan.resolve import Resolution
from crossplan.triple import Target, system


@record
class Artifact:
    """`cargo_file` is the path below the workspace root, `suffix` what importing demands, `install_as` the file name.

    None: the project has no library (`cargo_file`, `install_as`), or nothing tells the suffix.
    """

    cargo_file: str | None
    suffix: str | None
    install_as: str | None


def artifact_of(
    request: Request, python: TargetPython | None, resolution: Resolution | None, host_suffix: str | None
) -> Artifact:
    """The artifact of the project's library, or of its program, under the configuration that PyO3 concludes.

    `host_suffix`: EXT_SUFFIX of the host's Python, if it is that one's configuration.
    """
    target, package = request.target, request.project.package
    suffix = extension_suffix(target, python, resolution, host_suffix)
    folder = output_folder(request)
    if request.purpose.value == "embedding":
        name = package.bins[0].name if package is not None and package.bins else None
        file = None if name is None else f"{folder}/{system(target.os).get('program', '{name}').format(name=name)}"
        return Artifact(file, suffix, None)
    name = package.lib_name.value if package is not None and package.lib_name is not None else None
    if name is None:
        return Artifact(None, suffix, None)
    library = system(target.os).get("library", "lib{name}.so").format(name=name)
    module = request.project.module_name
    as_module = None if suffix is None or module is None else f"{module.value}{suffix}"
    return Artifact(f"{folder}/{library}", suffix, as_module)


def output_folder(request: Request) -> str:
    """The folder of the output, relative to the workspace's root where it lies below it."""
    project = request.project
    profile = project.profiles.get(request.profile.value)
    folder = (
        profile.folder
        if profile
        else {"dev": "debug", "test": "debug", "bench": "release"}.get(request.profile.value, request.profile.value)
    )
    target_dir = request.cargo.target_dir or project.target_dir
    if target_dir is None or project.root is None:
        base = "target"
    elif target_dir.value.is_relative_to(project.root):
        base = target_dir.value.relative_to(project.root).as_posix()
    else:
        base = target_dir.value.as_posix()
    if request.twin is not None and request.by_backend:
        return f"{base}/{folder}"  # where they put what they joined
    return f"{base}/{request.triple}/{folder}"


def stable_abi(resolution: Resolution | None) -> str | None:
    """`abi3` or `abi3t` if what is compiled uses only that, else None."""
    config = resolution.config if resolution is not None else None
    if config is None or resolution is None or "Py_LIMITED_API" not in resolution.cfg:
        return None
    if config.implementation != "CPython":
        return None
    if config.target_abi is not None:
        return "abi3t" if "-abi3t-" in config.target_abi else "abi3" if "-abi3-" in config.target_abi else None
    return "abi3" if config.abi3 else None


def extension_suffix(
    target: Target, python: TargetPython | None, resolution: Resolution | None, host_suffix: str | None
) -> str | None:
    """The file-name suffix under which the target's Python imports the module: the stable ABI's, or its own EXT_SUFFIX."""
    if stable := stable_abi(resolution):
        return ".pyd" if target.os == "windows" else f".{stable}.so"
    if python is not None and (own := python.text("ext_suffix")):
        return own
    if python is None and host_suffix:
        return host_suffix
    config = resolution.config if resolution is not None else None
    version = minor_version(config.version) if config is not None else None
    if version is None or config is None or config.implementation != "CPython":
        return None
    flags = "t" if "Py_GIL_DISABLED" in config.build_flags else ""
    digits = f"{version.major}{version.minor}{flags}"
    words = {"digits": digits, "multiarch": target.multiarch, "wheel_tag": target.wheel_tag}
    words["sdk"] = target.multiarch and target.multiarch.partition("-")[2]
    template = system(target.os).get("suffix")
    if template is None or any(f"{{{name}}}" in template for name, word in words.items() if not word):
        return None
    return template.format_map(words)
