"""What is known of an unknown: Terraform's refinements, and what a Choice comes to for who must have one value.

Refinements are a dict (see `enclint.model.value.Unknown`): `not_null`, `prefix`, `min`, `max`, `min_length`,
`max_length`. Source: https://github.com/zclconf/go-cty/blob/main/docs/refinements.md
"""

from __future__ import annotations

from functools import cmp_to_key
from itertools import pairwise

from enclint.frontends.terraform.choices import Impossible
from enclint.frontends.terraform.numbers import INFINITY, NEGATIVE_INFINITY, Number, compare, is_infinite
from enclint.frontends.terraform.types import NUMBER, Type
from enclint.frontends.terraform.values import (
    HAS_EPHEMERAL,
    UNDECIDED,
    equal,
    is_null,
    may_be_null,
    sensitive,
    unknown_because,
    with_parts,
)
from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.value import HAS_CHOICE, HAS_SENSITIVE, Choice, Known, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

NOT_NULL: Final[dict[str, Any]] = {"not_null": True}

MAX_PREFIX_BYTES: Final = 128
"""Terraform keeps no more of a prefix, https://github.com/hashicorp/hcl/blob/main/hclsyntax/expression_template.go."""

_MAX_LENGTH: Final = 2**63 - 1
_ENDS_CLUSTER: Final = frozenset("-_:;/\\,.(){}[]|?!~ \t@#$%^&*+\"'")


def safe_prefix(text: str) -> str:
    """As much of a known beginning as Terraform holds to be safe from whatever follows.

    A combining mark could still alter the last character, unless that is punctuation; and a line break that is no
    CR LF is where Terraform stops looking.
    Source: https://github.com/zclconf/go-cty/blob/main/cty/ctystrings/prefix.go
    """
    encoded = text.encode("utf-8", "surrogatepass")
    if len(encoded) > MAX_PREFIX_BYTES:
        text = encoded[:MAX_PREFIX_BYTES].decode("utf-8", "ignore")
    if not text:
        return text
    if not _may_compose(text[-1]):
        at = _lone_line_break(text)
        if at >= 0:
            return text[:at]
        if text[-1] in _ENDS_CLUSTER:
            return text
    if text.isascii():
        return text[:-1]
    from enclint.frontends.terraform.functions.graphemes import clusters

    return "".join(clusters(text)[:-1])


def _may_compose(character: str) -> bool:
    """Whether a letter and a mark that follows it may be one character in the normal form NFC."""
    if character.isascii():
        return character in "<=>" or (character.isalpha() and character not in "Qq")
    from unicodedata import combining, decomposition

    return bool(combining(character) or decomposition(character))


def _lone_line_break(text: str) -> int:
    """Where the first CR or LF stands that does not belong to a CR LF; -1 if there is none."""
    covered = text.replace("\r\n", "  ")
    places = [at for at in (covered.find("\n"), covered.find("\r")) if at >= 0]
    return min(places, default=-1)


def range_of(value: Value) -> tuple[Number, Number]:
    """The least and the greatest number that a number may be."""
    if isinstance(value, Known) and value.data is not None:
        return value.data, value.data
    refinement = value.refinement if isinstance(value, Unknown) else None
    if not refinement:
        return NEGATIVE_INFINITY, INFINITY
    low = refinement["min"][0] if "min" in refinement else NEGATIVE_INFINITY
    high = refinement["max"][0] if "max" in refinement else INFINITY
    return low, high


def number_range(low: Number, high: Number) -> dict[str, Any]:
    """The refinement of a number that lies between two others, both included, and is not null."""
    refinement: dict[str, Any] = {"not_null": True}
    if not is_infinite(low):
        refinement["min"] = (low, True)
    if not is_infinite(high):
        refinement["max"] = (high, True)
    return refinement


def length_range(value: Value) -> tuple[int, int]:
    """The least and the greatest number of elements that a list, set or map may have."""
    if isinstance(value, Known) and value.data is not None:
        count = len(value.data)
        if value.type.kind == "set" and value.flags & UNDECIDED and count > 1:
            return 1, count
        return count, count
    refinement = (value.refinement if isinstance(value, Unknown) else None) or {}
    return refinement.get("min_length", 0), refinement.get("max_length", _MAX_LENGTH)


