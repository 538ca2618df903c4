"""`crossplan lock` and `plan --locked`: what is kept, what counts as changed, and how it is said."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crossplan.cli import main
from crossplan.lock import differences

ROOTS = Path(__file__).resolve().parents[2] / "sysroots"
ARM = "armv7-unknown-linux-gnueabihf"
HOST = "x86_64-unknown-linux-gnu"
WORDS = ["--target", ARM, "--host", HOST, "--sysroot", "root", "--pyo3", "0.22.6", "--features", "extension-module"]
SYSCONFIGDATA = "usr/lib/python3.11/_sysconfigdata__arm-linux-gnueabihf.py"
Locked = Callable[..., tuple[int, dict[str, dict[str, Any]]]]


@pytest.fixture
def project(clean: Path) -> Path:
    """A project folder with a root of its own, so that the root can be changed."""
    here = clean / "project"
    shutil.copytree(ROOTS / "debian12-py311-armhf", here / "root", symlinks=True)
    return here


def lock(*more: str, status: int = 0) -> None:
    assert main(["lock", *WORDS, *more]) == status


@pytest.fixture
def locked(project: Path, capsys: pytest.CaptureFixture[str]) -> Locked:
    """`plan --locked`: the status, and the changed fields with their findings."""

    def run(*more: str) -> tuple[int, dict[str, dict[str, Any]]]:
        capsys.readouterr()
        status = main(["plan", *WORDS, "--json", "--locked", *more])
        found = json.loads(capsys.readouterr().out)["findings"]
        return status, {f["locations"][0]["key"]: f for f in found if f["code"] in ("XP660", "XP661")}

    return run


def entry(project: Path, name: str = ARM) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((project / "crossplan.lock.json").read_text())["plans"][name]
    return found


def test_what_was_locked_and_has_not_changed_is_sound(project: Path, locked: Locked) -> None:
    lock()
    assert locked() == (0, {})
    before = (project / "crossplan.lock.json").read_bytes()
    lock()
    assert (project / "crossplan.lock.json").read_bytes() == before


def test_the_file_names_no_place_of_this_machine(project: Path) -> None:
    lock("--embed", "--pyo3", "0.30.1", "--features", "")  # whose plan needs a file
    text = (project / "crossplan.lock.json").read_text()
    assert str(project.parent) not in text
    kept = entry(project)
    assert kept["env"]["PYO3_CONFIG_FILE"] == "{files}/pyo3-config.txt"
    assert "lib_dir={sysroot}/usr/lib/arm-linux-gnueabihf" in kept["files"]["pyo3-config.txt"]


def test_it_holds_on_another_machine(
    project: Path, locked: Locked, monkeypatch: pytest.MonkeyPatch, clean: Path
) -> None:
    lock()
    other = clean / "elsewhere" / "checkout"
    shutil.copytree(project, other, symlinks=True)
    monkeypatch.chdir(other)
    monkeypatch.setenv("HOME", str(clean / "someone"))
    assert locked() == (0, {})


def test_it_holds_where_the_environment_is_set_already(
    project: Path, locked: Locked, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lock()
    capsys.readouterr()
    assert main(["env", *WORDS, "--format", "json"]) == 0
    for name, value in json.loads(capsys.readouterr().out)["env"].items():
        monkeypatch.setenv(name, value)
    assert locked() == (0, {})
    before = entry(project)
    lock()
    assert entry(project) == before


def test_a_description_that_changed_is_named_by_its_digest(project: Path, locked: Locked) -> None:
    lock()
    file = project / "root" / SYSCONFIGDATA
    file.write_text(file.read_text() + "# touched\n")
    status, changed = locked()
    assert status == 4 and f"evidence.{SYSCONFIGDATA}.sha256" in changed
    assert set(changed) <= {key for key in changed if key.startswith("evidence.") and key.endswith(".sha256")}


def test_another_python_is_told_field_by_field(project: Path, locked: Locked) -> None:
    lock()
    shutil.rmtree(project / "root")
    shutil.copytree(ROOTS / "debian13-py313-armhf", project / "root", symlinks=True)
    status, changed = locked()
    assert status == 4
    version = changed["planned.version"]
    assert version["message"] == 'planned.version was "3.11" when the plan was locked, and is "3.13"'
    assert version["help"].endswith(f"crossplan lock --target {ARM} with the options of this plan")
    lines = (project / "crossplan.lock.json").read_text().splitlines()
    assert lines[version["locations"][0]["line"] - 1].strip().startswith('"version": "3.11"')
    gone = changed[f"evidence.{SYSCONFIGDATA}"]
    assert gone["message"].endswith("and is gone")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        (["--pyo3", "0.23.3"], "pyo3"),
        (["--features", "abi3-py39,extension-module"], "features"),
        (["--profile", "release"], "profile"),
        (["--with", "maturin"], "tool"),
        (["--embed"], "purpose"),
    ],
)
def test_what_was_asked_for_counts(locked: Locked, more: list[str], field: str) -> None:
    lock()
    status, changed = locked(*more)
    assert status == 4 and field in changed


def test_a_variable_that_decides_counts_and_another_does_not(locked: Locked, monkeypatch: pytest.MonkeyPatch) -> None:
    lock()
    monkeypatch.setenv("EDITOR", "vi")
    monkeypatch.setenv("PYO3_PRINT_CONFIG", "1")
    assert locked()[1] == {}
    monkeypatch.setenv("CARGO_TARGET_ARMV7_UNKNOWN_LINUX_GNUEABIHF_LINKER", "arm-linux-gnueabihf-gcc-14")
    assert "env.CARGO_TARGET_ARMV7_UNKNOWN_LINUX_GNUEABIHF_LINKER" in locked()[1]


def test_plans_of_several_targets_and_pythons_lie_side_by_side(project: Path, locked: Locked) -> None:
    lock()
    assert main(["lock", "--target", "aarch64-unknown-linux-gnu", "--python", "3.14t", "--host", HOST]) == 0
    assert set(json.loads((project / "crossplan.lock.json").read_text())["plans"]) == {
        ARM,
        "aarch64-unknown-linux-gnu 3.14t",
    }
    assert locked() == (0, {})


def test_a_plan_that_is_not_sound_is_not_locked(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock("--python", "3.12", status=4)
    assert "XP105" in capsys.readouterr().err and not (project / "crossplan.lock.json").exists()


def test_nothing_locked_is_an_error(locked: Locked) -> None:
    status, changed = locked()
    assert status == 4
    assert [f["message"] for f in changed.values()] == ["crossplan.lock.json is not there"]
    lock()
    status, changed = locked("--python", "3.11")
    assert [f["message"] for f in changed.values()] == [f"crossplan.lock.json has no plan for {ARM} 3.11"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<<<<<<< HEAD\n", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "is no lock file of version 1"),
        ('{"version": 2, "plans": {}}', "is no lock file of version 1"),
        ('{"version": 1, "plans": {"x": 1}}', "holds no plans"),
        ("\x00\xff", "is no JSON"),
    ],
)
def test_a_damaged_lock_file_is_named_and_left(
    project: Path, locked: Locked, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    file = project / "crossplan.lock.json"
    file.write_text(text)
    status, changed = locked()
    assert status == 4 and [said in f["message"] for f in changed.values()] == [True]
    lock(status=2)
    assert said in capsys.readouterr().err and file.read_text() == text


def test_an_entry_that_somebody_edited_is_told(project: Path, locked: Locked) -> None:
    lock()
    document = json.loads((project / "crossplan.lock.json").read_text())
    document["plans"][ARM].update(env=1, planned=None, extra={"a": []})
    (project / "crossplan.lock.json").write_text(json.dumps(document))
    status, changed = locked()
    assert status == 4 and {"env", "planned", "extra"} <= set(changed)


def test_the_file_may_have_another_name(project: Path, locked: Locked) -> None:
    lock("-o", "ci/arm.json")
    assert (project / "ci/arm.json").exists() and not (project / "crossplan.lock.json").exists()
    assert main(["plan", *WORDS, "--locked", "ci/arm.json"]) == 0


def test_the_help_writes_the_file_that_was_named(locked: Locked) -> None:
    (_, found) = locked("other.json")
    (finding,) = found.values()
    assert finding["help"].startswith(f"Run crossplan lock --target {ARM} -o other.json with ")


def test_what_is_locked_is_printed_when_asked(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock("--json")
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"version", "path", "name", "plan", "plans", "findings"}
    assert document["plans"] == {document["name"]: document["plan"]}
    assert document["name"] == ARM and document["plan"] == entry(project)


def test_differences_are_of_leaves_in_order() -> None:
    found = list(differences({"a": {"x": 1, "y": 2}, "b": [1]}, {"a": {"x": 1, "y": 3}, "b": [1, 2], "c": None}))
    assert [(one.field, one.locked, one.now) for one in found] == [(("a", "y"), 2, 3), (("b",), [1], [1, 2])]


def test_both_builds_of_a_universal2_one_are_locked(project: Path) -> None:
    words = [
        "--target",
        "universal2-apple-darwin",
        "--host",
        HOST,
        "--python",
        "3.12",
        "--features",
        "extension-module",
    ]
    assert main(["lock", *words]) == 0
    found = entry(project, "universal2-apple-darwin 3.12")
    assert found["target"] == "universal2-apple-darwin"
    assert found["planned"]["version"] == found["twin"]["version"] == "3.12"
    assert main(["plan", *words, "--locked"]) == 0
