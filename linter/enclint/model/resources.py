"""Resources of the common model: what a policy asks, whichever dialect and whichever provider type it comes from."""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING, NamedTuple
from enclint.model.json_text import pieces_of
from enclint.model.kinds import ByDefault
from enclint.model.paths import get
from enclint.model.patterns import is_word
from enclint.model.property_types import converted, member_of
from enclint.model.value import Absent, Choice, Known, Reference, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from enclint.model.carriers import Carrier
    from enclint.model.index import Model
    from enclint.model.kinds import Default, Kind, Property, PropertyPath
    from enclint.model.paths import Path
    from enclint.model.resource import ProviderResource
    from enclint.model.scenario import Scenario

TEXT_KIND = "rendered_text"
"""The kind of what renders texts for others to refer to: its property `content` is the text, `inputs` what is
put into it."""


class Targets(NamedTuple):
    """What a relation leads to.

    `resources` are led to for certain, `possible` perhaps, each for a reason. `unknown`: why there may be others that
    cannot be seen. `is_outside`: it leads to something for certain, but that is not in the code. `value`: what the
    relation is written as, or the place where it could be.
    """

    resources: tuple[Resource, ...]
    value: Value
    possible: tuple[tuple[Resource, str], ...] = ()
    unknown: str | None = None
    is_outside: bool = False

    @property
    def reason(self) -> str | None:
        """Why not everything is known, if so."""
        return self.unknown or (self.possible[0][1] if self.possible else None)


