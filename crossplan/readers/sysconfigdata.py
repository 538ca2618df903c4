"""`_sysconfigdata*.py`: the build-time variables of a Python, read as data.

CPython's `Lib/sysconfig` (`_generate_posix_vars`) writes one assignment of a literal. What is accepted here::

    file    = { comment | blank | docstring | code } target dict { comment | blank | code }
    target  = "build_time_vars" [ ":" annotation ] "="         at the start of a line, once in the file
    dict    = "{" [ entry { "," entry } [ "," ] ] "}"
    entry   = string ":" ( string | [ "+" | "-" ] decimal )
    string  = literal { literal }                               adjacent literals are one; no b"" and no f""

Between the parts of a dict: blanks, newlines, comments. *Code* (an import before, a statement after) makes the record
impure: its values are what the literal says, not what Python would end up with. Two dicts, a value that is anything else
(a call, an f-string, a list) and a file that is no UTF-8 text are a `ReadError` that names the line. Nothing is evaluated.
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache

from crossplan.readers.source import ReadError
from crossplan.readers.textfile import line_of, text_of
from crossplan.record import record

SIZE_LIMIT = 1 << 20
"""Bytes that such a file may have; real ones have 1 to 60 KB."""

_BRACKETS = 200
"""Brackets that Python itself lets nest (CPython's Parser/lexer, MAXLEVEL)."""

_INTEGER_DIGITS = 20  # more would only serve to make Python slow

# Repeats a group without ever taking a part of it back, which keeps the memory for a hostile file small. Python before 3.11.5
# matches such a group wrongly (python/cpython#106052); there it may take back, in vain: what follows never begins as a part does.
_ALL = "*+" if sys.version_info >= (3, 11, 5) else "*"

_SINGLE = rf"'[^'\\\n]*+(?:\\[\s\S][^'\\\n]*+){_ALL}'"
_DOUBLE = rf'"[^"\\\n]*+(?:\\[\s\S][^"\\\n]*+){_ALL}"'
_LONG_SINGLE = rf"'{{3}}[^'\\]*+(?:(?:\\[\s\S]|'(?!''))[^'\\]*+){_ALL}'{{3}}"
_LONG_DOUBLE = rf'"{{3}}[^"\\]*+(?:(?:\\[\s\S]|"(?!""))[^"\\]*+){_ALL}"{{3}}'
_LITERAL = rf"(?:[rRuU]?(?:{_LONG_SINGLE}|{_LONG_DOUBLE}|{_SINGLE}|{_DOUBLE}))"
_GAP = rf"[ \t\f\n]*+(?:(?:\#[^\n]*+|\\\n)[ \t\f\n]*+){_ALL}"
_STRING = rf"{_LITERAL}(?:{_GAP}{_LITERAL}){_ALL}"

# The form that pprint gives: a key without escapes, an integer or plain literals. Compiled at once, the rest when needed:
# compiling takes longer than reading a file.
_LINE = rf"(?:{_SINGLE}|{_DOUBLE})"
_PLAIN_ENTRY = re.compile(
    rf"[ \n]*+'([^'\\\n]*+)': (?:'([^'\\\n]*+)'(?=[,}}\n])|(-?[0-9]{{1,{_INTEGER_DIGITS}}}+)|({_LINE}(?:[ \n]*+{_LINE}){_ALL}))"
    rf"[ \n]*+(?:,|(?=\}}))"
)
_ENTRY = (
    rf"{_GAP}({_STRING}){_GAP}:{_GAP}(?:([+-]?[0-9]{{1,{_INTEGER_DIGITS}}}+)(?![\w.])|({_STRING})){_GAP}(?:,|(?=\}}))"
)
_KEY = rf"{_GAP}({_STRING}){_GAP}:{_GAP}"
_END = rf"{_GAP}\}}"
_TARGET = r"(?m)^build_time_vars[ \t]*+(?::[^=\n]*+)?=[ \t]*+(?!=)"
_NOTHING = rf"[ \t\f\n;]*+(?:(?:\#[^\n]*+|\\\n)[ \t\f\n;]*+){_ALL}"
_DOCSTRING = rf"{_GAP}{_LITERAL}[ \t;]*+(?=\n){_NOTHING}"
_COOKIE = r"[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)"  # PEP 263
_PIECES = rf"({_LITERAL}){_GAP}"
_ESCAPE = r"\\(?:(\n)|([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{([^}\n]*)\}|([\s\S]))"
_SIMPLE = {"\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


@record
class Sysconfigdata:
    """The literal: values by key, the line of each key (from 1), keys given twice, and whether nothing else is there."""

    values: dict[str, str | int]
    lines: dict[str, int]
    repeated: tuple[str, ...] = ()
    pure: bool = True


class CodeRefused(ReadError):
    """The file is Python, or may be, but no literal: as PyPy, GraalPy and Pyodide ship it. It is not run."""


@lru_cache(maxsize=2)
def read_sysconfigdata(data: bytes) -> Sysconfigdata:
    """Read the file's bytes by the grammar above; `ReadError` with the line where it departs from it.

    The last ones are kept: a file is read once for the evidence, and once to know what PyO3 makes of it.
    """
    text = _text(data)
    start = _skip(_DOCSTRING, text, 0) or _skip(_NOTHING, text, 0)
    targets = list(re.finditer(_TARGET, text[start:]))
    if not targets:
        raise CodeRefused("no assignment to build_time_vars: this is no sysconfigdata, or it is code", "line 1")
    if len(targets) > 1:
        raise ReadError("build_time_vars is assigned twice", f"line {line_of(text, start + targets[1].start())}")
    place, brace = start + targets[0].start(), start + targets[0].end()
    if text[brace : brace + 1] != "{":
        raise CodeRefused(
            "build_time_vars is no literal dict: the file is code, which is not run", f"line {line_of(text, place)}"
        )
    values, lines, repeated, end = _dictionary(text, brace + 1)
    pure = place == start and _skip(_NOTHING, text, end) == len(text)
    return Sysconfigdata(values, lines, repeated, pure)


def _skip(pattern: str, text: str, position: int) -> int:
    """Where what `pattern` describes ends, `position` where it is not there."""
    match = re.compile(pattern).match(text, position)
    return match.end() if match else position


def _text(data: bytes) -> str:
    text = text_of(data, SIZE_LIMIT, "sysconfigdata")
    for line in text.split("\n", 2)[:2]:
        cookie = re.match(_COOKIE, line)
        if cookie and cookie[1].lower().replace("_", "-") not in ("utf-8", "utf8", "ascii", "us-ascii"):
            raise ReadError(f"declares the encoding {cookie[1][:40]}: only UTF-8 is read", "line 1")
    return text


def _dictionary(text: str, position: int) -> tuple[dict[str, str | int], dict[str, int], tuple[str, ...], int]:
    """From behind the opening brace: the values, their lines, the keys given twice, and where the closing one ends."""
    values: dict[str, str | int] = {}
    lines: dict[str, int] = {}
    repeated: list[str] = []
    plain, line, counted = _PLAIN_ENTRY.match, line_of(text, position), position
    while True:
        if match := plain(text, position):
            key, simple, number, strings = match.groups()
        elif text[position : position + 2] == "}\n":
            return values, lines, tuple(dict.fromkeys(repeated)), position + 1
        elif match := re.compile(_ENTRY).match(text, position):
            key, number, strings = match.groups()
            key, simple = _decode(text, key, match.start(1)), None
        elif end := re.compile(_END).match(text, position):
            return values, lines, tuple(dict.fromkeys(repeated)), end.end()
        else:
            raise _misfit(text, position)
        start = match.start(1)
        line += text.count("\n", counted, start)
        counted = start
        if key in values:
            repeated.append(key)
        if simple is not None:
            values[key] = simple
        else:
            values[key] = int(number) if number else _decode(text, strings, match.start(match.lastindex or 0))
        lines[key] = line
        position = match.end()


def _decode(text: str, strings: str, offset: int) -> str:
    """The text of adjacent literals; `offset` is where they begin, for the message."""
    parts = []
    for match in re.finditer(_PIECES, strings):
        literal = match[1]
        quote = literal.lstrip("rRuU")[0]
        body, raw = literal[literal.index(quote) :], literal[0] in "rR"
        width = 3 if body.startswith(quote * 3) and len(body) >= 6 else 1
        body = body[width:-width]
        if "\\" in body and not raw:
            try:
                body = re.sub(_ESCAPE, _unescape, body)
            except (ValueError, OverflowError, KeyError) as error:
                raise ReadError("an escape that names no character", f"line {line_of(text, offset)}") from error
        parts.append(body)
    return "".join(parts)


def _unescape(match: re.Match[str]) -> str:
    """One escape of Python's lexical analysis (2.4.1.1); an unknown one stands for itself."""
    newline, octal, two, four, eight, name, other = match.groups()
    if newline:
        return ""
    if octal:
        return chr(int(octal, 8))
    if digits := two or four or eight:
        return chr(int(digits, 16))
    if name is not None:
        from unicodedata import lookup

        return lookup(name)
    if other in ("x", "u", "U", "N"):
        raise ValueError(other)
    return _SIMPLE.get(other, "\\" + other)


def _misfit(text: str, position: int) -> ReadError:
    """What stands where an entry should: named by its key where one can be read."""
    key = re.compile(_KEY).match(text, position)
    opening = re.compile(r"[\[({\s]*").match(text, key.end()) if key else None
    if key and opening and len(opening[0]) > _BRACKETS:
        reason = f"the value of {_key(text, key)!r} nests brackets more than {_BRACKETS} deep"
        return ReadError(reason, f"line {line_of(text, key.end())}")
    rest = text[position:].strip()
    if "\n" not in rest and not rest.endswith("}"):
        return ReadError("the dict has no end: the file is truncated", f"line {line_of(text, len(text))}")
    if key:
        reason = f"the value of {_key(text, key)!r} is no string or integer: the file is code, or damaged"
        return CodeRefused(reason, f"line {line_of(text, key.end())}")
    line = f"line {line_of(text, _skip(_GAP, text, position))}"
    return ReadError("the dict holds something that is no entry `'key': value`", line)


def _key(text: str, match: re.Match[str]) -> str:
    """The key of an entry, short enough for a message."""
    return _decode(text, match[1], match.start(1))[:60]
