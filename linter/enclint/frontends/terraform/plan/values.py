"""The values of a plan: `after` beside `after_unknown`, `after_sensitive` and the configuration's expressions."""

from __future__ import annotations

from enclint.frontends.terraform.plan.references import Configuration, member
from enclint.json_positions import JsonArray, JsonNode, JsonNumber, JsonObject, JsonScalar
from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple
from enclint.model.value import Absent, Known, Unknown, Value
from enclint.source import Source, Span

if TYPE_CHECKING:
    from enclint.frontends.terraform.plan.addresses import ModulePath
    from enclint.frontends.terraform.plan.locations import Location
    from enclint.frontends.terraform.provider_bodies import ProviderBody


_MADE_DYNAMICALLY: Final = "a `dynamic` block makes it, and a plan does not say how"


class Facets(NamedTuple):
    """The same place of a resource seen from the sections of the plan, and from the `.tf` source if it is there."""

    after: JsonNode | None
    unknown: JsonNode | None
    sensitive: JsonNode | None
    expression: JsonNode | None
    location: Location | None
    in_block: bool
    """Whether `expression` holds the arguments of a block, rather than being one argument's expression."""
    body: ProviderBody | None = None
    """What the provider's schema says of the resource or block, where it is in the table."""
    is_nested: bool = False
    """Whether this stands in a nested block."""
    is_dynamic: bool = False
    """Whether a `dynamic` block made the block that this stands in: a plan's configuration holds none of those."""

    def named(self, name: str) -> Facets:
        """The facets of an argument or nested block of this block, or of an attribute of this object."""
        location = self.location.named(name) if self.location is not None and self.in_block else self.location
        expression = member(self.expression, name) if self.in_block else self.expression
        is_block = self.in_block and _holds_blocks(expression)
        return Facets(
            member(self.after, name),
            _inside(self.unknown, name),
            _inside(self.sensitive, name),
            expression,
            location,
            is_block,
            self.body.blocks.get(name) if self.body is not None else None,
            self.is_nested,
            self.is_dynamic,
        )

    def numbered(self, index: int) -> Facets:
        """The facets of an element of this list, or of one of these nested blocks."""
        location = self.location.numbered(index) if self.location is not None and self.in_block else self.location
        expression = self.expression
        is_dynamic = self.is_dynamic or expression is None
        if self.in_block and isinstance(expression, JsonArray):
            is_dynamic = is_dynamic or len(expression.items) != self.length()
            expression = expression.items[index] if index < len(expression.items) and not is_dynamic else None
        return Facets(
            _item(self.after, index),
            _inside(self.unknown, index),
            _inside(self.sensitive, index),
            expression,
            location,
            self.in_block,
            self.body,
            True,
            is_dynamic,
        )

    def length(self) -> int:
        """How many elements this list has."""
        return max(len(node.items) if isinstance(node, JsonArray) else 0 for node in (self.after, self.unknown))


class PlanValues:
    """Builds the values of one plan; `source` is the plan's text, where values without a `.tf` source point."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def constant(self, node: JsonNode) -> Value:
        """A JSON node as a value, with its place in the plan."""
        span = self.span(node)
        if isinstance(node, JsonObject):
            return Known({name: self.constant(value) for name, value in node.members.items()}, span)
        if isinstance(node, JsonArray):
            return Known([self.constant(item) for item in node.items], span)
        return Known(_scalar(node), span)

    def span(self, node: JsonNode) -> Span:
        """The place of a node in the plan."""
        return Span(self._source, node.start, node.end)

    def value(self, facets: Facets, configuration: Configuration, path: ModulePath) -> Value:
        """What an argument (or a part of one) of a resource of the module at `path` will be after apply."""
        if _is_true(facets.unknown):
            return self._known_after_apply(facets, configuration, path)
        after = facets.after
        span = self._place(facets)
        sensitive = _is_true(facets.sensitive)
        if isinstance(after, JsonObject) or isinstance(facets.unknown, JsonObject):
            names = dict.fromkeys([*_names(after), *_names(facets.unknown)])
            members = {name: self.value(facets.named(name), configuration, path) for name in names}
            return Known(members, span, sensitive=sensitive)
        if isinstance(after, JsonArray) or isinstance(facets.unknown, JsonArray):
            length = facets.length()
            if not length and facets.expression is None:
                return Absent(span)
            items = [self.value(facets.numbered(index), configuration, path) for index in range(length)]
            return Known(items, span, sensitive=sensitive)
        if after is None or after.value is None:
            return Absent(span)
        return Known(_scalar(after), span, sensitive=sensitive)

    def _known_after_apply(self, facets: Facets, configuration: Configuration, path: ModulePath) -> Value:
        """With an expression, what it refers to; without one the provider computes it, so nobody set it.

        Blocks within a block are no provider's to compute: a `dynamic` block makes those.
        """
        place = self._place(facets)
        if facets.expression is None and facets.body is not None and facets.is_nested:
            return Unknown(_MADE_DYNAMICALLY, place)
        if facets.expression is None:
            return Unknown(_MADE_DYNAMICALLY, place) if facets.is_dynamic else Absent(place)
        if facets.in_block:
            return Unknown("these blocks are known only after apply", place)
        value = configuration.value(facets.expression, path)
        if isinstance(value, Known):
            # The plan says unknown, so the constant is only an ingredient of what is computed.
            value = Unknown("known only after apply")
        return value.at(place)

    def _place(self, facets: Facets) -> Span | None:
        """Where people look: the argument in the `.tf` source, else the value in the plan."""
        if facets.location is not None and facets.location.span is not None:
            return facets.location.span
        return self.span(facets.after) if facets.after is not None else None


def _scalar(node: JsonScalar) -> bool | int | float | str | None:
    """A scalar's plain value."""
    value = node.value
    return float(value) if isinstance(value, JsonNumber) else value


def _is_true(node: JsonNode | None) -> bool:
    """Whether a node of `after_unknown` or `after_sensitive` covers the whole value."""
    return isinstance(node, JsonScalar) and node.value is True


def _names(node: JsonNode | None) -> list[str]:
    """The names of an object's members; of `after_unknown`, those that say something."""
    return list(node.members) if isinstance(node, JsonObject) else []


def _item(node: JsonNode | None, index: int) -> JsonNode | None:
    """An array's item; None past its end."""
    return node.items[index] if isinstance(node, JsonArray) and index < len(node.items) else None


def _inside(node: JsonNode | None, step: str | int) -> JsonNode | None:
    """A part of `after_unknown` or `after_sensitive`: where the whole is marked, so is each part."""
    if _is_true(node):
        return node
    return member(node, step) if isinstance(step, str) else _item(node, step)


def _holds_blocks(expression: JsonNode | None) -> bool:
    """Whether an entry of `expressions` holds nested blocks: a list of them, or one that names other arguments."""
    if isinstance(expression, JsonArray):
        return True
    return isinstance(expression, JsonObject) and any(
        isinstance(value, (JsonObject, JsonArray)) and name not in ("constant_value", "references")
        for name, value in expression.members.items()
    )
