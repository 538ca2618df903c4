"""Each dialect is read back by the program that it is for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossplan.render.dialects import DIALECTS, Changes, Refused, render

TARGET = "armv7-unknown-linux-gnueabihf"
ODD = [
    "",
    "plain",
    "two words",
    "'",
    '"',
    'it\'s "both"',
    "$HOME",
    "$(id)",
    "`id`",
    "!history",
    "back\\slash\\",
    "line\nfeed",
    "trailing\n",
    "\n",
    "tab\there",
    "# comment",
    "100%",
    "a;b|c&d",
    "-n",
    "~/x",
    "*?[a]",
    "héllo ☃",
    "\udcff\udc80 no UTF-8",
    "x" * 5000,
    "a=b",
    "\r\n",
    "\x1b[31m",
]
SHELLS = [name for name in ("sh", "bash", "dash", "zsh", "ksh", "busybox") if shutil.which(name)]


def read_back(shell: str, text: str, names: list[str], before: dict[str, str]) -> dict[str, str | None]:
    """The values of `names` after a shell has sourced `text`."""
    script = text.encode("utf-8", "surrogateescape") + b"\nexec env -0\n"
    argv = [shell, "sh", "-s"] if shell == "busybox" else [shell, "-s"]
    done = subprocess.run(
        argv, input=script, capture_output=True, check=True, env={"PATH": os.environ["PATH"], **before}
    )
    pairs = (item.split(b"=", 1) for item in done.stdout.split(b"\0") if b"=" in item)
    found = {key.decode(): value.decode("utf-8", "surrogateescape") for key, value in pairs}
    return {name: found.get(name) for name in names}


@pytest.mark.parametrize("shell", SHELLS)
def test_sh_is_read_back(shell: str) -> None:
    values = {f"V{number}": value for number, value in enumerate(ODD)}
    text = render("sh", Changes({**values, "GONE": None}, (TARGET,)))
    assert read_back(shell, text, [*values, "GONE"], {"GONE": "1"}) == {**values, "GONE": None}


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40))
def test_sh_carries_any_text(value: str) -> None:
    assert read_back("sh", render("sh", Changes({"V": value}, (TARGET,))), ["V"], {}) == {"V": value}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("folder", ["/opt/root", "/opt/it's $odd", "/opt/ro ot"])
def test_sh_relative_to_a_variable(shell: str, folder: str) -> None:
    values = {"A": f"{folder}/usr/lib", "B": f"-L {folder}/x -L {folder}", "C": f"{folder}2/y", "D": f"/srv{folder}/z"}
    text = render("sh", Changes(values, (TARGET,), base=("ROOT", folder)))
    moved = {name: value.replace(folder, "/moved") for name, value in values.items()} | {
        "C": f"{folder}2/y",
        "D": f"/srv{folder}/z",
    }
    assert read_back(shell, text, list(values), {"ROOT": "/moved"}) == moved


def test_json_says_null_for_unset() -> None:
    document = json.loads(render("json", Changes({"B": None, "A": "\udcff"}, (TARGET,))))
    assert document == {"version": 1, "env": {"A": "\udcff", "B": None}}


def runner_reads(text: str) -> dict[str, str]:
    """What actions/runner makes of $GITHUB_ENV (FileCommandManager.cs, `SetEnvFileCommand`)."""
    found, lines = {}, text.split("\n")
    while lines:
        line = lines.pop(0)
        if not line and not lines:
            break
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and (heredoc < 0 or equals < heredoc):
            found[line[:equals]] = line[equals + 1 :]
            continue
        assert heredoc > 0, line
        name, delimiter = line[:heredoc], line[heredoc + 2 :]
        end = lines.index(delimiter)
        found[name] = "\n".join(lines[:end])
        lines = lines[end + 1 :]
    return found


def test_github_is_read_back() -> None:
    values = {f"V{number}": value for number, value in enumerate(ODD) if "\udcff" not in value}
    assert runner_reads(render("github", Changes(values, (TARGET,)))) == values


@pytest.mark.parametrize(
    ("values", "word"),
    [({"A": None}, "unset"), ({"GITHUB_X": "1"}, "name"), ({"NODE_OPTIONS": "1"}, "name"), ({"A": "\udcff"}, "UTF-8")],
)
def test_github_refuses(values: dict[str, str | None], word: str) -> None:
    with pytest.raises(Refused, match=word):
        render("github", Changes(values, (TARGET,)))


def test_cargo_config_is_read_back() -> None:
    values = {f"V{number}": value for number, value in enumerate(ODD) if "\udcff" not in value}
    prefix = "CARGO_TARGET_ARMV7_UNKNOWN_LINUX_GNUEABIHF_"
    own = {f"{prefix}LINKER": "x-gcc", f"{prefix}RUNNER": "qemu -L a", f"{prefix}RUSTFLAGS": "-C link-arg=-Wl,x"}
    table = tomllib.loads(render("cargo-config", Changes({**values, **own, "CARGO_BUILD_TARGET": TARGET}, (TARGET,))))
    assert {name: row["value"] for name, row in table["env"].items()} == values
    assert all(row["force"] for row in table["env"].values())
    assert table["target"][TARGET] == {"linker": "x-gcc", "runner": "qemu -L a", "rustflags": ["-C", "link-arg=-Wl,x"]}
    assert table["build"] == {"target": TARGET}


@pytest.mark.parametrize("values", [{"A": None}, {"A": "\udcff"}])
def test_cargo_config_refuses(values: dict[str, str | None]) -> None:
    with pytest.raises(Refused):
        render("cargo-config", Changes(values, (TARGET,)))


def test_pyo3_config_is_the_file_itself() -> None:
    assert render("pyo3-config", Changes({}, (TARGET,), config_text="version=3.11\n")) == "version=3.11\n"
    with pytest.raises(Refused):
        render("pyo3-config", Changes({}, (TARGET,)))


@pytest.mark.parametrize("dialect", sorted(set(DIALECTS) - {"sh"}))
def test_only_a_shell_expands(dialect: str) -> None:
    with pytest.raises(Refused, match="cannot carry R: it cannot refer to a variable"):
        render(dialect, Changes({"A": "/r/x"}, (TARGET,), config_text="version=3.11\n", base=("R", "/r")))


@pytest.mark.parametrize("name", ["", "1A", "A-B", "A B", "A=B", "É"])
def test_a_name_that_is_none_is_a_defect(name: str) -> None:
    with pytest.raises(ValueError, match="not an environment variable"):
        render("sh", Changes({name: "x"}, (TARGET,)))


def test_output_is_sorted() -> None:
    lines = render("sh", Changes({"B": "1", "A": "2", "C": None}, (TARGET,))).splitlines()
    assert lines == ["export A='2'", "export B='1'", "unset C"]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("break_", ["\n", "\r", "\x0b", "\u2028", "\x85"])
def test_a_comment_stays_one(shell: str, break_: str) -> None:
    text = render(
        "sh", Changes({"A": "1"}, (TARGET,), summary=(f"then: cargo build --manifest-path x{break_}export B=2",))
    )
    assert read_back(shell, text, ["A", "B"], {}) == {"A": "1", "B": None}


def test_flags_of_two_targets_stand_in_a_table_each() -> None:
    """Cargo takes no flags for itself from `[env]`."""
    triples = ("x86_64-apple-darwin", "aarch64-apple-darwin")
    variables = {f"CARGO_TARGET_{one.upper().replace('-', '_')}_RUSTFLAGS": f"--cfg {one}" for one in triples}
    table = tomllib.loads(render("cargo-config", Changes(dict(variables), triples)))
    assert table == {"target": {one: {"rustflags": ["--cfg", one]} for one in triples}}
