"""Function calls: their arguments, `...`, and the functions that take expressions rather than values.

`try` and `can` evaluate lazily and swallow errors; what is unknown keeps them undecided. `templatestring` wants a
reference. All others get values, case by case where arguments are Choices.
"""

from __future__ import annotations

from enclint.frontends.terraform import syntax
from enclint.frontends.terraform.choices import Impossible, lifted
from enclint.frontends.terraform.errors import LACKING, ArgumentError, EvaluationError, FinalError
from enclint.frontends.terraform.scope import CautiousScope, Deferred, whole
from enclint.frontends.terraform.traversal import steps
from enclint.frontends.terraform.types import BOOL, DYNAMIC
from enclint.frontends.terraform.values import UNDECIDED, boolean, drop_mark, is_null, sensitive, unknown_because
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import HAS_UNKNOWN, Choice, Known, Reference, Unknown, Value
from enclint.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from enclint.frontends.terraform.scope import Scope
    from enclint.frontends.terraform.syntax import Call, Expression

_LOOK_AT_THE_TOP_ONLY: Final = frozenset(
    {"chunklist", "coalesce", "coalescelist", "concat", "element", "flatten", "keys", "length", "lookup", "merge"}
    | {"one", "reverse", "slice", "values"}
)
"""Functions that only hand on the parts of their arguments: those may stay Deferred."""

_PUTS_TOGETHER: Final = frozenset({"concat", "flatten", "merge"})
"""Functions that fail only for what their arguments are, never for what is in them."""

MAX_ARGUMENTS: Final = 100_000


def call(node: Call, scope: Scope, evaluate: Callable[[Expression, Scope], Value]) -> Value:
    """The value of a function call."""
    name = node.name.removeprefix("core::")
    if name == "try":
        return _try(node, CautiousScope(scope), evaluate)
    if name == "can":
        return _can(node, CautiousScope(scope), evaluate)
    if name == "templatestring" and node.arguments:
        _demand_reference(node.arguments[0], scope)
    try:
        return _called(node, scope, evaluate)
    except ArgumentError as error:
        _point_at_argument(error, node, scope)
        raise


def _point_at_argument(error: ArgumentError, node: Call, scope: Scope) -> None:
    """Move the place of an error from the call to the argument, or to where one lacks; those inside have been moved."""
    index, error.index = error.index, None
    if index is None or scope.source is None:
        return
    if index == LACKING:
        error.span = Span(scope.source, node.end - 1, node.end)
    elif node.arguments:
        error.span = scope.span(node.arguments[min(index, len(node.arguments) - 1)])


def _called(node: Call, scope: Scope, evaluate: Callable[[Expression, Scope], Value]) -> Value:
    span = scope.span(node)
    if not node.expand:
        return _apply(node.name, [evaluate(argument, scope) for argument in node.arguments], span, scope)
    *plain, last = node.arguments
    expanded = evaluate(last, scope)
    arguments = [evaluate(argument, scope) for argument in plain]
    return lifted(lambda each: _expand(node.name, arguments, each, span, scope), [_top(expanded)], span)


def _top(value: Value) -> Value:
    """A Deferred built, its parts left as they are."""
    while isinstance(value, Deferred):
        built = value.force()
        if built is value:
            return value
        value = sensitive(built) if value.sensitive else built
    return value


def _expand(name: str, arguments: list[Value], last: Value, span: Span | None, scope: Scope) -> Value:
    """The call with the elements of its last argument as arguments."""
    type = last.type or DYNAMIC
    if type.kind not in ("tuple", "list", "set", "dynamic"):
        raise _not_expandable("must be of a tuple, list, or set type", last, span)
    if is_null(last):
        raise _not_expandable("must not be null", last, span)
    if not isinstance(last, Known):
        return unknown_because([last], DYNAMIC, span)
    if len(last.data) > MAX_ARGUMENTS:
        return Unknown(f"a call with more than {MAX_ARGUMENTS:,} arguments", span, DYNAMIC)
    elements = [sensitive(element) for element in last.data] if last.sensitive else last.data
    return _apply(name, [*arguments, *elements], span, scope)


def _not_expandable(why: str, last: Value, span: Span | None) -> EvaluationError:
    detail = f"The expanding argument (indicated by ...) {why}."
    return EvaluationError("Invalid expanding argument value", detail, last.span or span)


def _apply(name: str, arguments: Sequence[Value], span: Span | None, scope: Scope) -> Value:
    build = _top if name in _LOOK_AT_THE_TOP_ONLY else whole
    built = [build(argument) for argument in arguments]
    for argument in built:
        if argument.__class__ is Choice:
            return lifted(lambda *each: scope.call(name, each, span), built, span)
    return scope.call(name, built, span)


def _try(node: Call, scope: Scope, evaluate: Callable[[Expression, Scope], Value]) -> Value:
    """The first argument that evaluates without an error; unknown where one that comes earlier might still fail."""
    span = scope.span(node)
    failures: list[EvaluationError] = []
    if not node.arguments:
        detail = 'Call to function "try" failed: at least one argument is required.'
        raise EvaluationError("Error in function call", detail, span)
    return _first_success(list(node.arguments), node, scope, evaluate, failures)


