"""Three-valued logic: true, false, not decided; and what decided it.

`not undecided` is undecided; a conjunction is false as soon as one part is; a disjunction is true as soon as one part
is. That is why making an input unknown can only make an outcome undecided, never turn it round.
"""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enclint.model.resources import Resource
    from enclint.model.value import Value


class Evidence(NamedTuple):
    """A value that decides: which resource's, by which property path, and why it does not decide if it does not."""

    resource: Resource
    property: str
    value: Value
    reason: str | None = None


class Outcome:
    """`truth`: True, False, or None for undecided. `evidence`: the values that make it so; empty where it is true."""

    __slots__ = ("evidence", "truth")

    def __init__(self, truth: bool | None, evidence: tuple[Evidence, ...] = ()) -> None:
        self.truth = truth
        self.evidence = evidence

    def __repr__(self) -> str:
        return f"Outcome({self.truth}, {[item.property for item in self.evidence]})"


HOLDS = Outcome(True)


def conjunction(outcomes: Iterable[Outcome]) -> Outcome:
    """True if all are; false with the first that is, which ends the asking; else undecided for all that are."""
    undecided: tuple[Evidence, ...] | None = None
    for outcome in outcomes:
        if outcome.truth is False:
            return outcome
        if outcome.truth is None:
            undecided = (undecided or ()) + outcome.evidence
    return HOLDS if undecided is None else Outcome(None, undecided)


def disjunction(outcomes: Iterable[Outcome]) -> Outcome:
    """True if one is, which ends the asking; undecided for all that are; false with all."""
    undecided: tuple[Evidence, ...] | None = None
    failed: tuple[Evidence, ...] = ()
    for outcome in outcomes:
        if outcome.truth is True:
            return HOLDS
        if outcome.truth is None:
            undecided = (undecided or ()) + outcome.evidence
        else:
            failed += outcome.evidence
    return Outcome(False, failed) if undecided is None else Outcome(None, undecided)
