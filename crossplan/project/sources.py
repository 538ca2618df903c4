"""Words in the Rust sources of a package: what its code uses, told by the text alone, within bounds."""

from __future__ import annotations

import os
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


# A module of PyO3's: attributes before and after `#[pymodule]`, then the function, or (since 0.22) the `mod`.
_MODULE = re.compile(
    r"(?P<before>(?:#\[[^\]]*\]\s*)*)#\[(?:::)?(?:pyo3::)?pymodule\s*(?P<given>\([^)]*\))?\s*\](?P<after>(?:\s*#\[[^\]]*\])*)"
    r"\s*(?:pub(?:\([^)]*\))?\s+)?(?:unsafe\s+)?(?:fn|mod)\s+(?:r#)?(?P<name>[^\W\d]\w*)"
)
_NAMED = re.compile(r"\bname\s*=\s*\"([^\"]*)\"")
_UNSURE = re.compile(r"\bpymodule\b(?=[^\[]*\])|PyInit_|macro_rules!")


def module_names(package: Package, base: Path) -> dict[str, Origin]:
    """The names of the modules that the code defines by `#[pymodule]`; empty where code that is generated may define others."""
    found: dict[str, Origin] = {}
    for path, code in _code(package, base):
        if any(not word.group().startswith("pymodule") for word in _UNSURE.finditer(code)):
            return {}
        modules = list(_MODULE.finditer(code))
        if len(modules) != len(_UNSURE.findall(code)):
            return {}
        for match in modules:
            said = _NAMED.search(match["given"] or "") or _NAMED.search(match["before"] + match["after"])
            line = code.count("\n", 0, match.start("name")) + 1
            found.setdefault(
                said[1] if said else match["name"], Origin("project", shown(path, base), "#[pymodule]", line)
            )
    return found


def _code(package: Package, base: Path) -> Iterator[tuple[Path, str]]:
    """Each Rust file of the package, comments blanked."""
    for path in _files(package.manifest.parent):
        text = read_text(path, base, _MAX_BYTES)
        if isinstance(text, str):
            yield path, _COMMENT.sub(lambda match: " " * len(match[0]), text)


# What stands before a word that is only there under some condition: `#[cfg(feature = "py311")] use pyo3::buffer::`.
_GUARD = re.compile(r"#\[cfg\([^\n]*\)\]\s*(?:pub\s+)?(?:use\s+[^;]*)?\Z")


def find_words(package: Package, base: Path, patterns: Mapping[str, str], *, always: bool = False) -> dict[str, Origin]:
    """For each pattern (a regular expression by name) that occurs in the code, the first place; comments do not count.

    `always`: not in a file in which the first one is behind a `#[cfg(…)]`, as an import is whose uses are too.
    """
    compiled = {name: re.compile(pattern) for name, pattern in patterns.items()}
    found: dict[str, Origin] = {}
    for path, code in _code(package, base):
        for name, pattern in compiled.items():
            if (
                name not in found
                and (match := pattern.search(code))
                and not (always and _GUARD.search(code[: match.start()]))
            ):
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
                if os.path.isdir(entry) and not entry.is_symlink():
                    waiting.append(entry)
                elif entry.suffix == ".rs" and (count := count + 1) <= _MAX_FILES:
                    yield entry
