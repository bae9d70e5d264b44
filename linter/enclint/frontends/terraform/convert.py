"""Values from one type to another, as Terraform converts them at every border: arguments, variables, operators.

The rules are go-cty's (https://github.com/zclconf/go-cty/tree/main/cty/convert), and so are the words of the errors.
What is undecided converts to something undecided that keeps its identity: a Reference stays one.
"""

from __future__ import annotations

from enclint.frontends.terraform.choices import lifted
from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.numbers import NumberError, parse
from enclint.frontends.terraform.refinements import settle
from enclint.frontends.terraform.syntax import Key
from enclint.frontends.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, Type
from enclint.frontends.terraform.unify import is_convertible, unify
from enclint.frontends.terraform.values import (
    HAS_DEFERRED,
    UNDECIDED,
    is_null,
    list_value,
    map_value,
    null,
    primitive_text,
    quoted,
    set_value,
    unknown_because,
    unmark,
)
from enclint.lean_typing import TYPE_CHECKING, Any, TypeAlias
from enclint.model.value import Absent, Choice, Encoded, Known, Partial, Unknown, Value

if TYPE_CHECKING:
    from enclint.frontends.terraform.scope import Deferred

Step: TypeAlias = "str | int | Key"
"""An attribute, a position, or the key of a map."""


class ConversionError(EvaluationError):
    """A value that does not convert: `detail` is Terraform's phrase ("a number is required"), `path` the way to it."""

    def __init__(self, detail: str, path: tuple[Step, ...] = ()) -> None:
        super().__init__("Incorrect value type", detail)
        self.path = path

    @property
    def phrase(self) -> str:
        """The detail with the way to the part in front: `[0].size: a number is required`."""
        return self.with_path.removeprefix(".")

    @property
    def with_path(self) -> str:
        """The same as Terraform writes it where it does: `.size: a number is required`."""
        way = "".join([_step_text(step) for step in self.path])
        return f"{way}: {self.detail}" if way else self.detail


def _step_text(step: Step) -> str:
    if isinstance(step, Key):
        return f"[{quoted(step.value) if isinstance(step.value, str) else step.value}]"
    return f"[{step}]" if isinstance(step, int) else f".{step}"


def convert(value: Value, target: Type) -> Value:
    """The value as one of the type `target`, attributes that may be left out filled up with null.

    Raises ConversionError. A Choice is converted case by case.
    """
    source = value.type
    if target.kind == "dynamic" or source is target or (source == target and not _has_optional(target)):
        return value
    if value.__class__ is Choice:
        return lifted(lambda each: convert(each, target), [value], value.span)
    if isinstance(value, Absent):
        return null(target.without_optional(), value.span)
    if value.flags & HAS_DEFERRED and isinstance(value, Unknown):
        return _convert_deferred(value, target)  # type: ignore[arg-type]
    if not is_convertible(source, target):
        raise ConversionError(mismatch(source, target))
    if isinstance(value, Unknown):
        return _convert_unknown(value, target)
    assert isinstance(value, Known)  # noqa: S101 -- the lattice has no other classes
    plain = target.without_optional()
    return _in_place_of(value, null(_decided(source, plain)) if value.data is None else _convert_known(value, target))


def _has_optional(type: Type) -> bool:
    if type.optional:
        return True
    if type.element is not None:
        return _has_optional(type.element)
    return any(_has_optional(each) for each in type.attributes.values()) or any(map(_has_optional, type.elements))


def _in_place_of(value: Known, result: Value) -> Value:
    """`result`, just made, with the place, the way and the marks of the value that it was made of."""
    result.span = value.span
    result.trace = value.trace
    if value.sensitive:
        result.sensitive = True
        result.flags |= value.flags & ~UNDECIDED
    return result


def _convert_deferred(value: Deferred, target: Type) -> Value:
    """A resource or module object that must have a type: asked for each attribute where it cannot list them itself."""
    whole = value.force()
    if whole is not value:
        return convert(whole, target)
    if target.kind != "object":
        return unknown_because([value], target.without_optional(), value.span)
    attributes = {}
    for name, type in target.attributes.items():
        try:
            attributes[name] = convert(value.get(name, value.span), type)
        except EvaluationError:
            if name not in target.optional:
                raise
            attributes[name] = null(type.without_optional())
    return _in_place_of(Known(None), Known(attributes, value.span, _object_of(attributes)))


def _object_of(attributes: dict[str, Value]) -> Type:
    return Type("object", attributes={name: value.type for name, value in attributes.items()})


