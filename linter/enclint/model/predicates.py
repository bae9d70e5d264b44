"""Predicates: what a policy may ask of a value.

A test takes a value without a Choice at its top, the resource that it was asked of, and the scenario. It answers
True, False, or why it is undecided, in the user's words; one that asks the elements of something answers with an
Outcome, which carries the element that decides.
"""

from __future__ import annotations

import re

from enclint.lean_typing import TYPE_CHECKING, Any, Final, TypeAlias
from enclint.model.conditions import compile_condition
from enclint.model.json_text import pieces_of
from enclint.model.keys import CUSTOMERS, Owner, owner_of
from enclint.model.kinds import ByDefault, FormError
from enclint.model.kleene import HOLDS, Evidence, Outcome, conjunction, disjunction
from enclint.model.patterns import is_word, may_match
from enclint.model.value import Absent, Encoded, Known, Partial, Reference, Unknown, Value, first_reason, shown
from enclint.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from enclint.model.kinds import Kind, Property
    from enclint.model.resources import Resource, Targets
    from enclint.model.scenario import Scenario

    ValueTest: TypeAlias = "Callable[[Value, Resource, Scenario], Answer]"
    RelationTest: TypeAlias = "Callable[[Targets, Resource, Scenario], Answer]"

Answer: TypeAlias = bool | str | Outcome

RELATION_WORDS: Final = ("present", "absent", "every", "some", "none")
"""What is asked of the resources that a relation leads to; every other word is asked of the text."""


def compile_test(data: Any, property: Property | None, kind: Kind | None) -> ValueTest:
    """The test that a predicate means for values of a property. Raises FormError for words that there are not."""
    if not isinstance(data, dict):
        return _equals(data, property)
    if not data:
        raise FormError("a predicate must not be empty")
    tests = [_compiler_of(word)(argument, property, kind) for word, argument in data.items()]
    return tests[0] if len(tests) == 1 else _all_of(tests)


def _all_of(tests: list[ValueTest]) -> ValueTest:
    def test(value: Value, resource: Resource, scenario: Scenario) -> Answer:
        undecided: Answer | None = None
        for each in tests:
            answer = each(value, resource, scenario)
            if _truth(answer) is False:
                return answer
            if _truth(answer) is None:
                undecided = undecided or answer
        return True if undecided is None else undecided

    return test


def _truth(answer: Answer) -> bool | None:
    if isinstance(answer, Outcome):
        return answer.truth
    return None if isinstance(answer, str) else answer


def _negated(answer: Answer) -> Answer:
    truth = _truth(answer)
    return answer if truth is None else not truth


def unknown_because(value: Value) -> str:
    """Why a value, or a part of it, is not known."""
    return first_reason(value) or "its value is not known"


# Equality


def _equals(literal: Any, property: Property | None) -> ValueTest:
    wanted = _comparable(literal, property)

    def test(value: Value, _resource: Resource, _scenario: Scenario) -> Answer:
        if isinstance(value, Known):
            return bool(_comparable(value.data, property) == wanted)
        if isinstance(value, Absent):
            return False
        return False if _cannot_be(value, literal, property) else unknown_because(value)

    return test


def _comparable(data: Any, property: Property | None) -> Any:
    """A value as it is compared: texts such as "true" and "3" as what they mean, in one case where case is nothing."""
    if isinstance(data, str):
        if property is None or property.type in ("boolean", "number"):
            lower = data.lower()
            if lower in ("true", "false"):
                return lower == "true"
            if data.isdecimal():
                return int(data)
        return data.casefold() if property is not None and property.folds_case else data
    if isinstance(data, bool) and property is not None and property.type == "string":
        return "true" if data else "false"
    if isinstance(data, int) and not isinstance(data, bool) and property is not None and property.type == "string":
        return str(data)
    return data


def _cannot_be(value: Value, literal: Any, property: Property | None) -> bool:
    """Whether what is known of a text (how it begins and ends) rules a literal out."""
    if not isinstance(literal, str) or (property is not None and property.folds_case):
        return False
    if isinstance(value, Partial):
        first, last = value.parts[0], value.parts[-1]
        begins = str(first.data) if isinstance(first, Known) else ""
        ends = str(last.data) if isinstance(last, Known) else ""
        return not (literal.startswith(begins) and literal.endswith(ends) and len(literal) >= len(begins) + len(ends))
    prefix = (value.refinement or {}).get("prefix") if isinstance(value, Unknown) else None
    return isinstance(prefix, str) and not literal.startswith(prefix)


def _is_in(literals: Any, property: Property | None, _kind: Kind | None) -> ValueTest:
    tests = [_equals(literal, property) for literal in literals]

    def test(value: Value, resource: Resource, scenario: Scenario) -> Answer:
        undecided: Answer = False
        for each in tests:
            answer = each(value, resource, scenario)
            if answer is True:
                return True
            if answer is not False:
                undecided = answer
        return undecided

    return test


