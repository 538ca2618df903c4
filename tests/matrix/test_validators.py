"""The pipelines of the guide with the jobs that are printed, read by the validators of each CI: actionlint, and the schemas in check-jsonschema."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from crossplan.matrix import jobs_of
from crossplan.render.ci import dialect_of, render
from tests.matrix.test_ci import CELLS, TREE

pytestmark = [
    pytest.mark.rest,
    pytest.mark.skipif(shutil.which("check-jsonschema") is None, reason="no check-jsonschema"),
    pytest.mark.skipif(shutil.which("actionlint") is None, reason="no actionlint"),
]
EXPRESSIONS = {
    "github": "${{ fromJSON(needs.plan.outputs.matrix) }}",
    "azure": "$[ dependencies.plan.outputs['fleet.matrix'] ]",
}


def pipelines() -> dict[str, list[str]]:
    """By CI, the files of the guide, and the same with what is printed in place of the expression that stands for it."""
    blocks = re.findall(r"```yaml\n(.*?)```", (TREE / "docs/how-to/matrix.md").read_text("utf-8"), re.DOTALL)
    github, gitlab, build, azure = blocks
    github = f"on: push\n{github}"
    jobs = {name: render(name, jobs_of(CELLS, dialect_of(name))) for name in ("github", "gitlab", "azure")}
    return {
        "github": [github, github.replace(EXPRESSIONS["github"], jobs["github"].partition("=")[2].strip())],
        "gitlab": [gitlab, jobs["gitlab"] + build],
        "azure": [azure, azure.replace(EXPRESSIONS["azure"], jobs["azure"].strip())],
    }


def schema_refuses(name: str, text: str, folder: Path) -> str:
    """What a schema has against a text; empty if nothing."""
    file = folder / "pipeline.yml"
    file.write_text(text, "utf-8")
    schema = {"github": "github-workflows", "gitlab": "gitlab-ci", "azure": "azure-pipelines"}[name]
    words = ["check-jsonschema", "--builtin-schema", f"vendor.{schema}"]
    words += ["--data-transform", "azure-pipelines"] if name == "azure" else []
    done = subprocess.run([*words, str(file)], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def lint_refuses(text: str) -> str:
    done = subprocess.run(["actionlint", "-"], input=text, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("name", ["github", "gitlab", "azure"])
def test_the_schema_of_the_ci_takes_what_is_printed(name: str, tmp_path: Path) -> None:
    guide, filled = pipelines()[name]
    assert guide != filled
    for text in (guide, filled):
        assert schema_refuses(name, text, tmp_path) == ""
    wrong = {"github": "fail-fast", "gitlab": "extends", "azure": "dependsOn"}[name]
    assert schema_refuses(name, filled.replace(f"{wrong}:", f"{wrong}y:"), tmp_path)


def test_actionlint_knows_every_value_that_the_workflow_takes() -> None:
    guide, filled = pipelines()["github"]
    assert lint_refuses(guide) == "" and lint_refuses(filled) == ""
    assert "matrix.environ" in filled.replace("matrix.env ", "matrix.environ ")
    assert "not defined" in lint_refuses(filled.replace("matrix.env ", "matrix.environ "))
    assert json.loads(filled.split("matrix: ")[2].splitlines()[0])["include"]
