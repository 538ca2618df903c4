"""The platform part of a wheel's tag: which targets it promises to run on, and from which version of libc or system on.

PEPs 600, 656, 730, 738, 783; packaging.python.org, "Platform compatibility tags".
"""

from __future__ import annotations

import re
from functools import cache

from crossplan.record import record
from crossplan.triple import Target, builtin, known_triples

_LEGACY = {"manylinux1": "2.5", "manylinux2010": "2.12", "manylinux2014": "2.17"}
_LIBCS = {"manylinux": "glibc", "musllinux": "musl", "linux": None}
_LINUX = re.compile(
    r"(?:(?P<kind>manylinux|musllinux)_(?P<major>\d+)_(?P<minor>\d+)|(?P<plain>manylinux\d+|linux))_(?P<arch>\w+)"
)
_UNIVERSAL = {"universal2": ("x86_64", "arm64"), "intel": ("x86_64",), "fat64": ("x86_64",)}
_APPLE_SILICON = (11, 0)  # macOS that the first arm64 machines had: no slice for them says less


@record
class PlatformTag:
    """One platform tag. `targets` in groups: an image must fit one target of each group (`universal2` has two groups).

    `floor` is the lowest version of the C library (Linux), system (Apple) or API (Android) that the tag promises.
    """

    text: str
    targets: tuple[tuple[Target, ...], ...] = ()
    floor: tuple[int, ...] | None = None


@cache
def platform_tag(text: str) -> PlatformTag:
    """Read a platform tag; one of another kind (`freebsd_…`, `any`) has no targets."""
    if match := _LINUX.fullmatch(text):
        kind = match["kind"] or match["plain"]
        libc = _LIBCS[re.sub(r"\d+$", "", kind)]
        floor = f"{match['major']}.{match['minor']}" if match["kind"] else _LEGACY.get(kind)
        return PlatformTag(text, (_linux(match["arch"], libc),), version_of(floor) if floor else None)
    if match := re.fullmatch(r"macosx_(\d+)_(\d+)_(\w+)", text):
        machines = _UNIVERSAL.get(match[3], (match[3],))
        groups = tuple(_templated(f"macosx_{{major}}_{{minor}}_{machine}") for machine in machines)
        return PlatformTag(text, groups if all(groups) else (), (int(match[1]), int(match[2])))
    if match := re.fullmatch(r"ios_(\d+)_(\d+)_(\w+)", text):
        group = _templated(f"ios_{{major}}_{{minor}}_{match[3]}")
        return PlatformTag(text, (group,) if group else (), (int(match[1]), int(match[2])))
    if match := re.fullmatch(r"android_(\d+)_(\w+)", text):
        group = _templated(f"android_{{api}}_{match[2]}")
        return PlatformTag(text, (group,) if group else (), (int(match[1]),))
    if re.fullmatch(r"(?:py)?(?:emscripten|odide)_\d+(?:_\d+)*_wasm32", text):
        group = tuple(target for target in _all() if target.os == "emscripten")
        return PlatformTag(text, (group,))
    group = _templated(text)
    return PlatformTag(text, (group,) if group else ())


def floor_for(tag: PlatformTag, target: Target) -> tuple[int, ...] | None:
    """The floor that the tag gives to one of its targets."""
    if target.os == "macos" and target.machine == "aarch64" and tag.floor is not None:
        return max(tag.floor, _APPLE_SILICON)
    return tag.floor


def version_of(text: str) -> tuple[int, ...]:
    """`2.17` as numbers that compare."""
    return tuple(int(part) for part in re.findall(r"\d+", text))


@cache
def _all() -> tuple[Target, ...]:
    return tuple(target for triple in known_triples() if (target := builtin(triple)) is not None)


def _linux(arch: str, libc: str | None) -> tuple[Target, ...]:
    return tuple(
        target
        for target in _all()
        if target.os == "linux"
        and arch in (target.wheel_arch, target.linux_arch)
        and libc in (None, target.libc)
        # armv7l of manylinux and musllinux is hard-float (auditwheel's policies); a plain linux_ tag says nothing of it
        and (libc is None or target.wheel_arch == arch)
    )


def _templated(text: str) -> tuple[Target, ...]:
    return tuple(target for target in _all() if target.wheel_tag == text)
