"""Functions of lists, tuples and sets.

Source: https://developer.hashicorp.com/terraform/language/functions/concat and its siblings. Elements are passed on
as they are, with the place and the way that they came.
"""

from __future__ import annotations

from enclint.frontends.terraform import numbers
from enclint.frontends.terraform.convert import convert
from enclint.frontends.terraform.functions import partials
from enclint.frontends.terraform.functions.integers import NOT_WHOLE, is_whole, whole_number
from enclint.frontends.terraform.functions.lengths import known_length
from enclint.frontends.terraform.functions.signature import (
    MAX_ELEMENTS,
    ArgumentFault,
    CallFault,
    Functions,
    Parameter,
    check_elements,
    number,
)
from enclint.frontends.terraform.numbers import compare
from enclint.frontends.terraform.refinements import length_bounds, length_range, settle
from enclint.frontends.terraform.types import DYNAMIC, NUMBER, STRING, Type, list_of, tuple_of
from enclint.frontends.terraform.unify import unify
from enclint.frontends.terraform.values import (
    UNDECIDED,
    drop_mark,
    equal,
    is_null,
    iterate,
    list_value,
    null,
    set_key,
    tuple_value,
    unknown_because,
)
from enclint.frontends.terraform.values import number as number_value
from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.value import HAS_CHOICE, HAS_UNKNOWN, Choice, Known, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclint.frontends.terraform.functions.signature import Call
    from enclint.model.value import Value

FUNCTIONS: Final = Functions()
_define = FUNCTIONS.define

_SEQUENCES: Final = ("list", "set", "tuple")
MAX_RANGE: Final = 1024
"""Terraform's own limit, https://developer.hashicorp.com/terraform/language/functions/range"""


def _any_list(name: str) -> Parameter:
    return Parameter(name, list_of(DYNAMIC))


def _collection(name: str) -> Parameter:
    """A parameter that takes any collection and leaves its elements alone."""
    return Parameter(name, DYNAMIC, marked=True)


def _first_type(arguments: Sequence[Value]) -> Type:
    type: Type = arguments[0].type
    return type


def _elements(value: Value) -> list[Value]:
    elements: list[Value] = value.data  # type: ignore[attr-defined]
    return elements


# One element ----------------------------------------------------------------------------------------------------------


def _element_type(arguments: Sequence[Value]) -> Type:
    collection, at = arguments
    type: Type = collection.type
    if type.kind == "list":
        return type.element or DYNAMIC
    if type.kind != "tuple":
        raise CallFault(f"cannot read elements from {type.name}")
    if not isinstance(at, Known):
        return DYNAMIC
    position = whole_number(at.data, "invalid index")
    if not type.elements:
        raise CallFault("cannot use element function with an empty list")
    return type.elements[_wrapped(position, len(type.elements))]


def _wrapped(position: int, length: int) -> int:
    """A tuple's index, counted around. A negative one that is no multiple of the length crashes Terraform."""
    if position < 0 and position % length:
        crash = position % length - length
        raise CallFault(f"panic in function implementation: runtime error: index out of range [{crash}]")
    return position % length


@_define("element", _collection("list"), number("index"), result=_element_type, not_null=False, holds_choices=True)
def element(call: Call, arguments: list[Value]) -> Value:  # noqa: ARG001
    """`element(list, index)`: beyond the last comes the first again."""
    collection, at = arguments
    position = whole_number(at.data, "invalid index")  # type: ignore[attr-defined]
    elements = _elements(collection)
    if not elements:
        raise CallFault("cannot use element function with an empty list")
    return elements[position % len(elements)]


_NOT_ONE: Final = "must be a list, set, or tuple value with either zero or one elements"


def _one_type(arguments: Sequence[Value]) -> Type:
    type: Type = arguments[0].type
    if type.kind in ("list", "set"):
        return type.element or DYNAMIC
    if type.kind != "tuple" or len(type.elements) > 1:
        raise ArgumentFault(0, _NOT_ONE)
    return type.elements[0] if type.elements else DYNAMIC


@_define("one", Parameter("list", DYNAMIC), result=_one_type, not_null=False, holds_choices=True)
def one(call: Call, arguments: list[Value]) -> Value:
    """`one(list)`: the only element, null if there is none."""
    elements = _elements(arguments[0])
    count = known_length(arguments[0])
    if count is None:
        return partials.undecided(call, arguments, not_null=False)
    if count > 1:
        raise ArgumentFault(0, _NOT_ONE)
    return elements[0] if elements else null(call.type, call.span)