def _first_success(
    arguments: list[Expression],
    node: Call,
    scope: Scope,
    evaluate: Callable[[Expression, Scope], Value],
    failures: list[EvaluationError],
) -> Value:
    for index, argument in enumerate(arguments):
        try:
            value = evaluate(argument, scope)
        except FinalError:
            raise
        except EvaluationError as error:
            failures.append(error)
            continue
        if (
            scope.choices
            and value.flags & HAS_UNKNOWN
            and (_is_put_together(argument, value, scope) or _is_there(argument, scope))
        ):
            return value
        rest = arguments[index + 1 :]
        return _certain(value, scope, lambda error, rest=rest: _first_success(rest, node, scope, evaluate, [error]))  # type: ignore[misc]
    raise _no_success(failures, scope.span(node))


def _is_put_together(argument: Expression, value: Value, scope: Scope) -> bool:
    """Whether an argument is a collection that a function made of what is there."""
    if not isinstance(argument, syntax.Call) or argument.name not in _PUTS_TOGETHER or argument.expand:
        return False
    return isinstance(value, Known) and all(_is_there(each, scope) for each in argument.arguments)


def _is_there(argument: Expression, scope: Scope) -> bool:
    """Whether an argument only refers to what is there: no unknown in it can turn out to be an error."""
    if isinstance(argument, syntax.Tuple):
        return all(_is_there(item, scope) for item in argument.items)
    if not isinstance(argument, syntax.Variable):
        return isinstance(argument, (syntax.Literal, syntax.Number, syntax.String))
    value, used = scope.lookup(argument.path, None)
    for step in argument.path[used:]:
        if value.__class__ is not Known:
            return False
        value = steps(value, (step,), None)
    return not isinstance(value, (Choice, Impossible))


def _certain(value: Value, scope: Scope, otherwise: Callable[[EvaluationError], Value]) -> Value:
    """The value if nothing that is unknown in it could still be an error; `otherwise` in the cases that are one."""
    if isinstance(value, Impossible):
        return otherwise(value.error)
    if isinstance(value, Choice):
        from enclint.frontends.terraform.choices import choice

        branches = [(case, _certain(branch, scope, otherwise)) for case, branch in value.branches]
        return choice(value.subject, branches, value.span, sensitive=value.sensitive)
    built = whole(value) if not scope.choices else value
    if not built.flags & HAS_UNKNOWN or (scope.choices and isinstance(value, (Reference, Deferred))):
        return built
    result = unknown_because([value], DYNAMIC, value.span)
    return result if scope.choices else drop_mark(result)


def _no_success(failures: list[EvaluationError], span: Span | None) -> EvaluationError:
    reasons = "".join([f"\n  - {error}" for error in failures])
    detail = (
        f'Call to function "try" failed: no expression succeeded:{reasons}\n\n'
        "At least one expression must produce a successful result."
    )
    return EvaluationError("Error in function call", detail, span)


def _can(node: Call, scope: Scope, evaluate: Callable[[Expression, Scope], Value]) -> Value:
    """Whether the argument evaluates without an error; unknown where something unknown could still be one."""
    span = scope.span(node)
    if len(node.arguments) != 1:
        raise _wrong_count(len(node.arguments), span)
    try:
        value = evaluate(node.arguments[0], scope)
    except FinalError:
        raise
    except EvaluationError:
        return boolean(False, span)
    return _works(value, scope, span)


def _works(value: Value, scope: Scope, span: Span | None) -> Value:
    if isinstance(value, Impossible):
        return boolean(False, span)
    if isinstance(value, Choice):
        from enclint.frontends.terraform.choices import choice

        branches = [(case, _works(branch, scope, span)) for case, branch in value.branches]
        return choice(value.subject, branches, span)
    if not whole(value).flags & UNDECIDED:
        return boolean(True, span)
    result = unknown_because([value], BOOL, span)
    return result if scope.choices else drop_mark(result)


def _wrong_count(given: int, span: Span | None) -> EvaluationError:
    if given == 0:
        detail = 'Function "can" expects 1 argument(s). Missing value for "expression".'
        return EvaluationError("Not enough function arguments", detail, span)
    return EvaluationError("Too many function arguments", 'Function "can" expects only 1 argument(s).', span)


def _is_reference(node: Expression) -> bool:
    """Whether an expression only steps into something that has a name."""
    if isinstance(node, syntax.GetAttribute):
        return _is_reference(node.object)
    if isinstance(node, syntax.Index):
        return _is_reference(node.collection)
    if isinstance(node, syntax.Splat):
        return _is_reference(node.source)
    return isinstance(node, syntax.Variable)


def _demand_reference(argument: Expression, scope: Scope) -> None:
    """Refuse a template for `templatestring` that is no reference to one."""
    if _is_reference(argument):
        return
    detail = (
        'Invalid value for "template" parameter: invalid template expression: must be a direct reference to a single '
        "string from elsewhere, containing valid Terraform template syntax."
    )
    raise EvaluationError("Invalid function argument", detail, scope.span(argument))
