"""Nested blocks: as they stand, and as `dynamic` makes them.

A list of blocks is a Known list, typeless, of Known dicts of arguments and further lists of blocks. A block that is
there in some cases only is a Choice between it and Absent; blocks whose number is not known are one Unknown, which
has as `element` what each would look like.
Source: https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
"""

from __future__ import annotations

from enclint.frontends.terraform.choices import lifted, subject_of
from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.evaluate import evaluate
from enclint.frontends.terraform.expansion import MAX_INSTANCES
from enclint.frontends.terraform.scope import Deferred, whole
from enclint.frontends.terraform.syntax import Variable
from enclint.frontends.terraform.types import BOOL, DYNAMIC, NUMBER
from enclint.frontends.terraform.values import (
    HAS_DEFERRED,
    is_null,
    iterate,
    may_be_null,
    object_value,
    sensitive,
)
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import Absent, Choice, Known, Reference, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.frontends.terraform.declarations import Content, Declaration
    from enclint.frontends.terraform.scope import Scope
    from enclint.frontends.terraform.types import Type
    from enclint.source import Source, Span

    Failed = Callable[[EvaluationError, Span], Value]

SUMMARY: Final = "Invalid dynamic for_each value"


def block_list(content: Content, type: str, scope_of: Callable[[Source], Scope], failed: Failed) -> Value:
    """The nested blocks of a type, in the order of the text; Absent where there are none.

    `failed` gives what stands for a value that cannot be evaluated, from the error and the place.
    """
    return _Writer(scope_of, failed).block_list(content, type)


class _Writer:
    """Makes values of blocks, with the iterators of the dynamic blocks around them."""

    def __init__(
        self,
        scope_of: Callable[[Source], Scope],
        failed: Failed,
        iterators: dict[str, Value] | None = None,
    ) -> None:
        self._scope_of = scope_of
        self._failed = failed
        self._iterators = iterators or {}

    def scope(self, source: Source) -> Scope:
        scope = self._scope_of(source)
        return scope.with_names(self._iterators) if self._iterators else scope

    def block_list(self, content: Content, type: str) -> Value:
        items: list[Value] = []
        span: Span | None = None
        is_secret = False
        for each in content.blocks:
            block = each.block
            if block.type == type:
                items.append(self.block(each))
            elif block.type == "dynamic" and block.labels[:1] == [type]:
                made = self._dynamic(each)
                is_secret = is_secret or made.sensitive
                items += made.data if isinstance(made, Known) else [made]
            else:
                continue
            span = span or each.header
        if not items:
            return Absent(span)
        if len(items) == 1 and isinstance(items[0], Unknown):
            return items[0]
        return Known(items, span, sensitive=is_secret)

    def block(self, declaration: Declaration) -> Value:
        """One block: what it sets, by name."""
        content = declaration.content
        values: dict[str, Value] = {}
        for name, argument in content.arguments.items():
            span = argument.span
            try:
                value = evaluate(argument.attribute.expression, self.scope(argument.source))
            except EvaluationError as error:
                value = self._failed(error, span)
            values[name] = at_border(value if value.span == span else value.at(span))
        for type in _types_of(content):
            values[type] = self.block_list(content, type)
        return Known(values, declaration.header)

    def _dynamic(self, declaration: Declaration) -> Value:
        """The blocks that a `dynamic` block makes: a Known list, or an Unknown where their number is not known."""
        content = declaration.content
        for_each = content.arguments.get("for_each")
        body = content.first_block("content")
        if for_each is None or body is None:
            return Known([])
        name = declaration.block.labels[0]
        iterator = content.arguments.get("iterator")
        if iterator is not None and isinstance(iterator.attribute.expression, Variable):
            name = str(iterator.attribute.expression.path[0])
        span = for_each.span
        try:
            collection = evaluate(for_each.attribute.expression, self.scope(for_each.source))
            result = lifted(lambda each: self._made_of(each, name, body, span), [collection], span)
        except EvaluationError as error:
            result = self._failed(error, span)
        if isinstance(result, Choice):
            result = _by_position(result)
        return sensitive(result) if collection_is_secret(result) else result

    def _made_of(self, collection: Value, name: str, body: Declaration, span: Span) -> Value:
        if isinstance(collection, Deferred):
            built = collection.force()
            if built is not collection:
                return lifted(lambda each: self._made_of(each, name, body, span), [built], span)
        check_iterable(collection, span)
        if not isinstance(collection, Known):
            assert isinstance(collection, Unknown)  # noqa: S101 -- the lattice has no other classes
            return self._unknown(collection, name, body, span)
        if len(collection.data) > MAX_INSTANCES:
            reason = f"makes more than {MAX_INSTANCES:,} blocks"
            return self._unknown(Unknown(reason, span, collection.type), name, body, span)
        made = [self._one(key, value, name, body) for key, value in iterate(collection)]
        return Known(made, span, sensitive=collection.sensitive)

    def _one(self, key: Value, value: Value, name: str, body: Declaration) -> Value:
        iterators = {**self._iterators, name: object_value({"key": key, "value": value})}
        return _Writer(self._scope_of, self._failed, iterators).block(body)

    def _unknown(self, collection: Unknown, name: str, body: Declaration, span: Span) -> Unknown:
        """The blocks that an unknown collection makes: some, of which only the form is known."""
        type: Type = collection.type or DYNAMIC
        value = collection.element or Unknown(collection.reason, span, type.element or DYNAMIC)
        key: Value = value if type.kind == "set" else Unknown(collection.reason, span, DYNAMIC)
        if type.kind in ("list", "tuple"):
            key = Unknown(collection.reason, span, NUMBER)
        element = self._one(key, value, name, body)
        return Unknown(collection.reason, span, element=element, sensitive=collection.sensitive, trace=collection.trace)


