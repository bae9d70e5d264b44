"""`regex`, `regexall`, and what `replace` does with patterns.

Source: https://developer.hashicorp.com/terraform/language/functions/regex. The patterns are RE2's, and RE2 matches
them: in linear time, whatever the pattern. How matches follow each other and how a replacement is expanded is Go's
(https://pkg.go.dev/regexp#Regexp.Expand).
"""

from __future__ import annotations

import re
from functools import lru_cache

from enclint.frontends.terraform.functions.signature import (
    ArgumentFault,
    CallFault,
    Functions,
    check_elements,
    check_text,
    text,
)
from enclint.frontends.terraform.native.strings import normalise
from enclint.frontends.terraform.types import DYNAMIC, STRING, Type, list_of, object_of, tuple_of
from enclint.frontends.terraform.values import list_value, null, object_value, string, tuple_value
from enclint.lean_typing import TYPE_CHECKING, Any, Final, NamedTuple
from enclint.model.value import Known

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enclint.frontends.terraform.functions.signature import Call
    from enclint.model.value import Value
    from enclint.source import Span

FUNCTIONS: Final = Functions()

_FAULTS: Final = {
    "missing )": "missing closing )",
    "missing ]": "missing closing ]",
    "no argument for repetition operator": "missing argument to repetition operator",
    "bad repetition operator": "invalid nested repetition operator",
    "invalid repetition size": "invalid repeat count",
    "trailing \\": "trailing backslash at end of expression",
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "invalid named capture group": "invalid named capture",
}
"""What is wrong with a pattern: RE2's words in C++, and its words in Go."""


class PatternFault(Exception):  # noqa: N818
    """A text that is no pattern: what is wrong, and with which part of it."""

    def __init__(self, message: str, part: str) -> None:
        super().__init__(message)
        self.message = message
        self.part = part


class Pattern(NamedTuple):
    """RE2's compiled pattern, and the names of its groups from left to right, None for those without one."""

    compiled: Any
    names: list[str | None]


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> Pattern:
    """The pattern that a text is. Raises PatternFault."""
    import re2

    names = _group_names(pattern)
    options = re2.Options()
    options.log_errors = False
    try:
        return Pattern(re2.compile(pattern, options), names)
    except re2.error as error:
        raise _fault(error.args[0], pattern) from None


def _fault(error: object, pattern: str) -> PatternFault:
    words = error.decode(errors="replace") if isinstance(error, bytes) else str(error)
    what, _, part = words.partition(": ")
    if part.startswith("(?<"):
        return PatternFault("invalid named capture", pattern[pattern.find(part) :])
    return PatternFault(_FAULTS.get(what, what), part)


_is_name: Final = re.compile("[A-Za-z0-9_]+").fullmatch
_scan: Final = re.compile(
    r"\\Q[\s\S]*?(?:\\E|\Z)|\\[\s\S]|\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\]|\((?:\?P?<([^>]*)>|(\?))?"
).finditer


def _group_names(pattern: str) -> list[str | None]:
    r"""The name of each group, None for those without one.

    Raises PatternFault for what RE2 takes in C++ only: `\C`, and letters beyond ASCII in names.
    """
    names: list[str | None] = []
    for match in _scan(pattern):
        if match[0] == r"\C":
            raise PatternFault("invalid escape sequence", r"\C")
        if not match[0].startswith("(") or match[2]:
            continue
        if match[1] is not None and not _is_name(match[1]):
            raise PatternFault("invalid named capture", match[0])
        names.append(match[1])
    return names


def _compiled(pattern: str) -> Pattern:
    """The pattern of the first argument."""
    try:
        return compile_pattern(pattern)
    except PatternFault as fault:
        raise ArgumentFault(0, f"invalid regexp pattern: {fault.message} in {fault.part}") from None


def matches(pattern: Pattern, whole: str) -> Iterator[Any]:
    """The matches from left to right, without empty ones right behind another."""
    check_text(len(whole))
    last = -1
    for match in pattern.compiled.finditer(whole):
        start, end = match.span()
        if start != end or start != last:
            yield match
        last = end


# What a match comes to ------------------------------------------------------------------------------------------------


def _match_type(pattern: Pattern) -> Type:
    """A string; with groups a tuple of them, with named groups an object."""
    names = pattern.names
    if not names:
        return STRING
    if None not in names:
        return object_of({name: STRING for name in names if name is not None})
    if any(names):
        message = "invalid regexp pattern: cannot mix both named and unnamed capture groups"
        raise ArgumentFault(0, message)
    return tuple_of((STRING,) * len(names))


