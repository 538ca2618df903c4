"""`[profile.…]` of the workspace's root manifest and of Cargo's configuration (The Cargo Book, "Profiles")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crossplan.origin import Fact
from crossplan.project.model import Profile
from crossplan.project.toml import Document

# Built-in profiles: the folder of their output below target/<triple>, and what they inherit.
_BUILT_IN = {
    "dev": ("debug", None),
    "release": ("release", None),
    "test": ("debug", "dev"),
    "bench": ("release", "release"),
}


def profiles(root: Document, configured: Mapping[str, Mapping[str, Fact[Any]]]) -> dict[str, Profile]:
    """Every profile by name; `configured` are the settings of Cargo's configuration, which win."""
    tables = {name: table for name, table in root.table("profile").items() if isinstance(table, Mapping)}
    found = {}
    for name in dict.fromkeys((*_BUILT_IN, *tables, *configured)):
        settings = {key: Fact(value, root.origin("profile", name, key)) for key, value in tables.get(name, {}).items()}
        settings |= configured.get(name, {})
        folder, base = _BUILT_IN.get(name, (name, None))
        inherits = settings["inherits"].value if "inherits" in settings else base
        found[name] = Profile(name, folder, inherits if isinstance(inherits, str) else None, settings)
    return found


def setting(profiles: Mapping[str, Profile], name: str, key: str) -> Fact[Any] | None:
    """A setting of a profile or of the nearest one that it inherits from; None where nothing sets it."""
    seen: set[str] = set()
    profile = profiles.get(name)
    while profile is not None and profile.name not in seen:
        if key in profile.settings:
            return profile.settings[key]
        seen.add(profile.name)
        profile = profiles.get(profile.inherits or "")
    return None
