"""The table holds nothing idle: each rule that has a row for a release is asked for there, by a case that the oracle answered."""

from collections import defaultdict
from functools import cache
from itertools import chain

import pytest

from crossplan.pyo3 import find_rules, known_releases
from oracle import directed
from oracle.asked import RECORDED, holding, reads
from oracle.generate import Case
from oracle.replay import read_cases
from oracle.watched import watching


@cache
def cases() -> dict[str, list[Case]]:
    found = defaultdict(list)
    for recorded in chain(read_cases(RECORDED), read_cases(directed.RECORDED)):
        found[recorded["request"]["pyo3"]].append(recorded)
    return found


@pytest.mark.parametrize("release", known_releases())
def test_each_rule_of_a_release_is_asked_for(release: str) -> None:
    with watching():
        assert holding(find_rules(release)) - set().union(*map(reads, cases()[release])) == set()
