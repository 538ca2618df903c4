"""Random choices that come out the same for the same seed, whatever the machine."""

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """The choices of one request. `wrong`: something may be damaged on purpose, which holds for two requests in five."""

    def __init__(self, seed: int, number: int) -> None:
        self._random = random.Random(f"{seed}-{number}")
        self.wrong = self._random.random() < 0.4

    def chance(self, probability: float) -> bool:
        """True that often."""
        return self._random.random() < probability

    def wrongly(self, probability: float) -> bool:
        """True that often where things may be wrong, else never."""
        return self.chance(probability) and self.wrong

    def one(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[int(self._random.random() * len(items))]

    def weighted(self, items: Mapping[T, float]) -> T:
        """One of the items, each as often as its number says."""
        at = self._random.random() * sum(items.values())
        for item, weight in items.items():
            at -= weight
            if at < 0:
                return item
        return list(items)[-1]  # by rounding

    def some(self, items: Sequence[T], probability: float) -> list[T]:
        """Those of the items that come up, in their order."""
        return [item for item in items if self.chance(probability)]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """All of the items, in any order."""
        return [item for _, item in sorted(((self._random.random(), item) for item in items), key=lambda pair: pair[0])]

    def between(self, low: int, high: int) -> int:
        """A number, both ends included."""
        return low + int(self._random.random() * (high - low + 1))
