"""YAML for a child pipeline of GitLab: one job a cell, each extending the project's own hidden job `.crossplan`.

`parallel:matrix` would put every value into the job's name, which GitLab cuts off at 255 characters, and takes 200 at most.
"""

from __future__ import annotations

from collections.abc import Sequence

from crossplan.render.ci import Job

DIALECT = "sh"  # what the job evaluates; a dotenv report would reach later jobs only
# "Use 255 or fewer characters" (docs.gitlab.com, "CI/CD jobs", job names).
_LONGEST_NAME = 255


def render(jobs: Sequence[Job]) -> str:
    """A job a cell, with its values as variables: `$CROSSPLAN_TARGET` and the like."""
    return "\n".join(line for number, job in enumerate(jobs, 1) for line in _job(number, job)) + "\n"


def _job(number: int, job: Job) -> list[str]:
    mark = f" #{number}"
    name = job.name if len(job.name) <= _LONGEST_NAME else job.name[: _LONGEST_NAME - len(mark)] + mark
    variables = [f"    CROSSPLAN_{key.upper()}: {_variable(value)}" for key, value in job.items]
    return [f"{_scalar(name)}:", "  extends: .crossplan", "  variables:", *variables]


def _variable(value: str) -> str:
    """A `$` is no reference to another variable (docs.gitlab.com, "CI/CD YAML syntax reference", variables:expand)."""
    return f"{{value: {_scalar(value)}, expand: false}}" if "$" in value else _scalar(value)


def _scalar(value: str) -> str:
    """A double-quoted scalar (YAML 1.2.2, 7.3.1), printable ASCII only."""
    plain = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if " " <= c <= "~" else f"\\U{ord(c):08X}" for c in plain) + '"'
