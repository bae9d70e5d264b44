"""`format` and `formatlist`. Source: https://developer.hashicorp.com/terraform/language/functions/format"""

from __future__ import annotations

import re

from enclint.frontends.terraform.convert import ConversionError, convert
from enclint.frontends.terraform.functions import partials
from enclint.frontends.terraform.functions.decimals import Style, format_integer, format_real, real_text
from enclint.frontends.terraform.functions.json_codec import json_text
from enclint.frontends.terraform.functions.lengths import known_length
from enclint.frontends.terraform.functions.signature import (
    ArgumentFault,
    CallFault,
    Functions,
    Parameter,
    check_text,
)
from enclint.frontends.terraform.native.strings import normalise
from enclint.frontends.terraform.numbers import is_infinite, is_negative
from enclint.frontends.terraform.refinements import safe_prefix
from enclint.frontends.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, list_of
from enclint.frontends.terraform.values import UNDECIDED, is_null, list_value, string, unknown_because
from enclint.lean_typing import TYPE_CHECKING, Any, Final, NamedTuple
from enclint.model.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclint.frontends.terraform.functions.signature import Call
    from enclint.model.value import Value

FUNCTIONS: Final = Functions()

_match_verb: Final = re.compile(r"%([ #0+-]*)([1-9][0-9]*)?(?:\.([0-9]*))?(?:\[([1-9][0-9]*)\])?([A-Za-z])").match
_match_verb_start: Final = re.compile(
    r"%[ #0+-]*(?:[1-9][0-9]*)?(?:\.[0-9]*)?(?:\[(?:[1-9](?:[0-9]*(?:\])?)?)?)?"
).match


class Verb(NamedTuple):
    """A verb of a format: its text, offset in bytes, the argument's number from 1, and how to print it."""

    raw: str
    offset: int
    argument: int
    style: Style

    @property
    def where(self) -> str:
        """The verb in the words of an error."""
        return f'"{self.raw}" at {self.offset}'


def parse_format(format: str) -> list[str | Verb]:
    """The literal texts and verbs of a format. Raises CallFault."""
    pieces: list[str | Verb] = []
    position = 0
    argument = 1
    while True:
        percent = format.find("%", position)
        if percent < 0:
            pieces.append(format[position:])
            return [piece for piece in pieces if piece != ""]
        pieces.append(format[position:percent])
        if format.startswith("%%", percent):
            pieces.append("%")
            position = percent + 2
            continue
        match = _match_verb(format, percent)
        if match is None:
            raise CallFault(_format_fault(format, percent))
        if match[4]:
            argument = int(match[4])
        pieces.append(Verb(match[0], _byte_offset(format, percent), argument, _style(match)))
        argument += 1
        position = match.end()


def _style(match: re.Match[str]) -> Style:
    flags = match[1]
    width = int(match[2]) if match[2] else -1
    precision = -1 if match[3] is None else int(match[3] or 0)
    check_text(max(width, precision))
    return Style(match[5], "#" in flags, "0" in flags, "+" in flags, "-" in flags, " " in flags, width, precision)


def _byte_offset(format: str, offset: int) -> int:
    return len(format[:offset].encode())


def _format_fault(format: str, percent: int) -> str:
    """What is wrong with the verb that starts at an offset."""
    match = _match_verb_start(format, percent)
    assert match is not None  # noqa: S101 -- it matches a percent sign
    end = match.end()
    if end == len(format):
        return f"invalid format string starting at offset {_byte_offset(format, end)}"
    return f"unrecognized format character '{format[end]}' at offset {_byte_offset(format, end)}"


@FUNCTIONS.define(
    "format",
    Parameter("format", STRING),
    variadic=Parameter("args", DYNAMIC, null=True, unknown=True),
    result=STRING,
)
def format_values(call: Call, arguments: list[Value]) -> Value:
    """`format(format, args...)`; known in part where arguments are not known."""
    format, values = arguments[0].data, arguments[1:]  # type: ignore[attr-defined]
    if any(value.flags & UNDECIDED for value in values):
        return _format_partly(call, format, values)
    try:
        pieces = parse_format(format)
        _refuse_surplus(pieces, values)
        return string(formatted(pieces, values), call.span)
    except _Surplus as surplus:
        raise ArgumentFault(surplus.used + 1, str(surplus)) from None


