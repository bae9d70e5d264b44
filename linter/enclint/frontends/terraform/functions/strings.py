"""Functions of strings. Source: https://developer.hashicorp.com/terraform/language/functions/chomp and its siblings."""

from __future__ import annotations

from enclint.frontends.terraform.functions import partials
from enclint.frontends.terraform.functions.integers import whole_number
from enclint.frontends.terraform.functions.partials import known_end, known_pieces, known_start
from enclint.frontends.terraform.functions.signature import (
    ArgumentFault,
    CallFault,
    Functions,
    Parameter,
    check_text,
    number,
    text,
)
from enclint.frontends.terraform.native.strings import SPACE, normalise
from enclint.frontends.terraform.types import BOOL, STRING, list_of
from enclint.frontends.terraform.values import is_null, list_value, string
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import Known, Partial, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.frontends.terraform.functions.signature import Call
    from enclint.model.value import Value

FUNCTIONS: Final = Functions()
_define = FUNCTIONS.define
_define_plain = FUNCTIONS.define_plain


def _open(name: str) -> Parameter:
    """A string parameter that may be known in part."""
    return Parameter(name, STRING, unknown=True)


@_define_plain("chomp", text("str"), result=STRING)
def chomp(string: str) -> str:
    """`chomp(str)`: without line ends at the end."""
    return string.rstrip("\r\n")


@_define("startswith", _open("str"), _open("prefix"), result=BOOL)
def startswith(call: Call, arguments: list[Value]) -> Value:
    """`startswith(str, prefix)`, also where only the start of the string is known."""
    string, prefix = arguments
    if not isinstance(prefix, Known):
        return partials.undecided(call, arguments)
    start = known_start(string)
    if isinstance(string, Known) or start.startswith(prefix.data):
        return partials.decided(call, start.startswith(prefix.data))
    if not prefix.data.startswith(start):
        return partials.decided(call, False)
    return partials.undecided(call, arguments)


@_define("endswith", _open("str"), _open("suffix"), result=BOOL)
def endswith(call: Call, arguments: list[Value]) -> Value:
    """`endswith(str, suffix)`, also where only the end of the string is known."""
    string, suffix = arguments
    if not isinstance(suffix, Known):
        return partials.undecided(call, arguments)
    end = known_end(string)
    if isinstance(string, Known) or (end and end.endswith(suffix.data)):
        return partials.decided(call, end.endswith(suffix.data))
    if not suffix.data.endswith(end):
        return partials.decided(call, False)
    return partials.undecided(call, arguments)


@_define("strcontains", _open("str"), _open("substr"), result=BOOL, not_null=False)
def strcontains(call: Call, arguments: list[Value]) -> Value:
    """`strcontains(str, substr)`, also where a known piece of the string has it."""
    string, part = arguments
    if not isinstance(part, Known):
        return partials.undecided(call, arguments, not_null=False)
    found = any(part.data in piece for piece in known_pieces(string) if piece)
    if isinstance(string, Known):
        return partials.decided(call, part.data in string.data)
    return partials.decided(call, True) if found else partials.undecided(call, arguments, not_null=False)


@_define_plain("indent", number("spaces"), text("str"), result=STRING)
def indent(spaces: object, string: str) -> str:
    """`indent(spaces, str)`: each line but the first is moved to the right."""
    width = whole_number(spaces)
    if width < 0:
        raise CallFault("panic in function implementation: strings: negative Repeat count")
    breaks = string.count("\n")
    check_text(len(string) + breaks * width)
    return string.replace("\n", "\n" + " " * width) if breaks else string


@_define(
    "join",
    Parameter("separator", STRING, unknown=True),
    variadic=Parameter("lists", list_of(STRING), unknown=True),
    result=STRING,
)
def join(call: Call, arguments: list[Value]) -> Value:
    """`join(separator, lists...)`; known in part where elements are not known."""
    separator, lists = arguments[0], arguments[1:]
    if not lists and isinstance(separator, Known):
        raise CallFault("at least one list is required")
    if not lists or any(isinstance(each, Unknown) for each in lists):
        return partials.undecided(call, arguments)
    elements = [element for each in lists for element in each.data]  # type: ignore[attr-defined]
    if all(isinstance(element, Known) for element in elements):
        _refuse_nulls(lists)
        if isinstance(separator, Known):
            check_text(sum(len(element.data) for element in elements) + len(separator.data) * len(elements))
            return string(normalise(separator.data.join([element.data for element in elements])), call.span)
    if any(is_null(element) for element in elements):
        return partials.undecided(call, arguments)
    parts: list[Value] = []
    for index, element in enumerate(elements):
        parts.extend([separator, element] if index else [element])
    return partials.joined(parts, call, arguments, {"not_null": True})


def _refuse_nulls(lists: list[Value]) -> None:
    for position, each in enumerate(lists):
        for index, element in enumerate(each.data):  # type: ignore[attr-defined]
            if is_null(element):
                place = f"element {index}" + (f" of list {position + 1}" if len(lists) > 1 else "")
                raise ArgumentFault(position + 1, f"{place} is null; cannot concatenate null values")


@_define("lower", _open("str"), result=STRING)
def lower(call: Call, arguments: list[Value]) -> Value:
    """`lower(str)`: letter by letter, so nothing depends on its neighbours."""
    return _letter_by_letter(call, arguments, lower_case)


@_define("upper", _open("str"), result=STRING)
def upper(call: Call, arguments: list[Value]) -> Value:
    """`upper(str)`: letter by letter; a letter without a capital of its own (ß) stays."""
    return _letter_by_letter(call, arguments, upper_case)


