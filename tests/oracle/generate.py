"""Random requests with their trees, in the form of recorded cases: `python -m oracle.generate -n N --seed SEED` prints them.

Request number I of a seed is the same on every machine and whatever N is. Three in five have nothing wrong on purpose. Only what the
oracle can answer faithfully is asked: of a Windows host no config files and no searches; where a tool or an interpreter is looked for on
PATH, PATH holds the case's own programs.
"""

import argparse
import json
from collections.abc import Sequence
from typing import Any

from oracle.configs import draw_config, draw_path
from oracle.draw import Draw
from oracle.platforms import HOSTS, draw_target, is_windows
from oracle.prepare import RELEASES, line_of
from oracle.pythons import draw_programs, draw_record
from oracle.trees import Entry, draw_tree, draw_version

Case = dict[str, Any]
_FLAG = {"1": 6, "0": 2, "": 1, "true": 1, "yes": 1, " 1": 1, "TRUE": 1}
_IMPLEMENTATIONS = {"CPython": 10, "PyPy": 5, "GraalVM": 3, "RustPython": 1}
_ODD_VERSIONS = (
    "", "3", "3.", ".11", "311", "3,11", "3.x", "3.11.2", "3.11 ", " 3.11", "3.+11", "+3.11", "3.-1", "3.1_1", "3.011", "3.255", "3.256", "256.1", "4.0",
    "2.7", "3.5", "3.18", "3.1", "٣.١١", "t", "3.13tt", "3.13T", "3.12t", "3.7t", "3.16t", "3.\udcff", "3.11\n", "99999999999.1", "3.0", "0.0", "3.8t",
)  # fmt: skip
_RUSTC = (
    "1.41.0", "1.46.0", "1.50.0", "1.51.0", "1.53.0", "1.56.1", "1.58.0", "1.60.0", "1.61.0", "1.63.0", "1.66.0", "1.70.0", "1.71.1", "1.74.0", "1.75.0",
    "1.77.2", "1.78.0", "1.79.0", "1.80.0", "1.83.0", "1.84.1", "1.85.0", "1.86.0", "1.90.0", "1.94.0", "1.96.0", "1.97.0-nightly",
)  # fmt: skip


def case(seed: int, number: int, releases: Sequence[str] = RELEASES) -> Case:
    """Request `number` of `seed`, about one of `releases`."""
    draw = Draw(seed, number)
    release = _release(draw, releases)
    line = line_of(release)
    host = draw.weighted(HOSTS)
    source = _source(draw, host)
    target, env = draw_target(draw, host, source == "host")
    if source == "version" and line < (0, 16, 3) and not is_windows(host) and not is_windows(target):
        source = "folder"  # they know no default configuration there
    version = draw_version(draw)
    crate = "pyo3-ffi" if line >= (0, 16, 0) and draw.chance(0.15) else "pyo3"
    features = _features(draw, line, crate, int(version.partition(".")[2]))
    tree: list[Entry] = []
    _set_source(draw, source, line, target, version, env, tree)
    _switches(draw, env)
    _tools(draw, target, features, env, tree)
    request: dict[str, Any] = {
        "pyo3": release, "target": target, "host": host, "features": features, "env": env, "cwd": "{ROOT}", "rustc": "1.95.0"
    }  # fmt: skip
    if draw.chance(0.04):  # relative paths count from there
        request["cwd"] = "{ROOT}/package/member"
        tree.append({"path": "package/member", "dir": True})
        if env.get("PYO3_CROSS_LIB_DIR", "/")[:1] not in ("/", "{"):
            env["PYO3_CROSS_LIB_DIR"] = f"../../{env['PYO3_CROSS_LIB_DIR']}"
    if draw.chance(0.3):
        request["rustc"] = draw.one(_RUSTC)
    if crate != "pyo3":
        request["crate"] = crate
    _host_python(draw, host, version, request, tree)
    return {"id": f"{release}-{seed}-{number}", "request": request, "tree": _consistent(tree)}


def _consistent(tree: Sequence[Entry]) -> list[Entry]:
    """The entries that can all be written: none at, above or below the place of an earlier file or link, nor at a folder's."""
    kept: list[Entry] = []
    for entry in tree:
        path = entry["path"]
        if not any(
            f"{path}/".startswith(f"{other['path']}/") or other["path"].startswith(f"{path}/") for other in kept
        ):
            kept.append(entry)
    return kept


