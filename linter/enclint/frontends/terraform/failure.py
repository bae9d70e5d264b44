"""The type that an expression has although it fails: Terraform still unifies the branches of a conditional with it.

HCL gives every expression a value beside its errors, such as an unknown number for a failed addition.
Source: https://github.com/hashicorp/hcl/blob/main/hclsyntax/expression.go
"""

from __future__ import annotations

from enclint.frontends.terraform import syntax
from enclint.frontends.terraform.convert import convert
from enclint.frontends.terraform.errors import EvaluationError, FinalError
from enclint.frontends.terraform.operators import result_type
from enclint.frontends.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, Type
from enclint.frontends.terraform.unify import unify
from enclint.frontends.terraform.values import is_null, iterate
from enclint.lean_typing import TYPE_CHECKING, Any
from enclint.model.value import Known, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.frontends.terraform.scope import Scope
    from enclint.frontends.terraform.syntax import Expression


def type_of_failure(node: Expression, scope: Scope, evaluate: Callable[[Expression, Scope], Value]) -> Type:
    """The type of an expression whose evaluation fails; DYNAMIC where Terraform would not know one either."""
    if isinstance(node, (syntax.Parentheses, syntax.TemplateWrap)):
        return type_of_failure(node.expression, scope, evaluate)
    if isinstance(node, syntax.Binary):
        return result_type(node.operator)
    if isinstance(node, syntax.Unary):
        return NUMBER if node.operator == "-" else BOOL
    if isinstance(node, syntax.Template):
        return STRING
    if isinstance(node, syntax.Tuple):
        return Type("tuple", elements=tuple([_type(item, scope, evaluate) for item in node.items]))
    if isinstance(node, syntax.Object):
        return _object_type(node, scope, evaluate)
    if isinstance(node, syntax.Conditional):
        return _conditional_type(node, scope, evaluate)
    if isinstance(node, syntax.Splat):
        return _splat_type(node, scope, evaluate)
    if isinstance(node, syntax.For):
        return _for_type(node, scope, evaluate)
    return DYNAMIC


def _value(node: Expression, scope: Scope, evaluate: Callable[[Expression, Scope], Value]) -> Value | None:
    """The value of a part; None where it fails."""
    try:
        return evaluate(node, scope)
    except FinalError:
        raise
    except EvaluationError:
        return None


def _type(node: Expression, scope: Scope, evaluate: Callable[[Expression, Scope], Value]) -> Type:
    """The type of a part, whether it fails or not."""
    value = _value(node, scope, evaluate)
    if value is None:
        return type_of_failure(node, scope, evaluate)
    return value.type or DYNAMIC


def _object_type(node: syntax.Object, scope: Scope, evaluate: Callable[[Expression, Scope], Value]) -> Type:
    attributes = {}
    for key, expression in node.items:
        if isinstance(key, syntax.ObjectKey):
            name = key.name
        else:
            value = _value(key, scope, evaluate) if not isinstance(key, syntax.Variable) else None
            if not isinstance(value, Known) or not isinstance(value.data, str):
                return DYNAMIC
            name = value.data
        attributes[name] = _type(expression, scope, evaluate)
    return Type("object", attributes=attributes)


def _conditional_type(node: syntax.Conditional, scope: Scope, evaluate: Callable[[Expression, Scope], Value]) -> Type:
    branches = []
    for branch in (node.if_true, node.if_false):
        value = _value(branch, scope, evaluate)
        if value is None:
            branches.append(type_of_failure(branch, scope, evaluate))
        elif not (is_null(value) and value.type is DYNAMIC):
            branches.append(value.type or DYNAMIC)
    if DYNAMIC in branches:
        return DYNAMIC
    return (unify(branches) if branches else None) or DYNAMIC


def _splat_type(node: syntax.Splat, scope: Scope, evaluate: Callable[[Expression, Scope], Value]) -> Type:
    source = _value(node.source, scope, evaluate)
    if source is None or source.type is None or is_null(source):
        return DYNAMIC
    type: Type = source.type
    if type.kind in ("list", "set"):
        return Type("list", DYNAMIC)
    return Type("tuple", elements=(DYNAMIC,) * (len(type.elements) if type.kind == "tuple" else 1))


def _for_type(node: syntax.For, scope: Scope, evaluate: Callable[[Expression, Scope], Value]) -> Type:
    """The type that the elements make up, the failed ones and those with a key that is taken included."""
    collection = _value(node.collection, scope, evaluate)
    if not isinstance(collection, Known) or collection.data.__class__ not in (list, dict):
        return DYNAMIC
    elements: list[Type] = []
    groups: dict[str, list[Type]] = {}
    for position, element in iterate(collection):
        inner = scope.with_names({node.key_name or node.value_name: position, node.value_name: element})
        included = True if node.condition is None else _data(node.condition, BOOL, inner, evaluate)
        if included is None:
            return DYNAMIC
        if not included:
            continue
        elements.append(_type(node.value, inner, evaluate))
        if node.key is not None:
            key = _data(node.key, STRING, inner, evaluate)
            if key is None:
                return DYNAMIC
            groups.setdefault(key, []).append(elements[-1])
    if node.key is None:
        return Type("tuple", elements=tuple(elements))
    if node.group:
        return Type("object", attributes={key: Type("tuple", elements=tuple(types)) for key, types in groups.items()})
    return Type("object", attributes={key: types[0] for key, types in groups.items()})


def _data(node: Expression, type: Type, scope: Scope, evaluate: Callable[[Expression, Scope], Value]) -> Any:
    """What a part is known to be as something of a type; None where it fails or is unknown."""
    try:
        value = convert(evaluate(node, scope), type)
    except FinalError:
        raise
    except EvaluationError:
        return None
    return value.data if isinstance(value, Known) else None
