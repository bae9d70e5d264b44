"""Nested blocks, written out and made by `dynamic`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from configuration import plain, project

from enclint.model.value import Known, Unknown

if TYPE_CHECKING:
    from pathlib import Path

    from enclint.model.value import Value

VARIABLES = 'variable "flag" {\n  type = bool\n}\nvariable "disks" {\n  type = list(string)\n}\n'


def argument(folder: Path, body: str, name: str = "disk") -> Value:
    (resource,) = project(folder, f'{VARIABLES}resource "aws_instance" "w" {{\n{body}\n}}\n').resources
    return resource.argument(name)


def disks(folder: Path, body: str) -> Any:
    return plain(argument(folder, body))


def test_blocks_are_a_list_in_the_order_of_the_text(tmp_path: Path) -> None:
    body = (
        'disk {\n  n = 1\n}\nother {}\ndynamic "disk" {\n  for_each = [2, 3]\n  content {\n    n = disk.value\n  }\n}\n'
    )
    assert disks(tmp_path, body + "disk {\n  n = 4\n}") == [{"n": 1}, {"n": 2}, {"n": 3}, {"n": 4}]


def test_a_block_that_is_not_there_is_absent(tmp_path: Path) -> None:
    assert disks(tmp_path, "") == "absent"
    assert disks(tmp_path, 'dynamic "disk" {\n  for_each = []\n  content {}\n}') == "absent"


@pytest.mark.parametrize(
    ("collection", "keys"), [('["x", "y"]', [0, 1]), ('{ b = "x" }', ["b"]), ('toset(["x", "y"])', ["x", "y"])]
)
def test_keys_of_a_dynamic_block_follow_the_collection(collection: str, keys: list[Any], tmp_path: Path) -> None:
    body = f'dynamic "disk" {{\n  for_each = {collection}\n  content {{\n    k = disk.key\n  }}\n}}'
    assert [each["k"] for each in disks(tmp_path, body)] == keys


def test_dynamic_blocks_nest_with_iterators_of_their_own(tmp_path: Path) -> None:
    body = """
dynamic "disk" {
  for_each = { a = ["x", "y"], b = [] }
  iterator = outer
  content {
    name = outer.key
    dynamic "tag" {
      for_each = outer.value
      content {
        text = "${outer.key}-${tag.value}"
      }
    }
  }
}
"""
    assert disks(tmp_path, body) == [
        {"name": "a", "tag": [{"text": "a-x"}, {"text": "a-y"}]},
        {"name": "b", "tag": "absent"},
    ]


def test_an_undecided_block_is_there_in_some_cases_only(tmp_path: Path) -> None:
    body = 'dynamic "disk" {\n  for_each = var.flag ? [1] : []\n  content {\n    n = disk.value\n  }\n}'
    (block,) = disks(tmp_path, body)
    assert block == {("var.flag", True): {"n": 1}, ("var.flag", False): "absent"}


def test_blocks_over_an_unknown_say_what_each_would_look_like(tmp_path: Path) -> None:
    body = 'dynamic "disk" {\n  for_each = var.disks\n  content {\n    name = disk.value\n    encrypted = true\n  }\n}'
    value = argument(tmp_path, body)
    assert isinstance(value, Unknown)
    assert value.reason == "variable `disks` has no default"
    assert value.element is not None
    assert plain(value.element)["encrypted"] is True
    mixed = argument(tmp_path, body + "\ndisk {\n  encrypted = false\n}")
    assert isinstance(mixed, Known)
    assert [type(item) for item in mixed.data] == [Unknown, Known]


def test_null_in_a_block_is_as_good_as_not_set(tmp_path: Path) -> None:
    assert disks(tmp_path, "disk {\n  a = null\n  b = false\n}") == [{"a": "absent", "b": False}]


def test_an_undecided_bool_and_a_condition_on_it_are_decided_together(tmp_path: Path) -> None:
    value = plain(argument(tmp_path, "encrypted = var.flag", "encrypted"))
    assert value[("var.flag", True)] is True
    assert value[("var.flag", False)] == "? variable `flag` has no default"
    folder = tmp_path / "never_null"
    (resource,) = project(
        folder,
        'variable "flag" {\n  type = bool\n  nullable = false\n}\n'
        'resource "aws_instance" "w" {\n  encrypted = var.flag\n  disk {\n    encrypted = !var.flag\n  }\n}\n',
    ).resources
    assert plain(resource.argument("encrypted")) == {("var.flag", True): True, ("var.flag", False): False}
    assert plain(resource.argument("disk")) == [{"encrypted": {("var.flag", True): False, ("var.flag", False): True}}]


def test_an_error_in_one_block_leaves_the_others(tmp_path: Path) -> None:
    first, second = disks(tmp_path, 'disk {\n  n = 1 + "x"\n  m = 1\n}\ndisk {\n  n = 2\n}')
    assert first["n"].startswith("? cannot be evaluated")
    assert (first["m"], second) == (1, {"n": 2})


def test_too_many_blocks_are_unknown(tmp_path: Path) -> None:
    value = disks(tmp_path, 'dynamic "disk" {\n  for_each = concat(range(1024), [1])\n  content {}\n}')
    assert value == "? makes more than 1,024 blocks"


def test_spans_point_to_the_expression_in_the_content(tmp_path: Path) -> None:
    body = 'dynamic "disk" {\n  for_each = [1]\n  content {\n    n = disk.value\n  }\n}'
    value = argument(tmp_path, body)
    assert isinstance(value, Known)
    inner = value.data[0].data["n"]
    assert inner.span is not None
    assert inner.span.text == "disk.value"
