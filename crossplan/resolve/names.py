"""The name of the library that is linked when nobody gave one (§9).

pyo3-build-config/src/impl_.rs: `default_lib_name_unix`, `default_lib_name_windows`, `default_lib_name_for_target`.
"""

from __future__ import annotations

from collections.abc import Callable

from crossplan.record import record
from crossplan.resolve.features import FREE_THREADED_MINIMUM
from crossplan.resolve.lexicon import Triple
from crossplan.resolve.run import Config, Panic, Run, Stop, Version, dotted
from crossplan.resolve.rust import UNWRAP_ERROR, debug

M_SUFFIX_MAXIMUM: Version = (3, 7)  # PEP 3149's flags are gone after it
WINDOWS_DEBUG_FIXED: Version = (3, 10)  # python/cpython issue 101614
PYPY_VERSIONED: Version = (3, 9)


@record(frozen=False)
class Named:
    """The Python that a name is wanted for; `stable` is abi3, abi3t or None."""

    implementation: str
    version: Version
    stable: str | None = None
    free_threaded: bool = False
    debug: bool = False
    cygwin: bool = False
    mingw: bool = False
    ld_version: str | None = None

    @property
    def joined(self) -> str:
        """`311`."""
        return f"{self.version[0]}{self.version[1]}"


def named(config: Config, **more: object) -> Named:
    """What of a configuration enters the name: the target ABI from 0.29 on, version and flags before."""
    abi = config.abi
    if abi is not None:
        return Named(abi.implementation, abi.version, abi.stable, abi.free_threaded, abi.debug, **more)  # type: ignore[arg-type]
    stable = "abi3" if config.abi3 else None
    return Named(config.implementation, config.version, stable, config.free_threaded, **more)  # type: ignore[arg-type]


def unix_name(run: Run, python: Named) -> str:
    """`default_lib_name_unix`."""
    match python.implementation:
        case "CPython":
            if python.ld_version is not None:
                return f"python{python.ld_version}"
            return _CPYTHON[run.rules.unix_name](run, python)
        case "PyPy":
            return _PYPY[run.rules.pypy_name](python)
        case "GraalVM":
            return "python-native"
        case _:
            return "rustpython_capi"


def _plain(run: Run, python: Named) -> str:
    return f"python{dotted(python.version)}"


def _m_suffix(run: Run, python: Named) -> str:
    return _plain(run, python) + ("m" if python.version <= M_SUFFIX_MAXIMUM else "")


def _t_suffix(run: Run, python: Named) -> str:
    if python.version <= M_SUFFIX_MAXIMUM or not python.free_threaded:
        return _m_suffix(run, python)
    _ensure_free_threaded(run, python)
    return f"{_plain(run, python)}t"


def _cygwin(run: Run, python: Named) -> str:
    return "python3" if python.cygwin and python.stable else _t_suffix(run, python)


def _abi(run: Run, python: Named) -> str:
    if python.cygwin and python.stable:
        return "python3t" if python.stable == "abi3t" else "python3"
    if python.free_threaded:
        _ensure_free_threaded(run, python)
    return _plain(run, python) + ("t" if python.free_threaded else "")


def _abi_debug(run: Run, python: Named) -> str:
    base = f"python{python.version[0]}" if python.cygwin and python.stable else _plain(run, python)
    return base + ("t" if python.free_threaded else "") + ("d" if python.debug else "")


def _ensure_free_threaded(run: Run, python: Named) -> None:
    if run.rules.free_threaded_name_check and python.version < FREE_THREADED_MINIMUM:
        run.stop("E-FT313-NAME", ver=dotted(python.version))


_CPYTHON: dict[str, Callable[[Run, Named], str]] = {
    "plain": _plain,
    "m-suffix": _m_suffix,
    "t-suffix": _t_suffix,
    "cygwin": _cygwin,
    "abi": _abi,
    "abi-debug": _abi_debug,
}


def _pypy_fixed(python: Named) -> str:
    return "pypy3-c"


def _pypy_from_39(python: Named) -> str:
    return _pypy_versioned(python) if python.version >= PYPY_VERSIONED else f"pypy{python.version[0]}-c"


def _pypy_versioned(python: Named) -> str:
    return f"pypy{python.ld_version if python.ld_version is not None else dotted(python.version)}-c"


_PYPY: dict[str, Callable[[Named], str]] = {
    "fixed": _pypy_fixed,
    "from-3.9": _pypy_from_39,
    "versioned": _pypy_versioned,
}


