"""Is it a cross build, and what do the cross variables say? (§2)

pyo3-build-config/src/impl_.rs: to 0.15 `cross_compiling`, 0.16.0 to 0.16.2 `cross_compiling_from_cargo_env`, then
`CrossCompileConfig::try_from_env_vars_host_target`.
"""

from __future__ import annotations

from collections.abc import Callable

from crossplan.record import record
from crossplan.resolve.fields import parse_implementation, parse_version
from crossplan.resolve.lexicon import Triple
from crossplan.resolve.run import Panic, Run, Stop, Version, by_variable, dotted, rule
from crossplan.resolve.rust import UNWRAP_NONE, ParseFailure, is_utf8

LIB_DIR = "PYO3_CROSS_LIB_DIR"
VERSION = "PYO3_CROSS_PYTHON_VERSION"
IMPLEMENTATION = "PYO3_CROSS_PYTHON_IMPLEMENTATION"
_BITS_32 = ("i386", "i586", "i686")


@record(frozen=False)
class Cross:
    """`CrossCompileConfig`: a cross build and what its variables say. `version_text` is what directory names are compared with;
    `architecture` and `os` are the strings by which directories and files are filtered.
    """

    architecture: str
    os: str
    lib_dir: str | None = None
    version: Version | None = None
    version_text: str | None = None
    implementation: str | None = None
    free_threaded: bool = False


def says_cross(run: Run) -> bool | None:
    """What detection says of host, target and forcing variables, even if the release does not come to ask; None: no triple."""
    try:
        return _DETECTION[run.rules.detection](run)
    except Stop:  # a variable of Cargo is missing, which comes after the rules by which a build is native
        return True
    except Panic:
        return None


def find_cross(run: Run) -> Cross | None:
    """`cross_compiling_from_cargo_env`: None for a native build; the variables are validated before anything uses them."""
    late = run.rules.detection == "strings-of-cargo"  # reads them only if the triples do not tell already
    if not late:
        _read_forcing(run)
    detected = _DETECTION[run.rules.detection](run)
    if late and not _is_equal(run):
        _read_forcing(run)
    forced = [by_variable(name) for name in run.rules.forcing if name in run.env]
    what = "a cross build" if detected else "no cross build: the host's interpreter is the target's"
    run.step(what, "impl_.rs: cross_compiling", *(forced or (rule("native_rules"),)))
    if not detected:
        return None
    return _from_triples(run) if run.rules.detection == "triples" else _from_strings(run)


def _read_forcing(run: Run) -> None:
    for name in run.rules.forcing:
        run.variable(name)


def _forced(run: Run) -> bool:
    return any(name in run.env for name in run.rules.forcing)


# --- to 0.16.2: strings


def _by_strings(run: Run) -> bool:
    return _forced(run) or not any(_STRING_RULES[name](run, run.request.target) for name in run.rules.native_rules)


def _by_strings_of_cargo(run: Run) -> bool:
    if _is_equal(run):
        return False
    for name in ("ARCH", "VENDOR", "OS"):
        if run.cargo_cfg(name) is None:
            run.stop("E-ENV016", name=f"CARGO_CFG_TARGET_{name}")
    os = (
        "darwin"
        if run.cargo_cfg("OS") == "macos" and "host-prefix-darwin" in run.rules.native_rules
        else run.cargo_cfg("OS")
    )
    composed = f"{run.cargo_cfg('ARCH')}-{run.cargo_cfg('VENDOR')}-{os}"
    return _forced(run) or not any(_STRING_RULES[name](run, composed) for name in run.rules.native_rules)


def _is_equal(run: Run) -> bool:
    """What makes a build native before Cargo's variables are looked at."""
    return any(_STRING_RULES[name](run, run.request.target) for name in ("equal", "windows-32-msvc"))


def _host_begins(run: Run, target: str) -> bool:
    parts = (run.cargo_cfg("ARCH"), run.cargo_cfg("VENDOR"), run.cargo_cfg("OS"))
    return None not in parts and run.request.host.startswith("-".join(map(str, parts)))


