"""The report for people: whole, within 80 columns, readable without colour, and safe whatever files are called."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from rich.console import Console

from crossplan.checks import check_evidence
from crossplan.cli.main import main
from crossplan.render.inspect import print_inspect
from crossplan.report import PythonWire, python_wire, verdict
from crossplan.scan import scan
from crossplan.sysroot import open_sysroot
from tests.scan.making import libpython, make, sysconfigdata

SYSROOTS = Path(__file__).parents[2] / "sysroots"
TREES = sorted(tree.name for tree in SYSROOTS.iterdir() if tree.is_dir())
NAME = "_sysconfigdata__linux_aarch64-linux-gnu.py"
# C0 and C1 but the line feed, direction marks, lone surrogates
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def report(root: Path, *, width: int = 80, color: bool = False) -> str:
    """The report for people on a console of that width."""
    with open_sysroot(root) as opened:
        evidence = scan(opened)
    findings = check_evidence(evidence)
    out = io.StringIO()
    system = "standard" if color else None
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False, color_system=system)
    print_inspect(console, evidence, findings, verdict(evidence, findings))
    return out.getvalue()


@pytest.mark.parametrize("tree", TREES)
def test_fits_eighty_columns_and_holds_every_path(tree: str) -> None:
    text = report(SYSROOTS / tree)
    assert [line for line in text.split("\n") if len(line) > 80 or line != line.rstrip()] == []
    assert not UNSAFE.search(text)
    joined = re.sub(r"\n *", "", text)
    with open_sysroot(SYSROOTS / tree) as opened:
        evidence = scan(opened)
    for python in evidence.pythons:
        assert all(target in text for target in python.targets)
        assert all(item.path in joined for item in python.descriptions if item.kind != "bytecode")
        assert all(file.path in joined for file in python.images if file.role != "extension")


def test_armv7_report_says_what_a_user_looks_for() -> None:
    lines = report(SYSROOTS / "debian12-py311-armhf").split("\n")
    assert lines[0].endswith("debian12-py311-armhf: sound")
    assert "CPython 3.11.2" in lines
    assert "  serves armv7-unknown-linux-gnueabihf, thumbv7neon-unknown-linux-gnueabihf," in lines
    assert "  EXT_SUFFIX     .cpython-311-arm-linux-gnueabihf.so   [3] EXT_SUFFIX" in lines
    assert "  pointer width  32                                    [1] class" in lines
    assert "  [1]  usr/lib/arm-linux-gnueabihf/libpython3.11.so.1.0" in lines
    assert "       3 extension modules, elf arm 32-bit little-endian hard float" in lines
    assert lines[-2:] == ["Findings: none", ""]


def test_colour_adds_nothing_but_colour() -> None:
    tree = SYSROOTS / "debian12-py311-armhf"
    coloured = report(tree, color=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == report(tree)


@pytest.mark.parametrize("width", [20, 40, 200])
def test_other_widths(width: int) -> None:
    joined = re.sub(r"\s", "", report(SYSROOTS / "debian12-py311-armhf", width=width))
    assert "usr/lib/arm-linux-gnueabihf/libpython3.11.so.1.0" in joined


@pytest.mark.parametrize(
    ("folder", "shown"),
    [
        ("x[", "x[/red].so"),  # rich markup
        ("esc\x1b[31m", "esc\\x1b[31m/red].so"),
        ("line\nfeed", "line\\x0afeed/red].so"),
        ("bell\x07", "bell\\x07/red].so"),
        ("c1\x9b31m", "c1\\x9b31m/red].so"),
        ("\u202egnp.exe", "\\u202egnp.exe/red].so"),
        ("\udcff", "\\xff/red].so"),
        (":smile:", ":smile:/red].so"),  # rich's emoji
    ],
)
def test_names_are_shown_as_they_are_and_do_nothing(folder: str, shown: str, tmp_path: Path) -> None:
    root = make(tmp_path / "root", {f"usr/lib/python3.11/{NAME}": sysconfigdata()})
    make(root, {f"usr/lib/python3.11/lib-dynload/arm{folder}/red].so": libpython()})
    text = report(root)
    assert not UNSAFE.search(text)
    assert f"arm{shown}" in re.sub(r"\n *", "", text)


def test_values_and_reasons_from_files_are_made_safe(tmp_path: Path) -> None:
    evil = "3.11\x1b]0;title\x07"
    make(tmp_path, {f"usr/lib/python3.11/{NAME}": sysconfigdata(SOABI=f"cpython-311-\x1b[2J{evil}")})
    make(tmp_path, {"usr/lib/python3.12/_sysconfigdata__x.py": "build_time_vars = {'\x1b[31mK': f()}\n"})
    text = report(tmp_path)
    assert not UNSAFE.search(text)
    assert "\\x1b[2J" in text


def test_json_is_plain_text_sorted_and_complete(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    root = make(tmp_path, {f"usr/lib/python3.11/{NAME}": sysconfigdata(), "usr/lib/\udcff\x1b/x": ""})
    assert main(["inspect", str(root), "--json"]) == 0
    out = capsys.readouterr().out
    assert out.isascii()
    assert not UNSAFE.search(out)
    document = json.loads(out)
    assert out == json.dumps(document, indent=2, sort_keys=True) + "\n"
    assert set(document) == {"version", "root", "verdict", "pythons", "images", "findings"}
    assert document["version"] == 1
    (python,) = document["pythons"]
    assert set(python) == set(PythonWire.__annotations__)
    assert python["origins"]["version"]["path"] == f"usr/lib/python3.11/{NAME}"


def test_every_fact_of_the_wire_has_its_origin() -> None:
    with open_sysroot(SYSROOTS / "debian12-py311-armhf") as opened:
        (python,) = scan(opened).pythons
    wire = python_wire(python)
    named = set(PythonWire.__annotations__) - {"targets", "sysconfigdata", "images", "origins"}
    assert {name for name in named if wire[name] is not None} <= set(wire["origins"])  # type: ignore[literal-required]
    assert wire["origins"]["soabi"]["line"] == 1155


def test_closed_pipe_is_no_error(tmp_path: Path) -> None:
    import subprocess
    import sys

    tree = SYSROOTS / "debian12-py311-armhf"
    command = f"{sys.executable} -m crossplan inspect {tree} --json | head -c 10; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_several_archives_are_named_in_full_on_narrow_lines(tmp_path: Path) -> None:
    import tarfile

    make(tmp_path / "tree", {f"usr/lib/python3.11/{NAME}": sysconfigdata()})
    names = [str(tmp_path / f"a-package-with-a-long-name-{i}.tar") for i in range(4)]
    for name in names:
        with tarfile.open(name, "w") as archive:
            archive.add(tmp_path / "tree" / "usr", "usr")
    with open_sysroot(*names) as opened:
        evidence = scan(opened)
    out = io.StringIO()
    print_inspect(Console(file=out, width=80, color_system=None), evidence, (), "sound")
    head = out.getvalue().split("\n\n")[0]
    assert all(name in head.replace("\n", "") for name in names)
    assert [line for line in head.split("\n") if len(line) > 80 or line != line.rstrip()] == []
