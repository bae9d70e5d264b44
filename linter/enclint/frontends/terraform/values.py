"""Terraform's values on the common lattice: how they are made, compared, ordered and written as JSON.

A Terraform value carries its type in `.type`. Lists, tuples and sets hold a Python list, maps and objects a dict in
any order (`sorted_items` gives Terraform's). A set is sorted and without duplicates, and its elements are never
sensitive themselves: the set is. Null is a Known of None with a type; the untyped null has the type DYNAMIC.
"""

from __future__ import annotations

from enclint.frontends.terraform.errors import LimitError
from enclint.frontends.terraform.numbers import (
    NEGATIVE_ZERO,
    PRECISION,
    Float,
    NegativeZero,
    Number,
    compare,
    format_number,
    is_infinite,
    to_float,
)
from enclint.frontends.terraform.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    Type,
    list_of,
    map_of,
    object_of,
    set_of,
    tuple_of,
)
from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.value import HAS_CHOICE, HAS_SENSITIVE, HAS_UNKNOWN, Choice, Known, Unknown, Value, first_reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from enclint.source import Span

HAS_EPHEMERAL: Final = 8
"""Flag of an Unknown that is ephemeral, and of what holds one: Terraform keeps such values out of plans."""
HAS_DEFERRED: Final = 16
"""Flag of a `scope.Deferred`, and of what holds one."""

UNDECIDED: Final = HAS_UNKNOWN | HAS_CHOICE

MAX_EXACT_BITS: Final = 13_000
"""Integers of more bits have more digits than Python turns into text and back."""

MAX_WEIGHT: Final = 1_000_000
"""Values of more parts are not made: whoever walks through one would be busy for ever."""


def string(text: str, span: Span | None = None) -> Known:
    """A known string. Callers see to it that the text is NFC-normalised."""
    return Known(text, span, STRING)


def number(value: Number, span: Span | None = None) -> Known:
    """A known number."""
    return Known(value, span, NUMBER)


def boolean(value: bool, span: Span | None = None) -> Known:
    """A known bool."""
    return Known(value, span, BOOL)


def null(type: Type = DYNAMIC, span: Span | None = None) -> Known:
    """A null of a type."""
    return Known(None, span, type)


def bounded(value: Known) -> Known:
    """The value, if it is not too large to be walked through; LimitError if it is."""
    if value.weight > MAX_WEIGHT:
        detail = f"The value has more than {MAX_WEIGHT:,} parts, more than are evaluated here."
        raise LimitError("Value too large", detail, value.span)
    return value


def tuple_value(elements: Sequence[Value], span: Span | None = None) -> Known:
    """A tuple; its type follows from the elements."""
    items = list(elements)
    return bounded(Known(items, span, tuple_of(tuple([element.type for element in items]))))


def object_value(attributes: Mapping[str, Value], span: Span | None = None) -> Known:
    """An object; its type follows from the attributes."""
    data = dict(attributes)
    return bounded(Known(data, span, object_of({name: value.type for name, value in data.items()})))


def list_value(elements: Sequence[Value], element_type: Type, span: Span | None = None) -> Known:
    """A list of elements that have the type already."""
    return bounded(Known(list(elements), span, list_of(element_type)))


def map_value(entries: Mapping[str, Value], element_type: Type, span: Span | None = None) -> Known:
    """A map of values that have the type already."""
    return bounded(Known(dict(entries), span, map_of(element_type)))


def set_value(elements: Iterable[Value], element_type: Type, span: Span | None = None) -> Known:
    """A set of elements that have the type already: without duplicates, in Terraform's order, sensitive as a whole."""
    distinct: dict[Any, Value] = {}
    sensitive = False
    for element in elements:
        plain = element
        if element.flags & HAS_SENSITIVE:
            sensitive = True
            plain = unmark(element)
        distinct.setdefault(set_key(plain), plain)
    data = list(distinct.values())
    if len(data) > 1:
        data.sort(key=_set_order(element_type))
    return Known(data, span, set_of(element_type), sensitive=sensitive)


