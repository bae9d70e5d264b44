"""The syntax tree of Terraform's language, native (HCL) and JSON alike. No meaning: what it computes is `evaluate`'s.

Every node has `start` and `end`, character offsets into the text it was read from; the file that a tree belongs to
is known by the `Body` at its root. Classes are written out by hand: they are made by the hundred thousand.
"""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclint.source import Source


class Node:
    """Something with a place."""

    __slots__ = ("end", "start")

    start: int
    end: int


class Literal(Node):
    """`true`, `false`, `null`, or an integer of fewer than 19 digits."""

    __slots__ = ("value",)

    def __init__(self, value: Any, start: int, end: int) -> None:
        self.value = value
        self.start = start
        self.end = end


class Number(Node):
    """A number literal that is no small integer, as its source text (exactness is the evaluator's business)."""

    __slots__ = ("text",)

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.start = start
        self.end = end


class String(Node):
    """A string without interpolation, escapes already decoded."""

    __slots__ = ("heredoc", "value")

    def __init__(self, value: str, start: int, end: int, heredoc: bool = False) -> None:
        self.value = value
        self.start = start
        self.end = end
        self.heredoc = heredoc


class Template(Node):
    """A string with interpolations or directives: parts are str or expressions (TemplateIf, TemplateFor among them)."""

    __slots__ = ("heredoc", "parts")

    def __init__(self, parts: list[TemplatePart], start: int, end: int, heredoc: bool = False) -> None:
        self.parts = parts
        self.start = start
        self.end = end
        self.heredoc = heredoc


class TemplateWrap(Node):
    """A template that is one interpolation and nothing else: `"${x}"` keeps the type of x."""

    __slots__ = ("expression",)

    def __init__(self, expression: Expression, start: int, end: int) -> None:
        self.expression = expression
        self.start = start
        self.end = end


class TemplateIf(Node):
    """`%{ if c }…%{ else }…%{ endif }`."""

    __slots__ = ("condition", "if_false", "if_true")

    def __init__(
        self,
        condition: Expression,
        if_true: list[TemplatePart],
        if_false: list[TemplatePart],
        start: int,
        end: int,
    ) -> None:
        self.condition = condition
        self.if_true = if_true
        self.if_false = if_false
        self.start = start
        self.end = end


class TemplateFor(Node):
    """`%{ for k, v in c }…%{ endfor }`; `key_name` is "" where there is none."""

    __slots__ = ("collection", "key_name", "parts", "value_name")

    def __init__(
        self,
        key_name: str,
        value_name: str,
        collection: Expression,
        parts: list[TemplatePart],
        start: int,
        end: int,
    ) -> None:
        self.key_name = key_name
        self.value_name = value_name
        self.collection = collection
        self.parts = parts
        self.start = start
        self.end = end


class Variable(Node):
    """A root name and the static steps behind it: `var.a.b[0]["c"]` is ("var", "a", "b", Key(0), Key("c")).

    Attribute steps are str; index steps with a literal key are a `Key` (int or str). Steps with computed keys are
    an `Index` around the Variable.
    """

    __slots__ = ("path",)

    def __init__(self, path: tuple[str | Key, ...], start: int, end: int) -> None:
        self.path = path
        self.start = start
        self.end = end


class Key:
    """The literal key of an index step: int, str, bool or None. Other numbers are an `Index`, not a static step."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self.value == other.value and type(self.value) is type(other.value)

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return f"Key({self.value!r})"


class GetAttribute(Node):
    """Static steps behind an expression that is no plain name: `f(x).a[0]`. `path` as in Variable."""

    __slots__ = ("object", "path")

    def __init__(self, object: Expression, path: tuple[str | Key, ...], start: int, end: int) -> None:
        self.object = object
        self.path = path
        self.start = start
        self.end = end


class Index(Node):
    """`collection[key]` with a computed key."""

    __slots__ = ("collection", "key")

    def __init__(self, collection: Expression, key: Expression, start: int, end: int) -> None:
        self.collection = collection
        self.key = key
        self.start = start
        self.end = end


class Splat(Node):
    """`source[*]…` or `source.*…`; `each` is the expression for one element, over the SplatItem inside it."""

    __slots__ = ("each", "source")

    def __init__(self, source: Expression, each: Expression, start: int, end: int) -> None:
        self.source = source
        self.each = each
        self.start = start
        self.end = end


class SplatItem(Node):
    """The element that a splat is at."""

    __slots__ = ()

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end


class Call(Node):
    """A function call; `expand` where the last argument is followed by `...`."""

    __slots__ = ("arguments", "expand", "name")

    def __init__(self, name: str, arguments: list[Expression], expand: bool, start: int, end: int) -> None:
        self.name = name
        self.arguments = arguments
        self.expand = expand
        self.start = start
        self.end = end


class Conditional(Node):
    """`condition ? if_true : if_false`."""

    __slots__ = ("condition", "if_false", "if_true")

    def __init__(self, condition: Expression, if_true: Expression, if_false: Expression, start: int, end: int) -> None:
        self.condition = condition
        self.if_true = if_true
        self.if_false = if_false
        self.start = start
        self.end = end


class Binary(Node):
    """`left operator right`."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, operator: str, left: Expression, right: Expression, start: int, end: int) -> None:
        self.operator = operator
        self.left = left
        self.right = right
        self.start = start
        self.end = end


