"""The closed evaluator against CPython itself, on files that stand in sight here; what it does not know it must not guess."""

import subprocess
import sys

import pytest

from crossplan.resolve import literal
from crossplan.resolve.run import Unknown
from crossplan.resolve.sysconfigdata import _APPENDED, printed

DECIDED = [
    "build_time_vars = {'A': '1', 'B': 2, 'C': -3}\n",
    "# comment\nbuild_time_vars = {'A': 'x y',\n 'B': 'a' 'b'\n      'c'}\n",
    "'''doc'''\nbuild_time_vars = {'A': 'it''s'}  # end",
    "build_time_vars = {'A': r'\\d', 'B': '\\x41\\u0042', 'C': \"q'q\"}\n",
    "build_time_vars = {'A': 'one\\nVERSION 3.9\\nno', 'B b': 'x'}\n",
    "build_time_vars = {'A': 1, 'A': 2}\n",
    "build_time_vars = {'A': [1, 'x'], 'B': None, 'C': (1,), 'D': 1.50, 'E': True, 'F': {'g': b'h'}}\n",
    "build_time_vars = {'A': 007}\n",
    "build_time_vars = {'A': Ellipsis, 'B': [Ellipsis, ...]}\nEllipsis = 1\nbuild_time_vars['C'] = Ellipsis\n",
    "build_time_vars = {'A': 0}; build_time_vars['B'] = 'later'\n",
    "build_time_vars = {}\nbuild_time_vars.update({'A': 'u'})\ndel build_time_vars['A']\nbuild_time_vars['C'] = 'x' + 'y'\n",
    "x = {'A': 1}\nbuild_time_vars = x\nbuild_time_vars['B'] = x['A'] + 1\n",
    "build_time_vars: dict = {'A': '1'}\n",
    "build_time_vars = {'A': 'é', 'B': '\\ud800'}\n",
    "build_time_vars = {'A': '٣'}\n",
    "build_time_vars = {'A': '1',\n",
    "build_time_vars = {'A': '1'\n 'B': 2}\n",
    "build_time_vars = '''\n",
    "build_time_vars = {'A': 1}\\\n",
    "build_time_vars = {'A': 1} + {}\n",
    "build_time_vars = {[]: 1}\n",
    "build_time_vars = {'A': 'x' + 1}\n",
    "build_time_vars = None\n",
    "build_time_vars = ['A']\n",
    "a = 1\n",
    "",
    "this is not Python\n",
    "<html>404</html>\n",
    "return 1\n",
    "if True:\n",
    "build_time_vars = nobody\n",
    "build_time_vars = nobody(1, 2)\n",
    "build_time_vars = nobody.known['x']\n",
    "if nobody == 1:\n    build_time_vars = {}\n",
    "build_time_vars = {'A': f'{nobody}'}\n",
    "x = 1\nbuild_time_vars = {'A': f'{x} {x}', 'B': 3 - 1, 'C': not 'x'}\n",
    "build_time_vars = {}\nbuild_time_vars.updated({})\n",
    "for x in nobody:\n    pass\n",
    "import sys; sys.exit(3)\n",
    "import sys\nsys.exit()\n",
    "import sys\nbuild_time_vars = {'A': 1}\nsys.exit(0)\n",
    "import sys as s\ns.exit('text')\n",
    "from sys import exit as leave\nleave(256)\n",
    "raise SystemExit\n",
    "raise SystemExit(2)\n",
    "raise ValueError('x')\n",
    "import os  # noqa\nbuild_time_vars = {'A': 1}\n",
    "\ufeffbuild_time_vars = {'A': 1}\n",
    "build_time_vars = {'A': 1}\r\nbuild_time_vars['B'] = '2'\r\n",
    " build_time_vars = {'A': 1}\n",
    "build_time_vars = {'A': 1};;\n",
    "build_time_vars = {**{'A': 1}, 'B': f'plain'}\n",
    "build_time_vars = {'A': 1}\nbuild_time_vars += 1\n",
    "build_time_vars = {'A': " + "(" * 300 + ")" * 300 + "}\n",
]
UNDECIDED = [
    "import os\nbuild_time_vars = {'A': os.sep}\n",
    "build_time_vars = dict(A=1)\n",
    "build_time_vars = {'A': open('/etc/passwd').read()}\n",
    "build_time_vars = {k: 1 for k in 'ab'}\n",
    "for x in (1,):\n    build_time_vars = {}\n",
    "def f(): pass\n",
    "import nobody_has_this\n",
    "import this\n",
    "print('VERSION 3.9')\nbuild_time_vars = {}\n",
    "build_time_vars = {'A': __file__}\n",
    "build_time_vars = {'A': 2 ** 3}\n",
    "exit(0)\n",
    "# -*- coding: latin-1 -*-\nbuild_time_vars = {'A': 'é'}\n",
]


def cpython(text: str) -> dict[str, str] | None:
    """What an interpreter prints of the file, as PyO3 splits it; None if it fails."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-"], input=(text + _APPENDED).encode(), capture_output=True, check=False
    )
    if done.returncode:
        return None
    lines = done.stdout.decode().split("\n")
    return dict(line.removesuffix("\r").split(" ", 1) for line in lines if " " in line)


@pytest.mark.parametrize("text", DECIDED, ids=range(len(DECIDED)))
def test_it_answers_as_cpython_does(text: str) -> None:
    assert printed(text, "items") == cpython(text)


@pytest.mark.parametrize("text", UNDECIDED, ids=range(len(UNDECIDED)))
def test_what_it_does_not_know_is_said(text: str) -> None:
    with pytest.raises(Unknown, match=r"line \d+ (is code that is not run|declares another encoding)"):
        printed(text, "items")


def test_nothing_of_the_file_is_executed(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*arguments: object, **more: object) -> None:
        raise AssertionError(arguments)

    monkeypatch.setattr("builtins.exec", forbidden)
    monkeypatch.setattr("builtins.eval", forbidden)
    monkeypatch.setattr("builtins.open", forbidden)
    assert printed("build_time_vars = {'A': 'x' + 'y'}\n", "items") == {"A": "xy"}


def test_a_huge_file_is_not_parsed() -> None:
    with pytest.raises(Unknown, match="characters"):
        printed("#" * (literal.LIMIT + 1), "items")


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("digits", {"version_major": "3", "version_minor": "1", "SOABI": "cpython", "Py_ENABLE_SHARED": "1"}),
        ("keys", {"version": "3.11", "SOABI": "cpython", "Py_ENABLE_SHARED": "1"}),
        ("items", {"VERSION": "3.11", "Py_ENABLE_SHARED": "1", "prefix": "/usr"}),
        ("items-conda", {"VERSION": "3.11", "Py_ENABLE_SHARED": "1"}),
    ],
)
def test_each_release_prints_in_its_way(how: str, expected: dict[str, str]) -> None:
    text = "build_time_vars = {'VERSION': '3.11', 'SOABI': 'cpython', 'Py_ENABLE_SHARED': 1, 'prefix': '/usr'}\n"
    found = printed(text, how)
    assert found is not None and expected.items() <= found.items()


def test_conda_counts_as_shared_and_needs_a_prefix() -> None:
    conda = "build_time_vars = {'Py_ENABLE_SHARED': 0, 'prefix': '/opt/_h_env_placehold_placehold'}\n"
    assert printed(conda, "items-conda") == {"Py_ENABLE_SHARED": "1", "prefix": "/opt/_h_env_placehold_placehold"}
    assert printed("build_time_vars = {'Py_ENABLE_SHARED': 0}\n", "items-conda") is None
