"""Expressions: operands with the steps behind them, operators by precedence, and what stands in brackets."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from enclint.frontends.terraform.native.cursor import BLANK_STARTS, MAX_DEPTH, SPACE_STARTS
from enclint.frontends.terraform.native.patterns import (
    OBJECT_END,
    TERM_NUMBER,
    TERM_PATH,
    TERM_STRING,
    find_plain_strings,
    match_blanks,
    match_number,
    match_operator,
    match_string_list,
)
from enclint.frontends.terraform.native.strings import normalise, number
from enclint.frontends.terraform.native.templates import TemplateReader
from enclint.frontends.terraform.syntax import (
    Binary,
    Call,
    Conditional,
    For,
    GetAttribute,
    Index,
    Key,
    Literal,
    Number,
    Object,
    ObjectKey,
    Parentheses,
    Splat,
    SplatItem,
    String,
    SyntaxFault,
    Tuple,
    Unary,
    Variable,
)

if TYPE_CHECKING:
    from enclint.frontends.terraform.syntax import Expression

KEYWORDS: Final[dict[str, Any]] = {"true": True, "false": False, "null": None}

_PRECEDENCE: Final = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
}  # fmt: skip
_OPERATOR_STARTS: Final = "|&=!<>+-*/%"
_AN_EXPRESSION: Final = "an expression (a name, a string, a number, …)"


class SplatKind(Enum):
    """The two kinds of splat, which differ in which of the steps behind them are taken for each element."""

    FULL = "[*]"
    ATTRIBUTES = ".*"


class ExpressionReader(TemplateReader):
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
            node = self._read_tuple(start)
        elif opener == "{":
            node = self._read_object(start)
        elif opener == "(":
            expression = self.read_expression(across_lines=True)
            self._close(")", start)
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
                return self._read_call(path, start, across_lines)
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
            self._close("]", start)
            return SplatKind.FULL
        key = self.read_expression(across_lines=True)
        self._close("]", start)
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

    def _read_call(self, name: str, start: int, across_lines: bool) -> Call:
        """The call of a function whose name begins with `name`; the cursor is behind that."""
        text = self.text
        while text.startswith("::", self.offset):
            self.offset += 2
            name += "::" + self.read_name("the rest of the function's name after `::`", across_lines)
            self.skip(across_lines)
        opened_at = self.offset
        if text[opened_at] != "(":
            raise self.unexpected("`(` and the function's arguments")
        self.offset += 1
        arguments: list[Expression] = []
        expand = False
        while True:
            self.skip(across_lines=True)
            if text[self.offset] == ")":
                break
            self._demand_more(opened_at)
            arguments.append(self.read_expression(across_lines=True))
            char = text[self.offset]
            if char == ",":
                self.offset += 1
            elif text.startswith("...", self.offset):
                self.offset += 3
                self.skip(across_lines=True)
                expand = True
                break
            elif char != ")":
                raise self.unexpected(f"`,` or `)` in the call of `{name}`", opened_at)
        self._close(")", opened_at)
        return Call(name, arguments, expand, start, self.offset)

    def _read_tuple(self, start: int) -> Tuple | For:
        """What stands in `[…]`; the cursor is behind the bracket."""
        text = self.text
        match = match_string_list(text, start)
        if match is not None:
            self.offset = match.end()
            found = find_plain_strings(text, start, self.offset)
            strings = [String(normalise(each[1]), each.start(), each.end()) for each in found]
            return Tuple(strings, start, self.offset)
        if self._pass_for():
            return self._read_for(start, "]")
        items: list[Expression] = []
        while True:
            self.skip(across_lines=True)
            if text[self.offset] == "]":
                break
            self._demand_more(start)
            items.append(self.read_expression(across_lines=True))
            char = text[self.offset]
            if char == ",":
                self.offset += 1
            elif char != "]":
                raise self.unexpected("`,` or `]` in the list", start)
        self.offset += 1
        return Tuple(items, start, self.offset)

    def _read_object(self, start: int) -> Object | For:
        """What stands in `{…}`; the cursor is behind the brace."""
        if self._pass_for():
            return self._read_for(start, "}")
        text = self.text
        match_item = self.patterns.object_item
        items: list[tuple[ObjectKey | Expression, Expression]] = []
        while True:
            match = match_item(text, self.offset)
            if match is None:
                self.skip(across_lines=True)
                self._demand_more(start)
                key = self._object_key(self.read_expression(across_lines=False))
                items.append((key, self.read_expression(across_lines=False)))
                self._pass_item_end(start)
            elif match.lastindex == OBJECT_END:
                self.offset = match.end()
                return Object(items, start, self.offset)
            else:
                items.append((_simple_key(match[1], *match.span(1)), simple_node(match[2], *match.span(2))))
                self.offset = match.end()

    def _object_key(self, key: Expression) -> ObjectKey | Expression:
        """An object's key, given the expression that it was read as: a bare word is a name. Passes the `=` or `:`."""
        text = self.text
        if text[self.offset] not in "=:" or text.startswith(("==", "=>"), self.offset):
            raise self.unexpected("`=` or `:` and a value after the key")
        self.offset += 1
        if isinstance(key, Variable) and len(key.path) == 1:
            return ObjectKey(str(key.path[0]), key.start, key.end)
        if isinstance(key, Literal) and (key.value is None or isinstance(key.value, bool)):
            return ObjectKey(text[key.start : key.end], key.start, key.end)
        return key

    def _pass_item_end(self, start: int) -> None:
        """Pass the comma behind an item of the object that begins at `start`; a line break or `}` will do as well."""
        text = self.text
        if text[self.offset] == ",":
            self.offset += 1
        elif not text.startswith(("}", "\n", "\r\n", "#", "//"), self.offset):
            raise self.unexpected("a line break or `,` before the next key, or `}`", start)

    def _pass_for(self) -> bool:
        """Whether `for` is the first word here; if so, the cursor passes it."""
        offset = match_blanks(self.text, self.offset).end()  # type: ignore[union-attr]  # it matches the empty string
        match = self.patterns.identifier(self.text, offset)
        if match is None or match[0] != "for":
            return False
        self.offset = match.end()
        return True

    def _read_for(self, start: int, closer: str) -> For:
        """The rest of a `for` expression, up to its closing bracket."""
        text = self.text
        key_name, value_name = self.read_loop_names()
        collection = self.read_expression(across_lines=True)
        if text[self.offset] != ":":
            raise self.unexpected("`:` and what the `for` gives for each element")
        self.offset += 1
        key: Expression | None = None
        value = self.read_expression(across_lines=True)
        arrow = self.offset
        if text.startswith("=>", arrow):
            if closer == "]":
                raise SyntaxFault("a `for` in `[…]` gives single values, no pairs", arrow, "`{…}` around it")
            self.offset += 2
            key = value
            value = self.read_expression(across_lines=True)
        elif closer == "}":
            raise self.unexpected("`=>` and a value, since a `for` in `{…}` gives pairs")
        group = text.startswith("...", self.offset)
        if group:
            if closer == "]":
                raise SyntaxFault("`...` groups the values of a `for` in `{…}` only", self.offset, "`]`")
            self.offset += 3
            self.skip(across_lines=True)
        condition: Expression | None = None
        match = self.patterns.identifier(text, self.offset)
        if match is not None and match[0] == "if":
            self.offset = match.end()
            condition = self.read_expression(across_lines=True)
        self._close(closer, start)
        return For(key_name, value_name, collection, key, value, condition, group, start, self.offset)

    def _close(self, closer: str, opened_at: int) -> None:
        """Pass a closing bracket, which must stand here."""
        if self.text[self.offset] != closer:
            raise self.unexpected(f"`{closer}`", opened_at)
        self.offset += 1

    def _demand_more(self, opened_at: int) -> None:
        """Refuse a text that ends within a bracket."""
        if self.offset >= self.length:
            raise self.unexpected("", opened_at)


def simple_node(word: str, start: int, end: int) -> Expression:
    """The node of a plain string with its quotes, an integer, or a path."""
    first = word[0]
    if first == '"':
        return String(normalise(word[1:-1]), start, end)
    if first.isdigit():
        return number(word, start)
    return path_node(word, start, end)


def path_node(path: str, start: int, end: int) -> Expression:
    """The node of dotted words: a variable, or a keyword, which may have attributes behind it all the same."""
    if path in KEYWORDS:
        return Literal(KEYWORDS[path], start, end)
    names = path.split(".")
    if names[0] in KEYWORDS:
        return GetAttribute(Literal(KEYWORDS[names[0]], start, start + len(names[0])), tuple(names[1:]), start, end)
    return Variable(tuple(names), start, end)


def _simple_key(word: str, start: int, end: int) -> ObjectKey | String:
    """The node of an object's key that is a bare word or a plain string with its quotes."""
    if word[0] == '"':
        return String(normalise(word[1:-1]), start, end)
    return ObjectKey(word, start, end)


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
