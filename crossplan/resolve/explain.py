"""How PyO3 arrives at a field, for one release: the paragraphs of data/explain.toml whose rules hold, with their sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crossplan.data import load
from crossplan.pyo3 import Rules, find_rules, source_of

FIELDS: tuple[str, ...] = tuple(load("explain")["field"])


def explain(field: str, release: str) -> str:
    """The page about `field`. Raises `UnknownRelease`."""
    rules = find_rules(release)
    page = load("explain")["field"][field]
    lines = [f"{field}: {page['summary']}", "", f"In PyO3 {rules.release}, in its own order:", ""]
    if rules.extrapolated:
        lines.insert(2, f"(That release is newer than what is known; the rules are those of {rules.row}.)")
    held = [paragraph for paragraph in page["paragraph"] if _holds(rules, paragraph)]
    for paragraph in held:
        lines.append(f"- {_filled(rules, paragraph['text'])}")
    if not held:
        lines.append("- This release does not have it.")
    sources = sorted({source_of(rules, paragraph["rule"]) for paragraph in held} - {""})
    return "\n".join([*lines, "", "Read from:", *(f"  {source}" for source in sources)]) + "\n"


def _holds(rules: Rules, paragraph: Mapping[str, Any]) -> bool:
    value = getattr(rules, paragraph["rule"])
    if paragraph.get("not"):
        return not value
    if "is" not in paragraph:
        return bool(value)
    wanted = paragraph["is"] if isinstance(paragraph["is"], list) else [paragraph["is"]]
    return any(one in wanted for one in (value if isinstance(value, tuple) else (value,)))


def _filled(rules: Rules, text: str) -> str:
    for name in rules.__match_args__:
        if f"{{{name}}}" in text:
            value = getattr(rules, name)
            shown = (", ".join(value) or "nothing") if isinstance(value, tuple) else str(value)
            text = text.replace(f"{{{name}}}", shown)
    return text
