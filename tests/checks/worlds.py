"""A small sound set-up on disk, in which a test makes one thing wrong, reads the findings, and does what their help says."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

from crossplan.api import make_plan, place_below, read_situation
from crossplan.checks import check_situation
from crossplan.findings import Finding
from crossplan.options import Options
from crossplan.request import make_request
from crossplan.situation import Situation, apply
from crossplan.toolchain.host_python import HostPython, RecordedHost
from tests.scan.making import libpython, link, make, sysconfigdata

HOST = "x86_64-unknown-linux-gnu"
ARM64 = "aarch64-unknown-linux-gnu"
RECORD = HostPython(
    implementation="CPython",
    version="3.11",
    shared=True,
    ld_version="3.11",
    lib_dir="/usr/lib",
    base_prefix="/usr",
    executable="/usr/bin/python3",
    pointer_width=64,
    ext_suffix=".cpython-311-x86_64-linux-gnu.so",
)


def manifest(
    pyo3: str = "0.22", features: str = '"extension-module"', lib: str = 'crate-type = ["cdylib"]', more: str = ""
) -> str:
    """A Cargo.toml."""
    return (
        f'[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n\n[lib]\n{lib}\n\n'
        f'[dependencies]\npyo3 = {{ version = "{pyo3}", features = [{features}] }}\n{more}'
    )


def python_files(
    multiarch: str = "aarch64-linux-gnu", version: str = "3.11", flags: str = ""
) -> dict[str, bytes | str | tuple[str]]:
    """The files of one Python of a root: its description, and its library under both names."""
    library = f"usr/lib/libpython{version}{flags}.so"
    major, minor = (int(part) for part in version.split("."))
    folder = f"usr/lib/python{version}{'t' if 't' in flags else ''}"
    return {
        f"{folder}/_sysconfigdata_{flags}_linux_{multiarch}.py": sysconfigdata(
            multiarch, version, flags, prefix="/usr"
        ),
        f"{library}.1.0": libpython(multiarch, (major, minor, 2), flags),
        library: link(f"{Path(library).name}.1.0"),
    }


def script(text: str = "exit 0") -> str:
    """A program of the host; `World.program` makes it executable."""
    return f"#!/bin/sh\n{text}\n"


def compiler(machine: str, version: str = "12.2.0") -> str:
    """A C compiler that answers questions about itself."""
    return script(
        f'case "$1" in\n-dumpmachine) echo {machine} ;;\n-dumpfullversion|-dumpversion) echo {version} ;;\nesac'
    )


@dataclass
class World:
    """The set-up: a module for ARM64 Linux with PyO3 0.22, built on x86_64, where nothing is wrong."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    options: dict[str, object] = field(default_factory=dict)
    host: HostPython | None = RECORD

    def __post_init__(self) -> None:
        make(self.root, python_files())
        make(self.project, {"Cargo.toml": manifest(), "src/lib.rs": "use pyo3::prelude::*;\n"})
        for name in ("cargo", "aarch64-linux-gnu-gcc"):
            self.program(name, compiler("aarch64-linux-gnu"))
        self.environ = {
            "PATH": str(self.folder / "bin"),
            "HOME": str(self.folder / "home"),
            "PYO3_CROSS_LIB_DIR": str(self.root / "usr/lib"),
            "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER": "aarch64-linux-gnu-gcc",
        }
        self.options = {"target": ARM64, "host": HOST, "sysroots": (str(self.root),), "pyo3": "0.22.6"}

    @property
    def root(self) -> Path:
        return self.folder / "root"

    @property
    def project(self) -> Path:
        return self.folder / "project"

    def program(self, name: str, text: str | bytes, folder: str = "bin") -> Path:
        """Put an executable on PATH, or into another folder."""
        path = self.folder / folder / name
        make(self.folder, {f"{folder}/{name}": text})
        path.chmod(0o755)
        return path

    def new_root(self, *parts: dict[str, bytes | str | tuple[str]]) -> None:
        """A root with other contents, named by the option alone."""
        shutil.rmtree(self.root)
        for part in parts:
            make(self.root, part)
        self.environ.pop("PYO3_CROSS_LIB_DIR", None)

    def no_root(self) -> None:
        """Neither root nor lib dir."""
        self.environ.pop("PYO3_CROSS_LIB_DIR")
        self.options["sysroots"] = ()

    def situation(self) -> Situation:
        """The situation as it is."""
        request = make_request(Options(**self.options), self.environ, str(self.project), HOST)  # type: ignore[arg-type]
        return read_situation(request, RecordedHost(self.host))

    def judge(self) -> tuple[Finding, ...]:
        """What `crossplan plan` finds."""
        situation = self.situation()
        return check_situation(situation, make_plan(situation, place_below(str(self.folder / "out"))).planned)

    def finding(self, code: str) -> Finding | None:
        """The gravest finding of that code."""
        return next((finding for finding in self.judge() if finding.code.code == code), None)

    def take_plan(self) -> None:
        """What `crossplan env` does: write its files, set its variables."""
        situation = self.situation()
        plan = make_plan(situation, place_below(str(self.folder / "out")))
        for path, text in plan.files.items():
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text(text)
        self.environ = apply(self.environ, plan.environment)


def follow(world: World, finding: Finding) -> None:
    """Do what a help text says: the first variable to unset or set, else the first option, else the plan's environment."""
    text = finding.help
    renamed = next((place.key for place in finding.locations if place.path is None), None)
    if match := re.search(r"\bunset ([A-Za-z_][A-Za-z0-9_]*)", text):
        world.environ.pop(match[1])
    elif match := re.search(r"(?<![\w-])([A-Z_][A-Za-z0-9_]*)=(?:'([^']*)'|([^\s;,]+?))(?=[.,;:)]*(?:\s|$))", text):
        if text.startswith("Rename") and renamed:
            world.environ.pop(renamed)
        world.environ[match[1]] = match[2] if match[2] is not None else match[3]
    elif match := re.search(r"--(python|target|abi3|implementation|features) ([A-Za-z0-9_./,-]+[A-Za-z0-9_])", text):
        world.options[match[1]] = match[2]
    elif "crossplan env" in text:
        world.take_plan()
    else:
        raise AssertionError(f"nothing to type in: {text}")


def host_of(world: World, **changes: object) -> None:
    """Another Python of the host."""
    world.host = replace(RECORD, **changes)  # type: ignore[arg-type]


def config_of(world: World, text: str) -> None:
    """A PYO3_CONFIG_FILE with that text; `{root}` stands for the root."""
    path = world.folder / "pyo3.txt"
    path.write_text(text.replace("{root}", str(world.root)))
    world.environ["PYO3_CONFIG_FILE"] = str(path)