def _coalesced_type(arguments: Sequence[Value]) -> Type:
    if not arguments:
        raise CallFault("at least one argument is required")
    for argument in arguments:
        if isinstance(argument, Unknown):
            return DYNAMIC
        if argument.type.kind not in ("list", "tuple"):
            raise CallFault("coalescelist arguments must be lists or tuples")
    first: Type = arguments[0].type
    return first if all(argument.type == first for argument in arguments) else DYNAMIC


@_define(
    "coalescelist",
    variadic=Parameter("vals", DYNAMIC, null=True, unknown=True, untyped=True),
    result=_coalesced_type,
    not_null=False,
    holds_choices=True,
)
def coalescelist(call: Call, arguments: list[Value]) -> Value:
    """`coalescelist(lists...)`: the first that has elements."""
    for argument in arguments:
        if isinstance(argument, Unknown):
            return partials.undecided(call, [argument], not_null=False)
        if not is_null(argument) and _elements(argument):
            return argument
    raise CallFault("no non-null arguments")


# Other sequences of the same elements ---------------------------------------------------------------------------------


@_define("chunklist", Parameter("list", list_of(DYNAMIC), marked=True), Parameter("size", NUMBER, marked=True),
         result=lambda arguments: list_of(arguments[0].type), holds_choices=True)  # fmt: skip
def chunklist(call: Call, arguments: list[Value]) -> Value:
    """`chunklist(list, size)`: 0 makes one chunk."""
    elements = _elements(arguments[0])
    type: Type = arguments[0].type
    size = whole_number(arguments[1].data, "invalid size")  # type: ignore[attr-defined]
    if size < 0:
        raise CallFault("the size argument must be positive")
    size = size or max(len(elements), 1)
    element_type = type.element or DYNAMIC
    chunks = [elements[start : start + size] for start in range(0, len(elements), size)]
    return list_value([list_value(chunk, element_type, call.span) for chunk in chunks], type, call.span)


@_define("compact", Parameter("list", list_of(STRING)), result=list_of(STRING))
def compact(call: Call, arguments: list[Value]) -> Value:
    """`compact(list)`: without nulls and empty strings. Where more may be known than a plan knows, an unknown element
    is kept that is certainly neither.
    """
    if not isinstance(arguments[0], Known):
        return partials.undecided(call, arguments)
    kept: list[Value] = []
    for element in _elements(arguments[0]):
        if isinstance(element, Unknown) and not (call.scope.choices and partials.is_something(element)):
            return partials.undecided(call, arguments)
        if not isinstance(element, Known) or element.data:
            kept.append(element)
    return list_value(kept, STRING, call.span)


def _concatenated_type(arguments: Sequence[Value]) -> Type:
    if not arguments:
        raise CallFault("at least one argument is required")
    types: list[Type] = [argument.type for argument in arguments]
    if all(type.kind == "list" for type in types):
        shared = unify(types)
        if shared is not None:
            return shared
    elements: list[Type] = []
    if sum([len(type.elements) for type in types]) > MAX_ELEMENTS:
        return DYNAMIC  # which is not built, as `concat` will say
    for position, (argument, type) in enumerate(zip(arguments, types, strict=True)):
        if type.kind == "tuple":
            elements.extend(type.elements)
        elif type.kind != "list":
            raise ArgumentFault(position, f"all arguments must be lists or tuples; got {type.name}")
        elif not isinstance(argument, Known):
            return DYNAMIC
        else:
            elements.extend([each.type for each in argument.data or ()])
    return tuple_of(tuple(elements))


@_define("concat", variadic=_collection("seqs"), result=_concatenated_type, holds_choices=True)
def concat(call: Call, arguments: list[Value]) -> Value:
    """`concat(lists...)`: a list if all are lists of one type, else a tuple."""
    elements = [element for argument in arguments for element in _elements(argument)]
    check_elements(len(elements))
    if call.type.kind == "tuple":
        return tuple_value(elements, call.span)
    wanted = call.type.element or DYNAMIC
    converted = [convert(element, wanted) for element in elements]
    if wanted.kind == "dynamic" and converted:
        wanted = unify([element.type for element in converted]) or DYNAMIC
    return list_value(converted, wanted, call.span)


