"""What a schema cannot see: whether the words of a policy or vocabulary mean something; the nearest right one if not.

Shipped policies and vocabulary are checked in the tests; a user's when they are read.
"""

from __future__ import annotations

import re

from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.carriers import WORDS as CARRIER_WORDS
from enclint.model.conditions import WORDS as CONDITION_WORDS
from enclint.model.kinds import FormError, compile_property_path
from enclint.model.paths import PathError, compile_path
from enclint.model.predicates import RELATION_WORDS, compile_test
from enclint.model.predicates import WORDS as PREDICATES
from enclint.model.vocabulary import ALWAYS_WITH, DIALECTS
from enclint.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclint.lean_typing import TypeAlias
    from enclint.model.kinds import Kind, Property
    from enclint.model.vocabulary import Vocabulary

    Step: TypeAlias = "str | int"
    Fault: TypeAlias = "tuple[tuple[Step, ...], str]"
    """Where something is wrong (a path of keys and indexes into the document), and what."""

_ONLY_FOR: Final[dict[str, tuple[str, ...]]] = {
    "customer_key": ("key",),
    "key_owner": ("key",),
    "tls_at_least": ("tls_policy",),
    "denies_insecure_transport": ("policy_document",),
    "allows_any_principal": ("policy_document",),
    "mentions": ("text", "list"),
    "contains": ("list",),
    "every": ("list", "reference", "references"),
    "some": ("list", "reference", "references"),
    "none": ("list", "reference", "references"),
    "at_least": ("number", "string", "list"),
    "at_most": ("number", "string", "list"),
    "past": ("string",),
}
"""The types of properties that a predicate can be asked of, where that is not any."""
_LITERALS: Final[dict[str, tuple[type, ...]]] = {"boolean": (bool,), "number": (int, float)}
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")


# Policies


def faults_of_policy(data: Mapping[str, Any], vocabulary: Vocabulary) -> Iterator[Fault]:
    """What is wrong with a policy that its schema allows."""
    if data["resource"] not in vocabulary:
        hint = did_you_mean(data["resource"], vocabulary.names)
        yield ("resource",), f'there is no kind "{data["resource"]}"{hint}'
        return
    kind = vocabulary.kind(data["resource"])
    for word in ("when", "require"):
        if word in data:
            yield from faults_of_condition(data[word], kind, (word,))
    for word in ("undecided", "variants"):
        for number, each in enumerate(data.get(word, ())):
            yield from faults_of_condition(each["when"], kind, (word, number, "when"))
            if "message" in each:
                yield from _faults_of_message(each["message"], kind, (word, number, "message"))
    yield from _faults_of_message(data["message"], kind, ("message",))
    if data["profile"] == "required" and "required_by" not in data:
        yield ("profile",), "a policy of the profile required needs to say what it is `required_by`"


def _faults_of_message(text: str, kind: Kind, place: tuple[Step, ...]) -> Iterator[Fault]:
    for match in _PLACEHOLDER.finditer(text):
        if match[1] in ("resource", "deciding"):
            continue
        try:
            kind.at(compile_property_path(match[1]))
        except FormError as error:
            yield place, f"{error}{_nearest_property(match[1], kind)}"


def faults_of_condition(data: Mapping[str, Any], kind: Kind, place: tuple[Step, ...]) -> Iterator[Fault]:
    """What is wrong with a condition about a kind."""
    for name, value in data.items():
        if name in CONDITION_WORDS:
            for number, each in enumerate(value):
                yield from faults_of_condition(each, kind, (*place, name, number))
        else:
            yield from _faults_of_entry(name, value, kind, (*place, name))


def _faults_of_entry(name: str, value: Any, kind: Kind, place: tuple[Step, ...]) -> Iterator[Fault]:
    try:
        path = compile_property_path(name)
        owner, property = kind.at(path)
    except FormError as error:
        yield place, f"{error}{_nearest_property(name, kind)}"
        return
    relations = [
        kind.at(path._replace(relations=path.relations[:n], name=each)) for n, each in enumerate(path.relations)
    ]
    if any(each.is_many for _, each in relations) and not property.is_relation:
        yield place, f'"{name}" is there several times; ask with every, some or none'
        return
    if path.entry is not None and property.type not in ("map", "tags", "certificate"):
        yield place, f'"{property.name}" is no map, so it has no entries'
        return
    is_entry = path.entry is not None
    yield from _faults_of_predicate(value, property, owner, place, is_entry=is_entry)