class Resource:
    """One of a kind: a provider resource, or an element of one.

    `element` is the value of the element (perhaps a Choice), None where the provider resource itself is the thing.
    `is_there`: whether the element is, a boolean value. `label` names the element, "" for the resource itself.
    """

    __slots__ = ("_made", "_there", "_values", "carrier", "element", "is_there", "kind", "label", "model", "source")

    def __init__(
        self,
        kind: Kind,
        carrier: Carrier,
        source: ProviderResource,
        model: Model,
        element: Value | None = None,
        is_there: Value | None = None,
        label: str = "",
    ) -> None:
        self.kind = kind
        self.carrier = carrier
        self.source = source
        self.model = model
        self.element = element
        self.is_there = is_there
        self.label = label
        self._values: dict[str, Value] = {}
        self._there: bool | str | None = None
        self._made: bool | str | None = None

    def __repr__(self) -> str:
        return f"Resource({self.kind.name}: {self.name})"

    @property
    def name(self) -> str:
        """Its address, with the element's label."""
        return f"{self.source.address} ({self.label})" if self.label else self.source.address

    @property
    def place(self) -> Absent:
        """Where something that is missing could be said."""
        span = self.element.span if self.element is not None else None
        return Absent(span or self.source.header)

    # Existence

    def is_here(self, scenario: Scenario) -> bool | str:
        """Whether it is there at all: the provider resource, the element in it, and the carrier's conditions.

        True, False, or why that is not known.
        """
        if self._there is not None:
            return self._there
        asked = scenario.asked
        here = _both(self.source_exists(scenario), lambda: self.element_exists(scenario))
        if scenario.asked == asked:
            self._there = here
        return here

    def source_exists(self, scenario: Scenario) -> bool | str:
        """Whether the provider resource exists."""
        return _truth(self.source.exists, scenario)

    def element_exists(self, scenario: Scenario) -> bool | str:
        """Whether the provider resource, if it exists, makes this."""
        if self._made is not None:
            return self._made
        asked = scenario.asked
        made = self._is_made(scenario)
        if scenario.asked == asked:
            self._made = made
        return made

    def _is_made(self, scenario: Scenario) -> bool | str:
        here = _truth(self.is_there, scenario) if self.is_there is not None else True
        if here is False or not self.carrier.is_conditional:
            return here
        return _both(self.carrier.makes(self, scenario), lambda: here)

    # Values

    def argument(self, path: Path, scenario: Scenario) -> Value:
        """What the provider's arguments say at a path."""
        return get(self.source, self.element, path, scenario)

    def read(self, name: str, scenario: Scenario) -> Value:
        """The value of a property: what is written, or what AWS does where nothing is. Raises Undecided."""
        value = self._values.get(name)
        if value is not None:
            return value
        value = scenario.values.get((self, name))
        if value is not None:
            scenario.asked += 1
            return value
        asked = scenario.asked
        value = self._read(self.kind.property(name), scenario)
        if scenario.asked == asked:
            self._values[name] = value
        elif scenario.decisions:
            scenario.values[(self, name)] = value
        return value

    def _read(self, property: Property, scenario: Scenario) -> Value:
        if property.is_found_elsewhere:
            targets = self.targets(property.name, scenario)
            return targets.value if targets.resources or targets.is_outside else Absent(targets.value.span)
        key = (id(self), property.name)
        under_way = self.model.under_way
        if key in under_way:
            return Unknown(f"`{property.name}` of `{self.name}` hangs on itself", self.source.header)
        under_way.add(key)
        try:
            return self._decided(property, scenario)
        finally:
            under_way.discard(key)

    def _decided(self, property: Property, scenario: Scenario) -> Value:
        value = self.written(property, scenario)
        if value.__class__ is Absent:
            value = self._default(property, value, scenario)
        if property.forced_by is None or (isinstance(value, Known) and value.data is True):
            return value
        forcing = self.read_path(property.forced_by, scenario)
        if isinstance(forcing, Known):
            return forcing if forcing.data is True else value
        if isinstance(forcing, Unknown) and isinstance(value, Known):
            return Unknown(forcing.reason, value.span, trace=value.trace)
        return value

    def written(self, property: Property, scenario: Scenario) -> Value:
        """What the code says, as a value of the property's type; Absent where it says nothing."""
        place = self.carrier.places.get(property.name)
        element = self.element
        if element.__class__ is Choice:
            element = scenario.resolve(element)
        if isinstance(element, Unknown) and place is not None:
            return Unknown(element.reason, element.span, trace=element.trace)
        raw = place.read(self, scenario) if place is not None else self.place
        return converted(raw, property, self, scenario)

    def _default(self, property: Property, absent: Value, scenario: Scenario) -> Value:
        place = self.carrier.places.get(property.name)
        defaults = (*place.defaults, *property.defaults) if place is not None else property.defaults
        for default in defaults:
            value = self._applied(default, absent, scenario)
            if value is not None:
                return value
        return absent

    def _applied(self, default: Default, absent: Value, scenario: Scenario) -> Value | None:
        """What one entry of `when_absent` gives; None where it does not apply."""
        condition = default.condition(self.kind)
        if condition is not None:
            outcome = condition.check(self, scenario)
            if outcome.truth is False:
                return None
            if outcome.truth is None:
                reasons = [each.reason for each in outcome.evidence if each.reason]
                return Unknown(reasons[0] if reasons else "it is not known", absent.span, trace=absent.trace)
        if default.same_as is not None:
            value = self.read_path(default.same_as, scenario)
            return None if value.__class__ is Absent else value
        if default.unknown is not None:
            return Unknown(default.unknown, absent.span, trace=absent.trace)
        if default.created_since is not None:
            since = self.model.is_created_since(self.source, default.created_since)
            if since is not True:
                return Unknown(since, absent.span) if isinstance(since, str) else None
        return ByDefault(default.data, absent.span, default.source)

    def read_path(self, path: PropertyPath, scenario: Scenario) -> Value:
        """The value at a path: Absent where a relation leads nowhere, Unknown where it leads out of the code."""
        value = self._read_through(path, scenario) if path.relations else self.read(path.name, scenario)
        return value if path.entry is None else member_of(value, path.entry, scenario)

    def _read_through(self, path: PropertyPath, scenario: Scenario) -> Value:
        targets = self._targets_before(path, scenario)
        if targets.resources:
            values = [target.read(path.name, scenario) for target in targets.resources]
            if len(values) == 1 or _are_equal(values):
                return _come_by(values[0], targets.resources[0], path.name)
            return Unknown(f"several resources say different things of `{path.name}`", targets.value.span)
        if targets.reason is not None:
            return Unknown(targets.reason, targets.value.span, trace=targets.value.trace)
        return Absent(targets.value.span or self.place.span)

    def _targets_before(self, path: PropertyPath, scenario: Scenario) -> Targets:
        """What the relations of a path lead to, before its last step."""
        targets = self.targets(path.relations[0], scenario)
        for relation in path.relations[1:]:
            targets = _joined([each.targets(relation, scenario) for each in targets.resources], targets)
        return targets

    # Relations

    def targets(self, relation: str, scenario: Scenario) -> Targets:
        """What a relation leads to, of what exists in the scenario."""
        property = self.kind.property(relation)
        if property.to is None:
            return Targets((), self.place)
        if property.by is not None:
            return self.model.referring(property.to, property.by, self, scenario)
        if property.link == "provider":
            return self.model.of_provider(property.to, self, scenario)
        if property.link == "contained":
            return self.model.contained(property.to, self, scenario)
        if property.link == "owner":
            return self.model.owner(property.to, self, scenario)
        if property.mentioned_in is not None:
            return self.mentioned(self.read(property.mentioned_in, scenario), property.to, scenario)
        value = self.read(relation, scenario)
        if property.is_many:
            return self._targets_of_list(value, property.to, scenario)
        return self.model.find(property.to, value, scenario)

    def targets_at(self, path: PropertyPath, scenario: Scenario) -> Targets:
        """What the relations of a path lead to, including its last step."""
        if not path.relations:
            return self.targets(path.name, scenario)
        before = self._targets_before(path, scenario)
        return _joined([each.targets(path.name, scenario) for each in before.resources], before)

    def _targets_of_list(self, value: Value, kind_name: str, scenario: Scenario) -> Targets:
        if isinstance(value, Known) and value.data.__class__ is list:
            found = [self.model.find(kind_name, scenario.resolve(item), scenario) for item in value.data]
            return _joined(found, Targets((), value))
        return self.model.find(kind_name, value, scenario)

    def mentioned(self, value: Value, kind_name: str, scenario: Scenario) -> Targets:
        """The resources of a kind that a text, or a list of texts, mentions."""
        found: list[Targets] = []
        unknown: str | None = None
        for piece in self.pieces(value, scenario):
            if isinstance(piece, Reference):
                targets = self.model.find(kind_name, piece, scenario)
                if targets.resources or targets.possible:
                    found.append(targets)
            elif isinstance(piece, Unknown) and not is_word(piece):
                unknown = unknown or piece.reason
        joined = _joined(found, Targets((), value))
        return joined._replace(unknown=joined.unknown or unknown, value=value)

    def pieces(self, value: Value, scenario: Scenario) -> Iterator[Value]:
        """A text in its pieces: Known strings and Unknowns; what other resources render is taken apart, too."""
        waiting = [(value, 0)]
        while waiting:
            each, depth = waiting.pop()
            resolved = scenario.resolve(each)
            if resolved.__class__ is Absent:
                continue
            rendered = self._rendered(resolved, scenario) if isinstance(resolved, Reference) and depth < 8 else None
            if rendered is not None:
                waiting.append((rendered, depth + 1))
                continue
            pieces = pieces_of(resolved)
            if len(pieces) == 1 and not isinstance(pieces[0], Choice):
                yield pieces[0]
            else:
                waiting.extend((piece, depth + 1) for piece in reversed(pieces))

    def _rendered(self, value: Reference, scenario: Scenario) -> Value | None:
        """The texts that a reference stands for, and what is put into them; None where it stands for no text."""
        texts = self.model.find(TEXT_KIND, value, scenario).resources
        if len(texts) != 1:
            return None
        return Known([texts[0].read(name, scenario) for name in ("content", "inputs")], value.span, trace=value.trace)


