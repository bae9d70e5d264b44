"""The nearest right word for a wrong one."""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """A question such as `; did you mean "…"?` to end a sentence with, or "" where nothing is near."""
    from difflib import get_close_matches

    close = get_close_matches(word, list(candidates), n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""
