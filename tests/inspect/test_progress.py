"""The bar of a long walk: on a terminal only, after a second only, and gone at the end."""

from __future__ import annotations

import io

import pytest

from crossplan.render.progress import WalkProgress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "times", "shows"),
    [(Terminal(), [0, 0.5, 2.0], True), (Terminal(), [0, 0.2, 0.9], False), (io.StringIO(), [0, 5, 9], False)],
)
def test_bar_is_shown_when_it_takes_long(stream: io.StringIO, times: list[float], shows: bool) -> None:
    moments = iter(times)
    with WalkProgress(stream, lambda: next(moments)) as progress:
        progress(10, 0)
        progress(1_234_567, 12)
    assert ("1,234,567 names, 12 of them of a Python" in stream.getvalue()) is shows
    if not shows:
        assert stream.getvalue() == ""
    else:
        assert stream.getvalue().endswith("\x1b[2K")  # the line is erased
