"""Cargo's configuration: which file wins, what variables add, which flags reach rustc. The Cargo Book, "Configuration"."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossplan.project.cargo_config import CargoConfig, read_cargo_config
from crossplan.triple import find_target
from tests.scan.making import make

ARM64 = "aarch64-unknown-linux-gnu"
T = "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU"


def read(root: Path, env: dict[str, str] | None = None, **files: str) -> CargoConfig:
    """The configuration for a cargo started in `work/crate`; `files`: home, work, crate, each a config.toml."""
    places = {"home": "home/.cargo", "work": "work/.cargo", "crate": "work/crate/.cargo"}
    make(root, {f"{places[name]}/config.toml": text for name, text in files.items()})
    (root / "work/crate").mkdir(parents=True, exist_ok=True)
    return read_cargo_config(root / "work/crate", {"HOME": str(root / "home"), **(env or {})}, find_target(ARM64))


LINKER = f'[target.{ARM64}]\nlinker = "{{}}"\n'


def test_a_nearer_file_beats_a_farther_one_and_a_variable_beats_both(tmp_path: Path) -> None:
    files = {name: LINKER.format(name) for name in ("home", "work", "crate")}
    found = read(tmp_path, **files).linker
    assert found is not None
    assert (found.value, found.origin.place, found.origin.key, found.origin.line) == (
        "crate",
        ".cargo/config.toml",
        f"target.{ARM64}.linker",
        2,
    )
    told = read(tmp_path, {f"{T}_LINKER": "mine"}).linker
    assert told is not None and (told.value, told.origin.key) == ("mine", f"{T}_LINKER")


def test_a_program_with_a_slash_counts_from_the_folder_around_the_file(tmp_path: Path) -> None:
    linker = read(tmp_path, work=LINKER.format("tools/ld")).linker
    assert linker is not None and linker.value == str(tmp_path / "work/tools/ld")


def test_config_without_suffix_beats_the_one_with(tmp_path: Path) -> None:
    make(tmp_path, {"work/crate/.cargo/config": LINKER.format("old")})
    linker = read(tmp_path, crate=LINKER.format("new")).linker
    assert linker is not None and linker.value == "old"


@pytest.mark.parametrize(
    ("table", "applies"),
    [
        ("cfg(unix)", True),
        ("cfg(windows)", False),
        ('cfg(all(target_os = "linux", not(target_env = "musl")))', True),
        ('cfg(target_pointer_width = "32")', False),
        ("cfg(unix", False),
        ("x86_64-unknown-linux-gnu", False),
    ],
)
def test_tables_by_cfg(table: str, applies: bool, tmp_path: Path) -> None:
    linker = read(tmp_path, crate=f"[target.'{table}']\nlinker = \"ld\"\n").linker
    assert (linker is not None) is applies


def test_the_triple_beats_a_cfg_for_the_linker_and_joins_it_for_flags(tmp_path: Path) -> None:
    text = f'[target.\'cfg(unix)\']\nlinker = "b"\nrustflags = ["-B"]\n[target.{ARM64}]\nlinker = "a"\nrustflags = "-A -A2"\n'
    found = read(tmp_path, crate=text)
    assert found.linker is not None and found.linker.value == "a"
    assert found.rustflags.words == ("-A", "-A2", "-B")


BUILD = '[build]\nrustflags = ["-Build"]\n'
OWN = f'[target.{ARM64}]\nrustflags = ["-Own"]\n'


@pytest.mark.parametrize(
    ("env", "words", "hidden"),
    [
        ({}, ("-Own",), ("-Build",)),
        ({f"{T}_RUSTFLAGS": "-Var"}, ("-Own", "-Var"), ("-Build",)),
        ({"RUSTFLAGS": "-Env -Env2"}, ("-Env", "-Env2"), ("-Own", "-Build")),
        ({"RUSTFLAGS": ""}, (), ("-Own", "-Build")),
        ({"CARGO_ENCODED_RUSTFLAGS": "-a b\x1f-c", "RUSTFLAGS": "-d"}, ("-a b", "-c"), ("-d", "-Own", "-Build")),
    ],
)
def test_flags_come_from_one_source(
    env: dict[str, str], words: tuple[str, ...], hidden: tuple[str, ...], tmp_path: Path
) -> None:
    flags = read(tmp_path, env, crate=OWN, work=BUILD).rustflags
    assert flags.words == words
    assert tuple(flag.value for flag in flags.hidden) == hidden


def test_lists_are_joined_the_stronger_part_last(tmp_path: Path) -> None:
    flags = read(
        tmp_path,
        {"CARGO_BUILD_RUSTFLAGS": "-Var"},
        home='[build]\nrustflags = ["-H"]\n',
        crate='[build]\nrustflags = "-C1 -C2"\n',
    )
    assert flags.rustflags.words == ("-H", "-C1", "-C2", "-Var")


def test_env_rows_reach_build_scripts_unless_the_variable_is_set(tmp_path: Path) -> None:
    text = '[env]\nA = "file"\nB = { value = "file", force = true }\nC = { value = "sub/x", relative = true }\nD = 1\n'
    found = read(tmp_path, work=text)
    given = {"A": "mine", "B": "mine"}
    assert found.environment(given) == {"A": "mine", "B": "file", "C": str(tmp_path / "work/sub/x")}


def test_build_target_and_target_dir(tmp_path: Path) -> None:
    text = '[build]\ntarget = ["a", "b"]\ntarget-dir = "out"\n'
    found = read(tmp_path, work=text)
    assert [fact.value for fact in found.build_target] == ["a", "b"]
    assert found.target_dir is not None and found.target_dir.value == tmp_path / "work/out"
    told = read(tmp_path, {"CARGO_BUILD_TARGET": "c", "CARGO_TARGET_DIR": "there"})
    assert [fact.value for fact in told.build_target] == ["c"]
    assert told.target_dir is not None and told.target_dir.value == tmp_path / "work/crate/there"


def test_included_files_are_weaker_than_the_one_that_names_them(tmp_path: Path) -> None:
    make(
        tmp_path,
        {
            "work/crate/.cargo/a.toml": LINKER.format("a") + 'runner = "a"\n',
            "work/crate/.cargo/b.toml": LINKER.format("b"),
        },
    )
    text = 'include = ["a.toml", { path = "b.toml" }, "missing.toml"]\n'
    found = read(tmp_path, crate=text)
    assert found.linker is not None and found.linker.value == "b"
    assert found.runner is not None and found.runner.value == "a"


def test_the_same_files_under_another_environment(tmp_path: Path) -> None:
    found = read(tmp_path, {"RUSTFLAGS": "-x"}, crate=OWN)
    later = found.under({"CARGO_HOME": "/elsewhere"}, find_target(ARM64))
    assert later.rustflags.words == ("-Own",)


@pytest.mark.parametrize(
    "text", ["[build\n", "build = 3\n[x]\n", "[target]\naarch64-unknown-linux-gnu = 1\n", "\xff", "include = 7\n"]
)
def test_odd_files_raise_nothing(text: str, tmp_path: Path) -> None:
    make(tmp_path, {"work/crate/.cargo/config.toml": text.encode("latin-1")})
    found = read(tmp_path)
    assert found.linker is None
    assert [problem.path for problem in found.problems] in ([], [".cargo/config.toml"])
