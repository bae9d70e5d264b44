"""Expressions: operands with the steps behind them, and operators by precedence."""

from __future__ import annotations

from enum import Enum

from enclint.frontends.terraform.native.brackets import BracketReader, path_node
from enclint.frontends.terraform.native.cursor import BLANK_STARTS, MAX_DEPTH, SPACE_STARTS
from enclint.frontends.terraform.native.patterns import (
    TERM_NUMBER,
    TERM_PATH,
    TERM_STRING,
    match_number,
    match_operator,
)
from enclint.frontends.terraform.native.strings import normalise, number
from enclint.frontends.terraform.syntax import (
    Binary,
    Conditional,
    GetAttribute,
    Index,
    Key,
    Literal,
    Number,
    Parentheses,
    Splat,
    SplatItem,
    String,
    SyntaxFault,
    Unary,
    Variable,
)
from enclint.lean_typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from enclint.frontends.terraform.syntax import Expression

_PRECEDENCE: Final = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
}  # fmt: skip
_OPERATOR_STARTS: Final = "|&=!<>+-*/%"
_AN_EXPRESSION: Final = "an expression (a name, a string, a number, …)"


class SplatKind(Enum):
    """The two kinds of splat, which differ in which of the steps behind them are taken for each element."""

    FULL = "[*]"
    ATTRIBUTES = ".*"


