"""Numbers as Terraform computes them: binary floating point of 512 bits, rounded to nearest even, and infinities.

A number is a Python int where it is integral, else a `Float`. `0.1 + 0.2 == 0.3` holds, `1 / 3` has 154 digits and
`1 / 0` is infinite. Source: https://github.com/zclconf/go-cty/blob/main/cty/value_ops.go and
https://pkg.go.dev/math/big#Float
"""

from __future__ import annotations

from enclint.lean_typing import Final, TypeAlias

PRECISION: Final = 512
MAX_DIGITS: Final = 100_000
"""A literal of more digits, or with a larger exponent, is refused: nobody can mean it."""
MAX_EXPONENT: Final = 1_000_000
"""Binary places left of the point, beyond the precision, of the largest number that is computed."""


class NumberError(ValueError):
    """A text that is no number, or an operation without a result (infinity minus infinity)."""


class Float:
    """A number that is no integer: `mantissa * 2 ** exponent` with an odd mantissa and a negative exponent.

    Infinity is a Float, too: mantissa 1 or -1, exponent None. `precision` is 512, or 53 for the result of a function
    that computes with doubles: such a number prints with fewer digits.
    """

    __slots__ = ("exponent", "mantissa", "precision")

    def __init__(self, mantissa: int, exponent: int | None, precision: int = PRECISION) -> None:
        self.mantissa = mantissa
        self.exponent = exponent
        self.precision = precision

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Float) and self.mantissa == other.mantissa and self.exponent == other.exponent

    def __hash__(self) -> int:
        return hash((self.mantissa, self.exponent))

    def __lt__(self, other: Number) -> bool:
        return compare(self, other) < 0

    def __str__(self) -> str:
        return format_number(self)

    def __repr__(self) -> str:
        return f"Float({format_number(self)})"


class DoubleInteger(int):
    """An integer that a function computed with doubles, too large for one to hold it exactly: it prints as one does."""

    __slots__ = ()
    precision = 53

    def __neg__(self) -> DoubleInteger:
        return DoubleInteger(super().__neg__())


class NegativeZero(int):
    """Zero with a minus, as floating point has it: equal to zero, but it prints as `-0`."""

    __slots__ = ()


Number: TypeAlias = int | Float

NEGATIVE_ZERO: Final = NegativeZero(0)

INFINITY: Final = Float(1, None)
NEGATIVE_INFINITY: Final = Float(-1, None)


def is_infinite(number: Number) -> bool:
    """Whether the number is one of the infinities."""
    return number.__class__ is Float and number.exponent is None


def _make(mantissa: int, exponent: int, precision: int = PRECISION) -> Number:
    """`mantissa * 2 ** exponent`, rounded to `precision` bits, half to even. NumberError where it is too large."""
    if mantissa == 0:
        return 0
    excess = abs(mantissa).bit_length() - precision
    if excess > 0:
        mantissa = _shift_right(mantissa, excess)
        exponent += excess
    if exponent > MAX_EXPONENT:
        raise NumberError("the number is too large to be computed here")
    if exponent >= 0:
        return mantissa << exponent
    zeros = (mantissa & -mantissa).bit_length() - 1
    if zeros >= -exponent:
        return mantissa >> -exponent
    return Float(mantissa >> zeros, exponent + zeros, precision)


def _precision(left: Number, right: Number) -> int:
    """The precision of a result: the greater of both; integers have the full one."""
    if isinstance(left, Float) and isinstance(right, Float):
        return max(left.precision, right.precision)
    return PRECISION


def _shift_right(value: int, bits: int) -> int:
    """`value / 2 ** bits`, rounded half to even."""
    quotient = value >> bits
    rest = value - (quotient << bits)
    half = 1 << (bits - 1)
    if rest > half or (rest == half and quotient & 1):
        quotient += 1
    return quotient


def _split(number: Number) -> tuple[int, int]:
    """Mantissa and exponent of a finite number."""
    if isinstance(number, Float):
        assert number.exponent is not None  # noqa: S101 -- callers have dealt with infinities
        return number.mantissa, number.exponent
    return number, 0


