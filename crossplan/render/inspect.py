"""The report of `inspect` for people; it fits 80 columns, and reads without colour and through a pipe.

Facts name their source by its number; the sources follow, each once, with what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from crossplan.evidence import Evidence, ImageFile, TargetPython
from crossplan.findings import Finding
from crossplan.origin import Fact
from crossplan.readers.image import Image
from crossplan.render.findings import print_findings
from crossplan.render.text import origin_words, paragraph, shown, visible

if TYPE_CHECKING:
    from rich.console import Console

_FIELDS = (
    ("version", "version"),
    ("ABI flags", "abi_flags"),
    ("free-threaded", "free_threaded"),
    ("debug", "debug"),
    ("SOABI", "soabi"),
    ("EXT_SUFFIX", "ext_suffix"),
    ("multiarch", "multiarch"),
    ("pointer width", "pointer_width"),
    ("shared", "shared"),
)
_LABEL, _VALUE = 15, 37
_STYLES = {"sound": "bold green", "unsound": "bold red", "empty": "yellow"}


def print_inspect(console: Console, evidence: Evidence, findings: Sequence[Finding], verdict: str) -> None:
    """The whole report."""
    from rich.text import Text

    paragraph(console, "", Text.assemble((visible(evidence.root), "bold"), ": ", (verdict, _STYLES[verdict])))
    for python in evidence.pythons:
        console.print()
        print_python(console, python)
    of_pythons = {file.path for python in evidence.pythons for file in python.images}
    of_pythons |= {item.path for python in evidence.pythons for item in python.descriptions}
    if others := [file for file in evidence.images if file.path not in of_pythons]:
        console.print()
        console.print(Text("Binaries that are of none of them" if evidence.pythons else "Binaries", "bold"))
        for path, words in _summary(others):
            _entry(console, "  ", path, words)
    if texts := [item for item in evidence.descriptions if item.path not in of_pythons]:
        console.print()
        console.print(Text("Descriptions of no Python that is here", "bold"))
        for item in texts:
            _entry(console, "  ", item.path, _also(item.kind, item.path, item.aliases))
    console.print()
    print_findings(console, findings)


def print_python(console: Console, python: TargetPython) -> None:
    """One Python: the targets that it serves, its facts, and what they were read from."""
    from rich.text import Text

    flags = "t" if python.value("free_threaded") else ""
    console.print(Text(f"{shown(python.value('implementation'))} {shown(python.value('version'))}{flags}", "bold"))
    served = ", ".join(python.targets) or "no target that rustc knows"
    paragraph(console, "  serves ", served)
    console.print()
    sources = _sources(python)
    numbers = {path: f"[{number}]" for number, (path, _) in enumerate(sources, 1)}
    for label, field in _FIELDS:
        if (fact := python.facts.get(field)) is not None:
            value = shown(fact.value) if fact.value != "" else "none"
            line = Text(f"  {label:<{_LABEL}}{value:<{_VALUE}} ")
            line.append(_source_words(fact, numbers), "dim")
            line.rstrip()
            console.print(line)
    console.print()
    for path, words in sources:
        _entry(console, f"  {numbers[path]:<5}", path, words)
    for path, words in _summary([file for file in python.images if file.role in ("extension", "other")]):
        _entry(console, "  -    ", path, words)


def _source_words(fact: Fact[object], numbers: dict[str, str]) -> str:
    """The number of the source, and the key in it."""
    origin = fact.origin
    if origin.place is not None and (number := numbers.get(origin.place)):
        return f"{number} {visible(origin.key)}" if origin.key else f"{number} its path"
    return origin_words(origin)


def _sources(python: TargetPython) -> list[tuple[str, str]]:
    """What the facts of a Python were read from, the most believed first: path, and what it is."""
    sources = [
        (file.path, _also(f"{_ROLES[file.role]}, {_image_words(file.image)}", file.path, file.aliases))
        for file in sorted(
            python.images, key=lambda file: (list(_ROLES).index(file.role), file.image.format == "ar", file.path)
        )
        if file.role not in ("extension", "other")
    ]
    texts = [item for item in python.descriptions if item.kind != "bytecode" or not python.sysconfigdata]
    sources += [(item.path, _also(item.kind, item.path, item.aliases)) for item in texts]
    sources += [
        (item.path, f"{item.kind}, not read: {item.reason}") for item in python.unread if item.kind != "dangling"
    ]
    return sources


_ROLES = {
    "libpython": "libpython",
    "interpreter": "interpreter",
    "import-library": "import library",
    "stable-stub": "library of the stable ABI",
    "extension": "extension module",
    "other": "other",
}


def _also(words: str, path: str, aliases: Iterable[str]) -> str:
    """The links that lead to a file; those of its own folder by their names alone."""
    folder = str(PurePosixPath(path).parent) + "/"
    links = [alias.removeprefix(folder) for alias in sorted(aliases)]
    return f"{words}; also {', '.join(links)}" if links else words


def _image_words(image: Image) -> str:
    """A binary in a few words: format, machine, width, byte order, float ABI, and the Python in it."""
    parts = image.slices or (image,)
    machines = []
    for part in parts:
        words = [
            part.machine,
            f"{part.bits}-bit" if part.bits else None,
            f"{part.endian}-endian" if part.endian else None,
        ]
        if part.float_abi:
            words.append(f"{part.float_abi} float")
        machines.append(" ".join(word for word in words if word) or "of no machine that is known")
    python = f", Python {visible(image.python_version)}" if image.python_version else ""
    return f"{image.format} {' and '.join(machines)}{python}"


def _summary(files: Sequence[ImageFile]) -> list[tuple[str, str]]:
    """Binaries by their paths; extension modules, of which there are many, by folder and machine: how many."""
    found = []
    modules: dict[tuple[str, str], list[str]] = {}
    for file in files:
        words = _image_words(file.image)
        if file.role == "extension":
            modules.setdefault((str(PurePosixPath(file.path).parent), words), []).append(file.path)
        else:
            found.append((file.path, words if file.role == "other" else f"{_ROLES[file.role]}, {words}"))
    for (folder, words), paths in modules.items():
        if len(paths) == 1:
            found.append((paths[0], f"extension module, {words}"))
        else:
            found.append((f"{folder}/", f"{len(paths)} extension modules, {words}"))
    return sorted(found)


def _entry(console: Console, mark: str, path: str, words: str) -> None:
    """A path behind its mark, and below it what is there."""
    paragraph(console, mark, path)
    paragraph(console, " " * max(len(mark), 4), words, "dim")
