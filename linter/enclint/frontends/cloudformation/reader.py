"""Text to syntax trees: YAML (from libyaml's events) and JSON, with the place of every key and value.

Never raises for what it reads, runs nothing, and is bounded: nesting, and what aliases make of a small text (a
"billion laughs"), have limits, and beyond them the text is refused with the reason. Scalars are resolved as YAML 1.1
says (https://yaml.org/type/) and PyYAML does it, save dates, which stay text: `Version: 2012-10-17` is a string to
CloudFormation.
"""

from __future__ import annotations

import gc

from enclint.frontends.cloudformation.node import Mapping, Scalar, Sequence
from enclint.lean_typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.frontends.cloudformation.node import Node, Place

MAX_DEPTH: Final = 100
"""Collections nested deeper than this are refused."""
MAX_ALIASED_NODES: Final = 250_000
"""How many nodes the aliases of a text may add to those that are written; cfn-lint draws the line there too."""


class Problem(NamedTuple):
    """Something wrong with the text. `fatal`: the document, and what follows it, could not be read."""

    message: str
    start: int
    end: int
    fatal: bool


class Reading(NamedTuple):
    """What a text holds: its documents (one, but for YAML streams), and what is wrong with it."""

    documents: list[Node]
    problems: list[Problem]


def read(text: str) -> Reading:
    """The documents of a text: JSON where it begins with a brace and is JSON, else YAML."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _read(text)
    finally:
        if collecting:
            gc.enable()


def _read(text: str) -> Reading:
    if text[:64].lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
        return read_yaml(text)
    json = read_json(text)
    if not json.documents:
        yaml = read_yaml(text)
        if yaml.documents and not any(problem.fatal for problem in yaml.problems):
            return yaml
    return json


def read_json(text: str) -> Reading:
    """The one document of a JSON text."""
    from enclint.json_positions import JsonFault
    from enclint.json_positions import read as read_json_text

    converter = _JsonConverter()
    try:
        return Reading([converter.convert(read_json_text(text))], converter.problems)
    except JsonFault as fault:
        return Reading([], [Problem(f"this is no JSON: {fault.message}", fault.offset, fault.offset + 1, True)])
    except _Refusal as refusal:
        return Reading([], [refusal.problem])


def read_yaml(text: str) -> Reading:
    """The documents of a YAML text."""
    from yaml.error import MarkedYAMLError, YAMLError

    base = 1 if text.startswith("\ufeff") else 0
    composer = _Composer(text, base)
    try:
        composer.compose(_events(text[base:] if base else text))
    except _Refusal as refusal:
        composer.problems.append(refusal.problem)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        offset = mark.index + base if mark is not None else 0
        composer.problems.append(Problem(_yaml_message(error), offset, offset + 1, True))
    except YAMLError as error:  # control characters, which have a position of their own
        offset = getattr(error, "position", 0)
        composer.problems.append(Problem("this is no YAML: a control character", offset, offset + 1, True))
    except UnicodeEncodeError as error:
        composer.problems.append(Problem("this is no YAML: half a surrogate pair", error.start, error.end, True))
    return Reading(composer.documents, composer.problems)


def _events(text: str) -> Callable[[], Any]:
    """The function that gives the next event of the text: libyaml's where PyYAML was built with it, else PyYAML's."""
    try:
        from yaml._yaml import CParser
    except ImportError:
        from yaml import SafeLoader

        return SafeLoader(text).get_event
    return CParser(text).get_event


def _yaml_message(error: Any) -> str:
    """An error of the YAML parser in a sentence that says where it began."""
    message = f"this is no YAML: {error.problem or error.context}"
    if error.problem and "cannot start any token" in error.problem:
        message += " (a tab? YAML indents with spaces)"
    if error.context and error.context_mark is not None and error.problem:
        message += f" ({error.context} that begins in line {error.context_mark.line + 1})"
    return message


class _Refusal(Exception):  # noqa: N818 (not an error of ours)
    """The text is refused; nothing after this place is read."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.problem = Problem(message, start, end, True)


