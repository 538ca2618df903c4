"""A line for GitHub Actions: `crossplan matrix --format github >> "$GITHUB_OUTPUT"`, then `fromJSON`.

JSON escapes every line feed, so the output file cannot take a value for another line of its own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from crossplan.render.ci import Job, Refused

DIALECT = "github"
# "A matrix will generate a maximum of 256 jobs per workflow run" (docs.github.com, "Running variations of jobs in a workflow").
LIMIT = 256


def render(jobs: Sequence[Job]) -> str:
    """`matrix={"include": […]}`, one line."""
    if len(jobs) > LIMIT:
        raise Refused(
            f"GitHub takes at most {LIMIT} jobs a matrix, and these are {len(jobs)}: print parts, with --part 1/2"
        )
    return f"matrix={json.dumps({'include': [dict(job.items) for job in jobs]})}\n"