def length_bounds(low: int, high: int) -> dict[str, Any]:
    """The refinement that a number of elements within bounds makes."""
    bounds = {"min_length": low} if low else {}
    return bounds | {"max_length": high} if high < _MAX_LENGTH else bounds


def settle(value: Unknown) -> Value:
    """The value that a refinement leaves: the one number of a range, an empty collection, a list of n unknowns."""
    refinement = value.refinement
    if not refinement or not refinement.get("not_null") or value.flags & HAS_EPHEMERAL:
        return value
    if "min" in refinement and "max" in refinement:
        (low, low_inclusive), (high, high_inclusive) = refinement["min"], refinement["max"]
        if low == high and low_inclusive and high_inclusive:
            return _as_known(value, Known(low, value.span, NUMBER))
    length = refinement.get("max_length")
    element: Type | None = value.type.element
    if length is None or element is None or refinement.get("min_length", 0) != length:
        return value
    kind = value.type.kind
    if length == 0:
        return _as_known(value, Known({} if kind == "map" else [], value.span, value.type))
    if (kind == "list" and length <= 1000) or (kind == "set" and length == 1):
        elements: list[Value] = [Unknown(value.reason, value.span, element) for _ in range(length)]
        return _as_known(value, Known(elements, value.span, value.type))
    return value


def _as_known(value: Unknown, known: Known) -> Known:
    known.trace = value.trace
    if value.sensitive:
        known.sensitive = True
        known.flags |= HAS_SENSITIVE
    return known


def either(values: Sequence[Value], type: Type) -> Value:
    """An unknown that is one of the given values: with what Terraform says of a conditional that it cannot decide."""
    refinement: dict[str, Any] | None = None
    if type.kind != "dynamic" and not any(may_be_null(value) for value in values):
        refinement = {"not_null": True}
        if all(value.type.kind == "number" for value in values):
            refinement = _either_number(values)
        elif all(value.type.is_collection and value.type == values[0].type for value in values):
            refinement.update(_either_length(values))
    return settle(unknown_because(values, type, refinement=refinement))


def _either_number(values: Sequence[Value]) -> dict[str, Any]:
    """From the least to the greatest of numbers whose ranges do not overlap; otherwise nothing is said."""
    ranges = sorted([range_of(value) for value in values], key=cmp_to_key(_by_bounds))
    for (low, high), (next_low, next_high) in pairwise(ranges):
        is_same = low == high == next_low == next_high
        if compare(high, next_low) >= 0 and not is_same:
            return {"not_null": True}
    return number_range(ranges[0][0], ranges[-1][1])


def _by_bounds(one: tuple[Number, Number], other: tuple[Number, Number]) -> int:
    return compare(one[0], other[0]) or compare(one[1], other[1])


def _either_length(values: Sequence[Value]) -> dict[str, int]:
    ranges = [length_range(value) for value in values]
    if any(low != high for low, high in ranges):
        return {}
    lengths = [low for low, _ in ranges]
    return {"min_length": min(lengths), "max_length": max(lengths)}


def leaf_values(value: Value) -> list[Value]:
    """The values that a choice may come to, without the cases that Terraform would refuse."""
    if isinstance(value, Choice):
        return [leaf for _, branch in value.branches for leaf in leaf_values(branch)]
    return [] if isinstance(value, Impossible) else [value]


def settled(value: Choice) -> Value:
    """What a choice comes to where only one value may stand: the one that all cases agree on, else an unknown."""
    possible = leaf_values(value)
    if not possible:
        return unknown_because([branch for _, branch in value.branches], value.type, value.span)
    first = possible[0]
    if all(_is_same(first, other) for other in possible[1:]):
        result = first
    else:
        result = either([without_choices(each) for each in possible], value.type)
    return sensitive(result) if value.flags & HAS_SENSITIVE else result


def _is_same(one: Value, other: Value) -> bool:
    if one is other:
        return True
    if is_null(one) and is_null(other):
        return bool(one.type == other.type)
    return not (one.flags | other.flags) & UNDECIDED and equal(one, other) is True


def without_choices(value: Value) -> Value:
    """The value with every choice in it settled."""
    if not value.flags & HAS_CHOICE:
        return value
    if isinstance(value, Choice):
        return without_choices(settled(value))
    return with_parts(value, without_choices)
