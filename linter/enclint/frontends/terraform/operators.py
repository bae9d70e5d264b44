"""What the operators compute. Operands are values; nothing here knows the syntax tree.

Arithmetic and comparison convert to number, logic to bool, `==` and `!=` convert nothing. `&&` and `||` do not
short-circuit errors. Source: https://github.com/hashicorp/hcl/blob/main/hclsyntax/expression_ops.go
"""

from __future__ import annotations

from enclint.frontends.terraform import numbers
from enclint.frontends.terraform.choices import ALWAYS, composed, decide, decide_equality, identity_of, lifted
from enclint.frontends.terraform.convert import ConversionError, convert
from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.refinements import NOT_NULL, range_of
from enclint.frontends.terraform.scope import whole
from enclint.frontends.terraform.types import BOOL, NUMBER, Type
from enclint.frontends.terraform.values import (
    HAS_EPHEMERAL,
    carry_marks,
    drop_mark,
    equal,
    is_null,
    sensitive,
    unknown_because,
    unmark,
)
from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.value import HAS_SENSITIVE, Choice, Known, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.frontends.terraform.numbers import Number
    from enclint.source import Span

_ARITHMETIC: Final[dict[str, Callable[[Number, Number], Number]]] = {
    "+": numbers.add,
    "-": numbers.subtract,
    "*": numbers.multiply,
    "/": numbers.divide,
    "%": numbers.modulo,
}
_COMPARISON: Final[dict[str, Callable[[int], bool]]] = {
    "<": lambda order: order < 0,
    ">": lambda order: order > 0,
    "<=": lambda order: order <= 0,
    ">=": lambda order: order >= 0,
}


def result_type(operator: str) -> Type:
    """The type that an operation has, whatever its operands: Terraform knows it even where the operation fails."""
    return NUMBER if operator in _ARITHMETIC else BOOL


def binary(operator: str, left: Value, right: Value, span: Span | None, *, choices: int = ALWAYS) -> Value:
    """`left operator right`. `choices`: whether undecided conditions become Choices."""
    if operator in ("==", "!="):
        return _equality(operator, left, right, span, choices=choices)
    wanted = NUMBER if operator in _ARITHMETIC or operator in _COMPARISON else BOOL
    left = _operand(left, wanted, "left", span)
    right = _operand(right, wanted, "right", span)
    if wanted is BOOL:
        left, right = decide(left, left.span, choices), decide(right, right.span, choices)
        function: Callable[[Value, Value], Value] = _logic(operator, span, choices)
    elif operator in _ARITHMETIC:
        function = _calculation(operator, span)
    else:
        function = _order(operator, span)
    if left.__class__ is Choice or right.__class__ is Choice:
        return lifted(function, [left, right], span)
    return function(left, right)


def unary(operator: str, operand: Value, span: Span | None, *, choices: int = ALWAYS) -> Value:
    """`-operand` or `!operand`."""
    operand = _operand(operand, NUMBER if operator == "-" else BOOL, "unary", span)
    if operator == "!":
        operand = decide(operand, operand.span, choices)
    function = _negation(operator, span, choices)
    return lifted(function, [operand], span) if operand.__class__ is Choice else function(operand)


def _operand(value: Value, wanted: Type, side: str, span: Span | None) -> Value:
    if value.type is not wanted:
        try:
            value = convert(value, wanted)
        except ConversionError as error:
            detail = f"Unsuitable value for {side} operand: {error.detail}."
            raise EvaluationError("Invalid operand", detail, value.span or span) from None
    return value


def _refuse_null(span: Span | None, *operands: Value) -> None:
    for operand in operands:
        if is_null(operand):
            raise EvaluationError("Operation failed", "Error during operation: argument must not be null.", span)


def _known(data: Any, type: Type, span: Span | None, *sources: Value) -> Known:
    result = Known(data, span, type)
    for source in sources:
        if source.sensitive:
            result.sensitive = True
            result.flags = HAS_SENSITIVE
    return result


def _undecided(
    type: Type, form: str, operands: tuple[Value, ...], span: Span | None, refinement: dict[str, Any] = NOT_NULL
) -> Value:
    parts = [identity_of(operand) for operand in operands]
    identity = None if None in parts else form.format(*parts)
    if identity is not None:
        identity = composed("{}", [identity])
    return unknown_because(operands, type, span, refinement=refinement, identity=identity)


def _calculation(operator: str, span: Span | None) -> Callable[[Value, Value], Value]:
    compute = _ARITHMETIC[operator]

    def calculate(left: Value, right: Value) -> Value:
        _refuse_null(span, left, right)
        if isinstance(left, Known) and isinstance(right, Known):
            try:
                return _known(compute(left.data, right.data), NUMBER, span, left, right)
            except numbers.NumberError as error:
                raise EvaluationError("Operation failed", f"Error during operation: {error}.", span) from None
        return _undecided(NUMBER, f"({{}} {operator} {{}})", (left, right), span)

    return calculate


def _order(operator: str, span: Span | None) -> Callable[[Value, Value], Value]:
    holds = _COMPARISON[operator]

    def compare(left: Value, right: Value) -> Value:
        _refuse_null(span, left, right)
        if isinstance(left, Known) and isinstance(right, Known):
            return _known(holds(numbers.compare(left.data, right.data)), BOOL, span, left, right)
        low, high = range_of(left)
        other_low, other_high = range_of(right)
        if (left.flags | right.flags) & HAS_EPHEMERAL == 0:
            if numbers.compare(high, other_low) < 0:
                return _known(holds(-1), BOOL, span, left, right)
            if numbers.compare(low, other_high) > 0:
                return _known(holds(1), BOOL, span, left, right)
        return _undecided(BOOL, f"({{}} {operator} {{}})", (left, right), span)

    return compare


def _logic(operator: str, span: Span | None, choices: int) -> Callable[[Value, Value], Value]:
    decisive = operator == "||"

    def combine(left: Value, right: Value) -> Value:
        _refuse_null(span, left, right)
        if isinstance(left, Known) and isinstance(right, Known):
            data = left.data or right.data if decisive else left.data and right.data
            return _known(data, BOOL, span, left, right)
        result = _undecided(BOOL, f"({{}} {operator} {{}})", (left, right), span)
        return result if choices else drop_mark(result)

    return combine


def _negation(operator: str, span: Span | None, choices: int) -> Callable[[Value], Value]:
    type = NUMBER if operator == "-" else BOOL

    def negate(operand: Value) -> Value:
        _refuse_null(span, operand)
        if isinstance(operand, Known):
            data = numbers.negate(operand.data) if operator == "-" else not operand.data
            return _known(data, type, span, operand)
        result = _undecided(type, f"{operator}{{}}", (operand,), span)
        return result if choices else drop_mark(result)

    return negate


def _equality(operator: str, left: Value, right: Value, span: Span | None, *, choices: int) -> Value:
    left, right = whole(left), whole(right)

    def compare(one: Value, other: Value) -> Value:
        same = equal(one, other)
        if same is None:
            result = (decide_equality(one, other, span) if choices == ALWAYS else None) or _undecided(
                BOOL, "({} == {})", (one, other), span
            )
            if operator == "!=":
                result = unary("!", result, span, choices=choices)
        else:
            result = Known(same == (operator == "=="), span, BOOL)
        is_secret = (one.flags | other.flags) & HAS_SENSITIVE
        carry_marks(result, (one, other))
        return sensitive(unmark(result)) if is_secret and isinstance(result, Choice) else result

    return lifted(compare, [left, right], span)
