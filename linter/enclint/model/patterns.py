"""Regular expressions and texts some words of which are not known: whether a match is possible at all.

What stands for a word that is not known holds letters, digits, hyphens and dots only. Where every way for a pattern to
match wants a literal with something else in it (`:certificate/`), and the known text does not have that, nothing
matches, whatever the words are.
"""

from __future__ import annotations

import re
from functools import lru_cache

from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclint.model.value import Value

WORD: Final = "word"
"""What the refinement of an unknown text says: that it is such a word."""

_WORD_LETTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-")
_PIECE: Final = r"""\\(?P<escaped>\W)             # a letter that means itself
    | (?P<plain>[^\\\[\](){}|?*+.^$])
    | (?P<alternative>\|)
    | (?P<opens>\() | (?P<closes>\))
    | (?P<repeated>[?*]|\{\d*,?\d*\}) # what stands before it may be missing
    | \\. | \[\^?\]?(?:\\.|[^\]\\])*\] | ."""


def is_word(value: Value) -> bool:
    """Whether a value is such a word, whatever it is."""
    return isinstance(value, Unknown) and bool((value.refinement or {}).get(WORD))


def may_match(pattern: re.Pattern[str], runs: Sequence[str]) -> bool:
    """Whether a pattern may match a text of known runs with a word between each two; True where that cannot be told."""
    if pattern.flags & (re.IGNORECASE | re.VERBOSE):
        return True
    return any(all(_may_hold(runs, each) for each in literals) for literals in _alternatives(pattern.pattern))


@lru_cache(maxsize=256)
def _alternatives(source: str) -> tuple[tuple[str, ...], ...]:
    """What each alternative of a pattern cannot do without: the literals outside of its groups and repetitions."""
    alternatives: list[tuple[str, ...]] = []
    literals: list[str] = [""]
    depth = 0
    for token in re.finditer(_PIECE, source, re.DOTALL | re.VERBOSE):
        depth += (token.lastgroup == "opens") - (token.lastgroup == "closes")
        if depth:
            literals.append("")
        elif token.lastgroup in ("escaped", "plain"):
            literals[-1] += token[token.lastgroup]
        elif token.lastgroup == "alternative":
            alternatives.append(tuple(literals))
            literals = [""]
        else:
            if token.lastgroup == "repeated":
                literals[-1] = literals[-1][:-1]
            literals.append("")
    return (*alternatives, tuple(literals))


def _may_hold(runs: Sequence[str], literal: str) -> bool:
    """Whether a literal may stand in a text: in a run, or across words that are not known."""
    size = len(literal)
    begun = {0}
    for number, run in enumerate(runs):
        if number:
            begun = _continued_by_word(literal, begun)
        if literal in run or size in begun:
            return True
        edges = run if len(run) <= 2 * size else f"{run[:size]}\0{run[-size:]}"
        for letter in edges:
            begun = {0, *(each + 1 for each in begun if each < size and literal[each] == letter)}
            if size in begun:
                return True
    return False


def _continued_by_word(literal: str, begun: set[int]) -> set[int]:
    """How much of a literal may have been read behind a word, by how much may have been before it."""
    reached = {0, *begun}
    for start in begun:
        end = start
        while end < len(literal) and literal[end] in _WORD_LETTERS:
            end += 1
            reached.add(end)
    for start in range(len(literal)):  # the word may also begin within itself
        if all(letter in _WORD_LETTERS for letter in literal[:start]):
            reached.add(start)
    return reached
