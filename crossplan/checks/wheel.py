"""Checks of a wheel: its tags against its modules, and against the target's Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from crossplan.checks.fitness import strongest
from crossplan.checks.platform_tag import PlatformTag, floor_for, platform_tag, version_of
from crossplan.checks.subject import Claim, Fit, Subject, finding, parts
from crossplan.evidence import TargetPython
from crossplan.findings import CODES, Finding, Location
from crossplan.python import PythonVersion, minor_version
from crossplan.readers.image import Image
from crossplan.scan.built import BuiltFile, BuiltWheel
from crossplan.selection import image_mismatches
from crossplan.triple import Target

if TYPE_CHECKING:
    from packaging.tags import Tag


_TAG_LINES, _TAG_PARTS = 200, 30  # lines `Tag:`, and dots in one: a line stands for the product of its three parts


def read_tags(wheel: BuiltWheel) -> tuple[tuple[Tag, ...], str | None]:
    """The tags of the file's name in order, and what is wrong with the name, if anything."""
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    try:
        *_, tags = parse_wheel_filename(PurePosixPath(wheel.path).name)
    except InvalidWheelFilename as error:
        return (), str(error)
    return tuple(sorted(tags, key=str)), None


def claim_of(tags: Sequence[Tag]) -> Claim:
    """What the tags say of the Python; where several say different things, nothing."""
    versions = {version for tag in tags if (version := _version(tag.interpreter)) is not None}
    abis = {tag.abi for tag in tags}
    stable = next((abi for abi in ("abi3", "abi3t") if abi in abis), None)
    threads = {abi.rstrip("d").endswith("t") for abi in abis if abi.startswith("cp")}
    return Claim(
        version=min(versions) if len(versions) == 1 or (versions and stable) else None,
        free_threaded=None if stable or len(threads) != 1 else threads.pop(),
        stable=stable,
    )


def _version(interpreter: str) -> PythonVersion | None:
    """`cp39` as 3.9; None for `py3`."""
    digits = interpreter.lstrip("abcdefghijklmnopqrstuvwxyz")
    return PythonVersion(int(digits[0]), int(digits[1:])) if len(digits) > 1 and digits.isdecimal() else None


def check_wheel(wheel: BuiltWheel, fit: Fit) -> Iterator[Finding]:
    """The findings about the wheel as a whole."""
    tags, wrong = read_tags(wheel)
    for fault in (*wheel.faults, *((wrong,) if wrong else ())):
        yield _about(wheel, "not-a-wheel", f"is no wheel that an installer takes: {fault}",
                     "Build it again with maturin or setuptools-rust; a wheel is never renamed or packed by hand.")  # fmt: skip
    if tags and all(_is_nobodys(tag) for tag in tags):
        yield _about(wheel, "not-a-wheel", f"is no wheel that an installer takes: it is for {tags[0].interpreter}-{tags[0].abi},"
                     " and the stable ABI is CPython's alone",
                     "Tag it for the Python that it was built for (cp39-abi3, or pp39-pypy39_pp73 for PyPy, which has none).")  # fmt: skip
    yield from _other_written_tags(wheel, tags)
    modules = [file for file in wheel.files if Subject(file).is_module]
    if modules and any(tag.platform == "any" for tag in tags):
        yield _about(wheel, "tag-contradicts-contents", f"says that it runs on any platform, and holds {modules[0].name}",
                     "Give the target's platform when the wheel is built (maturin --target, setup.py --plat-name).")  # fmt: skip
    yield from _not_for_python(wheel, tags, fit.pythons)


def _is_nobodys(tag: Tag) -> bool:
    """Whether it is a stable-ABI tag of another implementation, which no installer looks for (packaging/tags.py)."""
    return tag.abi in ("abi3", "abi3t") and not tag.interpreter.startswith("cp")


def _about(wheel: BuiltWheel, name: str, message: str, help: str, key: str | None = None) -> Finding:
    return Finding(CODES[name], "error", f"{wheel.path} {message}", (Location(wheel.path, key),), help)


def _other_written_tags(wheel: BuiltWheel, tags: Sequence[Tag]) -> Iterator[Finding]:
    """The file WHEEL must say the same tags as the name (packaging.python.org, "Binary distribution format")."""
    texts = wheel.described.get("tag", ())
    if len(texts) > _TAG_LINES or any(text.count(".") > _TAG_PARTS for text in texts):
        yield _about(wheel, "not-a-wheel", "is no wheel that an installer takes: its file WHEEL lists tags without end",
                     "Build it again with maturin or setuptools-rust.", "Tag")  # fmt: skip
        return
    written = {tag for text in texts if text.count("-") == 2 for tag in _written(text)}
    named = {str(tag) for tag in tags}
    if tags and texts and written != named:
        yield _about(
            wheel, "tag-contradicts-contents",
            f"is named for {_few(named - written) or 'fewer tags'}, and its file WHEEL says {_few(written - named) or 'fewer'}",
            "Change tags with `wheel tags`, which writes both; an installer goes by the name, other tools by the file.", "Tag",
        )  # fmt: skip


def _written(text: str) -> Iterator[str]:
    """The tags of a line; the line itself where it is none."""
    from packaging.tags import parse_tag

    try:
        yield from map(str, parse_tag(text))
    except ValueError:
        yield text


