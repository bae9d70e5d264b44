"""Texts put together of values, some of which are unknown; and values as text. Knows nothing of templates."""

from __future__ import annotations

from math import prod

from enclint.lean_typing import TYPE_CHECKING, Any
from enclint.model.value import (
    HAS_SENSITIVE,
    MAX_LEAVES,
    Absent,
    Choice,
    Encoded,
    Known,
    Partial,
    Unknown,
    first_reason,
    lift,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclint.model.value import Value
    from enclint.source import Span


def as_text(data: Any) -> str | None:
    """What CloudFormation makes of plain data where it wants a string; None for lists and maps."""
    if isinstance(data, str):
        return data
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, float):
        return str(int(data)) if data.is_integer() and abs(data) < 1e15 else repr(data)
    return str(data) if isinstance(data, int) else None


def concatenate(parts: Sequence[Value], span: Span | None) -> Value:
    """The text that values make one after the other: Known, a Choice of texts, or a Partial with what is known."""
    for part in parts:
        if part.__class__ is Choice:
            break
    else:
        return _concatenate(parts, span)
    if combinations(parts) > MAX_LEAVES:
        return _concatenate(parts, span)
    return lift(lambda *decided: _concatenate(decided, span), parts, span)


def combinations(values: Sequence[Value]) -> int:
    """In how many ways the choices at the top of values can be decided, those of one subject together."""
    cases: dict[str, int] = {}
    for value in values:
        _count_cases(value, cases)
    return prod(cases.values())


def _count_cases(value: Value, cases: dict[str, int]) -> None:
    if isinstance(value, Choice):
        cases[value.subject.key] = max(cases.get(value.subject.key, 1), len(value.branches))
        for _, branch in value.branches:
            _count_cases(branch, cases)


def _concatenate(parts: Sequence[Value], span: Span | None) -> Value:
    pieces: list[Value] = []
    known: list[str] = []
    sensitive = False
    for part in _flat(parts):
        sensitive = sensitive or part.sensitive
        if isinstance(part, Known):
            text = as_text(part.data)
            if text is None:
                return Unknown("a list or a map stands where CloudFormation wants a text", span)
            known.append(text)
            continue
        if known:
            pieces.append(Known("".join(known)))
            known = []
        pieces.append(part)
    if not pieces:
        return Known("".join(known), span, sensitive=sensitive)
    if known:
        pieces.append(Known("".join(known)))
    if len(pieces) == 1 and isinstance(pieces[0], Unknown):
        return pieces[0].at(span)
    return Partial(pieces, span, sensitive=sensitive)


def _flat(parts: Sequence[Value]) -> list[Value]:
    """The parts, with those of partial texts among them in their place, and without what is absent."""
    flat: list[Value] = []
    for part in parts:
        if isinstance(part, Partial):
            flat.extend(part.parts)
        elif not isinstance(part, Absent):
            flat.append(part)
    return flat


def label(text: Value) -> str | None:
    """A text as the template writes it, its unknown pieces as `${…}`; None where that cannot be written."""
    if text.sensitive:
        return None
    if isinstance(text, Known):
        return as_text(text.data)
    if isinstance(text, Partial):
        pieces = [label(part) for part in text.parts]
        return None if None in pieces else "".join(piece for piece in pieces if piece is not None)
    return f"${{{text.identity}}}" if isinstance(text, Unknown) and text.identity else None


def identity_of(value: Value) -> str | None:
    """A name that only equal values have; None for one without."""
    if not isinstance(value, Unknown):
        return None
    return value.identity or (label(value) if isinstance(value, Partial) else None)


def secret(value: Value) -> Value:
    """The same value, never to be printed, nor a part of it."""
    if isinstance(value, Choice):
        branches = [(case, secret(branch)) for case, branch in value.branches]
        return Choice(value.subject, branches, value.span, sensitive=True, trace=value.trace)
    if isinstance(value, Known) and isinstance(value.data, list):
        return Known([secret(item) for item in value.data], value.span, sensitive=True, trace=value.trace)
    new = value.copy()
    new.sensitive = True
    new.flags |= HAS_SENSITIVE
    return new


def base64_text(value: Value, span: Span | None) -> Value:
    """The base64 of a text; `Encoded` where a part of it is unknown."""
    if isinstance(value, Known) and (text := as_text(value.data)) is not None:
        from base64 import b64encode

        encoded = b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")
        return Known(encoded, span, sensitive=value.sensitive, trace=value.trace)
    return Encoded("base64", value, span, sensitive=value.sensitive)


def json_text(value: Value, span: Span | None) -> Value:
    """A value as JSON text; `Encoded` where a part of it is unknown."""
    if value.is_wholly_known and isinstance(value, Known):
        import json

        text = json.dumps(plain_data(value), separators=(",", ":"), ensure_ascii=False)
        return Known(text, span, sensitive=bool(value.flags & HAS_SENSITIVE))
    return Encoded("json", value, span, sensitive=bool(value.flags & HAS_SENSITIVE))


def plain_data(value: Value) -> Any:
    """A wholly known value as Python's own lists, dicts and scalars."""
    if not isinstance(value, Known):
        return None
    data = value.data
    if isinstance(data, list):
        return [plain_data(element) for element in data]
    if isinstance(data, dict):
        return {key: plain_data(element) for key, element in data.items()}
    return data


def unknown_because(value: Value, span: Span | None, otherwise: str) -> Unknown:
    """An Unknown for what is derived from a value that is not known, with the reason of the value."""
    return Unknown(first_reason(value) or otherwise, span, sensitive=value.sensitive)
