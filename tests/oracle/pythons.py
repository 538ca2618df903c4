"""Random hosts' Pythons: as a record that answers, as none at all, and as programs on PATH that do not work."""

from typing import Any

from oracle.draw import Draw
from oracle.platforms import is_windows, pointer_of
from oracle.trees import Entry, draw_version

_GRAALPY = {"23.1": 2, "23.1.2": 1, "24.0": 1, "24.1.2": 3, "24.2.2": 1, "25.0": 2, "25.0.1": 3, "25.4": 1, "26.0": 1}
_BANNERS = (
    "Python 3.10.4",
    "Python 3.10.4",
    "Python 2.7.18",
    "GraalPy 3.11.7 (x)",
    "python 3.10",
    "",
    "Python 3",
    " Python 3.11.1",
    "PyPy 3.10",
)
_PATHS = {
    "{ROOT}/bin": 12,
    "{ROOT}/none:{ROOT}/bin": 2,
    "{ROOT}/bin:{ROOT}/more": 2,
    "{ROOT}/none": 1,
    "bin": 1,
    ":{ROOT}/more": 1,
    "./bin:": 1,
}
# What they say to `--version`, and what they do with a script: print nothing, fail, print what is no text.
_ENDS = ("", "", "exit 3\n", "printf 'a \\377\\n'\n", "printf '\\377'\n")


def draw_record(draw: Draw, host: str, version: str) -> dict[str, Any] | None:
    """What the interpreter of `host` answers, often one of the target's `version`; None where there is none."""
    if draw.chance(0.02) or draw.wrongly(0.06):
        return None
    implementation = draw.weighted({"CPython": 88, "PyPy": 6, "GraalVM": 6})
    version = version if draw.chance(0.5) else draw_version(draw)
    if draw.wrongly(0.12):
        version = draw.one(("2.7", "3.5", "3.6", "3.18", "3.99", "4.0", "3.16", "3.17"))
    threaded = implementation == "CPython" and draw.chance(0.3 if version in ("3.13", "3.14", "3.15") else 0.01)
    debug = draw.chance(0.07)
    record = (
        _windows(draw, version, threaded, debug)
        if is_windows(host)
        else _unix(draw, version, threaded, debug, implementation)
    )
    record |= {"implementation": implementation, "version": version, "gil_disabled": threaded, "graalpy": None}
    record["pointer_width"] = 8 * pointer_of(host)
    if implementation == "GraalVM":
        record["graalpy"] = draw.weighted(_GRAALPY)
    if draw.wrongly(0.3):
        _spoil(draw, record)
    return record


def _unix(draw: Draw, version: str, threaded: bool, debug: bool, implementation: str) -> dict[str, Any]:
    flags = ("t" if threaded else "") + ("d" if debug else "") + ("m" if version in ("3.6", "3.7") else "")
    ext_suffix = f".cpython-{version.replace('.', '')}{flags}-x86_64-linux-gnu.so"
    return {
        "shared": draw.chance(0.85), "ld_version": version + flags if implementation == "CPython" else None,
        "lib_dir": draw.one(("/usr/lib", "/usr/lib/x86_64-linux-gnu", "/opt/py/lib")), "base_prefix": "/usr",
        "executable": draw.one(("/usr/bin/python3", "/opt/my py/bin/python")), "mingw": False, "cygwin": False,
        "ext_suffix": ext_suffix, "framework_prefix": draw.weighted({"": 9, "/Library/Frameworks": 1}),
        "build_flags": ["Py_DEBUG", *draw.some(("Py_REF_DEBUG", "Py_TRACE_REFS", "COUNT_ALLOCS"), 0.4)] if debug else [],
    }  # fmt: skip


def _windows(draw: Draw, version: str, threaded: bool, debug: bool) -> dict[str, Any]:
    mingw = draw.chance(0.15)
    return {
        "shared": True, "ld_version": version if mingw else None, "lib_dir": None, "base_prefix": "C:\\Python",
        "executable": "C:\\Python\\python.exe", "mingw": mingw, "cygwin": False,
        "ext_suffix": f"{'_d' if debug else ''}.cp{version.replace('.', '')}{'t' if threaded else ''}-win_amd64.pyd",
        "framework_prefix": None, "build_flags": draw.some(("Py_DEBUG", "Py_REF_DEBUG", "COUNT_ALLOCS"), 0.5) if debug else [],
    }  # fmt: skip


def _spoil(draw: Draw, record: dict[str, Any]) -> None:
    """Let the interpreter answer what few do."""
    odd: dict[str, tuple[Any, ...]] = {
        "implementation": ("Jython", "cpython", "RustPython"), "shared": (False, True), "ld_version": (None, "", "3.11", "3.7dm", "x y"),
        "lib_dir": (None, "", "/with space/lib", "/opt/é"), "base_prefix": (None,), "executable": ("", "/opt/é/python"),
        "pointer_width": (32, 64, 16), "mingw": (True,), "cygwin": (True,), "ext_suffix": (None, "_d.pyd", ".so", "_d.cpython-311.so", "_D.pyd"),
        "framework_prefix": (None, "", "/F"), "gil_disabled": (True, False), "build_flags": (["Py_DEBUG"], ["WITH_THREAD"], ["Py_TRACE_REFS"], ["Py_GIL_DISABLED"]),
        "py_debug": (0, 1, "0", "1", "", True, False, None),
    }  # fmt: skip
    for key in draw.shuffled(tuple(odd))[: draw.between(1, 3)]:
        if record["implementation"] != "GraalVM" or key != "implementation":
            record[key] = draw.one(odd[key])


def draw_programs(draw: Draw) -> tuple[dict[str, str], list[Entry]]:
    """Variables and files by which PyO3 finds programs that are called Python, none of which works."""
    env = {"PATH": draw.weighted(_PATHS)}
    tree = [
        _program(draw, f"{folder}/{name}")
        for folder in ("bin", "more")
        for name in ("python", "python3")
        if draw.chance(0.5)
    ]
    where = draw.weighted({"": 4, "PYO3_PYTHON": 3, "VIRTUAL_ENV": 2, "CONDA_PREFIX": 2})
    if where:
        usual, odd = ("{ROOT}/py/bin/python", "py/bin/python") if where == "PYO3_PYTHON" else ("{ROOT}/py", "py")
        env[where] = odd if draw.chance(0.15) else usual
        if draw.chance(0.85):
            tree.append(_program(draw, "py/bin/python"))
    return env, tree


def _program(draw: Draw, path: str) -> Entry:
    banner, end = draw.one(_BANNERS), draw.one(_ENDS)
    text = f"#!/bin/sh\nif [ \"$1\" = --version ]; then echo '{banner}'; exit 0; fi\nwhile read -r _; do :; done\n{end}"
    kind = draw.weighted({"program": 20, "plain": 1, "folder": 1, "dangling": 1, "no-interpreter": 1})
    if kind == "folder":
        return {"path": path, "dir": True}
    if kind == "dangling":
        return {"path": path, "link": "nowhere"}
    if kind == "no-interpreter":
        return {"path": path, "text": "#!/no/such/shell\n", "mode": "755"}
    return {"path": path, "text": text} | ({"mode": "755"} if kind == "program" else {})
