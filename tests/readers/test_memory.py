"""Hostile descriptions: each is read in a process that may grow by 64 MiB and may take five seconds of a processor.

Also by this machine's own Python, which may be another one: that of Debian 12 matches some patterns otherwise.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parents[2]
CHILD = """
import resource, sys
from importlib import import_module
from crossplan.readers.source import ReadError

module, function, path = sys.argv[1:]
read = getattr(import_module(f"crossplan.readers.{module}"), function)
pages = int(open("/proc/self/statm").read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + (64 << 20),) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (5, 5))
data = open(path, "rb").read()
try:
    read(data)
    print("record")
except ReadError as error:
    print(error)
"""


def filled(unit: str, head: str = "", tail: str = "", size: int = 1 << 20) -> bytes:
    """As many units as go between head and tail; a `%x` in it counts them."""
    ends = len(head.encode()) + len(tail.encode())
    number = (size - ends) // len((unit % 0xFFFFF if "%x" in unit else unit).encode())
    return (head + "".join(unit % n if "%x" in unit else unit for n in range(number)) + tail).encode()


DICT = "build_time_vars = {"
SYSCONFIGDATA = {
    "escapes": filled(r"\a", DICT + "'A': '", "'}\n"),
    "escapes of wide characters": filled(r"\u4e00", DICT + "'A': '", "'}\n"),
    "escapes beside a wider character": filled(r"\a", DICT + "'A': '\U0001f600", "'}\n"),
    "escapes in a long literal": filled(r"\a", DICT + "'A': '''", "'''}\n"),
    "quotes in a long literal": filled("'a", DICT + "'A': '''", "'''}\n"),
    "escapes in a docstring": filled(r"\a", "'''", "'''\n" + DICT + "}\n"),
    "escapes without an end": filled(r"\a", DICT + "'A': '", "\n"),
    "empty literals": filled("'' ", DICT + "'A': ", "}\n"),
    "short literals": filled("'ab'", DICT + "'A': ", "}\n"),
    "short literals as a key": filled("'ab'", DICT, ": 1}\n"),
    "short literals, each on its line": filled("'ab'\n", DICT + "'A': ", "}\n"),
    "short long literals": filled("'''a'''", DICT + "'A': ", "}\n"),
    "literals, then a call": filled("'a'\n", DICT + "'A': ", "f()\n}\n"),
    "literals without an end": filled("'a'", DICT + "'A': ", "f()\n"),
    "wide literals": filled("'\u4e00'", DICT + "'A': ", "}\n"),
    "comments": filled("#\n", DICT + "'A': 1,\n", "}\n"),
    "comments before": filled("#\n", "", DICT + "}\n"),
    "continued lines": filled("\\\n", DICT, "}\n"),
    "entries": filled("'%x':1,", DICT, "}\n"),
    "entries of text on lines": filled("'%x': '\U0001f600',\n", DICT, "}\n"),
    "entries over lines": filled("'%x': '\\a'\n'b',\n", DICT, "}\n"),
    "nested dicts": filled("{'a':", DICT + "'A': ", "\n"),
    "assignments": filled(DICT + "}\n"),
}
MANY = '{"schema_version": "1.0", "language": {"version": "3.14"}, "a": ['
OTHERS = {
    ("headers", "read_header", "guards of guards"): filled("#ifndef Py_DEBUG\n#define Py_DEBUG 1\n"),
    ("headers", "read_header", "the same macro"): filled("#define Py_DEBUG 1\n"),
    ("headers", "read_header", "comments"): filled("/**/"),
    ("makefile", "read_makefile", "names"): filled("A%x=\n"),
    ("makefile", "read_makefile", "references to references"): b"".join(
        b"A%d=" % n + b"$(A%d)" % (n + 1) * 20_000 + b"\n" for n in range(8)
    )
    + b"A8=\nLIBDIR=$(A0)\n",
    ("makefile", "read_pkgconfig", "copies of a long value"): filled(
        "B%x=y$(A)\n", f"A={'x' * 500_000}\n", "libdir=" + "$(A)" * 9_000
    ),
    ("build_details", "read_build_details", "empty objects"): filled("{},", MANY, "{}]}", 8 << 20),
    ("build_details", "read_build_details", "keys"): filled('"%x":"",', MANY[:-5], '"":1}', 8 << 20),
    ("build_details", "read_build_details", "wide characters"): filled(
        "x", MANY + '"\U0001f600', '"]}', (8 << 20) - 100
    ),
    ("build_details", "read_build_details", "an escape for a wide character"): filled(
        "x", MANY + r'"\ud83d\ude00', '"]}', (8 << 20) - 100
    ),
    ("build_details", "read_conda_meta", "files"): filled('"%x",', '{"name": "python", "files": [', '""]}', 700_000),
}


@cache
def pythons() -> dict[str, str]:
    """This Python and the system's, by version, of those that crossplan runs with."""
    found = {}
    for program in filter(None, (sys.executable, shutil.which("python3", path="/usr/bin"))):
        words = [program, "-c", "import sys; print(*sys.version_info[:3])"]
        version = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
        if tuple(map(int, version)) >= (3, 11):
            found[".".join(version)] = program
    return found


def read(version: str, module: str, function: str, data: bytes, place: Path) -> str:
    """How reading `data` ends in a bounded process: `record`, or the words of a `ReadError`."""
    place.write_bytes(data)
    words = [pythons()[version], "-c", CHILD, module, function, str(place)]
    done = subprocess.run(words, cwd=TREE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("version", pythons())
@pytest.mark.parametrize("form", SYSCONFIGDATA)
def test_a_hostile_sysconfigdata(form: str, version: str, tmp_path: Path) -> None:
    assert read(version, "sysconfigdata", "read_sysconfigdata", SYSCONFIGDATA[form], tmp_path / "data")


@pytest.mark.parametrize(("module", "function", "form"), OTHERS)
def test_another_hostile_description(module: str, function: str, form: str, tmp_path: Path) -> None:
    data = OTHERS[module, function, form]
    assert read(next(iter(pythons())), module, function, data, tmp_path / "data")
