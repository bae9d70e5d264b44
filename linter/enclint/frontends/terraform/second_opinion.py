"""What python-hcl2 says of a file that our reader rejects: if it accepts the file, the fault may be ours.

The only module that imports hcl2, and only when it is asked: that library is slow to import and slow to read, and
known to accept what Terraform refuses and to refuse what Terraform accepts. So nothing is ever decided by it.
Source: https://github.com/amplify-education/python-hcl2
"""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from enclint.frontends.terraform.syntax import SyntaxFault
    from enclint.source import Source

MAX_LENGTH: Final = 20_000
"""Characters of a text that it is asked about. It takes a second for that many in the worst case, quadratically more
for longer ones."""

REPORT_TO: Final = "enclint's issue tracker"

LENIENCES: Final = (
    "a line break after the",  # `a = 1 b = 2`, `a {} b {}`
    "a line break or `,` before the next key",  # `{ b = 1 c = 2 }`
    "the line ends too early",  # `a = b &&` and the rest on the next line
    "an expression ends with its line",  # `&& c` on the next line
    "is neither argument nor block",  # a block's `{` on the next line
    "room for one argument",  # `a { b { c = 1 } }`
    "is set twice",
    "must end on the line that it begins on",
    "that ends this heredoc must end with a line break",
    "a block's label is not computed",
    "a `.*` within a `.*`",
    "is no index",  # `a.0.1`
    "is no escape sequence",
    "a variable's name after `for`",  # `{ for = 1 }`
    "is no number",  # `1.2.3`
    "directive does not end",
    "that it belongs to",  # `%{ endif }` without an `if`
    "does not fit the",  # `%{ endfor }` for an `if`
    r"unexpected `\`",  # `"%{ if x == \"y\" }"`
    "a carriage return without a line feed",
    "unexpected `,`",  # a comma at the beginning of a line
)
"""What stands in the messages of those faults that python-hcl2 is known to overlook: about them it is not asked."""


def second_opinion(source: Source, fault: SyntaxFault) -> str:
    """A sentence to follow the fault's message where the fault may be ours, else ""."""
    if source.path.endswith(".json") or len(source.text) > MAX_LENGTH:
        return ""
    if any(lenience in str(fault) for lenience in LENIENCES) or not python_hcl2_accepts(source.text):
        return ""
    return (
        "python-hcl2 accepts this file, so that the fault may be enclint's: if Terraform accepts it too, please "
        f"report it to {REPORT_TO}"
    )


def python_hcl2_accepts(text: str) -> bool:
    """Whether python-hcl2 reads a text. Whatever goes wrong in it, or that it is not installed, is a no."""
    try:
        from hcl2 import parses_to_tree

        parses_to_tree(text)
    except Exception:  # noqa: BLE001 (what another library raises at a broken file is anybody's guess)
        return False
    return True
