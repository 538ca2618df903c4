"""The table of PyO3's rules, as a table: complete, in order, with sources, and equal to what the crates themselves say."""

import json
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from crossplan.data import load
from crossplan.pyo3 import Rules, UnknownFeature, UnknownRelease, find_rules, known_releases, source_of
from crossplan.resolve import cfgs, checks, detect, flow, linking, names, search, sysconfigdata

DATA = Path(__file__).parent / "data"
RELEASES = known_releases()
INDEX = {name: number for number, name in enumerate(RELEASES)}
TABLE = load("pyo3")
ROWS = {
    **{f"rule {k}": v for k, v in TABLE["rule"].items()},
    **{f"message {k}": v for k, v in TABLE["message"].items()},
}
# what names an algorithm, and the functions that a row may select
ALGORITHMS: dict[str, set[str]] = {
    "flow": set(flow._FLOWS),
    "detection": set(detect._DETECTION),
    "native_rules": set(detect._STRING_RULES) | set(detect._TRIPLE_RULES),
    "search": set(search._ENTERS),
    "search_families": set(search._FAMILIES),
    "sysconfig_printed": set(sysconfigdata._PRINTS),
    "sysconfig_read": set(sysconfigdata._READS),
    "sysconfig_abi": set(sysconfigdata._ABIS),
    "unix_name": set(names._CPYTHON),
    "pypy_name": set(names._PYPY),
    "windows_name": set(names._WINDOWS),
    "version_check": set(checks._VERSIONS),
    "linked": set(linking._TRIPLES) | set(linking._CARGO),
    "limited_api": set(cfgs._LIMITED),
}
# words that choose between two or three ways where they are read
WORDS: dict[str, set[str]] = {
    "abi_selection": {"build-env", "applicable"},
    "broken_probe": {"panic", "error"},
    "config_features": {"ignored", "lowered", "abi"},
    "config_lib_name": {"nobody", "windows", "reader", "linking-script"},
    "config_path": {"utf-8"},
    "config_unknown_key": {"error"},
    "cross_strategy": {"family", "target"},
    "default_lib_name": {"when-linked", "always"},
    "flags_implied": {"ref-debug", "trace-refs", "with-thread"},
    "import_library": {"stable", "cpython", "implementation"},
    "import_library_stable": {"abi3", "abi3-cpython-gil"},
    "link_warning": {"default", "resolved", "linked"},
    "lowering_skips": {"PyPy", "GraalVM", "free-threaded"},
    "probe_debug": {"ext-suffix", "debug-abi"},
    "probe_shared": {"of-target", "always", "of-interpreter"},
    "raw_dylib": {"always", "known-names"},
    "rpath": {"but-wasm", "but-wasm-windows-cygwin"},
    "search_unlistable": {"panic", "error"},
    "stable_warnings": {"cfgs", "check"},
    "sysconfig_lib_dir": {"variable", "file"},
    "target_lexicon": set(load("target-lexicon")["parser"]),
    "windows_cross_name": {"named"},
    "windows_flags": {"with-thread", "none", "since-3.13"},
}


def recorded(name: str, release: str) -> Any:
    """The entry of a file of facts that holds for a release."""
    facts = json.loads((DATA / name).read_text())
    return facts[[since for since in facts if INDEX[since] <= INDEX[release]][-1]]


@pytest.mark.parametrize("key", ROWS)
def test_rows_follow_each_other_and_cite_their_first_release(key: str) -> None:
    rows = ROWS[key]
    for row in rows:
        assert set(row) <= {"since", "until", "value", "source"}
        file, _, tag = row["source"].partition("@")
        assert (file and tag == row["since"]) or "python3-dll-a" in file
        assert INDEX[row["since"]] <= (INDEX[row["until"]] if "until" in row else len(RELEASES))
    for before, after in pairwise(rows):
        assert INDEX[before["until"]] + 1 == INDEX[after["since"]]
        assert before["value"] != after["value"] or before["source"] != after["source"]


@pytest.mark.parametrize("release", RELEASES)
def test_a_feature_has_one_row(release: str) -> None:
    rows = [row for row in TABLE["features"]["rows"] if INDEX[row["since"]] <= INDEX[release]]
    held = [row for row in rows if INDEX[release] <= INDEX[row.get("until", RELEASES[-1])]]
    names = [(crate, row["name"]) for row in held for crate in row["crates"]]
    assert len(names) == len(set(names))


