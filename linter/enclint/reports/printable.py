"""Text of a scanned file made safe to show: nothing in it may steer a terminal or hide what it says."""

from __future__ import annotations

from enclint.lean_typing import Final

_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
_TAB: Final = " "

_BIDIRECTIONAL: Final = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)
"""Characters that change the order in which others are shown: https://trojansource.codes/."""
_INVISIBLE: Final = (*range(0x200B, 0x200E), 0x2028, 0x2029, 0xFEFF, *range(0xFFF9, 0xFFFC))

_TABLE: Final = {
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *_BIDIRECTIONAL, *_INVISIBLE), _REPLACEMENT),
    ord("\t"): _TAB,
    ord("\n"): " ",
    ord("\r"): " ",
}


def printable(text: str) -> str:
    """The text in one line, as many characters as before, each of them harmless."""
    if text.isascii() and text.isprintable():
        return text
    return _without_surrogates(text.translate(_TABLE))


def printable_lines(text: str) -> str:
    """The same for text of several lines."""
    return "\n".join(printable(line) for line in text.split("\n"))


def _without_surrogates(text: str) -> str:
    """Halves of characters, as odd file names have them, cannot be written to anything."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text
