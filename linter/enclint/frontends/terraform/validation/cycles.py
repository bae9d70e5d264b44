"""Things that depend on each other in a circle, told from the references alone.

Source: https://github.com/hashicorp/terraform/blob/v1.11.4/internal/dag/tarjan.go
"""

from __future__ import annotations

from enclint.frontends.terraform.diagnostics import Diagnostic, Stage
from enclint.frontends.terraform.errors import UndeclaredError
from enclint.frontends.terraform.names import resource_address, resource_key
from enclint.frontends.terraform.references import references
from enclint.frontends.terraform.validation.skeleton import every_node
from enclint.lean_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.frontends.terraform.declarations import Declaration
    from enclint.frontends.terraform.scope import Path
    from enclint.frontends.terraform.syntax import Expression
    from enclint.frontends.terraform.validation.skeleton import Node


def check_cycles(graph: dict[str, list[str]]) -> Iterator[Diagnostic]:
    """One diagnostic for each circle of a graph; Terraform names no place, only who is part of it."""
    for members in _components(graph):
        yield Diagnostic(f"Cycle: {', '.join(sorted(members))}", "", None, Stage.CONNECT)


def dependents(graph: dict[str, list[str]], origins: set[str]) -> set[str]:
    """All that refers to one of the origins, directly or not."""
    referring: dict[str, list[str]] = {}
    for address, targets in graph.items():
        for target in targets:
            referring.setdefault(target, []).append(address)
    found: set[str] = set()
    pending = list(origins)
    while pending:
        for address in referring.get(pending.pop(), ()):
            if address not in found:
                found.add(address)
                pending.append(address)
    return found


def in_order(graph: dict[str, list[str]]) -> list[str]:
    """The addresses of a graph, each after those that it refers to as far as there are no circles."""
    order: dict[str, None] = {}
    seen: set[str] = set()
    for start in graph:
        pending = [(start, iter(graph[start]))] if start not in seen else []
        seen.add(start)
        while pending:
            address, targets = pending[-1]
            target = next((each for each in targets if each in graph and each not in seen), None)
            if target is None:
                order[address] = None
                pending.pop()
            else:
                seen.add(target)
                pending.append((target, iter(graph[target])))
    return list(order)


def graph_of(top: Node) -> dict[str, list[str]]:
    """Everything that has an address, to what it refers to."""
    graph: dict[str, list[str]] = {}
    for node in every_node(top):
        module = node.instance.module
        prefix = node.prefix
        own = _own(node)
        for name, local in module.locals.items():
            graph[f"{prefix}local.{name} (expand)"] = own + _targets(local.attribute.expression, node)
        for name, output in module.outputs.items():
            graph[f"{prefix}output.{name} (expand)"] = own + _of_block(output, node)
        for name, variable in module.variables.items():
            graph[variable_address(prefix, name)] = own + _passed(node, name)
            if variable.content.blocks_of("validation"):
                itself = _validated(prefix, name)
                graph[itself] = [target for target in _of_block(variable, node) if target != itself]
        for name, check in module.checks.items():
            graph[check_address(prefix, name)] = own + _of_block(check, node)
        for key, resource in module.resources.items():
            graph[prefix + resource_address(key)] = own + _of_block(resource, node)
        if node.call is not None and node.parent is not None:
            arguments = [node.call.declaration.argument(name) for name in ("count", "for_each", "depends_on")]
            graph[f"{node.instance.static_name} (expand)"] = _own(node.parent) + [
                target
                for argument in arguments
                if argument is not None
                for target in _targets(argument.attribute.expression, node.parent)
            ]
    return graph


def _own(node: Node) -> list[str]:
    """What everything in a module waits for: the instances of the module itself."""
    return [f"{node.instance.static_name} (expand)"] if node.call is not None else []


def variable_address(prefix: str, name: str) -> str:
    """What stands for a variable in the graph."""
    return f"{prefix}var.{name} (expand)" if prefix else f"var.{name}"


def _validated(prefix: str, name: str) -> str:
    return f"{prefix}var.{name} (validation)"


def check_address(prefix: str, name: str) -> str:
    """What stands for a check block in the graph."""
    return f"{prefix}check.{name}"


def _passed(node: Node, name: str) -> list[str]:
    """What the argument refers to that a call gives to a variable."""
    if node.call is None or node.parent is None:
        return []
    argument = node.call.declaration.argument(name)
    return _targets(argument.attribute.expression, node.parent) if argument is not None else []


def _of_block(declaration: Declaration, node: Node) -> list[str]:
    """What any argument within a block refers to, iterators of its dynamic blocks left out."""
    targets: list[str] = []
    pending: list[tuple[Declaration, frozenset[str]]] = [(declaration, frozenset())]
    while pending:
        block, bound = pending.pop()
        if block.block.type == "provisioner" or block.block.type == "connection":
            bound |= {"self"}
        if block.block.type == "dynamic" and block.block.labels:
            iterator = block.argument("iterator")
            name = block.block.labels[0]
            if iterator is not None:
                name = iterator.span.text
            bound |= {name}
        for argument in block.content.arguments.values():
            if argument.attribute.name in ("ignore_changes", "iterator", "provider"):
                continue
            targets += [
                target
                for reference in references(argument.attribute.expression)
                if reference.path[0] not in bound
                for target in _target(reference.path, node)
            ]
        pending += [(nested, bound) for nested in block.content.blocks]
    return targets


def _targets(expression: Expression, node: Node) -> list[str]:
    return [target for reference in references(expression) for target in _target(reference.path, node)]


def _target(path: Path, node: Node) -> list[str]:
    """The addresses that a reference in a module leads to."""
    root = path[0]
    if len(path) < 2 or not isinstance(path[1], str) or root in ("path", "terraform", "count", "each", "self"):
        return []
    if root == "local":
        return [f"{node.prefix}local.{path[1]} (expand)"]
    if root == "var":
        variable = node.instance.module.variables.get(path[1])
        is_validated = variable is not None and variable.content.blocks_of("validation")
        return [variable_address(node.prefix, path[1]), *([_validated(node.prefix, path[1])] if is_validated else ())]
    if root == "module":
        return _outputs(path, node)
    try:
        return [node.prefix + resource_address(resource_key(path, None)[0])]
    except UndeclaredError:
        return []


def _outputs(path: Path, node: Node) -> list[str]:
    """The outputs that a reference to a module call reads: one by name, or all."""
    call = str(path[1])
    address = f"{node.prefix}module.{call}"
    named = next((step for step in path[2:4] if isinstance(step, str)), None)
    if named is not None:
        return [f"{address}.output.{named} (expand)"]
    child = node.children.get(call)
    outputs = child.instance.module.outputs if child is not None else {}
    return [f"{address} (expand)", *[f"{address}.output.{name} (expand)" for name in outputs]]


def _components(graph: dict[str, list[str]]) -> list[list[str]]:
    """The strongly connected components of more than one node (Tarjan's algorithm, without recursion)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[list[str]] = []
    for start in graph:
        if start in number:
            continue
        work: list[tuple[str, Iterator[str]]] = [(start, iter(graph[start]))]
        number[start] = low[start] = len(number)
        stack.append(start)
        on_stack.add(start)
        while work:
            node, targets = work[-1]
            for target in targets:
                if target not in graph:
                    continue
                if target not in number:
                    number[target] = low[target] = len(number)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(graph[target])))
                    break
                if target in on_stack:
                    low[node] = min(low[node], number[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    members = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        members.append(member)
                        if member == node:
                            break
                    if len(members) > 1:
                        found.append(members)
    return found
