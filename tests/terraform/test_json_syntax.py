"""JSON syntax: the tree is that of the same configuration in native syntax, with every place in the JSON text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from canonical import canonical, canonical_items
from hypothesis import given, settings
from hypothesis import strategies as st

from enclint.frontends.terraform import reader
from enclint.frontends.terraform.json_syntax import as_blocks, parse
from enclint.frontends.terraform.syntax import (
    Attribute,
    Block,
    Body,
    Item,
    Literal,
    Number,
    Object,
    SyntaxFault,
    TemplateWrap,
    Tuple,
    Variable,
)
from enclint.source import Source


def read(text: str) -> Body:
    return parse(Source("main.tf.json", text))


def read_value(document: object) -> Body:
    return read(json.dumps(document))


def without_places(items: list[Any]) -> list[Any]:
    """Canonical items as (name, expression) and (type, labels, items)."""
    return [[item[1], item[4]] if item[0] == "A" else [item[1], item[2], without_places(item[4])] for item in items]


def shown(body: Body) -> list[Any]:
    return without_places(canonical_items(body.items))


def native(text: str) -> list[Any]:
    return shown(reader.parse(Source("main.tf", text)))


def fault_of(text: str) -> SyntaxFault:
    with pytest.raises(SyntaxFault) as caught:
        read(text)
    return caught.value


def argument(items: list[Item], name: str) -> Attribute:
    return next(item for item in items if isinstance(item, Attribute) and item.name == name)


def block(items: list[Item], type: str) -> Block:
    return next(item for item in items if isinstance(item, Block) and item.type == type)


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({}, ""),
        ([], ""),
        ([{"locals": {"a": 1}}, {"locals": {"b": None}}], "locals {\n a = 1\n}\nlocals {\n b = null\n}\n"),
        ({"locals": [{"a": True}, {"b": "c"}]}, 'locals {\n a = true\n}\nlocals {\n b = "c"\n}\n'),
        (
            {"resource": {"aws_kms_key": {"a": {"count": "${var.n}"}, "b": {}}}},
            'resource "aws_kms_key" "a" {\n count = "${var.n}"\n}\nresource "aws_kms_key" "b" {}\n',
        ),
        (
            {"resource": [{"x": [{"a": {}}, {"b": {}}]}, {"y": {"c": None}}]},
            'resource "x" "a" {}\nresource "x" "b" {}\n',
        ),
        ({"output": {"o": {"value": "a${b}c"}}}, 'output "o" {\n value = "a${b}c"\n}\n'),
        ({"output": {"o": {"value": "$${a}"}}}, 'output "o" {\n value = "$${a}"\n}\n'),
        ({"output": {"o": {"value": "%{ if a }b%{ endif }"}}}, 'output "o" {\n value = "%{ if a }b%{ endif }"\n}\n'),
        ({"output": {"o": {"value": ["${a}", {"k": 1}]}}}, 'output "o" {\n value = ["${a}", {"k" = 1}]\n}\n'),
        ({"output": {"o": {"value": {"${a}": 1, "b": {}}}}}, 'output "o" {\n value = {"${a}" = 1, "b" = {}}\n}\n'),
        (
            {"resource": {"x": {"a": {"depends_on": ["y.b", "module.c"], "provider": "aws.west"}}}},
            'resource "x" "a" {\n depends_on = [y.b, module.c]\n provider = aws.west\n}\n',
        ),
        (
            {"resource": {"x": {"a": {"lifecycle": {"ignore_changes": "all", "replace_triggered_by": ["y.b[0].c"]}}}}},
            'resource "x" "a" {\n lifecycle {\n ignore_changes = all\n replace_triggered_by = [y.b[0].c]\n}\n}\n',
        ),
        (
            {"resource": {"x": {"a": {"lifecycle": {"precondition": [{"b": "${c}"}, {"b": "${d}"}]}}}}},
            'resource "x" "a" {\n lifecycle {\n precondition { b = "${c}" }\n precondition { b = "${d}" }\n}\n}\n',
        ),
        (
            {"resource": {"x": {"a": {"provisioner": [{"local-exec": {"command": "b", "when": "destroy"}}]}}}},
            'resource "x" "a" {\n provisioner "local-exec" {\n command = "b"\n when = destroy\n}\n}\n',
        ),
        (
            {"resource": {"x": {"a": {"dynamic": {"d": {"for_each": "${b}", "iterator": "i", "content": {"c": 1}}}}}}},
            'resource "x" "a" {\n dynamic "d" {\n for_each = "${b}"\n iterator = i\n content {\n c = 1\n}\n}\n}\n',
        ),
        (
            {"module": {"m": {"source": "./${a}", "providers": {"aws": "aws.b", "aws.c": "aws"}, "d": "${e}"}}},
            'module "m" {\n source = "./$${a}"\n providers = {aws = aws.b, aws.c = aws}\n d = "${e}"\n}\n',
        ),
        (
            {"variable": {"v": {"type": "map(string)", "default": {"${a}": "%{b}"}, "description": "${c"}}},
            'variable "v" {\n type = map(string)\n default = {"$${a}" = "%%{b}"}\n description = "$${c"\n}\n',
        ),
        (
            {"variable": {"v": {"validation": {"condition": "${var.v > 1}", "error_message": "no"}}}},
            'variable "v" {\n validation {\n condition = "${var.v > 1}"\n error_message = "no"\n}\n}\n',
        ),
        ({"moved": [{"from": "x.a", "to": "module.b.x.a[0]"}]}, "moved {\n from = x.a\n to = module.b.x.a[0]\n}\n"),
        ({"import": {"to": "x.a[each.key]", "id": "${b}"}}, 'import {\n to = x.a[each.key]\n id = "${b}"\n}\n'),
        (
            {"terraform": {"backend": {"s3": {"bucket": "${a}"}}, "required_providers": {"b": {"source": "c"}}}},
            'terraform {\n backend "s3" {\n bucket = "$${a}"\n}\n required_providers {\n b = {"source" = "c"}\n}\n}\n',
        ),
        (
            {"check": {"c": {"data": {"x": {"a": {}}}, "assert": {"condition": "${b}"}}}},
            'check "c" {\n data "x" "a" {}\n assert {\n condition = "${b}"\n}\n}\n',
        ),
        ({"//": "note", "locals": {"//": "note", "a": {"//": 1}}}, 'locals {\n a = {"//" = 1}\n}\n'),
        ({"locals": {"a": 1000000000000000000, "b": 1.5}}, "locals {\n a = 1000000000000000000\n b = 1.5\n}\n"),
        ({"nonsense": {"a": 1}}, 'nonsense = {"a" = 1}\n'),
    ],
)
def test_the_tree_is_that_of_native_syntax(document: object, text: str) -> None:
    assert shown(read_value(document)) == native(text)


def test_negative_numbers_are_literals() -> None:
    items = block(read('{"locals": {"a": -2, "b": -0, "c": -1.50}}').items, "locals").items
    a, b, c = (argument(items, name).expression for name in "abc")
    assert isinstance(a, Literal)
    assert a.value == -2
    assert isinstance(b, Literal)
    assert b.value == 0
    assert isinstance(c, Number)
    assert c.text == "-1.50"


def test_every_node_stands_where_its_text_is() -> None:
    text = '{"resource": {"x": {"a": {"b": "p${c.d}q", "\\u0065": "\\"\\u00e9\\ud83d\\ude00 ${f}\\n"}}}}'
    resource = block(read(text).items, "resource")
    assert text[resource.start : resource.header_end] == '"a"'
    assert text[resource.start : resource.end] == text[text.index('"a"') : -3]
    first, second = resource.items
    assert isinstance(first, Attribute)
    assert isinstance(second, Attribute)
    assert text[first.start : first.end] == '"b": "p${c.d}q"'
    assert text[first.expression.start : first.expression.end] == '"p${c.d}q"'
    for attribute, inner in ((first, "c.d"), (second, "f")):
        variable = next(part for part in attribute.expression.parts if isinstance(part, Variable))  # type: ignore[union-attr]
        assert text[variable.start : variable.end] == inner


def test_a_reference_stands_where_its_text_is() -> None:
    text = '{"resource": {"x": {"a": {"depends_on": ["y.b"], "for_each": "${z}"}}}}'
    items = block(read(text).items, "resource").items
    depends_on = argument(items, "depends_on").expression
    assert isinstance(depends_on, Tuple)
    assert text[depends_on.items[0].start : depends_on.items[0].end] == '"y.b"'
    for_each = argument(items, "for_each").expression
    assert isinstance(for_each, TemplateWrap)
    assert text[for_each.start : for_each.end] == '"${z}"'
    assert text[for_each.expression.start : for_each.expression.end] == "z"


def test_of_an_array_of_blocks_each_has_its_own_place() -> None:
    text = '{"locals": [{"a": 1}, {"b": 2}]}'
    first, second = read(text).items
    assert text[first.start : first.end] == '"locals": [{"a": 1}'
    assert text[second.start : second.end] == '{"b": 2}'


def test_a_type_of_resource_may_stand_twice() -> None:
    body = read('{"resource": {"x": {"a": {}}, "x": {"b": {}}}, "resource": {"y": {"c": {}}}}')
    assert [item.labels for item in body.items if isinstance(item, Block)] == [["x", "a"], ["x", "b"], ["y", "c"]]


def test_an_argument_that_the_provider_may_take_for_blocks_can_be_had_as_such() -> None:
    text = (
        '{"resource": {"aws_instance": {"a": {"root": {"//": 1, "size": 1}, "ebs": [{"b": 2}, '
        '{"dynamic": {"c": {"for_each": [], "content": {"d": "${e}"}}}}], "tags": {"f": 1}, "g": "h", '
        '"ebs": {"i": 3}}}}}'
    )
    source = Source("main.tf.json", text)
    items = block(parse(source).items, "resource").items

    def blocks(name: str) -> list[Any]:
        return shown(Body(list(as_blocks(argument(items, name), source) or ()), source))

    assert blocks("root") == [["root", [], [["size", ["num", 1.0]]]]]
    assert blocks("ebs") == native(
        'ebs {\n b = 2\n}\nebs {\n dynamic "c" {\n for_each = []\n content {\n d = "${e}"\n}\n}\n}\nebs {\n i = 3\n}\n'
    )
    assert as_blocks(argument(items, "g"), source) is None
    inner, *_ = as_blocks(argument(items, "ebs"), source) or ()
    assert text[inner.start : inner.end].endswith('{"b": 2}')
    assert isinstance(argument(items, "tags").expression, Object)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "expected a JSON value"),
        ("7", 1, "this cannot hold arguments and blocks: expected an object, or an array of objects"),
        ('{"locals":\n "a"}', 2, "this is no `locals` block: expected an object, or an array of objects"),
        ('{"locals": [1]}', 1, "this cannot hold arguments and blocks"),
        ('{"resource": {}}', 1, "this `resource` block lacks a label"),
        ('{"resource": {"x":\n 1}}', 2, "this cannot hold the labels of `resource`"),
        ('{"output": {"a": {"value": 1,\n "value": 2}}}', 2, "`value` is set twice here"),
        ('{"locals": {"a": {"b": 1,\n "b": 2}}}', 2, "Duplicate object attribute: `b` is set twice in this object"),
        ('{"locals": {"a": "x\\n${b",\n "c": 1}}', 1, "the text ends too early"),
        ('{"locals":\n {"a": "${1 1}"}}', 2, "unexpected `1`"),
        ('{"locals": {"a": 1e9999999999}}', 1, "`1e9999999999` is no number"),
        ("[" * 1000, 1, "nested more than 250 levels deep"),
    ],
)
def test_a_fault_says_where_and_what_was_expected(text: str, line: int, message: str) -> None:
    fault = fault_of(text)
    assert str(fault).startswith(message)
    assert Source("", text).position(fault.offset)[0] == line


def test_a_fault_in_a_template_is_in_the_string() -> None:
    text = '{"locals": {"a": "\\u00e9\\n${b c}"}}'
    assert text[fault_of(text).offset :].startswith('c}"')


def test_a_fault_keeps_the_items_before_it() -> None:
    fault = fault_of('{"locals": {"a": 1}, "resource": {"x": {"a": {}, "b": {"c": "${"}}}}')
    assert [item.type for item in fault.items if isinstance(item, Block)] == ["locals", "resource"]


def documents() -> st.SearchStrategy[object]:
    names = st.sampled_from(
        [
            *("resource", "locals", "variable", "default", "dynamic", "content", "lifecycle", "provider", "type", "//"),
            "a",
        ]
    )
    texts = st.text('${}%~"\\ab.[0]\n\ré(', max_size=10)
    scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
    return st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | texts, inner))


@given(documents(), st.booleans())
@settings(max_examples=300)
def test_any_document_gives_a_tree_or_a_fault_within_it(document: object, ascii_only: bool) -> None:
    text = json.dumps(document, ensure_ascii=ascii_only)
    try:
        body = read(text)
    except SyntaxFault as fault:
        assert 0 <= fault.offset <= len(text)
        return
    for item in body.items:
        assert 0 <= item.start < item.end <= len(text)
        if isinstance(item, Attribute):
            canonical(item.expression)
