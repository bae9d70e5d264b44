"""What can be wrong with an expression, in Terraform's words."""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from enclint.source import Span


class EvaluationError(Exception):
    """An expression that Terraform would refuse.

    `summary` is the short title of Terraform's diagnostic ("Invalid index"), `detail` its sentences, `span` the place
    that it points to. `try`, `can` and the branch of a conditional that is not taken swallow it.
    """

    def __init__(self, summary: str, detail: str = "", span: Span | None = None) -> None:
        super().__init__(summary, detail)
        self.summary = summary
        self.detail = detail
        self.span = span

    def __str__(self) -> str:
        return f"{self.summary}: {self.detail}" if self.detail else self.summary


class ArgumentError(EvaluationError):
    """A function's argument that does not do.

    `index` counts the arguments; LACKING is one that is not there, None where the span is that of the argument already.
    """

    def __init__(self, summary: str, detail: str, span: Span | None, index: int | None) -> None:
        super().__init__(summary, detail, span)
        self.index = index


LACKING: Final = -1


class FinalError(EvaluationError):
    """An error that nothing swallows: not `try`, not `can`, not the branch that is not taken."""


class UndeclaredError(FinalError):
    """A reference to something that is not declared. Terraform looks for these before it evaluates anything."""


class LimitError(FinalError):
    """An expression that is too deep or too large to be evaluated here, though Terraform might manage."""


class UnknownFunctionError(EvaluationError):
    """A call of a function that does not exist. An ordinary error for `try` and `can`."""
