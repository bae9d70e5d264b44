"""Steps into values: attributes, index keys, splats.

Steps work on what is undecided, too: a Choice is stepped into case by case, a Reference becomes the reference to the
attribute below, a Deferred object is asked for the one attribute.
Source: https://github.com/hashicorp/hcl/blob/main/ops.go
"""

from __future__ import annotations

from types import NoneType

from enclint.frontends.terraform.choices import ALWAYS, NEVER, composed, lifted, one_of_the_elements
from enclint.frontends.terraform.convert import ConversionError, convert
from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.numbers import Float
from enclint.frontends.terraform.refinements import length_bounds, length_range, settle
from enclint.frontends.terraform.scope import Deferred
from enclint.frontends.terraform.syntax import Key
from enclint.frontends.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, Type
from enclint.frontends.terraform.values import (
    drop_mark,
    is_null,
    list_value,
    marked_like,
    may_be_null,
    primitive_text,
    quoted,
    tuple_value,
    unknown_because,
)
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import Choice, Hop, Known, Reference, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.frontends.terraform.scope import Path
    from enclint.source import Span

TYPE_OF_LITERAL: Final = {str: STRING, int: NUMBER, bool: BOOL, NoneType: DYNAMIC}
_NO_ELEMENT = "The given key does not identify an element in this collection value"
_SET_INDEX = (
    "Elements of a set are identified only by their value and don't have any separate index or key to select with, "
    "so it's only possible to perform operations across all elements of the set."
)


def steps(value: Value, path: Path, span: Span | None) -> Value:
    """The value after some static steps: attribute names and literal keys."""
    for step in path:
        value = get_index(value, key_value(step), span) if step.__class__ is Key else get_attribute(value, step, span)  # type: ignore[arg-type]
    return value


def key_value(key: Key) -> Known:
    """The literal key of an index step as a value."""
    return Known(key.value, None, TYPE_OF_LITERAL[key.value.__class__])


def moved(value: Value, label: str, span: Span | None) -> Value:
    """The value as somebody refers to it: written at `span`, come by the hop `label` from where it is defined.

    An unknown that the reference itself made, of a part of something unknown, has come no way.
    """
    if value.span is span and span is not None:
        return value
    if value.__class__ is Known:
        new = object.__new__(Known)
        new.data = value.data
        new.type = value.type
        new.sensitive = value.sensitive
        new.flags = value.flags
        new.weight = value.weight
    elif isinstance(value, Choice):
        new = value.copy()  # type: ignore[assignment]
        new.branches = tuple([(case, moved(branch, label, span)) for case, branch in value.branches])  # type: ignore[attr-defined]
    else:
        new = value.copy()  # type: ignore[assignment]
    new.span = span
    new.trace = Hop(label, value.span, value.trace)
    return new


def get_attribute(value: Value, name: str, span: Span | None) -> Value:
    """`value.name`."""
    if value.__class__ is Known:
        data = value.data
        if data.__class__ is dict:
            part: Value | None = data.get(name)
            if part is not None:
                return marked_like(part, value) if value.sensitive else part
        return _no_attribute(value, name, span)
    if isinstance(value, Choice):
        return lifted(lambda each: get_attribute(each, name, span), [value], span)
    if isinstance(value, Deferred):
        return marked_like(value.get(name, span), value)
    if isinstance(value, Unknown):
        return _unknown_attribute(value, name, span)
    return _no_attribute(value, name, span)


def _unknown_attribute(value: Unknown, name: str, span: Span | None) -> Value:
    type: Type = value.type or DYNAMIC
    if type.kind == "dynamic" or type.kind == "map" or name in type.attributes:
        part = type.element or type.attributes.get(name, DYNAMIC)
        return _unknown_part(value, f".{name}", part, span)
    return _no_attribute(value, name, span)


def _unknown_part(value: Unknown, step: str, type: Type, span: Span | None) -> Value:
    """A part of an unknown: a reference to a part where it is a reference."""
    if isinstance(value, Reference):
        attribute = f"{value.attribute}{step}".lstrip(".")
        part = Reference(
            value.target,
            attribute,
            span,
            type,
            reason=value.reason.replace(f".{value.attribute}`", f".{attribute}`", 1),
            any_instance=value.any_instance,
            sensitive=value.sensitive,
        )
        part.trace = value.trace
        return part
    identity = composed(f"{{}}{step}", [value.identity])
    result = unknown_because([value], type, span, identity=identity)
    result.trace = value.trace
    return result


