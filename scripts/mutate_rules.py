"""Whether a wrong row of data/pyo3.toml is noticed: change one at a time, and ask the tests.

    python scripts/mutate_rules.py [--key KEY] [--list] [--quick]

Each row is changed in every way that suits it: a flag flipped, a number up and down, an algorithm swapped for another of the same key, a
text altered, an item left out, `since` and `until` moved by a release, the row dropped. A change that no release feels is none.

First the recorded answers are asked (tests/conformance, tests/oracle/recorded): of each case it is known which rules it read, so only those
that read a changed rule are predicted again. Then, for the changes that none of them notices, the tests below PYTESTS (not with `--quick`):
collected once, each change in a child of its own, and of the tests that read rules only those that read a changed one.
`--list` names the changes that nothing noticed; how far it is goes to standard error.
Exit status: 0 at least 95 in 100 rows are held on every side, 1 fewer.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import lzma
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from crossplan import pyo3
from crossplan.data import load
from crossplan.resolve import resolve
from crossplan.resolve.types import BuildRequest
from crossplan.resolve.wire import read_request, wire
from crossplan.toolchain.host_python import LiveHost

TREE: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TREE / "tests"))
from oracle.tree import placed, planted, write_tree
from oracle.watched import Watched, forget_reads

RECORDED: Final = ("tests/conformance/recorded", "tests/oracle/recorded")
PYTESTS: Final = ("tests/resolve", "tests/oracle/test_sources.py", "tests/oracle/test_asked.py")
OF_THE_TABLE: Final = {"test_rules.py", "test_sources.py", "test_asked.py"}  # these look at its rows, not only at rules
GOAL: Final = 0.95
Row = dict[str, Any]
Felt = Mapping[str, set[str]]  # by release: the rules and messages that a change alters


@dataclass(frozen=True, slots=True)
class Change:
    """One row changed: the list that holds it, its number there, and the row instead; None: without it."""

    key: str
    number: int
    what: str
    row: Row | None


@dataclass(slots=True)
class Case:
    """A recorded request, what is predicted for it, and the rules and messages that the prediction read."""

    name: str
    request: BuildRequest
    answer: Mapping[str, Any]
    read: frozenset[str]


# --- what was read


def forget() -> None:
    """Empty every cache that may hold something of the table; that of the table itself holds the change."""
    for name, module in list(sys.modules.items()):
        if name == "crossplan.pyo3" or name.startswith("crossplan.resolve"):
            for cached in list(vars(module).values()):
                if hasattr(cached, "cache_clear") and cached is not load:
                    cached.cache_clear()


def predicted(request: BuildRequest) -> Mapping[str, Any]:
    """The answer; what it ends with instead, if the changed table makes it fail."""
    try:
        return wire(resolve(request))
    except Exception as error:  # noqa: BLE001 - a broken table may break anything
        return {"broken": repr(error)}


def read_cases(scratch: Path) -> list[Case]:
    """All recorded cases, their trees written."""
    cases: list[Case] = []
    for path in sorted(path for folder in RECORDED for path in (TREE / folder).glob("*.jsonl.xz")):
        with lzma.open(path, "rt") as lines:
            for line in lines:
                root = scratch / f"{len(cases)}"
                root.mkdir()
                cases.append(asked(json.loads(line), root))
    return cases


def asked(recorded: Mapping[str, Any], root: Path) -> Case:
    """A recorded case, its tree written below `root`."""
    write_tree(root, recorded["tree"])
    request = read_request(placed(recorded["request"], root), LiveHost())
    forget_reads()
    answer = predicted(request)
    return Case(recorded["id"], request, answer, frozenset(Watched.seen) | features_of(recorded["request"]))


def features_of(request: Mapping[str, Any]) -> set[str]:
    """The features whose rows matter to a request: those that it names, and what these turn on."""
    named = set(request["features"])
    with contextlib.suppress(pyo3.UnknownFeature, pyo3.UnknownRelease):
        named |= pyo3.find_rules(request["pyo3"]).closure(request.get("crate", "pyo3"), named)
    return {f"feature {name}" for name in named}


# --- changes


def rows_of(table: Mapping[str, Any]) -> Iterator[tuple[str, list[Row]]]:
    """Each list of rows with its name."""
    for section in ("rule", "message"):
        for key, rows in table[section].items():
            yield f"{section}.{key}", rows
    for section in ("features", "variables"):
        yield f"{section}.rows", table[section]["rows"]


def changes(table: Mapping[str, Any], releases: Sequence[str]) -> Iterator[Change]:
    """Every change of every row."""
    for key, rows in rows_of(table):
        known = [row["value"] for row in rows if "value" in row]
        for number, row in enumerate(rows):
            yield Change(key, number, "dropped", None)
            for name in ("since", "until"):
                for step in (-1, 1):
                    if name in row and 0 <= (at := releases.index(row[name]) + step) < len(releases):
                        yield Change(key, number, f"{name} {releases[at]}", {**row, name: releases[at]})
            if "until" not in row:
                yield Change(key, number, "until the last but one", {**row, "until": releases[-2]})
            for name in ("value", "implies", "crates"):
                for value in other_values(row[name], known) if name in row else ():
                    yield Change(key, number, f"{name} {value!r}"[:80], {**row, name: value})


def other_values(value: Any, known: Sequence[Any]) -> Iterator[Any]:
    """Values that are wrong for a row whose own is `value`; `known`: those of the rows of the same key."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value - 1, value + 1)
    elif isinstance(value, str):
        if " " in value or "{" in value:  # a text for people
            yield from (f"{value}.", value[: len(value) // 2] + "~" + value[len(value) // 2 :])
        yield from {other for other in known if other != value and isinstance(other, str)}
    elif isinstance(value, list):
        for at in range(len(value)):
            yield value[:at] + value[at + 1 :]
            if isinstance(value[at], int):
                yield [*value[:at], value[at] + 1, *value[at + 1 :]]
    elif isinstance(value, dict):
        for name in value:
            yield {other: found for other, found in value.items() if other != name}
            if isinstance(value[name], int):
                yield {**value, name: value[name] + 1}


@contextlib.contextmanager
def changed(table: Mapping[str, Any], change: Change) -> Iterator[None]:
    """The table with the change, for as long as the block runs."""
    rows = dict(rows_of(table))[change.key]
    whole = deepcopy(rows)
    rows[change.number : change.number + 1] = [] if change.row is None else [change.row]
    forget()
    try:
        yield
    finally:
        rows[:] = whole
        forget()


# --- who notices


def holding(rows: Sequence[Row], number: int, releases: Sequence[str]) -> list[Row]:
    """What the rows that hold for a release say."""
    held = [
        row for row in rows if releases.index(row["since"]) <= number <= releases.index(row.get("until", releases[-1]))
    ]
    return [{name: said for name, said in row.items() if name not in ("since", "until", "source")} for row in held]


def felt(table: Mapping[str, Any], change: Change, releases: Sequence[str]) -> Felt:
    """For each release that feels the change: the name of the rule, message or feature that differs."""
    section, _, name = change.key.partition(".")
    rows = dict(rows_of(table))[change.key]
    feature = rows[change.number].get("name")
    read = {"rule": name.partition(".")[0], "message": f"message {name}", "features": f"feature {feature}"}.get(
        section, section
    )
    after = [*rows[: change.number], *([change.row] if change.row else []), *rows[change.number + 1 :]]
    first = slice(1) if section == "rule" else slice(None)  # of a rule the first row that holds counts
    return {
        release: {read}
        for number, release in enumerate(releases)
        if holding(rows, number, releases)[first] != holding(after, number, releases)[first]
    }


def noticed_by_records(cases: Mapping[str, list[Case]], different: Felt) -> str | None:
    """The first case whose prediction is another one now."""
    for release, names in different.items():
        for number, case in enumerate(cases.get(release, ())):
            if names & case.read and predicted(case.request) != case.answer:
                cases[release].insert(0, cases[release].pop(number))  # it may well notice the next one
                return case.name
    return None


class Tests:
    """A plugin of pytest that runs the tests once, and then for each change those that may notice it."""

    def __init__(self, table: Mapping[str, Any], asked: Sequence[tuple[Change, Felt]]) -> None:
        self.table, self.asked = table, asked
        self.passed_over: list[Change] = []
        self._failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failure, be it in what prepares a test."""
        self._failed = self._failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of pytest's own loop."""
        read = {item: self._reads(item) for item in session.items}
        if self._failed:
            raise pytest.UsageError("the tests fail with the table as it is")
        for number, (change, different) in enumerate(self.asked):
            say("tests", number, self.asked, self.passed_over)
            names = {
                "crate_features" if name.startswith("feature ") else name for name in set().union(*different.values())
            }
            items = [item for item in session.items if names & read[item] or item.path.name in OF_THE_TABLE]
            if not self._noticed(change, items):
                self.passed_over.append(change)
        return True

    def _reads(self, item: pytest.Item) -> set[str]:
        forget_reads()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return set(Watched.seen)

    def _noticed(self, change: Change, items: Sequence[pytest.Item]) -> bool:
        child = os.fork()
        if child == 0:
            with changed(self.table, change):
                for item in sorted(items, key=lambda item: item.path.name not in OF_THE_TABLE):
                    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
                    if self._failed:
                        os._exit(1)
            os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0


def say(what: str, number: int, asked: Sequence[Any], left: Sequence[Any]) -> None:
    """How far it is, now and then."""
    if number % 50 == 0:
        print(f"{what}: {number} of {len(asked)} changes, {len(left)} not noticed", file=sys.stderr, flush=True)


def ask_records(table: Mapping[str, Any], asked: Sequence[tuple[Change, Felt]]) -> list[tuple[Change, Felt]]:
    """The changes that no record notices."""
    left: list[tuple[Change, Felt]] = []
    with planted() as scratch:
        by_release: dict[str, list[Case]] = {}
        for case in read_cases(scratch):
            by_release.setdefault(case.request.pyo3, []).append(case)
        for number, (change, different) in enumerate(asked):
            say("records", number, asked, left)
            with changed(table, change):
                if noticed_by_records(by_release, different) is None:
                    left.append((change, different))
    return left


def main() -> int:
    """Change, ask, count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--key", default="", help="only the rows of keys that begin so")
    parser.add_argument("--list", action="store_true", help="name the changes that nothing noticed")
    parser.add_argument("--quick", action="store_true", help="ask the recorded answers only")
    arguments = parser.parse_args()
    pyo3.Rules = Watched  # type: ignore[misc]
    forget()
    table, releases = load("pyo3"), pyo3.known_releases()
    found = [(change, felt(table, change, releases)) for change in changes(table, releases)]
    asked = [(change, by) for change, by in found if by and change.key.startswith(arguments.key)]
    left = ask_records(table, asked)
    if not arguments.quick:
        tests = Tests(table, left)
        with contextlib.redirect_stdout(io.StringIO()) as said:
            status = pytest.main(["-p", "no:cacheprovider", *(str(TREE / place) for place in PYTESTS)], plugins=[tests])
        if status != pytest.ExitCode.OK:
            sys.exit(said.getvalue())
        left = [(change, by) for change, by in left if change in tests.passed_over]
    for change, by in left if arguments.list else ():
        print(f"{change.key}[{change.number}] {change.what}: not noticed ({', '.join(list(by)[:3])})")
    rows = {(change.key, change.number) for change, _ in asked}
    held = rows - {(change.key, change.number) for change, _ in left}
    print(
        f"{len(asked) - len(left)} of {len(asked)} changes noticed; {len(held)} of {len(rows)} rows held on every side"
    )
    return int(len(held) < GOAL * len(rows))


if __name__ == "__main__":
    sys.exit(main())
