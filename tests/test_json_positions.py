"""JSON with places: the same values as the standard library's, exact offsets, and faults that say what was expected."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclint.json_positions import (
    MAX_DEPTH,
    JsonArray,
    JsonFault,
    JsonNumber,
    JsonObject,
    JsonScalar,
    character_offsets,
    plain,
    read,
    read_at,
)


def documents() -> st.SearchStrategy[object]:
    scalars = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(st.characters(codec="utf-8"))
    names = st.text(st.characters(codec="utf-8"))
    return st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(names, inner), max_leaves=20)


@given(documents(), st.sampled_from([None, 2]), st.booleans())
def test_values_are_those_of_the_standard_library(document: object, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    assert plain(read(text)) == document


def test_every_key_and_value_has_its_place() -> None:
    text = '{ "a" : [1, "x"],\n "b\\n": {"c": null}, "d": "\\u00e9" }'
    root = read(text)
    assert isinstance(root, JsonObject)
    assert (root.start, root.end) == (0, len(text))
    keys = {name: text[slice(*span)] for name, span in root.key_spans.items()}
    assert keys == {"a": '"a"', "b\n": '"b\\n"', "d": '"d"'}
    values = {name: text[node.start : node.end] for name, node in root.members.items()}
    assert values == {"a": '[1, "x"]', "b\n": '{"c": null}', "d": '"\\u00e9"'}
    items = root.members["a"]
    assert isinstance(items, JsonArray)
    assert [text[item.start : item.end] for item in items.items] == ["1", '"x"']


@given(st.text(st.characters(codec="utf-8")), st.booleans())
def test_every_character_of_a_string_has_its_place(value: str, ascii_only: bool) -> None:
    text = f"[{json.dumps(value, ensure_ascii=ascii_only)}]"
    offsets = character_offsets(text, 1, len(text) - 1)
    assert offsets[-1] == len(text) - 2
    pieces = [text[start:end] for start, end in pairwise(offsets)]
    assert [json.loads(f'"{piece}"') for piece in pieces] == list(value)


def test_a_value_can_be_read_where_it_begins() -> None:
    text = '{"a": [1, {"b": 2}], "c": 3}'
    node = read_at(text, text.index("["))
    assert plain(node) == [1, {"b": 2}]
    assert text[node.start : node.end] == '[1, {"b": 2}]'


def test_a_name_given_twice_is_kept_and_told() -> None:
    root = read('{"a": 1, "b": 2, "a": 3, "a": [4]}')
    assert isinstance(root, JsonObject)
    assert plain(root) == {"a": 1, "b": 2}
    assert [(member.name, plain(member.value)) for member in root.duplicates] == [("a", 3), ("a", [4])]
    assert [member.name for member in root.every_member()] == ["a", "b", "a", "a"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-7", -7),
        ("999999999999999999", 999999999999999999),
        ("1000000000000000000", JsonNumber("1000000000000000000")),
        ("1.50", JsonNumber("1.50")),
        ("1E9", JsonNumber("1E9")),
        ("9" * 5000, JsonNumber("9" * 5000)),
        ('"\\ud83d\\ude00"', "\U0001f600"),
        ('"a\\ud83d"', "a\ufffd"),
        ("\ufefftrue", True),
    ],
)
def test_a_scalar_keeps_its_exact_value(text: str, value: object) -> None:
    node = read(text)
    assert isinstance(node, JsonScalar)
    assert (node.value, type(node.value)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("", 0, "expected a JSON value"),
        ("[1,]", 3, "expected a JSON value"),
        ("[01]", 2, "expected `,` or `]`"),
        ("[1}", 2, "expected `,` or `]`"),
        ('{"a": 1,}', 8, "expected a member's name in double quotes"),
        ('{"a": 1 "b": 2}', 8, "expected `,` or `}`"),
        ('{"a" 1}', 5, "expected `:` after a member's name"),
        ("{a: 1}", 1, "expected a member's name in double quotes"),
        ("[NaN]", 1, "expected a JSON value"),
        ("{} x", 3, "there is more after the end of the JSON value"),
        ('["x', 1, "this string has no closing quote"),
        ('["x\ty"]', 3, "a line break or control character in a string must be escaped"),
        ('["\\x"]', 2, "invalid escape sequence in a string"),
        ("[" * 251 + "]" * 251, 250, "nested more than 250 levels deep"),
        ("[" * 1_000_000, MAX_DEPTH, "nested more than 250 levels deep"),
    ],
)
def test_a_fault_says_where_and_what_was_expected(text: str, offset: int, message: str) -> None:
    with pytest.raises(JsonFault) as caught:
        read(text)
    assert (caught.value.offset, caught.value.message) == (offset, message)


@given(st.text('{}[]":,\\u0d8 \n\tntrefalse1.-+Ee\ufeff\x00é') | st.text())
def test_nothing_but_a_fault_is_ever_raised_and_only_where_the_standard_library_refuses(text: str) -> None:
    try:
        read(text)
    except JsonFault as fault:
        assert 0 <= fault.offset <= len(text)
        accepted = False
    else:
        accepted = True
    try:
        json.loads(text.removeprefix("\ufeff"), parse_constant=lambda name: json.loads(f"<{name}>"))
    except ValueError:
        assert not accepted
    else:
        assert accepted
