"""Checks of a built module (family XP7, and XP3 against the target): can the target's Python import it?

One function a code. Each takes a `Subject` and yields findings.
"""

from __future__ import annotations

from collections.abc import Iterator

from crossplan.checks.fitness import KINDS, strongest
from crossplan.checks.linkage import MUST_LINK
from crossplan.checks.subject import Subject, finding, parts, system
from crossplan.checks.suffix import refusal, targets_named
from crossplan.findings import Finding, Severity
from crossplan.python import PythonVersion
from crossplan.readers.image import Image
from crossplan.selection import image_mismatches

_EXPORT_HOOK = PythonVersion(3, 15)  # PEP 793
_NOT_LINKED = PythonVersion(3, 8)  # bpo-21536
_EXTENSIONS = {"windows": ("pyd",), "cygwin": ("dll",), "emscripten": ("so",), "wasi": ()}


def not_a_module(subject: Subject) -> Iterator[Finding]:
    """XP701."""
    image, fault = subject.file.image, subject.file.fault
    if image is not None and image.kind != "shared":
        yield finding(
            "not-a-module", "error", subject, f"is no library that can be loaded, but of kind {image.kind}",
            'Build the crate as a library: crate-type = ["cdylib"] in Cargo.toml.',
        )  # fmt: skip
    elif fault is not None:
        reason, place = fault
        yield finding(
            "not-a-module", "error", subject, f"cannot be read as a module: {reason}" + (f" ({place})" if place else ""),
            "Give the library that the build made, in whole; cargo names it in target/TRIPLE/PROFILE.",
        )  # fmt: skip


def other_machine(subject: Subject) -> Iterator[Finding]:
    """XP301 to XP307: the binary against the target; a fat one fits if one slice does."""
    image, target = subject.file.image, subject.target
    if image is None or target is None:
        return
    if found := image_mismatches(image, subject.file.path, target):
        worst = strongest(found)
        yield finding(
            KINDS[worst.field], "error", subject,
            f"is for {worst.field.replace('_', ' ')} {worst.found.value}, and {target.triple} is {worst.wanted}",
            f"Build it with --target {target.triple}, and with that target's linker.", worst.field,
        )  # fmt: skip
    elif (needs := _level(image.cpu_arch)) and (has := _level(target.cpu_arch)) and needs > has:
        yield finding(
            "architecture-mismatch", "error", subject,
            f"needs an ARM processor of level {image.cpu_arch}, and {target.triple} promises {target.cpu_arch}",
            "A part that was compiled in C has a newer -march than the target: set CFLAGS for it.", "cpu_arch",
        )  # fmt: skip


def _level(cpu_arch: str | None) -> int | None:
    """The number in `v5TE`, `v7`."""
    digits = (cpu_arch or "").removeprefix("v")[:1]
    return int(digits) if (cpu_arch or "").startswith("v") and digits.isdecimal() else None


def suffix_refused(subject: Subject) -> Iterator[Finding]:
    """XP702."""
    image, why = subject.file.image, suffix_refusal(subject)
    if why is None or (image is not None and image.kind != "shared"):  # what is no module (XP701) has no module's name
        return
    own = subject.python.text("ext_suffix") if subject.python is not None else None
    rename = f"Rename it to {subject.named[0]}{own}, if it was built for that Python." if own else (
        "Name it as its Python does: MODULE followed by EXT_SUFFIX of the target (`crossplan plan` says it)."
    )  # fmt: skip
    yield finding("suffix-not-importable", "error", subject, f"cannot be imported: {why}", rename, "suffix")


def suffix_refusal(subject: Subject) -> str | None:
    """Why no Python, or not this one, looks for a file of its suffix."""
    suffix, os = subject.suffix, system(subject)
    if not suffix.known:
        return f"no Python looks for files that end in {suffix.text or 'nothing'}"
    ending = suffix.text.rpartition(".")[2]
    if os is not None and ending not in _EXTENSIONS.get(os, ("so",)) and not _is_cygwin(subject):
        return f"Python on {os} looks for other files than .{ending}"
    return refusal(suffix, subject.python) if subject.python is not None else None


