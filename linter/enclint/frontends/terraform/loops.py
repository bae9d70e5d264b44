"""How much is iterated over, counted: loops within loops multiply, and a scanned file must not keep a run for hours."""

from __future__ import annotations

from enclint.lean_typing import Final

MAX_ITERATIONS: Final = 200_000
"""More elements than this are not iterated over for one expression, by all the loops within one another."""
MAX_ALTOGETHER: Final = 3_000_000
"""Nor more than this by all expressions of a root module: minutes of work, where the largest projects need a second."""


class Loops:
    """The iterations of a root module's expressions; a context while the elements of a loop are evaluated: what else is
    begun meanwhile is within it.
    """

    __slots__ = ("_altogether", "_depth", "_iterations")

    def __init__(self) -> None:
        self._altogether = 0
        self._iterations = 0
        self._depth = 0

    def refusal(self, count: int) -> str:
        """Why a loop over so many elements is not begun; "" if it may be, and then they are counted."""
        iterations = count if self._depth == 0 else self._iterations + count
        if iterations > MAX_ITERATIONS:
            return f"iterates over more than {MAX_ITERATIONS:,} elements"
        if self._altogether + count > MAX_ALTOGETHER:
            return f"the expressions of the root module iterate over more than {MAX_ALTOGETHER:,} elements"
        self._iterations = iterations
        self._altogether += count
        return ""

    def __enter__(self) -> None:
        self._depth += 1

    def __exit__(self, *failure: object) -> None:
        self._depth -= 1
