"""The `CARGO_CFG_…` variables that Cargo gives a build script for a target: rustc's own answer, asked once and kept."""

import json
import subprocess
from pathlib import Path


class Targets:
    """The variables of each target that this machine's rustc knows, cached in one file."""

    def __init__(self, cache: Path) -> None:
        self._path = cache / "cargo-cfg.json"
        self._known: dict[str, dict[str, str]] = json.loads(self._path.read_text()) if self._path.exists() else {}

    def variables(self, target: str) -> dict[str, str]:
        """`CARGO_CFG_…` of `target`; empty where rustc does not have it."""
        if target not in self._known:
            self._known[target] = _ask(target)
            partial = self._path.with_suffix(f".{id(self)}")
            partial.write_text(json.dumps(self._known, indent=0, sort_keys=True))
            partial.replace(self._path)
        return self._known[target]


def _ask(target: str) -> dict[str, str]:
    done = subprocess.run(["rustc", "--print", "cfg", "--target", target], capture_output=True, text=True, check=False)
    values: dict[str, list[str]] = {}
    for line in done.stdout.splitlines() if done.returncode == 0 else []:
        name, _, value = line.partition("=")
        values.setdefault(name, []).append(value.strip('"'))
    return {f"CARGO_CFG_{name.upper().replace('-', '_')}": ",".join(items) for name, items in values.items()}
