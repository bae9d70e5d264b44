"""What is wrong with a configuration, in Terraform's words, and how that becomes a finding."""

from __future__ import annotations

from enum import IntEnum

from enclint.finding import Finding, Severity, Verdict
from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from enclint.frontends.terraform.errors import EvaluationError
    from enclint.frontends.terraform.syntax import SyntaxFault
    from enclint.source import Source, Span

INVALID: Final = "invalid-configuration"


class Stage(IntEnum):
    """When Terraform notices. It stops after the first stage that has errors, so later ones are mostly their echo."""

    VERSION = 0
    """The configuration is for another version of Terraform."""
    READ = 1
    """A file of the root module cannot be read, or its blocks do not fit together."""
    DECLARE = 1
    INSTALL = 2
    """The same of a called module; a module that is not there; providers that are not passed on."""
    INPUT = 3
    """A file with values for variables cannot be read."""
    ASSIGN = 4
    """The root's variables do not get the values that they need."""
    CONNECT = 5
    """Arguments of module calls that the module does not have; cycles."""
    VALIDATE = 6
    """References and arguments that are wrong whatever the values are."""
    PLAN = 7
    """What the values come to."""


class Diagnostic(NamedTuple):
    """One message. `span` is None where Terraform names no place."""

    summary: str
    detail: str
    span: Span | None
    stage: Stage = Stage.DECLARE
    is_warning: bool = False

    def finding(self) -> Finding:
        """The input error that it is."""
        message = f"{self.summary}: {self.detail}" if self.detail else self.summary
        return Finding(
            INVALID,
            "The configuration is not valid",
            Verdict.UNKNOWN,
            Severity.HIGH,
            message,
            self.span,
            is_error=not self.is_warning,
        )


def of_error(error: EvaluationError, stage: Stage, span: Span | None = None) -> Diagnostic:
    """The diagnostic of an expression that could not be evaluated; `span` is taken where the error has no place."""
    return Diagnostic(error.summary, error.detail, error.span or span, stage)


def syntax_error(source: Source, fault: SyntaxFault) -> Finding:
    """The finding that a file is not Terraform's language."""
    from enclint.frontends.terraform.second_opinion import second_opinion
    from enclint.source import Span

    span = Span(source, fault.offset, min(fault.offset + 1, len(source.text)))
    opinion = second_opinion(source, fault)
    message = f"{fault}. {opinion}" if opinion else str(fault)
    return Finding(
        "syntax-error", "The file could not be read", Verdict.UNKNOWN, Severity.HIGH, message, span, is_error=True
    )


def range_text(span: Span) -> str:
    """A place as Terraform writes it into its sentences: `main.tf:1,1-33`, over several lines `main.tf:1,1-3,2`."""
    end = f"{span.end_column}" if span.line == span.end_line else f"{span.end_line},{span.end_column}"
    return f"{span.source.path}:{span.line},{span.column}-{end}"


def did_you_mean(name: str, candidates: list[str]) -> str:
    """The candidate that differs from a name by at most two letters, or ""; the form of the hint is the caller's."""
    for candidate in sorted(candidates):
        if _distance(name, candidate) < MAX_DISTANCE:
            return candidate
    return ""


MAX_DISTANCE: Final = 3


def _distance(one: str, other: str) -> int:
    """Levenshtein's distance, given up (at MAX_DISTANCE) as soon as the lengths are too different."""
    if abs(len(one) - len(other)) >= MAX_DISTANCE:
        return MAX_DISTANCE
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        previous, row[0] = row[0], number
        for column, another in enumerate(other, 1):
            previous, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, previous + (letter != another)),
            )
    return row[-1]
