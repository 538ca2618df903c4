"""What pyo3's own script reads before it checks anything: a variable, and the configuration that was handed on (§10.10)."""

from __future__ import annotations

import os

from crossplan.origin import Origin
from crossplan.resolve.configfile import config_text, parse_config
from crossplan.resolve.run import Config, Panic, Run, Stop
from crossplan.resolve.rust import debug, is_utf8, os_debug

_STALE = 'Os { code: 2, kind: NotFound, message: "No such file or directory" }'


def check_wip_no_std(run: Run) -> None:
    """0.30 on: PYO3_WIP_NO_STD must be text."""
    if not run.rules.wip_no_std:
        return
    value = run.variable("PYO3_WIP_NO_STD")
    if value is not None and not is_utf8(value):
        raise Panic(run.text("P-WIP", value=os_debug(value)))


def check_stale(run: Run, source: str) -> None:
    """0.16.0 to 0.16.2: with a forcing variable the file of a cross build is read, which a native build did not write."""
    if run.rules.stale_config and source == "host" and any(name in run.env for name in run.rules.forcing):
        raise Panic(run.text("P-STALE", path="$OUT_DIR/pyo3-cross-compile-config.txt", error=_STALE))


def read_passed(run: Run, config: Config) -> None:
    """From 0.16.3 on the text form is read again, which a line feed in a value spoils."""
    texts = (config.lib_name, config.lib_dir, config.executable, config.python_framework_prefix)
    if not run.rules.passed_config or not any(text and "\n" in text for text in texts):
        return
    warnings = list(run.warnings)
    try:
        parse_config(run, os.fsencode(config_text(run.rules, config.frozen())), run.target_or_none(), Origin("default"))
    except Stop as stop:
        raise Panic(run.text("P-CONFIG", error=_debug(stop.causes))) from None
    finally:
        run.warnings = warnings


def _debug(causes: tuple[str, ...]) -> str:
    """`Debug` of PyO3's error with its causes."""
    source = f"Some({_debug(causes[1:])})" if len(causes) > 1 else "None"
    return f"Error {{ value: {debug(causes[0])}, source: {source} }}"
