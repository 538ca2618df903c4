"""Checks of rustc's flags (XP409, XP620 to XP625, XP628): which ones reach the link, and do they make a module of the target?"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from crossplan.checks.view import View, at, finding, variable
from crossplan.findings import Finding, Location
from crossplan.origin import Fact
from crossplan.triple import builtin


def _features(view: View) -> list[Fact[str]]:
    """Each `+feature` and `-feature` of `-C target-feature`."""
    if not view.cargo.rustflags.flags:
        return []
    from crossplan.toolchain.survey import codegen_options

    options = codegen_options(view.cargo.rustflags.flags)
    lists = [option for option in options if option.value.startswith("target-feature=")]
    return [Fact(word.strip(), o.origin) for o in lists for word in o.value.partition("=")[2].split(",")]


def rustflags_hidden(view: View) -> Iterator[Finding]:
    """XP409: Cargo takes flags from one source; a variable that is set throws those of the configuration away without a word."""
    hidden = view.cargo.rustflags.hidden
    variables = [name for name in ("CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS") if name in view.environ]
    tables = [flag.origin.key or "" for flag in view.cargo.rustflags.flags]
    chosen = next(iter((*variables, *tables)), None)
    lost = [flag for flag in hidden if flag.value not in view.cargo.rustflags.words and flag.value != "-C"]
    if not lost or chosen is None:
        return
    origin = lost[0].origin
    remedy = f", and unset {chosen}" if variables else ""
    yield finding(
        "rustflags-hidden",
        "warning",
        f"{chosen} is set, so Cargo ignores {' '.join(flag.value for flag in lost)} of {origin.place or origin.key}",
        variable(chosen) if variables else at(view.cargo.rustflags.flags[0].origin),
        at(origin),
        help=f"Put all flags into one place, for example {view.request.cargo_variable('RUSTFLAGS')}{remedy}.",
    )


def static_runtime(view: View) -> Iterator[Finding]:
    """XP620: where the C runtime is linked statically, Cargo refuses to make a cdylib; for most musl targets that is the default."""
    if view.embeds or view.target.libc != "musl" or not _cdylib(view):
        return
    said = [fact for fact in _features(view) if fact.value[1:] == "crt-static"]
    last = said[-1] if said else None
    if last is not None and last.value == "+crt-static":
        key = last.origin.key or "RUSTFLAGS"
        yield finding(
            "static-c-runtime",
            "error",
            f"{key} turns crt-static on, and a cdylib cannot be built so for {view.target.triple}",
            at(last.origin),
            help=f"Write it with a minus: {key}='-C target-feature=-crt-static'.",
        )
    elif last is None and view.target.crt_static and view.request.backend is None:
        name = view.request.cargo_variable("RUSTFLAGS")
        yield finding(
            "static-c-runtime",
            "warning",
            f"crt-static is the default of {view.target.triple}, and Cargo makes no cdylib then",
            Location(None, "--target"),
            help=f"Turn it off: {name}='-C target-feature=-crt-static' (RUSTFLAGS would replace flags of the configuration).",
        )


def _cdylib(view: View) -> bool:
    types = view.package.crate_types if view.package is not None else None
    return types is None or "cdylib" in types.value


def undefined_symbols(view: View) -> Iterator[Finding]:
    """XP621: a macOS module leaves Python's symbols to the program that loads it, and the linker must be told to allow that."""
    if view.embeds or view.target.os != "macos" or view.link_name is not None:
        return
    if view.request.backend is not None or view.request.by_backend:  # which pass `-undefined dynamic_lookup` themselves
        return
    from crossplan.project.sources import script_calls

    if script_calls(view.package, "add_extension_module_link_args"):
        return
    if any("dynamic_lookup" in flag for flag in view.cargo.rustflags.words):
        return
    others = [flag for flag in view.cargo.rustflags.hidden if "dynamic_lookup" in flag.value]
    other = _of_another_target(view)
    why = f"; {other.key} has them for another target" if other is not None else ""
    why = "; they are there, and hidden by another source of flags" if others else why
    key = f"target.{view.target.triple}.rustflags"
    table = f'{key} = ["-C", "link-arg=-undefined", "-C", "link-arg=dynamic_lookup"]'
    yield finding(
        "undefined-symbols",
        "warning",
        f"nothing passes -undefined dynamic_lookup to the linker for {view.target.triple}, so Python's symbols do not link{why}",
        other or at(others[0].origin) if other or others else Location(None, "--target"),
        help=f"In .cargo/config.toml: {table}; or in build.rs: pyo3_build_config::add_extension_module_link_args();",
    )


def _of_another_target(view: View) -> Location | None:
    """The table of another Apple target that has the flags."""
    for document in view.cargo.files:
        for triple in document.table("target"):
            flags = document.table("target", triple).get("rustflags")
            if "apple-darwin" in triple and triple != view.target.triple and "dynamic_lookup" in str(flags):
                return at(document.origin("target", triple, "rustflags"))
    return None


