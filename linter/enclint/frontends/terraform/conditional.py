"""`condition ? if_true : if_false`, and the type that both branches are brought to.

Source: https://github.com/hashicorp/hcl/blob/main/hclsyntax/expression.go (ConditionalExpr)
"""

from __future__ import annotations

from enclint.frontends.terraform.choices import ALWAYS, Impossible, Overgrown, choice, subject_of
from enclint.frontends.terraform.convert import ConversionError, convert
from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.refinements import either
from enclint.frontends.terraform.scope import Deferred, whole
from enclint.frontends.terraform.types import BOOL, DYNAMIC, Type
from enclint.frontends.terraform.unify import is_convertible, unify
from enclint.frontends.terraform.values import HAS_DEFERRED, carry_marks, drop_mark, is_null, marked_like, null, quoted
from enclint.lean_typing import TYPE_CHECKING
from enclint.model.value import MAX_LEAVES, Choice, Known, Unknown, Value, assume, leaves

if TYPE_CHECKING:
    from enclint.source import Span


def choose(condition: Value, if_true: Value, if_false: Value, span: Span | None, *, choices: int = ALWAYS) -> Value:
    """The branch that the condition chooses; where it is undecided, the Choice between both or, as `choices` says, an
    unknown.

    A branch that failed is given as Impossible, of the type that Terraform would still know it to have: the error
    is raised only if the branch is taken.
    """
    if_true, if_false = _with_type(if_true), _with_type(if_false)
    shared = common_type(if_true, if_false, span)
    if isinstance(condition, Deferred):
        raise _not_a_bool(condition, span)
    if is_null(condition):
        detail = "The condition value is null. Conditions must either be true or false."
        raise EvaluationError("Null condition", detail, condition.span or span)
    if isinstance(condition, Known):
        return _taken(_truth(condition, span), condition, if_true, if_false, shared, span)
    if is_null(if_true) and is_null(if_false) and isinstance(condition, Unknown):
        return marked_like(null(shared or DYNAMIC, span), condition, if_true, if_false)
    result = _by_case(condition, if_true, if_false, shared, span, choices)
    if leaves(result) > MAX_LEAVES:
        unknown = Overgrown(span, shared or DYNAMIC)
        carry_marks(unknown, [result])
        return unknown
    return result


def _with_type(branch: Value) -> Value:
    """A branch with its resources and modules as the objects that they are, where all attributes are known by name."""
    if not branch.flags & HAS_DEFERRED:
        return branch
    built = whole(branch)
    return branch if built.flags & HAS_DEFERRED else built


def common_type(if_true: Value, if_false: Value, span: Span | None) -> Type | None:
    """The type of the result; None where none is decided and nothing converts."""
    one: Type = if_true.type or DYNAMIC
    other: Type = if_false.type or DYNAMIC
    if _has_any_type(if_true):
        return other
    if _has_any_type(if_false):
        return one
    if one.kind == "dynamic" or other.kind == "dynamic":
        return None
    if one is other:
        return one
    shared = unify([one, other])
    if shared is None:
        detail = f"The true and false result expressions must have consistent types. {difference(one, other)}."
        raise EvaluationError("Inconsistent conditional result types", detail, span)
    return shared


def _has_any_type(branch: Value) -> bool:
    """Whether a branch is the null that takes the other's type: one that is not sensitive."""
    return is_null(branch) and branch.type.kind == "dynamic" and not branch.sensitive


def _not_a_bool(condition: Value, span: Span | None) -> EvaluationError:
    detail = "The condition expression must be of type bool."
    return EvaluationError("Incorrect condition type", detail, condition.span or span)


def _truth(condition: Known, span: Span | None) -> bool:
    try:
        known = convert(condition, BOOL)
    except ConversionError:
        raise _not_a_bool(condition, span) from None
    assert isinstance(known, Known)  # noqa: S101
    return bool(known.data)


def _taken(
    truth: bool, condition: Value, if_true: Value, if_false: Value, shared: Type | None, span: Span | None
) -> Value:
    """The branch taken, converted, with the marks of condition and branches."""
    branch = if_true if truth else if_false
    if isinstance(branch, Impossible):
        raise branch.error
    if shared is not None:
        try:
            branch = convert(branch, shared)
        except ConversionError as error:
            detail = f"The {'true' if truth else 'false'} result value has the wrong type: {error.detail}."
            raise EvaluationError("Inconsistent conditional result types", detail, span) from None
    return marked_like(branch, condition, if_true, if_false)


