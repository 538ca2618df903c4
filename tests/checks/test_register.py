"""The register, the checks and the page about them say the same codes."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from crossplan.findings import CODES

PACKAGE = Path(__file__).resolve().parents[2] / "crossplan"
PAGE = (PACKAGE / "data/findings.md").read_text("utf-8")
SECTIONS = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]


def test_every_code_has_its_section_and_no_other_is_there() -> None:
    heads = [section.partition("\n")[0] for section in SECTIONS]
    assert sorted(heads) == sorted(f"{c.code} {c.name} {{#{c.code.lower()}}}" for c in CODES.values())


def test_sections_tell_meaning_causes_solution_and_an_example() -> None:
    for section in SECTIONS:
        head = section.partition("\n")[0]
        for part in ("Meaning", "Causes", "Solution", "Example"):
            assert f"**{part}.** " in section, f"{head}: no {part}"


def test_sections_are_in_order() -> None:
    codes = [section[:5] for section in SECTIONS]
    assert codes == sorted(codes)


def test_codes_are_named_in_code_only_if_they_exist() -> None:
    """A check that names a code which the register lacks would fail at the moment when it has something to say."""
    for path in (PACKAGE / "checks").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="finding"), args=[ast.Constant(value=str(name)), *_]):
                    assert name in CODES, f"{path.name}:{node.lineno}: {name}"
                case ast.Subscript(value=ast.Name(id="CODES"), slice=ast.Constant(value=str(name))):
                    assert name in CODES, f"{path.name}:{node.lineno}: {name}"


def test_every_check_says_why() -> None:
    """A check is a general rule with its reason: each one that is listed names its code and has more than that to say."""
    from crossplan.checks import OF_SITUATIONS, machine_tools

    for module in (*OF_SITUATIONS, machine_tools):
        for check in module.CHECKS:
            assert re.match(r"XP\d{3}", check.__doc__ or ""), f"{module.__name__}.{check.__name__}"
