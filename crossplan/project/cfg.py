"""`cfg(…)` of `[target.'cfg(…)']`, evaluated for a target with rustc's own answers.

Grammar and the cfgs that Cargo asks rustc for: The Cargo Book, "Platform specific dependencies"; The Rust Reference,
"Conditional compilation". `feature = …`, `test` and `debug_assertions` are never set here, as in Cargo.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from crossplan.triple import Target, UnknownTarget, find_target

_TOKEN = re.compile(r'\s*(?:([A-Za-z_][A-Za-z0-9_]*)|"([^"]*)"|([(),=]))')
_MAX_DEPTH = 64


class CfgError(ValueError):
    """A text that is no `cfg(…)` expression."""


def applies(platform: str, target: Target | None) -> bool | None:
    """Whether a table `[target.PLATFORM]` is for this target; None where the expression or the target is not known."""
    if not platform.startswith("cfg("):
        return None if target is None else platform == target.triple
    if target is None:
        return None
    try:
        return evaluate(platform, _facts(target))
    except CfgError:
        return None


def target_of(triple: str | None) -> Target | None:
    """The target of that name, or None."""
    try:
        return find_target(triple) if triple else None
    except UnknownTarget:
        return None


@cache
def _facts(target: Target) -> Mapping[str, frozenset[str]]:
    """Each cfg's values; a bare name has the empty one."""
    facts = {
        "target_arch": {target.arch},
        "target_vendor": {target.vendor},
        "target_os": {target.os},
        "target_env": {target.env},
        "target_abi": {target.abi},
        "target_endian": {target.endian},
        "target_pointer_width": {str(target.pointer_width)},
        "target_family": set(target.family),
        "panic": {"unwind"},
        "target_feature": {"crt-static"} if target.crt_static else set(),
    }
    facts |= {family: {""} for family in target.family if family in ("unix", "windows")}
    return {name: frozenset(values) for name, values in facts.items()}


def evaluate(text: str, facts: Mapping[str, frozenset[str]]) -> bool:
    """The value of `cfg(EXPRESSION)`; `CfgError` if it is not of the grammar."""
    tokens = _tokens(text)
    if tokens[:2] != ["cfg", "("]:
        raise CfgError(text)
    value, rest = _expression(tokens[2:], facts, 0)
    if rest != [")"]:
        raise CfgError(text)
    return value


def _tokens(text: str) -> list[str]:
    """Names and punctuation as they are, strings with a quote before them."""
    tokens, place = [], 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if not match:
            raise CfgError(text)
        tokens.append(match[1] or match[3] or f'"{match[2]}')
        place = match.end()
    return tokens


def _expression(tokens: list[str], facts: Mapping[str, frozenset[str]], depth: int) -> tuple[bool, list[str]]:
    """The value of the expression that the tokens begin with, and the tokens after it."""
    if not tokens or not tokens[0].isidentifier() or depth > _MAX_DEPTH:
        raise CfgError(" ".join(tokens))
    name, rest = tokens[0], tokens[1:]
    if name in ("all", "any", "not") and rest[:1] == ["("]:
        values, rest = _arguments(rest[1:], facts, depth)
        if name == "not":
            if len(values) != 1:
                raise CfgError("not takes one argument")
            return not values[0], rest
        return (all(values) if name == "all" else any(values)), rest
    if rest[:1] == ["="]:
        if len(rest) < 2 or not rest[1].startswith('"'):
            raise CfgError(name)
        return rest[1][1:] in facts.get(name, frozenset()), rest[2:]
    return name == "true" or "" in facts.get(name, frozenset()), rest


def _arguments(tokens: list[str], facts: Mapping[str, frozenset[str]], depth: int) -> tuple[list[bool], list[str]]:
    """The values up to the closing bracket, and the tokens after it; a last comma is allowed."""
    values: list[bool] = []
    while tokens[:1] != [")"]:
        value, tokens = _expression(tokens, facts, depth + 1)
        values.append(value)
        if tokens[:1] == [","]:
            tokens = tokens[1:]
        elif tokens[:1] != [")"]:
            raise CfgError("a bracket is not closed")
    return values, tokens[1:]
