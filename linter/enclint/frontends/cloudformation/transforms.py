"""What a template's transforms make of its resources: loops written out, SAM's resources turned into AWS's own.

Everything stays a tree of nodes with the places of the user's text, so that what a transform makes is judged where
it was written. This is done here rather than by the SAM translator, which knows no places; the tests hold the two
side by side.
"""

from __future__ import annotations

from enclint.frontends.cloudformation.language import expand
from enclint.frontends.cloudformation.node import Mapping, Sequence, function_of, member, text_of
from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from enclint.frontends.cloudformation.node import Node, Place
    from enclint.frontends.cloudformation.stack import Stack

SAM: Final = "AWS::Serverless-2016-10-31"
INCLUDE: Final = "AWS::Include"
BUILT_IN: Final = frozenset(
    (
        SAM,
        "AWS::LanguageExtensions",
        "AWS::CodeDeployBlueGreen",
        "AWS::SecretsManager-2020-07-23",
        "AWS::SecretsManager-2024-09-16",
        "AWS::ServiceCatalog",
    )
)
"""Transforms after which a resource is still what the template says, or what is made of it here."""


class Made(NamedTuple):
    """One resource after all transforms. `address` is the logical id that the user wrote for it."""

    address: str
    node: Node
    key_place: Place | None


class Resources(NamedTuple):
    """The resources of a stack by logical id, and other names under which the template may refer to them."""

    made: dict[str, Made]
    aliases: dict[str, str]


def transformed(stack: Stack) -> Resources:
    """The resources of a stack's template after its transforms."""
    section = expand(stack, stack.template.section("Resources"))
    places = section.key_places
    if SAM not in stack.template.transforms():
        made = {name: Made(name, node, places.get(name)) for name, node in section.members.items()}
        return Resources(made, {})
    from enclint.frontends.cloudformation.sam import Translation

    translation = Translation(stack)
    for name, node in section.members.items():
        with_globals = merge_globals(stack.template.section("Globals"), node)
        translation.add(name, with_globals, places.get(name))
    return translation.finish()


def foreign_macros(names: list[str]) -> list[str]:
    """The macros among the transforms, whose doings are not known here."""
    return [name for name in names if name not in BUILT_IN]


def rewriting_macros(names: list[str]) -> list[str]:
    """Those of them that may change what the template says: `AWS::Include` only adds to it."""
    return [name for name in foreign_macros(names) if name != INCLUDE]


_SERVERLESS: Final = "AWS::Serverless::"
_REPLACED: Final = frozenset(("Architectures",))
"""Lists of which the resource's own replaces the global one; others are put one after the other."""


def merge_globals(globals_section: Mapping, resource: Node) -> Node:
    """A SAM resource with the properties that `Globals` gives to its kind.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
    """
    type = text_of(member(resource, "Type")) or ""
    shared = member(globals_section, type.removeprefix(_SERVERLESS)) if type.startswith(_SERVERLESS) else None
    if not isinstance(shared, Mapping) or not isinstance(resource, Mapping):
        return resource
    ignored = member(resource, "IgnoreGlobals")
    if text_of(ignored) == "*":
        return resource
    if isinstance(ignored, Sequence):
        names = {text_of(item) for item in ignored.items}
        kept = {name: node for name, node in shared.members.items() if name not in names}
        shared = Mapping(kept, shared.key_places, shared.start, shared.end)
    own = member(resource, "Properties")
    if not isinstance(own, Mapping):
        own = Mapping({}, {}, resource.start, resource.end)
    members = {**resource.members, "Properties": _merged(shared, own)}
    return Mapping(members, resource.key_places, resource.start, resource.end)


def _merged(shared: Node, own: Node, name: str = "") -> Node:
    """A global and an own value: maps are merged, lists joined, and in all else the own one wins."""
    if function_of(shared) is not None or function_of(own) is not None:
        return own
    if isinstance(shared, Mapping) and isinstance(own, Mapping):
        members = dict(shared.members)
        for key, node in own.members.items():
            members[key] = _merged(members[key], node, key) if key in members else node
        return Mapping(members, {**shared.key_places, **own.key_places}, own.start, own.end)
    if isinstance(shared, Sequence) and isinstance(own, Sequence) and name not in _REPLACED:
        return Sequence([*shared.items, *own.items], own.start, own.end)
    return own
