"""Compile the build scripts of one PyO3 release with cargo, once, into a cache outside the tree.

The cache is `$CROSSPLAN_ORACLE_DIR`, else `crossplan/oracle` in the user's cache folder. A release takes 3 to 10 s the first time.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from oracle.features import CRATES, Manifest
from oracle.patch import patch_crate

# Published, in order of publication within a line.
RELEASES = tuple(
    f"0.{minor}.{patch}"
    for minor, patches in {
        14: 6, 15: 3, 16: 7, 17: 4, 18: 4, 19: 3, 20: 4, 21: 3, 22: 7, 23: 6, 24: 3, 25: 2, 26: 1, 27: 3, 28: 4, 29: 4, 30: 2
    }.items()
    for patch in range(patches)
    if (minor, patch) != (30, 0)  # it was never published
)  # fmt: skip
# Of these the crate `pyo3` is yanked, which cargo takes only from a lock file: its checksum in the registry's index.
_YANKED = {
    "0.22.0": "1962a33ed2a201c637fc14a4e0fd4e06e6edfdeee6a5fede0dab55507ad74cf7",
    "0.22.1": "4e99090d12f6182924499253aaa1e73bf15c69cea8d2774c3c781e35badc3548",
    "0.22.2": "831e8e819a138c36e212f3af3fd9eeffed6bf1510a805af35b0edee5ffa59433",
    "0.22.3": "15ee168e30649f7f234c3d49ef5a7a6cbf5134289bc46c29ff3155fa3221c225",
    "0.23.0": "d51da03e17ef97ae4185cd606a4b316e04bb6f047d66913d6b57d4e6acfb41ec",
    "0.23.1": "7ebb0c0cc0de9678e53be9ccf8a2ab53045e6e3a8be03393ceccc5e7396ccb40",
    "0.23.2": "f54b3d09cbdd1f8c20650b28e7b09e338881482f4aa908a5f61a00c98fba2690",
    "0.28.0": "fcf3ccafdf54c050be48a3a086d372f77ba6615f5057211607cd30e5ac5cec6d",
    "0.28.1": "14c738662e2181be11cb82487628404254902bb3225d8e9e99c31f3ef82a405c",
}
IMPORT_LIB = ("generate-import-lib", "generate-abi3-import-lib")  # 0.16.4 has the second alone

_HERE = Path(__file__).parent
_MANIFEST = """[package]
name = "crossplan-oracle"
version = "0.0.0"
edition = "2021"
publish = false
[dependencies]
{pins}
[build-dependencies]
pyo3-build-config = {{ version = "={release}" }}
{build_pins}
[profile.dev.build-override]
strip = true
[workspace]
"""
# What detection says of two triples, whether or not the release came to ask.
_DETECTION = """fn main() {
    match pyo3_build_config::oracle_cross(&std::env::var("TARGET").unwrap()) {
        Some(cross) => println!("{}", cross),
        None => println!("null"),
    }
}
"""


class PrepareError(Exception):
    """cargo did not give the scripts. The text is what it said."""


class FetchError(PrepareError):
    """The registry did not give the crates."""


@dataclass(frozen=True, slots=True)
class Scripts:
    """The executables of one release, and the manifests of the crates that they belong to.

    `config` is pyo3-build-config's script (to 0.28), `link` the one that resolves, checks and links, `last` pyo3's own where that
    is another (0.16 on), `detection` ours.
    """

    release: str
    config: Path | None
    link: Path
    last: Path | None
    detection: Path
    manifests: dict[str, Manifest]


def cache_dir() -> Path:
    """Where scripts and what goes with them are kept."""
    chosen = os.environ.get("CROSSPLAN_ORACLE_DIR")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    path = Path(chosen) if chosen else Path(base) / "crossplan" / "oracle"
    path.mkdir(parents=True, exist_ok=True)
    return path.resolve()


def cargo_is_here() -> bool:
    """Whether there is a cargo and a rustc to compile with, and the cc that links what they compile."""
    return all(shutil.which(program) is not None for program in ("cargo", "rustc", "cc"))


def line_of(release: str) -> tuple[int, int, int]:
    """`0.22.6` as (0, 22, 6)."""
    major, minor, patch = release.split(".")
    return int(major), int(minor), int(patch)


@cache
def prepare(release: str, import_lib: bool = False) -> Scripts:
    """The scripts of `release`, compiled now if they are not in the cache.

    `import_lib`: those with one of IMPORT_LIB, which is chosen when they are compiled (0.16.4 to 0.28).
    Raises `PrepareError`.
    """
    if not (0, 16, 4) <= line_of(release) < (0, 29, 0):
        import_lib = False
    home = cache_dir() / f"{release}{'-import-lib' if import_lib else ''}-{_stamp()}"
    if not (home / "done").exists():
        with _locked(cache_dir() / "lock"):
            if not (home / "done").exists():
                _compile(release, import_lib, home)
                (home / "done").touch()
    return _installed(release, home)


def _installed(release: str, home: Path) -> Scripts:
    def executable(name: str) -> Path | None:
        return home / name if (home / name).exists() else None

    return Scripts(
        release=release,
        config=executable("pyo3-build-config"),
        link=executable("pyo3-ffi") or home / "pyo3",
        last=executable("pyo3") if executable("pyo3-ffi") else None,
        detection=home / "crossplan-oracle",
        manifests={name: Manifest.read(home / f"{name}.toml") for name in CRATES if (home / f"{name}.toml").exists()},
    )


def _stamp() -> str:
    """Changes with how the copies are made."""
    made_by = (_HERE / "patch.py").read_text() + _MANIFEST + _DETECTION
    return hashlib.sha256(made_by.encode()).hexdigest()[:12]


def _compile(release: str, import_lib: bool, home: Path) -> None:
    """Fetch, adapt, compile; the executables and manifests go to `home`."""
    for stale in home.parent.glob(f"{home.name[:-12]}{'[0-9a-f]' * 12}"):  # made otherwise, or not to the end
        shutil.rmtree(stale)
    project = home / "project"
    _write_project(project, release, import_lib)
    fetched = _fetched(project)
    for name, folder in fetched.items():
        shutil.copyfile(folder / "Cargo.toml", home / f"{name}.toml")
    shutil.copytree(fetched["pyo3-build-config"], project / "adapted")
    patch_crate(project / "adapted")
    (project / "Cargo.toml").write_text(
        _manifest(release, import_lib) + '[patch.crates-io]\npyo3-build-config = { path = "adapted" }\n'
    )
    for name, executable in _executables(project).items():
        shutil.copy2(executable, home / name)
    shutil.rmtree(project)


def crates(release: str) -> dict[str, Path]:
    """The folders of the crates of `release` as they were published. Raises `FetchError`."""
    with tempfile.TemporaryDirectory() as project:
        _write_project(Path(project), release, import_lib=False)
        return _fetched(Path(project))


def _write_project(project: Path, release: str, import_lib: bool) -> None:
    """A crate that has the scripts of `release` compiled."""
    (project / "src").mkdir(parents=True)
    (project / "src" / "lib.rs").touch()
    (project / "build.rs").write_text(_DETECTION)
    if release in _YANKED:
        _lock_yanked(project, release, import_lib)
    (project / "Cargo.toml").write_text(_manifest(release, import_lib))


def _lock_yanked(project: Path, release: str, import_lib: bool) -> None:
    """A lock file with `release` of pyo3: made for the line's last patch, which is not yanked, and changed."""
    last = [name for name in RELEASES if line_of(name)[:2] == line_of(release)[:2]][-1]
    (project / "Cargo.toml").write_text(_manifest(last, import_lib))
    done = _cargo(project, "generate-lockfile")
    if done.returncode:
        raise FetchError(done.stderr)
    lock = project / "Cargo.lock"
    entry = re.compile(r'(name = "pyo3"\nversion = ")[^"]+("\nsource = .+\nchecksum = ")[^"]+')
    lock.write_text(entry.sub(rf"\g<1>{release}\g<2>{_YANKED[release]}", lock.read_text()))


