"""Checks of the target's system (XP650 to XP657): API level, SDK, minimum version, C library, Emscripten, headers."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from crossplan.checks.evidence import place
from crossplan.checks.view import View, at, finding, variable
from crossplan.evidence import ImageFile
from crossplan.findings import Finding, Location
from crossplan.origin import Fact, Origin
from crossplan.triple import system

_TEXT_BYTES = 1 << 20
_LONGEST = 20  # of a version: a description of a root may say anything, and as much as it likes


def _numbers(version: object) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d{1,9}", str(version))[:3])


def _minimum(view: View) -> Fact[object] | None:
    """The lowest version of the system that the target's Python was built for: its description, else its library."""
    key = system(view.target.os).get("deployment")
    if view.python is None or key is None:
        return None
    for item in view.python.sysconfigdata:
        value = item.values.get(key, "")
        if _numbers(value) and len(str(value)) <= _LONGEST:
            return Fact(value, Origin("file", item.path, key, item.lines.get(key)))
    for file in view.python.images_of("libpython"):
        images = file.image.slices or (file.image,)
        own = next((image for image in images if image.machine == view.target.machine), file.image)
        told = own.android_api if key == "ANDROID_API_LEVEL" else own.minimum_os
        if told is not None:
            return Fact(told, Origin("image", file.path, "minimum_os"))
    return None


def api_level(view: View) -> Iterator[Finding]:
    """XP650: the level stands in the wheel's tag, and must be one that the Python accepts; Android's version is no level."""
    if view.target.os != "android":
        return
    own, said = _minimum(view), view.given("ANDROID_API_LEVEL")
    least = _numbers(own.value)[0] if own is not None and _numbers(own.value) else int(view.target.minimum_os or 21)
    if said is None:
        from crossplan.toolchain.compiler import android_level

        linker = view.environ.get(view.request.cargo_variable("LINKER"), "")
        names = [linker, *(fact.value for fact in view.tools.compilers.values())]
        levels = [level for name in names if (level := android_level(name))]
        if own is None and not levels and view.request.backend == "maturin" and view.package is not None:
            yield finding(
                "android-api-level",
                "note",
                "nothing says which API level the build is for: no ANDROID_API_LEVEL, no root whose Python tells, no compiler"
                " with a level in its name",
                variable("ANDROID_API_LEVEL"),
                help=f"Set ANDROID_API_LEVEL={least}",
            )
        if own is not None and not levels:
            yield finding(
                "android-api-level",
                "note",
                f"nothing says which API level the build is for; the Python in the root says ANDROID_API_LEVEL {own.value}",
                variable("ANDROID_API_LEVEL"),
                place(own.origin),
                help=f"Set ANDROID_API_LEVEL={own.value}",
            )
        return
    if not said.isdecimal() or _numbers(said)[0] < least:
        yield finding(
            "android-api-level",
            "warning",
            f"ANDROID_API_LEVEL={said} is below {least}, the level that"
            f" {'the target Python was built for' if own is not None else 'Rust and CPython need'};"
            " Android's release number is no API level",
            variable("ANDROID_API_LEVEL"),
            *((place(own.origin),) if own is not None else ()),
            help=f"Set ANDROID_API_LEVEL={least} (getprop ro.build.version.sdk tells a device's).",
        )


def compiler_level(view: View) -> Iterator[Finding]:
    """XP650 for the NDK's compilers: code for a higher level than Python's does not load where that Python does."""
    own = _minimum(view)
    if view.target.os != "android" or own is None or not view.judges_tools:
        return
    from crossplan.toolchain.compiler import android_level

    named = view.tools.named_linker
    level = android_level(named.value)
    if level is not None and _numbers(own.value) and level > _numbers(own.value)[0]:
        yield finding(
            "android-api-level",
            "warning",
            f"the linker {named.value} is for API level {level}, and the target's Python runs from {own.value} on",
            at(named.origin, view.request.cargo_variable("LINKER")),
            place(own.origin),
            help=f"Name the compiler of that level: {view.target.clang_prefix}{own.value}-clang",
        )


def deployment_target(view: View) -> Iterator[Finding]:
    """XP651: a module for a newer system than its Python needs shuts users out; one for an older one promises too much."""
    name = system(view.target.os).get("deployment") if view.target.os != "android" else None
    said, own = view.given(name) if name else None, _minimum(view)
    if name is None or said is None or not _numbers(said):
        return
    least = _numbers(view.target.minimum_os or "0")
    if own is not None and _numbers(said) > _numbers(own.value):
        yield finding(
            "deployment-target",
            "note",
            f"{name}={said}: the target's Python runs from {own.value} on, the module from {said}",
            variable(name),
            place(own.origin),
            help=f"Set {name}={own.value} to reach all systems that this Python runs on.",
        )
    elif own is not None and least <= _numbers(said) < _numbers(own.value):
        yield finding(
            "deployment-target",
            "warning",
            f"{name}={said} is below {own.value}, from which on the target's Python runs: the wheel's tag promises systems that"
            " have no such Python, and setuptools refuses it",
            variable(name),
            place(own.origin),
            help=f"Set {name}={own.value}.",
        )
    elif _numbers(said) < least:
        yield finding(
            "deployment-target",
            "warning",
            f"{name}={said} is below {view.target.minimum_os}, the lowest that Rust builds for {view.target.triple}",
            variable(name),
            help=f"Set {name}={view.target.minimum_os} or higher.",
        )


