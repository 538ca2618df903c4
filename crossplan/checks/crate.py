"""Checks of the crate (XP61x, XP509, XP603): what it builds, and whether that goes together with how PyO3 is used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crossplan.checks.view import View, at, finding
from crossplan.findings import Finding, Location
from crossplan.origin import Origin
from crossplan.project.model import Undecided

# What the limited API lacks below a level (PyO3's guide, "Missing features"), as it looks in source text.
_LACKING = {
    "the buffer protocol": (11, r"\b(PyBuffer\b|fn\s+__getbuffer__)"),
    "#[pyclass(dict)] or weakref": (9, r"#\[pyclass\([^\]]*\b(dict|weakref)\b[^\]]*\)\]"),
    "text_signature on a class": (10, r"#\[pyo3\(\s*text_signature[^\]]*\]\s*(?:#\[[^\]]*\]\s*)*(?:pub\s+)?struct\b"),
}


def project_unreadable(view: View) -> Iterator[Finding]:
    """XP603: Cargo stops at its own files; those of other tools it does not read."""
    for problem in view.project.problems:
        cargos = Path(problem.path).name in ("Cargo.toml", "Cargo.lock") or ".cargo/" in problem.path
        yield finding(
            "project-unreadable",
            "error" if cargos else "warning",
            f"{problem.path} {problem.reason}",
            Location(problem.path, problem.key, problem.line),
            help="Correct the file; cargo metadata --offline shows what Cargo says of it."
            if cargos
            else "Correct the file, or remove it.",
        )


def features_undecided(view: View) -> Iterator[Finding]:
    """XP610: a crate in between may ask PyO3 for features, and its manifest is not on this machine."""
    use = view.project.pyo3
    if use is None or any(fact.origin.kind == "option" for fact in view.request.features):
        return
    alike: dict[str, list[Undecided]] = {}
    for item in use.undecided:
        alike.setdefault(item.reason, []).append(item)
    for reason, items in alike.items():
        names = [item.crate for item in items]
        more = f" and {len(names) - 4} more" if len(names) > 4 else ""
        yield finding(
            "features-undecided",
            "warning",
            f"{', '.join(names[:4])}{more} may ask PyO3 for features, and {reason}",
            *(at(item.origin, item.crate) for item in items),
            help="Run cargo fetch once, or give the features: --features extension-module,abi3-py39.",
        )


def pyo3_not_enabled(view: View) -> Iterator[Finding]:
    """XP610 for an optional PyO3: without a feature of the package it is not built at all."""
    use, package = view.project.pyo3, view.package
    if use is not None and use.enabled_by and package is not None:
        yield finding(
            "features-undecided",
            "note",
            f"{use.crate} is optional in {package.name.value}; its feature {use.enabled_by[0]} turns it on",
            at(package.name.origin, "package.name"),
            help=f"Build with --features {use.enabled_by[0]}.",
        )


def pyo3_not_asked_for(view: View) -> Iterator[Finding]:
    """XP610 for a package without PyO3: the user stands in another crate than is meant, or it comes by one that is not here."""
    package = view.package
    if package is not None and view.project.pyo3 is None and view.request.pyo3.origin.kind == "default":
        yield finding(
            "features-undecided",
            "note",
            f"nothing that is here says that {package.name.value} uses PyO3; its newest known release is planned for",
            at(package.name.origin, "package.name"),
            help="Name the crate that does (--manifest-path), or PyO3's release (--pyo3).",
        )


def no_cdylib(view: View) -> Iterator[Finding]:
    """XP611: only a cdylib is a module that Python can load; without one Cargo leaves an rlib."""
    package = view.package
    if package is None or view.embeds or package.lib_name is None or package.crate_types is None:
        return
    if "cdylib" in package.crate_types.value or not _is_module(view):
        return
    if view.request.by_backend:
        return  # it passes `--crate-type cdylib` (maturin src/compile.rs, setuptools-rust build.py; Rust 1.64)
    types, backend = ", ".join(package.crate_types.value), view.request.backend
    yield finding(
        "no-cdylib",
        "note" if backend is not None else "warning",
        f"the library of {package.name.value} is built as {types}, and Python loads a cdylib"
        + (f"; {backend} asks for one by itself, cargo build does not" if backend is not None else ""),
        at(package.crate_types.origin, "lib.crate-type"),
        help='Add to Cargo.toml, in [lib]: crate-type = ["cdylib", "rlib"]'
        + (f"; or build with --with {backend}" if backend is not None else ""),
    )


def _is_module(view: View) -> bool:
    """Whether something says that a module is meant: the feature, the variable or a build backend."""
    return (
        "extension-module" in view.features
        or "PYO3_BUILD_EXTENSION_MODULE" in view.request.environ  # the user's: a plan sets it for any library
        or view.request.backend is not None
    )


def module_links_libpython(view: View) -> Iterator[Finding]:
    """XP612: on Unix a module must not link libpython: manylinux forbids it, and another build of that version is then loaded twice."""
    package = view.package
    if package is None or view.embeds or view.link_name is None or view.target.os not in ("linux", "macos", "freebsd"):
        return
    if package.crate_types is None or "cdylib" not in package.crate_types.value or _backend_decides(view):
        return
    variable = view.rules is not None and view.rules.extension_variable
    yield finding(
        "module-links-libpython",
        "warning",
        f"{package.name.value} is a module and links {view.link_name}: PyO3's extension-module is off",
        at(package.crate_types.origin, "lib.crate-type"),
        help="Set PYO3_BUILD_EXTENSION_MODULE=1" if variable else "Add --features pyo3/extension-module to the build.",
    )


def _backend_decides(view: View) -> bool:
    """Whether a build backend sets PYO3_BUILD_EXTENSION_MODULE, which this release reads."""
    return view.request.backend is not None and view.rules is not None and view.rules.extension_variable


def extension_beside_programs(view: View) -> Iterator[Finding]:
    """XP614: extension-module leaves Python's symbols undefined in programs too, and there nothing supplies them."""
    package, fact = view.package, view.features.get("extension-module")
    if package is None or fact is None or fact.origin.kind == "option" or view.target.os in ("windows", "android"):
        return
    kinds = [("binary", package.bins), ("example", package.examples), ("test", package.tests)]
    if view.project.pyo3 is not None and view.project.pyo3.extension_by_backend:
        # cargo test does not read the backend's list, and the backend builds the library alone.
        kinds = kinds[:1] if view.request.tool.value != view.request.backend else []
    # A target with required-features is left out unless they are asked for.
    programs = [(kind, target) for kind, targets in kinds for target in targets if not target.required_features]
    if not programs:
        return
    named = ", ".join(f"{kind} {target.name}" for kind, target in programs[:4])
    yield finding(
        "extension-beside-programs",
        "warning",
        f"extension-module is on for all that {package.name.value} builds, and the link of {named} fails with it",
        at(fact.origin, "features"),
        *(Location(_shown(view, target.path)) for _, target in programs[:4]),
        help='Make it a feature of the crate, extension-module = ["pyo3/extension-module"], off for these: cargo test'
        " --no-default-features; or build with --lib.",
    )


