"""JSON for programs: `{"version": 1, "env": {NAME: value or null}}`; null means unset."""

from __future__ import annotations

import json

from crossplan.render.dialects import Changes


def render(changes: Changes) -> str:
    """The document, keys sorted. Text that is no UTF-8 stands as lone surrogates."""
    return json.dumps({"version": 1, "env": dict(changes.sorted())}, indent=2, sort_keys=True) + "\n"
