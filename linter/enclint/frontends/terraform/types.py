"""Terraform's types (those of go-cty): what a value may be, and their JSON form.

Types are immutable and compare by structure. Source: https://github.com/zclconf/go-cty/blob/main/docs/types.md
"""

from __future__ import annotations

from enclint.lean_typing import Any, Final

PRIMITIVES: Final = frozenset({"string", "number", "bool"})


class Type:
    """A Terraform type.

    `kind` is one of string, number, bool, dynamic, list, set, map, object, tuple. `element` is a collection's
    element type; `attributes` an object's; `optional` the names of its attributes that may be left out (only in type
    constraints); `elements` a tuple's.
    """

    __slots__ = ("_hash", "attributes", "element", "elements", "kind", "optional")

    def __init__(
        self,
        kind: str,
        element: Type | None = None,
        attributes: dict[str, Type] | None = None,
        elements: tuple[Type, ...] = (),
        optional: frozenset[str] = frozenset(),
    ) -> None:
        self.kind = kind
        self.element = element
        self.attributes = attributes or {}
        self.elements = elements
        self.optional = optional
        self._hash: int | None = None

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Type)
            and self.kind == other.kind
            and self.element == other.element
            and self.elements == other.elements
            and self.attributes == other.attributes
            and self.optional == other.optional
        )

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(
                (self.kind, self.element, self.elements, tuple(sorted(self.attributes.items(), key=lambda i: i[0])))
            )
        return self._hash

    def __repr__(self) -> str:
        return f"Type({self.to_json()!r})"

    @property
    def is_primitive(self) -> bool:
        """Whether it is string, number or bool."""
        return self.kind in PRIMITIVES

    @property
    def is_collection(self) -> bool:
        """Whether it is a list, set or map (of one element type)."""
        return self.element is not None

    @property
    def has_dynamic(self) -> bool:
        """Whether a part of the type is not decided."""
        if self.kind == "dynamic":
            return True
        if self.element is not None:
            return self.element.has_dynamic
        return any(type.has_dynamic for type in self.attributes.values()) or any(
            type.has_dynamic for type in self.elements
        )

    @property
    def has_structure(self) -> bool:
        """Whether a part of the type is a tuple or an object."""
        return self.kind in ("tuple", "object") or (self.element is not None and self.element.has_structure)

    @property
    def name(self) -> str:
        """The type in the words of Terraform's messages: `list of string`, `object`."""
        return f"{self.kind} of {self.element.name}" if self.element is not None else self.kind

    @property
    def constraint_name(self) -> str:
        """The type in the words of Terraform's messages about what is required: `list of any single type`."""
        if self.element is not None:
            element = "any single type" if self.element.kind == "dynamic" else self.element.constraint_name
            return f"{self.kind} of {element}"
        return "any type" if self.kind == "dynamic" else self.kind

    def without_optional(self) -> Type:
        """The same type with no attribute marked as optional, on any level: values have such types."""
        if self.element is not None:
            element = self.element.without_optional()
            return self if element is self.element else Type(self.kind, element)
        if self.kind == "object":
            attributes = {name: type.without_optional() for name, type in self.attributes.items()}
            if not self.optional and all(attributes[name] is type for name, type in self.attributes.items()):
                return self
            return Type("object", attributes=attributes)
        if self.kind == "tuple":
            elements = tuple([type.without_optional() for type in self.elements])
            if all(new is old for new, old in zip(elements, self.elements, strict=True)):
                return self
            return Type("tuple", elements=elements)
        return self

    def conforms_to(self, constraint: Type) -> bool:
        """Whether it equals `constraint` where that is decided."""
        if constraint.kind == "dynamic" or self == constraint:
            return True
        if self.kind != constraint.kind:
            return False
        if self.element is not None and constraint.element is not None:
            return self.element.conforms_to(constraint.element)
        if self.kind == "object":
            return self.attributes.keys() == constraint.attributes.keys() and all(
                type.conforms_to(constraint.attributes[name]) for name, type in self.attributes.items()
            )
        if self.kind == "tuple":
            return len(self.elements) == len(constraint.elements) and all(
                one.conforms_to(other) for one, other in zip(self.elements, constraint.elements, strict=True)
            )
        return False

    def to_json(self) -> Any:
        """Terraform's JSON form: `"string"`, `["list", "number"]`, `["object", {…}]`, `["tuple", […]]`."""
        if self.element is not None:
            return [self.kind, self.element.to_json()]
        if self.kind == "object":
            return ["object", {name: self.attributes[name].to_json() for name in sorted(self.attributes)}]
        if self.kind == "tuple":
            return ["tuple", [element.to_json() for element in self.elements]]
        return self.kind


STRING = Type("string")
NUMBER = Type("number")
BOOL = Type("bool")
DYNAMIC = Type("dynamic")
"""The type of what has no type yet: an untyped null, a wholly unknown value, the constraint `any`."""
EMPTY_OBJECT = Type("object")
EMPTY_TUPLE = Type("tuple")


def list_of(element: Type) -> Type:
    """`list(element)`."""
    return Type("list", element)


def set_of(element: Type) -> Type:
    """`set(element)`."""
    return Type("set", element)


def map_of(element: Type) -> Type:
    """`map(element)`."""
    return Type("map", element)


def object_of(attributes: dict[str, Type], optional: frozenset[str] = frozenset()) -> Type:
    """`object({…})`."""
    return Type("object", attributes=attributes, optional=optional)


def tuple_of(elements: tuple[Type, ...]) -> Type:
    """`tuple([…])`."""
    return Type("tuple", elements=elements)
