"""Random library folders: sysconfigdata files, whole and damaged, where PyO3 finds them and where it does not."""

import base64
import os
from collections.abc import Callable, Mapping
from typing import Any

from oracle.draw import Draw
from oracle.platforms import python_of

Entry = dict[str, Any]
_TITLE = "# system configuration generated and used by the sysconfig module\n"
_VERSIONS = {
    "3.6": 2, "3.7": 5, "3.8": 8, "3.9": 10, "3.10": 8, "3.11": 12, "3.12": 10, "3.13": 8, "3.14": 7, "3.15": 4, "3.16": 2, "3.17": 1
}  # fmt: skip


def draw_version(draw: Draw) -> str:
    """A Python that is around, or soon will be."""
    return draw.weighted(_VERSIONS)


def draw_tree(draw: Draw, target: str, version: str) -> tuple[str, list[Entry]]:
    """A library folder: its path below the root, and what is in it and beside it."""
    arch = target.split("-")[0]
    plain = {"sys": 60, "sys root": 3, "usr/lib": 15, "libs": 3}
    base = draw.weighted(plain | ({f"{arch}-sys": 8, "x86_64-root/lib": 4} if arch.isidentifier() else {}))
    entries: list[Entry] = [{"path": f"{base}/share/empty", "text": ""}]
    for number in range(
        draw.weighted({0: 3, 2: 20, 3: 6, 4: 2}) if draw.wrongly(0.3) else draw.weighted({1: 90, 2: 8, 3: 2})
    ):
        entries += _python(draw, base, target, version if number == 0 else draw_version(draw), number)
    if draw.chance(0.08):
        entries.append({"path": f"{base}/python3.11.zip", "text": ""})
    if draw.wrongly(0.25):
        entries += _beside(draw, base)
    if draw.chance(0.06):
        entries.append({"path": "linked", "link": base})
        return "linked", entries
    return base, entries


def _beside(draw: Draw, base: str) -> list[Entry]:
    """Folders and files that are passed over, panicked at, or followed round in circles."""
    return [
        draw.one(
            (
                {"path": f"{base}/python3.99", "link": draw.one(("lib", "python3.10", "share", "nowhere", "."))},
                {"path": f"{base}/build", "link": draw.one(("lib", "share", "python3.9"))},
                {"path": f"{base}/lib", "link": draw.one(("python3.11", "share", ".."))},
                {"path": f"{base}/python3.98", "text": ""},
                {"path": f"{base}/lib.txt", "text": ""},
                {"path": f"{base}/build-notes", "text": ""},
                {"path": f"{base}/lib.linux-{draw.one(('x86_64', 'aarch64', 'arm'))}-3.9/x", "text": ""},
                {"path": f"{base}/python3.97/_sysconfigdata__y.py", "dir": True},
                {"path": f"{base}/_sysconfigdata__z.py", "dir": True},
                {"path": f"{base}/_sysconfigdata__nowhere.py", "link": "nowhere/at/all.py"},
                {"path": f"{base}/_sysconfigdata__loop.py", "link": "_sysconfigdata__loop.py"},
                {"path": f"{base}/_sysconfigdata__.pyc", "text": ""},
                {"path": os.fsdecode(base.encode() + b"/python3.\xff"), "dir": True},
                {"path": os.fsdecode(base.encode() + b"/_sysconfigdata__\xff.py"), "text": "x\n"},
            )
        )
    ]


def _python(draw: Draw, base: str, target: str, version: str, number: int) -> list[Entry]:
    """One sysconfigdata file in a place that suits its Python, now and then a link to one elsewhere."""
    multiarch, pointer = python_of(draw, target)
    kind = draw.weighted({"cpython": 84, "pypy": 9, "graalpy": 7})
    values = _values(draw, kind, version, multiarch, pointer)
    folder = _folder(draw, kind, version, target)
    path = f"{base}/{folder}{_name(draw, multiarch)}"
    if draw.chance(0.05):
        real = f"{base}/share/real{number}.py"
        steps = "../" * (path.count("/") - base.count("/") - 1)
        return [_file(draw, real, values), {"path": path, "link": f"{steps}share/real{number}.py"}]
    entry = _file(draw, path, values)
    if draw.chance(0.04):  # Debian's other name for the same file
        return [
            entry,
            {"path": f"{path.rpartition('/')[0]}/_sysconfigdata__linux_alias.py", "link": path.rpartition("/")[2]},
        ]
    return [entry]


def _folder(draw: Draw, kind: str, version: str, target: str) -> str:
    arch = target.split("-")[0]
    usual = {"cpython": f"python{version}", "pypy": f"pypy{version}", "graalpy": "graalpy24.1"}[kind]
    places: dict[str, float] = {f"{usual}/": 45, f"lib/{usual}/": 25, "": 15}
    if draw.chance(0.2):
        places = {
            f"build/lib.linux-{arch}-{version}/": 3, f"lib.linux-{arch}-{version}/": 3, f"lib.macosx-11.0-arm64-{version}/": 1,
            "lib.linux-x86_64-3.9/": 2, f"build/{usual}/": 2, "build/": 2, "builddir/": 1, "lib_pypy/": 2, "lib_graalpython/": 2,
            f"{usual}t/": 2, f"{usual}/{usual}/": 1, f"lib/lib/{usual}/": 1, "python3/": 1, "Python3.11/": 1, f"lib64/{usual}/": 1,
            f"usr/lib/{usual}/": 1, f"{usual}/config-{version}/": 1, f"{usual}/lib-dynload/": 1, f"pypy{version}/": 1, "graalpy25.0/": 1,
            f"python{version}-old/": 1, "python3./": 1,
        }  # fmt: skip
    return draw.weighted(places)