def at_border(value: Value) -> Value:
    """An argument's value as it leaves the evaluator: nothing deferred, null as Absent, an undecided bool as a Choice.

    `encrypted = var.encrypted` and `count = var.encrypted ? 1 : 0` are decided together that way. Where the bool might
    be null, nothing is said of the case in which it is not true.
    """
    if value.flags & HAS_DEFERRED:
        value = whole(value)
    if isinstance(value, Known):
        return Absent(value.span, value.trace) if is_null(value) else value
    if isinstance(value, Choice):
        branches = [(case, at_border(branch)) for case, branch in value.branches]
        return Choice(value.subject, branches, value.span, value.type, sensitive=value.sensitive, trace=value.trace)
    if value.type == BOOL and isinstance(value, Unknown) and not isinstance(value, Reference):
        return _decided_bool(value)
    return value


def _decided_bool(value: Unknown) -> Value:
    if value.identity is None:
        return value
    otherwise = value if may_be_null(value) else Known(False, value.span, BOOL)
    branches: list[tuple[bool | str, Value]] = [(True, Known(True, value.span, BOOL)), (False, otherwise)]
    subject = subject_of(value, value.span)
    return Choice(subject, branches, value.span, BOOL, sensitive=value.sensitive, trace=value.trace)


def collection_is_secret(value: Value) -> bool:
    """Whether what made the blocks was sensitive as a whole."""
    return value.sensitive or (isinstance(value, Choice) and any(branch.sensitive for _, branch in value.branches))


def check_iterable(collection: Value, span: Span) -> None:
    """Raise EvaluationError for what no dynamic block can be made of."""
    if is_null(collection):
        raise EvaluationError(SUMMARY, "Cannot use a null value in for_each.", span)
    type: Type = collection.type or DYNAMIC
    if type.kind in ("string", "number", "bool"):
        detail = f"Cannot use a {type.kind} value in for_each. An iterable collection is required."
        raise EvaluationError(SUMMARY, detail, span)


def _types_of(content: Content) -> list[str]:
    """The types of the nested blocks, those that `dynamic` makes included."""
    types: dict[str, None] = {}
    for each in content.blocks:
        block = each.block
        types.setdefault(block.labels[0] if block.type == "dynamic" and block.labels else block.type)
    return list(types)


def _by_position(choice: Choice) -> Value:
    """A choice between lists of blocks as one list: a block is there in the cases in which the list has one there."""
    length = _longest(choice)
    if length is None:
        return Unknown("the blocks depend on an undecided condition", choice.span, element=_some_element(choice))
    items = [_at(choice, position) for position in range(length)]
    return Known(items, choice.span, sensitive=collection_is_secret(choice))


def _longest(value: Value) -> int | None:
    if isinstance(value, Choice):
        lengths = [_longest(branch) for _, branch in value.branches]
        return max((length for length in lengths if length is not None), default=0) if None not in lengths else None
    if isinstance(value, Known):
        return len(value.data)
    from enclint.frontends.terraform.choices import Impossible

    return 0 if isinstance(value, Impossible) else None


def _at(value: Value, position: int) -> Value:
    if isinstance(value, Choice):
        return Choice(value.subject, [(case, _at(branch, position)) for case, branch in value.branches], value.span)
    if isinstance(value, Known) and position < len(value.data):
        item: Value = value.data[position]
        return item
    return Absent(value.span)


def _some_element(value: Value) -> Value | None:
    """What a block looks like in one of the cases."""
    if isinstance(value, Choice):
        return next((found for _, branch in value.branches if (found := _some_element(branch)) is not None), None)
    if isinstance(value, Unknown):
        return value.element
    return value.data[0] if isinstance(value, Known) and value.data else None