class _Surplus(CallFault):
    """More arguments than a format uses."""

    def __init__(self, used: int) -> None:
        what = f"only {used} used by format string" if used else "no verbs in format string"
        super().__init__(f"too many arguments; {what}")
        self.used = used


def _refuse_surplus(pieces: Sequence[str | Verb], values: Sequence[Value]) -> None:
    used = max((piece.argument for piece in pieces if isinstance(piece, Verb)), default=0)
    missing = next((piece for piece in pieces if isinstance(piece, Verb) and piece.argument > len(values)), None)
    if missing is None and used < len(values):
        _format_all(pieces, values)
        raise _Surplus(used)


def _format_all(pieces: Sequence[str | Verb], values: Sequence[Value]) -> list[str]:
    return [piece if isinstance(piece, str) else _format_one(piece, values) for piece in pieces]


def formatted(pieces: Sequence[str | Verb], values: Sequence[Value]) -> str:
    """The text of a format for wholly known values."""
    texts = _format_all(pieces, values)
    check_text(sum(map(len, texts)))
    return normalise("".join(texts))


def _format_one(verb: Verb, values: Sequence[Value]) -> str:
    if verb.argument > len(values):
        given = f"need index {verb.argument} but have {len(values)} total"
        raise CallFault(f"not enough arguments for {verb.where}: {given}")
    value = values[verb.argument - 1]
    mode = verb.style.verb
    if mode != "v" and is_null(value):
        raise CallFault(f"unsupported value for {verb.where}: null value cannot be formatted")
    if mode == "v":
        return _as_it_is(verb, value)
    if mode == "t":
        return "true" if _converted(verb, value, BOOL) else "false"
    if mode in "bdoxX":
        return _integer(verb, _converted(verb, value, NUMBER))
    if mode in "eEfgG":
        return format_real(_converted(verb, value, NUMBER), verb.style)
    if mode in "sq":
        return _text(verb, _converted(verb, value, STRING))
    raise CallFault(f"unsupported format verb '{mode}' in \"{verb.raw}\" at offset {verb.offset}")


def _converted(verb: Verb, value: Value, type: Any) -> Any:
    try:
        return convert(value, type).data  # type: ignore[attr-defined]
    except ConversionError as error:
        raise CallFault(f"unsupported value for {verb.where}: {error.phrase}") from None


def _integer(verb: Verb, number: Any) -> str:
    if not isinstance(number, int):
        raise CallFault(f"unsupported value for {verb.where}: an integer is required")
    return format_integer(number, verb.style)


def _as_it_is(verb: Verb, value: Value) -> str:
    """`%v`: strings and numbers plainly, everything else (and `%#v`) as JSON."""
    data = value.data  # type: ignore[attr-defined]
    if verb.style.sharp or data is None or value.type.kind not in ("string", "number"):
        return _padded(json_text(value), verb.style)
    if value.type.kind == "string":
        return _padded(data, verb.style)
    sign = "-" if is_negative(data) else "+" if is_infinite(data) else ""
    text = "Inf" if is_infinite(data) else real_text(data, "g", -1)
    return _padded(sign + text, verb.style)


def _text(verb: Verb, text: str) -> str:
    if verb.style.precision > 0:
        from enclint.frontends.terraform.functions.graphemes import clusters

        text = "".join(clusters(text)[: verb.style.precision])
    return _padded(json_text(string(text)) if verb.style.verb == "q" else text, verb.style)


def _padded(text: str, style: Style) -> str:
    if style.width < 0:
        return text
    from enclint.frontends.terraform.functions.graphemes import count

    padding = ("0" if style.zero else " ") * (style.width - count(text))
    return text + padding if style.minus else padding + text


