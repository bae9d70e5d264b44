"""JSON with the place of every key and value, for CloudFormation templates, Terraform's `.tf.json` and plans.

A leaf: imports nothing of ours. Strict JSON (RFC 8259, https://www.rfc-editor.org/rfc/rfc8259), apart from a
byte-order mark, which is skipped. What the standard library's reader drops is kept: offsets, members whose name was
given before, and numbers that no float would hold.

`read(text)` gives one of three nodes, each with `start` and `end`, character offsets into the text (half-open):

=============  ===========================================================================================
JsonObject     `members`: name to node, in order, the first of each name; `key_spans`: name to the span of its
               key, quotes included; `duplicates`: the later members of a name that was there already
JsonArray      `items`: nodes
JsonScalar     `value`: None, bool, str, int (at most 18 digits), or JsonNumber for any other number
=============  ===========================================================================================

Anything that is no JSON raises `JsonFault`, and nothing else is ever raised.
"""

from __future__ import annotations

import re
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]  # missing in typeshed

from enclint.lean_typing import Any, Final, NamedTuple, TypeAlias

MAX_DEPTH: Final = 250
"""Objects and arrays nested deeper than this are a fault."""


class JsonFault(Exception):  # noqa: N818 (the field's word for an error in what was read)
    """The text is no JSON. `message`: what is wrong and what was expected; `offset`: where."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class JsonNumber(NamedTuple):
    """A number that is no small integer, as it is written: exactness is the business of who reads it."""

    text: str

    def __float__(self) -> float:
        return float(self.text)


class JsonScalar:
    """A string, number, boolean or null."""

    __slots__ = ("end", "start", "value")

    def __init__(self, value: bool | int | str | JsonNumber | None, start: int, end: int) -> None:
        self.value = value
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        return f"JsonScalar({self.value!r})"


class JsonArray:
    """`[…]`."""

    __slots__ = ("end", "items", "start")

    def __init__(self, items: list[JsonNode], start: int, end: int) -> None:
        self.items = items
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        return f"JsonArray({self.items!r})"


class JsonMember(NamedTuple):
    """One `"name": value` of an object, with the span of its key."""

    name: str
    key_span: tuple[int, int]
    value: JsonNode


class JsonObject:
    """`{…}`."""

    __slots__ = ("duplicates", "end", "key_spans", "members", "start")

    def __init__(
        self,
        members: dict[str, JsonNode],
        key_spans: dict[str, tuple[int, int]],
        duplicates: list[JsonMember],
        start: int,
        end: int,
    ) -> None:
        self.members = members
        self.key_spans = key_spans
        self.duplicates = duplicates
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        return f"JsonObject({self.members!r})"

    def every_member(self) -> list[JsonMember]:
        """All members in the order of the text, those of a repeated name included."""
        spans = self.key_spans
        first = [JsonMember(name, spans[name], value) for name, value in self.members.items()]
        if not self.duplicates:
            return first
        return sorted(first + self.duplicates, key=lambda member: member.key_span)


JsonNode: TypeAlias = JsonObject | JsonArray | JsonScalar

_WORDS: Final = {"true": True, "false": False, "null": None}
_SPACE: Final = r"[ \t\n\r]*+"
_PLAIN_STRING: Final = r'"([^"\\\x00-\x1f]*+)"'
_SMALL_INTEGER: Final = r"-?(?:0|[1-9][0-9]{0,17}+)(?![0-9.eE])"
_NUMBER: Final = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+"

_match_space: Final = re.compile(_SPACE).match
_match_key: Final = re.compile(rf"{_SPACE}({_PLAIN_STRING}){_SPACE}:").match
_match_separator: Final = re.compile(rf"{_SPACE}([,}}\]])").match
_match_value: Final = re.compile(
    rf"{_SPACE}(?:({_PLAIN_STRING})|({_SMALL_INTEGER})|({_NUMBER})|(true|false|null)|([{{\[\"]))"
).match
_match_simple_member: Final = re.compile(
    rf"{_SPACE}({_PLAIN_STRING}){_SPACE}:{_SPACE}"
    rf"(?:({_PLAIN_STRING})|({_SMALL_INTEGER})|(true|false|null)){_SPACE}([,}}])"
).match
_CHARACTER: Final = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\?.", re.DOTALL
)
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def read(text: str) -> JsonNode:
    """The JSON value that the text is. Raises `JsonFault`."""
    root = _read_value(text, 1 if text.startswith("\ufeff") else 0, 0)
    end = _skip_space(text, root.end)
    if end < len(text):
        raise JsonFault("there is more after the end of the JSON value", end)
    return root


def read_at(text: str, offset: int) -> JsonNode:
    """The JSON value that begins at an offset, whatever follows it. Raises `JsonFault`."""
    return _read_value(text, offset, 0)


def character_offsets(text: str, start: int, end: int) -> list[int]:
    """Where each character of a string's value stands in the text, and where its closing quote does.

    `start` and `end` are the span of the string or key, quotes included.
    """
    return [match.start() for match in _CHARACTER.finditer(text, start + 1, end - 1)] + [end - 1]


def plain(node: JsonNode) -> Any:
    """The node as Python's own dict, list, str, int, float, bool and None; the first member of each name counts."""
    if isinstance(node, JsonObject):
        return {name: plain(value) for name, value in node.members.items()}
    if isinstance(node, JsonArray):
        return [plain(item) for item in node.items]
    value = node.value
    return float(value) if isinstance(value, JsonNumber) else value


