"""What `resource` and `data` blocks demand: providers, life cycles, provisioners."""

from __future__ import annotations

from enclint.frontends.terraform.diagnostics import Diagnostic
from enclint.frontends.terraform.references import references
from enclint.frontends.terraform.syntax import (
    String,
    Tuple,
    Variable,
)
from enclint.frontends.terraform.types import BOOL
from enclint.frontends.terraform.validation import bodies
from enclint.frontends.terraform.validation.block_parts import (
    BAD_NAME,
    SINGLE_REFERENCE,
    check_depends_on,
    check_escapes,
    check_keyword,
    check_no_override,
    check_once,
    check_repetition,
    check_static,
    condition,
    is_name,
    is_own,
    own_conditions,
    quoted_reference,
    reserved_block,
    word_of,
)
from enclint.frontends.terraform.validation.bodies import check_body, check_labels
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.frontends.terraform.declarations import Declaration

_NOT_IN_SELF: Final = (
    "Destroy-time provisioners and their connection configurations may only reference attributes of the related "
    "resource, via 'self', 'count.index', or 'each.key'."
)

_WITHDRAWN_PROVISIONERS: Final = frozenset({"chef", "habitat", "puppet", "salt-masterless"})


def check_resource(mode: str, declaration: Declaration) -> Iterator[Diagnostic]:
    """What is wrong with a `resource` or `data` block."""
    what = "data source" if mode == "data" else "resource type"
    type, name = declaration.block.labels
    if not is_name(type):
        yield Diagnostic(f"Invalid {what} name", BAD_NAME, declaration.header)
    if not is_name(name):
        yield Diagnostic(
            "Invalid data resource name" if mode == "data" else "Invalid resource name", BAD_NAME, declaration.header
        )
    yield from check_repetition(declaration)
    yield from _provider_reference(declaration)
    yield from check_depends_on(declaration)
    yield from check_escapes(declaration, "resource-type-specific")
    yield from check_once(declaration, "lifecycle")
    yield from check_no_override(declaration)
    for nested in declaration.content.blocks:
        if nested.block.type == "locals":
            yield reserved_block(nested, "data" if mode == "data" else "resource")
        elif nested.block.type == "lifecycle":
            yield from _lifecycle(mode, declaration, nested)
    if mode == "managed":
        yield from check_once(declaration, "connection")
        for provisioner in declaration.content.blocks_of("provisioner"):
            yield from check_provisioner(provisioner)


def _provider_reference(declaration: Declaration) -> Iterator[Diagnostic]:
    argument = declaration.argument("provider")
    if argument is None:
        return
    expression = argument.attribute.expression
    if isinstance(expression, String):
        if not argument.source.path.endswith(".json"):
            yield quoted_reference(argument.span)
    elif not isinstance(expression, Variable) or len(expression.path) > 2:
        detail = (
            "The provider argument requires a provider type name, optionally followed by a period and then a "
            "configuration alias."
        )
        yield Diagnostic("Invalid provider configuration reference", detail, argument.span)


def _lifecycle(mode: str, resource: Declaration, declaration: Declaration) -> Iterator[Diagnostic]:
    yield from check_body(declaration, bodies.LIFECYCLE)
    if mode == "data":
        for name, argument in declaration.content.arguments.items():
            if name in bodies.LIFECYCLE.arguments:
                detail = (
                    f'The lifecycle argument "{name}" is defined only for managed resources ("resource" blocks), and '
                    "is "
                    "not valid for data resources."
                )
                yield Diagnostic("Invalid data resource lifecycle argument", detail, argument.name_span)
    else:
        yield from check_static(declaration, {"create_before_destroy": BOOL, "prevent_destroy": BOOL})
        yield from _ignore_changes(declaration)
        yield from _replace_triggered_by(declaration)
    for nested in own_conditions(declaration, ("precondition", "postcondition")):
        yield from condition(nested)
        yield from _no_self_reference(resource, nested)


def _no_self_reference(resource: Declaration, declaration: Declaration) -> Iterator[Diagnostic]:
    """A condition that refers to its own resource by name."""
    type, name = resource.block.labels
    own = (type, name) if resource.block.type == "resource" else ("data", type, name)
    for argument in declaration.content.arguments.values():
        if any(each.path[: len(own)] == own for each in references(argument.attribute.expression)):
            detail = f"Configuration for {'.'.join(own)} may not refer to itself."
            yield Diagnostic(f"Invalid reference in {declaration.block.type}", detail, argument.span)


def _ignore_changes(declaration: Declaration) -> Iterator[Diagnostic]:
    argument = declaration.argument("ignore_changes")
    if argument is None:
        return
    expression = argument.attribute.expression
    if isinstance(expression, Variable) and expression.path == ("all",):
        return
    if not isinstance(expression, Tuple):
        yield Diagnostic("Invalid expression", "A static list expression is required.", argument.span)
        return
    for item in expression.items:
        span = Span(argument.source, item.start, item.end)
        if isinstance(item, String) and item.value == "*":
            detail = (
                'The ["*"] form of ignore_changes wildcard is was deprecated and is now invalid. Use "ignore_changes = '
                'all" to ignore changes to all attributes.'
            )
            yield Diagnostic("Invalid ignore_changes wildcard", detail, argument.span)
        elif isinstance(item, String) and not argument.source.path.endswith(".json"):
            yield quoted_reference(span)
        elif not isinstance(item, (String, Variable)):
            yield Diagnostic("Invalid expression", SINGLE_REFERENCE, span)


def _replace_triggered_by(declaration: Declaration) -> Iterator[Diagnostic]:
    argument = declaration.argument("replace_triggered_by")
    if argument is None:
        return
    expression = argument.attribute.expression
    if not isinstance(expression, Tuple):
        yield Diagnostic("Invalid expression", "A static list expression is required.", argument.span)
        return
    for item in expression.items:
        span = Span(argument.source, item.start, item.end)
        named = list(references(item))
        others = [each for each in named if each.path[0] in ("var", "local", "module", "data", "path", "terraform")]
        if others:
            detail = "Only resources, count.index, and each.key may be used in replace_triggered_by."
            yield Diagnostic("Invalid reference in replace_triggered_by expression", detail, span)
        if len(named) - len(others) < 1:
            detail = "Missing resource reference in replace_triggered_by expression."
            yield Diagnostic("Invalid replace_triggered_by expression", detail, span)


def check_provisioner(declaration: Declaration) -> Iterator[Diagnostic]:
    """What is wrong with a `provisioner` block."""
    if not declaration.block.labels:
        yield from check_labels(declaration, ("type",))
        return
    type = declaration.block.labels[0]
    if type in _WITHDRAWN_PROVISIONERS:
        detail = (
            f'The "{type}" provisioner was deprecated in Terraform 0.13.4 has been removed from Terraform. Visit '
            "https://learn.hashicorp.com/collections/terraform/provision for alternatives to using provisioners that "
            "are a better fit for the Terraform workflow."
        )
        yield Diagnostic(f'The "{type}" provisioner has been removed', detail, declaration.header)
        return
    yield from check_keyword(declaration, "when", ("create", "destroy"))
    yield from check_keyword(declaration, "on_failure", ("continue", "fail"))
    if word_of(declaration, "when") != "destroy":
        return
    for part in (declaration, *declaration.content.blocks_of("connection")):
        for name, argument in part.content.arguments.items():
            if name not in bodies.PROVISIONER.arguments and not all(
                is_own(each) for each in references(argument.attribute.expression)
            ):
                yield Diagnostic("Invalid reference from destroy provisioner", _NOT_IN_SELF, argument.span)
