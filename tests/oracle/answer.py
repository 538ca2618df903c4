"""Run a release's build scripts for one request, and give their answer in the wire form of `crossplan resolve`."""

import itertools
import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from oracle.features import UnknownFeature, active_features
from oracle.prepare import IMPORT_LIB, Scripts, cache_dir, line_of, prepare
from oracle.targets import Targets
from oracle.tree import planted

Request = Mapping[str, Any]
Answer = dict[str, Any]

_FORCING = ("PYO3_CROSS", "PYO3_CROSS_LIB_DIR", "PYO3_CROSS_PYTHON_VERSION")
_PANIC = re.compile(
    r"^thread '[^']*' (?:\(\d+\) )?panicked at [^\n]*:\d+:\d+:\n(.*)\nnote: run with `RUST_BACKTRACE",
    re.DOTALL | re.MULTILINE,
)
_REGISTRY = re.compile(r"https://[a-z.]+(?=/crates/pyo3)")
_ABSENT = "/nonexistent/python"


@dataclass(slots=True)
class _Run:
    """What one script said. `outcome` is that of the wire form."""

    status: int
    stdout: list[str]
    stderr: str

    def values(self, key: str) -> list[str]:
        """What follows `cargo:KEY` in each such line."""
        return [line[len(key) + 6 :] for line in self.stdout if line.startswith(f"cargo:{key}")]

    @property
    def outcome(self) -> str:
        return {0: "ok", 1: "error"}.get(self.status, "panic")

    @property
    def error(self) -> list[str]:
        """The message, then its causes; or a panic's text."""
        if self.outcome == "panic":
            found = _PANIC.search(self.stderr)
            return [found[1] if found else self.stderr]
        text = self.stderr[self.stderr.index("error: ") + 7 :].removesuffix("\n")
        message, caused, causes = text.partition("\ncaused by:\n")
        if not caused:
            return [message]
        return [message, *re.split(r"\n  - \d+: ", "\n" + causes)[1:]]


@dataclass(slots=True)
class Oracle:
    """Answers requests; holds what is asked once and kept. `seconds` adds up what PyO3's scripts take."""

    seconds: float = 0.0
    _targets: Targets = field(default_factory=lambda: Targets(cache_dir()))
    _crossings: dict[tuple[str, ...], bool | None] = field(default_factory=dict)

    def answer(self, request: Request) -> Answer:
        """The answer of `request["pyo3"]`'s real scripts. Raises `PrepareError` if they cannot be had."""
        try:
            scripts, features = _features(request)
        except UnknownFeature as error:
            return blank(request) | {"outcome": "invalid", "error": [str(error)]}
        with planted() as place:
            return self._answer(request, scripts, features, place)

    def _answer(
        self, request: Request, scripts: Scripts, features: Mapping[str, frozenset[str]], place: Path
    ) -> Answer:
        baked, out, last = place / "config", place / "out", place / "last"
        for folder in (baked, out, last):
            folder.mkdir()
        shared = _shared_environment(request, scripts, place)
        host = shared | self._cargo(request, request["host"], features["pyo3-build-config"], baked, own=False)
        linking = "pyo3-ffi" if scripts.last else "pyo3"
        target = shared | self._cargo(request, request["target"], features[linking], out)
        answer = blank(request) | {"cross": self._crosses(request, scripts, target)}
        cwd = Path(request["cwd"])
        if scripts.config:
            first = self._run(scripts.config, host, cwd)
            answer["warnings"] = first.values("warning=")
            answer["watched"] = first.values("rerun-if-env-changed=")
            if first.status:
                return _finished(answer, first, place)
        link = self._run(scripts.link, target, cwd)
        answer["warnings"] += link.values("warning=")
        answer["watched"] += link.values("rerun-if-env-changed=")
        answer["config"] = self._config(scripts, link, target, cwd)
        if link.status:
            return _finished(answer, link, place)
        if scripts.last and request.get("crate", "pyo3") == "pyo3":
            mine = shared | self._cargo(request, request["target"], features["pyo3"], last)
            for config in link.values("PYO3_CONFIG="):
                mine["DEP_PYTHON_PYO3_CONFIG"] = config
            own = self._run(scripts.last, mine, cwd)
            answer["watched"] += own.values("rerun-if-env-changed=")
            if own.status:
                return _finished(answer, own, place)
        answer["link"] = [f"cargo:rustc-link-{line}" for line in link.values("rustc-link-")]
        answer["cfg"] = sorted(link.values("rustc-cfg="))
        return _finished(answer, link, place)

    def _config(self, scripts: Scripts, link: _Run, environment: Mapping[str, str], cwd: Path) -> dict[str, Any] | None:
        """The configuration as printed: from the run itself where it passed it on, else by asking again."""
        for text in link.values("PYO3_CONFIG="):
            passed = (
                bytes.fromhex(text).decode("utf-8", "surrogateescape")
                if line_of(scripts.release) >= (0, 16, 4)
                else text
            )
            return read_config(passed.replace("\\n", "\n").split("\n"), scripts.release)
        printed = self._run(scripts.link, {**environment, "PYO3_PRINT_CONFIG": "1"}, cwd).stdout
        starts = [number for number, line in enumerate(printed) if line.startswith("-- PYO3_PRINT_CONFIG=1 is set")]
        return read_config(printed[starts[0] + 1 :], scripts.release) if starts else None

    def _cargo(
        self, request: Request, target: str, features: frozenset[str], out: Path, own: bool = True
    ) -> dict[str, str]:
        """What Cargo sets for a script that runs for `target`. `own`: the request's own `CARGO_CFG_…` count."""
        given = {name: value for name, value in request["env"].items() if name.startswith("CARGO_CFG_")}
        return {
            **self._targets.variables(target),
            **(given if own else {}),
            **{f"CARGO_FEATURE_{name.upper().replace('-', '_')}": "1" for name in features},
            "TARGET": target,
            "HOST": request["host"],
            "OUT_DIR": str(out),
            "CARGO_PKG_VERSION": request["pyo3"],
        }

    def _crosses(self, request: Request, scripts: Scripts, environment: Mapping[str, str]) -> bool | None:
        """What detection says, given only what it looks at."""
        forcing = _FORCING + (("PYO3_CROSS_PYTHON_IMPLEMENTATION",) if line_of(scripts.release) >= (0, 16, 3) else ())
        looked_at = {"TARGET", "HOST", "CROSSPLAN_ORACLE_HOST"}
        seen = {k: v for k, v in environment.items() if k in looked_at or k.startswith("CARGO_CFG_TARGET_")}
        if any(name in request["env"] for name in forcing):
            seen["PYO3_CROSS"] = "1"
        key = (scripts.release, *(f"{name}={value}" for name, value in sorted(seen.items())))
        if key not in self._crossings:
            run = self._run(scripts.detection, seen, Path("/"))
            self._crossings[key] = json.loads(run.stdout[-2])
        return self._crossings[key]

    def _run(self, script: Path, environment: Mapping[str, str], cwd: Path) -> _Run:
        encoded = {os.fsencode(name): os.fsencode(value) for name, value in environment.items()}
        start = time.perf_counter()
        done = subprocess.run(
            [script], env=encoded, cwd=cwd, capture_output=True, check=False, stdin=subprocess.DEVNULL
        )
        if script.name != "crossplan-oracle":  # which only says what detection says
            self.seconds += time.perf_counter() - start
        return _Run(done.returncode, os.fsdecode(done.stdout).split("\n"), os.fsdecode(done.stderr))


