"""Compare the image readers with independent ones: `python -m tests.readers.compare_independent [PATH…]`.

Every binary below the paths (default: sysroots, and this machine's libraries) is read by crossplan and by each oracle that
is there; a difference is printed, and the status is then 1. Oracles that are missing are named and left out.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from crossplan.readers.images import read_image
from crossplan.readers.modules import read_module_symbols
from crossplan.readers.source import ReadError
from tests.readers.files import FileSource
from tests.readers.oracles import ORACLES, Oracle, differences

TREE = Path(__file__).resolve().parents[2]
DEFAULT = (TREE / "sysroots", TREE / "tests/readers/wasm_modules", TREE / ".venv", Path("/usr/lib"), Path("/lib"))
SUFFIXES = (".so", ".dll", ".pyd", ".exe", ".dylib", ".a", ".lib", ".rlib", ".node", ".wasm")
SIZE_MAX = 64 << 20
SHOWN_MAX = 50


def binaries(roots: list[Path]) -> Iterator[Path]:
    """The files below the roots that can be images, by their names; each once."""
    seen = set()
    for root in roots:
        for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
            named = path.suffix in SUFFIXES or ".so." in path.name or path.name in ("Python", "python3", "libpypy3-c")
            if not named or path.is_symlink() or not path.is_file() or not 0 < path.stat().st_size <= SIZE_MAX:
                continue
            place = (path.stat().st_dev, path.stat().st_ino)
            if place not in seen:
                seen.add(place)
                yield path


def compare(path: Path, oracles: list[Oracle], counts: Counter[str]) -> Iterator[str]:
    """The differences on one file, as lines; `counts` grows by what was compared."""
    try:
        image = read_image(FileSource(path), path.name)
    except ReadError as error:
        if path.open("rb").read(4) in (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"!<ar", b"\0asm"):
            yield f"{path}: {error}"
        return
    if image.kind in ("relocatable", "core"):
        return
    counts["files"] += 1
    counts[f"{image.format}, {image.machine or 'fat'}"] += 1
    try:
        module = read_module_symbols(FileSource(path), path.name)
        symbols = (module.exports, module.imports)
    except ReadError as error:
        symbols = None
        if image.format in ("elf", "pe", "mach-o", "wasm"):
            yield f"{path}: symbols: {error}"
    for oracle in oracles:
        if image.format in oracle.formats:
            try:
                said = oracle.read(path)
            except Exception as error:  # noqa: BLE001 - an oracle's own limits say nothing of ours
                counts[f"{oracle.name} failed ({type(error).__name__})"] += 1
                continue
            counts[f"{oracle.name} compared"] += 1
            for field, (other, own) in differences(said, image, symbols).items():
                yield f"{path}: {field}: {oracle.name} says {other!r}, crossplan {own!r}"


def main() -> int:
    """Run the command line."""
    roots = [Path(word) for word in sys.argv[1:]] or [path for path in DEFAULT if path.exists()]
    oracles = [oracle for oracle in ORACLES if oracle.found]
    missing = [oracle.name for oracle in ORACLES if not oracle.found]
    if missing:
        print(f"not there, so left out: {', '.join(missing)}")
    counts: Counter[str] = Counter()
    differing = 0
    for path in binaries(roots):
        for line in compare(path, oracles, counts):
            differing += 1
            if differing <= SHOWN_MAX:
                print(line)
    for name, number in sorted(counts.items()):
        print(f"{number:7} {name}")
    print(f"{differing} differences")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
