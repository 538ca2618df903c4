"""What Rust's standard library says and does where PyO3's scripts lean on it: numbers, lines, paths, error texts.

The texts are those of the library's `Display` and `Debug`; they end up in the messages of the scripts.
"""

from __future__ import annotations

import errno as codes
import os

# char::is_whitespace: the Unicode property White_Space (Python's str.strip adds U+001C to U+001F)
WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"

NOT_UTF8 = "stream did not contain valid UTF-8"  # io::Error of read_to_string and lines
UNWRAP_NONE = "called `Option::unwrap()` on a `None` value"
UNWRAP_ERROR = "called `Result::unwrap()` on an `Err` value: "  # and its `Debug`
NO_ENTRY = "no entry found for key"  # HashMap's Index
MULTIPLY_OVERFLOW = "attempt to multiply with overflow"  # checked arithmetic of a debug build

_KINDS = {  # std::io::ErrorKind of the codes that opening, listing or resolving a path can give
    codes.ENOENT: "NotFound",
    codes.EACCES: "PermissionDenied",
    codes.EPERM: "PermissionDenied",
    codes.ENOTDIR: "NotADirectory",
    codes.EISDIR: "IsADirectory",
    codes.ELOOP: "FilesystemLoop",
    codes.ENAMETOOLONG: "InvalidFilename",
    codes.ETXTBSY: "ExecutableFileBusy",
    codes.EINVAL: "InvalidInput",
    codes.ENOMEM: "OutOfMemory",
    codes.ESTALE: "StaleNetworkFileHandle",
    codes.EINTR: "Interrupted",
    codes.EBUSY: "ResourceBusy",
}


class ParseFailure(Exception):
    """A text that `str::parse` refuses; `causes` holds its error and the errors below it, outermost first."""

    def __init__(self, *causes: str) -> None:
        super().__init__(*causes)
        self.causes = causes


def io_error(error: OSError) -> str:
    """`Display` of an io::Error that the system gave."""
    return errno_text(error.errno or 0)


def errno_text(number: int) -> str:
    """`Display` of the io::Error of one errno."""
    return f"{os.strerror(number)} (os error {number})"


def io_error_debug(error: OSError) -> str:
    """`Debug` of an io::Error that the system gave."""
    number = error.errno or 0
    kind = _KINDS.get(number, "Uncategorized")
    return f"Os {{ code: {number}, kind: {kind}, message: {debug(os.strerror(number))} }}"


def debug(text: str) -> str:
    """`Debug` of a `str` (quotes, backslashes and control characters escaped)."""
    out = []
    for char in text:
        if char in '"\\':
            out.append("\\" + char)
        elif char in _ESCAPES:
            out.append(_ESCAPES[char])
        elif char.isprintable():
            out.append(char)
        else:
            out.append(f"\\u{{{ord(char):x}}}")
    return '"' + "".join(out) + '"'


_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}


def os_debug(text: str) -> str:
    """`Debug` of an `OsStr`: what is no UTF-8 is escaped byte by byte."""
    shown = debug(text)
    for byte in range(0x80, 0x100):
        shown = shown.replace(f"\\u{{{0xDC00 + byte:x}}}", f"\\x{byte:02X}")
    return shown


def is_utf8(text: str) -> bool:
    """Whether an environment value or path is UTF-8 (what is not stands as lone surrogates)."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def lossy(text: str) -> str:
    """`to_string_lossy`, and `Display` of a path: bytes that are no UTF-8 become U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def lines(text: str) -> list[str]:
    """`str::lines`: split at line feeds, a carriage return before one belongs to it."""
    parts = text.split("\n")
    last = parts.pop()
    found = [part.removesuffix("\r") for part in parts]
    if last:
        found.append(last)
    return found


def unsigned(text: str, maximum: int) -> int:
    """`parse` of an unsigned integer type; ParseFailure as `ParseIntError` words it."""
    if not text:
        raise ParseFailure("cannot parse integer from empty string")
    digits = text[1:] if text[0] == "+" else text
    if not digits:
        raise ParseFailure("invalid digit found in string")
    value = 0
    for char in digits:
        if not "0" <= char <= "9":
            raise ParseFailure("invalid digit found in string")
        value = value * 10 + ord(char) - 48
        if value > maximum:
            raise ParseFailure("number too large to fit in target type")
    return value


U8 = 0xFF
U16 = 0xFFFF
U32 = 0xFFFF_FFFF


def boolean(text: str) -> bool:
    """`parse` of a `bool`."""
    if text == "true":
        return True
    if text == "false":
        return False
    raise ParseFailure("provided string was not `true` or `false`")


def join(base: str, name: str) -> str:
    """`Path::join` of a relative or absolute name."""
    return os.path.join(base, name)  # noqa: PTH118 - text in, text out, no Path wanted


def components(path: str) -> list[bytes]:
    """The key by which `Path` is ordered: component by component, as bytes."""
    return [part for part in os.fsencode(path).split(b"/") if part not in (b"", b".")]


def file_stem(path: str) -> str:
    """`Path::file_stem`: the file name without its last extension; a leading dot begins no extension."""
    name = path.rstrip("/").rpartition("/")[2]
    stem, dot, _ = name.rpartition(".")
    return stem if dot and stem else name
