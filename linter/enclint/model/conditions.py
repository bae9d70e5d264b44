"""Conditions: what policies, defaults and carriers ask of a resource, compiled once and checked often.

A condition is a mapping of property paths to predicates, all of which must hold, with `all`, `any` and `none` between
conditions. It is compiled for the kind that it speaks of; a carrier's `when` and `unless` speak of provider arguments
and are compiled without one.
"""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING, Any, Final, Protocol
from enclint.model.kleene import HOLDS, Evidence, Outcome, conjunction, disjunction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclint.model.kinds import Kind, PropertyPath
    from enclint.model.paths import Path
    from enclint.model.predicates import Answer, RelationTest, ValueTest
    from enclint.model.resources import Resource
    from enclint.model.scenario import Scenario

WORDS: Final = ("all", "any", "none")
"""Between conditions; no property has one of these names."""


class Condition(Protocol):
    """Something that holds of a resource, does not, or is not decided."""

    def check(self, resource: Resource, scenario: Scenario) -> Outcome:
        """Whether it holds, and what decides it if it does not."""

    def evidence(self, resource: Resource, scenario: Scenario) -> tuple[Evidence, ...]:
        """The values that it looks at first: what to show where it holds and should not."""


class All:
    """A conjunction."""

    __slots__ = ("parts",)

    def __init__(self, parts: Sequence[Condition]) -> None:
        self.parts = tuple(parts)

    def check(self, resource: Resource, scenario: Scenario) -> Outcome:
        """Whether all parts hold."""
        return conjunction(part.check(resource, scenario) for part in self.parts)

    def evidence(self, resource: Resource, scenario: Scenario) -> tuple[Evidence, ...]:
        """That of the first part."""
        return self.parts[0].evidence(resource, scenario) if self.parts else ()


class AnyOf:
    """A disjunction."""

    __slots__ = ("parts",)

    def __init__(self, parts: Sequence[Condition]) -> None:
        self.parts = tuple(parts)

    def check(self, resource: Resource, scenario: Scenario) -> Outcome:
        """Whether one of the parts holds."""
        return disjunction(part.check(resource, scenario) for part in self.parts)

    def evidence(self, resource: Resource, scenario: Scenario) -> tuple[Evidence, ...]:
        """That of the first part which holds."""
        for part in self.parts:
            if part.check(resource, scenario).truth is True:
                return part.evidence(resource, scenario)
        return ()


class NoneOf:
    """The negation of a disjunction."""

    __slots__ = ("parts",)

    def __init__(self, parts: Sequence[Condition]) -> None:
        self.parts = tuple(parts)

    def check(self, resource: Resource, scenario: Scenario) -> Outcome:
        """Whether no part holds."""
        undecided: tuple[Evidence, ...] | None = None
        for part in self.parts:
            outcome = part.check(resource, scenario)
            if outcome.truth is True:
                return Outcome(False, part.evidence(resource, scenario))
            if outcome.truth is None:
                undecided = (undecided or ()) + outcome.evidence
        return HOLDS if undecided is None else Outcome(None, undecided)

    def evidence(self, resource: Resource, scenario: Scenario) -> tuple[Evidence, ...]:
        """That of the first part."""
        return self.parts[0].evidence(resource, scenario) if self.parts else ()


class PropertyLeaf:
    """What a property of the resource itself must be: the common and the fast case."""

    __slots__ = ("name", "test")

    def __init__(self, name: str, test: ValueTest) -> None:
        self.name = name
        self.test = test

    def check(self, resource: Resource, scenario: Scenario) -> Outcome:
        """Whether the value passes the test."""
        value = resource.read(self.name, scenario)
        answer = self.test(value, resource, scenario)
        if answer is True:
            return HOLDS
        return _outcome(answer, Evidence(resource, self.name, value))

    def evidence(self, resource: Resource, scenario: Scenario) -> tuple[Evidence, ...]:
        """The value."""
        return (Evidence(resource, self.name, resource.read(self.name, scenario)),)


class PathLeaf:
    """What a property must be that relations lead to, or one entry of a map."""

    __slots__ = ("path", "test")

    def __init__(self, path: PropertyPath, test: ValueTest) -> None:
        self.path = path
        self.test = test

    def check(self, resource: Resource, scenario: Scenario) -> Outcome:
        """Whether the value passes the test."""
        value = resource.read_path(self.path, scenario)
        answer = self.test(value, resource, scenario)
        if answer is True:
            return HOLDS
        return _outcome(answer, Evidence(resource, self.path.text, value))

    def evidence(self, resource: Resource, scenario: Scenario) -> tuple[Evidence, ...]:
        """The value."""
        return (Evidence(resource, self.path.text, resource.read_path(self.path, scenario)),)


