"""A universal2 build: the plans of both machines made one, and the command that joins what they leave."""

from __future__ import annotations

import os

from crossplan.plan.goal import shortfalls
from crossplan.plan.model import Plan
from crossplan.record import replace
from crossplan.request import Request
from crossplan.situation import apply
from crossplan.triple import SLICES, UNIVERSAL2, builtin


def join(own: Plan, other: Plan) -> Plan:
    """The plan for both machines. Where they disagree about a variable the first one's value stands, and `missed` tells of the rest."""
    said = own.environment
    changes = (*own.changes, *(change for change in other.changes if change.name not in said))
    environ = apply(own.as_is.environ, {change.name: change.value for change in changes})
    files = {**other.files, **own.files}
    planned, twin = (plan.as_is.under(environ, files, plan.as_is.predict(environ, files)) for plan in (own, other))
    missed = [
        name
        for situation, plan in ((planned, own), (twin, other))
        if plan.goal is not None
        for name in shortfalls(situation.resolution, plan.goal)
    ]
    return replace(
        own,
        planned=replace(planned, twin=twin),
        changes=changes,
        files=files,
        missed=tuple(dict.fromkeys(missed)),
        joining=_joining(own),
    )


def _joining(plan: Plan) -> tuple[tuple[str, ...], ...]:
    """What joins the two libraries after Cargo; other tools do so themselves. LLVM's `lipo` does on any machine what Apple's does."""
    request, output = plan.as_is.request, plan.artifact.cargo_file
    if request.tool.value != "cargo" or output is None:
        return ()
    host = builtin(request.host)
    lipo = "lipo" if host is not None and host.os == "macos" else "llvm-lipo"
    output = _from_here(request, output)
    parts = [output.replace(f"/{UNIVERSAL2}/", f"/{triple}/") for triple in SLICES]
    return ("mkdir", "-p", os.path.dirname(output)), (lipo, "-create", "-output", output, *parts)  # noqa: PTH120


def _from_here(request: Request, path: str) -> str:
    """A path below the workspace's root as it is typed where the user stands."""
    return os.path.relpath(os.path.join(request.project.root or request.cwd, path), request.cwd)  # noqa: PTH118
