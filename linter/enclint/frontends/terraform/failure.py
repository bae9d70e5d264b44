"""The value that an expression has although it fails: Terraform goes on with it in the conditional that it stands in.

HCL gives every expression a value beside its errors, such as an unknown number for a failed addition. The branches of
a conditional are brought to one type with it, and where the condition is unknown, it tells what the result may be.
Source: https://github.com/hashicorp/hcl/blob/main/hclsyntax/expression.go
"""

from __future__ import annotations

from enclint.frontends.terraform import syntax
from enclint.frontends.terraform.choices import NEVER
from enclint.frontends.terraform.conditional import choose, common_type
from enclint.frontends.terraform.convert import convert
from enclint.frontends.terraform.errors import EvaluationError, FinalError
from enclint.frontends.terraform.operators import result_type
from enclint.frontends.terraform.refinements import NOT_NULL
from enclint.frontends.terraform.scope import whole
from enclint.frontends.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, Type
from enclint.frontends.terraform.unify import is_convertible
from enclint.frontends.terraform.values import (
    is_null,
    iterate,
    marked_like,
    may_be_null,
    object_value,
    tuple_value,
    unknown,
)
from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.value import Known, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from enclint.frontends.terraform.scope import Scope
    from enclint.frontends.terraform.syntax import Expression, Node, TemplatePart

    Evaluate = Callable[[Any, Scope], Value]


def value_of_failure(node: Node, scope: Scope, evaluate: Evaluate) -> Value:
    """What Terraform goes on with where the evaluation of an expression fails."""
    of_kind = _OF_KIND.get(node.__class__)
    return of_kind(node, scope, evaluate) if of_kind is not None else _anything()


def text_of_failure(parts: Iterable[TemplatePart], scope: Scope, evaluate: Evaluate) -> Value:
    """What Terraform goes on with where a piece of a template fails: a text, sensitive if a piece is."""
    values = [_part(part, scope, evaluate) for part in parts if not isinstance(part, str)]
    return marked_like(unknown(_REASON, STRING, refinement=NOT_NULL), *values)


_REASON: Final = "it fails"


def _anything(type: Type = DYNAMIC) -> Value:
    return unknown(_REASON, type)


def _value(node: Node, scope: Scope, evaluate: Evaluate) -> Value | None:
    """The value of a part; None where it fails."""
    try:
        value: Value = evaluate(node, scope)
        return value
    except FinalError:
        raise
    except EvaluationError:
        return None


def _part(node: Node, scope: Scope, evaluate: Evaluate) -> Value:
    """The value of a part, whether it fails or not."""
    value = _value(node, scope, evaluate)
    return value if value is not None else value_of_failure(node, scope, evaluate)


def _inner(node: syntax.Parentheses | syntax.TemplateWrap, scope: Scope, evaluate: Evaluate) -> Value:
    return value_of_failure(node.expression, scope, evaluate)


def _binary(node: syntax.Binary, scope: Scope, evaluate: Evaluate) -> Value:
    del scope, evaluate
    return _anything(result_type(node.operator))


def _unary(node: syntax.Unary, scope: Scope, evaluate: Evaluate) -> Value:
    del scope, evaluate
    return _anything(NUMBER if node.operator == "-" else BOOL)


def _template(node: syntax.Template, scope: Scope, evaluate: Evaluate) -> Value:
    return text_of_failure(node.parts, scope, evaluate)


def _template_if(node: syntax.TemplateIf, scope: Scope, evaluate: Evaluate) -> Value:
    texts = [text_of_failure(parts, scope, evaluate) for parts in (node.if_true, node.if_false)]
    condition = _part(node.condition, scope, evaluate)
    return marked_like(unknown(_REASON, STRING, refinement=NOT_NULL), condition, *texts)


def _template_for(node: syntax.TemplateFor, scope: Scope, evaluate: Evaluate) -> Value:
    del node, scope, evaluate
    return _anything(STRING)


def _tuple(node: syntax.Tuple, scope: Scope, evaluate: Evaluate) -> Value:
    return tuple_value([_part(item, scope, evaluate) for item in node.items])


