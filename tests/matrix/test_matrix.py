"""`crossplan matrix`: one report and one status for all cells, the same whoever does the work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crossplan.cli import main
from crossplan.report_matrix import CellWire, MatrixWire, SummaryWire

ROOT = Path(__file__).resolve().parents[2] / "sysroots" / "debian12-py311-armhf"
ARM, ARM64 = "armv7-unknown-linux-gnueabihf", "aarch64-unknown-linux-gnu"
TABLE = f"""
[tool.crossplan]
host = "x86_64-unknown-linux-gnu"
[tool.crossplan.matrix]
targets = ["{ARM}", "{ARM64}"]
pythons = ["3.11"]
features = ["extension-module", ["abi3-py39", "extension-module"]]
pyo3 = ["0.22"]
[tool.crossplan.matrix.sysroots]
{ARM} = "root"
"""


@pytest.fixture
def table(clean: Path) -> Path:
    """The project's pyproject.toml, with a root for one of the targets."""
    project = clean / "project"
    (project / "root").symlink_to(ROOT)
    path = project / "pyproject.toml"
    path.write_text(TABLE)
    return path


def document(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> MatrixWire:
    assert main(["matrix", "--json", *arguments]) == status
    text = capsys.readouterr().out
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"
    found: MatrixWire = json.loads(text)
    return found


def test_the_document_has_every_key_and_every_cell(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "--jobs", "1")
    assert set(found) == set(MatrixWire.__annotations__)
    assert [(cell["target"], cell["features"]) for cell in found["cells"]] == [
        (ARM, "extension-module"),
        (ARM, "abi3-py39,extension-module"),
        (ARM64, "extension-module"),
        (ARM64, "abi3-py39,extension-module"),
    ]
    for cell in found["cells"]:
        assert set(cell) == set(CellWire.__annotations__)
        assert cell["plan"] and set(cell["plan"]) == set(SummaryWire.__annotations__)
        assert cell["plan"]["planned"] == "ok"
    plan = found["cells"][0]["plan"]
    assert plan and plan["python"] == "CPython 3.11.2" and plan["config"] and plan["config"]["pointer_width"] == 32
    assert plan["env"]["PYO3_CROSS_LIB_DIR"].startswith(str(table.parent / "root"))  # type: ignore[union-attr]


def test_a_cell_is_what_plan_says_of_it(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cell = document(capsys, "--jobs", "1")["cells"][1]
    words = ["--target", ARM, "--sysroot", "root", "--python", "3.11", "--pyo3", "0.22"]
    main(["plan", "--json", *words, "--features", "abi3-py39,extension-module"])
    plan = json.loads(capsys.readouterr().out)
    assert cell["plan"] and {key: plan[key] for key in ("env", "command", "artifact")} == {
        key: cell["plan"][key]  # type: ignore[literal-required]
        for key in ("env", "command", "artifact")
    }
    assert cell["findings"] == plan["findings"]


def test_processes_give_the_same_report(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert document(capsys, "--jobs", "2") == document(capsys, "--jobs", "1")


def test_parts_are_the_whole(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = document(capsys, "--jobs", "1")["cells"]
    parts = [document(capsys, "--jobs", "1", "--part", f"{k}/3")["cells"] for k in (1, 2, 3)]
    assert [cell for part in parts for cell in part] == whole


def test_one_bad_cell_gives_the_status_and_the_others_their_plan(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table.write_text(TABLE.replace('"root"', '"nowhere"'))
    found = document(capsys, "--jobs", "1", status=4)
    assert [cell["verdict"] for cell in found["cells"]] == ["unsound", "unsound", "sound", "sound"]
    (finding,) = found["cells"][0]["findings"]
    assert finding["code"] == "XP106" and found["cells"][0]["plan"] is None
    assert finding["locations"] == [
        {"path": "pyproject.toml", "key": f"tool.crossplan.matrix.sysroots.{ARM}", "line": 10}
    ]


def test_a_wrong_feature_is_a_finding_of_its_cells_alone(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table.write_text(TABLE.replace('["abi3-py39", "extension-module"]', '"abi3-py93"'))
    found = document(capsys, "--jobs", "1", status=4)
    assert [cell["verdict"] for cell in found["cells"]] == ["sound", "unsound", "sound", "unsound"]


def test_the_report_for_people_names_the_cells_of_a_finding(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table.write_text(TABLE.replace('["abi3-py39", "extension-module"]', '"abi3-py93"'))
    assert main(["matrix", "--jobs", "1"]) == 4
    text = " ".join(capsys.readouterr().out.split())
    assert "Cells: 4, 2 unsound." in text
    assert (
        f"in {ARM}, Python 3.11, abi3-py93, PyO3 0.22; {ARM64}, Python 3.11, abi3-py93, PyO3 0.22 error XP518" in text
    )


def test_warnings_count_when_asked(
    table: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")  # no linker for the targets
    assert main(["matrix", "--jobs", "1"]) == 0
    assert main(["matrix", "--jobs", "1", "--strict"]) == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--part", "3/2"], "is no part: expected K/N"),
        (["--part", "9/9"], "4 cells make no 9 parts"),
        (["--jobs", "0"], "is no number of processes"),
        (["--jobs", "2", "--scheduler", "tcp://127.0.0.1:1"], "not allowed with"),
        (["--host", "nohost"], "--host: 'nohost' is no target triple"),
        (["--format", "jenkins"], "invalid choice"),
    ],
)
def test_bad_options_are_usage(
    table: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    try:
        status = main(["matrix", *arguments])
    except SystemExit as exit_:
        status = int(str(exit_.code))
    assert status == 2 and said in capsys.readouterr().err


def test_a_table_that_is_wrong_is_usage(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table.write_text(TABLE.replace(f'"{ARM64}"', '"aarch64-unknown-linux-gun"'))
    for arguments in ([], ["--format", "github"]):
        assert main(["matrix", *arguments]) == 2
        out, err = capsys.readouterr()
        assert out == "" and f"did you mean {ARM64}" in err


def test_jobs_are_printed_without_planning(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table.write_text(TABLE.replace('"root"', '"nowhere"'))
    assert main(["matrix", "--format", "github"]) == 0
    rows = json.loads(capsys.readouterr().out.removeprefix("matrix="))["include"]
    assert [row["target"] for row in rows] == [ARM, ARM, ARM64, ARM64]
    assert rows[0]["env"] == (
        f"crossplan env --target {ARM} --python 3.11 --features extension-module --pyo3 0.22 --sysroot nowhere --format github"
    )


def test_a_whole_table_is_locked_and_compared_with(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lock", "--matrix", "--json"]) == 0
    locked = json.loads(capsys.readouterr().out)
    names = [cell["name"] for cell in document(capsys, "--jobs", "1", "--locked")["cells"]]
    assert sorted(locked["plans"]) == sorted(names) and len(names) == 4
    kept = json.loads((table.parent / "crossplan.lock.json").read_text())
    assert kept["plans"] == locked["plans"] and str(table.parent) not in json.dumps(kept)

    table.write_text(TABLE.replace('pyo3 = ["0.22"]', 'pyo3 = ["0.22", "0.29"]').replace(f'"{ARM64}"', ""))
    changed = document(capsys, "--jobs", "1", "--locked", status=4)
    missing = {f["message"] for f in changed["findings"] if f["name"] == "not-locked"}
    assert len(missing) == 2 and all("PyO3 0.29" in message for message in missing)

    table.write_text(TABLE.replace("[tool.crossplan]", '[tool.crossplan]\nprofile = "release"'))
    changed = document(capsys, "--jobs", "1", "--locked", status=4)
    fields = {f["locations"][0]["key"] for f in changed["findings"] if f["name"] == "plan-changed"}
    assert fields == {"profile", "command"}
    assert all(
        "crossplan lock --matrix" in f["help"].lower() for f in changed["findings"] if f["name"] == "plan-changed"
    )


@pytest.mark.parametrize("more", [["--target", ARM], ["--python", "3.12"], ["--with", "maturin"]])
def test_a_table_is_locked_as_it_is_or_not_at_all(
    table: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lock", "--matrix", *more]) == 2
    assert f"leave {more[0]} out" in capsys.readouterr().err and not (table.parent / "crossplan.lock.json").exists()
    table.write_text(TABLE.replace("0.22", "0.14.0"))  # which lets nothing of this be built
    assert main(["lock", "--matrix"]) == 4
    assert "Cells: 4, 4 unsound" in capsys.readouterr().err
    table.write_text(TABLE.replace('"0.22"', '"0.22", "0.14.0"'))
    assert main(["lock", "--matrix"]) == 4
    assert f"in  {ARM}" in (said := capsys.readouterr().err) and "PyO3 0.14.0" in said
    assert not (table.parent / "crossplan.lock.json").exists()