def _name(draw: Draw, multiarch: str) -> str:
    flags = draw.weighted({"": 80, "d": 3, "t": 3, "m": 2, "td": 1})
    usual = {f"_sysconfigdata_{flags}_linux_{multiarch}.py": 40, f"_sysconfigdata_{flags}_{multiarch}.py": 20}
    rare = {"_sysconfigdata__x.py": 10, "_sysconfigdata_m_x.py": 4, "_sysconfigdata__x86_64-linux-gnu.py": 12}
    odd = {
        "_sysconfigdata.py": 2,
        "_sysconfigdata_with space.py": 1,
        "_sysconfigdata__happy": 1,
        "_sysconfigdata__x.pyc": 1,
        "sysconfigdata.py": 1,
    }
    return draw.weighted(usual | rare | (odd if draw.chance(0.2) else {}))


def _values(draw: Draw, kind: str, version: str, multiarch: str, pointer: int) -> dict[str, Any]:
    """The variables of one Python, as its own build wrote them."""
    threaded = kind == "cpython" and draw.chance(0.35 if version in ("3.13", "3.14", "3.15") else 0.02)
    debug = draw.chance(0.06)
    flags = ("t" if threaded else "") + ("d" if debug else "") + ("m" if version in ("3.6", "3.7") else "")
    digits = version.replace(".", "")
    soabi = {
        "cpython": f"cpython-{digits}{flags}-{multiarch}",
        "pypy": f"pypy{digits}-pp73",
        "graalpy": f"graalpy241-{digits}-native",
    }[kind]
    values: dict[str, Any] = {
        "CC": "gcc -pthread", "CFLAGS": "-Wall -g -fstack-protector-strong -O2", "EXT_SUFFIX": f".{soabi}.so",
        "LDLIBRARY": f"libpython{version}{flags}.so", "LDVERSION": version + flags,
        "LIBDIR": draw.one(("/usr/lib", "/usr/local/lib", "/opt/python/lib")), "MULTIARCH": multiarch, "Py_DEBUG": int(debug),
        "Py_ENABLE_SHARED": int(draw.chance(0.75)), "SHELL": "/bin/sh", "SIZEOF_VOID_P": pointer, "SOABI": soabi, "VERSION": version,
        "WITH_THREAD": 1, "prefix": draw.one(("/usr", "/usr/local")),
    }  # fmt: skip
    if kind != "cpython" and draw.chance(0.8):
        del values["LDVERSION"]
    if threaded or draw.chance(0.2):
        values["Py_GIL_DISABLED"] = int(threaded)
    if multiarch == "darwin":
        framework = draw.chance(0.5)
        values |= {
            "PYTHONFRAMEWORK": "Python" if framework else "",
            "PYTHONFRAMEWORKPREFIX": "/Library/Frameworks" if framework else "",
        }
    if draw.chance(0.04):
        values["prefix"] = "/x/_h_env_placehold_placehold/y"
    if draw.wrongly(0.4):
        _spoil(draw, values)
    return dict(sorted(values.items()))


_ODD_VALUES: Mapping[str, tuple[Any, ...]] = {
    "SOABI": ("", "abi3", "abi3-foo", "rustpython-314", "CPYTHON-311", "pypy", "cpython", 3, None),
    "VERSION": (
        "3",
        "",
        "3.11.2",
        "3.13t",
        "3.300",
        "x.y",
        "3.1",
        "3.99",
        "3.18",
        "2.7",
        "4.0",
        3.11,
        3.1,
        "3.+11",
        " 3.11",
        "3.11 ",
        "3.٣",
    ),
    "LDVERSION": ("", "3.9 x", "T", 3.9, "3.7dm", "3.11t", "é", None, 0),
    "Py_ENABLE_SHARED": ("1", "0", "yes", True, False, "true", "false", "True", 2, "", None),
    "LIBDIR": ("", "relative", "/opt/a b", "/opt/é", "\ud800", "/opt/\x1b[31m", None, "/a\\b", "'"),
    "SIZEOF_VOID_P": ("x", "", "+8", " 8", -4, 0, 2, 4, 8, 16, 536870912, 4294967295, 4294967296, 8.0, "8"),
    "Py_GIL_DISABLED": (1, 0, "1", True, "True", " 1", None),
    "Py_DEBUG": (1, "1", True, "True", 2, None),
    "Py_TRACE_REFS": (1, "1"),
    "Py_REF_DEBUG": (1, "1", True),
    "COUNT_ALLOCS": (1,),
    "WITH_THREAD": (0, "1"),
    "PYTHONFRAMEWORK": ("", "Python", 0, "x"),
    "PYTHONFRAMEWORKPREFIX": ("", "/F", "/a b", None),
    "prefix": ("/x/_h_env_placehold_y", "", 3, None, "_h_env_placehol"),
    "CFLAGS": (
        "-O2\nVERSION 3.9",
        "-O2\nSOABI evil",
        "a\r\nVERSION 3.8",
        "-O2\n\nLIBDIR",
        "x\x0bVERSION 3.9",
        "x\x85VERSION 3.9",
        "x\rVERSION 3.9",
    ),
    "ZZ": (
        "\nVERSION 3.12\nLDVERSION 3.12x",
        "größe",
        ["a", 1],
        ("a",),
        {"b": 1.5},
        b"x",
        1 << 80,
        1e300,
        -0.0,
        "\x00",
    ),
    "A": ("\nSIZEOF_VOID_P 4", "\u2028SOABI x", {1}, 2j, ...),
    "VERSION ": ("3.9",),
    "MULTI WORD KEY": ("x",),
    "": ("x", "VERSION 3.9"),
}


