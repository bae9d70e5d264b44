"""Native syntax: trees and refusals are Terraform's, every place is exact, and no text makes the reader stumble.

`syntax_vectors.jsonl` has small texts with the tree that HashiCorp's parser (hcl 2.23, as in Terraform 1.11) gives, in
the form that `canonical` describes, or the line of its first complaint; where a bracket or heredoc is not closed, the
line where it was opened, which is the one to look at.
"""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from canonical import canonical, canonical_items
from hypothesis import example, given, settings
from hypothesis import strategies as st

from enclint.frontends.terraform.native.cursor import MAX_DEPTH
from enclint.frontends.terraform.reader import SyntaxFault, parse, parse_expression, parse_template
from enclint.frontends.terraform.syntax import Attribute, Binary, Block, Body, Number, String, Template, Tuple, Variable
from enclint.source import Source

VECTORS = [json.loads(line) for line in (Path(__file__).parent / "syntax_vectors.jsonl").read_text().splitlines()]
ORACLE = Path(__file__).parents[2] / ".." / "shared" / "oracle" / "syntax" / "cases.jsonl"


def read(text: str) -> Body:
    return parse(Source("main.tf", text))


def fault_of(text: str) -> SyntaxFault:
    with pytest.raises(SyntaxFault) as caught:
        read(text)
    return caught.value


def shown(text: str) -> list[Any]:
    """The tree in canonical form, places in bytes, as plain JSON has it."""
    byte_offsets = [0]
    for char in text:
        byte_offsets.append(byte_offsets[-1] + len(char.encode()))
    plain: list[Any] = json.loads(json.dumps(canonical_items(read(text).items, byte_offsets.__getitem__)))
    return plain


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_text_is_read_or_refused_as_terraform_does(vector: dict[str, Any]) -> None:
    text = vector["source"]
    if "tree" in vector:
        assert shown(text) == vector["tree"]
    else:
        line, _ = Source("main.tf", text).position(fault_of(text).offset)
        assert line == vector["fault"]


@pytest.mark.skipif(not ORACLE.exists(), reason="the recorded cases are not here")
def test_all_recorded_cases_agree() -> None:
    cases = [json.loads(line) for line in ORACLE.read_text(encoding="utf-8").splitlines()]
    assert cases
    for case in cases:
        if "ast" in case:
            assert shown(case["source"]) == _with_float_numbers(case["ast"]), case["name"]
        else:
            fault_of(case["source"])


def _with_float_numbers(tree: Any) -> Any:
    if isinstance(tree, list):
        if len(tree) == 2 and tree[0] == "num":
            return ["num", float(tree[1])]
        return [_with_float_numbers(each) for each in tree]
    return tree


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = 1 b = 2\n", "unexpected `b`: expected a line break after the argument"),
        ("a = 1;\n", "arguments are separated by line breaks, not by `;`"),
        ("a = 'x'\n", "strings are written in double quotes"),
        ("a = b & c\n", "the logical and is written `&&`"),
        ("a =\u00a01\n", "this is a no-break space, which is no blank to Terraform"),
        ("a = ${b}\n", '`${…}` stands within strings only: "${…}"'),
        ('a = "x\n', 'a string must end on the line that it begins on: expected a closing `"`'),
        ('a = "${b"\n', 'unexpected `"`: expected `}` to end the `${`'),
        ('a = "${b c}"\n', "unexpected `c`: expected `}` to end the `${` (a literal `${` is written `$${`)"),
        ('a = "%{ if b }"\n', "this `if` directive does not end: expected `%{ endif }`"),
        ("a = <<EOT\nx\n", "this heredoc does not end: expected a line with nothing but `EOT`"),
        ("a = <<EOT x\n", "a heredoc begins with `<<MARKER` or `<<-MARKER` and nothing more on its line"),
        ("a = [1\n", "this `[` is not closed before the text ends"),
        ("a = [1 2]\n", "unexpected `2`: expected `,` or `]` in the list"),
        ("a = f(b c)\n", "unexpected `c`: expected `,` or `)` in the call of `f`"),
        ("a = b ? c\n", "the line ends too early: expected `:` and the value for when the condition is false"),
        ("a = b.0.1\n", "`.0.1` is no index: expected one whole number, or `[…]`"),
        ("a = 1.2.3\n", "`1.2.3` is no number"),
        ("a = 1\na = 2\n", "`a` is set twice here; an argument is set only once"),
        ("a\n", "`a` is neither argument nor block: expected `=` and a value, or a block's `{`"),
        ("a {\n  b = 1\n", "this `{` is not closed before the text ends"),
        ("a = 1\n  + 2\n", "an expression ends with its line, unless it is in brackets"),
        ("a = 1 /* b\n", "this comment does not end: expected `*/`"),
    ],
)
def test_a_fault_says_what_was_expected(text: str, message: str) -> None:
    assert str(fault_of(text)).startswith(message)


