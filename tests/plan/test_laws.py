"""Laws of every plan: it is a fixed point of PyO3's own resolution, and nothing in it is idle."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from crossplan.api import make_plan, place_below
from crossplan.evidence import TargetPython
from crossplan.options import TOOLS
from crossplan.plan import Plan
from crossplan.plan.candidates import contradictions
from crossplan.plan.goal import shortfalls
from crossplan.pyo3 import find_rules, known_releases
from crossplan.python import PythonVersion
from crossplan.situation import apply
from tests.plan.making import Spec, make_python, situation

EXAMPLES = int(os.environ.get("CROSSPLAN_EXAMPLES", "150"))
TARGETS = (
    "armv7-unknown-linux-gnueabihf",
    "aarch64-unknown-linux-gnu",
    "i686-unknown-linux-gnu",
    "powerpc64le-unknown-linux-gnu",
    "s390x-unknown-linux-gnu",
    "riscv64gc-unknown-linux-gnu",
    "mips64el-unknown-linux-gnuabi64",
    "aarch64-unknown-linux-musl",
    "x86_64-unknown-linux-musl",
    "x86_64-unknown-linux-gnu",
    "aarch64-linux-android",
    "x86_64-linux-android",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-gnu",
    "x86_64-pc-windows-msvc",
    "i686-pc-windows-msvc",
    "wasm32-unknown-emscripten",
)
STALE = {
    "PYO3_CROSS": "1",
    "PYO3_CROSS_LIB_DIR": "/nowhere",
    "PYO3_CROSS_PYTHON_VERSION": "3.8",
    "PYO3_CROSS_PYTHON_IMPLEMENTATION": "PyPy",
    "PYO3_CONFIG_FILE": "/nowhere/pyo3.txt",
    "PYO3_NO_PYTHON": "1",
    "_PYTHON_SYSCONFIGDATA_NAME": "_sysconfigdata__other",
    "PYO3_BUILD_EXTENSION_MODULE": "1",
    "RUSTFLAGS": "-C debuginfo=1",
}


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    triple = draw(st.sampled_from(TARGETS))
    version = PythonVersion(3, draw(st.integers(7, 14)))
    windows = "windows" in triple
    pypy = not windows and draw(st.integers(0, 9)) == 0
    threads = not pypy and version >= PythonVersion(3, 13) and draw(st.booleans())
    return Spec(
        triple=triple,
        version=version,
        implementation="PyPy" if pypy else "CPython",
        stdlib="lib" if windows else draw(st.sampled_from(("usr/lib", "usr/lib64", "lib", "opt/python/lib"))),
        library="libs" if windows else draw(st.sampled_from(("usr/lib", "usr/lib/multi", "lib", "usr/lib64", None))),
        shared=windows or pypy or "android" in triple or draw(st.integers(0, 4)) > 0,
        free_threaded=threads,
        debug=not pypy and draw(st.integers(0, 7)) == 0,
        described=draw(st.integers(0, 7)) > 0,
    )


@st.composite
def features(draw: st.DrawFn, release: str) -> str:
    known = sorted(find_rules(release).features & {"extension-module", "abi3", "abi3-py37", "abi3-py39", "abi3-py311"})
    return ",".join(draw(st.sets(st.sampled_from(known), max_size=2)))


def plan_python(plan: Plan) -> TargetPython | None:
    """The Python that a plan is for."""
    return plan.as_is.selection.python if plan.as_is.selection is not None else None


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_plan_reaches_what_it_says_and_holds_nothing_idle(data: st.DataObject) -> None:
    spec = data.draw(specs())
    release = data.draw(st.sampled_from(known_releases()))
    environ = {name: STALE[name] for name in data.draw(st.sets(st.sampled_from(sorted(STALE)), max_size=3))}
    options = {
        "target": spec.triple,
        "pyo3": release,
        "features": data.draw(features(release)),
        "embed": data.draw(st.booleans()),
        "tool": data.draw(st.sampled_from(TOOLS)),
    }
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "root")
        root.mkdir()
        plan = make_plan(situation(root, make_python(root, spec), environ, **options), place_below(f"{folder}/out"))
        note(f"{spec} {options} {environ} -> {plan.means} {plan.environment} {plan.files}")
        under = apply(environ, plan.environment)
        again = plan.as_is.predict(under, plan.files)
        assert again == plan.planned.resolution
        if plan.goal is not None:
            assert shortfalls(again, plan.goal) == plan.missed
        if plan.files:  # what is written is what was planned with
            for path, text in plan.files.items():
                Path(path).parent.mkdir(exist_ok=True)
                Path(path).write_text(text)
            assert plan.as_is.predict(under, {}) == again
        wrong = contradictions(environ, plan.goal) if plan.goal is not None else ()  # these go whatever they do
        once_more = make_plan(situation(root, plan_python(plan), under, **options), place_below(f"{folder}/out"))
        if not plan.missed:
            assert once_more.environment == {}, "a plan that is carried out asks for no more"
        for change in plan.changes:
            if change.name not in wrong and change.name.startswith(
                ("PYO3_", "_PYTHON_SYSCONFIGDATA_NAME", "VIRTUAL_ENV", "CONDA_PREFIX")
            ):
                rest = {name: value for name, value in plan.environment.items() if name != change.name}
                assert plan.as_is.predict(apply(environ, rest), plan.files) != again, change


def is_supported(spec: Spec, release: str) -> bool:
    """Whether the release builds for that Python at all, and has the means to be told of it."""
    rules = find_rules(release)
    version = (spec.version.major, spec.version.minor)
    low, high = rules.minimum.get(spec.implementation, (3, 0)), rules.maximum.get(spec.implementation, (3, 99))
    threads = not spec.free_threaded or (rules.gil_cfg and version >= (3, 14))
    return low <= version <= high and threads and "PYO3_CONFIG_FILE" in rules.variables


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_sound_root_is_reached_whatever_was_set_before(data: st.DataObject) -> None:
    spec = data.draw(specs())
    supported = [name for name in known_releases() if is_supported(spec, name)]
    assume(supported)
    release = data.draw(st.sampled_from(supported))
    environ = {name: STALE[name] for name in data.draw(st.sets(st.sampled_from(sorted(STALE)), max_size=3))}
    embed = data.draw(st.booleans()) and spec.library is not None
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "root")
        root.mkdir()
        python = make_python(root, spec)
        said = situation(root, python, environ, target=spec.triple, pyo3=release, features="", embed=embed)
        plan = make_plan(said, place_below(f"{folder}/out"))
        note(f"{spec} {release} {environ} {embed} -> {plan.means} {plan.environment} {plan.files}")
        # A release without the variable is told by a feature alone not to link.
        assert set(plan.missed) <= (set() if find_rules(release).extension_variable else {"link"})
