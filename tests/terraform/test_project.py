"""A root module as a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configuration import by_address, plain, project

from enclint.frontends.terraform.inputs import Argument
from enclint.frontends.terraform.project import Settings

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "main.tf": """
resource "aws_s3_bucket" "b" {}
data "aws_kms_alias" "a" {
  name = "alias/a"
}
module "storage" {
  source = "./storage"
}
module "network" {
  source = "./network"
  count  = tobool("no bool") ? 1 : 0
}
""",
    "storage/main.tf": 'module "inner" {\n  source = "../inner"\n}\n',
    "inner/main.tf": 'resource "aws_ebs_volume" "v" {}\nresource "aws_vpc" "v" {}\n',
    "network/main.tf": 'resource "aws_vpc" "v" {}\n',
}


def test_only_wanted_types_are_handed_over_from_wherever_they_are(tmp_path: Path) -> None:
    wanted = frozenset({"aws_ebs_volume", "data.aws_kms_alias"})
    given = project(tmp_path, FILES, wanted_types=wanted)
    assert list(by_address(given)) == ["data.aws_kms_alias.a", "module.storage.module.inner.aws_ebs_volume.v"]


def test_a_module_without_wanted_types_is_not_expanded(tmp_path: Path) -> None:
    text = FILES["main.tf"].replace('tobool("no bool") ? 1 : 0', "10000")
    files = {**FILES, "main.tf": text}
    assert not project(tmp_path / "a", files, wanted_types=frozenset({"aws_ebs_volume"})).notes
    assert project(tmp_path / "b", files, wanted_types=frozenset({"aws_vpc"})).notes


def test_everything_is_handed_over_if_nobody_says_what_is_wanted(tmp_path: Path) -> None:
    assert len(project(tmp_path, FILES).resources) == 5


def test_all_files_that_were_read_are_named(tmp_path: Path) -> None:
    names = [source.path.removeprefix(f"{tmp_path}/") for source in project(tmp_path, FILES).sources]
    assert sorted(names) == sorted(FILES)


def test_an_argument_that_cannot_be_evaluated_stops_nothing(tmp_path: Path) -> None:
    text = 'resource "aws_ebs_volume" "v" {\n  size = 1 + "x"\n  iops = 3\n  type = local.gone\n}\n'
    given = project(tmp_path, text)
    (volume,) = given.resources
    assert plain(volume.argument("iops")) == 3
    assert plain(volume.argument("size")).startswith("? cannot be evaluated: ")
    assert '"gone" has not been declared' in plain(volume.argument("type"))
    assert not given.errors


def test_a_null_argument_is_absent_and_an_unset_one_points_to_the_header(tmp_path: Path) -> None:
    (volume,) = project(tmp_path, 'resource "aws_ebs_volume" "v" {\n  kms_key_id = null\n}\n').resources
    for name in ("kms_key_id", "encrypted"):
        assert plain(volume.argument(name)) == "absent"
    unset = volume.argument("encrypted")
    assert unset.span is not None
    assert unset.span.text == 'resource "aws_ebs_volume" "v"'
    assert list(volume.names()) == ["kms_key_id"]


def test_meta_arguments_are_no_arguments(tmp_path: Path) -> None:
    text = """
resource "aws_ebs_volume" "v" {
  count      = 1
  depends_on = []
  provider   = aws
  size       = 1
  lifecycle {
    ignore_changes = [size]
  }
}
"""
    (volume,) = project(tmp_path, text).resources
    assert list(volume.names()) == ["size"]


def test_of_moved_removed_import_and_check_blocks_only_data_sources_are_resources(tmp_path: Path) -> None:
    text = """
moved {
  from = aws_ebs_volume.old
  to   = aws_ebs_volume.v
}
removed {
  from = aws_ebs_volume.gone
  lifecycle {
    destroy = false
  }
}
import {
  to = aws_ebs_volume.v
  id = "vol-1"
}
check "c" {
  data "aws_kms_alias" "a" {
    name = "x"
  }
  assert {
    condition     = true
    error_message = "No."
  }
}
resource "aws_ebs_volume" "v" {}
"""
    assert list(by_address(project(tmp_path, text))) == ["data.aws_kms_alias.a", "aws_ebs_volume.v"]


def test_settings_of_an_environment_give_values_and_a_name(tmp_path: Path) -> None:
    files = {
        "main.tf": 'variable "size" {}\nresource "aws_ebs_volume" "v" {\n  size = var.size\n}\n',
        "prod.tfvars": "size = 7\n",
    }
    given = project(tmp_path, files, Settings((Argument(is_file=True, text="prod.tfvars"),), label="prod"))
    (volume,) = given.resources
    assert (given.environment, plain(volume.argument("size"))) == ("prod", 7)


def test_a_folder_without_files_is_an_empty_project(tmp_path: Path) -> None:
    given = project(tmp_path, {})
    assert (list(given.resources), list(given.errors)) == ([], [])
