"""Undecided conditions become Choices, and one question asked twice gets one answer."""

from __future__ import annotations

from typing import Any

import pytest
from expression_context import type_from_json, value_from_json

from enclint.frontends.terraform.choices import Impossible, choice
from enclint.frontends.terraform.console import evaluate_line
from enclint.frontends.terraform.errors import EvaluationError, UndeclaredError
from enclint.frontends.terraform.evaluate import evaluate
from enclint.frontends.terraform.reader import parse
from enclint.frontends.terraform.scope import Scope
from enclint.frontends.terraform.syntax import Attribute
from enclint.frontends.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, list_of
from enclint.frontends.terraform.values import object_value, sensitive, string, to_json, tuple_value
from enclint.model.value import (
    MAX_LEAVES,
    OTHER,
    Choice,
    Known,
    Partial,
    Reference,
    Subject,
    Unknown,
    Value,
    assume,
    leaves,
)
from enclint.source import Source


class Names(Scope):
    """`var.NAME` for some names, and unknowns for those that begin with a type's name."""

    __slots__ = ("values",)

    def __init__(self, **values: Value) -> None:
        super().__init__()
        self.values = values

    def lookup(self, path, span):
        name = path[1]
        if name in self.values:
            return self.values[name], 2
        kind = {"flag": BOOL, "text": STRING, "size": NUMBER, "list": list_of(STRING)}.get(name.split("_")[0])
        if kind is None:
            raise UndeclaredError("Reference to undeclared input variable", name, span)
        return Unknown(f"variable `{name}` has no default", None, kind, identity=f"var.{name}"), 2


def value_of(text: str, **values: Value) -> Value:
    source = Source("main.tf", f"v = {text}\n")
    item = parse(source).items[0]
    assert isinstance(item, Attribute)
    scope = Names(**values)
    scope.source = source
    return evaluate(item.expression, scope)


def cases(value: Value) -> Any:
    """A choice as {key: {case: …}} down to the JSON of its leaves."""
    if isinstance(value, Choice):
        return {value.subject.key: {case: cases(branch) for case, branch in value.branches}}
    return "impossible" if isinstance(value, Impossible) else to_json(value)


def test_an_undecided_condition_keeps_both_branches() -> None:
    assert cases(value_of("var.flag ? 0 : 1")) == {"var.flag": {True: 0, False: 1}}


def test_a_negated_condition_is_the_same_question() -> None:
    assert cases(value_of("!var.flag ? 1 : 0")) == {"var.flag": {True: 0, False: 1}}
    assert cases(value_of("(var.flag ? 1 : 2) + (var.flag ? 10 : 20)")) == {"var.flag": {True: 11, False: 22}}


def test_one_variable_equals_at_most_one_constant() -> None:
    result = value_of('var.text == "prod" ? 1 : var.text == "dev" ? 2 : 3')
    assert cases(result) == {
        'var.text == "prod"': {True: 1, False: {'var.text == "dev"': {True: 2, False: 3}}},
    }
    both = value_of('var.text == "prod" && var.text == "dev"')
    assert cases(both) == {
        'var.text == "prod"': {True: False, False: {'var.text == "dev"': {True: False, False: False}}}
    }


@pytest.mark.parametrize(("constant", "is_nothing"), [('""', True), ("null", True), ('"x"', False)])
def test_a_comparison_knows_whether_it_is_one_with_nothing(constant: str, is_nothing: bool) -> None:
    compared = value_of(f"var.text == {constant}")
    assert isinstance(compared, Choice)
    assert compared.subject.is_nothing is is_nothing


def test_a_flag_that_equals_true_is_the_flag() -> None:
    assert cases(value_of("var.flag == true")) == {"var.flag": {True: True, False: False}}
    assert cases(value_of("var.flag != true")) == {"var.flag": {True: False, False: True}}
    assert list(cases(value_of("var.flag == false"))) == ["var.flag == false"]  # it might be null


def test_comparisons_of_unknowns_have_an_identity() -> None:
    first = value_of("var.size > 10 ? 1 : 2")
    second = value_of("var.size > 10 ? 1 : 2")
    assert isinstance(first, Choice)
    assert isinstance(second, Choice)
    assert first.subject.key == second.subject.key == "(var.size > 10)"