def _no_attribute(value: Value, name: str, span: Span | None) -> Value:
    if is_null(value):
        detail = "This value is null, so it does not have any attributes."
        raise EvaluationError("Attempt to get attribute from null value", detail, span)
    type: Type = value.type or DYNAMIC
    if type.kind == "map":
        detail = f"This map does not have an element with the key {quoted(name)}."
        raise EvaluationError("Missing map element", detail, span)
    raise EvaluationError("Unsupported attribute", _why_no_attribute(type, name), span)


def _why_no_attribute(type: Type, name: str) -> str:
    if type.kind == "object":
        return f"This object does not have an attribute named {quoted(name)}."
    if type.is_primitive:
        return f"Can't access attributes on a primitive-typed value ({type.name})."
    if type.element is not None and type.element.kind == "object":
        if type.kind == "set":
            return (
                "Can't access attributes on a set of objects. Did you mean to access an attribute across all elements "
                "of the set?"
            )
        which = f"attribute {quoted(name)}" if name in type.element.attributes else "an attribute"
        return (
            f"Can't access attributes on a list of objects. Did you mean to access {which} for a specific element of "
            "the list, or across all elements of the list?"
        )
    return "This value does not have any attributes."


def get_index(value: Value, key: Value, span: Span | None, *, choices: int = NEVER) -> Value:
    """`value[key]`; by a key that is not known, the Choice among all elements where `choices` are made."""
    if value.__class__ is Choice or key.__class__ is Choice:
        return lifted(lambda each, at: get_index(each, at, span, choices=choices), [value, key], span)
    if is_null(value):
        detail = "This value is null, so it does not have any indices."
        raise EvaluationError("Attempt to index null value", detail, span)
    if is_null(key):
        raise EvaluationError("Invalid index", "Can't use a null value as an indexing key.", span)
    if isinstance(value, Deferred) and isinstance(key, Known):
        return marked_like(value.index(key, span), value, key)
    if choices == ALWAYS:
        chosen = one_of_the_elements(value, key, None, span)
        if chosen is not None:
            return chosen
    type: Type = value.type or DYNAMIC
    if type.kind == "dynamic" or (key.type or DYNAMIC).kind == "dynamic":
        return _undecided_index(value, key, span)
    if type.kind in ("list", "tuple", "map"):
        return _index_collection(value, key, type, span)
    if type.kind == "object":
        return _index_object(value, key, span)
    raise EvaluationError(
        "Invalid index", _SET_INDEX if type.kind == "set" else "This value does not have any indices.", span
    )


def _undecided_index(value: Value, key: Value, span: Span | None) -> Value:
    """An index into something without a type yet, or by a key without one."""
    if isinstance(value, Unknown) and isinstance(key, Known) and not isinstance(key.data, (list, dict)):
        if value.element is not None:
            return marked_like(value.element, value)
        return _unknown_part(value, f".{primitive_text(key.data)}", DYNAMIC, span)
    sources = [value] if isinstance(value, Unknown) else [key]
    return marked_like(drop_mark(unknown_because(sources, DYNAMIC, span)), value)


def _converted_key(key: Value, wanted: Type, span: Span | None) -> Value:
    try:
        return convert(key, wanted)
    except ConversionError as error:
        raise EvaluationError("Invalid index", f"{_NO_ELEMENT}: {error.detail}.", span) from None


def _index_collection(value: Value, key: Value, type: Type, span: Span | None) -> Value:
    key = _converted_key(key, STRING if type.kind == "map" else NUMBER, span)
    if not isinstance(key, Known) or not isinstance(value, Known):
        return _undecided_element(value, key, type, span)
    at = key.data
    data = value.data
    if type.kind == "map":
        if at not in data:
            raise EvaluationError("Invalid index", f"{_NO_ELEMENT}.", span)
    else:
        _check_position(at, len(data), span, is_secret=value.sensitive)
    return marked_like(data[at], value, key)


