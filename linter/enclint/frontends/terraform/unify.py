"""Which types convert to which, and the type that several can be brought to.

The rules are those of go-cty's `convert` package, in its "unsafe" mode unless it is said otherwise: a conversion that
may fail for some values (string to number) counts as possible.
Source: https://github.com/zclconf/go-cty/tree/main/cty/convert
"""

from __future__ import annotations

from enclint.frontends.terraform.types import DYNAMIC, Type
from enclint.lean_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def is_convertible(source: Type, target: Type, unsafe: bool = True) -> bool:
    """Whether values of type `source` may convert to `target`; not `unsafe`: whether all of them certainly do."""
    if target.kind == "dynamic" or source == target:
        return True
    if source.kind == "dynamic":
        return unsafe
    if source.is_primitive or target.is_primitive:
        return _is_primitive_convertible(source, target, unsafe)
    if target.kind in ("list", "set"):
        return _is_sequence_convertible(source, target, unsafe)
    if target.kind == "map":
        return _is_map_convertible(source, target, unsafe)
    if target.kind == "object":
        return _is_object_convertible(source, target, unsafe)
    return (
        source.kind == "tuple"
        and len(source.elements) == len(target.elements)
        and all(is_convertible(one, other, unsafe) for one, other in zip(source.elements, target.elements, strict=True))
    )


def _is_primitive_convertible(source: Type, target: Type, unsafe: bool) -> bool:
    if not (source.is_primitive and target.is_primitive):
        return False
    return target.kind == "string" or (unsafe and source.kind == "string")


def _is_sequence_convertible(source: Type, target: Type, unsafe: bool) -> bool:
    assert target.element is not None  # noqa: S101
    if source.kind == "tuple":
        return _all_convertible(source.elements, target.element, unsafe, strict=True)
    if source.kind not in ("list", "set") or source.element is None:
        return False
    if target.kind == "set" and source.kind == "list" and not unsafe:
        return False
    return is_convertible(source.element, target.element, unsafe)


def _is_map_convertible(source: Type, target: Type, unsafe: bool) -> bool:
    assert target.element is not None  # noqa: S101
    if source.kind == "map" and source.element is not None:
        return is_convertible(source.element, target.element, unsafe)
    return source.kind == "object" and _all_convertible(
        tuple(source.attributes.values()), target.element, unsafe, strict=False
    )


def _all_convertible(sources: Sequence[Type], target: Type, unsafe: bool, strict: bool) -> bool:
    """Whether the parts of a tuple or object convert to one element type; `strict` about untyped ones among others."""
    if not sources:
        return True
    if target.kind == "dynamic":
        common = unify(sources, unsafe)
        if common is None:
            return False
        if common.kind == "dynamic":
            return not strict or all(source.kind == "dynamic" for source in sources)
        target = common
    return all(is_convertible(source, target, unsafe) for source in sources)


def _is_object_convertible(source: Type, target: Type, unsafe: bool) -> bool:
    if source.kind == "map" and source.element is not None:
        return unsafe and all(
            name in target.optional or is_convertible(source.element, type, unsafe)
            for name, type in target.attributes.items()
        )
    if source.kind != "object":
        return False
    for name, type in target.attributes.items():
        given = source.attributes.get(name)
        if given is None:
            if name not in target.optional:
                return False
        elif not is_convertible(given, type, unsafe):
            return False
    return True


def unify(types: Sequence[Type], unsafe: bool = True) -> Type | None:
    """The type that all of `types` convert to, None if there is none; DYNAMIC where it cannot be told yet."""
    if not types:
        return None
    first = types[0]
    if all(type is first or type == first for type in types):
        return first
    kinds = {type.kind for type in types} - {"dynamic"}
    is_open = any(type.kind == "dynamic" for type in types)
    if len(kinds) == 1:
        (kind,) = kinds
        if kind in ("map", "list", "set", "object", "tuple"):
            if is_open:
                return DYNAMIC
            if kind == "object":
                return _unify_objects(types, unsafe)
            if kind == "tuple":
                return _unify_tuples(types, unsafe)
            element = unify([type.element for type in types if type.element is not None], unsafe)
            return Type(kind, element) if element is not None else None
    if kinds == {"map", "object"} or kinds == {"list", "tuple"}:
        common = _unify_structures_as_collections(types, unsafe)
        if common is not None:
            return common
    elif {"object", "tuple"} <= kinds:
        return None
    return _first_acceptable(types, unsafe)


