"""Templates are read with the right values at the right places, and a bad text is told, never raised."""

from __future__ import annotations

import datetime
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enclint.frontends.cloudformation import reader
from enclint.frontends.cloudformation.node import Mapping, Node, Scalar, Sequence, function_of, plain
from enclint.frontends.cloudformation.reader import MAX_ALIASED_NODES, MAX_DEPTH, read, read_yaml

CHECKOUT = Path(__file__).parents[2]

YAML = """\
AWSTemplateFormatVersion: 2010-09-09
Resources:  # a comment
  Data:
    Type: "AWS::EC2::Volume"
    Properties: {Size: 10, Encrypted: yes}
    Tags:
    - Key: a
      Value: !Sub "${AWS::Region}-x"
    Script: |
      line one
      line two

  Last: !GetAtt Data.Arn
"""


def only(text: str) -> Node:
    reading = read(text)
    assert not reading.problems
    [document] = reading.documents
    return document


def at(node: Node, *path: str | int) -> Node:
    for step in path:
        if isinstance(step, int):
            assert isinstance(node, Sequence)
            node = node.items[step]
        else:
            assert isinstance(node, Mapping)
            node = node.members[step]
    return node


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_key_and_value_stands_where_it_is_written(newline: str, mark: str) -> None:
    text = mark + YAML.replace("\n", newline)
    root = only(text)

    def shown(node: Node) -> str:
        return text[node.start : node.end]

    assert shown(at(root, "AWSTemplateFormatVersion")) == "2010-09-09"
    assert shown(at(root, "Resources", "Data", "Type")) == '"AWS::EC2::Volume"'
    assert shown(at(root, "Resources", "Data", "Properties")) == "{Size: 10, Encrypted: yes}"
    assert shown(at(root, "Resources", "Data", "Properties", "Encrypted")) == "yes"
    assert shown(at(root, "Resources", "Data", "Tags", 0, "Value")) == '!Sub "${AWS::Region}-x"'
    assert shown(at(root, "Resources", "Data", "Script")).endswith("line two")
    assert shown(at(root, "Resources", "Last")) == "!GetAtt Data.Arn"
    data = at(root, "Resources", "Data")
    assert shown(data).startswith("Type:")
    assert shown(data).endswith("line two")
    resources = at(root, "Resources")
    assert isinstance(resources, Mapping)
    start, end = resources.key_places["Data"]
    assert text[start:end] == "Data"


def test_json_has_the_same_tree_and_its_own_places() -> None:
    text = '{"Resources": {"V": {"Type": "AWS::EC2::Volume", "Size": 1.5, "On": true, "Id": 12345678901234567890}}}'
    root = only(text)
    assert plain(root) == {
        "Resources": {"V": {"Type": "AWS::EC2::Volume", "Size": 1.5, "On": True, "Id": 12345678901234567890}}
    }
    node = at(root, "Resources", "V", "On")
    assert text[node.start : node.end] == "true"
    resources = at(root, "Resources")
    assert isinstance(resources, Mapping)
    start, end = resources.key_places["V"]
    assert text[start:end] == '"V"'


def test_json_with_tabs_is_json_and_flow_style_with_tags_is_yaml() -> None:
    assert plain(only('{\n\t"a": 1\n}')) == {"a": 1}
    assert plain(only("{a: !Ref B}")) == {"a": {"Ref": "B"}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", True),
        ("Off", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("017", 15),
        ("0x1F", 31),
        ("1_000", 1000),
        ("1e3", "1e3"),
        ("1.5", 1.5),
        ("22:22", 1342),
        ("012345678901", "012345678901"),
        ("2012-10-17", "2012-10-17"),
        ("=", "="),
        ("'yes'", "yes"),
        ("!!str 12", "12"),
        ("! 12", "12"),
        ("y", "y"),
    ],
)
def test_plain_scalars_have_the_types_of_yaml_1_1_save_dates(text: str, value: Any) -> None:
    assert plain(only(f"a: {text}\n")) == {"a": value}


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("!Ref X", ("Ref", "X")),
        ("{Ref: X}", ("Ref", "X")),
        ("!Condition C", ("Condition", "C")),
        ("!GetAtt A.B.C", ("Fn::GetAtt", "A.B.C")),
        ("!GetAtt [A, B]", ("Fn::GetAtt", ["A", "B"])),
        ("{'Fn::Sub': x}", ("Fn::Sub", "x")),
        ("!Join ['', [a, !Ref B]]", ("Fn::Join", ["", ["a", {"Ref": "B"}]])),
    ],
)
def test_short_and_long_forms_are_one_function(text: str, call: tuple[str, Any]) -> None:
    node = at(only(f"a: {text}\n"), "a")
    found = function_of(node)
    assert found is not None
    name, argument = found
    assert (name, plain(argument)) == call


def test_aliases_and_merge_keys_are_resolved_and_what_is_written_wins() -> None:
    text = "b: &b {x: 1, y: 2}\nc: &c {y: 3, z: 4}\nd: *b\ne:\n  <<: [*b, *c]\n  x: 9\nf: {<<: *c}\n"
    data = plain(only(text))
    assert data["d"] == {"x": 1, "y": 2}
    assert data["e"] == {"x": 9, "y": 2, "z": 4}
    assert data["f"] == {"y": 3, "z": 4}


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3\n", '{"a": 1, "b": 2, "a": 3}'])
def test_a_key_that_stands_twice_is_told_where_and_the_last_counts(text: str) -> None:
    reading = read(text)
    assert plain(reading.documents[0]) == {"a": 3, "b": 2}
    [problem] = reading.problems
    assert "`a` stands twice" in problem.message
    assert not problem.fatal
    assert problem.start == text.rindex('"a"' if text.startswith("{") else "a")


