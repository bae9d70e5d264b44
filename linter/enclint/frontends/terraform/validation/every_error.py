"""All that is wrong with an expression: evaluation stops at the first error, Terraform does not.

Source: https://github.com/hashicorp/hcl/blob/main/hclsyntax/expression.go, which joins the diagnostics of the parts.
"""

from __future__ import annotations

from enclint.frontends.terraform import syntax
from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.evaluate import evaluate
from enclint.lean_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclint.frontends.terraform.scope import Scope
    from enclint.frontends.terraform.syntax import Expression


def every_error(expression: Expression, scope: Scope) -> list[EvaluationError]:
    """The errors of the parts of an expression, or its own where no part has one."""
    try:
        evaluate(expression, scope)
    except EvaluationError as error:
        return [inner for part in _parts(expression) for inner in every_error(part, scope)] or [error]
    return []


def _parts(expression: Expression) -> Sequence[Expression]:
    """What is evaluated in any case before the expression itself is."""
    match expression:
        case syntax.Tuple():
            return expression.items
        case syntax.Object():
            return [value for _, value in expression.items]
        case syntax.Parentheses() | syntax.TemplateWrap():
            return [expression.expression]
        case syntax.Binary():
            return [expression.left, expression.right]
        case syntax.Call():
            return expression.arguments if expression.name not in ("try", "can") else []
    return []
