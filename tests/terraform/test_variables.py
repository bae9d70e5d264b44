"""What becomes of the values that variables are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configuration import plain, resolved, root

from enclint.frontends.terraform.inputs import Argument
from enclint.frontends.terraform.project import Settings

if TYPE_CHECKING:
    from pathlib import Path


def set_to(*texts: str) -> Settings:
    return Settings(tuple(Argument(is_file=False, text=text) for text in texts))


def test_optional_attributes_take_their_defaults_at_any_depth(tmp_path: Path) -> None:
    text = """
variable "a" {
  type = map(object({
    encrypted = optional(bool, true)
    key       = optional(string)
    inner     = optional(object({ size = optional(number, 5) }), {})
  }))
  default = { x = { encrypted = false }, y = {} }
}
"""
    assert plain(root(tmp_path, text).variable("a")) == {
        "x": {"encrypted": False, "key": None, "inner": {"size": 5}},
        "y": {"encrypted": True, "key": None, "inner": {"size": 5}},
    }


def test_null_gives_the_default_where_it_is_not_allowed(tmp_path: Path) -> None:
    text = 'variable "a" {\n  default = "x"\n  nullable = %s\n}\n'
    for nullable, expected in (("true", None), ("false", "x")):
        module = {"main.tf": 'module "m" {\n  source = "./m"\n  a = null\n}\n', "m/main.tf": text % nullable}
        (instance,) = root(tmp_path, module).module_call("m").instances()
        assert plain(instance.variable("a")) == expected


def test_a_value_of_the_wrong_type_is_unknown_and_refused(tmp_path: Path) -> None:
    text = 'variable "a" {\n  type = bool\n}\noutput "o" {\n  value = var.a\n}\n'
    data = resolved(tmp_path, text, set_to("a=maybe"))
    assert [each["summary"] for each in data["errors"]] == ["Invalid value for input variable"]
    assert plain(root(tmp_path, text, set_to("a=maybe")).variable("a")).startswith("? the value of variable `a`")


def test_validations_are_checked_with_their_own_words(tmp_path: Path) -> None:
    text = """
variable "a" {
  default = 1
  validation {
    condition     = var.a > 1
    error_message = "Too small: ${var.a}."
  }
}
"""
    (error,) = resolved(tmp_path, text)["errors"]
    assert (error["summary"], error["line"]) == ("Invalid value for variable", 2)
    assert error["detail"].startswith("Too small: 1.")
    assert "errors" not in resolved(tmp_path, text, set_to("a=2"))


def test_sensitive_values_stay_so_wherever_they_go(tmp_path: Path) -> None:
    text = """
variable "a" {
  default   = "secret"
  sensitive = true
}
locals {
  b = "x-${var.a}"
}
resource "terraform_data" "d" {
  input = { c = local.b }
}
"""
    data = resolved(tmp_path, text)
    assert data["sensitive"] == ["terraform_data.d.input"]
    assert root(tmp_path, text).local("b").sensitive


def test_an_ephemeral_variable_is_never_known(tmp_path: Path) -> None:
    text = 'variable "a" {\n  default = "x"\n  ephemeral = true\n}\n'
    assert plain(root(tmp_path, text).variable("a")) == "? variable `a` is ephemeral"
