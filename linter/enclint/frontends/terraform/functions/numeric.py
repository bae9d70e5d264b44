"""Functions of numbers. Source: https://developer.hashicorp.com/terraform/language/functions/abs and its siblings."""

from __future__ import annotations

import math
import sys
from functools import reduce

from enclint.frontends.terraform import numbers
from enclint.frontends.terraform.convert import ConversionError, convert
from enclint.frontends.terraform.functions import doubles, partials
from enclint.frontends.terraform.functions.integers import whole_number
from enclint.frontends.terraform.functions.signature import (
    ArgumentFault,
    CallFault,
    Functions,
    LimitFault,
    Parameter,
    number,
)
from enclint.frontends.terraform.numbers import Number, NumberError, compare, from_double, to_float
from enclint.frontends.terraform.types import DYNAMIC, NUMBER
from enclint.frontends.terraform.values import UNDECIDED, is_null
from enclint.frontends.terraform.values import number as number_value
from enclint.lean_typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclint.frontends.terraform.functions.signature import Call
    from enclint.frontends.terraform.types import Type
    from enclint.model.value import Value

FUNCTIONS: Final = Functions()
_define_plain = FUNCTIONS.define_plain


@_define_plain("abs", number("num"), result=NUMBER)
def absolute(number: Number) -> Number:
    """`abs(num)`."""
    return numbers.negate(number) if numbers.is_negative(number) else number


@_define_plain("ceil", number("num"), result=NUMBER)
def ceil(number: Number) -> Number:
    """`ceil(num)`."""
    return numbers.ceil(number)


@_define_plain("floor", number("num"), result=NUMBER)
def floor(number: Number) -> Number:
    """`floor(num)`."""
    return numbers.floor(number)


@_define_plain("signum", number("num"), result=NUMBER)
def signum(number: Number) -> Number:
    """`signum(num)`: -1, 0 or 1 for a whole number."""
    return compare(whole_number(number), 0)


@_define_plain("max", variadic=number("numbers"), result=NUMBER)
def maximum(*given: Number) -> Number:
    """`max(numbers...)`."""
    return _extreme(given, 1)


@_define_plain("min", variadic=number("numbers"), result=NUMBER)
def minimum(*given: Number) -> Number:
    """`min(numbers...)`."""
    return _extreme(given, -1)


def _extreme(given: tuple[Number, ...], sign: int) -> Number:
    if not given:
        raise CallFault("must pass at least one number")
    best = given[0]
    for other in given[1:]:
        if compare(other, best) == sign:
            best = other
    return best


_LARGEST_DOUBLE: Final = int(sys.float_info.max)


def _as_double(number: Number) -> float:
    """A number as a double, which may round it but not make it infinite."""
    double = to_float(number)
    if math.isinf(double) and not numbers.is_infinite(number):
        raise CallFault(f"value must be between {-_LARGEST_DOUBLE} and {_LARGEST_DOUBLE} inclusive")
    return double


def _double(result: float) -> Number:
    if math.isnan(result):
        raise CallFault("panic in function implementation: Float.SetFloat64(NaN)")
    return from_double(result)


@_define_plain("log", number("num"), number("base"), result=NUMBER)
def log(number: Number, base: Number) -> Number:
    """`log(num, base)`, with the precision of a double."""
    numerator, denominator = doubles.logarithm(_as_double(number)), doubles.logarithm(_as_double(base))
    if denominator == 0:
        sign = math.copysign(1, numerator) * math.copysign(1, denominator)
        return _double(math.nan if numerator == 0 or math.isnan(numerator) else sign * math.inf)
    return _double(numerator / denominator)


@_define_plain("pow", number("num"), number("power"), result=NUMBER)
def power(number: Number, exponent: Number) -> Number:
    """`pow(num, power)`, with the precision of a double."""
    return _double(doubles.power(_as_double(number), _as_double(exponent)))


def _parseint_type(arguments: Sequence[Value]) -> Type:
    type = arguments[0].type
    if type.kind != "string":
        raise ArgumentFault(0, f"first argument must be a string, not {type.name}")
    return NUMBER


@FUNCTIONS.define("parseint", Parameter("number", DYNAMIC), number("base"), result=_parseint_type)
def parseint(call: Call, arguments: list[Value]) -> Value:
    """`parseint(number, base)`: the integer that a string stands for in a base from 2 to 62."""
    text, base = arguments[0].data, arguments[1].data  # type: ignore[attr-defined]
    if not isinstance(base, int) or not 2 <= base <= 62:
        raise ArgumentFault(1, "base must be a whole number between 2 and 62 inclusive")
    if len(text) > numbers.MAX_DIGITS:
        raise LimitFault(f"a number of more than {numbers.MAX_DIGITS:,} digits is not computed")
    result = _parse_integer(text, base)
    if result is None:
        raise ArgumentFault(0, f'cannot parse "{text}" as a base {base} integer')
    return number_value(result, call.span)


def _parse_integer(text: str, base: int) -> int | None:
    sign = -1 if text.startswith("-") else 1
    digits = text[1:] if text[:1] in ("+", "-") else text
    values = [_digit(character, base) for character in digits]
    if not values or any(value >= base for value in values):
        return None
    return sign * _horner(values, base)


def _digit(character: str, base: int) -> int:
    """The value of a digit; capitals and small letters differ in bases over 36 only."""
    if "0" <= character <= "9":
        return ord(character) - ord("0")
    if "a" <= character <= "z":
        return ord(character) - ord("a") + 10
    if "A" <= character <= "Z":
        return ord(character) - ord("A") + (36 if base > 36 else 10)
    return 99


def _horner(digits: list[int], base: int) -> int:
    """The number of some digits, by halves: linear steps would take quadratic time."""
    if len(digits) <= 64:
        total = 0
        for digit in digits:
            total = total * base + digit
        return total
    middle = len(digits) // 2
    shift: int = base ** (len(digits) - middle)
    return _horner(digits[:middle], base) * shift + _horner(digits[middle:], base)


@FUNCTIONS.define("sum", Parameter("list", DYNAMIC), result=NUMBER)
def total(call: Call, arguments: list[Value]) -> Value:
    """`sum(list)`."""
    (collection,) = arguments
    kind = collection.type.kind
    if kind not in ("list", "set", "tuple", "map", "object"):
        raise ArgumentFault(0, "cannot sum noniterable")
    elements = collection.data  # type: ignore[attr-defined]
    if not elements:
        raise ArgumentFault(0, "cannot sum an empty list")
    if kind in ("map", "object"):
        raise ArgumentFault(0, f"argument must be list, set, or tuple. Received {collection.type.name}")
    if collection.flags & UNDECIDED:
        return partials.undecided(call, arguments)
    first, *rest = [_summand(element) for element in elements]
    try:
        return number_value(reduce(numbers.add, rest, first), call.span)
    except NumberError:
        raise CallFault("can't compute sum of opposing infinities") from None


def _summand(element: Value) -> Number:
    try:
        number = convert(element, NUMBER)
    except ConversionError:
        number = element
    if is_null(number) or number.type.kind != "number":
        raise ArgumentFault(0, "argument must be list, set, or tuple of number values")
    data: Number = number.data  # type: ignore[attr-defined]
    return data