def _match_value(match: Any, pattern: Pattern, span: Span | None) -> Value:
    """What a match comes to; of several groups with one name, the last one counts."""
    if not pattern.names:
        return _group(match, 0, span)
    groups = [_group(match, index, span) for index in range(1, len(pattern.names) + 1)]
    if pattern.names[0] is None:
        return tuple_value(groups, span)
    return object_value({name: group for name, group in zip(pattern.names, groups, strict=True) if name}, span)


def _group(match: Any, index: int, span: Span | None) -> Value:
    found = match.group(index)
    return null(STRING, span) if found is None else string(normalise(found), span)


def _regex_type(arguments: Sequence[Value]) -> Type:
    pattern = arguments[0]
    return _match_type(_compiled(pattern.data)) if isinstance(pattern, Known) else DYNAMIC


@FUNCTIONS.define("regex", text("pattern"), text("string"), result=_regex_type)
def regex(call: Call, arguments: list[Value]) -> Value:
    """`regex(pattern, string)`: the first match."""
    pattern = _compiled(arguments[0].data)  # type: ignore[attr-defined]
    match = next(matches(pattern, arguments[1].data), None)  # type: ignore[attr-defined]
    if match is None:
        raise CallFault("pattern did not match any part of the given string")
    return _match_value(match, pattern, call.span)


@FUNCTIONS.define("regexall", text("pattern"), text("string"), result=lambda arguments: list_of(_regex_type(arguments)))
def regexall(call: Call, arguments: list[Value]) -> Value:
    """`regexall(pattern, string)`: all matches."""
    pattern = _compiled(arguments[0].data)  # type: ignore[attr-defined]
    values: list[Value] = []
    for match in matches(pattern, arguments[1].data):  # type: ignore[attr-defined]
        values.append(_match_value(match, pattern, call.span))
        check_elements(len(values))
    return list_value(values, call.type.element or DYNAMIC, call.span)


# Replacement ----------------------------------------------------------------------------------------------------------


def replace_matches(whole: str, pattern_text: str, replacement: str) -> str:
    """The text with each match replaced; `$1`, `$name` and `${name}` in the replacement stand for groups."""
    try:
        pattern = compile_pattern(pattern_text)
    except PatternFault as fault:
        raise CallFault(f"error parsing regexp: {fault.message}: `{fault.part}`") from None
    template = _parse_replacement(replacement, pattern)
    pieces: list[str] = []
    position = length = 0
    for match in matches(pattern, whole):
        start, end = match.span()
        pieces.append(whole[position:start])
        pieces.extend([part if isinstance(part, str) else match.group(part) or "" for part in template])
        position = end
        length += end - start + len(replacement)
        check_text(length)
    pieces.append(whole[position:])
    check_text(sum(map(len, pieces)))
    return "".join(pieces)


def _parse_replacement(replacement: str, pattern: Pattern) -> list[str | int]:
    """Literal texts and the numbers of groups; groups that there are not stand for nothing."""
    parts: list[str | int] = []
    while True:
        literal, dollar, rest = replacement.partition("$")
        parts.append(literal)
        if not dollar:
            return parts
        if rest.startswith("$"):
            parts.append("$")
            replacement = rest[1:]
            continue
        name, length = _group_name(rest)
        if not name:
            parts.append("$")
            replacement = rest
            continue
        number = _group_number(name, pattern)
        if number is not None:
            parts.append(number)
        replacement = rest[length:]


def _group_name(rest: str) -> tuple[str, int]:
    """The group's name behind a dollar sign, and how much of the text it takes; "" for none."""
    is_braced = rest.startswith("{")
    start = end = 1 if is_braced else 0
    while end < len(rest) and (rest[end].isalpha() or rest[end].isdecimal() or rest[end] == "_"):
        end += 1
    if not is_braced:
        return rest[:end], end
    return (rest[start:end], end + 1) if rest[end : end + 1] == "}" else ("", 0)


def _group_number(name: str, pattern: Pattern) -> int | None:
    is_number = name.isascii() and name.isdigit() and len(name) <= 8 and (name == "0" or name[0] != "0")
    if is_number:
        return int(name) if int(name) <= len(pattern.names) else None
    return pattern.names.index(name) + 1 if name in pattern.names else None
