"""The value of an expression.

One small function for each class of syntax tree, found by the node's class. What the steps of a reference mean stands
in `traversal`, on values; here is only who is evaluated when. Here are the expressions that name and put together
values, and in `computing` those that compute new ones.
"""

from __future__ import annotations

from enclint.frontends.terraform import syntax
from enclint.frontends.terraform.convert import ConversionError, convert
from enclint.frontends.terraform.errors import EvaluationError, LimitError
from enclint.frontends.terraform.traversal import (
    TYPE_OF_LITERAL,
    get_index,
    moved,
    steps,
)
from enclint.frontends.terraform.types import DYNAMIC, NUMBER, STRING
from enclint.frontends.terraform.values import drop_mark, is_null, object_value, sensitive, tuple_value, unknown_because
from enclint.lean_typing import TYPE_CHECKING, Any, Final, TypeAlias
from enclint.model.value import Choice, Known, Unknown, Value
from enclint.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.frontends.terraform.scope import Scope
    from enclint.frontends.terraform.syntax import Expression, Node


def evaluate(expression: Expression, scope: Scope) -> Value:
    """What an expression comes to in a scope. Raises EvaluationError where Terraform would refuse it.

    Everything literal carries its span; what is read through a reference carries the reference's span, and a hop.
    """
    try:
        return _EVALUATORS[expression.__class__](expression, scope)
    except RecursionError:
        detail = "The expression, or what it refers to, is nested too deep to be evaluated."
        raise LimitError("Expression too deep", detail, scope.span(expression)) from None


def evaluate_node(node: Node, scope: Scope) -> Value:
    """The same within an expression: how deep it is, is watched from its outside."""
    return _EVALUATORS[node.__class__](node, scope)


def _literal(node: syntax.Literal | syntax.String, scope: Scope) -> Value:
    value = node.value
    source = scope.source
    span = Span(source, node.start, node.end) if source is not None else None
    return Known(value, span, TYPE_OF_LITERAL[value.__class__])


def _number(node: syntax.Number, scope: Scope) -> Value:
    from enclint.frontends.terraform.numbers import NumberError, parse

    try:
        return Known(parse(node.text), scope.span(node), NUMBER)
    except NumberError as error:
        return Unknown(str(error), scope.span(node), NUMBER)


def _parentheses(node: syntax.Parentheses | syntax.TemplateWrap, scope: Scope) -> Value:
    return evaluate_node(node.expression, scope)


def _variable(node: syntax.Variable, scope: Scope) -> Value:
    path = node.path
    source = scope.source
    span = Span(source, node.start, node.end) if source is not None else None
    value, used = scope.lookup(path, span)
    if used < len(path):
        value = steps(value, path[used:], span)
    return moved(value, _label(path), span)


def _label(path: tuple[str | syntax.Key, ...]) -> str:
    """A reference as its code says it."""
    try:
        return ".".join(path)  # type: ignore[arg-type]  # nearly always there are names only
    except TypeError:
        parts = [f".{step}" if isinstance(step, str) else f"[{_key_label(step)}]" for step in path]
        return "".join(parts)[1:]


def _key_label(key: syntax.Key) -> str:
    return f'"{key.value}"' if isinstance(key.value, str) else str(key.value)


def _read_from(value: Value, node: Node, scope: Scope) -> Value:
    """What steps behind an expression have found, as read by the whole expression."""
    span = scope.span(node)
    return moved(value, " ".join(span.text.split()) if span is not None else "", span)


def _get_attribute(node: syntax.GetAttribute, scope: Scope) -> Value:
    container = evaluate_node(node.object, scope)
    span = scope.span(node)
    value = steps(container, node.path, span)
    return value if node.object.__class__ is syntax.SplatItem else _read_from(value, node, scope)


def _index(node: syntax.Index, scope: Scope) -> Value:
    collection = evaluate_node(node.collection, scope)
    key = evaluate_node(node.key, scope)
    return _read_from(get_index(collection, key, scope.span(node), choices=scope.choices), node, scope)


