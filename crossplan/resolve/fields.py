"""Values as PyO3 parses them: versions, implementations, ABIs, build flags (pyo3-build-config/src/impl_.rs, the `FromStr`s)."""

from __future__ import annotations

from collections.abc import Iterable

from crossplan.resolve.features import finalize
from crossplan.resolve.run import Abi, Run, Stop, Version
from crossplan.resolve.rust import U8, ParseFailure, unsigned

_KINDS = ("abi3", "abi3t", "free_threaded", "gil_enabled")


def parse_version(text: str) -> Version:
    """`PythonVersion::from_str`: `X.Y`, each an unsigned 8-bit integer."""
    major, dot, minor = text.partition(".")
    if not dot:
        raise ParseFailure("expected major.minor version")
    return _number(major, "major"), _number(minor, "minor")


def _number(text: str, part: str) -> int:
    try:
        return unsigned(text, U8)
    except ParseFailure as failure:
        raise ParseFailure(f"failed to parse {part} version", *failure.causes) from None


def parse_implementation(run: Run, text: str) -> str:
    """`PythonImplementation::from_str`."""
    if text not in run.rules.implementations:
        raise ParseFailure(run.text("E-IMPL", name=text))
    return text


def implementation_of_soabi(run: Run, soabi: str) -> str:
    """`PythonImplementation::from_soabi`."""
    for prefix, name in (("pypy", "PyPy"), ("cpython", "CPython"), ("graalpy", "GraalVM")):
        if soabi.startswith(prefix) and name in run.rules.implementations:
            return name
    run.stop("E-SOABI-IMPL")


def parse_abi(run: Run, text: str) -> Abi:
    """`PythonAbi::from_str`; from 0.30 on `-debug` may follow, and the ABI must be a possible one."""
    debug = run.rules.abi_debug and text.endswith("-debug")
    text = text.removesuffix("-debug") if debug else text
    parts = text.split("-", 2)
    implementation = parse_implementation(run, parts[0])
    if len(parts) < 2:
        raise ParseFailure(run.text("C-ABI", value=text))
    if parts[1] not in _KINDS:
        raise ParseFailure(run.text("C-ABI-KIND", value=parts[1]))
    if len(parts) < 3:
        raise ParseFailure(run.text("C-ABI", value=text))
    abi = Abi(implementation, parts[1], parse_version(parts[2]), debug)
    if not run.rules.abi_debug:
        return abi
    try:
        return finalize(run, abi)
    except Stop as stop:
        raise ParseFailure(*stop.causes) from None


def parse_flags(run: Run, text: str) -> set[str]:
    """`BuildFlags::from_str`: from 0.16 on what follows a trailing comma is nothing."""
    items = text.split(",")
    if run.rules.config_trim and not items[-1]:
        items.pop()
    return set(items)


def imply_flags(run: Run, flags: Iterable[str], version: Version, implementation: str) -> set[str]:
    """`BuildFlags::fixup`."""
    found = set(flags)
    for rule in run.rules.flags_implied:
        if rule == "with-thread":
            if implementation == "PyPy" or version >= (3, 7):
                found.add("WITH_THREAD")
        elif "Py_DEBUG" in found:
            if rule == "ref-debug":
                found.add("Py_REF_DEBUG")
            elif version <= (3, 7):
                found.add("Py_TRACE_REFS")
    return found