def two_sdks(view: View) -> Iterator[Finding]:
    """XP652: SDKROOT and -isysroot name SDKs of different systems; what the linker takes then is not of the target."""
    if view.target.os not in ("macos", "ios"):
        return
    wanted = "MacOSX" if view.target.os == "macos" else "iPhoneSimulator" if view.target.simulator else "iPhoneOS"
    sdkroot = view.given("SDKROOT")
    named = _platform_of(sdkroot)
    if named is not None and named != wanted:
        flags = [flag for flag in view.cargo.rustflags.words if _platform_of(flag)]
        yield finding(
            "other-sdk",
            "warning",
            f"SDKROOT names the {named} SDK, and {view.target.triple} needs {wanted}"
            + (f"; the flags name {_platform_of(flags[0])}" if flags else ""),
            variable("SDKROOT"),
            help=f"Unset it (unset SDKROOT), or set SDKROOT=$(xcrun --sdk {wanted.lower()} --show-sdk-path); build scripts get the host's SDK"
            " without it.",
        )


def _platform_of(path: str | None) -> str | None:
    match = re.search(r"(MacOSX|iPhoneOS|iPhoneSimulator|AppleTVOS|WatchOS|XROS)[\d.]*\.(?:sdk|platform)", path or "")
    return match[1] if match else None


def _libc(view: View) -> ImageFile | None:
    """The C library of the root, of the target's machine."""
    images = view.evidence.images if view.evidence is not None else ()
    return next((file for file in images if file.image.libc_offers and not view.wrong(file)), None)


def libc_floor(view: View) -> Iterator[Finding]:
    """XP653: Rust's standard library needs symbols that an older glibc does not have, so nothing that links it loads there."""
    floor, file = view.target.libc_floor, _libc(view)
    if floor is None or view.target.libc != "glibc":
        return
    if file is not None and _numbers(file.image.libc_offers) < _numbers(floor):
        yield finding(
            "libc-floor",
            "error",
            f"Rust's standard library for {view.target.triple} needs glibc {floor}, and {file.path} is {file.image.libc_offers}",
            Location(file.path, "libc_offers"),
            help="Take an older Rust toolchain (rustup override set 1.63.0), or a newer system.",
        )
    for origin_place, tag, version in _wanted_tags(view):
        if _numbers(version) < _numbers(floor):
            yield finding(
                "libc-floor",
                "warning",
                f"{tag} allows glibc up to {version}, and Rust's standard library for {view.target.triple} needs {floor}",
                origin_place,
                help=f"Ask for manylinux_{floor.replace('.', '_')} or a newer tag.",
            )


_TAGS = {"manylinux1": "2.5", "manylinux2010": "2.12", "manylinux2014": "2.17"}


def _wanted_tags(view: View) -> Iterator[tuple[Location, str, str]]:
    """(place, tag, glibc) for each manylinux tag that the project or environment asks for."""
    said = [(variable("AUDITWHEEL_PLAT"), view.given("AUDITWHEEL_PLAT") or "")]
    project = view.project.pyproject
    if project is not None:
        for keys in (("tool", "maturin", "compatibility"), ("tool", "maturin", "manylinux")):
            value = project.document.table(*keys[:-1]).get(keys[-1])
            if isinstance(value, str):
                said.append((at(project.document.origin(*keys)), value))
        for key in (f"manylinux-{view.target.wheel_arch}-image", "manylinux-image"):
            value = project.cibuildwheel.get(key)
            if isinstance(value, str):
                said.append((at(project.document.origin("tool", "cibuildwheel", key)), value))
    for where, text in said:
        if not text.startswith("manylinux"):
            continue
        old = re.match(r"(manylinux\d{1,4})(?![\d_])", text)
        new = re.match(r"manylinux_(\d+)_(\d+)", text)
        if new or (old and old[1] in _TAGS):
            yield where, text, f"{new[1]}.{new[2]}" if new else _TAGS[old[1]] if old else ""