@_define("distinct", _any_list("list"), result=_first_type)
def distinct(call: Call, arguments: list[Value]) -> Value:
    """`distinct(list)`: each element once, in the order of their first places."""
    (collection,) = arguments
    if collection.flags & UNDECIDED:
        return partials.undecided(call, arguments)
    first: dict[Any, Value] = {}
    for element in _elements(collection):
        first.setdefault(set_key(element), element)
    return list_value(list(first.values()), collection.type.element, call.span)


@_define("flatten", _collection("list"), result=DYNAMIC, holds_choices=True)
def flatten(call: Call, arguments: list[Value]) -> Value:
    """`flatten(list)`: a tuple, in which lists in lists are replaced by their elements."""
    (collection,) = arguments
    if collection.type.kind in ("map", "object") and collection.flags & HAS_UNKNOWN:
        # A quirk: what is not wholly known is not checked, and taken for the list of its values.
        values = [element for _, element in iterate(collection)]  # type: ignore[arg-type]
        return flatten(call, [tuple_value(values)])
    if collection.type.kind not in _SEQUENCES:
        raise CallFault("can only flatten lists, sets and tuples")
    if collection.flags & HAS_CHOICE and _has_undecided_lists(collection):
        from enclint.frontends.terraform.functions.scenarios import decided

        return decided(lambda cases: flatten(call, cases), arguments, call.span)
    elements: list[Value] = []
    marks: list[Value] = []
    if _flatten_into(elements, collection, marks):
        result: Value = tuple_value(elements, call.span)
    else:
        result = partials.undecided(call, arguments)
        result = result if call.scope.choices else drop_mark(result)
    if marks:
        from enclint.frontends.terraform.values import sensitive

        return sensitive(result)
    return result


def _flatten_into(elements: list[Value], collection: Value, marks: list[Value]) -> bool:
    """Add the elements of a collection and of those in it; False if one is not known well enough."""
    if known_length(collection) is None:
        return False
    for element in _elements(collection):
        if element.type.kind not in (*_SEQUENCES, "dynamic") or is_null(element):
            elements.append(element)
        elif isinstance(element, Unknown):
            return False
        else:
            if element.sensitive:
                marks.append(element)
            if not _flatten_into(elements, element, marks):
                return False
        check_elements(len(elements))
    return True


def _has_undecided_lists(collection: Value) -> bool:
    """Whether one of the elements, or of the lists among them, is a Choice that may be a list."""
    if not isinstance(collection, Known):
        return False
    for element in _elements(collection):
        if isinstance(element, Choice):
            if element.type.kind in (*_SEQUENCES, "dynamic"):
                return True
        elif element.type.kind in _SEQUENCES and element.flags & HAS_CHOICE and _has_undecided_lists(element):
            return True
    return False


def _matched_type(arguments: Sequence[Value]) -> Type:
    if unify([arguments[1].type, arguments[2].type]) is None:
        raise CallFault("keys and searchset must be of the same type")
    return _first_type(arguments)


@_define("matchkeys", _any_list("values"), _any_list("keys"), _any_list("searchset"), result=_matched_type)
def matchkeys(call: Call, arguments: list[Value]) -> Value:
    """`matchkeys(values, keys, searchset)`: the values whose keys are in the set."""
    shared = unify([arguments[1].type, arguments[2].type]) or DYNAMIC
    values = _elements(arguments[0])
    keys, wanted = (_elements(convert(argument, shared)) for argument in arguments[1:])
    if len(values) != len(keys):
        raise CallFault("length of keys and values should be equal")
    element_type: Type = arguments[0].type.element
    if not wanted:
        return list_value([], element_type, call.span)
    if (arguments[0].flags | arguments[1].flags) & UNDECIDED:
        return partials.undecided(call, arguments)
    matched: list[Value] = []
    for value, key in zip(values, keys, strict=True):
        answers = [equal(key, each) for each in wanted]
        if None in answers and True not in answers[: answers.index(None)]:
            # Terraform's own answer where a wanted key is not known yet.
            return list_value([], element_type, call.span)
        if True in answers:
            matched.append(value)
    return list_value(matched, element_type, call.span)


def _reversed_type(arguments: Sequence[Value]) -> Type:
    type: Type = arguments[0].type
    if type.kind == "tuple":
        return tuple_of(tuple(reversed(type.elements)))
    if type.kind not in ("list", "set"):
        raise ArgumentFault(0, f"can only reverse list or tuple values, not {type.name}")
    return list_of(type.element or DYNAMIC)