def _is_cygwin(subject: Subject) -> bool:
    image = subject.file.image
    return image is not None and subject.suffix.text.endswith(".dll") and "cygwin1.dll" in map(str.lower, image.needed)


def suffix_contradicted(subject: Subject) -> Iterator[Finding]:
    """XP703."""
    image, platform = subject.file.image, subject.suffix.platform
    if image is None or platform is None:
        return
    each = [image_mismatches(image, subject.file.path, target) for target in targets_named(platform)]
    if each and all(each):
        worst = strongest(min(each, key=len))
        yield finding(
            "suffix-contradicts-image", "error", subject,
            f"is named for {platform}, of {worst.field.replace('_', ' ')} {worst.wanted}, and is for {worst.found.value}",
            "The name was taken from another Python than the code was built for: build again with the one --target.",
            worst.field,
        )  # fmt: skip


def libpython_linked(subject: Subject) -> Iterator[Finding]:
    """XP704. Before 3.8 a Python with a shared library linked it into its own modules too."""
    os = system(subject)
    old = subject.version is not None and subject.version < _NOT_LINKED
    if (
        subject.linked
        and os not in MUST_LINK
        and not (old and subject.python is not None and subject.python.value("shared"))
    ):
        names = ", ".join(one.name for one in subject.linked)
        yield finding(
            "libpython-linked", "warning" if old else "error", subject,
            f"needs {names}; on {os or 'this system'} the interpreter itself has Python's functions, and often no such file",
            "Build it as an extension module: set PYO3_BUILD_EXTENSION_MODULE=1 (PyO3 before 0.26: feature extension-module).",
            "needed",
        )  # fmt: skip


def libpython_not_linked(subject: Subject) -> Iterator[Finding]:
    """XP705."""
    os, symbols = system(subject), subject.file.symbols
    if os in MUST_LINK and not subject.linked and symbols is not None and symbols.imports:
        yield finding(
            "libpython-not-linked", "error", subject,
            f"uses Python's functions and names no library that has them, which on {os} every module must",
            "Let PyO3 link it: give the target's libpython (PYO3_CROSS_LIB_DIR), and no flags that allow undefined symbols.",
            "needed",
        )  # fmt: skip


def other_libpython(subject: Subject) -> Iterator[Finding]:
    """XP706."""
    if system(subject) not in MUST_LINK:
        return
    version, threads, stable = subject.version, subject.free_threaded, subject.stable
    keeps = bool(subject.suffix.stable or subject.claim.stable)
    for one in subject.linked:
        why, help = None, ""
        severity: Severity = "error"
        if keeps and one.version is not None:
            why = f"and is to keep to the stable ABI ({stable}), whose library is another"
            # PyO3 links Android's modules so (PEP 738), and the Python of that version loads them.
            severity = "warning" if system(subject) == "android" else "error"
            help = f"Name it for Python {one.version} alone, or link the library of all of them (`crossplan explain XP510`)."
        elif one.version is not None and version is not None and one.version != version:
            why = f"and is for Python {version}"
        elif threads is not None and one.free_threaded != threads and (one.version or one.stable):
            why = f"and is for a {'free-threaded' if threads else 'GIL'} build"
        if why:
            yield finding(
                "other-libpython", severity, subject, f"needs {one.name}, {why}",
                help or "Build it for the Python that is meant: `crossplan plan --python X.Y[t]` says what to set.",
                "needed",
            )  # fmt: skip


def no_init_function(subject: Subject) -> Iterator[Finding]:
    """XP707."""
    symbols = subject.file.symbols
    if symbols is None or (subject.file.image is not None and subject.file.image.kind != "shared"):
        return
    if not symbols.exports:
        yield finding(
            "no-init-function", "error", subject, "exports no PyInit_ function, so it is no extension module",
            "Give the library itself; if it is that, its #[pymodule] was left out, or a linker script hides its symbols.",
            "exports",
        )  # fmt: skip
    elif (
        not any(name.startswith("PyInit") for name in symbols.exports)
        and (subject.version or _EXPORT_HOOK) < _EXPORT_HOOK
    ):
        yield finding(
            "no-init-function", "error", subject,
            f"exports {symbols.exports[0]} and no PyInit_ function, and Python {subject.version} looks for that only",
            f"Build it for Python {subject.version}; PyModExport_ is of {_EXPORT_HOOK} (PEP 793).", "exports",
        )  # fmt: skip


