"""The plan, as values: what to change and why, where PyO3 arrives then, what to run and what comes out."""

from __future__ import annotations

from collections.abc import Mapping

from crossplan.plan.artifact import Artifact
from crossplan.plan.candidates import Means
from crossplan.plan.goal import Goal
from crossplan.record import record
from crossplan.situation import Situation


@record
class Change:
    """One variable to set, or to unset (None), and the reason, a clause without a full stop."""

    name: str
    value: str | None
    reason: str


@record
class Plan:
    """What makes the build right.

    `as_is` is the situation before, `planned` the same one under the plan. `goal` is what PyO3 ought to conclude, None
    where nothing tells; `missed` names the fields in which it does not. `means` and `reason` say how PyO3 is led there.
    `joining` are commands that follow `command`, where two builds become one file.
    `files` are those to write, path and text; `config_text` is the text of a PyO3 config file that says the same, if any.
    """

    as_is: Situation
    planned: Situation
    changes: tuple[Change, ...]
    files: Mapping[str, str]
    command: tuple[str, ...]
    artifact: Artifact
    goal: Goal | None = None
    missed: tuple[str, ...] = ()
    means: Means = "as-is"
    reason: str = ""
    config_text: str | None = None
    joining: tuple[tuple[str, ...], ...] = ()

    @property
    def environment(self) -> dict[str, str | None]:
        """The change list: name to value, None for what is unset."""
        return {change.name: change.value for change in self.changes}