def _nearest_property(name: str, kind: Kind) -> str:
    """The question for the property that may have been meant, following the path as far as it goes."""
    for step in name.partition("[")[0].split("."):
        if step not in kind.properties:
            return did_you_mean(step, kind.properties)
        try:
            kind = kind.related(step)
        except FormError:
            break
    return ""


def _faults_of_predicate(
    data: Any, property: Property, kind: Kind, place: tuple[Step, ...], *, is_entry: bool
) -> Iterator[Fault]:
    if not isinstance(data, dict):
        yield from _faults_of_literal(data, property, place, is_entry=is_entry)
        return
    for word, argument in data.items():
        at = (*place, word)
        if word not in PREDICATES:
            yield at, f'there is no predicate "{word}"{did_you_mean(word, PREDICATES)}'
            continue
        types = _ONLY_FOR.get(word)
        if types is not None and property.type not in types and not is_entry:
            yield at, f'{word} cannot be asked of "{property.name}", which is a {property.type}'
        elif word == "not":
            yield from _faults_of_predicate(argument, property, kind, at, is_entry=is_entry)
        elif word == "in":
            for number, each in enumerate(argument if isinstance(argument, list) else [argument]):
                yield from _faults_of_literal(each, property, (*at, number), is_entry=is_entry)
        elif property.is_relation and word in RELATION_WORDS:
            if word in ("every", "some", "none") and str(property.to) in kind.vocabulary:
                yield from faults_of_condition(argument, kind.related(property.name), at)
        else:
            yield from _faults_of_argument(word, argument, property, kind, at)


def _faults_of_argument(
    word: str, argument: Any, property: Property, kind: Kind, place: tuple[Step, ...]
) -> Iterator[Fault]:
    if word == "mentions" and argument not in kind.vocabulary:
        yield place, f'there is no kind "{argument}"{did_you_mean(str(argument), kind.vocabulary.names)}'
        return
    try:
        compile_test({word: argument}, property, kind)
    except (FormError, ValueError, TypeError, re.error) as error:
        yield place, str(error)


def _faults_of_literal(data: Any, property: Property, place: tuple[Step, ...], *, is_entry: bool) -> Iterator[Fault]:
    if is_entry:
        return
    if property.type in ("list", "references", "map", "tags") or isinstance(data, list):
        yield place, f'"{property.name}" is a {property.type}; ask with every, some or none'
        return
    types = _LITERALS.get(property.type)
    if types is not None and (not isinstance(data, types) or (bool not in types and isinstance(data, bool))):
        yield place, f'"{property.name}" is a {property.type}, and `{data}` is none'
        return
    choices = [str(each) for each in property.one_of]
    wanted = str(data).casefold() if property.folds_case else str(data)
    if choices and wanted not in [each.casefold() if property.folds_case else each for each in choices]:
        hint = did_you_mean(str(data), choices) or f"; possible: {', '.join(choices)}"
        yield place, f'"{property.name}" is never `{data}`{hint}'


# Vocabulary


def faults_of_vocabulary(data: Mapping[str, Any], vocabulary: Vocabulary) -> Iterator[Fault]:
    """What is wrong with some kinds that their schema allows; `vocabulary` has these kinds in it, too."""
    for name, kind_data in data.items():
        if "title" not in kind_data and "properties" in kind_data:
            yield (name,), f'the kind "{name}" has no title'
            continue
        for property_name, each in kind_data.get("properties", {}).items():
            yield from _faults_of_property(name, property_name, each, vocabulary)
        for dialect in DIALECTS:
            for type, carriers in (kind_data.get(dialect) or {}).items():
                listed = isinstance(carriers, list)
                for number, carrier in enumerate(carriers if listed else [carriers or {}]):
                    place = (name, dialect, type, number) if listed else (name, dialect, type)
                    yield from _faults_of_carrier(carrier, name, vocabulary, place)
        for number, identifier in enumerate(kind_data.get("identified_by", ())):
            if identifier not in vocabulary.kind(name).properties:
                hint = did_you_mean(identifier, vocabulary.kind(name).properties)
                yield (name, "identified_by", number), f'kind {name} has no property "{identifier}"{hint}'


