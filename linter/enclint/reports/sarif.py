"""SARIF 2.1.0, for code scanning services and editors.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from enclint import __version__
from enclint.finding import Severity, Verdict
from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.report import Rule

if TYPE_CHECKING:
    from enclint.finding import Finding, Related, Suppression
    from enclint.report import Report
    from enclint.source import Span

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT: Final = "%SRCROOT%"

_LEVELS: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
_SCORES: Final = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.0", Severity.LOW: "2.0"}
"""What code scanning services sort security findings by: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning."""
_KINDS: Final = {Verdict.FAIL: "fail", Verdict.UNKNOWN: "open", Verdict.PASS: "pass"}


def render_sarif(report: Report) -> str:
    """The report as SARIF, in ASCII."""
    import json

    return json.dumps(to_data(report), indent=2) + "\n"


def to_data(report: Report) -> dict[str, Any]:
    """The report as plain data. Of the rules, those stand in it that a result names."""
    indexes: dict[str, int] = {}
    for finding in report.findings:
        indexes.setdefault(finding.policy, len(indexes))
    rules = [report.rules.get(id) or _rule_of(id, report) for id in indexes]
    marks_suppressed = any(report.suppressed)
    results = [
        _result(finding, indexes[finding.policy], fingerprint, report, marks_suppressed)
        for finding, fingerprint in zip(report.findings, report.fingerprints(), strict=True)
    ]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "enclint",
                        "version": __version__,
                        "semanticVersion": __version__,
                        "rules": [_rule(rule) for rule in rules],
                    }
                },
                "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
                "columnKind": "unicodeCodePoints",
                "invocations": [_invocation(report)],
                "results": results,
            }
        ],
    }


def _rule_of(id: str, report: Report) -> Rule:
    """What can be said of a rule that only its findings speak of."""
    finding = next(finding for finding in report.findings if finding.policy == id)
    return Rule(id, finding.title or id, finding.severity)


def _rule(rule: Rule) -> dict[str, Any]:
    help = "\n\n".join(text for text in (rule.why, rule.remedy) if text) or rule.title
    descriptor: dict[str, Any] = {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why or rule.title},
        "help": {"text": help, "markdown": _markdown(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "security-severity": _SCORES[rule.severity],
            "tags": ["security", "encryption", *([rule.state] if rule.state else [])],
            "compliance": {framework: list(controls) for framework, controls in rule.compliance.items()},
        },
    }
    if rule.references:
        descriptor["helpUri"] = rule.references[0]
    if rule.aliases:
        descriptor["deprecatedIds"] = list(rule.aliases)
    return descriptor


def _markdown(rule: Rule) -> str:
    sections = [f"**{rule.title}**", rule.why]
    if rule.remedy:
        sections.append(f"**Remedy.** {rule.remedy}")
    sections += [f"- <{reference}>" for reference in rule.references]
    return "\n\n".join(section for section in sections if section)


def _invocation(report: Report) -> dict[str, Any]:
    notifications = [{"level": "note", "message": {"text": note}} for note in report.notes]
    if report.nothing_to_read:
        notifications.append({"level": "error", "message": {"text": report.nothing_to_read}})
    return {
        "executionSuccessful": not report.nothing_to_read and not any(report.errors),
        "toolExecutionNotifications": notifications,
    }


def _result(
    finding: Finding, rule_index: int, fingerprint: str, report: Report, marks_suppressed: bool
) -> dict[str, Any]:
    kind = "fail" if finding.is_error else _KINDS[finding.verdict]
    result: dict[str, Any] = {
        "ruleId": finding.policy,
        "ruleIndex": rule_index,
        "kind": kind,
        "level": _LEVELS[finding.severity] if kind == "fail" else "none",
        "message": {"text": _message(finding)},
        "locations": [_location(finding.span, finding, report)],
        "partialFingerprints": {"enclint/v1": fingerprint},
        "properties": _properties(finding),
    }
    if finding.trace:
        result["relatedLocations"] = [
            {"id": number, **_step(related, finding, report)} for number, related in enumerate(finding.trace, 1)
        ]
        result["codeFlows"] = [_code_flow(finding, report)]
    if marks_suppressed:
        suppression = finding.suppression
        result["suppressions"] = [] if suppression is None else [_suppression(suppression, report)]
    return result


def _message(finding: Finding) -> str:
    sentences = [finding.message]
    if finding.scenario:
        word = "Fails when" if finding.verdict is Verdict.UNKNOWN else "Scenario"
        sentences.append(f"{word}: {finding.scenario}")
    if finding.reasons:
        sentences.append(f"Not known: {'; '.join(finding.reasons)}")
    return ". ".join(sentence.rstrip(".") for sentence in sentences) + "."


def _properties(finding: Finding) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "resource": finding.resource,
        "verdict": "error" if finding.is_error else finding.verdict.value,
        "severity": finding.severity.value,
    }
    optional = {
        "resourceType": finding.resource_type,
        "scenario": finding.scenario,
        "reasons": list(finding.reasons),
        "remedy": finding.remedy,
        "environment": finding.environment,
        "constructPath": finding.construct_path,
    }
    properties.update({name: value for name, value in optional.items() if value})
    return properties


def _location(span: Span | None, finding: Finding, report: Report) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if span is not None:
        location["physicalLocation"] = _physical_location(span, report)
    if finding.resource:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.resource, "kind": "resource"}]
    return location


def _physical_location(span: Span, report: Report) -> dict[str, Any]:
    from urllib.parse import quote

    uri = report.uri(span.source.path)
    quoted = quote(uri, errors="surrogateescape")  # names of files are bytes
    artifact: dict[str, Any] = {"uri": quoted}
    if uri.startswith("/"):
        artifact["uri"] = f"file://{quoted}"
    elif not uri.startswith("../"):
        artifact["uriBaseId"] = ROOT
    location: dict[str, Any] = {"artifactLocation": artifact}
    if span.source.text:
        start_line, start_column = span.source.position(span.start)
        end_line, end_column = span.source.position(span.end)
        location["region"] = {
            "startLine": start_line,
            "startColumn": start_column,
            "endLine": end_line,
            "endColumn": end_column,
        }
    return location


def _step(related: Related, finding: Finding, report: Report) -> dict[str, Any]:
    """A step of the trace. What nobody wrote, such as a default of AWS, stands where it counts.

    Code scanning services refuse a whole report for a location without a file.
    """
    step: dict[str, Any] = {"message": {"text": related.message}}
    span = related.span or finding.span
    if span is not None:
        step["physicalLocation"] = _physical_location(span, report)
    return step


def _code_flow(finding: Finding, report: Report) -> dict[str, Any]:
    """The way of the value, from where it is written to where it counts."""
    steps = [{"location": _step(related, finding, report)} for related in reversed(finding.trace)]
    if finding.span is not None:
        last = {"message": {"text": finding.message}, "physicalLocation": _physical_location(finding.span, report)}
        steps.append({"location": last})
    return {"threadFlows": [{"locations": steps}]}


def _suppression(suppression: Suppression, report: Report) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "kind": "inSource",
        "status": "accepted",
        "justification": suppression.reason or f"accepted by a comment for {suppression.honoured_from}",
    }
    if suppression.span is not None:
        entry["location"] = {"physicalLocation": _physical_location(suppression.span, report)}
    properties = {"until": suppression.until, "honouredFrom": suppression.honoured_from}
    given = {name: value for name, value in properties.items() if value}
    if given:
        entry["properties"] = given
    return entry
