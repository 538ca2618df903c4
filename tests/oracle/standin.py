"""An interpreter that answers as a `host_python` record says, and still executes what it is given.

The build scripts send their questions as a program on standard input. This one is run by the real Python (`-S`, for speed) with
`platform`, `sysconfig` and `struct` replaced and `sys` adapted to the record in `CROSSPLAN_ORACLE_RECORD`; a sysconfigdata file,
which asks nothing of them, is executed for real.
"""

import json
import os
import sys
from types import ModuleType

# The modules of that kind that the interpreter has: those of Debian's CPython, on which the recorded answers were made.
_OWN_NAMES = ("_sysconfigdata__x86_64-linux-gnu", "_sysconfigdata__linux_x86_64-linux-gnu")


def main() -> None:
    """Answer `--version`, or run the program on standard input."""
    record = json.loads(os.environ["CROSSPLAN_ORACLE_RECORD"])
    if sys.argv[1:] == ["--version"]:
        print(("GraalPy " if record["implementation"] == "GraalVM" else "Python ") + record["version"] + ".0")
        return
    # A traceback is for people; the scripts' own messages are read from the same stream.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    names = {"__name__": "__main__", "__builtins__": __builtins__}
    if record["graalpy"] is not None:
        names["__graalpython__"] = _module("graalpython", get_graalvm_version=lambda: record["graalpy"])
    text = sys.stdin.buffer.read()
    _adapt_sys(record)
    _replace_modules(record)
    exec(compile(text, "<stdin>", "exec"), names)


def _adapt_sys(record: dict) -> None:  # type: ignore[type-arg]
    major, minor = record["version"].split(".")
    sys.version_info = (int(major), int(minor), 0, "final", 0)  # type: ignore[assignment]
    sys.base_prefix = record["base_prefix"]
    sys.executable = record["executable"]
    sys.argv = ["-"]


def _module(name: str, **members: object) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(members)
    return module


def _replace_modules(record: dict) -> None:  # type: ignore[type-arg]
    windows = "-windows-" in os.environ["CROSSPLAN_ORACLE_HOST"]
    platform = _module(
        "platform",
        python_implementation=lambda: record["implementation"],
        system=lambda: "Windows" if windows else "Linux",
        win32_ver=lambda: ("", "", "", ""),  # every CPython has the function
    )
    struct = _module("struct", calcsize=lambda code: record["pointer_width"] // 8)
    sys.modules.update(platform=platform, struct=struct)
    if os.environ.get("_PYTHON_SYSCONFIGDATA_NAME", _OWN_NAMES[0]) in _OWN_NAMES:
        values = _config_vars(record)
        kind = "mingw_x86_64" if record["mingw"] else "cygwin-3.4-x86_64" if record["cygwin"] else "linux-x86_64"
        sys.modules["sysconfig"] = _module(
            "sysconfig", get_config_var=values.get, get_config_vars=lambda: values, get_platform=lambda: kind
        )
    else:  # CPython imports the module so named, and there is none
        sys.modules["sysconfig"] = None  # type: ignore[assignment]


def _config_vars(record: dict) -> dict[str, object]:  # type: ignore[type-arg]
    """What the scripts ask of `sysconfig`."""
    values: dict[str, object] = dict.fromkeys(record["build_flags"], 1)
    values |= {
        "LDVERSION": record["ld_version"],
        "LIBDIR": record["lib_dir"],
        "EXT_SUFFIX": record["ext_suffix"],
        "PYTHONFRAMEWORK": "Python" if record["framework_prefix"] else "",
        "PYTHONFRAMEWORKPREFIX": record["framework_prefix"],
        "Py_ENABLE_SHARED": int(record["shared"]),
        "Py_GIL_DISABLED": int(record["gil_disabled"]),
    }
    if "py_debug" in record:
        values["Py_DEBUG"] = record["py_debug"]
    return values


main()
