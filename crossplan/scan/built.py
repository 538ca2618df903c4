"""What came out of a build: a module, or a wheel with its modules, read as records for the checks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crossplan.readers.image import Image
from crossplan.readers.images import read_image
from crossplan.readers.modules import ModuleSymbols, read_module_symbols
from crossplan.readers.source import ByteSource, ReadError
from crossplan.record import record
from crossplan.sysroot import Sysroot, open_sysroot
from crossplan.sysroot.archive import open_file
from crossplan.sysroot.zip import MAGICS

_ALLOWANCE = 128 << 20
_TEXT_LIMIT = 1 << 20
_DEPTH = 32
_MODULES = 5000
_ENDINGS = (".so", ".pyd", ".dll", ".dylib", ".wasm")


@record
class BuiltFile:
    """One binary: `path` as the user gave it (in a wheel: WHEEL/member), `name` its place in the wheel, or its file name.

    `given`: it was named by the user, so it is to be a module; in a wheel there are other libraries too.
    `image` and `symbols` are None where it cannot be read as a module; `fault` then says why, with the place in it.
    """

    path: str
    name: str
    given: bool = False
    image: Image | None = None
    symbols: ModuleSymbols | None = None
    fault: tuple[str, str | None] | None = None


@record
class BuiltWheel:
    """A wheel: its binaries, and what its file `WHEEL` says, by key. `faults` are what keeps it from being one."""

    path: str
    files: tuple[BuiltFile, ...]
    described: dict[str, tuple[str, ...]]
    faults: tuple[str, ...] = ()


def read_built(path: str) -> BuiltFile | BuiltWheel:
    """Read a file that a build made. `RootError`: it is not there, or no file."""
    with open_file(path) as source:
        if source.read(0, min(4, source.size)) not in MAGICS:
            return _read_file(source, path, Path(path).name, given=True)
    with open_sysroot(path) as root:
        return _read_wheel(root, path)


def _read_file(source: ByteSource, path: str, name: str, *, given: bool = False) -> BuiltFile:
    """One binary, as far as it can be read."""
    image = None
    try:
        image = read_image(source, name)
        return BuiltFile(path, name, given, image, read_module_symbols(source, name))
    except ReadError as error:
        return BuiltFile(path, name, given, image, fault=(error.reason, error.place))


def _read_wheel(root: Sysroot, path: str) -> BuiltWheel:
    faults = [*root.damage, *root.limits]
    described: dict[str, tuple[str, ...]] = {}
    files: list[BuiltFile] = []
    for member in _members(root, "", _DEPTH):
        try:
            if member.endswith(".dist-info/WHEEL") and member.count("/") == 1:
                described = _headers(root.read(member, _TEXT_LIMIT))
            elif member.endswith(_ENDINGS):
                if len(files) == _MODULES:
                    faults.append(f"it holds more than {_MODULES} binaries")
                    break
                with root.open(member, _ALLOWANCE) as source:
                    files.append(_read_file(source, f"{path}/{member}", member))
        except ReadError as error:
            files.append(BuiltFile(f"{path}/{member}", member, fault=(error.reason, error.place)))
    if not described:
        faults.append("it has no file *.dist-info/WHEEL")
    return BuiltWheel(path, tuple(files), described, tuple(faults))


def _members(root: Sysroot, folder: str, depth: int) -> Iterator[str]:
    """The files of a wheel in the order of their paths."""
    for name, kind in sorted(root.listdir(folder).items()):
        path = f"{folder}/{name}" if folder else name
        if kind == "file":
            yield path
        elif kind == "directory" and depth:
            yield from _members(root, path, depth - 1)


def _headers(data: bytes) -> dict[str, tuple[str, ...]]:
    """`Key: value` lines, as in an e-mail's head; a key may stand several times."""
    found: dict[str, tuple[str, ...]] = {}
    for line in data.decode("utf-8", "replace").splitlines():
        key, colon, value = line.partition(":")
        if colon:
            found[key.strip().lower()] = (*found.get(key.strip().lower(), ()), value.strip())
    return found
