"""The references that an expression makes, without evaluating it."""

from __future__ import annotations

from enclint.frontends.terraform import syntax
from enclint.lean_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.frontends.terraform.scope import Scope
    from enclint.frontends.terraform.syntax import Node, Variable


def references(expression: Node) -> Iterator[Variable]:
    """Every reference in an expression, those in parts that may never be evaluated included, not iterator variables."""
    stack: list[tuple[Node, frozenset[str]]] = [(expression, frozenset())]
    while stack:
        node, bound = stack.pop()
        if isinstance(node, syntax.Variable):
            if node.path[0] not in bound:
                yield node
            continue
        inner = _bound_by(node)
        for child, is_inner in reversed(list(_children(node))):
            stack.append((child, bound | inner if is_inner else bound))


def check(expression: Node, scope: Scope) -> None:
    """Raise UndeclaredError for the first reference to something that the scope does not know."""
    for reference in references(expression):
        scope.check(reference.path, scope.span(reference))


def _bound_by(node: Node) -> frozenset[str]:
    if isinstance(node, (syntax.For, syntax.TemplateFor)):
        return frozenset((node.key_name, node.value_name))
    return frozenset()


def _children(node: Node) -> Iterator[tuple[Node, bool]]:
    """The nodes directly below one; True beside those in which its iterator variables are bound."""
    for child in _plain_children(node):
        yield child, False
    if isinstance(node, syntax.For):
        for inner in (node.key, node.value, node.condition):
            if inner is not None:
                yield inner, True
    elif isinstance(node, syntax.TemplateFor):
        for part in node.parts:
            if not isinstance(part, str):
                yield part, True


def _plain_children(node: Node) -> list[Node]:
    match node:
        case syntax.Template():
            return [part for part in node.parts if not isinstance(part, str)]
        case syntax.TemplateWrap() | syntax.Parentheses():
            return [node.expression]
        case syntax.TemplateIf():
            parts = [*node.if_true, *node.if_false]
            return [node.condition, *[part for part in parts if not isinstance(part, str)]]
        case syntax.TemplateFor() | syntax.For():
            return [node.collection]
        case syntax.GetAttribute():
            return [node.object]
        case syntax.Index():
            return [node.collection, node.key]
        case syntax.Splat():
            return [node.source, node.each]
        case syntax.Call():
            return list(node.arguments)
        case syntax.Conditional():
            return [node.condition, node.if_true, node.if_false]
        case syntax.Binary():
            return [node.left, node.right]
        case syntax.Unary():
            return [node.operand]
        case syntax.Tuple():
            return list(node.items)
        case syntax.Object():
            return [part for key, value in node.items for part in (key, value)]
    return []