def _skip_space(text: str, offset: int) -> int:
    return _match_space(text, offset).end()  # type: ignore[union-attr]  # it matches the empty string


def _read_value(text: str, offset: int, depth: int) -> JsonNode:
    """The value that begins at `offset` or after the white space there, `depth` containers deep."""
    match = _match_value(text, offset)
    if match is None:
        raise JsonFault("expected a JSON value", _skip_space(text, offset))
    kind = match.lastindex
    if kind == 1:
        start, end = match.span(1)
        return JsonScalar(match[2], start, end)
    if kind == 3:
        start, end = match.span(3)
        return JsonScalar(int(match[3]), start, end)
    if kind == 4:
        start, end = match.span(4)
        return JsonScalar(JsonNumber(match[4]), start, end)
    if kind == 5:
        start, end = match.span(5)
        return JsonScalar(_WORDS[match[5]], start, end)
    start = match.start(6)
    opener = match[6]
    if opener == '"':
        value, end = _read_string(text, start)
        return JsonScalar(value, start, end)
    if depth >= MAX_DEPTH:
        raise JsonFault(f"nested more than {MAX_DEPTH} levels deep", start)
    if opener == "{":
        return _read_object(text, start, depth + 1)
    return _read_array(text, start, depth + 1)


def _read_object(text: str, start: int, depth: int) -> JsonObject:
    """The object whose `{` is at `start`."""
    members: dict[str, JsonNode] = {}
    key_spans: dict[str, tuple[int, int]] = {}
    duplicates: list[JsonMember] = []
    value: JsonNode
    offset = start + 1
    separator = _match_separator(text, offset)
    if separator is not None and separator[1] == "}":
        return JsonObject(members, key_spans, duplicates, start, separator.end())
    while True:
        match = _match_simple_member(text, offset)
        if match is not None:
            name = match[2]
            key_span = match.span(1)
            value = _simple_value(match)
            offset = match.end()
            closed = match[7] == "}"
        else:
            name, key_span, offset = _read_key(text, offset)
            value = _read_value(text, offset, depth)
            closed, offset = _read_separator(text, value.end, "}")
        if name in members:
            duplicates.append(JsonMember(name, key_span, value))
        else:
            members[name] = value
            key_spans[name] = key_span
        if closed:
            return JsonObject(members, key_spans, duplicates, start, offset)


def _read_array(text: str, start: int, depth: int) -> JsonArray:
    """The array whose `[` is at `start`."""
    items: list[JsonNode] = []
    offset = start + 1
    separator = _match_separator(text, offset)
    if separator is not None and separator[1] == "]":
        return JsonArray(items, start, separator.end())
    closed = False
    while not closed:
        item = _read_value(text, offset, depth)
        items.append(item)
        closed, offset = _read_separator(text, item.end, "]")
    return JsonArray(items, start, offset)


def _simple_value(match: re.Match[str]) -> JsonScalar:
    """The scalar of a member that `_match_simple_member` took whole."""
    kind = 3 if match[3] is not None else 5 if match[5] is not None else 6
    start, end = match.span(kind)
    if kind == 3:
        return JsonScalar(match[4], start, end)
    return JsonScalar(int(match[5]) if kind == 5 else _WORDS[match[6]], start, end)


def _read_key(text: str, offset: int) -> tuple[str, tuple[int, int], int]:
    """A member's name, its key's span, and the offset just after the colon."""
    match = _match_key(text, offset)
    if match is not None:
        return match[2], match.span(1), match.end()
    start = _skip_space(text, offset)
    if text[start : start + 1] != '"':
        raise JsonFault("expected a member's name in double quotes", start)
    name, end = _read_string(text, start)
    colon = _skip_space(text, end)
    if text[colon : colon + 1] != ":":
        raise JsonFault("expected `:` after a member's name", colon)
    return name, (start, end), colon + 1


def _read_separator(text: str, offset: int, closer: str) -> tuple[bool, int]:
    """Whether the container ends here, and the offset just after its `,` or closing character."""
    match = _match_separator(text, offset)
    if match is None or match[1] not in (",", closer):
        raise JsonFault(f"expected `,` or `{closer}`", _skip_space(text, offset))
    return match[1] == closer, match.end()


def _read_string(text: str, start: int) -> tuple[str, int]:
    """A string that may hold escapes, whose quote is at `start`, and its end; half a surrogate pair becomes U+FFFD."""
    try:
        value, end = scanstring(text, start + 1, True)
    except JSONDecodeError as error:
        if error.msg.startswith("Unterminated"):
            raise JsonFault("this string has no closing quote", start) from None
        if error.msg.startswith("Invalid control"):
            raise JsonFault("a line break or control character in a string must be escaped", error.pos) from None
        raise JsonFault("invalid escape sequence in a string", error.pos) from None
    return _LONE_SURROGATE.sub("\ufffd", value), end