class _Open:
    """A collection whose end was not met yet. `key` is the mapping's key that waits for its value."""

    __slots__ = ("anchor", "deepest", "depth", "key", "merged", "node", "outer", "seen")

    def __init__(self, node: Mapping | Sequence, outer: _Open | None, anchor: str | None, seen: int) -> None:
        self.node = node
        self.outer = outer
        self.depth: int = outer.depth + 1 if outer is not None else 1
        self.anchor = anchor
        self.key: _Key | None = None
        self.merged: list[Node] | None = None
        self.seen = seen
        self.deepest = self.depth


class _Key(NamedTuple):
    name: str | None
    """None for a key that is no scalar, or null."""
    start: int
    end: int
    merges: bool


class _Anchored(NamedTuple):
    node: Node
    weight: int
    height: int


class _Composer:
    """Turns events into nodes. The order of events (and so of calls) is PyYAML's."""

    def __init__(self, text: str, base: int) -> None:
        self.text = text
        self.base = base
        self.documents: list[Node] = []
        self.problems: list[Problem] = []
        self.anchors: dict[str, _Anchored | None] = {}
        self.current: _Open | None = None
        self.seen = 0
        """Nodes so far, what aliases repeat included."""
        self.aliased = 0
        self.resolve = _Resolver().resolve

    def compose(self, get_event: Callable[[], Any]) -> None:
        """Read all events. Raises `_Refusal`, and the YAML errors of the parser."""
        from yaml.events import (
            AliasEvent,
            DocumentStartEvent,
            MappingEndEvent,
            MappingStartEvent,
            ScalarEvent,
            SequenceEndEvent,
            SequenceStartEvent,
            StreamEndEvent,
        )

        base = self.base
        while True:
            event = get_event()
            kind = event.__class__
            if kind is ScalarEvent:
                self._scalar(event, base)
            elif kind is MappingStartEvent:
                self._open(Mapping({}, {}, event.start_mark.index + base, -1, _tag(event)), event.anchor)
            elif kind is SequenceStartEvent:
                self._open(Sequence([], event.start_mark.index + base, -1, _tag(event)), event.anchor)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self._close(event, base)
            elif kind is AliasEvent:
                self._alias(event, base)
            elif kind is DocumentStartEvent:
                self.anchors = {}
            elif kind is StreamEndEvent:
                return

    def _scalar(self, event: Any, base: int) -> None:
        start = event.start_mark.index + base
        end = event.end_mark.index + base
        current = self.current
        self.seen += 1
        if current is not None and current.key is None and current.node.__class__ is Mapping:
            text = event.value
            if event.anchor is not None:
                self.anchors[event.anchor] = _Anchored(Scalar(text, start, end), 1, 0)
            plain = event.implicit[0]
            is_word = not (plain and text in _NULLS) and not _tag(event)
            current.key = _Key(text if is_word else None, start, end, plain and text == "<<")
            return
        if event.style in ("|", ">"):
            end = len(self.text[:end].rstrip()) if self.text[end - 1 : end].isspace() else end
        tag = event.tag
        value = event.value
        if tag is None:
            if event.implicit[0]:
                value = self.resolve(value)
            tag = ""
        else:
            tag, value = self._tagged_scalar(tag, value)
        node = Scalar(value, start, end, tag)
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchored(node, 1, 0)
        self._attach(node)

    def _tagged_scalar(self, tag: str, text: str) -> tuple[str, Any]:
        """The short-form tag and the value of a scalar with an explicit tag."""
        if tag == "!" or tag == "tag:yaml.org,2002:str":
            return "", text
        if tag.startswith("!"):
            return tag[1:], text
        return "", self.resolve(text)

    def _open(self, node: Mapping | Sequence, anchor: str | None) -> None:
        current = self.current
        if current is not None and current.key is None and current.node.__class__ is Mapping:
            raise _Refusal("a mapping's key must be a word, not a collection", node.start, node.start + 1)
        opened = _Open(node, current, anchor, self.seen)
        self.seen += 1
        if opened.depth > MAX_DEPTH:
            raise _Refusal(f"nested more than {MAX_DEPTH} levels deep", node.start, node.start + 1)
        if anchor is not None:
            self.anchors[anchor] = None
        self.current = opened

    def _close(self, event: Any, base: int) -> None:
        closed = self.current
        assert closed is not None  # noqa: S101 (the parser pairs them)
        node = closed.node
        start = event.start_mark.index
        end = event.end_mark.index
        if start != end:
            node.end = end + base
        else:
            node.end = _last_end(node)
        if closed.merged is not None and isinstance(node, Mapping):
            _merge(node, closed.merged)
        outer = closed.outer
        self.current = outer
        if outer is not None and closed.deepest > outer.deepest:
            outer.deepest = closed.deepest
        if closed.anchor is not None:
            self.anchors[closed.anchor] = _Anchored(node, self.seen - closed.seen, closed.deepest - closed.depth + 1)
        self._attach(node)

    def _alias(self, event: Any, base: int) -> None:
        start = event.start_mark.index + base
        end = event.end_mark.index + base
        name = event.anchor
        if name not in self.anchors:
            raise _Refusal(f"the alias `*{name}` has no anchor `&{name}` before it", start, end)
        anchored = self.anchors[name]
        if anchored is None:
            raise _Refusal(f"the alias `*{name}` stands inside its own anchor", start, end)
        self.seen += anchored.weight
        self.aliased += anchored.weight
        if self.aliased > MAX_ALIASED_NODES:
            raise _Refusal(f"its aliases stand for more than {MAX_ALIASED_NODES} nodes", start, end)
        current = self.current
        if current is not None:
            deepest = current.depth + anchored.height
            if deepest > MAX_DEPTH:
                raise _Refusal(f"nested more than {MAX_DEPTH} levels deep, aliases included", start, end)
            current.deepest = max(current.deepest, deepest)
            if current.key is None and isinstance(current.node, Mapping):
                name = str(anchored.node.value) if isinstance(anchored.node, Scalar) else None
                current.key = _Key(name, start, end, False)
                return
        self._attach(anchored.node)

    def _attach(self, node: Node) -> None:
        """Put a finished node where it belongs: the document, the sequence, or under the mapping's key."""
        current = self.current
        if current is None:
            self.documents.append(node)
            return
        parent = current.node
        if isinstance(parent, Sequence):
            parent.items.append(node)
            return
        key = current.key
        current.key = None
        if key is None or key.name is None:
            place = key or node
            self.problems.append(
                Problem(
                    "a key of a mapping must be a word (a short form such as `!Sub` makes a value)",
                    place.start,
                    place.end,
                    False,
                )
            )
        elif key.merges:
            current.merged = [*(current.merged or ()), *_merge_sources(node)]
        else:
            if key.name in parent.members:
                message = f"the key `{key.name}` stands twice in one mapping; the last one counts"
                self.problems.append(Problem(message, key.start, key.end, False))
            parent.members[key.name] = node
            parent.key_places[key.name] = (key.start, key.end)


