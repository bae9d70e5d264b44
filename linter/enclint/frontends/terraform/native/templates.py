"""Templates: quoted strings, heredocs and template files, with `${…}`, `%{…}` and the trimming of `~`.

A template is read in two steps, since the trimming goes by what is written and not by what it means: first a flat row
of parts (literal text, a heredoc's line by line; expressions; directives), then the tree.
"""

from __future__ import annotations

from enclint.frontends.terraform.native.cursor import MAX_DEPTH, Cursor
from enclint.frontends.terraform.native.patterns import match_literal_line, match_quoted_literal
from enclint.frontends.terraform.native.strings import SPACE, undouble, unquote
from enclint.frontends.terraform.syntax import (
    Expression,
    String,
    SyntaxFault,
    Template,
    TemplateFor,
    TemplateIf,
    TemplatePart,
    TemplateWrap,
)
from enclint.lean_typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence


class Directive(NamedTuple):
    """A `%{…}`; `expression` is an `if`'s condition or a `for`'s collection, None for the others."""

    keyword: str
    key_name: str
    value_name: str
    expression: Expression | None
    start: int
    end: int


FlatPart: TypeAlias = str | Expression | Directive


class TemplateReader(Cursor):
    """Reads templates, given somebody who reads the expressions in them."""

    __slots__ = ()

    def read_quoted(self) -> String | Template | TemplateWrap:
        """The string whose opening quote the cursor is at."""
        text = self.text
        start = self.offset
        self.descend()
        self.offset += 1
        parts: list[FlatPart] = []
        trim = False
        while True:
            begin = self.offset
            self.offset = match_quoted_literal(text, begin).end()  # type: ignore[union-attr]  # it matches the empty string
            if self.offset > begin:
                literal = unquote(text[begin : self.offset], begin)
                parts.append(literal.lstrip(SPACE) if trim else literal)
            char = text[self.offset]
            if char == '"':
                break
            if char not in "$%":
                raise SyntaxFault("a string must end on the line that it begins on", self.offset, 'a closing `"`')
            trim = self._read_sequence(parts)
        self.offset += 1
        self.depth -= 1
        return _assemble(parts, start, self.offset, self.depth)

    def read_heredoc(self, start: int, marker: str) -> String | Template | TemplateWrap:
        """The heredoc that begins at `start`; the cursor is at its first line, and comes to the end of its last."""
        text = self.text
        self.descend()
        parts: list[FlatPart] = []
        trim = False
        at_line_start = True
        while True:
            begin = self.offset
            self.offset = end = match_literal_line(text, begin).end()  # type: ignore[union-attr]  # it matches the empty string
            if end >= self.end:
                raise _unclosed_heredoc(text[begin:end], marker, start)
            if end > begin:
                line = text[begin:end]
                ends_line = line[-1] == "\n"
                if ends_line and at_line_start and line.strip(SPACE) == marker:
                    break
                at_line_start = ends_line
                literal = undouble(line)
                parts.append(literal.lstrip(SPACE) if trim else literal)
                trim = False
            elif text[end] == "\r":
                raise SyntaxFault("a carriage return without a line feed is no line break", end)
            else:
                trim = self._read_sequence(parts)
                at_line_start = False
        self.offset = end - (2 if text[end - 2] == "\r" else 1)
        self.depth -= 1
        if text[start + 2] == "-":
            _dedent(parts)
        return _assemble(parts, start, self.offset, self.depth, heredoc=True)

    def read_bare(self) -> String | Template | TemplateWrap:
        """The whole text as a template without quotes, such as a template file is.

        A carriage return without a line feed makes literal text of all that follows it; Terraform's scanner has it so.
        """
        text = self.text
        length = self.length
        parts: list[FlatPart] = []
        trim = False
        while self.offset < length:
            begin = self.offset
            end = min(match_literal_line(text, begin).end(), length)  # type: ignore[union-attr]  # it matches the empty string
            if text[begin] == "\r" and end == begin:
                end = length
            self.offset = end
            if end > begin:
                literal = undouble(text[begin:end])
                parts.append(literal.lstrip(SPACE) if trim else literal)
                trim = False
            else:
                trim = self._read_sequence(parts)
        return _assemble(parts, 0, length, self.depth)

    def _read_sequence(self, parts: list[FlatPart]) -> bool:
        """The `${…}` or `%{…}` that the cursor is at, appended to `parts`; whether the text after it is trimmed."""
        text = self.text
        start = self.offset
        self.offset += 2
        if text[self.offset] == "~":
            self.offset += 1
            if parts and isinstance(parts[-1], str):
                parts[-1] = parts[-1].rstrip(SPACE)
        part = self.read_expression(across_lines=True) if text[start] == "$" else self._read_directive(start)
        trim = text[self.offset] == "~"
        if trim:
            self.offset += 1
        if text[self.offset] != "}":
            opener = text[start : start + 2]
            raise self.unexpected(
                f"`}}` to end the `{opener}` (a literal `{opener}` is written `{text[start]}{opener}`)"
            )
        self.offset += 1
        parts.append(part._replace(end=self.offset) if isinstance(part, Directive) else part)
        return trim

    def _read_directive(self, start: int) -> Directive:
        """What stands in a `%{…}`; the cursor is behind its opening."""
        keyword = self.read_name("a directive: if, else, endif, for or endfor")
        if keyword == "if":
            return Directive(keyword, "", "", self.read_expression(across_lines=True), start, start)
        if keyword == "for":
            key_name, value_name = self.read_loop_names()
            return Directive(keyword, key_name, value_name, self.read_expression(across_lines=True), start, start)
        if keyword in ("else", "endif", "endfor"):
            self.skip(across_lines=True)
            return Directive(keyword, "", "", None, start, start)
        raise SyntaxFault(f"`{keyword}` is no template directive", start, "if, else, endif, for or endfor")

    def read_loop_names(self) -> tuple[str, str]:
        """The names after `for`, of the key ("" where there is none) and of the value, and the `in` after them."""
        key_name = ""
        value_name = self.read_name("a variable's name after `for` (as a key, `for` is quoted)")
        self.skip(across_lines=True)
        if self.text[self.offset] == ",":
            self.offset += 1
            key_name = value_name
            value_name = self.read_name("the name of the value's variable after the comma")
            self.skip(across_lines=True)
        start = self.offset
        if self.read_name("`in`") != "in":
            raise SyntaxFault("a `for` has its variables' names first", start, "`in`")
        return key_name, value_name


