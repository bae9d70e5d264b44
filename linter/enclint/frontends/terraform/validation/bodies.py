"""Which arguments and nested blocks may stand in a block, and which must.

Source of the schemas: https://github.com/hashicorp/terraform/tree/v1.11.4/internal/configs, of the messages:
https://github.com/hashicorp/hcl/blob/main/hclsyntax/structure.go
"""

from __future__ import annotations

from enclint.frontends.terraform.diagnostics import Diagnostic, Stage, did_you_mean
from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple
from enclint.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from enclint.frontends.terraform.declarations import Argument, Content, Declaration


class BodySchema(NamedTuple):
    """`arguments` and `blocks` (type to the names of the labels) that may stand in a body; `required` arguments."""

    arguments: tuple[str, ...] = ()
    blocks: Mapping[str, tuple[str, ...]] = {}
    required: tuple[str, ...] = ()


CONDITION: Final = BodySchema(("condition", "error_message"), required=("condition", "error_message"))
LIFECYCLE: Final = BodySchema(
    ("create_before_destroy", "prevent_destroy", "ignore_changes", "replace_triggered_by"),
    {"precondition": (), "postcondition": ()},
)
VARIABLE: Final = BodySchema(
    ("description", "default", "type", "sensitive", "ephemeral", "nullable"), {"validation": ()}
)
OUTPUT: Final = BodySchema(
    ("description", "value", "depends_on", "sensitive", "ephemeral"),
    {"precondition": (), "postcondition": ()},
    ("value",),
)
MODULE: Final = BodySchema(
    ("source", "version", "count", "for_each", "depends_on", "providers"),
    {"_": (), "lifecycle": (), "locals": (), "provider": ("type",)},
    ("source",),
)
REPEATED: Final = ("count", "for_each", "provider", "depends_on")
RESOURCE: Final = BodySchema(
    REPEATED, {"locals": (), "lifecycle": (), "connection": (), "provisioner": ("type",), "_": ()}
)
DATA: Final = BodySchema(REPEATED, {"lifecycle": (), "locals": (), "_": ()})
PROVIDER: Final = BodySchema(
    ("alias", "version", "count", "depends_on", "for_each", "source"), {"_": (), "lifecycle": (), "locals": ()}
)
PROVISIONER: Final = BodySchema(("when", "on_failure"), {"_": (), "connection": (), "lifecycle": ()})
TERRAFORM: Final = BodySchema(
    ("required_version", "experiments", "language"),
    {"backend": ("type",), "cloud": (), "required_providers": (), "provider_meta": ("provider",)},
)
MOVED: Final = BodySchema(("from", "to"), required=("from", "to"))
REMOVED: Final = BodySchema(("from",), {"lifecycle": (), "connection": (), "provisioner": ("type",)}, ("from",))
REMOVED_LIFECYCLE: Final = BodySchema(("destroy",))
IMPORT: Final = BodySchema(("provider", "for_each", "id", "to"), required=("id", "to"))
CHECK: Final = BodySchema((), {"data": ("type", "name"), "assert": ()})
DYNAMIC: Final = BodySchema(("for_each", "iterator"), {"content": ()}, ("for_each",))

_CONNECTION_ARGUMENTS: Final = (
    "host type user password port timeout script_path target_platform private_key certificate host_key agent "
    "agent_identity proxy_scheme proxy_host proxy_port proxy_user_name proxy_user_password proxy_command bastion_host "
    "bastion_host_key bastion_port bastion_user bastion_password bastion_private_key bastion_certificate https "
    "insecure cacert use_ntlm"
)
CONNECTION: Final = BodySchema(tuple(_CONNECTION_ARGUMENTS.split()), required=("host",))
PROVISIONERS: Final = {
    "local-exec": BodySchema(("command", "interpreter", "working_dir", "environment", "quiet"), required=("command",)),
    "remote-exec": BodySchema(("inline", "script", "scripts")),
    "file": BodySchema(("source", "content", "destination"), required=("destination",)),
}
BACKENDS: Final = frozenset(
    {"azurerm", "consul", "cos", "gcs", "http", "inmem", "kubernetes", "local", "oss", "pg", "remote", "s3"}
)
"""The backends that Terraform has, https://developer.hashicorp.com/terraform/language/backend."""

RESOURCES: Final = {
    ("managed", "terraform_data"): BodySchema(("id", "input", "output", "triggers_replace")),
    ("data", "terraform_remote_state"): BodySchema(
        ("backend", "config", "defaults", "outputs", "workspace"), required=("backend",)
    ),
}
"""The bodies of the resources that are built into Terraform, by mode and type."""


def check_body(declaration: Declaration, schema: BodySchema, stage: Stage = Stage.DECLARE) -> Iterator[Diagnostic]:
    """What stands in a block and must not, and what must and does not."""
    content = declaration.content
    yield from unexpected(content, schema, stage)
    yield from missing(declaration, content, schema, stage)
    yield from mislabelled(content, schema, stage)


