"""Questions about the elements of a list: is there one, are all, where.

Source: https://developer.hashicorp.com/terraform/language/functions/contains and its siblings.
"""

from __future__ import annotations

from enclint.frontends.terraform.choices import ALWAYS, decide_equality, lifted
from enclint.frontends.terraform.functions import partials
from enclint.frontends.terraform.functions.signature import CallFault, Functions, Parameter
from enclint.frontends.terraform.types import BOOL, DYNAMIC, NUMBER, list_of
from enclint.frontends.terraform.values import boolean, equal, number
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import Choice, Known, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclint.frontends.terraform.functions.signature import Call
    from enclint.model.value import Value

FUNCTIONS: Final = Functions()
_define = FUNCTIONS.define

MAX_QUESTIONS: Final = 16
"""Up to so many comparisons of one unknown, `contains` asks which constant it equals."""


@_define("alltrue", Parameter("list", list_of(BOOL)), result=BOOL)
def alltrue(call: Call, arguments: list[Value]) -> Value:
    """`alltrue(list)`: a null is not true."""
    return _quantified(call, arguments, wanted=False)


@_define("anytrue", Parameter("list", list_of(BOOL)), result=BOOL)
def anytrue(call: Call, arguments: list[Value]) -> Value:
    """`anytrue(list)`."""
    return _quantified(call, arguments, wanted=True)


def _quantified(call: Call, arguments: list[Value], *, wanted: bool) -> Value:
    """`wanted` where one of the elements counts as that, its opposite where none does."""
    elements = arguments[0].data  # type: ignore[attr-defined]
    for element in elements:
        if isinstance(element, Known) and bool(element.data) is wanted:
            return boolean(wanted, call.span)
    if all(isinstance(element, Known) for element in elements):
        return boolean(not wanted, call.span)
    return partials.undecided(call, arguments)


@_define("contains", Parameter("list", DYNAMIC), Parameter("value", DYNAMIC, unknown=True), result=BOOL)
def contains(call: Call, arguments: list[Value]) -> Value:
    """`contains(list, value)`; of an unknown it asks which of the elements it equals."""
    collection, value = arguments
    if collection.type.kind not in ("list", "set", "tuple"):
        raise CallFault("argument must be list, tuple, or set")
    elements = collection.data  # type: ignore[attr-defined]
    answers = [equal(element, value) for element in elements]
    if True in answers:
        return boolean(True, call.span)
    if None not in answers:
        return boolean(False, call.span)
    question = _by_question(call, elements, value) if call.scope.choices == ALWAYS else None
    return question or partials.undecided(call, arguments)


def _by_question(call: Call, elements: Sequence[Value], value: Value) -> Value | None:
    """Whether an unknown equals one of some constants, as a choice between them."""
    if not elements or len(elements) > MAX_QUESTIONS or not isinstance(value, Unknown):
        return None
    answer: Value = boolean(False, call.span)
    for element in reversed(elements):
        if element.type != value.type:
            continue
        question = decide_equality(value, element, call.span)
        if question is None:
            return None
        answer = lifted(lambda one, rest: one if one.data else rest, [question, answer], call.span)
    return answer if isinstance(answer, Choice) else None


@_define("index", Parameter("list", DYNAMIC), Parameter("value", DYNAMIC), result=NUMBER)
def index(call: Call, arguments: list[Value]) -> Value:
    """`index(list, value)`: where the value stands first."""
    collection, value = arguments
    if collection.type.kind not in ("list", "tuple"):
        raise CallFault("argument must be a list or tuple")
    elements = collection.data  # type: ignore[attr-defined]
    if not elements:
        raise CallFault("cannot search an empty list")
    for position, element in enumerate(elements):
        is_equal = equal(element, value)
        if is_equal is None:
            return partials.undecided(call, arguments)
        if is_equal:
            return number(position, call.span)
    raise CallFault("item not found")
