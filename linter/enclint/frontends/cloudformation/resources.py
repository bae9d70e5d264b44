"""The resources of a stack as the common model takes them: arguments evaluated when somebody asks."""

from __future__ import annotations

import posixpath

from enclint.frontends.cloudformation.language import expand
from enclint.frontends.cloudformation.node import Mapping, Scalar, function_of, member, text_of
from enclint.frontends.cloudformation.template import metadata_of
from enclint.frontends.cloudformation.transforms import rewriting_macros
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
    for name, made in stack.resources.items():
        type = text_of(member(made.node, "Type"))
        if type is None or not isinstance(made.node, Mapping):
            continue
        if wanted_types is not None and type not in wanted_types:
            continue
        exists = stack.existence(made.node)
        if isinstance(exists, Known) and exists.data is False:
            continue
        yield _provider_resource(stack, name, made, made.node, type, exists, provider)


def _provider_resource(
    stack: Stack, name: str, made: Made, node: Mapping, type: str, exists: Value, provider: Provider
) -> ProviderResource:
    template = stack.template
    header = template.span(made.key_place or node)
    start = made.key_place[0] if made.key_place is not None else node.start
    properties = _Properties(stack, node, header)
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

    __slots__ = ("_expanded", "_header", "_node", "_resource", "_stack")

    def __init__(self, stack: Stack, resource: Mapping, header: Span | None) -> None:
        self._stack = stack
        self._resource = resource
        self._node = resource.members.get("Properties")
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
        macro = self._macro(node)
        if macro is not None:
            return Unknown(f"`{macro}` may add properties at deployment", self._header)
        return Absent(self._header)

    def _macro(self, node: Mapping | None) -> str | None:
        """The macro that may set what is not set here: in the properties, beside them, or around all resources."""
        for holder in (node, self._resource):
            if holder is not None and "Fn::Transform" in holder.members:
                return _name_of(holder.members["Fn::Transform"])
        macros = self._stack.template.transforms()
        beside = self._stack.resources.get("Fn::Transform")
        return next(iter(rewriting_macros([*macros, _name_of(beside.node)] if beside else macros)), None)


def _name_of(macro: Node) -> str:
    return text_of(member(macro, "Name")) or "a macro"
