"""The value of an expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from enclint.frontends.terraform.scope import Scope
    from enclint.frontends.terraform.syntax import Expression
    from enclint.model.value import Value


def evaluate(expression: Expression, scope: Scope) -> Value:
    """What an expression comes to in a scope. Raises EvaluationError where Terraform would refuse it."""
    raise NotImplementedError