class ExpressionReader(BracketReader):
    """Reads expressions.

    Every method begins where its construct begins (after blanks, for those that take `across_lines`) and leaves the
    cursor behind it. `across_lines` says that line breaks are blanks here: within brackets other than `{`.
    """

    __slots__ = ()

    def read_expression(self, across_lines: bool) -> Expression:
        """An expression and the blanks behind it."""
        self.descend()
        node = self.read_operand(across_lines)
        text = self.text
        if text[self.offset] in _OPERATOR_STARTS:
            node = self._read_operations(node, across_lines)
        if text[self.offset] == "?":
            self.offset += 1
            if_true = self.read_expression(across_lines)
            if text[self.offset] != ":":
                raise self.unexpected("`:` and the value for when the condition is false")
            self.offset += 1
            if_false = self.read_expression(across_lines)
            node = Conditional(node, if_true, if_false, node.start, if_false.end)
        self.depth -= 1
        return node

    def _read_operations(self, left: Expression, across_lines: bool) -> Expression:
        """The operators and operands that follow an operand, if any do. Long chains nest to the left, none recurses."""
        operands = [left]
        operators: list[str] = []
        while True:
            match = match_operator(self.text, self.offset)
            if match is None:
                break
            operator = match[0]
            while operators and _PRECEDENCE[operators[-1]] >= _PRECEDENCE[operator]:
                _reduce(operands, operators.pop())
            self.offset = match.end()
            operators.append(operator)
            operands.append(self.read_operand(across_lines))
        while operators:
            _reduce(operands, operators.pop())
        return operands[0]

    def read_operand(self, across_lines: bool) -> Expression:
        """A term with a unary operator before it and steps behind it, and the blanks around them."""
        text = self.text
        if text[self.offset] in BLANK_STARTS:
            self.skip(across_lines)
        start = self.offset
        match = self.patterns.term(text, start)
        if match is None:
            raise self.unexpected(_AN_EXPRESSION)
        self.offset = end = match.end()
        kind = match.lastindex
        node: Expression
        if kind == TERM_STRING:
            node = String(normalise(match[1]), start, end)
        elif kind == TERM_PATH:
            node = self._read_path(match[2], start, across_lines)
        elif kind == TERM_NUMBER:
            node = number(match[3], start)
        elif (opener := text[start]) == '"':
            self.offset = start
            node = self.read_quoted()
        elif opener == "[":
            node = self.read_tuple(start)
        elif opener == "{":
            node = self.read_object(start)
        elif opener == "(":
            expression = self.read_expression(across_lines=True)
            self.close(")", start)
            node = Parentheses(expression, start, self.offset)
        elif opener == "<":
            node = self.read_heredoc(start, match[4])
        else:
            self.descend()
            operand = self.read_operand(across_lines)
            self.depth -= 1
            return Unary(opener, operand, start, operand.end)
        char = text[self.offset]
        if char in (BLANK_STARTS if across_lines else SPACE_STARTS):
            self.skip(across_lines)
            char = text[self.offset]
        return self._read_steps(node, across_lines) if char in ".[" else node

    def _read_path(self, path: str, start: int, across_lines: bool) -> Expression:
        """What a word or dotted words are: a keyword, a function's name with its call, or a variable."""
        end = self.offset
        text = self.text
        if "." not in path:
            if text[end] in (BLANK_STARTS if across_lines else SPACE_STARTS):
                self.skip(across_lines)
            if text.startswith(("(", "::"), self.offset):
                return self.read_call(path, start, across_lines)
        return path_node(path, start, end)

    def _read_steps(self, node: Expression, across_lines: bool) -> Expression:
        """The attributes, indexes and splats behind a term and the blanks after each; the cursor is at the first."""
        text = self.text
        path: list[str | Key] = []
        end = node.end
        wraps = 0
        while text[self.offset] in ".[" and not text.startswith("...", self.offset):
            start = self.offset
            step = self._read_step(across_lines)
            if isinstance(step, str | Key):
                path.append(step)
                end = self.offset
            else:
                node = _with_path(node, path, end)
                path = []
                if step is SplatKind.FULL:
                    each = self._read_each(start, across_lines)
                    return Splat(node, each, node.start, each.end)
                if step is SplatKind.ATTRIBUTES:
                    node = self._read_attribute_splat(node, start, across_lines)
                else:
                    node = Index(node, step, node.start, self.offset)
                end = node.end
                wraps += 1
                if self.depth + wraps > MAX_DEPTH:
                    raise SyntaxFault(f"nested more than {MAX_DEPTH} levels deep", start)
            self.skip(across_lines)
        return _with_path(node, path, end)

    def _read_step(self, across_lines: bool) -> str | Key | SplatKind | Expression:
        """One step: an attribute's name, a literal key, the expression of any other key, or the kind of a splat."""
        text = self.text
        start = self.offset
        self.offset += 1
        self.skip(across_lines)
        is_splat = text[self.offset] == "*"
        if is_splat:
            self.offset += 1
        if text[start] == ".":
            return SplatKind.ATTRIBUTES if is_splat else self._read_attribute_name()
        if is_splat:
            self.skip(across_lines)
            self.close("]", start)
            return SplatKind.FULL
        key = self.read_expression(across_lines=True)
        self.close("]", start)
        return Key(key.value) if isinstance(key, String | Literal) else key

    def _read_each(self, start: int, across_lines: bool) -> Expression:
        """What a `[*]` at `start` makes of each element: all the steps that follow it."""
        self.descend()
        item = SplatItem(start, self.offset)
        self.skip(across_lines)
        each = self._read_steps(item, across_lines)
        self.depth -= 1
        return each

    def _read_attribute_splat(self, source: Expression, start: int, across_lines: bool) -> Splat:
        """The splat whose `.*` begins at `start`; only attributes and old-style indexes go on inside it."""
        item = SplatItem(start, self.offset)
        path: list[str | Key] = []
        end = self.offset
        while True:
            self.skip(across_lines)
            if self.text[self.offset] != "." or self.text.startswith("...", self.offset):
                break
            self.offset += 1
            self.skip(across_lines)
            if self.text[self.offset] == "*":
                raise SyntaxFault("a `.*` within a `.*` is not allowed", self.offset, "`[*]` for both")
            step = self._read_attribute_name()
            if isinstance(step, Number):
                raise SyntaxFault(f"`.{step.text[:40]}` is no index", step.start, "a small whole number")
            path.append(step)
            end = self.offset
        return Splat(source, _with_path(item, path, end), source.start, end)

    def _read_attribute_name(self) -> str | Key | Number:
        """What stands after a `.`: a name, or the index of old (`a.0`), which is a Number where it is not small."""
        match = self.patterns.identifier(self.text, self.offset)
        if match is not None:
            self.offset = match.end()
            return match[0]
        match = match_number(self.text, self.offset)
        if match is None:
            raise self.unexpected("an attribute's name after the dot")
        digits = match[0]
        if "." in digits:
            raise SyntaxFault(f"`.{digits[:40]}` is no index", self.offset, "one whole number, or `[…]`")
        index = number(digits, self.offset)
        self.offset = match.end()
        return Key(index.value) if isinstance(index, Literal) else index


def _reduce(operands: list[Expression], operator: str) -> None:
    """Make one of the last two operands."""
    right = operands.pop()
    left = operands[-1]
    operands[-1] = Binary(operator, left, right, left.start, right.end)


def _with_path(node: Expression, path: list[str | Key], end: int) -> Expression:
    """The node with static steps behind it."""
    if not path:
        return node
    if isinstance(node, Variable):
        return Variable((*node.path, *path), node.start, end)
    if isinstance(node, GetAttribute):
        return GetAttribute(node.object, (*node.path, *path), node.start, end)
    return GetAttribute(node, tuple(path), node.start, end)
