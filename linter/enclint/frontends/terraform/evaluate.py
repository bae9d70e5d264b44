"""The value of an expression.

One small function for each class of syntax tree, found by the node's class. What operators, steps, templates and
conditionals mean stands in the modules of these names, on values; here is only who is evaluated when. As in HCL,
both branches of a conditional and both operands are always evaluated: types and errors depend on them.
"""

from __future__ import annotations

from enclint.frontends.terraform import syntax
from enclint.frontends.terraform.calls import call
from enclint.frontends.terraform.choices import Impossible
from enclint.frontends.terraform.comprehension import Body, comprehend
from enclint.frontends.terraform.conditional import choose
from enclint.frontends.terraform.convert import ConversionError, convert
from enclint.frontends.terraform.errors import EvaluationError, FinalError, LimitError
from enclint.frontends.terraform.operators import binary, unary
from enclint.frontends.terraform.templates import join, join_iterations
from enclint.frontends.terraform.traversal import (
    TYPE_OF_LITERAL,
    get_index,
    moved,
    splat,
    steps,
)
from enclint.frontends.terraform.types import DYNAMIC, NUMBER, STRING
from enclint.frontends.terraform.values import drop_mark, is_null, object_value, sensitive, tuple_value, unknown_because
from enclint.lean_typing import TYPE_CHECKING, Any, Final, TypeAlias
from enclint.model.value import Choice, Known, Unknown, Value
from enclint.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from enclint.frontends.terraform.scope import Scope
    from enclint.frontends.terraform.syntax import Expression, Node, TemplatePart

ITEM: Final = "*"
"""The name, which no code can write, of the element that a splat is at."""


def evaluate(expression: Expression, scope: Scope) -> Value:
    """What an expression comes to in a scope. Raises EvaluationError where Terraform would refuse it.

    Everything literal carries its span; what is read through a reference carries the reference's span, and a hop.
    """
    try:
        return _EVALUATORS[expression.__class__](expression, scope)
    except RecursionError:
        detail = "The expression, or what it refers to, is nested too deep to be evaluated."
        raise LimitError("Expression too deep", detail, scope.span(expression)) from None


def _evaluate(node: Node, scope: Scope) -> Value:
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
    return _evaluate(node.expression, scope)


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
    container = _evaluate(node.object, scope)
    span = scope.span(node)
    value = steps(container, node.path, span)
    return value if node.object.__class__ is syntax.SplatItem else _read_from(value, node, scope)


def _index(node: syntax.Index, scope: Scope) -> Value:
    collection = _evaluate(node.collection, scope)
    key = _evaluate(node.key, scope)
    return _read_from(get_index(collection, key, scope.span(node)), node, scope)


def _splat(node: syntax.Splat, scope: Scope) -> Value:
    source = _evaluate(node.source, scope)
    each = node.each

    def element(item: Value) -> Value:
        return _evaluate(each, scope.with_names({ITEM: item}))

    return splat(source, element, scope.span(node))


def _splat_item(node: syntax.SplatItem, scope: Scope) -> Value:
    return scope.lookup((ITEM,), scope.span(node))[0]


def _call(node: syntax.Call, scope: Scope) -> Value:
    return call(node, scope, _evaluate)


def _binary(node: syntax.Binary, scope: Scope) -> Value:
    chain = [node]
    left = node.left
    while left.__class__ is syntax.Binary:
        chain.append(left)
        left = left.left
    value = _evaluate(left, scope)
    while chain:
        each = chain.pop()
        value = binary(each.operator, value, _evaluate(each.right, scope), scope.span(each), choices=scope.choices)
    return value


def _unary(node: syntax.Unary, scope: Scope) -> Value:
    return unary(node.operator, _evaluate(node.operand, scope), scope.span(node), choices=scope.choices)


def _conditional(node: syntax.Conditional, scope: Scope) -> Value:
    if_true = _branch(node.if_true, scope)
    if_false = _branch(node.if_false, scope)
    condition = _evaluate(node.condition, scope)
    return choose(condition, if_true, if_false, scope.span(node), choices=scope.choices)


