"""`Options`: what the user asks for in words, on the command line and in `[tool.crossplan]` of the project."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from crossplan.origin import Origin
from crossplan.project.settings import SettingsError, read_settings
from crossplan.record import field, record, replace

Tool = Literal["cargo", "maturin", "setuptools-rust", "cargo-zigbuild", "cross"]
TOOLS: tuple[Tool, ...] = ("cargo", "maturin", "setuptools-rust", "cargo-zigbuild", "cross")


class RequestError(ValueError):
    """What was asked for makes no sense; the text names the option and the remedy."""


@record
class Options:
    """The options of the command line as given, None where not given; `features` and `sysroots` may be empty."""

    target: str | None = None
    host: str | None = None
    sysroots: tuple[str, ...] = ()
    pyo3: str | None = None
    features: str | None = None
    python: str | None = None
    implementation: str | None = None
    abi3: str | None = None
    manifest_path: str | None = None
    profile: str | None = None
    tool: Tool | None = None
    embed: bool = False
    origins: Mapping[str, Origin] = field(default_factory=dict)

    def origin(self, name: str) -> Origin:
        """Where the value of an option was said: on the command line, or in the project's settings."""
        return self.origins.get(name) or Origin("option", key=name)


def with_settings(options: Options, environ: Mapping[str, str], cwd: str) -> Options:
    """The options, filled up with `[tool.crossplan]` of the project."""
    try:
        settings = read_settings(Path(cwd), options.target or environ.get("CARGO_BUILD_TARGET"))
    except SettingsError as error:
        raise RequestError(str(error)) from error
    names = ("target", "host", "pyo3", "features", "python", "implementation", "abi3", "profile", "tool")
    told = environ.get("CARGO_BUILD_TARGET")
    open_names = (name for name in names if getattr(options, name) is None and not (name == "target" and told))
    fresh = {name: value for name in open_names if (value := getattr(settings, name)) is not None}
    if fresh.get("tool") not in (None, *TOOLS):
        raise RequestError(f"tool.crossplan.with: {fresh['tool']!r} is none of {', '.join(TOOLS)}")
    keys = {name: "with" if name == "tool" else name for name in fresh}
    return replace(
        options,
        **fresh,
        sysroots=options.sysroots or settings.sysroot,
        origins={**options.origins, **{f"--{keys[name]}": settings.origins[keys[name]] for name in fresh}},
    )