def _unify_structures_as_collections(types: Sequence[Type], unsafe: bool) -> Type | None:
    """Objects among maps are taken for maps, tuples among lists for lists."""
    objects = [type for type in types if type.kind == "object"]
    tuples = [type for type in types if type.kind == "tuple"]
    stand_in = _unify_to_map(objects, unsafe) if objects else _unify_to_list(tuples, unsafe)
    if stand_in is None:
        return None
    common = unify([stand_in if type.kind in ("object", "tuple") else type for type in types], unsafe)
    return common if common is not None and common.kind == stand_in.kind else None


def _unify_objects(types: Sequence[Type], unsafe: bool) -> Type | None:
    names = types[0].attributes.keys()
    if any(type.attributes.keys() != names for type in types):
        return _unify_to_map(types, unsafe)
    attributes = {}
    for name in names:
        common = unify([type.attributes[name] for type in types], unsafe)
        if common is None:
            return None
        attributes[name] = common
    result = Type("object", attributes=attributes)
    return result if _all_reach(types, result, unsafe) else _unify_to_map(types, unsafe)


def _unify_tuples(types: Sequence[Type], unsafe: bool) -> Type | None:
    length = len(types[0].elements)
    if any(len(type.elements) != length for type in types):
        return _unify_to_list(types, unsafe)
    elements = []
    for index in range(length):
        common = unify([type.elements[index] for type in types], unsafe)
        if common is None:
            return None
        elements.append(common)
    result = Type("tuple", elements=tuple(elements))
    return result if _all_reach(types, result, unsafe) else _unify_to_list(types, unsafe)


def _unify_to_map(types: Sequence[Type], unsafe: bool) -> Type | None:
    element = unify([attribute for type in types for attribute in type.attributes.values()], unsafe)
    if element is None:
        return None
    result = Type("map", element)
    return result if _all_reach(types, result, unsafe) else None


def _unify_to_list(types: Sequence[Type], unsafe: bool) -> Type | None:
    element = unify([element for type in types for element in type.elements], unsafe)
    if element is None:
        return None
    result = Type("list", element)
    return result if _all_reach(types, result, unsafe) else None


def _all_reach(types: Sequence[Type], target: Type, unsafe: bool) -> bool:
    return all(is_convertible(type, target, unsafe) for type in types)


def _first_acceptable(types: Sequence[Type], unsafe: bool) -> Type | None:
    """The most general of the types, if all others convert to it."""
    for index in _by_generality(types):
        if _all_reach(types, types[index], unsafe):
            return types[index]
    return None


def _by_generality(types: Sequence[Type]) -> list[int]:
    """Indices of the types, most general first: a topological order that keeps the given one where it can."""
    count = len(types)
    below: list[list[int]] = [[] for _ in types]
    degree = [0] * count
    for one in range(count - 1):
        for other in range(one + 1, count):
            order = _compare(types[one], types[other])
            if order < 0:
                below[one].append(other)
                degree[other] += 1
            elif order > 0:
                below[other].append(one)
                degree[one] += 1
    queue = [index for index in range(count) if degree[index] == 0]
    for index in queue:  # grows while it is walked
        for other in below[index]:
            degree[other] -= 1
            if degree[other] == 0:
                queue.append(other)
    return queue


def _compare(one: Type, other: Type) -> int:
    """-1 where `one` is the more general type, 1 where `other` is, 0 where neither is. Undecided ones come last."""
    if one.kind == "dynamic" or other.kind == "dynamic":
        return (one.kind == "dynamic") - (other.kind == "dynamic")
    if one.is_primitive and other.is_primitive:
        return (one.kind != "string") - (other.kind != "string") if "string" in (one.kind, other.kind) else 0
    if one.element is not None and other.element is not None and one.kind == other.kind:
        return _compare(one.element, other.element)
    if (one.kind, other.kind) in _MORE_GENERAL:
        return -1
    if (other.kind, one.kind) in _MORE_GENERAL:
        return 1
    if one.kind == other.kind == "object" and one.attributes.keys() == other.attributes.keys():
        return _compare_all([_compare(type, other.attributes[name]) for name, type in one.attributes.items()])
    if one.kind == other.kind == "tuple" and len(one.elements) == len(other.elements):
        return _compare_all([_compare(*pair) for pair in zip(one.elements, other.elements, strict=True)])
    return 0


_MORE_GENERAL = {("list", "tuple"), ("map", "object"), ("tuple", "set"), ("list", "set")}


def _compare_all(orders: list[int]) -> int:
    if min(orders, default=0) < 0 < max(orders, default=0):
        return 0
    return min(orders, default=0) or max(orders, default=0)