def _sign(number: Number) -> int:
    value = number.mantissa if isinstance(number, Float) else number
    return (value > 0) - (value < 0)


def is_negative(number: Number) -> bool:
    """Whether the number has a minus, zeros included."""
    return number is NEGATIVE_ZERO or _sign(number) < 0


def _signed_zero(left: Number, right: Number) -> int:
    """The zero that a product or quotient of two numbers is."""
    return NEGATIVE_ZERO if is_negative(left) != is_negative(right) else 0


def _ratio(numerator: int, denominator: int, precision: int = PRECISION) -> Number:
    """The quotient of two positive integers, rounded to `precision` bits."""
    shift = max(0, PRECISION + 2 - (numerator.bit_length() - denominator.bit_length()))
    quotient, rest = divmod(numerator << shift, denominator)
    # A sticky bit makes the later rounding see that something followed.
    return _make((quotient << 1) | (rest != 0), -shift - 1, precision)


def add(left: Number, right: Number) -> Number:
    """The sum. Infinities of opposite signs raise NumberError."""
    if left.__class__ is int and right.__class__ is int:
        return _make(left + right, 0)
    if is_infinite(left) or is_infinite(right):
        if is_infinite(left) and is_infinite(right) and _sign(left) != _sign(right):
            raise NumberError("can't compute sum of opposing infinities")
        return left if is_infinite(left) else right
    left_mantissa, left_exponent = _split(left)
    right_mantissa, right_exponent = _split(right)
    exponent = min(left_exponent, right_exponent)
    total = (left_mantissa << (left_exponent - exponent)) + (right_mantissa << (right_exponent - exponent))
    if left is NEGATIVE_ZERO and right is NEGATIVE_ZERO:
        return NEGATIVE_ZERO
    return _make(total, exponent, _precision(left, right))


def negate(number: Number) -> Number:
    """The number with the other sign."""
    if isinstance(number, Float):
        return Float(-number.mantissa, number.exponent, number.precision)
    if number == 0:
        return 0 if number is NEGATIVE_ZERO else NEGATIVE_ZERO
    return -number


def subtract(left: Number, right: Number) -> Number:
    """The difference. Infinity less itself raises NumberError."""
    if is_infinite(left) and left == right:
        raise NumberError("can't subtract infinity from itself")
    return add(left, negate(right))


def multiply(left: Number, right: Number) -> Number:
    """The product. Zero times infinity raises NumberError."""
    if left.__class__ is int and right.__class__ is int and left and right:
        return _make(left * right, 0)
    if is_infinite(left) or is_infinite(right):
        sign = _sign(left) * _sign(right)
        if sign == 0:
            raise NumberError("can't multiply zero by infinity")
        return INFINITY if sign > 0 else NEGATIVE_INFINITY
    left_mantissa, left_exponent = _split(left)
    right_mantissa, right_exponent = _split(right)
    if left_mantissa == 0 or right_mantissa == 0:
        return _signed_zero(left, right)
    return _make(left_mantissa * right_mantissa, left_exponent + right_exponent, _precision(left, right))


def divide(left: Number, right: Number) -> Number:
    """The quotient. Something by zero is infinite; 0 / 0 and infinity by infinity raise NumberError."""
    if is_infinite(left) and is_infinite(right):
        raise NumberError("can't divide zero by zero or infinity by infinity")
    sign = _sign(left) * (_sign(right) or (-1 if right is NEGATIVE_ZERO else 1))
    if _sign(right) == 0:
        if sign == 0:
            raise NumberError("can't divide zero by zero or infinity by infinity")
        return INFINITY if sign > 0 else NEGATIVE_INFINITY
    if is_infinite(left):
        return INFINITY if sign > 0 else NEGATIVE_INFINITY
    if is_infinite(right) or sign == 0:
        return _signed_zero(left, right)
    left_mantissa, left_exponent = _split(left)
    right_mantissa, right_exponent = _split(right)
    exponent = left_exponent - right_exponent
    numerator = abs(left_mantissa) << max(exponent, 0)
    denominator = abs(right_mantissa) << max(-exponent, 0)
    quotient = _ratio(numerator, denominator, _precision(left, right))
    return quotient if sign > 0 else negate(quotient)


