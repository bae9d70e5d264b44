"""Values convert from type to type as Terraform converts them at every border."""

from __future__ import annotations

from typing import Any

import pytest
from expression_context import type_from_json

from enclint.frontends.terraform.convert import ConversionError, convert
from enclint.frontends.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, Type, list_of, map_of, object_of, set_of
from enclint.frontends.terraform.unify import is_convertible, unify
from enclint.frontends.terraform.values import (
    boolean,
    null,
    number,
    object_value,
    sensitive,
    string,
    to_json,
    tuple_value,
)
from enclint.model.value import HAS_SENSITIVE, Choice, Partial, Reference, Subject, Unknown, Value


def plain(value: Value, target: Type) -> Any:
    return to_json(convert(value, target))


def test_primitives_become_strings_and_strings_primitives() -> None:
    assert plain(boolean(True), STRING) == "true"
    assert plain(number(12), STRING) == "12"
    assert plain(string("1.5"), NUMBER) == 1.5
    assert plain(string("1"), BOOL) is True


@pytest.mark.parametrize(
    ("value", "target", "phrase"),
    [
        (string("x"), NUMBER, "a number is required"),
        (string("x"), BOOL, "a bool is required"),
        (string("True"), BOOL, 'a bool is required; to convert from string, use lowercase "true"'),
        (number(1), BOOL, "bool required"),
        (number(1), list_of(DYNAMIC), "list of any single type required"),
        (tuple_value([string("a"), string("b")]), list_of(NUMBER), "[0]: a number is required"),
        (tuple_value([tuple_value([])]), list_of(STRING), "element 0: string required"),
        (object_value({}), object_of({"a": STRING}), 'attribute "a" is required'),
        (object_value({}), object_of({"a": STRING, "b": STRING}), 'attributes "a" and "b" are required'),
        (object_value({"a": tuple_value([])}), object_of({"a": STRING}), 'attribute "a": string required'),
    ],
)
def test_what_does_not_convert_is_refused_in_terraforms_words(value: Value, target: Type, phrase: str) -> None:
    with pytest.raises(ConversionError) as caught:
        convert(value, target)
    assert caught.value.phrase == phrase


def test_sets_lose_duplicates_and_come_in_order() -> None:
    values = tuple_value([number(443), string("80"), number(443), number(8)])
    assert plain(values, set_of(NUMBER)) == [8, 80, 443]
    assert plain(values, set_of(STRING)) == ["443", "8", "80"]


def test_any_is_the_type_that_all_elements_share() -> None:
    result = convert(tuple_value([number(1), string("x"), null()]), list_of(DYNAMIC))
    assert result.type == list_of(STRING)
    assert to_json(result) == ["1", "x", None]


def test_attributes_that_may_be_left_out_are_null_and_others_are_dropped() -> None:
    target = object_of({"name": STRING, "size": NUMBER}, frozenset({"size"}))
    result = convert(object_value({"name": string("a"), "more": number(1)}), target)
    assert to_json(result) == {"name": "a", "size": None}
    assert result.type == object_of({"name": STRING, "size": NUMBER})


def test_maps_fill_objects_that_name_their_keys() -> None:
    source = convert(object_value({"a": string("x"), "b": string("2")}), map_of(STRING))
    assert plain(source, object_of({"b": NUMBER})) == {"b": 2}
    with pytest.raises(ConversionError, match='map has no element for required attribute "c"'):
        convert(source, object_of({"c": NUMBER}))


def test_a_reference_stays_a_reference() -> None:
    reference = Reference("aws_kms_key.k", "arn", None, DYNAMIC)
    result = convert(reference, STRING)
    assert isinstance(result, Reference)
    assert (result.target, result.attribute, result.type) == ("aws_kms_key.k", "arn", STRING)


def test_a_text_with_unknown_pieces_is_no_number_yet() -> None:
    text = Partial([string("1"), Unknown("who knows", None, STRING)], None, STRING)
    result = convert(text, NUMBER)
    assert type(result) is Unknown
    assert result.reason == "who knows"


def test_an_unknown_tuple_becomes_a_list_of_that_many_unknowns() -> None:
    unknown = Unknown("?", None, type_from_json(["tuple", ["string", "number"]]), refinement={"not_null": True})
    assert to_json(convert(unknown, list_of(STRING))) == [{"$unknown": {}}, {"$unknown": {}}]


def test_choices_convert_case_by_case() -> None:
    subject = Subject("s", "s")
    choice = Choice(subject, [(True, number(1)), (False, boolean(False))], None, DYNAMIC)
    result = convert(choice, STRING)
    assert isinstance(result, Choice)
    assert [to_json(branch) for _, branch in result.branches] == ["1", "false"]


def test_marks_survive_every_conversion() -> None:
    secret = sensitive(string("s"))
    assert convert(sensitive(tuple_value([string("a")])), list_of(STRING)).sensitive
    assert convert(tuple_value([secret]), list_of(STRING)).flags & HAS_SENSITIVE
    as_set = convert(tuple_value([secret, string("t")]), set_of(STRING))
    assert as_set.sensitive


@pytest.mark.parametrize(
    ("forms", "shared"),
    [
        (["number", "string"], "string"),
        (["number", "bool"], None),
        ([["tuple", ["number"]], ["tuple", ["string"]]], ["tuple", ["string"]]),
        ([["tuple", ["number"]], ["tuple", ["string", "bool"]]], ["list", "string"]),
        ([["tuple", ["number"]], ["list", "string"]], ["list", "string"]),
        ([["object", {"a": "number"}], ["object", {"b": "string"}]], ["map", "string"]),
        ([["object", {"a": "number"}], ["map", "string"]], ["map", "string"]),
        ([["object", {}], ["tuple", []]], None),
        ([["set", "string"], ["list", "string"]], ["list", "string"]),
        ([["list", "number"], "dynamic"], "dynamic"),
        (["number", "dynamic"], "number"),
    ],
)
def test_types_are_brought_together_as_terraform_does(forms: list[Any], shared: Any) -> None:
    result = unify([type_from_json(form) for form in forms])
    assert (result.to_json() if result is not None else None) == shared


def test_not_every_conversion_is_certain_to_succeed() -> None:
    assert is_convertible(STRING, NUMBER)
    assert not is_convertible(STRING, NUMBER, unsafe=False)
    assert not is_convertible(list_of(STRING), set_of(STRING), unsafe=False)
