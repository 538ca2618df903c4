"""Input that is no root, or a damaged one: the exit status, and a message that names file, place and remedy.

Every damaged root is a copy of sysroots/debian12-py311-armhf in which one file was changed as the test says.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from crossplan.cli.main import main
from crossplan.sysroot import directory

ARMHF = Path(__file__).parents[2] / "sysroots" / "debian12-py311-armhf"
ARMEL = ARMHF.with_name("debian12-py311-armel")
LIBRARY = "usr/lib/arm-linux-gnueabihf/libpython3.11.so.1.0"
SYSCONFIGDATA = "usr/lib/python3.11/_sysconfigdata__arm-linux-gnueabihf.py"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ARMHF, tmp_path / "root", symlinks=True))


@pytest.fixture
def inspect(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, list[dict[str, object]], str]]:
    """Run `crossplan inspect … --json`: status, findings, what it said on standard error."""

    def run(*arguments: object) -> tuple[int, list[dict[str, object]], str]:
        status = main(["inspect", "--json", *map(str, arguments)])
        out, err = capsys.readouterr()
        return status, json.loads(out)["findings"] if out else [], err

    return run


Inspect = Callable[..., tuple[int, list[dict[str, object]], str]]


def test_no_such_path(inspect: Inspect, tmp_path: Path) -> None:
    status, _, err = inspect(tmp_path / "nowhere")
    assert status == 2
    assert str(tmp_path / "nowhere") in err
    assert "no such" in err


def test_an_empty_path(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", ""]) == 2
    assert "an empty path: name a directory" in capsys.readouterr().err


def test_file_that_is_no_archive(inspect: Inspect, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no archive\n")
    status, _, err = inspect(tmp_path / "notes.txt")
    assert status == 2
    assert "notes.txt" in err
    assert "archive" in err


def test_empty_root(inspect: Inspect, tmp_path: Path) -> None:
    status, findings, _ = inspect(tmp_path)
    assert status == 3
    assert [(f["name"], f["severity"]) for f in findings] == [("empty-root", "note")]
    assert "lib/python3.X" in str(findings[0]["help"])


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EIO])
def test_root_that_may_not_be_read(
    number: int, inspect: Inspect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, tmp_path.name, number)
    status, findings, _ = inspect(tmp_path)
    assert status == 4
    assert [(f["name"], f["severity"]) for f in findings] == [("unreadable", "error")]
    words = "the disk cannot read it" if number == errno.EIO else "permission denied"
    assert f"{tmp_path} cannot be read: {words}" == findings[0]["message"]
    assert "readable for this user" in str(findings[0]["help"])


def test_folder_that_may_not_be_read_leaves_the_rest_judged(
    inspect: Inspect, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, "lib-dynload")
    status, findings, _ = inspect(root)
    assert status == 0
    (finding,) = findings
    assert (finding["name"], finding["severity"]) == ("unreadable", "warning")
    assert "usr/lib/python3.11/lib-dynload cannot be read: permission denied" in str(finding["message"])


def test_file_that_may_not_be_read(inspect: Inspect, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch, Path(SYSCONFIGDATA).name)
    status, findings, _ = inspect(root)
    assert status == 4
    assert f"{SYSCONFIGDATA} cannot be read as sysconfigdata: permission denied" in [f["message"] for f in findings]


def refuse(monkeypatch: pytest.MonkeyPatch, name: str, number: int = errno.EACCES) -> None:
    """Let the one opening function refuse a file or folder, as the system does for a user who is not root."""
    real = directory.open_at

    def open_at(path: str, flags: int, folder: int | None) -> int:
        if Path(path).name == name:
            raise OSError(number, os.strerror(number))
        return real(path, flags, folder)

    monkeypatch.setattr(directory, "open_at", open_at)


def test_folder_that_may_not_be_entered_lies_above(
    inspect: Inspect, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pathlib's `is_dir` and `exists` raise there, before Python 3.12 and 3.14."""
    from crossplan.sysroot import archive

    real = os.stat

    def stat(path: object, *words: object, **more: object) -> os.stat_result:
        if str(path).startswith(str(root)):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path, *words, **more)  # type: ignore[arg-type]

    refuse(monkeypatch, root.name)
    monkeypatch.setattr(archive, "open_at", directory.open_at)
    monkeypatch.setattr(os, "stat", stat)
    monkeypatch.setattr(os, "lstat", stat)
    status, findings, _ = inspect(f"{root}")
    assert status == 4
    assert "cannot be read: permission denied" in str(findings[0]["message"])
    assert inspect(f"{root}#linux/arm64")[0] in (2, 4)


