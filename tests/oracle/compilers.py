"""Record what each release makes of each compiler: `python -m oracle.compilers` (from the folder `tests`) writes `recorded/compilers.jsonl.xz`.

A cfg appears from one compiler on. For each release that is predicted otherwise than the one before, and each compiler with which its list
is to change, the oracle's answers about that compiler and the one before it are recorded; nothing else of the request matters.
"""

import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

from oracle.answer import Answer, Oracle
from oracle.fuzz import predicted
from oracle.prepare import RELEASES
from oracle.tree import placed, planted, unplaced

RECORDED = Path(__file__).parent / "recorded" / "compilers.jsonl.xz"
MINORS = range(40, 98)
TREE = [{"path": "config.txt", "text": "version=3.9\nlib_name=python3.9\n"}]
HOST = "x86_64-unknown-linux-gnu"
PYTHON = {
    "implementation": "CPython", "version": "3.9", "shared": True, "ld_version": "3.9", "lib_dir": "/usr/lib", "base_prefix": "/usr",
    "executable": "/usr/bin/python3", "pointer_width": 64, "mingw": False, "cygwin": False, "ext_suffix": ".so", "gil_disabled": False,
    "framework_prefix": "", "graalpy": None, "build_flags": [],
}  # fmt: skip


def asked(release: str, minor: int) -> dict[str, Any]:
    """A native build with that compiler."""
    request = {
        "pyo3": release,
        "target": HOST,
        "host": HOST,
        "features": [],
        "env": {"PYO3_CONFIG_FILE": "{ROOT}/config.txt"},
    }
    more = {"cwd": "{ROOT}", "rustc": f"1.{minor}.0", "host_python": PYTHON}
    return {"id": f"{release}-rustc-1.{minor}", "request": request | more, "tree": TREE}


def answered(release: str, minor: int, answer: Callable[[Any], Answer]) -> dict[str, Any]:
    """The case with the answer of the oracle, or crossplan's."""
    case = asked(release, minor)
    with planted(case["tree"]) as root:
        return {**case, "answer": unplaced(answer(placed(case["request"], root)), root)}


def main() -> None:
    """Record the steps of each release that has others than the one before."""
    oracle, before = Oracle(), None
    with lzma.open(RECORDED, "wt", preset=9) as out:
        for release in RELEASES:
            lists = {minor: answered(release, minor, predicted)["answer"]["cfg"] for minor in MINORS}
            steps = {minor for minor in MINORS[1:] if lists[minor] != lists[minor - 1]}
            for minor in sorted(steps | {step - 1 for step in steps}) if lists != before else ():
                out.write(json.dumps(answered(release, minor, oracle.answer), sort_keys=True) + "\n")
            before = lists


if __name__ == "__main__":
    main()
