"""What Cargo must be told to link for the target: the linker, flags for rustc, the runner."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import PurePosixPath

from crossplan.evidence import TargetPython
from crossplan.plan.compilers import Compiler, find_cross_compiler
from crossplan.plan.goal import host_path, links_python
from crossplan.plan.library import link_library
from crossplan.plan.model import Change
from crossplan.request import Request
from crossplan.resolve import Resolution
from crossplan.toolchain.path import find_program
from crossplan.triple import builtin

# Flags as pairs of words; a pair is left out where its second word stands in the flags already.
_UNDEFINED = ("-C", "link-arg=-undefined", "-C", "link-arg=dynamic_lookup")
_POSITION_INDEPENDENT = ("-C", "relocation-model=pic")
_SIDE_MODULE = ("-C", "link-arg=-sSIDE_MODULE=2", "-C", "link-arg=-sWASM_BIGINT")
_DYNAMIC_LIBC = ("-C", "target-feature=-crt-static")


def needs_cross_linker(request: Request) -> bool:
    """Whether the host's own `cc` cannot link for the target: rustc names no cross linker for any Linux target."""
    target, own = request.target, builtin(request.host)
    if target.os not in ("linux", "android") or request.host == target.triple:
        return False
    return own is None or (own.os, own.machine, own.pointer_width, own.libc) != (
        target.os,
        target.machine,
        target.pointer_width,
        target.libc,
    )


def linker(request: Request, api: str | None) -> tuple[Compiler | None, Change | None]:
    """The compiler for the target, and the variable that makes it the linker where nothing does so far."""
    if not needs_cross_linker(request) or request.in_container or request.tool.value == "cargo-zigbuild":
        return None, None
    compiler = find_cross_compiler(request, api)
    flagged = any(word.startswith("linker=") for word in request.cargo.rustflags.words)
    if compiler is None or request.cargo.linker is not None or flagged:
        return compiler, None
    return compiler, Change(request.cargo_variable("LINKER"), compiler.command, compiler.reason)


def rustflags(request: Request, python: TargetPython | None, resolution: Resolution | None) -> Iterator[Change]:
    """The flags that the link needs, in the variable from which Cargo takes flags as things are."""
    present = request.cargo.rustflags.words
    wanted: list[str] = []
    reasons: list[str] = []
    for words, reason in _flags(request, python, resolution):
        pairs = list(zip(words[::2], words[1::2]))
        fresh = [word for pair in pairs if pair[1] not in present for word in pair]
        if fresh:
            wanted += fresh
            reasons.append(reason)
    if wanted:
        yield _flag_change(request, wanted, "; ".join(reasons))


def _flag_change(request: Request, wanted: list[str], reason: str) -> Change:
    """Cargo takes flags from one source only, so they join the strongest one that is set."""
    environ = request.environ
    if "CARGO_ENCODED_RUSTFLAGS" in environ:
        words = [word for word in environ["CARGO_ENCODED_RUSTFLAGS"].split("\x1f") if word]
        return Change("CARGO_ENCODED_RUSTFLAGS", "\x1f".join([*words, *wanted]), reason)
    name = "RUSTFLAGS" if "RUSTFLAGS" in environ else request.cargo_variable("RUSTFLAGS")
    words = environ.get(name, "").split()
    if name not in environ and not _has_target_flags(request):
        # The target's flags hide those of `[build]`, so they are repeated.
        words = list(request.cargo.rustflags.words)
    return Change(name, " ".join([*words, *wanted]), reason)


def _has_target_flags(request: Request) -> bool:
    """Whether the flags that count now are the target's own, to which a variable adds."""
    return any((fact.origin.key or "").startswith("target.") for fact in request.cargo.rustflags.flags)