def framework_rpath(view: View) -> Iterator[Finding]:
    """XP622: a program that links Xcode's framework Python finds it at run time only with an rpath."""
    prefix = view.config.python_framework_prefix if view.config is not None else None
    if not prefix or view.target.os != "macos" or not view.embeds or view.link_name is None:
        return
    if any("rpath" in flag for flag in view.cargo.rustflags.words) or (view.rules is not None and view.rules.rpath):
        return
    yield finding(
        "framework-rpath",
        "warning",
        f"the program links Python's framework below {prefix} and has no rpath to it: Library not loaded, at run time",
        Location(None, "python_framework_prefix"),
        help=f"Set RUSTFLAGS='-C link-arg=-Wl,-rpath,{prefix}', or add_python_framework_link_args() of pyo3-build-config in build.rs.",
    )


def native_cpu(view: View) -> Iterator[Finding]:
    """XP628: `native` is the processor of the machine that compiles (rustc, "Codegen Options"), whatever the target is."""
    if not view.cargo.rustflags.flags:
        return
    from crossplan.toolchain.survey import codegen_options

    host = builtin(view.host)

    said = [o for o in codegen_options(view.cargo.rustflags.flags) if o.value.startswith("target-cpu=")]
    if host is None or host.machine == view.target.machine or not said or said[-1].value != "target-cpu=native":
        return
    yield finding(
        "native-cpu",
        "warning",
        f"target-cpu=native is this machine's processor, {host.machine}, and {view.target.triple} is {view.target.machine}",
        at(said[-1].origin, "rustflags"),
        help=f"Put it into [target.{view.host}], or name the target's: -C target-cpu=NAME of"
        f" rustc --print target-cpus --target {view.target.triple}.",
    )


def flags_in_ldflags(view: View) -> Iterator[Finding]:
    """XP623: Cargo and rustc do not read LDFLAGS; what it asks of the linker does not happen.

    A warning where it names libraries, folders or a system, by which a link succeeds or fails.
    """
    value = view.given("LDFLAGS")
    if not value or not value.strip():
        return
    present = " ".join(view.cargo.rustflags.words)
    lost = [word for word in value.split() if word not in present]
    if not lost:
        return
    decides = any(
        re.match(r"-(undefined|L|l|F|framework|arch|isysroot|-sysroot|Wl,-(rpath|syslibroot))", word) for word in lost
    )
    yield finding(
        "flags-in-ldflags",
        "warning" if decides else "note",
        f"LDFLAGS={value}: Cargo does not read LDFLAGS",
        variable("LDFLAGS"),
        help=f"Pass them as {view.request.cargo_variable('RUSTFLAGS')}='"
        + " ".join(f"-C link-arg={word}" for word in lost)
        + "' as far as the link of the module needs them.",
    )


def foreign_linker(view: View) -> Iterator[Finding]:
    """XP624: a linker driver brings start files and libraries of its own machine and C library."""
    if not view.judges_tools:
        return
    from crossplan.toolchain.compiler import triplet_in_name
    from crossplan.toolchain.gnu import disagreements, gnu_facts
    from crossplan.toolchain.survey import linker_in

    named = linker_in(view.cargo.rustflags.flags) or view.cargo.linker
    if named is None:
        return
    tool = view.tools.link_driver
    answered = tool.machine
    triplet = answered or triplet_in_name(named.value)
    facts = gnu_facts(triplet) if triplet else None
    differs = disagreements(facts, view.target) if facts is not None else ()
    if differs:
        field, said, own = differs[0]
        how = f"answers -dumpmachine with {answered}" if answered else "is by its name"
        yield finding(
            "foreign-linker",
            "warning",
            f"the linker {named.value} {how} for {field} {said}, and {view.target.triple} is {own}",
            at(named.origin, "linker"),
            help=f"Name one for the target: {view.request.cargo_variable('LINKER')}="
            f"{view.target.gcc_prefix or view.target.triple}-gcc",
        )


def search_path_of_target(view: View) -> Iterator[Finding]:
    """XP625: gcc applies these to every run, so the host's build scripts are linked with the target's libraries too."""
    if view.request.host == view.target.triple:
        return
    for name in ("LIBRARY_PATH", "CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH"):
        for folder in view.environ.get(name, "").split(os.pathsep):
            if folder and _is_targets(view, folder):
                yield finding(
                    "search-path-of-target",
                    "warning",
                    f"{name} leads to {folder}, which is the target's; the compiler of build scripts, the host's, looks there too",
                    variable(name),
                    help=f"Unset it for Cargo: unset {name}; RUSTFLAGS='-L native={folder}' reaches the target's link alone.",
                )
                break


def _is_targets(view: View, folder: str) -> bool:
    """Whether a folder lies in the root, or holds a C library of another machine than the host's."""
    if view.in_root(folder) is not None:
        return True
    from crossplan.selection import image_mismatches
    from crossplan.toolchain.libraries import read_host_image

    host = builtin(view.host)
    for name in ("libc.so.6", "libc.so", "libpython3.so"):
        path = os.path.join(folder, name)  # noqa: PTH118
        if host is not None and os.path.isfile(path):  # noqa: PTH113
            image = read_host_image(path).image
            if image is not None and image_mismatches(image, path, host):
                return True
    return False


CHECKS = (
    rustflags_hidden,
    static_runtime,
    undefined_symbols,
    framework_rpath,
    native_cpu,
    flags_in_ldflags,
    foreign_linker,
    search_path_of_target,
)
