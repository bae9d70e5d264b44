"""Strings put together of pieces: interpolation, `%{if}` and `%{for}`.

Source: https://github.com/hashicorp/hcl/blob/main/hclsyntax/expression_template.go
"""

from __future__ import annotations

from itertools import takewhile

from enclint.frontends.terraform.choices import lifted
from enclint.frontends.terraform.convert import ConversionError, convert
from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.refinements import safe_prefix
from enclint.frontends.terraform.scope import Deferred
from enclint.frontends.terraform.types import STRING
from enclint.frontends.terraform.values import HAS_EPHEMERAL, carry_marks, is_null, primitive_text
from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.value import Choice, Known, Partial, Unknown, Value, leaves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclint.source import Span

MAX_LENGTH: Final = 16_000_000
"""Longer texts are not put together: a few lines of configuration could ask for terabytes."""

MAX_SPREAD: Final = 8
"""Up to so many combinations of undecided pieces, a text becomes a Choice of texts; else its pieces stay Choices."""


def join(parts: Sequence[Value], span: Span | None) -> Value:
    """The text of a template's pieces: known, Partial where a piece is unknown, a Choice where one is a Choice.

    Raises EvaluationError for a piece that is null or no text.
    """
    total = 1
    for part in parts:
        if part.__class__ is Choice:
            total *= leaves(part)
    if 1 < total <= MAX_SPREAD:
        return lifted(lambda *each: _join(each, span), parts, span)
    return _join(parts, span)


def _join(parts: Sequence[Value], span: Span | None) -> Value:
    texts = [_as_text(part, span) for part in parts]
    pieces = _merged(texts)
    if sum([len(piece.data) for piece in pieces if isinstance(piece, Known)]) > MAX_LENGTH:
        result: Value = Unknown(f"a text of more than {MAX_LENGTH:,} characters", span, STRING)
    elif len(pieces) == 1 and isinstance(pieces[0], Known):
        result = Known(pieces[0].data, span, STRING)
    else:
        result = Partial(pieces, span, STRING, refinement=_refinement(texts))
    carry_marks(result, parts)
    return result


def _as_text(part: Value, span: Span | None) -> Value:
    if part.type is STRING and part.__class__ is Known and part.data is not None:
        return part
    if is_null(part):
        detail = "The expression result is null. Cannot include a null value in a string template."
        raise EvaluationError("Invalid template interpolation value", detail, part.span or span)
    if isinstance(part, Known) and part.data.__class__ not in (list, dict):
        return Known(primitive_text(part.data), part.span, STRING, sensitive=part.sensitive, trace=part.trace)
    if isinstance(part, Deferred):
        detail = "Cannot include the given value in a string template: string required."
        raise EvaluationError("Invalid template interpolation value", detail, part.span or span)
    if isinstance(part, Unknown):
        return part
    try:
        return convert(part, STRING)
    except ConversionError as error:
        detail = f"Cannot include the given value in a string template: {error.detail}."
        raise EvaluationError("Invalid template interpolation value", detail, part.span or span) from None


def _merged(parts: Sequence[Value]) -> list[Value]:
    """The pieces with neighbouring known ones made one and texts within texts laid open; at least one piece."""
    pieces: list[Value] = []
    known: list[str] = []
    for part in _laid_open(parts):
        if isinstance(part, Known):
            known.append(part.data)
            continue
        if known:
            pieces.append(_text("".join(known)))
            known = []
        pieces.append(part)
    if known or not pieces:
        pieces.append(_text("".join(known)))
    return pieces


def _laid_open(parts: Sequence[Value]) -> list[Value]:
    opened: list[Value] = []
    for part in parts:
        if isinstance(part, Partial):
            opened.extend(part.parts)
        else:
            opened.append(part)
    return opened


def _text(text: str) -> Known:
    if not text.isascii():
        from unicodedata import normalize

        text = normalize("NFC", text)
    return Known(text, None, STRING)


def _refinement(texts: Sequence[Value]) -> dict[str, Any]:
    """A text is never null, and begins with the pieces that are known before the first that is not."""
    refinement: dict[str, Any] = {"not_null": True}
    if any(text.flags & HAS_EPHEMERAL for text in texts):
        return refinement
    known = takewhile(lambda text: isinstance(text, Known), texts)
    prefix = safe_prefix("".join([text.data for text in known]))  # type: ignore[attr-defined]
    if prefix:
        refinement["prefix"] = prefix
    return refinement


def join_iterations(results: Value, span: Span | None) -> Value:
    """The text of a `%{for}`: what its iterations give, a tuple of texts, one after the other."""
    if results.__class__ is Choice:
        return lifted(lambda each: join_iterations(each, span), [results], span)
    if not isinstance(results, Known):
        unknown = Unknown(results.reason if isinstance(results, Unknown) else "", span, STRING)
        carry_marks(unknown, [results])
        return unknown
    text = _join(results.data, span)
    carry_marks(text, [results])
    return text