def _convert_unknown(value: Unknown, target: Type) -> Value:
    source: Type = value.type if value.type is not None else DYNAMIC
    plain = _decided(source, target.without_optional())
    if isinstance(value, (Partial, Encoded)) and plain.kind != "string":
        value = Unknown(value.reason, value.span, source, sensitive=value.sensitive, trace=value.trace)
    new = value.copy()
    assert isinstance(new, Unknown)  # noqa: S101
    new.type = plain
    new.refinement = _carried_refinement(value.refinement, source, plain)
    if new.identity is not None and source.kind != "dynamic" and source.kind != plain.kind:
        new.identity = f"to{plain.kind}({new.identity})"
    return settle(new)


def _carried_refinement(refinement: dict[str, Any] | None, source: Type, target: Type) -> dict[str, Any] | None:
    """What the refinement of a value says about the converted one."""
    old = refinement or {}
    new: dict[str, Any] = {"not_null": True} if old.get("not_null") else {}
    if source.kind == target.kind and not source.is_collection:
        new = dict(old)
    elif source.kind == "object" and target.kind == "map":
        new["min_length"] = new["max_length"] = len(source.attributes)
    elif source.kind == "tuple" and target.kind in ("list", "set"):
        length = len(source.elements)
        new["min_length"] = min(length, 1) if target.kind == "set" else length
        new["max_length"] = length
    elif source.is_collection and target.is_collection:
        if "min_length" in old:
            new["min_length"] = min(old["min_length"], 1) if target.kind == "set" else old["min_length"]
        if "max_length" in old:
            new["max_length"] = old["max_length"]
    return new or None


def _convert_known(value: Known, target: Type) -> Value:
    kind = target.kind
    if kind == "string":
        return Known(primitive_text(value.data), None, STRING)
    if kind == "number":
        return _to_number(value.data)
    if kind == "bool":
        return _to_bool(value.data)
    if kind == "object":
        return _to_object(value, target)
    if kind == "map":
        return _to_map(value, target)
    if kind == "tuple":
        elements = [_convert_part(part, type, i) for i, (part, type) in enumerate(_pairs(value, target))]
        return Known(elements, None, Type("tuple", elements=tuple([element.type for element in elements])))
    return _to_list(value, target) if kind == "list" else _to_set(value, target)


def _pairs(value: Known, target: Type) -> list[tuple[Value, Type]]:
    return list(zip(value.data, target.elements, strict=True))


def _convert_part(part: Value, type: Type, step: Step) -> Value:
    try:
        return convert(part, type)
    except ConversionError as error:
        error.path = (step, *error.path)
        raise


def _to_number(data: Any) -> Known:
    try:
        return Known(parse(data), None, NUMBER)
    except NumberError:
        raise ConversionError("a number is required") from None


def _to_bool(text: str) -> Known:
    if text in ("true", "1"):
        return Known(True, None, BOOL)
    if text in ("false", "0"):
        return Known(False, None, BOOL)
    if text.lower() in ("true", "false"):
        raise ConversionError(f'a bool is required; to convert from string, use lowercase "{text.lower()}"')
    raise ConversionError("a bool is required")


def _element_type(target: Type, sources: list[Type]) -> Type:
    """The element type of a collection being made; for `any`, the one that all sources have in common."""
    assert target.element is not None  # noqa: S101
    if target.element.kind != "dynamic" or not sources:
        return target.element
    return unify(sources) or DYNAMIC


def _brought_together(parts: dict[Any, Value], wanted: Type) -> tuple[dict[Any, Value], Type]:
    """Elements whose types may differ still (`list(any)` in `map(list(any))`), brought to the one they share."""
    types = [part.type for part in parts.values()]
    if not types:
        return parts, wanted.without_optional()
    first = next((type for type in types if type.kind != "dynamic"), types[0])
    if all(type is first or type == first for type in types):
        return parts, first
    if all(type.kind == "dynamic" or type == first for type in types):
        return {key: _typed(part, first) for key, part in parts.items()}, first
    common = unify(types)
    if common is None:
        raise ConversionError("cannot find a common base type for all elements")
    if unify([type for type in types if type.kind != "dynamic"]) is None:
        raise ConversionError("all elements must have the same type")
    return {key: _convert_part(part, common, key) for key, part in parts.items()}, common


def _typed(part: Value, type: Type) -> Value:
    """An untyped element of a collection, whose other elements are of a type.

    An unknown keeps the freedom to be a list where the others are tuples: we know fewer types than Terraform.
    """
    if part.type.kind != "dynamic" or (isinstance(part, Unknown) and type.has_structure):
        return part
    return convert(part, type)


def _to_list(value: Known, target: Type) -> Value:
    source: Type = value.type
    wanted = _element_type(target, [part.type for part in value.data] if source.kind == "tuple" else [])
    parts: dict[Any, Value] = {index: _convert_part(part, wanted, index) for index, part in enumerate(value.data)}
    if source.kind == "set" and value.flags & UNDECIDED and len(value.data) > 1:
        return unknown_because([value], Type("list", source.element), value.span)
    if not parts and wanted.kind == "dynamic" and source.element is not None:
        wanted = source.element
    parts, element = _brought_together(parts, wanted)
    return list_value(list(parts.values()), element)