@_define("reverse", _collection("list"), result=_reversed_type, holds_choices=True)
def reverse(call: Call, arguments: list[Value]) -> Value:
    """`reverse(list)`."""
    return Known(_elements(arguments[0])[::-1], call.span, call.type)


def _sliced_type(arguments: Sequence[Value]) -> Type:
    type: Type = arguments[0].type
    if type.kind == "set":
        raise ArgumentFault(
            0,
            "cannot slice a set, because its elements do not have indices; explicitly convert to a list if the "
            "ordering of the result is not important",
        )
    if type.kind not in ("list", "tuple"):
        raise ArgumentFault(0, "must be a list or tuple value")
    start, end = _slice_bounds(arguments)
    if type.kind == "list":
        return type
    return DYNAMIC if start is None or end is None else tuple_of(type.elements[start:end])


def _slice_bounds(arguments: Sequence[Value]) -> tuple[int | None, int | None]:
    """The checked bounds of a slice; None for one that is not known."""
    count = known_length(arguments[0])
    start = _slice_bound(arguments, 1, "start", count)
    end = _slice_bound(arguments, 2, "end", count)
    if start is not None and end is not None and start > end:
        raise ArgumentFault(1, "start index must not be greater than end index")
    return start, end


def _slice_bound(arguments: Sequence[Value], position: int, which: str, count: int | None) -> int | None:
    bound = arguments[position]
    if not isinstance(bound, Known):
        return None
    if not is_whole(bound.data):
        raise ArgumentFault(position, f"invalid {which} index: {NOT_WHOLE}")
    if bound.data < 0:
        raise ArgumentFault(position, f"{which} index must not be less than zero")
    if count is not None and bound.data > count:
        raise ArgumentFault(position, f"{which} index must not be greater than the length of the list")
    return int(bound.data)


@_define(
    "slice", _collection("list"), number("start_index"), number("end_index"), result=_sliced_type, holds_choices=True
)
def slice_of(call: Call, arguments: list[Value]) -> Value:
    """`slice(list, start, end)`: the elements from start up to, but not including, end."""
    start, end = _slice_bounds(arguments)
    return Known(_elements(arguments[0])[start:end], call.span, call.type)


@_define("sort", Parameter("list", list_of(STRING), unknown=True), result=list_of(STRING))
def sort(call: Call, arguments: list[Value]) -> Value:
    """`sort(list)`: by the bytes of the strings; of what is not known, the number of elements is."""
    (collection,) = arguments
    if collection.flags & UNDECIDED:
        refinement = {"not_null": True} | length_bounds(*length_range(collection))
        return settle(unknown_because(arguments, call.type, call.span, refinement=refinement))
    elements = _elements(collection)
    for position, each in enumerate(elements):
        if is_null(each):
            raise CallFault(f"given list element {position} is null; a null string cannot be sorted")
    return list_value(sorted(elements, key=lambda each: each.data), STRING, call.span)  # type: ignore[attr-defined]


# Numbers --------------------------------------------------------------------------------------------------------------


@_define("range", variadic=number("params"), result=list_of(NUMBER))
def number_sequence(call: Call, arguments: list[Value]) -> Value:
    """`range(limit)`, `range(start, limit)` or `range(start, limit, step)`."""
    given = [argument.data for argument in arguments]  # type: ignore[attr-defined]
    if not 1 <= len(given) <= 3:
        raise CallFault("must have one, two, or three arguments")
    start, limit = (0, given[0]) if len(given) == 1 else given[:2]
    direction = compare(limit, start)
    if len(given) < 3:
        step = -1 if direction < 0 else 1
    else:
        step = given[2]
        _check_direction(direction, is_down=compare(step, 0) < 0)
    result: list[Value] = []
    current = start
    while direction and compare(limit, current) == direction:
        if len(result) == MAX_RANGE:
            raise CallFault(
                f"more than {MAX_RANGE} values were generated; either decrease the difference between start and end "
                "or use a smaller step"
            )
        result.append(number_value(current, call.span))
        current = numbers.add(current, step)
    return list_value(result, NUMBER, call.span)


def _check_direction(direction: int, *, is_down: bool) -> None:
    if is_down and direction > 0:
        raise ArgumentFault(1, "end must be less than start when step is negative")
    if not is_down and direction < 0:
        raise ArgumentFault(1, "end must be greater than start when step is positive")
