"""universal2: two builds that become one file, planned at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossplan.checks import check_situation
from crossplan.options import RequestError
from crossplan.plan.tags import is_accepted, wheel_tags
from crossplan.report_plan import plan_wire
from tests.plan.making import Spec
from tests.plan.test_targets import plan_for
from tests.plan.test_tools import write_project

BOTH = "universal2-apple-darwin"
SLICES = ("x86_64-apple-darwin", "aarch64-apple-darwin")
SAID = {"target": BOTH, "python": "3.12"}
MAC = "aarch64-apple-darwin"


def below(folder: Path) -> Path:
    """A folder with the project in `root`, where the plan stands."""
    write_project(folder)
    return folder


def test_cargo_builds_both_and_lipo_joins_them(tmp_path: Path) -> None:
    plan = plan_for(below(tmp_path), None, **SAID)
    file = f"target/{BOTH}/debug/libdemo.dylib"
    assert plan.command == ("cargo", "build", "--target", SLICES[0], "--target", SLICES[1])
    parts = [f"target/{triple}/debug/libdemo.dylib" for triple in SLICES]
    assert plan.joining == (("mkdir", "-p", f"target/{BOTH}/debug"), ("llvm-lipo", "-create", "-output", file, *parts))
    assert (plan.artifact.cargo_file, plan.artifact.install_as) == (file, "demo.cpython-312-darwin.so")
    flags = "-C link-arg=-undefined -C link-arg=dynamic_lookup"
    assert plan.environment == {
        "PYO3_CROSS_PYTHON_VERSION": "3.12",
        "CARGO_TARGET_X86_64_APPLE_DARWIN_RUSTFLAGS": flags,
        "CARGO_TARGET_AARCH64_APPLE_DARWIN_RUSTFLAGS": flags,
    }
    assert wheel_tags(plan) == ("cp312-cp312-macosx_10_12_universal2",) and not plan.missed


def test_the_parts_are_other_files_than_the_whole_wherever_output_goes(tmp_path: Path) -> None:
    plan = plan_for(below(tmp_path), None, {"CARGO_TARGET_DIR": str(tmp_path / "root")}, **SAID)
    *_, whole, one, other = plan.joining[1]
    assert [whole, one, other] == [f"{triple}/debug/libdemo.dylib" for triple in (BOTH, *SLICES)]


def test_cross_that_a_backend_starts_has_no_image_for_both(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"CARGO=/bin/cross: cross has no image"):
        plan_for(below(tmp_path), None, {"CARGO": "/bin/cross"}, **SAID, tool="maturin")


def test_llvm_s_lipo_has_the_name_that_the_machine_knows_it_by(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "llvm-lipo-14").touch()
    plan = plan_for(below(tmp_path), None, {"PATH": str(folder)}, **SAID)
    assert plan.joining[1][0] == "llvm-lipo-14"


def test_on_a_mac_apple_s_own_lipo_is_there(tmp_path: Path) -> None:
    plan = plan_for(below(tmp_path), None, **SAID, host=MAC)
    assert plan.joining[1][0] == "lipo"


@pytest.mark.parametrize(
    ("tool", "command", "file"),
    [
        ("maturin", ("maturin", "build", "--target", BOTH, "-i", "python3.12"), "target/debug/libdemo.dylib"),
        ("cargo-zigbuild", ("cargo", "zigbuild", "--target", BOTH), f"target/{BOTH}/debug/libdemo.dylib"),
        ("setuptools-rust", ("python3.12", "-m", "build", "--wheel"), "target/release/libdemo.dylib"),
    ],
)
def test_other_tools_join_by_themselves(tmp_path: Path, tool: str, command: tuple[str, ...], file: str) -> None:
    plan = plan_for(below(tmp_path), None, **SAID, tool=tool)
    assert (plan.command, plan.joining, plan.artifact.cargo_file) == (command, (), file)


def test_setuptools_is_told_both_machines(tmp_path: Path) -> None:
    plan = plan_for(below(tmp_path), None, {"CARGO_BUILD_TARGET": MAC}, **SAID, tool="setuptools-rust")
    environ = plan.environment
    assert environ["ARCHFLAGS"] == "-arch x86_64 -arch arm64"
    assert environ["CARGO_BUILD_TARGET"] is None, "setuptools-rust would build for that alone"
    assert environ["_PYTHON_HOST_PLATFORM"] == "macosx-10.12-universal2"


@pytest.mark.parametrize(
    ("deployment", "tags"),
    [
        (None, ("macosx_10_12_x86_64", "macosx_11_0_arm64", "macosx_10_12_universal2")),
        ("10.15", ("macosx_10_15_x86_64", "macosx_11_0_arm64", "macosx_10_15_universal2")),
        ("13.3", ("macosx_13_0_x86_64", "macosx_13_0_arm64", "macosx_13_0_universal2")),
        ("10.9", ("macosx_10_12_x86_64", "macosx_11_0_arm64", "macosx_10_12_universal2")),  # rustc goes no lower
    ],
)
def test_maturin_s_wheel_has_three_tags(tmp_path: Path, deployment: str | None, tags: tuple[str, ...]) -> None:
    environ = {} if deployment is None else {"MACOSX_DEPLOYMENT_TARGET": deployment}
    plan = plan_for(below(tmp_path), None, environ, **SAID, tool="maturin")
    assert wheel_tags(plan) == tuple(f"cp312-cp312-{tag}" for tag in tags)
    assert all(map(is_accepted, wheel_tags(plan)))


def test_a_deployment_target_without_end_is_cut(tmp_path: Path) -> None:
    plan = plan_for(below(tmp_path), None, {"MACOSX_DEPLOYMENT_TARGET": "9" * 5000}, **SAID)
    assert wheel_tags(plan) == ("cp312-cp312-macosx_999999999_0_universal2",)


def test_the_report_has_what_pyo3_concludes_in_either_build(tmp_path: Path) -> None:
    plan = plan_for(below(tmp_path), None, **SAID)
    wire = plan_wire(plan, ())
    assert wire["target"] == BOTH and wire["joining"] == [list(words) for words in plan.joining]
    assert wire["twin"] is not None and wire["twin"]["target"] == SLICES[0]
    for answers in (wire, wire["twin"]):
        assert answers["as_is"] and answers["as_is"]["outcome"] == "error"
        assert answers["planned"] and answers["planned"]["config"] and answers["planned"]["config"]["version"] == "3.12"
    assert plan_wire(plan_for(tmp_path, None, target=MAC, python="3.12"), ())["twin"] is None


def test_a_backend_that_pip_starts_is_to_be_told_both_once(tmp_path: Path) -> None:
    write_project(tmp_path, backend="maturin")
    plan = plan_for(tmp_path, None, **SAID)
    (found,) = (f for f in check_situation(plan.as_is, plan.planned) if f.code.name == "untold-target")
    assert plan.environment["ARCHFLAGS"] == "-arch x86_64 -arch arm64" and "ARCHFLAGS" in found.help
    assert not any(f.code.name == "untold-target" for f in check_situation(plan.planned))


def test_a_root_of_one_machine_is_not_enough(tmp_path: Path) -> None:
    """The other slice has no Python there, and that is said."""
    spec = Spec(MAC, stdlib="lib", library="lib")
    plan = plan_for(tmp_path, spec, target=BOTH)
    found = [finding for finding in check_situation(plan.as_is, plan.planned) if finding.severity == "error"]
    assert {finding.code.name for finding in found} == {"architecture-mismatch"}
    assert all(SLICES[0] in finding.message for finding in found)
