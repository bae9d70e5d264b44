"""`jsonencode` and `jsondecode`.

Source: https://developer.hashicorp.com/terraform/language/functions/jsonencode and its sibling; what the text looks
like is Go's `encoding/json` (https://pkg.go.dev/encoding/json#Marshal), which escapes `<`, `>` and `&`.
"""

from __future__ import annotations

import json
import re

from enclint.frontends.terraform.functions import partials
from enclint.frontends.terraform.functions.signature import (
    ArgumentFault,
    CallFault,
    Functions,
    Parameter,
    check_text,
)
from enclint.frontends.terraform.native.strings import normalise
from enclint.frontends.terraform.numbers import NumberError, format_number, is_infinite, parse
from enclint.frontends.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, Type
from enclint.frontends.terraform.values import (
    UNDECIDED,
    boolean,
    carry_marks,
    is_null,
    may_be_null,
    null,
    number,
    object_value,
    quoted,
    string,
    tuple_value,
)
from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.value import Encoded, Known, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclint.frontends.terraform.functions.signature import Call
    from enclint.model.value import Value
    from enclint.source import Span

FUNCTIONS: Final = Functions()

MAX_DEPTH: Final = 200
"""How deeply a document may be nested: nobody writes deeper ones by hand."""

_substitute_special: Final = re.compile('[\\x00-\\x1f"\\\\<>&\\u2028\\u2029]').sub
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04x}"


def json_text(value: Value) -> str:
    """A wholly known value as JSON without blanks, keys in the order of their bytes."""
    pieces: list[str] = []
    _write(value, pieces)
    check_text(sum(map(len, pieces)))
    return "".join(pieces)


def _write(value: Value, pieces: list[str]) -> None:
    data = value.data  # type: ignore[attr-defined]
    if data is None:
        pieces.append("null")
    elif data.__class__ is str:
        pieces.append(f'"{_substitute_special(_escape, data)}"')
    elif data is True or data is False:
        pieces.append("true" if data else "false")
    elif data.__class__ is list:
        for index, element in enumerate(data):
            pieces.append("," if index else "[")
            _write(element, pieces)
        pieces.append("]" if data else "[]")
    elif data.__class__ is dict:
        for index, key in enumerate(sorted(data)):
            pieces.append(f'{"," if index else "{"}"{_substitute_special(_escape, key)}":')
            _write(data[key], pieces)
        pieces.append("}" if data else "{}")
    elif is_infinite(data):
        raise CallFault("cannot serialize infinity as JSON")
    else:
        pieces.append(format_number(data))


@FUNCTIONS.define(
    "jsonencode",
    Parameter("val", DYNAMIC, null=True, unknown=True, untyped=True),
    result=STRING,
    holds_choices=True,
)
def jsonencode(call: Call, arguments: list[Value]) -> Value:
    """`jsonencode(val)`; an Encoded value where a part of it is undecided."""
    (value,) = arguments
    if not value.flags & UNDECIDED:
        return string(json_text(value), call.span)
    refinement: dict[str, Any] = {"not_null": True}
    prefix = _PREFIXES.get(value.type.kind)
    if prefix and not may_be_null(value):
        refinement["prefix"] = prefix
    result = Encoded("json", value, call.span, STRING, refinement=refinement)
    carry_marks(result, arguments)
    return result


_PREFIXES: Final = {"string": '"', "object": "{", "map": "{", "tuple": "[", "list": "[", "set": "["}


def _decoded_type(arguments: Sequence[Value]) -> Type:
    """The type of the document, as far as its first character tells."""
    (text,) = arguments
    if isinstance(text, Known):
        return DYNAMIC
    start = partials.known_start(text).lstrip(" \t\r\n")
    if not start:
        return DYNAMIC
    first = start[0]
    if first not in '{["-0123456789tfn':
        raise ArgumentFault(0, f"a JSON document cannot begin with the character '{first}'")
    if first == '"':
        return STRING
    return BOOL if first in "tf" else DYNAMIC if first in "{[n" else NUMBER


