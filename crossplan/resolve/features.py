"""Cargo's stable-ABI features, and how they lower a version (to 0.28) or choose a target ABI (from 0.29).

pyo3-build-config/src/impl_.rs: `is_abi3`, `get_abi3_version`, `fixup_for_abi3_version`; from 0.29 `applicable_stable_abi`,
`PythonAbi`, `PythonAbiBuilder`.
"""

from __future__ import annotations

from functools import lru_cache

from crossplan.origin import Origin
from crossplan.record import record, replace
from crossplan.resolve.run import Abi, Config, Run, Version, by_variable, dotted

ABI3T_MINIMUM: Version = (3, 15)  # MINIMUM_SUPPORTED_VERSION_ABI3T
FREE_THREADED_MINIMUM: Version = (3, 13)
NO_STABLE_ABI = ("PyPy", "GraalVM")


@record
class Requested:
    """A stable ABI that features ask for, and the minimum version that a versioned one implies."""

    kind: str
    minimum: Version | None


def abi3_version(run: Run) -> Version | None:
    """`get_abi3_version`: of the versioned features that count in this release the lowest."""
    return _lowest(run.features, "abi3", run.rules.minimum["CPython"][1], run.rules.abi3_max)


@lru_cache(maxsize=4096)
def _lowest(features: frozenset[str], kind: str, first: int, last: int) -> Version | None:
    for minor in range(first, last + 1):
        if f"{kind}-py3{minor}" in features:
            return (3, minor)
    return None


def is_abi3(run: Run) -> bool:
    """`is_abi3`, to 0.28."""
    if "abi3" in run.features:
        return True
    return run.rules.forward_compatibility_is_abi3 and run.flag("PYO3_USE_ABI3_FORWARD_COMPATIBILITY")


def abi3_origin(run: Run) -> Origin:
    """What turned abi3 on or left it off."""
    minimum = abi3_version(run)
    if minimum is not None:
        return Origin("feature", key=f"abi3-py3{minimum[1]}")
    if "abi3" in run.features:
        return Origin("feature", key="abi3")
    return by_variable("PYO3_USE_ABI3_FORWARD_COMPATIBILITY") if is_abi3(run) else Origin("default")


def abi3_request(run: Run) -> Requested | None:
    """`get_abi3_version` of 0.29 on, where a bare feature counts as well."""
    minimum = abi3_version(run)
    return Requested("abi3", minimum) if minimum is not None or "abi3" in run.features else None


def abi3t_request(run: Run) -> Requested | None:
    """`get_abi3t_version`."""
    minimum = _lowest(run.features, "abi3t", ABI3T_MINIMUM[1], run.rules.abi3_max)
    return Requested("abi3t", minimum) if minimum is not None or "abi3t" in run.features else None


def lower(run: Run, config: Config) -> None:
    """`fixup_for_abi3_version`: the version becomes that of the versioned feature (§7.4)."""
    rules = run.rules
    if config.implementation in rules.lowering_skips:
        return
    if "free-threaded" in rules.lowering_skips and config.free_threaded:
        return
    minimum = abi3_version(run)
    if minimum is not None:
        if minimum > config.version:
            too_high(run, "abi3", minimum, config.version)
        config.version = minimum
        config.origins["version"] = abi3_origin(run)
        run.step("the version is lowered to that of the feature", "impl_.rs: fixup_for_abi3_version", abi3_origin(run))
    elif rules.abi3_fallback and is_abi3(run) and config.version[1] > rules.abi3_max:
        run.warn("W-FALLBACK", kind="abi3")
        config.version = (config.version[0], rules.abi3_max)
        config.origins["version"] = Origin("rule", key="abi3_max")


def too_high(run: Run, kind: str, minimum: Version, version: Version) -> None:
    """A feature asks for more than the interpreter is."""
    run.stop("E-ABI3HIGH", min=dotted(minimum), ver=dotted(version), kind=kind, minor=minimum[1])


def finalize(run: Run, abi: Abi) -> Abi:
    """`PythonAbiBuilder::finalize`: what cannot be built for is an error."""
    if abi.implementation == "RustPython" and abi.kind != "abi3t":
        run.stop("E-RUSTPY", kind=abi.kind)
    if abi.kind == "free_threaded" and abi.version < FREE_THREADED_MINIMUM:
        run.stop("E-FT313", ver=dotted(abi.version))
    return abi


def version_specific(run: Run, implementation: str, version: Version, free_threaded: bool, debug: bool = False) -> Abi:
    """An ABI without a stable kind; RustPython's default is abi3t."""
    kind = "free_threaded" if free_threaded else "abi3t" if implementation == "RustPython" else "gil_enabled"
    return finalize(run, Abi(implementation, kind, version, debug))


def stable(run: Run, implementation: str, kind: str, version: Version, debug: bool = False) -> Abi:
    """`PythonAbiBuilder::stable_abi`: a minor above the last stable ABI falls back to that, with a warning."""
    if version[1] > run.rules.abi3_max:
        run.warn("W-FALLBACK", kind=kind)
        version = (version[0], run.rules.abi3_max)
    return finalize(run, Abi(implementation, kind, version, debug))


def applicable(run: Run, implementation: str, version: Version, gil_disabled: bool) -> tuple[str, Version] | None:
    """`applicable_stable_abi`: the stable ABI that an interpreter can target, with its minimum version (§7.5)."""
    selected = abi3t_request(run) if version >= ABI3T_MINIMUM else None
    if selected is None and not gil_disabled:
        selected = abi3_request(run)
    if selected is None:
        return None
    if implementation in NO_STABLE_ABI:
        return selected.kind, version
    return selected.kind, selected.minimum or version


