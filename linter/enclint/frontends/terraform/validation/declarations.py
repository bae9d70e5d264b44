"""What each kind of block demands of what stands in it, as Terraform finds out while it reads a module."""

from __future__ import annotations

import re

from enclint.frontends.terraform.declarations import Declaration, content_of
from enclint.frontends.terraform.diagnostics import Diagnostic, Stage
from enclint.frontends.terraform.module import LABELS, Module
from enclint.frontends.terraform.references import references
from enclint.frontends.terraform.syntax import (
    Block,
    Object,
    String,
    Variable,
)
from enclint.frontends.terraform.types import BOOL, STRING
from enclint.frontends.terraform.validation import bodies
from enclint.frontends.terraform.validation.block_parts import (
    BAD_NAME,
    check_address,
    check_depends_on,
    check_escapes,
    check_no_instance,
    check_no_override,
    check_repetition,
    check_static,
    condition,
    is_module_address,
    is_name,
    own_conditions,
    reserved_block,
    static_value,
    word_of,
)
from enclint.frontends.terraform.validation.bodies import check_body, check_labels
from enclint.frontends.terraform.validation.provider_blocks import check_provider, check_settings
from enclint.frontends.terraform.validation.resource_blocks import check_provisioner, check_resource
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator


_RESERVED_VARIABLES: Final = frozenset({*bodies.MODULE.arguments, *bodies.MODULE.blocks})


def check_declarations(module: Module) -> Iterator[Diagnostic]:
    """What is wrong with the blocks of a module, each looked at by itself, and with how they fit together."""
    yield from module.diagnostics
    yield from _unplaced(module)
    for name, variable in module.variables.items():
        yield from _variable(module, name, variable)
    for name, output in module.outputs.items():
        yield from _output(name, output)
    for name, local in module.locals.items():
        if not is_name(name):
            yield Diagnostic("Invalid local value name", BAD_NAME, local.name_span)
    for name, call in module.calls.items():
        yield from _call(name, call)
    for key, resource in module.resources.items():
        yield from check_resource(key[0], resource)
    for provider in module.providers.values():
        yield from check_provider(provider)
    yield from check_settings(module)
    yield from _locals(module)
    yield from _moves(module)
    for check in module.checks.values():
        yield from _check(check)


def _unplaced(module: Module) -> Iterator[Diagnostic]:
    """What stands at the top of a file and must not."""
    schema = bodies.BodySchema((), LABELS)
    for item, source, _ in module.unplaced:
        if isinstance(item, Block) and item.type in LABELS:
            yield from check_labels(Declaration(item, source), LABELS[item.type])
        else:
            yield from bodies.unexpected(content_of([item], source), schema, Stage.DECLARE)
    for body in module.bodies:
        for item in body.items:
            if isinstance(item, Block) and item.type == "required_providers" and not item.labels:
                detail = 'A "required_providers" block must be nested inside a "terraform" block.'
                span = Span(body.source, item.start, item.header_end)
                yield Diagnostic("Invalid required_providers block", detail, span)


def _locals(module: Module) -> Iterator[Diagnostic]:
    for body in module.bodies:
        for item in body.items:
            if isinstance(item, Block) and item.type == "locals":
                for inner in item.items:
                    if isinstance(inner, Block):
                        span = Span(body.source, inner.start, inner.header_end)
                        yield Diagnostic(f'Unexpected "{inner.type}" block', "Blocks are not allowed here.", span)
                        break


def _variable(module: Module, name: str, declaration: Declaration) -> Iterator[Diagnostic]:
    yield from check_body(declaration, bodies.VARIABLE)
    if not is_name(name):
        yield Diagnostic("Invalid variable name", BAD_NAME, declaration.header)
    if name in _RESERVED_VARIABLES:
        detail = f'The variable name "{name}" is reserved due to its special meaning inside module blocks.'
        yield Diagnostic("Invalid variable name", detail, declaration.header)
    yield from check_static(
        declaration, {"description": STRING, "sensitive": BOOL, "nullable": BOOL, "ephemeral": BOOL}
    )
    yield from module.variable(name).diagnostics
    yield from check_no_override(declaration)
    for validation in own_conditions(declaration, ("validation",)):
        yield from condition(validation)
        argument = validation.argument("condition")
        if argument is not None and not any(
            each.path[:2] == ("var", name) for each in references(argument.attribute.expression)
        ):
            detail = f'The condition for variable "{name}" must refer to var.{name} in order to test incoming values.'
            yield Diagnostic("Invalid variable validation condition", detail, argument.span)


def _output(name: str, declaration: Declaration) -> Iterator[Diagnostic]:
    yield from check_body(declaration, bodies.OUTPUT)
    if not is_name(name):
        yield Diagnostic("Invalid output name", BAD_NAME, declaration.header)
    yield from check_static(declaration, {"description": STRING, "sensitive": BOOL, "ephemeral": BOOL})
    yield from check_depends_on(declaration)
    yield from check_no_override(declaration)
    for nested in own_conditions(declaration, ("precondition", "postcondition")):
        if nested.block.type == "precondition":
            yield from condition(nested)
        elif nested.block.type == "postcondition":
            detail = "Output values can only have preconditions, not postconditions."
            yield Diagnostic("Postconditions are not allowed", detail, nested.definition)


def _call(name: str, declaration: Declaration) -> Iterator[Diagnostic]:
    content = declaration.content
    yield from bodies.missing(declaration, content, bodies.MODULE, Stage.DECLARE)
    if not is_name(name):
        yield Diagnostic("Invalid module instance name", BAD_NAME, declaration.header)
    yield from _source(declaration)
    yield from check_repetition(declaration)
    yield from check_depends_on(declaration)
    providers = content.arguments.get("providers")
    if providers is not None and not isinstance(providers.attribute.expression, Object):
        yield Diagnostic("Invalid expression", "A static map expression is required.", providers.span)
    yield from check_escapes(declaration, "module input variables")
    for nested in content.blocks:
        if nested.block.type in ("lifecycle", "locals", "provider"):
            yield reserved_block(nested, "module")


