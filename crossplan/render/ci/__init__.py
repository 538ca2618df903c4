"""Job matrices that a CI fans out: one module each, one register, as for the dialects of `crossplan env`.

A module has a docstring, `DIALECT`, what `crossplan env` is to print there, and `render(jobs) -> str`, which refuses with
`Refused` what that CI cannot take. Texts of the project's table stand in the result as data: no value can begin a line, an
expression or a command of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module

from crossplan.record import record

# Name on the command line -> module here.
FORMATS: Mapping[str, str] = {"github": "github", "gitlab": "gitlab", "azure": "azure"}


class Refused(ValueError):
    """Jobs that the CI cannot take, in one sentence with the remedy."""


@record
class Job:
    """One job: what it builds, empty where nothing is said, and the command that prints its environment."""

    name: str
    target: str
    python: str
    features: str
    pyo3: str
    env: str

    @property
    def items(self) -> tuple[tuple[str, str], ...]:
        """Its values by name, in order; the same names for every CI."""
        return (
            ("name", self.name),
            ("target", self.target),
            ("python", self.python),
            ("features", self.features),
            ("pyo3", self.pyo3),
            ("env", self.env),
        )


def dialect_of(name: str) -> str:
    """What `crossplan env --format` is to print for that CI."""
    dialect: str = import_module(f"{__name__}.{FORMATS[name]}").DIALECT
    return dialect


def render(name: str, jobs: Sequence[Job]) -> str:
    """The jobs for one CI; `Refused` for what it cannot take."""
    text: str = import_module(f"{__name__}.{FORMATS[name]}").render(jobs)
    return text
