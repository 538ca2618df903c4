"""Files of the tools around Cargo: rustup's `rust-toolchain[.toml]` and cross's `Cross.toml`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from crossplan.origin import Fact, Origin
from crossplan.project.toml import Document, ProjectProblem, read_text, read_toml, shown
from crossplan.record import field, record


@record
class RustToolchain:
    """The toolchain that rustup will take: a channel (`1.75`, `nightly-2024-01-01`) or None, and targets."""

    channel: Fact[str] | None
    targets: tuple[str, ...] = ()


@record
class CrossConfig:
    """cross's settings: variables let into the container, and what the build runs in, both by target (`""`: all)."""

    origin: Origin
    passthrough: Mapping[str, tuple[Fact[str], ...]] = field(default_factory=dict)
    images: frozenset[str] = frozenset()

    def brings(self, triple: str) -> bool:
        """Whether an image, a Dockerfile or zig is named for a target."""
        return bool(self.images & {"", triple})

    def passes(self, variable: str, triple: str) -> bool:
        """Whether a variable of the user reaches the build. cross hands on `CARGO_*`, `CROSS_*` and a few more itself."""
        if variable.startswith(("CARGO_", "CROSS_")) or variable in _PASSED:
            return True
        names = [fact.value for key in ("", triple) for fact in self.passthrough.get(key, ())]
        return any(name == variable or name.partition("=")[0] == variable for name in names)


# cross, docs/environment_variables.md and src/docker/shared.rs: what is handed on without being asked.
_PASSED = frozenset({"BROWSER", "CARGO", "HTTP_TIMEOUT", "QEMU_STRACE", "RUSTFLAGS", "RUSTDOCFLAGS", "TERM", "USER"})


def read_rust_toolchain(start: Path, env: Mapping[str, str]) -> RustToolchain | ProjectProblem | None:
    """Rustup's choice for `start` (The rustup book, "Overrides"): RUSTUP_TOOLCHAIN, else the nearest file."""
    if named := env.get("RUSTUP_TOOLCHAIN"):
        return RustToolchain(Fact(named, Origin("variable", key="RUSTUP_TOOLCHAIN")))
    for folder in (start, *start.parents):
        for name in ("rust-toolchain", "rust-toolchain.toml"):
            if os.path.isfile(folder / name):
                return _rust_toolchain(folder / name, start)
    return None


def _rust_toolchain(path: Path, base: Path) -> RustToolchain | ProjectProblem | None:
    """One file: TOML, or in `rust-toolchain` a single line with the channel."""
    text = read_text(path, base, 1 << 16)
    if not isinstance(text, str):
        return text
    if path.suffix != ".toml" and len(text.split()) == 1:
        return RustToolchain(Fact(text.strip(), Origin("project", shown(path, base), None, 1)))
    document = read_toml(path, base, 1 << 16)
    if not isinstance(document, Document):
        return document
    table = document.table("toolchain")
    channel = table.get("channel")
    origin = document.origin("toolchain", "channel")
    return RustToolchain(
        Fact(channel, origin) if isinstance(channel, str) else None,
        _texts(table.get("targets")),
    )


def read_cross(root: Path, base: Path, env: Mapping[str, str]) -> CrossConfig | ProjectProblem | None:
    """`Cross.toml` of the workspace's root, or the file that CROSS_CONFIG names, with CROSS_BUILD_ENV_PASSTHROUGH."""
    named = env.get("CROSS_CONFIG")
    document = read_toml(base / named if named else root / "Cross.toml", base)
    if not isinstance(document, Document):
        return document
    passthrough = {"": _passthrough(document, "build")}
    for triple in document.table("target"):
        passthrough[triple] = _passthrough(document, "target", triple)
    if words := env.get("CROSS_BUILD_ENV_PASSTHROUGH"):
        origin = Origin("variable", key="CROSS_BUILD_ENV_PASSTHROUGH")
        passthrough[""] = tuple(Fact(word, origin) for word in words.split())
    tables = {
        "": document.table("build"),
        **{name: document.table("target", name) for name in document.table("target")},
    }
    images = frozenset(name for name, table in tables.items() if {"image", "dockerfile", "zig"} & table.keys())
    return CrossConfig(document.origin(), passthrough, images)


def _passthrough(document: Document, *keys: str) -> tuple[Fact[str], ...]:
    """The variables that `[build.env]` or one `[target.….env]` lets through."""
    origin = document.origin(*keys, "env", "passthrough")
    return tuple(Fact(name, origin) for name in _texts(document.table(*keys, "env").get("passthrough")))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()
