"""Cargo's configuration: `.cargo/config[.toml]` of the current directory and of those above it, `CARGO_HOME`, `CARGO_*`.

The Cargo Book, "Configuration": a nearer file beats a farther one, a variable beats both; lists are joined, the stronger
part last. Files are looked for from the current directory upwards, not from the manifest.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from crossplan.origin import Fact, Origin
from crossplan.project.registry import cargo_home
from crossplan.project.toml import Document, ProjectProblem, read_toml
from crossplan.record import field, record
from crossplan.triple import Target

_MAX_FILES = 100


@record
class Rustflags:
    """The flags that Cargo hands to rustc for the target, and those that it passes over because another source is set."""

    flags: tuple[Fact[str], ...] = ()
    hidden: tuple[Fact[str], ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The flags alone, as rustc gets them."""
        return tuple(fact.value for fact in self.flags)


@record
class EnvEntry:
    """A row of `[env]`: what every build script gets, unless the variable is set already and `force` is not."""

    value: Fact[str]
    force: bool = False


@record
class CargoConfig:
    """What Cargo's configuration says for one target. `files` are the documents read, the strongest first."""

    files: tuple[Document, ...] = ()
    build_target: tuple[Fact[str], ...] = ()
    target_dir: Fact[Path] | None = None
    linker: Fact[str] | None = None
    runner: Fact[str] | None = None
    rustflags: Rustflags = field(default_factory=Rustflags)
    env: Mapping[str, EnvEntry] = field(default_factory=dict)
    profiles: Mapping[str, Mapping[str, Fact[Any]]] = field(default_factory=dict)
    problems: tuple[ProjectProblem, ...] = ()
    cwd: Path = Path()

    def under(self, environ: Mapping[str, str], target: Target | None) -> CargoConfig:
        """The same files read under another environment, whose variables beat them."""
        return _answer(self.files, self.problems, environ, self.cwd, target)

    def environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """The environment that Cargo hands to build scripts: the user's, with the rows of `[env]`."""
        rows = {n: e.value.value for n, e in self.env.items() if e.force or n not in environ}
        return {**environ, **rows}


def read_cargo_config(start: Path, env: Mapping[str, str], target: Target | None) -> CargoConfig:
    """The configuration for a `cargo` started in `start` (absolute) for `target` (None: that is not known)."""
    documents, problems = _documents(start, env)
    return _answer(tuple(documents), tuple(problems), env, start, target)


def _answer(
    documents: tuple[Document, ...],
    problems: tuple[ProjectProblem, ...],
    env: Mapping[str, str],
    cwd: Path,
    target: Target | None,
) -> CargoConfig:
    """What the files and the variables say together."""
    reader = _Reader(documents, env, cwd)
    return CargoConfig(
        files=documents,
        build_target=reader.texts_of_strongest("build", "target"),
        target_dir=reader.target_dir(),
        linker=reader.for_target(target, "linker"),
        runner=reader.for_target(target, "runner"),
        rustflags=reader.rustflags(target),
        env=reader.rows_of_env(),
        profiles=reader.profiles(),
        problems=problems,
        cwd=cwd,
    )


def _documents(start: Path, env: Mapping[str, str]) -> tuple[list[Document], list[ProjectProblem]]:
    """Every file that counts, the strongest first; of `config` and `config.toml` side by side Cargo takes the former."""
    folders = [folder / ".cargo" for folder in (start, *start.parents)]
    home = cargo_home(env, start)
    if home is not None and home not in folders:
        folders.append(home)
    documents: list[Document] = []
    problems: list[ProjectProblem] = []
    for folder in folders:
        for name in ("config", "config.toml"):
            if os.path.isfile(folder / name):
                _read(folder / name, start, documents, problems)
                break
    return documents, problems


def _read(path: Path, start: Path, documents: list[Document], problems: list[ProjectProblem]) -> None:
    """One file, and after it (weaker) those that it includes, the last of them first."""
    if len(documents) >= _MAX_FILES or any(document.path == path for document in documents):
        return
    found = read_toml(path, start)
    if isinstance(found, ProjectProblem):
        problems.append(found)
    if not isinstance(found, Document):
        return
    documents.append(found)
    included = found.data.get("include")
    for entry in reversed(included if isinstance(included, list) else [included]):
        name = entry.get("path") if isinstance(entry, Mapping) else entry
        if isinstance(name, str) and name.endswith(".toml") and "\0" not in name:
            _read(Path(os.path.normpath(path.parent / name)), start, documents, problems)


