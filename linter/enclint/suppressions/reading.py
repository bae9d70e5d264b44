"""Reading enclint's own suppressions: comments, and the metadata of a template's resource."""

from __future__ import annotations

import re

from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.nearest import did_you_mean
from enclint.source import Span
from enclint.suppressions.comment import Comment, is_date, place_of_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enclint.model.resource import ProviderResource
    from enclint.source import Source
    from enclint.suppressions.comment import Key

_COMMENT: Final = re.compile(
    r"""(?:\#|//|/\*)[ \t]*enclint:[ \t]*ignore\b(?P<words>[^\n\r]*)
      | "//"\s*:\s*"enclint:[ ]*ignore\b(?P<json>(?:[^"\\\n]|\\.)*)" """,
    re.VERBOSE,
)
_IDS: Final = re.compile(r"[A-Za-z0-9][\w.-]*(?:\s*,\s*[A-Za-z0-9][\w.-]*)*(?=\s|$|:)")
_UNTIL: Final = re.compile(r"(?:^|(?<=\s))until=(\S*)")


def comments_in(source: Source, canonical: Mapping[str, str]) -> Iterator[Comment]:
    """The suppressions in a file's comments. `canonical`: ids and aliases of policies to ids."""
    if "enclint:" not in source.text:
        return
    for match in _COMMENT.finditer(source.text):
        words = match["json"] if match["json"] is not None else match["words"]
        span = Span(source, match.start(), match.end())
        yield _parsed(words, (source.path, match.start(), 0), span, canonical)


def _parsed(words: str, key: Key, span: Span, canonical: Mapping[str, str]) -> Comment:
    """The suppression that the words behind `enclint:ignore` are."""
    text = words.strip().removesuffix("*/").rstrip()
    match = _IDS.match(text)
    if match is None:
        return Comment(key, span, (), problem="the suppression names no policy")
    rest = text[match.end() :]
    until = _UNTIL.search(rest)
    if until is not None:
        rest = rest[: until.start()] + rest[until.end() :]
    ids = [id.strip() for id in match[0].split(",")]
    comment = Comment(key, span, (), rest.strip(" \t-–—:"), until[1] if until is not None else None)
    return _checked(comment, ids, canonical)


def comments_of_metadata(resource: ProviderResource, canonical: Mapping[str, str]) -> Iterator[Comment]:
    """The suppressions in the `Metadata` of a template's resource."""
    metadata, body = resource.metadata, resource.body
    if not isinstance(metadata, dict) or "enclint" not in metadata or body is None:
        return
    span = place_of_key(body, "enclint")
    section = metadata["enclint"]
    entries = section.get("ignore") if isinstance(section, dict) else None
    if not isinstance(entries, list):
        key = (body.source.path, span.start, 0)
        yield Comment(key, span, (), problem="`Metadata.enclint` is not of the form {ignore: [{id, reason, until}]}")
        return
    for number, entry in enumerate(entries):
        yield _entry(entry, (body.source.path, span.start, number), span, resource, canonical)


def _entry(entry: Any, key: Key, span: Span, resource: ProviderResource, canonical: Mapping[str, str]) -> Comment:
    """One of the suppressions in metadata."""
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        return Comment(key, span, (), problem="an entry of `Metadata.enclint.ignore` has no `id`")
    reason, until = entry.get("reason"), entry.get("until")
    comment = Comment(
        key,
        span,
        (),
        reason.strip() if isinstance(reason, str) else "",
        str(until) if until is not None else None,
        resource_key=resource.key,
    )
    return _checked(comment, [id.strip() for id in entry["id"].split(",")], canonical)


def _checked(comment: Comment, ids: Sequence[str], canonical: Mapping[str, str]) -> Comment:
    """The suppression with the policies that its ids stand for, and with what is wrong with it."""
    unknown = next((id for id in ids if id not in canonical), None)
    problem = ""
    if unknown is not None:
        problem = f"there is no policy `{unknown}`{did_you_mean(unknown, canonical)}"
    elif comment.until is not None and not is_date(comment.until):
        problem = f"`until={comment.until}` is no date of the form YYYY-MM-DD"
    elif not comment.reason:
        problem = "the suppression gives no reason"
    policies = tuple(canonical[id] for id in ids if id in canonical)
    return comment._replace(policies=policies, problem=problem)
