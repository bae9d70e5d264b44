"""`python -m enclint`."""

from __future__ import annotations

from enclint.cli import entry

entry()
