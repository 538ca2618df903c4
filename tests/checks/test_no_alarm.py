"""No false alarm: real target trees, each with the targets that it serves, on every line of PyO3 that supports its Python."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crossplan.api import make_plan, make_situation, place_below, read_evidence
from crossplan.checks import check_situation
from crossplan.evidence import Evidence, TargetPython
from crossplan.options import Options
from crossplan.pyo3 import Rules, find_rules, known_releases
from crossplan.python import minor_version
from crossplan.request import make_request
from crossplan.toolchain.host_python import RecordedHost
from tests.checks.worlds import HOST, RECORD

TREES = sorted(path.parent for path in (Path(__file__).resolve().parents[2] / "sysroots").glob("*/SOURCE.toml"))
LAST_OF_LINE = list({release.rpartition(".")[0]: release for release in known_releases()}.values())


def supports(rules: Rules, python: TargetPython) -> bool:
    """Whether a release is for that Python: between its bounds, and free-threaded from where it is."""
    name = {"GraalPy": "GraalVM"}.get(str(python.value("implementation")), str(python.value("implementation")))
    version = minor_version(python.text("version") or "")
    if version is None or name not in rules.implementations:
        return False
    number, low, high = (
        (version.major, version.minor),
        rules.minimum.get(name, (3, 0)),
        rules.maximum.get(name, (3, 99)),
    )
    threads = bool(python.value("free_threaded"))
    fits = not threads or (rules.gil_cfg and ("E-FT314" not in rules.messages or number >= (3, 14)))
    return tuple(low) <= number <= tuple(high) and fits


def builds(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """(target, release) for each Python of a root."""
    for python in evidence.pythons:
        for target in python.targets[:3]:
            yield from ((target, release) for release in LAST_OF_LINE if supports(find_rules(release), python))


@pytest.mark.parametrize("tree", TREES, ids=lambda path: path.name)
def test_sound_trees_draw_no_error(tree: Path, tmp_path: Path) -> None:
    environ = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    sysroots = (str(tree),)

    def request(target: str, release: str | None = None, features: str = "extension-module"):  # type: ignore[no-untyped-def]
        options = Options(target=target, host=HOST, sysroots=sysroots, pyo3=release, features=features)
        return make_request(options, environ, str(tmp_path), HOST)

    evidence = read_evidence(request(HOST))
    assert evidence is not None
    tried = 0
    for target, release in builds(evidence):
        for features in ("extension-module", "extension-module,abi3"):
            situation = make_situation(request(target, release, features), evidence, RecordedHost(RECORD))
            planned = make_plan(situation, place_below(str(tmp_path / "out"))).planned
            found = [f for f in check_situation(situation, planned) if f.severity == "error"]
            assert found == [], (target, release, features)
            tried += 1
    assert tried > 0