def _faults_of_property(kind_name: str, name: str, data: Mapping[str, Any], vocabulary: Vocabulary) -> Iterator[Fault]:
    place = (kind_name, "properties", name)
    kind = vocabulary.kind(kind_name)
    if name in (*CONDITION_WORDS, *CARRIER_WORDS):
        yield place, f'no property can be called "{name}"'
    if data["type"] in ("reference", "references"):
        if str(data.get("to")) not in vocabulary:
            yield place, f'there is no kind "{data.get("to")}"{did_you_mean(str(data.get("to")), vocabulary.names)}'
        elif "by" in data and data["by"] not in vocabulary.kind(data["to"]).properties:
            hint = did_you_mean(data["by"], vocabulary.kind(data["to"]).properties)
            yield (*place, "by"), f'kind {data["to"]} has no property "{data["by"]}"{hint}'
        if sum(word in data for word in ("by", "link", "mentioned_in")) > 1:
            yield place, "a relation has one of by, link and mentioned_in"
        if "mentioned_in" in data and data["mentioned_in"] not in kind.properties:
            hint = did_you_mean(data["mentioned_in"], kind.properties)
            yield (*place, "mentioned_in"), f'kind {kind_name} has no property "{data["mentioned_in"]}"{hint}'
    if data["type"] == "tls_policy" and "family" not in data:
        yield place, "a TLS policy needs a family"
    for needed in ALWAYS_WITH.get(data["type"], ()):
        if needed not in vocabulary:
            yield place, f'a property of the type {data["type"]} needs the kind "{needed}"'
    if "forced_by" in data:
        yield from _faults_of_path(data["forced_by"], kind, (*place, "forced_by"))
    yield from _faults_of_defaults(data.get("when_absent"), kind, (*place, "when_absent"), data.get("source"))


def _faults_of_path(text: str, kind: Kind, place: tuple[Step, ...]) -> Iterator[Fault]:
    try:
        kind.at(compile_property_path(text))
    except FormError as error:
        yield place, f"{error}{_nearest_property(text, kind)}"


def _faults_of_defaults(data: Any, kind: Kind, place: tuple[Step, ...], source: str | None) -> Iterator[Fault]:
    if data is None:
        return
    listed = isinstance(data, list)
    for number, each in enumerate(data if listed else [data]):
        at = (*place, number) if listed else place
        given = [word for word in ("same_as", "value", "owner", "unknown") if word in each]
        if len(given) != 1:
            yield at, "a default has one of same_as, value, owner and unknown"
            continue
        if given[0] in ("value", "owner") and "source" not in each and source is None:
            yield at, "a default of AWS needs a source: the address of the AWS page that says so"
        if "same_as" in each:
            yield from _faults_of_path(each["same_as"], kind, (*at, "same_as"))
        if "if" in each:
            yield from faults_of_condition(each["if"], kind, (*at, "if"))


def _faults_of_carrier(
    data: Mapping[str, Any], kind_name: str, vocabulary: Vocabulary, place: tuple[Step, ...]
) -> Iterator[Fault]:
    kind = vocabulary.kind(kind_name)
    for word in ("label", "stands_for"):
        if word in data:
            yield from _faults_of_argument_path(data[word], (*place, word))
    for path in _as_list(data.get("each", ())):
        yield from _faults_of_argument_path(path, (*place, "each"))
    for name, where in data.items():
        if name in CARRIER_WORDS:
            continue
        at = (*place, name)
        property = kind.properties.get(name)
        if property is None:
            yield (
                at,
                f'kind {kind_name} has no property "{name}"{did_you_mean(name, [*kind.properties, *CARRIER_WORDS])}',
            )
            continue
        if property.is_found_elsewhere:
            yield at, f'"{name}" is found by {"the other side" if property.by else "where it stands"}, not by a path'
        described = where if isinstance(where, dict) else {"path": where}
        for word in ("path", "present"):
            for path in _as_list(described.get(word, ())):
                yield from _faults_of_argument_path(path, at)
        yield from _faults_of_defaults(
            described.get("when_absent"), kind, (*at, "when_absent"), property.source or None
        )


def _faults_of_argument_path(path: str, place: tuple[Step, ...]) -> Iterator[Fault]:
    try:
        compile_path(path)
    except PathError as error:
        yield place, str(error)


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]
