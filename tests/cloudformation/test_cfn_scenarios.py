"""Scenarios are what deployment would give: small random templates, against an interpreter that tries all values."""

from __future__ import annotations

import itertools
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enclint.frontends.cloudformation.project import load_projects
from enclint.frontends.cloudformation.template import read_templates
from enclint.model.value import OTHER, Absent, Choice, Known, Unknown, Value, assume
from enclint.source import Source

PARAMETERS = {
    "Stage": {"Type": "String", "AllowedValues": ["dev", "test", "prod"]},
    "Flag": {"Type": "String", "AllowedValues": ["true", "false"]},
    "Fixed": {"Type": "String", "Default": "prod", "AllowedValues": ["dev", "prod"]},
    "Free": {"Type": "String"},
    "Open": {"Type": "String"},
}
DOMAINS = {
    "Stage": ["dev", "test", "prod"],
    "Flag": ["true", "false"],
    "Fixed": ["prod"],
    "Free": ["dev", "test", "prod", "true", "false", "something else"],
    "Open": ["dev", "test", "prod"],
}
"""What the parameters may be worth; `Open` is a key of the map, so nothing else can be deployed."""
MAPPINGS = {"M": {key: {"size": str(number), "on": "true"} for number, key in enumerate(DOMAINS["Open"])}}
CONSTANTS = ("dev", "test", "prod", "true")
CONDITIONS = ("C1", "C2", "C3", "C4")

operand = st.one_of(
    st.sampled_from(CONSTANTS),
    st.sampled_from(list(PARAMETERS)).map(lambda name: {"Ref": name}),
    st.just({"Fn::FindInMap": ["M", {"Ref": "Stage"}, "on"]}),
)


def conditions(names: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """A condition that may name earlier ones."""
    equals = st.tuples(operand, operand).map(lambda pair: {"Fn::Equals": list(pair)})
    base = st.one_of(equals, st.sampled_from(names).map(lambda name: {"Condition": name})) if names else equals
    return st.recursive(
        base,
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(lambda each: {"Fn::And": each}),
            st.lists(inner, min_size=2, max_size=3).map(lambda each: {"Fn::Or": each}),
            inner.map(lambda each: {"Fn::Not": [each]}),
        ),
        max_leaves=4,
    )


known_value = st.one_of(
    st.sampled_from(CONSTANTS),
    st.sampled_from(["Stage", "Flag", "Fixed"]).map(lambda name: {"Ref": name}),
    st.just({"Fn::FindInMap": ["M", {"Ref": "Open"}, "size"]}),
    st.just({"Fn::Sub": "a-${Stage}-${!Stage}-${Flag}"}),
    st.just({"Ref": "AWS::NoValue"}),
)
expression = st.recursive(
    known_value,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(CONDITIONS), inner, inner).map(lambda three: {"Fn::If": list(three)}),
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
    ),
    max_leaves=6,
)


@st.composite
def templates(draw: st.DrawFn) -> dict[str, Any]:
    section: dict[str, Any] = {}
    for name in CONDITIONS:
        section[name] = draw(conditions(tuple(section)))
    properties = {"P": draw(expression), "Q": draw(expression)}
    resource = {"Type": "AWS::EC2::Volume", "Condition": draw(st.sampled_from(CONDITIONS)), "Properties": properties}
    return {
        "Parameters": PARAMETERS,
        "Mappings": MAPPINGS,
        "Conditions": section,
        "Resources": {"V": resource},
    }


NOTHING = object()


class Interpreter:
    """What CloudFormation does once all parameters have values."""

    def __init__(self, template: dict[str, Any], values: dict[str, str]) -> None:
        self.template = template
        self.values = values

    def condition(self, node: Any) -> bool:
        [(name, argument)] = node.items()
        if name == "Condition":
            return self.condition(self.template["Conditions"][argument])
        if name == "Fn::Equals":
            return self.value(argument[0]) == self.value(argument[1])
        results = [self.condition(each) for each in argument]
        return {"Fn::And": all(results), "Fn::Or": any(results), "Fn::Not": not results[0]}[name]

    def value(self, node: Any) -> Any:
        if isinstance(node, list):
            return [value for each in node if (value := self.value(each)) is not NOTHING]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            [(name, argument)] = node.items()
            if name == "Ref":
                return NOTHING if argument == "AWS::NoValue" else self.values[argument]
            if name == "Fn::If":
                condition, if_true, if_false = argument
                return self.value(if_true if self.condition({"Condition": condition}) else if_false)
            if name == "Fn::FindInMap":
                return self.template["Mappings"][argument[0]][self.value(argument[1])][argument[2]]
            if name == "Fn::Sub":
                return f"a-{self.values['Stage']}-${{Stage}}-{self.values['Flag']}"
        return {key: value for key, each in node.items() if (value := self.value(each)) is not NOTHING}


