"""A value as YAML, as `yamlencode` lays it out.

The layout is that of libyaml's emitter (https://github.com/yaml/libyaml), which Terraform's encoder drives with quoted
keys and strings, and literal blocks for strings of several lines.
"""

from __future__ import annotations

from enclint.frontends.terraform.functions.signature import check_text
from enclint.frontends.terraform.values import primitive_text
from enclint.lean_typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from enclint.model.value import Value

WIDTH: Final = 80
MAX_SIMPLE_KEY: Final = 128

_ESCAPES: Final = {
    "\0": "\\0", "\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r",
    "\x1b": "\\e", '"': '\\"', "\\": "\\\\", "\x85": "\\N", "\u2028": "\\L", "\u2029": "\\P",
}  # fmt: skip
_LINE_ENDS: Final = "\n\u2028\u2029"
_BREAKS: Final = "\n\r\x85\u2028\u2029"


def yaml_text(value: Value) -> str:
    """A wholly known value as a YAML document."""
    pieces: list[str] = []
    data = value.data  # type: ignore[attr-defined]
    if data.__class__ is list and data:
        _sequence(data, 0, pieces)
    elif data.__class__ is dict and data:
        _mapping(data, 0, pieces)
    else:
        text = _scalar(value, 0, 0)
        pieces.append(text if text.endswith("\n") else text + "\n")
        if data.__class__ not in (str, list, dict):
            pieces.append("...\n")
    check_text(sum(map(len, pieces)))
    return "".join(pieces)


def _sequence(elements: list[Value], indent: int, pieces: list[str]) -> None:
    """The elements, the first at the place that has been reached, the others indented."""
    for index, element in enumerate(elements):
        if index:
            pieces.append(" " * indent)
        pieces.append("- ")
        data = element.data  # type: ignore[attr-defined]
        if data.__class__ is list and data:
            _sequence(data, indent + 2, pieces)
        elif data.__class__ is dict and data:
            _mapping(data, indent + 2, pieces)
        else:
            _line(element, indent, indent + 2, pieces)


def _mapping(entries: dict[str, Value], indent: int, pieces: list[str]) -> None:
    """The entries by key, the first at the place that has been reached, the others indented."""
    for index, key in enumerate(sorted(entries)):
        if index:
            pieces.append(" " * indent)
        is_simple = _is_simple_key(key)
        if is_simple:
            pieces.append(f"{_quoted(key)}:")
            column = indent + len(key) + 3
        else:
            text = _string(key, indent, indent + 2)
            pieces.append(f"? {text}" if text.endswith("\n") else f"? {text}\n")
            pieces.append(" " * indent + ":")
            column = indent + 1
        element = entries[key]
        data = element.data  # type: ignore[attr-defined]
        if data.__class__ is list and data:
            if is_simple:
                pieces.append("\n" + " " * indent)
                _sequence(data, indent, pieces)
            else:
                pieces.append(" ")
                _sequence(data, indent + 2, pieces)
        elif data.__class__ is dict and data:
            pieces.append("\n" + " " * (indent + 2) if is_simple else " ")
            _mapping(data, indent + 2, pieces)
        else:
            pieces.append(" ")
            _line(element, indent, column + 1, pieces)


def _is_simple_key(key: str) -> bool:
    return len(key) <= MAX_SIMPLE_KEY and not any(each in key for each in _BREAKS)


def _line(value: Value, indent: int, column: int, pieces: list[str]) -> None:
    text = _scalar(value, indent, column)
    pieces.append(text if text.endswith("\n") else text + "\n")


def _scalar(value: Value, indent: int, column: int) -> str:
    """A primitive or an empty collection; a block ends with its line end."""
    data = value.data  # type: ignore[attr-defined]
    if data is None:
        return "null"
    if data.__class__ is str:
        return _string(data, indent, column)
    if data.__class__ is list:
        return "[]"
    return "{}" if data.__class__ is dict else primitive_text(data)


def _string(text: str, indent: int, column: int) -> str:
    if "\n" in text and _fits_block(text):
        return _block(text, indent + 2)
    return _folded(_quoted_pieces(text), indent + 2, column)


def _fits_block(text: str) -> bool:
    """Whether nothing must be escaped, and no line ends with a space."""
    if text.startswith("\ufeff") or text.endswith(" "):
        return False
    return " \n" not in text and all(each == "\n" or _is_printable(each) for each in text)


def _is_printable(character: str) -> bool:
    code = ord(character)
    if code < 0xA0:
        return 0x20 <= code <= 0x7E
    return code <= 0xD7FF or (0xE000 <= code <= 0xFFFD and code != 0xFEFF)


def _block(text: str, indent: int) -> str:
    """A literal block: a hint of its indentation where it starts with blanks, and of its last line ends."""
    hint = "2" if text[0] in " \n\u2028\u2029" else ""
    if text[-1] not in _LINE_ENDS:
        hint += "-"
    elif len(text) == 1 or text[-2] in _LINE_ENDS:
        hint += "+"
    lines = [f"|{hint}\n"]
    starts_line = True
    for character in text:
        is_end = character in _LINE_ENDS
        lines.append(" " * indent + character if starts_line and not is_end else character)
        starts_line = is_end
    return "".join(lines) if starts_line else "".join(lines) + "\n"


def _quoted(text: str) -> str:
    return f'"{"".join(_quoted_pieces(text))}"'


def _quoted_pieces(text: str) -> list[str]:
    """The characters between double quotes. Behind a byte order mark at the start, all are escaped."""
    must_escape = text.startswith("\ufeff")
    return [_escaped(each, must_escape=must_escape) for each in text]


def _escaped(character: str, *, must_escape: bool) -> str:
    escape = _ESCAPES.get(character)
    if escape is not None:
        return escape
    if _is_printable(character) and not must_escape:
        return character
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _folded(pieces: list[str], indent: int, column: int) -> str:
    """Text between double quotes, broken at single spaces past the width."""
    result = ['"']
    column += 1
    after_space = False
    last = len(pieces) - 1
    for index, piece in enumerate(pieces):
        if piece == " ":
            if not after_space and column > WIDTH and 0 < index < last:
                result.append("\n" + " " * indent)
                column = indent
                if pieces[index + 1] == " ":
                    result.append("\\")
                    column += 1
            else:
                result.append(piece)
                column += 1
            after_space = True
        else:
            result.append(piece)
            column += len(piece)
            after_space = False
    result.append('"')
    return "".join(result)
