"""`count` and `for_each`, decided, undecided and unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from configuration import by_address, plain, project, resolved

if TYPE_CHECKING:
    from pathlib import Path

VARIABLES = """
variable "flag" {
  type = bool
}
variable "number" {
  type = number
}
variable "names" {
  type = set(string)
}
"""


def existing(folder: Path, meta: str, rest: str = "") -> dict[str, Any]:
    """Which instances of a resource there are, and whether they exist."""
    text = f'{VARIABLES}resource "aws_ebs_volume" "v" {{\n  {meta}\n{rest}}}\n'
    return {
        address.removeprefix("aws_ebs_volume.v"): plain(each.exists)
        for address, each in by_address(project(folder, text)).items()
    }


FLAG = {("var.flag", True): True, ("var.flag", False): False}
NOT_FLAG = {("var.flag", True): False, ("var.flag", False): True}


def test_known_counts_and_keys_give_their_instances(tmp_path: Path) -> None:
    assert existing(tmp_path, "count = 2") == {"[0]": True, "[1]": True}
    assert existing(tmp_path, "count = 0") == {}
    assert existing(tmp_path, 'for_each = toset(["b", "a"])') == {'["a"]': True, '["b"]': True}
    assert existing(tmp_path, 'for_each = { "a b" = 1, "${"$"}{" = 2 }') == {'["a b"]': True, '["$${"]': True}


def test_an_undecided_count_gives_each_instance_with_its_condition(tmp_path: Path) -> None:
    assert existing(tmp_path, "count = var.flag ? 1 : 0") == {"[0]": FLAG}
    assert existing(tmp_path, "count = var.flag ? 0 : 1") == {"[0]": NOT_FLAG}
    assert existing(tmp_path, "count = var.flag ? 2 : 1") == {"[0]": True, "[1]": FLAG}


def test_undecided_keys_give_the_union_of_them(tmp_path: Path) -> None:
    assert existing(tmp_path, "for_each = var.flag ? { a = 1, c = 2 } : { b = 3, c = 4 }") == {
        '["a"]': FLAG,
        '["b"]': NOT_FLAG,
        '["c"]': True,
    }


def test_an_unknown_count_gives_one_instance_for_all(tmp_path: Path) -> None:
    assert existing(tmp_path, "count = var.number") == {"[*]": "? variable `number` has no default"}
    assert existing(tmp_path, "for_each = var.names") == {"[*]": "? variable `names` has no default"}


def test_each_and_count_are_known_within_the_instance(tmp_path: Path) -> None:
    text = """
resource "aws_ebs_volume" "a" {
  for_each = { x = { size = 3 } }
  size     = each.value.size
  type     = each.key
}
resource "aws_ebs_volume" "b" {
  count = 2
  size  = count.index
}
"""
    volumes = by_address(project(tmp_path, text))
    assert plain(volumes['aws_ebs_volume.a["x"]'].argument("size")) == 3
    assert plain(volumes['aws_ebs_volume.a["x"]'].argument("type")) == "x"
    assert plain(volumes["aws_ebs_volume.b[1]"].argument("size")) == 1


def test_values_of_an_undecided_key_follow_the_same_condition(tmp_path: Path) -> None:
    text = VARIABLES + (
        'resource "aws_ebs_volume" "v" {\n  for_each = var.flag ? { c = true } : { c = false }\n'
        "  encrypted = each.value\n}\n"
    )
    (volume,) = project(tmp_path, text).resources
    assert plain(volume.argument("encrypted")) == FLAG


def test_of_so_many_instances_one_stands_for_those_that_are_not_told_apart(tmp_path: Path) -> None:
    text = (
        'resource "aws_ebs_volume" "v" {\n  count = 100000\n  size = 8\n  encrypted = count.index < 1024\n}\n'
        'resource "aws_ebs_volume" "w" {\n'
        '  for_each = merge({ for i in range(1024) : "a${i}" => true }, { for i in range(9) : "b${i}" => false })\n'
        "  encrypted = each.value\n}\n"
    )
    given = project(tmp_path, text)
    assert len(given.resources) == 2 * 1025
    assert ["100,000" in note or "1,033" in note for note in given.notes] == [True, True]
    volumes = by_address(given)
    assert plain(volumes["aws_ebs_volume.v[1023]"].argument("encrypted")) is True
    assert plain(volumes["aws_ebs_volume.v[*]"].exists) is True
    assert plain(volumes["aws_ebs_volume.v[*]"].argument("size")) == 8
    assert "1,024 instances" in str(plain(volumes["aws_ebs_volume.v[*]"].argument("encrypted")))
    assert "1,024 instances" in str(plain(volumes["aws_ebs_volume.w[*]"].argument("encrypted")))


def test_an_amount_that_is_no_amount_is_refused(tmp_path: Path) -> None:
    for count in ("-1", "1.5", '"x"', "null"):
        (error,) = resolved(tmp_path, f'resource "terraform_data" "d" {{\n  count = {count}\n}}\n')["errors"]
        assert error["line"] == 2
    data = resolved(tmp_path, 'resource "terraform_data" "d" {\n  for_each = ["a"]\n}\n')
    assert [error["summary"] for error in data["errors"]] == ["Invalid for_each argument"]


def test_what_cannot_be_expanded_is_one_instance_that_says_why(tmp_path: Path) -> None:
    (reason,) = existing(tmp_path, 'for_each = ["a"]').values()
    assert reason.startswith("? ")


def test_an_undecided_module_decides_what_is_in_it(tmp_path: Path) -> None:
    files = {
        "main.tf": VARIABLES + 'module "m" {\n  count  = var.flag ? 1 : 0\n  source = "./m"\n}\n',
        "m/main.tf": 'resource "aws_ebs_volume" "v" {}\n',
    }
    (volume,) = project(tmp_path, files).resources
    assert plain(volume.exists) == FLAG


def test_references_to_undecided_instances_are_references(tmp_path: Path) -> None:
    text = (
        VARIABLES
        + """
resource "aws_kms_key" "k" {
  count = var.flag ? 1 : 0
}
resource "aws_ebs_volume" "v" {
  kms_key_id = one(aws_kms_key.k[*].arn)
  snapshot_id = var.flag ? aws_kms_key.k[0].arn : null
}
"""
    )
    volume = by_address(project(tmp_path, text))["aws_ebs_volume.v"]
    key = {("var.flag", True): "-> aws_kms_key.k[0].arn", ("var.flag", False): "absent"}
    assert plain(volume.argument("kms_key_id")) == key
    assert plain(volume.argument("snapshot_id")) == key
