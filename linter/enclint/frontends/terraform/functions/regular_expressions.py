"""`regex`, `regexall`, and what `replace` does with patterns.

Source: https://developer.hashicorp.com/terraform/language/functions/regex. The patterns are RE2's, and RE2 matches
them: in linear time, whatever the pattern. How matches follow each other and how a replacement is expanded is Go's
(https://pkg.go.dev/regexp#Regexp.Expand).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from enclint.frontends.terraform.functions.signature import (
    ArgumentFault,
    CallFault,
    Functions,
    LimitFault,
    check_elements,
    check_text,
    text,
)
from enclint.frontends.terraform.native.strings import normalise
from enclint.frontends.terraform.types import DYNAMIC, STRING, Type, list_of, object_of, tuple_of
from enclint.frontends.terraform.values import list_value, null, object_value, string, tuple_value
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


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> Any:
    """RE2's compiled pattern. Raises PatternFault."""
    import re2

    if _has_single_byte(pattern):
        raise PatternFault("invalid escape sequence", r"\C")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise _fault(str(error.args[0] if error.args else error)) from None


def _has_single_byte(pattern: str) -> bool:
    r"""Whether a pattern uses `\C`, which RE2 knows in C++ only."""
    position = pattern.find("\\")
    while 0 <= position < len(pattern) - 1:
        escape = pattern[position + 1]
        if escape == "C":
            return True
        if escape == "Q":
            position = pattern.find("\\E", position)
            if position < 0:
                return False
        position = pattern.find("\\", position + 2)
    return False


def _fault(error: object) -> PatternFault:
    words = error.decode(errors="replace") if isinstance(error, bytes) else str(error)
    if words.startswith("b'") or words.startswith('b"'):
        words = words[2:-1].replace("\\\\", "\\")
    what, _, part = words.partition(": ")
    if what == "duplicate capture group name":
        raise LimitFault("a pattern in which two groups have one name is not matched")
    return PatternFault(_FAULTS.get(what, what), part)


def _compiled(pattern: str) -> Any:
    """The compiled pattern of the first argument."""
    try:
        return compile_pattern(pattern)
    except PatternFault as fault:
        raise ArgumentFault(0, f"invalid regexp pattern: {fault.message} in {fault.part}") from None


def matches(pattern: Any, whole: str) -> Iterator[Any]:
    """The matches from left to right, without empty ones right behind another."""
    check_text(len(whole))
    last = -1
    for match in pattern.finditer(whole):
        start, end = match.span()
        if start != end or start != last:
            yield match
        last = end


# What a match comes to ------------------------------------------------------------------------------------------------


def _match_type(pattern: Any) -> Type:
    """A string; with groups a tuple of them, with named groups an object."""
    groups, names = pattern.groups, pattern.groupindex
    if not groups:
        return STRING
    if not names:
        return tuple_of((STRING,) * groups)
    if len(names) < groups:
        message = "invalid regexp pattern: cannot mix both named and unnamed capture groups"
        raise ArgumentFault(0, message)
    return object_of(dict.fromkeys(map(normalise, names), STRING))


def _match_value(match: Any, pattern: Any, span: Span | None) -> Value:
    if not pattern.groups:
        return _group(match, 0, span)
    names = pattern.groupindex
    if not names:
        return tuple_value([_group(match, index, span) for index in range(1, pattern.groups + 1)], span)
    return object_value({normalise(name): _group(match, index, span) for name, index in names.items()}, span)


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


@FUNCTIONS.define(
    "regexall", text("pattern"), text("string"), result=lambda arguments: list_of(_regex_type(arguments))
)
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


def _parse_replacement(replacement: str, pattern: Any) -> list[str | int]:
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


def _group_number(name: str, pattern: Any) -> int | None:
    is_number = name.isascii() and name.isdigit() and len(name) <= 8 and (name == "0" or name[0] != "0")
    if is_number:
        return int(name) if int(name) <= pattern.groups else None
    number: int | None = pattern.groupindex.get(name)
    return number