def _spoil(draw: Draw, values: dict[str, Any]) -> None:
    """Take a variable away, or give some another value."""
    if draw.chance(0.35):
        values.pop(
            draw.one(("SOABI", "VERSION", "LDVERSION", "Py_ENABLE_SHARED", "LIBDIR", "SIZEOF_VOID_P", "prefix")), None
        )
    else:
        for key in draw.shuffled(tuple(_ODD_VALUES))[: draw.between(1, 2)]:
            values[key] = draw.one(_ODD_VALUES[key])


def _file(draw: Draw, path: str, values: Mapping[str, Any]) -> Entry:
    text = _form(draw, values)
    if draw.wrongly(0.2):
        return _damaged(draw, path, text)
    return {"path": path, "text": text}


def _form(draw: Draw, values: Mapping[str, Any]) -> str:
    """The file's text, in one of the ways in which sane programs write it."""
    items = [f"{key!r}: {value!r}" for key, value in values.items()]
    pretty = f"{_TITLE}build_time_vars = {{{(',' + chr(10) + ' ').join(items)}}}\n"
    forms: dict[str, Callable[[], str]] = {
        "pretty": lambda: pretty,
        "line": lambda: f"build_time_vars = {{{', '.join(items)}}}",
        "crlf": lambda: pretty.replace("\n", "\r\n"),
        "tabs": lambda: pretty.replace("\n ", "\n\t"),
        "notes": lambda: '"""Doc."""\nimport os  # noqa\n' + pretty.replace(",\n ", ",  # note\n ") + "\n# end",
        "again": lambda: f"build_time_vars = {{'VERSION': '3.1'}}\n{pretty}",
        "joined": lambda: pretty.replace("'/us", "'/us' '"),
        "dangling": lambda: f"build_time_vars = {{\n{''.join(f'    {item},{chr(10)}' for item in items)}}}\n",
        "bom": lambda: "\ufeff" + pretty,
        "coding": lambda: f"# -*- coding: utf-8 -*-\n{pretty}",
        "later": lambda: f"{pretty}build_time_vars['LIBDIR'] = '/later/lib'\n",
        "updated": lambda: f"{pretty}build_time_vars.update({{'LIBDIR': '/updated', 'Py_DEBUG': 0}})\n",
    }
    usual = {
        "pretty": 70.0,
        "line": 4,
        "crlf": 3,
        "tabs": 3,
        "notes": 4,
        "again": 3,
        "joined": 3,
        "dangling": 4,
        "coding": 1,
        "bom": 1,
    }
    return forms[draw.weighted(usual | ({"later": 3, "updated": 3} if draw.wrong else {}))]()


def _damaged(draw: Draw, path: str, text: str) -> Entry:
    """No sysconfigdata any more, or not quite."""
    if draw.chance(0.2):
        return {
            "path": path,
            "base64": base64.b64encode(os.fsencode(text) + draw.one((b"# \xff\n", b"\xff\xfe", b"\x00"))).decode(),
        }
    changed = (
        text[: draw.between(0, len(text))],
        text.replace("build_time_vars", "build_vars"),
        text.replace("{", "", 1),
        text.replace("}", "", 1),
        text.replace("'", "", 1),
        text.replace("'/us", "u'/us"),
        text.replace("'/usr'", "'/us' + 'r'"),
        f"<<<<<<< HEAD\n{text}",
        f" {text}",
        f"{text}raise SystemExit({draw.one((0, 3))})\n",
        f"{text}del build_time_vars['prefix']\n",
        f"{text}build_time_vars = None\n",
        text.replace("\n", "\r"),
        "",
        "\n",
        "build_time_vars = {}\n",
        "build_time_vars = None\n",
        "build_time_vars = []\n",
        "build_time_vars = [('SOABI', 'x')]\n",
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
        "<html>404: Not Found</html>\n",
        "import sys\nsys.exit(1)\n",
        "import no_such_module\nbuild_time_vars = {}\n",
    )
    return {"path": path, "text": draw.one(changed)}