def _undecided_element(value: Value, key: Value, type: Type, span: Span | None) -> Value:
    element = type.element or DYNAMIC
    if isinstance(key, Known) and isinstance(value, Unknown):
        if type.kind == "tuple":
            _check_position(key.data, len(type.elements), span, is_secret=value.sensitive)
            element = type.elements[key.data]
        if value.element is not None:
            return marked_like(value.element, value)
        part = _unknown_part(value, f".{primitive_text(key.data)}", element, span)
        return marked_like(part, key) if type.kind == "tuple" else part
    result = drop_mark(unknown_because([key if isinstance(value, Known) else value], element, span))
    return marked_like(result, value)


def _check_position(at: object, length: int, span: Span | None, *, is_secret: bool) -> None:
    if isinstance(at, int) and 0 <= at < length:
        return
    if isinstance(at, Float) and at.exponent is not None:
        why = "indexing a sequence requires a whole number, but the given index has a fractional part"
    elif isinstance(at, int) and at < 0:
        why = "a negative number is not a valid index for a sequence"
    elif not is_secret and length == 0:
        why = "the collection has no elements"
    elif is_secret or at != length:
        raise EvaluationError("Invalid index", f"{_NO_ELEMENT}.", span)
    else:
        why = "the given index is greater than or equal to the length of the collection"
    raise EvaluationError("Invalid index", f"{_NO_ELEMENT}: {why}.", span)


def _index_object(value: Value, key: Value, span: Span | None) -> Value:
    was_number = key.type.kind == "number"
    key = _converted_key(key, STRING, span)
    if not isinstance(key, Known):
        return marked_like(drop_mark(unknown_because([key], DYNAMIC, span)), value)
    name = key.data
    if isinstance(value, Known):
        part: Value | None = value.data.get(name)
        if part is not None:
            return marked_like(part, value)
    elif isinstance(value, Unknown):
        return _unknown_part(value, f".{name}", DYNAMIC, span)
    hint = " An object only supports looking up attributes by name, not by numeric index." if was_number else ""
    raise EvaluationError("Invalid index", f"{_NO_ELEMENT}.{hint}", span)


def splat(source: Value, each: Callable[[Value], Value], span: Span | None) -> Value:
    """`source[*]…`: a tuple or list of `each` of the elements; of one for what is no sequence, of none for null."""
    if source.__class__ is Choice:
        return lifted(lambda one: splat(one, each, span), [source], span)
    if isinstance(source, Deferred):
        whole = source.force()
        if whole is not source:
            return splat(whole, each, span)
    type: Type = source.type or DYNAMIC
    is_sequence = type.kind in ("tuple", "list", "set")
    if is_null(source):
        if not is_sequence:
            return marked_like(tuple_value([], span), source)
        detail = "Splat expressions (with the * symbol) cannot be applied to null sequences."
        raise EvaluationError("Splat of null value", detail, span)
    if type.kind == "dynamic" and not isinstance(source, Deferred):
        return unknown_because([source], DYNAMIC, span)
    if not is_sequence:
        return _splat_one(source, each, span)
    if isinstance(source, Unknown):
        return _splat_unknown(source, type, each, span)
    assert isinstance(source, Known)  # noqa: S101
    return _splat_known(source, type, each, span)


def _splat_one(source: Value, each: Callable[[Value], Value], span: Span | None) -> Value:
    result = each(source)
    if isinstance(source, Unknown) and may_be_null(source):
        return unknown_because([source], DYNAMIC, span)
    return marked_like(tuple_value([result], span), source)


def _splat_unknown(source: Unknown, type: Type, each: Callable[[Value], Value], span: Span | None) -> Value:
    """The type of the result can be told, and its length within bounds, even where the elements cannot."""
    refinement: dict[str, object] = {"not_null": True}
    if type.kind == "tuple":
        types = [each(Unknown(source.reason, span, element)).type for element in type.elements]
        result = unknown_because([source], Type("tuple", elements=tuple(types)), span, refinement=refinement)
    else:
        item = source.element or Unknown(source.reason, span, type.element)
        one = each(item)
        refinement |= length_bounds(*length_range(source))
        result = unknown_because([source], Type("list", one.type), span, refinement=refinement)
        result.element = one if source.element is not None else None
    return settle(result)


def _splat_known(source: Known, type: Type, each: Callable[[Value], Value], span: Span | None) -> Value:
    results = [each(element) for element in source.data]
    if type.kind == "tuple":
        return marked_like(tuple_value(results, span), source)
    like = results[0] if results else each(Unknown("the list is empty", span, type.element))
    return marked_like(list_value(results, like.type, span), source)
