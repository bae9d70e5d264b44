"""Faults of syntax in Terraform's words: our reader says what is wrong in its own, and better, but not for comparison.

Terraform sometimes says two things about one fault, and sometimes points at the end of the file. What it says of JSON
is read once more in its own way (`json_words`).
Source: https://github.com/hashicorp/hcl/blob/main/hclsyntax/parser.go
"""

from __future__ import annotations

import re

from enclint.frontends.terraform.diagnostics import Diagnostic, Stage, did_you_mean, range_text
from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple
from enclint.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from enclint.finding import Finding
    from enclint.source import Source


class _Words(NamedTuple):
    summary: str
    detail: str


_NO_EXPRESSION: Final = _Words(
    "Invalid expression", "Expected the start of an expression, but found an invalid expression token."
)
_NOTHING: Final = _Words("Missing expression", "Expected the start of an expression, but found the end of the file.")
_NO_NEWLINE: Final = _Words("Missing newline after argument", "An argument definition must end with a newline.")
_NO_ITEM: Final = "An argument or block definition is required here."
_FOR: Final = "Invalid 'for' expression"
_UNBALANCED: Final = _Words("Unbalanced parentheses", "Expected a closing parenthesis to terminate the expression.")
_ELSEWHERE: Final = "before the end of the file. This may be caused by incorrect {} nesting elsewhere in this file."
_MULTI_LINE: Final = _Words(
    "Invalid multi-line string",
    "Quoted strings may not be split over multiple lines. To produce a multi-line string, either use the \\n escape to "
    'represent a newline character or use the "heredoc" multi-line template syntax.',
)
_UNCLOSED_IN_JSON: Final = _Words(
    "Unclosed template interpolation sequence",
    "There is no closing brace for this interpolation sequence before the end of the file. This might be caused by "
    "incorrect nesting inside the given expression.",
)
_UNTERMINATED: Final = _Words("Unterminated template string", "No closing marker was found for the string.")
_ONE_LINE: Final = "Invalid single-argument block definition"

