"""Values as a property's type takes them: "true" is true, `[{Key: a, Value: b}]` is a map, an empty text is nothing."""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import Absent, Known, Unknown, Value, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.model.kinds import Property
    from enclint.model.resources import Resource
    from enclint.model.scenario import Scenario


class OpenMap(Unknown):
    """A map of which some members are known, while there may be others. `members`: those that are."""

    __slots__ = ("members",)

    def __init__(self, members: dict[str, Value], because: Unknown) -> None:
        super().__init__(because.reason, because.span, trace=because.trace)
        self.members = members


def converted(value: Value, property: Property, resource: Resource, scenario: Scenario) -> Value:
    """The value as the type takes it; an Unknown where it is none of that type; Absent stays Absent."""
    type = property.type
    if type == "tags":
        return _tags(value, resource, scenario)
    if not isinstance(value, Known):
        return value
    if value.data == "" and property.one_of:
        return value  # none of the words that AWS takes: a mistake, not silence
    converter = _CONVERTERS.get(type)
    if converter is not None:
        return converter(value, scenario)
    return Absent(value.span, value.trace) if value.data == "" or value.data == [] else value


def _boolean(value: Known, _scenario: Scenario) -> Value:
    data = value.data
    if data is True or data is False:
        return value
    truth = {"true": True, "false": False, "1": True, "0": False}.get(str(data).lower())
    if truth is not None:
        return _with_data(value, truth)
    return _absent_or_unknown(value, "neither true nor false")


def _number(value: Known, _scenario: Scenario) -> Value:
    data = value.data
    if isinstance(data, str):
        try:
            return _with_data(value, int(data) if data.strip().lstrip("+-").isdecimal() else float(data))
        except ValueError:
            return _absent_or_unknown(value, "no number")
    return value if hasattr(data, "__float__") else _absent_or_unknown(value, "no number")


def _absent_or_unknown(value: Known, what: str) -> Value:
    if value.data == "":
        return Absent(value.span, value.trace)
    return Unknown(f"{shown(value)} is {what}", value.span, trace=value.trace)


def _string(value: Known, _scenario: Scenario) -> Value:
    data = value.data
    if data == "":
        return Absent(value.span, value.trace)
    if isinstance(data, bool):
        return _with_data(value, "true" if data else "false")
    return value if isinstance(data, (str, list, dict)) else _with_data(value, str(data))


def _list(value: Known, _scenario: Scenario) -> Value:
    return value if value.data.__class__ is list else _with_data(value, [value])


def _map(value: Known, scenario: Scenario) -> Value:
    """A map of texts: from a map, or from a list of pairs whose members are called key or name, and value."""
    if value.data.__class__ is dict:
        return value
    if value.data.__class__ is not list:
        return Unknown("the value is no map", value.span, trace=value.trace)
    members: dict[str, Value] = {}
    unknown: Unknown | None = None
    for item in value.data:
        pair = scenario.resolve(item)
        if isinstance(pair, Known) and pair.data.__class__ is dict:
            unknown = _add_pair(pair, members, scenario) or unknown
        elif isinstance(pair, Unknown):
            unknown = pair
    return OpenMap(members, unknown) if unknown is not None else _with_data(value, members)


_KEYS: Final = ("key", "name", "parametername", "parameterkey", "optionname")
_VALUES: Final = ("value", "parametervalue", "values")


def _add_pair(pair: Known, members: dict[str, Value], scenario: Scenario) -> Unknown | None:
    """Puts a pair among the members; gives back the unknown that keeps its key from being known."""
    by_name = {name.replace("_", "").lower(): member for name, member in pair.data.items()}
    key = next((scenario.resolve(by_name[name]) for name in _KEYS if name in by_name), None)
    value = next((by_name[name] for name in _VALUES if name in by_name), None)
    if isinstance(key, Known):
        members[str(key.data)] = value if value is not None else Absent(pair.span)
        return None
    if key is None and len(pair.data) and value is None:
        members.update(pair.data)
        return None
    return key if isinstance(key, Unknown) else None


TAG_ARGUMENTS: Final = {"terraform": "tags", "cloudformation": "Tags"}
"""What either dialect calls a resource's tags."""


def tags_of(resource: Resource, scenario: Scenario) -> Value:
    """The tags of the provider resource that a resource is or is written in, the provider's default tags among them."""
    own = scenario.resolve(resource.source.argument(TAG_ARGUMENTS[resource.source.dialect]))
    return _tags(own, resource, scenario)


def _tags(own: Value, resource: Resource, scenario: Scenario) -> Value:
    """A resource's tags over the default tags of its provider."""
    below = scenario.resolve(resource.source.provider.default_tags)
    below_map = _map(below, scenario) if isinstance(below, Known) else below
    own_map = _map(own, scenario) if isinstance(own, Known) else own
    members = {**_members(below_map), **_members(own_map)}
    unknown = next((each for each in (own_map, below_map) if isinstance(each, Unknown)), None)
    if unknown is not None:
        if own_map is unknown and not isinstance(own_map, OpenMap):
            members = {}  # what is not known may also hide the defaults
        return OpenMap(members, unknown)
    if not members:
        return own
    return Known(members, own.span, trace=own.trace)


def _members(value: Value) -> dict[str, Value]:
    if isinstance(value, OpenMap):
        return value.members
    return value.data if isinstance(value, Known) and isinstance(value.data, dict) else {}


def member_of(value: Value, name: str, scenario: Scenario) -> Value:
    """A member of a map: Absent where it has none of the name, Unknown where that cannot be told."""
    if isinstance(value, OpenMap):
        found = value.members.get(name)
        return scenario.resolve(found) if found is not None else Unknown(value.reason, value.span, trace=value.trace)
    if isinstance(value, Known) and isinstance(value.data, dict):
        found = value.data.get(name)
        return scenario.resolve(found) if found is not None else Absent(value.span, value.trace)
    return value if isinstance(value, (Absent, Unknown)) else Absent(value.span)


def _certificate(value: Known, _scenario: Scenario) -> Value:
    """What can be asked of a certificate in PEM, by name: `expires`, `key` and `key_bits`."""
    from enclint.model.certificates import CertificateError, read_certificate

    if value.data == "":
        return Absent(value.span, value.trace)
    try:
        certificate = read_certificate(str(value.data))
    except CertificateError as error:
        return Unknown(f"the certificate cannot be read: {error}", value.span, trace=value.trace)
    entries = certificate._asdict().items()
    members = {name: Known(each, value.span, trace=value.trace) for name, each in entries if each is not None}
    return _with_data(value, members)


def _with_data(value: Known, data: object) -> Known:
    return Known(data, value.span, value.type, sensitive=value.sensitive, trace=value.trace)


_CONVERTERS: Final[dict[str, Callable[[Known, Scenario], Value]]] = {
    "boolean": _boolean,
    "number": _number,
    "string": _string,
    "tls_policy": _string,
    "list": _list,
    "map": _map,
    "certificate": _certificate,
}
