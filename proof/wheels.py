"""Build real wheels with what crossplan says for maturin and setuptools-rust, and compare their names with the predicted ones.

    python proof/wheels.py [--json] [--cache DIR] [TARGET]      (default: armv7-unknown-linux-gnueabihf)

The module of the proof, with maturin and with setuptools-rust, for one version of Python and for the stable ABI: the variables that
`crossplan env --with TOOL -o FILE` wrote, sourced by sh, then the command that `crossplan plan --with TOOL` shows. The wheel's tag and the name of the
module in it are compared with the plan's, `crossplan check` judges the wheel, and the target's Python imports the module from it. The target may
be this machine itself, without a sysroot.

Exit status: 0 all as it should be, 1 not, 3 this machine lacks something.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

import testbed
from prove import QUESTION, Ground, Record, emulate, ending, lay_out, parse_options, target_python, tell

TOOLS: Final = ("maturin", "setuptools-rust")
ABIS: Final[dict[str, tuple[str, ...]]] = {"own": (), "abi3": ("--abi3", "3.9")}
# What pip itself may need to reach an index from here.
DOWNLOAD: Final = ("PIP_", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


@dataclass(frozen=True, slots=True)
class Build:
    """One wheel: the tool that drives the build, and the options that the stable ABI takes."""

    ground: Ground
    tool: str
    abi: str

    @property
    def env(self) -> dict[str, str]:
        """PATH with the backends' Python first, HOME, CARGO_HOME, and what pip needs to download."""
        three = self.ground.three
        reach = {name: value for name, value in os.environ.items() if name.startswith(DOWNLOAD)}
        return {**reach, **three, "PATH": f"{self.ground.bed['backends']}:{three['PATH']}"}

    def lay_out(self) -> None:
        """The module with the backend's settings, and none of the wheels of before."""
        folder = self.ground.work / "module"
        shutil.copy2(testbed.HERE / "backends" / f"{self.tool}.toml", folder / "pyproject.toml")
        for place in (folder / "dist", folder / "build", self.ground.work / "target/wheels", self.ground.work / "site"):
            shutil.rmtree(place, ignore_errors=True)

    def ask(self, command: str, *words: str) -> str:
        """Ask crossplan about this build; `plan` may have found something that its own environment mends."""
        done = self.ground.ask("module", self.env, command, "--with", self.tool, *ABIS[self.abi], *words)
        if done.returncode not in {"env": (0,), "plan": (0, 4)}[command]:
            raise SystemExit(f"crossplan {command} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def make(self) -> Record:
        """Plan, build, compare, judge, import."""
        self.lay_out()
        exports = self.ground.work / "exports" / f"{self.tool}-{self.abi}.env"
        self.ask("env", "-o", str(exports))
        plan = json.loads(self.ask("plan", "--json"))
        shell = ["sh", "-c", '. "$0" && exec "$@"', str(exports), *plan["command"]]
        done = self.ground.start("module", shell, self.env)
        said = {"command": plan["command"], "exports": exports.read_text(), "build": ending(done)}
        found = [*(self.ground.work / "target/wheels").glob("*.whl"), *(self.ground.work / "module/dist").glob("*.whl")]
        predicted = {"tags": plan["artifact"]["tags"], "install_as": plan["artifact"]["install_as"]}
        if done.returncode or len(found) != 1:
            return said | {"predicted": predicted, "wheels": [path.name for path in found]}
        return said | {"predicted": predicted, "wheel": found[0].name} | self.judge(found[0])

    def judge(self, wheel: Path) -> Record:
        """What is in the wheel, what `crossplan check` says of it, and what the target's Python does with it."""
        site = self.ground.work / "site"
        with zipfile.ZipFile(wheel) as archive:
            names = [PurePosixPath(name) for name in archive.namelist()]
            archive.extractall(site)
        modules = [name for name in names if name.suffix in (".so", ".pyd")]
        check = json.loads(self.ground.ask("module", self.env, "check", str(wheel), "--json").stdout)
        return {
            "tags": ["-".join(wheel.stem.split("-")[-3:])],
            "modules": [name.name for name in modules],
            "findings": [f"{one['code']} {one['severity']}: {one['message']}" for one in check["findings"]],
            "run": self.imported(site),
        }

    def imported(self, site: Path) -> Record:
        """The module's answers in the target's Python, which for this machine is the one that built it."""
        if self.ground.root.name:
            return emulate(self.ground, target_python(self.ground), "-c", QUESTION, PYTHONPATH=str(site))
        done = self.ground.start("", ["python3.11", "-c", QUESTION], self.env | {"PYTHONPATH": str(site)})
        return {"status": done.returncode, "stdout": done.stdout.strip(), "stderr": done.stderr[-2000:]}


def build_all(bed: dict[str, str], crossplan: Path) -> Record:
    """The wheels of one target."""
    ground = Ground(bed, lay_out(bed), crossplan)
    testbed.run(Path(bed["path"]) / "cargo", "fetch", "--locked", "--target", bed["target"], cwd=ground.work)
    wheels = {}
    for tool in TOOLS:
        for abi in ABIS:
            testbed.say(f"building with {tool}, ABI {abi}")
            wheels[f"{tool} {abi}"] = Build(ground, tool, abi).make()
    return {"target": bed["target"], "wheels": wheels}


def holds(record: Record) -> bool:
    """Whether every wheel is called what was said, is judged sound, and works."""
    return all(
        one.get("wheel")
        and one["tags"] == one["predicted"]["tags"]
        and one["modules"] == [one["predicted"]["install_as"]]
        and not one["findings"]
        and one["run"]["status"] == 0
        for one in record["wheels"].values()
    )


def show(record: Record) -> None:
    """The names beside each other, for people."""
    for name, one in record["wheels"].items():
        print(f"\n{name}: {' '.join(one['command'])}")
        print("  predicted:", *one["predicted"]["tags"], one["predicted"]["install_as"])
        if "wheel" not in one:
            print(f"  build: status {one['build']['status']}", *one["build"]["why"], *one["wheels"], sep="\n    ")
            continue
        print("  built:    ", *one["tags"], *one["modules"])
        print("  check:", "; ".join(one["findings"]) or "nothing found")
        print(f"  import: {one['run']['stdout']}{one['run']['stderr']}")


def main() -> int:
    """Parse, build, print, return the exit status."""
    options = parse_options(__doc__)
    status, bed = testbed.make(options.target, options.cache, backends=True)
    if status:
        return status
    record = build_all(bed, options.crossplan.absolute())
    tell(record, options, show)
    return 0 if holds(record) else 1


if __name__ == "__main__":
    sys.exit(main())