def in_scenario(value: Value, values: dict[str, str]) -> Any:
    """A value of ours where the parameters have these values."""
    if isinstance(value, Choice):
        subject = value.subject
        if subject.variable is not None:
            chosen = value.given(values[subject.variable] == subject.constant)
        elif subject.key in values:
            chosen = value.given(values[subject.key]) or value.given(OTHER)
        else:
            one, other = subject.key.split(" == ")
            chosen = value.given(values[one] == values[other])
        assert chosen is not None
        return in_scenario(chosen, values)
    if isinstance(value, Absent):
        return NOTHING
    if isinstance(value, Unknown):
        raise AssertionError(value.reason)
    assert isinstance(value, Known)
    if isinstance(value.data, list):
        return [each for part in value.data if (each := in_scenario(part, values)) is not NOTHING]
    if isinstance(value.data, dict):
        pairs = {key: in_scenario(part, values) for key, part in value.data.items()}
        return {key: each for key, each in pairs.items() if each is not NOTHING}
    return value.data


def first_choice(values: list[Value]) -> Choice | None:
    for value in values:
        if isinstance(value, Choice):
            return value
        if isinstance(value, Known) and isinstance(value.data, list | dict):
            parts = list(value.data.values()) if isinstance(value.data, dict) else value.data
            found = first_choice(parts)
            if found is not None:
                return found
    return None


def assume_deeply(value: Value, choice: Choice, case: Any) -> Value:
    value = assume(value, choice.subject, case)
    if isinstance(value, Choice):
        branches = [(each, assume_deeply(branch, choice, case)) for each, branch in value.branches]
        return Choice(value.subject, branches)
    if isinstance(value, Known) and isinstance(value.data, list):
        return Known([assume_deeply(part, choice, case) for part in value.data])
    if isinstance(value, Known) and isinstance(value.data, dict):
        return Known({key: assume_deeply(part, choice, case) for key, part in value.data.items()})
    return value


def scenarios(values: list[Value]) -> set[str]:
    """All that values come to together, by deciding one subject after the other."""
    choice = first_choice(values)
    if choice is None:
        return {as_key([in_scenario(value, {}) for value in values])}
    found: set[str] = set()
    for case, _ in choice.branches:
        found |= scenarios([assume_deeply(value, choice, case) for value in values])
    return found


def as_key(data: list[Any]) -> str:
    return json.dumps([["nothing"] if each is NOTHING else each for each in data])


def assignments() -> list[dict[str, str]]:
    return [dict(zip(DOMAINS, combination, strict=True)) for combination in itertools.product(*DOMAINS.values())]


def resolve(template: dict[str, Any]) -> list[Value] | None:
    """The existence and the two properties of the resource; None where it exists in no case."""
    [read] = read_templates(Source("template.json", json.dumps(template)))
    [project] = load_projects([read])
    assert not project.errors
    if not project.resources:
        return None
    [resource] = project.resources
    return [resource.exists, resource.argument("P"), resource.argument("Q")]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(templates())
def test_values_in_each_scenario_are_those_of_all_parameter_values_tried_out(template: dict[str, Any]) -> None:
    ours = resolve(template)
    body = template["Resources"]["V"]
    expected: set[str] = set()
    for values in assignments():
        interpreter = Interpreter(template, values)
        exists = interpreter.condition({"Condition": body["Condition"]})
        if ours is None:
            assert not exists
            continue
        theirs = [exists, interpreter.value(body["Properties"]["P"]), interpreter.value(body["Properties"]["Q"])]
        assert as_key([in_scenario(value, values) for value in ours]) == as_key(theirs)
        expected.add(as_key(theirs))
    if ours is not None:
        found = scenarios(ours)
        assert expected <= found
        if '{"Ref": "Open"}' not in json.dumps(template["Conditions"]):  # "is it true" is no key of the map
            assert expected == found


def test_a_parameter_is_decided_once_for_conditions_and_maps() -> None:
    template = {
        "Parameters": {"Open": {"Type": "String"}},
        "Mappings": MAPPINGS,
        "Conditions": {"C": {"Fn::Equals": [{"Ref": "Open"}, "prod"]}},
        "Resources": {
            "V": {
                "Type": "AWS::EC2::Volume",
                "Properties": {
                    "P": {"Fn::FindInMap": ["M", {"Ref": "Open"}, "size"]},
                    "Q": {"Fn::If": ["C", "yes", "no"]},
                },
            }
        },
    }
    values = resolve(template)
    assert values is not None
    together = {as_key([True, "0", "no"]), as_key([True, "1", "no"]), as_key([True, "2", "yes"])}
    assert scenarios(values) == together
    assert scenarios([values[0], values[2], values[1]]) == {
        as_key([first, third, second]) for first, second, third in map(json.loads, together)
    }
