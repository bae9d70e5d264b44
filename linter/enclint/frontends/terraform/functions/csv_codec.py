"""`csvdecode`. Source: https://developer.hashicorp.com/terraform/language/functions/csvdecode

The rules are those of Go's reader (https://pkg.go.dev/encoding/csv#Reader): lines without any character are skipped,
quotes in a field that does not start with one are an error, and a line end is a line feed with or without a return.
"""

from __future__ import annotations

from enclint.frontends.terraform.functions.signature import (
    CallFault,
    Functions,
    check_elements,
    check_text,
    text,
)
from enclint.frontends.terraform.native.strings import normalise
from enclint.frontends.terraform.types import DYNAMIC, STRING, object_of
from enclint.frontends.terraform.values import list_value, object_value, string
from enclint.lean_typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.frontends.terraform.functions.signature import Call
    from enclint.model.value import Value

FUNCTIONS: Final = Functions()


@FUNCTIONS.define("csvdecode", text("str"), result=DYNAMIC)
def csvdecode(call: Call, arguments: list[Value]) -> Value:
    """`csvdecode(str)`: a list of objects, one for each record after the header."""
    rows = _records(arguments[0].data)  # type: ignore[attr-defined]
    first = next(rows, None)
    if first is None:
        raise CallFault("missing header line")
    header = [normalise(name) for name in first[1]]
    for name in header:
        if header.count(name) > 1:
            raise CallFault(f'duplicate column name "{name}"')
    objects: list[Value] = []
    for line, fields in rows:
        if len(fields) != len(header):
            raise CallFault(f"CSV parse error on line {line}: wrong number of fields")
        values = [string(normalise(field), call.span) for field in fields]
        objects.append(object_value(dict(zip(header, values, strict=True)), call.span))
        check_elements(len(objects))
    return list_value(objects, object_of(dict.fromkeys(header, STRING)), call.span)


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """The records of a text, each with the number of its first line."""
    check_text(len(text))
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[-1].endswith("\r"):
        lines[-1] = lines[-1][:-1]
    number = 0
    while number < len(lines):
        first = number
        if lines[number] == "":
            number += 1
            continue
        fields, number = _record(lines, number)
        yield first + 1, fields


def _record(lines: list[str], number: int) -> tuple[list[str], int]:
    """The fields of the record that starts at a line, and the number of the line after it."""
    fields: list[str] = []
    rest = lines[number]
    while True:
        if not rest.startswith('"'):
            field, comma, rest = rest.partition(",")
            if '"' in field:
                raise CallFault(f'CSV parse error on line {number + 1}: bare " in non-quoted-field')
            fields.append(field)
            if not comma:
                return fields, number + 1
            continue
        field, rest, number = _quoted(lines, number, rest[1:])
        fields.append(field)
        if not rest:
            return fields, number + 1
        rest = rest[1:]


def _quoted(lines: list[str], number: int, rest: str) -> tuple[str, str, int]:
    """A quoted field after its first quote: its text, what follows on its last line, and the number of that line."""
    pieces: list[str] = []
    first = number
    while True:
        piece, quote, rest = rest.partition('"')
        pieces.append(piece)
        if not quote:
            number += 1
            if number >= len(lines):
                raise CallFault(f'CSV parse error on line {first + 1}: extraneous or missing " in quoted-field')
            pieces.append("\n")
            rest = lines[number]
        elif rest.startswith('"'):
            pieces.append('"')
            rest = rest[1:]
        elif not rest or rest.startswith(","):
            return "".join(pieces), rest, number
        else:
            raise CallFault(f'CSV parse error on line {number + 1}: extraneous or missing " in quoted-field')
