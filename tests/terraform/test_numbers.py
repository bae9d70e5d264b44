"""Numbers are 512-bit floats, exactly as Terraform's."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclint.frontends.terraform import numbers
from enclint.frontends.terraform.numbers import INFINITY, NEGATIVE_INFINITY, Float, NumberError, format_number, parse


def test_a_tenth_and_two_tenths_are_three_tenths() -> None:
    assert numbers.add(parse("0.1"), parse("0.2")) == parse("0.3")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("2.50", "2.5"),
        ("1e3", "1000"),
        ("1e-7", "0.0000001"),
        (".5", "0.5"),
        ("5.", "5"),
        ("+5", "5"),
        ("-0", "-0"),
        ("1p4", "16"),
        ("1e400", "1" + "0" * 400),
        ("12345678901234567890.5", "12345678901234567890.5"),
        ("inf", "+Inf"),
        ("-Inf", "-Inf"),
    ],
)
def test_texts_are_read_and_printed_as_terraform_does(text: str, printed: str) -> None:
    assert format_number(parse(text)) == printed


@pytest.mark.parametrize("text", ["", " 1", "0x10", "1_000", "infinity", "1e", ".", "--1", "1e999999999"])
def test_other_texts_are_no_numbers(text: str) -> None:
    with pytest.raises(NumberError):
        parse(text)


def test_a_third_has_as_many_digits_as_512_bits_need() -> None:
    assert format_number(numbers.divide(1, 3)) == "0." + "3" * 154 + "5"
    assert numbers.multiply(numbers.divide(1, 3), 3) == 1


def test_dividing_by_zero_is_infinite() -> None:
    assert numbers.divide(1, 0) == INFINITY
    assert numbers.divide(-1, 0) == NEGATIVE_INFINITY
    assert numbers.compare(INFINITY, parse("1e400")) > 0


@pytest.mark.parametrize(
    ("operation", "left", "right"),
    [
        (numbers.divide, 0, 0),
        (numbers.subtract, INFINITY, INFINITY),
        (numbers.add, INFINITY, NEGATIVE_INFINITY),
        (numbers.multiply, 0, INFINITY),
        (numbers.modulo, 2, INFINITY),
    ],
)
def test_what_has_no_result_is_an_error(operation, left, right) -> None:
    with pytest.raises(NumberError):
        operation(left, right)


@pytest.mark.parametrize(
    ("left", "right", "rest"), [("5", "-3", "2"), ("-5", "3", "-2"), ("5.5", "2", "1.5"), ("1", "0", "1")]
)
def test_the_remainder_has_the_sign_of_the_dividend(left: str, right: str, rest: str) -> None:
    assert numbers.modulo(parse(left), parse(right)) == parse(rest)


def test_the_result_of_a_function_on_doubles_prints_as_a_double() -> None:
    assert format_number(numbers.from_double(0.1)) == "0.1"
    assert format_number(numbers.add(numbers.from_double(0.1), numbers.from_double(0.2))) == "0.30000000000000004"


def exact(number: numbers.Number) -> Fraction:
    if isinstance(number, Float):
        assert number.exponent is not None
        return Fraction(number.mantissa) * Fraction(2) ** number.exponent
    return Fraction(number)


dyadic = st.builds(
    lambda mantissa, exponent: numbers.multiply(mantissa, numbers.divide(1, 2**exponent)),
    st.integers(-(2**80), 2**80),
    st.integers(0, 80),
)


@given(dyadic, dyadic)
def test_small_sums_and_products_are_exact(left: numbers.Number, right: numbers.Number) -> None:
    assert exact(numbers.add(left, right)) == exact(left) + exact(right)
    assert exact(numbers.multiply(left, right)) == exact(left) * exact(right)
    assert numbers.compare(left, right) == (exact(left) > exact(right)) - (exact(left) < exact(right))


@given(dyadic, dyadic)
def test_what_is_printed_reads_as_the_same_number(left: numbers.Number, right: numbers.Number) -> None:
    for number in (left, numbers.divide(left, right) if right != 0 else right):
        assert parse(format_number(number)) == number


@given(dyadic)
def test_floor_and_ceiling_enclose_a_number(number: numbers.Number) -> None:
    low, high = exact(numbers.floor(number)), exact(numbers.ceil(number))
    assert low <= exact(number) <= high
    assert high - low in (0, 1)
