"""Random texts for `PYO3_CONFIG_FILE`: as a person, or PyO3 itself, writes them, and spoiled."""

import base64
import os
from typing import Any

from oracle.draw import Draw
from oracle.platforms import pointer_of
from oracle.trees import Entry

_ODD_LINES = (
    "version", "version=", "version=3.11.2", "version=3.13t", "version=3.x", "version=4.0", "version=2.7", "version=3.+9", "version = 3.9",
    "implementation=", "implementation=cpython", "implementation=GraalPy", "implementation=RustPython", "shared=1", "shared=True", "shared=",
    " shared=true", "abi3=yes", "abi3=", "abi3=False", "pointer_width=x", "pointer_width=", "pointer_width=-1", "pointer_width=+64",
    "pointer_width=128", "pointer_width=4294967296", "build_flags=FOO", "build_flags= Py_DEBUG", "build_flags=Py_DEBUG,Py_GIL_DISABLED",
    "build_flags=FOO,", "lib_name=", "lib_name=a=b", "lib_dir=", "lib_dir=relative", "executable=", "python_framework_prefix=",
    "suppress_build_script_link_lines=yes", "suppress_build_script_link_lines=", "extra_build_script_line=", "extra_build_script_line=cargo:warning=hello",
    "ext_suffix=.so", "soabi=cpython-311", "VERSION=3.9", "=x", "=", "", " ", "\t", "# comment", "[section]", "x", "version=3.9\r", "\ufeffversion=3.9",
    "target_abi=", "target_abi=abi3", "target_abi=CPython-abi3", "target_abi=CPython-abi3-3.9-x", "target_abi=CPython-abi4-3.9", "target_abi=Jython-abi3-3.9",
    "target_abi=CPython-abi3-3", "target_abi=CPython-abi3-3.x", "target_abi=CPython-abi3-", "target_abi=-abi3-3.9", "target_abi=CPython--3.9",
    "target_abi=CPython-gil_enabled-debug", "target_abi=CPython-debug", "target_abi=-debug", "target_abi=CPython-gil_enabled-3.11-DEBUG",
    "target_abi=CPython-gil_enabled-3.11-debug-debug", "target_abi=CPython-free_threaded-3.12", "target_abi=RustPython-gil_enabled-3.15",
    "target_abi=RustPython-abi3t-3.15", "target_abi= CPython-abi3-3.9",
)  # fmt: skip
_EXTRA = (
    "cargo:rustc-link-lib=foo",
    "cargo:rustc-cfg=mine",
    "cargo:rustc-link-search=native=/extra",
    "cargo:rustc-env=A=b=c",
)


def draw_config(draw: Draw, target: str, version: str, release: tuple[int, int, int]) -> Entry:
    """A config file of the name `config.txt`, for a release that knows certain keys."""
    lines = _lines(draw, target, version, release)
    if draw.wrongly(0.5):
        _spoil(draw, lines)
    end = draw.weighted({"\n": 85, "": 15})
    text = "\n".join(lines) + end
    if draw.chance(0.04):
        text = text.replace("\n", "\r\n")
    if draw.wrongly(0.05):
        return {"path": "config.txt", "dir": True}
    if draw.wrongly(0.06):
        at = draw.between(0, len(text))
        raw = os.fsencode(text[:at]) + b"\xff" + os.fsencode(text[at:])
        return {"path": "config.txt", "base64": base64.b64encode(raw).decode()}
    return {"path": "config.txt", "text": text}


def _lines(draw: Draw, target: str, version: str, release: tuple[int, int, int]) -> list[str]:
    implementation = draw.weighted(
        {"CPython": 80, "PyPy": 10, "GraalVM": 6, "RustPython": 4 if release >= (0, 29, 0) else 0}
    )
    name = draw.one(
        (
            f"python{version}",
            f"python{version}t",
            "python3",
            f"python{version.replace('.', '')}",
            "foo",
            f"libpypy{version}-c",
            "python-native",
        )
    )
    optional = {
        f"shared={draw.one(('true', 'true', 'false'))}": 0.4,
        f"abi3={draw.one(('true', 'false'))}": 0.3 if release < (0, 29, 0) else 0.05,
        f"lib_name={f'python{version}' if draw.chance(0.6) else name}": 0.5,
        f"lib_dir={draw.one(('/target/lib', '{ROOT}/lib', '/with space'))}": 0.4,
        "executable=/usr/bin/python3": 0.2,
        f"pointer_width={draw.one((16, 32, 64)) if draw.wrongly(0.3) else 8 * pointer_of(target)}": 0.4,
        f"build_flags={_flags(draw)}": 0.3,
        f"suppress_build_script_link_lines={draw.one(('true', 'false'))}": 0.12,
        **{f"extra_build_script_line={line}": 0.06 for line in _EXTRA},
    }
    if release >= (0, 23, 4):
        optional[f"python_framework_prefix={draw.one(('', '/Library/Frameworks'))}"] = 0.15
    if release >= (0, 29, 0):
        optional[f"target_abi={_abi(draw, implementation, version, release)}"] = 0.4
    lines = [f"implementation={implementation}"] if implementation != "CPython" or draw.chance(0.4) else []
    lines += [f"version={version}", *(line for line, often in optional.items() if draw.chance(often))]
    return draw.shuffled(lines) if draw.chance(0.1) else lines


def _flags(draw: Draw) -> str:
    return draw.weighted(
        {"": 4, "Py_DEBUG": 4, "Py_GIL_DISABLED": 4, "Py_DEBUG,Py_REF_DEBUG": 1, "Py_GIL_DISABLED,Py_DEBUG": 1, "COUNT_ALLOCS": 1,
         "Py_TRACE_REFS": 1, "WITH_THREAD": 1, "Py_DEBUG,FOO": 1}
    )  # fmt: skip


def _abi(draw: Draw, implementation: str, version: str, release: tuple[int, int, int]) -> str:
    kind = draw.weighted({"gil_enabled": 5, "free_threaded": 2, "abi3": 4, "abi3t": 2})
    own = version if draw.chance(0.8) else draw.one(("3.8", "3.9", "3.13", "3.15", "3.16"))
    suffix = "-debug" if draw.chance(0.15 if release >= (0, 30, 0) else 0.02) else ""
    return f"{implementation if draw.chance(0.95) else 'CPython'}-{kind}-{own}{suffix}"


def _spoil(draw: Draw, lines: list[str]) -> None:
    """Put lines in that mean nothing or something else, repeat some, or take the needed one away."""
    what = draw.weighted({"add": 60, "repeat": 15, "without": 10, "first": 15})
    if what == "without":
        lines[:] = [line for line in lines if not line.startswith("version=")]
    elif what == "repeat":
        lines.insert(draw.between(0, len(lines)), draw.one(lines))
    else:
        for _ in range(draw.between(1, 2)):
            lines.insert(0 if what == "first" else draw.between(0, len(lines)), draw.one(_ODD_LINES))


def draw_path(draw: Draw) -> Any:
    """What `PYO3_CONFIG_FILE` says; nearly always the file's absolute path."""
    if draw.wrongly(0.12):
        return draw.one(
            (
                "config.txt",
                "./config.txt",
                "",
                "{ROOT}/missing.txt",
                "{ROOT}",
                "{ROOT}/config.txt/x",
                "{ROOT}/\udcff.txt",
                " {ROOT}/config.txt",
            )
        )
    return draw.weighted(
        {"{ROOT}/config.txt": 95, "{ROOT}/./config.txt": 2, "{ROOT}//config.txt": 2, "{ROOT}/share/../config.txt": 1}
    )
