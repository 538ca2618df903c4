"""The object for `strategy: matrix:` of Azure Pipelines, as JSON on one line, to be set as an output variable.

Its keys name the jobs: letters, digits and underscores, a letter first, 100 at most (learn.microsoft.com, "jobs.job.strategy
definition").
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from crossplan.render.ci import Job, Refused

DIALECT = "sh"
_LONGEST = 100


def render(jobs: Sequence[Job]) -> str:
    r"""`{"job1_…": {"crossplan_target": …}}`.

    A `%` is written as `\u0025`, since the agent decodes `%0A` and the like in what a logging command sets.
    """
    matrix = {_key(number, job): _variables(job) for number, job in enumerate(jobs, 1)}
    return json.dumps(matrix).replace("%", "\\u0025") + "\n"


def _variables(job: Job) -> dict[str, str]:
    """With a prefix, which keeps them apart from the variables of the job itself."""
    values = {f"crossplan_{name}": value for name, value in job.items}
    for name, value in values.items():
        if "$(" in value:
            raise Refused(
                f"Azure would take $( in {name} of {job.name} for a variable, and nothing escapes it: rename that path"
            )
    return values


def _key(number: int, job: Job) -> str:
    return f"job{number}_{re.sub('[^A-Za-z0-9]+', '_', job.name)}"[:_LONGEST].rstrip("_")
