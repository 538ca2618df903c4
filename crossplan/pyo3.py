"""Facts by PyO3 release: the one place where releases are compared. The table is data/pyo3.toml, which explains its rows.

A release between the rows' `since` and `until` has the row's value; everything else in crossplan asks a `Rules`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from crossplan.data import load
from crossplan.record import field, record, replace

Version = tuple[int, int]
_NEAREST = 4
_FILES = {
    "impl_": "pyo3-build-config/src/impl_.rs",
    "lib": "pyo3-build-config/src/lib.rs",
    "bc": "pyo3-build-config/build.rs",
    "ffi": "pyo3-ffi/build.rs",
    "pyo3": "build.rs",
}


class UnknownRelease(ValueError):
    """No rules for that text: it is no release, none that was published, or one from before 0.14 (`before`)."""

    def __init__(self, text: str, nearest: tuple[str, ...], before: bool) -> None:
        why = "is older than 0.14, the oldest described" if before else "is no published release of PyO3"
        hint = f" (the nearest: {', '.join(nearest)})" if nearest and not before else ""
        super().__init__(f"{text!r} {why}{hint}")
        self.text = text
        self.nearest = nearest
        self.before = before


class UnknownFeature(ValueError):
    """The release has no such crate, or the crate no feature of that name; Cargo would refuse the build."""


@record
class Rules:
    """What one release does. The fields are the keys of data/pyo3.toml, where each is explained."""

    release: str  # as it was asked for
    row: str  # the release whose rows these are
    extrapolated: bool  # `release` is newer than the table
    messages: Mapping[str, str]
    variables: frozenset[str]
    flow: str
    implementations: tuple[str, ...]
    minimum: Mapping[str, Version]
    maximum: Mapping[str, Version]
    abi3_max: int
    forcing: tuple[str, ...]
    detection: str
    native_rules: tuple[str, ...]
    cross_strategy: str
    venv_python: tuple[str, ...]
    banners: tuple[str, ...]
    broken_probe: str
    probe_shared: str
    windows_flags: str
    search: str
    search_families: tuple[str, ...]
    search_unlistable: str
    sysconfig_printed: str
    sysconfig_read: str
    sysconfig_lib_dir: str
    flags: tuple[str, ...]
    flags_implied: tuple[str, ...]
    unix_name: str
    pypy_name: str
    version_check: str
    stable_warnings: str
    cfg_lowest: int
    limited_api: str
    feature_cfgs: Mapping[str, int]
    crate_features: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    target_lexicon: str = ""
    windows_name: tuple[str, ...] = ()
    linked: tuple[str, ...] = ()
    own_script: bool = False
    abi3_text: bool = False
    no_python: bool = False
    early_crates: tuple[str, ...] = ()
    target_first: bool = False
    graalpy_minimum: Version = (0, 0)
    version_suffix_t: bool = False
    probe_mingw: bool = False
    probe_cygwin: bool = False
    probe_debug: str = ""
    probe_gil: bool = False
    search_sorted: bool = False
    sysconfig_abi: str = ""
    framework_shared: bool = False
    forward_compatibility_is_abi3: bool = False
    lowering_skips: tuple[str, ...] = ()
    abi3_fallback: bool = False
    abi_selection: str = ""
    abi_debug: bool = False
    free_threaded_name_check: bool = False
    free_threaded_defaults: bool = False
    windows_cross_name: str = ""
    default_lib_name: str = ""
    default_mingw: bool = False
    import_library: str = ""
    import_library_stable: str = ""
    import_library_flags: bool = False
    link_warning: str = ""
    config_keys: tuple[str, ...] = ()
    config_trim: bool = False
    config_unknown_key: str = ""
    config_with_thread: bool = False
    config_path: str = ""
    config_features: str = ""
    config_lib_name: str = ""
    print_note: bool = False
    free_threaded_maximum: bool = False
    experimental: bool = False
    gil_check: bool = False
    auto_initialize_pypy: bool = False
    wip_no_std: bool = False
    extension_variable: bool = False
    raw_dylib: str = ""
    raw_dylib_names: tuple[str, ...] = ()
    pypy_import_name: bool = False
    rpath: str = ""
    gil_cfg: bool = False

    @property
    def has_target_abi(self) -> bool:
        """A configuration has a `target_abi` instead of the `abi3` boolean."""
        return bool(self.abi_selection)

    @property
    def features(self) -> frozenset[str]:
        """Cargo features of the crate `pyo3`."""
        return frozenset(self.crate_features["pyo3"])

    def closure(self, crate: str, features: Iterable[str]) -> frozenset[str]:
        """These features of `crate` and those that they turn on; `UnknownFeature` names one that it lacks."""
        return _closure(self.row, crate, frozenset(features))


def known_releases() -> tuple[str, ...]:
    """The published releases that are described, oldest first."""
    return tuple(load("pyo3")["releases"]["known"])


@cache
def known_variables() -> frozenset[str]:
    """Every variable that some described release reads."""
    return frozenset(row["name"] for row in load("pyo3")["variables"]["rows"])


@lru_cache(maxsize=256)
def find_rules(release: str) -> Rules:
    """The rules of a release; those of the newest known one (`extrapolated`) for a newer. Raises `UnknownRelease`."""
    known = known_releases()
    if release in known:
        return _rules(release)
    numbers = _numbers(release)
    if numbers is None:
        from difflib import get_close_matches

        raise UnknownRelease(release, tuple(get_close_matches(release, known, _NEAREST)), before=False)
    row = _older(numbers, known)
    if row is None:
        raise UnknownRelease(release, _nearest(numbers, known), before=numbers < _order(known[0]))
    return replace(_rules(row), release=release, extrapolated=True)


def find_release(text: str | None) -> str:
    """The release that a text means: `0.22` its newest patch, None the newest known. `UnknownRelease` for none at all.

    One from before the tables, or newer than they are, is a release too.
    """
    known = known_releases()
    if text is None:
        return known[-1]
    text = text.removeprefix("v")
    if text.count(".") == 1:
        text = next((one for one in reversed(known) if one.startswith(text + ".")), f"{text}.0")
    if text not in known:
        try:
            find_rules(text)
        except UnknownRelease as error:
            if not error.before:
                raise
    return text


def _older(numbers: tuple[int, ...], known: tuple[str, ...]) -> str | None:
    """The described release that stands in for a newer one: the newest of all, or of a line that is still open."""
    if numbers > _order(known[-1]):
        return known[-1]
    for line in load("pyo3")["releases"]["open"]:
        last = [name for name in known if name.startswith(f"{line}.")][-1]
        if numbers[:2] == _order(last)[:2] and numbers > _order(last):
            return last
    return None


def _nearest(numbers: tuple[int, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    same_line = [name for name in known if _order(name)[:2] == numbers[:2]]
    return tuple(same_line[-_NEAREST:]) or (known[0] if numbers < _order(known[0]) else known[-1],)


def _numbers(release: str) -> tuple[int, ...] | None:
    parts = release.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
        return None
    return tuple(map(int, parts))


def _order(release: str) -> tuple[int, ...]:
    return tuple(map(int, release.split(".")))


@cache
def _index() -> dict[str, int]:
    return {name: number for number, name in enumerate(known_releases())}


def _holds(row: Mapping[str, Any], number: int) -> bool:
    index = _index()
    return index[row["since"]] <= number and ("until" not in row or number <= index[row["until"]])


@cache
def _rules(release: str) -> Rules:
    table, number = load("pyo3"), _index()[release]
    values: dict[str, Any] = {"minimum": {}, "maximum": {}}
    for key, rows in table["rule"].items():
        for row in rows:
            if _holds(row, number):
                name, dot, part = key.partition(".")
                if dot:
                    values[name][part] = _frozen(row["value"])
                else:
                    values[name] = _frozen(row["value"])
                break
    messages = {name: row["value"] for name, rows in table["message"].items() for row in rows if _holds(row, number)}
    variables = frozenset(row["name"] for row in table["variables"]["rows"] if _holds(row, number))
    features: dict[str, dict[str, tuple[str, ...]]] = {"pyo3": {}, "pyo3-ffi": {}}
    for row in table["features"]["rows"]:
        if _holds(row, number):
            for crate in row["crates"]:
                features[crate][row["name"]] = tuple(row.get("implies", ()))
    return Rules(
        release=release,
        row=release,
        extrapolated=False,
        messages=messages,
        variables=variables,
        crate_features=features,
        **values,
    )


def source_of(rules: Rules, key: str) -> str:
    """The file, at a tag, that says what a rule is for a release; empty where no row says it."""
    number = _index()[rules.row]
    rows = [row for name, rows in load("pyo3")["rule"].items() if name.partition(".")[0] == key for row in rows]
    source = next((row["source"] for row in rows if _holds(row, number)), "")
    file, at, release = source.partition("@")
    return f"{_FILES.get(file, file)} at v{release}" if at else ""


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


@lru_cache(maxsize=4096)
def _closure(release: str, crate: str, features: frozenset[str]) -> frozenset[str]:
    table = _rules(release).crate_features[crate]
    if not table:
        raise UnknownFeature(f"PyO3 {release} has no crate {crate}")
    active: set[str] = set()
    work = sorted(features)
    while work:
        name = work.pop()
        if name not in table:
            raise UnknownFeature(f"{crate} {release} has no feature {name!r}")
        if name not in active:
            active.add(name)
            work += table[name]
    return frozenset(active)
