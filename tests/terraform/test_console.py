"""What the console says of expressions that refer to a module's resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from configuration import root

from enclint.frontends.terraform.console import evaluate_line
from enclint.source import Source

if TYPE_CHECKING:
    from pathlib import Path

MODULE = r"""
resource "terraform_data" "one" {
  input = "x"
}

resource "terraform_data" "two" {
  count = 2
}

resource "aws_ebs_volume" "v" {}

locals {
  reads   = "$${file(\"main.tf\")}"
  unknown = terraform_data.one.output == "x"
}
"""


@pytest.fixture
def answer(tmp_path: Path) -> Any:
    """The console of the module."""
    scope = root(tmp_path, MODULE).scope(Source("console", ""))
    return lambda expression: evaluate_line(expression, scope)


@pytest.mark.parametrize("resource", ["terraform_data.one", "terraform_data.two", "aws_ebs_volume.v"])
def test_a_resource_is_no_text(answer: Any, resource: str) -> None:
    result = answer(f'"a${{{resource}}}"')
    assert result["message"] == "Invalid template interpolation value"


@pytest.mark.parametrize("resource", ["terraform_data.one", "terraform_data.two", "aws_ebs_volume.v"])
def test_a_resource_is_no_condition(answer: Any, resource: str) -> None:
    assert answer(f"{resource} ? 1 : 2")["message"] == "Incorrect condition type"


@pytest.mark.parametrize("resource", ["terraform_data.one", "terraform_data.two"])
def test_a_resource_whose_attributes_are_known_has_their_type_in_a_conditional(answer: Any, resource: str) -> None:
    assert answer(f'true ? "a" : {resource}')["message"] == "Inconsistent conditional result types"
    assert answer(f"true ? [1, 2] : [{resource}]")["message"] == "Inconsistent conditional result types"


def test_any_resource_may_stand_beside_null(answer: Any) -> None:
    assert answer("true ? null : aws_ebs_volume.v")["value"] is None
    assert answer("true ? terraform_data.one : null")["value"]["input"] == "x"


def test_templates_that_are_no_files_read_none(answer: Any) -> None:
    detail = answer("templatestring(local.reads, {})")["detail"]
    assert "cannot use filesystem access functions like file in templatestring templates" in detail


def test_a_branch_that_a_plan_does_not_take_does_no_harm_to_its_value(answer: Any) -> None:
    assert answer('false ? { for k in [null] : k => 1 if local.unknown } : "x"')["value"] == "x"