def from_stable_abi(
    run: Run,
    implementation: str,
    version: Version,
    wanted: tuple[str, Version] | None,
    gil_disabled: bool,
    debug: bool = False,
) -> Abi:
    """`PythonAbi::from_stable_abi`."""
    if wanted is None:
        return version_specific(run, implementation, version, gil_disabled, debug)
    kind, minimum = wanted
    if minimum > version:
        too_high(run, kind, minimum, version)
    return stable(run, implementation, kind, minimum, debug)


def select_applicable(run: Run, implementation: str, version: Version, gil_disabled: bool, debug: bool) -> Abi:
    """The ABI of the features, 0.29.1 on."""
    wanted = applicable(run, implementation, version, gil_disabled)
    return from_stable_abi(run, implementation, version, wanted, gil_disabled, debug)


def select_at_interpreter(run: Run, implementation: str, version: Version, gil_disabled: bool) -> Abi:
    """The first pass of a cross configuration: the feature's kind, the interpreter's version (0.29.1 on)."""
    wanted = applicable(run, implementation, version, gil_disabled)
    kept = None if wanted is None else (wanted[0], version)
    return from_stable_abi(run, implementation, version, kept, gil_disabled)


def from_build_env(run: Run, implementation: str, version: Version, minimum: Version | None, gil_disabled: bool) -> Abi:
    """`PythonAbi::from_build_env` of 0.29.0: the minimum is checked before a kind is chosen."""
    if minimum is not None and minimum > version:
        too_high(run, "abi3", minimum, version)
    chosen = minimum or version
    if abi3t_request(run) is not None and version >= ABI3T_MINIMUM:
        return stable(run, implementation, "abi3t", chosen)
    if abi3_request(run) is not None and not gil_disabled:
        return stable(run, implementation, "abi3", chosen)
    return version_specific(run, implementation, chosen, gil_disabled)


def minimum_0290(run: Run, implementation: str, gil_disabled: bool) -> Version | None:
    """The minimum that 0.29.0 computes for the second pass: abi3's, else abi3t's, whatever is selected then."""
    abi3 = None if gil_disabled or implementation in NO_STABLE_ABI else abi3_request(run)
    wanted = abi3 if abi3 is not None else abi3t_request(run)
    return None if wanted is None else wanted.minimum


def apply_build_env(run: Run, config: Config) -> None:
    """`apply_build_env`, 0.29 on: the ABI is computed again, from the features and the side that it is on."""
    abi = config.target_abi
    if run.rules.abi_selection == "build-env":
        minimum = minimum_0290(run, abi.implementation, abi.free_threaded)
        config.abi = from_build_env(run, config.implementation, config.version, minimum, abi.free_threaded)
    else:
        config.abi = select_applicable(run, abi.implementation, config.version, abi.free_threaded, abi.debug)
    config.origins["target_abi"] = stable_origin(run, config.target_abi, config.origins.get("target_abi"))
    run.step("the features choose the target ABI", "impl_.rs: apply_build_env", config.origins["target_abi"])


def stable_origin(run: Run, abi: Abi, otherwise: Origin | None) -> Origin:
    """Which feature made an ABI stable; else where it came from before."""
    if abi.stable is None:
        return otherwise or Origin("default")
    asked = abi3_request(run) if abi.stable == "abi3" else abi3t_request(run)
    if asked is None:
        return otherwise or Origin("default")
    minor = "" if asked.minimum is None else f"-py3{asked.minimum[1]}"
    return Origin("feature", key=f"{asked.kind}{minor}")


def probe_minimum_0290(run: Run, implementation: str, version: Version, gil_disabled: bool) -> Version | None:
    """The minimum that the native probe of 0.29.0 passes on."""
    if implementation in NO_STABLE_ABI:
        return None
    abi3, abi3t = abi3_request(run), abi3t_request(run)
    exact3 = None if abi3 is None else abi3.minimum
    exact3t = None if abi3t is None else abi3t.minimum
    if version >= ABI3T_MINIMUM:
        return exact3t if gil_disabled else exact3t or exact3
    return None if gil_disabled else exact3


def generates_import_library(run: Run) -> bool:
    """Whether pyo3-build-config was compiled with the generator of import libraries (§9.4)."""
    wanted = ("generate-import-lib", "generate-abi3-import-lib")
    return bool(run.rules.import_library) and any(name in run.features for name in wanted)


def reconcile(run: Run, config: Config) -> Config:
    """`InterpreterConfigBuilder::finalize`, 0.29 on: flags and ABI must tell the same (§10.7)."""
    flags, abi = config.build_flags, config.target_abi
    if "Py_GIL_DISABLED" in flags:
        if abi.kind == "abi3":
            abi = _without_gil(run, abi)
        elif abi.kind == "gil_enabled":
            run.stop("E-FTFLAG", abi=abi)
    elif abi.free_threaded:
        flags.add("Py_GIL_DISABLED")
    if run.rules.abi_debug:
        if "Py_DEBUG" in flags and not abi.debug:
            abi = replace(abi, debug=True)
        elif abi.debug:
            flags.add("Py_DEBUG")
        if abi.debug:
            flags.add("Py_REF_DEBUG")
    config.abi = abi
    return config


def _without_gil(run: Run, abi: Abi) -> Abi:
    """abi3 and Py_GIL_DISABLED: a free-threaded build; only from 0.30 on the warning comes before the refusal."""
    if run.rules.abi_debug:
        run.warn("W-ABI3GIL")
    found = version_specific(run, abi.implementation, abi.version, True, abi.debug)
    if not run.rules.abi_debug:
        run.warn("W-ABI3GIL")
    return found
