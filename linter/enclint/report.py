"""What a run came to: its findings, what the policies behind them say, and what was counted on the way."""

from __future__ import annotations

import os

from enclint.finding import Severity, Verdict
from enclint.lean_typing import TYPE_CHECKING, NamedTuple
from enclint.paths import is_within

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclint.finding import Finding


class Rule(NamedTuple):
    """A policy, as far as reports and explanations speak of it."""

    id: str
    title: str
    severity: Severity
    state: str = ""
    """at_rest, in_transit, key_management, certificate; "" for what enclint says about its input."""
    why: str = ""
    remedy: str = ""
    aliases: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    compliance: Mapping[str, tuple[str, ...]] = {}


class Report(NamedTuple):
    """The findings of a run in the order of files and lines, the suppressed and the undecided among them."""

    findings: tuple[Finding, ...]
    rules: Mapping[str, Rule]
    resources: int = 0
    """Resources of the common model that at least one policy judged."""
    files_read: int = 0
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    """What is worth saying without being a finding."""
    nothing_to_read: str = ""
    """Why there was nothing to judge, or with: a failure of the call."""
    left_out: int = 0
    """Undecided findings that somebody does not want to see."""
    working_directory: str = ""
    repository: str | None = None

    @property
    def failures(self) -> Iterator[Finding]:
        """What fails a policy and is not suppressed."""
        return (each for each in self.findings if each.verdict is Verdict.FAIL and each.suppression is None)

    @property
    def undecided(self) -> Iterator[Finding]:
        """What could not be decided and is not suppressed."""
        return (each for each in self.findings if is_undecided(each) and each.suppression is None)

    @property
    def suppressed(self) -> Iterator[Finding]:
        """What somebody accepted."""
        return (each for each in self.findings if each.suppression is not None)

    @property
    def errors(self) -> Iterator[Finding]:
        """What could not be read."""
        return (each for each in self.findings if each.is_error)

    @property
    def files_unreadable(self) -> int:
        """How many files could not be read, or not as a whole."""
        return len({each.span.source.path if each.span else each.message for each in self.errors})

    def without_undecided(self) -> Report:
        """The report as somebody wants it who does not want to see what is not decided; it is counted all the same."""
        left_out = sum(1 for _ in self.undecided)
        return self._replace(
            findings=tuple(each for each in self.findings if not is_undecided(each)), left_out=left_out
        )

    @property
    def undecided_count(self) -> int:
        """How many findings are undecided, shown or not."""
        return self.left_out + sum(1 for _ in self.undecided)

    def exit_status(self, fail_on: Severity, *, undecided_fails: bool) -> int:
        """2 if something could not be read or there was nothing to judge, 1 if a finding fails the run, else 0."""
        if self.nothing_to_read or any(self.errors):
            return 2
        if any(each.severity.rank >= fail_on.rank for each in self.failures):
            return 1
        if undecided_fails and any(each.severity.rank >= fail_on.rank for each in self.undecided):
            return 1
        return 0

    def uri(self, path: str) -> str:
        """A file's path relative to the repository's root, or to the working directory where there is none."""
        base = self.repository or self.working_directory
        absolute = os.path.normpath(os.path.join(self.working_directory, path))
        if base and is_within(absolute, base):
            return os.path.relpath(absolute, base).replace(os.sep, "/")
        return absolute.replace(os.sep, "/")

    def fingerprints(self) -> list[str]:
        """One for each finding, in their order: equal for the same finding of another day, whatever moved around it.

        Of several findings of one policy in one resource the first keeps its fingerprint when others are mended.
        """
        from hashlib import sha256

        seen: dict[str, int] = {}
        result = []
        for each in self.findings:
            path = self.uri(each.span.source.path) if each.span is not None else ""
            identity = "\0".join((each.policy, path, each.resource, each.environment, each.fingerprint))
            if not each.resource:
                identity += f"\0{each.message}"
            number = seen[identity] = seen.get(identity, 0) + 1
            result.append(sha256(f"{identity}\0{number}".encode("utf-8", "surrogateescape")).hexdigest()[:32])
        return result


def is_undecided(finding: Finding) -> bool:
    """Whether a policy could not be decided for a resource (an input error is something else)."""
    return finding.verdict is Verdict.UNKNOWN and not finding.is_error


SYNTAX_ERROR = "syntax-error"
UNREADABLE_FILE = "unreadable-file"

OWN_RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule(
            SYNTAX_ERROR,
            "File is not valid",
            Severity.HIGH,
            why="What cannot be parsed cannot be judged, so nothing can be said about the resources in it.",
            remedy="Mend the syntax at the place that is shown.",
        ),
        Rule(
            UNREADABLE_FILE,
            "File cannot be read",
            Severity.HIGH,
            why="What cannot be read cannot be judged.",
            remedy="Give the file UTF-8 text and permissions to read it, or leave it out of the call.",
        ),
        Rule(
            "invalid-template",
            "Template is not valid",
            Severity.HIGH,
            why="CloudFormation refuses such a template, or reads it otherwise than it is meant.",
            remedy="Mend the template at the place that is shown.",
        ),
        Rule(
            "invalid-configuration",
            "Configuration is not valid",
            Severity.HIGH,
            why="Terraform refuses such a configuration, so what it would deploy is not known.",
            remedy="Mend the configuration at the place that is shown.",
        ),
        Rule(
            "suppression-invalid",
            "Suppression is not valid",
            Severity.MEDIUM,
            why="A suppression without a reason, or of an unknown policy, hides a risk that nobody accepted.",
            remedy="Write `enclint:ignore ID[, ID…] [until=YYYY-MM-DD] reason`.",
        ),
        Rule(
            "suppression-expired",
            "Suppression has expired",
            Severity.MEDIUM,
            why="A risk was accepted for a time, and the time is over.",
            remedy="Mend what was suppressed, or accept it anew with a later date.",
        ),
        Rule(
            "suppression-unused",
            "Suppression is of no use",
            Severity.LOW,
            why="Nothing is there any more that it suppresses; left in place it would hide the next finding.",
            remedy="Take the suppression out.",
        ),
    )
}
"""What enclint says about its input rather than about a resource."""
