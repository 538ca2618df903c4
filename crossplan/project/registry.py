"""Where Cargo keeps the sources of a locked package on this machine, if it has them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from crossplan.project.lock import LockedPackage


def cargo_home(env: Mapping[str, str], cwd: Path | None = None) -> Path | None:
    """`CARGO_HOME`, by default `.cargo` of the home directory; None where neither is known."""
    if named := env.get("CARGO_HOME"):
        return (cwd or Path.cwd()) / named
    home = env.get("HOME") or env.get("USERPROFILE")
    return Path(home) / ".cargo" if home else None


def find_source(package: LockedPackage, env: Mapping[str, str]) -> Path | None:
    """The manifest of a package from a registry, unpacked by an earlier build; None if it is not there."""
    if package.source is None or not package.source.startswith(("registry+", "sparse+")):
        return None
    home = cargo_home(env)
    name = f"{package.name}-{package.version}"
    if home is None or "/" in name or "\\" in name:
        return None
    return next((path for index in _indexes(home) if os.path.isfile(path := index / name / "Cargo.toml")), None)


def _indexes(home: Path) -> list[Path]:
    """One folder for each registry."""
    try:
        return sorted((home / "registry" / "src").iterdir())
    except OSError:
        return []


def script_folder(crate: str, release: str, environ: Mapping[str, str], cwd: str) -> str:
    """The folder of the crate whose script decides, in Cargo's registry; Cargo runs a script in its package's folder.

    That is pyo3-ffi where there is one, before it pyo3. Nothing needs to be there: a relative path then leads nowhere.
    """
    home = cargo_home(environ, Path(cwd))
    if home is None:
        return cwd
    names = dict.fromkeys((f"pyo3-ffi-{release}", f"{crate}-{release}"))
    indexes = _indexes(home)
    places = [index / name for name in names for index in indexes]
    fallback = home / "registry" / "src" / next(iter(names))
    return str(next((place for place in places if os.path.isdir(place)), fallback))
