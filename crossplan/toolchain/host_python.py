"""The host's Python, as PyO3's build scripts see it: what it answers, given as a record or asked of a live program.

PyO3 picks an interpreter (pyo3-build-config/src/impl_.rs, `find_interpreter`), feeds it a script on standard input, and
uses it both to describe a native build and to execute sysconfigdata files. Which one is picked is `resolve`'s
matter; this module asks the one it is told to ask. A sysconfigdata file is never handed to it.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping
from typing import Literal, Protocol

from crossplan.record import record
from crossplan.toolchain.landmark import is_cpython

# What makes a program fail where PyO3 needs it: it cannot be started (`detail`: the errno's text, as Rust prints
# it), ends with a status other than 0, prints nothing usable, prints what is no UTF-8, or cannot be known.
FailureKind = Literal["start", "status", "silent", "not-utf8", "unknown"]

# Says of a command whether it may be started: None (yes), an errno's name such as "ENOEXEC" (it could not be
# executed on this host either), or a sentence (it is not started, and what it would answer is not known).
Refusal = Callable[[str], str | None]

SECONDS = 10.0
KEPT = 256  # answers that are remembered


@record
class HostPython:
    """What a working interpreter answers, in PyO3's terms (interfaces: `host_python` of `resolve`).

    `implementation` is `platform.python_implementation()`; `graalpy` the GraalVM release or None; `py_debug` what
    `get_config_var("Py_DEBUG")` gives; `build_flags` the flags whose value prints as `1`.
    """

    implementation: str
    version: str
    shared: bool
    ld_version: str | None
    lib_dir: str | None
    base_prefix: str | None
    executable: str
    pointer_width: int
    mingw: bool = False
    cygwin: bool = False
    ext_suffix: str | None = None
    gil_disabled: bool = False
    framework_prefix: str | None = None
    graalpy: str | None = None
    build_flags: tuple[str, ...] = ()
    py_debug: int | str | None = None


@record
class HostFailure:
    """Why an interpreter gave no answer."""

    kind: FailureKind
    detail: str = ""


class HostProvider(Protocol):
    """Where `resolve` gets the host's Python from, asked only when PyO3 would ask."""

    def on_path(self, env: Mapping[str, str], cwd: str, banners: tuple[str, ...]) -> str | HostFailure | None:
        """The first of `python`, `python3` on PATH whose `--version` begins with one of `banners`; None: none."""
        ...

    def probe(self, command: str, env: Mapping[str, str], cwd: str) -> HostPython | HostFailure:
        """What the interpreter `command` answers to PyO3's questions."""
        ...

    def executes(self, command: str, env: Mapping[str, str], cwd: str) -> HostFailure | None:
        """Whether `command` executes a Python 3 script given on standard input; None: it does."""
        ...


class RecordedHost:
    """A provider that starts nothing: one record that answers wherever PyO3 looks, or None: none can be had.

    CPython imports the module that `_PYTHON_SYSCONFIGDATA_NAME` names when asked for a configuration variable. It is the
    target's, not the host's, so the probe fails, unless it happens to have one of the names of the host's own.
    """

    OWN_NAMES = frozenset({"_sysconfigdata__x86_64-linux-gnu", "_sysconfigdata__linux_x86_64-linux-gnu"})

    def __init__(self, answer: HostPython | None) -> None:
        self._answer = answer

    def on_path(self, env: Mapping[str, str], cwd: str, banners: tuple[str, ...]) -> str | None:
        """`python`, if there is a record whose interpreter introduces itself so."""
        if self._answer is None:
            return None
        name = "GraalPy" if self._answer.implementation == "GraalVM" else "Python"
        return "python" if f"{name} {self._answer.version}".startswith(banners) else None

    def probe(self, command: str, env: Mapping[str, str], cwd: str) -> HostPython | HostFailure:
        """The record."""
        if self._answer is None:
            return _missing()
        name = env.get("_PYTHON_SYSCONFIGDATA_NAME")
        return self._answer if name is None or name in self.OWN_NAMES else HostFailure("status")

    def executes(self, command: str, env: Mapping[str, str], cwd: str) -> HostFailure | None:
        """It does, if there is a record."""
        return _missing() if self._answer is None else None


def _missing() -> HostFailure:
    return HostFailure("start", _errno_text(errno.ENOENT))


