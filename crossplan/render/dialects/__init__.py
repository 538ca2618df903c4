"""The dialects of `crossplan env --format`: one module each, one register.

A dialect is a module of this package with a docstring whose first line is its summary and a function
`render(changes: Changes) -> str`, total over what it accepts and refusing the rest with `Refused`. To add one: write the
module, add its row to `DIALECTS`, add values to tests/render that the real program reads back.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from crossplan.record import record

# Name on the command line -> module here.
DIALECTS: Mapping[str, str] = {
    "sh": "sh",
    "json": "json",
    "github": "github",
    "pyo3-config": "pyo3_config",
    "cargo-config": "cargo_config",
}

RENAME = "Give the folder a name that is UTF-8, or take --format sh, which carries every value."


class Refused(ValueError):
    """A change that the dialect cannot carry: the variable (None: all of them), why, and what to do instead."""

    def __init__(self, dialect: str, name: str | None, reason: str, remedy: str) -> None:
        super().__init__(f"--format {dialect} cannot carry {name or 'this plan'}: {reason}")
        self.name = name
        self.remedy = remedy


@record
class Changes:
    """What a dialect writes: variables to set (text) or unset (None), and what else belongs to the plan.

    `base` is the variable and its value of `--relative-to`: paths below the value are written below `$VARIABLE`.
    `targets` are the triples that are built for. `config_text` is the text of the PyO3 config file that says the same.
    """

    variables: Mapping[str, str | None]
    targets: tuple[str, ...]
    config_text: str | None = None
    base: tuple[str, str] | None = None
    summary: tuple[str, ...] = ()

    def sorted(self) -> list[tuple[str, str | None]]:
        """The changes in the order of their names; a name that is none, or a NUL in a value, is a defect of ours."""
        for name, value in self.variables.items():
            if not (name.isascii() and name.isidentifier()) or (value is not None and "\0" in value):
                raise ValueError(f"not an environment variable: {name!r}")
        return sorted(self.variables.items())


def render(dialect: str, changes: Changes) -> str:
    """The text of `changes` in `dialect`; `KeyError` for an unknown one, `Refused` for what it cannot carry."""
    module = import_module(f"{__name__}.{DIALECTS[dialect]}")
    if changes.base is not None and not getattr(module, "EXPANDS", False):
        raise Refused(dialect, changes.base[0], "it cannot refer to a variable", "Leave --relative-to out.")
    text: str = module.render(changes)
    return text