class Unary(Node):
    """`-x` or `!x`."""

    __slots__ = ("operand", "operator")

    def __init__(self, operator: str, operand: Expression, start: int, end: int) -> None:
        self.operator = operator
        self.operand = operand
        self.start = start
        self.end = end


class Parentheses(Node):
    """`(x)`."""

    __slots__ = ("expression",)

    def __init__(self, expression: Expression, start: int, end: int) -> None:
        self.expression = expression
        self.start = start
        self.end = end


class Tuple(Node):
    """`[a, b]`."""

    __slots__ = ("items",)

    def __init__(self, items: Sequence[Expression], start: int, end: int) -> None:
        self.items = items
        self.start = start
        self.end = end


class Object(Node):
    """`{ a = b, (c) = d }`; keys are ObjectKey for bare words, else expressions."""

    __slots__ = ("items",)

    def __init__(self, items: list[tuple[ObjectKey | Expression, Expression]], start: int, end: int) -> None:
        self.items = items
        self.start = start
        self.end = end


class ObjectKey(Node):
    """A bare word as an object's key."""

    __slots__ = ("name",)

    def __init__(self, name: str, start: int, end: int) -> None:
        self.name = name
        self.start = start
        self.end = end


class For(Node):
    """`[for k, v in c : value if condition]` or `{for k, v in c : key => value... if condition}`."""

    __slots__ = ("collection", "condition", "group", "key", "key_name", "value", "value_name")

    def __init__(
        self,
        key_name: str,
        value_name: str,
        collection: Expression,
        key: Expression | None,
        value: Expression,
        condition: Expression | None,
        group: bool,
        start: int,
        end: int,
    ) -> None:
        self.key_name = key_name
        self.value_name = value_name
        self.collection = collection
        self.key = key
        """The key's expression for an object, None for a tuple."""
        self.value = value
        self.condition = condition
        self.group = group
        self.start = start
        self.end = end


Expression: TypeAlias = (
    Literal
    | Number
    | String
    | Template
    | TemplateWrap
    | TemplateIf
    | TemplateFor
    | Variable
    | GetAttribute
    | Index
    | Splat
    | SplatItem
    | Call
    | Conditional
    | Binary
    | Unary
    | Parentheses
    | Tuple
    | Object
    | For
)
TemplatePart: TypeAlias = str | Expression


class Attribute(Node):
    """`name = expression`; `start` is the name's, `end` the expression's."""

    __slots__ = ("expression", "name")

    def __init__(self, name: str, expression: Expression, start: int, end: int) -> None:
        self.name = name
        self.expression = expression
        self.start = start
        self.end = end


class Block(Node):
    """`type "label" { … }`; `header_end` is the offset just after the last label (or the type).

    `opening` is, in JSON syntax, the offset of the brace or bracket that opens the value which the block is in.
    """

    __slots__ = ("header_end", "items", "labels", "opening", "type")

    def __init__(
        self,
        type: str,
        labels: list[str],
        items: list[Item],
        start: int,
        end: int,
        header_end: int,
        opening: int | None = None,
    ) -> None:
        self.type = type
        self.labels = labels
        self.items = items
        self.start = start
        self.end = end
        self.header_end = header_end
        self.opening = opening


Item: TypeAlias = Attribute | Block


class Body:
    """A file's arguments and blocks, in the order of its text."""

    __slots__ = ("items", "source")

    def __init__(self, items: list[Item], source: Source) -> None:
        self.items = items
        self.source = source


class SyntaxFault(Exception):  # noqa: N818 (the field's word for an error in what was read)
    """The text is not Terraform's language.

    `message`: what is wrong; `expected`: what should stand there ("" where the message says it all); `offset`: where;
    `items`: the top-level items before the fault, which were understood and may still be judged.
    """

    def __init__(self, message: str, offset: int, expected: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.expected = expected
        self.items: list[Item] = []

    def __str__(self) -> str:
        return f"{self.message}: expected {self.expected}" if self.expected else self.message