def _format_partly(call: Call, format: str, values: Sequence[Value]) -> Value:
    """The text as far as it is known; an Unknown where a verb does more than to copy what is not known."""
    refinement: dict[str, Any] = {"not_null": True}
    prefix = safe_prefix(format.partition("%")[0]) if "%" in format else ""
    if prefix:
        refinement["prefix"] = prefix
    try:
        pieces = parse_format(format)
        parts = [_part(piece, values, call) for piece in pieces]
    except CallFault:
        return unknown_because(values, STRING, call.span, refinement=refinement)
    known = [part for part in parts if part is not None]
    used = max((piece.argument for piece in pieces if isinstance(piece, Verb)), default=0)
    if len(known) < len(parts) or used < len(values):
        return unknown_because(values, STRING, call.span, refinement=refinement)
    result = partials.joined(known, call, values, refinement)
    if isinstance(result, Unknown) and result.refinement != refinement:
        result = result.copy()
        result.refinement = refinement  # type: ignore[attr-defined]
    return result


def _part(piece: str | Verb, values: Sequence[Value], call: Call) -> Value | None:
    """A piece of the format as a part of the text; None where nothing is known of it."""
    if isinstance(piece, str):
        return string(piece, call.span)
    if piece.argument > len(values):
        return None
    value = values[piece.argument - 1]
    if not value.flags & UNDECIDED:
        return string(_format_one(piece, values), call.span)
    is_copied = piece.style._replace(verb="", sharp=False) == Style("")
    if not is_copied or not isinstance(value, Unknown):
        return None
    if piece.style.verb == "s" or (piece.style.verb == "v" and value.type.kind == "string"):
        return _as_text(value)
    if piece.style.verb == "d" and value.type.kind == "number":
        return _as_text(value)
    return None


def _as_text(value: Unknown) -> Value | None:
    try:
        return convert(value, STRING)
    except ConversionError:
        return None


@FUNCTIONS.define(
    "formatlist",
    Parameter("format", STRING),
    variadic=Parameter("args", DYNAMIC, null=True, unknown=True),
    result=list_of(STRING),
)
def formatlist(call: Call, arguments: list[Value]) -> Value:
    """`formatlist(format, args...)`: one text for each element of the lists among the arguments."""
    format, values = arguments[0].data, arguments[1:]  # type: ignore[attr-defined]
    length = _common_length(values)
    if length is None:
        return partials.undecided(call, arguments)
    if not values:
        return list_value([string(formatted(parse_format(format), []), call.span)], STRING, call.span)
    texts = [_format_row(call, format, row, index) for index, row in enumerate(_rows(values, length))]
    return list_value(texts, STRING, call.span)


def _is_sequence(value: Value) -> bool:
    return value.type.kind in ("list", "set", "tuple") and not is_null(value)


def _common_length(values: Sequence[Value]) -> int | None:
    """How many texts there will be; None where a list is not known well enough."""
    length = chooser = -1
    is_open = False
    for index, value in enumerate(values):
        if not _is_sequence(value):
            continue
        own = known_length(value)
        if own is None:
            is_open = True
            continue
        if length < 0:
            length, chooser = own, index
        elif own != length:
            message = f"argument {index + 1} has length {own}, which is inconsistent with argument "
            raise ArgumentFault(index + 1, f"{message}{chooser + 1} of length {length}")
        is_open = is_open or isinstance(value, Unknown)
    return None if is_open else 1 if length < 0 else length


def _rows(values: Sequence[Value], length: int) -> list[list[Value]]:
    columns = [value.data if _is_sequence(value) else [value] * length for value in values]  # type: ignore[attr-defined]
    return [list(row) for row in zip(*columns, strict=True)]


def _format_row(call: Call, format: str, row: list[Value], index: int) -> Value:
    if any(value.flags & UNDECIDED for value in row):
        result = _format_partly(call._replace(type=STRING), format, row)
        if isinstance(result, Unknown):
            result.refinement = {"not_null": True}
        return result
    try:
        pieces = parse_format(format)
        _refuse_surplus(pieces, row)
        return string(formatted(pieces, row), call.span)
    except CallFault as fault:
        raise CallFault(f"error on format iteration {index}: {fault.message}") from None
