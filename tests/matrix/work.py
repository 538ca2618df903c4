"""Work that is done in other processes, so it stands in a module that they can import: plain values in and out."""

from __future__ import annotations

import os
import time
from pathlib import Path


def double(item: int) -> int:
    return 2 * item


def die_at_three(item: int) -> int:
    """Ends its process, as the system does where memory runs out."""
    if item == 3:
        os._exit(9)
    return 2 * item


def die_once(item: tuple[str, int]) -> int:
    """Ends its process at 3, but only the first time."""
    mark = Path(item[0], "died")
    if item[1] == 3 and not mark.exists():
        mark.touch()
        os._exit(9)
    return 2 * item[1]


def wait_at_five(item: tuple[str, int]) -> int:
    """Says who does it; at 5 waits until the test has done what it wanted."""
    folder, number = Path(item[0]), item[1]
    if number == 5:
        (folder / f"five-{os.getpid()}").touch()
        while not (folder / "go").exists():
            time.sleep(0.05)
    return 2 * number


def lost(item: object, reason: str) -> int:
    return -1
