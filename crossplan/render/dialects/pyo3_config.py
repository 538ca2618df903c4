"""The text of the file for `PYO3_CONFIG_FILE`, not variables (PyO3's guide, "Configuring the Python version")."""

from __future__ import annotations

from crossplan.render.dialects import Changes, Refused


def render(changes: Changes) -> str:
    """The file's own text."""
    if changes.config_text is None:
        raise Refused(
            "pyo3-config",
            None,
            "it has no config file",
            "Say for which Python to build, with --sysroot or --python; PyO3 reads a config file since 0.14.2.",
        )
    return changes.config_text
