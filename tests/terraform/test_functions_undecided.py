"""What functions make of what is not known, and of what hangs on undecided conditions; and where values come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from expression_context import OWN, ContextScope

from enclint.frontends.terraform import functions
from enclint.frontends.terraform.evaluate import evaluate
from enclint.frontends.terraform.reader import parse_expression
from enclint.frontends.terraform.scope import Scope
from enclint.frontends.terraform.types import DYNAMIC, STRING, list_of
from enclint.frontends.terraform.values import boolean, list_value, number, object_value, string, tuple_value, unknown
from enclint.model.value import (
    Choice,
    Encoded,
    Known,
    Partial,
    Reference,
    Subject,
    Unknown,
    Value,
)
from enclint.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

ASK = Subject("var.ask", "var.ask", "var.ask", "true")
OTHER = Subject("var.other", "var.other", "var.other", "true")


def call(name: str, *arguments: Value, scope: Scope | None = None) -> Value:
    return functions.call(name, list(arguments), None, scope or Scope())


def value(expression: str) -> Value:
    return evaluate(parse_expression(expression), ContextScope(OWN))


def either(if_true: Value, if_false: Value, subject: Subject = ASK) -> Choice:
    return Choice(subject, [(True, if_true), (False, if_false)], None, if_true.type)


def plain(value: Value) -> Any:
    """The value as Python data, unknowns by their classes' names, choices as dicts by case."""
    if isinstance(value, Choice):
        return {case: plain(branch) for case, branch in value.branches}
    if not isinstance(value, Known):
        return type(value).__name__
    if isinstance(value.data, list):
        return [plain(part) for part in value.data]
    return {key: plain(part) for key, part in value.data.items()} if isinstance(value.data, dict) else value.data


def pieces(value: Value) -> Sequence[Any]:
    assert isinstance(value, Partial), value
    return [part.data if isinstance(part, Known) else type(part).__name__ for part in value.parts]


def test_compact_keeps_an_unknown_text_that_is_certainly_something() -> None:
    compacted = value('compact(["", "x-${local.unknown_string}", null, "y"])')
    assert isinstance(compacted, Known)
    assert plain(compacted) == ["Partial", "y"]


def test_compact_is_unknown_where_an_unknown_text_may_be_empty() -> None:
    assert not isinstance(value('compact(["y", local.unknown_string])'), Known)


# Texts known in part --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "parts"),
    [
        ('join("/", ["arn:aws:s3:::", local.unknown_string, "x"])', ["arn:aws:s3:::/", "Reference", "/x"]),
        ('format("arn:%s:%s/%d", "kms", local.unknown_string, 5)', ["arn:kms:", "Reference", "/5"]),
        ('format("%s-%v", local.unknown_string, "x")', ["Reference", "-x"]),
        ('upper("a-${local.unknown_string}-b")', ["A-", "Unknown", "-B"]),
        ('trimprefix("alias/${local.unknown_string}", "alias/")', ["Reference"]),
        ('trimsuffix("${local.unknown_string}.", ".")', ["Reference"]),
        ('coalesce(null, "x-${local.unknown_string}", "y")', ["x-", "Reference"]),
        ('formatlist("x-%s", [local.unknown_string])[0]', ["x-", "Reference"]),
    ],
)
def test_what_is_known_of_a_text_is_kept(expression: str, parts: list[str]) -> None:
    result = value(expression)
    assert (pieces(result) if isinstance(result, Partial) else [type(result).__name__]) == parts


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ('startswith("arn:aws:${local.unknown_string}", "arn:")', True),
        ('startswith("arn:aws:${local.unknown_string}", "urn:")', False),
        ('endswith("${local.unknown_string}.com", ".com")', True),
        ('endswith("${local.unknown_string}.com", ".org")', False),
        ('strcontains("a-${local.unknown_string}-b", "-b")', True),
        ('substr("hello-${local.unknown_string}", 0, 3)', "hel"),
        ("alltrue([local.unknown_bool, false])", False),
        ("anytrue([local.unknown_bool, true])", True),
    ],
)
def test_a_question_that_the_known_part_answers_is_answered(expression: str, answer: object) -> None:
    assert plain(value(expression)) == answer


