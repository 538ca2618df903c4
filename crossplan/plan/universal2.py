"""A universal2 build: the plans of both machines made one, and the command that joins what they leave."""

from __future__ import annotations

import os
import re

from crossplan.plan.compilers import names_on_path
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
    whole, *parts = (
        _from_here(request, output.replace(f"/{UNIVERSAL2}/", f"/{triple}/")) for triple in (UNIVERSAL2, *SLICES)
    )
    return ("mkdir", "-p", os.path.dirname(whole)), (_lipo(request), "-create", "-output", whole, *parts)  # noqa: PTH120


def _lipo(request: Request) -> str:
    """Apple's on a Mac; elsewhere LLVM's, under the name that it has on PATH (Debian's ends in its version)."""
    host = builtin(request.host)
    if host is not None and host.os == "macos":
        return "lipo"
    found = (name for name in names_on_path(request.environ) if re.fullmatch(r"llvm-lipo(-\d+)?", name))
    return min(found, key=lambda name: (len(name), name), default="llvm-lipo")


def _from_here(request: Request, path: str) -> str:
    """A path below the workspace's root as it is typed where the user stands."""
    return os.path.relpath(os.path.join(request.project.root or request.cwd, path), request.cwd)  # noqa: PTH118
