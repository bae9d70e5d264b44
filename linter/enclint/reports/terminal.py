"""The text report in colour, for an interactive terminal: the only module that knows rich."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from enclint.lean_typing import IO, TYPE_CHECKING, Final
from enclint.reports.text import lines

if TYPE_CHECKING:
    from enclint.report import Report

_STYLES: Final = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan", "strong": "bold", "faint": "dim"}


def print_text(report: Report, file: IO[str], *, quiet: bool = False) -> None:
    """Writes the report to a terminal, the same text as when piped; `NO_COLOR` is respected."""
    console = Console(file=file, highlight=False, markup=False, emoji=False, soft_wrap=True)
    for line in lines(report, quiet=quiet):
        text = Text()
        for style, piece in line:
            text.append(piece, _STYLES.get(style))
        console.print(text)
