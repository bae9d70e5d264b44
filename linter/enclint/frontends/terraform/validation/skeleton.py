"""The static module tree: each module once for each way of calls that leads to it, whatever `count` and `for_each` are.

Terraform validates a configuration on this tree, before it knows how many instances there are.
"""

from __future__ import annotations

from enclint.frontends.terraform.tree import ModuleInstance
from enclint.lean_typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.frontends.terraform.module_calls import ModuleCall

MAX_MODULES: Final = 5_000
"""Modules of the static tree that are looked at."""


class Node:
    """One module of the static tree; `call` is how `parent` calls it, `children` are those that it calls."""

    __slots__ = ("call", "children", "instance", "parent")

    def __init__(self, instance: ModuleInstance, call: ModuleCall | None = None, parent: Node | None = None) -> None:
        self.instance = instance
        self.call = call
        self.parent = parent
        self.children: dict[str, Node] = {}

    @property
    def prefix(self) -> str:
        """What addresses in the module begin with: `module.a.`, nothing for the root."""
        return f"{self.instance.static_name}." if self.instance.static_name else ""


def skeleton(root: ModuleInstance) -> Node:
    """The static tree below a root module instance; nothing in it is ever evaluated."""
    top = Node(ModuleInstance(root.module, root.world))
    pending = [top]
    left = MAX_MODULES
    while pending and left > 0:
        node = pending.pop()
        for name in node.instance.module.calls:
            call = node.instance.module_call(name)
            module = call.found.module
            if module is not None:
                left -= 1
                child = Node(ModuleInstance(module, root.world, call), call, node)
                node.children[name] = child
                pending.append(child)
    return top


def every_node(top: Node) -> Iterator[Node]:
    """All nodes, callers before those that they call."""
    pending = [top]
    while pending:
        node = pending.pop()
        yield node
        pending += reversed(node.children.values())
