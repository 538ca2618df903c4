"""`View`: one situation as the checks see it, with what several of them ask worked out once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from crossplan.checks.failure import failure_of
from crossplan.evidence import ImageFile, TargetPython
from crossplan.findings import CODES, Finding, Location, Severity
from crossplan.origin import Fact, Origin
from crossplan.project.cargo_config import CargoConfig
from crossplan.resolve import InterpreterConfig, Resolution
from crossplan.selection import image_mismatches, mismatches
from crossplan.situation import Situation

if TYPE_CHECKING:
    from crossplan.toolchain.libraries import LinkedFile
    from crossplan.toolchain.survey import Toolchain

GIVEN = ("variable", "file", "option")
"""Kinds of origin that the user has in hand: what such a source says wrongly is an error."""


class View:
    """A situation, and what follows from it. `tools`: whether the machine's tools are judged too."""

    def __init__(self, situation: Situation, *, tools: bool = True) -> None:
        self.situation = situation
        self.judges_tools = tools
        self.request = situation.request
        self.target = situation.request.target
        self.host = situation.request.host
        self.project = situation.request.project
        self.package = situation.request.project.package
        self.environ = situation.request.cargo.environment(situation.environ)
        self.rules = situation.rules
        self.evidence = situation.evidence
        self.resolution: Resolution | None = situation.resolution
        self.features = {fact.value: fact for fact in situation.request.features}

    @property
    def config(self) -> InterpreterConfig | None:
        """What PyO3 concludes."""
        return self.resolution.config if self.resolution is not None else None

    @property
    def ok(self) -> bool:
        """Whether PyO3's scripts succeed."""
        return self.resolution is not None and self.resolution.outcome == "ok"

    @property
    def python(self) -> TargetPython | None:
        """The Python of the root that is meant."""
        return self.situation.selection.python if self.situation.selection is not None else None

    @cached_property
    def fitting(self) -> tuple[TargetPython, ...]:
        """The Pythons of the root whose code the target can run, whatever version was asked for."""
        pythons = self.evidence.pythons if self.evidence is not None else ()
        return tuple(python for python in pythons if not mismatches(python, self.target))

    @cached_property
    def failure(self) -> str | None:
        """The identifier of the message with which PyO3 stops (E-NOSYS …), None if it does not."""
        return failure_of(self.resolution, self.rules)

    @property
    def names_no_library(self) -> bool:
        """Whether the plan stops because a library must be linked, and neither a root nor a file of PyO3 names one."""
        named = self.evidence is not None or "PYO3_CONFIG_FILE" in self.environ
        return self.situation.planned and self.failure == "E-NOLIBNAME" and not named

    @cached_property
    def cargo(self) -> CargoConfig:
        """Cargo's configuration under this environment."""
        return self.request.cargo.under(self.environ, self.target)

    @cached_property
    def tools(self) -> Toolchain:
        """The tools of this machine under this environment."""
        from crossplan.toolchain.survey import Toolchain

        cargo = self.cargo
        return Toolchain(
            target=self.target,
            host=self.host,
            environ=self.environ,
            cwd=self.request.cwd,
            linker=cargo.linker,
            rustflags=cargo.rustflags.flags,
            runner=cargo.runner,
        )

    def without(self, *names: str) -> Resolution | None:
        """What PyO3 would conclude if these variables were not set."""
        rest = {name: value for name, value in self.environ.items() if name not in names}
        return self.situation.predict(rest, self.situation.files)

    def with_values(self, **values: str) -> Resolution | None:
        """What PyO3 would conclude if these variables were set so."""
        return self.situation.predict({**self.environ, **values}, self.situation.files)

    # ---------------------------------------------------------------------------------------------------------- linking

    @cached_property
    def link_name(self) -> str | None:
        """The library that PyO3 tells rustc to link, without `lib` and suffix; None: none (raw-dylib needs no library)."""
        lines = self.resolution.link if self.resolution is not None else ()
        found = (line.removeprefix("cargo:rustc-link-lib=") for line in lines if "rustc-link-lib=" in line)
        return next((re.sub(r"^(static=|dylib=)?(pythonXY:)?", "", name) for name in found), None)

    @cached_property
    def raw_dll(self) -> str | None:
        """The DLL that PyO3 binds to by itself, without an import library (its cfg `pyo3_dll`)."""
        cfgs = self.resolution.cfg if self.resolution is not None and self.link_name is None else ()
        names = (cfg.partition("=")[2].strip('"') for cfg in cfgs if cfg.startswith("pyo3_dll="))
        return next((f"{name}.dll" for name in names), None)

    @cached_property
    def link_folder(self) -> str | None:
        """The folder that PyO3 tells the linker to search."""
        lines = self.resolution.link if self.resolution is not None else ()
        return next((line.partition("native=")[2] for line in lines if "rustc-link-search=" in line), None)

    @cached_property
    def linked(self) -> LinkedFile | None:
        """The file that the linker finds in that folder or in those of rustc's flags, read from this machine's disk."""
        if self.link_name is None:
            return None
        from crossplan.toolchain.libraries import find_linked
        from crossplan.toolchain.survey import search_folders

        named = [self.link_folder] if self.link_folder is not None else []
        folders = [os.path.join(self.request.build_cwd, folder) for folder in named]  # noqa: PTH118
        folders += [os.path.join(self.request.cwd, folder) for folder in search_folders(self.cargo.rustflags.flags)]  # noqa: PTH118
        found = (find_linked(folder, self.link_name, self.target) for folder in folders)
        return next((file for file in found if file is not None), None)

    @property
    def embeds(self) -> bool:
        """Whether a program is built, not a module."""
        return self.request.purpose.value == "embedding"

    # ------------------------------------------------------------------------------------------------------------ places

    @cached_property
    def root(self) -> str | None:
        """The root as an absolute path, where it is one directory."""
        sysroot = self.request.sysroot
        return os.path.normpath(os.path.join(self.request.cwd, sysroot)) if sysroot is not None else None  # noqa: PTH118

    @property
    def root_name(self) -> str:
        """The root as the user gave it."""
        return self.request.sysroots[0] if self.request.sysroots else "the root"

    def on_host(self, path: str | PurePosixPath) -> str:
        """A path of the root as a path of this machine; as it is where the root is no directory."""
        return str(path) if self.root is None else os.path.normpath(os.path.join(self.root, str(path)))  # noqa: PTH118

    def in_root(self, path: str) -> str | None:
        """A path of this machine as a path of the root, both as written and with links resolved; None: outside."""
        if self.root is None:
            return None
        full = os.path.normpath(os.path.join(self.request.build_cwd, path))  # noqa: PTH118
        for here, root in ((full, self.root), (os.path.realpath(full), os.path.realpath(self.root))):
            if here == root or here.startswith(root + os.sep):
                return os.path.relpath(here, root).replace(os.sep, "/")
        return None

    def described_by(self, path: str) -> Iterator[tuple[TargetPython, str]]:
        """The Pythons of the root, or of the lib dir, that a sysconfigdata of this machine describes, and its path there."""
        full = os.path.realpath(os.path.join(self.request.build_cwd, path))  # noqa: PTH118
        for evidence in filter(None, (self.evidence, self.situation.lib_dir)):
            root = os.path.join(self.request.cwd, evidence.root)  # noqa: PTH118
            for python in evidence.pythons:
                for item in python.sysconfigdata:
                    if os.path.realpath(os.path.join(root, item.path)) == full:  # noqa: PTH118
                        yield python, item.path if evidence is self.evidence else path

    def wrong(self, file: ImageFile) -> bool:
        """Whether a binary is for another machine or ABI than the target."""
        return bool(image_mismatches(file.image, file.path, self.target))

    def given(self, name: str) -> str | None:
        """The value of a variable that the user set."""
        return self.environ.get(name)

    def is_dir(self, path: str) -> bool:
        """Whether a path of the environment is a folder, as PyO3's script would see it."""
        return "\0" not in path and os.path.isdir(Path(self.request.build_cwd, path))  # noqa: PTH112


def finding(code: str, severity: Severity, message: str, *places: Location, help: str) -> Finding:
    """A finding by the name of its code."""
    return Finding(CODES[code], severity, message, tuple(dict.fromkeys(places)), help)


def variable(name: str) -> Location:
    """The place of an environment variable."""
    return Location(None, name)


def at(origin: Origin, otherwise: str = "default") -> Location:
    """The place that an origin names; `otherwise` is the key where it names none."""
    if origin.place is None and origin.key is None:
        return Location(None, otherwise)
    return Location(origin.place, origin.key, origin.line)


def quoted(fact: Fact[str]) -> str:
    """A value with the variable or key that says so: `RUSTFLAGS=-C …`."""
    return f"{fact.origin.key}={fact.value}" if fact.origin.kind == "variable" else fact.value
