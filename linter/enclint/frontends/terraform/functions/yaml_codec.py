"""`yamldecode` and `yamlencode`.

Source: https://developer.hashicorp.com/terraform/language/functions/yamldecode and its sibling; which plain scalars
are what is decided as in https://github.com/zclconf/go-cty-yaml: `y`, `yes` and `on` are true, dates are timestamps,
`017` is 17. What the text is made of, PyYAML's parser tells.
"""

from __future__ import annotations

import re

from enclint.frontends.terraform.functions.signature import (
    MAX_ELEMENTS,
    CallFault,
    Functions,
    LimitFault,
    Parameter,
    check_text,
)
from enclint.frontends.terraform.native.strings import normalise
from enclint.frontends.terraform.numbers import INFINITY, NEGATIVE_INFINITY, parse
from enclint.frontends.terraform.types import DYNAMIC, STRING
from enclint.frontends.terraform.values import (
    UNDECIDED,
    boolean,
    carry_marks,
    null,
    number,
    object_value,
    primitive_text,
    quoted,
    string,
    tuple_value,
)
from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.value import Encoded, Known, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.frontends.terraform.functions.signature import Call
    from enclint.model.value import Value
    from enclint.source import Span

FUNCTIONS: Final = Functions()

MAX_DEPTH: Final = 200
"""How deeply a document may be nested: nobody writes deeper ones by hand."""


@FUNCTIONS.define("yamlencode", Parameter("value", DYNAMIC, null=True, unknown=True, untyped=True), result=STRING,
                  not_null=False, holds_choices=True)  # fmt: skip
def yamlencode(call: Call, arguments: list[Value]) -> Value:
    """`yamlencode(value)`; an Encoded value where a part of it is undecided."""
    (value,) = arguments
    if not value.flags & UNDECIDED:
        from enclint.frontends.terraform.functions.yaml_writer import yaml_text

        return string(yaml_text(value), call.span)
    result = Encoded("yaml", value, call.span, STRING)
    carry_marks(result, arguments)
    return result


@FUNCTIONS.define("yamldecode", Parameter("src", STRING, unknown=True), result=DYNAMIC, not_null=False)
def yamldecode(call: Call, arguments: list[Value]) -> Value:
    """`yamldecode(src)`; what `yamlencode` made of partly known things comes back as it was."""
    (text,) = arguments
    if isinstance(text, Encoded) and text.codec == "yaml" and call.scope.choices:
        return text.value
    if isinstance(text, Unknown):
        from enclint.frontends.terraform.functions import partials

        return partials.undecided(call, arguments)
    return _Decoder(text.data, call.span).document()  # type: ignore[attr-defined]


class _Decoder:
    """Makes a value of a document's events. Raises CallFault."""

    def __init__(self, text: str, span: Span | None) -> None:
        check_text(len(text))
        self.events = _events(text)
        self.span = span
        self.anchors: dict[str, Value] = {}
        self.pending: list[str] = []
        self.sizes: dict[int, int] = {}
        self.size = 0

    def document(self) -> Value:
        """The value of the only document."""
        next(self.events)
        start = next(self.events)
        if _name(start) != "DocumentStartEvent":
            raise CallFault("on line 1, column 1: missing start of document")
        if start.version not in (None, (1, 1)):
            raise CallFault("found incompatible YAML document")
        value = self.value(next(self.events), 0)
        next(self.events)
        if _name(next(self.events)) != "StreamEndEvent":
            raise CallFault("on line 1, column 1: unexpected extra content after value")
        return value

    def value(self, event: Any, depth: int) -> Value:
        """The value that begins with an event."""
        if depth > MAX_DEPTH:
            raise LimitFault(f"a document nested deeper than {MAX_DEPTH} levels is not decoded")
        kind = _name(event)
        if kind == "AliasEvent":
            return self.alias(event.anchor)
        before = self.size
        self.grow(1)
        if event.anchor:
            self.pending.append(event.anchor)
        if kind == "ScalarEvent":
            value: Value = _scalar(event, self.span)
        elif kind == "SequenceStartEvent":
            value = self.sequence(event, depth)
        else:
            value = self.mapping(event, depth)
        if event.anchor:
            self.pending.remove(event.anchor)
            self.anchors[event.anchor] = value
            self.sizes[id(value)] = self.size - before
        return value

    def grow(self, count: int) -> None:
        """Count values, those that aliases repeat included."""
        self.size += count
        if self.size > MAX_ELEMENTS:
            raise LimitFault(f"a document of more than {MAX_ELEMENTS:,} values is not decoded")

    def alias(self, name: str) -> Value:
        """The value of an anchor."""
        if name in self.pending:
            raise CallFault(f'cannot refer to anchor "{name}" from inside its own definition')
        value = self.anchors.get(name)
        if value is None:
            raise CallFault(f'reference to undefined anchor "{name}"')
        self.grow(self.sizes[id(value)])
        return value

    def sequence(self, event: Any, depth: int) -> Value:
        """A tuple."""
        if event.tag not in (None, f"{_TAG}seq"):
            raise CallFault(f"can't interpret sequence as {event.tag}")
        elements: list[Value] = []
        while _name(event := next(self.events)) != "SequenceEndEvent":
            elements.append(self.value(event, depth + 1))
        return tuple_value(elements, self.span)

    def mapping(self, event: Any, depth: int) -> Value:
        """An object; later keys win, those that `<<` merges in among them."""
        if event.tag not in (None, f"{_TAG}map"):
            raise CallFault(f"can't interpret mapping as {event.tag}")
        attributes: dict[str, Value] = {}
        while _name(event := next(self.events)) != "MappingEndEvent":
            if _name(event) != "ScalarEvent":
                raise CallFault("only strings are allowed as mapping keys")
            key = event
            value = self.value(next(self.events), depth + 1)
            if key.value == "<<":
                attributes.update(_merged(value))
            else:
                attributes[self.key(key)] = value
        return object_value(attributes, self.span)

    def key(self, event: Any) -> str:
        """A mapping's key as text."""
        data = _scalar(event, None).data
        if data is None:
            raise CallFault("mapping key cannot be null")
        return primitive_text(data)