@record
class _Reader:
    """Answers questions about keys, by Cargo's precedence."""

    documents: tuple[Document, ...]
    env: Mapping[str, str]
    cwd: Path

    def _variable(self, *keys: str) -> Fact[str] | None:
        """The variable that stands for a key: CARGO_BUILD_TARGET_DIR for `build.target-dir`."""
        name = "_".join(("CARGO", *keys)).replace("-", "_").replace(".", "_").upper()
        return Fact(self.env[name], Origin("variable", key=name)) if name in self.env else None

    def _from_files(self, *keys: str) -> Iterator[tuple[Document, Any]]:
        """Each file that has the key, the strongest first."""
        for document in self.documents:
            value = document.table(*keys[:-1]).get(keys[-1])
            if value is not None:
                yield document, value

    def texts_of_strongest(self, *keys: str) -> tuple[Fact[str], ...]:
        """A text or list of texts, from the strongest source alone."""
        if variable := self._variable(*keys):
            return (variable,) if variable.value else ()
        for document, value in self._from_files(*keys):
            return tuple(Fact(word, document.origin(*keys)) for word in _texts(value))
        return ()

    def target_dir(self) -> Fact[Path] | None:
        """Where output goes; a relative path of a variable counts from the current directory, of a file from its root."""
        for name in ("CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"):
            if self.env.get(name):
                return Fact(self.cwd / self.env[name], Origin("variable", key=name))
        for document, value in self._from_files("build", "target-dir"):
            if isinstance(value, str) and "\0" not in value:
                return Fact(_root(document) / value, document.origin("build", "target-dir"))
        return None

    def for_target(self, target: Target | None, key: str) -> Fact[str] | None:
        """`linker` or `runner`: the variable, `[target.<triple>]`, then `[target.'cfg(…)']`.

        A program named with a slash counts from the file's root; one without is looked for on PATH.
        """
        if target is None:
            return None
        if variable := self._variable("target", target.triple, key):
            return variable
        for name in (target.triple, *self._platforms(target)):
            for document, value in self._from_files("target", name, key):
                words = _texts(value)
                if words:
                    program = str(_root(document) / words[0]) if "/" in words[0] else words[0]
                    return Fact(" ".join((program, *words[1:])), document.origin("target", name, key))
        return None

    def _platforms(self, target: Target) -> Iterator[str]:
        """The `cfg(…)` tables that are for the target."""
        tables = dict.fromkeys(name for document in self.documents for name in document.table("target"))
        if names := [name for name in tables if name.startswith("cfg(")]:
            from crossplan.project.cfg import applies

            yield from (name for name in names if applies(name, target))

    def rustflags(self, target: Target | None) -> Rustflags:
        """One source only, the first that is set: the encoded variable, the plain one, the target's, the build's."""
        sources = [
            self._encoded(),
            self._split("RUSTFLAGS"),
            self._joined(target) if target is not None else (),
            (*self._lists("build", "rustflags"), *self._split("CARGO_BUILD_RUSTFLAGS")),
        ]
        # An empty variable counts as set and hands on no flag at all.
        is_set = ["CARGO_ENCODED_RUSTFLAGS" in self.env, "RUSTFLAGS" in self.env, bool(sources[2]), True]
        chosen = is_set.index(True)
        return Rustflags(sources[chosen], tuple(flag for source in sources[chosen + 1 :] for flag in source))

    def _encoded(self) -> tuple[Fact[str], ...]:
        name = "CARGO_ENCODED_RUSTFLAGS"
        words = [word for word in self.env.get(name, "").split("\x1f") if word]
        return tuple(Fact(word, Origin("variable", key=name)) for word in words)

    def _split(self, name: str) -> tuple[Fact[str], ...]:
        return tuple(Fact(word, Origin("variable", key=name)) for word in self.env.get(name, "").split())

    def _joined(self, target: Target) -> tuple[Fact[str], ...]:
        """`rustflags` of the target's own table, of its variable, and of each `cfg(…)` that is for it."""
        own = self._lists("target", target.triple, "rustflags")
        platforms = [flag for name in self._platforms(target) for flag in self._lists("target", name, "rustflags")]
        return (*own, *self._split(f"CARGO_TARGET_{target.variable}_RUSTFLAGS"), *platforms)

    def _lists(self, *keys: str) -> tuple[Fact[str], ...]:
        """A list joined over all files, the weakest first; a text is split at spaces."""
        facts = []
        for document, value in reversed(list(self._from_files(*keys))):
            words = value.split() if isinstance(value, str) else _texts(value)
            facts += [Fact(word, document.origin(*keys)) for word in words]
        return tuple(facts)

    def rows_of_env(self) -> dict[str, EnvEntry]:
        """`[env]`, each row from the strongest file that has it."""
        rows: dict[str, EnvEntry] = {}
        for document in self.documents:
            for name, row in document.table("env").items():
                table = row if isinstance(row, Mapping) else {"value": row}
                value = table.get("value")
                if not isinstance(value, str) or name in rows or "\0" in value:
                    continue
                text = str(_root(document) / value) if table.get("relative") is True else value
                rows[name] = EnvEntry(Fact(text, document.origin("env", name)), table.get("force") is True)
        return rows

    def profiles(self) -> dict[str, dict[str, Fact[Any]]]:
        """`[profile.…]` settings, which beat those of the manifest."""
        found: dict[str, dict[str, Fact[Any]]] = {}
        for document in self.documents:
            for name, settings in document.table("profile").items():
                rows = settings.items() if isinstance(settings, Mapping) else ()
                for key, value in rows:
                    found.setdefault(name, {}).setdefault(key, Fact(value, document.origin("profile", name, key)))
        return found


def _root(document: Document) -> Path:
    """The directory that relative paths of a configuration file count from: the one that holds its folder."""
    return document.path.parent.parent


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else ()
