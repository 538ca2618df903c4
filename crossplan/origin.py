"""Where a value came from: every value that crossplan reports travels with its `Origin`."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from crossplan.record import record

OriginKind = Literal[
    "file",  # a key of a file: `place` is the path, `key` the key, `line` its line
    "image",  # a header of a binary: `place` is the path, `key` the header's field
    "path",  # the name or place of a file says so: `place` is the path
    "variable",  # an environment variable: `key` is its name
    "option",  # an option of the command line: `key` is the option
    "project",  # a project file: `place` is the path, `key` the table's key
    "feature",  # a Cargo feature: `key` is its name
    "interpreter",  # the host's Python was asked: `place` is its executable
    "rule",  # a rule of that PyO3 release: `key` names the row of data/pyo3.toml
    "default",  # nothing said so; this is what stands then
]

T_co = TypeVar("T_co", covariant=True)


@record
class Origin:
    """The kind of source, the place (path as shown to the user) and the key or field in it; `line` counts from 1."""

    kind: OriginKind
    place: str | None = None
    key: str | None = None
    line: int | None = None


@record
class Fact(Generic[T_co]):
    """A value and its origin. The words for an origin belong to the renderers."""

    value: T_co
    origin: Origin
