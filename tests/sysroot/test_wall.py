"""The root is a wall: whatever lies in it, nothing outside is opened, and every walk ends."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from crossplan.readers.source import ReadError
from crossplan.scan import scan, walk
from crossplan.sysroot import directory, open_sysroot
from tests.scan.making import codes, inspect, libpython, link, make, sysconfigdata

NAME = "_sysconfigdata__linux_aarch64-linux-gnu.py"
LIBRARY = "libpython3.11.so.1.0"
SECRET = "build_time_vars = {'VERSION': '3.11', 'SECRET': 'outside'}\n"


def hostile(tmp_path: Path) -> Path:
    """A root full of ways out, with a good Python among them; what lies outside would be evidence too."""
    outside = make(tmp_path / "outside", {NAME: SECRET, LIBRARY: libpython("x86_64-linux-gnu"), "python3.11/x": ""})
    root = tmp_path / "root"
    up = "../" * 30
    make(
        root,
        {
            f"usr/lib/python3.11/{NAME}": sysconfigdata(),
            f"usr/lib/{LIBRARY}": link(f"/real/{LIBRARY}"),  # absolute: counts from the root
            f"real/{LIBRARY}": libpython(),
            "usr/lib/python3.12": link(str(outside)),
            f"usr/lib/python3.13/{NAME}": link(f"{up}{outside}/{NAME}"),
            "usr/lib/python3.14": link("../../../outside"),
            "usr/lib/libpython3.12.so.1.0": link(f"{outside}/{LIBRARY}"),
            "usr/lib/libpython3.13.so.1.0": link("libpython3.13.so"),
            "usr/lib/libpython3.13.so": link("libpython3.13.so.1.0"),
            "usr/lib/python3.15/lib-dynload": link(".."),
            "usr/lib/python3.16": link("."),
            "usr/lib/python3.17": link("/"),
            "usr/include": link("/proc/self/root/etc"),
            "usr/bin/python3": link("/usr/bin/python3"),
            "opt/app": link("/opt"),
            "opt/shadow": link("/etc"),
            "lib": link("usr/lib"),
        },
    )
    os.mkfifo(root / "usr/lib/python3.11/_sysconfigdata__fifo.py")
    os.mkfifo(root / "usr/lib/libpython3.9.so.1.0")
    here = Path.cwd()
    os.chdir(root / "usr/lib")  # a socket's path may be 107 bytes long
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("libpython3.8.so.1.0")
    finally:
        os.chdir(here)
    if os.geteuid() == 0:
        os.mknod(root / "usr/lib/libpython3.7.so.1.0", 0o20644, os.makedev(1, 5))  # /dev/zero: without end
    return root


def test_hostile_root_is_read_and_ends(tmp_path: Path) -> None:
    report = inspect(hostile(tmp_path))
    (python,) = (p for p in report["pythons"] if p["sysconfigdata"])
    assert (python["version"], python["images"]) == ("3.11.2", [f"real/{LIBRARY}"])
    assert [image["path"] for image in report["images"]] == [f"real/{LIBRARY}"]
    messages = "\n".join(finding["message"] for finding in report["findings"])
    assert "usr/lib/libpython3.9.so.1.0 cannot be read: is no regular file (a device, fifo or socket)" in messages
    assert "usr/lib/libpython3.13.so cannot be read: leads through more than 40 links: a loop" in messages
    assert "SECRET" not in json.dumps(report)


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed, so opened files cannot be watched")
@pytest.mark.parametrize("more", [[], ["--full"]])
def test_no_file_outside_is_opened(more: list[str], tmp_path: Path) -> None:
    plain = make(tmp_path / "plain", {f"usr/lib/python3.11/{NAME}": sysconfigdata(), f"usr/lib/{LIBRARY}": libpython()})
    root = hostile(tmp_path)
    usual = opened_files(plain, tmp_path / "log", more)
    opened = opened_files(root, tmp_path / "log", more)
    inside = {place for place in opened if place.is_relative_to(root)}
    assert root / "real" / LIBRARY in inside
    assert not any(place.name == "libpython3.9.so.1.0" for place in inside)  # a fifo
    # Beside what an inspection of a harmless root opens, only more of Python's and crossplan's own modules.
    own = (Path(sys.prefix), Path(sys.base_prefix), Path(__file__).parents[2] / "crossplan")
    assert [place for place in opened - inside - usual if not any(map(place.is_relative_to, own))] == []
    assert not any(place.is_relative_to(tmp_path) and not place.is_relative_to(plain) for place in usual)


def opened_files(root: Path, log: Path, more: list[str]) -> set[Path]:
    """Every file and folder that `crossplan inspect` opened, by its real path; it starts no program."""
    watch = ["strace", "-f", "-y", "-e", "trace=open,openat,openat2,creat,execve", "-o", str(log)]
    command = [sys.executable, "-m", "crossplan", "inspect", str(root), "--json", *more]
    done = subprocess.run([*watch, *command], capture_output=True, timeout=60, check=False)
    if b"ptrace" in done.stderr.lower():
        pytest.skip("strace may not trace here: " + done.stderr.decode()[:80])
    assert json.loads(done.stdout)["pythons"]
    text = log.read_text()
    assert text.count("execve(") == 1
    return {Path(place) for place in re.findall(r" = \d+<([^>]*)>", text)}


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/usr/lib", "usr/lib"),
        ("../../../../usr/lib", "usr/lib"),
        ("/../usr/./lib/", "usr/lib"),
        ("//usr//lib", "usr/lib"),
        ("/", ""),
        ("..", ""),
        ("/etc/passwd", None),
        ("../../outside", None),
    ],
)
def test_links_count_from_the_root(target: str, leads_to: str | None, tmp_path: Path) -> None:
    make(tmp_path / "outside", {"x": ""})
    make(tmp_path / "root", {"usr/lib/x": "", "here": link(target)})
    with open_sysroot(tmp_path / "root") as root:
        node = root.resolve("here")
    assert (node.path if node else None) == leads_to


@pytest.mark.parametrize("path", ["../outside/x", "/../outside/x", "usr/../../outside/x", "usr/lib/x/y", "nul\0"])
def test_paths_do_not_leave_the_root(path: str, tmp_path: Path) -> None:
    make(tmp_path / "outside", {"x": ""})
    make(tmp_path / "root", {"usr/lib/x": ""})
    with open_sysroot(tmp_path / "root") as root, pytest.raises(ReadError):
        root.read(path, 10)


def test_folder_swapped_for_a_link_meanwhile_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = make(tmp_path / "outside", {NAME: SECRET})
    root = make(tmp_path / "root", {f"usr/lib/python3.11/{NAME}": sysconfigdata()})
    real = directory.open_at

    def swap(name: str, flags: int, folder: int | None) -> int:
        stdlib = root / "usr/lib/python3.11"
        if name == "python3.11" and not stdlib.is_symlink():
            stdlib.rename(tmp_path / "away")
            stdlib.symlink_to(outside)
        return real(name, flags, folder)

    monkeypatch.setattr(directory, "open_at", swap)
    with open_sysroot(root) as opened:
        evidence = scan(opened)
    assert evidence.descriptions == ()
    assert any("link" in item.reason or "folder" in item.reason for item in evidence.unread)


def test_file_that_grows_or_shrinks_is_bounded(tmp_path: Path) -> None:
    make(tmp_path, {"file": b"0123456789"})
    with open_sysroot(tmp_path) as root, root.open("file", 8) as file:
        assert file.read(0, 4) == b"0123"
        with pytest.raises(ReadError, match="more than 8 bytes"):
            file.read(0, 5)
    with open_sysroot(tmp_path) as root, root.open("file", 100) as file:
        (tmp_path / "file").write_bytes(b"01")
        with pytest.raises(ReadError, match="shorter"):
            file.read(0, 10)


@pytest.mark.parametrize(
    ("bound", "value", "words"),
    [
        ("ENTRY_LIMIT", 3, "more than 3 names"),
        ("FOUND_LIMIT", 0, "more than 0 files"),
        ("TIME_LIMIT", -1.0, "more than -1 seconds"),
        ("DEPTH_LIMIT", 1, "more than 1 folders deep"),
    ],
)
def test_bounds_end_a_walk_and_are_said(
    bound: str, value: float, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, {f"usr/lib/python3.11/{NAME}": sysconfigdata(), f"usr/lib/{LIBRARY}": libpython()})
    monkeypatch.setattr(walk, bound, value)
    report = inspect(tmp_path)
    assert "not-all-read" in codes(report)
    assert any(words in finding["message"] for finding in report["findings"])


def test_folder_of_too_many_names_is_left_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(
        tmp_path, {f"usr/lib/python3.11/{NAME}": sysconfigdata(), **{f"usr/lib/python3.12/{i}": "" for i in range(40)}}
    )
    monkeypatch.setattr(directory, "ENTRY_LIMIT", 30)
    report = inspect(tmp_path)
    assert len(report["pythons"]) == 1
    assert any(
        "usr/lib/python3.12 cannot be read: holds more than 30 names" in f["message"] for f in report["findings"]
    )


def test_deep_tree_ends(tmp_path: Path) -> None:
    place = tmp_path
    for _ in range(120):
        place = place / "d"
    place.mkdir(parents=True)
    report = inspect(tmp_path, full=True)
    assert codes(report)["not-all-read"] == "warning"


@pytest.mark.parametrize("name", ["x[red].py", "x\x1b[31m.py", "line\nbreak.py", "\u202egnp.py", "\udcff.py"])
def test_names_of_any_bytes_are_walked(name: str, tmp_path: Path) -> None:
    make(tmp_path, {f"usr/lib/python3.11/_sysconfigdata_{name}": sysconfigdata()})
    report = inspect(tmp_path)
    assert report["pythons"][0]["sysconfigdata"] == [f"usr/lib/python3.11/_sysconfigdata_{name}"]
