"""The terminal sessions that README.md and docs/ show: run them, and write what they print into the pages.

    python scripts/sessions.py    # `make sessions`; a test holds that the pages are up to date

A session is a line `$ crossplan …` in a block marked `console`, with its output below. It runs in a crate (proof/module) beside
the target trees, on a machine made for it: a Rust that has the target's standard library, and a cross linker.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

TREE: Final = Path(__file__).resolve().parent.parent
PAGES: Final = (TREE / "README.md", *sorted((TREE / "docs").rglob("*.md")))
SHOWN: Final = "/home/you/project"
"""The folder's name in the pages; as long as the real one, so that lines break at the same places."""
BLOCK: Final = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
ROOT: Final = "debian12-py311-armhf"
PROGRAMS: Final = {
    "rustc": '#!/bin/sh\n[ "$1" = --print ] && echo "$HOME/.rust/lib"\n',
    "cargo": "#!/bin/sh\n",
    # With no word of its own: the C library beside the real one would be this machine's.
    "arm-linux-gnueabihf-gcc": "#!/bin/sh\nexit 1\n",
}


def sessions(block: str) -> Iterator[tuple[str, str]]:
    """(command, output below it) of a block."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


@contextmanager
def machine() -> Iterator[Path]:
    """The user's folder: the crate and the target trees in `board`, the programs in `bin`."""
    with tempfile.TemporaryDirectory(prefix="you-", dir="/tmp") as folder:
        home = Path(folder)
        assert len(folder) == len(SHOWN)
        furnish(home)
        yield home


def furnish(home: Path) -> None:
    """Lay out that folder."""
    shutil.copytree(TREE / "proof/module", home / "board")
    shutil.copy(TREE / "proof/Cargo.lock", home / "board")
    shutil.copytree(TREE / "sysroots" / ROOT, home / "board/sysroots" / ROOT, symlinks=True)
    (home / ".rust/lib").mkdir(parents=True)
    (home / ".rust/lib/libcore-0.rlib").touch()
    (home / "bin").mkdir()
    for name, text in PROGRAMS.items():
        (home / "bin" / name).write_text(text)
        (home / "bin" / name).chmod(0o755)
    for program in ("/bin/cat", "/bin/sh", sys.executable, str(Path(sys.executable).with_name("crossplan"))):
        name = "python3" if program == sys.executable else Path(program).name
        (home / "bin" / name).symlink_to(program)


def run(command: str, home: Path) -> str:
    """What a command prints, on a `machine`, with its folder under the name that pages show."""
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=home / "board",
        env={"PATH": str(home / "bin"), "HOME": str(home), "LC_ALL": "C.UTF-8", "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    lines = done.stdout.replace(str(home), SHOWN).splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines).strip("\n") + "\n"


def rewrite(block: str) -> str:
    """The block with what its commands print now."""
    written = []
    for command, _ in sessions(block):
        with machine() as home:
            written.append(f"$ {command}\n{run(command, home)}")
    return "\n".join(written)


def main() -> None:
    """Rewrite the pages."""
    for page in PAGES:
        page.write_text(BLOCK.sub(lambda found: rewrite(found[0]), page.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