def _tuple(node: syntax.Tuple, scope: Scope) -> Value:
    return tuple_value([_EVALUATORS[item.__class__](item, scope) for item in node.items], scope.span(node))


def _object(node: syntax.Object, scope: Scope) -> Value:
    attributes: dict[str, Value] = {}
    is_secret = False
    undecided: list[Value] = []
    for key, expression in node.items:
        if key.__class__ is syntax.ObjectKey:
            attributes[key.name] = _EVALUATORS[expression.__class__](expression, scope)
            continue
        name = _object_key(key, expression, scope)
        value = evaluate_node(expression, scope)
        is_secret = is_secret or name.sensitive
        if isinstance(name, Known):
            if name.data in attributes and _is_json(scope):
                raise _set_twice(node, name.data, key, scope)
            attributes[name.data] = value
        else:
            undecided.append(name)
    if undecided:
        unknown = unknown_because(undecided, DYNAMIC, scope.span(node))
        return unknown if scope.choices else drop_mark(unknown)
    result = object_value(attributes, scope.span(node))
    return sensitive(result) if is_secret else result


def _is_json(scope: Scope) -> bool:
    """Whether the expression stands in JSON syntax, in which an object has each name once."""
    return scope.source is not None and scope.source.path.endswith(".json")


def _set_twice(node: syntax.Object, name: str, again: Node, scope: Scope) -> EvaluationError:
    from enclint.frontends.terraform.diagnostics import range_text

    first = next(
        key
        for key, expression in node.items
        if not isinstance(key, syntax.ObjectKey) and getattr(_object_key(key, expression, scope), "data", None) == name
    )
    place = scope.span(first)
    detail = f'An attribute named "{name}" was already defined at {range_text(place) if place is not None else ""}.'
    return EvaluationError("Duplicate object attribute", detail, scope.span(again))


def _object_key(key: syntax.ObjectKey | Expression, expression: Expression, scope: Scope) -> Value:
    if isinstance(key, syntax.Variable):
        detail = (
            "If this expression is intended to be a reference, wrap it in parentheses. If it's instead intended as a "
            "literal name containing periods, wrap it in quotes to create a string literal."
        )
        raise EvaluationError("Ambiguous attribute key", detail, scope.span(key))
    value = evaluate_node(key, scope)
    if is_null(value) and _is_json(scope):
        detail = "Cannot use null value as an object key."
        raise EvaluationError("Invalid object key expression", detail, scope.span(key))
    if is_null(value):
        raise EvaluationError("Null value as key", "Can't use a null value as a key.", scope.span(expression))
    try:
        name = convert(value, STRING)
    except ConversionError as error:
        detail = f"Can't use this value as a key: {error.detail}."
        raise EvaluationError("Incorrect key type", detail, scope.span(key)) from None
    if isinstance(name, Choice):
        from enclint.frontends.terraform.refinements import settled

        return settled(name)
    return name


_Evaluator: TypeAlias = "Callable[[Any, Scope], Value]"


class _Evaluators(dict[type, _Evaluator]):
    """Who evaluates a class of nodes. Those who compute are loaded with the first expression that needs them."""

    def __missing__(self, node_class: type) -> _Evaluator:
        from enclint.frontends.terraform.computing import EVALUATORS

        self.update(EVALUATORS)
        return EVALUATORS[node_class]


_EVALUATORS: Final = _Evaluators(
    {
        syntax.Literal: _literal,
        syntax.String: _literal,
        syntax.Number: _number,
        syntax.Variable: _variable,
        syntax.GetAttribute: _get_attribute,
        syntax.Index: _index,
        syntax.Parentheses: _parentheses,
        syntax.TemplateWrap: _parentheses,
        syntax.Tuple: _tuple,
        syntax.Object: _object,
    }
)