@pytest.mark.parametrize("pair", ["jsonencode jsondecode", "yamlencode yamldecode"])
def test_documents_that_are_known_in_part_survive_encoding(pair: str) -> None:
    encode, decode = pair.split()
    encoded = value(f'{encode}({{ Effect = "Allow", Resource = local.unknown_string }})')
    assert isinstance(encoded, Encoded)
    assert plain(encoded.value) == {"Effect": "Allow", "Resource": "Reference"}
    assert plain(call(decode, encoded)) == {"Effect": "Allow", "Resource": "Reference"}


def test_texts_that_are_known_in_part_survive_base64() -> None:
    encoded = value('base64encode("#!/bin/sh\\n${local.unknown_string}")')
    assert isinstance(encoded, Encoded)
    assert encoded.codec == "base64"
    assert pieces(call("base64decode", encoded)) == ["#!/bin/sh\n", "Reference"]


# Choices --------------------------------------------------------------------------------------------------------------


def test_functions_that_look_into_their_arguments_decide_case_by_case() -> None:
    elements = list_value([string("a"), either(string("b"), string("c"))], STRING)
    assert plain(call("join", string("-"), elements)) == {True: "a-b", False: "a-c"}


def test_one_condition_in_two_places_is_decided_once() -> None:
    choice = either(string("b"), string("c"))
    elements = list_value([choice, choice], STRING)
    assert plain(call("join", string("-"), elements)) == {True: "b-b", False: "c-c"}


def test_functions_that_hand_on_parts_leave_choices_alone() -> None:
    choice = either(number(1), number(2))
    mapping = object_value({"size": choice})
    assert plain(call("merge", mapping, object_value({"x": number(3)}))) == {"size": {True: 1, False: 2}, "x": 3}
    assert call("lookup", mapping, string("size"), number(0)) is choice
    assert plain(call("values", mapping)) == [{True: 1, False: 2}]
    assert plain(call("concat", tuple_value([choice]), tuple_value([number(3)]))) == [{True: 1, False: 2}, 3]
    assert plain(call("flatten", tuple_value([tuple_value([mapping])]))) == [{"size": {True: 1, False: 2}}]


def test_a_list_that_hangs_on_a_condition_is_flattened_in_either_case() -> None:
    choice = either(tuple_value([number(1)]), tuple_value([]))
    assert plain(call("flatten", tuple_value([choice, tuple_value([number(2)])]))) == {True: [1, 2], False: [2]}


def test_a_case_that_terraform_refuses_is_no_error_while_another_works() -> None:
    keys = list_value([either(string("a"), Known(None, None, STRING))], STRING)
    result = call("zipmap", keys, tuple_value([number(1)]))
    assert plain(result) == {True: {"a": 1}, False: "Impossible"}


def test_too_many_combinations_are_unknown_for_that_reason() -> None:
    subjects = [Subject(f"var.v{index}", f"var.v{index}") for index in range(7)]
    elements = [either(string("a"), string("b"), subject) for subject in subjects]
    result = call("join", string(""), list_value(elements, STRING))
    assert isinstance(result, Unknown)
    assert result.reason == "depends on more than 64 combinations of undecided conditions"


def test_contains_asks_which_constant_an_unknown_equals() -> None:
    environment = unknown("variable `env` has no default", STRING, identity="var.env")
    wanted = tuple_value([string("prod"), string("stage")])
    result = call("contains", wanted, environment)
    assert isinstance(result, Choice)
    assert result.subject == Subject('var.env == "prod"', 'var.env == "prod"', "var.env", '"prod"')
    assert plain(result) == {True: True, False: {True: True, False: False}}


# Identity, reasons, marks ---------------------------------------------------------------------------------------------


def test_the_same_question_about_the_same_unknown_is_one_question() -> None:
    name = unknown("variable `name` has no default", STRING, identity="var.name")
    one, other = (call("startswith", name, string("x")) for _ in range(2))
    assert isinstance(one, Unknown)
    assert isinstance(other, Unknown)
    assert one.identity == other.identity == 'startswith(var.name, "x")'
    assert one.reason == "variable `name` has no default"


def test_two_random_values_are_not_the_same() -> None:
    for name in ("uuid", "timestamp"):
        result = call(name)
        assert isinstance(result, Unknown)
        assert result.identity is None


def test_an_unknown_without_an_identity_gives_none() -> None:
    result = call("upper", unknown("it", STRING))
    assert isinstance(result, Unknown)
    assert result.identity is None


