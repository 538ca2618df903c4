"""Checks of the tools on this machine (XP601, XP630 to XP638): what is missing, and what belongs to another machine.

A missing tool is a warning at most: it says nothing about the environment, and `crossplan doctor` lists them all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from crossplan.checks.crate import locked
from crossplan.checks.view import View, at, finding, variable
from crossplan.data import load
from crossplan.findings import Finding, Location
from crossplan.origin import Origin
from crossplan.project.requirement import Requirement, parse_version
from crossplan.selection import image_mismatches
from crossplan.toolchain.compiler import triplet_in_name
from crossplan.toolchain.gnu import disagreements, gnu_facts
from crossplan.toolchain.libraries import read_host_image
from crossplan.toolchain.packages import built_instead_by, how_to_install
from crossplan.toolchain.path import found_programs
from crossplan.triple import Target, builtin

_SCRIPT_BYTES = 1 << 16
_SEARCH_PATHS = r"LIBRARY_PATH|CPATH|C_INCLUDE_PATH|LDFLAGS|LD_LIBRARY_PATH"


def no_cargo(view: View) -> Iterator[Finding]:
    """XP630: without cargo on PATH nothing is built; build systems keep theirs in a folder near the root."""
    if view.tools.rust.cargo is not None or view.request.in_container:
        return
    near = _near_the_root(view)
    where = f"; there is {near}" if near else ""
    yield finding(
        "no-cargo",
        "warning",
        f"cargo and rustc are not on PATH{where}",
        variable("PATH"),
        help=f"export PATH={Path(near).parent}:$PATH"
        if near
        else f"Install Rust: {how_to_install('rust', view.target)}",
    )


def _near_the_root(view: View) -> str | None:
    """A cargo in a `bin` folder of the root or of a folder above it, as Buildroot and Yocto have it."""
    root = Path(view.root) if view.root else None
    folders = [root, *list(root.parents)[:5]] if root else []
    places = (folder / sub / "cargo" for folder in folders for sub in ("bin", "usr/bin", "host/bin", ".cargo/bin"))
    return next((str(place) for place in places if os.access(place, os.X_OK)), None)


def no_std(view: View) -> Iterator[Finding]:
    """XP631: the compiler is there, the standard library of the target is not. cross installs it by itself."""
    if view.request.in_container:
        return
    std = view.tools.rust.std
    if std.installed is False:
        yield finding(
            "no-std",
            "warning",
            f"the standard library of {view.target.triple} is not installed: {std.folder} does not hold it",
            Location(std.folder),
            help=f"Install it: {how_to_install('std', view.target)}",
        )


def no_linker(view: View) -> Iterator[Finding]:
    """XP601: for another machine of Linux rustc calls the host's `cc`, which cannot link; elsewhere the tool may be missing."""
    if view.request.in_container or view.request.tool.value == "cargo-zigbuild":
        return
    named = view.tools.named_linker
    if named.origin.kind == "default" and _links_natively(view):
        return
    key = view.request.cargo_variable("LINKER")
    suggested = view.tools.suggested_linker
    install = how_to_install("linker", view.target)
    if named.origin.kind == "default" and named.value == "cc":
        yield finding(
            "no-linker",
            "note" if suggested else "warning",
            f"no linker is named for {view.target.triple}: rustc would call cc, the host's",
            variable(key),
            help=f"Set {key}={suggested} (it is on PATH)" if suggested else _name_one(view.target, key, install),
        )
    elif view.tools.link_driver.path is None and named.value != "rust-lld":
        yield finding(
            "no-linker",
            "warning",
            f"the linker {named.value} for {view.target.triple} is not on PATH",
            at(named.origin, key),
            help=f"Install it: {install}" if install else f"Set {key} to one that is there.",
        )


def _name_one(target: Target, key: str, install: str) -> str:
    """What to name as linker where none is on PATH; `install`: the commands that bring one."""
    if target.gcc_prefix is not None:
        return f"Set {key}={target.gcc_prefix}-gcc" + (f"; install one: {install}" if install else "")
    if target.clang_prefix is not None:
        return f"Set {key} to {target.clang_prefix}NN-clang of Android's NDK, NN being the API level."
    zig = f", or let zig link: {install}, and --with cargo-zigbuild" if "zigbuild" in install else ""
    return f"Set {key} to a linker for {target.triple}{zig}."


