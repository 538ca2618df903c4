"""All checks of what came out of a build: modules and wheels, against a target and the Pythons of a root."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from crossplan.checks.artifact import check_file, suffix_refusal
from crossplan.checks.stable_abi import beyond_stable_abi
from crossplan.checks.subject import Fit, Subject
from crossplan.checks.wheel import check_tags, check_wheel, claim_of, read_tags
from crossplan.evidence import Evidence
from crossplan.findings import CODES, Finding, Location, ordered
from crossplan.record import record
from crossplan.scan.built import BuiltFile, BuiltWheel
from crossplan.selection import mismatches
from crossplan.triple import Target


@record
class CheckedFile:
    """One binary with the findings about it. `importable`: some Python, or that of the root, looks for its name."""

    subject: Subject
    importable: bool
    findings: tuple[Finding, ...]


def fit_of(target: Target | None, evidence: Evidence | None) -> Fit:
    """What files are held against: a target, and the Pythons of the root that serve it."""
    pythons = evidence.pythons if evidence is not None else ()
    if target is not None:
        pythons = tuple(python for python in pythons if not mismatches(python, target))
    return Fit(target, evidence, pythons)


def check_fit(fit: Fit) -> Iterator[Finding]:
    """XP105: the root has no Python that files could be held against."""
    if fit.evidence is not None and not fit.pythons:
        wanted = f" for {fit.target.triple}" if fit.target is not None else ""
        yield Finding(
            CODES["no-such-python"],
            "error",
            f"{fit.evidence.root} holds no Python{wanted}",
            (Location(fit.evidence.root),),
            "Give the root of the target's file system; `crossplan inspect` shows what is in one.",
        )


def check_built(
    built: Sequence[BuiltFile | BuiltWheel], fit: Fit, *more: Fit
) -> tuple[tuple[CheckedFile, ...], tuple[Finding, ...]]:
    """Each binary with its findings, and all findings, those about wheels as a whole included. `more`: what it is to fit as well."""
    checked, findings = _check_built(built, fit)
    for other in more:
        again, others = _check_built(built, other)
        findings = ordered((*findings, *others))
        checked = tuple(
            CheckedFile(one.subject, one.importable and two.importable, ordered((*one.findings, *two.findings)))
            for one, two in zip(checked, again)
        )
    return checked, findings


def _check_built(
    built: Sequence[BuiltFile | BuiltWheel], fit: Fit
) -> tuple[tuple[CheckedFile, ...], tuple[Finding, ...]]:
    """The same for one target."""
    checked: list[CheckedFile] = []
    others: list[Finding] = list(check_fit(fit))
    for item in built:
        if isinstance(item, BuiltFile):
            checked.append(_checked(Subject(item, fit), ()))
            continue
        tags, _ = read_tags(item)
        others += check_wheel(item, fit)
        for file in item.files:
            subject = Subject(file, fit, claim_of(tags))
            checked.append(_checked(subject, check_tags(subject, tags)))
    return tuple(checked), ordered([*others, *(finding for one in checked for finding in one.findings)])


def _checked(subject: Subject, more: Iterable[Finding]) -> CheckedFile:
    found = [*check_file(subject), *more]
    if subject.is_module:
        found += beyond_stable_abi(subject)
    importable = suffix_refusal(subject) is None and not any(f.code.name == "suffix-contradicts-image" for f in found)
    return CheckedFile(subject, importable, ordered(found))
