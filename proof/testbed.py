"""Set up what a real cross build and a run of its result need, from Debian's packages, in a folder of the user's cache.

    python proof/testbed.py [--cache DIR] [TARGET]      (default: armv7-unknown-linux-gnueabihf)

Prints one JSON object: `target`, `sysroot` (a Python of the target, with its C library), `path` (the folder of `cargo` and `rustc`, to stand first
on PATH), `backends` (that of a Python with maturin and build, where asked for), `linker` and `qemu` (names of programs on PATH), `cache`.
The target may be this machine itself: no sysroot, no linker, no qemu then.

Done once: each stage leaves a stamp that holds the digest of what it was made from. Nothing is registered with the machine's own apt beyond the
packages that `targets.toml` lists under `install` (these need root); compiler, standard library and sysroot are unpacked beside each other.

Exit status: 0 ready, 1 a stage failed, 3 this machine lacks something (named on standard error), so that a caller may skip.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
DEFAULT_TARGET: Final = "armv7-unknown-linux-gnueabihf"
NATIVE: Final = "x86_64-unknown-linux-gnu"
"""The machine that holds the test bed; a target without a row."""
MISSING: Final = 3
"""Exit status for a machine that cannot hold the test bed."""

WRAPPER: Final = '#!/bin/sh\nLD_LIBRARY_PATH="{lib}" exec "{program}" "$@"\n'
"""Debian's rustc finds its sysroot from its own place, but its libraries only so."""


class MissingError(Exception):
    """Something that this machine does not have, in words."""


def say(text: str) -> None:
    """Tell of progress, on standard error."""
    print(f"testbed: {text}", file=sys.stderr, flush=True)


def run(*words: str | Path, cwd: Path | None = None) -> None:
    """Start a program; its output is shown only when it fails."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        text=True,
        check=False,
    )
    if done.returncode:
        say(done.stdout[-4000:])
        raise subprocess.CalledProcessError(done.returncode, done.args)


def source_list() -> tuple[str, str]:
    """Name and text of a package source list: the machine's own, without the security suite.

    A mirror's security index for a foreign architecture is often out of step, and one bad index fails a whole update.
    """
    modern = Path("/etc/apt/sources.list.d/debian.sources")
    if modern.is_file():
        stanzas = modern.read_text().split("\n\n")
        return "view.sources", "\n\n".join(stanza for stanza in stanzas if "-security" not in stanza)
    lines = Path("/etc/apt/sources.list").read_text().splitlines()
    return "view.list", "\n".join(line for line in lines if line.startswith("deb ") and "security" not in line) + "\n"


@dataclass(frozen=True, slots=True)
class View:
    """A private view of one architecture's packages; the machine's own apt is left as it is."""

    architecture: str
    folder: Path

    def apt(self, *words: str, cwd: Path | None = None) -> None:
        """Start apt-get inside this view."""
        name, _ = source_list()
        options = {
            "APT::Architecture": self.architecture,
            "APT::Architectures": self.architecture,
            "APT::Sandbox::User": "root",
            "Dir::Etc::sourcelist": self.folder / name,
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::State::lists": self.folder / "lists",
            "Dir::State::status": self.folder / "status",
            "Dir::Cache": self.folder / "cache",
        }
        run("apt-get", "-q", *(f"-o{key}={value}" for key, value in options.items()), *words, cwd=cwd)

    def unpack(self, packages: Iterable[str], into: Path) -> None:
        """Download packages (`name` or `name=version`) and lay their files into one folder."""
        debs = self.folder / "debs"
        shutil.rmtree(debs, ignore_errors=True)
        for folder in (debs, self.folder / "lists/partial", self.folder / "cache/archives/partial", into):
            folder.mkdir(parents=True, exist_ok=True)
        name, text = source_list()
        (self.folder / name).write_text(text)
        (self.folder / "status").write_text("")
        self.apt("update")
        self.apt("download", *packages, cwd=debs)
        for deb in sorted(debs.glob("*.deb")):
            run("dpkg", "-x", deb, into)
        shutil.rmtree(debs)


def install(packages: Iterable[str]) -> None:
    """Have the machine's own apt install what is not there yet."""
    query = ("dpkg-query", "-W", "-f", "${db:Status-Status}")
    missing = [
        name
        for name in packages
        if subprocess.run([*query, name], capture_output=True, text=True, check=False).stdout != "installed"
    ]
    if not missing:
        return
    if os.geteuid() != 0:
        raise MissingError(f"packages {' '.join(missing)} (to install them takes root)")
    command = ("apt-get", "-q", "-oDPkg::Lock::Timeout=600", "install", "-y", "--no-install-recommends", *missing)
    try:
        run(*command)
    except subprocess.CalledProcessError:
        say("the machine's package lists may be old: apt-get update, then once more")
        run("apt-get", "-q", "update")
        run(*command)