def _links_natively(view: View) -> bool:
    """Whether the host's own linker serves the target: the same machine, system and C library, or Apple's."""
    host = builtin(view.host)
    if host is None or host.triple == view.target.triple:
        return True
    same = (host.os, host.machine, host.pointer_width, host.libc) == (
        view.target.os,
        view.target.machine,
        view.target.pointer_width,
        view.target.libc,
    )
    return (
        same
        or (host.os in ("macos", "ios") and view.target.os in ("macos", "ios"))
        or host.os == view.target.os == "windows"
    )


def compiler_for_every_build(view: View) -> Iterator[Finding]:
    """XP632: CC and CXX without a target in their name serve the host's build scripts too."""
    host = builtin(view.host)
    for kind in ("CC", "CXX"):
        value = view.given(kind)
        triplet = triplet_in_name(value.split()[0]) if value and value.split() else None
        facts = gnu_facts(triplet) if triplet else None
        if facts is None or host is None or not disagreements(facts, host) or f"HOST_{kind}" in view.environ:
            continue
        own = f"{kind}_{view.target.underscored}"
        told = "" if "CARGO_BUILD_TARGET" in view.environ else ", and no CARGO_BUILD_TARGET tells tools the target"
        yield finding(
            "compiler-for-every-build",
            "warning",
            f"{kind}={value} compiles for {triplet}, and build scripts of the host use it too{told}",
            variable(kind),
            help=f"Rename it: {own}={value}; and set CARGO_BUILD_TARGET={view.target.triple} for tools that pass no --target.",
        )


def build_tool_of_target(view: View) -> Iterator[Finding]:
    """XP633: the first build tool on PATH is a program of another machine, so the build cannot start it."""
    host = builtin(view.host)
    for name in ("maturin", "cargo", "rustc", "python3"):
        paths = list(found_programs(name, view.environ, view.request.cwd))
        file = read_host_image(paths[0]) if paths else None
        if file is None or file.image is None or host is None:
            continue
        wrong = [m for m in image_mismatches(file.image, file.path, host) if m.field in ("os", "machine", "endian")]
        if wrong:
            other = next((path for path in paths[1:] if _runs(path, view)), None)
            yield finding(
                "build-tool-of-target",
                "warning",
                f"the first {name} on PATH, {file.path}, is for {wrong[0].found.value}, and the host is {wrong[0].wanted}",
                Location(file.path, wrong[0].field),
                variable("PATH"),
                help=f"Put {Path(other).parent} before it on PATH." if other else f"Install {name} for the host.",
            )


def _runs(path: str, view: View) -> bool:
    host, image = builtin(view.host), read_host_image(path).image
    return image is None or host is None or not image_mismatches(image, path, host)


def wrapper_sets_paths(view: View) -> Iterator[Finding]:
    """XP634: crossenv's `cross/bin/python3` is a script; what it exports reaches the compilers that the build starts."""
    for name in ("PYO3_PYTHON", "VIRTUAL_ENV"):
        value = view.given(name)
        if not value:
            continue
        path = value if name == "PYO3_PYTHON" else os.path.join(value, "bin", "python3")  # noqa: PTH118
        found = next(found_programs(path, view.environ, view.request.build_cwd), None)
        text = _script(found) if found else ""
        match = re.search(rf"\b({_SEARCH_PATHS})=\S+", text)
        if match and found:
            yield finding(
                "wrapper-sets-paths",
                "warning",
                f"{found} is a script that sets {match[1]}; host compilers that it starts look there too",
                Location(found, match[1], text.count("\n", 0, match.start()) + 1),
                variable(name),
                help=f"Make the environment without it (crossenv --env {match[1]}=), or name the host's own Python in {name}.",
            )


