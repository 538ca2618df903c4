"""What readers of text files share: bytes that must be text, within a bound."""

from __future__ import annotations

from crossplan.readers.source import ReadError


def text_of(data: bytes, limit: int, what: str) -> str:
    """The text of a file, its line ends made plain; `ReadError` if it is too long, holds a NUL byte or is no UTF-8."""
    if len(data) > limit:
        raise ReadError(f"{len(data)} bytes, more than the {limit} that a {what} may have")
    if (nul := data.find(0)) >= 0:
        raise ReadError("holds a NUL byte: no text", f"offset {nul:#x}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReadError("is no UTF-8 text", f"line {data[: error.start].count(10) + 1}") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def line_of(text: str, position: int) -> int:
    """The line of a position, from 1."""
    return text.count("\n", 0, position) + 1
