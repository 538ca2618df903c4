"""`crossplan explain`: every code has its page, and a field its story for a release."""

from __future__ import annotations

import pytest

from crossplan.cli import main
from crossplan.findings import CODES
from crossplan.resolve.explain import FIELDS


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.code)
def test_each_code_by_code_and_by_name(code: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", code.code.lower()]) == 0  # type: ignore[attr-defined]
    page = capsys.readouterr().out
    assert page.startswith(f"{code.code} {code.name}\n") and "**Solution.**" in page and "## XP" not in page  # type: ignore[attr-defined]
    assert main(["explain", code.name]) == 0  # type: ignore[attr-defined]
    assert capsys.readouterr().out == page


@pytest.mark.parametrize("field", FIELDS)
def test_each_field_for_an_old_and_a_new_release(field: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", field, "--pyo3", "0.15"]) == 0
    old = capsys.readouterr().out
    assert old.startswith(f"{field}: ") and "0.15.2" in old
    assert main(["explain", field]) == 0
    assert capsys.readouterr().out != old


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lib_dri"], "lib_dir"),
        (["XP999"], "XP999"),
        (["lib_dir", "--pyo3", "0.22.99"], "0.22.6"),
        (["lib_dir", "--pyo3", "0.9"], "0.14"),
    ],
)
def test_what_does_not_exist(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", *arguments]) == 2
    said = capsys.readouterr()
    assert words in said.err and said.out == ""
