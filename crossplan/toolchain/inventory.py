"""`inventory`: everything that matters for building for a target, each with what was found of it on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from crossplan.record import record
from crossplan.toolchain.compiler import Compiler, find_compiler
from crossplan.toolchain.gnu import disagreements, gnu_facts
from crossplan.toolchain.libraries import libc_of
from crossplan.toolchain.packages import how_to_install
from crossplan.toolchain.sdk import apple_sdk_name, find_apple_sdk, find_ndk
from crossplan.toolchain.survey import Toolchain

State = Literal["ok", "missing", "wrong", "absent"]


@record
class Item:
    """One tool. `absent`: not there, and not needed as long as another does its work. `detail` says what was found."""

    tool: str
    state: State
    detail: str
    install: str = ""


def inventory(tools: Toolchain) -> tuple[Item, ...]:
    """The tools for a target, in the order in which a build needs them."""
    return (*_rust(tools), *_linker(tools), *_kits(tools), *_others(tools), *_runner(tools))


def _rust(tools: Toolchain) -> Iterator[Item]:
    rust, install = tools.rust, how_to_install("rust", tools.target)
    yield Item("cargo", "ok", rust.cargo) if rust.cargo else Item("cargo", "missing", "not on PATH", install)
    if rust.rustc is None:
        yield Item("rustc", "missing", "not on PATH", install)
        return
    yield Item("rustc", "ok", f"{rust.rustc}, {rust.version or 'of unknown version'}, host {rust.host or 'unknown'}")
    std, install = rust.std, how_to_install("std", tools.target)
    where = std.folder or "rustc does not tell"
    yield Item("std", "ok", where) if std.installed else Item("std", "missing", f"not in {where}", install)


def _linker(tools: Toolchain) -> Iterator[Item]:
    named, there = tools.named_linker, tools.suggested_linker
    install = f"name {there} as linker: it is on PATH" if there else how_to_install("linker", tools.target)
    by = named.origin.key or "rustc's default"
    if named.value == "rust-lld":
        yield Item("linker", "ok", "rust-lld, which comes with rustc")
        return
    if tools.link_driver.path is None:
        yield Item("linker", "missing", f"{named.value} ({by}) is not on PATH", install)
        return
    yield _driver("linker", tools.link_driver, tools, f"{tools.link_driver.path} ({by})", install)
    if "CC" in tools.compilers:
        fact = tools.compilers["CC"]
        compiler = find_compiler(fact.value, tools.environ, tools.cwd)
        shown = f"{compiler.path or fact.value} ({fact.origin.key})"
        yield (
            _driver("C compiler", compiler, tools, shown, install)
            if compiler.path
            else Item("C compiler", "missing", f"{shown} is not on PATH", install)
        )


def _driver(tool: str, compiler: Compiler, tools: Toolchain, shown: str, install: str) -> Item:
    """A compiler driver, with the machine, sysroot and version that it names."""
    facts = gnu_facts(compiler.machine) if compiler.machine else None
    differs = disagreements(facts, tools.target) if facts is not None else ()
    said = [f"-dumpmachine {compiler.machine}"] if compiler.machine else []
    said += [f"version {compiler.version}"] if compiler.version else []
    said += [f"sysroot {compiler.sysroot}"] if compiler.sysroot else []
    libc = libc_of(compiler.libc_folders) if tools.target.libc == "glibc" else None
    said += [f"glibc {libc[0]}"] if libc else []
    if differs:
        field, found, wanted = differs[0]
        return Item(tool, "wrong", f"{shown}: {field} {found}, the target's is {wanted}", install)
    return Item(tool, "ok", ", ".join([shown, *said]))


def _kits(tools: Toolchain) -> Iterator[Item]:
    target = tools.target
    if target.os == "android":
        ndk = find_ndk(target, tools.environ)
        missing = Item("NDK", "missing", "no ANDROID_NDK_HOME, ANDROID_NDK_ROOT or ANDROID_HOME leads to one")
        levels = f", API levels {ndk.levels[0]} to {ndk.levels[-1]}" if ndk else ""
        yield Item("NDK", "ok", f"{ndk.folder}{levels}") if ndk else missing
    if apple_sdk_name(target) is not None:
        sdk = find_apple_sdk(target, tools.environ, tools.cwd)
        yield (
            Item("Apple SDK", "ok", sdk)
            if sdk
            else Item("Apple SDK", "missing", f"neither SDKROOT nor xcrun gives the {apple_sdk_name(target)} SDK")
        )
    if target.os == "windows" and target.env == "msvc":
        there = tools.environ.get("LIB") or tools.find("cargo-xwin")
        yield (
            Item("MSVC libraries", "ok", there)
            if there
            else Item(
                "MSVC libraries",
                "missing",
                "no LIB from a developer prompt, and no cargo-xwin",
                how_to_install("cargo-xwin", target),
            )
        )


def _others(tools: Toolchain) -> Iterator[Item]:
    """Tools that may take the place of a linker, and those that PyO3's scripts call."""
    target = tools.target
    if target.os in ("linux", "macos", "windows"):
        for name in ("zig", "cargo-zigbuild"):
            yield _program(tools, name)
    if target.os == "windows":
        dlltool = "llvm-dlltool" if target.env == "msvc" else f"{target.gcc_prefix}-dlltool"
        yield _program(tools, dlltool, "dlltool")
    if target.os == "linux":
        yield _program(tools, "cross")
    python = tools.find("python3") or tools.find("python")
    yield (
        Item("host Python", "ok", python)
        if python
        else Item("host Python", "missing", "neither python3 nor python is on PATH", how_to_install("python", target))
    )


def _program(tools: Toolchain, name: str, package: str = "") -> Item:
    path = tools.find(name)
    install = how_to_install(package or name, tools.target)
    return Item(name, "ok", path) if path else Item(name, "absent", "not on PATH", install)


def _runner(tools: Toolchain) -> Iterator[Item]:
    tool, found = tools.runners
    if not tool or tools.host == tools.target.triple:
        return
    if tools.runner is not None:
        yield Item("runner", "ok", f"{tools.runner.value} ({tools.runner.origin.key})")
    elif found:
        yield Item("runner", "ok", ", ".join(str(tools.find(name)) for name in found))
    else:
        yield Item("runner", "absent", f"no {tool} on PATH", how_to_install(tool, tools.target))
