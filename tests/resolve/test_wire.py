"""`crossplan resolve --requests`: strict, in order, never stopped by a bad line."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crossplan.resolve.wire import LINE_LIMIT, answer, answers
from crossplan.toolchain.host_python import RecordedHost

PYTHON = {
    "implementation": "CPython",
    "version": "3.11",
    "shared": True,
    "executable": "/usr/bin/python3",
    "pointer_width": 64,
}
REQUEST: dict[str, Any] = {
    "id": "a1",
    "pyo3": "0.30.1",
    "target": "armv7-unknown-linux-gnueabihf",
    "host": "x86_64-unknown-linux-gnu",
    "features": ["abi3-py311"],
    "env": {"PYO3_CROSS_PYTHON_VERSION": "3.12"},
    "cwd": "/",
    "host_python": None,
}
KEYS = {"id", "version", "outcome", "cross", "config", "error", "warnings", "link", "cfg"}


def ask(**changes: object) -> dict[str, Any]:
    request = {name: value for name, value in {**REQUEST, **changes}.items() if value is not ...}
    found: dict[str, Any] = json.loads(answer(json.dumps(request), RecordedHost(None)))
    return found


def test_an_answer_has_every_key_and_ours_is_ok() -> None:
    got = ask()
    assert got.keys() == KEYS
    assert (got["id"], got["version"], got["outcome"], got["cross"]) == ("a1", 1, "ok", True)
    assert got["config"]["lib_name"] == "python3.12" and got["config"]["target_abi"] == "CPython-abi3-3.11"
    assert got["link"] == ["cargo:rustc-link-lib=python3.12"]


def test_only_what_is_needed_is_needed() -> None:
    got = ask(id=..., features=..., cwd=...)
    assert got["outcome"] == "ok" and got["id"] is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pyo3": "0.13.0"}, "older than 0.14"),
        ({"pyo3": "0.30.0"}, "0.30.1"),
        ({"pyo3": 30}, "pyo3"),
        ({"pyo3": ...}, "pyo3 is missing"),
        ({"target": None}, "target"),
        ({"host": ...}, "host is missing"),
        ({"host": "banana"}, "banana"),
        ({"features": ["abi3-py37"]}, "abi3-py37"),
        ({"features": "abi3"}, "features"),
        ({"features": [3]}, "features"),
        ({"env": ["PATH"]}, "env"),
        ({"env": {"PATH": 1}}, "PATH"),
        ({"env": {"A=B": "x"}}, "A=B"),
        ({"env": {"A": "nul\0"}}, "NUL"),
        ({"cwd": 1}, "cwd"),
        ({"crate": "pyo3-macros"}, "crate"),
        ({"crate": "pyo3-ffi", "features": ["auto-initialize"]}, "auto-initialize"),
        ({"crate": "pyo3-ffi", "pyo3": "0.15.2", "features": []}, "no crate pyo3-ffi"),
        ({"rustc": 1.95}, "rustc"),
        ({"hostpython": None}, "hostpython"),
        ({"host_python": []}, "host_python"),
        ({"host_python": {**PYTHON, "version": "3"}}, "version"),
        ({"host_python": {**PYTHON, "shared": "yes"}}, "shared"),
        ({"host_python": {**PYTHON, "pointer_width": 63}}, "pointer_width"),
        ({"host_python": {**PYTHON, "colour": "red"}}, "colour"),
        ({"host_python": {**PYTHON, "build_flags": [1]}}, "build_flags"),
        ({"host_python": {"version": "3.11"}}, "missing"),
    ],
)
def test_what_makes_no_sense_is_invalid_and_says_why(changes: dict[str, object], said: str) -> None:
    got = ask(**changes)
    assert got["outcome"] == "invalid" and said in got["error"][0]
    assert got["config"] is None and got["cross"] is None and not got["link"] + got["cfg"] + got["warnings"]


@pytest.mark.parametrize("line", ["{", "[]", "1", '"x"', "null", "[" * 100_000, '{"pyo3": "0.30.1"', "\udcff"])
def test_an_unreadable_line_is_answered(line: str) -> None:
    assert json.loads(answer(line, RecordedHost(None)))["outcome"] == "invalid"


def test_answers_come_in_order_and_as_the_lines_do() -> None:
    pulled = []

    def lines() -> Iterator[str]:
        for number in range(4):
            pulled.append(number)
            yield "nonsense\n" if number == 1 else json.dumps({**REQUEST, "id": number}) + "\n"
            yield "\n"

    produced = answers(lines(), RecordedHost(None))
    assert pulled == []
    first = json.loads(next(produced))
    assert (first["id"], pulled) == (0, [0])
    assert [json.loads(line)["id"] for line in produced] == [None, 2, 3]


def test_bytes_that_are_no_text_travel_as_lone_surrogates() -> None:
    got = ask(env={"PYO3_CROSS_LIB_DIR": "/x\udcff"})
    assert got["error"] == ["PYO3_CROSS_LIB_DIR variable value is not a valid UTF-8 string"]


def test_py_debug_of_the_record_decides_over_its_flags() -> None:
    def flags(**more: object) -> list[str]:
        python = {**PYTHON, "ld_version": "3.11", "build_flags": ["Py_DEBUG"], **more}
        got = ask(host_python=python, target=REQUEST["host"], features=[], env={})
        found: list[str] = got["config"]["build_flags"]
        return found

    assert flags() == flags(py_debug=1) == ["Py_DEBUG", "Py_REF_DEBUG"]
    assert flags(py_debug=None) == flags(py_debug=0) == []


def crossplan(*words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "crossplan", *words], input=text, capture_output=True, text=True, check=False
    )


def test_the_command_answers_a_file_and_standard_input(tmp_path: Path) -> None:
    text = json.dumps(REQUEST) + "\nnonsense\n"
    file = tmp_path / "requests.jsonl"
    file.write_text(text)
    from_file, from_input = (
        crossplan("resolve", "--requests", str(file)),
        crossplan("resolve", "--requests", "-", text=text),
    )
    assert from_file.returncode == from_input.returncode == 0
    assert from_file.stdout == from_input.stdout
    assert [json.loads(line)["outcome"] for line in io.StringIO(from_file.stdout)] == ["ok", "invalid"]


def test_a_file_that_cannot_be_opened_is_a_usage_error(tmp_path: Path) -> None:
    done = crossplan("resolve", "--requests", str(tmp_path / "none"))
    assert done.returncode == 2 and done.stdout == "" and "No such file" in done.stderr


def test_an_endless_line_is_answered_and_passed() -> None:
    text = "x" * (LINE_LIMIT + 5) + "\n" + json.dumps(REQUEST) + "\n" + "y" * (3 * LINE_LIMIT)
    done = crossplan("resolve", "--requests", "-", text=text)
    assert [json.loads(line)["outcome"] for line in io.StringIO(done.stdout)] == ["invalid", "ok", "invalid"]
