"""The file of `inspect --resume`: answers as they come, one a line, and after a break only what is missing.

A line counts if it is whole and its root is in the list. A last line that was torn is taken off. Any other line means that
the file is of something else, and it is left as it is.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from crossplan.findings import SEVERITIES
from crossplan.matrix.roots import RootAnswer
from crossplan.report import VERSION, InspectWire

Inspect = Callable[[Iterable[str]], Iterator[RootAnswer]]


class ResumeError(ValueError):
    """A file that cannot be gone on with; the text says why."""


def resume(path: Path, roots: Sequence[str], inspect: Inspect) -> Iterator[RootAnswer]:
    """The answers for all roots, in order; `path` holds them all when the last has come. `OSError` where it cannot."""
    data = path.read_bytes() if path.exists() else b""
    kept = _kept(path, data, roots)
    chosen = [kept[root].popleft() if kept.get(root) else None for root in roots]
    fresh = inspect(root for root, answer in zip(roots, chosen) if answer is None)
    start = next((number for number, answer in enumerate(chosen) if answer is None), len(chosen))
    head = "".join(answer.line + "\n" for answer in chosen[:start] if answer is not None).encode()
    with path.open("r+b" if path.exists() else "xb") as file:
        if data[: len(head)] != head:
            file.write(head)
        file.truncate(len(head))
        file.seek(len(head))
        for number, answer in enumerate(chosen):
            answer = answer or next(fresh)
            if number >= start:
                file.write(answer.line.encode() + b"\n")
                file.flush()
            yield answer


def _kept(path: Path, data: bytes, roots: Sequence[str]) -> dict[str, deque[RootAnswer]]:
    """The answers that are there already, by root."""
    wanted = set(roots)
    kept: dict[str, deque[RootAnswer]] = {}
    *whole, torn = data.split(b"\n")
    for number, line in enumerate(whole, 1):
        answer = _read(line)
        if answer is None or answer.root not in wanted:
            what = "is no answer of inspect" if answer is None else f"is about {answer.root}, which is not in the list"
            raise ResumeError(f"{path}:{number}: {what}; give another file, or take that line out")
        kept.setdefault(answer.root, deque()).append(answer)
    if torn and not torn.startswith(b'{"findings": '[: len(torn)]):
        raise ResumeError(f"{path}:{len(whole) + 1}: is no answer of inspect; give another file, or take that line out")
    return kept


def _read(line: bytes) -> RootAnswer | None:
    """An answer, from its line; None for a line that is none."""
    try:
        text = line.decode("ascii")
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not document.keys() >= InspectWire.__annotations__.keys():
        return None
    root, verdict, findings = document["root"], document["verdict"], document["findings"]
    if document["version"] != VERSION or not isinstance(root, str) or not isinstance(findings, list):
        return None
    said = {finding.get("severity") for finding in findings if isinstance(finding, dict)}
    return RootAnswer(root, text, str(verdict), next((severity for severity in SEVERITIES if severity in said), None))
