"""What the files of a project say: which package, which PyO3, which features, by Cargo's rules and the backend's settings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crossplan.project import Project, read_project
from crossplan.project.profiles import setting
from crossplan.triple import find_target
from tests.scan.making import make

KNOWN = ("0.20.3", "0.21.2", "0.22.0", "0.22.6", "0.23.5")
PACKAGE = '[package]\nname = "{}"\nversion = "0.1.0"\nedition = "2021"\n'
CDYLIB = '[lib]\ncrate-type = ["cdylib"]\n'


def read(root: Path, tree: dict[str, str], start: str = ".", target: str = "aarch64-unknown-linux-gnu") -> Project:
    """The project in a tree, seen from `start`."""
    make(root, {f"p/{path}": text for path, text in tree.items()})
    return read_project(
        (root / "p" / start).resolve(), {"HOME": str(root / "home")}, target=find_target(target), known=KNOWN
    )


def features(project: Project) -> set[str]:
    assert project.pyo3 is not None
    return {fact.value for fact in project.pyo3.features}


def lock(*packages: tuple[str, str, str]) -> str:
    """A Cargo.lock: name, version, dependencies."""
    rows = "".join(
        f'\n[[package]]\nname = "{n}"\nversion = "{v}"\ndependencies = [\n'
        + "".join(f' "{d}",\n' for d in deps.split())
        + "]\n"
        for n, v, deps in packages
    )
    return f"version = 4\n{rows}"


@pytest.mark.parametrize(
    ("requirement", "locked", "release"),
    [
        ("0.22", None, "0.22.6"),
        ("=0.22.0", None, "0.22.0"),
        (">=0.20, <0.22", None, "0.21.2"),
        ("0.22", "0.22.0", "0.22.0"),
        ("0.23", "0.22.0", "0.23.5"),  # a lock file that does not meet the requirement is brought up to date
        ("*", None, "0.23.5"),
    ],
)
def test_the_release(requirement: str, locked: str | None, release: str, tmp_path: Path) -> None:
    tree = {"Cargo.toml": PACKAGE.format("demo") + f'[dependencies]\npyo3 = "{requirement}"\n', "src/lib.rs": ""}
    if locked:
        tree["Cargo.lock"] = lock(("demo", "0.1.0", "pyo3"), ("pyo3", locked, ""))
    use = read(tmp_path, tree).pyo3
    assert use is not None and use.version is not None and use.version.value == release
    assert use.version.origin.place == ("Cargo.lock" if locked and locked == release else "Cargo.toml")


def test_features_of_every_kind_add_up(tmp_path: Path) -> None:
    text = PACKAGE.format("demo") + (
        '[dependencies]\npyo3 = { version = "0.22", features = ["abi3-py39"], optional = true }\n'
        '[target.\'cfg(unix)\'.dependencies]\npyo3 = { version = "0.22", features = ["gil-refs"], optional = true }\n'
        '[target.\'cfg(windows)\'.dependencies]\npyo3 = { version = "0.22", features = ["generate-import-lib"], optional = true }\n'
        '[features]\ndefault = ["python"]\npython = ["dep:pyo3", "pyo3/extension-module", "pyo3?/num-bigint"]\n'
    )
    assert features(read(tmp_path, {"Cargo.toml": text, "src/lib.rs": ""})) == {
        "abi3-py39",
        "gil-refs",
        "extension-module",
        "num-bigint",
    }


def test_a_workspace_hands_on_its_dependency(tmp_path: Path) -> None:
    tree = {
        "Cargo.toml": '[workspace]\nmembers = ["py", "core"]\n[workspace.dependencies]\npyo3 = { version = "0.22", features = ["abi3-py38"] }\n',
        "core/Cargo.toml": PACKAGE.format("core"),
        "core/src/lib.rs": "",
        "py/Cargo.toml": PACKAGE.format("py-demo")
        + CDYLIB
        + '[dependencies]\npyo3 = { workspace = true, features = ["extension-module"] }\n',
        "py/src/lib.rs": "",
    }
    project = read(tmp_path, tree)
    assert project.package is not None and project.package.lib_name is not None
    assert project.package.lib_name.value == "py_demo"
    assert features(project) == {"abi3-py38", "extension-module"}
    assert features(read(tmp_path, {}, "py/src")) == {"abi3-py38", "extension-module"}


def test_a_renamed_dependency_is_found(tmp_path: Path) -> None:
    text = (
        PACKAGE.format("demo")
        + '[dependencies]\npython = { package = "pyo3", version = "0.22", features = ["abi3"] }\n'
    )
    assert features(read(tmp_path, {"Cargo.toml": text, "src/lib.rs": ""})) == {"abi3"}


MATURIN = '[build-system]\nrequires = ["maturin>=1.7"]\nbuild-backend = "maturin"\n[tool.maturin]\n'


def test_the_backend_adds_its_features(tmp_path: Path) -> None:
    tree = {
        "Cargo.toml": PACKAGE.format("demo")
        + '[dependencies]\npyo3 = "0.22"\n[features]\nabi = ["pyo3/abi3-py39"]\ndefault = ["abi"]\n',
        "src/lib.rs": "",
        "pyproject.toml": MATURIN + 'features = ["pyo3/extension-module"]\nno-default-features = true\n',
    }
    project = read(tmp_path, tree)
    assert features(project) == {"extension-module"}
    assert project.backend is not None and project.backend.kind == "maturin"


def test_the_backend_names_the_manifest(tmp_path: Path) -> None:
    tree = {
        "pyproject.toml": MATURIN + 'manifest-path = "rust/py/Cargo.toml"\n',
        "rust/py/Cargo.toml": PACKAGE.format("inner") + '[dependencies]\npyo3 = "0.21"\n',
        "rust/py/src/lib.rs": "",
    }
    project = read(tmp_path, tree)
    assert project.package is not None and project.package.name.value == "inner"


def test_a_pyproject_of_another_project_above_does_not_count(tmp_path: Path) -> None:
    tree = {
        "pyproject.toml": MATURIN,
        "Cargo.toml": PACKAGE.format("outer"),
        "src/lib.rs": "",
        "inner/.git/HEAD": "",
        "inner/Cargo.toml": "[workspace]\n" + PACKAGE.format("inner"),
        "inner/src/lib.rs": "",
    }
    assert read(tmp_path, tree, "inner").backend is None


def test_what_a_dependency_asks_is_followed_where_its_sources_are(tmp_path: Path) -> None:
    tree = {
        "Cargo.toml": PACKAGE.format("demo") + '[dependencies]\nglue = "1"\n',
        "src/lib.rs": "",
        "Cargo.lock": lock(("demo", "0.1.0", "glue"), ("glue", "1.0.0", "pyo3"), ("pyo3", "0.22.6", "")).replace(
            'version = "1.0.0"', 'version = "1.0.0"\nsource = "registry+x"'
        ),
    }
    use = read(tmp_path, tree).pyo3
    assert use is not None and [item.crate for item in use.undecided] == ["glue"]
    make(
        tmp_path,
        {
            "home/.cargo/registry/src/index/glue-1.0.0/Cargo.toml": PACKAGE.format("glue")
            + '[dependencies]\npyo3 = { version = "0.22", features = ["abi3-py310"] }\n'
        },
    )
    project = read(tmp_path, {})
    assert features(project) == {"abi3-py310"} and project.pyo3 is not None and not project.pyo3.undecided


def test_profiles_and_their_folders(tmp_path: Path) -> None:
    tree = {
        "Cargo.toml": PACKAGE.format("demo")
        + '[profile.dist]\ninherits = "release"\nlto = true\n[profile.release]\nstrip = true\n',
        "src/lib.rs": "",
        ".cargo/config.toml": "[profile.dist]\nopt-level = 1\n",
    }
    found = read(tmp_path, tree).profiles
    assert {name: profile.folder for name, profile in found.items()} == {
        "dev": "debug",
        "release": "release",
        "test": "debug",
        "bench": "release",
        "dist": "dist",
    }
    values = {
        key: fact.value for key in ("lto", "strip", "opt-level", "panic") if (fact := setting(found, "dist", key))
    }
    assert values == {"lto": True, "strip": True, "opt-level": 1}


def test_files_of_other_tools(tmp_path: Path) -> None:
    tree = {
        "Cargo.toml": PACKAGE.format("demo"),
        "src/lib.rs": "",
        "Cross.toml": '[build.env]\npassthrough = ["PYO3_CROSS"]\n[target.t]\nimage = "i"\n',
        "rust-toolchain.toml": '[toolchain]\nchannel = "1.75"\ntargets = ["aarch64-unknown-linux-gnu"]\n',
    }
    project = read(tmp_path, tree)
    assert (
        project.cross is not None
        and project.cross.passes("PYO3_CROSS", "t")
        and not project.cross.passes("PYO3_PYTHON", "t")
    )
    assert project.rust_toolchain is not None and project.rust_toolchain.channel is not None
    assert (project.rust_toolchain.channel.value, project.rust_toolchain.targets) == (
        "1.75",
        ("aarch64-unknown-linux-gnu",),
    )


@pytest.mark.parametrize(
    "name", ["Cargo.toml", "Cargo.lock", "pyproject.toml", "Cross.toml", "rust-toolchain.toml", ".cargo/config.toml"]
)
@pytest.mark.parametrize("text", ["[broken\n", "a = 1\na = 2\n", "\xff\xfe"])
def test_a_broken_file_is_a_problem_with_its_place(name: str, text: str, tmp_path: Path) -> None:
    make(tmp_path, {"p/Cargo.toml": PACKAGE.format("demo"), "p/src/lib.rs": ""})
    make(tmp_path, {f"p/{name}": text.encode("latin-1")})
    problems = read(tmp_path, {}).problems
    assert [problem.path for problem in problems] == [name]


def test_a_folder_without_anything(tmp_path: Path) -> None:
    project = read(tmp_path, {"x": ""})
    assert (project.package, project.pyo3, project.problems) == (None, None, ())


def test_what_is_called_so_and_is_no_file_is_a_problem(tmp_path: Path) -> None:
    """Cargo stops at a folder of that name; it passes over a link that leads nowhere, which is said if there is no other."""
    make(tmp_path, {"folder/Cargo.toml/x": "", "folder/pyproject.toml/x": ""})
    for name, target in (("loop", "Cargo.toml"), ("gone", "nothing")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Cargo.toml").symlink_to(target)
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe/Cargo.toml")
    said = {
        place.name: sorted((p.path, p.reason) for p in read_project(place, {}).problems) for place in tmp_path.iterdir()
    }
    assert said == {
        "folder": [("Cargo.toml", "is no regular file"), ("pyproject.toml", "is no regular file")],
        "loop": [("Cargo.toml", "cannot be read: Too many levels of symbolic links")],
        "gone": [("Cargo.toml", "is a link that leads nowhere")],
        "pipe": [("Cargo.toml", "is no regular file")],
    }
    make(tmp_path, {"Cargo.toml": PACKAGE.format("demo"), "src/lib.rs": ""})
    assert read_project(tmp_path / "gone", {}).problems == ()
