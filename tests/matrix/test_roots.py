"""`crossplan inspect --from`: a line a root, in order; what fails is answered and passed; a break costs nothing."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from crossplan.cli import main
from crossplan.matrix import roots as module
from crossplan.report import InspectWire
from tests.scan.making import libpython, make, sysconfigdata

Run = Callable[..., tuple[int, list[InspectWire], str]]
ARCHES = {"a": "aarch64-linux-gnu", "b": "arm-linux-gnueabihf", "c": "riscv64-linux-gnu"}


@pytest.fixture
def project(clean: Path) -> Path:
    """A folder with three sound roots, an empty one, one that contradicts itself, and a file that is none."""
    here = clean / "project"
    for name, multiarch in ARCHES.items():
        python = {
            f"usr/lib/python3.11/_sysconfigdata__{multiarch}.py": sysconfigdata(multiarch),
            f"usr/lib/{multiarch}/libpython3.11.so.1.0": libpython(multiarch),
        }
        make(here / name, python)
    (here / "empty").mkdir()
    make(
        here / "wrong",
        {
            "usr/lib/python3.11/_sysconfigdata__arm-linux-gnueabihf.py": sysconfigdata("arm-linux-gnueabihf"),
            "usr/lib/libpython3.11.so.1.0": libpython("aarch64-linux-gnu"),
        },
    )
    make(here, {"file": "no archive\n"})
    return here


@pytest.fixture
def run(project: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """`inspect --from` of a list in a file: status, documents, standard error."""

    def inspect(text: str | bytes, *arguments: str) -> tuple[int, list[InspectWire], str]:
        Path("list").write_bytes(text.encode() if isinstance(text, str) else text)
        status = main(["inspect", "--from", "list", "--jobs", "1", *arguments])
        out, err = capsys.readouterr()
        return status, [json.loads(line) for line in out.splitlines()], err

    return inspect


def test_a_line_is_the_report_of_inspect(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    status, found, err = run("a\nb\nc\n")
    assert status == 0 and [line["root"] for line in found] == ["a", "b", "c"] and "3 roots: 3 sound" in err
    for line in found:
        assert main(["inspect", "--json", line["root"]]) == 0
        assert json.loads(capsys.readouterr().out) == line


def test_the_worst_root_gives_the_status(run: Run) -> None:
    assert run("a\nempty\n")[0] == 3
    assert run("a\nempty\nwrong\nb\n")[0] == 4
    assert run("")[0] == 3


def test_what_is_no_root_is_answered_and_passed(run: Run) -> None:
    status, found, err = run(b"a\nnowhere\nfile\nwith\0null\n\xff\xfe\n\n  \nb\r\n")
    assert status == 4 and "7 roots: 2 sound, 5 unsound" in err
    assert [line["verdict"] for line in found] == ["sound", *["unsound"] * 5, "sound"]
    bad = found[1:-1]
    assert [line["root"] for line in bad] == ["nowhere", "file", "with\0null", "\udcff\udcfe", "  "]
    assert {finding["code"] for line in bad for finding in line["findings"]} == {"XP106"}
    assert all(set(line) == set(InspectWire.__annotations__) for line in bad)


def test_the_list_may_come_through_a_pipe(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"c\na")))
    assert main(["inspect", "--from", "-", "--jobs", "2"]) == 0
    assert [json.loads(line)["root"] for line in capsys.readouterr().out.splitlines()] == ["c", "a"]


def test_a_defect_of_ours_costs_one_root_alone(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = module.scan

    def failing(root: object, **options: object) -> object:
        if getattr(root, "name", "").endswith("b"):
            raise ZeroDivisionError("oh")
        return scan(root, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "scan", failing)
    status, found, _ = run("a\nb\nc\n")
    assert status == 4 and [line["verdict"] for line in found] == ["sound", "unsound", "sound"]
    (finding,) = found[1]["findings"]
    assert finding["code"] == "XP108" and "ZeroDivisionError: oh (test_roots.py:" in finding["message"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "nolist"], "nolist: No such file"),
        (["--from", "."], "Is a directory"),
        (["--from", "file", "a"], "leave SYSROOT out"),
        ([], "no SYSROOT is given"),
        (["a", "--resume", "x"], "add --from LIST"),
        (["a", "--jobs", "2"], "add --from LIST"),
        (["--from", "file", "--resume", "nowhere/out"], "nowhere/out: No such file"),
        (["--from", "file", "--resume", "."], "Is a directory"),
    ],
)
def test_bad_options_are_usage(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["inspect", *arguments]) == 2
    assert said in capsys.readouterr().err


class Resumed:
    """Counts which roots are inspected again."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[str] = []
        inspect = module.inspect_one

        def counted(item: module.Item) -> module.RootAnswer:
            self.done.append(item.root)
            return inspect(item)

        monkeypatch.setattr(module, "inspect_one", counted)


