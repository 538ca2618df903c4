"""Target triples as the library target-lexicon parses them, the way PyO3 reads TARGET from 0.16.3 on.

Another reading than `crossplan.triple`, which says what rustc says of a target: here `x86_64-linux-android` has the vendor
`unknown`, and what cannot be parsed makes PyO3's script panic. The names are data/target-lexicon.toml.
Source: target-lexicon, src/triple.rs (`FromStr for Triple`) and src/targets.rs.
"""

from __future__ import annotations

from functools import cache, lru_cache

from crossplan.data import load
from crossplan.record import record
from crossplan.resolve.rust import U8, U16, ParseFailure, debug, unsigned


class TripleFailure(Exception):
    """A triple that cannot be parsed; the text is target-lexicon's error as `Debug` prints it."""


@record
class Triple:
    """The parts of a triple, as target-lexicon prints them; `os` is the operating system without a version."""

    architecture: str
    vendor: str
    operating_system: str
    environment: str
    os: str


@record
class _Names:
    architecture: frozenset[str]
    vendor: frozenset[str]
    operating_system: frozenset[str]
    environment: frozenset[str]
    binary_format: frozenset[str]
    versioned: tuple[str, ...]
    version_parts: int


@cache
def _names(version: str) -> _Names:
    table = load("target-lexicon")
    own = table["parser"][version]
    fields = ("architecture", "vendor", "operating_system", "environment", "binary_format")
    sets = {field: frozenset(table[field]) | frozenset(own[field]) for field in fields}
    return _Names(**sets, versioned=tuple(own["versioned"]), version_parts=own["version_parts"])


@lru_cache(maxsize=4096)
def parse(text: str, version: str) -> Triple:
    """Parse `text` as that version of target-lexicon does; TripleFailure says what it does not recognise."""
    special = load("target-lexicon")["special"].get(text)
    if special is not None:
        return Triple(**special, os=special["operating_system"])
    names = _names(version)
    parts = text.split("-")
    if parts[0] not in names.architecture:
        raise TripleFailure(f"UnrecognizedArchitecture({debug(parts[0])})")
    rest = parts[1:]
    # each part may be missing, but they come in this order
    vendor = rest.pop(0) if rest and _is_vendor(rest[0], names) else None
    system = _operating_system(rest[0], names) if rest else None
    if system is not None:
        rest.pop(0)
    environment = rest.pop(0) if rest and rest[0] in names.environment else None
    binary_format = rest.pop(0) if rest and rest[0] in names.binary_format else None
    if rest:
        raise TripleFailure(f"{_complaint(vendor, system, environment, binary_format)}({debug(rest[0])})")
    name, printed = system or ("unknown", "unknown")
    spelling: dict[str, str] = load("target-lexicon")["spelling"]
    architecture = spelling.get(parts[0], parts[0])
    return Triple(architecture, vendor or "unknown", printed, environment or "unknown", name)


def _complaint(vendor: object, system: object, environment: object, binary_format: object) -> str:
    if binary_format is not None:
        return "UnrecognizedField"
    if environment is not None:
        return "UnrecognizedBinaryFormat"
    if system is not None:
        return "UnrecognizedEnvironment"
    return "UnrecognizedVendor" if vendor is None else "UnrecognizedOperatingSystem"


def _is_vendor(part: str, names: _Names) -> bool:
    if part in names.vendor:
        return True
    # a custom vendor: no other recognised name, a lower-case letter first, then letters, digits, `_` and `.`
    taken = part in names.architecture or part in names.environment or part in names.binary_format
    if not part or taken or _operating_system(part, names) is not None:
        return False
    return part[0] in _LOWER and all(char in _CUSTOM for char in part)


_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")
_CUSTOM = _LOWER | frozenset("0123456789_.")


def _operating_system(part: str, names: _Names) -> tuple[str, str] | None:
    """Name and printed form of an operating system, or None."""
    for name in names.versioned:
        if part.startswith(name):
            return _versioned(name, part[len(name) :], names.version_parts)
    return (part, part) if part in names.operating_system else None


def _versioned(name: str, version: str, parts: int) -> tuple[str, str] | None:
    if not version and not parts:
        return name, name
    numbers = version.split(".")
    if len(numbers) > 3 or (parts and len(numbers) != parts):
        return None
    limits = (U16, U16, U16) if parts else (U16, U8, U8)
    try:
        values = [unsigned(number, limit) for number, limit in zip(numbers, limits, strict=False)]
    except ParseFailure:
        return None
    values += [0] * (3 - len(values))
    return name, f"{name}{values[0]}.{values[1]}.{values[2]}"