def init_function_misnamed(subject: Subject) -> Iterator[Finding]:
    """XP708."""
    symbols = subject.file.symbols
    if symbols is None or not symbols.exports:
        return
    module, suffix = subject.named
    wanted = {
        name for stem in (module, f"{module}_d" if suffix.text.startswith("_d.") else module) for name in _hooks(stem)
    }
    if wanted.isdisjoint(symbols.exports):
        yield finding(
            "init-function-misnamed", "error", subject,
            f"is imported as {module}, and exports {', '.join(symbols.exports[:3])}",
            f"Python looks for {_hooks(module)[0]} there (PEP 489): give the #[pymodule] an ASCII name."
            if _module_of(symbols.exports[0]) == module
            else f"Rename it to {_module_of(symbols.exports[0])}{_usual(subject)}, or name the #[pymodule] {module}.",
            "exports",
        )  # fmt: skip


def _hooks(module: str) -> tuple[str, ...]:
    """The functions that Python looks for (PEP 489, PEP 793)."""
    if module.isascii():
        return f"PyInit_{module}", f"PyModExport_{module}"
    coded = module.encode("punycode").decode("ascii").replace("-", "_")
    return f"PyInitU_{coded}", f"PyModExportU_{coded}"


def _module_of(hook: str) -> str:
    """The module that a hook is for."""
    prefix, _, name = hook.partition("_")
    if not prefix.endswith("U"):
        return name
    plain, _, coded = name.rpartition("_")
    try:
        return f"{plain}-{coded}".encode("ascii", "replace").decode("punycode")
    except UnicodeError:
        return name


def _usual(subject: Subject) -> str:
    own = subject.python.text("ext_suffix") if subject.python is not None else None
    return own or subject.suffix.text


def floor_above_target(subject: Subject) -> Iterator[Finding]:
    """XP711: what the C library of the root offers, and the system that the target's Python was built for."""
    image, evidence = subject.file.image, subject.fit.evidence
    if image is None or evidence is None:
        return
    for file in evidence.images:
        offers, needs = file.image.libc_offers, image.libc_floor
        if image.libc == "glibc" and offers and needs and _same_machine(file.image, image):
            if _numbers(needs) > _numbers(offers):
                yield finding(
                    "floor-above-target", "error", subject, f"needs glibc {needs}, and {file.path} offers {offers}",
                    "Link it against the target's own C library, or with a toolchain that takes an older one "
                    f"(cargo zigbuild --target TRIPLE.{offers}).", "libc_floor",
                )  # fmt: skip
            return
    its = subject.python.value("minimum_os") if subject.python is not None else None
    for part in parts(image):
        level = str(part.android_api) if part.android_api is not None else part.minimum_os
        if (
            its is not None
            and level
            and part.os in ("macos", "ios", "android")
            and _numbers(level) > _numbers(str(its))
        ):
            yield finding(
                "floor-above-target", "warning", subject,
                f"needs {part.os} {level}, and the target's Python runs from {its} on",
                "Set the deployment target (MACOSX_DEPLOYMENT_TARGET, IPHONEOS_DEPLOYMENT_TARGET, the API of the NDK's clang).",
                "minimum_os",
            )  # fmt: skip
            return


def _same_machine(one: Image, other: Image) -> bool:
    return (one.machine, one.bits, one.endian) == (other.machine, other.bits, other.endian)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdecimal())


ALWAYS = (not_a_module, other_machine, floor_above_target)
"""Checks of any binary of a wheel."""

OF_MODULES = (
    suffix_refused,
    suffix_contradicted,
    libpython_linked,
    libpython_not_linked,
    other_libpython,
    no_init_function,
    init_function_misnamed,
)
"""Checks of what is to be imported."""


def check_file(subject: Subject) -> Iterator[Finding]:
    """All findings about one binary by itself."""
    for check in ALWAYS:
        yield from check(subject)
    if subject.is_module and subject.file.image is not None:
        for check in OF_MODULES:
            yield from check(subject)
