"""One prediction on its way: the request, the rules of its release, and what has been said and decided so far."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from typing import NoReturn

from crossplan.origin import Origin
from crossplan.pyo3 import Rules
from crossplan.record import field, record
from crossplan.resolve import lexicon
from crossplan.resolve.rust import UNWRAP_NONE, is_utf8, lossy
from crossplan.resolve.types import BuildRequest, InterpreterConfig, PassedOver, Step
from crossplan.toolchain.host_python import HostProvider, HostPython, RecordedHost
from crossplan.triple import builtin, of_own_vendor

Version = tuple[int, int]
FILE_LIMIT = 8 << 20
_PLACEHOLDER = r"\{([a-z_]+)\}"


class Stop(Exception):
    """A script of PyO3 ends with status 1; `causes` is its message and the causes below it."""

    def __init__(self, *causes: str) -> None:
        super().__init__(*causes)
        self.causes = causes


class Panic(Exception):
    """A script of PyO3 panics with this text."""


class Unknown(Exception):
    """What PyO3 will conclude hangs on something that is not run or not read; the text says on what."""


class Invalid(Exception):
    """The request itself makes no sense for that release; the text says why."""


def dotted(version: Version) -> str:
    """`3.11`, as PyO3 prints a version."""
    return f"{version[0]}.{version[1]}"


@record(frozen=False)
class Abi:
    """The target ABI of 0.29 on; `kind` is abi3, abi3t, gil_enabled or free_threaded."""

    implementation: str
    kind: str
    version: Version
    debug: bool = False

    def __str__(self) -> str:
        return f"{self.implementation}-{self.kind}-{dotted(self.version)}{'-debug' if self.debug else ''}"

    @property
    def free_threaded(self) -> bool:
        """`PythonAbiKind::is_free_threaded`: abi3t counts."""
        return self.kind in ("free_threaded", "abi3t")

    @property
    def stable(self) -> str | None:
        """The stable ABI that it is, if it is one."""
        return self.kind if self.kind in ("abi3", "abi3t") else None


@record(frozen=False)
class Config:
    """PyO3's `InterpreterConfig` while it is being worked on; `origins` says what set each field last."""

    version: Version
    implementation: str = "CPython"
    shared: bool = True
    abi3: bool = False
    abi: Abi | None = None
    lib_name: str | None = None
    lib_dir: str | None = None
    executable: str | None = None
    pointer_width: int | None = None
    build_flags: set[str] = field(default_factory=set)
    python_framework_prefix: str | None = None
    suppress_build_script_link_lines: bool = False
    extra_build_script_lines: list[str] = field(default_factory=list)
    origins: dict[str, Origin] = field(default_factory=dict)

    @property
    def free_threaded(self) -> bool:
        """`is_free_threaded`: of the ABI from 0.29 on, of the flags before."""
        return "Py_GIL_DISABLED" in self.build_flags if self.abi is None else self.abi.free_threaded

    @property
    def target_abi(self) -> Abi:
        """The target ABI, which every configuration of 0.29 on has."""
        assert self.abi is not None
        return self.abi

    def frozen(self) -> InterpreterConfig:
        """The finished value."""
        return InterpreterConfig(
            self.implementation,
            dotted(self.version),
            self.shared,
            self.abi3 if self.abi is None else None,
            None if self.abi is None else str(self.abi),
            self.lib_name,
            self.lib_dir,
            self.executable,
            self.pointer_width,
            tuple(sorted(self.build_flags)) if self.build_flags != {""} else (),
            self.python_framework_prefix,
            self.suppress_build_script_link_lines,
            tuple(self.extra_build_script_lines),
        )


