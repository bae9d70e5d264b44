"""A place in a text, and the few steps that everything else is made of."""

from __future__ import annotations

from enclint.frontends.terraform.native.patterns import ASCII, Patterns, match_blanks, match_spaces
from enclint.frontends.terraform.syntax import SyntaxFault
from enclint.lean_typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from enclint.frontends.terraform.syntax import Expression

MAX_DEPTH: Final = 250
"""Nesting deeper than this is a fault: no configuration needs it, and whoever walks the tree may recurse."""

SPACE_STARTS: Final = " \t/"
BLANK_STARTS: Final = " \t\r\n#/"
"""The characters that blanks begin with, within a line and across lines. (`/` may begin a comment.)"""

_HINTS: Final = {
    "'": "strings are written in double quotes",
    "`": "strings are written in double quotes",
    "“": "strings are written in straight double quotes",
    "”": "strings are written in straight double quotes",
    ";": "arguments are separated by line breaks, not by `;`",
    "&": "the logical and is written `&&`",
    "|": "the logical or is written `||`",
    "$": '`${…}` stands within strings only: "${…}"',
    "@": "`@` has no meaning here",
    "\xa0": "this is a no-break space, which is no blank to Terraform",
    "\0": "this is a NUL character",
}


class Cursor:
    """A text and the offset that reading has come to.

    The text, which is `length` long, is followed by a line break and a NUL, at `end`, so that there always is a next
    character to look at and every line has an end. `depth` counts how deep the constructs nest that are being read.
    """

    __slots__ = ("depth", "end", "length", "offset", "patterns", "text")

    def __init__(self, text: str, patterns: Patterns = ASCII) -> None:
        self.text: Final = text + (" \n\0" if text.endswith("\r") else "\n\0")  # `\r` must not become `\r\n` by this
        self.end: Final = len(self.text) - 1
        self.length: Final = len(text)
        self.patterns: Final = patterns
        self.offset = 1 if text.startswith("\ufeff") else 0
        self.depth = 0

    def skip(self, across_lines: bool) -> None:
        """Pass blanks and comments; line breaks, and comments that end at one, only `across_lines`."""
        self.offset = (match_blanks if across_lines else match_spaces)(self.text, self.offset).end()  # type: ignore[union-attr]  # they match the empty string

    def descend(self) -> None:
        """Note that a construct begins that others may nest in; its reader ends with `depth -= 1`."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise SyntaxFault(f"nested more than {MAX_DEPTH} levels deep", self.offset)

    def read_name(self, expected: str, across_lines: bool = True) -> str:
        """A name here or after blanks; `expected` is what the fault asks for where there is none."""
        self.skip(across_lines)
        match = self.patterns.identifier(self.text, self.offset)
        if match is None:
            raise self.unexpected(expected)
        self.offset = match.end()
        return match[0]

    def unexpected(self, expected: str, opened_at: int | None = None) -> SyntaxFault:
        """The fault that what stands here is not what was expected, within brackets that were opened at an offset."""
        offset = self.offset
        if offset >= self.length:
            if opened_at is not None:
                return SyntaxFault(f"this `{self.text[opened_at]}` is not closed before the text ends", opened_at)
            return SyntaxFault("the text ends too early", self.length, expected)
        if self.text.startswith("/*", offset):
            return SyntaxFault("this comment does not end", offset, "`*/`")
        char = self.text[offset]
        if char in "\r\n":
            return SyntaxFault("the line ends too early", offset, expected)
        if char in _HINTS and not self.text.startswith(("&&", "||"), offset):
            return SyntaxFault(_HINTS[char], offset)
        if self.text.startswith("<<", offset):
            return SyntaxFault("a heredoc begins with `<<MARKER` or `<<-MARKER` and nothing more on its line", offset)
        match = self.patterns.identifier(self.text, offset)
        found = match[0][:40] if match else char if char.isprintable() else f"U+{ord(char):04X}"
        return SyntaxFault(f"unexpected `{found}`", offset, expected)

    def read_expression(self, across_lines: bool) -> Expression:
        """An expression (`expressions` adds how); the cursor comes to stand behind the blanks that follow it."""
        raise NotImplementedError
