"""The `type` of a variable: from an expression to a type and the defaults of its optional attributes.

Source: https://developer.hashicorp.com/terraform/language/expressions/type-constraints
"""

from __future__ import annotations

from enclint.frontends.terraform.convert import ConversionError, convert
from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.syntax import (
    Call,
    Key,
    Literal,
    Object,
    ObjectKey,
    String,
    Tuple,
    Variable,
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
from enclint.frontends.terraform.unify import unify
from enclint.frontends.terraform.values import (
    is_null,
    list_value,
    map_value,
    object_value,
    sensitive,
    set_value,
    tuple_value,
)
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import Choice, Known, Unknown, Value
from enclint.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.frontends.terraform.syntax import Expression
    from enclint.source import Source

SUMMARY: Final = "Invalid type specification"

_PRIMITIVES: Final = {"string": STRING, "number": NUMBER, "bool": BOOL, "any": DYNAMIC}
_COLLECTIONS: Final[dict[str, Callable[[Type], Type]]] = {"list": list_of, "set": set_of, "map": map_of}
_NEEDS: Final = {
    "list": "The list type constructor requires one argument specifying the element type.",
    "set": "The set type constructor requires one argument specifying the element type.",
    "map": "The map type constructor requires one argument specifying the element type.",
    "object": "The object type constructor requires one argument specifying the attribute types and values as a map.",
    "tuple": "The tuple type constructor requires one argument specifying the element types as a list.",
    "optional": 'Keyword "optional" is valid only as a modifier for object type attributes.',
}


_WORDS: Final = {True: "true", False: "false", None: "null"}


class Defaults:
    """The defaults of optional attributes in a type: for an object by attribute, and those further inside.

    `values`: attribute to default. `children`: attribute, or element's number in a tuple, or "" for the elements of
    a collection, to the defaults in there. `kind` is the type's kind.
    """

    __slots__ = ("children", "kind", "values")

    def __init__(self, kind: str, values: dict[str, Value], children: dict[str, Defaults]) -> None:
        self.kind = kind
        self.values = values
        self.children = children

    def apply(self, value: Value) -> Value:
        """The value, with what it lacks (or has as null) filled in. Null and unknown values stay as they are.

        Source: https://github.com/hashicorp/hcl/blob/main/ext/typeexpr/defaults.go
        """
        if isinstance(value, Choice):
            from enclint.frontends.terraform.choices import lifted

            return lifted(self.apply, [value], value.span)
        if not isinstance(value, Known) or value.data is None or value.type is None:
            return value
        if value.data.__class__ is dict:
            filled = self._filled_map(value)
        elif value.data.__class__ is list:
            filled = self._filled_list(value)
        else:
            return value
        filled.span = value.span
        filled.trace = value.trace
        return sensitive(filled) if value.sensitive else filled

    def _child(self, key: str) -> Defaults | None:
        return self.children.get("" if self.kind in ("list", "set", "map") else key)

    def _filled_list(self, value: Known) -> Known:
        elements: list[Value] = []
        for index, element in enumerate(value.data):
            child = self._child(str(index))
            elements.append(child.apply(element) if child is not None else element)
        kind = value.type.kind
        shared = unify([element.type for element in elements]) if kind != "tuple" else None
        if not elements and kind != "tuple":
            return value.copy()  # type: ignore[return-value]
        if shared is None:
            return tuple_value(elements)
        converted = [convert(element, shared) for element in elements]
        return set_value(converted, shared) if kind == "set" else list_value(converted, shared)

    def _filled_map(self, value: Known) -> Known:
        entries: dict[str, Value] = {}
        for key, element in value.data.items():
            child = self._child(key)
            entries[key] = child.apply(element) if child is not None else element
        for name, default in self.values.items():
            given = entries.get(name)
            if given is None or is_null(given):
                child = self._child(name)
                entries[name] = child.apply(default) if child is not None else default
            elif isinstance(given, Unknown) and not is_null(default):
                entries[name] = _not_null(given)
        shared = unify([element.type for element in entries.values()]) if value.type.kind == "map" else None
        if not entries or shared is None:
            return object_value(entries) if entries or value.type.kind == "object" else value.copy()  # type: ignore[return-value]
        return map_value({key: convert(element, shared) for key, element in entries.items()}, shared)


def _not_null(value: Unknown) -> Unknown:
    """An unknown that a default stands in for should it turn out to be null."""
    new = value.copy()
    assert isinstance(new, Unknown)  # noqa: S101
    new.refinement = {**(value.refinement or {}), "not_null": True}
    return new


class TypeConstraint:
    """What a variable's `type` says. `is_literal`: text from outside is the value, not an expression for it."""

    __slots__ = ("defaults", "is_literal", "type")

    def __init__(self, type: Type, defaults: Defaults | None, is_literal: bool) -> None:
        self.type = type
        self.defaults = defaults
        self.is_literal = is_literal

    def accept(self, value: Value) -> Value:
        """The value as the type wants it. Raises ConversionError."""
        if self.defaults is not None:
            value = self.defaults.apply(value)
        return convert(value, self.type)


ANYTHING: Final = TypeConstraint(DYNAMIC, None, is_literal=True)


def type_constraint(expression: Expression, source: Source) -> TypeConstraint:
    """The constraint that an expression stands for. Raises EvaluationError for what is no type."""
    if isinstance(expression, String):
        raise _quoted_type(expression, source)
    if isinstance(expression, Variable) and expression.path in (("list",), ("map",)):
        return TypeConstraint(_COLLECTIONS[str(expression.path[0])](DYNAMIC), None, is_literal=False)
    reader = _Reader(source)
    type, defaults = reader.read(expression)
    return TypeConstraint(type, defaults, is_literal=type.is_primitive)


def _quoted_type(text: String, source: Source) -> EvaluationError:
    """The error about a type in quotes."""
    span = Span(source, text.start, text.end)
    instead = _INSTEAD.get(text.value)
    if instead is None:
        return EvaluationError(
            "Invalid legacy variable type hint",
            "To provide a full type expression, remove the surrounding quotes and give the type expression directly.",
            span,
        )
    return EvaluationError(
        "Invalid quoted type constraints",
        "Terraform 0.11 and earlier required type constraints to be given in quotes, but that form is now deprecated "
        f'and will be removed in a future version of Terraform. Remove the quotes around "{text.value}"{instead}.',
        span,
    )


_INSTEAD: Final = {
    "string": "",
    "list": " and write list(string) instead to explicitly indicate that the list elements are strings",
    "map": " and write map(string) instead to explicitly indicate that the map elements are strings",
}


class _Reader:
    """Reads type expressions of one file."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def read(self, expression: Expression) -> tuple[Type, Defaults | None]:
        """A type, and the defaults in it if it has any."""
        if isinstance(expression, Literal) or (isinstance(expression, Variable) and len(expression.path) == 1):
            name = _WORDS[expression.value] if isinstance(expression, Literal) else str(expression.path[0])
            primitive = _PRIMITIVES.get(name)
            if primitive is None:
                detail = _NEEDS.get(name, f'The keyword "{name}" is not a valid type specification.')
                raise self._error(detail, expression)
            return primitive, None
        if not isinstance(expression, Call):
            raise self._error(
                "A type specification is either a primitive type keyword (bool, number, string) or a complex type "
                "constructor call, like list(string).",
                expression,
            )
        return self._constructor(expression)

    def _constructor(self, call: Call) -> tuple[Type, Defaults | None]:
        name = call.name
        if name in _PRIMITIVES:
            raise self._error(f'Primitive type keyword "{name}" does not expect arguments.', call)
        if len(call.arguments) != 1 or name == "optional":
            raise self._error(_NEEDS.get(name, f'Keyword "{name}" is not a valid type constructor.'), call)
        argument = call.arguments[0]
        if name in _COLLECTIONS:
            element, inner = self.read(argument)
            return _COLLECTIONS[name](element), Defaults(name, {}, {"": inner}) if inner is not None else None
        if name == "object":
            return self._object(argument)
        if name == "tuple":
            return self._tuple(argument)
        raise self._error(f'Keyword "{name}" is not a valid type constructor.', call)

    def _object(self, argument: Expression) -> tuple[Type, Defaults | None]:
        if not isinstance(argument, Object):
            raise self._error(
                "Object type constructor requires a map whose keys are attribute names and whose values are the "
                "corresponding attribute types.",
                argument,
            )
        types: dict[str, Type] = {}
        optional: set[str] = set()
        values: dict[str, Value] = {}
        children: dict[str, Defaults] = {}
        for key, item in argument.items:
            name = _keyword(key)
            if name is None:
                raise self._error("Object constructor map keys must be attribute names.", key)
            if name in types:
                raise self._error("Object constructor map keys must be unique.", key)
            default = None
            if isinstance(item, Call) and item.name == "optional":
                optional.add(name)
                item, default = self._optional(item)
            types[name], inner = self.read(item)
            if inner is not None:
                children[name] = inner
            if default is not None:
                values[name] = self._default(default, types[name], inner)
        defaults = Defaults("object", values, children) if values or children else None
        return object_of(types, frozenset(optional)), defaults

    def _optional(self, call: Call) -> tuple[Expression, Expression | None]:
        if not call.arguments:
            raise self._error("Optional attribute modifier requires the attribute type as its argument.", call)
        if len(call.arguments) > 2:
            raise self._error(
                "Optional attribute modifier expects at most two arguments: the attribute type, and a default value.",
                call,
            )
        return call.arguments[0], call.arguments[1] if len(call.arguments) == 2 else None

    def _default(self, expression: Expression, type: Type, inner: Defaults | None) -> Value:
        from enclint.frontends.terraform.constants import constant

        value = constant(expression, self.source)
        try:
            if inner is not None:
                value = inner.apply(value)
            return convert(value, type)
        except ConversionError as error:
            raise EvaluationError(
                "Invalid default value for optional attribute",
                f"This default value is not compatible with the attribute's type constraint: {error.detail}.",
                self._span(expression),
            ) from None

    def _tuple(self, argument: Expression) -> tuple[Type, Defaults | None]:
        if not isinstance(argument, Tuple):
            raise self._error("Tuple type constructor requires a list of element types.", argument)
        read = [self.read(item) for item in argument.items]
        children = {str(index): inner for index, (_, inner) in enumerate(read) if inner is not None}
        return tuple_of(tuple([type for type, _ in read])), Defaults("tuple", {}, children) if children else None

    def _error(self, detail: str, node: Expression | ObjectKey) -> EvaluationError:
        return EvaluationError(SUMMARY, detail, self._span(node))

    def _span(self, node: Expression | ObjectKey) -> Span:
        return Span(self.source, node.start, node.end)


def _keyword(key: Expression | ObjectKey) -> str | None:
    """The name that an object's key is; None for one that is computed."""
    if isinstance(key, ObjectKey):
        return key.name
    if isinstance(key, Variable) and len(key.path) == 1 and not isinstance(key.path[0], Key):
        return key.path[0]
    return key.value if isinstance(key, String) else None
