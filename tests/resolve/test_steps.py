"""Where a value came from, what was passed over, and which variables make Cargo run the scripts again."""

from collections import Counter
from pathlib import Path

import pytest

from crossplan.data import load
from crossplan.origin import Origin
from crossplan.pyo3 import find_rules, known_releases
from crossplan.render.print_config import print_config
from crossplan.resolve import BuildRequest, Resolution, resolve
from crossplan.resolve.explain import FIELDS, explain
from crossplan.toolchain.host_python import HostPython

HOST = "x86_64-unknown-linux-gnu"
ARM = "armv7-unknown-linux-gnueabihf"
PYTHON = HostPython(
    "CPython", "3.11", True, "3.11", "/usr/lib", "/usr", "/usr/bin/python3", 64, ext_suffix=".so", framework_prefix=""
)
LINES = sorted(
    {release.rpartition(".")[0] for release in known_releases()}, key=lambda line: int(line.partition(".")[2])
)
LAST = [[release for release in known_releases() if release.startswith(f"{line}.")][-1] for line in LINES]
SYSCONFIGDATA = """build_time_vars = {'SOABI': 'cpython-311-arm-linux-gnueabihf', 'VERSION': '3.11', 'LDVERSION': '3.11',
 'Py_ENABLE_SHARED': 1, 'LIBDIR': '/usr/lib', 'SIZEOF_VOID_P': 4, 'prefix': '/usr'}
"""


def ask(
    pyo3: str = "0.30.1",
    target: str = ARM,
    features: tuple[str, ...] = (),
    files: dict[str, str] | None = None,
    **env: str,
) -> Resolution:
    return resolve(BuildRequest(pyo3, target, HOST, frozenset(features), env, host_python=PYTHON, files=files or {}))


@pytest.fixture
def lib(tmp_path: Path) -> Path:
    folder = tmp_path.resolve() / "python3.11"
    folder.mkdir()
    (folder / "_sysconfigdata__arm-linux-gnueabihf.py").write_text(SYSCONFIGDATA)
    return folder.parent


def test_each_field_of_a_file_has_the_file_and_key(lib: Path) -> None:
    got = ask(PYO3_CROSS_LIB_DIR=str(lib))
    path = str(lib / "python3.11" / "_sysconfigdata__arm-linux-gnueabihf.py")
    assert got.outcome == "ok" and got.config is not None
    assert got.origins["version"] == Origin("file", path, "VERSION")
    assert got.origins["pointer_width"] == Origin("file", path, "SIZEOF_VOID_P")
    assert got.origins["lib_dir"] == Origin("variable", key="PYO3_CROSS_LIB_DIR")
    assert ask("0.22.6", PYO3_CROSS_LIB_DIR=str(lib)).origins["lib_dir"] == Origin("file", path, "LIBDIR")


def test_what_the_search_passes_over_is_said(lib: Path) -> None:
    folder = lib / "python3.11"
    (folder / "_sysconfigdata__x86_64-linux-gnu.py").write_text("")
    (folder / "_sysconfigdata__dangling.py").symlink_to("nowhere")
    (lib / "lib").symlink_to("python3.11")
    steps = ask(
        target="aarch64-unknown-linux-gnu", PYO3_CROSS_LIB_DIR=str(lib), _PYTHON_SYSCONFIGDATA_NAME="other"
    ).steps
    passed = {Path(item.what).name: item.reason for step in steps for item in step.passed_over}
    assert passed["_sysconfigdata__dangling.py"] == "a link that leads nowhere"
    assert "_PYTHON_SYSCONFIGDATA_NAME" in passed["_sysconfigdata__arm-linux-gnueabihf.py"]
    assert passed["lib"] == "a link to a directory is not entered"


def test_the_architecture_passes_files_over(lib: Path) -> None:
    (lib / "python3.11" / "_sysconfigdata__armv7-linux-gnueabihf.py").write_text(SYSCONFIGDATA)
    got = ask(PYO3_CROSS_LIB_DIR=str(lib))
    assert got.outcome == "ok"
    [passed] = [item for step in got.steps for item in step.passed_over]
    assert "architecture 'armv7'" in passed.reason


def test_features_and_variables_are_named_as_origins() -> None:
    got = ask("0.28.3", features=("abi3-py39",), PYO3_CROSS_PYTHON_VERSION="3.11")
    assert got.config is not None and got.config.version == "3.9"
    assert got.origins["version"] == got.origins["abi3"] == Origin("feature", key="abi3-py39")
    assert ask(PYO3_CROSS_PYTHON_VERSION="3.11").origins["version"] == Origin(
        "variable", key="PYO3_CROSS_PYTHON_VERSION"
    )


