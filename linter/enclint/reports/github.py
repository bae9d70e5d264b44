"""Workflow commands of GitHub Actions: findings as annotations in the changed files.

Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from enclint.finding import Severity
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.report import is_undecided
from enclint.reports.printable import printable, printable_lines
from enclint.reports.text import summary

if TYPE_CHECKING:
    from enclint.finding import Finding
    from enclint.report import Report

_COMMANDS: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
}


def render_github(report: Report) -> str:
    """One command a finding that is not suppressed, and the summary."""
    commands = [_command(finding, report) for finding in report.findings if finding.suppression is None]
    return "".join(f"{line}\n" for line in (*commands, summary(report)))


def _command(finding: Finding, report: Report) -> str:
    command = "error" if finding.is_error else "notice" if is_undecided(finding) else _COMMANDS[finding.severity]
    properties = {"title": f"{finding.policy}: {finding.title}"}
    span = finding.span
    if span is not None:
        properties["file"] = report.uri(span.source.path)
        if span.source.text:
            properties["line"] = str(span.line)
            properties["endLine"] = str(span.end_line)
            if span.line == span.end_line:
                properties["col"] = str(span.column)
                properties["endColumn"] = str(span.end_column)
    texts = (finding.message, finding.scenario and f"Fails when {finding.scenario}", finding.remedy)
    message = "\n".join(text for text in texts if text)
    pairs = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{command} {pairs}::{_data(printable_lines(message))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")