def test_links_of_the_root_that_lead_in_a_circle(inspect: Inspect, tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    status, _, err = inspect(tmp_path / "a")
    assert status == 2
    assert "its links lead in a circle" in err


def test_thousands_of_damaged_descriptions_cost_no_square(tmp_path: Path) -> None:
    """In a process that may take six seconds of a processor."""
    for number in range(4000):
        (tmp_path / f"_sysconfigdata__{number}.py").touch()
    code = f"""import resource; resource.setrlimit(resource.RLIMIT_CPU, (6, 6))
from crossplan.cli.main import main
main(["inspect", "--json", {str(tmp_path)!r}])"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert len(json.loads(done.stdout)["findings"]) == 4000


def test_value_as_long_as_the_file_is_not_printed(inspect: Inspect, root: Path, tmp_path: Path) -> None:
    place = root / SYSCONFIGDATA
    text = place.read_text("utf-8").replace("'MULTIARCH': 'arm-linux-gnueabihf'", f"'MULTIARCH': '{'arm-' * 100_000}'")
    assert len(text) > 400_000
    place.write_text(text)
    status, findings, _ = inspect(root)
    assert status == 0
    assert len(str(findings)) < 10_000


def _long_tail(data: bytes) -> bytes:
    return data + bytes(1 << 20)


LIBRARIES: dict[str, tuple[Callable[[bytes], bytes], int, str]] = {
    # what is done to the bytes; status; a part of the message
    "truncated in the header": (lambda data: data[:40], 4, "truncated"),
    "truncated in the middle": (lambda data: data[: len(data) // 3], 4, "truncated"),
    "empty": (lambda data: b"", 4, "no ELF"),
    "linker script": (lambda data: b"/* GNU ld script */\nINPUT(-lpython3.11)\n", 4, "no ELF"),
    "text": (lambda data: b"#!/bin/sh\n", 4, "no ELF"),
    "a class that is none": (lambda data: data[:4] + b"\x07" + data[5:], 4, "class"),
    "followed by a megabyte of nothing": (_long_tail, 0, ""),
}


@pytest.mark.parametrize("damage", LIBRARIES)
def test_damaged_libpython(damage: str, inspect: Inspect, root: Path) -> None:
    change, expected, words = LIBRARIES[damage]
    place = root / LIBRARY
    place.write_bytes(change(place.read_bytes()))
    status, findings, _ = inspect(root)
    assert status == expected
    if expected:
        (finding,) = (f for f in findings if f["severity"] == "error")
        assert finding["name"] == "image-unreadable"
        assert LIBRARY in str(finding["message"])
        assert words in str(finding["message"])
        assert "Copy the file from the target again" in str(finding["help"])


def test_libpython_of_many_gigabytes_is_read_by_its_headers(inspect: Inspect, root: Path) -> None:
    with (root / LIBRARY).open("r+b") as file:
        file.truncate(1 << 36)  # a hole: nothing on the disk
    assert inspect(root)[0] == 0


DICTS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "two dicts": (lambda data: data + b"build_time_vars = {'A': 1}\n", "assigned twice"),
    "not UTF-8": (lambda data: data.replace(b"'ABIFLAGS'", b"'ABI\xff\xfeFLAGS'"), "no UTF-8"),
    "a NUL byte": (lambda data: data.replace(b"'ABIFLAGS'", b"'ABI\0FLAGS'"), "NUL byte"),
    "cut off": (lambda data: data[: len(data) // 2], "truncated"),
    "nests 10,000 deep": (lambda data: b"build_time_vars = {'A': " + b"[" * 10_000 + b"]" * 10_000 + b"}\n", "deep"),
    "nests without end": (lambda data: b"build_time_vars = {'A': " + b"{" * 100_000, "deep"),
    "another encoding": (lambda data: b"# -*- coding: latin-1 -*-\n" + data, "latin-1"),
    "empty": (lambda data: b"", "no assignment"),
}


@pytest.mark.parametrize("damage", DICTS)
def test_damaged_sysconfigdata_alone(damage: str, inspect: Inspect, root: Path, tmp_path: Path) -> None:
    change, words = DICTS[damage]
    place = tmp_path / "lib" / Path(SYSCONFIGDATA).name
    place.parent.mkdir()
    place.write_bytes(change((root / SYSCONFIGDATA).read_bytes()))
    status, findings, _ = inspect(place.parent)
    assert status == 4
    (finding,) = findings
    assert finding["name"] == "description-unreadable"
    assert place.name in str(finding["message"])
    assert words in str(finding["message"])
    assert "literal dictionary" in str(finding["help"])


@pytest.mark.parametrize("damage", [name for name in DICTS if name != "empty"])
def test_damaged_sysconfigdata_beside_a_sound_library(damage: str, inspect: Inspect, root: Path) -> None:
    place = root / SYSCONFIGDATA
    place.write_bytes(DICTS[damage][0](place.read_bytes()))
    status, findings, _ = inspect(root)
    assert status == 4
    assert DICTS[damage][1] in str(findings[0]["message"])


def test_sysconfigdata_of_a_hundred_megabytes(inspect: Inspect, root: Path) -> None:
    with (root / SYSCONFIGDATA).open("r+b") as file:
        file.truncate(100 << 20)
    status, findings, _ = inspect(root)
    assert status == 4
    assert "more than the" in str(findings[0]["message"])


def test_sysconfigdata_that_is_code_is_refused_and_the_rest_believed(inspect: Inspect, root: Path) -> None:
    mark = root / "ran"
    (root / SYSCONFIGDATA).write_text(f"open({str(mark)!r}, 'w')\nbuild_time_vars = dict(VERSION='3.11')\n")
    status, findings, _ = inspect(root)
    assert status == 0
    assert not mark.exists()
    (finding,) = findings
    assert (finding["name"], finding["severity"]) == ("description-unreadable", "warning")
    assert "the file is code, which is not run" in str(finding["message"])
    assert finding["locations"] == [{"path": SYSCONFIGDATA, "key": None, "line": 2}]


def test_line_of_the_damage_is_named(inspect: Inspect, root: Path) -> None:
    place = root / SYSCONFIGDATA
    text = place.read_text("utf-8").replace("'ABIFLAGS': '',", "'ABIFLAGS': '',\n 'AR': find('ar'),")
    assert "find('ar')" in text
    place.write_text(text)
    line = text[: text.index("find('ar')")].count("\n") + 1
    _, findings, _ = inspect(root)
    assert findings[0]["locations"] == [{"path": SYSCONFIGDATA, "key": None, "line": line}]


def test_soft_float_library_in_a_hard_float_root(inspect: Inspect, root: Path) -> None:
    shutil.copyfile(ARMEL / "usr/lib/arm-linux-gnueabi/libpython3.11.so.1.0", root / LIBRARY)
    status, findings, _ = inspect(root)
    assert status == 4
    (finding,) = (f for f in findings if f["severity"] == "error")
    assert finding["name"] == "float-abi-mismatch"
    assert f"{LIBRARY} (float_abi) says soft" in str(finding["message"])
    assert f"{SYSCONFIGDATA} (MULTIARCH) says hard" in str(finding["message"])


def test_library_of_another_architecture(inspect: Inspect, root: Path) -> None:
    other = ARMHF.with_name("built-here-linux-arm64-py313t") / "opt/python3.13t/lib/libpython3.13t.so.1.0"
    shutil.copyfile(other, root / LIBRARY)
    status, findings, _ = inspect(root)
    errors = {f["name"]: str(f["message"]) for f in findings if f["severity"] == "error"}
    assert status == 4
    assert {"architecture-mismatch", "pointer-width-mismatch", "contradiction"} == set(errors)
    assert f"{LIBRARY} (machine) says aarch64" in errors["architecture-mismatch"]


def test_strict_makes_warnings_count(inspect: Inspect, root: Path) -> None:
    (root / SYSCONFIGDATA).write_text("import os\nbuild_time_vars = os.environ\n")
    assert inspect(root)[0] == 0
    assert inspect(root, "--strict")[0] == 4


def test_damaged_extension_module_is_a_warning(inspect: Inspect, root: Path) -> None:
    place = next((root / "usr/lib/python3.11/lib-dynload").iterdir())
    place.write_bytes(place.read_bytes()[:100])
    status, findings, _ = inspect(root)
    assert status == 0
    assert [(f["name"], f["severity"]) for f in findings] == [("image-unreadable", "warning")]
    assert place.name in str(findings[0]["message"])


def test_damaged_binary_of_no_python_is_called_a_binary(inspect: Inspect, root: Path) -> None:
    place = root / "lib/arm-linux-gnueabihf/libc.so.6"
    place.write_bytes(place.read_bytes()[:100])
    _, (finding,), _ = inspect(root)
    assert str(finding["message"]).startswith("lib/arm-linux-gnueabihf/libc.so.6 is no readable binary at offset ")


def test_key_that_stands_twice(inspect: Inspect, root: Path) -> None:
    place = root / SYSCONFIGDATA
    text = place.read_text("utf-8")
    place.write_text(
        text.replace("build_time_vars = {", "build_time_vars = {'SOABI': 'cpython-311-x86_64-linux-gnu',\n")
    )
    status, findings, _ = inspect(root)
    assert status == 0
    assert [(f["name"], f["severity"]) for f in findings] == [("repeated-key", "warning")]
    assert findings[0]["locations"] == [{"path": SYSCONFIGDATA, "key": "SOABI", "line": 1156}]


def test_code_beside_the_dictionary_is_named_and_not_run(inspect: Inspect, root: Path) -> None:
    place = root / SYSCONFIGDATA
    place.write_text(
        place.read_text("utf-8") + f"open({str(root / 'ran')!r}, 'w')\nbuild_time_vars['VERSION'] = '3.12'\n"
    )
    status, findings, _ = inspect(root)
    assert status == 0
    assert not (root / "ran").exists()
    assert [(f["name"], f["severity"]) for f in findings] == [("description-unreadable", "warning")]
    assert "the rest is not run" in str(findings[0]["message"])


def test_archive_that_may_not_be_read(inspect: Inspect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from crossplan.sysroot import archive

    (tmp_path / "root.tar").write_bytes(bytes(1024))
    refuse(monkeypatch, "root.tar")
    monkeypatch.setattr(archive, "open_at", directory.open_at)
    status, findings, _ = inspect(tmp_path / "root.tar")
    assert status == 4
    assert [(f["name"], f["severity"]) for f in findings] == [("unreadable", "error")]
    assert "root.tar cannot be read: permission denied" in str(findings[0]["message"])
