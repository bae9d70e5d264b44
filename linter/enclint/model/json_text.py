"""JSON in texts, some pieces of which may be unknown: the values that such a text holds.

A policy in a heredoc with `${aws_s3_bucket.b.arn}` in it is one JSON document whatever the bucket's ARN will be. The
unknown pieces are put into the text as marks, and taken out again of the strings that the document holds.
"""

from __future__ import annotations

import re

from enclint.lean_typing import Any, Final
from enclint.model.value import Choice, Encoded, Known, Partial, Unknown, Value

MAX_TEXT: Final = 1_000_000
"""Longer texts are not read: no document that AWS takes is as long."""
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK: Final = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_IN_STRING: Final = re.compile(r'\\.|"', re.DOTALL)


def parsed(value: Value) -> Value:
    """The value that a JSON text (Known, Partial or Encoded) holds; Unknown where it holds none.

    Everything in it has the place and the trace of the text.
    """
    if isinstance(value, Encoded):
        return _decoded(value)
    if isinstance(value, Known) and value.data.__class__ is str:
        return _read(value.data, [], value)
    if isinstance(value, Partial):
        text, pieces = _with_marks(value)
        return _read(text, pieces, value)
    return value


def structured(value: Value) -> Value:
    """The value that a text in JSON or YAML holds; Unknown where it holds none."""
    found = parsed(value)
    if not isinstance(found, Unknown) or not isinstance(value, (Known, Partial)):
        return found
    pieces = list(value.parts) if isinstance(value, Partial) else []
    text = "".join(_unquoted(piece, number) for number, piece in enumerate(pieces or [value]))
    if len(text) > MAX_TEXT or ":" not in text:
        return found
    from enclint.model import yaml_text

    try:
        return _value(yaml_text.read(text), pieces, value)
    except ValueError:
        return found


def _unquoted(piece: Value, number: int) -> str:
    return piece.data if isinstance(piece, Known) and isinstance(piece.data, str) else f"{_OPEN}{number}{_CLOSE}"


def _decoded(value: Encoded) -> Value:
    if value.codec in ("json", "yaml"):
        return value.value
    return Unknown(value.reason, value.span, trace=value.trace)


def _read(text: str, pieces: list[Value], origin: Value) -> Value:
    import json

    if len(text) > MAX_TEXT:
        return Unknown(f"the text is longer than {MAX_TEXT:,} characters", origin.span, trace=origin.trace)
    try:
        data = json.loads(text, parse_float=_number)
    except (ValueError, RecursionError):
        if pieces and isinstance(origin, Unknown):
            return Unknown(origin.reason, origin.span, trace=origin.trace)
        return Unknown("the text is no valid JSON", origin.span, trace=origin.trace)
    return _value(data, pieces, origin)


def _number(text: str) -> float:
    return float(text)


def _with_marks(partial: Partial) -> tuple[str, list[Value]]:
    """The text with a mark for each unknown piece, in quotes where the piece stands outside of a JSON string."""
    text: list[str] = []
    pieces: list[Value] = []
    in_string = False
    for part in partial.parts:
        if isinstance(part, Known) and part.data.__class__ is str:
            text.append(part.data)
            for match in _IN_STRING.finditer(part.data):
                in_string ^= match[0] == '"'
        else:
            mark = f"{_OPEN}{len(pieces)}{_CLOSE}"
            text.append(mark if in_string else f'"{mark}"')
            pieces.append(part if in_string else parsed(part))
    return "".join(text), pieces


def _value(data: Any, pieces: list[Value], origin: Value) -> Value:
    if isinstance(data, dict):
        members = {_unmarked(key): _value(member, pieces, origin) for key, member in data.items()}
        return Known(members, origin.span, trace=origin.trace)
    if isinstance(data, list):
        return Known([_value(item, pieces, origin) for item in data], origin.span, trace=origin.trace)
    if isinstance(data, str) and pieces and _OPEN in data:
        return _text(data, pieces, origin)
    return Known(data, origin.span, trace=origin.trace)


def _unmarked(key: Any) -> str:
    return _MARK.sub("?", str(key))


def _text(text: str, pieces: list[Value], origin: Value) -> Value:
    """A string of the document, with its unknown pieces put back."""
    whole = _MARK.fullmatch(text)
    if whole is not None:
        return pieces[int(whole[1])]
    parts: list[Value] = []
    end = 0
    for match in _MARK.finditer(text):
        if match.start() > end:
            parts.append(Known(text[end : match.start()]))
        parts.append(pieces[int(match[1])])
        end = match.end()
    if end < len(text):
        parts.append(Known(text[end:]))
    return Partial(parts, origin.span, trace=origin.trace)


def unwrapped(value: Value) -> Value:
    """A text without the base64 around it, whether it is encoded in the code or by hand; else the text itself."""
    while isinstance(value, Encoded) and value.codec in ("base64", "gzip"):
        value = value.value
    if isinstance(value, Known) and value.data.__class__ is str:
        plain = _plain(value.data)
        return value if plain is None else Known(plain, value.span, trace=value.trace, sensitive=value.sensitive)
    return value


_BASE64: Final = re.compile(r"[A-Za-z0-9+/\s]{16,}={0,2}\s*\Z")


def _plain(text: str) -> str | None:
    if len(text) > MAX_TEXT or not _BASE64.match(text):
        return None
    from base64 import b64decode

    try:
        raw = b64decode("".join(text.split()), validate=True)
        if raw[:2] == b"\x1f\x8b":
            return None
        return raw.decode("utf-8")
    except ValueError:
        return None


def pieces_of(value: Value) -> list[Value]:
    """A text, or a list or map of texts, in pieces: Known strings, Unknowns, Choices; encodings taken off."""
    found: list[Value] = []
    waiting = [value]
    while waiting:
        each = unwrapped(waiting.pop())
        if isinstance(each, Encoded):
            waiting.append(each.value)
        elif isinstance(each, Partial):
            waiting.extend(reversed(each.parts))
        elif isinstance(each, Known) and each.data.__class__ in (list, dict):
            parts = each.data.values() if isinstance(each.data, dict) else each.data
            waiting.extend(reversed(list(parts)))
        elif isinstance(each, (Known, Unknown, Choice)):
            found.append(each)
    return found