def _tag(event: Any) -> str:
    """The short-form tag of a collection, "" if it has none of that form."""
    tag = event.tag
    return tag[1:] if tag is not None and tag.startswith("!") else ""


def _last_end(node: Mapping | Sequence) -> int:
    """Where the last thing in a block collection ends: libyaml puts its end at the token that follows."""
    if isinstance(node, Sequence):
        return node.items[-1].end if node.items else node.start
    if not node.members:
        return node.start
    key, value = next(reversed(node.members.items()))
    return max(node.key_places[key][1], value.end if value.start >= node.start else 0)


def _merge_sources(node: Node) -> list[Node]:
    """What a merge key names: one mapping or a list of mappings."""
    return list(node.items) if isinstance(node, Sequence) else [node]


def _merge(node: Mapping, sources: list[Node]) -> None:
    """Put in the members of merged mappings: what is written wins, then the earlier source.

    Source: https://yaml.org/type/merge.html
    """
    members: dict[str, Node] = {}
    places: dict[str, Place] = {}
    for source in reversed(sources):
        if isinstance(source, Mapping):
            members.update(source.members)
            places.update(source.key_places)
    members.update(node.members)
    places.update(node.key_places)
    node.members = members
    node.key_places = places


_NULLS: Final = frozenset(("", "~", "null", "Null", "NULL"))
_WORDS: Final = {
    **dict.fromkeys(_NULLS),
    **{form: True for word in ("yes", "true", "on") for form in (word, word.title(), word.upper())},
    **{form: False for word in ("no", "false", "off") for form in (word, word.title(), word.upper())},
}