_FIXED: Final[tuple[tuple[str, tuple[_Words, ...]], ...]] = (
    (r"a heredoc begins with|this comment does not end", (_NO_EXPRESSION,)),
    (r"the file ends too early: expected an expression", (_NOTHING,)),
    (r"expected an expression", (_NO_EXPRESSION,)),
    (
        r"unexpected `,`: expected a line break after the argument",
        (
            _Words(
                "Unexpected comma after argument",
                "Argument definitions must be separated by newlines, not commas. An argument definition must end with "
                "a newline.",
            ),
        ),
    ),
    (r"expected a line break after the argument", (_NO_NEWLINE,)),
    (
        r"expected a line break after the block",
        (_Words("Missing newline after block definition", "A block definition must end with a newline."),),
    ),
    (
        r"expected `,` or `\]` in the list",
        (_Words("Missing item separator", "Expected a comma to mark the beginning of the next item."),),
    ),
    (
        r"expected a line break or `,` before the next key",
        (
            _Words(
                "Missing attribute separator",
                "Expected a newline or comma to mark the beginning of the next attribute.",
            ),
        ),
    ),
    (
        r"expected `,` or `\)` in the call",
        (
            _Words(
                "Missing argument separator", "A comma is required to separate each function argument from the next."
            ),
        ),
    ),
    (
        r"straight double quotes",
        (
            _Words(
                "Invalid character",
                '"Curly quotes" are not valid here. These can sometimes be inadvertently introduced when sharing code '
                'via documents or discussion forums. It might help to replace the character with a "straight quote".',
            ),
            _NO_EXPRESSION,
        ),
    ),
    (
        r"separated by line breaks, not by `;`",
        (
            _Words(
                "Invalid character",
                'The ";" character is not valid. Use newlines to separate arguments and blocks, and commas to separate '
                "items in collection values.",
            ),
            _NO_NEWLINE,
        ),
    ),
    (
        r"the logical and is written",
        (
            _Words("Unsupported operator", 'Bitwise operators are not supported. Did you mean boolean AND ("&&")?'),
            _NO_NEWLINE,
        ),
    ),
    (
        r"the logical or is written",
        (
            _Words("Unsupported operator", 'Bitwise operators are not supported. Did you mean boolean OR ("||")?'),
            _NO_NEWLINE,
        ),
    ),
    (
        r"stands within strings only",
        (_Words("Invalid character", "This character is not used within the language."), _NO_EXPRESSION),
    ),
    (
        r"is neither argument nor block",
        (
            _Words(
                "Argument or block definition required",
                f'{_NO_ITEM} To set an argument, use the equals sign "=" to introduce the argument value.',
            ),
        ),
    ),
    (
        r"the name of an argument or block is not quoted",
        (_Words("Invalid argument name", "Argument names must not be quoted."),),
    ),
    (r"expected an argument \(", (_Words("Argument or block definition required", _NO_ITEM),)),
    (
        r"expected `\{` or a label on the line",
        (
            _Words(
                "Invalid block definition",
                'A block definition must have block content delimited by "{" and "}", starting on the same line as the '
                "block header.",
            ),
        ),
    ),
    (
        r"a block's label is not computed",
        (
            _Words(
                "Invalid string literal",
                'Template sequences are not allowed in this string. To include a literal "$", double it (as "$$") to '
                "escape it.",
            ),
        ),
    ),
    (
        r"an argument has no labels",
        (
            _Words(
                "Invalid block definition",
                'The equals sign "=" indicates an argument definition, and must not be used when defining a block.',
            ),
        ),
    ),
    (
        r"the line ends too early: expected `\}`, since a block on one line",
        (
            _Words(
                _ONE_LINE,
                "An argument definition on the same line as its containing block creates a single-line block "
                "definition, which must also be closed on the same line. Place the block's closing brace immediately "
                "after the argument definition.",
            ),
        ),
    ),
    (
        r"since a block on one line has room",
        (
            _Words(
                _ONE_LINE,
                "Single-line block syntax can include only one argument definition. To define multiple arguments, use "
                "the multi-line block syntax with one argument definition per line.",
            ),
        ),
    ),
    (r"expected `in`", (_Words(_FOR, "For expression requires the 'in' keyword after its name declarations."),)),
    (
        r"expected `:` and what the `for` gives",
        (_Words(_FOR, "For expression requires a colon after the collection expression."),),
    ),
    (r"expected `=>` and a value", (_Words(_FOR, "Key expression is required when building an object."),)),
    (
        r"the value for when the condition is false",
        (
            _Words(
                "Missing false expression in conditional",
                "The conditional operator (...?...:...) requires a false expression, delimited by a colon.",
            ),
        ),
    ),
    (
        r"attribute's name after the dot",
        (_Words("Invalid attribute name", "An attribute name is required after a dot."),),
    ),
    (
        r"expected `=` or `:` and a value after the key",
        (_Words("Missing attribute value", 'Expected an attribute value, introduced by an equals sign ("=").'),),
    ),
    (
        r"`endif` directive has nothing that it belongs to",
        (_Words("Unexpected endif directive", "The control directives within this template are unbalanced."),),
    ),
)
"""What our message says, as a pattern, and what Terraform says."""


def in_terraforms_words(finding: Finding, stage: Stage) -> list[Diagnostic]:
    """What Terraform says about the fault that a finding tells of; the finding's own words where nothing fits."""
    span = finding.span
    if span is None:
        return [Diagnostic(finding.message, "", None, stage)]
    if span.source.path.endswith(".json") and (said := _of_json(span.source, stage)):
        return said
    if span.source.path.endswith(".json") and "to end the `${`" in finding.message:
        return [Diagnostic(*_UNCLOSED_IN_JSON, span, stage)]
    if not span.source.text.strip():
        return [Diagnostic(*_NOTHING, span, stage)]
    for pattern, words in _FIXED:
        if re.search(pattern, finding.message):
            return [Diagnostic(*each, span, stage) for each in words]
    for pattern, compute in _COMPUTED:
        match = re.search(pattern, finding.message)
        if match is not None:
            return [Diagnostic(*words, place, stage) for words, place in compute(match, span)]
    return [Diagnostic(finding.message, "", span, stage)]