def _manifest(release: str, import_lib: bool) -> str:
    pins, build_pins = _pins(release, import_lib), _build_pins(release, import_lib)
    return _MANIFEST.format(pins=pins, build_pins=build_pins, release=release)


def _pins(release: str, import_lib: bool) -> str:
    """Exact requirements: those of old releases among each other are carets."""
    feature = IMPORT_LIB[line_of(release) < (0, 16, 5)]
    features = f', features = ["{feature}"]' if import_lib else ""
    pins = [f'pyo3 = {{ version = "={release}", default-features = false{features} }}']
    if line_of(release) >= (0, 16, 0):
        pins.append(f'pyo3-ffi = {{ version = "={release}", default-features = false }}')
    return "\n".join(pins)


def _build_pins(release: str, import_lib: bool) -> str:
    """What decides some answers and is not PyO3's: kept at the versions of which crossplan's tables speak."""
    pins = []
    if line_of(release) >= (0, 16, 3):
        pins.append(f'target-lexicon = "={"0.13.5" if line_of(release) >= (0, 24, 0) else "0.12.16"}"')
    if import_lib:
        pins.append('python3-dll-a = "=0.2.15"')
    return "\n".join(pins)


def _cargo(project: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    # Lints count for less in a crate from the registry than in the adapted copy.
    target = {"CARGO_TARGET_DIR": str(cache_dir() / "target"), "RUSTFLAGS": "--cap-lints=warn"}
    quiet = {name: value for name, value in os.environ.items() if not name.startswith(("PYO3_", "CARGO_ENCODED"))}
    return subprocess.run(
        ["cargo", *words],
        cwd=project,
        env={**quiet, **target, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def _fetched(project: Path) -> dict[str, Path]:
    """The folders in which cargo unpacked the crates."""
    done = _cargo(project, "metadata", "--format-version=1")
    if done.returncode:
        raise FetchError(done.stderr)
    packages: list[dict[str, Any]] = json.loads(done.stdout)["packages"]
    return {found["name"]: Path(found["manifest_path"]).parent for found in packages if found["name"] in CRATES}


def _executables(project: Path) -> dict[str, Path]:
    """Build scripts by crate. The linking one prints its configuration and halts, so that nothing of PyO3's is compiled after it."""
    config = project / "pyo3.cfg"
    config.write_text("version=3.9\nlib_name=python3.9\n")
    words = ("check", "--keep-going", "--message-format=json")
    done = _cargo(project, *words, PYO3_CONFIG_FILE=str(config), PYO3_PRINT_CONFIG="1")
    found: dict[str, Path] = {}
    for line in done.stdout.splitlines():
        message = json.loads(line)
        if message.get("reason") == "compiler-artifact" and "custom-build" in message["target"]["kind"]:
            found[_package_name(Path(message["manifest_path"]))] = Path(message["filenames"][0])
    wanted = {"crossplan-oracle", "pyo3"}
    if not wanted <= found.keys():
        raise PrepareError(done.stderr)
    return {name: path for name, path in found.items() if name in {*CRATES, "crossplan-oracle"}}


def _package_name(manifest: Path) -> str:
    name: str = tomllib.loads(manifest.read_text())["package"]["name"]
    return name


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One compile at a time, over all processes."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main() -> None:
    """Compile the releases named on the command line (default: all), with and without import libraries."""
    for release in sys.argv[1:] or RELEASES:
        prepare(release)
        prepare(release, import_lib=True)
        print(release, flush=True)
    shutil.rmtree(cache_dir() / "target", ignore_errors=True)


if __name__ == "__main__":
    main()
