"""Numbers as decimal text of a given form: what `%d`, `%x`, `%e`, `%f` and `%g` of `format` print.

Rounding is exact, half to even, as that of https://pkg.go.dev/math/big#Float.Format and
https://pkg.go.dev/math/big#Int.Format.
"""

from __future__ import annotations

from enclint.frontends.terraform.functions.signature import check_text
from enclint.frontends.terraform.numbers import Float, format_number, is_infinite, is_negative
from enclint.lean_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from enclint.frontends.terraform.numbers import Number


class Style(NamedTuple):
    """The flags, width and precision of a verb; -1 where there is none."""

    verb: str
    sharp: bool = False
    zero: bool = False
    plus: bool = False
    minus: bool = False
    space: bool = False
    width: int = -1
    precision: int = -1

    def sign(self, is_negative: bool) -> str:
        """What stands before the digits."""
        if is_negative:
            return "-"
        return "+" if self.plus else " " if self.space else ""


class Decimal(NamedTuple):
    """`0.digits * 10 ** point`; no digits at all for zero."""

    digits: str
    point: int

    def rounded(self, count: int) -> Decimal:
        """The number with at most `count` digits."""
        if count < 0 or count >= len(self.digits):
            return self if count >= 0 else Decimal("", 0)
        head, tail = self.digits[:count], self.digits[count:]
        is_half = tail[0] == "5" and not tail[1:].strip("0")
        is_up = (count > 0 and int(head[-1]) % 2 == 1) if is_half else tail[0] >= "5"
        if not is_up:
            head = head.rstrip("0")
            return Decimal(head, self.point if head else 0)
        raised = head.rstrip("9")
        if not raised:
            return Decimal("1", self.point + 1)
        return Decimal(raised[:-1] + str(int(raised[-1]) + 1), self.point)


def _from_text(text: str) -> Decimal:
    whole, _, fraction = text.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(digits) - len(fraction)
    digits = digits.rstrip("0")
    return Decimal(digits, point if digits else 0)


def shortest(number: Number) -> Decimal:
    """The fewest digits that stand for a number's size."""
    return _from_text(format_number(number).lstrip("-"))


def exact(number: Number) -> Decimal:
    """All digits of a number's size."""
    if not isinstance(number, Float):
        return _from_text(format_digits(abs(number)))
    assert number.exponent is not None  # noqa: S101 -- infinities have been dealt with
    check_text(-number.exponent)
    digits = format_digits(abs(number.mantissa) * 5**-number.exponent)
    return Decimal(digits.rstrip("0"), len(digits) + number.exponent)


def format_digits(number: int) -> str:
    """`str(number)` of a non-negative int past Python's limit of 4,300 digits."""
    if number.bit_length() <= 13_000:
        return str(number)
    half = int(number.bit_length() * 0.30103) // 2
    high, low = divmod(number, 10**half)
    return format_digits(high) + format_digits(low).rjust(half, "0")


def format_real(number: Number, style: Style) -> str:
    """The number as `%e`, `%f` or `%g` print it, padded to the width."""
    has_minus = is_negative(number)
    if is_infinite(number):
        text = ("-" if has_minus else "+") + "Inf"
        return text.ljust(style.width) if style.minus else text.rjust(style.width)
    text = real_text(number, style.verb, style.precision)
    sign = style.sign(has_minus)
    if style.zero:
        return sign + text.rjust(style.width - len(sign), "0")
    return (sign + text).ljust(style.width) if style.minus else (sign + text).rjust(style.width)


def real_text(number: Number, verb: str, precision: int) -> str:
    """The number's size as a verb prints it; a precision of -1 is the verb's own."""
    if verb in "gG":
        return _general(number, verb, precision)
    precision = 6 if precision < 0 else precision
    check_text(precision)
    decimal = exact(number)
    if verb in "eE":
        return _scientific(decimal.rounded(precision + 1), verb, precision)
    return _fixed(decimal.rounded(decimal.point + precision), precision)


def _general(number: Number, verb: str, precision: int) -> str:
    if precision < 0:
        decimal, limit = shortest(number), 6
        count = len(decimal.digits)
    else:
        count = precision or 1
        decimal = exact(number).rounded(count)
        limit = count
        if limit > len(decimal.digits) >= decimal.point:
            limit = len(decimal.digits)
    exponent = decimal.point - 1 if decimal.digits else 0
    if exponent < -4 or exponent >= max(limit, 1):
        return _scientific(decimal, "e" if verb == "g" else "E", max(min(count, len(decimal.digits)) - 1, 0))
    return _fixed(decimal, max(len(decimal.digits) - decimal.point, 0))


def _scientific(decimal: Decimal, verb: str, places: int) -> str:
    digits = decimal.digits.ljust(places + 1, "0") or "0"
    exponent = decimal.point - 1 if decimal.digits else 0
    fraction = f".{digits[1 : places + 1]}" if places > 0 else ""
    return f"{digits[0]}{fraction}{verb}{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _fixed(decimal: Decimal, places: int) -> str:
    digits, point = decimal.digits, decimal.point
    whole = digits[: max(point, 0)].ljust(point, "0") or "0"
    fraction = ("0" * min(max(-point, 0), places) + digits[max(point, 0) :]).ljust(places, "0")[:places]
    return f"{whole}.{fraction}" if places > 0 else whole


_BASES = {"b": (2, "0b"), "o": (8, "0"), "d": (10, ""), "x": (16, "0x"), "X": (16, "0X")}


def format_integer(number: int, style: Style) -> str:
    """An integer as `%b`, `%o`, `%d`, `%x` or `%X` print it, padded to the width."""
    if number == 0 and style.precision == 0:
        return ""
    base, mark = _BASES[style.verb]
    digits = format_digits(abs(number)) if base == 10 else format(abs(number), style.verb)
    check_text(max(style.precision, style.width))
    lead = style.sign(number < 0) + (mark if style.sharp else "")
    if style.precision >= 0:
        digits = digits.rjust(style.precision, "0")
    elif style.zero and not style.minus:
        digits = digits.rjust(style.width - len(lead), "0")
    text = lead + digits
    return text.ljust(style.width) if style.minus else text.rjust(style.width)
