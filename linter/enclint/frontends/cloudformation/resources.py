"""The resources of a stack as the common model takes them: arguments evaluated when somebody asks."""

from __future__ import annotations

import posixpath

from enclint.frontends.cloudformation.conditions import conjunction, rule_condition, subjects_of
from enclint.frontends.cloudformation.language import expand
from enclint.frontends.cloudformation.node import Mapping, Scalar, Sequence, function_of, member, text_of
from enclint.frontends.cloudformation.template import metadata_of
from enclint.lean_typing import TYPE_CHECKING
from enclint.model.resource import Provider, ProviderResource
from enclint.model.value import MAX_LEAVES, Absent, Choice, Known, Unknown, leaves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.frontends.cloudformation.node import Node
    from enclint.frontends.cloudformation.stack import Stack
    from enclint.frontends.cloudformation.transforms import Made
    from enclint.model.value import Value
    from enclint.source import Span


def provider_resources(stack: Stack, wanted_types: frozenset[str] | None) -> Iterator[ProviderResource]:
    """The resources of a stack that exist in at least one case, of the types that are wanted."""
    provider = Provider("aws", stack.ref("AWS::Region", None), Known(dict(stack.tags)) if stack.tags else Absent())
    rules = _Rules(stack)
    for name, made in stack.resources.items():
        type = text_of(member(made.node, "Type"))
        if type is None or not isinstance(made.node, Mapping):
            continue
        if wanted_types is not None and type not in wanted_types:
            continue
        exists = rules.restrict(stack.existence(made.node), made.node)
        if isinstance(exists, Known) and exists.data is False:
            continue
        yield _provider_resource(stack, name, made, made.node, type, exists, provider)


def _provider_resource(
    stack: Stack, name: str, made: Made, node: Mapping, type: str, exists: Value, provider: Provider
) -> ProviderResource:
    template = stack.template
    header = template.span(made.key_place or node)
    start = made.key_place[0] if made.key_place is not None else node.start
    properties = _Properties(stack, node.members.get("Properties"), header)
    metadata = metadata_of(node) if "Metadata" in node.members else None
    path = (metadata or {}).get("aws:cdk:path")
    return ProviderResource(
        key=stack.prefix + name,
        address=_address(stack, made.address),
        type=type,
        name=made.address,
        dialect="cloudformation",
        header=header,
        body=template.span((start, max(node.end, start))),
        provider=provider,
        lookup=properties.value,
        names=properties.names,
        exists=exists,
        calls=stack.calls,
        construct_path=path if isinstance(path, str) else "",
        metadata=metadata,
    )


def _address(stack: Stack, name: str) -> str:
    """The logical id; in a nested stack with its file before it, as seen from the root's folder."""
    if not stack.calls:
        return name
    folder = posixpath.dirname(stack.lineage[0].path)
    return f"{posixpath.relpath(stack.template.path, folder or '.')}#{name}"


class _Properties:
    """The `Properties` of a resource."""

    __slots__ = ("_expanded", "_header", "_node", "_stack")

    def __init__(self, stack: Stack, node: Node | None, header: Span | None) -> None:
        self._stack = stack
        self._node = node
        self._header = header
        self._expanded = False

    def _mapping(self) -> Mapping | None:
        if not isinstance(self._node, Mapping) or self._node.tag:
            return None
        if not self._expanded:
            self._node = expand(self._stack, self._node)
            self._expanded = True
        return self._node

    def names(self) -> list[str]:
        """The names of the properties that are set."""
        node = self._mapping()
        return [name for name in node.members if not name.startswith("Fn::")] if node is not None else []

    def value(self, name: str) -> Value:
        """A property's value; Absent where it is not set, Unknown where a macro may set it."""
        node = self._mapping()
        found = node.members.get(name) if node is not None else None
        if node is None or found is None:
            return self._missing(node)
        try:
            value = self._stack.member(node, name)
        except RecursionError:
            return Unknown(f"the value of `{name}` is nested too deeply", self._stack.template.span(found))
        if isinstance(value, Choice) and leaves(value) > MAX_LEAVES:
            return Unknown(f"depends on more than {MAX_LEAVES} combinations of undecided conditions", value.span)
        return value

    def _missing(self, node: Mapping | None) -> Value:
        is_empty = self._node is None or isinstance(self._node, Scalar)
        if node is None and not is_empty and function_of(self._node) is not None:
            return Unknown("the properties are made at deployment by a function", self._header)
        if node is not None and "Fn::Transform" in node.members:
            macro = text_of(member(node, "Fn::Transform", "Name")) or "a macro"
            return Unknown(f"`{macro}` may add properties at deployment", self._header)
        return Absent(self._header)


class _Rules:
    """The `Rules` of a template as restrictions: a resource does not exist where a rule stops its stack.

    Only rules that are not decided, and that share a parameter with a resource, restrict it.
    """

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._rules: list[tuple[frozenset[str], Value]] = []
        for node in stack.template.section("Rules").members.values():
            holds = rule_condition(stack, node)
            if isinstance(holds, Choice) and leaves(holds) <= MAX_LEAVES:
                self._rules.append((frozenset(subjects_of(holds)), holds))

    def restrict(self, exists: Value, resource: Mapping) -> Value:
        """The existence of a resource, within what the rules allow."""
        if not self._rules:
            return exists
        used = self._parameters_of(resource)
        for subjects, holds in self._rules:
            if not used.isdisjoint(subjects):
                exists = conjunction(exists, holds)
        return exists

    def _parameters_of(self, resource: Mapping) -> set[str]:
        """The words of a resource, and of the conditions that it names, that may be parameters, with their prefix."""
        prefix = self._stack.prefix
        names: set[str] = set()
        waiting: list[Node] = [resource]
        while waiting:
            node = waiting.pop()
            if isinstance(node, Mapping):
                waiting.extend(node.members.values())
            elif isinstance(node, Sequence):
                waiting.extend(node.items)
            elif isinstance(node, Scalar) and isinstance(node.value, str):
                names.update(prefix + word for word in _words(node.value))
        conditions = self._stack.template.section("Conditions").members
        for name in list(names):
            if name.removeprefix(prefix) in conditions:
                names.update(subjects_of(self._stack.condition(name.removeprefix(prefix))))
        return names


def _words(text: str) -> list[str]:
    """A text, and the names in its `${…}`."""
    if "${" not in text:
        return [text]
    return [piece.partition("}")[0] for piece in text.split("${")[1:]]
