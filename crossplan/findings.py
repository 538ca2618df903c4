"""The register of finding codes, and the finding itself.

Families: XP1 sysroot, XP2 descriptions, XP3 binaries, XP4 environment, XP5 ABI and releases, XP6 toolchain and linking,
XP7 built files. A code never changes its meaning; one that is no longer used is not given again. Each has a section in data/findings.md,
which the documentation includes and `crossplan explain CODE` shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from crossplan.record import record

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
DOCS = "https://crossplan.readthedocs.io/en/latest/reference/findings/"


@record
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
    ("XP108", "not-answered", "crossplan itself failed at one of several roots or builds; the others were answered."),
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
    ("XP409", "rustflags-hidden", "A source of Rust flags hides another one, which Cargo then does not read."),
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
    ("XP416", "ambiguous-lib-dir", "PYO3_CROSS_LIB_DIR leads to several sysconfigdata files, and PyO3 takes none."),
    ("XP417", "lib-dir-leads-nowhere", "PyO3's search of PYO3_CROSS_LIB_DIR finds no sysconfigdata."),
    ("XP418", "other-build-target", "Cargo's default target is another one than is planned for."),
    ("XP419", "environment-overruled", "A variable that was set gives way to Cargo's configuration."),
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
    ("XP506", "prediction-differs", "PyO3's own build script concludes something else than crossplan predicted."),
    ("XP507", "not-verified", "Cargo did not come to PyO3's build script, so nothing was compared."),
    ("XP508", "abi3-above-python", "The level of the stable ABI is above the Python that PyO3 finds."),
    ("XP509", "limited-api-lacks", "The code uses what the limited API of that level does not have."),
    ("XP510", "library-of-one-version", "A stable-ABI module would bind to the DLL of one version."),
    ("XP511", "debug-build", "The target's Python is a debug build."),
    ("XP512", "flags-inferred", "A description leaves the ABI flags out, and only other keys tell them."),
    ("XP513", "pypy-embedded", "A program that embeds Python is built against PyPy, which cannot be embedded."),
    ("XP514", "needs-platform-tag", "This Python imports only modules with its own tag in their name."),
    ("XP515", "bare-abi3", "The stable ABI is asked for without a level, so the Python that is found decides."),
    ("XP516", "several-floors", "Several levels of the stable ABI are asked for; the lowest one counts."),
    (
        "XP517",
        "floor-unknown",
        "This release of PyO3 does not know that level of the stable ABI, and takes it for none.",
    ),
    (
        "XP518",
        "feature-unknown",
        "A feature is asked for that this release of PyO3 does not have, so Cargo refuses the build.",
    ),
    ("XP519", "abi3-forced", "A variable turns the stable ABI on, though no feature asks for it."),
    ("XP520", "config-key-ignored", "A key of the config file counts for nothing in this release of PyO3."),
    ("XP521", "no-python-there", "No Python runs on the target's system, so nothing could import the module."),
    ("XP601", "no-linker", "No linker for the target is named or found; rustc would call the host's."),
    ("XP602", "plan-incomplete", "Nothing that was given says for which Python to build, or what a link is to take."),
    ("XP603", "project-unreadable", "A file of the project cannot be read."),
    (
        "XP604",
        "library-elsewhere",
        "The linker is sent to another folder than the one that holds the target's libpython.",
    ),
    ("XP605", "must-link-libpython", "On this system a module must link libpython, and this release leaves it out."),
    ("XP606", "stub-linked", "The link takes libpython3.so, a stub that linkers drop."),
    ("XP607", "static-libpython", "The link takes a static libpython, or there is no other."),
    ("XP608", "foreign-import-library", "The import library has the form of another linker."),
    ("XP609", "wrong-dll", "An import library binds to another DLL than its name says."),
    ("XP610", "features-undecided", "The project's files do not tell all that is asked of PyO3."),
    ("XP611", "no-cdylib", "A module is meant, and the crate is not built as a cdylib."),
    ("XP612", "module-links-libpython", "A module links libpython although it need not on this system."),
    ("XP613", "import-tool-missing", "PyO3's script calls a tool to make the import library, and it is not there."),
    (
        "XP614",
        "extension-beside-programs",
        "extension-module is on for programs of the crate too, whose link then fails.",
    ),
    ("XP615", "module-not-appended", "A program that embeds Python does not append its own module to the table."),
    ("XP616", "native-dependency", "A crate looks for a C library of the target, and nothing says where that is."),
    ("XP617", "packed-root", "A build must open what lies in an archive, and only crossplan reads it there."),
    ("XP618", "script-lacks-crate", "The build script calls a crate that its manifest does not give it."),
    ("XP619", "module-misnamed", "The module that the code defines has another name than its file will have."),
    ("XP620", "static-c-runtime", "The C runtime is linked statically, and no cdylib can be made so."),
    ("XP621", "undefined-symbols", "The linker for macOS is not told that a module leaves Python's symbols undefined."),
    (
        "XP622",
        "framework-rpath",
        "A program has no rpath to the framework or library of Python that it links by @rpath.",
    ),
    ("XP623", "flags-in-ldflags", "LDFLAGS is set, which Cargo does not read."),
    ("XP624", "foreign-linker", "The linker that is named belongs to another machine, system or C library."),
    ("XP625", "search-path-of-target", "A variable leads the host's compiler to libraries of the target."),
    (
        "XP626",
        "library-at-run-time",
        "A program needs libpython when it starts, and the target's loader does not look where it lies.",
    ),
    (
        "XP627",
        "home-elsewhere",
        "An embedded Python looks for its library in a folder where the root does not have it.",
    ),
    ("XP628", "native-cpu", "The code is made for the processor of the machine that builds."),
    ("XP630", "no-cargo", "cargo is not on PATH."),
    ("XP631", "no-std", "The standard library of the target is not installed."),
    ("XP632", "compiler-for-every-build", "CC or CXX names the target's compiler for the host's build scripts too."),
    ("XP633", "build-tool-of-target", "A build tool that is first on PATH is a program of another machine."),
    ("XP634", "wrapper-sets-paths", "The Python that is named is a script that changes the compilers' search paths."),
    ("XP635", "old-compiler", "A dependency does not compile with a C compiler as old as the one that is named."),
    ("XP636", "cross-passthrough", "Variables do not reach the container in which cross builds."),
    ("XP637", "no-runner", "Nothing on this machine runs programs of the target."),
    ("XP638", "toolchain-file", "The toolchain file of the project does not go with the target."),
    ("XP640", "backend-fault", "The release of the build backend is known to get this build wrong."),
    ("XP641", "untold-target", "The build backend is told no target and would build for the host."),
    ("XP642", "archflags", "ARCHFLAGS is set, which build backends take for an Apple target."),
    ("XP643", "universal2", "universal2 is two builds that are merged, not a target."),
    ("XP644", "output-moves", "Cargo's configuration sets a default target, so output lies in another folder."),
    ("XP645", "wheel-not-marked", "A stable-ABI module is built, and nothing marks its wheel as such."),
    ("XP646", "tool-brings-nothing", "The tool that was chosen has no image or linker of its own for the target."),
    ("XP647", "requirements-of-target", "pip would take what the build requires for the target's machine."),
    ("XP650", "android-api-level", "The API level of Android is not said, or below what the Python needs."),
    ("XP651", "deployment-target", "The minimum version of the system does not go with that of the target's Python."),
    ("XP652", "other-sdk", "SDKROOT names the SDK of another system."),
    ("XP653", "libc-floor", "Rust's standard library needs a newer glibc than the target or the wanted tag has."),
    ("XP654", "newer-libc", "The compiler links with a newer glibc than the target has."),
    ("XP655", "emscripten-version", "Emscripten is of another version than the target's Pyodide wants."),
    ("XP656", "missing-headers", "A header leads to that of the target, which is not there."),
    ("XP657", "no-modules", "CPython loads no modules from files on this system."),
    ("XP660", "plan-changed", "A field of the plan is not what it was when the plan was locked."),
    ("XP661", "not-locked", "There is no locked plan of this build to compare with."),
    ("XP701", "not-a-module", "A file that was given as a built module is no library that can be loaded."),
    ("XP702", "suffix-not-importable", "The target's Python does not look for files of this suffix."),
    ("XP703", "suffix-contradicts-image", "The suffix of a module names another platform than its code is for."),
    ("XP704", "libpython-linked", "A module needs libpython on a system where the interpreter has its functions."),
    ("XP705", "libpython-not-linked", "A module names no libpython on a system where every module must."),
    ("XP706", "other-libpython", "A module needs the libpython of another Python than it is for."),
    ("XP707", "no-init-function", "A module exports no function by which its Python could import it."),
    ("XP708", "init-function-misnamed", "The init function of a module has another name than its file."),
    ("XP709", "beyond-stable-abi", "A module that claims the stable ABI uses functions outside of it."),
    ("XP710", "floor-above-tag", "A binary needs a newer C library or system than its wheel's tag promises."),
    ("XP711", "floor-above-target", "A binary needs a newer C library or system than the target has."),
    ("XP712", "tag-contradicts-contents", "The tag of a wheel says something else than what the wheel holds."),
    ("XP713", "not-a-wheel", "A file that was given as a wheel is none that an installer takes."),
    ("XP714", "wheel-not-for-target", "No tag of a wheel fits the target's Python."),
    ("XP715", "stable-abi-not-checked", "Whether a module keeps to the stable ABI was not checked."),
)


@record
class Location:
    """A place that a user can open: a path with key and line, a variable (`path` None, `key` its name), an option."""

    path: str | None = None
    key: str | None = None
    line: int | None = None


@record
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
