"""The report that people read: each finding with its code, where the value came from, and what to do about it.

Lines are made of styled pieces. Piped, they are joined as they are; on a terminal `enclint.reports.terminal` adds
colour and nothing else.
"""

from __future__ import annotations

from enclint.finding import Verdict
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.report import is_undecided
from enclint.reports.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enclint.finding import Finding
    from enclint.lean_typing import TypeAlias
    from enclint.report import Report
    from enclint.source import Source, Span

    Line: TypeAlias = "list[tuple[str, str]]"
    """Pieces of a line: a style (`error`, `warning`, `note`, `strong`, `faint`, or "" for none) and printable text."""

MAX_WIDTH: Final = 160
"""Characters of a line of code that are shown; a longer one is cut around what matters."""
MAX_BLOCK: Final = 500
"""Lines of a block through which its header is looked for."""
MAX_INSTANCES: Final = 6
"""Addresses that are listed where one cause concerns many instances."""

_SEVERITY_STYLES: Final = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}


def render_text(report: Report, *, quiet: bool = False) -> str:
    """The whole report as plain text."""
    return "".join("".join(text for _, text in line) + "\n" for line in lines(report, quiet=quiet))


def lines(report: Report, *, quiet: bool = False) -> Iterator[Line]:
    """The report line by line; `quiet`: the findings and nothing else."""
    for group in _groups(report.findings):
        yield from _entry(group)
        yield []
    if quiet:
        return
    for note in report.notes:
        yield [("note", "note"), ("", f": {printable(note)}")]
    if report.nothing_to_read:
        yield [("error", "error"), ("", f": {printable(report.nothing_to_read)}")]
    yield [("strong", summary(report))]