def test_a_short_form_as_a_key_is_told_and_the_rest_is_read() -> None:
    reading = read('a: 1\nb:\n  !ImportValue "Fn::Sub": x\n')
    assert plain(reading.documents[0]) == {"a": 1, "b": {}}
    [problem] = reading.problems
    assert "must be a word" in problem.message
    assert not problem.fatal


def test_each_document_of_a_stream_is_read_and_anchors_end_with_it() -> None:
    assert [plain(each) for each in read("a: &x 1\n---\nb: 2\n...\n").documents] == [{"a": 1}, {"b": 2}]
    reading = read("a: &x 1\n---\nb: *x\n")
    assert len(reading.documents) == 1
    assert "no anchor" in reading.problems[0].message


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: [1, 2\nb: 3\n", 2, "did not find expected"),
        ("a:\n\t- b\n", 2, "a tab?"),
        ("a: 'x\n", 2, "line 1"),
        ("a: *nowhere\n", 1, "no anchor"),
        ("a: &a [*a]\n", 1, "inside its own anchor"),
        ("a: \x01\n", 1, "control character"),
        ("? [a]\n: b\n", 1, "must be a word"),
        ('{"a": 1,}', 1, ""),
        ("a: b: c\n", 1, "mapping values are not allowed"),
    ],
)
def test_a_text_that_is_no_template_language_is_told_with_its_line(text: str, line: int, words: str) -> None:
    reading = read(text)
    if text == '{"a": 1,}':  # YAML's flow style allows it
        assert plain(reading.documents[0]) == {"a": 1}
        return
    [problem] = reading.problems
    assert problem.fatal
    assert words in problem.message
    assert text[: problem.start].count("\n") + 1 == line


@pytest.mark.parametrize("opener", ["[", '{"a":', "{a: "])
def test_nesting_without_end_is_refused_in_time(opener: str) -> None:
    reading = read(opener * 100_000)
    assert not reading.documents
    assert reading.problems[0].fatal
    deep = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert read(deep).documents
    assert not read(f"[{deep}]").documents


def test_a_small_text_that_aliases_make_huge_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    reading = read("\n".join(lines))
    assert not reading.documents
    assert str(MAX_ALIASED_NODES) in reading.problems[0].message
    deep = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 300)]
    assert "levels deep" in read("\n".join(deep)).problems[0].message


def test_without_libyaml_the_reading_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = read_yaml(YAML)
    monkeypatch.setitem(sys.modules, "yaml._yaml", None)
    slow = read_yaml(YAML)
    assert places(fast.documents[0]) == places(slow.documents[0])


def places(node: Node) -> Any:
    if isinstance(node, Mapping):
        members = {key: places(value) for key, value in node.members.items()}
        return (node.start, node.end, node.tag, node.key_places, members)
    if isinstance(node, Sequence):
        return (node.start, node.end, node.tag, [places(item) for item in node.items])
    assert isinstance(node, Scalar)
    return (node.start, node.end, node.tag, node.value)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab:-[]{},&*!|>'\"#\n\t 0?<%\\\u00e9\U0001f600", max_size=40))
def test_no_text_makes_the_reader_raise_and_places_lie_within_it(text: str) -> None:
    reading = read(text)
    for problem in reading.problems:
        assert 0 <= problem.start <= len(text) + 1

    def check(node: Node) -> None:
        assert 0 <= node.start <= node.end <= len(text)
        if isinstance(node, Mapping):
            for value in node.members.values():
                check(value)
        elif isinstance(node, Sequence):
            for item in node.items:
                check(item)

    for document in reading.documents:
        check(document)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(json_values)
def test_json_reads_back_what_was_written(data: Any) -> None:
    import json

    reading = reader.read_json(json.dumps(data, indent=1))
    assert plain(reading.documents[0]) == data


def template_files() -> list[Path]:
    """The fixtures, and the templates that installed packages ship."""
    folders = [CHECKOUT / "fixtures", CHECKOUT / "tests" / "cloudformation"]
    for name in ("cfnlint", "samtranslator", "moto"):
        found = find_spec(name)
        folders += [Path(place) for place in (found.submodule_search_locations or ())] if found else []
    files = [
        path for folder in folders for suffix in ("yaml", "yml", "template") for path in folder.rglob(f"*.{suffix}")
    ]
    return sorted(files)


def test_values_are_those_of_cfn_lints_decoder() -> None:
    from cfnlint.decode import cfn_yaml

    compared = 0
    for path in template_files():
        text = path.read_text(encoding="utf-8")
        if "AWS::" not in text:
            continue
        try:
            theirs = cfn_yaml.loads(text, str(path))
        except Exception:  # noqa: BLE001 (cfn-lint raises many kinds, for what it refuses)
            continue
        reading = read_yaml(text)
        assert not any(problem.fatal for problem in reading.problems), path
        assert with_plain_keys(plain(reading.documents[0])) == with_plain_keys(theirs), path
        compared += 1
    assert compared >= 3


def with_plain_keys(data: Any) -> Any:
    """Data in which dates are text, and so are keys: cfn-lint takes `On` for a boolean there too."""
    if isinstance(data, dict):
        return {plain_key(key): with_plain_keys(value) for key, value in data.items()}
    if isinstance(data, list):
        return [with_plain_keys(item) for item in data]
    return str(data) if isinstance(data, datetime.date) else data


def plain_key(key: Any) -> str:
    return {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(str(key).lower(), str(key).lower())
