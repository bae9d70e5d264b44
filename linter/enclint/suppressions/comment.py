"""A suppression as somebody wrote it, and what policies are called in one."""

from __future__ import annotations

import re

from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias
from enclint.source import Span

if TYPE_CHECKING:
    from collections.abc import Mapping

Key: TypeAlias = "tuple[str, int, int]"
"""Which comment: the file, the offset in it, and its number among those of one place."""


class Comment(NamedTuple):
    """One suppression as it was written. `policies` are canonical ids; `problem` says what is wrong with it."""

    key: Key
    span: Span
    policies: tuple[str, ...]
    reason: str = ""
    until: str | None = None
    problem: str = ""
    tool: str | None = None
    """The other tool that it was written for, if it was."""
    line_only: bool = False
    """It counts for its own line and the next one, not for the block around it."""
    whole_file: bool = False
    """It counts for everything in its file."""
    resource_key: str | None = None
    """The one resource that it counts for, where it is a part of it (metadata)."""


class Names(NamedTuple):
    """What policies are called: by their ids and aliases, and by other tools."""

    canonical: Mapping[str, str]
    """Ids and aliases to ids."""
    active: frozenset[str]
    """The policies of this run; a suppression of any other is not unused."""
    elsewhere: Mapping[tuple[str, str], tuple[str, ...]] = {}
    """(tool, the tool's id in small letters) to ids; (tool, "*") to all ids that the tool has an equal of."""


_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")


def is_date(text: str) -> bool:
    """Whether a text is a day of the calendar in the form YYYY-MM-DD."""
    if _DATE.fullmatch(text) is None:
        return False
    from datetime import date

    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def place_of_key(body: Span, name: str) -> Span:
    """Where a key stands in a block of YAML or JSON; the block's beginning if it is not found."""
    match = re.compile(rf"""(?<![\w-]){re.escape(name)}["']?[ \t]*:""").search(body.source.text, body.start, body.end)
    start = match.start() if match is not None else body.start
    return Span(body.source, start, start + len(name) if match is not None else start)


def line_below(comment: Comment) -> int:
    """The line that a comment stands above: the next one, or the first behind more lines of comment."""
    source = comment.span.source
    line = comment.span.end_line + 1
    while source.line(line).lstrip().startswith(("#", "//")):
        line += 1
    return line