def truncate(number: Number) -> int:
    """The integral part of a finite number, towards zero."""
    mantissa, exponent = _split(number)
    size = abs(mantissa) >> -exponent if exponent < 0 else abs(mantissa)
    return size if mantissa >= 0 else -size


def floor(number: Number) -> Number:
    """The greatest integer that is not greater; an infinity is its own."""
    if is_infinite(number):
        return number
    mantissa, exponent = _split(number)
    return mantissa >> -exponent if exponent < 0 else mantissa or 0


def ceil(number: Number) -> Number:
    """The least integer that is not less; an infinity is its own."""
    if is_infinite(number):
        return number
    mantissa, exponent = _split(number)
    return -(-mantissa >> -exponent) if exponent < 0 else mantissa or 0


def modulo(left: Number, right: Number) -> Number:
    """The remainder with the sign of `left`; `n % 0` is n. With an infinity, NumberError."""
    if is_infinite(left) or is_infinite(right):
        raise NumberError("can't use modulo with zero and infinity")
    if _sign(right) == 0:
        return left
    quotient = divide(left, right)
    return subtract(left, multiply(truncate(quotient), right))


def compare(left: Number, right: Number) -> int:
    """-1, 0 or 1."""
    if left.__class__ is int and right.__class__ is int:
        return (left > right) - (left < right)
    if is_infinite(left) or is_infinite(right):
        ranks = [_sign(each) if is_infinite(each) else 0 for each in (left, right)]
        return (ranks[0] > ranks[1]) - (ranks[0] < ranks[1])
    return _sign(subtract(left, right))


def parse(text: str) -> Number:
    """The number that a decimal text (`12`, `-1.5`, `1e-3`, `inf`) stands for, rounded to 512 bits.

    The grammar is that of Go's `big.ParseFloat` in base 10, where `1p4` is 1 times 2 to the 4th. Raises NumberError.
    """
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    import re

    match = re.fullmatch(r"([+-]?)(?:([Ii]nf)|([0-9]*)(?:\.([0-9]*))?(?:([eEpP])([+-]?[0-9]+))?)", text)
    if match is None or not (match[2] or match[3] or match[4]):
        raise NumberError("a number is required")
    if match[2]:
        return NEGATIVE_INFINITY if match[1] == "-" else INFINITY
    number = _decimal(match[3] or "", match[4] or "", match[5] or "e", match[6] or "0")
    return negate(number) if match[1] == "-" else number


def _decimal(whole: str, fraction: str, base: str, exponent_text: str) -> Number:
    """`whole.fraction` times ten (`e`) or two (`p`) to the exponent."""
    if len(whole) + len(fraction) > MAX_DIGITS or len(exponent_text) > 7 or abs(int(exponent_text)) > MAX_DIGITS:
        raise NumberError("the number has too many digits")
    digits = _to_int(whole + fraction or "0")
    exponent, binary = -len(fraction), 0
    if base in "eE":
        exponent += int(exponent_text)
    else:
        binary = int(exponent_text)
    if digits == 0:
        return 0
    numerator = digits * 10 ** max(exponent, 0) << max(binary, 0)
    denominator = 10 ** max(-exponent, 0) << max(-binary, 0)
    return _make(numerator, 0) if denominator == 1 else _ratio(numerator, denominator)


def _to_int(digits: str) -> int:
    """`int(digits)` past Python's limit of 4,300 digits."""
    if len(digits) <= 4000:
        return int(digits)
    middle = len(digits) // 2
    shift: int = 10 ** (len(digits) - middle)
    return _to_int(digits[:middle]) * shift + _to_int(digits[middle:])