def blank(request: Request) -> Answer:
    """An answer that says nothing yet. `watched`, which is not on the wire: the variables whose change makes Cargo run the scripts again."""
    return {"id": request.get("id"), "version": 1, "outcome": "ok", "cross": None, "config": None} | {
        name: [] for name in ("error", "warnings", "link", "cfg", "watched")
    }


def _features(request: Request) -> tuple[Scripts, dict[str, frozenset[str]]]:
    scripts = prepare(request["pyo3"], import_lib=not set(IMPORT_LIB).isdisjoint(request["features"]))
    return scripts, active_features(scripts.manifests, request.get("crate", "pyo3"), request["features"])


def _shared_environment(request: Request, scripts: Scripts, place: Path) -> dict[str, str]:
    """The request's variables, and those by which the adapted crate is told what it would have been compiled with."""
    given = {name: value for name, value in request["env"].items() if not name.startswith("CARGO_CFG_")}
    given.pop("PYO3_PRINT_CONFIG", None)
    told = {
        "CROSSPLAN_ORACLE_HOST": request["host"],
        "CROSSPLAN_ORACLE_BAKED": str(place / "config"),
        "RUSTC": str(_rustc(request.get("rustc", "1.95.0"))),
    }
    if "host_python" in request:
        record = request["host_python"]
        told["CROSSPLAN_ORACLE_PYTHON"] = _ABSENT if record is None else str(_standin())
        told["CROSSPLAN_ORACLE_RECORD"] = json.dumps(record)
    return given | told


def _finished(answer: Answer, run: _Run, place: Path) -> Answer:
    """The answer with the outcome of the script that decided it; folders and hosts that differ from run to run get their names."""
    answer |= {"outcome": run.outcome, "error": run.error if run.status else []}
    text = _REGISTRY.sub("https://{registry}", json.dumps(answer))
    for folder in ("config", "out", "last"):
        text = text.replace(str(place / folder), "$OUT_DIR")
    finished: Answer = json.loads(text)
    return finished


def read_config(lines: list[str], release: str) -> dict[str, Any]:
    """The `key=value` lines of a printed configuration, in the wire form."""
    values: dict[str, Any] = {}
    extra: list[str] = []
    key = ""
    for line in itertools.takewhile(bool, lines):
        if "=" not in line and key in values:  # a line feed in a value
            values[key] += f"\n{line}"
            continue
        key, _, value = line.partition("=")
        if key == "extra_build_script_line":
            extra.append(value)
        else:
            values[key] = value
    flags = values.get("build_flags", "")
    abi3 = values["abi3"] == "true" if "abi3" in values else None
    width = int(values["pointer_width"]) if "pointer_width" in values else None
    return {
        "implementation": values["implementation"],
        "version": values["version"],
        "shared": values["shared"] == "true",
        "abi3": abi3,
        "target_abi": values.get("target_abi"),
        **{name: values.get(name) for name in ("lib_name", "lib_dir", "executable", "python_framework_prefix")},
        "pointer_width": width,
        "build_flags": sorted(flags.split(",")) if flags else [],
        "suppress_build_script_link_lines": values.get("suppress_build_script_link_lines") == "true",
        "extra_build_script_lines": extra,
    }


def _program(name: str, text: str) -> Path:
    """A small program in the cache."""
    path = cache_dir() / name
    if not path.exists() or path.read_text() != text:
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_text(text)
        partial.chmod(0o755)
        partial.replace(path)
    return path


def _standin() -> Path:
    python = os.path.realpath(sys.executable)
    source = Path(__file__).with_name("standin.py")
    return _program("python-standin", f'#!/bin/sh\nexec {shlex.quote(python)} -S {shlex.quote(str(source))} "$@"\n')


def _rustc(version: str) -> Path:
    return _program(f"rustc-{version}", f"#!/bin/sh\necho 'rustc {version} (0 2026-01-01)'\n")