def unexpected(
    content: Content,
    schema: BodySchema,
    stage: Stage,
    besides: Iterable[str] = (),
    *,
    is_open: bool = False,
    is_merged: bool = False,
) -> Iterator[Diagnostic]:
    """Arguments and blocks that a body may not have; names `besides` are somebody else's business.

    `is_open`: the body is a provider's, in which `dynamic` makes blocks. `is_merged`: it is decoded when override files
    are merged in already, and what they alone say is passed over where nobody knows it.
    """
    known = {*schema.arguments, *besides}
    for name, argument in content.arguments.items():
        if name not in known and not (is_merged and content.is_overriding(name)):
            if argument.source.path.endswith(".json"):
                if name in schema.blocks:
                    yield from _no_blocks(argument, stage)
                else:
                    yield _extraneous(name, schema, argument.name_span, stage)
                continue
            hint = _argument_hint(name, content, schema)
            detail = f'An argument named "{name}" is not expected here.{hint}'
            yield Diagnostic("Unsupported argument", detail, argument.name_span, stage)
    known = {*schema.blocks, *besides}
    for each in content.blocks:
        type = each.block.type
        if type == "dynamic" and is_open:
            type = each.block.labels[0] if each.block.labels else ""
        if type not in known and not (is_merged and each in content.overriding_blocks):
            hint = _block_hint(type, schema) if each.block.type == type else ""
            detail = f'Blocks of type "{type}" are not expected here.{hint}'
            yield Diagnostic("Unsupported block type", detail, each.header, stage)


def _no_blocks(argument: Argument, stage: Stage) -> Iterator[Diagnostic]:
    """Something in JSON syntax that stands where blocks should, and cannot be any."""
    from enclint.frontends.terraform.validation.json_words import block_complaints

    source = argument.source
    for summary, detail, offset in block_complaints(source.text, argument.span.start, argument.attribute.name):
        yield Diagnostic(summary, detail, Span(source, offset, offset + 1), stage)


def _extraneous(name: str, schema: BodySchema, span: Span, stage: Stage) -> Diagnostic:
    """The same in JSON syntax, which does not tell arguments from blocks."""
    found = did_you_mean(name, [*schema.arguments, *schema.blocks])
    hint = f' Did you mean "{found}"?' if found else ""
    detail = f'No argument or block type is named "{name}".{hint}'
    return Diagnostic("Extraneous JSON object property", detail, span, stage)


def _argument_hint(name: str, content: Content, schema: BodySchema) -> str:
    candidates = [each for each in schema.arguments if each not in content.arguments]
    found = did_you_mean(name, candidates)
    if found:
        return f' Did you mean "{found}"?'
    return f' Did you mean to define a block of type "{name}"?' if name in schema.blocks else ""


def _block_hint(type: str, schema: BodySchema) -> str:
    found = did_you_mean(type, list(schema.blocks))
    if found:
        return f' Did you mean "{found}"?'
    if type in schema.arguments:
        return f' Did you mean to define argument "{type}"? If so, use the equals sign to assign it a value.'
    return ""


def missing(declaration: Declaration, content: Content, schema: BodySchema, stage: Stage) -> Iterator[Diagnostic]:
    """Arguments that a body lacks."""
    for name in schema.required:
        if name not in content.arguments or content.is_overriding(name):
            detail = f'The argument "{name}" is required, but no definition was found.'
            yield Diagnostic("Missing required argument", detail, declaration.gap, stage)


def mislabelled(content: Content, schema: BodySchema, stage: Stage) -> Iterator[Diagnostic]:
    """Nested blocks with too few or too many labels."""
    for each in content.blocks:
        labels = schema.blocks.get(each.block.type)
        if labels is not None:
            yield from check_labels(each, labels, stage)


def check_labels(
    declaration: Declaration, names: tuple[str, ...], stage: Stage = Stage.DECLARE
) -> Iterator[Diagnostic]:
    """A block with too few or too many labels; `names` are those that it must have."""
    block = declaration.block
    header = declaration.header
    if len(block.labels) > len(names):
        only = f"Only {len(names)} labels ({', '.join(names)}) are expected for {block.type} blocks."
        detail = only if names else f"No labels are expected for {block.type} blocks."
        yield Diagnostic(f"Extraneous label for {block.type}", detail, header, stage)
    elif len(block.labels) < len(names):
        lacking = names[len(block.labels)]
        detail = f"All {block.type} blocks must have {len(names)} labels ({', '.join(names)})."
        place = Span(declaration.source, block.header_end, block.header_end)
        yield Diagnostic(f"Missing {lacking} for {block.type}", detail, place, stage)