def _few(tags: set[str]) -> str:
    return ", ".join(sorted(tags)[:4]) + (f" and {len(tags) - 4} more" if len(tags) > 4 else "")


def _not_for_python(wheel: BuiltWheel, tags: Sequence[Tag], pythons: Sequence[TargetPython]) -> Iterator[Finding]:
    """XP714: no tag fits a Python of the root."""
    if not tags or not pythons or any(_takes(python, tag) for python in pythons for tag in tags):
        return
    names = ", ".join(sorted({f"{tag.interpreter}-{tag.abi}" for tag in tags}))
    its = ", ".join(f"{p.value('version')}{'t' if p.value('free_threaded') else ''}" for p in pythons)
    yield _about(wheel, "wheel-not-for-target", f"is for {names}, which the target's Python {its} does not install",
                 "Build it for that Python, or for the stable ABI of an older one.")  # fmt: skip


def _takes(python: TargetPython, tag: Tag) -> bool:
    """Whether an installer of that Python takes the interpreter and ABI of the tag."""
    version, wanted = minor_version(python.text("version") or ""), _version(tag.interpreter)
    threads = python.value("free_threaded") is True
    if version is None or wanted is None or tag.abi == "none":
        return True
    if tag.abi in ("abi3", "abi3t"):
        return version >= wanted and (tag.abi == "abi3t" or not threads)
    return version == wanted and (not tag.abi.startswith("cp") or tag.abi.rstrip("d").endswith("t") == threads)


def check_tags(subject: Subject, tags: Sequence[Tag]) -> Iterator[Finding]:
    """XP710 and XP712: what the tags promise of one binary."""
    if subject.is_module and (why := _other_abi(subject, tags)):
        yield finding("tag-contradicts-contents", "error", subject, why,
                      "Build wheel and module for the same Python; an installer goes by the tag, the import by the name.",
                      "suffix")  # fmt: skip
    image = subject.file.image
    if image is None:
        return
    platforms = [platform_tag(text) for text in sorted({tag.platform for tag in tags})]
    for platform in platforms:
        if why := _other_platform(platform, subject.file, image):
            yield finding("tag-contradicts-contents", "error", subject, why,
                          "Build with the target that the tag names, or give the wheel the tag of what was built.",
                          "machine")  # fmt: skip
            return
    above = [found for platform in platforms if (found := _above(platform, image))]
    if above:
        yield finding("floor-above-tag", "error", subject, above[0],
                      "Link against an older C library or SDK (cargo-zigbuild, a manylinux image, a lower deployment target),"
                      " or give the wheel the higher tag.", "floor")  # fmt: skip


def _other_abi(subject: Subject, tags: Sequence[Tag]) -> str | None:
    """What the tags say of Python and ABI that the module's name denies."""
    suffix = subject.suffix
    abis = sorted({tag.abi for tag in tags})
    if not tags or not suffix.known:
        return None
    if abis == ["none"]:
        return "is a module, and the wheel is tagged for ABI none, as if it held none"
    if suffix.stable is not None:
        threads = all(abi.startswith("cp") and abi.rstrip("d").endswith("t") for abi in abis)
        return (
            f"keeps to {suffix.stable}, and the wheel is for {', '.join(abis)}"
            if threads and suffix.stable == "abi3"
            else None
        )
    if suffix.version is None:
        return None
    if suffix.implementation == "CPython":
        own = f"cp{suffix.version.major}{suffix.version.minor}{suffix.flags}"
        return None if own in abis else f"is for {own} alone, and the wheel is tagged for {', '.join(abis)}"
    return None


def _other_platform(platform: PlatformTag, file: BuiltFile, image: Image) -> str | None:
    """What a platform tag says that the binary denies."""
    for group in platform.targets:
        each = [image_mismatches(image, file.path, target) for target in group]
        if each and all(each):
            worst = strongest(min(each, key=len))
            return (
                f"is for {worst.field.replace('_', ' ')} {worst.found.value}, and the wheel's tag {platform.text}"
                f" says {worst.wanted}"
            )
    return None


def _above(platform: PlatformTag, image: Image) -> str | None:
    """What a binary needs that is more than the tag's floor."""
    for part in parts(image):
        target = next((t for group in platform.targets for t in group if not image_mismatches(part, "", t)), None)
        needs = _needs(part, target)
        floor = floor_for(platform, target) if target is not None else None
        if target is not None and needs is not None and floor is not None and version_of(needs) > _padded(floor, needs):
            what = "glibc" if target.os == "linux" else "API" if target.os == "android" else target.os
            return f"needs {what} {needs}, and the wheel's tag {platform.text} promises {'.'.join(map(str, floor))}"
    return None


def _needs(image: Image, target: Target | None) -> str | None:
    if target is None:
        return None
    if target.os == "linux":
        return image.libc_floor if image.libc == "glibc" else None
    return str(image.android_api) if target.os == "android" and image.android_api else image.minimum_os


def _padded(floor: tuple[int, ...], text: str) -> tuple[int, ...]:
    """The floor with as many numbers as the version that it is compared with."""
    return floor + (0,) * (len(version_of(text)) - len(floor))
