"""Functions of maps and objects.

Source: https://developer.hashicorp.com/terraform/language/functions/merge and its siblings. Values are passed on as
they are, with the place and the way that they came.
"""

from __future__ import annotations

from enclint.frontends.terraform.choices import ALWAYS, one_of_the_elements
from enclint.frontends.terraform.convert import ConversionError, convert
from enclint.frontends.terraform.functions import partials
from enclint.frontends.terraform.functions.lengths import known_length
from enclint.frontends.terraform.functions.signature import (
    ArgumentFault,
    CallFault,
    Functions,
    Parameter,
    check_elements,
)
from enclint.frontends.terraform.types import DYNAMIC, STRING, Type, list_of, map_of, object_of, tuple_of
from enclint.frontends.terraform.values import (
    UNDECIDED,
    drop_mark,
    is_null,
    list_value,
    map_value,
    marked_like,
    object_value,
    quoted,
    string,
    tuple_value,
)
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import HAS_CHOICE, Known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclint.frontends.terraform.functions.signature import Call
    from enclint.model.value import Value

FUNCTIONS: Final = Functions()
_define = FUNCTIONS.define


def _mapping(name: str) -> Parameter:
    """A parameter that takes a map or an object, unknown ones too, and leaves its values alone."""
    return Parameter(name, DYNAMIC, unknown=True, marked=True)


def _keys_type(arguments: Sequence[Value]) -> Type:
    type: Type = arguments[0].type
    if type.kind == "map":
        return list_of(STRING)
    if type.kind == "object":
        return tuple_of((STRING,) * len(type.attributes))
    raise ArgumentFault(0, "must have map or object type")


@_define("keys", _mapping("inputMap"), result=_keys_type, holds_choices=True)
def keys(call: Call, arguments: list[Value]) -> Value:
    """`keys(map)`: sorted by their bytes."""
    (mapping,) = arguments
    if mapping.type.kind == "object":
        return tuple_value([string(name, call.span) for name in sorted(mapping.type.attributes)], call.span)
    if not isinstance(mapping, Known):
        return partials.undecided(call, arguments)
    return list_value([string(key, call.span) for key in sorted(mapping.data)], STRING, call.span)


def _values_type(arguments: Sequence[Value]) -> Type:
    type: Type = arguments[0].type
    if type.kind == "map":
        return list_of(type.element or DYNAMIC)
    if type.kind == "object":
        return tuple_of(tuple([type.attributes[name] for name in sorted(type.attributes)]))
    raise CallFault("values() requires a map as the first argument")


@_define("values", Parameter("mapping", DYNAMIC, marked=True), result=_values_type, holds_choices=True)
def values(call: Call, arguments: list[Value]) -> Value:
    """`values(map)`: in the order of their keys."""
    data = arguments[0].data  # type: ignore[attr-defined]
    elements = [data[key] for key in sorted(data)]
    if call.type.kind == "tuple":
        return tuple_value(elements, call.span)
    return list_value(elements, call.type.element or DYNAMIC, call.span)


def _lookup_type(arguments: Sequence[Value]) -> Type:
    if len(arguments) > 3:
        raise CallFault(f"lookup() takes two or three arguments, got {len(arguments)}")
    mapping, key = arguments[:2]
    type: Type = mapping.type
    if type.kind == "map":
        wanted = type.element or DYNAMIC
        if len(arguments) == 3:
            _default(arguments, wanted)
        return wanted
    if type.kind != "object":
        raise ArgumentFault(0, "lookup() requires a map as the first argument")
    if not isinstance(key, Known):
        return DYNAMIC
    if key.data in type.attributes:
        return type.attributes[key.data]
    if len(arguments) == 3:
        default: Type = arguments[2].type
        return default
    raise ArgumentFault(0, f"the given object has no attribute {quoted(key.data)}")


def _default(arguments: Sequence[Value], wanted: Type) -> Value:
    try:
        return convert(arguments[2], wanted)
    except ConversionError:
        raise ArgumentFault(2, "the default value must have the same type as the map elements") from None


@_define(
    "lookup",
    Parameter("inputMap", DYNAMIC, marked=True),
    Parameter("key", STRING, unknown=True, marked=True),
    variadic=Parameter("default", DYNAMIC, null=True, unknown=True, untyped=True, kept=True),
    result=_lookup_type,
    not_null=False,
    holds_choices=True,
)
def lookup(call: Call, arguments: list[Value]) -> Value:
    """`lookup(map, key, default)`: a null in the map is no reason for the default."""
    mapping, key = arguments[:2]
    assert isinstance(mapping, Known)  # noqa: S101 -- the registry has seen to it
    if not isinstance(key, Known):
        return _looked_up_by_unknown(call, arguments)
    found: Value | None = mapping.data.get(key.data)
    if found is not None:
        return found
    if len(arguments) == 3:
        return _default(arguments, call.type)
    raise CallFault(f"lookup failed to find key {quoted(key.data)}")


