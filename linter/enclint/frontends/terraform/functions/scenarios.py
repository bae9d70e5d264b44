"""Undecided parts inside of arguments: decided case by case, for functions that look into their arguments."""

from __future__ import annotations

from enclint.frontends.terraform.choices import Impossible, choice
from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.functions.signature import ArgumentFault, CallFault
from enclint.frontends.terraform.values import unknown
from enclint.lean_typing import TYPE_CHECKING
from enclint.model.value import HAS_CHOICE, MAX_LEAVES, Choice, Encoded, Known, Partial, assume

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from enclint.model.value import Case, Subject, Value
    from enclint.source import Span


def decided(function: Callable[[list[Value]], Value], arguments: list[Value], span: Span | None) -> Value:
    """The function's result for each combination of cases that the arguments' parts hang on.

    Out: a Choice, in which a case that the function refuses is Impossible, or an Unknown where there are more than
    MAX_LEAVES combinations. Raises what the function raises where it refuses all cases.
    """
    if _combinations(arguments) > MAX_LEAVES:
        return unknown(f"depends on more than {MAX_LEAVES} combinations of undecided conditions", span=span)
    faults: list[Exception] = []
    result = _by_case(function, arguments, span, faults)
    if faults and not any(not isinstance(leaf, Impossible) for leaf in _leaves(result)):
        raise faults[0]
    return result


def _by_case(
    function: Callable[[list[Value]], Value], arguments: list[Value], span: Span | None, faults: list[Exception]
) -> Value:
    undecided = next(_choices(arguments), None)
    if undecided is not None:
        subject = undecided.subject
        branches = [
            (case, _by_case(function, [assume_deeply(each, subject, case) for each in arguments], span, faults))
            for case, _ in undecided.branches
        ]
        return choice(subject, branches, span)
    try:
        return function([_collapsed(argument) for argument in arguments])
    except (ArgumentFault, CallFault) as fault:
        faults.append(fault)
        return Impossible(EvaluationError("Error in function call", fault.message, span), span)


def _leaves(value: Value) -> Iterator[Value]:
    if isinstance(value, Choice):
        for _, branch in value.branches:
            yield from _leaves(branch)
    else:
        yield value


def _choices(values: Sequence[Value]) -> Iterator[Choice]:
    """The choices in some values, from left to right; those inside of an encoded text are left alone."""
    for value in values:
        if not value.flags & HAS_CHOICE:
            continue
        if isinstance(value, Choice):
            yield value
            yield from _choices([branch for _, branch in value.branches])
        elif isinstance(value, Partial):
            yield from _choices(value.parts)
        elif isinstance(value, Known):
            yield from _choices(list(value.data.values()) if value.data.__class__ is dict else value.data)


def _combinations(values: Sequence[Value]) -> int:
    """How many combinations the distinct subjects of the choices in some values have."""
    cases: dict[str, int] = {}
    total = 1
    for undecided in _choices(values):
        if undecided.subject.key not in cases:
            cases[undecided.subject.key] = len(undecided.branches)
            total *= len(undecided.branches)
            if total > MAX_LEAVES:
                break
    return total


def assume_deeply(value: Value, subject: Subject, case: Case) -> Value:
    """The value, and all parts of it, under the assumption that `subject` is `case`."""
    if not value.flags & HAS_CHOICE:
        return value
    if isinstance(value, Choice):
        chosen = assume(value, subject, case)
        if chosen is value or isinstance(chosen, Choice):
            return chosen
        return assume_deeply(chosen, subject, case)
    if isinstance(value, Partial):
        return _joined([assume_deeply(part, subject, case) for part in value.parts], value)
    if not isinstance(value, Known):
        return value
    new = value.copy()
    assert isinstance(new, Known)  # noqa: S101
    if value.data.__class__ is dict:
        new.data = {key: assume_deeply(part, subject, case) for key, part in value.data.items()}
        parts = list(new.data.values())
    else:
        new.data = [assume_deeply(part, subject, case) for part in value.data]
        parts = new.data
    flags = value.flags & ~HAS_CHOICE
    for part in parts:
        flags |= part.flags
    new.flags = flags
    return new


def _joined(parts: list[Value], partial: Partial) -> Value:
    """A text of parts: known if all of them are."""
    if all(isinstance(part, Known) for part in parts):
        text = "".join([part.data for part in parts])  # type: ignore[attr-defined]
        return Known(text, partial.span, partial.type, sensitive=partial.sensitive, trace=partial.trace)
    new = Partial(parts, partial.span, partial.type, refinement=partial.refinement, sensitive=partial.sensitive)
    new.trace = partial.trace
    return new


def _collapsed(value: Value) -> Value:
    """A value whose flags still tell of choices, which are out of reach inside of an encoded text: without the flag."""
    if not value.flags & HAS_CHOICE or not isinstance(value, (Encoded, Known)):
        return value
    new = value.copy()
    new.flags &= ~HAS_CHOICE
    return new
