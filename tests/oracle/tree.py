"""Write a recorded or generated tree of files, and put its folder's name in and out of a case."""

import base64
import itertools
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = "{ROOT}"


_numbers = itertools.count()


@contextmanager
def planted(tree: Iterable[Mapping[str, Any]] = ()) -> Iterator[Path]:
    """A new folder that holds `tree`, for as long as it is used: in memory where that can be had, which takes half the time.

    Its name is all digits: PyO3 looks for an architecture's name in whole paths.
    """
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()
    root = Path(memory).resolve() / f"{os.getpid()}{next(_numbers):08}"
    root.mkdir()
    try:
        write_tree(root, tree)
        yield root
    finally:
        shutil.rmtree(root)


def write_tree(root: Path, tree: Iterable[Mapping[str, Any]]) -> None:
    """Make the files, folders and links of `tree` (paths below `root`, texts with `{ROOT}`) in order."""
    for entry in tree:
        path = root / entry["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        if entry.get("dir"):
            path.mkdir(exist_ok=True)
        elif "link" in entry:
            path.symlink_to(entry["link"].replace(ROOT, str(root)))
        else:
            path.write_bytes(_content(entry, root))
            if "mode" in entry:
                path.chmod(int(entry["mode"], 8))


def _content(entry: Mapping[str, Any], root: Path) -> bytes:
    if "base64" in entry:
        return base64.b64decode(entry["base64"])
    return os.fsencode(entry["text"].replace(ROOT, str(root)))


def placed(value: Any, root: Path) -> Any:
    """`value` with the folder's name for `{ROOT}` in every text."""
    return json.loads(json.dumps(value).replace(ROOT, json.dumps(str(root))[1:-1]))


def unplaced(value: Any, root: Path) -> Any:
    """The reverse."""
    return json.loads(json.dumps(value).replace(json.dumps(str(root))[1:-1], ROOT))
