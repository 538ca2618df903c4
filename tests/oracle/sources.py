"""Read what the build scripts' sources say: `python -m oracle.sources` (from the folder `tests`) writes `recorded/sources.json.xz`.

For each release and each file that its scripts are made of: every text in it, with the calls that it stands in; the conditions that it
asserts; its constants. The files come from the registry and are not kept. `test_sources.py` compares crossplan's table with these.
"""

import json
import lzma
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from oracle.prepare import RELEASES, crates

RECORDED = Path(__file__).parent / "recorded" / "sources.json.xz"
FILES = {"pyo3-build-config": ("build.rs", "src/*.rs"), "pyo3-ffi": ("build.rs",), "pyo3": ("build.rs",)}
_TOKEN = re.compile(
    r"""(?P<blank> \s+ | //[^\n]* | /\*.*?\*/ )
    | (?P<raw> b?r(?P<fence>\#*)".*?"(?P=fence) ) | (?P<text> b?"(?:\\.|[^"\\])*" )
    | (?P<char> b?'(?:\\.[^']*|[^'\\])' ) | '?\w+ | .""",
    re.DOTALL | re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(?:\n\s*|(.))", re.DOTALL)
_TESTS = ["#", "[", "cfg", "(", "test", ")", "]"]


class Token(NamedTuple):
    """A word, sign or text of a source file; `value`: what a text says."""

    source: str
    value: str | None = None


def tokens(source: str) -> list[Token]:
    """The tokens of Rust, without comments and without what is compiled for tests alone."""
    found: list[Token] = []
    for match in _TOKEN.finditer(source):
        if match["raw"]:
            found.append(Token(match[0], match[0].partition('"')[2].rpartition('"')[0]))
        elif match["text"]:
            found.append(Token(match[0], _ESCAPE.sub(_unescaped, match[0].partition('"')[2][:-1])))
        elif not match["blank"]:
            found.append(Token(match[0]))
    return list(_without_tests(found))


def _unescaped(match: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t", "r": "\r", None: ""}.get(match[1], match[1])


def _without_tests(found: list[Token]) -> Iterator[Token]:
    at = 0
    while at < len(found):
        if [token.source for token in found[at : at + len(_TESTS)]] == _TESTS:
            at = _end(found, at + len(_TESTS))
        else:
            yield found[at]
            at += 1


def _end(found: list[Token], start: int) -> int:
    """Behind the item that begins at `start`: at its closing brace, or its semicolon."""
    depth = 0
    for at in count(start):
        sign = found[at].source
        depth += (sign in "([{") - (sign in ")]}")
        if depth == 0 and sign in ("}", ";"):
            return at + 1
    raise AssertionError


def texts(found: list[Token]) -> Iterator[tuple[str, str]]:
    """Each text with what it stands in, outermost first: `fn name`, `call#number of the argument`. A `concat!` is one text."""
    stack: list[tuple[str, int]] = []
    function = ""
    joined: list[str] | None = None
    for at, (source, value) in enumerate(found):
        if source in ("(", "[", "{"):
            stack.append((function if source == "{" and function else _called(found, at), 0))
            function = "" if source == "{" else function
            joined = [] if stack[-1][0] == "concat!" else joined
        elif source in (")", "]", "}"):
            name, _ = stack.pop()
            if name == "concat!" and joined is not None:
                yield _where(stack), re.sub(r"(?:\{\})+", "{}", "".join(joined))  # `stringify!($x)` is one hole
                joined = None
        elif source == "fn" or source == ";":
            function = f"fn {found[at + 1].source}" if source == "fn" else ""
        elif source == "," and stack:
            stack[-1] = (stack[-1][0], stack[-1][1] + 1)
        elif joined is not None:
            joined += [value] if value is not None else ["{}"] if stack[-1][0] == "concat!" else []
        elif value is not None:
            yield _where(stack), value


def _where(stack: list[tuple[str, int]]) -> str:
    return "/".join(name if name.startswith("fn ") else f"{name}#{number}" for name, number in stack if name)


def _called(found: list[Token], at: int) -> str:
    """The function or macro whose arguments begin at `at`; empty for a block."""
    before = found[max(0, at - 2) : at]
    if before and before[-1].source == "!":
        return f"{before[0].source}!"
    return before[-1].source if before and found[at].source != "{" and before[-1].source.isidentifier() else ""


def constants(source: str) -> dict[str, str]:
    """What `const NAME: … = …;` says, spaces taken out, of those that are no texts."""
    return {name: "".join(said.split()) for name, said in re.findall(r"\bconst (\w+):[^=]+=([^;\"]+);", source)}


def asserted(source: str) -> list[str]:
    """The conditions of `assert!(…);`, as a panic tells them."""
    return [" ".join(said.split()) for said in re.findall(r"\bassert!\(([^;]+?),?\s*\);", source)]


def read(release: str) -> dict[str, Any]:
    """What the files of a release say, by file."""
    folders, said = crates(release), {}
    for crate, patterns in FILES.items():
        for path in sorted(found for pattern in patterns for found in folders.get(crate, Path("/-")).glob(pattern)):
            source = path.read_text()
            said[f"{crate}/{path.relative_to(folders[crate])}"] = {
                "asserted": asserted(source), "constants": constants(source), "texts": list(texts(tokens(source)))
            }  # fmt: skip
    return said


def main() -> None:
    """Read every release, write one file."""
    with lzma.open(RECORDED, "wt", preset=9) as out:
        json.dump({release: read(release) for release in RELEASES}, out, sort_keys=True)


if __name__ == "__main__":
    main()
