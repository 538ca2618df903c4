"""What goes into a prediction and what comes out of it, as values.

Field names are PyO3's own (pyo3-build-config/src/impl_.rs, `InterpreterConfig`) and those of the `resolve` request.
Text that is no UTF-8 stands as lone surrogates throughout (`surrogateescape`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from crossplan.origin import Origin
from crossplan.record import field, record
from crossplan.toolchain.host_python import HostProvider, HostPython

Outcome = Literal["ok", "error", "panic", "unknown", "invalid"]
RUSTC = "1.95.0"


@record
class BuildRequest:
    """One build as PyO3's scripts see it.

    `features` are those active on `crate`, closed under its feature table or not; `env` the whole environment that
    the scripts get; `cwd` where relative paths count from; `host_python` the interpreter's answer, None if none can be
    had, or a provider that is asked when PyO3 would ask; `files` files that are not written yet (path to text), which are
    looked at before the disk.
    """

    pyo3: str
    target: str
    host: str
    features: frozenset[str] = frozenset()
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: str = "."
    crate: Literal["pyo3", "pyo3-ffi"] = "pyo3"
    rustc: str = RUSTC
    host_python: HostPython | HostProvider | None = None
    files: Mapping[str, str] = field(default_factory=dict)


@record
class InterpreterConfig:
    """What PYO3_PRINT_CONFIG=1 would print. `abi3` is None from 0.29 on, `target_abi` before it."""

    implementation: str
    version: str
    shared: bool
    abi3: bool | None
    target_abi: str | None
    lib_name: str | None
    lib_dir: str | None
    executable: str | None
    pointer_width: int | None
    build_flags: tuple[str, ...]
    python_framework_prefix: str | None
    suppress_build_script_link_lines: bool
    extra_build_script_lines: tuple[str, ...]


@record
class PassedOver:
    """Something that PyO3 looked at and did not take, and why."""

    what: str
    reason: str


@record
class Step:
    """One decision of PyO3 on its way, in its own order.

    `what` is the decision in a few words, `where` PyO3's function (file at the tag of that release's rules),
    `evidence` what it was decided by, `passed_over` what was looked at and left.
    """

    what: str
    where: str
    evidence: tuple[Origin, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()


@record
class Resolution:
    """What one PyO3 release concludes from one request.

    `error` holds the message and its causes (outcome `error`), the panic's text, or what is not known. `config` is
    present as soon as PyO3 had one, also when a later check failed. `cross` is what detection says, None where the
    triple cannot be parsed. `link` and `cfg` are empty unless the outcome is `ok`. `origins` says for each field of
    `config` what set it. `watched` are the variables whose change makes Cargo run the scripts again, in PyO3's order.
    """

    outcome: Outcome
    cross: bool | None = None
    config: InterpreterConfig | None = None
    error: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    link: tuple[str, ...] = ()
    cfg: tuple[str, ...] = ()
    origins: Mapping[str, Origin] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    watched: tuple[str, ...] = ()
