"""Terraform's built-in functions.

`call` is all that the evaluator needs; a module of functions is imported when one of its functions is first called.
The functions are those of https://developer.hashicorp.com/terraform/language/functions, as of Terraform 1.11.
"""

from enclint.frontends.terraform.functions.registry import NAMES, call, exists

__all__ = ["NAMES", "call", "exists"]
