"""What Terraform's own schemas say about its blocks, as far as reading their JSON syntax needs it. Data only.

Source: https://github.com/hashicorp/terraform/tree/v1.11.4/internal/configs (the `…BlockSchema` of each kind of block,
and how each argument is decoded), https://developer.hashicorp.com/terraform/language/syntax/json
"""

from __future__ import annotations

from enum import Enum

from enclint.lean_typing import Final, NamedTuple


class Mode(Enum):
    """What the strings in an argument are."""

    TEMPLATE = "template"
    LITERAL = "literal"
    """Just text: `${` has no meaning in it."""
    REFERENCE = "reference"
    """An expression of native syntax without `${}`: a reference, a keyword, a type."""


class BlockKind(NamedTuple):
    """One kind of block. All that it does not name is an argument, its strings being what `otherwise` says.

    `is_open`: a provider's schema has a say, so that what looks like an argument may be a nested block.
    """

    labels: int = 0
    blocks: dict[str, BlockKind] = {}  # noqa: RUF012 (none of these is ever changed after this module is read)
    modes: dict[str, Mode] = {}  # noqa: RUF012
    otherwise: Mode = Mode.TEMPLATE
    is_open: bool = False


_LITERAL: Final = Mode.LITERAL
_REFERENCE: Final = Mode.REFERENCE
_PLAIN: Final = BlockKind()

_provider_blocks: Final[dict[str, BlockKind]] = {}
"""What may stand in any body that a provider's schema describes: dynamic blocks, and those hold such a body again."""

PROVIDER_BODY: Final = BlockKind(blocks=_provider_blocks, is_open=True)
_provider_blocks["dynamic"] = BlockKind(1, {"content": PROVIDER_BODY}, {"iterator": _REFERENCE})

_CONDITIONS: Final = {"precondition": _PLAIN, "postcondition": _PLAIN}
_LIFECYCLE: Final = BlockKind(
    0,
    _CONDITIONS,
    {
        "ignore_changes": _REFERENCE,
        "replace_triggered_by": _REFERENCE,
        "create_before_destroy": _LITERAL,
        "prevent_destroy": _LITERAL,
    },
)
_PROVISIONER: Final = BlockKind(1, {"connection": _PLAIN}, {"when": _REFERENCE, "on_failure": _REFERENCE})
_RESOURCE: Final = BlockKind(
    2,
    {
        **_provider_blocks,
        "lifecycle": _LIFECYCLE,
        "connection": _PLAIN,
        "provisioner": _PROVISIONER,
        "_": PROVIDER_BODY,
    },
    {"provider": _REFERENCE, "depends_on": _REFERENCE},
    is_open=True,
)
_DATA: Final = _RESOURCE._replace(blocks={**_provider_blocks, "lifecycle": _LIFECYCLE, "_": PROVIDER_BODY})

FILE: Final = BlockKind(
    blocks={
        "terraform": BlockKind(
            blocks={
                "required_providers": BlockKind(otherwise=_LITERAL),
                "backend": BlockKind(1, otherwise=_LITERAL),
                "cloud": BlockKind(0, {"workspaces": BlockKind(otherwise=_LITERAL)}, otherwise=_LITERAL),
                "provider_meta": BlockKind(1),
            },
            otherwise=_LITERAL,
        ),
        "provider": BlockKind(1, _provider_blocks, {"alias": _LITERAL, "version": _LITERAL}, is_open=True),
        "variable": BlockKind(1, {"validation": _PLAIN}, {"type": _REFERENCE}, otherwise=_LITERAL),
        "locals": _PLAIN,
        "output": BlockKind(
            1,
            _CONDITIONS,
            {"description": _LITERAL, "sensitive": _LITERAL, "ephemeral": _LITERAL, "depends_on": _REFERENCE},
        ),
        "module": BlockKind(
            1,
            {"lifecycle": _LIFECYCLE},
            {"source": _LITERAL, "version": _LITERAL, "depends_on": _REFERENCE, "providers": _REFERENCE},
        ),
        "resource": _RESOURCE,
        "data": _DATA,
        "ephemeral": _DATA,
        "moved": BlockKind(otherwise=_REFERENCE),
        "removed": BlockKind(
            0,
            {"lifecycle": BlockKind(otherwise=_LITERAL), "connection": _PLAIN, "provisioner": _PROVISIONER},
            {"from": _REFERENCE},
        ),
        "import": BlockKind(modes={"to": _REFERENCE, "provider": _REFERENCE}),
        "check": BlockKind(1, {"data": _DATA, "assert": _PLAIN}),
    }
)
"""A whole file."""
