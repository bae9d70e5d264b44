"""`for` expressions: tuples and objects made of the elements of something else.

Source: https://github.com/hashicorp/hcl/blob/main/hclsyntax/expression.go (ForExpr)
"""

from __future__ import annotations

from enclint.frontends.terraform.choices import ALWAYS, Impossible, decide, lifted
from enclint.frontends.terraform.convert import ConversionError, convert
from enclint.frontends.terraform.errors import EvaluationError, FinalError
from enclint.frontends.terraform.scope import Deferred
from enclint.frontends.terraform.types import BOOL, DYNAMIC, STRING
from enclint.frontends.terraform.unify import is_convertible
from enclint.frontends.terraform.values import (
    drop_mark,
    is_null,
    iterate,
    marked_like,
    object_value,
    quoted,
    sensitive,
    tuple_value,
    unknown_because,
)
from enclint.lean_typing import TYPE_CHECKING, NamedTuple
from enclint.model.value import Choice, Known, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.frontends.terraform.loops import Loops
    from enclint.source import Span


class Body(NamedTuple):
    """What a `for` does with each element: functions of the key and the value of the element.

    `condition` and `key` are None where the expression has none; `group` is whether `...` follows the value. `loops`
    counts the elements.
    """

    loops: Loops
    condition: Callable[[Value, Value], Value] | None
    key: Callable[[Value, Value], Value] | None
    value: Callable[[Value, Value], Value]
    group: bool = False
    choices: int = ALWAYS


class _Unfit(EvaluationError):  # noqa: N818 (as its base, the field's word)
    """A condition that is no bool, or a key that is no string."""


class _Entry(NamedTuple):
    include: Value
    key: Value | None
    value: Value


def comprehend(collection: Value, body: Body, span: Span | None) -> Value:
    """The tuple or object that a `for` makes of a collection.

    Undecided conditions and keys give a Choice of results where they are few, else an unknown.
    """
    if collection.__class__ is Choice:
        return lifted(lambda each: comprehend(each, body, span), [collection], span)
    if isinstance(collection, Deferred):
        whole = collection.force()
        if whole is not collection:
            return comprehend(whole, body, span)
    _check_iterable(collection, span)
    if collection.type.kind == "dynamic":
        result: Value = unknown_because([collection], DYNAMIC, span)
        return result if body.choices else drop_mark(result)
    condition = _check_condition(body.condition, span) if body.condition is not None else None
    if not isinstance(collection, Known):
        result = unknown_because([collection], DYNAMIC, span)
        return marked_like(result, condition) if condition is not None else result
    refusal = body.loops.refusal(len(collection.data))
    if refusal:
        return Unknown(refusal, span, DYNAMIC)
    with body.loops:
        entries = list(_entries(collection, body, span))
    result = _build_all(entries, body, span)
    return sensitive(result) if collection.sensitive else result


def _check_iterable(collection: Value, span: Span | None) -> None:
    """Refuse what can never be iterated over."""
    if is_null(collection):
        detail = "A null value cannot be used as the collection in a 'for' expression."
        raise EvaluationError("Iteration over null value", detail, collection.span or span)
    if collection.type.is_primitive:
        detail = f"A value of type {collection.type.name} cannot be used as the collection in a 'for' expression."
        raise EvaluationError("Iteration over non-iterable value", detail, collection.span or span)


def _check_condition(condition: Callable[[Value, Value], Value], span: Span | None) -> Value:
    """What the condition is of an unknown element: one that is wrong whatever the element is an error in any case."""
    anything = Unknown("an element", None, DYNAMIC)
    result = condition(anything, anything)
    if is_null(result):
        detail = "The value of the 'if' clause must not be null."
        raise EvaluationError("Condition is null", detail, result.span or span)
    _as_bool(result, span)
    return result


def _as_bool(value: Value, span: Span | None) -> Value:
    try:
        return convert(value, BOOL)
    except ConversionError as error:
        detail = f"The 'if' clause value is invalid: {error.detail}."
        raise _Unfit("Invalid 'for' condition", detail, value.span or span) from None


def _entries(collection: Known, body: Body, span: Span | None) -> list[_Entry]:
    """What the elements contribute. Behind an undecided one, Terraform minds no conditions and keys that are unfit."""
    entries: list[_Entry] = []
    is_open = False
    for key, value in iterate(collection):
        try:
            entry = _entry(key, value, body, span)
        except _Unfit:
            if not is_open:
                raise
            continue
        if entry is not None:
            entries.append(entry)
            is_open = is_open or isinstance(entry.include, Unknown) or isinstance(entry.key, Unknown)
    return entries