def unknown(
    reason: str,
    type: Type = DYNAMIC,
    span: Span | None = None,
    *,
    refinement: dict[str, Any] | None = None,
    identity: str | None = None,
    of: Iterable[Value] = (),
) -> Unknown:
    """An unknown of a type, sensitive and ephemeral where one of the values that it is made `of` is."""
    result = Unknown(reason, span, type, identity=identity, refinement=refinement)
    carry_marks(result, of)
    return result


def unknown_because(arguments: Iterable[Value], type: Type = DYNAMIC, span: Span | None = None, **more: Any) -> Unknown:
    """An unknown whose reason, marks and ephemerality are those of the undecided ones among some arguments."""
    values = list(arguments)
    reason = next((why for value in values if (why := first_reason(value)) is not None), "it cannot be computed")
    return unknown(reason, type, span, of=values, **more)


def carry_marks(result: Value, sources: Iterable[Value]) -> None:
    """Make a value that was just built sensitive (ephemeral) where one of its sources is, at the top or deeply."""
    for source in sources:
        result.flags |= source.flags & (HAS_SENSITIVE | HAS_EPHEMERAL)
    if result.flags & HAS_SENSITIVE:
        result.sensitive = True


def drop_mark(result: Value) -> Value:
    """An unknown, just made, that Terraform forgets to mark as sensitive."""
    if isinstance(result, Unknown):
        result.sensitive = False
        result.flags &= ~HAS_SENSITIVE
    return result


def sensitive(value: Value) -> Value:
    """The value, marked as sensitive as a whole; of a Choice every branch, since one of them will stand for it."""
    if value.sensitive:
        return value
    new = value.copy()
    new.sensitive = True
    new.flags |= HAS_SENSITIVE
    if isinstance(new, Choice):
        new.branches = tuple([(case, sensitive(branch)) for case, branch in new.branches])
    return new


def marked_like(value: Value, *sources: Value) -> Value:
    """The value, sensitive as a whole where one of the sources is so at its top."""
    for source in sources:
        if source.sensitive:
            return sensitive(value)
    return value


def unmark(value: Value) -> Value:
    """The value without any sensitive mark, on all levels."""
    if not value.flags & HAS_SENSITIVE:
        return value
    new = value.copy()
    new.sensitive = False
    new.flags &= ~HAS_SENSITIVE
    if isinstance(new, Known):
        if new.data.__class__ is list:
            new.data = [unmark(element) for element in new.data]
        elif new.data.__class__ is dict:
            new.data = {key: unmark(element) for key, element in new.data.items()}
    elif isinstance(new, Choice):
        new.branches = tuple([(case, unmark(branch)) for case, branch in new.branches])
    return new


def with_parts(value: Value, function: Callable[[Value], Value]) -> Value:
    """The same collection, object, Choice or text with a function applied to each of its parts, and its type anew."""
    if isinstance(value, Choice):
        branches = [(case, function(branch)) for case, branch in value.branches]
        return Choice(value.subject, branches, value.span, value.type, sensitive=value.sensitive, trace=value.trace)
    if not isinstance(value, Known) or value.data.__class__ not in (list, dict):
        return value
    type: Type = value.type
    if value.data.__class__ is dict:
        data: Any = {key: function(part) for key, part in value.data.items()}
        if type.kind == "object":
            type = object_of({key: part.type for key, part in data.items()})
    else:
        data = [function(part) for part in value.data]
        if type.kind == "tuple":
            type = tuple_of(tuple([part.type for part in data]))
    return Known(data, value.span, type, sensitive=value.sensitive, trace=value.trace)


def is_null(value: Value) -> bool:
    """Whether the value is known to be null."""
    return value.__class__ is Known and value.data is None


def may_be_null(value: Value) -> bool:
    """Whether the value is null or an unknown that might turn out to be."""
    if isinstance(value, Choice):
        return any(may_be_null(branch) for _, branch in value.branches)
    if isinstance(value, Unknown):
        return not (value.refinement and value.refinement.get("not_null"))
    return is_null(value)


def is_sensitive(value: Value) -> bool:
    """Whether the value or a part of it is sensitive."""
    return bool(value.flags & HAS_SENSITIVE)


def sorted_items(value: Known) -> list[tuple[str, Value]]:
    """The entries of a known map or object in Terraform's order: by key, bytewise."""
    return sorted(value.data.items())


