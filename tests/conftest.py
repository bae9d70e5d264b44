"""What many tests need."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from enclint.policy import bundled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The same examples every time, so that a change is judged by what it changes; other seeds: --hypothesis-profile=default
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("TF_") or name == "NO_COLOR"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "tree"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="session", autouse=True)
def _policies_are_read_once() -> Iterator[None]:
    """Half of the time of a run over one small file goes into the policies, and the tests make thousands of them."""
    load = cache(bundled.load)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundled, "load", lambda _cache=None: load())
        yield