@FUNCTIONS.define("jsondecode", Parameter("str", STRING, unknown=True), result=_decoded_type, not_null=False)
def jsondecode(call: Call, arguments: list[Value]) -> Value:
    """`jsondecode(str)`; what `jsonencode` made of partly known things comes back as it was."""
    (text,) = arguments
    if isinstance(text, Encoded) and text.codec == "json" and call.scope.choices:
        return text.value
    if isinstance(text, Unknown):
        return partials.undecided(call, arguments, not_null=False)
    return decode(text.data, call.span)  # type: ignore[attr-defined]


def decode(text: str, span: Span | None) -> Value:
    """The value that a JSON text stands for, its parts placed at `span`. Raises CallFault."""
    check_text(len(text))
    try:
        document = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise CallFault(_fault_text(text, error)) from None
    except (NumberError, RecursionError) as error:
        raise CallFault(str(error)) from None
    return _value(document, span, 0)


def _refuse_constant(name: str) -> None:
    raise NumberError(f"invalid character '{name.lstrip('-')[0]}' looking for beginning of value")


class _Repetitive(dict[str, Any]):
    """A JSON object that sets keys several times, and what it sets them to before the last time."""

    earlier: list[tuple[str, Any]]


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    repetitive = _Repetitive(members)
    repetitive.earlier = [(key, value) for key, value in pairs if members[key] is not value]
    return repetitive


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_members, parse_float=parse, parse_int=parse, parse_constant=_refuse_constant
)
_substitute_surrogates: Final = re.compile("[\ud800-\udfff]").sub


def _value(document: Any, span: Span | None, depth: int) -> Value:
    if depth > MAX_DEPTH:
        raise CallFault("exceeded max depth")
    if document is None:
        return null(DYNAMIC, span)
    if document is True or document is False:
        return boolean(document, span)
    if document.__class__ is str:
        return string(_clean(document), span)
    if document.__class__ is list:
        return tuple_value([_value(element, span, depth + 1) for element in document], span)
    if isinstance(document, dict):
        members = {_clean(key): _value(part, span, depth + 1) for key, part in document.items()}
        for key, part in getattr(document, "earlier", ()):
            if not _fits(_value(part, span, depth + 1), members[_clean(key)]):
                raise CallFault(f"the values of {quoted(key)} differ in their types")
        return object_value(members, span)
    return number(document, span)


def _fits(earlier: Value, last: Value) -> bool:
    """Whether a value could be the last one of its key, by its type: Terraform reads all of them as such."""
    if is_null(earlier) or earlier.type == last.type:
        return True
    return bool(last.type.kind == "string" and earlier.type.is_primitive)


def _clean(text: str) -> str:
    """The text in normal form; half a surrogate pair becomes the replacement character."""
    return text if text.isascii() else normalise(_substitute_surrogates("\ufffd", text))


def _fault_text(text: str, error: json.JSONDecodeError) -> str:
    """What is wrong with a JSON text, in Terraform's words."""
    rest = text[error.pos :].lstrip(" \t\r\n")
    if error.msg == "Extra data":
        return "extraneous data after JSON object"
    if not rest:
        return "EOF"
    if error.msg.startswith("Unterminated"):
        return "unexpected EOF"
    literal = next((word for word in ("true", "false", "null") if word.startswith(rest) and word != rest), None)
    if literal is not None:
        return "unexpected EOF"
    if error.msg.startswith("Illegal trailing comma"):  # so Python says since 3.13, and points to the comma
        rest = rest[1:].lstrip(" \t\r\n")
        wanted = "object key string" if rest[0] == "}" else "value"
        return f"invalid character '{rest[0]}' looking for beginning of {wanted}"
    if error.msg == "Expecting value":
        return f"invalid character '{rest[0]}' looking for beginning of value"
    if error.msg.startswith("Expecting property name"):
        return f"invalid character '{rest[0]}' looking for beginning of object key string"
    if error.msg.startswith("Expecting ':'"):
        return f"invalid character '{rest[0]}' after object key"
    return f"invalid character '{rest[0]}': {error.msg[0].lower()}{error.msg[1:]}"
