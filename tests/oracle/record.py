"""Record answers for what the recorded ones leave open: `python -m oracle.record KEY…` (from the folder `tests`).

The records of others are of each line's last patch, so that a rule that begins or ends in between is held by nothing. For each change of
a row that no record notices (scripts/mutate_rules.py; rows whose key begins with KEY, default: all), random requests of a release that
feels it are drawn until one is answered otherwise under the change; what the oracle says of that one is added to
`recorded/patches.jsonl.xz`.
"""

import json
import lzma
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
import mutate_rules as mutation

from crossplan import pyo3
from crossplan.data import load
from crossplan.resolve.wire import read_request
from crossplan.toolchain.host_python import LiveHost
from oracle.answer import Oracle
from oracle.compare import differences
from oracle.generate import Case, case
from oracle.replay import read_cases
from oracle.tree import placed, planted, unplaced
from oracle.watched import Watched, forget_reads

RECORDED = Path(__file__).parent / "recorded" / "patches.jsonl.xz"
SEED = 30
TRIES = 1000


@dataclass(frozen=True, slots=True)
class Drawn:
    """A random case, what is predicted for it, and the rules that this reads."""

    case: Case
    answer: Mapping[str, Any]
    read: frozenset[str]


class Pool:
    """The random cases of each release, drawn when they are wanted and kept."""

    def __init__(self) -> None:
        self._drawn: dict[str, list[Drawn]] = {}

    def reading(self, release: str, names: set[str]) -> Iterator[Drawn]:
        """Cases of `release` that read one of the rules."""
        drawn = self._drawn.setdefault(release, [])
        for number in range(TRIES):
            if number == len(drawn):
                drawn.append(_draw(release, number))
            if names & drawn[number].read:
                yield drawn[number]


def _draw(release: str, number: int) -> Drawn:
    found = case(SEED, number, [release])
    forget_reads()
    answer = _prediction(found)
    return Drawn(found, answer, frozenset(Watched.seen) | mutation.features_of(found["request"]))


def _prediction(found: Case) -> Mapping[str, Any]:
    with planted(found["tree"]) as root:
        answer = mutation.predicted(read_request(placed(found["request"], root), LiveHost()))
        changed: Mapping[str, Any] = unplaced(answer, root)
        return changed


def noticing(pool: Pool, table: Mapping[str, Any], change: mutation.Change, different: mutation.Felt) -> Case | None:
    """A case that is predicted otherwise under the change."""
    for release in list(different)[:: max(1, len(different) // 2)]:
        drawn = list(pool.reading(release, different[release]))
        with mutation.changed(table, change):
            for found in drawn:
                if _prediction(found.case) != found.answer:
                    return found.case
    return None


def _add(records: list[dict[str, Any]]) -> None:
    old = list(read_cases(RECORDED)) if RECORDED.exists() else []
    RECORDED.parent.mkdir(exist_ok=True)
    with lzma.open(RECORDED, "wt", preset=9) as out:
        out.writelines(json.dumps(record, sort_keys=True) + "\n" for record in (*old, *records))


def main() -> None:
    """Find, ask, write."""
    pyo3.Rules = Watched  # type: ignore[misc]
    mutation.forget()
    table, releases = load("pyo3"), pyo3.known_releases()
    pool, oracle = Pool(), Oracle()
    records: list[dict[str, Any]] = []
    with planted() as scratch:
        by_release: dict[str, list[mutation.Case]] = {}
        for known in mutation.read_cases(scratch):
            by_release.setdefault(known.request.pyo3, []).append(known)
        for change in list(mutation.changes(table, releases)):
            different = mutation.felt(table, change, releases)
            if not different or not change.key.startswith(tuple(sys.argv[1:]) or ""):
                continue
            with mutation.changed(table, change):
                if mutation.noticed_by_records(by_release, different):
                    continue
            found = noticing(pool, table, change, different)
            print(
                f"{change.key}[{change.number}] {change.what}: {found['id'] if found else 'nothing notices'}",
                flush=True,
            )
            if found is None:
                continue
            with planted(found["tree"]) as root:
                answer = unplaced(oracle.answer(placed(found["request"], root)), root)
            if wrong := differences(answer, {**_prediction(found), "watched": answer["watched"]}):
                print(f"  which is predicted wrongly: {wrong}", flush=True)
            records.append({**found, "answer": answer})
            _add(records[-1:])  # it takes long, and may be stopped
            place = scratch / f"new{len(records)}"
            place.mkdir()
            by_release.setdefault(found["request"]["pyo3"], []).append(mutation.asked(found, place))


if __name__ == "__main__":
    main()
