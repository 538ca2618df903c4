"""`crossplan diff`: roots, archives, libraries and saved reports, against one another."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from crossplan.cli import main
from tests.check.modules import apple, gnu

SYSROOTS = Path(__file__).resolve().parents[2] / "sysroots"
ARMHF = SYSROOTS / "debian12-py311-armhf"
ARMEL = SYSROOTS / "debian12-py311-armel"
NEWER = SYSROOTS / "debian13-py313-armhf"


def diff(capsys: pytest.CaptureFixture[str], a: Path, b: Path) -> dict[str, Any]:
    assert main(["diff", str(a), str(b), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def changed(report: dict[str, Any], kind: str) -> dict[str, tuple[object, object]]:
    return {change["field"]: (change["a"], change["b"]) for change in report["changes"] if change["kind"] == kind}


def saved(root: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    main(["inspect", str(root), "--json"])
    place.write_text(capsys.readouterr().out)
    return place


def test_a_root_is_no_different_from_its_archive_or_its_saved_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with tarfile.open(tmp_path / "root.tar", "w") as archive:
        archive.add(ARMHF, "root")
    report = saved(ARMHF, tmp_path / "saved.json", capsys)
    for other in (ARMHF, tmp_path / "root.tar", report):
        found = diff(capsys, ARMHF, other)
        assert (found["version"], found["a"]) == (1, str(ARMHF))
        assert [found[key] for key in ("changes", "only_a", "only_b", "mended", "findings")] == [[]] * 5
    main(["diff", str(ARMHF), str(report)])
    assert capsys.readouterr().out.endswith("\nno difference in what matters\n")


def test_another_float_abi(capsys: pytest.CaptureFixture[str]) -> None:
    found = diff(capsys, ARMHF, ARMEL)
    python = changed(found, "python")
    assert python["ext_suffix"] == (".cpython-311-arm-linux-gnueabihf.so", ".cpython-311-arm-linux-gnueabi.so")
    assert python["targets"][0][0] == "armv7-unknown-linux-gnueabihf"  # type: ignore[index]
    assert "version" not in python
    assert changed(found, "image")["float_abi"] == ("hard", "soft")


def test_another_version_is_one_python_that_changed(capsys: pytest.CaptureFixture[str]) -> None:
    found = diff(capsys, ARMHF, NEWER)
    assert changed(found, "python")["version"] == ("3.11.2", "3.13.5")
    images = changed(found, "image")
    assert images["soname"] == ("libpython3.11.so.1.0", "libpython3.13.so.1.0")
    assert images["libc_floor"] == ("2.35", "2.38")
    subjects = [change["subject"] for change in found["changes"] if change["field"] == "soname"]
    assert subjects == [
        {
            "a": "usr/lib/arm-linux-gnueabihf/libpython3.11.so.1.0",
            "b": "usr/lib/arm-linux-gnueabihf/libpython3.13.so.1.0",
        }
    ]


def test_what_only_one_side_has(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    found = diff(capsys, ARMHF, tmp_path / "empty")
    assert {"kind": "python", "name": "CPython 3.11.2 (arm-linux-gnueabihf)"} in found["only_a"]
    assert found["only_b"] == found["changes"] == []
    assert [finding["code"] for finding in found["findings"]] == ["XP101"]
    assert [finding["code"] for finding in diff(capsys, tmp_path / "empty", ARMHF)["mended"]] == ["XP101"]


def test_two_libraries(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.so").write_bytes(gnu(glibc="2.17"))
    (tmp_path / "b.so").write_bytes(gnu("aarch64", glibc="2.34"))
    found = diff(capsys, tmp_path / "a.so", tmp_path / "b.so")
    images = changed(found, "image")
    assert images["machine"] == ("arm", "aarch64")
    assert images["libc_floor"] == ("2.17", "2.34")
    assert images["bits"] == (32, 64)


def test_slices_are_compared_by_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.so").write_bytes(apple("x86_64", "aarch64"))
    (tmp_path / "b.so").write_bytes(apple("aarch64", "x86_64", minimum={"aarch64": 0x000D0000}))
    assert changed(diff(capsys, tmp_path / "a.so", tmp_path / "b.so"), "image") == {
        "aarch64 minimum_os": ("11.0", "13.0")
    }


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_report_in_what_powershell_writes(encoding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = saved(ARMHF, tmp_path / "saved.json", capsys)
    report.write_text(report.read_text(), encoding=encoding)
    assert main(["diff", "--json", str(ARMHF), str(report)]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []


def test_a_report_without_later_keys_is_compared_in_what_it_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = saved(ARMHF, tmp_path / "old.json", capsys)
    report = json.loads(old.read_text())
    for image in report["images"]:
        del image["libc_floor"]
    old.write_text(json.dumps(report))
    assert "libc_floor" not in changed(diff(capsys, old, NEWER), "image")


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "{",
        '{"version": 2, "root": "x", "pythons": [], "images": [], "findings": []}',
        '{"version": 1, "root": "x", "pythons": [{}], "images": [], "findings": []}',
        '{"version": 1, "root": "x", "pythons": [], "images": [3], "findings": []}',
        '{"version": 1, "root": "x", "pythons": [], "images": []}',
    ],
)
def test_what_is_no_report_is_refused(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "report.json").write_text(text)
    assert main(["diff", str(ARMHF), str(tmp_path / "report.json")]) == 2
    assert "is no report of crossplan inspect --json, version 1" in capsys.readouterr().err


def test_what_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(ARMHF), str(tmp_path / "nothing")]) == 2
    assert "no such file or folder" in capsys.readouterr().err
    (tmp_path / "text").write_text("hello")
    assert main(["diff", str(tmp_path / "text"), str(ARMHF)]) == 2


def test_names_are_shown_without_control_characters(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a\x1b[2J[red].so").write_bytes(gnu())
    Path("b.so").write_bytes(gnu("aarch64"))
    assert main(["diff", "a\x1b[2J[red].so", "b.so"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "image  a\\x1b[2J[red].so -> b.so\n  machine: arm -> aarch64" in out
