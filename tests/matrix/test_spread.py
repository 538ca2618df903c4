"""Work spread over processes: answers in the order of the work, and none lost when a process ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crossplan.matrix.spread import AHEAD, Workers, spread
from tests.matrix import work


@pytest.mark.parametrize("jobs", [1, 2])
def test_answers_come_in_the_order_of_the_work(jobs: int) -> None:
    assert list(spread(work.double, range(20), Workers(jobs), work.lost)) == [2 * n for n in range(20)]


def test_a_list_without_end_is_taken_as_far_as_it_is_needed() -> None:
    taken = 0

    def endless() -> Iterator[int]:
        nonlocal taken
        while True:
            yield taken
            taken += 1

    answers = spread(work.double, endless(), Workers(2), work.lost)
    assert [next(answers) for _ in range(5)] == [0, 2, 4, 6, 8]
    assert taken <= 5 + 2 * AHEAD
    answers.close()  # type: ignore[attr-defined]


def test_an_item_that_ends_its_process_is_answered_and_passed() -> None:
    answers = list(spread(work.die_at_three, range(12), Workers(2), work.lost))
    assert answers == [-1 if n == 3 else 2 * n for n in range(12)]


def test_a_process_that_ends_once_costs_no_answer(tmp_path: Path) -> None:
    items = [(str(tmp_path), n) for n in range(12)]
    assert list(spread(work.die_once, items, Workers(2), work.lost)) == [2 * n for n in range(12)]
    assert (tmp_path / "died").exists()


def test_what_the_work_raises_comes_out() -> None:
    with pytest.raises(TypeError):
        list(spread(work.double, [1, None], Workers(2), work.lost))  # type: ignore[list-item]
