"""Which rules of data/pyo3.toml a prediction asks for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from crossplan import pyo3


class Watched(pyo3.Rules):
    """Rules that note which of them are asked for."""

    __slots__ = ()
    seen: ClassVar[set[str]] = set()

    def __getattribute__(self, name: str) -> Any:
        Watched.seen.add(name)
        value = object.__getattribute__(self, name)
        return WatchedMessages(value) if name == "messages" else value


class WatchedMessages(dict[str, str]):
    """Messages that note which of them are asked for."""

    def __getitem__(self, name: str) -> str:
        Watched.seen.add(f"message {name}")
        return super().__getitem__(name)


@contextmanager
def watching() -> Iterator[None]:
    """Rules are watched for as long as the block runs."""
    plain = pyo3.Rules
    pyo3.Rules = Watched  # type: ignore[misc]
    _forget_rules()
    try:
        yield
    finally:
        pyo3.Rules = plain  # type: ignore[misc]
        _forget_rules()


def _forget_rules() -> None:
    for cached in (pyo3.find_rules, pyo3._rules, pyo3._closure):
        cached.cache_clear()


def forget_reads() -> None:
    """Begin a case: nothing is read, and no closure of features is known, which would hide that it is asked for."""
    Watched.seen.clear()
    pyo3._closure.cache_clear()