def _source(declaration: Declaration) -> Iterator[Diagnostic]:
    argument = declaration.argument("source")
    if argument is None:
        return
    data, diagnostics = static_value(argument, STRING)
    yield from diagnostics
    if diagnostics:
        return
    text = str(data)
    version = declaration.argument("version")
    if version is not None and text.startswith(("./", "../")):
        problem = f'can\'t use local directory "{text}" as a module registry address'
        detail = f"Failed to parse module registry address: {problem}."
        yield Diagnostic("Invalid registry module source address", detail, argument.span)
    elif not text:
        detail = "Failed to parse module source address: invalid source address: ."
        yield Diagnostic("Invalid module source address", detail, argument.span)
    elif re.fullmatch(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)?", text) is not None:
        detail = f'Terraform failed to determine your intended installation method for remote module package "{text}".'
        yield Diagnostic("Invalid module source address", detail, argument.span)


def _moves(module: Module) -> Iterator[Diagnostic]:
    """`moved`, `removed` and `import` blocks."""
    for moved in module.moved:
        yield from check_body(moved, bodies.MOVED)
        ends = [moved.argument("from"), moved.argument("to")]
        for argument in ends:
            if argument is not None:
                yield from check_address(argument)
        kinds = {is_module_address(argument) for argument in ends if argument is not None}
        if len(kinds) == 2:
            detail = 'The "from" and "to" addresses must either both refer to resources or both refer to modules.'
            yield Diagnostic('Invalid "moved" addresses', detail, moved.definition)
    for removed in module.removed:
        yield from check_body(removed, bodies.REMOVED)
        origin = removed.argument("from")
        if origin is not None:
            yield from check_address(origin)
            yield from check_no_instance(origin)
            if isinstance(origin.attribute.expression, Variable) and origin.attribute.expression.path[0] == "data":
                detail = (
                    "Data sources are never destroyed, so they are not valid targets of removed blocks. To remove the "
                    "data source from state, remove the data source block from configuration."
                )
                yield Diagnostic("Data source address not allowed", detail, origin.span)
        for provisioner in removed.content.blocks_of("provisioner"):
            yield from check_provisioner(provisioner)
            if word_of(provisioner, "when") != "destroy":
                detail = (
                    'Only destroy-time provisioners are valid in "removed" blocks. To declare a destroy-time '
                    "provisioner, use:\n    when = destroy"
                )
                yield Diagnostic("Invalid provisioner block", detail, provisioner.definition)
        for lifecycle in removed.content.blocks_of("lifecycle"):
            yield from check_body(lifecycle, bodies.REMOVED_LIFECYCLE)
            yield from check_static(lifecycle, {"destroy": BOOL})
    yield from _imports(module)


def _imports(module: Module) -> Iterator[Diagnostic]:
    seen: dict[object, Declaration] = {}
    for each in module.imports:
        yield from check_body(each, bodies.IMPORT)
        target = each.argument("to")
        if target is None:
            continue
        expression = target.attribute.expression
        unmanaged = Diagnostic("Invalid import address", "Only managed resources can be imported.", target.span)
        if isinstance(expression, String):
            yield from check_address(target)
            yield unmanaged
        if not isinstance(expression, Variable):
            continue
        provider = each.argument("provider")
        if provider is not None and ("managed", *expression.path[:2]) in module.resources:
            detail = "The provider argument can only be specified in import blocks that will generate configuration."
            yield Diagnostic("Invalid import provider argument", detail, provider.span)
        if expression.path[0] in ("each", "count"):
            detail = (
                f'The keyword "{expression.path[0]}" is reserved and cannot be used to target a resource address. If '
                "you are targeting a resource type that uses a reserved keyword, please prefix your address with "
                '"resource.".'
            )
            yield Diagnostic("Invalid address", detail, target.span)
            yield unmanaged
        elif expression.path[0] == "data":
            yield unmanaged
        elif expression.path in seen:
            text = target.span.text.strip('"')
            detail = (
                f'An import block for the resource "{text}" was already declared at '
                f"{seen[expression.path].declared_at}. A resource can have only one import block."
            )
            yield Diagnostic(f'Duplicate import configuration for "{text}"', detail, target.span)
        seen.setdefault(expression.path, each)


def _check(declaration: Declaration) -> Iterator[Diagnostic]:
    yield from check_body(declaration, bodies.CHECK)
    name = declaration.block.labels[0]
    if not is_name(name):
        yield Diagnostic("Invalid check block name", BAD_NAME, declaration.header)
    valid = 0
    for assertion in declaration.content.blocks_of("assert"):
        problems = list(condition(assertion))
        yield from problems
        valid += not problems
    if not valid:
        detail = "Check blocks must have at least one assert block."
        yield Diagnostic("Zero assert blocks", detail, declaration.definition)
    blocks = list(declaration.content.blocks_of("data"))
    for nested in blocks:
        for argument in map(nested.argument, ("count", "for_each")):
            if argument is not None:
                detail = 'The "count" and "for_each" meta-arguments are not supported within nested data blocks.'
                name = argument.attribute.name
                yield Diagnostic(f'Invalid "{name}" attribute', detail, argument.name_span)
    for other in blocks[1:]:
        detail = f"This check block already has a data resource defined at {blocks[0].declared_at}."
        yield Diagnostic("Multiple data resource blocks", detail, other.definition)
