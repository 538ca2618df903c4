"""A record behaves as a frozen dataclass: its first instances, and those of a compiled `__init__`."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from functools import cached_property
from typing import Any

import pytest

from crossplan.record import field, record, replace


@record
class Point:
    """A place."""

    x: int
    y: int = 0
    tags: dict[str, int] = field(default_factory=dict)


@record
class Even:
    """A number that is checked, and halved when somebody asks."""

    value: int

    def __post_init__(self) -> None:
        if self.value % 2:
            raise ValueError("odd")

    @cached_property
    def half(self) -> int:
        return self.value // 2


@record(frozen=False)
class Draft:
    """A record that is filled in later."""

    lines: list[str] = field(default_factory=list)


@record(slots=True)
class Narrow:
    """A record of which there are many."""

    x: int
    y: int = 0


MANY = range(60)  # more than are made by hand


@pytest.mark.parametrize("_", MANY)
def test_fields_and_defaults(_: int) -> None:
    point, other = Point(1), Point(x=1, y=0)
    assert (point.x, point.y, point.tags) == (1, 0, {})
    assert point.tags is not other.tags
    assert point == other != Point(1, 2)
    assert repr(Point(1, tags={"a": 1})) == "Point(x=1, y=0, tags={'a': 1})"
    assert hash(Even(4)) == hash(Even(4))


def test_a_record_with_slots_has_no_dictionary() -> None:
    narrow = Narrow(1)
    assert not hasattr(narrow, "__dict__") and hasattr(Point(1), "__dict__")
    assert (narrow, replace(narrow, y=2), pickle.loads(pickle.dumps(narrow))) == (Narrow(1, 0), Narrow(1, 2), narrow)


@pytest.mark.parametrize("_", MANY)
@pytest.mark.parametrize("arguments", [((), {}), ((1, 2, {}, 4), {}), ((1,), {"x": 1}), ((1,), {"z": 1})])
def test_arguments_that_do_not_fit(arguments: tuple[Any, Any], _: int) -> None:
    args, kwargs = arguments

    @record
    class Fresh:
        x: int
        y: int = 0
        z2: int = 0

    with pytest.raises(TypeError):
        Fresh(*args, **kwargs)


@pytest.mark.parametrize("_", MANY)
def test_what_is_frozen_stays(_: int) -> None:
    point: Any = Point(1)
    with pytest.raises(AttributeError):
        point.x = 2
    with pytest.raises(AttributeError):
        del point.x
    with pytest.raises(AttributeError):
        point.other = 2
    draft = Draft()
    draft.lines = ["a"]
    assert draft == Draft(["a"])


@pytest.mark.parametrize("_", MANY)
def test_checks_and_cached_properties(_: int) -> None:
    with pytest.raises(ValueError, match="odd"):
        Even(3)
    even = Even(4)
    assert (even.half, even.half) == (2, 2)


def test_it_is_a_dataclass_to_others() -> None:
    point = Point(1, 2)
    assert dataclasses.is_dataclass(point)
    assert [item.name for item in dataclasses.fields(point)] == ["x", "y", "tags"]
    assert dataclasses.asdict(point) == {"x": 1, "y": 2, "tags": {}}
    assert dataclasses.replace(point, y=3) == replace(point, y=3) == Point(1, 3)
    assert copy.copy(point) == copy.deepcopy(point) == pickle.loads(pickle.dumps(point)) == point
    match point:
        case Point(1, y):
            assert y == 2
        case _:
            pytest.fail("does not match by position")


def test_a_record_has_no_record_below_it() -> None:
    with pytest.raises(TypeError, match="does not inherit"):

        @record
        class Sub(Point):
            z: int
