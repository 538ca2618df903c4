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
from functools import lru_cache
from itertools import islice

from crossplan.readers.source import ReadError
from crossplan.readers.textfile import line_of, text_of
from crossplan.record import record

SIZE_LIMIT = 1 << 20
"""Bytes that such a file may have; real ones have 1 to 60 KB."""

_BRACKETS = 200
"""Brackets that Python itself lets nest (CPython's Parser/lexer, MAXLEVEL)."""

_INTEGER_DIGITS = 20  # more would only serve to make Python slow

# Each turn of a repeated group takes some hundred bytes until its match ends, and a possessive group, which would not, is
# matched wrongly by Python before 3.11.5 (python/cpython#106052). So a match takes few turns, and `_past` matches again.
_TURNS = 99
_GAP = rf"[ \t\f\n]*+(?:(?:\#[^\n]*+|\\\n)[ \t\f\n]*+){{0,{_TURNS}}}"
_NOTHING = rf"[ \t\f\n;]*+(?:(?:\#[^\n]*+|\\\n)[ \t\f\n;]*+){{0,{_TURNS}}}"
_OPENING = r"([rRuU]?)('{3}|\"{3}|'|\")"
_BODIES = {
    "'": rf"[^'\\\n]*+(?:\\[\s\S][^'\\\n]*+){{0,{_TURNS}}}",
    '"': rf'[^"\\\n]*+(?:\\[\s\S][^"\\\n]*+){{0,{_TURNS}}}',
    "'''": rf"[^'\\]*+(?:(?:\\[\s\S]|'(?!''))[^'\\]*+){{0,{_TURNS}}}",
    '"""': rf'[^"\\]*+(?:(?:\\[\s\S]|"(?!""))[^"\\]*+){{0,{_TURNS}}}',
}
_INTEGER = rf"[+-]?[0-9]{{1,{_INTEGER_DIGITS}}}+(?![\w.])"

# The form that pprint gives: most entries and most literals of real files are such, and one match each is quickest.
_PLAIN_ENTRY = re.compile(
    rf"[ \n]*+'([^'\\\n]*+)': ?(?:'([^'\\\n]*+)'(?=[,}}\n])|(-?[0-9]{{1,{_INTEGER_DIGITS}}}+))[ \n]*+(?:,|(?=\}}))"
)
_PLAIN_LITERAL = r"""[ \n]*+(?:'(?!'')([^'\\\n]*+)'|"(?!"")([^"\\\n]*+)")"""

_TARGET = r"(?m)^build_time_vars[ \t]*+(?::[^=\n]*+)?=[ \t]*+(?!=)"
_COOKIE = r"[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)"  # PEP 263
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
    start = _past(_NOTHING, text, _literal(text, _past(_GAP, text, 0))[1])
    targets = list(islice(re.compile(_TARGET).finditer(text, start), 2))
    if not targets:
        raise CodeRefused("no assignment to build_time_vars: this is no sysconfigdata, or it is code", "line 1")
    place, brace = targets[0].span()
    if len(targets) > 1:
        raise ReadError("build_time_vars is assigned twice", f"line {line_of(text, targets[1].start())}")
    if text[brace : brace + 1] != "{":
        raise CodeRefused(
            "build_time_vars is no literal dict: the file is code, which is not run", f"line {line_of(text, place)}"
        )
    values, lines, repeated, end = _dictionary(text, brace + 1)
    pure = place == start and _past(_NOTHING, text, end) == len(text)
    return Sysconfigdata(values, lines, repeated, pure)


def _past(pattern: str, text: str, position: int) -> int:
    """Where what `pattern` describes ends, however often it is repeated."""
    match = re.compile(pattern).match
    while found := match(text, position):
        start, position = position, found.end()
        if position - start < _TURNS:  # each turn takes a character or more, so that was all
            break
    return position


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
    value: str | int
    while True:
        if match := plain(text, position):
            key, simple, number = match.groups()
            start, end, value = match.start(1), match.end(), int(number) if simple is None else simple
        elif found := _entry(text, position):
            start, key, value, end = found
        elif text.startswith("}", end := _past(_GAP, text, position)):
            return values, lines, tuple(dict.fromkeys(repeated)), end + 1
        else:
            raise _misfit(text, position)
        line += text.count("\n", counted, start)
        counted = start
        if key in values:
            repeated.append(key)
        values[key] = value
        lines[key] = line
        position = end


def _entry(text: str, position: int) -> tuple[int, str, str | int, int] | None:
    """An entry of any form: where its key begins, key, value, and where it ends, its comma included; None if none is there."""
    start = _past(_GAP, text, position)
    key, place = _key(text, start)
    if place == start:
        return None
    value: str | int
    if number := re.compile(_INTEGER).match(text, place):
        value, end = int(number[0]), number.end()
    else:
        value, end = _string(text, place)
    if end == place:
        return None
    end = _past(_GAP, text, end)
    comma = text.startswith(",", end)
    return (start, key, value, end + comma) if comma or text.startswith("}", end) else None


def _key(text: str, position: int) -> tuple[str, int]:
    """The key that begins at `position`, and where its value begins; `position` where there is no key."""
    key, end = _string(text, position)
    end = _past(_GAP, text, end)
    return (key, _past(_GAP, text, end + 1)) if end > position and text.startswith(":", end) else ("", position)


def _string(text: str, position: int) -> tuple[str, int]:
    """The text of the adjacent literals from `position`, and where the last one ends; `position` where none begins."""
    parts: list[str] = []
    plain, place, end = re.compile(_PLAIN_LITERAL).match, position, position
    while True:
        if match := plain(text, place):
            part, place = match[match.lastindex or 0], match.end()
        elif text.startswith((",", ":"), place):  # at once, as nearly always
            return "".join(parts), end
        else:
            gap = _past(_GAP, text, place)
            part, place = _literal(text, gap)
            if place == gap:
                return "".join(parts), end
        parts.append(part)
        end = place


def _literal(text: str, position: int) -> tuple[str, int]:
    """The text of the literal that begins at `position`, and where it ends; `position` where none begins, or it has no end."""
    opening = re.compile(_OPENING).match(text, position)
    if opening is None:
        return "", position
    prefix, quote = opening.groups()
    end = _past(_BODIES[quote], text, opening.end())
    if not text.startswith(quote, end):
        return "", position
    body = text[opening.end() : end]
    if "\\" in body and prefix not in ("r", "R"):
        try:
            body = re.sub(_ESCAPE, _unescape, body)
        except (ValueError, OverflowError, KeyError) as error:
            raise ReadError("an escape that names no character", f"line {line_of(text, position)}") from error
    return body, end + len(quote)


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
    start = _past(_GAP, text, position)
    key, place = _key(text, start)
    opening = re.compile(r"[\[({\s]*").match(text, place) if place > start else None
    if opening and len(opening[0]) > _BRACKETS:
        reason = f"the value of {key[:60]!r} nests brackets more than {_BRACKETS} deep"
        return ReadError(reason, f"line {line_of(text, place)}")
    rest = text[position:].strip()
    if "\n" not in rest and not rest.endswith("}"):
        return ReadError("the dict has no end: the file is truncated", f"line {line_of(text, len(text))}")
    if place > start:
        reason = f"the value of {key[:60]!r} is no string or integer: the file is code, or damaged"
        return CodeRefused(reason, f"line {line_of(text, place)}")
    return ReadError("the dict holds something that is no entry `'key': value`", f"line {line_of(text, start)}")
