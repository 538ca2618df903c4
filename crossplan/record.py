"""`record`: a frozen dataclass whose class costs next to nothing to make.

`dataclasses.dataclass(frozen=True)` writes six methods as text and compiles them: 0.7 ms a class with Python
3.11, some 60 ms for the classes that `crossplan env` needs, as much as PyO3's own answer takes. Records share their
methods, and only `__init__` is compiled, for a class that has more than a few instances. In all else a record is a
dataclass: for type checkers, for `match`, for `dataclasses.fields`, `replace` and `asdict`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")
_MISSING: Any = object()
_BY_HAND = 50  # instances of a class until compiling its `__init__` pays


class _Factory:
    """A default that is made for each instance."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def field(*, default_factory: Callable[[], T]) -> T:
    """A field whose default is made for each instance."""
    made: Any = _Factory(default_factory)
    return made  # type: ignore[no-any-return]


@overload
def record(cls: type[T], /) -> type[T]: ...
@overload
def record(*, frozen: bool = True, slots: bool = False) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: Any = None, /, *, frozen: bool = True, slots: bool = False) -> Any:
    """Make a class with annotated fields a record; with slots, which make another class of it, one of which there are many."""
    return _make(cls, frozen, slots) if cls is not None else lambda it: _make(it, frozen, slots)


def _make(cls: type, frozen: bool, slots: bool) -> type:
    if any("__dataclass_fields__" in vars(base) for base in cls.__mro__):
        raise TypeError(f"{cls.__name__}: a record does not inherit from another")
    own = vars(cls)
    names = tuple(own.get("__annotations__", ()))
    defaults = {name: own.get(name, _MISSING) for name in names}
    shared: dict[str, Any] = {"__eq__": _equal, "__repr__": _text, "__reduce__": _reduce, "__match_args__": names}
    shared |= {"__hash__": _hash, "__setattr__": _refuse, "__delattr__": _refuse} if frozen else {"__hash__": None}
    given = {name: value for name, value in shared.items() if name not in own}
    given |= {"__init__": _first_init(defaults, frozen), "__dataclass_fields__": _Fields()}
    if slots:
        apart = (*names, "__dict__", "__weakref__")
        space = {name: value for name, value in own.items() if name not in apart}
        return type(cls)(cls.__name__, cls.__bases__, {**space, **given, "__slots__": names})
    for name, value in given.items():
        setattr(cls, name, value)
    return cls


def _first_init(defaults: dict[str, Any], frozen: bool) -> Callable[..., None]:
    """An `__init__` for the first instances. Then, or where arguments do not fit, it puts a compiled one in its place."""
    left = _BY_HAND

    def __init__(self: Any, /, *args: Any, **kwargs: Any) -> None:
        nonlocal left
        left -= 1
        given = {**dict(zip(defaults, args)), **kwargs}
        values = {**defaults, **given}
        plain = len(given) == len(args) + len(kwargs) and len(values) == len(defaults)
        if left < 0 or not plain or any(value is _MISSING for value in values.values()):
            type(self).__init__ = _compile_init(type(self), defaults, frozen)
            return type(self).__init__(self, *args, **kwargs)  # type: ignore[no-any-return]
        for name, value in values.items():
            object.__setattr__(self, name, value.make() if type(value) is _Factory else value)
        if hasattr(self, "__post_init__"):
            self.__post_init__()

    return __init__


def _compile_init(cls: type, defaults: dict[str, Any], frozen: bool) -> Callable[..., None]:
    parameters, lines = [], []
    for name, default in defaults.items():
        parameters.append(name if default is _MISSING else f"{name}=_defaults[{name!r}]")
        made = f"_defaults[{name!r}].make() if {name} is _defaults[{name!r}] else " if type(default) is _Factory else ""
        lines.append(f"_set(self, {name!r}, {made}{name})" if frozen else f"self.{name} = {made}{name}")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    text = f"def __init__(self, {', '.join(parameters)}):\n " + "\n ".join(lines or ["pass"])
    space: dict[str, Any] = {"_defaults": defaults, "_set": object.__setattr__}
    exec(text, space)  # noqa: S102 - names of fields, as dataclasses does it
    init: Callable[..., None] = space["__init__"]
    return init


def replace(instance: T, /, **changes: Any) -> T:
    """A copy with other values in some fields."""
    cls: Any = type(instance)
    kept = {name: getattr(instance, name) for name in cls.__match_args__ if name not in changes}
    copy: T = cls(**kept, **changes)
    return copy


def _values(self: Any) -> list[Any]:
    return [getattr(self, name) for name in self.__match_args__]


def _equal(self: Any, other: object) -> bool:
    return _values(self) == _values(other) if other.__class__ is self.__class__ else NotImplemented


def _hash(self: Any) -> int:
    return hash(tuple(_values(self)))


def _text(self: Any) -> str:
    return f"{type(self).__qualname__}({', '.join(f'{n}={getattr(self, n)!r}' for n in self.__match_args__)})"


def _reduce(self: Any) -> tuple[type, tuple[Any, ...]]:
    return type(self), tuple(_values(self))


def _refuse(self: Any, name: str, *_: object) -> None:
    raise AttributeError(f"{name} of a frozen {type(self).__name__} cannot be changed")


class _Fields:
    """`__dataclass_fields__` of a record, made when somebody asks."""

    def __get__(self, _: object, owner: Any) -> dict[str, Any]:
        from dataclasses import make_dataclass

        like: Any = make_dataclass(owner.__name__, owner.__match_args__)
        return dict(like.__dataclass_fields__)