class Run:
    """The state that PyO3's functions share while one request is resolved."""

    __slots__ = (
        "_host_triple",
        "_target",
        "cfg",
        "cfgs",
        "env",
        "features",
        "host",
        "link",
        "request",
        "rules",
        "steps",
        "warnings",
        "watched",
    )

    def __init__(self, request: BuildRequest, rules: Rules) -> None:
        self.request = request
        self.rules = rules
        self.env: Mapping[str, str] = request.env
        self.features = rules.closure(request.crate, request.features)
        self.warnings: list[str] = []
        self.link: list[str] = []
        self.cfg: list[str] = []
        self.watched: dict[str, None] = {}
        self.steps: list[Step] = []
        answer = request.host_python
        self.host: HostProvider = RecordedHost(answer) if answer is None or isinstance(answer, HostPython) else answer
        self.cfgs = _cargo_cfgs(request.target)
        self._target: lexicon.Triple | None = None
        self._host_triple: lexicon.Triple | None = None

    @property
    def host_triple(self) -> lexicon.Triple:
        """PyO3's `Triple::host()`: the triple that the scripts were compiled for, so it parses."""
        if self._host_triple is None:
            try:
                self._host_triple = lexicon.parse(self.request.host, self.rules.target_lexicon)
            except lexicon.TripleFailure as failure:
                raise Invalid(f"host {self.request.host!r}: no triple that PyO3 can be built on ({failure})") from None
        return self._host_triple

    @property
    def windows_host(self) -> bool:
        """`cfg!(windows)` in the scripts."""
        return "-windows-" in self.request.host

    def target(self) -> lexicon.Triple:
        """`target_triple_from_env`: TARGET as target-lexicon reads it; a panic where it cannot."""
        if self._target is None:
            try:
                self._target = lexicon.parse(self.request.target, self.rules.target_lexicon)
            except lexicon.TripleFailure as failure:
                raise Panic(self.text("P-TARGET", error=str(failure))) from None
        return self._target

    def target_or_none(self) -> lexicon.Triple | None:
        """TARGET where it parses."""
        try:
            return self.target()
        except Panic:
            return None

    def cargo_cfg(self, name: str) -> str | None:
        """`CARGO_CFG_TARGET_{name}`: the request's environment wins over what rustc says of the target."""
        key = f"CARGO_CFG_TARGET_{name}"
        if key not in self.env:
            return self.cfgs.get(name)
        value = self.env[key]
        if not is_utf8(value):
            raise Panic(UNWRAP_NONE)
        return value

    @property
    def target_os(self) -> str:
        """CARGO_CFG_TARGET_OS; its absence is a panic."""
        value = self.cargo_cfg("OS")
        if value is None:
            raise Panic(UNWRAP_NONE)
        return value

    def text(self, message: str, **values: object) -> str:
        """The text of a message of this release, filled in."""
        values["pv"] = self.request.pyo3
        return re.sub(
            _PLACEHOLDER,
            lambda match: str(values[match[1]]) if match[1] in values else match[0],
            self.rules.messages[message],
        )

    def stop(self, message: str, *causes: str, **values: object) -> NoReturn:
        """End the script with this error."""
        raise Stop(self.text(message, **values), *causes)

    def warn(self, message: str, **values: object) -> None:
        """Print a warning."""
        self.warnings.append(self.text(message, **values))

    def step(self, what: str, where: str, *evidence: Origin, passed_over: tuple[PassedOver, ...] = ()) -> None:
        """Note a decision of PyO3."""
        self.steps.append(Step(what, where, evidence, passed_over))

    def variable(self, name: str) -> str | None:
        """`env_var`: a variable whose change makes Cargo run the script again."""
        self.watched[name] = None
        return self.env.get(name)

    def flag(self, name: str) -> bool:
        """Whether a watched variable is exactly `1`."""
        return self.variable(name) == "1"

    def read_bytes(self, path: str) -> bytes:
        """A file's content; what is planned comes before what is on the disk. Raises OSError."""
        planned = self.request.files.get(path)
        if planned is not None:
            return os.fsencode(planned)
        # a pipe or device would block or never end; it opens without waiting, and is not read
        place = os.path.join(self.request.cwd, path)  # noqa: PTH118 - bytes that are no text stay what they are
        number = os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            kind = os.fstat(number).st_mode
            if not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
                raise Unknown(f"{lossy(path)} is no regular file, and is not read")
            content = os.read(number, FILE_LIMIT + 1)
        finally:
            os.close(number)
        if len(content) > FILE_LIMIT:
            raise Unknown(f"{lossy(path)}: more than {FILE_LIMIT} bytes, which are not read")
        return content

    def emit(self, text: str) -> None:
        """What a script prints to standard output, as far as it is kept."""
        for line in text.split("\n"):
            if line.startswith("cargo:warning="):
                self.warnings.append(line[14:])
            elif line.startswith("cargo:rustc-link-"):
                self.link.append(line)
            elif line.startswith("cargo:rustc-cfg="):
                self.cfg.append(line[16:])


def _cargo_cfgs(target: str) -> dict[str, str]:
    """What Cargo sets for a target that rustc knows, be it with a vendor of its own."""
    known = builtin(target) or of_own_vendor(target)
    if known is None:
        return {}
    found = {
        "ARCH": known.arch,
        "VENDOR": known.vendor,
        "OS": known.os,
        "POINTER_WIDTH": str(known.pointer_width),
        "ENV": known.env,
    }
    if known.family:
        found["FAMILY"] = ",".join(known.family)
    return found


def by_variable(name: str) -> Origin:
    """The origin of what a variable says."""
    return Origin("variable", key=name)


def rule(key: str) -> Origin:
    """The origin of what a row of data/pyo3.toml says."""
    return Origin("rule", key=key)
