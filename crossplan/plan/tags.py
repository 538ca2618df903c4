"""Tags of a wheel that holds the module: Python, ABI and platform (packaging.python.org, "Platform compatibility tags").

The platform is the lowest that can be promised honestly: what Rust's own standard library needs, what the link adds, and
what the target's Python runs on at all.
"""

from __future__ import annotations

import re

from crossplan.evidence import TargetPython
from crossplan.python import PythonVersion, minor_version
from crossplan.request import Request
from crossplan.resolve import InterpreterConfig, Resolution
from crossplan.triple import Target

# The glibc versions for which there are manylinux tags, lowest first (auditwheel's policies).
_POLICIES = {"riscv64": "2_31", "loongarch64": "2_36"}


def wheel_tags(
    request: Request, python: TargetPython | None, resolution: Resolution | None, stable: str | None
) -> tuple[str, ...]:
    """The whole tags, such as `cp311-cp311-manylinux_2_17_armv7l`; empty where one part is not known."""
    config = resolution.config if resolution is not None else None
    platform = platform_tag(request, python)
    if config is None or resolution is None or resolution.outcome != "ok" or platform is None:
        return ()
    abi = _stable_tag(config, request, stable) if stable else _own_tag(config, python)
    return (f"{abi}-{platform}",) if abi else ()


def _stable_tag(config: InterpreterConfig, request: Request, stable: str) -> str | None:
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
        abi = f"{words[0]}_{words[1]}" if len(words) > 1 else f"pypy{digits}_pp73"
        return f"pp{digits}-{abi}"
    if config.implementation == "GraalVM" and len(words) > 2:
        return f"graalpy{digits}-{'_'.join(words[:3])}"
    return None


def _flags(config: InterpreterConfig, python: TargetPython | None, version: PythonVersion) -> str:
    """The ABI flags of CPython: `m` up to 3.7, `t`, `d`."""
    if python is not None and (said := python.text("abi_flags")) is not None:
        return said
    threads = "t" if "Py_GIL_DISABLED" in config.build_flags else ""
    return f"{'m' if version < PythonVersion(3, 8) else ''}{threads}{'d' if 'Py_DEBUG' in config.build_flags else ''}"


def platform_tag(request: Request, python: TargetPython | None) -> str | None:
    """The platform part; None where there is no tag for the target."""
    target = request.target
    if target.os == "linux":
        return _linux(target)
    if target.wheel_tag is None:
        return _of_pyodide(python) if target.os == "emscripten" else None
    if target.os == "android":
        level = _number(python, "minimum_os") or target.minimum_os or "21"
        return target.wheel_tag.format(api=level)
    if target.os in ("macos", "ios"):
        return _apple(request, python)
    return target.wheel_tag


def _linux(target: Target) -> str | None:
    """manylinux or musllinux where the scheme has the architecture, else the plain tag of the machine."""
    if target.libc == "musl":
        return f"musllinux_1_2_{target.wheel_arch}" if target.wheel_arch else _plain(target)
    if target.libc != "glibc" or target.wheel_arch is None:
        return _plain(target)
    floor = (target.libc_floor or "2.17").replace(".", "_")
    return f"manylinux_{_POLICIES.get(target.wheel_arch, floor)}_{target.wheel_arch}"


def _plain(target: Target) -> str | None:
    arch = target.linux_arch or target.wheel_arch or target.machine
    return f"linux_{arch}"


def _apple(request: Request, python: TargetPython | None) -> str | None:
    """The deployment target: the variable's, else Rust's default, and never below that of the target's Python for iOS."""
    target = request.target
    variable = "MACOSX_DEPLOYMENT_TARGET" if target.os == "macos" else "IPHONEOS_DEPLOYMENT_TARGET"
    versions = [_version(request.environ.get(variable)) or _version(target.minimum_os)]
    if target.os == "ios":
        versions += [_version(_number(python, "minimum_os")), (13, 0)]  # CPython's own minimum (PEP 730)
    known = [version for version in versions if version is not None]
    if not known or target.wheel_tag is None:
        return None
    major, minor = max(known)
    if target.os == "macos" and major >= 11:
        minor = 0  # packaging.tags: from macOS 11 on only the major number counts
    return target.wheel_tag.format(major=major, minor=minor)


def _of_pyodide(python: TargetPython | None) -> str | None:
    """PEP 783's tag, where the target's Python names its platform version."""
    values = next((d.values for d in python.sysconfigdata), {}) if python is not None else {}
    version = values.get("PYEMSCRIPTEN_PLATFORM_VERSION")
    return f"pyemscripten_{version}_wasm32" if isinstance(version, str) and version else None


def _number(python: TargetPython | None, field: str) -> str | None:
    value = python.value(field) if python is not None else None
    return str(value) if isinstance(value, (int, str)) and str(value) else None


def _version(text: str | None) -> tuple[int, int] | None:
    match = re.match(r"(\d+)(?:\.(\d+))?", text or "")
    return (int(match[1]), int(match[2] or 0)) if match else None