def test_every_rule_is_a_field_and_every_field_has_a_rule() -> None:
    given = {"release", "row", "extrapolated", "messages", "variables", "crate_features"}
    assert {key.partition(".")[0] for key in TABLE["rule"]} | given == {field.name for field in fields(Rules)}


@pytest.mark.parametrize("rule", ALGORITHMS)
def test_every_algorithm_is_named_and_used(rule: str) -> None:
    values = [row["value"] for row in TABLE["rule"][rule]]
    selected = {name for value in values for name in (value if isinstance(value, list) else [value])}
    assert selected <= ALGORITHMS[rule]
    always = {"equal", "windows-32-msvc"} if rule == "native_rules" else set()
    assert ALGORITHMS[rule] - always <= selected


@pytest.mark.parametrize("rule", WORDS)
def test_every_word_is_known_and_used(rule: str) -> None:
    values = [row["value"] for row in TABLE["rule"][rule]]
    assert {name for value in values for name in (value if isinstance(value, list) else [value])} == WORDS[rule]


@pytest.mark.parametrize("release", RELEASES)
def test_features_are_those_of_the_crates(release: str) -> None:
    facts = recorded("features.json", release)
    for crate in ("pyo3", "pyo3-ffi"):
        known = find_rules(release).crate_features[crate]
        assert {name: sorted(implied) for name, implied in known.items()} == facts.get(crate, {})


@pytest.mark.parametrize("release", RELEASES)
def test_variables_are_those_of_the_scripts(release: str) -> None:
    of_the_generator = {"PYO3_MINGW_DLLTOOL", "ZIG_COMMAND"}  # python3-dll-a reads them
    assert find_rules(release).variables - of_the_generator == set(recorded("variables.json", release))


@pytest.mark.parametrize("release", RELEASES)
def test_import_library_variables_are_read_where_there_is_a_generator(release: str) -> None:
    rules = find_rules(release)
    assert bool(rules.import_library) == ("ZIG_COMMAND" in rules.variables) == ("PYO3_MINGW_DLLTOOL" in rules.variables)


def test_releases_are_the_published_ones() -> None:
    assert len(RELEASES) == len(set(RELEASES)) == 65
    assert RELEASES[0] == "0.14.0" and RELEASES[-1] == "0.30.1"
    assert "0.30.0" not in RELEASES and "0.23.0" in RELEASES


@pytest.mark.parametrize("release", ["0.30.2", "0.31.0", "1.0.0"])
def test_a_newer_release_is_answered_by_the_newest_rules(release: str) -> None:
    rules = find_rules(release)
    assert (rules.release, rules.row, rules.extrapolated) == (release, RELEASES[-1], True)


def test_a_newer_patch_of_an_open_line_is_answered_by_that_line() -> None:
    assert find_rules("0.29.9").row == "0.29.3"


@pytest.mark.parametrize(
    ("text", "nearest", "before"),
    [
        ("0.13.2", ("0.14.0",), True),
        ("0.30.0", ("0.30.1",), False),
        ("0.22.7", ("0.22.3", "0.22.4", "0.22.5", "0.22.6"), False),
        ("0.29", ("0.29.3", "0.29.2", "0.29.1", "0.29.0"), False),
        ("banana", (), False),
        ("", (), False),
        ("0.29.٣", (), False),
    ],
)
def test_no_release(text: str, nearest: tuple[str, ...], before: bool) -> None:
    with pytest.raises(UnknownRelease) as error:
        find_rules(text)
    assert (error.value.text, error.value.before) == (text, before)
    assert set(nearest) <= set(error.value.nearest) and (nearest or not text or before is False)
    assert repr(text) in str(error.value)


def test_closure_follows_features_and_names_unknown_ones() -> None:
    rules = find_rules("0.28.3")
    closed = rules.closure("pyo3", ["abi3-py312", "extension-module"])
    assert closed == {"abi3-py312", "abi3-py313", "abi3-py314", "abi3", "extension-module"}
    assert rules.closure("pyo3-ffi", []) == frozenset()
    with pytest.raises(UnknownFeature, match="auto-initialize"):
        rules.closure("pyo3-ffi", ["auto-initialize"])


def test_a_rule_tells_its_source() -> None:
    assert source_of(find_rules("0.22.6"), "sysconfig_lib_dir") == "pyo3-build-config/src/impl_.rs at v0.15.0"
    assert source_of(find_rules("0.22.6"), "raw_dylib") == ""
