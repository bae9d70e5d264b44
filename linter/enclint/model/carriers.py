"""Carriers: how a provider's resource makes one of a kind, or contains several, and where its properties stand."""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.conditions import compile_condition
from enclint.model.keys import Owner
from enclint.model.kinds import ByDefault, compile_defaults
from enclint.model.paths import compile_path, get
from enclint.model.value import Absent, Known, Unknown, shown

if TYPE_CHECKING:
    from enclint.model.conditions import Condition
    from enclint.model.paths import Path
    from enclint.model.resources import Resource
    from enclint.model.scenario import Scenario
    from enclint.model.value import Value

WORDS: Final = ("each", "label", "implicit", "when", "unless", "like", "stands_for")
"""Words of a carrier that are no properties; no property has one of these names."""


class Place:
    """Where a property stands in a carrier, or what it is there for certain."""

    __slots__ = ("_constant", "_map", "_negates", "_paths", "_present", "_unknown", "defaults")

    def __init__(self, data: Any) -> None:
        if not isinstance(data, dict):
            data = {"path": data}
        paths = data.get("path", ())
        self._paths: tuple[Path, ...] = tuple(compile_path(p) for p in ([paths] if isinstance(paths, str) else paths))
        self._present = compile_path(data["present"]) if "present" in data else None
        self._map: dict[str, Any] | None = data.get("map")
        self._negates: bool = bool(data.get("not"))
        self._unknown: str | None = data.get("unknown")
        self._constant: Any = Owner(data["owner"]) if "owner" in data else data.get("constant")
        self.defaults = compile_defaults(data.get("when_absent"), "")

    @property
    def paths(self) -> tuple[Path, ...]:
        """The paths that are looked at, for whoever checks them."""
        return (*self._paths, self._present) if self._present is not None else self._paths

    def read(self, resource: Resource, scenario: Scenario) -> Value:
        """What stands there, without a Choice at its top; Absent where nothing does."""
        value: Value | None = None
        for path in self._paths:
            found = get(resource.source, resource.element, path, scenario)
            if found.__class__ is not Absent:
                return self._translated(found)
            value = value or (resource.place if path.is_selective else found)
        if value is not None:
            return value
        if self._present is not None:
            return _presence(get(resource.source, resource.element, self._present, scenario))
        if self._unknown is not None:
            return Unknown(self._unknown, resource.place.span)
        if self._constant is not None:
            return ByDefault(self._constant, resource.place.span, "")
        return resource.place

    def _translated(self, value: Value) -> Value:
        if not isinstance(value, Known):
            return value
        data = value.data
        if self._map is not None:
            text = str(data).lower() if isinstance(data, bool) else str(data)
            if text not in self._map:
                return value
            data = self._map[text]
            if data is None:
                return Absent(value.span, value.trace)
        if self._negates:
            truth = {"true": True, "false": False}.get(str(data).lower())
            if truth is None:
                return Unknown(f"{shown(value)} is neither true nor false", value.span, trace=value.trace)
            data = not truth
        return value if data is value.data else Known(data, value.span, trace=value.trace, sensitive=value.sensitive)


def _presence(value: Value) -> Value:
    """Whether something stands there, as a value: an empty list of blocks is nothing."""
    if isinstance(value, Absent) or (isinstance(value, Known) and value.data == []):
        return Known(False, value.span, trace=value.trace)
    if isinstance(value, Unknown) and not value.refinement:
        return Unknown(value.reason, value.span, trace=value.trace)
    return Known(True, value.span, trace=value.trace)


class Carrier:
    """One way in which resources of a provider type make one of a kind.

    `each`: paths to the elements each of which makes one (none: the resource itself does). `label` names an element.
    `implicit`: there is one although nobody writes it. `stands_for`: whoever refers to the resource refers to what
    this path refers to.
    """

    __slots__ = ("_unless", "_when", "each", "implicit", "kind_name", "label", "mode", "places", "stands_for", "type")

    def __init__(self, kind_name: str, type: str, data: dict[str, Any]) -> None:
        self.kind_name = kind_name
        self.mode = "data" if type.startswith("data.") else "managed"
        self.type = type.removeprefix("data.")
        each = data.get("each", ())
        self.each: tuple[Path, ...] = tuple(compile_path(path) for path in ([each] if isinstance(each, str) else each))
        self.label = compile_path(data["label"]) if "label" in data else None
        self.implicit: str | None = data.get("implicit")
        self.stands_for = compile_path(data["stands_for"]) if "stands_for" in data else None
        self._when: Condition | None = compile_condition(data["when"], None) if "when" in data else None
        self._unless: Condition | None = compile_condition(data["unless"], None) if "unless" in data else None
        self.places = {name: Place(place) for name, place in data.items() if name not in WORDS}

    def __repr__(self) -> str:
        return f"Carrier({self.type} → {self.kind_name})"

    @property
    def is_entity(self) -> bool:
        """Whether the provider resource itself is the thing, so that a reference to it is one to the thing."""
        return not self.each and self.implicit is None and self.stands_for is None

    @property
    def is_conditional(self) -> bool:
        """Whether it depends on its arguments whether it makes the thing."""
        return self._when is not None or self._unless is not None

    def makes(self, resource: Resource, scenario: Scenario) -> bool | str:
        """Whether the arguments are such that it makes the thing; why that is not known."""
        reason: str | None = None
        if self._when is not None:
            outcome = self._when.check(resource, scenario)
            if outcome.truth is False:
                return False
            if outcome.truth is None:
                reason = outcome.evidence[0].reason
        if self._unless is not None:
            outcome = self._unless.check(resource, scenario)
            if outcome.truth is True:
                return False
            if outcome.truth is None:
                reason = outcome.evidence[0].reason
        return reason or True
