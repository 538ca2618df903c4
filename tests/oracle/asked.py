"""Record cases that ask for every rule: `python -m oracle.asked` (from the folder `tests`) writes `recorded/asked.jsonl.xz`.

Random requests of each release are drawn until every rule that holds for it has been asked for, by them or the directed cases; those that
were the first to ask for one are put to the oracle.
"""

import json
import lzma
import sys
from collections.abc import Iterator
from pathlib import Path

from crossplan.data import load
from crossplan.pyo3 import Rules, find_rules, known_releases, source_of
from oracle.answer import Oracle
from oracle.compare import differences
from oracle.directed import cases
from oracle.fuzz import predicted
from oracle.generate import Case, case
from oracle.tree import placed, planted, unplaced
from oracle.watched import Watched, forget_reads, watching

RECORDED = Path(__file__).parent / "recorded" / "asked.jsonl.xz"
SEED, TRIES = 31, 4000


def holding(rules: Rules) -> set[str]:
    """The rules that have a row for this release, but for those that only a page or a print asks for."""
    shown = {paragraph["rule"] for page in load("explain")["field"].values() for paragraph in page["paragraph"]}
    keys = {key.partition(".")[0] for key in load("pyo3")["rule"]} - shown - {"print_note"}
    return {key for key in keys if source_of(rules, key)}


def reads(asked: Case) -> set[str]:
    """The rules that the prediction of a case asks for."""
    forget_reads()
    with planted(asked["tree"]) as root:
        predicted(placed(asked["request"], root))
    return set(Watched.seen)


def wanted(release: str) -> Iterator[Case]:
    """Cases that ask for what none before them did."""
    left = holding(find_rules(release)).difference(
        *map(reads, (made for made in cases() if made["request"]["pyo3"] == release))
    )
    for number in range(TRIES):
        if not left:
            return
        drawn = case(SEED, number, [release])
        if found := left & reads(drawn):
            left -= found
            yield drawn
    print(f"{release}: nothing asks for {', '.join(sorted(left))}", file=sys.stderr)


def main() -> None:
    """Draw, ask, write."""
    oracle = Oracle()
    with watching(), lzma.open(RECORDED, "wt", preset=9) as out:
        for release in known_releases():
            for drawn in wanted(release):
                with planted(drawn["tree"]) as root:
                    request = placed(drawn["request"], root)
                    answer, ours = unplaced(oracle.answer(request), root), unplaced(predicted(request), root)
                if wrong := differences(answer, ours):
                    print(f"{drawn['id']} is predicted wrongly: {wrong}", file=sys.stderr)
                out.write(json.dumps({**drawn, "answer": answer}, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
