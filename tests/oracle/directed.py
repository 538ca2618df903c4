"""Record what chance does not find: `python -m oracle.directed` (from the folder `tests`) writes `recorded/directed.jsonl.xz`.

Each case is asked of the releases around which its answer changes, as `scripts/mutate_rules.py` names them.
"""

import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from oracle.answer import Oracle
from oracle.compare import differences
from oracle.compilers import HOST, PYTHON
from oracle.fuzz import predicted
from oracle.tree import placed, planted, unplaced

RECORDED = Path(__file__).parent / "recorded" / "directed.jsonl.xz"
WINDOWS, MINGW, ARM = "x86_64-pc-windows-msvc", "x86_64-pc-windows-gnu", "aarch64-unknown-linux-gnu"
FILE = {"PYO3_CONFIG_FILE": "{ROOT}/config.txt"}
LINE_FEED = {"PYO3_CROSS_LIB_DIR": "/a\nb", "PYO3_CROSS_PYTHON_VERSION": "3.9"}
Case = dict[str, Any]


def cases() -> Iterator[Case]:
    """Every case, without its answer."""
    for release in ("0.15.2", "0.16.0", "0.16.2", "0.16.3", "0.28.3", "0.29.0", "0.30.1"):
        yield case("line-feed", release, WINDOWS, LINE_FEED)  # which spoils the text that is handed on
    for release in ("0.14.2", "0.15.0", "0.15.1"):
        yield of_file("other-flag", release, HOST, "version=3.13\nabi3=true\nlib_name=x\nbuild_flags=Py_GIL_DISABLED\n")
    for release in ("0.29.0", "0.29.2", "0.29.3", "0.30.1"):
        for target in (ARM, WINDOWS):
            yield of_file(
                "early-free-threaded", release, target, "version=3.12\ntarget_abi=CPython-free_threaded-3.12\n"
            )
    for release in ("0.23.2", "0.23.3", "0.28.3"):
        text = "version=3.13\nlib_name=python313t\nbuild_flags=Py_GIL_DISABLED\n"
        yield of_file("import-library-flags", release, MINGW, text, "generate-import-lib")
    for release in ("0.16.4", "0.16.5", "0.17.3"):
        for features in ((), ("abi3-py38",)):
            env = {"PYO3_CROSS_PYTHON_VERSION": "3.9"}
            yield case("import-library", release, WINDOWS, env, "generate-abi3-import-lib", *features)
        for kind in ("true", "false"):
            text = f"version=3.9\nlib_name=x\nabi3={kind}\n"
            yield of_file(f"import-library-abi3-{kind}", release, WINDOWS, text, "generate-abi3-import-lib")
    for release in ("0.16.3", "0.16.4", "0.29.0", "0.29.1", "0.29.2", "0.29.3", "0.30.1"):
        yield silent(release)


def case(name: str, release: str, target: str, env: dict[str, str], *features: str) -> Case:
    """A case without files."""
    request = {
        "pyo3": release,
        "target": target,
        "host": HOST,
        "features": list(features),
        "env": {"PATH": "/-", **env},
    }
    more = {"cwd": "{ROOT}", "rustc": "1.95.0", "host_python": PYTHON}
    return {"id": "-".join((release, name, target.partition("-")[0], *features)), "request": request | more, "tree": []}


def of_file(name: str, release: str, target: str, text: str, *features: str) -> Case:
    """A case whose configuration is a file."""
    return {**case(name, release, target, FILE, *features), "tree": [{"path": "config.txt", "text": text}]}


def silent(release: str) -> Case:
    """A case whose interpreter prints nothing."""
    found = case("silent", release, HOST, {"PYO3_PYTHON": "{ROOT}/silent"})
    del found["request"]["host_python"]
    return {**found, "tree": [{"path": "silent", "text": "#!/bin/sh\nwhile read -r line; do :; done\n", "mode": "755"}]}


def main() -> None:
    """Ask, write, and say where crossplan differs."""
    oracle = Oracle()
    with lzma.open(RECORDED, "wt", preset=9) as out:
        for asked in cases():
            with planted(asked["tree"]) as root:
                request = placed(asked["request"], root)
                answer, ours = unplaced(oracle.answer(request), root), unplaced(predicted(request), root)
            out.write(json.dumps({**asked, "answer": answer}, sort_keys=True) + "\n")
            print(
                asked["id"], answer["outcome"], *answer["error"], differences(answer, ours) or "", sep="; ", flush=True
            )


if __name__ == "__main__":
    main()
