"""What the expressions of a plan's `configuration` refer to, followed through variables, module calls and outputs."""

from __future__ import annotations

from enclint.frontends.terraform.plan.addresses import (
    ModulePath,
    ModuleStep,
    module_prefix,
    render_key,
    split,
)
from enclint.json_positions import JsonArray, JsonNode, JsonObject, JsonScalar
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import Choice, Known, Reference, Subject, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_HOPS: Final = 64
"""How many variables and outputs a reference is followed through."""

_RESOURCE_IN_MODES: Final = {"data": 3}


def member(node: JsonNode | None, *names: str) -> JsonNode | None:
    """The node below a path of member names; None where one is missing."""
    for name in names:
        if not isinstance(node, JsonObject):
            return None
        node = node.members.get(name)
    return node


def text_of(node: JsonNode | None) -> str:
    """A string scalar's value, "" for anything else."""
    return node.value if isinstance(node, JsonScalar) and isinstance(node.value, str) else ""


class Configuration:
    """The plan's `configuration` and `variables`: which value, or whose attribute, an expression stands for.

    `addresses` are the addresses of all resource instances that the plan holds, `constant` turns a JSON node into
    a Value (with its place).
    """

    def __init__(self, plan: JsonObject, addresses: Iterable[str], constant: Callable[[JsonNode], Value]) -> None:
        self._root = member(plan, "configuration", "root_module")
        self._variables = member(plan, "variables")
        self._constant = constant
        self._instances: dict[str, list[str]] = {}
        for address in addresses:
            self._instances.setdefault(_without_last_key(address), []).append(address)

    def module(self, path: ModulePath) -> JsonNode | None:
        """The configuration of the module that the calls of `path` lead to."""
        node = self._root
        for step in path:
            node = member(node, "module_calls", step.name, "module")
        return node

    def resource(self, path: ModulePath, mode: str, type: str, name: str) -> JsonObject | None:
        """The configuration of a resource of a module."""
        resources = member(self.module(path), "resources")
        for node in resources.items if isinstance(resources, JsonArray) else ():
            if (
                isinstance(node, JsonObject)
                and text_of(node.members.get("type")) == type
                and text_of(node.members.get("name")) == name
                and (text_of(node.members.get("mode")) or "managed") == mode
            ):
                return node
        return None

    def value(self, expression: JsonNode, path: ModulePath, hops: int = 0) -> Value:
        """What an expression object (`constant_value` or `references`) of the module at `path` stands for."""
        constant = member(expression, "constant_value")
        if constant is not None:
            return self._constant(constant)
        names = most_specific(expression)
        if not names:
            return Unknown("the plan does not say how this is computed")
        if hops > MAX_HOPS:
            return Unknown(f"its origin is more than {MAX_HOPS} references away")
        return _one_of([self._follow(name, path, hops + 1) for name in names], names)

    def _follow(self, name: str, path: ModulePath, hops: int) -> Value:
        """What one reference, such as `var.key`, `module.m.arn` or `aws_kms_key.k.arn`, stands for."""
        steps = split(name)
        kind = steps[0].name
        if kind == "var" and len(steps) > 1:
            return self._variable(steps[1].name, path, hops).via(name, None)
        if kind == "module" and len(steps) > 2:
            return self._output(steps[1], steps[2].name, path, hops).via(name, None)
        if kind in ("local", "each", "count", "path", "terraform", "self", "var", "module"):
            return Unknown(f"a plan does not hold the value of `{name}`")
        return self._attribute(steps, path)

    def _variable(self, name: str, path: ModulePath, hops: int) -> Value:
        """An input of a module: the call's argument, or the default; for the root the plan's own variables."""
        if not path:
            given = member(self._variables, name, "value")
            return self._constant(given) if given is not None else Unknown(f"a plan does not hold variable `{name}`")
        argument = member(self.module(path[:-1]), "module_calls", path[-1].name, "expressions", name)
        if argument is not None:
            return self.value(argument, path[:-1], hops)
        default = member(self.module(path), "variables", name, "default")
        return self._constant(default) if default is not None else Known(None)

    def _output(self, call: ModuleStep, name: str, path: ModulePath, hops: int) -> Value:
        """An output of a module that the module at `path` calls."""
        inner = (*path, call)
        expression = member(self.module(inner), "outputs", name, "expression")
        if expression is None:
            return Unknown(f"the plan does not say how output `{name}` of module `{call.name}` is computed")
        return self.value(expression, inner, hops)

    def _attribute(self, steps: list[ModuleStep], path: ModulePath) -> Value:
        """An attribute of a resource or data source of the module at `path`."""
        length = _RESOURCE_IN_MODES.get(steps[0].name, 2)
        base = module_prefix(path) + ".".join(step.name for step in steps[:length])
        attribute = ".".join(step.name for step in steps[length:]) or "id"
        key = steps[min(length, len(steps)) - 1].key
        instances = self._instances.get(base, [])
        exact = base + render_key(key)
        if exact in instances:
            return Reference(exact, attribute)
        if len(instances) == 1:
            return Reference(instances[0], attribute)
        return Reference(base, attribute, any_instance=True)


def most_specific(expression: JsonNode) -> list[str]:
    """The `references` of an expression without those that are only the beginning of one named before."""
    node = member(expression, "references")
    names: list[str] = []
    for item in node.items if isinstance(node, JsonArray) else ():
        name = text_of(item)
        if name and not any(before == name or before.startswith((f"{name}.", f"{name}[")) for before in names):
            names.append(name)
    return names


def _one_of(values: list[Value], names: list[str]) -> Value:
    """The value of an expression that refers to several: known ones only decide which of the others it is."""
    if len(values) == 1:
        return values[0]
    open_values = [value for value in values if not isinstance(value, Known)]
    if len(open_values) == 1:
        return open_values[0]
    if open_values and all(isinstance(value, Reference) for value in open_values):
        subject = Subject(f"plan: which of {', '.join(names)}", f"which of {', '.join(names)}")
        return Choice(subject, [(str(number), value) for number, value in enumerate(open_values)])
    return Unknown(f"computed from {', '.join(f'`{name}`' for name in names)} during apply")


def _without_last_key(address: str) -> str:
    """The address of the resource that an instance belongs to."""
    if not address.endswith("]"):
        return address
    steps = split(address)
    return address.removesuffix(render_key(steps[-1].key))
