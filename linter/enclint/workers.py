"""Work shared among processes: the same outcomes in the same order, however many there are.

It goes through `concurrent.futures.Executor`, so that another executor (a cluster's) can take the place of the
processes of this machine.
"""

from __future__ import annotations

import os

from enclint import garbage
from enclint.lean_typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

WORTH_IT: Final = 2_000_000
"""Bytes of source from which on several processes are faster than one."""
CHUNKS_PER_PROCESS: Final = 8
"""How many pieces each process gets, so that none waits long for the last one."""


class Sized(Protocol):
    """A piece of work that knows how much it is."""

    @property
    def size(self) -> int:
        """Bytes of source."""


if TYPE_CHECKING:
    from typing import TypeVar

    Work = TypeVar("Work", bound=Sized)
    Outcome = TypeVar("Outcome")


def processes(pieces: Sequence[Sized], jobs: int) -> int:
    """How many processes to work with: `jobs`, or (0) as many as are worth it."""
    if len(pieces) < 2:
        return 1
    if jobs:
        return min(jobs, len(pieces))
    if sum(piece.size for piece in pieces) < WORTH_IT:
        return 1
    return min(_cores(), len(pieces))


def outcomes(
    pieces: Sequence[Work], do: Callable[[Work], Outcome], jobs: int, executor: Executor | None = None
) -> Iterator[Outcome]:
    """What `do` makes of each piece, in order. With an executor, or several processes, `do` must be picklable."""
    number = processes(pieces, jobs)
    if executor is not None:
        yield from _in_chunks(pieces, do, executor, max(number, 2))
    elif number == 1:
        yield from map(do, pieces)
    else:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        with ProcessPoolExecutor(number, get_context(_start_method()), _begin, (do,)) as pool:
            yield from _in_chunks(pieces, _do, pool, number)


def _in_chunks(
    pieces: Sequence[Work], do: Callable[[Work], Outcome], executor: Executor, number: int
) -> Iterator[Outcome]:
    chunks = list(_chunks(pieces, number * CHUNKS_PER_PROCESS))
    for made in executor.map(_Each(do), chunks):
        yield from made


def _chunks(pieces: Sequence[Work], number: int) -> Iterator[list[Work]]:
    """The pieces in order, in about that many chunks of about the same size."""
    share = sum(piece.size for piece in pieces) / number
    chunk: list[Work] = []
    size = 0
    for piece in pieces:
        chunk.append(piece)
        size += piece.size
        if size >= share:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


class _Each:
    """Does something to each of several pieces; an object, because functions within functions cannot be sent."""

    def __init__(self, do: Callable[[Any], Any]) -> None:
        self._do = do

    def __call__(self, pieces: Sequence[Any]) -> list[Any]:
        return [self._do(piece) for piece in pieces]


_doing: Callable[[Any], Any] | None = None


def _begin(do: Callable[[Any], Any]) -> None:
    """What a process begins with; where processes are forked, it is inherited and nothing is sent."""
    global _doing
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C is for the first process to speak of
    garbage.put_off()
    _doing = do


def _do(piece: Any) -> Any:
    assert _doing is not None  # noqa: S101
    return _doing(piece)


def _start_method() -> str:
    """Forking is fast and safe while there is one thread; elsewhere a process is made anew."""
    import multiprocessing
    import threading

    may_fork = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
    return "fork" if may_fork and os.name == "posix" and os.uname().sysname != "Darwin" else "spawn"


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
