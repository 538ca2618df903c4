"""The readers of descriptions: what each accepts, what it leaves out, what it refuses and at which line."""

from __future__ import annotations

import ast
import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from crossplan.data import load
from crossplan.readers.build_details import read_build_details, read_pyodide_lock, read_sysconfig_vars
from crossplan.readers.bytecode import read_bytecode
from crossplan.readers.headers import read_header
from crossplan.readers.makefile import read_makefile, read_pkgconfig
from crossplan.readers.pyvenv import read_pyvenv
from crossplan.readers.source import ReadError
from crossplan.readers.sysconfigdata import CodeRefused, read_sysconfigdata

SYSROOTS = Path(__file__).parents[2] / "sysroots"
SYSCONFIGDATA = sorted(path for path in SYSROOTS.rglob("_sysconfigdata*.py") if not path.is_symlink())


@pytest.mark.parametrize("path", SYSCONFIGDATA, ids=lambda path: str(path.relative_to(SYSROOTS)))
def test_sysconfigdata_is_what_python_evaluates(path: Path) -> None:
    """`ast.literal_eval` of the one assignment is the oracle; a file that has another form is refused as code."""
    (*body,) = ast.parse(path.read_bytes()).body
    if len(body) != 1:
        with pytest.raises(CodeRefused):
            read_sysconfigdata(path.read_bytes())
        return
    assert isinstance(body[0], ast.Assign)
    read = read_sysconfigdata(path.read_bytes())
    assert read.values == ast.literal_eval(body[0].value)
    assert read.pure
    assert isinstance(body[0].value, ast.Dict)
    assert read.lines == {key.value: key.lineno for key in body[0].value.keys if isinstance(key, ast.Constant)}


@pytest.mark.parametrize(
    "text",
    [
        "build_time_vars = {}",
        "build_time_vars={'A':1}",
        "build_time_vars: dict[str, str] = {'A': 'x'\n 'y', 'B': -1,}\n",
        "# -*- coding: utf-8 -*-\n\nbuild_time_vars = {'A': '''a\nb''', 'B': \"it's\", \"C\": 'say \"x\"'}",
        "'''doc'''\nbuild_time_vars = {  # comment\n  'A': 1,  # }\n\n  'B': r'\\n',\n}\n# end\n",
        "build_time_vars = {'A': 'caf\u00e9 \\u00e9 \\x41 \\101 \\N{BULLET} \\q \\\n', 'B': u'x'}",
        "build_time_vars = {'A': 1, 'A': 2}",
        "\ufeffbuild_time_vars = {'A': 1}\r\n",
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::SyntaxWarning")
def test_odd_forms_of_sysconfigdata_that_are_literals(text: str) -> None:
    statement = ast.parse(text.encode()).body[-1]
    assert isinstance(statement, ast.Assign | ast.AnnAssign)
    assert statement.value is not None
    assert read_sysconfigdata(text.encode()).values == ast.literal_eval(statement.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("build_time_vars = dict(A=1)\n", "line 1"),
        ("import os\n\nbuild_time_vars = os.environ\n", "line 3"),
        ("build_time_vars = {'A': 1,\n 'B': f'{x}'}\n", "line 2"),
        ("build_time_vars = {'A': 1,\n\n 'B': ['x']}\n", "line 3"),
        ("build_time_vars = {'A': 1.5}\n", "line 1"),
        ("build_time_vars = {'A': 0x10}\n", "line 1"),
        ("build_time_vars = {'A': b'x'}\n", "line 1"),
        ("build_time_vars = {'A': " + "9" * 30 + "}\n", "line 1"),
        ("x = {'VERSION': '3.11'}\n", "line 1"),
    ],
)
def test_code_is_refused_with_its_line(text: str, line: str) -> None:
    with pytest.raises(CodeRefused) as refused:
        read_sysconfigdata(text.encode())
    assert refused.value.place == line


def test_code_around_the_literal_is_noticed() -> None:
    read = read_sysconfigdata(b"import os\nbuild_time_vars = {'A': 1}\nbuild_time_vars['A'] = os.name\n")
    assert (read.values, read.pure) == ({"A": 1}, False)


HEADER = """\
/* pyconfig.h.  Generated.  #define SIZEOF_VOID_P 16 */
#ifndef Py_PYCONFIG_H
#define Py_PYCONFIG_H
#define SIZEOF_VOID_P 4
/* #undef Py_DEBUG */
/* #define Py_GIL_DISABLED 1
 */
#ifdef __APPLE__
#  define SIZEOF_TIME_T 16
#else
#  define SIZEOF_TIME_T 8
#endif
#  define   Py_ENABLE_SHARED 1   /* shared */
#endif /* Py_PYCONFIG_H */
"""


def test_macros_count_outside_conditions_and_comments() -> None:
    values, lines = read_header(HEADER.encode())
    assert values == {"SIZEOF_VOID_P": 4, "Py_ENABLE_SHARED": 1}
    assert lines == {"SIZEOF_VOID_P": 4, "Py_ENABLE_SHARED": 13}


def test_headers_for_several_machines_say_nothing_of_one() -> None:
    debian = SYSROOTS / "debian12-py311-armhf/usr/include/python3.11/pyconfig.h"
    windows = SYSROOTS / "winpython-windows-amd64-py313/include/pyconfig.h"
    assert read_header(debian.read_bytes())[0] == {}
    assert "SIZEOF_VOID_P" not in read_header(windows.read_bytes())[0]


def test_unbalanced_header_is_refused() -> None:
    with pytest.raises(ReadError, match="line 2"):
        read_header(b'#define PY_VERSION "3.11.2"\n#endif\n')


def test_makefile_variables_are_put_in() -> None:
    text = (
        "VERSION=\t3.13\nABIFLAGS=t\nLDVERSION=$(VERSION)${ABIFLAGS}\nprefix=/opt  # where\nLIBDIR=$(exec_prefix)/lib\n"
    )
    text += "exec_prefix=${prefix}\nINSTSONAME=$(shell ls)\nSOABI=$(SOABI)x\nMULTIARCH=\n"
    values, lines = read_makefile(text.encode())
    assert values["LDVERSION"] == "3.13t"
    assert values["LIBDIR"] == "/opt/lib"
    assert values["MULTIARCH"] == ""
    assert not {"INSTSONAME", "SOABI"} & set(values)  # a shell call, and a name that refers to itself
    assert lines["LIBDIR"] == 5


def test_makefile_of_debian_says_what_sysconfigdata_says() -> None:
    stdlib = SYSROOTS / "debian12-py311-armhf/usr/lib/python3.11"
    values, _ = read_makefile((stdlib / "config-3.11-arm-linux-gnueabihf/Makefile").read_bytes())
    data = read_sysconfigdata((stdlib / "_sysconfigdata__arm-linux-gnueabihf.py").read_bytes()).values
    for key in ("VERSION", "LDVERSION", "SOABI", "EXT_SUFFIX", "MULTIARCH", "INSTSONAME", "LIBDIR"):
        assert values[key] == data[key]


def test_references_cannot_grow_without_end() -> None:
    text = "prefix=" + "x" * 1000 + "\n" + "".join(f"A{i}=$(A{i + 1})$(A{i + 1})\n" for i in range(60))
    values, _ = read_makefile((text + "LIBDIR=$(prefix)$(prefix)\n").encode())
    assert len(str(values["LIBDIR"])) == 2000


def test_pkgconfig_fields_and_variables() -> None:
    values, _ = read_pkgconfig(
        b"prefix=/usr\nlibdir=${prefix}/lib\n\nName: Python\nVersion: 3.11\nLibs: -L${libdir} -lpython3.11\n"
    )
    assert (values["Version"], values["Libs"]) == ("3.11", "-L/usr/lib -lpython3.11")


def test_pyvenv_needs_its_home() -> None:
    assert read_pyvenv(b"home = /usr/bin\nVersion = 3.11.2\n")[0] == {"home": "/usr/bin", "version": "3.11.2"}
    with pytest.raises(ReadError, match="home"):
        read_pyvenv(b"version = 3.11\n")


def _details(**more: object) -> bytes:
    return json.dumps({"schema_version": "1.0", "language": {"version": "3.14"}, **more}).encode()


def test_build_details_are_read_by_their_major_version() -> None:
    values = read_build_details(_details(schema_version="1.7", new={"x": 1}, arbitrary_data={"secret": "x"}))
    assert values["language.version"] == "3.14"
    assert not any(key.startswith("arbitrary_data") for key in values)
    with pytest.raises(ReadError, match=r"schema version 2\.0"):
        read_build_details(_details(schema_version="2.0"))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no JSON"),
        (b"[]", "no JSON object"),
        (b'{"schema_version": "1.0"}', "language.version"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": ' + b"1" * 5000 + b"}", "20 digits"),
        (b'{"a":' * 100_000, "nest more than"),
        (b"[" * 100_000, "nest more than"),
        (b'{"schema_version": 1.0}', "schema version"),
        (b"\xff\xfe{}", "UTF-8"),
        (b'{"a": 1,}\n', "line 1"),
    ],
)
def test_damaged_json_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(ReadError, match=words):
        read_build_details(data)