def _release(draw: Draw, releases: Sequence[str]) -> str:
    """Each line as often as any other; in it, the last patch more often than the others."""
    lines = sorted({line_of(release)[:2] for release in releases})
    line = draw.one(lines)
    patches = [release for release in releases if line_of(release)[:2] == line]
    return patches[-1] if draw.chance(0.6) else draw.one(patches)


def _features(draw: Draw, line: tuple[int, int, int], crate: str, minor: int) -> list[str]:
    first, end = _abi3_minors(line)
    stable = [f"abi3-py3{number}" for number in range(first, end) if number <= minor or draw.wrongly(0.3)] or ["abi3"]
    features: list[str] = []
    if draw.chance(0.35):
        features += draw.some(("abi3",), 0.2) + ([] if draw.chance(0.1) else [draw.one(stable)])
    if draw.chance(0.04):
        features += draw.shuffled(stable)[:2]
    if line >= (0, 29, 0) and draw.chance(0.15):
        features += [draw.one(("abi3t", "abi3t-py315", "abi3t-py315"))]
    features += draw.some(("extension-module",), 0.25)
    if (0, 16, 5) <= line < (0, 29, 0):
        features += draw.some(("generate-import-lib",), 0.06)
    if crate == "pyo3":
        features += draw.some(("auto-initialize",), 0.06) + draw.some(("macros", "default"), 0.05)
    if draw.wrongly(0.02):
        features += [
            draw.one(("abi3-py3", "abi3-py36", "abi3-py315", "abi3t", "no-such-feature", "resolve-config", "abi3-py38"))
        ]
    return list(dict.fromkeys(features))


def _abi3_minors(line: tuple[int, int, int]) -> tuple[int, int]:
    """The minors for which the release has a versioned feature: first, and one past the last."""
    low = 6 if line < (0, 16, 0) else 7 if line < (0, 29, 0) else 8 if line < (0, 30, 0) else 9
    since = (
        ((0, 14, 0), 9),
        ((0, 15, 0), 10),
        ((0, 18, 0), 11),
        ((0, 20, 1), 12),
        ((0, 24, 1), 13),
        ((0, 25, 0), 14),
        ((0, 29, 0), 15),
    )
    return low, max(last for first, last in since if line >= first) + 1


def _source(draw: Draw, host: str) -> str:
    """What PyO3 is to take the configuration from: a library folder, a version, a config file, or its own host."""
    if is_windows(host):
        return draw.weighted({"version": 60, "host": 40})
    return draw.weighted({"folder": 42, "version": 20, "file": 20, "host": 18})


def _set_source(
    draw: Draw, source: str, line: tuple[int, int, int], target: str, version: str, env: dict[str, str], tree: list[Entry]
) -> None:  # fmt: skip
    """The variables and files of that source, and in a wrong request some of another one."""
    if source == "folder" or (draw.wrongly(0.06) and source == "file"):
        base, entries = draw_tree(draw, target, version)
        tree += entries
        env["PYO3_CROSS_LIB_DIR"] = _lib_dir(draw, base)
        if draw.chance(0.25):
            env["PYO3_CROSS_PYTHON_VERSION"] = version
        if draw.wrongly(0.15):
            names = [entry["path"].rpartition("/")[2] for entry in entries if "sysconfigdata" in entry["path"]] or ["x"]
            name = draw.one(
                (*names, "_sysconfigdata__x.py", "", "_sysconfigdata__nowhere", "_sysconfigdata", "foo", "real0")
            )
            env["_PYTHON_SYSCONFIGDATA_NAME"] = name if draw.chance(0.2) else name.removesuffix(".py")
    if source == "version":
        env["PYO3_CROSS_PYTHON_VERSION"] = version + ("t" if line >= (0, 23, 4) and draw.chance(0.12) else "")
        if is_windows(target) and (draw.chance(0.4) or line < (0, 16, 3)):
            env["PYO3_CROSS_LIB_DIR"] = draw.one(("/target/libs", "/w", "libs", "{ROOT}/libs"))
        if draw.chance(0.3):
            env["PYO3_CROSS_PYTHON_IMPLEMENTATION"] = draw.weighted(_IMPLEMENTATIONS)
    if source == "file" or (draw.wrongly(0.05) and source == "folder"):
        tree.append(draw_config(draw, target, version, line))
        env["PYO3_CONFIG_FILE"] = draw_path(draw)
    if draw.wrongly(0.08):
        env["PYO3_CROSS_PYTHON_VERSION"] = draw.one(_ODD_VERSIONS)
    if draw.wrongly(0.06):
        env["PYO3_CROSS_PYTHON_IMPLEMENTATION"] = draw.one(
            ("", "GraalPy", "cpython", "Jython", " PyPy", "RustPython", "\udcff", "PyPy\n")
        )