def _is_not(argument: Any, property: Property | None, kind: Kind | None) -> ValueTest:
    inner = compile_test(argument, property, kind)
    return lambda value, resource, scenario: _negated(inner(value, resource, scenario))


# Presence


def _present(wanted: Any, property: Property | None, _kind: Kind | None) -> ValueTest:
    is_map = property is not None and property.type == "map"

    def test(value: Value, _resource: Resource, scenario: Scenario) -> Answer:
        if isinstance(value, Absent):
            return not wanted
        if isinstance(value, (Known, Reference, Partial, Encoded)):
            if isinstance(value, Known) and _is_nothing(value, is_map=is_map):
                return not wanted
            return bool(wanted)
        assert isinstance(value, Unknown)  # noqa: S101
        if _is_certainly_something(value.refinement or {}):
            return bool(wanted)
        something = scenario.says_something(value)
        return unknown_because(value) if something is None else something is bool(wanted)

    return test


def _is_nothing(value: Known, *, is_map: bool) -> bool:
    """Whether a value is as good as none: no key, an empty list, an empty map (an empty block is there)."""
    return value.data is Owner.NONE or value.data == [] or (is_map and value.data == {})


def _is_certainly_something(refinement: dict[str, Any]) -> bool:
    """Whether what is known of a value rules out that it is null or, for a text, empty."""
    return bool(refinement.get("not_null") or refinement.get("min_length") or refinement.get("prefix"))


def _absent(wanted: Any, property: Property | None, kind: Kind | None) -> ValueTest:
    return _present(not wanted, property, kind)


def _by_default(wanted: Any, _property: Property | None, _kind: Kind | None) -> ValueTest:
    def test(value: Value, _resource: Resource, _scenario: Scenario) -> Answer:
        if isinstance(value, Unknown) and not isinstance(value, (Reference, Partial)):
            return unknown_because(value)
        return isinstance(value, (ByDefault, Absent)) is bool(wanted)

    return test


# Texts and numbers


def _matches(argument: Any, _property: Property | None, _kind: Kind | None) -> ValueTest:
    pattern = re.compile(argument)

    def test(value: Value, resource: Resource, scenario: Scenario) -> Answer:
        if isinstance(value, Known) and value.data.__class__ is str:
            return any(
                isinstance(piece, Known) and pattern.search(str(piece.data)) is not None
                for piece in (value, *pieces_of(value))
            )
        if isinstance(value, Absent):
            return False
        return _pieces_match(pattern, value, resource, scenario)

    return test


def _pieces_match(pattern: re.Pattern[str], value: Value, resource: Resource, scenario: Scenario) -> Answer:
    """Whether a text matches some pieces of which are not known."""
    pieces = list(resource.pieces(value, scenario))
    runs = ["".join(str(piece.data) for piece in run) for run in _known_runs(pieces)]
    last = len(runs) - 1
    for number, run in enumerate(runs):
        if run and _matches_for_certain(pattern, run, begins=number == 0, ends=number == last):
            return True
    unknown = next((piece for piece in pieces if isinstance(piece, Unknown)), None)
    if unknown is None or _rules_out(pattern, pieces):
        return False
    if all(is_word(piece) for piece in pieces if not isinstance(piece, Known)) and not may_match(pattern, runs):
        return False
    return unknown.reason


def _known_runs(pieces: list[Value]) -> list[list[Known]]:
    """The known pieces before, between and behind the unknown ones."""
    runs: list[list[Known]] = [[]]
    for piece in pieces:
        if isinstance(piece, Known):
            runs[-1].append(piece)
        else:
            runs.append([])
    return runs


def _matches_for_certain(pattern: re.Pattern[str], run: str, *, begins: bool, ends: bool) -> bool:
    """Whether a known run of a text matches whatever stands before and behind it."""
    source = pattern.pattern
    if ("^" in source or r"\A" in source) and not begins:
        return False
    if re.search(r"\$|\\Z|\(\?<?!|\(\?=|\\b", source) and not (begins and ends):
        return False
    return pattern.search(run) is not None


def _rules_out(pattern: re.Pattern[str], pieces: list[Value]) -> bool:
    """Whether the known beginning of a text differs from the literal that the pattern begins with."""
    source = pattern.pattern
    first = pieces[0] if pieces else None
    if isinstance(first, Known):
        known = str(first.data)
    elif isinstance(first, Unknown):
        known = str((first.refinement or {}).get("prefix") or "")
    else:
        return False
    if not source.startswith("^") or not known or "|" in source or pattern.flags & re.IGNORECASE:
        return False
    literal = re.match(r"\^((?:[\w/:@ -]|\\[^\w])*)(?![*?{])", source)
    if literal is None:
        return False
    wanted = literal[1].replace("\\", "")
    common = min(len(wanted), len(known))
    return wanted[:common] != known[:common]