def _to_set(value: Known, target: Type) -> Value:
    source: Type = value.type
    wanted = _element_type(target, [part.type for part in value.data] if source.kind == "tuple" else [])
    parts: dict[Any, Value] = {index: _convert_part(part, wanted, index) for index, part in enumerate(value.data)}
    if not parts and wanted.kind == "dynamic" and source.element is not None:
        wanted = source.element
    parts, element = _brought_together(parts, wanted)
    # A quirk: a null in a set forgets that it is sensitive.
    return set_value([unmark(part) if is_null(part) else part for part in parts.values()], element)


def _to_map(value: Known, target: Type) -> Value:
    source: Type = value.type
    wanted = _element_type(target, list(source.attributes.values()))
    parts: dict[Any, Value] = {key: _convert_part(part, wanted, Key(key)) for key, part in value.data.items()}
    if not parts and wanted.kind == "dynamic" and source.element is not None:
        wanted = source.element
    parts, element = _brought_together(parts, wanted)
    return map_value(parts, element)


def _to_object(value: Known, target: Type) -> Value:
    attributes: dict[str, Value] = {}
    for name, type in target.attributes.items():
        given = value.data.get(name)
        if given is not None:
            attributes[name] = _convert_attribute(value, given, type, name)
        elif name in target.optional:
            attributes[name] = null(type.without_optional())
        else:
            raise ConversionError(f"map has no element for required attribute {quoted(name)}")
    return Known(attributes, None, _object_of(attributes))


def _convert_attribute(value: Known, given: Value, type: Type, name: str) -> Value:
    if value.type.kind == "map" and not is_convertible(given.type, type):
        reason = mismatch(given.type, type)
        raise ConversionError(f"map element type is incompatible with attribute {quoted(name)}: {reason}")
    return _convert_part(given, type, name)


def _decided(source: Type, target: Type) -> Type:
    """`target` with its undecided parts taken from `source`, which converts to it."""
    if source.kind == "dynamic" or not target.has_dynamic:
        return target
    if target.kind == "dynamic":
        return source
    if target.element is not None:
        element = source.element or unify(list(source.attributes.values()) or list(source.elements)) or DYNAMIC
        return Type(target.kind, _decided(element, target.element))
    if target.kind == "object":
        attributes = {
            name: _decided(source.element or source.attributes.get(name, DYNAMIC), type)
            for name, type in target.attributes.items()
        }
        return Type("object", attributes=attributes)
    pairs = zip(source.elements, target.elements, strict=True)
    return Type("tuple", elements=tuple([_decided(one, other) for one, other in pairs]))


def mismatch(given: Type, wanted: Type) -> str:
    """Why values of one type do not convert to another, in Terraform's words."""
    if given.kind == wanted.kind == "object":
        return _object_mismatch(given, wanted)
    if wanted.element is not None:
        if wanted.element.kind == "dynamic" and (given.kind, wanted.kind) in _MEMBERS:
            return f"all {wanted.kind} elements must have the same type"
        if (given.kind, wanted.kind) in _MEMBERS:
            return _member_mismatch(given, wanted.element)
        if given.element is not None and (given.kind == "map") == (wanted.kind == "map"):
            return f"incorrect {wanted.kind} element type: {mismatch(given.element, wanted.element)}"
    return f"{wanted.constraint_name} required"


_MEMBERS = {("tuple", "list"), ("tuple", "set"), ("object", "map")}


def _member_mismatch(given: Type, wanted: Type) -> str:
    members: list[tuple[str, Type]] = [(str(index), type) for index, type in enumerate(given.elements)]
    members += [(quoted(name), type) for name, type in sorted(given.attributes.items(), key=lambda item: item[0])]
    for name, type in members:
        if not is_convertible(type, wanted):
            return f"element {name}: {mismatch(type, wanted)}"
    return f"all elements must be {wanted.constraint_name}"


def _object_mismatch(given: Type, wanted: Type) -> str:
    missing = sorted(wanted.attributes.keys() - given.attributes.keys() - wanted.optional)
    if missing:
        names = [quoted(name) for name in missing]
        if len(names) == 1:
            return f"attribute {names[0]} is required"
        if len(names) == 2:
            return f"attributes {names[0]} and {names[1]} are required"
        return f"attributes {', '.join(names[:-1])}, and {names[-1]} are required"
    for name, type in sorted(wanted.attributes.items(), key=lambda item: item[0]):
        has = given.attributes.get(name)
        if has is not None and not is_convertible(has, type):
            return f"attribute {quoted(name)}: {mismatch(has, type)}"
    return "incorrect object attributes"
