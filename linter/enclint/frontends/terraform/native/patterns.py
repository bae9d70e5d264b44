"""The regular expressions that take the language apart.

Speed is theirs: one match takes a whole `name = value # comment` line of the simple kinds, which most lines are.
Every repetition is possessive or atomic, so that no text makes them backtrack. They count on the end of the text
being marked by a line break and a NUL (see `cursor`).

Most texts have ASCII identifiers only, and are read with `ASCII`. For the others, patterns are built that know the
letters that occur (`Patterns.of`).
"""

from __future__ import annotations

import re

from enclint.lean_typing import Any, Final

# Which group of `Patterns.item` matched last tells what kind of item it is.
SIMPLE_ARGUMENT: Final = 2
ARGUMENT: Final = 3
BLOCK: Final = 5
CLOSING_BRACE: Final = 6
END_OF_TEXT: Final = 7
OTHER_WORD: Final = 8

# The same for `Patterns.term`.
TERM_STRING: Final = 1
TERM_PATH: Final = 2
TERM_NUMBER: Final = 3

# And for `Patterns.object_item`.
OBJECT_END: Final = 3

_SPACES: Final = r"[ \t]*+"
_BLOCK_COMMENT: Final = r"/\*(?>(?s:.*?)\*/)"
_LINE_COMMENT: Final = r"(?:\#|//)[^\n]*+"
_BLANKS: Final = rf"(?:[ \t\n]++|\r\n|{_LINE_COMMENT}|{_BLOCK_COMMENT})*+"
_END_OF_LINE: Final = rf"{_SPACES}(?:{_LINE_COMMENT})?+\r?\n"
_PLAIN: Final = r'[^"\\$%\r\n]*+'
_PLAIN_STRING: Final = rf'"({_PLAIN})"'
_INTEGER: Final = r"[0-9]++"
_NUMBER: Final = r"[0-9]++(?:\.*+(?:[0-9]++|[eE][+\-]?[0-9]))*+"
_LINE_GAP: Final = r"(?:[ \t]++|\r?\n)*+"
_NOT_A_SEQUENCE: Final = r"\$\$\{|%%\{|\$(?!\{)|%(?!\{)"


class Patterns:
    """The patterns for texts whose identifiers have the given letters beyond ASCII; each is a bound `match`."""

    __slots__ = ("_name", "_simple", "identifier", "item", "label", "object_item", "term")

    def __init__(self, first_letters: str = "", further_letters: str = "") -> None:
        name = rf"[A-Za-z_{first_letters}][A-Za-z0-9_\-{further_letters}]*+"
        path = rf"{name}(?:\.{name})*+"
        simple = rf'"{_PLAIN}"|{path}|{_INTEGER}'
        self._name: Final = name
        self._simple: Final = simple
        self.identifier: Final = re.compile(name).match
        """A name."""
        self.label: Final = re.compile(rf'"({_PLAIN})"|({name})').findall
        """All labels in a text that `item` found to be a row of labels."""
        self.item: Final = re.compile(
            rf"""{_BLANKS}(?:
                ({name}){_SPACES}={_SPACES}({simple}){_END_OF_LINE}
              | ({name}){_SPACES}=(?![=>])
              | ({name})((?:{_SPACES}(?:"{_PLAIN}"|{name}))*+){_SPACES}\{{
              | (\}})
              | (\0\Z)
              | ({name})
            )""",
            re.VERBOSE,
        ).match
        """What begins an item of a body, after any blanks: see the constants above."""
        self.term: Final = re.compile(
            rf'{_PLAIN_STRING}|({path})|({_NUMBER})|(?:["{{\[(!\-]|<<-?({name})\r?\n)',
        ).match
        """What begins an operand: a whole simple one, an opening character, or `<<MARKER` and its line's end."""

    def __getattr__(self, name: str) -> Any:
        """`object_item`, which is made for the first object: to compile it is an eighth of what all patterns cost."""
        if name != "object_item":
            raise AttributeError(name)
        self.object_item = re.compile(
            rf"""{_BLANKS}(?:
                ({self._name}|"{_PLAIN}"){_SPACES}[=:]{_SPACES}({self._simple}){_SPACES}(?:(?=\}})|,|{_END_OF_LINE})
              | (\}})
            )""",
            re.VERBOSE,
        ).match
        """A simple `key = value` of an object with what separates it from the next, or the object's end."""
        return self.object_item

    @classmethod
    def of(cls, text: str) -> Patterns | None:
        """The patterns for a text whose identifiers may have letters beyond ASCII; None where it has none."""
        further = "".join(sorted(char for char in set(text) if not char.isascii() and f"_{char}".isidentifier()))
        first = "".join(char for char in further if char.isidentifier())
        return cls(first, further) if further else None


ASCII: Final = Patterns()

match_spaces: Final = re.compile(rf"(?:[ \t]++|{_BLOCK_COMMENT})*+").match
"""Blanks within a line."""
match_line_end: Final = re.compile(rf"(?:[ \t]++|{_BLOCK_COMMENT})*+(?:{_LINE_COMMENT})?+\r?\n").match
"""The rest of a line with nothing more on it, and its end."""
match_blanks: Final = re.compile(_BLANKS).match
"""Blanks, line breaks and comments."""
match_number: Final = re.compile(_NUMBER).match
"""A run of characters that is meant as a number, which it need not be: `1.2.3`."""
match_operator: Final = re.compile(r"\|\||&&|==|!=|<=|>=|[<>+\-*%]|/(?![/*])").match
"""An operator between two operands."""
match_string_list: Final = re.compile(
    rf'\[{_LINE_GAP}(?:"{_PLAIN}"{_LINE_GAP}(?:,{_LINE_GAP}"{_PLAIN}"{_LINE_GAP})*+,?+{_LINE_GAP})?+\]'
).match
"""A whole list of plain strings."""
find_plain_strings: Final = re.compile(_PLAIN_STRING).finditer
"""The strings within such a list."""
match_quoted_literal: Final = re.compile(rf'(?:[^"\\$%\r\n]++|\\[^\r\n]|{_NOT_A_SEQUENCE})*+').match
"""The literal text of a quoted string, up to its end, a `${`, a `%{`, or what must not stand in it."""
match_literal_line: Final = re.compile(rf"((?:[^$%\r\n]++|{_NOT_A_SEQUENCE})*+)(?:\r?\n)?+").match
"""The literal text of one line of a heredoc or template file, its line break included, or up to a `${` or `%{`."""