def test_lines_of_a_config_file_are_origins() -> None:
    got = ask(files={"/c": "version=3.11\nlib_dir=/x\n"}, PYO3_CONFIG_FILE="/c")
    assert got.origins["lib_dir"] == Origin("file", "/c", "lib_dir", 2)
    assert got.origins["shared"] == Origin("default")


@pytest.mark.parametrize("release", LAST)
def test_every_field_that_is_set_has_an_origin(release: str, lib: Path) -> None:
    for env in (
        {"PYO3_CROSS_LIB_DIR": str(lib)},
        {"PYO3_CROSS_PYTHON_VERSION": "3.11", "PYO3_CROSS_LIB_DIR": str(lib)},
    ):
        got = ask(release, **env)
        config = got.config
        assert config is not None
        always = {"suppress_build_script_link_lines", "extra_build_script_lines"}
        named = {name for name in FIELDS if getattr(config, name, None) not in (None, ())} - always
        assert named <= got.origins.keys()


def test_variables_that_are_watched_are_in_pyo3s_order() -> None:
    native = ask(target=HOST).watched
    assert native[:5] == (
        "PYO3_CONFIG_FILE",
        "PYO3_CROSS",
        "PYO3_CROSS_LIB_DIR",
        "PYO3_CROSS_PYTHON_VERSION",
        "PYO3_CROSS_PYTHON_IMPLEMENTATION",
    )
    assert {"PYO3_ENVIRONMENT_SIGNATURE", "PYO3_PYTHON", "VIRTUAL_ENV", "CONDA_PREFIX", "PATH"} <= set(native)
    assert "PATH" not in ask(target=HOST, PYO3_PYTHON="python3").watched
    assert "UNSAFE_PYO3_SKIP_VERSION_CHECK" not in native
    assert "PYO3_ENVIRONMENT_SIGNATURE" not in ask("0.17.3", target=HOST).watched


@pytest.mark.parametrize("release", LAST)
def test_a_printed_configuration_reads_back_as_itself(release: str, lib: Path) -> None:
    first = ask(release, PYO3_CROSS_LIB_DIR=str(lib)).config
    assert first is not None
    text = print_config(first, find_rules(release))
    head, _, rest = text.removeprefix("\n").partition("\n")
    assert head == "-- PYO3_PRINT_CONFIG=1 is set, printing configuration and halting compile --"
    lines = rest.partition("\n\n")[0].removesuffix("\n") + "\n"
    again = ask(release, files={"/printed": lines}, PYO3_CONFIG_FILE="/printed")
    assert again.config == first


def test_the_note_came_later() -> None:
    config = ask("0.16.3", PYO3_CROSS_PYTHON_VERSION="3.10").config
    assert config is not None
    assert "note: unset" not in print_config(config, find_rules("0.16.3"))
    assert print_config(config, find_rules("0.16.4")).endswith("to compile with the above config\n")


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("release", LAST)
def test_every_field_is_explained_for_every_line(field: str, release: str) -> None:
    page = explain(field, release)
    assert page.startswith(f"{field}: ") and release in page
    assert "{" not in page and page.count("\n- ") >= 1


def test_explanations_differ_as_releases_do() -> None:
    assert "its LIBDIR, which is a path on the target" in explain("lib_dir", "0.22.6")
    assert "PYO3_CROSS_LIB_DIR, as it was written" in explain("lib_dir", "0.23.0")
    assert "does not have it" in explain("python_framework_prefix", "0.22.6")
    assert "newer than what is known" in explain("lib_dir", "0.99.0")
    for field, words in (("version", "falls back to"), ("abi3", "PYO3_USE_ABI3_FORWARD_COMPATIBILITY")):
        assert words in explain(field, "0.28.3") and words not in explain(field, "0.29.0")


ALTERNATIVES = sorted(
    (field, rule)
    for field, page in load("explain")["field"].items()
    for rule, count in Counter(paragraph["rule"] for paragraph in page["paragraph"] if "is" in paragraph).items()
    if count > 1 and rule != "config_keys" and field != "abi3"  # whose keys are no alternatives; which ends with 0.28
)


@pytest.mark.parametrize(("field", "rule"), ALTERNATIVES)
def test_from_the_first_on_every_release_is_told_one_of_the_alternatives(field: str, rule: str) -> None:
    texts = [p["text"] for p in load("explain")["field"][field]["paragraph"] if p["rule"] == rule and "is" in p]
    begins = [text.partition("{")[0] for text in texts]
    told = [sum(f"- {text}" in explain(field, release) for text in begins) for release in known_releases()]
    assert 1 in told and told == sorted(told) and max(told) == 1