def _merged(value: Value) -> dict[str, Value]:
    if value.type.kind != "object":
        raise CallFault(f"cannot merge {value.type.name} into mapping")
    data: dict[str, Value] = value.data  # type: ignore[attr-defined]
    return data


def _name(event: Any) -> str:
    return str(event.__class__.__name__)


def _events(text: str) -> Iterator[Any]:
    """The events of a YAML text. Raises CallFault."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"on line {mark.line + 1}, column {mark.column + 1}: " if mark is not None and mark.line else ""
        raise CallFault(f"{place}{error.problem or error.context}") from None
    except (yaml.YAMLError, UnicodeError) as error:
        raise CallFault(str(error).replace("\n", " ")) from None


# Scalars --------------------------------------------------------------------------------------------------------------

_TAG: Final = "tag:yaml.org,2002:"
_TRUE: Final = frozenset(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"))
_FALSE: Final = frozenset(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"))
_NULL: Final = frozenset(("", "~", "null", "Null", "NULL"))
_INFINITE: Final = frozenset((".inf", ".Inf", ".INF"))
_NOT_A_NUMBER: Final = frozenset((".nan", ".NaN", ".NAN"))
_HINTS: Final = frozenset("+-0123456789yYnNtTfFoO~.")
"""What a scalar starts with that may be something else than a string."""

_is_decimal: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?").fullmatch
_is_hexadecimal: Final = re.compile(r"0x[0-9a-fA-F]+").fullmatch
_is_octal: Final = re.compile(r"0o[0-7]+").fullmatch
_is_binary: Final = re.compile(r"-?0b[01]+").fullmatch
_match_timestamp: Final = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:[Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})"
    r"| ([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?)?"
).fullmatch


def _scalar(event: Any, span: Span | None) -> Known:
    """The value of a scalar. A quirk: a block of text is taken for what it looks like, and then made a text again."""
    value = resolve(event.tag or "", event.value, is_plain=event.style not in ("'", '"'), span=span)
    if event.style not in ("|", ">") or event.tag:
        return value
    return null(STRING, span) if value.data is None else string(primitive_text(value.data), span)


def resolve(tag: str, text: str, *, is_plain: bool, span: Span | None) -> Known:
    """The value of a scalar with a tag ("" for none). Raises CallFault."""
    kind = tag.removeprefix(_TAG)
    if tag and kind not in ("str", "bool", "int", "float", "null", "timestamp", "binary"):
        raise CallFault(f'unsupported tag "{tag}"')
    if (not text or text[0] in _HINTS) and kind not in ("str", "binary"):
        found = _plain_value(kind, text, span) if is_plain else string(normalise(text), span)
        if found is not None:
            return found
    if kind == "null":
        return null(DYNAMIC, span)
    if kind in ("int", "float") and is_plain:
        if _is_binary(text):
            return number(int(text, 2), span)
        if _is_decimal(text.replace("_", "")):
            return number(parse(text.replace("_", "")), span)
    if kind in ("bool", "int", "float", "timestamp"):
        raise CallFault(f"cannot parse {quoted(text)} as {tag}")
    if kind == "binary":
        _check_binary(text, tag)
    return string(normalise(text), span)


def _check_binary(text: str, tag: str) -> None:
    from enclint.frontends.terraform.functions.encoding import base64_bytes

    try:
        base64_bytes(text)
    except ValueError:
        raise CallFault(f"cannot parse {quoted(text)} as {tag}: not valid base64") from None


def _plain_value(kind: str, text: str, span: Span | None) -> Known | None:
    """What a plain scalar is by its looks; None for nothing in particular."""
    if text in _TRUE or text in _FALSE:
        return boolean(text in _TRUE, span)
    if text in _NULL:
        return null(DYNAMIC, span)
    if text.lstrip("+-") in _INFINITE and len(text) <= 5:
        return number(NEGATIVE_INFINITY if text.startswith("-") else INFINITY, span)
    if text in _NOT_A_NUMBER and not kind:
        raise CallFault("floating point NaN is not supported")
    if kind in ("", "timestamp"):
        timestamp = _timestamp(text)
        if timestamp is not None:
            return string(timestamp, span)
    if _is_decimal(text):
        return number(parse(text), span)
    if _is_hexadecimal(text) or _is_octal(text):
        return number(int(text, 0), span)
    return None


def _timestamp(text: str) -> str | None:
    """A date or timestamp in the form of RFC 3339; None for other texts."""
    match = _match_timestamp(text)
    if match is None:
        return None
    from enclint.frontends.terraform.functions.dates import parse_timestamp

    year, month, day = match[1], match[2].zfill(2), match[3].zfill(2)
    clock = [(match[index] or match[index + 4] or "0").zfill(2) for index in (4, 5, 6)]
    try:
        return str(parse_timestamp(f"{year}-{month}-{day}T{':'.join(clock)}{match[7] or 'Z'}"))
    except ValueError:
        return None
