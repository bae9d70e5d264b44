"""Collecting garbage when a unit of work is done, instead of again and again while its objects are all in use.

Python looks for cycles whenever some hundreds of objects have been made, which costs a third of a run: while a project
is judged, everything hangs together and there is nothing to find. What is left of it afterwards is found in one go.
"""

from __future__ import annotations

import gc

from enclint.lean_typing import Final

MANY: Final = 500_000
"""New objects that may be garbage before it is worth a look: some tens of megabytes."""
YOUNG_PER_FULL: Final = 16
"""Collections of what is new, for each of everything: what lives long is seldom garbage."""

_collections = 0


def put_off() -> None:
    """Collects nothing by itself any more in this process, and never looks at what has been made so far."""
    gc.disable()
    gc.freeze()


def collect() -> None:
    """Between units of work: collects where that was put off, and there is enough to make it worth while."""
    global _collections
    if gc.isenabled() or gc.get_count()[0] < MANY:
        return
    _collections += 1
    gc.collect(2 if _collections % YOUNG_PER_FULL == 0 else 0)
