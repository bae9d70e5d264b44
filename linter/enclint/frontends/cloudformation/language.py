"""`Fn::ForEach` of the language extensions: loops that make keys, written out before anything is evaluated.

What a loop makes keeps the places of the text that it was made of. The identifier is replaced in keys (`${Name}`,
`&{Name}`), in `Ref`, and in the texts of `Fn::Sub` and `Fn::GetAtt`. A loop over a collection that is not known is
written out once, with its identifier unknown.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

import re

from enclint.frontends.cloudformation.node import Given, Mapping, Scalar, Sequence, text_of
from enclint.frontends.cloudformation.text import as_text
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import Known, Unknown, first_reason

if TYPE_CHECKING:
    from enclint.frontends.cloudformation.node import Node, Place
    from enclint.frontends.cloudformation.stack import Stack
    from enclint.model.value import Value

PREFIX: Final = "Fn::ForEach::"
MAX_NODES: Final = 250_000
"""How many nodes the loops of one mapping may make."""


def expand(stack: Stack, node: Mapping) -> Mapping:
    """The mapping with its loops written out; itself where it has none."""
    for key in node.members:
        if key.startswith(PREFIX):
            return _Writer(stack).expand(node, 0)
    return node


class _Writer:
    """Writes loops out, counting what it makes."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.made = 0

    def expand(self, node: Mapping, depth: int) -> Mapping:
        members: dict[str, Node] = {}
        places: dict[str, Place] = {}
        for key, value in node.members.items():
            if not key.startswith(PREFIX):
                members[key] = value
                if key in node.key_places:
                    places[key] = node.key_places[key]
                continue
            written = self._loop(key, value, node.key_places.get(key), depth)
            members.update(written.members)
            places.update(written.key_places)
        return Mapping(members, places, node.start, node.end, node.tag)

    def _loop(self, key: str, loop: Node, place: Place | None, depth: int) -> Mapping:
        """What one loop makes, loops within it included."""
        template = self.stack.template
        nothing = Mapping({}, {}, loop.start, loop.end)
        items = loop.items if isinstance(loop, Sequence) else []
        identifier = text_of(items[0]) if len(items) == 3 else None
        body = items[2] if identifier is not None else None
        if identifier is None or not isinstance(body, Mapping) or depth > 5:
            template.invalid(f"`{key}` wants an identifier, a collection and a mapping, at most 5 deep", place or loop)
            return nothing
        members: dict[str, Node] = {}
        places: dict[str, Place] = {}
        for element in self._collection(items[1]):
            written = self._substituted(body, identifier, element)
            if self.made > MAX_NODES:
                template.invalid(f"`{key}` makes more than {MAX_NODES} nodes; the rest is left out", place or loop)
                break
            assert isinstance(written, Mapping)  # noqa: S101 (of a mapping it makes a mapping)
            written = self.expand(written, depth + 1)
            members.update(written.members)
            places.update(written.key_places)
        return Mapping(members, places, loop.start, loop.end)

    def _collection(self, node: Node) -> list[Value]:
        """The values that a loop runs over; one Unknown where they are not known."""
        value = self.stack.evaluate(node)
        if isinstance(value, Known) and isinstance(value.data, list):
            return value.data
        reason = first_reason(value) or "the collection is not decided"
        return [Unknown(f"the loop's collection is not known: {reason}", value.span)]

    def _substituted(self, node: Node, identifier: str, value: Value) -> Node:
        """A copy of a tree in which the identifier has a value."""
        self.made += 1
        if self.made > MAX_NODES:
            return node
        tag = node.tag
        if isinstance(node, Mapping):
            return self._substituted_mapping(node, identifier, value)
        if isinstance(node, Sequence):
            if tag == "Sub" and node.items:
                return _sub_with(node.items[0], node, identifier, value, self._rest(node, identifier, value))
            items = [self._substituted(item, identifier, value) for item in node.items]
            return Sequence(items, node.start, node.end, tag)
        if isinstance(node, Scalar) and isinstance(node.value, str):
            if tag == "Ref" and node.value == identifier:
                return Given(value, node.start, node.end)
            if tag == "Sub":
                return _sub_with(node, node, identifier, value, None)
            text = _replaced(node.value, identifier, value)
            return node if text == node.value else Scalar(text, node.start, node.end, tag)
        return node

    def _substituted_mapping(self, node: Mapping, identifier: str, value: Value) -> Node:
        if len(node.members) == 1 and not node.tag:
            [(key, argument)] = node.members.items()
            if key == "Ref" and text_of(argument) == identifier:
                return Given(value, node.start, node.end)
            if key == "Fn::Sub":
                first = argument.items[0] if isinstance(argument, Sequence) and argument.items else argument
                rest = self._rest(argument, identifier, value)
                return _sub_with(first, node, identifier, value, rest)
        members: dict[str, Node] = {}
        places: dict[str, Place] = {}
        for key, child in node.members.items():
            name = _replaced(key, identifier, value)
            members[name] = self._substituted(child, identifier, value)
            if key in node.key_places:
                places[name] = node.key_places[key]
        return Mapping(members, places, node.start, node.end, node.tag)

    def _rest(self, argument: Node, identifier: str, value: Value) -> Node | None:
        """The substituted map of a `Fn::Sub` with two arguments."""
        if isinstance(argument, Sequence) and len(argument.items) > 1:
            return self._substituted(argument.items[1], identifier, value)
        return None


def _sub_with(text: Node, call: Node, identifier: str, value: Value, variables: Node | None) -> Node:
    """A `Fn::Sub` in whose map the identifier has its value."""
    own = variables if isinstance(variables, Mapping) else Mapping({}, {}, call.start, call.end)
    members: dict[str, Node] = {identifier: Given(value, text.start, text.end), **own.members}
    written = (
        Scalar(_replaced(text.value, identifier, value, "&"), text.start, text.end)
        if (isinstance(text, Scalar) and isinstance(text.value, str))
        else text
    )
    return Sequence([written, Mapping(members, own.key_places, call.start, call.end)], call.start, call.end, "Sub")


def _replaced(text: str, identifier: str, value: Value, marks: str = "$&") -> str:
    """A text with the identifier's value in it; `&{…}` takes letters and digits only. Unknown values leave it."""
    if "{" not in text or not isinstance(value, Known):
        return text
    known = as_text(value.data)
    if known is None:
        return text
    if "$" in marks:
        text = text.replace(f"${{{identifier}}}", known)
    return text.replace(f"&{{{identifier}}}", re.sub(r"[^0-9A-Za-z]+", "", known))