def _script(path: str) -> str:
    """The text of a script; empty for anything else."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(_SCRIPT_BYTES)
    except OSError:
        return ""
    return data.decode("utf-8", "replace") if data.startswith(b"#!") else ""


def old_compiler(view: View) -> Iterator[Finding]:
    """XP635: crates that a C compiler below some version cannot build."""
    for row in load("crates")["faults"]:
        versions = view.project.locked(row["crate"])
        requirement = Requirement.parse(row["versions"])
        hit = [version for version in versions if requirement is not None and requirement.matches(version)]
        flags = "".join(view.environ.get(name, "") for name in ("CFLAGS", f"CFLAGS_{view.target.underscored}"))
        mended = row["unless"] in flags or view.target.arch != row["arch"]
        compiler = view.tools.c_compiler if hit and not mended else None
        if compiler is None or compiler.version is None or _numbers(compiler.version) >= _numbers(row["gcc"]):
            continue
        yield finding(
            "old-compiler",
            "warning",
            f"{row['crate']} {hit[0]} with {compiler.name} {compiler.version}: {row['symptom']}",
            locked(view, row["crate"]),
            Location(compiler.path),
            help=f"Set {row['remedy'].replace('{triple}', view.target.underscored)}.",
        )


def _numbers(version: str) -> tuple[int, ...]:
    parsed = parse_version(version)
    return parsed[:3] if parsed else tuple(int(part) for part in version.split(".") if part.isdecimal())


def tool_brings_nothing(view: View) -> Iterator[Finding]:
    """XP646: cross has an image, and zig a linker, for some targets only; for others they call the host's own tools."""
    tool, image = view.request.tool, f"CROSS_TARGET_{view.target.variable}_IMAGE"
    name = "cross" if view.request.in_container else tool.value
    instead = built_instead_by(name, view.target)
    if instead is None or _links_natively(view) or image in view.environ:
        return
    if name == "cross" and view.project.cross is not None and view.project.cross.brings(view.target.triple):
        return
    brings = f"an image for {view.target.triple}" if name == "cross" else f"a linker for {view.target.triple}"
    yield finding(
        "tool-brings-nothing",
        "warning",
        f"{name} does not bring {brings}, and falls back on this machine's own tools",
        at(tool.origin, "--with") if name == tool.value else variable("CARGO"),
        help=f"Build with {instead}" + (f"; or name an image of your own in {image}." if name == "cross" else "."),
    )


def cross_passthrough(view: View) -> Iterator[Finding]:
    """XP636: cross builds in a container, which sees only the variables that it is told to let in."""
    if not view.request.in_container:
        return
    config = view.project.cross
    names = [name for name in sorted(view.environ) if name.startswith(("PYO3_", "_PYTHON_SYSCONFIG"))]
    hidden = [name for name in names if config is None or not config.passes(name, view.target.triple)]
    if not hidden or (
        "CROSS_BUILD_ENV_PASSTHROUGH" in view.environ
        and set(hidden) <= set(view.environ["CROSS_BUILD_ENV_PASSTHROUGH"].split())
    ):
        return
    listed = ", ".join(f'"{name}"' for name in hidden)
    yield finding(
        "cross-passthrough",
        "warning",
        f"cross passes {', '.join(hidden)} not into its container: Cross.toml does not list {'it' if len(hidden) == 1 else 'them'}",
        *(variable(name) for name in hidden),
        at(config.origin if config is not None else Origin("default"), "Cross.toml"),
        help=f"In Cross.toml, [build.env]: passthrough = [{listed}]; folders that they name must be in the container too.",
    )


def no_runner(view: View) -> Iterator[Finding]:
    """XP637: a program of the target cannot be tried here without an emulator."""
    tool, found = view.tools.runners
    if not view.embeds or not tool or found or view.tools.runner is not None or _links_natively(view):
        return
    yield finding(
        "no-runner",
        "note",
        f"nothing on PATH runs programs for {view.target.triple}",
        variable("PATH"),
        help=f"For cargo run and cargo test: {how_to_install(tool, view.target)}",
    )


def toolchain_file(view: View) -> Iterator[Finding]:
    """XP638: rustup installs the targets that the project's toolchain file lists, and this one is not among them."""
    file = view.project.rust_toolchain
    if file is None or not file.targets or view.target.triple in file.targets or view.target.triple == view.host:
        return
    origin = (
        file.channel.origin
        if file.channel is not None
        else Origin("project", "rust-toolchain.toml", "toolchain.targets")
    )
    yield finding(
        "toolchain-file",
        "note",
        f"{origin.place or 'rust-toolchain.toml'} lists {', '.join(file.targets)}, and not {view.target.triple}",
        Location(origin.place or "rust-toolchain.toml", "toolchain.targets"),
        help=f'Add "{view.target.triple}" to targets, so that rustup installs its standard library with the toolchain.',
    )


CHECKS = (
    no_cargo,
    no_std,
    no_linker,
    compiler_for_every_build,
    build_tool_of_target,
    wrapper_sets_paths,
    old_compiler,
    tool_brings_nothing,
    cross_passthrough,
    no_runner,
    toolchain_file,
)
