"""Checks of PYO3_CONFIG_FILE against the release that reads it (XP520): what of it counts for nothing?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from crossplan.checks.view import View, at, finding
from crossplan.findings import Finding, Location

_BYTES = 1 << 16


def _keys(view: View) -> tuple[str, Mapping[str, tuple[int, str]]]:
    """The user's file and its keys, each with its line and value; none where there is no file, or the plan wrote it."""
    path = view.given("PYO3_CONFIG_FILE") or ""
    if not path.startswith("/") or path in view.situation.files or view.rules is None or not view.rules.config_keys:
        return path, {}
    try:
        with Path(path).open(encoding="utf-8", errors="replace") as file:
            lines = file.read(_BYTES).splitlines()
    except (OSError, ValueError):
        return path, {}
    pairs = ((number, *line.partition("=")[::2]) for number, line in enumerate(lines, 1))
    return path, {key: (number, value.strip()) for number, key, value in pairs}


def unknown_key(view: View) -> Iterator[Finding]:
    """XP520: a key of another release, or a misspelt one. Cargo does not show PyO3's warning of it."""
    path, keys = _keys(view)
    if view.rules is None or view.failure == "E-CFG":
        return
    for key, (line, value) in keys.items():
        if key not in view.rules.config_keys:
            yield finding(
                "config-key-ignored",
                "warning",
                f"{path} says {key}={value}, and PyO3 {view.rules.release} knows no such key",
                Location(path, key, line),
                help="Leave it out, or let crossplan env write the file for this release.",
            )


def stable_abi_lost(view: View) -> Iterator[Finding]:
    """XP520: up to 0.22 the file alone decides about the stable ABI; from 0.29 on it counts only with the feature."""
    path, keys = _keys(view)
    config = view.config
    if view.rules is None or config is None or config.implementation != "CPython" or not keys:
        return
    if config.abi3 or "-abi3" in (config.target_abi or "") or "Py_GIL_DISABLED" in config.build_flags:
        return
    says = next(
        ((key, *keys[key]) for key in ("abi3", "target_abi") if key in keys and _is_stable(key, keys[key][1])), None
    )
    feature = next((fact for name, fact in view.features.items() if name.startswith("abi3")), None)
    if says is not None and feature is None:
        key, line, value = says
        yield finding(
            "config-key-ignored",
            "warning",
            f"{path} says {key}={value}, which PyO3 {view.rules.release} takes only with a feature abi3-py3X: the module is"
            f" for Python {config.version} alone",
            Location(path, key, line),
            help="Enable the feature (--abi3 3.X), or leave the key out.",
        )
    elif says is None and feature is not None and view.rules.config_features == "ignored":
        yield finding(
            "config-key-ignored",
            "warning",
            f"PyO3 {view.rules.release} does not look at {feature.value} where there is a config file, and {path} does not say"
            f" abi3=true: the module is for Python {config.version} alone",
            at(feature.origin, "--features"),
            Location(path, "abi3"),
            help="Write abi3=true and version= with the lowest version, or let crossplan env write the file.",
        )


def _is_stable(key: str, value: str) -> bool:
    return value == "true" if key == "abi3" else "-abi3" in value


CHECKS = (unknown_key, stable_abi_lost)
