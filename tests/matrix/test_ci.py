"""The job matrices: read back with readers of the format, they hold the cells, whatever the texts in them are."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from crossplan.cli.main import full_parser, main
from crossplan.matrix import Cell, jobs_of
from crossplan.render.ci import FORMATS, Job, Refused, dialect_of, render

TREE = Path(__file__).resolve().parents[2]
ARM = "armv7-unknown-linux-gnueabihf"
CELLS = (
    Cell(ARM, "/p", python="3.11", features="abi3-py39,extension-module", pyo3="0.22", sysroot=("roots/arm v7",)),
    Cell(ARM, "/p", python="pypy3.11", features=""),
    Cell("x86_64-pc-windows-msvc", "/p"),
)
NASTY = "a\nmatrix=b\r: 'x' \"y\" #z ${{ c }} $d \\ %0A é \U0001f600 \u2028 \x7f"


def read(name: str, text: str) -> list[dict[str, Any]]:
    """The jobs as the CI would have them: names without a prefix, in lower case."""
    if name == "github":
        key, _, value = text.partition("=")
        assert key == "matrix" and text.count("\n") == 1 and text.endswith("\n")
        return list(json.loads(value)["include"])
    if name == "azure":
        assert text.count("\n") == 1 and "%" not in text
        found = json.loads(text)
        assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,99}", key) for key in found)
        rows = list(found.values())
    else:
        document = yaml.safe_load(text)
        assert {job["extends"] for job in document.values()} == {".crossplan"}
        rows = [job["variables"] for job in document.values()]
        rows = [
            {key: value["value"] if isinstance(value, dict) else value for key, value in row.items()} for row in rows
        ]
    return [{key.lower().removeprefix("crossplan_"): value for key, value in row.items()} for row in rows]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_what_is_read_back_are_the_cells(name: str) -> None:
    jobs = jobs_of(CELLS, dialect_of(name))
    found = read(name, render(name, jobs))
    assert found == [dict(job.items) for job in jobs]
    assert [row["target"] for row in found] == [ARM, ARM, "x86_64-pc-windows-msvc"]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_command_is_one_that_the_parser_takes(name: str) -> None:
    first, second, _ = (
        full_parser().parse_args(shlex.split(row["env"])[1:])
        for row in read(name, render(name, jobs_of(CELLS, dialect_of(name))))
    )
    assert (first.command, first.target, first.python, first.pyo3) == ("env", ARM, "3.11", "0.22")
    assert (first.sysroot, first.features) == (["roots/arm v7"], "abi3-py39,extension-module")
    assert (second.python, second.implementation, second.features) == ("3.11", "pypy", "")


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_no_text_gets_out_of_its_place(name: str) -> None:
    job = Job(NASTY, NASTY, NASTY, NASTY, NASTY, NASTY)
    text = render(name, [job, job])
    if name == "gitlab":  # which has no two jobs of one name; the numbers of too long ones tell them apart
        text = render(name, [job])
        assert read(name, text) == [dict(job.items)]
        assert "expand: false" in text
    else:
        assert read(name, text) == [dict(job.items)] * 2


def test_names_that_are_too_long_stay_apart() -> None:
    jobs = [Job("x" * 300, f"t{n}", "", "", "", "") for n in range(3)]
    document = yaml.safe_load(render("gitlab", jobs))
    assert len(document) == 3 and all(len(name) <= 255 for name in document)
    assert len(json.loads(render("azure", jobs))) == 3


def test_what_a_ci_cannot_take_is_refused() -> None:
    many = [Job(f"j{n}", "t", "", "", "", "") for n in range(257)]
    with pytest.raises(Refused, match=r"at most 256 jobs .* --part 1/2"):
        render("github", many)
    with pytest.raises(Refused, match="nothing escapes it"):
        render("azure", [Job("j", "t", "", "", "", "crossplan env --sysroot 'a$(b)'")])


def test_a_job_can_evaluate_what_it_is_given(clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As the guide has it: `eval` the command of the cell, and read what it printed."""
    root = clean / "project" / "root's $x"
    root.symlink_to(TREE / "sysroots" / "debian12-py311-armhf")
    Path("pyproject.toml").write_text(
        f'[tool.crossplan.matrix]\ntargets = ["{ARM}"]\npythons = ["3.11"]\nsysroots = {{ {ARM} = "{root.name}" }}\n'
    )
    assert main(["matrix", "--format", "gitlab"]) == 0
    (row,) = read("gitlab", capsys.readouterr().out)
    script = 'eval "$CROSSPLAN_ENV" > cross.env && . ./cross.env && printf %s "$PYO3_CROSS_LIB_DIR"'
    environ = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "CROSSPLAN_ENV": row["env"]}
    done = subprocess.run(["sh", "-c", script], env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"{root}/usr/lib/python3.11"), done.stderr


def test_the_pipelines_of_the_guide_are_of_the_form_that_is_printed() -> None:
    text = (TREE / "docs/how-to/matrix.md").read_text("utf-8")
    github, gitlab, build, azure = (
        yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    )
    values = [name for name, _ in Job("", "", "", "", "", "").items]
    used = set(re.findall(r"\bmatrix\.(\w+)", json.dumps(github["jobs"]["build"])))
    assert {"name", "env", "target"} <= used <= set(values)
    assert {"artifact": "jobs.yml", "job": "plan"} in gitlab["builds"]["trigger"]["include"]
    assert set(re.findall(r"CROSSPLAN_(\w+)", json.dumps([build, azure]))) <= {name.upper() for name in values}
    assert ".crossplan" in build
