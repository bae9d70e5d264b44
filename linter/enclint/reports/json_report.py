"""The report for programs: everything that is known about each finding. Its form: `docs/report-schema.md`."""

from __future__ import annotations

from enclint import __version__
from enclint.lean_typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from enclint.finding import Finding, Related, Suppression
    from enclint.report import Report
    from enclint.source import Span

SCHEMA_VERSION: Final = 1
"""Rises when a key changes its meaning or goes away; keys that come in anew do not change it."""


def render_json(report: Report) -> str:
    """The report as JSON in ASCII, which is harmless wherever it is printed."""
    import json

    return json.dumps(to_data(report), indent=2) + "\n"


def to_data(report: Report) -> dict[str, Any]:
    """The report as plain data."""
    findings = zip(report.findings, report.fingerprints(), strict=True)
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "enclint", "version": __version__},
        "summary": {
            "resources": report.resources,
            "findings": sum(1 for _ in report.failures),
            "undecided": report.undecided_count,
            "suppressed": sum(1 for _ in report.suppressed),
            "files_read": report.files_read,
            "files_unreadable": report.files_unreadable,
            "seconds": round(report.seconds, 3),
        },
        "findings": [_finding(finding, fingerprint, report) for finding, fingerprint in findings],
        "notes": [*report.notes, *([report.nothing_to_read] if report.nothing_to_read else [])],
    }


def _finding(finding: Finding, fingerprint: str, report: Report) -> dict[str, Any]:
    return {
        "policy": finding.policy,
        "title": finding.title,
        "verdict": "error" if finding.is_error else finding.verdict.value,
        "severity": finding.severity.value,
        "message": finding.message,
        "resource": finding.resource,
        "resource_type": finding.resource_type,
        "location": _location(finding.span, report),
        "block": _location(finding.header, report),
        "trace": [_related(related, report) for related in finding.trace],
        "scenario": finding.scenario,
        "reasons": list(finding.reasons),
        "remedy": finding.remedy,
        "environment": finding.environment,
        "construct_path": finding.construct_path,
        "fingerprint": fingerprint,
        "suppression": _suppression(finding.suppression, report),
    }


def _related(related: Related, report: Report) -> dict[str, Any]:
    return {"message": related.message, "location": _location(related.span, report)}


def _suppression(suppression: Suppression | None, report: Report) -> dict[str, Any] | None:
    if suppression is None:
        return None
    return {
        "reason": suppression.reason,
        "until": suppression.until,
        "honoured_from": suppression.honoured_from,
        "location": _location(suppression.span, report),
    }


def _location(span: Span | None, report: Report) -> dict[str, Any] | None:
    if span is None:
        return None
    location: dict[str, Any] = {"file": report.uri(span.source.path)}
    if span.source.text:
        line, column = span.source.position(span.start)
        end_line, end_column = span.source.position(span.end)
        location.update(line=line, column=column, end_line=end_line, end_column=end_column)
    return location
