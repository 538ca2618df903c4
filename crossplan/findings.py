"""The register of finding codes, and the finding itself.

Families: XP1 sysroot, XP2 descriptions, XP3 binaries, XP4 environment, XP5 ABI and releases, XP6 toolchain and linking.
A code never changes its meaning; one that is no longer used is not given again. Each has a section in
docs/reference/findings.md, and its page is shown by `crossplan explain CODE`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
DOCS = "https://crossplan.readthedocs.io/en/latest/reference/findings/"


@dataclass(frozen=True, slots=True)
class Code:
    """One row of the register: the code, its stable name, and what it says about the world."""

    code: str
    name: str
    meaning: str

    @property
    def url(self) -> str:
        """Its section in the documentation."""
        return f"{DOCS}#{self.code.lower()}"


def _register(*rows: tuple[str, str, str]) -> dict[str, Code]:
    """The rows by name; a code or a name that stands twice is a defect of ours."""
    codes = {name: Code(code, name, meaning) for code, name, meaning in rows}
    if len(codes) != len(rows) or len({code.code for code in codes.values()}) != len(rows):
        raise ValueError("a code or a name stands twice in the register")
    return codes


CODES = _register(
    ("XP101", "empty-root", "Nothing below this root describes or holds a Python."),
    ("XP102", "unreadable", "A file or folder that would be evidence cannot be opened."),
    ("XP103", "not-all-read", "A bound was reached, so something of the root was not looked at."),
    ("XP104", "several-pythons", "Several Pythons fit the target, and nothing says which one is meant."),
    ("XP105", "no-such-python", "The Python that was asked for is not in the root."),
    ("XP106", "root-is-no-root", "A path that was given as a root is none."),
    ("XP107", "dangling-link", "A link that a build needs leads to nothing inside the root."),
    ("XP201", "description-unreadable", "A file that describes a Python cannot be read as what it should be."),
    ("XP202", "contradiction", "Two sources in the root say different things of one Python."),
    (
        "XP203",
        "misnamed-sysconfigdata",
        "The name of a sysconfigdata file and its contents speak of different targets.",
    ),
    ("XP204", "repeated-key", "A key stands twice in one file; the last one counts."),
    ("XP205", "byte-code-only", "A sysconfigdata is there as byte code only, which cannot be read safely."),
    ("XP301", "architecture-mismatch", "A binary or description is for another machine than the target."),
    ("XP302", "byte-order-mismatch", "A binary or description has another byte order than the target."),
    ("XP303", "pointer-width-mismatch", "A binary or description has another pointer width than the target."),
    ("XP304", "float-abi-mismatch", "A binary passes floating-point arguments otherwise than the target does."),
    ("XP305", "libc-mismatch", "A binary or description uses another C library than the target."),
    (
        "XP306",
        "abi-mismatch",
        "A binary uses another ABI of the same machine than the target (ELFv1, x32, n32 and the like).",
    ),
    ("XP307", "os-mismatch", "A binary or description is for another operating system than the target."),
    ("XP308", "image-unreadable", "A binary that should be a libpython cannot be read as one."),
    ("XP309", "no-libpython", "libpython must be linked, and the root has none that the linker can take."),
    ("XP401", "empty-variable", "A variable is set and empty, which PyO3 takes for set."),
    ("XP402", "relative-path", "A variable holds a relative path, which counts from a folder that nobody expects."),
    ("XP403", "dead-path", "A variable names a path that is not there."),
    ("XP404", "variable-not-read", "A variable is set that this release of PyO3 does not read."),
    ("XP405", "misspelt-variable", "A variable looks like one that PyO3 or Cargo reads, and is none."),
    ("XP406", "cargo-variable-ignored", "A CARGO_TARGET_ variable is spelled so that Cargo ignores it."),
    ("XP407", "two-environments", "VIRTUAL_ENV and CONDA_PREFIX are both set, so PyO3 uses neither."),
    ("XP408", "no-python-hides-sysroot", "PYO3_NO_PYTHON is set, so PyO3 does not look into PYO3_CROSS_LIB_DIR."),
    ("XP409", "rustflags-hidden", "A variable with Rust flags hides those of the target."),
    ("XP410", "python-cannot-run", "The Python that PyO3 would start cannot run on the host."),
    ("XP411", "pyo3-stops", "PyO3's build script will stop, because of what was given."),
    (
        "XP412",
        "config-contradicts-target",
        "What PyO3 concludes from the environment is not true of the target's Python.",
    ),
    ("XP413", "dialect-refuses", "The plan has a change that the chosen dialect cannot carry."),
    ("XP414", "not-cross", "PyO3 will not take this build for a cross build, and describe the host's Python."),
    ("XP415", "host-platform-inherited", "_PYTHON_HOST_PLATFORM is set, and names the wheel whatever the target is."),
    ("XP501", "release-not-described", "crossplan does not know what this release of PyO3 does."),
    (
        "XP502",
        "release-extrapolated",
        "This release of PyO3 is newer than the tables; the newest known rules were used.",
    ),
    ("XP503", "python-unsupported", "This release of PyO3 does not support the target's Python."),
    ("XP504", "not-predicted", "PyO3's answer depends on code of the root, which is not run."),
    (
        "XP505",
        "stable-abi-ignored",
        "A stable ABI was asked for that this Python does not have, so the module is version-specific.",
    ),
    ("XP601", "no-linker", "No linker for the target is named or found; rustc would call the host's."),
    ("XP602", "plan-incomplete", "Nothing that was given says for which Python to build, or what a link is to take."),
    ("XP506", "prediction-differs", "PyO3's own build script concludes something else than crossplan predicted."),
    ("XP507", "not-verified", "Cargo did not come to PyO3's build script, so nothing was compared."),
    ("XP603", "project-unreadable", "A file of the project cannot be read."),
)


@dataclass(frozen=True, slots=True)
class Location:
    """A place that a user can open: a path with key and line, a variable (`path` None, `key` its name), an option."""

    path: str | None = None
    key: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check noticed: one sentence, the places it is about, and what to do."""

    code: Code
    severity: Severity
    message: str
    locations: tuple[Location, ...]
    help: str

    def __post_init__(self) -> None:
        if not self.locations or not self.message or not self.help:
            raise ValueError(f"{self.code.code}: a finding needs a message, a location and a help text")


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors first, then by code and place; equal findings once. The order never depends on the order of a walk."""
    unique = dict.fromkeys(findings)
    return tuple(
        sorted(
            unique, key=lambda f: (SEVERITIES.index(f.severity), f.code.code, [str(l) for l in f.locations], f.message)
        )
    )


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The highest severity among them."""
    present = {finding.severity for finding in findings}
    return next((severity for severity in SEVERITIES if severity in present), None)