def _entry(key: Value, value: Value, body: Body, span: Span | None) -> _Entry | None:
    """What one element contributes; None where its condition is false."""
    include: Value = Known(True, None, BOOL)
    if body.condition is not None:
        include = _included(body.condition(key, value), body, span)
        if include.__class__ is Known and not include.data:
            return _Entry(include, None, include) if include.sensitive else None
    if include.__class__ is Known:
        return _Entry(include, *_pair(key, value, body, span))
    try:
        return _Entry(include, *_pair(key, value, body, span))
    except FinalError:
        raise
    except EvaluationError as error:
        return _Entry(include, Impossible(error) if body.key else None, Impossible(error))


def _pair(key: Value, value: Value, body: Body, span: Span | None) -> tuple[Value | None, Value]:
    if body.key is None:
        return None, body.value(key, value)
    new_key = _as_key(body.key(key, value), span)
    if not isinstance(new_key, Unknown):
        return new_key, body.value(key, value)
    try:
        return new_key, body.value(key, value)
    except FinalError:
        raise
    except EvaluationError as error:
        return new_key, Impossible(error)


def _included(raw: Value, body: Body, span: Span | None) -> Value:
    if is_null(raw):
        detail = "The value of the 'if' clause must not be null."
        raise _Unfit("Invalid 'for' condition", detail, raw.span or span)
    if isinstance(raw, Unknown) and body.key is None and not is_convertible(raw.type, BOOL):
        return raw
    include = _as_bool(raw, span)
    return decide(include, span, body.choices)


def _as_key(raw: Value, span: Span | None) -> Value:
    if is_null(raw):
        detail = "Key expression in 'for' expression must not produce a null value."
        raise _Unfit("Invalid object key", detail, raw.span or span)
    if isinstance(raw, Unknown) and not is_convertible(raw.type, STRING):
        return raw
    try:
        return convert(raw, STRING)
    except ConversionError as error:
        detail = f"The key expression produced an invalid result: {error.detail}."
        raise _Unfit("Invalid object key", detail, raw.span or span) from None


def _build_all(entries: list[_Entry], body: Body, span: Span | None) -> Value:
    """The result, case by case where conditions or keys are Choices."""
    open_parts: list[Value] = []
    for entry in entries:
        if entry.include.__class__ is Choice:
            open_parts.append(entry.include)
        if entry.key is not None and entry.key.__class__ is Choice:
            open_parts.append(entry.key)
    if not open_parts:
        return _build(entries, body, span)

    def build(*decided: Value) -> Value:
        rest = iter(decided)
        closed = []
        for include, key, value in entries:
            new_include = next(rest) if include.__class__ is Choice else include
            new_key = next(rest) if key is not None and key.__class__ is Choice else key
            closed.append(_Entry(new_include, new_key, value))
        return _build(closed, body, span)

    return lifted(build, open_parts, span)


def _build(entries: list[_Entry], body: Body, span: Span | None) -> Value:
    """The result of entries whose conditions and keys are no Choices; unknown where one of them is unknown."""
    is_secret = False
    taken: list[_Entry] = []
    for entry in entries:
        is_secret = is_secret or entry.include.sensitive
        if isinstance(entry.include, Known) and not entry.include.data:
            continue
        undecided = entry.include if isinstance(entry.include, Unknown) else entry.key
        if isinstance(undecided, Unknown):
            return _unknown_result(undecided, entries, body, span)
        taken.append(entry)
    if body.key is None:
        result = tuple_value([entry.value for entry in taken], span)
    else:
        is_secret = is_secret or any(entry.key is not None and entry.key.sensitive for entry in taken)
        result = _grouped(taken, span) if body.group else _distinct(taken, span)
    return sensitive(result) if is_secret else result


def _unknown_result(undecided: Unknown, entries: list[_Entry], body: Body, span: Span | None) -> Value:
    if isinstance(undecided, Impossible):
        raise undecided.error
    result = unknown_because([undecided], DYNAMIC, span)
    for include, key, _ in entries:
        if include.sensitive or (key is not None and key.sensitive and not isinstance(include, Unknown)):
            result = sensitive(result)  # type: ignore[assignment]
    if len(entries) == 1 and body.choices == ALWAYS:  # else it matters whether the element is there
        result.element = entries[0].value
    return result


def _grouped(entries: list[_Entry], span: Span | None) -> Known:
    groups: dict[str, list[Value]] = {}
    for entry in entries:
        assert isinstance(entry.key, Known)  # noqa: S101
        groups.setdefault(entry.key.data, []).append(entry.value)
    return object_value({key: tuple_value(values, span) for key, values in groups.items()}, span)


def _distinct(entries: list[_Entry], span: Span | None) -> Known:
    attributes: dict[str, Value] = {}
    for entry in entries:
        assert isinstance(entry.key, Known)  # noqa: S101
        name = entry.key.data
        if name in attributes:
            detail = (
                f"Two different items produced the key {quoted(name)} in this 'for' expression. If duplicates are "
                "expected, use the ellipsis (...) after the value expression to enable grouping by key."
            )
            raise EvaluationError("Duplicate object key", detail, entry.key.span or span)
        attributes[name] = entry.value
    return object_value(attributes, span)
