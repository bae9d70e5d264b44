"""Whoever waits is told how far it is, and nobody else is told anything."""

from __future__ import annotations

import io

import pytest

from enclint import progress
from enclint.progress import ProgressLine


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress, "monotonic", clock)
    return clock


def test_a_run_of_less_than_a_second_shows_nothing(clock: Clock) -> None:
    stream = io.StringIO()
    line = ProgressLine(stream)
    for done in range(1, 11):
        clock.now += 0.09
        line(done, 10)
    assert stream.getvalue() == ""


def test_a_longer_one_shows_files_done_and_the_time_left_and_leaves_nothing_behind(clock: Clock) -> None:
    stream = io.StringIO()
    line = ProgressLine(stream)
    clock.now += 2
    line(10, 40)
    assert stream.getvalue() == "\r10 of 40 files, 6 s left"
    clock.now += 120
    line(20, 40)
    assert stream.getvalue().endswith("\r20 of 40 files, 2 min 2 s left")
    line(40, 40)
    assert stream.getvalue().endswith("\r" + " " * 30 + "\r")
