"""Bodies: the arguments and blocks of a file or of a block."""

from __future__ import annotations

from enclint.frontends.terraform.native.brackets import simple_node
from enclint.frontends.terraform.native.expressions import ExpressionReader
from enclint.frontends.terraform.native.patterns import (
    ARGUMENT,
    BLOCK,
    CLOSING_BRACE,
    OTHER_WORD,
    SIMPLE_ARGUMENT,
    match_line_end,
    match_quoted_literal,
)
from enclint.frontends.terraform.native.strings import unescape
from enclint.frontends.terraform.syntax import Attribute, Block, SyntaxFault
from enclint.lean_typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from enclint.frontends.terraform.syntax import Item

_AN_ITEM: Final = 'an argument (`name = value`) or a block (`type "label" {`)'

_CONTINUATIONS: Final = ("&&", "||", "==", "!=", "<", ">", "?", ":", "+", "-", "*", "/", "%", ".")
"""What a line begins with that was meant to go on with the line before."""


class BodyReader(ExpressionReader):
    """Reads whole files."""

    __slots__ = ()

    def read_items(self, items: list[Item], opened_at: int | None = None) -> None:
        """Append the items up to the brace that closes the one at `opened_at`, or up to the end of the text.

        `items` is filled as reading goes on: after a fault it has what was understood before it.
        """
        self.descend()
        text = self.text
        match_item = self.patterns.item
        names: set[str] = set()
        while True:
            match = match_item(text, self.offset)
            if match is None:
                raise self._no_item()
            self.offset = match.end()
            kind = match.lastindex
            if kind == SIMPLE_ARGUMENT:
                name = match[1]
                start = match.start(1)
                value_start, end = match.span(2)
                attribute = Attribute(name, simple_node(match[2], value_start, end), start, end)
            elif kind == ARGUMENT:
                name = match[3]
                attribute = self._read_argument(name, match.start(3))
            elif kind == BLOCK:
                labels = [quoted or bare for quoted, bare in self.patterns.label(match[5])] if match[5] else []
                items.append(self._read_block(match[4], labels, match.start(4), match.end(5)))
                continue
            elif kind == OTHER_WORD:
                item = self._read_other_item(match[8], match.start(8))
                if isinstance(item, Block):
                    items.append(item)
                    continue
                name = item.name
                attribute = item
            elif kind == CLOSING_BRACE and opened_at is not None:
                self.depth -= 1
                return
            elif kind == CLOSING_BRACE:
                raise SyntaxFault("unexpected `}`", self.offset - 1, _AN_ITEM)
            elif opened_at is not None:
                raise self.unexpected("`}`", opened_at)
            else:
                self.depth -= 1
                return
            if name in names:
                raise SyntaxFault(f"`{name}` is set twice here; an argument is set only once", attribute.start)
            names.add(name)
            items.append(attribute)

    def _read_argument(self, name: str, start: int) -> Attribute:
        """The argument whose name begins at `start`; the cursor is behind its `=`."""
        expression = self.read_expression(across_lines=False)
        self._pass_line_end("argument")
        return Attribute(name, expression, start, expression.end)

    def _read_other_item(self, word: str, start: int) -> Attribute | Block:
        """An item with a comment or an escape in its header, or half an item; the cursor is behind its first word."""
        text = self.text
        labels: list[str] = []
        header_end = self.offset
        self.skip(across_lines=False)
        if self._is_equals_sign():
            self.offset += 1
            return self._read_argument(word, start)
        if text[self.offset] not in '"{' and self.patterns.identifier(text, self.offset) is None:
            raise SyntaxFault(f"`{word}` is neither argument nor block", start, "`=` and a value, or a block's `{`")
        while text[self.offset] != "{":
            labels.append(self._read_label())
            header_end = self.offset
            self.skip(across_lines=False)
        self.offset += 1
        return self._read_block(word, labels, start, header_end)

    def _read_label(self) -> str:
        """A label of a block, in quotes or bare."""
        text = self.text
        if text[self.offset] == '"':
            begin = self.offset + 1
            end = match_quoted_literal(text, begin).end()  # type: ignore[union-attr]  # it matches the empty string
            if text[end] != '"':
                raise SyntaxFault("a block's label is not computed and ends on its line", end, 'a closing `"`')
            self.offset = end + 1
            return unescape(text[begin:end], begin)
        if self._is_equals_sign():
            raise SyntaxFault("an argument has no labels, and a block no `=`", self.offset, "`{`")
        return self.read_name("`{` or a label on the line of the block's type", across_lines=False)

    def _read_block(self, type_name: str, labels: list[str], start: int, header_end: int) -> Block:
        """The block whose header goes from `start` to `header_end`; the cursor is behind its `{`."""
        opened_at = self.offset - 1
        items: list[Item] = []
        self.skip(across_lines=False)
        if self.text.startswith(("\n", "\r\n", "}", "#", "//"), self.offset):
            self.read_items(items, opened_at)
        else:
            items.append(self._read_only_argument(opened_at))
        block = Block(type_name, labels, items, start, self.offset, header_end)
        self._pass_line_end("block")
        return block

    def _read_only_argument(self, opened_at: int) -> Attribute:
        """The argument of a block that stands on one line, and its closing brace."""
        start = self.offset
        if self.patterns.identifier(self.text, start) is None:
            raise self._no_item()
        name = self.read_name("an argument", across_lines=False)
        self.skip(across_lines=False)
        if not self._is_equals_sign():
            raise SyntaxFault("a block on one line has room for one argument and nothing else", start, "`name = value`")
        self.offset += 1
        expression = self.read_expression(across_lines=False)
        if self.text[self.offset] != "}":
            raise self.unexpected("`}`, since a block on one line has room for one argument", opened_at)
        self.offset += 1
        return Attribute(name, expression, start, expression.end)

    def _is_equals_sign(self) -> bool:
        """Whether the `=` of an argument stands here."""
        text = self.text
        return text[self.offset] == "=" and not text.startswith(("==", "=>"), self.offset)

    def _pass_line_end(self, what: str) -> None:
        """Pass the end of the line, which must come after an item."""
        match = match_line_end(self.text, self.offset)
        if match is None:
            self.skip(across_lines=False)
            raise self.unexpected(f"a line break after the {what}")
        self.offset = match.end()

    def _no_item(self) -> SyntaxFault:
        """The fault that no item begins here or after the blanks here."""
        self.skip(across_lines=True)
        if self.text[self.offset] == '"':
            return SyntaxFault("the name of an argument or block is not quoted", self.offset, _AN_ITEM)
        if self.text.startswith(_CONTINUATIONS, self.offset):
            return SyntaxFault("an expression ends with its line, unless it is in brackets", self.offset, _AN_ITEM)
        return self.unexpected(_AN_ITEM)
