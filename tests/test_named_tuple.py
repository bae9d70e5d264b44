"""The package's named tuples do what `typing.NamedTuple` does."""

from __future__ import annotations

import copy
import pickle
import typing
from typing import Any

import pytest

from enclint.named_tuple import NamedTuple


class Lean(NamedTuple):
    """Ours."""

    first: int
    second: str = "b"
    third: tuple[int, ...] = ()
    """Of the third field."""

    @property
    def twice(self) -> int:
        return self.first * 2

    def sum(self, further: int) -> int:
        return self.first + further


class Real(typing.NamedTuple):
    """Python's."""

    first: int
    second: str = "b"
    third: tuple[int, ...] = ()


class Nothing(NamedTuple):
    """Without fields."""


CALLS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((1,), {}),
    ((1, "x", (2,)), {}),
    ((), {"first": 1, "third": (3,)}),
    ((1,), {"second": "y"}),
]


@pytest.mark.parametrize(("arguments", "named"), CALLS)
def test_a_tuple_is_made_and_read_like_the_real_one(arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
    lean, real = Lean(*arguments, **named), Real(*arguments, **named)
    assert tuple(lean) == tuple(real)
    assert (lean.first, lean.second, lean.third) == (real.first, real.second, real.third)
    assert lean._asdict() == real._asdict()
    assert tuple(lean._replace(second="z")) == tuple(real._replace(second="z"))
    assert repr(lean) == repr(real).replace("Real", "Lean")
    assert hash(lean) == hash(real)


@pytest.mark.parametrize(
    ("arguments", "named"), [((), {}), ((1, 2, 3, 4), {}), ((1,), {"fourth": 1}), ((1,), {"first": 1})]
)
def test_wrong_arguments_are_refused(arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
    for made in (Lean, Real):
        with pytest.raises(TypeError):
            made(*arguments, **named)


def test_a_field_that_there_is_not_cannot_be_replaced() -> None:
    for made in (Lean(1), Real(1)):
        with pytest.raises((TypeError, ValueError)):
            made._replace(fourth=1)  # type: ignore[call-arg]


def test_nothing_can_be_set() -> None:
    for name in ("first", "fourth"):
        with pytest.raises(AttributeError):
            setattr(Lean(1), name, 2)


def test_methods_names_and_documentation_are_the_class_s_own() -> None:
    assert (Lean(2).twice, Lean(2).sum(1)) == (4, 3)
    assert (Lean.__name__, Lean.__module__, Lean.__doc__) == ("Lean", __name__, "Ours.")
    assert Lean._fields == Real._fields


def test_tuples_can_be_sent_and_copied() -> None:
    for each in (Lean(1, third=(2,)), Nothing()):
        sent = pickle.loads(pickle.dumps(each))
        assert (sent, sent.__class__) == (each, each.__class__)
        assert copy.copy(each) == each


def test_patterns_take_tuples_apart() -> None:
    match Lean(1, "x"):
        case Lean(first, second):
            assert (first, second) == (1, "x")
        case _:
            pytest.fail("it is one")
