"""What a run has to say: findings, frozen and complete at birth. Reports render them and compute nothing."""

from __future__ import annotations

from enum import Enum

from enclint.lean_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from enclint.source import Span


class Verdict(Enum):
    """The three answers of a policy about a resource."""

    PASS = "pass"  # noqa: S105 (no password)
    FAIL = "fail"
    UNKNOWN = "unknown"


class Severity(Enum):
    """How much a failed policy matters, in rising order."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low up to 3 for critical."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Related(NamedTuple):
    """A place that helps to understand a finding, with one sentence about it."""

    message: str
    span: Span | None


class Suppression(NamedTuple):
    """A comment or metadata entry by which somebody accepted a finding."""

    reason: str
    span: Span | None
    until: str | None = None
    honoured_from: str | None = None
    """The other tool whose comment it was (`checkov`, `trivy`, …), if it was one."""


class Finding(NamedTuple):
    """One policy's verdict on one resource, or one input error.

    `span` is the value that decides, or the block's header where an argument is missing; None where no place is
    known. `trace` is the way that the value came, nearest hop first. `scenario` is a sentence such as
    ``Stage is "test"``. Input errors (`syntax-error`, `unreadable-file`, …) have no resource.
    """

    policy: str
    title: str
    verdict: Verdict
    severity: Severity
    message: str
    span: Span | None
    resource: str = ""
    resource_type: str = ""
    header: Span | None = None
    trace: tuple[Related, ...] = ()
    scenario: str | None = None
    reasons: tuple[str, ...] = ()
    """Why the verdict is unknown, each in the user's words."""
    remedy: str = ""
    fingerprint: str = ""
    construct_path: str = ""
    """The CDK construct (`aws:cdk:path`) where the template names one."""
    environment: str = ""
    """The environment (variable or parameter file) under which it was judged, if several were."""
    is_error: bool = False
    """An input error: something could not be read, so the run must exit with 2."""
    suppression: Suppression | None = None
