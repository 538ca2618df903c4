"""The scripts in their order: what each release concludes from one request.

To 0.28 pyo3-build-config's script runs first, for the host, and bakes what it finds into the crate; then the linking script resolves,
checks, links; from 0.16 on pyo3's own script follows (§1.2, §1.3, §11.1).
"""

from __future__ import annotations

from collections.abc import Callable

from crossplan.origin import Origin
from crossplan.pyo3 import UnknownFeature, UnknownRelease, find_rules
from crossplan.resolve.cfgs import print_cfgs, print_feature_cfgs
from crossplan.resolve.checks import check_auto_initialize, check_gil, check_pointer_width, check_version
from crossplan.resolve.configfile import default_name, from_config_file, reread, target_if_read
from crossplan.resolve.defaults import cross_config
from crossplan.resolve.detect import find_cross, says_cross
from crossplan.resolve.features import abi3_origin, abi3_version, generates_import_library
from crossplan.resolve.host import host_config
from crossplan.resolve.linking import links_libpython, print_link_lines, print_rpath
from crossplan.resolve.names import Named, windows_name
from crossplan.resolve.passing import check_wip_no_std, read_passed
from crossplan.resolve.run import Config, Invalid, Panic, Run, Stop, Unknown
from crossplan.resolve.types import BuildRequest, Outcome, Resolution


def resolve(request: BuildRequest) -> Resolution:
    """What that release concludes. Never raises for what a request holds: an impossible one has the outcome `invalid`."""
    try:
        run = Run(request, find_rules(request.pyo3))
    except (UnknownRelease, UnknownFeature) as unknown_name:
        return Resolution("invalid", error=(str(unknown_name),))
    config: list[Config] = []
    outcome: Outcome = "ok"
    error: tuple[str, ...] = ()
    cross = None
    try:
        cross = says_cross(run)
        _FLOWS[run.rules.flow](run, config)
    except Invalid as invalid:
        return Resolution("invalid", error=(str(invalid),))
    except Unknown as unknown:
        outcome, error = "unknown", (str(unknown),)
    except Panic as panic:
        outcome, error = "panic", (str(panic),)
    except Stop as stop:
        outcome, error = "error", _reported(stop)
    return Resolution(
        outcome,
        cross,
        config[0].frozen() if config else None,
        error,
        tuple(run.warnings),
        tuple(run.link) if outcome == "ok" else (),
        tuple(sorted(run.cfg)) if outcome == "ok" else (),
        config[0].origins if config else {},
        tuple(run.steps),
        tuple(run.watched),
    )


def _reported(stop: Stop) -> tuple[str, ...]:
    """`ErrorReport`: causes are lines of their own, the last of which ends with its line feed."""
    return stop.causes if len(stop.causes) == 1 else (*stop.causes[:-1], f"{stop.causes[-1]}\n")


def _direct(run: Run, result: list[Config]) -> None:
    """0.29 on: one script resolves, from the target's side."""
    target = run.target()
    config = from_config_file(run, target)
    source = "file"
    if config is None:
        cross = find_cross(run)
        source = "host" if cross is None else "cross"
        config = host_config(run) if cross is None else cross_config(run, cross)
    elif config.lib_name is None:
        default_name(run, config, target)
    result.append(config)
    _link(run, config, source)


def _baked(run: Run, result: list[Config]) -> None:
    """0.14.2 to 0.28."""
    source, config = _early_script(run)
    if run.rules.target_first:
        run.target()
    if source == "file":
        config = _complete_file(run, reread(run, config, target_if_read(run)))
    elif source == "abi3":
        if run.cargo_cfg("OS") == "windows":
            config.lib_name = "python3"
    else:
        cross = find_cross(run)
        if cross is None:
            config = reread(run, config, target_if_read(run))
        else:
            source, config = "cross", cross_config(run, cross)
    result.append(config)
    _link(run, config, source)


def _early_script(run: Run) -> tuple[str, Config]:
    """pyo3-build-config's script, whose TARGET is the host: what it bakes, and of which kind."""
    features = run.features
    if run.request.crate not in run.rules.early_crates:
        run.features = features - {"extension-module"}
    try:
        config = from_config_file(run, run.host_triple if run.rules.config_lib_name == "reader" else None)
        abi3 = run.rules.abi3_text and abi3_version(run) is not None and run.variable("PYO3_NO_PYTHON") is not None
        if config is not None:
            return "file", config
        if abi3:
            return "abi3", _abi3_text(run)
        return "host", host_config(run)
    finally:
        run.features = features


def _abi3_text(run: Run) -> Config:
    version = abi3_version(run)
    assert version is not None
    config = Config(version, abi3=True)
    config.build_flags = {"WITH_THREAD"} if run.rules.config_with_thread else set()
    config.origins = {
        "version": abi3_origin(run),
        "abi3": abi3_origin(run),
        "lib_name": Origin("rule", key="abi3_text"),
    }
    return config


def _complete_file(run: Run, config: Config) -> Config:
    """What the linking script adds to a file's configuration."""
    kind = run.rules.config_lib_name
    if kind == "windows" and run.target().os == "windows" and config.lib_name is None:
        stable = "abi3" if config.abi3 else None
        config.lib_name = windows_name(run, Named(config.implementation, config.version, stable))
    elif kind == "linking-script" and config.lib_name is None:
        default_name(run, config, run.target())
    if config.lib_dir is None and generates_import_library(run) and run.rules.import_library != "stable":
        from crossplan.resolve import import_library

        wanted = import_library.wanted_version(
            run, config.implementation, config.version, config.abi3, config.free_threaded
        )
        flags = "t" if run.rules.import_library_flags and config.free_threaded else None
        config.lib_dir = import_library.generate(run, run.target(), config.implementation, wanted, flags)
    return config


def _link(run: Run, config: Config, source: str) -> None:
    """The rest of the linking script, and pyo3's own; `source`: what the configuration was made of."""
    run.variable("PYO3_PRINT_CONFIG")
    check_version(run, config)
    check_pointer_width(run, config)
    check_gil(run, config)
    if not run.rules.own_script:
        check_auto_initialize(run, config)
    # the strings of Cargo are looked at only where lines may be printed, a triple always
    by_cargo = "cargo-windows" in run.rules.linked and config.suppress_build_script_link_lines
    if not by_cargo and links_libpython(run) and not config.suppress_build_script_link_lines:
        print_link_lines(run, config, source == "cross")
    print_cfgs(run, config)
    for line in config.extra_build_script_lines:
        run.emit(line)
    print_feature_cfgs(run)
    print_rpath(run, config)
    if run.rules.own_script and run.request.crate == "pyo3":
        check_wip_no_std(run)
        read_passed(run, config, source)
        check_auto_initialize(run, config)


def _one_script(run: Run, result: list[Config]) -> None:
    """The first lines of releases, which have a module of their own."""
    from crossplan.resolve.single import one_script

    one_script(run, result)


_FLOWS: dict[str, Callable[[Run, list[Config]], None]] = {"one-script": _one_script, "baked": _baked, "direct": _direct}