def _object(node: syntax.Object, scope: Scope, evaluate: Evaluate) -> Value:
    attributes: dict[str, Value] = {}
    keys: list[Value] = []
    for key, expression in node.items:
        if isinstance(key, syntax.ObjectKey):
            name = key.name
        else:
            value = _known(key, STRING, scope, evaluate) if not isinstance(key, syntax.Variable) else None
            if value is None:
                return _anything()
            name = value.data
            keys.append(value)
        attributes[name] = _part(expression, scope, evaluate)
    return marked_like(object_value(attributes), *keys)


def _conditional(node: syntax.Conditional, scope: Scope, evaluate: Evaluate) -> Value:
    if_true = _part(node.if_true, scope, evaluate)
    if_false = _part(node.if_false, scope, evaluate)
    condition = _part(node.condition, scope, evaluate)
    try:
        shared = common_type(if_true, if_false, None)
    except EvaluationError:
        return _anything()
    try:
        return choose(condition, if_true, if_false, None, choices=NEVER)
    except EvaluationError:
        return _anything(shared or DYNAMIC)


def _splat(node: syntax.Splat, scope: Scope, evaluate: Evaluate) -> Value:
    source = _value(node.source, scope, evaluate)
    if source is None or source.type is None or is_null(source):
        return _anything()
    type: Type = source.type
    if type.kind in ("list", "set"):
        return marked_like(_anything(Type("list", DYNAMIC)), source)
    if type.kind != "tuple" and isinstance(source, Unknown) and may_be_null(source):
        return marked_like(_anything(), source)
    count = len(type.elements) if type.kind == "tuple" else 1
    return marked_like(_anything(Type("tuple", elements=(DYNAMIC,) * count)), source)


def _for(node: syntax.For, scope: Scope, evaluate: Evaluate) -> Value:
    """What the elements make up, the failed ones and those with a key that is taken included."""
    collection = whole(_part(node.collection, scope, evaluate))
    if not isinstance(collection, Known) or collection.data.__class__ not in (list, dict):
        return _anything()
    if node.condition is not None and not _is_condition(node, scope, evaluate):
        return _anything()
    sources: list[Value] = [collection]
    elements: list[Value] = []
    groups: dict[str, list[Value]] = {}
    for position, element in iterate(collection):
        inner = scope.with_names({node.key_name or node.value_name: position, node.value_name: element})
        if node.condition is not None:
            included = _known(node.condition, BOOL, inner, evaluate)
            if included is None:
                return marked_like(_anything(), *sources)
            sources.append(included)
            if not included.data:
                continue
        elements.append(_part(node.value, inner, evaluate))
        if node.key is not None:
            key = _known(node.key, STRING, inner, evaluate)
            if key is None:
                return marked_like(_anything(), *sources)
            sources.append(key)
            groups.setdefault(key.data, []).append(elements[-1])
    if node.key is None:
        made = tuple_value(elements)
    elif node.group:
        made = object_value({key: tuple_value(values) for key, values in groups.items()})
    else:
        made = object_value({key: values[0] for key, values in groups.items()})
    return marked_like(made, *sources)


def _is_condition(node: syntax.For, scope: Scope, evaluate: Evaluate) -> bool:
    """Whether the condition may be a bool, whatever the element is."""
    anything = _anything()
    inner = scope.with_names({node.key_name or node.value_name: anything, node.value_name: anything})
    assert node.condition is not None  # noqa: S101 -- the caller has looked
    condition = _value(node.condition, inner, evaluate)
    return condition is not None and not is_null(condition) and is_convertible(condition.type, BOOL)


def _known(node: Expression, type: Type, scope: Scope, evaluate: Evaluate) -> Known | None:
    """A part as a known value of a type; None where it fails, is null or unknown."""
    try:
        value = convert(evaluate(node, scope), type)
    except FinalError:
        raise
    except EvaluationError:
        return None
    return value if isinstance(value, Known) and value.data is not None else None


_OF_KIND: Final[dict[type, Any]] = {
    syntax.Parentheses: _inner,
    syntax.TemplateWrap: _inner,
    syntax.Binary: _binary,
    syntax.Unary: _unary,
    syntax.Template: _template,
    syntax.TemplateIf: _template_if,
    syntax.TemplateFor: _template_for,
    syntax.Tuple: _tuple,
    syntax.Object: _object,
    syntax.Conditional: _conditional,
    syntax.Splat: _splat,
    syntax.For: _for,
}