def _errno_text(number: int) -> str:
    return f"{os.strerror(number)} (os error {number})"


class LiveHost:
    """A provider that runs the interpreters, each question to each of them once.

    `refuse` is asked before a program is started (a Python below the sysroot is not). Programs get the request's
    environment, a script on standard input and at most `seconds`.
    """

    def __init__(self, refuse: Refusal | None = None, seconds: float = SECONDS) -> None:
        self._refuse = refuse
        self._seconds = seconds
        self._answers: dict[tuple[object, ...], object] = {}

    def on_path(self, env: Mapping[str, str], cwd: str, banners: tuple[str, ...]) -> str | HostFailure | None:
        """Ask `python`, then `python3` for their version. One that runs as CPython 3 has that banner, and is asked once."""
        for name in ("python", "python3"):
            answer = self._once("executes", name, env, cwd)
            if not isinstance(answer, HostFailure) and answer[0].startswith(("python 3 cpython", "python 3 pypy")):
                return name
            answer = self._once("--version", name, env, cwd)
            if isinstance(answer, HostFailure):
                if answer.kind == "unknown":
                    return answer
                continue
            stdout, stderr = answer
            if stdout.startswith(banners) or stderr.startswith(banners[0]):
                return name
        return None

    def probe(self, command: str, env: Mapping[str, str], cwd: str) -> HostPython | HostFailure:
        """Run the probe script and read its answer."""
        answer = self._once("probe", command, env, cwd)
        if isinstance(answer, HostFailure):
            return answer
        return read_probe(answer[0])

    def executes(self, command: str, env: Mapping[str, str], cwd: str) -> HostFailure | None:
        """Run a script of one line."""
        answer = self._once("executes", command, env, cwd)
        if isinstance(answer, HostFailure):
            return answer
        if answer[0].startswith("python 3"):
            return None
        if " " not in answer[0] or answer[0].startswith(
            "('python'"
        ):  # Python 2 prints tuples, which PyO3 makes nothing of
            return HostFailure("silent")
        return HostFailure("unknown", f"{command} is no Python")

    def _once(self, question: str, command: str, env: Mapping[str, str], cwd: str) -> tuple[str, str] | HostFailure:
        relevant = frozenset(item for item in env.items() if not item[0].startswith(("PYO3_", "CARGO_")))
        key = (question, command, cwd, relevant, _identity(command, env, cwd))
        if key not in self._answers:
            if len(self._answers) >= KEPT:
                self._answers.clear()
            self._answers[key] = self._ask(question, command, env, cwd)
        return self._answers[key]  # type: ignore[return-value]

    def _ask(self, question: str, command: str, env: Mapping[str, str], cwd: str) -> tuple[str, str] | HostFailure:
        refused = self._refused(command, env, cwd)
        if refused is not None:
            return refused
        if question == "executes" and is_cpython(command, env, cwd):
            return "python 3 cpython", ""
        from crossplan.toolchain.programs import start

        arguments = [command, "--version"] if question == "--version" else [command]
        child = {**env, "PYTHONIOENCODING": "utf-8"}
        script = "" if question == "--version" else PROBE if question == "probe" else EXECUTES
        # Cargo makes the folder of a crate that it has not unpacked yet; until then nothing relative leads anywhere.
        place = cwd if os.path.isdir(cwd) else os.sep  # noqa: PTH112
        outcome = start(arguments, env=child, cwd=place, stdin=script.encode(), seconds=self._seconds)
        if outcome.status is None:
            if outcome.errno is None:
                return HostFailure("unknown", f"{command}: {outcome.failure}")
            return HostFailure("start", _errno_text(outcome.errno))
        if question == "--version":  # PyO3 does not look at the status here
            return outcome.stdout.decode("latin-1"), outcome.stderr.decode("latin-1")
        if outcome.status != 0:
            return HostFailure("status", outcome.stderr.decode("utf-8", "replace").strip())
        try:
            return outcome.stdout.decode(), ""
        except UnicodeDecodeError as error:
            return HostFailure("not-utf8", rust_utf8_error(error))

    def _refused(self, command: str, env: Mapping[str, str], cwd: str) -> HostFailure | None:
        if not command:  # execvp of an empty name
            return _missing()
        reason = None if self._refuse is None else self._refuse(command)
        if reason is None:
            return None
        number = getattr(errno, reason, None) if reason.isidentifier() else None
        if isinstance(number, int):
            return HostFailure("start", _errno_text(number))
        return HostFailure("unknown", reason)


