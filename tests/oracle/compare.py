"""Where two answers to one request differ."""

import re
from collections.abc import Mapping
from typing import Any

_POSITION = re.compile(r"\.rs:\d+:\d+")


def differences(expected: Mapping[str, Any], got: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields (`config.lib_name`, `warnings`, …) with what was expected and what came; empty where the answers are equal.

    Source positions in a panic's text do not count, nor does the text about an invalid request.
    """
    if expected["outcome"] == got["outcome"] == "invalid":
        return {}
    left, right = _flat(expected), _flat(got)
    if "watched" not in expected or "watched" not in got:  # which is not on the wire
        left["watched"] = right["watched"] = None
    return {name: (left.get(name), right.get(name)) for name in left | right if left.get(name) != right.get(name)}


def _flat(answer: Mapping[str, Any]) -> dict[str, Any]:
    flat = {name: value for name, value in answer.items() if name not in ("id", "config")}
    flat["watched"] = list(dict.fromkeys(answer.get("watched", ())))
    flat["error"] = [_POSITION.sub(".rs", text) for text in answer["error"]]
    config = answer["config"]
    if config is None:
        return flat | {"config": None}
    return flat | {"config": "given"} | {f"config.{name}": value for name, value in config.items()}


def listing_sorted(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer with a message's list of paths in order, for records of 0.14, which lists them as the file system does."""

    def ordered(match: re.Match[str]) -> str:
        return "".join(sorted(re.findall(r"\n\t[^\n]*", match[0])))

    return {**answer, "error": [re.sub(r"(?:\n\t[^\n]*)+", ordered, text) for text in answer["error"]]}
