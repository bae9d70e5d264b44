"""Garbage is collected between units of work, and only where that was put off."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from enclint import garbage

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def collections(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    made: list[int] = []
    gc.enable()  # runs of the command line in this process put it off
    monkeypatch.setattr(gc, "collect", made.append)
    yield made
    gc.unfreeze()
    gc.enable()


def test_whoever_uses_the_package_keeps_pythons_own_ways(
    collections: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(garbage, "MANY", 0)
    garbage.collect()
    assert gc.isenabled()
    assert collections == []


def test_little_is_left_alone(collections: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "MANY", 10**9)
    garbage.put_off()
    garbage.collect()
    assert collections == []


def test_what_is_new_is_collected_and_now_and_then_everything(
    collections: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(garbage, "MANY", 0)
    monkeypatch.setattr(garbage, "_collections", 0)
    garbage.put_off()
    for _ in range(2 * garbage.YOUNG_PER_FULL):
        garbage.collect()
    assert collections.count(2) == 2
    assert collections.count(0) == 2 * (garbage.YOUNG_PER_FULL - 1)
