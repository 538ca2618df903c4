"""Tags of a wheel that holds the module: Python, ABI and platform (packaging.python.org, "Platform compatibility tags").

The platform is the lowest that can be promised honestly: what Rust's own standard library needs, what the link adds, and
what the target's Python runs on at all.
"""

from __future__ import annotations

import re

from crossplan.data import load
from crossplan.evidence import TargetPython
from crossplan.plan.artifact import stable_abi
from crossplan.plan.compilers import api_level
from crossplan.plan.model import Plan
from crossplan.python import PythonVersion, minor_version
from crossplan.record import replace
from crossplan.request import Request
from crossplan.resolve import InterpreterConfig, Resolution
from crossplan.triple import builtin, system


def wheel_tags(plan: Plan) -> tuple[str, ...]:
    """The whole tags, such as `cp311-cp311-manylinux_2_17_armv7l`; empty where one part is not known."""
    situation = plan.planned
    request, resolution = situation.request, situation.resolution
    config = resolution.config if resolution is not None else None
    if config is None or resolution is None or resolution.outcome != "ok" or request.purpose.value == "embedding":
        return ()
    python = situation.selection.python if situation.selection is not None else None
    platform = platform_tag(request, python, linked_glibc(plan))
    stable = stable_abi(resolution)
    if request.tool.value == "setuptools-rust" and stable and limited_api(request, resolution) is None:
        # Not told of it, setuptools tags for the version that runs it.
        stable, goal = None, plan.goal
        config = config if goal is None or goal.version is None else replace(config, version=str(goal.version))
    abi = _stable_tag(config, stable) if stable else _own_tag(config, python)
    platforms = _of_maturin(request, platform) if platform and request.tool.value == "maturin" else (platform,)
    return tuple(f"{abi}-{one}" for one in platforms) if abi and platform else ()


def _of_maturin(request: Request, platform: str) -> tuple[str, ...]:
    """maturin gives a universal2 wheel the tags of both machines as well (src/target/platform_tag.rs)."""
    if request.twin is None:
        return (platform,)
    apart = (_apple(one) for one in (request.twin, request))
    return (*(tag for tag in apart if tag), platform)


def limited_api(request: Request, resolution: Resolution | None) -> str | None:
    """What setuptools is told of a stable ABI, `cp39`, since it goes neither by features nor by the suffix; None for nothing.

    It calls the module as the host does then (setuptools, `get_abi3_suffix`), which no Windows looks for.
    """
    host = builtin(request.host)
    same_names = (request.target.os == "windows") == (host is not None and host.os == "windows")
    if resolution is None or resolution.config is None or stable_abi(resolution) != "abi3" or not same_names:
        return None
    return (_stable_tag(resolution.config, "abi3") or "").partition("-")[0] or None


def linked_glibc(plan: Plan) -> str | None:
    """The glibc that the linker links against, where it lies in the usual place on this machine; no program is asked."""
    from crossplan.toolchain.compiler import triplet_in_name
    from crossplan.toolchain.libraries import read_host_image

    request = plan.planned.request
    if request.target.libc != "glibc" or request.in_container or request.tool.value == "cargo-zigbuild":
        return None
    configured = request.cargo.linker
    named = plan.environment.get(request.cargo_variable("LINKER")) or (configured.value if configured else None)
    if named is not None:
        triplet = triplet_in_name(named)
        folders = [f"/usr/{triplet}/lib", f"/usr/{triplet}/sys-root/usr/lib"] if triplet else []
    else:
        folders = (
            [f"/lib/{request.target.multiarch}", "/lib64", "/lib"] if request.host == request.target.triple else []
        )
    images = (read_host_image(f"{folder}/libc.so.6").image for folder in folders)
    return next((image.libc_offers for image in images if image is not None and image.libc_offers), None)


def is_accepted(tag: str) -> bool:
    """Whether the package index takes a wheel of this tag."""
    platform = tag.rpartition("-")[2]
    return any(re.fullmatch(pattern, platform) for pattern in load("wheels")["index"])


def _stable_tag(config: InterpreterConfig, stable: str) -> str | None:
    """`cp39-abi3`: the lowest version that the features name."""
    said = re.search(r"-abi3t?-(\d+\.\d+)", config.target_abi or "")
    version = minor_version(said[1] if said else config.version)
    return None if version is None else f"cp{version.major}{version.minor}-{stable}"


def _own_tag(config: InterpreterConfig, python: TargetPython | None) -> str | None:
    """`cp313-cp313t`, `pp310-pypy310_pp73`, from the target's SOABI or else from PyO3's conclusion."""
    version = minor_version(config.version)
    if version is None:
        return None
    soabi = (python.text("soabi") if python is not None else None) or ""
    digits = f"{version.major}{version.minor}"
    if config.implementation == "CPython":
        return f"cp{digits}-cp{digits}{_flags(config, python, version)}"
    words = soabi.split("-")
    if config.implementation == "PyPy":
        own = words[:2] if len(words) > 1 else [f"pypy{digits}", load("wheels")["pypy_abi"]]
        return f"pp{digits}-{'_'.join(own)}"
    if config.implementation == "GraalVM" and len(words) > 2:
        return f"graalpy{digits}-{'_'.join(words[:3])}"
    return None