def summary(report: Report) -> str:
    """The counts in one line."""
    failures = list(report.failures)
    findings = _count(len(failures), "finding")
    if failures:
        by_severity = [
            (name, sum(each.severity.value == name for each in failures))
            for name in ("critical", "high", "medium", "low")
        ]
        findings += f" ({', '.join(f'{number} {name}' for name, number in by_severity if number)})"
    return (
        f"{_count(report.resources, 'resource')} judged: {findings}, {report.undecided_count} undecided, "
        f"{sum(1 for _ in report.suppressed)} suppressed; {_count(report.files_read, 'file')} read, "
        f"{report.files_unreadable} could not be read; {report.seconds:.2f} s"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _groups(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings of one cause together: the same policy, place and verdict, whatever the instance. None is suppressed."""
    groups: dict[object, list[Finding]] = {}
    for number, finding in enumerate(findings):
        if finding.suppression is None:
            span = finding.span
            place = (span.source.path, span.start, span.end) if span is not None else number
            key = (finding.policy, finding.verdict, place, finding.scenario, finding.environment, finding.is_error)
            groups.setdefault(key, []).append(finding)
    return list(groups.values())


def _entry(group: list[Finding]) -> Iterator[Line]:
    """One finding, and the instances that share it."""
    finding = group[0]
    yield _headline(finding)
    gutter = _gutter_width(finding)
    if finding.span is not None or finding.resource:
        yield _place(finding, gutter)
    yield from _excerpt(finding, gutter)
    margin = " " * (gutter + 1)
    for label, text in _remarks(finding, group):
        first, *rest = text.split("\n")
        yield [("faint", f"{margin}= "), ("strong", f"{label}: "), ("", printable(first))]
        for line in rest:
            yield [("", f"{margin}  {' ' * len(label)}  {printable(line)}")]


def _headline(finding: Finding) -> Line:
    style, word = _level(finding)
    return [(style, word), ("strong", f": {printable(finding.message)}"), ("faint", f" [{printable(finding.policy)}]")]


def _level(finding: Finding) -> tuple[str, str]:
    if finding.is_error:
        return "error", "error"
    if is_undecided(finding):
        return "note", "undecided"
    return _SEVERITY_STYLES[finding.severity.value], finding.severity.value


def _gutter_width(finding: Finding) -> int:
    return len(str(finding.span.line)) if finding.span is not None and finding.span.source.text else 1


def _place(finding: Finding, gutter: int) -> Line:
    arrow = ("faint", f"{' ' * gutter}--> ")
    span = finding.span
    if span is None:
        return [arrow, ("", printable(finding.resource))]
    place = str(span) if span.source.text else span.source.path
    return [arrow, ("", printable(place)), ("", f" {printable(finding.resource)}" if finding.resource else "")]


def _excerpt(finding: Finding, gutter: int) -> Iterator[Line]:
    """The line of code with what matters underlined, and the header of the block that it stands in."""
    span = finding.span
    if span is None or not span.source.text:
        return
    margin = ("faint", f"{' ' * gutter} | ")
    yield [("faint", f"{' ' * gutter} |")]
    header = finding.header
    if header is not None and header.source is span.source and _encloses(header, span):
        yield [("faint", f"{header.line:>{gutter}} | "), ("", _code(header.source, header.line, 1)[0])]
        if header.line + 1 < span.line:
            yield [("faint", f"{' ' * gutter} …")]
    code, shift = _code(span.source, span.line, span.column)
    yield [("faint", f"{span.line:>{gutter}} | "), ("", code)]
    before, length = _underlined(span, code, shift)
    yield [margin, ("", " " * before), (_level(finding)[0], "^" * length)]


def _encloses(header: Span, span: Span) -> bool:
    """Whether the block of a header goes on to a place below: no line between them begins as far left as the header."""
    source, first, last = span.source, header.line, span.line
    if not first < last <= first + MAX_BLOCK:
        return False
    margin = _margin(source.line(first))
    between = (source.line(number) for number in range(first + 1, last + 1))
    return all(_margin(line) > margin for line in between if line.strip())


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip())


def _code(source: Source, number: int, column: int) -> tuple[str, int]:
    """A line of code with its tabs as single blanks, and how many characters were cut off before it."""
    text = source.line(number)
    if len(text) <= MAX_WIDTH:
        return printable(text), 0
    start = max(0, min(column - 1 - MAX_WIDTH // 3, len(text) - MAX_WIDTH))
    cut = text[start : start + MAX_WIDTH]
    head, tail = "…" if start else "", "…" if start + MAX_WIDTH < len(text) else ""
    return head + printable(cut) + tail, start - len(head)


def _underlined(span: Span, code: str, shift: int) -> tuple[int, int]:
    """How many columns to leave, and how many to underline; characters that are two columns wide count as such."""
    start = span.column - 1 - shift
    end = span.end_column - 1 - shift if span.end_line == span.line else len(code)
    end = max(start + 1, min(end, len(code)))
    return _width(code[:start]) + max(0, start - len(code)), max(1, _width(code[start:end]))


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)


def _remarks(finding: Finding, group: list[Finding]) -> Iterator[tuple[str, str]]:
    """What is said below the code, each with its label."""
    if len(group) > 1:
        yield "instances", _instances(group)
    if finding.environment:
        yield "environment", finding.environment
    if finding.construct_path:
        yield "construct", finding.construct_path
    if finding.scenario:
        yield ("fails when" if finding.verdict is Verdict.UNKNOWN else "scenario"), finding.scenario
    reasons = [reason for reason in finding.reasons if not finding.scenario or finding.scenario not in reason]
    if reasons:
        yield "not known", "\n".join(reasons)
    if finding.trace:
        yield "comes from", "\n".join(_hop(related.message, related.span) for related in finding.trace)
    if finding.remedy:
        yield "remedy", finding.remedy.rstrip("\n")


def _instances(group: list[Finding]) -> str:
    addresses = list(dict.fromkeys(finding.resource for finding in group))
    if len(addresses) <= MAX_INSTANCES:
        return ", ".join(addresses)
    return f"{', '.join(addresses[:MAX_INSTANCES])}, and {len(addresses) - MAX_INSTANCES} more"


def _hop(message: str, span: Span | None) -> str:
    return message if span is None else f"{message} ({span})"
