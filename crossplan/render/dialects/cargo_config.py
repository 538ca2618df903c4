"""A fragment for `.cargo/config.toml`: linker, runner and flags under `[target.…]`, the rest under `[env]`.

The Cargo reference, "Configuration": `[env]` reaches build scripts; `force = true` wins over the environment; nothing can
be unset. Backslash escapes of TOML's basic strings carry every character (TOML 1.0.0, "String").
"""

from __future__ import annotations

import re

from crossplan.render.dialects import RENAME, Changes, Refused

_KEYS = {"LINKER": "linker", "RUNNER": "runner", "RUSTFLAGS": "rustflags"}


def render(changes: Changes) -> str:
    """The fragment, tables and keys sorted."""
    parts: dict[str, list[str]] = {"[build]": [], "[env]": []}
    tables = {
        f"CARGO_TARGET_{re.sub(r'[-.]', '_', one).upper()}_": f"[target.{one}]" for one in sorted(changes.targets)
    }
    parts |= {head: [] for head in tables.values()}
    for name, value in changes.sorted():
        if value is None:
            raise Refused(
                "cargo-config", name, "a Cargo config file cannot unset a variable", f"Unset {name} in the shell."
            )
        prefix = next((prefix for prefix in tables if name.startswith(prefix)), "")
        key = _KEYS.get(name.removeprefix(prefix)) if prefix else None
        if key == "rustflags":
            parts[tables[prefix]].append(f"rustflags = [{', '.join(_basic(flag) for flag in value.split())}]")
        elif key:
            parts[tables[prefix]].append(f"{key} = {_basic(value)}")
        elif name == "CARGO_BUILD_TARGET":
            parts["[build]"].append(f"target = {_basic(value)}")
        else:
            parts["[env]"].append(f"{name} = {{ value = {_basic(value)}, force = true }}")
    return "\n".join("\n".join([head, *lines]) + "\n" for head, lines in parts.items() if lines)


def _basic(value: str) -> str:
    """A TOML basic string."""
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise Refused("cargo-config", None, "TOML must be UTF-8, and a value is not", RENAME)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda match: f"\\u{ord(match[0]):04x}", escaped) + '"'
