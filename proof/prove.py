"""Cross-compile two real PyO3 crates with what crossplan says, run them on the target's own Python, and compare with the guide's example.

    python proof/prove.py [--json] [--cache DIR] [TARGET]      (default: armv7-unknown-linux-gnueabihf)

For each crate, `module` (imported) and `embed` (started), two environments stand beside each other:

- `guide`: the example of PyO3's guide, `PYO3_CROSS_LIB_DIR=<sysroot>/usr/lib`, and the right linker.
- `plan`: the variables that `crossplan env -o FILE` wrote, sourced by sh, and nothing else but PATH, HOME and CARGO_HOME.

For each: what crossplan had said, what PyO3's own build script printed (`PYO3_PRINT_CONFIG=1`), field by field where they differ, and how the build
ended. Then the result is installed under the name that crossplan gave, and the target's Python runs it under qemu.

Exit status: 0 all as it should be, 1 not, 3 this machine lacks something.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import testbed

CRATES: Final = ("module", "embed")
QUESTION: Final = (
    "import json, proofmod; print(json.dumps([proofmod.pointer_width(), proofmod.add(2, 40), proofmod.__file__]))"
)
BANNER: Final = "PYO3_PRINT_CONFIG=1 is set"
"""The words before the configuration, in every release that prints one."""

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the proof takes place: the test bed's answer and a copy of the crates."""

    bed: dict[str, str]
    work: Path
    crossplan: Path

    @property
    def root(self) -> Path:
        """The target's sysroot."""
        return Path(self.bed["sysroot"])

    @property
    def three(self) -> dict[str, str]:
        """The whole environment of each program here: PATH, HOME and CARGO_HOME.

        The folder of this Python stands last on PATH, for a machine without `/usr/bin/python3`: PyO3 may ask a Python of the host.
        """
        home = os.environ.get("HOME", "/root")
        path = [self.bed["path"], "/usr/local/bin", "/usr/bin", "/bin", f"{sys.base_prefix}/bin"]
        return {"PATH": ":".join(path), "HOME": home, "CARGO_HOME": os.environ.get("CARGO_HOME", f"{home}/.cargo")}

    @property
    def guide(self) -> dict[str, str]:
        """The environment of the guide's example, and a linker, without which every build ends early."""
        variable = f"CARGO_TARGET_{self.bed['target'].upper().replace('-', '_')}_LINKER"
        return self.three | {"PYO3_CROSS_LIB_DIR": str(self.root / "usr/lib"), variable: self.bed["linker"]}

    def start(self, crate: str, words: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Start a program in the crate's folder, with exactly this environment."""
        return subprocess.run(
            words,
            cwd=self.work / crate,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=1200,
        )

    def ask(self, crate: str, env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
        """Ask crossplan about a crate, with the sysroot named."""
        command, *rest = words
        roots = ["--sysroot", self.bed["sysroot"]] if self.bed["sysroot"] else []
        return self.start(crate, [str(self.crossplan), command, "--target", self.bed["target"], *roots, *rest], env)

    def plan(self, crate: str, env: dict[str, str]) -> Record:
        """`crossplan plan --json`, under an environment."""
        done = self.ask(crate, env, "plan", "--json")
        if not done.stdout:
            raise SystemExit(f"crossplan plan ended with {done.returncode}: {done.stderr}")
        return json.loads(done.stdout)  # type: ignore[no-any-return]


def lay_out(bed: dict[str, str]) -> Path:
    """Copy the crates into the cache, keep what was compiled for this machine, drop what was compiled for the target."""
    work = Path(bed["cache"]) / "work" / bed["target"]
    work.mkdir(parents=True, exist_ok=True)
    for name in ("Cargo.toml", "Cargo.lock"):
        shutil.copy2(testbed.HERE / name, work / name)
    for name in CRATES:
        shutil.rmtree(work / name, ignore_errors=True)
        shutil.copytree(testbed.HERE / name, work / name)
    shutil.rmtree(work / "target" / bed["target"], ignore_errors=True)
    for name in ("site", "exports"):
        shutil.rmtree(work / name, ignore_errors=True)
        (work / name).mkdir()
    return work


def printed(output: str) -> dict[str, str]:
    """The configuration that PyO3's build script printed, empty values left out; nothing if it printed none."""
    fields: dict[str, str] = {}
    _, found, rest = output.partition(BANNER)
    for line in rest.splitlines()[1:] if found else ():
        name, equals, value = line.strip().partition("=")
        if not equals or " " in name:
            break
        if value:
            fields[name] = value
    return fields


def spoken(config: Record | None) -> dict[str, str]:
    """The same configuration from crossplan's JSON, in the words that PyO3 prints."""
    words: dict[str, str] = {}
    for name, value in (config or {}).items():
        match value:
            case None | [] | "":
                continue
            case bool():
                words[name] = str(value).lower()
            case list():
                words[name] = ",".join(value)
            case _:
                words[name] = str(value)
    return words


def differences(said: dict[str, str], real: dict[str, str]) -> list[Record]:
    """Each field in which crossplan and PyO3 disagree."""
    names = sorted(said.keys() | real.keys())
    return [
        {"field": name, "crossplan": said.get(name), "pyo3": real.get(name)}
        for name in names
        if said.get(name) != real.get(name)
    ]


def ending(done: subprocess.CompletedProcess[str]) -> Record:
    """How a build ended: its status, and the lines that say why it failed."""
    lines = done.stderr.splitlines()
    why = [
        line.strip()
        for line in lines
        if "cannot find" in line or "undefined reference" in line or line.startswith("error")
    ]
    return {"status": done.returncode, "why": [] if done.returncode == 0 else (why or lines)[-6:]}


def compare(answer: Record, output: str) -> Record:
    """One environment's prediction beside PyO3's own words."""
    said, real = spoken(answer["config"]), printed(output)
    return {"outcome": answer["outcome"], "said": said, "printed": real, "differences": differences(said, real)}


def by_guide(ground: Ground, crate: str) -> Record:
    """The guide's example: what crossplan says before, what PyO3 concludes, how the build ends."""
    env = ground.guide
    plan = ground.plan(crate, env)
    cargo = ["cargo", "build", "--target", ground.bed["target"]]
    halted = ground.start(crate, cargo, env | {"PYO3_PRINT_CONFIG": "1"})
    findings = [f"{finding['code']} {finding['severity']}: {finding['message']}" for finding in plan["findings"]]
    build = ending(ground.start(crate, cargo, env))
    return compare(plan["as_is"], halted.stderr) | {"findings": findings, "build": build}


def by_plan(ground: Ground, crate: str) -> Record:
    """crossplan's plan: the exports sourced in sh, the build, the result on the target's Python."""
    exports = ground.work / "exports" / f"{crate}.env"
    written = ground.ask(crate, ground.three, "env", "-o", str(exports))
    if written.returncode or not exports.is_file():
        raise SystemExit(f"crossplan env ended with {written.returncode}: {written.stderr}")
    plan = ground.plan(crate, ground.three)
    shell = ["sh", "-c", '. "$0" && exec "$@"', str(exports), *plan["command"]]
    halted = ground.start(crate, shell, ground.three | {"PYO3_PRINT_CONFIG": "1"})
    build = ending(ground.start(crate, shell, ground.three))
    record = compare(plan["planned"], halted.stderr) | {
        "exports": exports.read_text(),
        "command": plan["command"],
        "build": build,
    }
    if build["status"] == 0:
        record |= run_module(ground, plan["artifact"]) if crate == "module" else run_program(ground)
    return record


def emulate(ground: Ground, *words: str, **variables: str) -> Record:
    """Run a program of the target; `variables` are its whole environment beside PYTHONHOME."""
    own = {"PYTHONHOME": str(ground.root / "usr"), **variables}
    handed = [part for name, value in own.items() for part in ("-E", f"{name}={value}")]
    done = ground.start("", [ground.bed["qemu"], "-L", str(ground.root), *handed, *words], ground.three)
    return {"status": done.returncode, "stdout": done.stdout.strip(), "stderr": done.stderr[-2000:]}


def target_python(ground: Ground) -> str:
    """The interpreter of the sysroot."""
    (python,) = (ground.root / "usr/bin").glob("python3.*[0-9]")
    return str(python)


def run_module(ground: Ground, artifact: Record) -> Record:
    """Install the module under the name that crossplan gave, and have the target's Python import it."""
    installed = ground.work / "site" / artifact["install_as"]
    shutil.copy2(ground.work / artifact["cargo_file"], installed)
    run = emulate(ground, target_python(ground), "-c", QUESTION, PYTHONPATH=str(installed.parent))
    return {"installed": str(installed), "install_as": artifact["install_as"], "run": run}


def run_program(ground: Ground) -> Record:
    """Start the program that embeds the target's Python."""
    program = ground.work / "target" / ground.bed["target"] / "debug" / "proof-embed"
    return {"installed": str(program), "run": emulate(ground, str(program))}


def prove(bed: dict[str, str], crossplan: Path) -> Record:
    """The whole proof of one target."""
    ground = Ground(bed, lay_out(bed), crossplan)
    # Downloads happen here, with the caller's environment (proxies, certificates); the builds find everything in CARGO_HOME.
    testbed.run(Path(bed["path"]) / "cargo", "fetch", "--locked", "--target", bed["target"], cwd=ground.work)
    crates = {}
    for crate in CRATES:
        testbed.say(f"building {crate}")
        crates[crate] = {"guide": by_guide(ground, crate), "plan": by_plan(ground, crate)}
    return {"target": bed["target"], "sysroot": bed["sysroot"], "crates": crates}


def holds(proof: Record) -> bool:
    """Whether PyO3 concluded what crossplan said, everywhere, and both results ran."""
    parts = [part for crate in proof["crates"].values() for part in crate.values()]
    runs = [crate["plan"].get("run", {"status": None})["status"] for crate in proof["crates"].values()]
    return all(part["printed"] and not part["differences"] for part in parts) and runs == [0] * len(runs)


def show(proof: Record) -> None:
    """The two environments beside each other, for people."""
    for crate, parts in proof["crates"].items():
        for name, part in parts.items():
            print(f"\n{crate}, environment of the {name}")
            for field in sorted(part["said"].keys() | part["printed"].keys()):
                said, real = part["said"].get(field), part["printed"].get(field)
                print(
                    f"  {field:34} {'=' if said == real else '!'} {real}"
                    + ("" if said == real else f"   (crossplan: {said})")
                )
            for line in part.get("findings", ()):
                print(f"  {line}")
            print(f"  build: status {part['build']['status']}", *part["build"]["why"], sep="\n    ")
            if "run" in part:
                print(f"  {part.get('install_as', 'program')}: {part['run']['stdout']}{part['run']['stderr']}")


def parse_options(description: str | None) -> argparse.Namespace:
    """The command line, of which `description` tells people in its first line."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    parser.add_argument("target", nargs="?", default=testbed.DEFAULT_TARGET)
    parser.add_argument("--cache", type=Path, default=testbed.default_cache())
    parser.add_argument("--crossplan", type=Path, default=Path(sys.executable).parent / "crossplan")
    parser.add_argument("--json", action="store_true", help="print the record of everything that happened")
    return parser.parse_args()


def tell(record: Record, options: argparse.Namespace, show: Callable[[Record], None]) -> None:
    """The record as JSON where the options ask for that, else as `show` prints it for people."""
    if options.json:
        print(json.dumps(record, indent=2))
    else:
        show(record)


def main() -> int:
    """Parse, prove, print, return the exit status."""
    options = parse_options(__doc__)
    status, bed = testbed.make(options.target, options.cache)
    if status:
        return status
    proof = prove(bed, options.crossplan.absolute())
    tell(proof, options, show)
    return 0 if holds(proof) else 1


if __name__ == "__main__":
    sys.exit(main())