@pytest.fixture
def resumed(monkeypatch: pytest.MonkeyPatch) -> Resumed:
    return Resumed(monkeypatch)


LIST = "a\nwrong\nempty\nb\nc\n"


def whole(run: Run) -> bytes:
    """What an unbroken run writes."""
    status, found, _ = run(LIST, "--resume", "whole.jsonl")
    assert status == 4 and found == []
    return Path("whole.jsonl").read_bytes()


@pytest.mark.parametrize("kept", [0, 1, 3, 5])
@pytest.mark.parametrize("torn", [b"", b"{", b'{"findings": [], "ima'])
def test_only_what_is_missing_is_done(run: Run, resumed: Resumed, kept: int, torn: bytes) -> None:
    expected = whole(run)
    lines = expected.splitlines(keepends=True)
    Path("out.jsonl").write_bytes(b"".join(lines[:kept]) + torn)
    resumed.done.clear()
    status, _, err = run(LIST, "--resume", "out.jsonl")
    assert Path("out.jsonl").read_bytes() == expected
    assert resumed.done == LIST.split()[kept:]
    assert status == 4 and "5 roots: 1 empty, 3 sound, 1 unsound" in err  # those of before count


def test_a_line_that_lacks_its_end_is_done_again(run: Run, resumed: Resumed) -> None:
    expected = whole(run)
    Path("out.jsonl").write_bytes(expected[:-1])
    resumed.done.clear()
    run(LIST, "--resume", "out.jsonl")
    assert Path("out.jsonl").read_bytes() == expected and resumed.done == ["c"]


def test_a_list_that_has_changed_keeps_what_it_still_names(run: Run, resumed: Resumed) -> None:
    expected = whole(run).splitlines(keepends=True)
    Path("out.jsonl").write_bytes(b"".join([expected[3], expected[0], expected[0]]))
    resumed.done.clear()
    run("a\nc\nb\na\na\n", "--resume", "out.jsonl")
    roots = [json.loads(line)["root"] for line in Path("out.jsonl").read_text().splitlines()]
    assert roots == ["a", "c", "b", "a", "a"] and resumed.done == ["c", "a"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("my notes\n", "out.jsonl:1: is no answer of inspect"),
        ("my notes", "out.jsonl:1: is no answer of inspect"),
        ('{"version": 1}\n', "out.jsonl:1: is no answer"),
        ("[" * 100_000 + "\n", "out.jsonl:1: is no answer"),
    ],
)
def test_another_file_is_left_as_it_is(run: Run, text: str, said: str) -> None:
    Path("out.jsonl").write_text(text)
    status, _, err = run(LIST, "--resume", "out.jsonl")
    assert status == 2 and said in err and Path("out.jsonl").read_text() == text


def test_answers_of_another_list_are_left_as_they_are(run: Run) -> None:
    before = whole(run)
    status, _, err = run("a\nb\n", "--resume", "whole.jsonl")
    assert status == 2 and "whole.jsonl:2: is about wrong, which is not in the list" in err
    assert Path("whole.jsonl").read_bytes() == before


def test_a_run_that_is_broken_off_leaves_whole_lines(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inspect = module.inspect_one

    def broken(item: module.Item) -> module.RootAnswer:
        if item.root == "b":
            raise KeyboardInterrupt
        return inspect(item)

    expected = whole(run)
    monkeypatch.setattr(module, "inspect_one", broken)
    status, _, _ = run(LIST, "--resume", "out.jsonl")
    assert status == 130 and Path("out.jsonl").read_bytes() == b"".join(expected.splitlines(keepends=True)[:3])
    monkeypatch.setattr(module, "inspect_one", inspect)
    assert run(LIST, "--resume", "out.jsonl")[0] == 4 and Path("out.jsonl").read_bytes() == expected
