"""What stands in brackets: the arguments of a call, lists, objects, and the `for` that either may be."""

from __future__ import annotations

from enclint.frontends.terraform.native.patterns import (
    OBJECT_END,
    find_plain_strings,
    match_blanks,
    match_string_list,
)
from enclint.frontends.terraform.native.strings import normalise, number
from enclint.frontends.terraform.native.templates import TemplateReader
from enclint.frontends.terraform.syntax import (
    Call,
    For,
    GetAttribute,
    Literal,
    Object,
    ObjectKey,
    String,
    SyntaxFault,
    Tuple,
    Variable,
)
from enclint.lean_typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from enclint.frontends.terraform.syntax import Expression

KEYWORDS: Final[dict[str, Any]] = {"true": True, "false": False, "null": None}


class BracketReader(TemplateReader):
    """Reads what stands in brackets, given somebody who reads the expressions in them.

    Every method takes where its construct starts, and leaves the cursor behind its closing bracket.
    """

    __slots__ = ()

    def read_call(self, name: str, start: int, across_lines: bool) -> Call:
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
        self.close(")", opened_at)
        return Call(name, arguments, expand, start, self.offset)

    def read_tuple(self, start: int) -> Tuple | For:
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

    def read_object(self, start: int) -> Object | For:
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
        self.close(closer, start)
        return For(key_name, value_name, collection, key, value, condition, group, start, self.offset)

    def close(self, closer: str, opened_at: int) -> None:
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
