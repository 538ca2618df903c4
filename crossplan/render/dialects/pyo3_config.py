"""The text of the file for `PYO3_CONFIG_FILE`, not variables (PyO3's guide, "Configuring the Python version")."""

from __future__ import annotations

from crossplan.render.dialects import Changes, Refused


def render(changes: Changes) -> str:
    """The file's own text."""
    if changes.config_text is None:
        raise Refused(
            "pyo3-config",
            None,
            "this plan has no config file: PyO3 reads one since 0.14.2, and what it says of the Python must be known "
            "(--sysroot, or --python)",
        )
    return changes.config_text
