"""What a long walk shows on a terminal: a bar and two numbers, after a second, gone when it ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress

DELAY = 1.0
"""Seconds before anything is shown."""


class WalkProgress:
    """Called by the walk with the names seen and the files found. Shows nothing on a stream that is no terminal."""

    def __init__(self, stream: IO[str], clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._start = clock()
        self._held = ExitStack()
        self._bar: Progress | None = None

    def __call__(self, seen: int, found: int) -> None:
        """Show how far the walk has come."""
        if self._bar is None and self._stream.isatty() and self._clock() - self._start >= DELAY:
            self._bar = self._held.enter_context(self._make())
            self._bar.add_task("walking", total=None)
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], description=f"{seen:,} names, {found:,} of them of a Python")

    def _make(self) -> Progress:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        console = Console(file=self._stream, highlight=False, markup=False)
        return Progress(BarColumn(), TextColumn("{task.description}"), console=console, transient=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()
