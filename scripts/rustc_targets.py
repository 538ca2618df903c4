"""Write crossplan/data/rustc-targets.tsv: what rustc says of each of its built-in targets.

    python scripts/rustc_targets.py    # asks the rustc on PATH; the file names its version

Per target: arch, vendor, os, env, abi, endian, pointer_width (bits), family, crt_static (whether it is the default).
"""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parent.parent / "crossplan" / "data" / "rustc-targets.tsv"


def rustc(*args: str) -> str:
    """Standard output of rustc."""
    return subprocess.run(["rustc", *args], capture_output=True, text=True, check=True).stdout


def describe(target: str) -> dict[str, Any]:
    """The cfgs of one target as a table."""
    facts: dict[str, Any] = {"family": [], "crt_static": False}
    for line in rustc("--print", "cfg", "--target", target).splitlines():
        key, _, value = line.partition("=")
        value = value.strip('"')
        match key:
            case "target_arch" | "target_vendor" | "target_os" | "target_env" | "target_abi" | "target_endian":
                facts[key.removeprefix("target_")] = value
            case "target_pointer_width":
                facts["pointer_width"] = int(value)
            case "target_family":
                facts["family"].append(value)
            case "target_feature" if value == "crt-static":
                facts["crt_static"] = True
    return facts


def main() -> None:
    """Ask for all and write the file, one target a line."""
    targets = rustc("--print", "target-list").split()
    version = rustc("--version").split()[1]
    with ThreadPoolExecutor() as pool:
        rows = sorted(zip(targets, pool.map(describe, targets)))
    lines = [f"{target}\t{json.dumps(facts, sort_keys=True, separators=(',', ':'))}\n" for target, facts in rows]
    OUT.write_text(f"# rustc {version} --print cfg\n{''.join(lines)}")


if __name__ == "__main__":
    main()
