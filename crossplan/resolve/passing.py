"""What pyo3's own script reads before it checks anything: a variable, and the configuration that was handed on (§10.10)."""

from __future__ import annotations

from crossplan.resolve.configfile import reread, target_if_read
from crossplan.resolve.run import Config, Panic, Run, Stop
from crossplan.resolve.rust import UNWRAP_ERROR, debug, is_utf8, os_debug

_NO_FILE = 'Os { code: 2, kind: NotFound, message: "No such file or directory" }'


def check_wip_no_std(run: Run) -> None:
    """0.30 on: PYO3_WIP_NO_STD must be text."""
    if not run.rules.wip_no_std:
        return
    value = run.variable("PYO3_WIP_NO_STD")
    if value is not None and not is_utf8(value):
        raise Panic(UNWRAP_ERROR + os_debug(value))


def read_passed(run: Run, config: Config, source: str) -> None:
    """The text form is read again: where a forcing variable is set that of a cross build, which a native one (to 0.16.2) did not write."""
    if source == "host" and any(name in run.env for name in run.rules.forcing):
        raise Panic(run.text("P-STALE", path="$OUT_DIR/pyo3-cross-compile-config.txt", error=_NO_FILE))
    texts = (config.lib_name, config.lib_dir, config.executable, config.python_framework_prefix)
    if not any(text and "\n" in text for text in texts):
        return  # nothing but a line feed in a value spoils it
    warnings = list(run.warnings)
    try:
        reread(run, config, target_if_read(run))
    except Stop as stop:
        raise Panic(run.text("P-CONFIG", error=_debug(stop.causes))) from None
    finally:
        run.warnings = warnings


def _debug(causes: tuple[str, ...]) -> str:
    """`Debug` of PyO3's error with its causes."""
    source = f"Some({_debug(causes[1:])})" if len(causes) > 1 else "None"
    return f"Error {{ value: {debug(causes[0])}, source: {source} }}"
