"""Logarithms and powers of doubles to the last bit as Terraform has them, so that `ceil(log(81, 3))` is 5 here, too.

Go does not ask the C library: its logarithm is that of fdlibm (https://www.netlib.org/fdlibm/e_log.c), its power
squares the mantissa (https://pkg.go.dev/math#Pow). Both may be off by a bit where the C library is not.
"""

from __future__ import annotations

import math

from enclint.lean_typing import Final

_ODD_TERMS: Final = (
    6.666666666666735130e-01,
    2.857142874366239149e-01,
    1.818357216161805012e-01,
    1.479819860511658591e-01,
)
_EVEN_TERMS: Final = (3.999999999940941908e-01, 2.222219843214978396e-01, 1.531383769920937332e-01)
_LN2_HIGH: Final = 6.93147180369123816490e-01
_LN2_LOW: Final = 1.90821492927058770002e-10
_HUGE: Final = 2.0**63


def logarithm(number: float) -> float:
    """The natural logarithm; NaN for what is negative."""
    if number <= 0 or math.isnan(number):
        return -math.inf if number == 0 else math.nan
    if math.isinf(number):
        return number
    mantissa, exponent = math.frexp(number)
    if mantissa < math.sqrt(2) / 2:
        mantissa *= 2
        exponent -= 1
    f = mantissa - 1
    s = f / (2 + f)
    square = s * s
    fourth = square * square
    rest = square * _polynomial(_ODD_TERMS, fourth) + fourth * _polynomial(_EVEN_TERMS, fourth)
    half = 0.5 * f * f
    return exponent * _LN2_HIGH - ((half - (s * (half + rest) + exponent * _LN2_LOW)) - f)


def _polynomial(terms: tuple[float, ...], variable: float) -> float:
    result = 0.0
    for term in reversed(terms):
        result = term + variable * result
    return result


def power(base: float, exponent: float) -> float:
    """`base` to the `exponent`; NaN for a negative base and a broken exponent."""
    if base == 0 or math.isinf(base) or abs(exponent) >= _HUGE:
        return _extreme_power(base, exponent)
    fraction, whole = math.modf(abs(exponent))
    if fraction and base < 0:
        return math.nan
    if abs(exponent) == 0.5:
        return math.sqrt(base) if exponent > 0 else 1 / math.sqrt(base)
    result, shift = 1.0, 0
    if fraction:
        if fraction > 0.5:
            fraction -= 1
            whole += 1
        result = math.exp(fraction * logarithm(base))
    mantissa, places = math.frexp(base)
    remaining = int(whole)
    while remaining:
        if abs(places) > 4096:  # far beyond what a double holds
            shift += places
            break
        if remaining & 1:
            result *= mantissa
            shift += places
        mantissa *= mantissa
        places *= 2
        if mantissa < 0.5:
            mantissa += mantissa
            places -= 1
        remaining >>= 1
    if exponent < 0:
        result, shift = 1 / result, -shift
    try:
        return math.ldexp(result, shift)
    except OverflowError:
        return math.copysign(math.inf, result)


def _extreme_power(base: float, exponent: float) -> float:
    """The power where the C library has the same as Go: zeros, infinities, and what comes to them."""
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return math.copysign(math.inf, base) if exponent % 2 == 1 else math.inf
    except ValueError:
        if base != 0:
            return math.nan
        return math.copysign(math.inf, base) if exponent % 2 == 1 else math.inf
