"""Paths lead to values through blocks, objects, lists and JSON text, and say what is missing where."""

from __future__ import annotations

from typing import Any

import pytest

from building import HEADER, either, ref, resource, text, unknown, value
from enclint.model.paths import PathError, compile_path, elements, get
from enclint.model.scenario import NOTHING_ASSUMED, Scenario, Undecided
from enclint.model.value import Absent, Choice, Encoded, Known, Unknown, Value

ARGUMENTS: dict[str, Any] = {
    "kms_key_id": "k",
    "rule": [{"apply": [{"algorithm": "aws:kms"}], "bucket_key": True}],
    "mappings": [{"name": "/dev/a", "ebs": {"encrypted": True}}, {"name": "/dev/b", "ebs": {"encrypted": False}}],
    "Tags": [{"Key": "Owner", "Value": "me"}, {"Key": "Team", "Value": "us"}],
    "Parameters": {"rds.force_ssl": "1"},
    "empty": [],
    "configuration": '{"Encryption": {"Enabled": "true", "Keys": ["a", "b"]}}',
    "nothing": None,
}


def at(path: str, arguments: dict[str, Any] | None = None, scenario: Scenario = NOTHING_ASSUMED) -> Value:
    return get(resource("aws_x.y", arguments or ARGUMENTS), None, compile_path(path), scenario)


def plain(found: Value) -> Any:
    assert isinstance(found, Known), found
    return [plain(item) for item in found.data] if isinstance(found.data, list) else found.data


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("kms_key_id", "k"),
        ("rule.apply.algorithm", "aws:kms"),
        ("rule.bucket_key", True),
        ("mappings[1].name", "/dev/b"),
        ("mappings.0.name", "/dev/a"),
        ("mappings[*].ebs.encrypted", [True, False]),
        ("Tags[Key=Team].Value", "us"),
        ("Parameters[rds.force_ssl]", "1"),
        ("configuration.Encryption.Enabled", "true"),
        ("configuration.Encryption.Keys[*]", ["a", "b"]),
    ],
)
def test_a_path_leads_to_what_stands_there(path: str, expected: Any) -> None:
    assert plain(at(path)) == expected


@pytest.mark.parametrize(
    "path", ["other", "rule.other", "empty.x", "Tags[Key=None].Value", "nothing", "nothing.x", "configuration.Other.X"]
)
def test_nothing_there_is_absent_with_a_place(path: str) -> None:
    found = at(path)
    assert isinstance(found, Absent)
    assert found.span == HEADER


def test_several_blocks_are_not_guessed_between() -> None:
    assert isinstance(at("mappings.name"), Unknown)


def test_of_blocks_in_some_scenarios_the_one_that_is_there_counts() -> None:
    arguments = {"rule": [either("x", {"a": 1}, Absent()), either("x", Absent(), {"a": 2})]}
    with pytest.raises(Undecided) as question:
        at("rule.a", arguments)
    answers = [plain(at("rule.a", arguments, Scenario((decision,)))) for decision in question.value.decisions]
    assert answers == [1, 2]


def test_a_part_of_an_unknown_is_unknown_for_the_same_reason() -> None:
    found = at("rule.a", {"rule": unknown("rules")})
    assert isinstance(found, Unknown)
    assert found.reason == "variable `rules` has no default"


def test_what_a_block_of_unknown_number_would_hold_is_not_certain() -> None:
    block = Unknown("variable `rules` has no default", element=value({"algorithm": "aws:kms"}))
    assert isinstance(at("rule.algorithm", {"rule": block}), Unknown)


def test_json_with_unknown_pieces_is_read_around_them() -> None:
    arguments = {"policy": text('{"Arn": "', ref("aws_x.y"), '/*", "List": ', unknown("list"), ', "Sure": true}')}
    assert plain(at("policy.Sure", arguments)) is True
    assert isinstance(at("policy.Arn", arguments), Unknown)
    assert isinstance(at("policy.List", arguments), Unknown)


def test_encoded_json_is_read_without_decoding() -> None:
    assert plain(at("policy.a.b", {"policy": Encoded("json", value({"a": {"b": 1, "c": unknown()}}))})) == 1


def test_yaml_with_unknown_pieces_is_read_around_them() -> None:
    policy = text("a:\n  b: [1, on-", unknown(), "]\n  c: ", unknown(), "\n  d: true\n")
    assert plain(at("policy.a.d", {"policy": policy})) is True
    assert isinstance(at("policy.a.c", {"policy": policy}), Unknown)
    assert plain(at("policy.a.b.0", {"policy": policy})) == 1


@pytest.mark.parametrize("written", ["a: &x {b: 1}\nc: *x\n", "a: [", "one: word: more", "- " * 2000 + "a: 1"])
def test_yaml_that_is_none_or_has_aliases_is_not_guessed_at(written: str) -> None:
    assert isinstance(at("policy.a", {"policy": written}), Unknown)


def test_text_that_is_no_json_is_not_guessed_at() -> None:
    found = at("policy.a", {"policy": "not json"})
    assert isinstance(found, Unknown)
    assert found.reason == "the text is no valid JSON"


@pytest.mark.parametrize("wrong", ["", "[*]", "a..b", "a.[", "/"])
def test_what_is_no_path_is_refused(wrong: str) -> None:
    with pytest.raises(PathError):
        compile_path(wrong)


def found_elements(arguments: dict[str, Any], path: str = "blocks[*]") -> list[tuple[str, Value, Value]]:
    return [
        (each.position, each.value, each.exists) for each in elements(resource("a.b", arguments), compile_path(path))
    ]


def test_elements_are_told_apart_by_position_only_where_there_are_several() -> None:
    assert [name for name, _, _ in found_elements({"blocks": [{}]})] == ["blocks"]
    assert [name for name, _, _ in found_elements({"blocks": [{}, {}]})] == ["blocks[0]", "blocks[1]"]
    assert found_elements({"other": 1}) == []


def test_elements_under_a_condition_carry_it() -> None:
    found = found_elements({"blocks": either("prod", [{"a": 1}], [])})
    [(_, _, exists)] = found
    assert isinstance(exists, Choice)
    assert exists.subject.key == "var.prod"


def test_elements_of_unknown_number_are_one_that_may_be_there() -> None:
    block = Unknown("variable `n` has no default", element=value({"encrypted": True}))
    for blocks in (block, Known([block])):
        [(_, element, exists)] = found_elements({"blocks": blocks})
        assert isinstance(element, Known)
        assert isinstance(exists, Unknown)


def test_elements_of_something_unknown_are_told_as_unknown() -> None:
    [(_, element, _)] = found_elements({"blocks": unknown("blocks")})
    assert isinstance(element, Unknown)


def test_elements_below_elements() -> None:
    arguments = {"specs": [{"devices": [{"n": 1}, {"n": 2}]}, {"devices": [{"n": 3}]}]}
    names = [name for name, _, _ in found_elements(arguments, "specs[*].devices[*]")]
    assert names == ["specs[0].devices[0]", "specs[0].devices[1]", "specs[1].devices"]