def _contains(literal: Any, property: Property | None, kind: Kind | None) -> ValueTest:
    return _some(literal, property, kind)


def _at_least(limit: Any, _property: Property | None, _kind: Kind | None) -> ValueTest:
    return _sized(limit, lambda size, wanted: size >= wanted)


def _at_most(limit: Any, _property: Property | None, _kind: Kind | None) -> ValueTest:
    return _sized(limit, lambda size, wanted: size <= wanted)


def _sized(limit: Any, holds: Callable[[Any, Any], bool]) -> ValueTest:
    wanted = _size(limit)
    if wanted is None:
        raise FormError(f'"{limit}" is neither a number nor a version')

    def test(value: Value, _resource: Resource, _scenario: Scenario) -> Answer:
        if isinstance(value, Absent):
            return False
        if not isinstance(value, Known):
            return unknown_because(value)
        size = _size(value.data)
        return holds(size, wanted) if size is not None else f"{shown(value)} is neither a number nor a version"

    return test


def _size(data: Any) -> tuple[float, ...] | None:
    """A number or a version such as "1.28" as something to compare; versions part by part."""
    if isinstance(data, bool) or data is None:
        return None
    if isinstance(data, str):
        text = data.strip().removeprefix("v")
        if not re.fullmatch(r"-?\d+(?:\.\d+)*", text):
            return None
        return tuple(float(part) for part in text.split("."))
    return (float(data),) if hasattr(data, "__float__") else None


# Days


def _past(wanted: Any, _property: Property | None, _kind: Kind | None) -> ValueTest:
    def test(value: Value, resource: Resource, _scenario: Scenario) -> Answer:
        if isinstance(value, Absent):
            return False
        if not isinstance(value, Known):
            return unknown_because(value)
        day = str(value.data)[:10]
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day):
            return f"{shown(value)} is no day such as 2026-02-18"
        return (day < resource.model.today) is bool(wanted)

    return test


# Elements


def _elements(value: Value, scenario: Scenario) -> Iterator[Value]:
    if isinstance(value, Known) and value.data.__class__ is list:
        for item in value.data:
            element = scenario.resolve(item)
            if element.__class__ is not Absent:
                yield element


def _every(argument: Any, property: Property | None, kind: Kind | None) -> ValueTest:
    inner = compile_test(argument, property, kind)

    def test(value: Value, resource: Resource, scenario: Scenario) -> Answer:
        if isinstance(value, Unknown):
            return unknown_because(value)
        name = property.name if property is not None else ""
        elements = _elements(value, scenario)
        return conjunction(_outcome(inner(each, resource, scenario), resource, name, each) for each in elements)

    return test


def _some(argument: Any, property: Property | None, kind: Kind | None) -> ValueTest:
    inner = compile_test(argument, property, kind)

    def test(value: Value, resource: Resource, scenario: Scenario) -> Answer:
        if isinstance(value, Unknown):
            return unknown_because(value)
        undecided: Answer = False
        for each in _elements(value, scenario):
            answer = inner(each, resource, scenario)
            if _truth(answer) is True:
                return True
            if _truth(answer) is None:
                undecided = answer
        return undecided

    return test


def _none(argument: Any, property: Property | None, kind: Kind | None) -> ValueTest:
    return _every({"not": argument}, property, kind)


def _outcome(answer: Answer, resource: Resource, name: str, value: Value) -> Outcome:
    if answer is True:
        return HOLDS
    if isinstance(answer, Outcome):
        return answer
    reason = answer if isinstance(answer, str) else None
    return Outcome(None if reason is not None else False, (Evidence(resource, name, value, reason),))


# Keys, and what a text mentions


def _customer_key(wanted: Any, _property: Property | None, _kind: Kind | None) -> ValueTest:
    return _owned_by(CUSTOMERS, is_wanted=bool(wanted))


def _key_owner(names: Any, _property: Property | None, _kind: Kind | None) -> ValueTest:
    return _owned_by(frozenset(Owner(name) for name in ([names] if isinstance(names, str) else names)), is_wanted=True)


def _owned_by(owners: frozenset[Owner], *, is_wanted: bool) -> ValueTest:
    def test(value: Value, resource: Resource, scenario: Scenario) -> Answer:
        owner = owner_of(value, resource.model, scenario)
        return owner if isinstance(owner, str) else (owner in owners) is is_wanted

    return test


