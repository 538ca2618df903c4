"""A fuzzer that is guided by coverage: `python -m tests.readers.coverage_fuzz [-runs=N] [CORPUS]` (needs atheris).

The first byte of an input picks the reader, the rest is the file. It starts from the small images and descriptions; libFuzzer's
options hold. Whatever is no record and no `ReadError`, takes more than five seconds on the clock or grows beyond bounds ends the run with the input kept.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["crossplan.readers"]):
    from crossplan.readers.images import read_image
    from crossplan.readers.modules import read_module_symbols
    from crossplan.readers.source import ReadError
    from tests.readers.buffer import Buffer
    from tests.readers.corpus import DESCRIPTIONS, MADE, SYSROOTS, small_images

SMALL = 60_000
READERS: tuple[Callable[[bytes], object], ...] = (
    lambda data: read_image(Buffer(data), "x"),
    lambda data: read_module_symbols(Buffer(data), "x"),
    *dict.fromkeys([*(reader for _, reader in DESCRIPTIONS), *(reader for _, reader, _ in MADE)]),
)


def once(data: bytes) -> None:
    """Read one input as a file of the kind that its first byte names."""
    if data:
        with suppress(ReadError):
            READERS[data[0] % len(READERS)](data[1:])


def seeds(folder: Path) -> None:
    """The good inputs, each with the byte of its reader."""
    images = [(number, data) for data in small_images().values() for number in (0, 1)]
    described = [(READERS.index(reader), data) for _, reader, data in MADE]
    for pattern, reader in DESCRIPTIONS:
        files = [path for path in SYSROOTS.rglob(pattern) if path.is_file() and path.stat().st_size < SMALL]
        described += [(READERS.index(reader), path.read_bytes()) for path in sorted(files)]
    for number, (reader_number, data) in enumerate([*images, *described]):
        (folder / str(number)).write_bytes(bytes([reader_number]) + data)


def main() -> None:
    """Run libFuzzer over a fresh corpus, or over the one that is named."""
    with tempfile.TemporaryDirectory() as folder:
        seeds(Path(folder))
        bounds = [f"-max_len={SMALL}", "-timeout=5", "-rss_limit_mb=512", "-runs=200000", f"-artifact_prefix={folder}-"]
        atheris.Setup([sys.argv[0], *bounds, *sys.argv[1:], folder], once)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