def iterate(value: Known) -> Iterator[tuple[Value, Value]]:
    """Keys and elements of a known collection, object or tuple in Terraform's order. A set's keys are its elements."""
    kind = value.type.kind
    if kind in ("map", "object"):
        for key, element in sorted(value.data.items()):
            yield Known(key, None, STRING), element
    elif kind == "set":
        for element in value.data:
            yield element, element
    else:
        for index, element in enumerate(value.data):
            yield Known(index, None, NUMBER), element


def set_key(value: Value) -> Any:
    """Something hashable that is equal for two values exactly where a set holds only one of them.

    An undecided value is equal to itself only; two unknowns stay two elements.
    """
    if value.__class__ is not Known:
        return ("?", id(value))
    data = value.data
    if data.__class__ is list:
        return (value.type.kind, tuple([set_key(element) for element in data]))
    if data.__class__ is dict:
        return (value.type.kind, tuple([(key, set_key(element)) for key, element in sorted(data.items())]))
    if isinstance(data, int) and data.__class__ is not bool:
        return (NegativeZero if data is NEGATIVE_ZERO else int, data)
    return (data.__class__, data)


def _set_order(element_type: Type) -> Any:
    """The sort key of a set's elements: by size or bytes for primitives, else by the text that go-cty hashes.

    Unknowns come after what is known, nulls last. Source: https://github.com/zclconf/go-cty/blob/main/cty/set_internals.go
    """
    if element_type is NUMBER or element_type.kind == "number":
        from functools import cmp_to_key

        by_size = cmp_to_key(compare)
        return lambda value: _rank(value) or (0, by_size(value.data))
    if element_type.kind in ("string", "bool"):
        return lambda value: _rank(value) or (0, value.data)
    return lambda value: _rank(value) or (0, _hash_text(value))


def _rank(value: Value) -> tuple[int, Any] | None:
    if value.__class__ is not Known:
        return (1, 0)
    return (2, 0) if value.data is None else None


def _hash_text(value: Value) -> str:
    """The text by which go-cty orders compound elements of a set."""
    if not isinstance(value, Known):
        return "?"
    data = value.data
    if data is None:
        return "~"
    if isinstance(data, bool):
        return "T" if data else "F"
    if isinstance(data, str):
        return quoted(data)
    if isinstance(data, list):
        inner = "".join([_hash_text(element) + ";" for element in data])
        return f"<{inner}>" if value.type.kind == "tuple" else f"[{inner}]"
    if isinstance(data, dict):
        if value.type.kind == "object":
            return "<" + "".join([_hash_text(element) + ";" for _, element in sorted(data.items())]) + ">"
        return "{" + "".join([f"{quoted(key)}:{_hash_text(element)};" for key, element in sorted(data.items())]) + "}"
    return f"{to_float(data):.10g}"


def quoted(text: str) -> str:
    """The text between double quotes, with escapes, as Terraform quotes it in messages."""
    import json

    return json.dumps(text, ensure_ascii=False)


def equal(left: Value, right: Value) -> bool | None:
    """Whether `left == right`: the same type and the same content, or both null. None where it is undecided.

    The way of go-cty's `Value.Equals`, https://github.com/zclconf/go-cty/blob/main/cty/value_ops.go. Choices count
    as undecided; sensitive marks do not matter.
    """
    if left.__class__ is Known and right.__class__ is Known:
        left_data, right_data = left.data, right.data
        if left_data is None or right_data is None:
            return left_data is None and right_data is None
        if (left.flags | right.flags) & UNDECIDED and not (_type_is_known(left) and _type_is_known(right)):
            if not left.type.conforms_to(right.type) and not right.type.conforms_to(left.type):
                return False
            return None
        return _equal_known(left, right)
    return _equal_undecided(left, right)


def _equal_undecided(left: Value, right: Value) -> bool | None:
    for one, other in ((left, right), (right, left)):
        if is_null(one):
            return None if may_be_null(other) else False
        if one.__class__ is Known and isinstance(other, Unknown):
            if not one.type.conforms_to(other.type):
                return False
            if _is_excluded(one.data, other.refinement):
                return False
    if isinstance(left, Unknown) and isinstance(right, Unknown) and left.identity and left.identity == right.identity:
        return True if left.type == right.type else None
    return None


