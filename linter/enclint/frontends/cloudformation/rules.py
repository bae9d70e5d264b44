"""The `Rules` of a template: with which values of its parameters there can be a stack at all.

A rule that is not decided is a constraint on everything that is judged. One that the defaults break says that the
parameters which it names must be given, so that their defaults count for nothing; and one that lists the values of a
parameter is as good as its `AllowedValues`.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
"""

from __future__ import annotations

from enclint.frontends.cloudformation.conditions import TRUE, choose, conjunction, evaluate_condition, without_idle
from enclint.frontends.cloudformation.node import Scalar, Sequence, calls_of, function_of, member, text_of
from enclint.lean_typing import TYPE_CHECKING
from enclint.model.value import MAX_LEAVES, Choice, Known, leaves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.frontends.cloudformation.node import Node
    from enclint.frontends.cloudformation.stack import Stack
    from enclint.frontends.cloudformation.template import Template
    from enclint.model.value import Value


def constraints(stack: Stack) -> Iterator[Value]:
    """The rules of a stack that are not decided, as what is true wherever everything is deployed."""
    for rule in stack.template.section("Rules").members.values():
        holds = without_idle(choose(stack.exists, lambda: _holds(stack, rule), lambda: TRUE))  # noqa: B023
        if isinstance(holds, Choice) and leaves(holds) <= MAX_LEAVES:
            yield holds


def refuted_defaults(stack: Stack) -> frozenset[str]:
    """The parameters whose defaults break a rule: deployment wants other values for them."""
    parameters = stack.template.section("Parameters").members
    names: set[str] = set()
    for rule in stack.template.section("Rules").members.values():
        holds = _holds(stack, rule)
        if isinstance(holds, Known) and holds.data is False:
            named = {text_of(argument) for argument in calls_of("Ref", rule)}
            names.update(name for name in named if name in parameters and name not in stack.given)
    return frozenset(names)


def values_left(template: Template, name: str) -> list[Node] | None:
    """The values that unconditional rules leave of a parameter; None where they list none."""
    for rule in template.section("Rules").members.values():
        if member(rule, "RuleCondition") is None:
            for assertion in _assertions(rule):
                listed = _listed(assertion, name)
                if listed is not None:
                    return listed
    return None


def _holds(stack: Stack, rule: Node) -> Value:
    """When a rule lets the stack be made: its condition is false or its assertions hold."""
    holds: Value = TRUE
    for assertion in _assertions(rule):
        holds = conjunction(holds, evaluate_condition(stack, assertion)) or holds
    applies = member(rule, "RuleCondition")
    if applies is None:
        return holds
    return without_idle(choose(evaluate_condition(stack, applies), lambda: holds, lambda: TRUE))


def _assertions(rule: Node) -> Iterator[Node]:
    assertions = member(rule, "Assertions")
    for assertion in assertions.items if isinstance(assertions, Sequence) else []:
        body = member(assertion, "Assert")
        if body is not None:
            yield body


def _listed(assertion: Node, name: str) -> list[Node] | None:
    """The values in an assertion such as `Fn::Contains: [[a, b], !Ref Name]` or `Fn::Equals: [!Ref Name, a]`."""
    call = function_of(assertion)
    if call is None or not isinstance(call[1], Sequence) or len(call[1].items) != 2:
        return None
    first, second = call[1].items
    values: list[Node] | None = None
    if call[0] == "Fn::Contains" and _refers(second, name):
        values = first.items if isinstance(first, Sequence) and not first.tag else None
    elif call[0] == "Fn::Equals" and _refers(first, name) != _refers(second, name):
        values = [second if _refers(first, name) else first]
    return values if values and all(isinstance(each, Scalar) and not each.tag for each in values) else None


def _refers(node: Node, name: str) -> bool:
    call = function_of(node)
    return call is not None and call[0] == "Ref" and text_of(call[1]) == name
