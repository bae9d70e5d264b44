"""How many elements or characters there are.

Source: https://developer.hashicorp.com/terraform/language/functions/length
"""

from __future__ import annotations

from enclint.frontends.terraform.functions import partials
from enclint.frontends.terraform.functions.signature import CallFault, Functions, Parameter
from enclint.frontends.terraform.refinements import length_range, number_range
from enclint.frontends.terraform.types import DYNAMIC, NUMBER
from enclint.frontends.terraform.values import number, unknown_because, unmark
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import Known, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclint.frontends.terraform.functions.signature import Call
    from enclint.frontends.terraform.types import Type
    from enclint.model.value import Value

FUNCTIONS: Final = Functions()


def known_length(value: Value) -> int | None:
    """How many elements a sequence has; None where that is not decided."""
    if value.type.kind == "tuple":
        return len(value.type.elements)
    if not isinstance(value, Known):
        return None
    low, high = length_range(value)
    return low if low == high else None


def _length_type(arguments: Sequence[Value]) -> Type:
    kind = arguments[0].type.kind
    if kind not in ("string", "tuple", "object", "list", "map", "set", "dynamic"):
        raise CallFault("argument must be a string, a collection type, or a structural type")
    return NUMBER


@FUNCTIONS.define(
    "length",
    Parameter("value", DYNAMIC, unknown=True, untyped=True, marked=True),
    result=_length_type,
    holds_choices=True,
)
def length(call: Call, arguments: list[Value]) -> Value:
    """`length(value)`: user-perceived characters, elements or attributes."""
    (value,) = arguments
    type: Type = value.type
    if type.kind == "tuple":
        return number(len(type.elements), call.span)
    if type.kind == "object":
        return number(len(type.attributes), call.span)
    if type.kind == "string":
        return _text_length(call, value)
    if type.kind == "dynamic":
        return partials.undecided(call, arguments)
    low, high = length_range(value)
    if low == high:
        return number(low, call.span)
    return unknown_because([unmark(value)], NUMBER, call.span, refinement=number_range(low, high))


def _text_length(call: Call, value: Value) -> Value:
    from enclint.frontends.terraform.functions.graphemes import count

    if isinstance(value, Known):
        return number(count(value.data), call.span)
    refinement = (value.refinement if isinstance(value, Unknown) else None) or {}
    least = count(refinement.get("prefix", ""))
    return unknown_because([value], NUMBER, call.span, refinement={"not_null": True, "min": (least, True)})