def _is_excluded(data: Any, refinement: dict[str, Any] | None) -> bool:
    """Whether a value that is known cannot be what a refined unknown turns out to be."""
    if not refinement:
        return False
    if isinstance(data, str):
        return not data.startswith(refinement.get("prefix", ""))
    if isinstance(data, (list, dict)):
        return not refinement.get("min_length", 0) <= len(data) <= refinement.get("max_length", len(data))
    if isinstance(data, bool):
        return False
    for bound, sign in (("min", 1), ("max", -1)):
        if bound in refinement:
            limit, inclusive = refinement[bound]
            order = compare(data, limit) * sign
            if order < 0 or (order == 0 and not inclusive):
                return True
    return False


def _type_is_known(value: Value) -> bool:
    """Whether no part of the value is an unknown without a type (a null without one does not count)."""
    if not value.flags & UNDECIDED:
        return True
    if isinstance(value, Known):
        parts = value.data.values() if value.data.__class__ is dict else value.data
        return all(_type_is_known(part) for part in parts)
    return not value.type.has_dynamic if value.type is not None else False


def _equal_known(left: Known, right: Known) -> bool | None:
    if left.type != right.type:
        return False
    left_data, right_data = left.data, right.data
    if left_data.__class__ is dict:
        if left_data.keys() != right_data.keys():
            return False
        return _all_equal((element, right_data[key]) for key, element in left_data.items())
    if left_data.__class__ is list:
        if left.type.kind == "set":
            return _equal_sets(left, right)
        if len(left_data) != len(right_data):
            return False
        return _all_equal(zip(left_data, right_data, strict=True))
    return bool(left_data == right_data)


def _all_equal(pairs: Iterable[tuple[Value, Value]]) -> bool | None:
    result: bool | None = True
    for left, right in pairs:
        same = equal(left, right)
        if same is False:
            return False
        if same is None:
            result = None
    return result


def _equal_sets(left: Known, right: Known) -> bool | None:
    if (left.flags | right.flags) & UNDECIDED:
        return None
    return {set_key(element) for element in left.data} == {set_key(element) for element in right.data}


def to_json(value: Value) -> Any:
    """The value as plain JSON data: `{"$unknown": {…refinements}}` for what is not known, sensitive parts included.

    Refinements are `null` (False: certainly not), `prefix`, `min` and `max` ([number, inclusive]), `min_length`,
    `max_length`. An infinite number is `{"$infinity": 1}` or -1. Deferred parts must have been forced.
    """
    if isinstance(value, Choice):
        return _choice_to_json(value)
    if isinstance(value, Unknown):
        return {"$unknown": _refinement_to_json(value.refinement)}
    if not isinstance(value, Known):
        return None
    data = value.data
    if data.__class__ is list:
        return [to_json(element) for element in data]
    if data.__class__ is dict:
        return {key: to_json(element) for key, element in sorted(data.items())}
    return _number_to_json(data) if data.__class__ in (Float, int) else data


def _number_to_json(value: Number) -> Any:
    if is_infinite(value):
        return {"$infinity": compare(value, 0)}
    if isinstance(value, Float):
        return to_float(value)
    is_rounded = PRECISION < value.bit_length() <= MAX_EXACT_BITS
    return int(format_number(value)) if is_rounded else value


def _choice_to_json(value: Choice) -> Any:
    from enclint.frontends.terraform.refinements import settled

    return to_json(settled(value))


def _refinement_to_json(refinement: dict[str, Any] | None) -> dict[str, Any]:
    if not refinement:
        return {}
    result: dict[str, Any] = {}
    if refinement.get("not_null"):
        result["null"] = False
    for key in ("prefix", "min_length", "max_length"):
        if key in refinement:
            result[key] = refinement[key]
    for key in ("min", "max"):
        if key in refinement:
            bound, inclusive = refinement[key]
            result[key] = [_number_to_json(bound), inclusive]
    return result


def primitive_text(data: Any) -> str:
    """A known, non-null bool, number or string as the string that Terraform converts it to."""
    if data.__class__ is str:
        return str(data)
    if data is True:
        return "true"
    if data is False:
        return "false"
    return format_number(data)
