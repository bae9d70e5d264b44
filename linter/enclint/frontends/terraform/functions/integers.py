"""Numbers that must be whole, in Terraform's words where they are not."""

from __future__ import annotations

from enclint.frontends.terraform.functions.signature import CallFault
from enclint.lean_typing import Any

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
NOT_WHOLE = f"value must be a whole number, between {_SMALLEST} and {_LARGEST}"


def is_whole(data: Any) -> bool:
    """Whether a number's data is an integer of 64 bits."""
    return isinstance(data, int) and _SMALLEST <= data <= _LARGEST


def whole_number(data: Any, what: str = "") -> int:
    """A number's data as an integer of 64 bits; CallFault for others, with `what` in front of its sentence."""
    if not is_whole(data):
        raise CallFault(f"{what}: {NOT_WHOLE}" if what else NOT_WHOLE)
    return int(data)
