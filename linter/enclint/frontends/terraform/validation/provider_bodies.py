"""Arguments and blocks that the AWS provider certainly does not have, or certainly wants."""

from __future__ import annotations

from enclint.frontends.terraform.convert import ConversionError, convert
from enclint.frontends.terraform.diagnostics import Diagnostic, Stage, did_you_mean
from enclint.frontends.terraform.provider_bodies import body_of
from enclint.frontends.terraform.resources import META_ARGUMENTS, META_BLOCKS
from enclint.frontends.terraform.validation import bodies
from enclint.lean_typing import TYPE_CHECKING
from enclint.model.value import Known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclint.frontends.terraform.declarations import Content, Declaration
    from enclint.frontends.terraform.provider_bodies import ProviderBody
    from enclint.frontends.terraform.resources import ResourceInstance
    from enclint.model.value import Value

_META = META_ARGUMENTS | META_BLOCKS | {"dynamic"}


def check_provider_body(type: str, declaration: Declaration) -> Iterator[Diagnostic]:
    """What is wrong with a resource's body: a block for an argument or the reverse, a slip of the pen, a gap."""
    body = body_of(type)
    if body is None:
        return
    yield from _check(declaration.content, body)
    schema = bodies.BodySchema(required=body.required)
    yield from bodies.missing(declaration, declaration.content, schema, Stage.VALIDATE)


def check_types(resource: ResourceInstance) -> Iterator[Diagnostic]:
    """The arguments of a managed resource instance whose values do not fit the provider's schema."""
    mode, type, _ = resource.resource.key
    body = body_of(type) if mode == "managed" else None
    if body is not None:
        yield from _mistyped({name: resource.argument(name) for name in resource.names()}, body)


def _mistyped(values: Mapping[str, Value], body: ProviderBody) -> Iterator[Diagnostic]:
    for name, value in values.items():
        inner = body.blocks.get(name)
        wanted = body.types.get(name)
        if inner is not None and isinstance(value, Known) and isinstance(value.data, list):
            for block in value.data:
                if isinstance(block, Known) and isinstance(block.data, dict):
                    yield from _mistyped(block.data, inner)
        elif wanted is not None and value.type is not None:
            try:
                convert(value, wanted)
            except ConversionError as error:
                detail = f'Inappropriate value for attribute "{name}": {error.detail}.'
                yield Diagnostic("Incorrect attribute value type", detail, value.span, Stage.PLAN)


def _check(content: Content, body: ProviderBody) -> Iterator[Diagnostic]:
    schema = bodies.BodySchema(tuple(sorted(body.arguments)), dict.fromkeys(body.blocks, ()))
    besides = {*_META, *_new_arguments(content, body), *_new_blocks(content, body), *body.either}
    yield from bodies.unexpected(content, schema, Stage.VALIDATE, besides, is_merged=True)
    for nested in content.blocks:
        inner = body.blocks.get(nested.block.type)
        parts = [nested]
        if nested.block.type == "dynamic" and nested.block.labels:
            inner = body.blocks.get(nested.block.labels[0])
            parts = nested.content.blocks_of("content")
        for part in parts if inner is not None else ():
            yield from _check(part.content, inner)  # type: ignore[arg-type]


def _new_arguments(content: Content, body: ProviderBody) -> Iterator[str]:
    """Arguments that a later provider may well have: they are no block, and like none that is known."""
    candidates = [name for name in body.arguments if name not in content.arguments]
    for name in content.arguments:
        if name not in body.blocks and not did_you_mean(name, candidates):
            yield name


def _new_blocks(content: Content, body: ProviderBody) -> Iterator[str]:
    for each in content.blocks:
        type = each.block.type
        if type not in body.arguments and not did_you_mean(type, list(body.blocks)):
            yield type
