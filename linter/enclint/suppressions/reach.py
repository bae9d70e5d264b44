"""Which suppressions count for a finding: by the lines that it speaks of, and by the resource that it is about."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.suppressions.comment import line_below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.finding import Finding
    from enclint.model.resource import Project, ProviderResource
    from enclint.source import Span
    from enclint.suppressions.comment import Comment


MAX_BLOCK: Final = 500
"""Lines through which the end of a call's block is looked for."""


class _File:
    """The suppressions of one file by their lines, and the blocks of resources that some stand in or just above."""

    def __init__(self) -> None:
        self.everywhere: list[Comment] = []
        self.by_line: dict[int, list[Comment]] = {}
        self._in_blocks: list[tuple[int, Comment]] = []
        self._above: dict[int, list[Comment]] = {}
        self._blocks: dict[int, tuple[int, list[Comment]]] = {}
        self._starts: list[int] | None = None

    def add(self, comment: Comment) -> None:
        """Notes a comment; those of a file come in the order of its text, those of other tools behind ours."""
        if comment.whole_file:
            self.everywhere.append(comment)
            return
        first, below = comment.span.line, line_below(comment)
        for line in range(first, below + 1):
            self.by_line.setdefault(line, []).append(comment)
        if not comment.line_only:
            self._in_blocks.append((first, comment))
            self._above.setdefault(below, []).append(comment)

    def sort(self) -> None:
        """To be called when all comments are noted."""
        self._in_blocks.sort(key=lambda pair: pair[0])

    def of_block(self, first: int, last: int) -> list[Comment]:
        """The comments in a block of lines, or just above it."""
        start = bisect_left(self._in_blocks, first, key=lambda pair: pair[0])
        end = bisect_right(self._in_blocks, last, key=lambda pair: pair[0])
        comments = [comment for _, comment in self._in_blocks[start:end]]
        comments += [comment for comment in self._above.get(first, ()) if comment.span.line < first]
        if comments:
            self._blocks[first] = (last, comments)
            self._starts = None
        return comments

    def around(self, line: int) -> list[Comment]:
        """The comments of the block of a resource that a line stands in."""
        if self._starts is None:
            self._starts = sorted(self._blocks)
        number = bisect_right(self._starts, line) - 1
        if number < 0:
            return []
        last, comments = self._blocks[self._starts[number]]
        return comments if line <= last else []


class Reach:
    """The reach of comments over the findings of a project."""

    def __init__(self, comments: list[Comment], project: Project) -> None:
        self._files: dict[str, _File] = {}
        self._by_resource: dict[str, list[Comment]] = {}
        self._keys: dict[str, list[str]] = {}
        for comment in comments:
            if comment.resource_key is not None:
                self._by_resource.setdefault(comment.resource_key, []).append(comment)
            else:
                self._files.setdefault(comment.span.source.path, _File()).add(comment)
        for file in self._files.values():
            file.sort()
        for resource in project.resources:
            self._place(resource)

    def _place(self, resource: ProviderResource) -> None:
        """Notes which comments stand in or just above the block of a resource, or of a call that leads to it."""
        self._keys.setdefault(resource.address, []).append(resource.key)
        blocks = [resource.body, *(span for _, span in resource.calls)]
        for block in blocks:
            file = self._files.get(block.source.path) if block is not None else None
            if block is None or file is None:
                continue
            first, last = block.line, block.end_line
            if block is not resource.body:
                last = _end_of_block(block)
            elif resource.header is not None:
                first = min(first, resource.header.line)
            comments = file.of_block(first, last)
            if comments:
                self._by_resource.setdefault(resource.key, []).extend(comments)

    def comments_on(self, finding: Finding) -> Iterator[Comment]:
        """The comments that count for a finding, each perhaps more than once."""
        for key in self._keys.get(finding.resource, ()):
            yield from self._by_resource.get(key, ())
        if finding.span is not None:
            yield from self._at(finding.span, in_block=True)
        for span in (finding.header, *(related.span for related in finding.trace)):
            if span is not None:
                yield from self._at(span, in_block=False)

    def _at(self, span: Span, *, in_block: bool) -> Iterator[Comment]:
        file = self._files.get(span.source.path)
        if file is None:
            return
        yield from file.everywhere
        yield from file.by_line.get(span.line, ())
        if in_block:
            yield from file.around(span.line)


def _end_of_block(header: Span) -> int:
    """The last line of the block of a call, of which only the header is known: all that is indented deeper."""
    source, line = header.source, header.end_line
    margin = len(source.line(line)) - len(source.line(line).lstrip())
    last = line
    for number in range(line + 1, min(line + MAX_BLOCK, len(source.line_starts) + 1)):
        text = source.line(number)
        if text.strip() and len(text) - len(text.lstrip()) <= margin:
            break
        last = number
    return last
