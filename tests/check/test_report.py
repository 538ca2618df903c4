"""What `crossplan check` prints, for people and as JSON, its exit statuses, and real modules."""

from __future__ import annotations

import json
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossplan.checks.built import check_built, fit_of
from crossplan.cli import main
from crossplan.render.check import check_wire
from crossplan.report import dumps
from crossplan.scan.built import read_built
from crossplan.triple import find_target
from tests.check.modules import apple, gnu, wheel, windows

SYSROOTS = Path(__file__).resolve().parents[2] / "sysroots"
TRUTH: list[dict[str, Any]] = [
    image
    for image in json.loads((SYSROOTS / "truth.json").read_bytes())["images"]
    if "lib-dynload/" in image["path"] or image["path"].endswith(".pyd")
]
MACHINES = {"amd64": "x86_64", "arm64": "aarch64", "i386": "x86"}
MUST_LINK = ("windows", "android")


def report(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    main(["check", "--json", *words])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("image", TRUTH, ids=lambda image: f"{image['sysroot']}-{Path(image['path']).name}")
def test_real_modules_are_sound_for_their_own_python(image: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    root = SYSROOTS / image["sysroot"]
    found = report(capsys, str(root / image["path"]), "--sysroot", str(root))
    assert found["findings"] == []
    [file] = found["files"]
    assert file["importable"]
    assert file["machine"] == MACHINES.get(image["machine"], image["machine"])
    assert file["needs"] == (image["imports"] if image["format"] == "pe" else image["needed"])
    assert file["suffix"] == Path(image["path"]).name[len(Path(image["path"]).name.partition(".")[0]) :]
    names_python = any("python" in name.lower() for name in file["needs"])
    assert names_python == any(word in image["sysroot"] for word in MUST_LINK)


def test_there_are_real_modules_of_several_systems() -> None:
    assert {image["format"] for image in TRUTH} == {"elf", "macho", "pe"}


def test_the_json_of_a_fat_module(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mod.cpython-313-darwin.so").write_bytes(apple("x86_64", "aarch64"))
    assert report(capsys, str(tmp_path / "mod.cpython-313-darwin.so")) == {
        "version": 1,
        "findings": [],
        "files": [
            {
                "path": str(tmp_path / "mod.cpython-313-darwin.so"),
                "format": "mach-o",
                "machine": None,
                "suffix": ".cpython-313-darwin.so",
                "importable": True,
                "needs": ["/usr/lib/libSystem.B.dylib"],
                "slices": [_slice("x86_64"), _slice("aarch64")],
                "findings": [],
            }
        ],
    }


def _slice(machine: str) -> dict[str, object]:
    nothing = dict.fromkeys(("path", "float_abi", "soname", "python_version", "free_threaded", "debug", "abi"))
    nothing |= dict.fromkeys(("libc", "libc_floor"))
    same = {"format": "mach-o", "bits": 64, "endian": "little", "minimum_os": "11.0", "slices": []}
    return {**nothing, **same, "machine": machine}


def test_findings_of_files_stand_with_the_file_and_all_of_them_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.so").write_bytes(gnu(init=["PyInit_good"]))
    (tmp_path / "bad.so").write_bytes(gnu(init=[]))
    (tmp_path / "pkg.whl").write_bytes(wheel("py3-none-any", {"mod.so": gnu(init=["PyInit_other"])}))
    found = report(capsys, *(str(tmp_path / name) for name in ("good.so", "bad.so", "pkg.whl")))
    assert [file["path"].removeprefix(f"{tmp_path}/") for file in found["files"]] == [
        "good.so",
        "bad.so",
        "pkg.whl/mod.so",
    ]
    assert [[f["code"] for f in file["findings"]] for file in found["files"]] == [[], ["XP707"], ["XP708"]]
    assert [finding["code"] for finding in found["findings"]] == ["XP707", "XP708", "XP713"]


def test_a_wheel_without_a_module_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pkg-1.0-py3-none-any.whl"
    path.write_bytes(wheel("py3-none-any", {"pkg/__init__.py": b""}))
    assert main(["check", str(path)]) == 0
    assert capsys.readouterr().err == f"crossplan: {path} holds no binary\n"


def test_the_report_for_people(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    Path("lib[red]\x1b[1m.so").write_bytes(gnu())
    assert main(["check", "lib[red]\x1b[1m.so"]) == 4
    assert "\n".join(line.rstrip() for line in capsys.readouterr().out.split("\n")) == (
        "lib[red]\\x1b[1m.so\n"
        "  elf, arm 32-bit hard float\n"
        "  suffix .so, looked for by its Python\n"
        "  needs libc.so.6\n"
        "\n"
        "error  XP708 init-function-misnamed\n"
        "  lib[red]\\x1b[1m.so is imported as lib[red]\\x1b[1m, and exports PyInit_mod\n"
        "  at lib[red]\\x1b[1m.so (exports)\n"
        "  Rename it to mod.so, or name the #[pymodule] lib[red]\\x1b[1m.\n"
        "\n"
        "Findings: 1 error\n"
    )


@pytest.mark.parametrize(
    "words",
    [
        ["nothing.so"],
        ["."],
        ["mod.so", "--target", "armv7-linux"],
        ["mod.so", "--sysroot", "nothing"],
        ["mod.so", "--sysroot", "mod.so"],
    ],
)
def test_what_cannot_be_meant_is_a_matter_of_usage(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mod.so").write_bytes(gnu())
    assert main(["check", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("crossplan: ")


def test_without_the_list_of_the_stable_abi_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "abi3info", None)
    (tmp_path / "mod.abi3.so").write_bytes(gnu())
    assert main(["check", str(tmp_path / "mod.abi3.so")]) == 0
    assert "pip install 'crossplan[check]'" in capsys.readouterr().out


def test_a_root_of_two_machines_serves_modules_of_either(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    roots = [tmp_path / "armhf.tar", tmp_path / "armel.tar"]
    for root in roots:
        with tarfile.open(root, "w") as archive:
            archive.add(SYSROOTS / f"debian12-py311-{root.stem}", "root")
    modules = {"hard.abi3.so": gnu(), "soft.abi3.so": gnu(flags=0x5000200), "other.abi3.so": gnu("x86_64")}
    for name, data in modules.items():
        (tmp_path / name).write_bytes(data.replace(b"PyInit_mod", f"PyInit_{name[:3]}".encode()))
    found = report(capsys, *(str(tmp_path / name) for name in modules), *(f"--sysroot={root}" for root in roots))
    codes = [[finding["code"] for finding in file["findings"] if finding["code"] != "XP708"] for file in found["files"]]
    assert codes == [[], [], ["XP301"]]


GOOD = (
    gnu(),
    gnu("aarch64"),
    windows(),
    apple("x86_64", "aarch64"),
    wheel("cp311-cp311-linux_armv7l", {"mod.so": gnu()}),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.sampled_from(GOOD),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=6),
    cut=st.floats(0, 1),
    target=st.sampled_from((None, "armv7-unknown-linux-gnueabihf", "x86_64-apple-darwin")),
)
def test_whatever_a_file_holds_there_is_a_report(
    data: bytes, changes: list[tuple[float, int]], cut: float, target: str | None, tmp_path: Path
) -> None:
    changed = bytearray(data)
    for place, value in changes:
        changed[int(place * len(changed))] = value
    path = tmp_path / "mod.cpython-311-arm-linux-gnueabihf.so"
    path.write_bytes(bytes(changed)[: len(changed) if cut > 0.5 else int(cut * 2 * len(changed))])
    checked, findings = check_built([read_built(str(path))], fit_of(find_target(target) if target else None, None))
    assert json.loads(dumps(check_wire(checked, findings)))["version"] == 1
