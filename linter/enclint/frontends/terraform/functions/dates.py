"""Dates and times. Source: https://developer.hashicorp.com/terraform/language/functions/formatdate and its siblings.

A timestamp is text of RFC 3339; years go beyond what Python's `datetime` takes, so days are counted here.
"""

from __future__ import annotations

import re

from enclint.frontends.terraform.functions.signature import ArgumentFault, CallFault, Functions, text
from enclint.frontends.terraform.types import NUMBER, STRING
from enclint.frontends.terraform.values import string, unknown
from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.frontends.terraform.functions.signature import Call
    from enclint.model.value import Value

FUNCTIONS: Final = Functions()

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SECOND: Final = 1_000_000_000


class Moment(NamedTuple):
    """A point in time in nanoseconds since the year 1 began in UTC, and the offset to show it with, in minutes."""

    nanoseconds: int
    offset: int

    @property
    def date(self) -> tuple[int, int, int]:
        """Year, month and day."""
        return _date_of((self.nanoseconds // _SECOND + self.offset * 60) // 86400)

    @property
    def clock(self) -> tuple[int, int, int]:
        """Hour, minute and second."""
        seconds = (self.nanoseconds // _SECOND + self.offset * 60) % 86400
        return seconds // 3600, seconds // 60 % 60, seconds % 60

    @property
    def weekday(self) -> str:
        """The English name of the day."""
        return _WEEKDAYS[(self.nanoseconds // _SECOND + self.offset * 60) // 86400 % 7]

    def zone(self, colon: str) -> str:
        """The offset: `+0100`, with a colon `+01:00`."""
        size = abs(self.offset)
        return f"{'-' if self.offset < 0 else '+'}{size // 60:02d}{colon}{size % 60:02d}"

    def __str__(self) -> str:
        year, month, day = self.date
        hour, minute, second = self.clock
        zone = self.zone(":") if self.offset else "Z"
        sign, size = "-" if year < 0 else "", abs(year)
        return f"{sign}{size:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}{zone}"


def _days_before(year: int) -> int:
    """Days from the first day of the year 1 to that of a year."""
    before = year - 1
    return before * 365 + before // 4 - before // 100 + before // 400


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _month_lengths(year: int) -> list[int]:
    return [31, 29 if _is_leap(year) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def _date_of(days: int) -> tuple[int, int, int]:
    year = days * 400 // 146097 + 1
    while _days_before(year) > days:
        year -= 1
    while _days_before(year + 1) <= days:
        year += 1
    rest = days - _days_before(year)
    month = 1
    for length in _month_lengths(year):
        if rest < length:
            break
        rest -= length
        month += 1
    return year, month, rest + 1


class _Reader:
    """Reads a timestamp from left to right; a fault says which part is wrong.

    `lenient`: hours of one digit, a comma before the fraction and offsets of 24 hours are taken, too.
    """

    def __init__(self, text: str, *, lenient: bool = False) -> None:
        self.text = text
        self.rest = text
        self.hour = "[0-9][0-9]?" if lenient else "[0-9][0-9]"
        self.point = "[.,]" if lenient else r"\."
        self.most_hours = 24 if lenient else 23

    def number(self, width: int, what: str, least: int, most: int) -> int:
        digits = self.rest[:width]
        if self.rest == "":
            raise ValueError(f"end of string before {what}")
        if len(digits) < width or not (digits.isascii() and digits.isdigit()):
            raise ValueError(f'cannot use "{self.rest}" as {what}')
        if not least <= int(digits) <= most:
            if what == "hour":
                raise ValueError("hour must be between 0 and 23 inclusive")
            if what == "minute":
                raise ValueError("minute must have exactly two digits")
            raise ValueError(f'cannot use "{self.rest[width:]}" as {what}')
        self.rest = self.rest[width:]
        return int(digits)

    def hours(self) -> int:
        """The hour."""
        match = re.match(self.hour, self.rest)
        if match is None or len(match[0]) == 2:
            return self.two_digits("hour", 23)
        self.rest = self.rest[1:]
        return int(match[0])

    def two_digits(self, what: str, most: int) -> int:
        """A number that must have exactly two digits."""
        if self.rest and not re.match("[0-9][0-9]", self.rest):
            raise ValueError(f"{what} must have exactly two digits")
        return self.number(2, what, 0, most)

    def mark(self, mark: str) -> None:
        if self.rest.startswith(mark):
            self.rest = self.rest[len(mark) :]
        elif mark == "T":
            raise ValueError("missing required time introducer 'T'")
        elif self.rest == "":
            raise ValueError(f'end of string where "{mark}" is expected')
        else:
            raise ValueError(f'found "{self.rest}" where "{mark}" is expected')

    def fraction(self) -> int:
        """Nanoseconds after a point."""
        match = re.match(f"{self.point}([0-9]+)", self.rest)
        if match is None:
            return 0
        self.rest = self.rest[match.end() :]
        return int(match[1][:9].ljust(9, "0"))

    def offset(self) -> int:
        """The offset from UTC, in minutes."""
        if self.rest.startswith("Z"):
            self.rest = self.rest[1:]
            return 0
        if self.rest == "":
            raise ValueError("end of string before UTC offset")
        match = re.match("([+-])([0-9][0-9]):([0-9][0-9])", self.rest)
        if match is None or int(match[2]) > self.most_hours or int(match[3]) > 59:
            raise ValueError(f'cannot use "{self.rest}" as UTC offset')
        self.rest = self.rest[match.end() :]
        minutes = int(match[2]) * 60 + int(match[3])
        return -minutes if match[1] == "-" else minutes


def parse_timestamp(text: str, *, lenient: bool = False) -> Moment:
    """The moment that a text of RFC 3339 names. ValueError says what is wrong with others.

    `lenient`: as https://pkg.go.dev/time#Parse reads it.
    """
    reader = _Reader(text, lenient=lenient)
    try:
        year = reader.number(4, "year", 0, 9999)
        reader.mark("-")
        month = reader.number(2, "month", 1, 12)
        reader.mark("-")
        day = reader.number(2, "day of month", 0, 99)
        reader.mark("T")
        hour = reader.hours()
        reader.mark(":")
        minute = reader.two_digits("minute", 59)
        reader.mark(":")
        second = reader.two_digits("second", 59)
        nanoseconds = reader.fraction()
        offset = reader.offset()
        if reader.rest:
            raise ValueError(f'cannot use "{reader.rest}" as timestamp segment')
        if not 1 <= day <= _month_lengths(year)[month - 1]:
            raise ValueError("day out of range")
    except ValueError as fault:
        raise ValueError(f"not a valid RFC3339 timestamp: {fault}") from None
    days = _days_before(year) + sum(_month_lengths(year)[: month - 1]) + day - 1
    seconds = days * 86400 + hour * 3600 + minute * 60 + second - offset * 60
    return Moment(seconds * _SECOND + nanoseconds, offset)


def _timestamp(text: str, index: int, *, lenient: bool = False) -> Moment:
    """The moment that an argument names."""
    try:
        return parse_timestamp(text, lenient=lenient)
    except ValueError as fault:
        raise ArgumentFault(index, str(fault)) from None


@FUNCTIONS.define_plain("timecmp", text("timestamp_a"), text("timestamp_b"), result=NUMBER)
def timecmp(left: str, right: str) -> int:
    """`timecmp(timestamp_a, timestamp_b)`: -1, 0 or 1."""
    one, other = (_timestamp(each, index, lenient=True).nanoseconds for index, each in enumerate((left, right)))
    return (one > other) - (one < other)


@FUNCTIONS.define("timeadd", text("timestamp"), text("duration"), result=STRING, not_null=False)
def timeadd(call: Call, arguments: list[Value]) -> Value:
    """`timeadd(timestamp, duration)`."""
    timestamp, duration = (argument.data for argument in arguments)  # type: ignore[attr-defined]
    try:
        moment = parse_timestamp(timestamp)
        nanoseconds = parse_duration(duration)
    except ValueError as fault:
        raise CallFault(str(fault)) from None
    return string(str(Moment(moment.nanoseconds + nanoseconds, moment.offset)), call.span)


_UNITS: Final = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": _SECOND,
    "m": 60 * _SECOND,
    "h": 3600 * _SECOND,
}
_match_amount: Final = re.compile(r"([0-9]*)(?:\.([0-9]*))?([^0-9.]*)").match


def parse_duration(text: str) -> int:
    """The nanoseconds of a duration such as `1h30m` or `-1.5h`, as https://pkg.go.dev/time#ParseDuration has them.

    ValueError says what is wrong with others.
    """
    sign = -1 if text.startswith("-") else 1
    rest = text[1:] if text[:1] in ("+", "-") else text
    if rest == "0":
        return 0
    if not rest or len(rest) > 200:
        raise ValueError(f'time: invalid duration "{text}"')
    total = 0
    while rest:
        match = _match_amount(rest)
        assert match is not None  # noqa: S101 -- every part of it may be empty
        whole, fraction, unit = match[1], match[2] or "", match[3]
        if not (whole or fraction):
            raise ValueError(f'time: invalid duration "{text}"')
        if not unit:
            raise ValueError(f'time: missing unit in duration "{text}"')
        if unit not in _UNITS:
            raise ValueError(f'time: unknown unit "{unit}" in duration "{text}"')
        total += int(whole + fraction) * _UNITS[unit] // 10 ** len(fraction)
        rest = rest[match.end() :]
    if total >= 2**63:
        raise ValueError(f'time: invalid duration "{text}"')
    return sign * total


@FUNCTIONS.define("timestamp", result=STRING, pure=False)
def timestamp(call: Call, arguments: list[Value]) -> Value:
    """`timestamp()`: the time of the apply."""
    reason = "`timestamp` is the time of the apply"
    return unknown(reason, STRING, call.span, refinement={"not_null": True}, of=arguments)


@FUNCTIONS.define("plantimestamp", result=STRING)
def plantimestamp(call: Call, arguments: list[Value]) -> Value:  # noqa: ARG001
    """`plantimestamp()`: known while Terraform plans, so it is the time of this run, the same throughout."""
    return string(_time_of_run(), call.span)


_started: list[str] = []


def _time_of_run() -> str:
    if not _started:
        from time import gmtime, strftime

        _started.append(strftime("%Y-%m-%dT%H:%M:%SZ", gmtime()))
    return _started[0]


# Formatting -----------------------------------------------------------------------------------------------------------

_split_format: Final = re.compile(r"''|'(?:[^']|'')*'(?!')|'[\s\S]*|([A-Za-z])\1*|[^'A-Za-z]+").finditer


@FUNCTIONS.define_plain("formatdate", text("format"), text("time"), result=STRING)
def formatdate(format: str, time: str) -> str:
    """`formatdate(format, time)`."""
    moment = _timestamp(time, 1)
    return "".join([_formatted(match[0], moment) for match in _split_format(format)])


def _formatted(piece: str, moment: Moment) -> str:
    first = piece[0]
    if first == "'":
        if piece == "''":
            return "'"
        if len(piece) == 1 or not piece.endswith("'"):
            raise ArgumentFault(0, "unterminated literal '")
        return piece[1:-1].replace("''", "'")
    if not (first.isascii() and first.isalpha()):
        return piece
    verb = _VERBS.get(first)
    if verb is None:
        raise ArgumentFault(0, f'invalid date format verb "{piece}"')
    wording, forms = verb
    form = forms.get(len(piece))
    if form is None:
        raise ArgumentFault(0, f'invalid date format verb "{piece}": {wording}')
    return form(moment)


_VERBS: Final[dict[str, tuple[str, dict[int, Callable[[Moment], str]]]]] = {
    "Y": (
        'year must either be "YY" or "YYYY"',
        {2: lambda moment: f"{moment.date[0] % 100:02d}", 4: lambda moment: f"{moment.date[0]:04d}"},
    ),
    "M": (
        'month must be "M", "MM", "MMM", or "MMMM"',
        {
            1: lambda moment: str(moment.date[1]),
            2: lambda moment: f"{moment.date[1]:02d}",
            3: lambda moment: _MONTHS[moment.date[1] - 1][:3],
            4: lambda moment: _MONTHS[moment.date[1] - 1],
        },
    ),
    "D": (
        'day of month must either be "D" or "DD"',
        {1: lambda moment: str(moment.date[2]), 2: lambda moment: f"{moment.date[2]:02d}"},
    ),
    "E": (
        'day of week must either be "EEE" or "EEEE"',
        {3: lambda moment: moment.weekday[:3], 4: lambda moment: moment.weekday},
    ),
    "h": (
        '24-hour must either be "h" or "hh"',
        {1: lambda moment: str(moment.clock[0]), 2: lambda moment: f"{moment.clock[0]:02d}"},
    ),
    "H": (
        '12-hour must either be "H" or "HH"',
        {1: lambda moment: str(_twelve(moment)), 2: lambda moment: f"{_twelve(moment):02d}"},
    ),
    "A": ('must be "AA"', {2: lambda moment: "AM" if moment.clock[0] < 12 else "PM"}),
    "a": ('must be "aa"', {2: lambda moment: "am" if moment.clock[0] < 12 else "pm"}),
    "m": (
        'minute must either be "m" or "mm"',
        {1: lambda moment: str(moment.clock[1]), 2: lambda moment: f"{moment.clock[1]:02d}"},
    ),
    "s": (
        'second must either be "s" or "ss"',
        {1: lambda moment: str(moment.clock[2]), 2: lambda moment: f"{moment.clock[2]:02d}"},
    ),
    "Z": (
        "timezone must be Z, ZZZZ, or ZZZZZ",
        {
            1: lambda moment: moment.zone(":") if moment.offset else "Z",
            3: lambda moment: moment.zone("") if moment.offset else "UTC",
            4: lambda moment: moment.zone(""),
            5: lambda moment: moment.zone(":"),
        },
    ),
}


def _twelve(moment: Moment) -> int:
    return moment.clock[0] % 12 or 12
