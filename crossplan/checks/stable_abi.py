"""Whether a module that claims the stable ABI keeps to it (PEP 384; the list is CPython's `Misc/stable_abi.toml`)."""

from __future__ import annotations

from collections.abc import Iterator

from crossplan.checks.subject import Subject, finding
from crossplan.findings import Finding
from crossplan.python import PythonVersion

_SHOWN = 4


def beyond_stable_abi(subject: Subject) -> Iterator[Finding]:
    """XP709, and XP715 where the list is not installed."""
    symbols = subject.file.symbols
    if subject.stable is None or symbols is None or not symbols.imports:
        return
    try:
        import abi3info
        from abi3info.models import Symbol
    except ImportError:
        yield finding(
            "stable-abi-not-checked",
            "note",
            subject,
            f"says that it keeps to the stable ABI ({subject.stable}); that was not checked",
            "Install the list of its symbols: pip install 'crossplan[check]'.",
        )
        return
    outside, newer = [], []
    floor = subject.claim.version if subject.claim.stable else None
    for name in symbols.imports:
        known = abi3info.FUNCTIONS.get(Symbol(name)) or abi3info.DATAS.get(Symbol(name))
        if known is None:
            outside.append(name)
        elif floor is not None and PythonVersion(known.added.major, known.added.minor) > floor:
            newer.append(f"{name} ({known.added.major}.{known.added.minor})")
    if outside:
        yield finding(
            "beyond-stable-abi",
            "error",
            subject,
            f"says that it keeps to the stable ABI ({subject.stable}), and uses {_listed(outside)}",
            "Build it for one version of Python, without the feature abi3, or leave out what needs these functions.",
            "imports",
        )
    if newer:
        yield finding(
            "beyond-stable-abi",
            "error",
            subject,
            f"is to run from Python {floor} on, and uses what was added later: {_listed(newer)}",
            "Raise the feature to that version (abi3-py3X), so that the tag says so too.",
            "imports",
        )


def _listed(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