def _flags(
    request: Request, python: TargetPython | None, resolution: Resolution | None
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Flags as pairs of words, each with its reason."""
    target = request.target
    module = request.purpose.value == "extension"
    if module and target.crt_static and target.libc == "musl" and not request.by_backend:
        yield _DYNAMIC_LIBC, "a module cannot be linked with a static C library"
    if module and target.os == "emscripten":
        words = _POSITION_INDEPENDENT if request.by_backend else (*_POSITION_INDEPENDENT, *_SIDE_MODULE)
        yield words, "a module for Emscripten is a side module"
    if module and target.os == "macos" and not _links_itself(request):
        yield _UNDEFINED, "a module leaves Python's symbols to the interpreter that loads it"
    if not module and python is not None and request.sysroot is not None and _links(resolution):
        yield from _of_embedding(request, python)


def _links(resolution: Resolution | None) -> bool:
    return resolution is not None and links_python(resolution)


def _of_embedding(request: Request, python: TargetPython) -> Iterator[tuple[tuple[str, ...], str]]:
    """What a program needs: the libraries that libpython needs itself, or the symbols of a static one kept."""
    library = link_library(python, request.target)
    if library is None or library.file.image.format not in ("elf", "ar") or request.target.os != "linux":
        return
    if library.file.image.kind == "shared":
        folders = ":".join(library_folders(request, str(PurePosixPath(library.path).parent)))
        # zig ignores the flag, and does not look at such libraries.
        if folders and request.tool.value != "cargo-zigbuild":
            reason = "the linker looks there for what libpython needs itself"
            yield ("-C", f"link-arg=-Wl,-rpath-link,{folders}"), reason
        return
    words = ["-C", "link-arg=-Wl,--export-dynamic"]
    for flag in _static_libraries(python):
        words += ["-C", f"link-arg={flag}"]
    yield tuple(words), "a static libpython keeps its symbols for modules, and needs its own libraries named"


def _static_libraries(python: TargetPython) -> list[str]:
    """The libraries that a static libpython was linked with, as its description says."""
    values = next((description.values for description in python.sysconfigdata), {})
    words = " ".join(str(values.get(key, "")) for key in ("LIBS", "SYSLIBS")).split()
    return list(dict.fromkeys(word for word in words if word.startswith("-l")))


def library_folders(request: Request, own: str) -> Iterator[str]:
    """Folders of the host in which the linker finds the target's libraries, those that exist, libpython's own first."""
    multiarch = request.target.multiarch
    near = [f"usr/lib/{multiarch}", f"lib/{multiarch}"] if multiarch else []
    for folder in dict.fromkeys((own, *near, "usr/lib", "lib", "usr/lib64", "lib64")):
        path = host_path(request, folder)
        if os.path.isdir(path) and ":" not in path and " " not in path:  # noqa: PTH112
            yield path


def _links_itself(request: Request) -> bool:
    """Whether the tool or the crate's build script passes these flags."""
    from crossplan.project.sources import script_calls

    return request.by_backend or script_calls(request.project.package, "add_extension_module_link_args")


def runner(request: Request, python: TargetPython | None) -> Iterator[Change]:
    """What runs a program of the target on this machine, for `cargo run` and `cargo test`."""
    target = request.target
    if request.purpose.value != "embedding" or request.cargo.runner is not None or request.sysroot is None:
        return
    if request.in_container:  # whose image has a runner of its own, and not this machine's programs
        return
    if not needs_cross_linker(request) or target.qemu is None or python is None:
        return
    root = host_path(request, "")
    if " " in root or python.home is None:
        return
    static = f"qemu-{target.qemu}-static"
    program = (
        static
        if _finds(request, static) or not _finds(request, static.removesuffix("-static"))
        else static.removesuffix("-static")
    )
    command = f"{program} -L {root} -E PYTHONHOME={host_path(request, python.home)}"
    yield Change(request.cargo_variable("RUNNER"), command, "a program of the target runs here under emulation")


def _finds(request: Request, name: str) -> bool:
    return find_program(name, request.environ, request.cwd) is not None
