"""The suppressions of a run: met and applied project by project, and in the end judged themselves."""

from __future__ import annotations

from enclint.finding import Finding, Suppression, Verdict
from enclint.lean_typing import TYPE_CHECKING
from enclint.report import OWN_RULES
from enclint.suppressions.reach import Reach
from enclint.suppressions.reading import comments_in, comments_of_metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from types import ModuleType

    from enclint.model.resource import Project, ProviderResource
    from enclint.source import Source
    from enclint.suppressions.comment import Comment, Key, Names


class Suppressions:
    """The suppressions of a run: applied project by project, and in the end judged themselves."""

    def __init__(self, names: Names, today: str, honour: Sequence[str] = ()) -> None:
        self._names = names
        self._today = today
        self._honour = tuple(honour)
        self.comments: dict[Key, Comment] = {}
        self.used: set[tuple[Key, str]] = set()
        self._by_source: dict[str, list[Comment]] = {}

    def apply(self, project: Project, findings: Iterable[Finding]) -> list[Finding]:
        """The findings of a project, those that somebody accepted with their `suppression`."""
        comments = [comment for source in project.sources for comment in self._comments_in(source)]
        comments += [comment for resource in project.resources for comment in self._metadata_of(resource)]
        if not comments:
            return list(findings)
        reach = Reach(comments, project)
        return [self._judged(finding, reach) for finding in findings]

    def merge(self, comments: Mapping[Key, Comment], used: Iterable[tuple[Key, str]]) -> None:
        """Adds what another process met."""
        self.comments.update(comments)
        self.used.update(used)

    def findings(self, unjudged: Iterable[str] = ()) -> Iterator[Finding]:
        """What is wrong with the suppressions themselves. Those in `unjudged` files are not said to be unused."""
        skipped = frozenset(unjudged)
        for comment in self.comments.values():
            if comment.problem:
                yield _finding("suppression-invalid", comment.problem, comment)
            elif comment.tool is not None:
                continue
            elif comment.until is not None and comment.until < self._today:
                policies = ", ".join(comment.policies)
                yield _finding(
                    "suppression-expired", f"the suppression of {policies} expired on {comment.until}", comment
                )
            elif comment.span.source.path not in skipped:
                unused = [each for each in comment.policies if self._is_unused(comment, each)]
                if unused:
                    yield _finding("suppression-unused", f"nothing here fails {', '.join(unused)}", comment)

    def honoured(self) -> Iterator[str]:
        """Which comments of other tools were honoured, a sentence each."""
        for key, policy in sorted(self.used):
            comment = self.comments[key]
            if comment.tool is not None:
                yield f"a suppression for {comment.tool} was honoured: {policy} ({comment.span})"

    def _is_unused(self, comment: Comment, policy: str) -> bool:
        return policy in self._names.active and (comment.key, policy) not in self.used

    def _judged(self, finding: Finding, reach: Reach) -> Finding:
        if finding.is_error or finding.verdict is Verdict.PASS:
            return finding
        for comment in reach.comments_on(finding):
            if finding.policy not in comment.policies or comment.problem:
                continue
            if comment.until is not None and comment.until < self._today:
                continue
            self.used.add((comment.key, finding.policy))
            return finding._replace(suppression=Suppression(comment.reason, comment.span, comment.until, comment.tool))
        return finding

    def _comments_in(self, source: Source) -> list[Comment]:
        """The comments of a file; each file is searched once, however many projects read it."""
        comments = self._by_source.get(source.path)
        if comments is None:
            comments = list(comments_in(source, self._names.canonical))
            if self._honour:
                comments += other_tools().comments_in(source, self._honour, self._names.elsewhere)
            self._by_source[source.path] = comments
            self.comments.update((comment.key, comment) for comment in comments)
        return comments

    def _metadata_of(self, resource: ProviderResource) -> list[Comment]:
        if resource.metadata is None:
            return []
        comments = list(comments_of_metadata(resource, self._names.canonical))
        if self._honour:
            comments += other_tools().comments_of_metadata(resource, self._honour, self._names.elsewhere)
        for comment in comments:
            self.comments.setdefault(comment.key, comment)
        return comments


def other_tools() -> ModuleType:
    """The module that reads other tools' comments, imported only where they are honoured."""
    from enclint.suppressions import other_tools

    return other_tools


def _finding(policy: str, message: str, comment: Comment) -> Finding:
    rule = OWN_RULES[policy]
    return Finding(policy, rule.title, Verdict.FAIL, rule.severity, message, comment.span, remedy=rule.remedy)