def _branch(node: Expression, scope: Scope) -> Value:
    try:
        return _evaluate(node, scope)
    except FinalError:
        raise
    except EvaluationError as error:
        from enclint.frontends.terraform.failure import type_of_failure

        return Impossible(error, scope.span(node), type_of_failure(node, scope, _evaluate))


def _template(node: syntax.Template, scope: Scope) -> Value:
    return join(_parts(node.parts, scope), scope.span(node))


def _parts(parts: Sequence[TemplatePart], scope: Scope) -> list[Value]:
    return [
        Known(part, None, STRING) if part.__class__ is str else _evaluate(part, scope)  # type: ignore[arg-type]
        for part in parts
    ]


def _template_if(node: syntax.TemplateIf, scope: Scope) -> Value:
    if_true = _template_branch(node.if_true, node, scope)
    if_false = _template_branch(node.if_false, node, scope)
    condition = _evaluate(node.condition, scope)
    return choose(condition, if_true, if_false, scope.span(node), choices=scope.choices)


def _template_branch(parts: list[TemplatePart], node: Node, scope: Scope) -> Value:
    try:
        return join(_parts(parts, scope), scope.span(node))
    except FinalError:
        raise
    except EvaluationError as error:
        return Impossible(error, scope.span(node), STRING)


def _template_for(node: syntax.TemplateFor, scope: Scope) -> Value:
    span = scope.span(node)

    def iteration(key: Value, value: Value) -> Value:
        names = {node.key_name: key, node.value_name: value} if node.key_name else {node.value_name: value}
        inner = scope.with_names(names)
        return join(_parts(node.parts, inner), span)

    body = Body(None, None, iteration, choices=scope.choices)
    text = join_iterations(comprehend(_evaluate(node.collection, scope), body, span), span)
    return text if scope.choices else drop_mark(text)


def _for(node: syntax.For, scope: Scope) -> Value:
    def within(expression: Expression) -> Callable[[Value, Value], Value]:
        key_name, value_name = node.key_name, node.value_name
        evaluator = _EVALUATORS[expression.__class__]
        if key_name:
            return lambda key, value: evaluator(expression, scope.with_names({key_name: key, value_name: value}))
        return lambda _, value: evaluator(expression, scope.with_names({value_name: value}))

    body = Body(
        within(node.condition) if node.condition is not None else None,
        within(node.key) if node.key is not None else None,
        within(node.value),
        node.group,
        scope.choices,
    )
    return comprehend(_evaluate(node.collection, scope), body, scope.span(node))


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
        value = _evaluate(expression, scope)
        is_secret = is_secret or name.sensitive
        if isinstance(name, Known):
            attributes[name.data] = value
        else:
            undecided.append(name)
    if undecided:
        unknown = unknown_because(undecided, DYNAMIC, scope.span(node))
        return unknown if scope.choices else drop_mark(unknown)
    result = object_value(attributes, scope.span(node))
    return sensitive(result) if is_secret else result


def _object_key(key: syntax.ObjectKey | Expression, expression: Expression, scope: Scope) -> Value:
    if isinstance(key, syntax.Variable):
        detail = (
            "If this expression is intended to be a reference, wrap it in parentheses. If it's instead intended as a "
            "literal name containing periods, wrap it in quotes to create a string literal."
        )
        raise EvaluationError("Ambiguous attribute key", detail, scope.span(key))
    value = _evaluate(key, scope)
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

_EVALUATORS: Final[dict[type, _Evaluator]] = {
    syntax.Literal: _literal,
    syntax.String: _literal,
    syntax.Number: _number,
    syntax.Variable: _variable,
    syntax.Template: _template,
    syntax.TemplateWrap: _parentheses,
    syntax.TemplateIf: _template_if,
    syntax.TemplateFor: _template_for,
    syntax.GetAttribute: _get_attribute,
    syntax.Index: _index,
    syntax.Splat: _splat,
    syntax.SplatItem: _splat_item,
    syntax.Call: _call,
    syntax.Conditional: _conditional,
    syntax.Binary: _binary,
    syntax.Unary: _unary,
    syntax.Parentheses: _parentheses,
    syntax.Tuple: _tuple,
    syntax.Object: _object,
    syntax.For: _for,
}
