"""Checks: does the evidence agree? One function a code, each listed by hand; a check yields findings and raises nothing."""

from __future__ import annotations

from collections.abc import Iterator

from crossplan.checks import (
    backends,
    conclusion,
    config_file,
    crate,
    fitness,
    flags,
    import_library,
    incomplete,
    levels,
    linked,
    platforms,
    run_time,
    stops,
    variables,
)
from crossplan.checks import evidence as of_evidence
from crossplan.checks.view import View, at
from crossplan.evidence import Evidence
from crossplan.findings import Finding, ordered
from crossplan.record import replace
from crossplan.selection import paths_of
from crossplan.situation import Situation

# What is judged of a situation, whatever the machine has installed. `machine_tools`, which looks at that, is loaded where it is asked.
OF_SITUATIONS = (
    fitness,
    stops,
    incomplete,
    conclusion,
    config_file,
    levels,
    variables,
    linked,
    import_library,
    run_time,
    crate,
    flags,
    platforms,
    backends,
)


def check_evidence(evidence: Evidence) -> tuple[Finding, ...]:
    """The findings about one root by itself."""
    return ordered(finding for check in of_evidence.CHECKS for finding in check(evidence))


def check_situation(situation: Situation, planned: Situation | None = None) -> tuple[Finding, ...]:
    """The findings about a situation: the environment as it is, or (`situation.planned`) the plan's.

    With `planned` the errors that the plan does not mend are among them, such as a library that nothing supplies. Where
    PyO3 stops as things are, it has not come to conclude anything, so all that holds of its conclusion under the plan is.
    Tools are judged in the environment as it is.
    """
    view = View(situation, tools=not situation.planned)
    checks = [check for module in OF_SITUATIONS for check in module.CHECKS]
    if not situation.planned:
        from crossplan.checks import machine_tools

        checks += machine_tools.CHECKS
    found = [_placed(view, finding) for check in checks for finding in check(view)]
    found += _of_root(situation)
    if planned is not None:
        left = check_situation(planned)
        if not view.ok:
            known = {finding.code for finding in found}
            found += [f for f in left if f.severity != "error" and f.code not in known]
        left = tuple(finding for finding in left if finding.severity == "error")
        # A root that is an archive answers all that a plan asks; it is the environment made from it that does not work.
        left = tuple(replace(f, severity="warning") if f.code.name == "packed-root" else f for f in left)
        graver = {(finding.code, finding.message) for finding in left}
        said = {(finding.code, finding.locations) for finding in found if finding.severity == "error"}
        found = [f for f in found if f.severity == "error" or (f.code, f.message) not in graver]
        found += [finding for finding in left if (finding.code, finding.locations) not in said]
    if situation.twin is not None:
        found += check_situation(situation.twin, planned.twin if planned is not None else None)
    return ordered(found)


def _placed(view: View, finding: Finding) -> Finding:
    """A finding about a variable that `[env]` of Cargo's configuration sets is about that file."""
    rows = {
        name: row.value.origin
        for name, row in view.cargo.env.items()
        if view.situation.environ.get(name) != row.value.value
    }
    named = [place.key for place in finding.locations if place.path is None and place.key in rows]
    if not named:
        return finding
    places = tuple(at(rows[p.key]) if p.path is None and p.key in rows else p for p in finding.locations)
    origin = rows[named[0] or ""]
    return replace(finding, locations=places, help=f"{finding.help} It stands in {origin.place}, [env].")


def check_tools(situation: Situation) -> tuple[Finding, ...]:
    """The findings about this machine's tools alone; what a build cannot do without is an error here."""
    from crossplan.checks import machine_tools

    view = View(situation)
    checks = (*machine_tools.CHECKS, *platforms.CHECKS, flags.foreign_linker)
    found = [finding for check in checks for finding in check(view)]
    found += check_tools(situation.twin) if situation.twin is not None else ()
    needed = ("no-cargo", "no-std", "no-linker", "foreign-linker")
    return ordered(replace(f, severity="error") if f.code.name in needed else f for f in found)


def _of_root(situation: Situation) -> Iterator[Finding]:
    """The findings about the root; an error about a Python that is not the one planned for is only a warning here."""
    if situation.evidence is None:
        return
    chosen = situation.selection.python if situation.selection is not None else None
    own = set(paths_of(chosen)) if chosen is not None else set()
    for finding in check_evidence(situation.evidence):
        if finding.code.name == "empty-root":
            yield replace(finding, severity="error")
        elif (
            finding.severity == "error"
            and chosen is not None
            and not own & {p.path for p in finding.locations if p.path}
        ):
            yield replace(finding, severity="warning")
        else:
            yield finding
