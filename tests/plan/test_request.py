"""The request: who said what, who wins, and what makes no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossplan.options import Options, RequestError
from crossplan.pyo3 import UnknownRelease, find_release
from crossplan.request import Request, make_request
from crossplan.triple import UnknownTarget

HOST = "x86_64-unknown-linux-gnu"
ARM = "armv7-unknown-linux-gnueabihf"


def project(folder: Path, *, features: str = "", lib: str = 'crate-type = ["cdylib"]', more: str = "") -> Path:
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "src" / ("lib.rs" if lib else "main.rs")).write_text("")
    (folder / "Cargo.toml").write_text(
        '[package]\nname = "demo-crate"\nversion = "0.1.0"\nedition = "2021"\n'
        + (f"[lib]\n{lib}\n" if lib else "")
        + f'[dependencies]\npyo3 = {{ version = "0.22", features = [{features}] }}\n{more}'
    )
    return folder


def ask(cwd: Path, environ: dict[str, str] | None = None, **options: object) -> Request:
    return make_request(Options(**{"target": ARM, **options}), environ or {}, str(cwd), HOST)  # type: ignore[arg-type]


def test_the_project_speaks_where_the_command_line_is_silent(tmp_path: Path) -> None:
    request = ask(project(tmp_path, features='"extension-module"'))
    assert (request.pyo3.value, request.feature_names, request.purpose.value) == (
        "0.22.6",
        ("extension-module",),
        "extension",
    )
    assert request.pyo3.origin.place == "Cargo.toml"


def test_the_command_line_wins(tmp_path: Path) -> None:
    request = ask(project(tmp_path, features='"extension-module"'), pyo3="0.29", features="", embed=True)
    assert (request.pyo3.value, request.feature_names, request.purpose.value) == ("0.29.3", (), "embedding")


def test_an_empty_folder_stands_for_a_module_and_the_newest_release(tmp_path: Path) -> None:
    request = ask(tmp_path)
    assert (request.pyo3.value, request.purpose.value, request.profile.value) == (
        find_release(None),
        "extension",
        "dev",
    )


@pytest.mark.parametrize(
    ("lib", "features", "environ", "purpose"),
    [
        ("", "", {}, "embedding"),
        ("", '"auto-initialize"', {}, "embedding"),
        ("", '"extension-module"', {}, "extension"),
        ("", "", {"PYO3_BUILD_EXTENSION_MODULE": ""}, "extension"),
        ('crate-type = ["cdylib", "rlib"]', '"auto-initialize"', {}, "extension"),
    ],
)
def test_purpose(tmp_path: Path, lib: str, features: str, environ: dict[str, str], purpose: str) -> None:
    assert ask(project(tmp_path, lib=lib, features=features), environ).purpose.value == purpose


def test_abi3_takes_the_place_of_the_projects_level(tmp_path: Path) -> None:
    request = ask(project(tmp_path, features='"abi3-py38", "extension-module"'), abi3="3.10")
    assert request.feature_names == ("extension-module", "abi3-py310")


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"python": "3"}, "--python"),
        ({"python": "three"}, "--python"),
        ({"implementation": "Jython"}, "--implementation"),
        ({"abi3": "3.9t"}, "--abi3"),
        ({"abi3": "x"}, "--abi3"),
        ({"manifest_path": "nowhere/Cargo.toml"}, "--manifest-path"),
        ({"host": "my-laptop"}, "--host"),
        ({"profile": "../x"}, "--profile"),
        ({"target": None}, "--target"),
        ({"target": "universal2-apple-darwin", "tool": "cross"}, "--with cross"),
    ],
)
def test_what_makes_no_sense_names_the_option(tmp_path: Path, options: dict[str, object], word: str) -> None:
    with pytest.raises(RequestError, match=word):
        ask(tmp_path, **options)


def test_names_that_do_not_exist(tmp_path: Path) -> None:
    with pytest.raises(UnknownTarget) as target:
        ask(tmp_path, target="armv7-unknown-linux-gnueabif")
    assert ARM in target.value.nearest
    with pytest.raises(UnknownRelease) as release:
        ask(tmp_path, pyo3="0.22.60")
    assert "0.22.6" in release.value.nearest


def test_a_release_before_the_tables_is_no_error(tmp_path: Path) -> None:
    assert ask(tmp_path, pyo3="0.11.1").pyo3.value == "0.11.1"


def test_a_target_of_the_environment(tmp_path: Path) -> None:
    request = ask(tmp_path, {"CARGO_BUILD_TARGET": "aarch64-unknown-linux-gnu"}, target=None)
    assert (request.target.triple, request.target_origin.key) == ("aarch64-unknown-linux-gnu", "CARGO_BUILD_TARGET")


@pytest.mark.parametrize(
    ("environ", "tool", "expected"),
    [({}, None, "cargo"), ({"CARGO": "/usr/bin/cross"}, None, "cross"), ({"CARGO": "cross"}, "maturin", "maturin")],
)
def test_tool(tmp_path: Path, environ: dict[str, str], tool: str | None, expected: str) -> None:
    assert ask(tmp_path, environ, tool=tool).tool.value == expected


def test_a_target_of_cargo_s_configuration(tmp_path: Path) -> None:
    (tmp_path / ".cargo").mkdir()
    (tmp_path / ".cargo" / "config.toml").write_text('[build]\ntarget = "riscv64gc-unknown-linux-gnu"\n')
    request = ask(tmp_path, target=None)
    assert (request.target.triple, request.target_origin.line) == ("riscv64gc-unknown-linux-gnu", 2)
    assert ask(tmp_path).target.triple == ARM