def _identity(command: str, env: Mapping[str, str], cwd: str) -> tuple[int, ...] | None:
    """What tells the program that `command` starts from another that is put in its place later."""
    folders = [""] if "/" in command else env.get("PATH", os.defpath).split(os.pathsep)
    for folder in folders:
        try:
            found = os.stat(os.path.join(cwd, folder, command))  # noqa: PTH116, PTH118 - paths that are no text
        except OSError:
            continue
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
    return None


def rust_utf8_error(error: UnicodeDecodeError) -> str:
    """`FromUtf8Error` of the same bytes, as Rust prints it."""
    if error.reason == "unexpected end of data" and error.end == len(error.object):
        return f"incomplete utf-8 byte sequence from index {error.start}"
    return f"invalid utf-8 sequence of {error.end - error.start} bytes from index {error.start}"


EXECUTES = 'import sys\nprint("python", sys.version_info[0], sys.implementation.name)\n'

# One run instead of PyO3's two: the items of `InterpreterConfig::from_interpreter` and of
# `BuildFlags::from_interpreter` (pyo3-build-config/src/impl_.rs), one a line.
PROBE = """
from __future__ import print_function
import os.path, platform, struct, sys
from sysconfig import get_config_var, get_config_vars, get_platform

def put(name, value):
    if value is not None:
        print(name, value)

implementation = platform.python_implementation()
print("implementation", implementation)
if implementation == "GraalVM":
    print("graalpy", __graalpython__.get_graalvm_version())
base_prefix = getattr(sys, "base_prefix", None)
conda = bool(base_prefix) and os.path.exists(os.path.join(base_prefix, "conda-meta"))
print("version", "%d.%d" % sys.version_info[:2])
print("shared", bool(implementation in ("PyPy", "GraalVM") or conda or platform.system() == "Windows"
      or get_config_var("PYTHONFRAMEWORK") or get_config_var("Py_ENABLE_SHARED")))
put("framework_prefix", get_config_var("PYTHONFRAMEWORKPREFIX"))
put("ld_version", get_config_var("LDVERSION"))
put("lib_dir", get_config_var("LIBDIR"))
put("base_prefix", base_prefix)
print("executable", sys.executable)
print("pointer_width", struct.calcsize("P") * 8)
print("mingw", get_platform().startswith("mingw"))
print("cygwin", get_platform().startswith("cygwin"))
put("ext_suffix", get_config_var("EXT_SUFFIX"))
print("gil_disabled", get_config_var("Py_GIL_DISABLED"))
debug = get_config_var("Py_DEBUG")
put("py_debug", None if debug is None else int(bool(debug)))
config = get_config_vars()
flags = ("WITH_THREAD", "Py_DEBUG", "Py_REF_DEBUG", "Py_TRACE_REFS", "Py_GIL_DISABLED", "COUNT_ALLOCS")
print("build_flags", ",".join(flag for flag in flags if str(config.get(flag, "0")) == "1"))
"""


def read_probe(output: str) -> HostPython | HostFailure:
    """The record that the probe's output describes."""
    values = dict(line.split(" ", 1) for line in output.splitlines() if " " in line)
    if not values:
        return HostFailure("silent")
    gil = values.get("gil_disabled")
    if "build_flags" not in values or gil not in ("1", "0", "None"):
        return HostFailure("unknown", "the interpreter's answer to the probe is not understood")
    return HostPython(
        implementation=values["implementation"],
        version=values["version"],
        shared=values["shared"] == "True",
        ld_version=values.get("ld_version"),
        lib_dir=values.get("lib_dir"),
        base_prefix=values.get("base_prefix"),
        executable=values["executable"],
        pointer_width=int(values["pointer_width"]),
        mingw=values["mingw"] == "True",
        cygwin=values["cygwin"] == "True",
        ext_suffix=values.get("ext_suffix"),
        gil_disabled=gil == "1",
        framework_prefix=values.get("framework_prefix"),
        graalpy=values.get("graalpy"),
        build_flags=tuple(filter(None, values["build_flags"].split(","))),
        py_debug=int(values["py_debug"]) if "py_debug" in values else None,
    )