def _shown(view: View, path: Path) -> str:
    base = Path(view.request.cwd)
    return str(path.relative_to(base)) if path.is_relative_to(base) else str(path)


def limited_api_lacks(view: View) -> Iterator[Finding]:
    """XP509: code that needs what the limited API of that level does not have is refused by the compiler."""
    level = min(
        (int(name[8:]) for name in view.features if name.startswith("abi3-py3") and name[8:].isdecimal()), default=None
    )
    if level is None or view.package is None or (view.config is not None and view.config.implementation != "CPython"):
        return
    from crossplan.project.sources import find_words

    wanted = {name: pattern for name, (since, pattern) in _LACKING.items() if level < since}
    for name, origin in find_words(view.package, Path(view.request.cwd), wanted, always=True).items():
        yield finding(
            "limited-api-lacks",
            "warning",
            f"{name} needs abi3-py3{_LACKING[name][0]}, and abi3-py3{level} is asked for",
            at(origin),
            help=f"Raise the level (--abi3 3.{_LACKING[name][0]}), or put that code behind #[cfg(not(Py_LIMITED_API))].",
        )


def module_not_appended(view: View) -> Iterator[Finding]:
    """XP615: a program's own #[pymodule] can only be imported if it is put into the table before Python starts."""
    if view.package is None or view.project.pyo3 is None or not view.embeds:
        return
    from crossplan.project.sources import find_words

    found = find_words(
        view.package,
        Path(view.request.cwd),
        {
            "module": r"#\[pymodule\b",
            "append": r"\bappend_to_inittab\s*!|PyImport_AppendInittab|\bPyModule::new|wrap_pymodule!",
        },
    )
    if "module" in found and "append" not in found:
        yield finding(
            "module-not-appended",
            "warning",
            "the program defines a #[pymodule] and does not append it, so no import finds it",
            at(found["module"], "src"),
            help="Call pyo3::append_to_inittab!(module) before Python is initialised.",
        )


