"""What decides which policies are on, and where more is required than the profile asks for."""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

CLASSIFICATION_TAGS: Final = ("DataClassification", "data-classification", "Classification", "Sensitivity")
SENSITIVE: Final = ("confidential", "restricted", "sensitive", "pii", "phi", "pci")


class Rule(NamedTuple):
    """A requirement (`names`: `sse_kms`, `customer_key`, …) of the resources that `where` describes.

    `where` may hold `classification` (True, or the classifications), `tags`, `names`, `paths`, `accounts` and
    `environments`; everything that it holds must fit. Empty: every resource.
    """

    names: tuple[str, ...]
    where: Mapping[str, Any] = {}


BY_CLASSIFICATION: Final = Rule(("sse_kms",), {"classification": True})
"""Sensitive data wants a key that can be controlled, whatever the configuration says besides."""


class Settings(NamedTuple):
    """How to judge. `select` and `ignore` hold ids, aliases, globs and `compliance:FRAMEWORK[:CONTROL]`."""

    profile: str = "baseline"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = (BY_CLASSIFICATION,)
    classification_tags: tuple[str, ...] = CLASSIFICATION_TAGS
    sensitive: tuple[str, ...] = SENSITIVE
    created_since: date | None = None
    today: str = ""
    """The day on which it is judged, such as "2026-02-18"; empty: the day that it is."""
    base: str = ""
    """The folder from which the globs of paths count."""