def _of_json(source: Source, stage: Stage) -> list[Diagnostic]:
    from enclint.frontends.terraform.validation.json_words import complaints

    return [
        Diagnostic(summary, detail, Span(source, offset, offset + 1), stage)
        for summary, detail, offset in complaints(source.text, of_values=stage is Stage.INPUT)
    ]


def _end(span: Span) -> Span:
    """The end of the file."""
    length = len(span.source.text)
    return Span(span.source, length, length)


def _set_twice(match: re.Match[str], span: Span) -> Iterator[tuple[_Words, Span]]:
    name = match[1]
    before = span.source.text[: span.start]
    if span.source.path.endswith(".json"):
        first = _last(re.finditer(rf'"{re.escape(name)}"\s*:\s*[^,}}\]\n]*', before), span)
        yield _Words("Duplicate argument", f'The argument "{name}" was already set at {range_text(first)}.'), span
        return
    first = _last(re.finditer(rf"(?m)(?<=^)[ \t]*({re.escape(name)})(?=[ \t]*=)", before), span, 1)
    detail = f'The argument "{name}" was already set at {range_text(first)}. Each argument may be set only once.'
    yield _Words("Attribute redefined", detail), span


def _set_twice_in_object(match: re.Match[str], span: Span) -> Iterator[tuple[_Words, Span]]:
    first = _last(re.finditer(rf'"{re.escape(match[1])}"', span.source.text[: span.start]), span)
    detail = f'An attribute named "{match[1]}" was already defined at {range_text(first)}.'
    yield _Words("Duplicate object attribute", detail), span


def _last(matches: Iterator[re.Match[str]], span: Span, group: int = 0) -> Span:
    found = span
    for match in matches:
        found = Span(span.source, match.start(group), match.end(group))
    return found


def _unclosed(match: re.Match[str], span: Span) -> Iterator[tuple[_Words, Span]]:
    text = span.source.text
    last = text.rstrip()[-1:]
    before = text[: span.start].rstrip(" \t")
    if match[1] == "{" and not before.endswith(("=", "(", "[", ",", ":", "?")):
        yield (
            _Words(
                "Unclosed configuration block", f"There is no closing brace for this block {_ELSEWHERE.format('brace')}"
            ),
            span,
        )
    elif match[1] == "{" or last in "[(,":
        yield _NOTHING, _end(span)
    elif match[1] == "[":
        detail = f"There is no corresponding closing bracket {_ELSEWHERE.format('bracket')}"
        yield _Words("Unterminated tuple constructor expression", detail), span
    elif before[-1:].isalnum():
        detail = f"There is no closing parenthesis for this function call {_ELSEWHERE.format('parenthesis')}"
        yield _Words("Unterminated function call", detail), span
    else:
        yield _UNBALANCED, _end(span)


def _quotes(match: re.Match[str], span: Span) -> Iterator[tuple[_Words, Span]]:
    del match
    detail = (
        'Single quotes are not valid. Use double quotes (") to enclose strings.'
        if span.text == "'"
        else 'The "`" character is not valid. To create a multi-line string, use the "heredoc" syntax, like "<<EOT".'
    )
    yield _Words("Invalid character", detail), span
    yield _NO_EXPRESSION, span


