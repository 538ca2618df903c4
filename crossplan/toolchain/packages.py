"""How to install a tool: the package of each package manager, from data/toolchain.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping

from crossplan.data import load
from crossplan.triple import Target


def filled(text: str, target: Target) -> str | None:
    """A cell with the target's columns put in; None if it names one that the target lacks."""
    missing = False

    def column(match: re.Match[str]) -> str:
        nonlocal missing
        value = getattr(target, match[1])
        missing = missing or value is None
        return str(value)

    result = re.sub(r"\{(\w+)\}", column, text)
    return None if missing else result


def fits(row: Mapping[str, object], target: Target) -> bool:
    """Whether a row's cfgs are the target's."""
    return all(row.get(key) in (None, getattr(target, key)) for key in ("os", "env", "abi"))


def built_instead_by(tool: str, target: Target) -> str | None:
    """The command that builds for a target for which `tool` itself brings nothing; None where it does."""
    rows = load("toolchain")["not_built_by"]
    row: Mapping[str, str] | None = next((row for row in rows if row["tool"] == tool and fits(row, target)), None)
    return filled(row["instead"], target) if row is not None else None


def install_commands(tool: str, target: Target) -> tuple[str, ...]:
    """The commands that install a tool, one for each package manager that has it."""
    table = load("toolchain")
    row: Mapping[str, str] = next((row for row in table["packages"] if row["tool"] == tool and fits(row, target)), {})
    cells = (
        (manager["command"], filled(row[manager["name"]], target))
        for manager in table["managers"]
        if manager["name"] in row
    )
    return tuple(command.format(package) for command, package in cells if package)


def how_to_install(tool: str, target: Target) -> str:
    """The commands in one line, for a help text; empty if nobody packages the tool."""
    return " · ".join(install_commands(tool, target))
