"""The syntax tree in the form of the recorded vectors: nested lists, places of items as `[start, end]`.

An attribute is `["A", name, place, place of its value, expression]`, a block `["B", type, labels, place, items]`. What
HashiCorp's tree says twice over (a variable's steps, a directive's branches as templates) is unfolded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enclint.frontends.terraform import syntax as s

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WORDS = {None: "null", True: "true", False: "false"}


def canonical_items(items: Sequence[s.Item], place: Callable[[int], int] = lambda offset: offset) -> list[Any]:
    """Items in canonical form; `place` turns an offset into the vectors' unit."""
    found: list[Any] = []
    for item in items:
        here = [place(item.start), place(item.end)]
        if isinstance(item, s.Attribute):
            value = item.expression
            found.append(["A", item.name, here, [place(value.start), place(value.end)], canonical(value)])
        else:
            found.append(["B", item.type, item.labels, here, canonical_items(item.items, place)])
    return found


def canonical(node: s.Expression) -> list[Any]:
    """An expression in canonical form."""
    match node:
        case s.Literal(value=value):
            return _literal(value)
        case s.Number(text=text):
            return ["num", float(text)]
        case s.String(value=value):
            return ["str", value]
        case s.Template(parts=parts):
            return _template(parts)
        case s.TemplateWrap(expression=expression):
            return ["wrap", canonical(expression)]
        case s.TemplateIf():
            return ["cond", canonical(node.condition), _template(node.if_true), _template(node.if_false)]
        case s.TemplateFor():
            return ["tfor", node.key_name, node.value_name, canonical(node.collection), _template(node.parts)]
        case s.Variable(path=path):
            return _steps(["var", path[0]], path[1:])
        case s.GetAttribute():
            return _steps(canonical(node.object), node.path)
        case s.Index():
            return ["idx", canonical(node.collection), canonical(node.key)]
        case s.Splat():
            return ["splat", canonical(node.source), canonical(node.each)]
        case s.SplatItem():
            return ["anon"]
        case s.Call():
            return ["call", node.name, [canonical(argument) for argument in node.arguments], node.expand]
        case s.Conditional():
            return ["cond", canonical(node.condition), canonical(node.if_true), canonical(node.if_false)]
        case s.Binary():
            return ["bin", node.operator, canonical(node.left), canonical(node.right)]
        case s.Unary():
            return ["un", node.operator, canonical(node.operand)]
        case s.Parentheses(expression=expression):
            return ["paren", canonical(expression)]
        case s.Tuple(items=elements):
            return ["tuple", [canonical(element) for element in elements]]
        case s.Object(items=pairs):
            return ["object", [[_key(key), canonical(value)] for key, value in pairs]]
        case s.For():
            return [
                "for",
                "tuple" if node.key is None else "object",
                node.key_name,
                node.value_name,
                canonical(node.collection),
                node.key and canonical(node.key),
                canonical(node.value),
                node.condition and canonical(node.condition),
                node.group,
            ]
    raise TypeError(node)


def _literal(value: Any) -> list[Any]:
    return ["num", float(value)] if type(value) is int else ["lit", _WORDS[value]]


def _template(parts: Sequence[s.TemplatePart]) -> list[Any]:
    shown = [part if isinstance(part, str) else canonical(part) for part in parts]
    if not shown or (len(shown) == 1 and isinstance(shown[0], str)):
        return ["str", "".join(shown)]
    return ["tmpl", shown]


def _steps(base: list[Any], path: Sequence[str | s.Key]) -> list[Any]:
    for step in path:
        if isinstance(step, str):
            base = ["attr", base, step]
        else:
            base = ["idx", base, ["str", step.value] if isinstance(step.value, str) else _literal(step.value)]
    return base


def _key(key: s.ObjectKey | s.Expression) -> list[Any]:
    return ["key", key.name] if isinstance(key, s.ObjectKey) else canonical(key)
