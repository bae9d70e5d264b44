"""A line that says how far a long run is, for somebody who waits."""

from __future__ import annotations

from time import monotonic

from enclint.lean_typing import IO, Final

PATIENCE: Final = 1.0
"""Seconds before the first line."""
INTERVAL: Final = 0.1


class ProgressLine:
    """A line that is written over and over again."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._start = monotonic()
        self._next = self._start + PATIENCE
        self._width = 0

    def __call__(self, done: int, total: int) -> None:
        """Told how many files are done, and how many there are."""
        now = monotonic()
        if done >= total:
            self._show("")
        elif now >= self._next and done:
            self._next = now + INTERVAL
            left = (now - self._start) * (total - done) / done
            self._show(f"{done} of {total} files, {_duration(left)} left")

    def _show(self, text: str) -> None:
        if text or self._width:
            self._stream.write(f"\r{text.ljust(self._width)}{'' if text else chr(13)}")
            self._stream.flush()
        self._width = len(text)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else f"{seconds // 60:.0f} min {seconds % 60:.0f} s"