_STRING_RULES: dict[str, Callable[[Run, str], bool]] = {
    "equal": lambda run, target: target == run.request.host,
    "windows-32-msvc": lambda run, target: (
        (target, run.request.host) == ("i686-pc-windows-msvc", "x86_64-pc-windows-msvc")
    ),
    "darwin-pair": lambda run, target: {target, run.request.host} == {"x86_64-apple-darwin", "aarch64-apple-darwin"},
    "host-prefix": _host_begins,
    "host-prefix-darwin": lambda run, composed: run.request.host.startswith(composed),
}


def _from_strings(run: Run) -> Cross:
    lib_dir = run.env.get(LIB_DIR)
    if lib_dir is None:
        run.stop("E-LIBDIR-REQ")
    os, architecture = run.cargo_cfg("OS"), run.cargo_cfg("ARCH")
    if os is None or architecture is None:
        raise Panic(UNWRAP_NONE)
    cross = Cross(architecture, "linux" if os == "android" else os, lib_dir)
    text = run.env.get(VERSION)
    if text is None:
        return cross
    if not is_utf8(text):
        run.stop("E-VER-UTF8")
    cross.version_text = text  # in 0.14.0 and 0.14.1 any text
    if run.rules.flow != "one-script":
        _read_version(run, cross, text)
    return cross


# --- from 0.16.3: triples


def _by_triples(run: Run) -> bool:
    target, host = run.target(), run.host_triple
    return _forced(run) or not any(_TRIPLE_RULES[name](host, target) for name in run.rules.native_rules)


def _same(host: Triple, target: Triple) -> bool:
    return (host.architecture, host.vendor, host.operating_system) == (
        target.architecture,
        target.vendor,
        target.operating_system,
    )


def _same_or_win7(host: Triple, target: Triple) -> bool:
    vendors = host.vendor == target.vendor or (host.vendor == "pc" and target.vendor == "win7")
    return vendors and (host.architecture, host.operating_system) == (target.architecture, target.operating_system)


def _windows(host: Triple, target: Triple) -> bool:
    return host.os == target.os == "windows"


def _windows_32(host: Triple, target: Triple) -> bool:
    return _windows(host, target) and host.architecture == "x86_64" and target.architecture in _BITS_32


_TRIPLE_RULES: dict[str, Callable[[Triple, Triple], bool]] = {
    "same": _same,
    "same-or-win7": _same_or_win7,
    "windows": _windows,
    "windows-32": _windows_32,
    "darwin": lambda host, target: host.os == target.os == "darwin",
    "ios": lambda host, target: target.os == "ios",
}


def _from_triples(run: Run) -> Cross:
    """`lib_dir_path`, `parse_version`, `parse_implementation`, in this order."""
    target = run.target()
    cross = Cross(target.architecture, target.operating_system, run.env.get(LIB_DIR))
    if cross.lib_dir is not None and not is_utf8(cross.lib_dir):
        run.stop("E-LIBDIR-UTF8")
    text = run.env.get(VERSION)
    if text is not None:
        if not is_utf8(text):
            run.stop("E-VER-UTF8")
        cross.free_threaded = run.rules.version_suffix_t and text.endswith("t")
        _read_version(run, cross, text[:-1] if cross.free_threaded else text)
    name = run.env.get(IMPLEMENTATION)
    if name is not None:
        if not is_utf8(name):
            run.stop("E-IMPL-UTF8")
        try:
            cross.implementation = parse_implementation(run, name)
        except ParseFailure as failure:
            run.stop("E-IMPL-PARSE", *failure.causes)
    return cross


def _read_version(run: Run, cross: Cross, text: str) -> None:
    try:
        cross.version = parse_version(text)
    except ParseFailure as failure:
        run.stop("E-VER-PARSE", *failure.causes)
    cross.version_text = dotted(cross.version)


_DETECTION: dict[str, Callable[[Run], bool]] = {
    "strings": _by_strings,
    "strings-of-cargo": _by_strings_of_cargo,
    "triples": _by_triples,
}