def _truth(value: Value, scenario: Scenario) -> bool | str:
    if value.__class__ is Choice:
        value = scenario.resolve(value)
    if isinstance(value, Known):
        return value.data is not False
    return value.reason if isinstance(value, Unknown) else False


def _both(first: bool | str, second: Callable[[], bool | str]) -> bool | str:
    if first is False:
        return False
    other = second()
    if other is False:
        return False
    return other if first is True else first


def _are_equal(values: list[Value]) -> bool:
    first = values[0]
    return all(
        isinstance(first, Known) and isinstance(value, Known) and first.data == value.data for value in values[1:]
    )


def _come_by(value: Value, target: Resource, name: str) -> Value:
    """A value that was read in another resource, with that resource in its trace."""
    label = f"{target.name}: {target.kind.title}, {name.replace('_', ' ')}"
    return value.via(label, value.span or target.source.header)


def _joined(found: list[Targets], before: Targets) -> Targets:
    """What several relations lead to together; what is not known of the steps before stays so."""
    return Targets(
        tuple(dict.fromkeys(resource for targets in found for resource in targets.resources)),
        found[0].value if len(found) == 1 else before.value,
        tuple(possible for targets in (*found, before) for possible in targets.possible if targets is not before),
        next((targets.unknown for targets in found if targets.unknown), before.reason),
        any(targets.is_outside for targets in found),
    )