def _digits(number: int) -> str:
    """`str(number)` of a non-negative int past Python's limit of 4,300 digits."""
    if number.bit_length() <= 13_000:
        return str(number)
    half = int(number.bit_length() * 0.30103) // 2
    high, low = divmod(number, 10**half)
    return _digits(high) + _digits(low).rjust(half, "0")


def from_double(value: float) -> Number:
    """The number that a double stands for; it keeps the precision of one."""
    if value in (float("inf"), float("-inf")):
        return INFINITY if value > 0 else NEGATIVE_INFINITY
    if value == 0:
        return NEGATIVE_ZERO if str(value).startswith("-") else 0
    numerator, denominator = value.as_integer_ratio()
    number = _make(numerator, 1 - denominator.bit_length(), 53)
    return DoubleInteger(number) if isinstance(number, int) and number.bit_length() > 53 else number


def to_float(number: Number) -> float:
    """The nearest double."""
    if is_infinite(number):
        return float("inf") * _sign(number)
    if number is NEGATIVE_ZERO:
        return -0.0
    mantissa, exponent = _split(number)
    try:
        return mantissa / (1 << -exponent) if exponent < 0 else float(mantissa)
    except OverflowError:
        return float("inf") * _sign(number)


def format_number(number: Number) -> str:
    """The shortest decimal text without exponent that is the number at its precision, as `"a${n}"` prints it."""
    if number.__class__ is int:
        size = abs(number)
        text = _shortest(size, 0) if size.bit_length() > PRECISION else _digits(size)
    elif is_infinite(number):
        return "+Inf" if _sign(number) > 0 else "-Inf"
    elif number is NEGATIVE_ZERO:
        return "-0"
    else:
        mantissa, exponent = _split(number)
        text = _shortest(abs(mantissa), exponent, number.precision)  # type: ignore[union-attr]
    return f"-{text}" if _sign(number) < 0 else text


def _shortest(mantissa: int, exponent: int, precision: int = PRECISION) -> str:
    """The shortest decimal text that rounds to `mantissa * 2 ** exponent` at `precision` bits.

    Any decimal strictly between the midpoints to both neighbours rounds to the number; the midpoints themselves do
    where the mantissa is even.
    """
    shift = precision - mantissa.bit_length()
    mantissa = mantissa << shift if shift >= 0 else mantissa >> -shift
    inclusive = mantissa % 2 == 0
    # In units of a quarter of the last place. That below a power of two the neighbours are nearer, Go does not mind.
    low, middle, high = 4 * mantissa - 2, 4 * mantissa, 4 * mantissa + 2
    exponent -= shift + 2
    if exponent >= 0:
        places, divisor = 0, 1
        low, middle, high = low << exponent, middle << exponent, high << exponent
    else:
        places, divisor = -exponent, 1 << -exponent
        scale = 10**places
        low, middle, high = low * scale, middle * scale, high * scale
    power = int((high - low).bit_length() * 0.30103 - (divisor.bit_length() - 1) * 0.30103) + 1
    while power > 0:
        candidate = _nearest_within(low, middle, high, divisor * 10**power, inclusive)
        if candidate is not None:
            return _place_point(candidate * 10**power, places)
        power -= 1
    return _place_point(middle // divisor, places)


def _nearest_within(low: int, middle: int, high: int, unit: int, inclusive: bool) -> int | None:
    """The multiple of `unit` nearest to `middle` that lies between `low` and `high`, if there is one."""
    below = middle // unit
    inside = [
        each for each in (below, below + 1) if (low < each * unit < high) or (inclusive and each * unit in (low, high))
    ]
    return min(inside, key=lambda each: abs(each * unit - middle)) if inside else None


def _place_point(digits: int, places: int) -> str:
    """`digits / 10 ** places` as decimal text without needless zeros."""
    text = _digits(digits)
    if places == 0:
        return text
    text = text.rjust(places + 1, "0")
    whole, fraction = text[:-places], text[-places:].rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole
