"""`moved` and `removed` statements that contradict the configuration or each other.

Source: https://github.com/hashicorp/terraform/blob/v1.11.4/internal/refactoring/move_validate.go
"""

from __future__ import annotations

from enclint.frontends.terraform.diagnostics import Diagnostic, Stage
from enclint.frontends.terraform.syntax import Key, Variable
from enclint.frontends.terraform.validation.skeleton import every_node
from enclint.lean_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.frontends.terraform.declarations import Declaration
    from enclint.frontends.terraform.scope import Path
    from enclint.frontends.terraform.validation.skeleton import Node


class _Move(NamedTuple):
    origin: str
    target: str
    path: Path
    declaration: Declaration
    node: Node


def check_moves(top: Node, instances: set[str]) -> Iterator[Diagnostic]:
    """What is wrong with the statements of all modules; `instances` are the addresses that there are."""
    moves = [move for node in every_node(top) for move in _moves(node)]
    targets: dict[str, _Move] = {}
    origins: dict[str, _Move] = {}
    for move in moves:
        yield from _contradiction(move, instances)
        for known, address, verb in ((targets, move.target, "there"), (origins, move.origin, "")):
            other = known.setdefault(address, move)
            if other is not move and (other.origin, other.target) != (move.origin, move.target):
                yield _ambiguous(other, move, is_target=bool(verb))
    yield from _circle({move.origin: move.target for move in moves if move.origin != move.target})
    for node in every_node(top):
        for removed in node.instance.module.removed:
            yield from _still_there(node, removed)


def _circle(targets: dict[str, str]) -> Iterator[Diagnostic]:
    """Statements that lead back to where they start from."""
    left = dict(targets)
    while left:
        start, current = left.popitem()
        seen = [start]
        while current in left:
            seen.append(current)
            current = left.pop(current)
        if current == start:
            detail = (
                "The following chained move statements form a cycle, and so there is no final location to move objects "
                f"to:\n  - {' → '.join(seen)}"
            )
            yield Diagnostic("Cyclic dependency in move statements", detail, None, Stage.PLAN)


def _moves(node: Node) -> Iterator[_Move]:
    for declaration in node.instance.module.moved:
        ends = [declaration.argument(name) for name in ("from", "to")]
        paths = [
            argument.attribute.expression.path
            for argument in ends
            if argument is not None and isinstance(argument.attribute.expression, Variable)
        ]
        if len(paths) == 2:
            yield _Move(node.prefix + _text(paths[0]), node.prefix + _text(paths[1]), paths[0], declaration, node)


def _text(path: Path) -> str:
    from enclint.frontends.terraform.expansion import key_text

    return "".join([key_text(step.value) if isinstance(step, Key) else f".{step}" for step in path])[1:]


def _contradiction(move: _Move, instances: set[str]) -> Iterator[Diagnostic]:
    if move.origin == move.target:
        detail = (
            f"This statement declares a move from {move.origin} to the same address, which is the same as not "
            "declaring this move at all."
        )
        yield Diagnostic("Redundant move statement", detail, move.declaration.definition, Stage.PLAN)
        return
    found = _declaration(move.node, move.path)
    if found is not None and not any(isinstance(step, Key) for step in move.path) and not _is_into_itself(move):
        what = "module call" if found.block.type == "module" else "resource"
        place = f"{found.source.path}:{found.definition.line},{found.definition.column}"
        detail = f"This statement declares a move from {move.origin}, but that {what} is still declared at {place}."
        yield Diagnostic("Moved object still exists", detail, move.declaration.definition, Stage.PLAN)
    elif found is not None and move.origin in instances:
        what = "module instance" if found.block.type == "module" else "resource instance"
        repeated = found.argument("count") or found.argument("for_each")
        span = repeated.span if repeated is not None else found.definition
        place = f"{span.source.path}:{span.line},{span.column}"
        detail = f"This statement declares a move from {move.origin}, but that {what} is still declared at {place}."
        yield Diagnostic("Moved object still exists", detail, move.declaration.definition, Stage.PLAN)


def _is_into_itself(move: _Move) -> bool:
    """Whether the move is from a block without instances to one of the instances that it has now."""
    return move.target.startswith(f"{move.origin}[")


def _declaration(node: Node | None, path: Path) -> Declaration | None:
    """What the configuration declares at an address; None if nothing."""
    names = [str(step) for step in path if not isinstance(step, Key)]
    while node is not None and len(names) > 2 and names[0] == "module":
        node = node.children.get(names[1])
        names = names[2:]
    if node is None or len(names) < 2:
        return None
    module = node.instance.module
    if names[0] == "module":
        return module.calls.get(names[1])
    if names[0] == "data":
        return module.resources.get(("data", names[1], names[2])) if len(names) > 2 else None
    return module.resources.get(("managed", names[0], names[1]))


def _ambiguous(first: _Move, second: _Move, *, is_target: bool) -> Diagnostic:
    place = f"{first.declaration.source.path}:{first.declaration.definition.line},{first.declaration.definition.column}"
    detail = (
        f"A statement at {place} declared that {first.origin} moved to {first.target}, but this statement instead "
        f"declares that {second.origin if is_target else 'it'} moved {'there' if is_target else f'to {second.target}'}."
    )
    return Diagnostic("Ambiguous move statements", detail, second.declaration.definition, Stage.PLAN)


def _still_there(node: Node, removed: Declaration) -> Iterator[Diagnostic]:
    argument = removed.argument("from")
    expression = argument.attribute.expression if argument is not None else None
    if not isinstance(expression, Variable):
        return
    found = _declaration(node, expression.path)
    if found is not None:
        what = "module" if found.block.type == "module" else "resource"
        detail = (
            f"This statement declares that {node.prefix}{_text(expression.path)} was removed, but it is still declared "
            "in configuration."
        )
        yield Diagnostic(f"Removed {what} still exists", detail, found.definition, Stage.VALIDATE)
