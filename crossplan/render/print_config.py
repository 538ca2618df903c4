"""The text that PYO3_PRINT_CONFIG=1 makes a release print. Its `key=value` lines can be saved and fed back as PYO3_CONFIG_FILE."""

from __future__ import annotations

from crossplan.pyo3 import Rules
from crossplan.resolve import InterpreterConfig
from crossplan.resolve.configfile import config_text

_HEAD = "\n-- PYO3_PRINT_CONFIG=1 is set, printing configuration and halting compile --\n"
_NOTE = "\nnote: unset the PYO3_PRINT_CONFIG environment variable and retry to compile with the above config\n"


def print_config(config: InterpreterConfig, rules: Rules) -> str:
    """PyO3's print, with the build flags sorted, which have no order of their own."""
    return _HEAD + config_text(rules, config) + (_NOTE if rules.print_note else "")