def test_json_of_others_must_be_theirs() -> None:
    with pytest.raises(ReadError, match="names no version"):
        read_sysconfig_vars(b'{"name": "x"}')
    with pytest.raises(ReadError, match=r"info\.python"):
        read_pyodide_lock(b'{"info": {"arch": "wasm32"}}')


@pytest.mark.parametrize(("magic", "version"), [(3379, "3.6"), (3394, "3.7"), (3413, "3.8"), (3439, "3.10"), (3495, "3.11"), (3627, "3.14"), (3657, "3.15")])  # fmt: skip
def test_byte_code_names_its_python(magic: int, version: str) -> None:
    assert read_bytecode(magic.to_bytes(2, "little") + b"\r\n" + bytes(12)) == {"magic": magic, "version": version}


def test_byte_code_of_the_running_python_is_known() -> None:
    import importlib.util
    import sys

    head = importlib.util.MAGIC_NUMBER + bytes(12)
    assert read_bytecode(head)["version"] == f"{sys.version_info.major}.{sys.version_info.minor}"


def test_table_of_magic_numbers_has_no_overlap() -> None:
    rows = load("bytecode")["magic_numbers"]
    assert all(row["first"] <= row["last"] for row in rows)
    assert all(one["last"] < other["first"] for one, other in itertools.pairwise(rows))


@pytest.mark.parametrize("reader", [read_header, read_makefile, read_pkgconfig, read_pyvenv, read_build_details])
def test_sizes_and_bytes_that_no_text_has_are_refused(reader: Callable[[bytes], object]) -> None:
    for data, words in ((b"A=\0", "NUL"), (b"A=\xff", "UTF-8"), (b"A=1\n" * (3 << 20), "more than")):
        with pytest.raises(ReadError, match=words):
            reader(data)
