"""Words in the Rust sources of a package: what its code uses, told by the text alone, within bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from crossplan.origin import Origin
from crossplan.project.model import Package
from crossplan.project.toml import read_text, shown

_MAX_FILES = 500
_MAX_BYTES = 1 << 20
_FOLDERS = ("src",)
_COMMENT = re.compile(r"//[^\n]*")


def find_words(package: Package, base: Path, patterns: Mapping[str, str]) -> dict[str, Origin]:
    """For each pattern (a regular expression by name) that occurs in the code, the first place; comments do not count."""
    compiled = {name: re.compile(pattern) for name, pattern in patterns.items()}
    found: dict[str, Origin] = {}
    for path in _files(package.manifest.parent):
        text = read_text(path, base, _MAX_BYTES)
        if not isinstance(text, str):
            continue
        code = _COMMENT.sub(lambda match: " " * len(match[0]), text)
        for name, pattern in compiled.items():
            if name not in found and (match := pattern.search(code)):
                line = code.count("\n", 0, match.start()) + 1
                found[name] = Origin("project", shown(path, base), match[0].strip()[:60], line)
    return found


def script_calls(package: Package | None, name: str) -> bool:
    """Whether the package's build script calls a function of that name."""
    script = package.build_script if package is not None else None
    text = read_text(script, script.parent, _MAX_BYTES) if script is not None else None
    return isinstance(text, str) and name in _COMMENT.sub("", text)


def _files(folder: Path) -> Iterator[Path]:
    """The Rust files of the package, by name, at most 500."""
    count = 0
    for name in _FOLDERS:
        waiting = [folder / name]
        while waiting:
            try:
                entries = sorted(waiting.pop().iterdir())
            except OSError:
                continue
            for entry in entries:
                if entry.is_dir() and not entry.is_symlink():
                    waiting.append(entry)
                elif entry.suffix == ".rs" and (count := count + 1) <= _MAX_FILES:
                    yield entry
