"""Names of Terraform's language, and names that were probably meant."""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def is_identifier(name: str) -> bool:
    """Whether a text may be a name in Terraform's language: letters, digits, `_` and `-`, but no digit or `-` first."""
    return not name.startswith("-") and name.replace("-", "_").isidentifier()


def similar_name(given: str, known: Iterable[str]) -> str | None:
    """The first of the known names, in the order of the alphabet, that is less than three edits away."""
    return next((name for name in sorted(known) if _distance(given, name) < 3), None)


def _distance(one: str, other: str) -> int:
    """How many letters must be added, taken away or changed to make one text the other."""
    if abs(len(one) - len(other)) >= 3:
        return 3
    row = list(range(len(other) + 1))
    for index, letter in enumerate(one, 1):
        diagonal, row[0] = row[0], index
        for column, other_letter in enumerate(other, 1):
            step = diagonal + (letter != other_letter)
            diagonal, row[column] = row[column], min(step, row[column] + 1, row[column - 1] + 1)
    return row[-1]