def _looked_up_by_unknown(call: Call, arguments: Sequence[Value]) -> Value:
    mapping, key = arguments[:2]
    if call.scope.choices == ALWAYS:
        default = _default(arguments, call.type) if len(arguments) == 3 else None
        chosen = one_of_the_elements(mapping, key, default, call.span)
        if chosen is not None:
            return chosen
    result = partials.undecided(call, [key], not_null=False)
    return result if call.scope.choices else drop_mark(result)


def _merged_type(arguments: Sequence[Value]) -> Type:
    if not arguments:
        return object_of({})
    attributes: dict[str, Type] = {}
    is_open = False
    for argument in arguments:
        type: Type = argument.type
        if type.kind == "dynamic":
            return DYNAMIC
        if type.kind not in ("map", "object"):
            raise CallFault(f'arguments must be maps or objects, got "{type.name}"')
        if is_null(argument):
            continue
        if type.kind == "object":
            attributes.update(type.attributes)
        elif isinstance(argument, Known):
            attributes.update(dict.fromkeys(argument.data, type.element or DYNAMIC))
        else:
            is_open = True
    first: Type = arguments[0].type
    if all(argument.type == first for argument in arguments):
        return first
    return DYNAMIC if is_open else object_of(attributes)


@_define(
    "merge",
    variadic=Parameter("maps", DYNAMIC, null=True, untyped=True, kept=True),
    result=_merged_type,
    holds_choices=True,
)
def merge(call: Call, arguments: list[Value]) -> Value:
    """`merge(maps...)`: later ones win, nulls do not count."""
    entries: dict[str, Value] = {}
    for argument in arguments:
        if is_null(argument):
            continue
        if argument.type.kind in ("map", "object"):
            entries.update(argument.data)  # type: ignore[attr-defined]
        elif argument.type.is_primitive or argument.data:  # type: ignore[attr-defined]
            # Behind an untyped null nobody has looked at the types, and empty sequences do no harm.
            raise CallFault(f'arguments must be maps or objects, got "{argument.type.name}"')
    check_elements(len(entries))
    if call.type.kind == "object" and entries.keys() != call.type.attributes.keys():
        raise CallFault("panic in function implementation: returned value does not conform to expected return type")
    if call.type.kind == "map":
        merged = map_value(entries, call.type.element or DYNAMIC, call.span)
    else:
        merged = object_value(entries, call.span)
    return marked_like(merged, *[argument for argument in arguments if not is_null(argument)])


@_define("transpose", Parameter("values", map_of(list_of(STRING))), result=map_of(list_of(STRING)))
def transpose(call: Call, arguments: list[Value]) -> Value:
    """`transpose(map)`: the elements become keys and the keys elements."""
    (mapping,) = arguments
    if mapping.flags & UNDECIDED:
        return partials.undecided(call, arguments)
    lists: dict[str, list[Value]] = {}
    for key, elements in sorted(mapping.data.items()):  # type: ignore[attr-defined]
        if is_null(elements):
            raise CallFault("input must not contain null list")
        for element in elements.data:
            if is_null(element):
                raise CallFault("input list must not contain null string")
            lists.setdefault(element.data, []).append(string(key, call.span))
    entries = {key: list_value(elements, STRING, call.span) for key, elements in lists.items()}
    return map_value(entries, list_of(STRING), call.span)


def _zipped_type(arguments: Sequence[Value]) -> Type:
    names, elements = arguments
    type: Type = elements.type
    if type.kind == "list":
        return map_of(type.element or DYNAMIC)
    if type.kind != "tuple":
        raise CallFault("values argument must be a list or tuple value")
    if names.flags & UNDECIDED or not isinstance(names, Known):
        return DYNAMIC
    _check_lengths(len(names.data), len(type.elements))
    return object_of(dict(zip(_names(names), type.elements, strict=True)))


def _check_lengths(keys: int, values: int) -> None:
    if keys != values:
        raise CallFault(f"number of keys ({keys}) does not match number of values ({values})")


def _names(names: Known) -> list[str]:
    for position, name in enumerate(names.data):
        if is_null(name):
            raise CallFault(f"keys list has null value at index {position}")
    return [name.data for name in names.data]


@_define(
    "zipmap",
    Parameter("keys", list_of(STRING), marked=True),
    Parameter("values", DYNAMIC, marked=True),
    result=_zipped_type,
    holds_choices=True,
)
def zipmap(call: Call, arguments: list[Value]) -> Value:
    """`zipmap(keys, values)`: of two lists of one length."""
    names, elements = arguments
    assert isinstance(names, Known)  # noqa: S101 -- the registry has seen to it
    if names.flags & HAS_CHOICE:
        from enclint.frontends.terraform.functions.scenarios import decided

        return decided(lambda cases: zipmap(call, [cases[0], elements]), [names], call.span)
    if names.flags & UNDECIDED:
        result = partials.undecided(call, arguments)
        return result if call.scope.choices else drop_mark(result)
    _check_lengths(len(names.data), known_length(elements) or 0)
    entries = dict(zip(_names(names), elements.data, strict=True))  # type: ignore[attr-defined]
    if call.type.kind == "map":
        zipped = map_value(entries, call.type.element or DYNAMIC, call.span)
    else:
        zipped = object_value(entries, call.span)
    return marked_like(zipped, *names.data)