def _open_string(match: re.Match[str], span: Span) -> Iterator[tuple[_Words, Span]]:
    del match
    text = span.source.text
    end = text.find('"', span.end)
    newline = text.find("\n", span.start)
    while newline >= 0 and (end < 0 or newline < end):
        yield _MULTI_LINE, Span(span.source, newline, newline)
        newline = text.find("\n", newline + 1)
    if end < 0:
        yield _UNTERMINATED, span


def _open_heredoc(match: re.Match[str], span: Span) -> Iterator[tuple[_Words, Span]]:
    del match
    yield _UNTERMINATED, _end(span)


def _bracket(match: re.Match[str], span: Span) -> Iterator[tuple[_Words, Span]]:
    del match
    text = span.source.text
    close = text.find("]", span.start)
    place = Span(span.source, close, close) if close >= 0 else _end(span)
    if text[: span.start].rstrip().endswith("*"):
        detail = 'The star for a full splat operator must be immediately followed by a closing bracket ("]").'
        yield _Words("Missing close bracket on splat index", detail), place
        return
    detail = 'The index operator must end with a closing bracket ("]").'
    yield _Words("Missing close bracket on index", detail), place


def _parenthesis(match: re.Match[str], span: Span) -> Iterator[tuple[_Words, Span]]:
    del match
    if span.source.text[: span.start].rstrip().endswith("..."):
        detail = "An expanded function argument (with ...) must be immediately followed by closing parentheses."
        yield _Words("Missing closing parenthesis", detail), span
        return
    yield _UNBALANCED, span


def _escape(match: re.Match[str], span: Span) -> Iterator[tuple[_Words, Span]]:
    digits = {"u": "four", "U": "eight"}.get(match[1])
    detail = (
        f"The \\{match[1]} escape sequence must be followed by {digits} hexadecimal digits."
        if digits
        else f'The symbol "{match[1]}" is not a valid escape sequence selector.'
    )
    yield _Words("Invalid escape sequence", detail), span


def _directive(match: re.Match[str], span: Span) -> Iterator[tuple[_Words, Span]]:
    end = span.source.text.find("}", span.start)
    place = range_text(Span(span.source, span.start, end + 1))
    detail = f"The {match[1]} directive at {place} is missing its corresponding end{match[1]} directive."
    yield _Words("Unexpected end of template", detail), span


def _keyword(match: re.Match[str], span: Span) -> Iterator[tuple[_Words, Span]]:
    hint = did_you_mean(match[1], ["if", "for", "else", "endif", "endfor"])
    suggestion = f' Did you mean "{hint}"?' if hint else ""
    detail = f'"{match[1]}" is not a valid template control keyword.{suggestion}'
    yield _Words("Invalid template control keyword", detail), span


def _nested_on_one_line(match: re.Match[str], span: Span) -> Iterator[tuple[_Words, Span]]:
    del match
    word = re.match(r"\w*", span.source.text[span.start :])
    detail = (
        "A single-line block definition can contain only a single argument. If you meant to define argument "
        f'"{word[0] if word else ""}", use an equals sign to assign it a value. To define a nested block, place it on '
        "a "
        "line of its own within its parent block."
    )
    yield _Words("Argument definition required", detail), span


_COMPUTED: Final[tuple[tuple[str, Callable[[re.Match[str], Span], Iterator[tuple[_Words, Span]]]], ...]] = (
    (r"`([^`]*)` is set twice here", _set_twice),
    (r"`([^`]*)` is set twice in this object", _set_twice_in_object),
    (r"this `(.)` is not closed before the text ends", _unclosed),
    (r"strings are written in double quotes", _quotes),
    (r"a string must end on the line", _open_string),
    (r"this heredoc does not end", _open_heredoc),
    (r"expected `\]`", _bracket),
    (r"expected `\)`", _parenthesis),
    (r"`\\(.)` is no escape sequence", _escape),
    (r"this `(\w+)` directive does not end", _directive),
    (r"`(\w+)` is no template directive", _keyword),
    (r"a block on one line has room for one argument and nothing else", _nested_on_one_line),
)
