"""Conditions: which of them hold, and where that is not decided, on what it hangs.

A condition's value is Known(True), Known(False), or a Choice of them over subjects: "which value has the parameter"
where the values are known, "does the parameter equal this constant" where they are not. Conditions that share a
subject are thereby decided together. Nothing here is ever an Unknown: what cannot be analysed is a subject itself.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html
"""

from __future__ import annotations

from enclint.frontends.cloudformation.node import Mapping, Scalar, Sequence, function_of
from enclint.frontends.cloudformation.text import as_text, identity_of, plain_data
from enclint.lean_typing import TYPE_CHECKING
from enclint.model.value import (
    MAX_LEAVES,
    Absent,
    Choice,
    Known,
    Partial,
    Reference,
    Subject,
    Unknown,
    assume,
    leaves,
    lift,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.frontends.cloudformation.node import Node
    from enclint.frontends.cloudformation.stack import Stack
    from enclint.model.value import Value
    from enclint.source import Span

TRUE = Known(True)
FALSE = Known(False)


def evaluate_condition(stack: Stack, node: Node) -> Value:
    """The value of a condition's expression."""
    call = function_of(node) or _long_condition(node)
    if call is None:
        return _literal(stack, node)
    name, argument = call
    if name == "Condition":
        return stack.condition(stack.template.word(argument) or "")
    if name in ("Fn::And", "Fn::Or", "Fn::Not"):
        operands: list[Node] = argument.items if isinstance(argument, Sequence) else [argument]
        if name == "Fn::Not":
            return negation(evaluate_condition(stack, operands[0])) if len(operands) == 1 else _atom(stack, node)
        return _all_or_any(stack, operands, is_any=name == "Fn::Or")
    if name == "Fn::Equals" and isinstance(argument, Sequence) and len(argument.items) == 2:
        left, right = argument.items
        return _bounded(
            stack,
            node,
            lift(lambda a, b: _equal(stack, a, b, left, right), [stack.evaluate(left), stack.evaluate(right)]),
        )
    if name == "Fn::Contains" and isinstance(argument, Sequence) and len(argument.items) == 2:
        return _contains(stack, node, argument.items[0], argument.items[1])
    return _atom(stack, node)


def negation(condition: Value) -> Value:
    """True where the condition is false."""
    return choose(condition, lambda: FALSE, lambda: TRUE)


def conjunction(left: Value, right: Value) -> Value | None:
    """True where both are; None where the Choice would grow past its bound."""
    both = without_idle(choose(left, lambda: right, lambda: FALSE))
    return both if leaves(both) <= MAX_LEAVES else None


def choose(
    condition: Value, if_true: Callable[[], Value], if_false: Callable[[], Value], span: Span | None = None
) -> Value:
    """What `Fn::If` gives: one of two values, each asked for at most once, or a Choice as the condition's is."""
    asked: dict[bool, Value] = {}

    def pick(decided: Value) -> Value:
        if isinstance(decided, Choice):
            branches = [(case, assume(pick(branch), decided.subject, case)) for case, branch in decided.branches]
            return Choice(decided.subject, branches, span)
        holds = isinstance(decided, Known) and decided.data is True
        if holds not in asked:
            asked[holds] = if_true() if holds else if_false()
        return asked[holds]

    return pick(condition)


def _long_condition(node: Node) -> tuple[str, Node] | None:
    if isinstance(node, Mapping) and len(node.members) == 1 and "Condition" in node.members:
        return "Condition", node.members["Condition"]
    return None


def _literal(stack: Stack, node: Node) -> Value:
    value = node.value if isinstance(node, Scalar) else None
    if value is True or value == "true":
        return TRUE
    if value is False or value == "false":
        return FALSE
    return _atom(stack, node)


def _all_or_any(stack: Stack, operands: list[Node], is_any: bool) -> Value:
    """`Fn::And` or `Fn::Or`, as a decision tree: what an earlier operand decides is not asked again."""
    result: Value = FALSE if is_any else TRUE
    for operand in reversed(operands):
        value = evaluate_condition(stack, operand)
        rest = result
        result = choose(value, lambda: TRUE, lambda: rest) if is_any else choose(value, lambda: rest, lambda: FALSE)  # noqa: B023
        result = _bounded(stack, operand, without_idle(result))
    return result


def _contains(stack: Stack, node: Node, haystack: Node, needle: Node) -> Value:
    """`Fn::Contains [list, text]`, a function of rules: true where one element equals the text."""
    elements = stack.evaluate(haystack)
    if not isinstance(elements, Known) or not isinstance(elements.data, list):
        return _atom(stack, node)
    value = stack.evaluate(needle)
    result: Value = FALSE
    for element in reversed(elements.data):
        rest = result
        equal = lift(lambda a, b: _equal(stack, a, b, haystack, needle), [value, element])
        result = _bounded(stack, node, without_idle(choose(equal, lambda: TRUE, lambda: rest)))  # noqa: B023
    return result


def _equal(stack: Stack, left: Value, right: Value, left_node: Node, right_node: Node) -> Value:
    """Whether two values, neither a Choice, are equal. CloudFormation compares texts, case and all."""
    if isinstance(left, Known) and isinstance(right, Known):
        if left.is_wholly_known and right.is_wholly_known:
            return TRUE if _comparable(left) == _comparable(right) else FALSE
    elif isinstance(left, Absent) or isinstance(right, Absent):
        return TRUE if isinstance(left, Absent) and isinstance(right, Absent) else FALSE
    left, right = _without_known_ends(left, right)
    right, left = _without_known_ends(right, left)
    if _cannot_be(left, right) or _cannot_be(right, left):
        return FALSE
    names = [_identity(stack, left, left_node), _identity(stack, right, right_node)]
    if names[0] == names[1]:
        return TRUE
    for value, other in ((left, right), (right, left)):
        constant = as_text(other.data) if isinstance(other, Known) else None
        name = identity_of(value)
        if name is not None and constant is not None:
            key = f"{name} == {_quoted(constant)}"
            if value.sensitive or other.sensitive:  # nobody is told the constant
                return _undecided(Subject(key, f"{name} == (sensitive)"))
            return _undecided(Subject(key, key, name, constant, is_nothing=not constant))
    first, second = sorted(names)
    return _undecided(Subject(f"{first} == {second}", f"{first} == {second}"))


def _comparable(value: Known) -> object:
    text = as_text(value.data)
    return plain_data(value) if text is None else text


def _without_known_ends(value: Value, constant: Value) -> tuple[Value, Value]:
    """Of a text with one unknown piece and a constant, the piece and what it would have to be."""
    text = as_text(constant.data) if isinstance(constant, Known) else None
    unknown = [part for part in value.parts if not isinstance(part, Known)] if isinstance(value, Partial) else []
    if text is None or len(unknown) != 1 or _cannot_be(value, constant):
        return value, constant
    [piece] = unknown
    before, after = value.parts[0], value.parts[-1]  # type: ignore[attr-defined]
    start = len(before.data) if isinstance(before, Known) else 0
    end = len(text) - (len(after.data) if isinstance(after, Known) else 0)
    return piece, Known(text[start:end], constant.span, sensitive=constant.sensitive or value.sensitive)


def _cannot_be(value: Value, constant: Value) -> bool:
    """Whether an unknown text differs from a constant for certain, by what is known of it."""
    text = as_text(constant.data) if isinstance(constant, Known) else None
    if text is None or not isinstance(value, Unknown):
        return False
    if isinstance(value, Reference) and not text:
        return True
    if isinstance(value, Partial):
        first, last = value.parts[0], value.parts[-1]
        begin = first.data if isinstance(first, Known) else ""
        end = last.data if isinstance(last, Known) else ""
        return not (text.startswith(begin) and text.endswith(end) and len(text) >= len(begin) + len(end))
    return not text and bool(value.refinement and value.refinement.get("min_length", 0) > 0)


def _identity(stack: Stack, value: Value, node: Node) -> str:
    """A name for a value: equal names, equal values."""
    if isinstance(value, Known) and (text := as_text(value.data)) is not None:
        return _quoted(text)
    return identity_of(value) or stack.prefix + " ".join(stack.template.source.text[node.start : node.end].split())


def _quoted(text: str) -> str:
    return f'"{text}"'


def _atom(stack: Stack, node: Node) -> Value:
    """A condition that is not analysed: a subject of its own, named by its text."""
    text = " ".join(stack.template.source.text[node.start : node.end].split())
    return _undecided(Subject(f"{stack.prefix}{text}", text if len(text) <= 80 else f"{text[:77]}…"))


def _undecided(subject: Subject) -> Value:
    return Choice(subject, [(True, TRUE), (False, FALSE)])


def without_idle(condition: Value) -> Value:
    """The same condition without choices whose branches all come out equal."""
    if not isinstance(condition, Choice):
        return condition
    branches = [(case, without_idle(branch)) for case, branch in condition.branches]
    first = branches[0][1]
    if isinstance(first, Known) and all(
        isinstance(branch, Known) and branch.data == first.data for _, branch in branches
    ):
        return first
    return Choice(condition.subject, branches, condition.span)


def _bounded(stack: Stack, node: Node, condition: Value) -> Value:
    """The condition, or where it hangs on too many others a subject of its own that says so."""
    if isinstance(condition, Choice):
        merged = without_idle(condition)
        return merged if leaves(merged) <= MAX_LEAVES else too_many(stack, node)
    return condition if isinstance(condition, Known) else too_many(stack, node)


def too_many(stack: Stack, node: Node) -> Value:
    """A condition that hangs on too many others: a subject of its own, named by its text."""
    text = " ".join(stack.template.source.text[node.start : node.end].split())
    short = text if len(text) <= 60 else f"{text[:57]}…"
    return _undecided(Subject(f"{stack.prefix}{text}", f"{short} (more than {MAX_LEAVES} combinations)"))