def test_what_is_taken_from_an_argument_keeps_its_place_and_way() -> None:
    source = Source("main.tf", "0123456789")
    part = string("x", Span(source, 2, 3)).via("local.x", Span(source, 4, 5))
    taken = [
        call("lookup", object_value({"a": part}), string("a")),
        call("element", tuple_value([part]), number(3)),
        call("coalesce", Known(None, None, STRING), part),
        call("one", tuple_value([part])),
    ]
    taken.append(call("merge", object_value({"a": number(1)}), object_value({"a": part})).data["a"])  # type: ignore[attr-defined]
    taken.append(call("tolist", tuple_value([part])).data[0])  # type: ignore[attr-defined]
    taken.append(call("sensitive", part))
    for value in taken:
        assert value.span == part.span
        assert value.trace == part.trace


def test_references_go_through_functions_that_do_not_change_them() -> None:
    arn = Reference("aws_kms_key.k", "arn", None, STRING, refinement={"not_null": True})
    for result in (
        call("coalesce", Known(None, None, DYNAMIC), arn, string("alias/x")),
        call("tostring", arn),
        call("element", list_value([arn], STRING), number(0)),
        call("lookup", object_value({"a": arn}), string("a"), string("b")),
        call("one", list_value([arn], STRING)),
    ):
        assert isinstance(result, Reference)
        assert result.target == "aws_kms_key.k"


@pytest.mark.parametrize(
    ("expression", "sensitive"),
    [
        ("keys(local.secrets)", False),
        ('lookup(local.secrets, "open")', False),
        ('lookup(local.secrets, "closed")', True),
        ("merge(local.secrets, { x = 1 })", False),
        ("values(local.secrets)[1]", False),
        ("length(local.secrets)", False),
        ('join(",", [local.secret])', True),
        ("jsonencode(local.secrets)", True),
        ('contains(["a", local.secret], "a")', True),
        ("nonsensitive(sha256(local.secret))", False),
        ("sha256(local.secret)", True),
    ],
)
def test_marks_go_where_terraform_takes_them(expression: str, sensitive: bool) -> None:
    assert value(expression).sensitive is sensitive


# Bounds ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ('format("%999999999d", 1)', "a text of more than 10,000,000 characters is not built"),
        (r'indent(999999999, "a\nb")', "a text of more than 10,000,000 characters is not built"),
        ("setproduct(range(1000), range(1000))", "a collection of more than 100,000 elements is not built"),
        ("setproduct(toset(range(1000)), range(1000))", "a collection of more than 100,000 elements is not built"),
    ],
)
def test_what_would_be_too_large_is_not_built(expression: str, reason: str) -> None:
    result = value(expression)
    assert isinstance(result, Unknown)
    assert result.reason == reason


def test_aliases_that_multiply_are_not_expanded() -> None:
    laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for name, before in zip("bcdefgh", "abcdefg", strict=True):
        laughs += f"{name}: &{name} [" + ", ".join([f"*{before}"] * 10) + "]\n"
    result = call("yamldecode", string(laughs))
    assert isinstance(result, Unknown)
    assert "values is not decoded" in result.reason


def test_deep_documents_are_not_decoded() -> None:
    with pytest.raises(Exception, match=r"exceeded max depth|recursion"):
        call("jsondecode", string("[" * 5000 + "]" * 5000))
    result = call("yamldecode", string("[" * 300 + "]" * 300))
    assert isinstance(result, Unknown)


def test_no_pattern_takes_for_ever() -> None:
    text = string("a" * 50_000 + "b")
    with pytest.raises(Exception, match="did not match"):
        call("regex", string("^(a+)+$"), text)


def test_an_unknown_of_a_collection_keeps_its_type() -> None:
    strings = unknown("it", list_of(STRING), identity="var.names")
    assert call("distinct", strings).type == list_of(STRING)
    assert call("sort", strings).type == list_of(STRING)


def test_bools_are_no_numbers() -> None:
    with pytest.raises(Exception, match="number required"):
        call("abs", boolean(True))


def test_two_conditions_give_every_combination() -> None:
    first, second = either(string("a"), string("b")), either(string("c"), string("d"), OTHER)
    elements = list_value([first, second], STRING)
    assert plain(call("join", string(""), elements)) == {
        True: {True: "ac", False: "ad"},
        False: {True: "bc", False: "bd"},
    }
