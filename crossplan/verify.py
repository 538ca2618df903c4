"""What PyO3's own build script prints for the user's project under the plan, beside what was predicted.

The script runs by `cargo check` with PYO3_PRINT_CONFIG=1, in a target directory of its own, so that nothing of the user's
build is invalidated. It ends the build on purpose, right after it printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict

from crossplan.findings import CODES, Finding, Location
from crossplan.origin import Fact
from crossplan.plan import Plan
from crossplan.plan.tools import command
from crossplan.record import record, replace
from crossplan.resolve import Resolution
from crossplan.situation import apply
from crossplan.toolchain.programs import Outcome, start

SECONDS = 1800.0
_MARK = "-- PYO3_PRINT_CONFIG=1 is set, printing configuration and halting compile --"
_LISTS = ("build_flags",)


@record
class Difference:
    """One field that was printed otherwise than planned; None: not there."""

    field: str
    planned: str | None
    printed: str | None


@record
class Verification:
    """Both sides as PyO3 spells them. `printed` is None where Cargo did not come to the script; `output` tells why."""

    planned: Mapping[str, str] | None
    printed: Mapping[str, str] | None
    differences: tuple[Difference, ...]
    findings: tuple[Finding, ...]
    output: str = ""


def verify(plan: Plan, target_dir: str) -> Verification:
    """Run the project's build up to PyO3's configuration, and compare."""
    request = plan.as_is.request
    environ = apply(request.environ, plan.environment)
    environ |= {"PYO3_PRINT_CONFIG": "1", "CARGO_TARGET_DIR": target_dir, "CARGO_TERM_COLOR": "never"}
    by_cargo = command(replace(request, tool=Fact("cargo", request.tool.origin)), plan.goal, None, environ)
    words = [*by_cargo[:1], "check", *by_cargo[2:]]
    outcome = start(words, env=environ, cwd=request.cwd, seconds=SECONDS)
    return compare(plan, outcome)


def compare(plan: Plan, outcome: Outcome) -> Verification:
    """What Cargo's output says, beside the plan's prediction."""
    output = (outcome.stdout + outcome.stderr).decode("utf-8", "surrogateescape")
    planned = printed_form(plan.planned.resolution)
    printed = read_printed(output)
    place = Location(str(plan.as_is.request.cwd), "cargo check")
    if printed is None:
        expected = plan.planned.resolution
        error = expected.error[0] if expected is not None and expected.config is None and expected.error else ""
        if error and error.splitlines()[0] in output:
            return Verification(None, None, (), (), output)  # it stops with the words that were predicted
        reason = outcome.failure or next(iter(re.findall(r"^error.*", output, re.MULTILINE)), "no error was printed")
        finding = Finding(
            CODES["not-verified"],
            "error",
            f"cargo check did not come to PyO3's build script: {reason}",
            (place,),
            "Mend what cargo reports on standard error, then verify again.",
        )
        return Verification(planned, None, (), (finding,), output)
    differences = tuple(_differences(planned or {}, printed))
    return Verification(planned, printed, differences, tuple(_finding(plan, d, place) for d in differences), output)


def _finding(plan: Plan, difference: Difference, place: Location) -> Finding:
    request = plan.as_is.request
    return Finding(
        CODES["prediction-differs"],
        "error",
        f"{difference.field}: crossplan planned {difference.planned}, PyO3 {request.pyo3.value} printed {difference.printed}",
        (place, Location(key=difference.field)),
        "Please report this with the output of `crossplan plan --json` and of `crossplan verify --json`; "
        "until then go by what PyO3 printed.",
    )


def printed_form(resolution: Resolution | None) -> dict[str, str] | None:
    """A prediction in the words of PYO3_PRINT_CONFIG; None where there is no configuration."""
    if resolution is None or resolution.config is None:
        return None
    found = {}
    for key, value in asdict(resolution.config).items():
        if key == "extra_build_script_lines" or value is None:
            continue
        text = (
            ",".join(value)
            if isinstance(value, tuple)
            else str(value).lower()
            if isinstance(value, bool)
            else str(value)
        )
        found[key] = text
    return found


def read_printed(output: str) -> dict[str, str] | None:
    """The configuration in Cargo's output, which indents what a failed script printed; None where there is none."""
    lines = iter(output.splitlines())
    if not any(line.strip() == _MARK for line in lines):
        return None
    found = {}
    for line in lines:
        key, equals, value = line.strip().partition("=")
        if not equals or not key.replace("_", "").isalnum():
            break
        found[key] = ",".join(sorted(value.split(","))) if key in _LISTS else value
    found.pop("extra_build_script_line", None)
    return found


def _differences(planned: Mapping[str, str], printed: Mapping[str, str]) -> Iterator[Difference]:
    for field in dict.fromkeys((*planned, *printed)):
        if planned.get(field) != printed.get(field):
            yield Difference(field, planned.get(field), printed.get(field))