def test_a_fault_keeps_the_items_before_it() -> None:
    fault = fault_of('a = 1\nresource "b" "c" {\n  d = 2\n}\nresource "e" "f" {\n  g = \n}\nh = 3\n')
    assert [item.name if isinstance(item, Attribute) else item.type for item in fault.items] == ["a", "resource"]
    letters = fault_of('ä = 1\nresource "b" "c" {}\nx = )\n')
    assert len(letters.items) == 2


def test_a_block_knows_where_its_header_ends() -> None:
    text = 'resource "a" "b" {\n}\nlocals {\n}\nx /* y */ "z\\n" {\n}\n'
    blocks = [item for item in read(text).items if isinstance(item, Block)]
    headers = [text[block.start : block.header_end] for block in blocks]
    assert headers == ['resource "a" "b"', "locals", 'x /* y */ "z\\n"']


def test_every_node_stands_where_its_text_is() -> None:
    text = 'a = [f(b.c[0], "x${d}"), {e = !g}, <<T\nh ${i}\nT\n]\n'
    attribute = read(text).items[0]
    assert isinstance(attribute, Attribute)
    value = attribute.expression
    assert isinstance(value, Tuple)
    pieces = [text[item.start : item.end] for item in value.items]
    assert pieces == ['f(b.c[0], "x${d}")', "{e = !g}", "<<T\nh ${i}\nT"]


def test_a_body_belongs_to_its_source() -> None:
    source = Source("main.tf", "a = 1\n")
    assert parse(source).source is source


def test_integers_are_exact_and_other_numbers_keep_their_text() -> None:
    assert canonical(parse_expression("999999999999999999")) == ["num", 999999999999999999.0]
    for text in ("1000000000000000000", "1.10", "1e3", "9" * 5000):
        number = parse_expression(text)
        assert isinstance(number, Number)
        assert number.text == text


def test_strings_are_in_unicode_normal_form_and_labels_as_they_are_written() -> None:
    assert canonical(parse_expression('"e\u0301"')) == ["str", "\u00e9"]
    assert canonical(parse_expression('"e\u0301${a}"')) == ["tmpl", ["\u00e9", ["var", "a"]]]
    block = read('a "e\u0301" {}\n').items[0]
    assert isinstance(block, Block)
    assert block.labels == ["e\u0301"]


def test_an_expression_alone_may_go_over_lines_and_be_nothing_else() -> None:
    assert canonical(parse_expression("\n a\n + 1 # b\n")) == ["bin", "+", ["var", "a"], ["num", 1.0]]
    for text in ("", "a b", "a = 1", "a,"):
        with pytest.raises(SyntaxFault):
            parse_expression(text)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", ["str", ""]),
        ("x\n y\n", ["str", "x\n y\n"]),
        ('\\n "x"', ["str", '\\n "x"']),
        ("${a}", ["wrap", ["var", "a"]]),
        ("\ufeffa", ["str", "a"]),
        ("a $ % $", ["str", "a $ % $"]),
        ("$${a} %%{b}", ["str", "${a} %{b}"]),
        ("a  ${~ b ~}  \n  c", ["tmpl", ["a", ["var", "b"], "  c"]]),
        ("%{ if a ~}\n  b\n%{ else }c%{ endif }", ["tmpl", [["cond", ["var", "a"], ["str", "  b\n"], ["str", "c"]]]]),
        ("a\n${b}\n", ["tmpl", ["a\n", ["var", "b"], "\n"]]),
        ("x ~} <<EOT", ["str", "x ~} <<EOT"]),
        ("${a}\r\n$", ["tmpl", [["var", "a"], "\r\n$"]]),
        ("${a}\r${b}", ["tmpl", [["var", "a"], "\r${b}"]]),  # Terraform's scanner takes no more sequences from there on
        ("a\r", ["str", "a\r"]),
    ],
)
def test_a_template_alone_has_no_quotes_and_no_escapes(text: str, tree: list[Any]) -> None:
    assert canonical(parse_template(text)) == tree


def test_a_template_alone_refuses_what_a_string_would() -> None:
    for text in ("${a", "%{ if a }", "%{ endif }", "${}", "a ${b c}"):
        with pytest.raises(SyntaxFault):
            parse_template(text)


def test_a_dedented_heredoc_counts_what_is_written() -> None:
    text = "a = <<-T\n    b\n  ${c}\n\n      d\n  T\n"
    attribute = read(text).items[0]
    assert isinstance(attribute, Attribute)
    assert isinstance(attribute.expression, Template)
    assert attribute.expression.heredoc
    assert canonical(attribute.expression) == ["tmpl", ["  b\n", ["var", "c"], "\n\n    d\n"]]


def test_chains_of_operators_nest_to_the_left_however_long() -> None:
    node = parse_expression(" + ".join(["a"] * 10_000))
    for _ in range(9_999):
        assert isinstance(node, Binary)
        assert isinstance(node.right, Variable)
        node = node.left
    assert isinstance(node, Variable)