def windows_name(run: Run, python: Named) -> str:
    """`default_lib_name_windows`: the first rule of the release that applies (§9.2)."""
    for name in run.rules.windows_name:
        found = _WINDOWS[name](run, python)
        if found is not None:
            return found
    return f"python{python.joined}"


def _mingw_prefixed(run: Run, python: Named) -> str | None:
    if not python.mingw:
        return None
    # the stable-ABI branch of the unix name is open
    like_cygwin = Named(
        python.implementation, python.version, python.stable, python.free_threaded, python.debug, cygwin=True
    )
    return f"lib{unix_name(run, like_cygwin)}"


def _pypy_dll(run: Run, python: Named) -> str | None:
    return f"libpypy{dotted(python.version)}-c" if python.implementation == "PyPy" else None


def _graalpy_dll(run: Run, python: Named) -> str | None:
    return "python-native" if python.implementation == "GraalVM" else None


def _old_debug(run: Run, python: Named) -> str | None:
    return f"python{python.joined}_d" if python.debug and python.version < WINDOWS_DEBUG_FIXED else None


def _old_debug_cpython(run: Run, python: Named) -> str | None:
    return _old_debug(run, python) if python.implementation == "CPython" else None


def _debug_first(run: Run, python: Named) -> str | None:
    return f"python{python.joined}{'t' if python.free_threaded else ''}_d" if python.debug else None


def _abi3_any(run: Run, python: Named) -> str | None:
    return "python3" if python.stable else None


def _abi3_not_pypy(run: Run, python: Named) -> str | None:
    return "python3" if python.stable and python.implementation != "PyPy" else None


def _abi3_cpython(run: Run, python: Named) -> str | None:
    return "python3" if python.stable and python.implementation == "CPython" else None


def _abi3_debug(run: Run, python: Named) -> str | None:
    found = _abi3_cpython(run, python)
    return f"{found}_d" if found and python.debug else found


def _abi3_gil_debug(run: Run, python: Named) -> str | None:
    return None if python.free_threaded else _abi3_debug(run, python)


def _stable(run: Run, python: Named) -> str | None:
    if python.stable is None:
        return None
    return f"python3{'t' if python.stable == 'abi3t' else ''}{'_d' if python.debug else ''}"


def _parts(run: Run, python: Named) -> str | None:
    minor = "" if python.stable else str(python.version[1])
    return f"python{python.version[0]}{minor}{'t' if python.free_threaded else ''}{'_d' if python.debug else ''}"


def _mingw(run: Run, python: Named) -> str | None:
    return _plain(run, python) if python.mingw else None


def _mingw_no_ft(run: Run, python: Named) -> str | None:
    if python.mingw and python.free_threaded:
        run.stop("E-MINGW-FT")
    return _mingw(run, python)


def _mingw_no_ft_panic(run: Run, python: Named) -> str | None:
    if python.mingw and python.free_threaded:
        raise Panic(run.text("E-MINGW-FT"))
    return _mingw(run, python)


def _free_threaded(run: Run, python: Named) -> str | None:
    if not python.free_threaded:
        return None
    _ensure_free_threaded(run, python)
    return f"python{python.joined}t{'_d' if python.debug else ''}"


def _debug(run: Run, python: Named) -> str | None:
    return f"python{python.joined}_d" if python.debug else None


_WINDOWS: dict[str, Callable[[Run, Named], str | None]] = {
    "mingw-prefixed": _mingw_prefixed,
    "pypy-dll": _pypy_dll,
    "graalpy-dll": _graalpy_dll,
    "old-debug": _old_debug,
    "old-debug-cpython": _old_debug_cpython,
    "debug-first": _debug_first,
    "abi3-any": _abi3_any,
    "abi3-not-pypy": _abi3_not_pypy,
    "abi3-cpython": _abi3_cpython,
    "abi3-debug": _abi3_debug,
    "abi3-gil-debug": _abi3_gil_debug,
    "stable": _stable,
    "parts": _parts,
    "mingw": _mingw,
    "mingw-no-ft": _mingw_no_ft,
    "mingw-no-ft-panic": _mingw_no_ft_panic,
    "free-threaded": _free_threaded,
    "debug": _debug,
}


def name_for_target(run: Run, python: Named, target: Triple) -> str:
    """`default_lib_name_for_target` where it always gives a name; its errors are unwrapped, so they panic."""
    try:
        if target.os == "windows":
            return windows_name(run, python)
        python.cygwin = target.os == "cygwin"
        return unix_name(run, python)
    except Stop as stop:
        raise Panic(f"{UNWRAP_ERROR}Error {{ value: {debug(stop.causes[0])}, source: None }}") from None
