"""`cargo metadata --offline`: the features that Cargo resolves, for projects whose files alone do not tell.

It needs the sources of every dependency on this machine; without them, or without cargo, there is no answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from crossplan.record import record
from crossplan.toolchain.path import find_program
from crossplan.toolchain.programs import start

SECONDS = 30.0


@record
class Resolved:
    """A crate as Cargo resolved it: the features that are on; `reason` says why there is no answer."""

    features: tuple[str, ...] = ()
    reason: str | None = None


def resolved_features(
    crate: str, manifest: Path, triple: str, environ: Mapping[str, str], cwd: str, asked: Sequence[str] = ()
) -> Resolved:
    """What Cargo says of `crate` in the build of `manifest`; `asked` are features of the package."""
    cargo = find_program("cargo", environ, cwd)
    if cargo is None:
        return Resolved(reason="cargo is not on PATH")
    features = ("--features", ",".join(asked)) if asked else ()
    outcome = start(
        [
            cargo,
            "metadata",
            "--offline",
            "--format-version=1",
            f"--filter-platform={triple}",
            f"--manifest-path={manifest}",
            *features,
        ],
        env=environ,
        cwd=cwd,
        seconds=SECONDS,
    )
    if not outcome.ok:
        lines = [line for line in outcome.stderr.decode("utf-8", "replace").splitlines() if line.startswith("error")]
        return Resolved(reason=lines[0] if lines else outcome.failure or "cargo metadata failed")
    return read_metadata(outcome.text(), crate)


def read_metadata(text: str, crate: str) -> Resolved:
    """The crate's node in the document of `cargo metadata` (format version 1)."""
    try:
        document = json.loads(text)
        names = {package["id"]: package for package in document["packages"]}
        nodes = [node for node in document["resolve"]["nodes"] if names[node["id"]]["name"] == crate]
    except (ValueError, KeyError, TypeError):
        return Resolved(reason="cargo's answer is not understood")
    if not nodes:
        return Resolved(reason=f"{crate} is not built for that target")
    node = max(nodes, key=lambda one: str(names[one["id"]]["version"]))
    return Resolved(tuple(sorted(node["features"])))
