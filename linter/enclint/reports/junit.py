"""JUnit XML, for services that show test results: each file a suite, each finding a case.

Form: https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING
from enclint.report import is_undecided
from enclint.reports.printable import printable_lines

if TYPE_CHECKING:
    from enclint.finding import Finding
    from enclint.report import Report


def render_junit(report: Report) -> str:
    """The report as XML. Findings are failures, undecided and suppressed ones are skipped, input errors are errors."""
    suites: dict[str, list[Finding]] = {}
    for finding in report.findings:
        path = report.uri(finding.span.source.path) if finding.span is not None else "(no place)"
        suites.setdefault(path, []).append(finding)
    body = "".join(_suite(path, findings) for path, findings in suites.items())
    counts = _counts(list(report.findings))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites name="enclint" {counts} time="{report.seconds:.3f}">\n{body}</testsuites>\n'
    )


def _counts(findings: list[Finding]) -> str:
    errors = sum(finding.is_error for finding in findings)
    skipped = sum(_is_skipped(finding) for finding in findings)
    failures = len(findings) - errors - skipped
    return f'tests="{len(findings)}" failures="{failures}" errors="{errors}" skipped="{skipped}"'


def _is_skipped(finding: Finding) -> bool:
    return finding.suppression is not None or is_undecided(finding)


def _suite(path: str, findings: list[Finding]) -> str:
    cases = "".join(_case(path, finding) for finding in findings)
    return f"  <testsuite name={_quoted(path)} {_counts(findings)}>\n{cases}  </testsuite>\n"


def _case(path: str, finding: Finding) -> str:
    line = finding.span.line if finding.span is not None and finding.span.source.text else 0
    place = f"{path}:{line}" if line else path
    name = f"{finding.policy} {finding.resource}".strip()
    return (
        f"    <testcase name={_quoted(name)} classname={_quoted(path)} file={_quoted(path)}"
        f"{f' line={_quoted(str(line))}' if line else ''}>\n{_outcome(finding, place)}    </testcase>\n"
    )


def _outcome(finding: Finding, place: str) -> str:
    if finding.suppression is not None:
        return f"      <skipped message={_quoted(f'suppressed: {finding.suppression.reason}')}/>\n"
    if is_undecided(finding):
        return f"      <skipped message={_quoted(f'undecided: {finding.message}')}/>\n"
    element = "error" if finding.is_error else "failure"
    details = "\n".join(text for text in (place, finding.message, finding.scenario, finding.remedy) if text)
    return (
        f"      <{element} type={_quoted(finding.severity.value)} message={_quoted(finding.message)}>"
        f"{_escaped(printable_lines(details))}</{element}>\n"
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quoted(text: str) -> str:
    return '"' + _escaped(printable_lines(text)).replace('"', "&quot;").replace("\n", "&#10;") + '"'