def test_conditions_without_identity_are_not_decided_together() -> None:
    anonymous = Unknown("a data source", None, BOOL)
    both = [value_of("var.it ? 1 : 2", it=anonymous) for _ in range(2)]
    assert isinstance(both[0], Choice)
    assert isinstance(both[1], Choice)
    assert both[0].subject.key != both[1].subject.key
    assert both[0].subject.label == "var.it"


def test_branches_are_brought_to_one_type_though_nothing_is_decided() -> None:
    result = value_of('var.flag ? 1 : "b"')
    assert result.type == STRING
    assert cases(result) == {"var.flag": {True: "1", False: "b"}}
    with pytest.raises(EvaluationError, match="Inconsistent conditional result types"):
        value_of("var.flag ? [1] : 1")


def test_a_case_that_terraform_would_refuse_is_impossible() -> None:
    result = value_of('(var.flag ? ["a"] : [])[0]')
    assert cases(result) == {"var.flag": {True: "a", False: "impossible"}}
    with pytest.raises(EvaluationError, match="Invalid index"):
        value_of("(var.flag ? [1] : [2])[7]")


def test_try_takes_the_other_way_in_the_impossible_cases_only() -> None:
    key = Reference("aws_kms_key.k[0]", "arn", None, DYNAMIC)
    instances = choice(Subject("var.create", "var.create"), [(True, tuple_value([key])), (False, tuple_value([]))])
    result = value_of("try(var.keys[0], null)", keys=instances)
    assert isinstance(result, Choice)
    assert isinstance(result.given(True), Reference)
    assert to_json(result.given(False)) is None  # type: ignore[arg-type]


def test_nothing_is_decided_within_try_since_it_might_be_an_error() -> None:
    assert isinstance(value_of("try(var.flag ? 1 : 2, 3)"), Unknown)
    assert isinstance(value_of("can(var.text && true)"), Unknown)


def test_try_hands_on_what_is_there_though_parts_of_it_are_unknown() -> None:
    disk = object_value({"encrypted": Known(True, None, BOOL), "key": Unknown("made elsewhere", None, STRING)})
    disks = {"disks": tuple_value([disk])}
    handed_on = value_of("try(var.disks, [])[0].encrypted", **disks)
    assert to_json(handed_on) is True
    assert to_json(value_of("try([var.disks[0]], [])[0].encrypted", **disks)) is True
    key = value_of("try(var.disks[0].key, null)", **disks)
    assert isinstance(key, Unknown)
    assert key.reason == "made elsewhere"


def test_a_part_of_something_unknown_does_not_come_from_where_it_is_written() -> None:
    part = value_of("var.given.disks", given=Unknown("asked for", None, DYNAMIC))
    assert part.span is not None
    hop = part.trace
    while hop is not None:
        assert hop.span != part.span
        hop = hop.before


def test_try_hands_on_what_a_function_puts_together_of_what_is_there() -> None:
    disk = object_value({"encrypted": Known(True, None, BOOL), "key": Unknown("made elsewhere", None, STRING)})
    disks = {"disks": tuple_value([disk])}
    for expression in (
        "try(flatten([var.disks[0]]), [])[0].encrypted",
        "try(concat(var.disks, []), [])[0].encrypted",
        "try(merge(var.disks[0], var.disks[0]), var.disks[0]).encrypted",
    ):
        assert to_json(value_of(expression, **disks)) is True
    assert isinstance(value_of("try(flatten([var.given]), [])", given=Unknown("asked for", None, DYNAMIC)), Unknown)


def test_try_does_not_hand_on_what_may_not_be_there() -> None:
    given = Unknown("asked for", None, DYNAMIC)
    assert isinstance(value_of("try([var.given.disks], [])", given=given), Unknown)


def test_functions_work_case_by_case() -> None:
    assert cases(value_of("length(var.flag ? [1] : [])")) == {"var.flag": {True: 1, False: 0}}


