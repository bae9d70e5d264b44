"""Terraform's native syntax, from text to syntax tree: the way into `enclint.frontends.terraform.native`.

In goes a text, out comes a tree of `enclint.frontends.terraform.syntax`, or `SyntaxFault` is raised and nothing else:
at the first fault, as Terraform refuses a file for any. Reading many files is a good deal faster with Python's garbage
collector off (`gc.disable()`), which is the caller's to decide: trees hold no cycles.
"""

from __future__ import annotations

from enclint.frontends.terraform.native.bodies import BodyReader
from enclint.frontends.terraform.native.patterns import ASCII, Patterns
from enclint.frontends.terraform.syntax import Body, SyntaxFault
from enclint.lean_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    _Tree = TypeVar("_Tree")

    from enclint.frontends.terraform.syntax import Expression, Item, String, Template, TemplateWrap
    from enclint.source import Source

__all__ = ["SyntaxFault", "parse", "parse_expression", "parse_template"]


def parse(source: Source) -> Body:
    """The arguments and blocks of a file. The fault that is raised has the items before it as `items`."""
    items: list[Item] = []

    def read(reader: BodyReader) -> Body:
        items.clear()
        reader.read_items(items)
        return Body(items, source)

    try:
        return _read(source.text, read)
    except SyntaxFault as fault:
        fault.items = items
        raise


def parse_expression(text: str) -> Expression:
    """The expression that a text is, such as the value of `-var`. Line breaks are blanks; offsets count in `text`."""

    def read(reader: BodyReader) -> Expression:
        expression = reader.read_expression(across_lines=True)
        if reader.offset < reader.length:
            raise reader.unexpected("an operator or the end of the expression")
        return expression

    return _read(text, read)


def parse_template(text: str) -> String | Template | TemplateWrap:
    """The template that a text without quotes is: a template file, or a string of the JSON syntax.

    As in a heredoc, `$${` and `%%{` are the only escapes. Offsets count in `text`.
    """
    return _read(text, BodyReader.read_bare)


def _read(text: str, read: Callable[[BodyReader], _Tree]) -> _Tree:
    """What `read` makes of a text: once more with its letters beyond ASCII, where it may have lacked them."""
    try:
        return _read_with(ASCII, text, read)
    except SyntaxFault:
        patterns = None if text.isascii() else Patterns.of(text)
        if patterns is None:
            raise
    return _read_with(patterns, text, read)


def _read_with(patterns: Patterns, text: str, read: Callable[[BodyReader], _Tree]) -> _Tree:
    reader = BodyReader(text, patterns)
    try:
        return read(reader)
    except RecursionError:
        raise SyntaxFault("nested too deep to be read", min(reader.offset, len(text))) from None
    except SyntaxFault as fault:
        fault.offset = min(fault.offset, len(text))
        raise
