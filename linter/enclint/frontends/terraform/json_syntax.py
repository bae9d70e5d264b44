"""Terraform's JSON syntax (`*.tf.json`): from text to the same tree that native syntax gives.

What is a block and what an argument is not to be seen in JSON; Terraform asks its schemas. The blocks of the language
itself are known here (`json_blocks`), and become `Block`s: one for an object, several for an array of objects, labels
by nesting. What stands in a resource, data source or provider is decided by the provider's schema, which nobody has:
there, everything but Terraform's own nested blocks becomes an argument, and `as_blocks` gives the blocks that it would
be, to whoever knows that it is one.

Strings are templates, with exceptions that are known here too: where Terraform takes them literally (a variable's
default, a module's source) they are plain `String`s, and where it wants a reference or a type (`depends_on`,
`provider`, `type`) they are the expression that is written in them. Every node's place is that of its JSON value, and
inside of templates that of the very characters.

Source: https://developer.hashicorp.com/terraform/language/syntax/json and, for bodies and labels,
https://github.com/hashicorp/hcl/blob/main/json/spec.md
"""

from __future__ import annotations

from enclint.frontends.terraform.json_blocks import FILE, PROVIDER_BODY, BlockKind, Mode
from enclint.frontends.terraform.native.strings import normalise, number
from enclint.frontends.terraform.reader import parse_expression, parse_template
from enclint.frontends.terraform.syntax import (
    Attribute,
    Block,
    Body,
    Literal,
    Node,
    Number,
    Object,
    ObjectKey,
    String,
    SyntaxFault,
    Tuple,
    Variable,
)
from enclint.json_positions import (
    JsonArray,
    JsonFault,
    JsonMember,
    JsonNode,
    JsonNumber,
    JsonObject,
    JsonScalar,
    character_offsets,
    read,
    read_at,
)
from enclint.lean_typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from enclint.frontends.terraform.syntax import Expression, Item
    from enclint.source import Source

COMMENT: Final = "//"
"""The name of members of blocks that are passed over."""

_CONTENTS: Final = "arguments and blocks"
_BODY_EXPECTED: Final = "an object, or an array of objects"


def parse(source: Source) -> Body:
    """The arguments and blocks of a file. Raises SyntaxFault and nothing else; the fault has the items before it."""
    items: list[Item] = []
    try:
        root = read(source.text)
        if isinstance(root, JsonScalar):
            raise SyntaxFault(f"this cannot hold {_CONTENTS}", root.start, _BODY_EXPECTED)
        _Reader(source.text).read_body(root, FILE, items)
    except JsonFault as fault:
        raise SyntaxFault(fault.message, fault.offset) from None
    except SyntaxFault as fault:
        fault.items = items
        raise
    return Body(items, source)


def as_blocks(argument: Attribute, source: Source) -> list[Block] | None:
    """The blocks that an argument in a provider's body is, should the provider's schema say that it is one.

    An object is one block, an array of objects (or nulls) are several, null is none. None for what cannot be blocks.
    """
    value = argument.expression
    elements = value.items if isinstance(value, Tuple) else [value]
    reader = _Reader(source.text)
    blocks: list[Item] = []
    for element in elements:
        if _is_null(element):
            if element is not value:
                blocks.append(Block(argument.name, [], [], element.start, element.end, element.end, value.start))
            continue
        if not isinstance(element, (Object, Tuple)):
            return None
        node = read_at(source.text, element.start)
        try:
            reader.read_blocks(argument.name, node, PROVIDER_BODY, [], (argument.start, element.start), blocks)
        except SyntaxFault:
            return None
    return [block for block in blocks if isinstance(block, Block)]


def _is_null(expression: Expression) -> bool:
    return isinstance(expression, Literal) and expression.value is None