def _lib_dir(draw: Draw, base: str) -> str:
    if draw.wrongly(0.12):
        return draw.one(
            ("", "{ROOT}/missing", f"{{ROOT}}/{base}/share/empty", f"{base}/python3.11", "{ROOT}/\udcff", "missing", "~/lib", ".")
        )  # fmt: skip
    return draw.weighted(
        {f"{{ROOT}}/{base}": 60, base: 25, f"{{ROOT}}/{base}/": 4, f"./{base}/": 3, f"{{ROOT}}/./{base}/../{base}": 2, f"{{ROOT}}//{base}": 1, "{ROOT}": 2}
    )  # fmt: skip


def _switches(draw: Draw, env: dict[str, str]) -> None:
    """Variables that work by being there, or by being 1."""
    often = {
        "PYO3_CROSS": 0.06, "PYO3_NO_PYTHON": 0.06, "PYO3_USE_ABI3_FORWARD_COMPATIBILITY": 0.05, "PYO3_USE_STABLE_ABI_FORWARD_COMPATIBILITY": 0.04,
        "PYO3_BUILD_EXTENSION_MODULE": 0.06, "PYO3_USE_RAW_DYLIB": 0.06, "UNSAFE_PYO3_SKIP_VERSION_CHECK": 0.04,
        "UNSAFE_PYO3_BUILD_FREE_THREADED": 0.03, "PYO3_CI": 0.02, "PYO3_ENVIRONMENT_SIGNATURE": 0.02, "PYO3_PRINT_CONFIG": 0.02, "PYO3_WIP_NO_STD": 0.02,
    }  # fmt: skip
    for name, probability in often.items():
        if draw.chance(probability):
            env[name] = "\udcff" if draw.wrongly(0.05) else draw.weighted(_FLAG)
    if draw.wrongly(0.06):
        env["CARGO_CFG_TARGET_POINTER_WIDTH"] = draw.one(("16", "32", "64", "128"))
    if draw.wrongly(0.02):
        env["CARGO_CFG_TARGET_OS"] = draw.one(("windows", "linux", "macos", "android", "cygwin", "wasi", "aix", "none"))


def _tools(draw: Draw, target: str, features: Sequence[str], env: dict[str, str], tree: list[Entry]) -> None:
    """What makes import libraries, where one may be asked for."""
    if "generate-import-lib" not in features:
        return
    env["PATH"] = "{ROOT}/bin"
    names = ("x86_64-w64-mingw32-dlltool", "i686-w64-mingw32-dlltool", "llvm-dlltool", "zig", "mydlltool")
    present = draw.some(names, 0.2) if draw.wrong else draw.some(names, 0.75)
    tree += [{"path": f"bin/{name}", "text": "#!/bin/sh\nexit 0\n", "mode": "755"} for name in present]
    if draw.chance(0.15):
        env["ZIG_COMMAND"] = draw.one(("zig", "{ROOT}/bin/zig", "zig cc", "missing-zig", ""))
    if draw.chance(0.15):
        env["PYO3_MINGW_DLLTOOL"] = draw.one(("mydlltool", "{ROOT}/bin/mydlltool", "missing-dlltool", ""))


def _host_python(draw: Draw, host: str, version: str, request: dict[str, Any], tree: list[Entry]) -> None:
    """The host's interpreter, and where it is looked for."""
    env = request["env"]
    if not is_windows(host) and (draw.wrongly(0.07) or draw.chance(0.01)):
        found, programs = draw_programs(draw)
        env |= found
        tree += programs
        return
    request["host_python"] = draw_record(draw, host, version)
    if draw.chance(0.3):
        env["PYO3_PYTHON"] = draw.one(("python3.11", "/opt/python/bin/python3", "python", "{ROOT}/py/bin/python"))
    if draw.wrongly(0.08):
        env["PYO3_PYTHON"] = draw.one(
            ("", "/nonexistent/python", "{ROOT}/missing/python", "py thon", "\udcff", "./python")
        )
    if not is_windows(host):
        env |= {name: f"{{ROOT}}/{name[:4].lower()}" for name in draw.some(("VIRTUAL_ENV", "CONDA_PREFIX"), 0.1)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m oracle.generate", description=__doc__)
    parser.add_argument("-n", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--release", action="append", choices=RELEASES)
    arguments = parser.parse_args()
    for number in range(arguments.n):
        print(json.dumps(case(arguments.seed, number, arguments.release or RELEASES), sort_keys=True))


if __name__ == "__main__":
    main()
