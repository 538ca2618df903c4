"""What a package builds: its library, and the binaries, examples and tests named or found in its folders.

The Cargo Book, "Cargo Targets": names, paths and automatic discovery.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from crossplan.origin import Fact, Origin
from crossplan.project.model import CrateTarget
from crossplan.project.toml import Document

Kind = Literal["bin", "example", "test"]
_FOLDERS: Mapping[str, tuple[str, str]] = {
    "bin": ("src/bin", "autobins"),
    "example": ("examples", "autoexamples"),
    "test": ("tests", "autotests"),
}
_MAX_ENTRIES = 1000


def library(document: Document, package: str) -> tuple[Fact[str] | None, Fact[tuple[str, ...]] | None, bool]:
    """The library's name (dashes as underscores), its crate types, and whether it is a procedural macro."""
    table = document.table("lib")
    if not table and not os.path.isfile(document.path.parent / "src/lib.rs"):
        return None, None, False
    name, origin = table.get("name"), document.origin("lib", "name")
    if not isinstance(name, str):
        name, origin = package.replace("-", "_"), document.origin("package", "name")
    macro = table.get("proc-macro", table.get("proc_macro")) is True
    types, key = _types(table)
    if macro:
        types, key = ("proc-macro",), "proc-macro"
    where = document.origin("lib", key) if types else Origin("default", document.shown, "lib.crate-type")
    return Fact(name, origin), Fact(types or ("lib",), where), "proc-macro" in types


def crate_targets(document: Document, kind: Kind, package: str) -> tuple[CrateTarget, ...]:
    """The targets of a kind, named ones first, then those found, by name."""
    folder, switch = _FOLDERS[kind]
    root = document.path.parent
    found = _discover(root / folder) if document.table("package").get(switch) is not False else {}
    main = root / "src/main.rs"
    if kind == "bin" and document.table("package").get(switch) is not False and os.path.isfile(main):
        found[package] = main
    rows = document.data.get(kind)
    named: dict[str, CrateTarget] = {}
    for row in rows if isinstance(rows, list) else []:
        name = row.get("name") if isinstance(row, Mapping) else None
        if isinstance(name, str):
            path = row.get("path")
            place = root / path if isinstance(path, str) else found.get(name, root / folder / f"{name}.rs")
            named[name] = CrateTarget(name, place, _words(row.get("required-features")))
    taken = {target.path for target in named.values()}
    rest = (CrateTarget(name, path) for name, path in sorted(found.items()) if name not in named and path not in taken)
    return (*named.values(), *rest)


def _discover(folder: Path) -> dict[str, Path]:
    """`NAME.rs` and `NAME/main.rs` of a folder; at most 1000 entries are looked at."""
    found: dict[str, Path] = {}
    try:
        entries = sorted(folder.iterdir())[:_MAX_ENTRIES]
    except OSError:
        return found
    for entry in entries:
        if entry.suffix == ".rs" and os.path.isfile(entry):
            found[entry.stem] = entry
        elif os.path.isfile(entry / "main.rs"):
            found[entry.name] = entry / "main.rs"
    return found


def _types(table: Mapping[str, Any]) -> tuple[tuple[str, ...], str]:
    """The crate types, and under which of its two spellings."""
    key = "crate_type" if "crate-type" not in table and "crate_type" in table else "crate-type"
    return _words(table.get(key)), key


def _words(value: object) -> tuple[str, ...]:
    return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else ()
