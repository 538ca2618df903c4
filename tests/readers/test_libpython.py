"""What the name of a library says of the Python in it."""

from __future__ import annotations

import pytest

from crossplan.readers.libpython import LibraryName, library_name, named_library, version_of_word, version_text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("libpython3.13.so.1.0", ("3.13", False, False)),
        ("libpython3.13t.so", ("3.13", True, False)),
        ("libpython3.14td.so.1.0", ("3.14", True, True)),
        ("libpython3.7m.dylib", ("3.7", False, False)),
        ("libpython3.7dm.so.1.0", ("3.7", False, True)),
        ("/opt/lib/libpython3.11.a", ("3.11", False, False)),
        ("libpython3.1.so", ("3.1", False, False)),  # no 3.11
        ("libpython3.so", (None, False, False)),
        ("libpython3t.so", (None, True, False)),
        ("libpython3.12.dll", ("3.12", False, False)),
        ("libpython3.12.dll.a", ("3.12", False, False)),
        ("cygpython3.9.dll", ("3.9", False, False)),
        ("msys-python3.11.dll", ("3.11", False, False)),
        ("python313.dll", ("3.13", False, False)),
        ("PYTHON39.DLL", ("3.9", False, False)),
        ("python313t_d.dll", ("3.13", True, True)),
        ("python3.dll", (None, False, False)),
        ("python3t.lib", (None, True, False)),
        ("@rpath/Python.framework/Python", (None, False, False)),
        ("/L/Python.framework/Versions/3.6/Python", ("3.6", False, False)),
        ("/L/PythonT.framework/Versions/3.13/PythonT", ("3.13", True, False)),
        ("@rpath/Python3.framework/Versions/3.9/Python3", ("3.9", False, False)),
        ("libpython-native.so", None),
        ("libpypy3.11-c.so", None),
        ("libpython3.13.so.bak", None),
        ("mylibpython3.13.so", None),
        ("python.dll", None),
        ("libboost_python3.so", None),
    ],
)
def test_names(name: str, expected: tuple[str | None, bool, bool] | None) -> None:
    assert library_name(name) == (LibraryName(*expected) if expected else None)


def test_the_library_behind_a_stub_counts() -> None:
    assert named_library("libpython3.so", ["libc.so.6", "libpython3.13t.so.1.0"]) == LibraryName("3.13", True, False)
    assert named_library("libpython3.so", ["libc.so.6"]) == LibraryName(None, False, False)
    assert named_library(None, ["libc.so.6"]) is None


@pytest.mark.parametrize(
    ("word", "version"),
    [
        (0x030B02F0, "3.11.2"),
        (0x030F00A1, "3.15.0a1"),
        (0x030D00C3, "3.13.0rc3"),
        (0, None),
        (0x030B0200, None),
        (0x04000000F0, None),
    ],
)
def test_version_words(word: int, version: str | None) -> None:
    assert version_of_word(word) == version


@pytest.mark.parametrize("place", [0, 1, 16370, 16380, 16384, 40_000])
def test_a_version_text_is_found_across_the_steps_of_reading(place: int) -> None:
    data = bytes(place) + b"\x003.10.12\0" + bytes(50_000)
    assert version_text(lambda offset, length: data[offset : offset + length], len(data), "3.10") == "3.10.12"
    assert version_text(lambda offset, length: data[offset : offset + length], len(data), "3.9") is None


def test_a_version_text_merged_into_a_longer_one_counts_for_the_known_minor_version() -> None:
    data = b"\0/opt/python/3.9.18\0/opt/3.10.2\x003.9.x\0"
    read = lambda offset, length: data[offset : offset + length]
    assert version_text(read, len(data), "3.9") == "3.9.18"
    assert version_text(read, len(data), None) is None
    longer = data + b"3.9.19\0"
    assert version_text(lambda offset, length: longer[offset : offset + length], len(longer), "3.9") == "3.9.19"


@pytest.mark.parametrize("text", [b"\x003.2.0\0", b"\x003.11.2\0", b"\x0013.9.1\0", b"v3.9.1\0", b"\x003.9.1-x\0"])
def test_other_texts_are_no_versions(text: bytes) -> None:
    assert version_text(lambda offset, length: text[offset : offset + length], len(text), None) is None