def module_misnamed(view: View) -> Iterator[Finding]:
    """XP619: Python looks in the file of a module for a function of that very name, which `#[pymodule]` makes of its own."""
    wanted, backend = view.project.module_name, view.project.backend
    if view.situation.planned or view.embeds or view.package is None or view.project.pyo3 is None or wanted is None:
        return  # the plan changes no code
    if backend is not None and backend.kind == "setuptools-rust" and backend.module is None:
        return  # setup.py, which is code, says it
    folders = filter(None, (view.package.manifest.parent, view.project.root))
    if any((folder / "setup.py").is_file() for folder in folders):
        return  # code, which may name the module
    from crossplan.project.sources import module_names

    names = module_names(view.package, Path(view.request.cwd))
    if not names or wanted.value in names:
        return
    other, origin = next(iter(names.items()))
    yield finding(
        "module-misnamed",
        "warning",
        f"the module is imported as {wanted.value}, and {origin.place} defines {', '.join(names)}: Python finds no"
        f" PyInit_{wanted.value}",
        at(origin),
        at(wanted.origin),
        help=f'Rename {other} to {wanted.value}, or write #[pyo3(name = "{wanted.value}")] below #[pymodule].',
    )


def native_dependency(view: View) -> Iterator[Finding]:
    """XP616: crates that bind a C library look for it by variables of their own, never by PyO3's."""
    if (
        view.situation.planned
        or view.target.triple == view.host
        or view.resolution is None
        or view.resolution.cross is False
    ):
        return
    from crossplan.data import load

    for row in load("crates")["native"]:
        names = [_for_target(view, name) for name in row["variables"]]
        vendored = "source" in row and view.project.uses(row["source"])
        if not view.project.uses(row["crate"]) or vendored or any(view.given(name) for name in names):
            continue
        instead = f", or turn on {row['crate']}'s feature {row['vendored']}" if "vendored" in row else ""
        yield finding(
            "native-dependency",
            "warning",
            f"{row['crate']} looks for {row['library']} of the target by {', '.join(names)}, and none is set",
            locked(view, row["crate"]),
            help=f"Set {names[0]} to where the target's {row['library']} is{instead}.",
        )


def script_lacks_crate(view: View) -> Iterator[Finding]:
    """XP618: a build script that calls pyo3-build-config compiles only where the manifest has that crate for scripts."""
    package = view.package
    if package is None or package.build_script is None:
        return
    from crossplan.project.sources import script_calls

    if not script_calls(package, "pyo3_build_config::"):
        return
    if any("pyo3-build-config" in (d.name, d.package) for d in package.dependencies if d.kind == "build"):
        return
    yield finding(
        "script-lacks-crate",
        "error",
        f"{package.build_script.name} calls pyo3_build_config, which {package.name.value} does not have for its build script",
        at(package.name.origin),
        Location(str(package.build_script)),
        help="Add to Cargo.toml, in [build-dependencies]: pyo3-build-config ="
        f' "{view.request.pyo3.value.rpartition(".")[0]}"',
    )


def _for_target(view: View, name: str) -> str:
    return name.replace("{TRIPLE}", view.target.variable).replace("{triple}", view.target.underscored)


def locked(view: View, crate: str) -> Location:
    """Where the lock file names a crate; the manifest where there is none."""
    lock = view.project.lock
    entry = next(iter(lock.versions(crate)), None) if lock is not None else None
    if lock is not None and entry is not None:
        return Location(lock.shown, crate, entry.line)
    return at(view.package.name.origin if view.package else Origin("default"), "Cargo.toml")


CHECKS = (
    project_unreadable,
    features_undecided,
    pyo3_not_enabled,
    pyo3_not_asked_for,
    no_cdylib,
    module_links_libpython,
    extension_beside_programs,
    limited_api_lacks,
    module_not_appended,
    module_misnamed,
    native_dependency,
    script_lacks_crate,
)
