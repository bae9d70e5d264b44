"""User-perceived characters of a text: what Terraform counts in `length`, `substr`, `strrev` and `format`.

Extended grapheme clusters of Unicode 15 (https://www.unicode.org/reports/tr29/tr29-41.html), before conjuncts of Indic
scripts became one cluster: Terraform 1.11 splits them.
"""

from __future__ import annotations

from itertools import pairwise
from unicodedata import category

_SPACING_VOWELS = "\u0e33\u0eb3"
"""Thai and Lao AM: letters by category, but they never start a cluster."""


def clusters(text: str) -> list[str]:
    """The clusters of a text."""
    if text.isascii():
        return list(text) if "\r\n" not in text else _ascii_clusters(text)
    import regex

    result: list[str] = []
    for cluster in regex.findall(r"\X", text):
        if len(cluster) == 1:
            result.append(cluster)
        else:
            result.extend(_without_conjuncts(cluster))
    return result


def count(text: str) -> int:
    """How many clusters a text has."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    return len(clusters(text))


def _ascii_clusters(text: str) -> list[str]:
    result: list[str] = []
    for number, line in enumerate(text.split("\r\n")):
        if number:
            result.append("\r\n")
        result.extend(line)
    return result


def _without_conjuncts(cluster: str) -> list[str]:
    """A cluster of several characters, split before each letter that follows a mark."""
    result = [cluster[0]]
    for before, character in pairwise(cluster):
        is_letter = category(character) == "Lo" and character not in _SPACING_VOWELS
        if is_letter and (before == "\u200d" or category(before).startswith("M")):
            result.append(character)
        else:
            result[-1] += character
    return result
