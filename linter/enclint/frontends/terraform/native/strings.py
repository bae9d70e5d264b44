"""What the characters of literals stand for: escapes, Unicode normal form, white space, numbers."""

from __future__ import annotations

import re

from enclint.frontends.terraform.syntax import Literal, Number, SyntaxFault
from enclint.lean_typing import Final

SPACE: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f"
    "\u205f\u3000"
)
"""White space as Go's `unicode.IsSpace` has it (https://pkg.go.dev/unicode#IsSpace); Python's own has some more."""

_SIMPLE_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_substitute_escapes: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)|([$%])\2\{", re.DOTALL).sub
_substitute_doubled: Final = re.compile(r"([$%])\1\{").sub
_match_number: Final = re.compile(r"[0-9]++(?:\.[0-9]*+)?+(?:[eE]([+\-]?[0-9]++))?+").fullmatch

_SMALL_INTEGER_DIGITS: Final = 18
_EXPONENT_LIMIT: Final = 2**31 - 64


def unquote(text: str, offset: int) -> str:
    """The string that the text between its quotes stands for; `offset` is where it stands. Raises SyntaxFault."""
    return normalise(unescape(text, offset))


def unescape(text: str, offset: int) -> str:
    """The text with its escapes decoded, not yet normalised; `offset` is where it stands. Raises SyntaxFault."""
    if "\\" not in text and "{" not in text:
        return text

    def decoded(match: re.Match[str]) -> str:
        escape = match[1]
        if escape is None:
            return f"{match[2]}{{"
        simple = _SIMPLE_ESCAPES.get(escape)
        if simple is not None:
            return simple
        code = int(escape[1:], 16) if len(escape) > 1 else -1
        if code < 0 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
            raise SyntaxFault(
                f"`\\{escape}` is no escape sequence",
                offset + match.start(),
                r"one of \n \r \t \" \\ \uNNNN \UNNNNNNNN, or `\\` for a backslash",
            )
        return chr(code)

    return _substitute_escapes(decoded, text)


def undouble(text: str) -> str:
    """The literal text of a heredoc or template file, where `$${` and `%%{` are the only escapes."""
    if "{" in text:
        text = _substitute_doubled(r"\1{", text)
    return normalise(text)


def normalise(text: str) -> str:
    """The text in the normal form NFC, which all of Terraform's strings have."""
    if text.isascii():
        return text
    from unicodedata import normalize  # not on the path of ASCII texts

    return normalize("NFC", text)


def number(text: str, start: int) -> Literal | Number:
    """The node of a number literal. Raises SyntaxFault where the text is none."""
    end = start + len(text)
    if len(text) <= _SMALL_INTEGER_DIGITS and text.isdigit():
        return Literal(int(text), start, end)
    match = _match_number(text)
    if match is None or _is_out_of_range(match[1]):
        raise SyntaxFault(f"`{text[:40]}` is no number", start)
    return Number(text, start, end)


def _is_out_of_range(exponent: str | None) -> bool:
    """Whether Terraform refuses a number with this exponent (its numbers are binary floats with 32-bit exponents)."""
    if exponent is None:
        return False
    digits = exponent.lstrip("+-0")
    return len(digits) > 10 or (digits != "" and int(digits) > _EXPONENT_LIMIT)
