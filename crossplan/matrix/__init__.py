"""Several at once: the builds of `[tool.crossplan.matrix]`, or many roots, worked in parallel and answered in order.

    [tool.crossplan.matrix] ──read_cells──▶ Cell ──plan_cell──▶ CellReport
    a list of roots                              ──inspect_one──▶ RootAnswer

Each piece of work is a plain value, so it may go to a process of this machine or to a worker of a cluster.
"""

from __future__ import annotations

from crossplan.matrix.cluster import ClusterError
from crossplan.matrix.roots import RootAnswer, inspect_roots, read_list
from crossplan.matrix.spread import Workers, workers_of
from crossplan.matrix.table import Cell, jobs_of, read_cells
from crossplan.matrix.work import Setting, plan_cells

__all__ = [
    "Cell",
    "ClusterError",
    "RootAnswer",
    "Setting",
    "Workers",
    "inspect_roots",
    "jobs_of",
    "plan_cells",
    "read_cells",
    "read_list",
    "workers_of",
]