def _letter_by_letter(call: Call, arguments: list[Value], change: Callable[[str], str]) -> Value:
    (argument,) = arguments
    if isinstance(argument, Known):
        return string(normalise(change(argument.data)), call.span)
    if not isinstance(argument, Partial):
        return partials.undecided(call, arguments)
    parts: list[Value] = []
    for part in argument.parts:
        if isinstance(part, Known):
            parts.append(string(change(part.data), part.span))
        elif isinstance(part, Unknown):
            parts.append(Unknown(part.reason, part.span, STRING, trace=part.trace))
        else:
            return partials.undecided(call, arguments)
    return partials.joined(parts, call, arguments, {"not_null": True})


def lower_case(text: str) -> str:
    """The text in small letters, each mapped to one letter."""
    if text.isascii():
        return text.lower()
    return "".join([each.lower() if len(each.lower()) == 1 else each.lower()[0] for each in text])


def upper_case(text: str) -> str:
    """The text in capitals, each letter mapped to one letter."""
    return text.upper() if text.isascii() else "".join(map(_capital, text))


def _capital(letter: str) -> str:
    capital = letter.upper()
    return capital if len(capital) == 1 else _title_letter(letter)


def _title_letter(letter: str) -> str:
    title = letter.title()
    return title if len(title) == 1 else letter


@_define_plain("title", text("str"), result=STRING)
def title(string: str) -> str:
    """`title(str)`: a capital at the start of each word; letters, digits and `_` go on with a word."""
    letters: list[str] = []
    starts_word = True
    for letter in string:
        letters.append(_title_letter(letter) if starts_word else letter)
        starts_word = _ends_word(letter)
    return "".join(letters)


def _ends_word(letter: str) -> bool:
    if letter.isascii():
        return not (letter.isalnum() or letter == "_")
    return letter in SPACE


@_define_plain("replace", text("str"), text("substr"), text("replace"), result=STRING)
def replace(string: str, wanted: str, replacement: str) -> str:
    """`replace(str, substr, replace)`; a `substr` between slashes is a regular expression."""
    if len(wanted) > 1 and wanted.startswith("/") and wanted.endswith("/"):
        from enclint.frontends.terraform.functions.regular_expressions import replace_matches

        return replace_matches(string, wanted[1:-1], replacement)
    count = string.count(wanted)
    check_text(len(string) + count * len(replacement))
    return string.replace(wanted, replacement)


@_define("split", text("separator"), text("str"), result=list_of(STRING))
def split(call: Call, arguments: list[Value]) -> Value:
    """`split(separator, str)`; an empty separator splits into characters."""
    separator, whole = arguments[0].data, arguments[1].data  # type: ignore[attr-defined]
    pieces = whole.split(separator) if separator else list(whole)
    return list_value([string(normalise(piece), call.span) for piece in pieces], STRING, call.span)


@_define_plain("strrev", text("str"), result=STRING)
def strrev(string: str) -> str:
    """`strrev(str)`: the user-perceived characters in reverse order."""
    from enclint.frontends.terraform.functions.graphemes import clusters

    return "".join(reversed(clusters(string)))


@_define("substr", _open("str"), number("offset"), number("length"), result=STRING)
def substr(call: Call, arguments: list[Value]) -> Value:
    """`substr(str, offset, length)`, in user-perceived characters; a negative length means to the end."""
    from enclint.frontends.terraform.functions.graphemes import clusters

    offset, length = (whole_number(argument.data) for argument in arguments[1:])  # type: ignore[attr-defined]
    whole = arguments[0]
    characters = clusters(known_start(whole))
    if not isinstance(whole, Known):
        if not 0 <= offset <= offset + length < len(characters):
            return partials.undecided(call, arguments)
        return string("".join(characters[offset : offset + length]), call.span)
    if offset < 0:
        # A quirk: counted from the end, a length of 0 means to the end as well.
        offset = max(0, offset + len(characters))
        length = length or -1
    end = len(characters) if length < 0 else offset + length
    return string("".join(characters[offset:end]), call.span)


@_define_plain("trim", text("str"), text("cutset"), result=STRING)
def trim(string: str, characters: str) -> str:
    """`trim(str, cutset)`: without the characters of the set at both ends."""
    return string.strip(characters)


@_define_plain("trimspace", text("str"), result=STRING)
def trimspace(string: str) -> str:
    """`trimspace(str)`: without white space at both ends."""
    return string.strip(SPACE)


@_define("trimprefix", _open("str"), text("prefix"), result=STRING)
def trimprefix(call: Call, arguments: list[Value]) -> Value:
    """`trimprefix(str, prefix)`, also where the start of the string is known."""
    whole, prefix = arguments
    start, unwanted = known_start(whole), prefix.data  # type: ignore[attr-defined]
    if isinstance(whole, Known):
        return string(normalise(start.removeprefix(unwanted)), call.span)
    if not isinstance(whole, Partial) or len(start) < len(unwanted):
        return partials.undecided(call, arguments)
    parts = [string(start.removeprefix(unwanted)), *whole.parts[1:]] if start else whole.parts
    return partials.joined(parts, call, arguments, {"not_null": True})


@_define("trimsuffix", _open("str"), text("suffix"), result=STRING)
def trimsuffix(call: Call, arguments: list[Value]) -> Value:
    """`trimsuffix(str, suffix)`, also where the end of the string is known."""
    whole, suffix = arguments
    end, unwanted = known_end(whole), suffix.data  # type: ignore[attr-defined]
    if isinstance(whole, Known):
        return string(normalise(end.removesuffix(unwanted)), call.span)
    if not isinstance(whole, Partial) or len(end) < len(unwanted):
        return partials.undecided(call, arguments)
    parts = [*whole.parts[:-1], string(end.removesuffix(unwanted))] if end else whole.parts
    return partials.joined(parts, call, arguments, {"not_null": True})