def test_undecided_elements_of_a_for_are_there_or_not() -> None:
    result = value_of('[for x in ["a", "b"] : x if x == "a" || var.flag]')
    assert cases(result) == {"var.flag": {True: ["a", "b"], False: ["a"]}}


def test_texts_of_few_cases_are_choices_and_others_keep_their_pieces() -> None:
    assert cases(value_of('"x-${var.flag ? "a" : "b"}"')) == {"var.flag": {True: "x-a", False: "x-b"}}
    many = "".join(f'${{var.flag_{n} ? "a" : "b"}}' for n in range(6))
    result = value_of(f'"{many}"')
    assert isinstance(result, Partial)
    assert all(isinstance(part, Choice) for part in result.parts)


def test_trees_of_choices_are_bounded() -> None:
    terms = " + ".join(f"(var.flag_{n} ? {n} : {-n})" for n in range(10))
    result = value_of(terms)
    assert isinstance(result, Unknown)
    assert str(MAX_LEAVES) in result.reason
    assert leaves(value_of(" + ".join(f"(var.flag_{n} ? {n} : {-n})" for n in range(6)))) == MAX_LEAVES


def test_marks_stand_on_every_branch() -> None:
    secret = sensitive(Unknown("?", None, BOOL, identity="var.secret"))
    result = value_of("var.it ? 1 : 2", it=secret)
    assert isinstance(result, Choice)
    assert result.sensitive
    assert assume(result, result.subject, True).sensitive
    assert value_of("var.flag ? var.it : 2", it=sensitive(Known(1, None, NUMBER))).sensitive


def test_the_console_shows_what_all_cases_agree_on() -> None:
    scope = Names()
    assert evaluate_line("var.flag && false", scope)["value"] is False
    assert evaluate_line('var.flag ? "a" : "a"', scope)["value"] == "a"
    assert evaluate_line("var.flag ? 1 : 2", scope)["value"] == {
        "$unknown": {"null": False, "min": [1, True], "max": [2, True]}
    }


def test_choices_stay_inside_of_collections() -> None:
    result = value_of("{ a = var.flag ? 1 : 2, b = 3 }")
    assert isinstance(result, Known)
    assert cases(result.data["a"]) == {"var.flag": {True: 1, False: 2}}


def test_an_unknown_key_gives_every_element_by_which_key_it_is() -> None:
    every = {'"dev"': 1, '"prod"': 2}
    assert cases(value_of("{ dev = 1, prod = 2 }[var.text]")) == {"var.text": every}
    assert cases(value_of("lookup({ dev = 1, prod = 2 }, var.text)")) == {"var.text": every}
    with_default = cases(value_of("lookup({ dev = 1, prod = 2 }, var.text, 3)"))
    assert with_default == {"var.text": {**every, OTHER: 3}}


def test_an_unknown_key_and_comparisons_with_it_are_decided_together() -> None:
    result = value_of('{ dev = var.text == "dev" ? 1 : 2, prod = 3 }[var.text]')
    assert cases(result) == {"var.text": {'"dev"': 1, '"prod"': 3}}


def test_within_try_an_unknown_key_might_be_an_error() -> None:
    assert isinstance(value_of("try({ dev = 1 }[var.text], 2)"), Unknown)


def test_steps_into_unknowns_keep_references_and_identities() -> None:
    whole = Reference("aws_instance.web", "root_block_device", None, DYNAMIC)
    part = value_of("var.it[0].volume_id", it=whole)
    assert isinstance(part, Reference)
    assert (part.target, part.attribute) == ("aws_instance.web", "root_block_device.0.volume_id")
    element = value_of("var.it.a", it=Unknown("?", None, type_from_json(["map", "bool"]), identity="var.it"))
    assert isinstance(element, Unknown)
    assert element.identity == "var.it.a"


def test_an_undecided_key_gives_an_element_for_each_case() -> None:
    sizes = value_from_json({"a": 1, "b": 2}, type_from_json(["map", "number"]))
    assert cases(value_of('var.it[var.flag ? "a" : "b"]', it=sizes)) == {"var.flag": {True: 1, False: 2}}
    assert to_json(value_of("var.it[0]", it=tuple_value([string("x")]))) == "x"