def newer_libc(view: View) -> Iterator[Finding]:
    """XP654: a module linked with a newer glibc than the target or the wanted tag has may need symbols that are not there."""
    if not view.judges_tools:
        return
    from crossplan.toolchain.libraries import libc_of

    file = _libc(view)
    wanted = [(Location(file.path), "the target", str(file.image.libc_offers))] if file is not None else []
    wanted += [(where, tag, version) for where, tag, version in _wanted_tags(view)]
    compiler = view.tools.c_compiler if wanted and view.target.libc == "glibc" else None
    own = libc_of(compiler.libc_folders) if compiler is not None and compiler.path is not None else None
    for where, who, version in wanted:
        if own is not None and compiler is not None and _numbers(own[0]) > _numbers(version):
            yield finding(
                "newer-libc",
                "warning",
                f"{compiler.name} links with glibc {own[0]} ({own[1]}), and {who} has {version}",
                Location(own[1]),
                where,
                help=f"Link against an older one: cargo zigbuild --target {view.target.triple}.{version}"
                + (f"; or the target's: -C link-arg=--sysroot={view.root}." if view.root else "."),
            )


def emscripten_version(view: View) -> Iterator[Finding]:
    """XP655: each Pyodide ABI wants one version of Emscripten; modules of another do not link or do not load."""
    if view.target.os != "emscripten" or view.root is None:
        return
    wanted = _pyodide_version(view)
    driver = view.tools.link_driver
    if wanted is None or driver.path is None or driver.version is None or driver.version == wanted.value:
        return
    yield finding(
        "emscripten-version",
        "warning",
        f"{driver.name} is Emscripten {driver.version}, and the Pyodide in the root wants {wanted.value}",
        Location(driver.path),
        place(wanted.origin),
        help=f"emsdk install {wanted.value} && emsdk activate {wanted.value}",
    )


def _pyodide_version(view: View) -> Fact[str] | None:
    """PYODIDE_EMSCRIPTEN_VERSION of the Makefile.envs beside or above the chosen Python."""
    folders = [Path(view.root or "."), *Path(view.root or ".").glob("*/"), *Path(view.root or ".").glob("*/*/")]
    for folder in folders[:200]:
        path = folder / "Makefile.envs"
        try:
            text = path.read_text("utf-8", "replace")[:_TEXT_BYTES] if path.is_file() else ""
        except OSError:
            continue
        match = re.search(r"^\s*export\s+PYODIDE_EMSCRIPTEN_VERSION\s*\??:?=\s*([\d.]+)", text, re.MULTILINE)
        if match:
            line = text.count("\n", 0, match.start(1)) + 1
            return Fact(match[1], Origin("file", os.path.relpath(path, view.root), "PYODIDE_EMSCRIPTEN_VERSION", line))
    return None


def missing_headers(view: View) -> Iterator[Finding]:
    """XP656: Debian's pyconfig.h only leads to one of each machine, and that of the target is not installed."""
    multiarch = view.target.multiarch
    if view.evidence is None or multiarch is None:
        return
    paths = {
        path for item in view.evidence.descriptions if item.kind == "pyconfig.h" for path in (item.path, *item.aliases)
    }
    for path in sorted(paths):
        match = re.fullmatch(r"(.*include)/(python3\.\d+[a-z]*)/pyconfig\.h", path)
        if match is None or multiarch in path:
            continue
        others = [
            p for p in paths if re.fullmatch(rf"{re.escape(match[1])}/[^/]+/{re.escape(match[2])}/pyconfig\.h", p)
        ]
        wanted = f"{match[1]}/{multiarch}/{match[2]}/pyconfig.h"
        if others and wanted not in others and _leads_to(view, path, multiarch):
            yield finding(
                "missing-headers",
                "warning",
                f"{path} leads to {multiarch}/{match[2]}/pyconfig.h, which is not in the root; there is only {', '.join(others)}",
                Location(path),
                help=f"Install them: apt install libpython{match[2].removeprefix('python')}-dev:{view.target.debian_arch}",
            )


def _leads_to(view: View, path: str, multiarch: str) -> bool:
    """Whether the header includes that of the target."""
    for item in view.evidence.descriptions if view.evidence is not None else ():
        if path in (item.path, *item.aliases):
            return any(multiarch in str(part) for pair in item.values.items() for part in pair) or not item.values
    return False


def no_modules(view: View) -> Iterator[Finding]:
    """XP657: CPython for WASI is built without dynamic loading (CPython, Tools/wasm/README.md, "Limitations")."""
    if view.target.os == "wasi" and not view.embeds:
        yield finding(
            "no-modules",
            "warning",
            f"a module is built for {view.target.triple}, and CPython loads none from a file there",
            Location(None, "--target"),
            help="Link it into a program: --embed, with append_to_inittab!; or build for wasm32-unknown-emscripten.",
        )


CHECKS = (
    no_modules,
    api_level,
    compiler_level,
    deployment_target,
    two_sdks,
    libc_floor,
    newer_libc,
    emscripten_version,
    missing_headers,
)
