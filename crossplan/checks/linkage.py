"""Which libpython a module links, and where it must (PEP 738; CPython `Doc/using/ios.rst`, `PC/pyconfig.h`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crossplan.python import PythonVersion
from crossplan.readers.image import Image
from crossplan.record import record

MUST_LINK = ("windows", "cygwin", "android", "ios", "aix")
"""Systems where a module finds Python's functions only in a library that it names; elsewhere the interpreter has them."""


def keep_stub(name: str = "python3") -> str:
    """The flags by which a linker keeps a libpython3.so that defines nothing.

    rustc says --as-needed before the libraries that crates name, and link arguments after all of them: --no-as-needed alone
    comes too late there, so the library is named again behind it (PyO3/pyo3#6165).
    """
    return f"-C link-arg=-Wl,--push-state,--no-as-needed -C link-arg=-l{name} -C link-arg=-Wl,--pop-state"


# Texts, which `re` compiles and keeps when they are first asked: `crossplan env` never does.
_FORMS = (
    r"libpython(?P<major>\d)\.(?P<minor>\d+)(?P<flags>[a-z]*)\.(?:so(?:\.[\d.]+)?|dylib|dll)",
    r"python(?P<major>\d)(?P<minor>\d+)(?P<flags>t?(?:_d)?)\.dll",
    r"(?:lib)?python3(?P<flags>t?(?:_d)?)\.(?:so|dylib|dll)",
    r"libpypy(?P<major>\d)\.(?P<minor>\d+)-c\.(?:so|dylib|dll)",
    r"(?:lib)?python-native\.(?:so|dylib|dll)",
)
_FRAMEWORK = r"Python(?P<threads>T?)3?\.framework/(?:Versions/(?P<version>\d\.\d+)t?/)?Python(?:T|3)?$"


@record
class Linked:
    """A libpython as a module names it. `version` is None for the stable ABI's, and for a framework that names none."""

    name: str
    version: PythonVersion | None
    free_threaded: bool
    stable: bool


def libpythons(image: Image) -> tuple[Linked, ...]:
    """The libpythons that an image (of a fat one: any slice) needs, in order, each once."""
    return tuple(dict.fromkeys(found for part in image.slices or (image,) for found in _of(part)))


def _of(image: Image) -> Iterator[Linked]:
    for name in image.needed:
        if match := re.search(_FRAMEWORK, name):
            said = match["version"]
            version = PythonVersion(*map(int, said.split("."))) if said else None
            yield Linked(name, version, bool(match["threads"]), False)
            continue
        for form in _FORMS:
            if match := re.fullmatch(form, name.rpartition("/")[2], re.IGNORECASE):
                parts = match.groupdict()
                version = PythonVersion(int(parts["major"]), int(parts["minor"])) if parts.get("major") else None
                yield Linked(
                    name, version, "t" in (parts.get("flags") or ""), "python3" in name.lower() and not version
                )
                break
