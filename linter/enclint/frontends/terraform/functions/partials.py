"""Texts of which only pieces are known: what can be told of them all the same."""

from __future__ import annotations

from enclint.frontends.terraform.types import STRING
from enclint.frontends.terraform.values import boolean, carry_marks, may_be_null, string, unknown_because
from enclint.lean_typing import TYPE_CHECKING
from enclint.model.value import Encoded, Known, Partial, Reference, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from enclint.frontends.terraform.functions.signature import Call
    from enclint.lean_typing import Any
    from enclint.model.value import Value


def known_start(value: Value) -> str:
    """The text that a string certainly starts with."""
    if isinstance(value, Known):
        return str(value.data)
    if isinstance(value, Partial):
        first = value.parts[0] if value.parts else None
        if isinstance(first, Known):
            return str(first.data)
    if isinstance(value, Unknown) and value.refinement:
        return str(value.refinement.get("prefix", ""))
    return ""


def known_end(value: Value) -> str:
    """The text that a string certainly ends with."""
    if isinstance(value, Known):
        return str(value.data)
    last = value.parts[-1] if isinstance(value, Partial) and value.parts else None
    return str(last.data) if isinstance(last, Known) else ""


def is_something(value: Unknown) -> bool:
    """Whether an unknown is certainly neither null nor an empty string."""
    if may_be_null(value) or value.type.kind == "dynamic":
        return False
    if value.type.kind != "string" or (value.refinement or {}).get("prefix"):
        return True
    if isinstance(value, Partial):
        return any(isinstance(part, Known) and part.data for part in value.parts)
    if isinstance(value, Encoded):
        return value.codec == "json"
    return isinstance(value, Reference) and value.attribute.rpartition(".")[2] in ("arn", "id")


def known_pieces(value: Value) -> list[str]:
    """The texts that a string certainly contains, one after the other."""
    if isinstance(value, Known):
        return [value.data]
    if isinstance(value, Partial):
        return [part.data for part in value.parts if isinstance(part, Known)]
    return [known_start(value)]


def joined(parts: Iterable[Value], call: Call, sources: Sequence[Value], refinement: dict[str, Any] | None) -> Value:
    """The text of some parts, each a string: a Partial with its known neighbours put together."""
    merged: list[Value] = []
    for part in parts:
        if isinstance(part, Partial):
            for piece in part.parts:
                _append(merged, piece, call)
        else:
            _append(merged, part, call)
    if not merged:
        return string("", call.span)
    if len(merged) == 1:
        return _refined(merged[0], sources, refinement)
    result = Partial(merged, call.span, STRING, refinement=refinement)
    carry_marks(result, sources)
    return result


def _refined(part: Value, sources: Sequence[Value], refinement: dict[str, Any] | None) -> Value:
    """The only part of a text, with no more of a refinement than Terraform has."""
    new = part.copy()
    if isinstance(new, Unknown):
        new.refinement = refinement
    carry_marks(new, sources)
    return new


def _append(merged: list[Value], part: Value, call: Call) -> None:
    last = merged[-1] if merged else None
    if not isinstance(part, Known):
        merged.append(part)
    elif isinstance(last, Known):
        merged[-1] = Known(last.data + part.data, call.span, STRING)
    elif part.data:
        merged.append(part)


def undecided(call: Call, arguments: Sequence[Value], *, not_null: bool = True) -> Unknown:
    """An unknown result of the call's type, for the reasons of its arguments."""
    refinement = {"not_null": True} if not_null and call.type.kind != "dynamic" else None
    return unknown_because(arguments, call.type, call.span, refinement=refinement)


def decided(call: Call, answer: bool) -> Known:
    """A bool as the call's result."""
    return boolean(answer, call.span)