class _Reader:
    """Turns the JSON values of one text into the syntax tree."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def read_body(self, body: JsonNode, kind: BlockKind, items: list[Item]) -> None:
        """Append the arguments and blocks of a body: an object, or an array of objects that count as one."""
        arguments: dict[str, Attribute] = {}
        for name, key_span, value in _members(body, _CONTENTS):
            nested = kind.blocks.get(name)
            if nested is not None:
                self.read_blocks(name, value, nested, [], key_span, items)
            elif name != COMMENT:
                argument = Attribute(name, self._argument(name, value, kind), key_span[0], value.end)
                if name not in arguments:
                    arguments[name] = argument
                    items.append(argument)
                elif not (kind.is_open and _add_elements(arguments[name], argument)):
                    raise SyntaxFault(f"`{name}` is set twice here; an argument is set only once", key_span[0])

    def read_blocks(
        self, type: str, value: JsonNode, kind: BlockKind, labels: list[str], header: tuple[int, int], items: list[Item]
    ) -> None:
        """Append the blocks of a type that a value is, below the given labels.

        A block's header is its last label, or its type where it has none: those above may belong to many blocks. Of
        an array, only the first has that; the header of the others is the brace that they begin with.
        """
        if len(labels) < kind.labels:
            members = _members(value, f"the labels of `{type}`")
            if not members:
                raise SyntaxFault(f"this `{type}` block lacks a label", value.start, "an object with labels as names")
            for label, key_span, inner in members:
                self.read_blocks(type, inner, kind, [*labels, label], key_span, items)
            return
        for index, body in enumerate(_bodies(type, value)):
            inner_items: list[Item] = []
            self.read_body(body, kind, inner_items)
            start, header_end = header if index == 0 else (body.start, body.start + 1)
            items.append(Block(type, labels, inner_items, start, body.end, header_end, value.start))

    def _argument(self, name: str, value: JsonNode, kind: BlockKind) -> Expression:
        """An argument's value, its strings read as the block's kind says."""
        mode = kind.modes.get(name, kind.otherwise)
        if mode is Mode.LITERAL:
            return self._expression(value, self._literal)
        if mode is Mode.REFERENCE:
            return self._expression(value, self._reference)
        return self._expression(value, self._template)

    def _expression(self, node: JsonNode, read_string: Callable[[str, int, int], Expression]) -> Expression:
        """A JSON value as an expression; `read_string` makes one of a string and its place."""
        start, end = node.start, node.end
        if isinstance(node, JsonObject):
            return Object([self._pair(member, read_string) for member in _unique(node)], start, end)
        if isinstance(node, JsonArray):
            return Tuple([self._expression(item, read_string) for item in node.items], start, end)
        value = node.value
        if isinstance(value, str):
            return read_string(value, start, end)
        if isinstance(value, JsonNumber):
            number(value.text.removeprefix("-"), start)
            return Number(value.text, start, end)
        return Literal(value, start, end)

    def _pair(
        self, member: JsonMember, read_string: Callable[[str, int, int], Expression]
    ) -> tuple[ObjectKey | Expression, Expression]:
        """A member of an object that is an expression. Its key is read like a string; a bare name is a name."""
        key = read_string(member.name, *member.key_span)
        value = self._expression(member.value, read_string)
        if isinstance(key, Variable) and len(key.path) == 1:
            return ObjectKey(str(key.path[0]), key.start, key.end), value
        return key, value

    def _literal(self, text: str, start: int, end: int) -> Expression:
        return String(normalise(text), start, end)

    def _template(self, text: str, start: int, end: int) -> Expression:
        if "${" not in text and "%{" not in text:
            return String(normalise(text), start, end)
        place = self._places(start, end)
        try:
            expression = parse_template(text)
        except SyntaxFault as fault:
            raise SyntaxFault(fault.message, place(fault.offset), fault.expected) from None
        return _moved(expression, place, start, end)

    def _reference(self, text: str, start: int, end: int) -> Expression:
        """The expression in a string; the string where there is none, for those to complain who know what it is for."""
        try:
            expression = parse_expression(text)
        except SyntaxFault:
            return String(normalise(text), start, end)
        return _moved(expression, self._places(start, end), start, end)

    def _places(self, start: int, end: int) -> Callable[[int], int]:
        """Where the characters of the string at a place stand in the file."""
        if "\\" not in self.text[start:end]:
            return (start + 1).__add__
        return character_offsets(self.text, start, end).__getitem__


def _members(node: JsonNode, what: str) -> list[JsonMember]:
    """The members of an object, or of all objects of an array."""
    if isinstance(node, JsonObject):
        return node.every_member()
    if isinstance(node, JsonArray) and all(isinstance(item, JsonObject) for item in node.items):
        return [member for item in node.items if isinstance(item, JsonObject) for member in item.every_member()]
    if isinstance(node, JsonScalar) and node.value is None:
        return []
    raise SyntaxFault(f"this cannot hold {what}", node.start, _BODY_EXPECTED)


def _bodies(type: str, value: JsonNode) -> list[JsonNode]:
    """The bodies of the blocks that a value is, labels being taken off: none for `null`."""
    if isinstance(value, JsonObject):
        return [value]
    if isinstance(value, JsonArray):
        return value.items
    if value.value is None:
        return []
    raise SyntaxFault(f"this is no `{type}` block", value.start, _BODY_EXPECTED)


def _unique(node: JsonObject) -> list[JsonMember]:
    """The members of an object that is an expression, in which every name may stand once."""
    if node.duplicates:
        name, key_span, _ = node.duplicates[0]
        raise SyntaxFault(f"Duplicate object attribute: `{name}` is set twice in this object", key_span[0])
    return node.every_member()


def _add_elements(argument: Attribute, further: Attribute) -> bool:
    """Make one array of two arguments of one name, since they may be blocks; False where they cannot be."""
    values = [
        element
        for value in (argument.expression, further.expression)
        for element in (value.items if isinstance(value, Tuple) else [value])
    ]
    if not all(isinstance(value, Object) for value in values):
        return False
    argument.expression = Tuple(values, argument.expression.start, further.end)
    argument.end = further.end
    return True


def _moved(expression: Expression, place: Callable[[int], int], start: int, end: int) -> Expression:
    """The expression with the places of all that is in it moved to where they are in the file; its own is given."""
    for node in _nodes(expression):
        node.start = place(node.start)
        node.end = place(node.end)
    expression.start = start
    expression.end = end
    return expression


def _nodes(root: Node) -> Iterator[Node]:
    """A node and everything in it, in no particular order."""
    waiting: list[object] = [root]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Node):
            yield found
            waiting += [getattr(found, name) for name in type(found).__slots__]
        elif isinstance(found, list | tuple):
            waiting += found
