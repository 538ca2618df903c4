"""Many roots, each inspected as `crossplan inspect` does it, one line of JSON a root."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator

from crossplan.checks import check_evidence
from crossplan.evidence import Evidence
from crossplan.findings import Finding, Location, Severity, worst
from crossplan.matrix.failed import no_root, not_answered, where
from crossplan.matrix.spread import Workers, spread
from crossplan.record import record, replace
from crossplan.report import inspect_wire, verdict
from crossplan.scan import scan
from crossplan.sysroot import RootError, open_sysroot


@record
class RootAnswer:
    """The answer for one root: the line as it is printed, without its line feed, and what decides the status."""

    root: str
    line: str
    verdict: str
    worst: Severity | None


@record
class Item:
    """One root: as the list names it, and its absolute path, for a worker may stand elsewhere."""

    root: str
    path: str
    full: bool


def read_list(lines: Iterable[bytes]) -> Iterator[str]:
    """The roots of a list, one a line; empty lines are none. Bytes that are no UTF-8 stand as lone surrogates."""
    for line in lines:
        if root := line.rstrip(b"\r\n").decode("utf-8", "surrogateescape"):
            yield root


def inspect_roots(roots: Iterable[str], workers: Workers, *, full: bool = False) -> Iterator[RootAnswer]:
    """The answers, in the order of the roots; one that fails is answered too."""
    items = (Item(root, os.path.abspath(root), full) for root in roots)  # noqa: PTH100 - text, to be sent
    return spread(inspect_one, items, workers, _lost)


def inspect_one(item: Item) -> RootAnswer:
    """Scan and check one root."""
    place = Location(item.root)
    try:
        if "\0" in item.path:
            raise RootError("a path cannot hold a null character")
        with open_sysroot(item.path) as root:
            evidence = replace(scan(root, full=item.full), root=item.root)
        return _answer(evidence, check_evidence(evidence))
    except RootError as error:
        return _answer(Evidence(item.root), (no_root(error, place),))
    except Exception as error:  # noqa: BLE001 - a defect of ours must not cost the other roots their answers
        return _lost(item, where(error))


def _lost(item: Item, reason: str) -> RootAnswer:
    return _answer(Evidence(item.root), (not_answered(reason, Location(item.root)),))


def _answer(evidence: Evidence, findings: tuple[Finding, ...]) -> RootAnswer:
    document = inspect_wire(evidence, findings)
    line = json.dumps(document, sort_keys=True)
    return RootAnswer(evidence.root, line, verdict(evidence, findings), worst(findings))
