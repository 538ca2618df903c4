"""Laws of the scan: whatever lies in a root, there is evidence, a report in both forms, and the same one again."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from crossplan.checks import check_evidence
from crossplan.render.inspect import print_inspect
from crossplan.report import dumps, inspect_wire, verdict
from crossplan.scan import scan
from crossplan.sysroot import open_sysroot
from tests.scan.making import libpython, make, sysconfigdata

FOLDERS = [
    "",
    "usr/lib",
    "usr/lib/python3.11",
    "usr/lib/aarch64-linux-gnu",
    "usr/include/python3.11",
    "opt/x/lib/python3.13t",
    "lib",
]
NAMES = [
    "_sysconfigdata__linux_aarch64-linux-gnu.py",
    "_sysconfigdata_t_linux_x86_64-linux-gnu.py",
    "_sysconfigdata.py",
    "_sysconfigdata__linux_.pyc",
    "_sysconfig_vars__linux_aarch64-linux-gnu.json",
    "build-details.json",
    "pyconfig.h",
    "patchlevel.h",
    "pyvenv.cfg",
    "pyodide-lock.json",
    "python_stdlib.zip",
    "libpython3.11.so.1.0",
    "libpython3.13t.so",
    "libpython3.so",
    "python311.dll",
    "libpypy3.11-c.so",
    "_x.cpython-311-aarch64-linux-gnu.so",
]
GOOD = [
    sysconfigdata().encode(),
    sysconfigdata("x86_64-linux-gnu", "3.13", "t").encode(),
    sysconfigdata("", "3.11").encode(),
    libpython(),
    libpython("arm-linux-gnueabihf", (3, 13, 1), "t"),
    b'{"schema_version": "1.0", "language": {"version": "3.14"}, "abi": {"flags": ["t"]}}',
    b'{"VERSION": "3.11", "SIZEOF_VOID_P": 8}',
    b'#define PY_VERSION "3.11.9"\n#define SIZEOF_VOID_P 4\n',
    b"\xa7\x0d\x0d\x0a" + bytes(20),
    b"home = /usr\n",
]
contents = st.one_of(
    st.sampled_from(GOOD), st.binary(max_size=64), st.sampled_from(GOOD).map(lambda data: data[: len(data) // 2])
)
paths = st.tuples(st.sampled_from(FOLDERS), st.sampled_from(NAMES)).map(lambda pair: "/".join(filter(None, pair)))
trees = st.dictionaries(paths, contents, max_size=8)


@settings(max_examples=60, deadline=None)
@given(trees, st.booleans())
def test_any_root_gives_the_same_report_twice(tree: dict[str, bytes], full: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), tree)
        reports = []
        for _ in range(2):
            with open_sysroot(folder) as root:
                evidence = scan(root, full=full)
            findings = check_evidence(evidence)
            out = io.StringIO()
            console = Console(file=out, width=80, markup=False, highlight=False, emoji=False)
            print_inspect(console, evidence, findings, verdict(evidence, findings))
            reports.append((dumps(inspect_wire(evidence, findings)), out.getvalue()))
    assert reports[0] == reports[1]
    read = {file.path for file in evidence.images} | {item.path for item in evidence.descriptions}
    unread = {item.path for item in evidence.unread}
    for python in evidence.pythons:
        assert {file.path for file in python.images} | {item.path for item in python.descriptions} <= read
        assert {item.path for item in python.unread} <= unread
        for contradiction in python.contradictions:
            assert len({fact.value for fact in contradiction.facts}) == len(contradiction.facts) > 1
            assert contradiction.facts[0] == python.facts[contradiction.field]