NESTINGS = [
    ("[", "1", "]"),
    ("(", "1", ")"),
    ("{a = ", "1", "}"),
    ("f(", "1", ")"),
    ("!", "a", ""),
    ('"${', "1", '}"'),
    ("a[", "1", "]"),
    ("a ? b : ", "1", ""),
    ("[for a in b : ", "1", "]"),
    ("1 || 1 && 1 == 1 < 1 + 1 * (", "1", ")"),
]


@pytest.mark.parametrize(("opening", "middle", "closing"), NESTINGS, ids=[nesting[0] for nesting in NESTINGS])
def test_nesting_is_read_to_a_depth_that_is_enough_and_refused_clearly_beyond(
    opening: str, middle: str, closing: str
) -> None:
    depth_of_each = 2 if opening == '"${' else 1
    parse_expression(opening * (200 // depth_of_each) + middle + closing * (200 // depth_of_each))
    for depth in (MAX_DEPTH + 1, 100_000):
        with pytest.raises(SyntaxFault, match="nested"):
            parse_expression(opening * depth + middle + closing * depth)


def test_directives_and_blocks_nest_to_the_same_depth() -> None:
    parse_template("%{ if a }" * 200 + "%{ endif }" * 200)
    read("a {\n" * 200 + "}\n" * 200)
    with pytest.raises(SyntaxFault, match="nested"):
        parse_template("%{ if a }" * 100_000 + "%{ endif }" * 100_000)
    assert "nested" in str(fault_of("a {\n" * 100_000 + "}\n" * 100_000))


def test_steps_that_would_nest_are_bounded_and_those_that_do_not_are_not() -> None:
    assert isinstance(parse_expression("a" + "[0].b" * 50_000), Variable)
    for text in ("a" + "[b]" * 1_000, "a" + "[*]" * 1_000, "a" + ".*[0]" * 1_000):
        with pytest.raises(SyntaxFault, match="nested"):
            parse_expression(text)


HOSTILE = [
    '"' * 100_001,
    "a = " + "[" * 100_000,
    "a = " + '"' + "$" * 200_000,
    "a = " + '"' + "%{" * 100_000,
    "a = " + "1." * 100_000,
    "a = " + "1e" * 100_000,
    "a = <<E\n" * 30_000,
    "a = <<E\n" + "\n" * 200_000,
    "/*" * 100_000,
    "a = /*" + "*" * 200_000,
    "#" * 200_000,
    " " * 200_000 + "=",
    "\n" * 200_000 + "}",
    "a " * 100_000,
    'a "b" ' * 50_000,
    "a = b" + ".c" * 100_000 + ".",
    "a = {" + "b = 1, " * 30_000,
    'a = ["b", ' + '"c", ' * 30_000,
    "a = " + "-" * 100_000,
    "a = " + "f(" * 50_000,
    "a = b ?" * 50_000,
    "\r" * 100_000,
    "é" * 100_000,
    "a = " + "\\" * 100_000,
    "a = [" + "\n" * 100_000 + '"b"' + " " * 100_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_a_hostile_text_is_refused_in_linear_time(text: str) -> None:
    """Quadratic work on these would take minutes."""
    fault_of(text) if not text.startswith("#") else read(text)


PIECES = [
    *("a", "b.c", "é", "²", "for", "in", "if", "else", "endif", "endfor", "true", "null", "0", "1.5", "1e3", "0.1"),
    *('"', "${", "%{", "$${", "${~", "~}", "}", "<<A\n", "<<-A\n", "\nA\n", "\\", "\\n", "\\u00e9", "$", "%", "~"),
    *("(", ")", "[", "]", "{", ".", "...", "*", "?", ":", "::", ",", "=", "==", "=>", "!", "-", "&&", "|", "<", "/"),
    *(" ", "\n", "\r\n", "\r", "\t", "#", "//", "/*", "*/", "\0", "\ufeff", "\xa0", "e\u0301", "'", "`", ";", "@"),
    *('a = "', 'x "y" {\n', "a = [\n", "%{ if a }", "%{ endif }", "%{ for a in b }", "[*]", ".*", "\U0010ffff"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=60))
@example("a = <<EOT")
@example("a = b\r")
@example("\n${a}")
@settings(max_examples=400)
def test_any_text_gives_a_tree_or_a_fault_within_it(text: str) -> None:
    for way in (read, parse_expression, parse_template):
        try:
            way(text)
        except SyntaxFault as fault:
            assert 0 <= fault.offset <= len(text)
            assert fault.message


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_text_survives_being_quoted(text: str) -> None:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    quoted = "".join(escapes.get(char, char) for char in text).replace("${", "$${").replace("%{", "%%{")
    node = parse_expression(f'"{quoted}"')
    assert isinstance(node, String)
    if "$$" not in quoted and "%%" not in quoted:
        assert node.value == unicodedata.normalize("NFC", text)
