"""What Terraform says of a text that is no JSON, or that is no configuration in JSON syntax.

Our reader stops at the first fault. HashiCorp's leaves out what it could not read, goes on, and then complains of the
hole, too: so the text is read here once more in its way, by token, whenever ours has found a fault.

Source: https://github.com/hashicorp/hcl/tree/v2.23.0/json (`scanner.go`, `parser.go`; `structure.go` for the shapes)
"""

from __future__ import annotations

import re
from json import JSONDecodeError, loads

from enclint.frontends.terraform.diagnostics import did_you_mean
from enclint.frontends.terraform.json_blocks import FILE, PROVIDER_BODY
from enclint.frontends.terraform.module import LABELS
from enclint.json_positions import MAX_DEPTH
from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.frontends.terraform.json_blocks import BlockKind


class Complaint(NamedTuple):
    """What Terraform says, and the offset that it says it of."""

    summary: str
    detail: str
    offset: int


class _Token(NamedTuple):
    kind: str
    text: str
    start: int


class _Object(NamedTuple):
    start: int
    members: list[tuple[str, _Node]]


class _Array(NamedTuple):
    start: int
    items: list[_Node]


class _Scalar(NamedTuple):
    start: int
    is_null: bool


class _Hole(NamedTuple):
    """What could not be read."""

    start: int


_Node: TypeAlias = _Object | _Array | _Scalar | _Hole

