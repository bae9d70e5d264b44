"""The values of expressions that compute: operators, calls, conditionals, templates, splats and `for`.

What they mean stands in the modules of these names, on values; here is only who is evaluated when. As in HCL, both
branches of a conditional and both operands are always evaluated: types and errors depend on them.
"""

from __future__ import annotations

from enclint.frontends.terraform import syntax
from enclint.frontends.terraform.calls import call
from enclint.frontends.terraform.choices import Impossible
from enclint.frontends.terraform.comprehension import Body, comprehend
from enclint.frontends.terraform.conditional import choose
from enclint.frontends.terraform.errors import EvaluationError, FinalError
from enclint.frontends.terraform.evaluate import evaluate_node
from enclint.frontends.terraform.operators import binary, unary
from enclint.frontends.terraform.templates import join, join_iterations
from enclint.frontends.terraform.traversal import splat
from enclint.frontends.terraform.types import STRING
from enclint.frontends.terraform.values import drop_mark
from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.value import Known, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from enclint.frontends.terraform.scope import Scope
    from enclint.frontends.terraform.syntax import Expression, Node, TemplatePart

ITEM: Final = "*"
"""The name, which no code can write, of the element that a splat is at."""


def _splat(node: syntax.Splat, scope: Scope) -> Value:
    source = evaluate_node(node.source, scope)
    each = node.each

    def element(item: Value) -> Value:
        return evaluate_node(each, scope.with_names({ITEM: item}))

    return splat(source, element, scope.span(node))


def _splat_item(node: syntax.SplatItem, scope: Scope) -> Value:
    return scope.lookup((ITEM,), scope.span(node))[0]


def _call(node: syntax.Call, scope: Scope) -> Value:
    return call(node, scope, evaluate_node)


def _binary(node: syntax.Binary, scope: Scope) -> Value:
    chain = [node]
    left = node.left
    while left.__class__ is syntax.Binary:
        chain.append(left)
        left = left.left
    value = evaluate_node(left, scope)
    while chain:
        each = chain.pop()
        value = binary(each.operator, value, evaluate_node(each.right, scope), scope.span(each), choices=scope.choices)
    return value


def _unary(node: syntax.Unary, scope: Scope) -> Value:
    return unary(node.operator, evaluate_node(node.operand, scope), scope.span(node), choices=scope.choices)


def _conditional(node: syntax.Conditional, scope: Scope) -> Value:
    if_true = _branch(node.if_true, scope)
    if_false = _branch(node.if_false, scope)
    condition = evaluate_node(node.condition, scope)
    return choose(condition, if_true, if_false, scope.span(node), choices=scope.choices)


def _branch(node: Expression, scope: Scope) -> Value:
    try:
        return evaluate_node(node, scope)
    except FinalError:
        raise
    except EvaluationError as error:
        from enclint.frontends.terraform.failure import value_of_failure

        return Impossible(error, scope.span(node), stand_in=value_of_failure(node, scope, evaluate_node))


def _template(node: syntax.Template, scope: Scope) -> Value:
    return join(_parts(node.parts, scope), scope.span(node))


def _parts(parts: Sequence[TemplatePart], scope: Scope) -> list[Value]:
    return [
        Known(part, None, STRING) if part.__class__ is str else evaluate_node(part, scope)  # type: ignore[arg-type]
        for part in parts
    ]


def _template_if(node: syntax.TemplateIf, scope: Scope) -> Value:
    if_true = _template_branch(node.if_true, node, scope)
    if_false = _template_branch(node.if_false, node, scope)
    condition = evaluate_node(node.condition, scope)
    return choose(condition, if_true, if_false, scope.span(node), choices=scope.choices)


def _template_branch(parts: list[TemplatePart], node: Node, scope: Scope) -> Value:
    try:
        return join(_parts(parts, scope), scope.span(node))
    except FinalError:
        raise
    except EvaluationError as error:
        from enclint.frontends.terraform.failure import text_of_failure

        return Impossible(error, scope.span(node), stand_in=text_of_failure(parts, scope, evaluate_node))


def _template_for(node: syntax.TemplateFor, scope: Scope) -> Value:
    span = scope.span(node)

    def iteration(key: Value, value: Value) -> Value:
        names = {node.key_name: key, node.value_name: value} if node.key_name else {node.value_name: value}
        inner = scope.with_names(names)
        return join(_parts(node.parts, inner), span)

    body = Body(scope.loops, None, None, iteration, choices=scope.choices)
    text = join_iterations(comprehend(evaluate_node(node.collection, scope), body, span), span)
    return text if scope.choices else drop_mark(text)


def _for(node: syntax.For, scope: Scope) -> Value:
    def within(expression: Expression) -> Callable[[Value, Value], Value]:
        key_name, value_name = node.key_name, node.value_name
        if key_name:
            return lambda key, value: evaluate_node(expression, scope.with_names({key_name: key, value_name: value}))
        return lambda _, value: evaluate_node(expression, scope.with_names({value_name: value}))

    body = Body(
        scope.loops,
        within(node.condition) if node.condition is not None else None,
        within(node.key) if node.key is not None else None,
        within(node.value),
        node.group,
        scope.choices,
    )
    return comprehend(evaluate_node(node.collection, scope), body, scope.span(node))


EVALUATORS: Final[dict[type, Callable[[Any, Scope], Value]]] = {
    syntax.Template: _template,
    syntax.TemplateIf: _template_if,
    syntax.TemplateFor: _template_for,
    syntax.Splat: _splat,
    syntax.SplatItem: _splat_item,
    syntax.Call: _call,
    syntax.Conditional: _conditional,
    syntax.Binary: _binary,
    syntax.Unary: _unary,
    syntax.For: _for,
}
"""Who evaluates a class of nodes."""
