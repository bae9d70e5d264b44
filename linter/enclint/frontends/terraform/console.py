"""One expression after the other, and what it comes to as plain data: the heart of `enclint console`."""

from __future__ import annotations

from contextlib import suppress

from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.evaluate import evaluate
from enclint.frontends.terraform.reader import SyntaxFault, parse
from enclint.frontends.terraform.references import check
from enclint.frontends.terraform.refinements import without_choices
from enclint.frontends.terraform.scope import NamedScope, PlainScope, Scope, whole
from enclint.frontends.terraform.syntax import Attribute
from enclint.frontends.terraform.types import DYNAMIC
from enclint.frontends.terraform.values import HAS_EPHEMERAL, is_sensitive, to_json
from enclint.lean_typing import TYPE_CHECKING, Any
from enclint.model.value import Value, first_reason
from enclint.source import Source

if TYPE_CHECKING:
    from enclint.frontends.terraform.syntax import Expression


def evaluate_line(text: str, scope: Scope) -> dict[str, Any]:
    """What an expression comes to in a scope.

    Out: `value`, `type` (Terraform's JSON form) and, where it is so, `sensitive`: true; `reason` where a part of the
    value is unknown (`{"$unknown": {…}}`). Or `error`: true with `stage` (syntax or evaluation), `message` and
    `detail`. What an undecided condition leaves open is unknown, unless all its cases agree.
    """
    source = Source("console", f"v = {text}\n")
    try:
        expression = _read(source)
    except SyntaxFault as fault:
        return {"error": True, "stage": "syntax", "message": "Invalid expression", "detail": str(fault)}
    inner = NamedScope(scope, {})
    inner.source = source
    try:
        check(expression, inner)
        value = _decided(expression, inner)
    except EvaluationError as error:
        return {"error": True, "stage": "evaluation", "message": error.summary, "detail": error.detail}
    return _as_data(value)


def _read(source: Source) -> Expression:
    """The expression of a text that gives it as an argument's: line breaks end it outside of brackets."""
    items = parse(source).items
    if len(items) != 1 or not isinstance(items[0], Attribute):
        raise SyntaxFault("more than one expression", 0)
    return items[0].expression


def _decided(expression: Expression, scope: Scope) -> Value:
    """The value with undecided conditions settled: known where all cases agree, else exactly as Terraform has it."""
    with suppress(EvaluationError):
        value = without_choices(whole(evaluate(expression, scope)))
        if value.is_wholly_known:
            return value
    plain = PlainScope(scope)
    plain.source = scope.source
    return whole(evaluate(expression, plain))


def _as_data(value: Value) -> dict[str, Any]:
    if value.flags & HAS_EPHEMERAL:
        detail = "The result is derived from an ephemeral value, which is kept out of plans."
        return {"error": True, "stage": "evaluation", "message": "Ephemeral value not allowed", "detail": detail}
    result: dict[str, Any] = {"value": to_json(value), "type": (value.type or DYNAMIC).to_json()}
    if is_sensitive(value):
        result["sensitive"] = True
    reason = first_reason(value)
    if reason is not None:
        result["reason"] = reason
    return result