class RelationLeaf:
    """What the resources must be that a relation leads to."""

    __slots__ = ("path", "test")

    def __init__(self, path: PropertyPath, test: RelationTest) -> None:
        self.path = path
        self.test = test

    def check(self, resource: Resource, scenario: Scenario) -> Outcome:
        """Whether they pass the test."""
        targets = resource.targets_at(self.path, scenario)
        answer = self.test(targets, resource, scenario)
        if answer is True:
            return HOLDS
        return _outcome(answer, Evidence(resource, self.path.text, targets.value))

    def evidence(self, resource: Resource, scenario: Scenario) -> tuple[Evidence, ...]:
        """The value by which the resource refers to them."""
        return (Evidence(resource, self.path.text, resource.targets_at(self.path, scenario).value),)


class ArgumentLeaf:
    """What a provider argument must be: for the conditions of carriers."""

    __slots__ = ("path", "test")

    def __init__(self, path: Path, test: ValueTest) -> None:
        self.path = path
        self.test = test

    def check(self, resource: Resource, scenario: Scenario) -> Outcome:
        """Whether the value passes the test."""
        value = resource.argument(self.path, scenario)
        answer = self.test(value, resource, scenario)
        if answer is True:
            return HOLDS
        return _outcome(answer, Evidence(resource, self.path.text, value))

    def evidence(self, resource: Resource, scenario: Scenario) -> tuple[Evidence, ...]:
        """The value."""
        return (Evidence(resource, self.path.text, resource.argument(self.path, scenario)),)


def _outcome(answer: Answer, evidence: Evidence) -> Outcome:
    """The outcome of a test that did not pass. A reason makes it undecided; elements bring their own evidence."""
    if answer is False:
        return Outcome(False, (evidence,))
    if isinstance(answer, str):
        return Outcome(None, (evidence._replace(reason=answer),))
    assert isinstance(answer, Outcome)  # noqa: S101
    return answer if answer.evidence or answer.truth is True else Outcome(answer.truth, (evidence,))


def compile_condition(data: dict[str, Any], kind: Kind | None) -> Condition:
    """The condition that a mapping means, asked of resources of a kind; of provider arguments where that is None.

    Raises FormError for what the kind does not have and the predicates do not know.
    """
    parts: list[Condition] = []
    for name, value in data.items():
        if name in WORDS:
            inner = [compile_condition(each, kind) for each in value]
            parts.append(All(inner) if name == "all" else AnyOf(inner) if name == "any" else NoneOf(inner))
        elif kind is None:
            parts.append(_argument_leaf(name, value))
        else:
            parts.extend(_leaves(name, value, kind))
    return parts[0] if len(parts) == 1 else All(parts)


def _argument_leaf(name: str, data: Any) -> Condition:
    from enclint.model.paths import compile_path
    from enclint.model.predicates import compile_test

    return ArgumentLeaf(compile_path(name), compile_test(data, None, None))


def _leaves(name: str, data: Any, kind: Kind) -> list[Condition]:
    """The leaves that one entry means: a relation is asked what it leads to, and what is written there."""
    from enclint.model.kinds import compile_property_path
    from enclint.model.predicates import RELATION_WORDS, compile_relation_test, compile_test

    path = compile_property_path(name)
    owner, property = kind.at(path)
    if property.is_relation and isinstance(data, dict):
        about_targets = {word: each for word, each in data.items() if word in RELATION_WORDS}
        about_text = {word: each for word, each in data.items() if word not in RELATION_WORDS}
        leaves: list[Condition] = []
        if about_targets:
            assert property.to is not None  # noqa: S101
            target = owner.vocabulary.kind(property.to)
            leaves.append(RelationLeaf(path, compile_relation_test(about_targets, target)))
        if about_text:
            leaves.append(PathLeaf(path, compile_test(about_text, property, owner)))
        return leaves
    test = compile_test(data, property, owner)
    if path.relations or path.entry is not None:
        return [PathLeaf(path, test)]
    return [PropertyLeaf(path.name, test)]