_END: Final = "end"
_TOKEN: Final = re.compile(
    r"""[ \t\r\n]*+(?:
      (?P<mark>[{}\[\],:=])
    | (?P<string>"(?:\\[^\x00-\x1f]|[^"\\\x00-\x1f])*+\\?"?)
    | (?P<number>[-+.0-9][-+.0-9eE]*+)
    | (?P<word>[A-Za-z][A-Za-z_]*+)
    | (?P<invalid>.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?")
_WORDS: Final = ("true", "false", "null")
_START_OF_VALUE: Final = "A JSON value must start with a brace, a bracket, a number, a string, or a keyword."
_WRONG_TYPE: Final = "Incorrect JSON value type"
_ARGUMENTS: Final = "A JSON object is required here, setting the arguments for this block."
_NO_VALUE: Final = {
    "]": ("Missing array element value", _START_OF_VALUE),
    "}": ("Missing JSON value", _START_OF_VALUE),
    _END: ("Missing value", "The JSON data ends prematurely."),
}
_LABELS_OF_NESTED: Final = {"backend": ("type",), "provisioner": ("type",), "dynamic": ("type",)}


def complaints(text: str, *, of_values: bool = False) -> list[Complaint]:
    """What is wrong with a file, of code or else of variables' values; nothing where it is well formed."""
    reader = _Reader(text)
    root = reader.read()
    return [*reader.complaints, *_root(root, of_values=of_values)]


def block_complaints(text: str, offset: int, type: str) -> list[Complaint]:
    """What is wrong with the value at an offset as one or more blocks of a type that a provider's schema knows."""
    reader = _Reader(text, offset)
    return list(_blocks(type, reader.value(0), PROVIDER_BODY))


class _Reader:
    """Reads the tokens of a text into nodes, with holes where that fails, and keeps the complaints."""

    def __init__(self, text: str, offset: int = 0) -> None:
        self.complaints: list[Complaint] = []
        self._tokens = _tokens(text, offset)
        self._end = _Token(_END, "", len(text))
        self._next = next(self._tokens, self._end)

    def read(self) -> _Node:
        """The whole text."""
        root = self.value(0)
        if not self.complaints and self._next.kind != _END:
            self._complain("Extraneous data after value", "Extra characters appear after the JSON value.", self._next)
        return root

    def value(self, depth: int) -> _Node:
        """The value that begins here."""
        token = self._next
        if token.kind in ("{", "[") and depth < MAX_DEPTH:
            self._take()
            node = self._object(token, depth + 1) if token.kind == "{" else self._array(token, depth + 1)
            return node if node is not None else _Hole(token.start)
        if token.kind == "string":
            return self._string() or _Hole(token.start)
        if token.kind in ("number", "word"):
            self._take()
            return self._checked(token)
        summary, detail = _NO_VALUE.get(token.kind, ("Invalid start of value", _START_OF_VALUE))
        self._complain(summary, detail, token)
        return _Hole(token.start)

    def _take(self) -> _Token:
        token = self._next
        if token.kind == "invalid":
            self._end = _Token(_END, "", token.start + 1)
        self._next = next(self._tokens, self._end)
        return token

    def _complain(self, summary: str, detail: str, token: _Token) -> None:
        self.complaints.append(Complaint(summary, detail, token.start))

    def _string(self) -> _Scalar | None:
        token = self._take()
        try:
            loads(token.text)
        except JSONDecodeError:
            self._complain("Invalid JSON string", "There is a syntax error in the given JSON string.", token)
            return None
        return _Scalar(token.start, is_null=False)

    def _checked(self, token: _Token) -> _Node:
        """The number or word that a token is, if it is one."""
        if token.kind == "number":
            if _NUMBER.fullmatch(token.text):
                return _Scalar(token.start, is_null=False)
            self._complain("Invalid JSON number", "There is a syntax error in the given JSON number.", token)
            return _Hole(token.start)
        if token.text in _WORDS:
            return _Scalar(token.start, is_null=token.text == "null")
        if token.text in ("undefined", "NaN", "Infinity"):
            detail = f'The JavaScript identifier "{token.text}" cannot be used in JSON.'
        else:
            found = did_you_mean(token.text, list(_WORDS))
            detail = f'"{token.text}" is not a valid JSON keyword.' + (f' Did you mean "{found}"?' if found else "")
        self._complain("Invalid JSON keyword", detail, token)
        return _Hole(token.start)

    def _object(self, opener: _Token, depth: int) -> _Object | None:
        """The rest of an object; None where it could not be read to its end."""
        members: list[tuple[str, _Node]] = []
        while self._next.kind != "}":
            key = self._next
            node = self.value(depth)
            if key.kind != "string" or not isinstance(node, _Scalar):
                self._complain("Invalid object property name", "A JSON object property name must be a string", key)
                return None
            if not self._colon():
                return None
            members.append((loads(key.text), self.value(depth)))
            if self._next.kind == ",":
                comma = self._take()
                if self._next.kind == "}":
                    detail = "JSON does not permit a trailing comma after the final property in an object."
                    self._complain("Trailing comma in object", detail, comma)
                    return None
            elif self._next.kind != "}":
                self._unclosed_object(opener)
                return None
        self._take()
        return _Object(opener.start, members)

    def _colon(self) -> bool:
        token = self._take()
        if token.kind == ":":
            return True
        self._skip(token, "{", "}")
        if token.kind in ("}", ","):
            detail = "A JSON object attribute must have a value, introduced by a colon."
            self._complain("Missing object value", detail, token)
        elif token.kind == "=":
            detail = "JSON uses a colon as its name/value delimiter, not an equals sign."
            self._complain("Missing property value colon", detail, token)
        else:
            detail = "A colon must appear between an object property's name and its value."
            self._complain("Missing property value colon", detail, token)
        return False

    def _unclosed_object(self, opener: _Token) -> None:
        token = self._next
        if token.kind == _END:
            self._complain("Unclosed object", "No closing brace was found for this JSON object.", opener)
        elif token.kind == "]":
            self._take()
            self._complain("Mismatched braces", "A JSON object must be closed with a brace, not a bracket.", token)
        else:
            self._skip(self._take(), "{", "}")
            detail = "A comma must appear between each property definition in an object."
            self._complain("Missing attribute seperator comma", detail, self._next)

    def _array(self, opener: _Token, depth: int) -> _Array | None:
        """The rest of an array; None where it could not be read to its end."""
        items: list[_Node] = []
        while self._next.kind != "]":
            items.append(self.value(depth))
            if self._next.kind == ",":
                comma = self._take()
                if self._next.kind == "]":
                    detail = "JSON does not permit a trailing comma after the final value in an array."
                    self._complain("Trailing comma in array", detail, comma)
                    return None
            elif self._next.kind != "]":
                self._unclosed_array(opener)
                return None
        self._take()
        return _Array(opener.start, items)

    def _unclosed_array(self, opener: _Token) -> None:
        token = self._take()
        self._skip(token, "[", "]")
        if token.kind == _END:
            self._complain("Unclosed object", "No closing bracket was found for this JSON array.", opener)
        elif token.kind == "}":
            detail = "A JSON array must be closed with a bracket, not a brace."
            self._complain("Mismatched brackets", detail, self._next)
        elif token.kind == ":":
            detail = "A colon is not used to introduce values in a JSON array."
            self._complain("Invalid array value", detail, self._next)
        else:
            detail = "A comma must appear between each value in an array."
            self._complain("Missing attribute seperator comma", detail, self._next)

    def _skip(self, token: _Token, opener: str, closer: str) -> None:
        """Go on to what seems to be the end of the container that `token` stands in."""
        depth = 1
        while token.kind != _END:
            if token.kind == opener:
                depth += 1
            elif token.kind == closer:
                depth -= 1
                if depth <= 1:
                    return
            token = self._take()


def _tokens(text: str, offset: int) -> Iterator[_Token]:
    """The tokens up to the end, or up to the first character that begins none."""
    while (match := _TOKEN.match(text, offset)) is not None:
        kind = match.lastgroup or ""
        start = match.start(kind)
        yield _Token(match[kind] if kind == "mark" else kind, match[kind], start)
        if kind == "invalid":
            return
        offset = match.end()


def _root(root: _Node, *, of_values: bool) -> Iterator[Complaint]:
    if isinstance(root, _Array) and of_values:
        yield Complaint(_WRONG_TYPE, _ARGUMENTS, root.start)
        return
    if isinstance(root, (_Object, _Array)):
        if not of_values:
            yield from _body(root, FILE)
        return
    detail = "The root value in a JSON-based configuration must be either a JSON object or a JSON array of objects."
    yield Complaint("Root value must be object", detail, root.start)


def _members(node: _Node, purpose: str) -> tuple[list[tuple[str, _Node]], list[Complaint]]:
    """The members of an object, or of all objects of an array, and what is wrong with what should be one."""
    if isinstance(node, _Object):
        return node.members, []
    if isinstance(node, _Scalar) and node.is_null:
        return [], []
    if not isinstance(node, _Array):
        detail = f"Either a JSON object or JSON array of objects is required here, {purpose}."
        return [], [Complaint(_WRONG_TYPE, detail, node.start)]
    members: list[tuple[str, _Node]] = []
    wrong: list[Complaint] = []
    for item in node.items:
        if isinstance(item, _Object):
            members += item.members
        else:
            wrong.append(Complaint(_WRONG_TYPE, f"A JSON object is required here, {purpose}.", item.start))
    return members, wrong


def _body(node: _Node, kind: BlockKind) -> Iterator[Complaint]:
    """What is wrong with the blocks in a body; what its arguments are does not matter."""
    members, wrong = _members(node, "to define arguments and child blocks")
    yield from wrong
    for name, value in members:
        inner = kind.blocks.get(name)
        if inner is not None:
            yield from _blocks(name, value, inner)


def _blocks(type: str, node: _Node, kind: BlockKind, depth: int = 0) -> Iterator[Complaint]:
    """What is wrong with the blocks of a type that a value is, some of their labels being taken off."""
    if depth < kind.labels:
        label = _label_names(type)[depth]
        members, wrong = _members(node, f"to specify {label} labels for this block")
        yield from wrong
        if not members:
            detail = f"At least one object property is required, whose name represents the {type} block's {label}."
            yield Complaint("Missing block label", detail, node.start)
        for _, value in members:
            yield from _blocks(type, value, kind, depth + 1)
    elif isinstance(node, _Object):
        yield from _body(node, kind)
    elif isinstance(node, _Array):
        for item in node.items:
            if type == "locals" and not isinstance(item, _Object):
                yield Complaint(_WRONG_TYPE, _ARGUMENTS, item.start)
            else:
                yield from _body(item, kind)
    elif not (isinstance(node, _Scalar) and node.is_null):
        detail = (
            "Either a JSON object or a JSON array is required, representing the contents of one or more "
            f'"{type}" blocks.'
        )
        yield Complaint(_WRONG_TYPE, detail, node.start)


def _label_names(type: str) -> tuple[str, ...]:
    return _LABELS_OF_NESTED.get(type) or LABELS.get(type) or ("provider",)
