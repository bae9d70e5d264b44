"""The syntax tree of a template, from YAML and JSON alike: scalars, mappings and sequences with their places.

No meaning: what a `Ref` or a `!Sub` stands for is the evaluator's business. `start` and `end` are character offsets
into the text. `tag` is a short-form tag without its `!` (`Ref`, `Sub`, `GetAtt`), "" where there is none. Nodes may be
shared (YAML aliases), and are never changed once they are read. Classes are written out by hand: they are made by the
hundred thousand.
"""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.model.value import Value

Place: TypeAlias = tuple[int, int]
"""The offsets of a first character and of the one after the last."""


class Scalar:
    """A plain value: None, bool, int, float or str (dates stay the text that they are)."""

    __slots__ = ("end", "start", "tag", "value")

    def __init__(self, value: bool | int | float | str | None, start: int, end: int, tag: str = "") -> None:
        self.value = value
        self.start = start
        self.end = end
        self.tag = tag

    def __repr__(self) -> str:
        return f"Scalar({self.value!r})"


class Mapping:
    """Keys (as text) to nodes, in the order of the text; `key_places` says where each key stands."""

    __slots__ = ("end", "key_places", "members", "start", "tag")

    def __init__(
        self, members: dict[str, Node], key_places: dict[str, Place], start: int, end: int, tag: str = ""
    ) -> None:
        self.members = members
        self.key_places = key_places
        self.start = start
        self.end = end
        self.tag = tag

    def __repr__(self) -> str:
        return f"Mapping({self.members!r})"


class Sequence:
    """Nodes in order."""

    __slots__ = ("end", "items", "start", "tag")

    def __init__(self, items: list[Node], start: int, end: int, tag: str = "") -> None:
        self.items = items
        self.start = start
        self.end = end
        self.tag = tag

    def __repr__(self) -> str:
        return f"Sequence({self.items!r})"


class Given:
    """A value that was there before the text was read: what `Fn::ForEach` puts in the place of its identifier."""

    __slots__ = ("end", "start", "tag", "value")

    def __init__(self, value: Value, start: int, end: int) -> None:
        self.value = value
        self.start = start
        self.end = end
        self.tag = ""


Node: TypeAlias = Scalar | Mapping | Sequence | Given


def member(node: Node | None, *path: str) -> Node | None:
    """The node under a path of keys; None where the path leads nowhere or through something that is no mapping."""
    for key in path:
        if node.__class__ is not Mapping:
            return None
        node = node.members.get(key)
    return node


def text_of(node: Node | None) -> str | None:
    """The text of an untagged scalar that is a string, else None."""
    if isinstance(node, Scalar) and not node.tag and isinstance(node.value, str):
        return node.value
    return None


def function_of(node: Node | None) -> tuple[str, Node] | None:
    """The intrinsic function that a node calls and the node of its argument; None if it calls none.

    Both forms give the long name: `!Sub text` and `Fn::Sub: text` are ("Fn::Sub", …). `Condition` is a function in its
    short form only: its long form is an ordinary key outside the conditions.
    """
    if node is None:
        return None
    if node.tag:
        return long_name(node.tag), untagged(node)
    if node.__class__ is Mapping and len(node.members) == 1:
        for key, argument in node.members.items():
            if key == "Ref" or key.startswith("Fn::"):
                return key, argument
    return None


def calls_of(name: str, root: Node | None) -> Iterator[Node]:
    """The arguments of all calls of a function in a tree."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        call = function_of(node)
        if call is not None and call[0] == name:
            yield call[1]
        if isinstance(node, Mapping):
            waiting.extend(node.members.values())
        elif isinstance(node, Sequence):
            waiting.extend(node.items)


def long_name(tag: str) -> str:
    """The name of the function that a short form calls: `Fn::Sub` for `!Sub`, but `Ref` for `!Ref`."""
    return tag if tag in ("Ref", "Condition") else f"Fn::{tag}"


def untagged(node: Node) -> Node:
    """The argument of a short form: its node without the tag."""
    if isinstance(node, Scalar):
        return Scalar(node.value, node.start, node.end)
    if isinstance(node, Mapping):
        return Mapping(node.members, node.key_places, node.start, node.end)
    if isinstance(node, Sequence):
        return Sequence(node.items, node.start, node.end)
    return node


def plain(node: Node | None, depth: int = 0) -> Any:
    """The node as plain data, short forms written out (`{"Ref": "X"}`); None past 64 levels."""
    if node is None or depth > 64:
        return None
    data: Any
    if isinstance(node, Scalar):
        data = node.value
    elif isinstance(node, Mapping):
        data = {key: plain(value, depth + 1) for key, value in node.members.items()}
    elif isinstance(node, Sequence):
        data = [plain(item, depth + 1) for item in node.items]
    else:
        data = None
    if not node.tag:
        return data
    name = long_name(node.tag)
    if name == "Fn::GetAtt" and isinstance(data, str):
        data = data.split(".", 1)
    return {name: data}