@dataclass(frozen=True, slots=True)
class Bed:
    """The test bed of one target, below one cache folder."""

    cache: Path
    target: str
    table: dict[str, Any]

    @property
    def row(self) -> dict[str, Any]:
        """The target's row of `targets.toml`."""
        return self.table["target"][self.target]  # type: ignore[no-any-return]

    @property
    def rust(self) -> Path:
        """The unpacked compiler, with the standard libraries of all targets."""
        return self.cache / "rust"

    @property
    def sysroot(self) -> Path:
        """The target's Python and C library."""
        return self.cache / "sysroots" / f"debian12-{self.row['debian']}"

    def once(self, stage: str, made_from: object, action: Callable[[], None]) -> None:
        """Do a stage unless its stamp says that it was done from the same row."""
        stamp = self.cache / "stamps" / stage
        digest = hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()
        if stamp.is_file() and stamp.read_text() == digest:
            return
        say(stage)
        action()
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(digest)

    def toolchain(self) -> None:
        """The compiler for this machine, and `cargo` and `rustc` in `bin`."""
        tools = self.table["toolchain"]
        install(tools["install"])
        for stamp in (self.cache / "stamps").glob("std-*"):  # their files go with the compiler's
            stamp.unlink()
        shutil.rmtree(self.rust, ignore_errors=True)
        View("amd64", self.cache / "apt/amd64").unpack(
            [f"{name}={tools['version']}" for name in tools["packages"]], self.rust
        )
        (self.cache / "bin").mkdir(exist_ok=True)
        for name in ("cargo", "rustc"):
            wrapper = self.cache / "bin" / name
            wrapper.write_text(
                WRAPPER.format(lib=self.rust / "usr/lib/x86_64-linux-gnu", program=self.rust / "usr/bin" / name)
            )
            wrapper.chmod(0o755)

    def backends(self) -> None:
        """A Python of the target's version with what drives a build."""
        table, folder = self.table["backends"], self.cache / "backends"
        install(table["install"])
        run(f"/usr/bin/python{self.table['sysroot']['python']}", "-m", "venv", "--clear", folder)
        run(folder / "bin/python", "-m", "pip", "install", "--quiet", *table["packages"])

    def target_std(self) -> None:
        """The target's linker and Rust standard library."""
        install(self.row["install"])
        tools = self.table["toolchain"]
        self.view.unpack([f"{name}={tools['version']}" for name in tools["std"]], self.rust)

    def target_sysroot(self) -> None:
        """The target's Python, as its packages lay it out."""
        shutil.rmtree(self.sysroot, ignore_errors=True)
        self.view.unpack(self.table["sysroot"]["packages"], self.sysroot)
        # Some architectures name the loader by an absolute link (lib64/ld64.so.2). On the target that is right; an emulator that is given
        # this root from outside would follow it into the machine's own /lib.
        for link in self.sysroot.glob("lib*/ld*.so*"):
            if link.is_symlink() and (to := link.readlink()).is_absolute():
                link.unlink()
                link.symlink_to(os.path.relpath(self.sysroot / to.relative_to("/"), link.parent))

    @property
    def view(self) -> View:
        """The target architecture's packages."""
        return View(self.row["debian"], self.cache / "apt" / self.row["debian"])

    def set_up(self, *, backends: bool) -> None:
        """All stages, in order; two processes at once wait for each other."""
        self.cache.mkdir(parents=True, exist_ok=True)
        with (self.cache / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            tools = [self.table["toolchain"], str(self.cache)]
            self.once("toolchain", tools, self.toolchain)
            if backends:
                self.once("backends", self.table["backends"], self.backends)
            if self.target == NATIVE and backends:
                return  # for wheels alone: there is nothing to cross to
            self.once(f"std-{self.target}", [tools, self.row], self.target_std)
            self.once(f"sysroot-{self.row['debian']}", self.table["sysroot"], self.target_sysroot)

    def describe(self) -> dict[str, str]:
        """What a caller needs to know, as printed."""
        native = self.target == NATIVE
        return {
            "target": self.target,
            "sysroot": "" if native else str(self.sysroot),
            "path": str(self.cache / "bin"),
            "backends": str(self.cache / "backends/bin"),
            "linker": "cc" if native else f"{self.row['gcc']}-gcc",
            "qemu": "" if native else self.row["qemu"],
            "cache": str(self.cache),
        }


def check_machine() -> None:
    """Raise MissingError where the packages of `targets.toml` cannot be had."""
    for program in ("apt-get", "dpkg"):
        if shutil.which(program) is None:
            raise MissingError(f"the program {program}")
    release = Path("/etc/os-release").read_text()
    machine = os.uname().machine
    if "VERSION_CODENAME=bookworm" not in release or machine != "x86_64":
        raise MissingError(f"Debian 12 on x86_64 (this is {machine})")


def default_cache() -> Path:
    """`$CROSSPLAN_PROOF_CACHE`, else a folder of the user's cache."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("CROSSPLAN_PROOF_CACHE") or home / "crossplan-proof")


def make(target: str, cache: Path, *, backends: bool = False) -> tuple[int, dict[str, str]]:
    """Set up the test bed of a target: exit status, and its description where that is 0."""
    table = tomllib.loads((HERE / "targets.toml").read_text())
    bed = Bed(cache.resolve(), target, table)
    try:
        check_machine()
        bed.set_up(backends=backends)
    except MissingError as missing:
        print(f"testbed: missing: {missing}", file=sys.stderr)
        return MISSING, {}
    except (KeyError, OSError, subprocess.CalledProcessError) as failure:
        print(f"testbed: {type(failure).__name__}: {failure}", file=sys.stderr)
        return 1, {}
    return 0, bed.describe()


def main() -> int:
    """Set up, print, return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("target", nargs="?", default=DEFAULT_TARGET)
    parser.add_argument("--cache", type=Path, default=default_cache())
    options = parser.parse_args()
    status, bed = make(options.target, options.cache)
    if status == 0:
        print(json.dumps(bed, indent=2))
    return status


if __name__ == "__main__":
    sys.exit(main())