def _flags(config: InterpreterConfig, python: TargetPython | None, version: PythonVersion) -> str:
    """The ABI flags of CPython: `m` up to 3.7, `t`, `d`."""
    if python is not None and (said := python.text("abi_flags")) is not None:
        return said
    threads = "t" if "Py_GIL_DISABLED" in config.build_flags else ""
    return f"{'m' if version < PythonVersion(3, 8) else ''}{threads}{'d' if 'Py_DEBUG' in config.build_flags else ''}"


def platform_tag(request: Request, python: TargetPython | None, glibc: str | None = None) -> str | None:
    """The platform part; None where there is no tag for the target. `glibc`: the version that is linked against, if known."""
    target = request.target
    if target.os == "linux":
        return _linux(request, glibc)
    if target.os == "emscripten":
        return _of_pyodide(python)
    if request.twin is not None:
        return _universal2(request)
    if target.wheel_tag is None:
        return None
    if target.os == "android":
        return target.wheel_tag.format(
            api=api_level(python) or target.minimum_os or load("wheels")["lowest"]["android"]
        )
    return _apple(request, python) if target.os in ("macos", "ios") else target.wheel_tag


def host_platform(request: Request, python: TargetPython | None) -> str | None:
    """The platform of the wheel as `sysconfig.get_platform()` writes it: `linux-armv7l`, `macosx-11.0-arm64`, `win-amd64`."""
    tag = platform_tag(request, python)
    if tag is None or request.target.os == "emscripten":
        return None
    match = re.fullmatch(r"([a-z]+)_(\d+)(?:_(\d+))?_(\w+)", tag)
    if match is None:
        return tag.replace("_", "-", 1)
    name, major, minor, arch = match.groups()
    return f"{name}-{major}{f'.{minor}' if minor else ''}-{arch}"


def _linux(request: Request, glibc: str | None) -> str:
    """manylinux or musllinux where the scheme has the architecture, else the plain tag of the machine."""
    target, table = request.target, load("wheels")
    plain = f"linux_{target.linux_arch or target.wheel_arch or target.machine}"
    if request.tool.value == "setuptools-rust":  # it audits nothing, and promises nothing
        return plain
    if target.wheel_arch is not None and target.libc == "musl":
        return f"musllinux_{table['musllinux']}_{target.wheel_arch}"
    if target.wheel_arch is None or target.libc != "glibc":
        return plain
    needed = [_parse(target.libc_floor or "2.17"), _parse(table["since"].get(target.wheel_arch, "2.17"))]
    if request.tool.value != "cargo-zigbuild" and glibc is not None:
        needed += [bound for text in table["std_symbols"] if (bound := _parse(text)) <= _parse(glibc)]
    policy = next((text for text in table["manylinux"] if _parse(text) >= max(needed)), table["manylinux"][-1])
    return f"manylinux_{policy.replace('.', '_')}_{target.wheel_arch}"


def _apple(request: Request, python: TargetPython | None = None) -> str | None:
    """The deployment target, which is Rust's default at least; for iOS never below that of the target's Python."""
    target = request.target
    versions = [_parse(request.environ.get(system(target.os)["deployment"], "")), _parse(target.minimum_os or "")]
    if target.os == "ios":
        versions += [_parse(_text(python, "minimum_os") or ""), _parse(load("wheels")["lowest"]["ios"])]
    major, minor = max(versions)
    if target.os == "macos" and major >= 11:
        minor = 0  # packaging.tags: from macOS 11 on only the major number counts
    return target.wheel_tag.format(major=major, minor=minor) if target.wheel_tag else None


def _universal2(request: Request) -> str | None:
    """The lower floor of the two, which is that of Intel's machines: no Apple silicon runs less than macOS 11."""
    both = [one for one in (request, request.twin) if one is not None and one.target.machine == "x86_64"]
    tag = next((_apple(one) for one in both), None)
    return tag and f"{tag.removesuffix('_x86_64')}_universal2"


def _of_pyodide(python: TargetPython | None) -> str | None:
    """PEP 783's tag, where the target's Python names its platform version; before it the version of Emscripten."""
    values = next((d.values for d in python.sysconfigdata), {}) if python is not None else {}
    version = values.get("PYEMSCRIPTEN_PLATFORM_VERSION")
    if isinstance(version, str) and version:
        return f"pyemscripten_{version}_wasm32"
    platform = python.text("platform") if python is not None else None
    return f"{platform}_wasm32" if platform is not None and platform.startswith("emscripten_") else None


def _text(python: TargetPython | None, field: str) -> str | None:
    value = python.value(field) if python is not None else None
    return str(value) if isinstance(value, (int, str)) and str(value) else None


def _parse(text: str) -> tuple[int, int]:
    """`2.17`, `13.0`, `21` as numbers; what is no version counts as none at all."""
    match = re.match(r"(\d{1,9})(?:\.(\d{1,9}))?", text)
    return (int(match[1]), int(match[2] or 0)) if match else (0, 0)
