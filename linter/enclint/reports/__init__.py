"""Report formats: they render findings and compute nothing."""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from enclint.report import Report

FORMATS: Final = ("text", "json", "sarif", "junit", "github")
"""The names of the formats, as `--format` and `--report` take them."""


def render(format: str, report: Report, *, quiet: bool = False) -> str:
    """A report in one of the formats, whole, with a line break at its end. Only the format's own module is imported."""
    if format == "text":
        from enclint.reports.text import render_text

        return render_text(report, quiet=quiet)
    if format == "json":
        from enclint.reports.json_report import render_json

        return render_json(report)
    if format == "sarif":
        from enclint.reports.sarif import render_sarif

        return render_sarif(report)
    if format == "junit":
        from enclint.reports.junit import render_junit

        return render_junit(report)
    from enclint.reports.github import render_github

    return render_github(report)
