"""The documentation builds without a warning, its commands parse, and the output that it shows is what the program prints."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from crossplan.cli.main import full_parser
from crossplan.data import load
from crossplan.project.settings import settings_model
from scripts import sessions

TREE = Path(__file__).resolve().parents[2]
PAGES = sorted(TREE.glob("*.md")) + sorted((TREE / "docs").rglob("*.md")) + [TREE / "sysroots/README.md"]
FENCE = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:^|[\s;&|(`])(crossplan [^;&|)`<>#\n]+)")


def blocks(page: Path, *languages: str) -> list[str]:
    """The text of each fenced block in one of the languages."""
    return [body for _, language, body in FENCE.findall(page.read_text("utf-8")) if language in languages]


def named(page: Path) -> str:
    return str(page.relative_to(TREE))


def test_site_builds_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=TREE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    assert "<code>crossplan inspect</code>" in (tmp_path / "reference/commands/index.html").read_text("utf-8")


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent == TREE or "sysroots" in page.parts], ids=named)
def test_links_between_files_lead_somewhere(page: Path) -> None:
    """For the pages that are no part of the site, which the test above checks."""
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def commands() -> list[object]:
    """Each command line of crossplan in a block of shell text, continuation lines joined."""
    found = []
    for page in PAGES:
        for block in blocks(page, "sh", "console", "yaml"):
            for command in COMMAND.findall(block.replace("\\\n", " ")):
                found.append(pytest.param(command, id=f"{named(page)}: {command[:60]}"))
    return found


@pytest.mark.parametrize("command", commands())
def test_commands_parse(command: str) -> None:
    words = shlex.split(command.replace('"$TARGET"', "armv7-unknown-linux-gnueabihf"))[1:]
    if words[0] == "explain" or not words[0].startswith("--"):
        assert full_parser().parse_args(words).command == words[0]


def shown() -> list[object]:
    """(command, output) of each session that a page shows."""
    found = []
    for page in sessions.PAGES:
        for block in sessions.BLOCK.findall(page.read_text("utf-8")):
            for command, output in sessions.sessions(block):
                found.append(pytest.param(command, output, id=f"{named(page)}: {command[:60]}"))
    return found


@pytest.mark.parametrize(("command", "output"), shown())
def test_shown_output_is_what_is_printed(command: str, output: str) -> None:
    """`make sessions` brings the pages up to date."""
    with sessions.machine() as home:
        assert sessions.run(command, home).strip("\n") == output.strip("\n")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize("form", blocks(TREE / "docs/how-to/source-safely.md", "sh"))
def test_no_safe_form_builds_after_a_failure(form: str, tmp_path: Path) -> None:
    """The one that the page warns of does: `source` reads what a failed crossplan printed, which is nothing."""
    shell = "bash" if "source <(" in form else "sh"
    (tmp_path / "cargo").write_text("#!/bin/sh\n: > built\n")
    (tmp_path / "cargo").chmod(0o755)
    path = os.pathsep.join([str(tmp_path), str(Path(sys.executable).parent), os.defpath])
    subprocess.run([shell, "-c", form], cwd=tmp_path, env={"PATH": path}, capture_output=True, check=False)
    assert (tmp_path / "built").exists() == ("# do not" in form)


def test_every_variable_that_pyo3_reads_is_described() -> None:
    page = (TREE / "docs/reference/environment.md").read_text("utf-8")
    assert [row["name"] for row in load("pyo3")["variables"]["rows"] if f"`{row['name']}`" not in page] == []


# The model of a table of settings, and the heading under which its keys are described.
TABLES = {
    "Table": "## `[tool.crossplan]`",
    "ForTarget": "## `[tool.crossplan.targets.TRIPLE]`",
    "Matrix": "## `[tool.crossplan.matrix]`",
    "Included": "### A row of `include`",
    "Excluded": "### A row of `exclude`",
}


def test_the_settings_that_are_described_are_those_there_are() -> None:
    schema = settings_model().model_json_schema()
    models = {**schema.pop("$defs"), schema["title"]: schema}
    sections = re.split(r"^(##+ .+)$", (TREE / "docs/reference/settings.md").read_text("utf-8"), flags=re.MULTILINE)
    described = {
        head: set(re.findall(r"^\| `(\w+)` \|", body, re.MULTILINE))
        for head, body in zip(sections[1::2], sections[2::2])
    }
    assert described == {TABLES[name]: set(model["properties"]) for name, model in models.items()}


@pytest.mark.parametrize("page", ["reference/settings.md", "how-to/matrix.md"])
def test_the_settings_of_a_page_are_valid(page: str) -> None:
    tables = [tomllib.loads(text)["tool"]["crossplan"] for text in blocks(TREE / "docs" / page, "toml")]
    assert tables and all(settings_model().model_validate(table) for table in tables)


CAPABILITY = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ANSWER = re.compile(r"`crossplan ([^`]+)`|`python -m [^`]+`|no$|not applicable: .+")


def capabilities() -> list[object]:
    rows = CAPABILITY.findall((TREE / "docs/capabilities.md").read_text("utf-8"))
    return [pytest.param(answer, id=f"{number} {what}") for number, what, _, answer in rows]


@pytest.mark.parametrize("answer", capabilities())
def test_each_capability_is_a_command_or_no(answer: str) -> None:
    match = ANSWER.match(answer)
    assert match, f"neither a command nor no: {answer}"
    if match[1]:
        words = shlex.split(match[1].replace("\\|", "|"))
        try:
            full_parser().parse_args(words)
        except SystemExit as ended:  # --help
            assert ended.code == 0


def test_every_capability_has_a_row() -> None:
    assert len(capabilities()) == 139
