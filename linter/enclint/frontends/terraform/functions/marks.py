"""Sensitive marks of arguments, and texts that tell whether two arguments are the same."""

from __future__ import annotations

from enclint.frontends.terraform.choices import identity_of
from enclint.frontends.terraform.values import primitive_text, quoted
from enclint.frontends.terraform.values import unmark as unmark_deeply
from enclint.lean_typing import TYPE_CHECKING
from enclint.model.value import HAS_CHOICE, HAS_SENSITIVE, Known, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enclint.model.value import Value

__all__ = ["canonical_text", "redacted", "unmark_deeply", "unmark_top"]


def unmark_top(value: Value) -> Value:
    """The value without the mark of the whole; parts that are marked themselves stay so."""
    if not value.sensitive:
        return value
    new = value.copy()
    new.sensitive = False
    flags = 0
    if isinstance(new, Known):
        if new.data.__class__ is list:
            for element in new.data:
                flags |= element.flags
        elif new.data.__class__ is dict:
            for element in new.data.values():
                flags |= element.flags
    if not flags & HAS_SENSITIVE:
        new.flags &= ~HAS_SENSITIVE
    return new


def redacted(message: str, arguments: Iterable[Value]) -> str:
    """The message with every primitive that is sensitive in the arguments replaced by "(sensitive value)".

    Words of up to three letters are replaced between quotes only: they are too likely the message's own.
    """
    import re

    for text in sorted(set(_secrets(arguments, within=False)), key=len, reverse=True):
        message = message.replace(quoted(text), "(sensitive value)")
        if len(text) > 3 or text.isdigit():
            message = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", "(sensitive value)", message)
    return message


def _secrets(values: Iterable[Value], *, within: bool) -> Iterator[str]:
    """The texts of the primitives that are sensitive, or stand within something that is."""
    for value in values:
        is_secret = within or value.sensitive
        if not isinstance(value, Known) or value.data is None or not (is_secret or value.flags & HAS_SENSITIVE):
            continue
        if isinstance(value.data, list):
            yield from _secrets(value.data, within=is_secret)
        elif isinstance(value.data, dict):
            yield from _secrets(value.data.values(), within=is_secret)
        elif is_secret and value.data != "":
            yield primitive_text(value.data)


def canonical_text(value: Value, limit: int) -> str | None:
    """A text that equal values share: literals as they are written, unknowns by their identity.

    None for what has no identity, and where the text would grow past `limit` characters.
    """
    if isinstance(value, Unknown):
        return identity_of(value)
    if not isinstance(value, Known) or value.flags & HAS_CHOICE:
        return None
    data = value.data
    if data is None:
        return "null"
    if data.__class__ is str:
        return quoted(data) if len(data) <= limit else None
    if data.__class__ is list:
        texts = _canonical_texts(data, limit)
        return f"{value.type.kind}[{', '.join(texts)}]" if texts is not None else None
    if data.__class__ is dict:
        keys = sorted(data)
        texts = _canonical_texts([data[key] for key in keys], limit)
        if texts is None:
            return None
        entries = [f"{quoted(key)} = {text}" for key, text in zip(keys, texts, strict=True)]
        return f"{value.type.kind}{{{', '.join(entries)}}}"
    return primitive_text(data)


def _canonical_texts(values: list[Value], limit: int) -> list[str] | None:
    texts: list[str] = []
    for value in values:
        text = canonical_text(value, limit)
        if text is None:
            return None
        limit -= len(text)
        if limit < 0:
            return None
        texts.append(text)
    return texts
