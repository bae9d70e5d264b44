"""Functions of sets. Source: https://developer.hashicorp.com/terraform/language/functions/setunion and its siblings."""

from __future__ import annotations

from itertools import product
from math import prod

from enclint.frontends.terraform.convert import convert
from enclint.frontends.terraform.functions import partials
from enclint.frontends.terraform.functions.lengths import known_length
from enclint.frontends.terraform.functions.signature import (
    ArgumentFault,
    CallFault,
    Functions,
    Parameter,
    check_elements,
)
from enclint.frontends.terraform.refinements import settle
from enclint.frontends.terraform.types import DYNAMIC, Type, list_of, set_of, tuple_of
from enclint.frontends.terraform.unify import unify
from enclint.frontends.terraform.values import (
    UNDECIDED,
    drop_mark,
    list_value,
    set_key,
    set_value,
    tuple_value,
    unknown_because,
)
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import HAS_CHOICE, Known

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from enclint.frontends.terraform.functions.signature import Call
    from enclint.lean_typing import Any
    from enclint.model.value import Value

FUNCTIONS: Final = Functions()
_define = FUNCTIONS.define


def _any_set(name: str) -> Parameter:
    return Parameter(name, set_of(DYNAMIC))


def _common_set(arguments: Sequence[Value]) -> Type:
    """The set type that all arguments convert to; empty sets of nothing in particular do not count."""
    elements: list[Type] = []
    for argument in arguments:
        element: Type = argument.type.element
        if not (isinstance(argument, Known) and not argument.data and element.kind == "dynamic"):
            elements.append(element)
    if not elements:
        return set_of(DYNAMIC)
    shared = unify(elements)
    if shared is None:
        raise CallFault("given sets must all have compatible element types")
    return set_of(shared)


def _converted(call: Call, arguments: Sequence[Value]) -> list[list[Value]]:
    return [convert(argument, call.type).data for argument in arguments]  # type: ignore[attr-defined]


def _set_of(call: Call, elements: Sequence[Value]) -> Value:
    element_type = call.type.element or DYNAMIC
    if element_type.kind == "dynamic" and elements:
        element_type = unify([element.type for element in elements]) or DYNAMIC
    return set_value(elements, element_type, call.span)


@_define("setunion", _any_set("first_set"), variadic=_any_set("other_sets"), result=_common_set)
def setunion(call: Call, arguments: list[Value]) -> Value:
    """`setunion(sets...)`: the elements of any."""
    elements = [element for each in _converted(call, arguments) for element in each]
    check_elements(len(elements))
    return _set_of(call, elements)


@_define("setintersection", _any_set("first_set"), variadic=_any_set("other_sets"), result=_common_set)
def setintersection(call: Call, arguments: list[Value]) -> Value:
    """`setintersection(sets...)`: the elements of all."""
    return _selected(call, arguments, lambda key, others: all(key in other for other in others))


@_define("setsubtract", _any_set("a"), _any_set("b"), result=_common_set)
def setsubtract(call: Call, arguments: list[Value]) -> Value:
    """`setsubtract(a, b)`: the elements of the first that the second lacks."""
    return _selected(call, arguments, lambda key, others: key not in others[0])


def _selected(call: Call, arguments: list[Value], is_wanted: Callable[[Any, list[set[Any]]], bool]) -> Value:
    """The elements of the first set that are wanted, given the keys of the others."""
    if any(argument.flags & UNDECIDED for argument in arguments):
        return partials.undecided(call, arguments)
    first, *others = _converted(call, arguments)
    keys = [{set_key(element) for element in other} for other in others]
    return _set_of(call, [element for element in first if is_wanted(set_key(element), keys)])


def _product_type(arguments: Sequence[Value]) -> Type:
    if len(arguments) < 2:
        raise CallFault("at least two arguments are required")
    elements = [_factor_type(argument.type, position) for position, argument in enumerate(arguments)]
    has_order = all(argument.type.kind != "set" for argument in arguments)
    return (list_of if has_order else set_of)(tuple_of(tuple(elements)))


def _factor_type(type: Type, position: int) -> Type:
    if type.kind in ("list", "set"):
        return type.element or DYNAMIC
    if type.kind != "tuple":
        raise ArgumentFault(position, "a set or a list is required")
    if not type.elements:
        return DYNAMIC
    shared = unify(type.elements)
    if shared is None:
        raise ArgumentFault(position, "all elements must be of the same type")
    return shared


@_define(
    "setproduct",
    variadic=Parameter("sets", DYNAMIC, unknown=True, marked=True),
    result=_product_type,
    holds_choices=True,
)
def setproduct(call: Call, arguments: list[Value]) -> Value:
    """`setproduct(sets...)`: all combinations; a list if none of the arguments is a set."""
    lengths = [known_length(argument) for argument in arguments]
    if None in lengths:
        result = partials.undecided(call, arguments)
        return result if call.scope.choices else drop_mark(result)
    total = prod(length for length in lengths if length is not None)
    if not all(isinstance(argument, Known) for argument in arguments):
        refinement = {"not_null": True, "min_length": min(total, 1), "max_length": total}
        result = unknown_because(arguments, call.type, call.span, refinement=refinement)
        if not call.scope.choices:
            drop_mark(result)
        return settle(result)
    check_elements(total)
    if call.type.kind == "set" and any(argument.flags & HAS_CHOICE for argument in arguments):
        from enclint.frontends.terraform.functions.scenarios import decided

        return decided(lambda cases: _combined(call, cases), arguments, call.span)
    return _combined(call, arguments)


def _combined(call: Call, arguments: list[Value]) -> Value:
    row_type = call.type.element or DYNAMIC
    factors = [
        [convert(element, wanted) for element in argument.data]  # type: ignore[attr-defined]
        for argument, wanted in zip(arguments, row_type.elements, strict=True)
    ]
    rows = [tuple_value(row, call.span) for row in product(*factors)]
    if rows and row_type.has_dynamic:
        row_type = unify([row.type for row in rows]) or row_type
    if call.type.kind == "list":
        return list_value(rows, row_type, call.span)
    return set_value(rows, row_type, call.span)