def _by_case(
    condition: Value, if_true: Value, if_false: Value, shared: Type | None, span: Span | None, choices: int
) -> Value:
    if isinstance(condition, Choice):
        subject = condition.subject
        branches = [
            (
                case,
                _by_case(
                    assume(value, subject, case),
                    assume(if_true, subject, case),
                    assume(if_false, subject, case),
                    shared,
                    span,
                    choices,
                ),
            )
            for case, value in condition.branches
        ]
        return choice(subject, branches, span, sensitive=condition.sensitive)
    if isinstance(condition, Impossible):
        return condition
    if isinstance(condition, Unknown):
        if choices != ALWAYS or not is_convertible(condition.type, BOOL):
            return _undecided(condition, if_true, if_false, shared)
        subject = subject_of(condition, condition.span or span)
        taken = _possibly(True, condition, assume(if_true, subject, True), if_false, shared, span)
        other = _possibly(False, condition, if_true, assume(if_false, subject, False), shared, span)
        return choice(subject, [(True, taken), (False, other)], span, sensitive=condition.sensitive)
    if is_null(condition):
        detail = "The condition value is null. Conditions must either be true or false."
        return Impossible(EvaluationError("Null condition", detail, span), span)
    assert isinstance(condition, Known)  # noqa: S101
    try:
        truth = _truth(condition, span)
    except EvaluationError as error:
        return Impossible(error, span)
    return _possibly(truth, condition, if_true, if_false, shared, span)


def _possibly(
    truth: bool, condition: Value, if_true: Value, if_false: Value, shared: Type | None, span: Span | None
) -> Value:
    """The branch as `_taken`, Impossible where it fails."""
    try:
        return _taken(truth, condition, if_true, if_false, shared, span)
    except EvaluationError as error:
        return Impossible(error, span, shared or DYNAMIC)


def _undecided(condition: Value, if_true: Value, if_false: Value, shared: Type | None) -> Value:
    branches = [branch.stand_in if isinstance(branch, Impossible) else branch for branch in (if_true, if_false)]
    result = drop_mark(either(branches, shared or DYNAMIC))
    if isinstance(result, Unknown) and isinstance(condition, Unknown):
        result.reason = condition.reason
    carry_marks(result, [condition])
    return marked_like(result, *branches)


def difference(one: Type, other: Type) -> str:
    """What differs between the types of the true and the false branch, in Terraform's words."""
    if one.kind == other.kind == "object":
        return _object_difference(one, other)
    if one.kind == other.kind == "tuple":
        if len(one.elements) != len(other.elements):
            lengths = f"{len(one.elements)}, but the 'false' tuple has length {len(other.elements)}"
            return f"The 'true' tuple has length {lengths}"
        for index, (left, right) in enumerate(zip(one.elements, other.elements, strict=True)):
            if left != right:
                return f"Type mismatch for tuple element {index}: {difference(left, right)}"
    if one.element is not None and other.element is not None and one.kind == other.kind:
        kinds = (one.element.kind, other.element.kind)
        if kinds in (("object", "object"), ("tuple", "tuple")):
            return f"Mismatched {one.kind} element types: {difference(one.element, other.element)}"
    if one.name == other.name:
        return (
            "At least one deeply-nested attribute or element is not compatible across both the 'true' and the "
            "'false' value"
        )
    return f"The 'true' value is {one.name}, but the 'false' value is {other.name}"


def _object_difference(one: Type, other: Type) -> str:
    for name in sorted(one.attributes):
        if name not in other.attributes:
            return f"The 'true' value includes object attribute {quoted(name)}, which is absent in the 'false' value"
        if one.attributes[name] != other.attributes[name]:
            inner = difference(one.attributes[name], other.attributes[name])
            return f"Type mismatch for object attribute {quoted(name)}: {inner}"
    missing = sorted(other.attributes.keys() - one.attributes.keys())
    if missing:
        absent = quoted(missing[0])
        return f"The 'false' value includes object attribute {absent}, which is absent in the 'true' value"
    return "At least one deeply-nested attribute or element is not compatible across both values"
