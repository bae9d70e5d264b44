"""Which names in a resource of the AWS provider are arguments and which are nested blocks, and the types of some.

Terraform asks the provider for that. Here it is a table of the types that have to do with encryption
(`aws_bodies.json`, from the provider's documentation, whose address it names), and is needed for four things only: to
read the JSON syntax, which writes both alike, to read plans, which do not tell them apart either, to give an attribute
that is referred to the type that it has, and to tell in `enclint resolve` what Terraform would refuse. A provider newer
than the table has names that it lacks: a name that is not in it is nothing to complain of, unless it looks like a slip
of the pen.
"""

from __future__ import annotations

import os
from functools import cache

from enclint.frontends.terraform.declarations import Argument, Content, Declaration, content_of
from enclint.frontends.terraform.json_syntax import as_blocks
from enclint.frontends.terraform.syntax import Object, String, Tuple
from enclint.frontends.terraform.types import BOOL, NUMBER, STRING, Type, map_of
from enclint.lean_typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_TABLE: Final = os.path.join(os.path.dirname(__file__), "aws_bodies.json")


class ProviderBody(NamedTuple):
    """A resource's or nested block's body: its arguments, nested blocks by type, and arguments that may be blocks.

    `required` are the arguments that it cannot do without, `types` those whose type is known, as far as the table says.
    """

    arguments: frozenset[str]
    blocks: dict[str, ProviderBody]
    either: frozenset[str]
    required: tuple[str, ...] = ()
    types: Mapping[str, Type] = {}


_TYPES: Final = {"bool": BOOL, "number": NUMBER, "map": map_of(STRING)}


@cache
def _table() -> dict[str, str]:
    """The JSON text of each entry. Each stands on a line of its own, so that only what is needed is decoded."""
    entries = {}
    with open(_TABLE, encoding="utf-8") as file:
        for line in file:
            name, colon, entry = line.strip().removesuffix(",").partition('": ')
            if colon:
                entries[name.removeprefix('"')] = entry
    return entries


@cache
def body_of(type: str) -> ProviderBody | None:
    """The body of a managed resource type; None for one that is not in the table."""
    text = _table().get(type)
    if text is None:
        return None
    import json

    return _body(json.loads(text))


def _body(entry: dict[str, Any]) -> ProviderBody:
    return ProviderBody(
        frozenset(entry["arguments"].split()),
        {type: _body(inner) for type, inner in entry.get("blocks", {}).items()},
        frozenset(entry.get("either", "").split()),
        tuple(entry.get("required", "").split()),
        {name: _TYPES[kind] for kind, names in entry.get("types", {}).items() for name in names.split()},
    )


def with_blocks(content: Content, body: ProviderBody | None) -> Content:
    """The content of a resource in JSON syntax, its nested blocks told from its arguments.

    Of a type that nobody knows, only what holds a `dynamic` block is certainly a block.
    """
    arguments: dict[str, Argument] = {}
    blocks: list[Declaration] = []
    for name, argument in content.arguments.items():
        inner = body.blocks.get(name) if body is not None else None
        may_be_block = inner is not None or _has_dynamic(argument)
        made = as_blocks(argument.attribute, argument.source) if may_be_block else None
        if made is None:
            arguments[name] = argument
        for block in made or ():
            nested = with_blocks(content_of(block.items, argument.source), inner)
            blocks.append(Declaration(block, argument.source, nested))
    blocks += [_typed(declaration, body) for declaration in content.blocks]
    return Content(arguments, blocks)


def _typed(declaration: Declaration, body: ProviderBody | None) -> Declaration:
    """A `dynamic` block with the blocks in its content told from the arguments; any other block as it is."""
    block = declaration.block
    if block.type != "dynamic" or not block.labels:
        return declaration
    inner = body.blocks.get(block.labels[0]) if body is not None else None
    content = declaration.content
    blocks = [
        Declaration(each.block, each.source, with_blocks(each.content, inner)) if each.block.type == "content" else each
        for each in content.blocks
    ]
    return Declaration(block, declaration.source, Content(content.arguments, blocks))


def _has_dynamic(argument: Argument) -> bool:
    """Whether an argument is an object, or an array of objects, with a `dynamic` member on any level."""
    pending = [argument.attribute.expression]
    while pending:
        expression = pending.pop()
        if isinstance(expression, Tuple):
            pending += expression.items
        elif isinstance(expression, Object):
            for key, value in expression.items:
                if isinstance(key, String) and key.value == "dynamic" and isinstance(value, Object):
                    return True
                pending.append(value)
    return False
