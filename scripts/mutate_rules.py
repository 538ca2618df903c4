"""Whether a wrong row of data/pyo3.toml is noticed: change one at a time, and ask the tests.

    python scripts/mutate_rules.py [--key KEY] [--list] [--quick]

Each row is changed in every way that suits it: a flag flipped, a number up and down, an algorithm swapped for another of the same key, a
text altered, an item left out, `since` and `until` moved by a release, the row dropped. A change that no release feels is none. What the
recorded answers (tests/conformance, tests/oracle/recorded) notice is found in this process: of each case it is known which rules it read,
so only those that read a changed rule are asked again. For the rest, the tests below PYTESTS run in a child with the changed table
(not with `--quick`). `--list` names the changes that nothing noticed. Exit status: 0 at least 95 in 100 rows are held on every side, 1 fewer.
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
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Final

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

RECORDED: Final = ("tests/conformance/recorded", "tests/oracle/recorded")
PYTESTS: Final = ("tests/resolve/test_rules.py", "tests/resolve")  # the table by itself, then what is told of it
GOAL: Final = 0.95
Row = dict[str, Any]


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


class Watched(pyo3.Rules):
    """Rules that note which of them are asked for."""

    __slots__ = ()
    seen: ClassVar[set[str]] = set()

    def __getattribute__(self, name: str) -> Any:
        Watched.seen.add(name)
        value = object.__getattribute__(self, name)
        return WatchedMessages(value) if name == "messages" else value


class WatchedMessages(dict[str, str]):
    """Messages that note which of them are asked for."""

    def __getitem__(self, name: str) -> str:
        Watched.seen.add(f"message {name}")
        return super().__getitem__(name)


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
    return Case(recorded["id"], request, answer, frozenset(Watched.seen))


def forget_reads() -> None:
    """Begin a case: nothing is read, and no closure of features is known, which would hide that it is asked for."""
    Watched.seen.clear()
    pyo3._closure.cache_clear()


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


def rules_of(releases: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Every rule of every release, as plain values; a release that the table breaks has none."""
    found = {}
    for release in releases:
        try:
            rules = pyo3._rules(release)
            found[release] = {field.name: object.__getattribute__(rules, field.name) for field in fields(pyo3.Rules)}
        except (TypeError, KeyError):
            found[release] = {}
    return found


def felt(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, set[str]]:
    """For each release that feels the change: the names of the rules and messages that differ."""
    different: dict[str, set[str]] = {}
    for release, rules in before.items():
        now = after[release]
        names = {name for name in rules if name != "messages" and now.get(name, now) != rules[name]}
        messages, others = rules["messages"], now.get("messages", {})
        names |= {
            f"message {name}" for name in messages.keys() | others.keys() if messages.get(name) != others.get(name)
        }
        if names:
            different[release] = names
    return different


def noticed_by_records(cases: Mapping[str, list[Case]], different: Mapping[str, set[str]]) -> str | None:
    """The first case whose prediction is another one now."""
    for release, names in different.items():
        for number, case in enumerate(cases.get(release, ())):
            if names & case.read and predicted(case.request) != case.answer:
                cases[release].insert(0, cases[release].pop(number))  # it may well notice the next one
                return case.name
    return None


def noticed_by_tests() -> bool:
    """Whether a test of PYTESTS fails, in a child that has the table as it is now."""
    child = os.fork()
    if child == 0:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            there = [str(TREE / place) for place in PYTESTS]
            status = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *there])
        os._exit(int(status))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1


def main() -> int:
    """Change, ask, count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--key", help="only the rows of keys that begin so")
    parser.add_argument("--list", action="store_true", help="name the changes that nothing noticed")
    parser.add_argument("--quick", action="store_true", help="ask the recorded answers only")
    arguments = parser.parse_args()
    pyo3.Rules = Watched  # type: ignore[misc]
    forget()
    table, releases = load("pyo3"), pyo3.known_releases()
    with planted() as scratch:
        by_release: dict[str, list[Case]] = {}
        for case in read_cases(scratch):
            by_release.setdefault(case.request.pyo3, []).append(case)
        before = rules_of(releases)
        passed_over: dict[str, list[bool]] = {}
        for change in list(changes(table, releases)):
            if arguments.key and not change.key.startswith(arguments.key):
                continue
            with changed(table, change):
                if not (different := felt(before, rules_of(releases))):
                    continue
                noticed = noticed_by_records(by_release, different) is not None
                noticed = noticed or (not arguments.quick and noticed_by_tests())
            passed_over.setdefault(f"{change.key}[{change.number}]", []).append(not noticed)
            if arguments.list and not noticed:
                print(
                    f"{change.key}[{change.number}] {change.what}: not noticed ({', '.join(list(different)[:3])})",
                    flush=True,
                )
    total = sum(map(len, passed_over.values()))
    missed = sum(map(sum, passed_over.values()))
    rows = sum(not any(found) for found in passed_over.values())
    print(f"{total - missed} of {total} changes noticed; {rows} of {len(passed_over)} rows held on every side")
    return int(rows < GOAL * len(passed_over))


if __name__ == "__main__":
    sys.exit(main())
