"""`[tool.crossplan]`: what it may say, for all targets and for one, and how a mistake in it is answered."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from crossplan.options import Options, RequestError
from crossplan.project.settings import Settings, SettingsError, read_settings
from crossplan.request import make_request
from tests.scan.making import make

HOST = "x86_64-unknown-linux-gnu"
TABLE = """
[tool.crossplan]
target = "aarch64-unknown-linux-gnu"
python = "3.11"
sysroot = "roots/all"

[tool.crossplan.targets.armv7-unknown-linux-gnueabihf]
sysroot = ["a.deb", "b.deb"]
features = ["abi3-py39", "extension-module"]
"""


def read(root: Path, text: str, triple: str | None = None) -> Settings:
    make(root, {"pyproject.toml": text})
    return read_settings(root, triple)


def test_a_target_of_its_own_wins_over_the_common_values(tmp_path: Path) -> None:
    common = read(tmp_path, TABLE)
    assert (common.target, common.python, common.sysroot) == (
        "aarch64-unknown-linux-gnu",
        "3.11",
        (str(tmp_path / "roots/all"),),
    )
    own = read(tmp_path, TABLE, "armv7-unknown-linux-gnueabihf")
    assert (own.python, own.features, len(own.sysroot)) == ("3.11", "abi3-py39,extension-module", 2)
    assert own.origins["sysroot"].line == 8


def test_options_win_and_the_rest_says_where_it_was_said(tmp_path: Path) -> None:
    make(tmp_path, {"pyproject.toml": TABLE})
    request = make_request(Options(python="3.12"), {}, str(tmp_path), HOST)
    assert request.target.triple == "aarch64-unknown-linux-gnu"
    assert (request.target_origin.place, request.target_origin.key) == ("pyproject.toml", "tool.crossplan.target")
    assert request.wish.python is not None and request.wish.python.origin.key == "--python"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[tool.crossplan]\npyton = '3.11'\n",
            "pyproject.toml:2: tool.crossplan.pyton: no such setting; did you mean python?",
        ),
        (
            "[tool.crossplan]\npython = 3.11\n",
            "pyproject.toml:2: tool.crossplan.python: input should be a valid string; got 3.11",
        ),
        ("[tool.crossplan.targets.t]\nsysrot = 'x'\n", "did you mean sysroot?"),
        ("[tool.crossplan]\nzzz = 1\n", "settings are"),
    ],
)
def test_mistakes_are_named_with_their_line(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)
    assert said in str(caught.value)
    with pytest.raises(RequestError):
        make_request(Options(target=HOST), {}, str(tmp_path), HOST)


def test_without_the_table_pydantic_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydantic", None)  # an import of it would fail
    assert read(tmp_path, "[project]\nname = 'x'\n") == Settings()
