"""`enclint resolve`: what a configuration comes to, as data and as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configuration import resolved, write

from enclint.frontends.terraform.loader import ModuleLoader
from enclint.frontends.terraform.resolve import report, resolve, text_lines

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """
variable "size" {
  type = number
}
variable "secret" {
  default   = "hush"
  sensitive = true
}
locals {
  enc = true
}
resource "aws_ebs_volume" "v" {
  encrypted         = local.enc
  size              = var.size
  availability_zone = "a"
  tags              = { secret = var.secret }
}
resource "aws_instance" "i" {
  ebs_block_device {
    encrypted = local.enc
  }
}
output "secret" {
  value     = var.secret
  sensitive = true
}
"""


def test_arguments_blocks_and_outputs_are_plain_data(tmp_path: Path) -> None:
    data = resolved(tmp_path, TEXT)
    volume = data["resources"]["aws_ebs_volume.v"]
    assert volume["encrypted"] is True
    assert volume["size"]["$unknown"]["reason"] == "variable `size` has no default"
    assert data["resources"]["aws_instance.i"]["ebs_block_device"] == [{"encrypted": True}]
    assert data["outputs"]["secret"] == {"value": "hush", "type": "string"}


def test_secrets_are_hidden_unless_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, {"main.tf": TEXT})
    data = report(path, ModuleLoader(path))
    assert "hush" not in str(data)
    assert data["resources"]["aws_ebs_volume.v"]["tags"] == {"secret": "(sensitive)"}
    assert data["sensitive"] == ["aws_ebs_volume.v.tags", "output.secret"]


def test_text_says_why_and_where_from(tmp_path: Path) -> None:
    path = write(tmp_path, {"main.tf": TEXT})
    lines = list(text_lines(resolve(path, ModuleLoader(path))))
    assert lines[0] == "aws_ebs_volume.v"
    assert f"  encrypted = true  ◀ local.enc ({path}/main.tf:10:9)" in lines
    assert any(line.startswith("  size = unknown: variable `size` has no default") for line in lines)
    assert "hush" not in "\n".join(lines)
    assert lines[lines.index("  ebs_block_device") + 1].startswith("    encrypted = true")


def test_errors_do_not_keep_the_rest_from_being_told(tmp_path: Path) -> None:
    data = resolved(tmp_path, 'resource "terraform_data" "d" {\n  input = 1 + "x"\n}\noutput "o" {\n  value = 1\n}\n')
    assert [(error["file"], error["line"]) for error in data["errors"]] == [("main.tf", 2)]
    assert data["outputs"]["o"]["value"] == 1


def test_an_undecided_condition_is_one_unknown(tmp_path: Path) -> None:
    text = 'variable "flag" {\n  type = bool\n}\noutput "o" {\n  value = var.flag ? "a" : "b"\n}\n'
    value = resolved(tmp_path, text)["outputs"]["o"]["value"]
    assert value["$unknown"]["reason"] == "variable `flag` has no default"


def test_cases_that_agree_are_known(tmp_path: Path) -> None:
    text = 'variable "flag" {\n  type = bool\n}\noutput "o" {\n  value = var.flag ? "a" : "a"\n}\n'
    assert resolved(tmp_path, text)["outputs"]["o"]["value"] == "a"