def _literal(wanted: Any, _property: Property | None, _kind: Kind | None) -> ValueTest:
    def test(value: Value, _resource: Resource, _scenario: Scenario) -> Answer:
        return isinstance(value, Known) is bool(wanted)

    return test


def _mentions(kind_name: Any, _property: Property | None, _kind: Kind | None) -> ValueTest:
    def test(value: Value, resource: Resource, scenario: Scenario) -> Answer:
        targets = resource.mentioned(value, kind_name, scenario)
        if targets.resources:
            return True
        return targets.unknown or False

    return test


_COMPILERS: Final = {
    "in": _is_in,
    "not": _is_not,
    "present": _present,
    "absent": _absent,
    "by_default": _by_default,
    "matches": _matches,
    "contains": _contains,
    "at_least": _at_least,
    "at_most": _at_most,
    "past": _past,
    "every": _every,
    "some": _some,
    "none": _none,
    "customer_key": _customer_key,
    "key_owner": _key_owner,
    "literal": _literal,
    "mentions": _mentions,
}

_TRANSPORT_WORDS: Final = ("tls_at_least", "denies_insecure_transport", "allows_any_principal")
"""What `transport_predicates` compiles: most runs do without all that it knows of TLS policies and documents."""

WORDS: Final = (*_COMPILERS, *_TRANSPORT_WORDS)
"""The words that a predicate may have."""


def _compiler_of(word: str) -> Callable[[Any, Property | None, Kind | None], ValueTest]:
    """Raises FormError for a word that there is not."""
    if word in _TRANSPORT_WORDS:
        from enclint.model.transport_predicates import COMPILERS

        return COMPILERS[word]
    if word not in _COMPILERS:
        raise FormError(f'there is no predicate "{word}"{did_you_mean(word, WORDS)}')
    return _COMPILERS[word]


# Relations


def compile_relation_test(data: dict[str, Any], target: Kind) -> RelationTest:
    """The test of what a relation leads to, resources of the kind `target`."""
    tests = [_RELATION_COMPILERS[word](argument, target) for word, argument in data.items()]
    if len(tests) == 1:
        return tests[0]

    def test(targets: Targets, resource: Resource, scenario: Scenario) -> Answer:
        undecided: Answer | None = None
        for each in tests:
            answer = each(targets, resource, scenario)
            if _truth(answer) is False:
                return answer
            if _truth(answer) is None:
                undecided = undecided or answer
        return True if undecided is None else undecided

    return test


def _has_targets(wanted: Any, _target: Kind) -> RelationTest:
    def test(targets: Targets, _resource: Resource, _scenario: Scenario) -> Answer:
        if targets.resources or targets.is_outside:
            return bool(wanted)
        reason = targets.reason
        return reason if reason is not None else not wanted

    return test


def _has_no_targets(wanted: Any, target: Kind) -> RelationTest:
    return _has_targets(not wanted, target)


def _every_target(data: Any, target: Kind) -> RelationTest:
    condition = compile_condition(data, target)

    def test(targets: Targets, resource: Resource, scenario: Scenario) -> Answer:
        def outcomes() -> Iterator[Outcome]:
            for each in targets.resources:
                yield condition.check(each, scenario)
            for each, reason in targets.possible:
                outcome = condition.check(each, scenario)
                yield outcome if outcome.truth is not False else _undecided(outcome, reason)
            if targets.unknown is not None:
                yield Outcome(None, (Evidence(resource, "", targets.value, targets.unknown),))

        return conjunction(outcomes())

    return test


def _some_target(data: Any, target: Kind) -> RelationTest:
    condition = compile_condition(data, target) if data else None

    def test(targets: Targets, resource: Resource, scenario: Scenario) -> Answer:
        def outcomes() -> Iterator[Outcome]:
            for each in targets.resources:
                yield condition.check(each, scenario) if condition is not None else HOLDS
            for each, reason in targets.possible:
                outcome = condition.check(each, scenario) if condition is not None else HOLDS
                yield outcome if outcome.truth is False else Outcome(None, (Evidence(each, "", each.place, reason),))
            if targets.unknown is not None:
                yield Outcome(None, (Evidence(resource, "", targets.value, targets.unknown),))

        outcome = disjunction(outcomes())
        return outcome if outcome.evidence else outcome.truth is True

    return test


def _no_target(data: Any, target: Kind) -> RelationTest:
    return _every_target({"none": [data]}, target)


def _undecided(outcome: Outcome, reason: str) -> Outcome:
    return Outcome(None, tuple(each._replace(reason=reason) for each in outcome.evidence))


_RELATION_COMPILERS: Final = {
    "present": _has_targets,
    "absent": _has_no_targets,
    "every": _every_target,
    "some": _some_target,
    "none": _no_target,
}