def plain_value(word: str) -> bool | str | None:
    """What YAML takes a word for that is not quoted: true for `on`, the word itself for most."""
    return _WORDS.get(word, word)


class _Resolver:
    """Gives plain scalars their types, with PyYAML's own expressions; remembers what it was asked."""

    def __init__(self) -> None:
        from yaml.constructor import SafeConstructor
        from yaml.nodes import ScalarNode
        from yaml.resolver import Resolver

        self._implicit = Resolver.yaml_implicit_resolvers
        self._scalar_node = ScalarNode
        constructor = SafeConstructor()
        self._constructors: dict[str, Callable[[Any], Any]] = {
            "tag:yaml.org,2002:int": constructor.construct_yaml_int,
            "tag:yaml.org,2002:float": constructor.construct_yaml_float,
        }
        self._known: dict[str, Any] = dict(_WORDS)

    def resolve(self, text: str) -> Any:
        """The value of a plain scalar."""
        if text[:1].isalpha() and text not in _WORDS:
            return text
        try:
            return self._known[text]
        except KeyError:
            value = self._known[text] = self._number(text)
            return value

    def _number(self, text: str) -> Any:
        for tag, expression in self._implicit.get(text[:1], ()):
            if tag in self._constructors and len(text) <= 64 and expression.match(text):
                return self._constructors[tag](self._scalar_node(tag, text))
        return text


class _JsonConverter:
    """JSON's nodes as ours; repeated members are told, and the last one counts."""

    def __init__(self) -> None:
        from enclint.json_positions import JsonArray, JsonNumber, JsonObject

        self._object = JsonObject
        self._array = JsonArray
        self._number = JsonNumber
        self.problems: list[Problem] = []

    def convert(self, node: Any, depth: int = 0) -> Node:
        """The node and all that is under it. Raises `_Refusal` where it is nested too deeply."""
        kind = node.__class__
        if kind is not self._object and kind is not self._array:
            value = node.value
            return Scalar(_json_number(value.text) if value.__class__ is self._number else value, node.start, node.end)
        if depth >= MAX_DEPTH:
            raise _Refusal(f"nested more than {MAX_DEPTH} levels deep", node.start, node.start + 1)
        if kind is self._array:
            return Sequence([self.convert(item, depth + 1) for item in node.items], node.start, node.end)
        members = {name: self.convert(value, depth + 1) for name, value in node.members.items()}
        for duplicate in node.duplicates:
            message = f"the key `{duplicate.name}` stands twice in one object; the last one counts"
            start, end = duplicate.key_span
            self.problems.append(Problem(message, start, end, False))
            members[duplicate.name] = self.convert(duplicate.value, depth + 1)
            node.key_spans[duplicate.name] = duplicate.key_span
        return Mapping(members, node.key_spans, node.start, node.end)


def _json_number(text: str) -> int | float:
    """A number of JSON that is no small integer."""
    return float(text) if any(mark in text for mark in ".eE") or len(text) > 4000 else int(text)