def _unclosed_heredoc(last_line: str, marker: str, start: int) -> SyntaxFault:
    if last_line.strip(SPACE) == marker:
        return SyntaxFault(f"the line `{marker}` that ends this heredoc must end with a line break", start)
    return SyntaxFault("this heredoc does not end", start, f"a line with nothing but `{marker}`")


def _dedent(parts: list[FlatPart]) -> None:
    """Take the white space that all lines of a `<<-` heredoc begin with from each, in place.

    What counts are the literal characters at the beginning of lines. A line that begins with a sequence has none of
    them; a blank line has no say.
    """
    margin = -1
    line_starts: list[int] = []
    at_line_start = True
    for index, part in enumerate(parts):
        literal = part if isinstance(part, str) else ""
        if at_line_start:
            text = literal.lstrip(SPACE)
            if text or not literal.endswith("\n"):
                width = len(literal) - len(text)
                margin = width if margin < 0 else min(margin, width)
                line_starts.append(index)
        at_line_start = literal.endswith("\n")
    if margin > 0:
        for index in line_starts:
            parts[index] = str(parts[index])[margin:]  # with a margin, all of them are str


def _assemble(
    parts: list[FlatPart], start: int, end: int, depth: int, heredoc: bool = False
) -> String | Template | TemplateWrap:
    """The template that a flat row of parts makes."""
    joined = _join_literals(parts)
    if not joined:
        return String("", start, end, heredoc)
    if len(joined) == 1:
        only = joined[0]
        if isinstance(only, str):
            return String(only, start, end, heredoc)
        if not isinstance(only, Directive):
            return TemplateWrap(only, start, end)
    return Template(_nest(joined, depth), start, end, heredoc)


def _join_literals(parts: list[FlatPart]) -> list[FlatPart]:
    """The parts with neighbouring literals made one."""
    if len(parts) < 2:
        return parts
    joined: list[FlatPart] = []
    literals: list[str] = []
    for part in parts:
        if isinstance(part, str):
            literals.append(part)
            continue
        if literals:
            joined.append("".join(literals))
            literals = []
        joined.append(part)
    if literals:
        joined.append("".join(literals))
    return joined


class _OpenDirective:
    """An `if` or `for` whose end has not come yet. `outer`: the row of parts that it will be a part of."""

    __slots__ = ("directive", "if_true", "outer")

    def __init__(self, directive: Directive, outer: list[TemplatePart]) -> None:
        self.directive = directive
        self.outer = outer
        self.if_true: list[TemplatePart] | None = None


def _nest(parts: Sequence[FlatPart], depth: int) -> list[TemplatePart]:
    """The parts with everything between a directive and its end made one part."""
    current: list[TemplatePart] = []
    open_directives: list[_OpenDirective] = []
    for part in parts:
        if not isinstance(part, Directive):
            current.append(part)
        elif part.expression is not None:
            if depth + len(open_directives) >= MAX_DEPTH:
                raise SyntaxFault(f"nested more than {MAX_DEPTH} levels deep", part.start)
            open_directives.append(_OpenDirective(part, current))
            current = []
        else:
            current = _continue_or_close(part, open_directives, current)
    if open_directives:
        unclosed = open_directives[-1].directive
        raise SyntaxFault(
            f"this `{unclosed.keyword}` directive does not end", unclosed.start, f"`%{{ end{unclosed.keyword} }}`"
        )
    return current


def _continue_or_close(
    part: Directive, open_directives: list[_OpenDirective], current: list[TemplatePart]
) -> list[TemplatePart]:
    """Let an `else` or an end follow its opening directive; `current` is what came between. Out: where parts go now."""
    opened = open_directives[-1] if open_directives else None
    if opened is None:
        raise SyntaxFault(f"this `{part.keyword}` directive has nothing that it belongs to", part.start)
    opener = opened.directive
    if part.keyword == "else":
        if opener.keyword != "if" or opened.if_true is not None:
            raise SyntaxFault("this `else` directive has no `if` that it belongs to", part.start)
        opened.if_true = current
        return []
    if part.keyword != f"end{opener.keyword}":
        raise SyntaxFault(
            f"this `{part.keyword}` does not fit the `{opener.keyword}` before it",
            part.start,
            f"`%{{ end{opener.keyword} }}`",
        )
    open_directives.pop()
    assert opener.expression is not None  # noqa: S101 (what opens has one)
    if opener.keyword == "for":
        names = (opener.key_name, opener.value_name)
        opened.outer.append(TemplateFor(*names, opener.expression, current, opener.start, part.end))
    else:
        if_true, if_false = (current, []) if opened.if_true is None else (opened.if_true, current)
        opened.outer.append(TemplateIf(opener.expression, if_true, if_false, opener.start, part.end))
    return opened.outer
