"""From the members of one Python to its facts: the most believed claim of each field, and who contradicts it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from crossplan.evidence import Contradiction, Description, ImageFile, TargetPython, Unread
from crossplan.origin import Fact, Origin
from crossplan.scan.claims import BELIEF, COMPARED, Claim, machine_claims, of_description, of_image
from crossplan.scan.group import Group

_ORDER = {source: place for place, source in enumerate(BELIEF)}


def settle(group: Group) -> TargetPython:
    """One Python: facts and contradictions."""
    descriptions = tuple(m.record for m in group.members if isinstance(m.record, Description))
    images = tuple(m.record for m in group.members if isinstance(m.record, ImageFile))
    unread = tuple(m.record for m in group.members if isinstance(m.record, Unread))
    read = chain.from_iterable(chain(map(of_description, descriptions), map(of_image, images)))
    claims = chain(read, _of_names(group))
    by_field: dict[str, list[Claim]] = {}
    for claim in sorted(_distinct(claims), key=lambda c: (_ORDER[c.source], _place(c))):
        by_field.setdefault(claim.field, []).append(claim)
    facts = {name: Fact(best.value, best.origin) for name, told in by_field.items() for best in [_believed(name, told)]}
    _complete(facts)
    return TargetPython(
        facts=facts,
        descriptions=tuple(sorted(descriptions, key=lambda d: (_ORDER[d.kind], d.path))),
        images=tuple(sorted(images, key=lambda file: file.path)),
        contradictions=tuple(_contradictions(by_field)),
        unread=unread,
    )


def _place(claim: Claim) -> str:
    return claim.origin.place or ""


def _distinct(claims: Iterable[Claim]) -> Iterable[Claim]:
    """The claims, of those that differ only in where they were read the one that comes first: a root may have thousands."""
    found: dict[tuple[object, ...], Claim] = {}
    for claim in claims:
        key = claim.field, claim.value, claim.source, claim.loose
        if (known := found.get(key)) is None or _place(claim) < _place(known):
            found.pop(key, None)
            found[key] = claim
    return found.values()


def _of_names(group: Group) -> Iterator[Claim]:
    """What the names of files and folders say, which counts where nothing else does."""
    for member in group.members:
        name, origin = member.name, Origin("path", member.record.path)
        role = member.record.role if isinstance(member.record, ImageFile) else None
        if role in (None, "libpython"):
            if name.implementation:
                yield Claim("implementation", name.implementation, "name", origin)
            if name.minor:
                yield Claim("version", name.minor, "name", origin)
            if name.flags is not None:
                yield Claim("abi_flags", name.flags, "name", origin)
            if name.multiarch:
                yield from machine_claims(name.multiarch, lambda f, v, _: Claim(f, v, "name", origin), "")  # noqa: B023
        elif role == "extension" and name.implementation:
            suffix = member.record.path.rpartition("/")[2].partition(".")[2]
            yield Claim("module_suffix", f".{suffix}", "name", origin)


def _believed(field: str, claims: list[Claim]) -> Claim:
    """The claim that counts: the first; of versions the first that is exact, and one that knows of later changes, `3.11.8+`."""
    if field != "version":
        return claims[0]
    best = next((claim for claim in claims if str(claim.value).count(".") >= 2), claims[0])
    return next((claim for claim in claims if claim.value == f"{best.value}+"), best)


def _complete(facts: dict[str, Fact[object]]) -> None:
    """What stands where nothing was said: a plain CPython, since every other build names itself."""

    def default(name: str, value: object) -> None:
        facts.setdefault(name, Fact(value, Origin("default")))

    flags = facts.get("abi_flags")
    default("implementation", "CPython")
    for name, flag in (("free_threaded", "t"), ("debug", "d")):
        if name not in facts and flags is not None:
            facts[name] = Fact(flag in str(flags.value), flags.origin)
        default(name, False)
    default("abi_flags", "".join(flag for name, flag in (("free_threaded", "t"), ("debug", "d")) if facts[name].value))
    if "os" in facts and facts["os"].value in ("emscripten", "wasi"):
        default("shared", False)  # neither has a loader for shared libraries that a libpython could be
    if "ext_suffix" in facts:
        facts.pop("module_suffix", None)


def _agree(field: str, one: object, other: object) -> bool:
    if field == "version":  # 3.11 says less than 3.11.2, and 3.11.8+ is 3.11.8 with later changes
        parts = [str(value).rstrip("+").split(".") for value in (one, other)]
        shorter = min(map(len, parts))
        return parts[0][:shorter] == parts[1][:shorter]
    return one == other


def _contradictions(by_field: Mapping[str, list[Claim]]) -> Iterator[Contradiction]:
    for field in sorted(COMPARED & by_field.keys()):
        claims = [c for c in by_field[field] if c.source != "name" or field in ("version", "implementation")]
        if not claims:
            continue
        best = _believed(field, claims)
        others = [claim for claim in claims if not _agree(field, best.value, claim.value)]
        others.sort(key=lambda claim: not _decides(claim))  # so that of each value the source that matters is shown
        if others:
            shown = {claim.value: claim for claim in reversed(others)}
            facts = tuple(Fact(claim.value, claim.origin) for claim in (best, *reversed(shown.values())))
            yield Contradiction(field, facts, not any(map(_decides, others)))


def _decides(claim: Claim) -> bool:
    """Whether a build goes by this source: PyO3 reads it, or it is what is linked and loaded."""
    return claim.source in ("libpython", "static libpython", "sysconfigdata") and not claim.loose
