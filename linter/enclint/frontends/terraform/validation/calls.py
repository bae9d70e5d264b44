"""Module calls: whether the module is there, and gets the arguments and the providers that it needs."""

from __future__ import annotations

import os
import re

from enclint.frontends.terraform.diagnostics import Diagnostic, Stage
from enclint.frontends.terraform.loader import is_local, module_source
from enclint.frontends.terraform.names import resource_address
from enclint.frontends.terraform.providers import passed_providers, provider_name, provider_source, required_sources
from enclint.frontends.terraform.syntax import Object, ObjectKey, Tuple, Variable
from enclint.frontends.terraform.validation import bodies
from enclint.lean_typing import TYPE_CHECKING
from enclint.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.frontends.terraform.declarations import Declaration
    from enclint.frontends.terraform.module import Module
    from enclint.frontends.terraform.providers import ProviderName
    from enclint.frontends.terraform.validation.skeleton import Node


def check_installation(node: Node) -> Iterator[Diagnostic]:
    """The calls of a module whose modules are not there."""
    for name, declaration in node.instance.module.calls.items():
        if name in node.children:
            continue
        found = node.instance.module_call(name).found
        source = module_source(declaration)
        if source is None:
            continue
        if is_local(source) and not os.path.isdir(os.path.join(node.instance.module.path, source)):
            folder = os.path.normpath(os.path.join(node.instance.module.path, source))
            detail = f"Unable to evaluate directory symlink: lstat {folder}: no such file or directory"
            yield Diagnostic("Unreadable module directory", detail, None, Stage.INSTALL)
            detail = (
                f'The directory {"" if node.call is None else folder} could not be read for module "{name}" at '
                f"{declaration.source.path}:{declaration.definition.line}."
            )
            yield Diagnostic("Unreadable module directory", detail, None, Stage.INSTALL)
        else:
            summary = "Module cannot be read" if is_local(source) else "Module not installed"
            yield Diagnostic(summary, f"{found.reason}.", declaration.definition, Stage.INSTALL)


def check_arguments(node: Node) -> Iterator[Diagnostic]:
    """What a call passes that the module does not have, and what it lacks."""
    if node.call is None:
        return
    module = node.instance.module
    declaration = node.call.declaration
    names = tuple(module.variables)
    required = tuple(name for name in names if module.variables[name].argument("default") is None)
    schema = bodies.BodySchema(names, required=required)
    meta = {*bodies.MODULE.arguments, *bodies.MODULE.blocks}
    yield from bodies.unexpected(declaration.content, schema, Stage.CONNECT, meta, is_merged=True)
    yield from bodies.missing(declaration, declaration.content, schema, Stage.CONNECT)


def check_aliases(node: Node) -> Iterator[Diagnostic]:
    """Resources and calls that want a provider configuration of a name which nobody gives."""
    module = node.instance.module
    known = {*module.providers, *_passed(node), *(_configuration_aliases(module) if node.call is not None else ())}
    for key, declaration in module.resources.items():
        argument = declaration.argument("provider")
        name = provider_name(argument.attribute.expression) if argument is not None else None
        if name is not None and name.alias and str(name) not in known:
            address = f"{node.prefix}{resource_address(key)}"
            missing = f'{node.prefix}provider["{provider_source(module, name.name)}"].{name.alias}'
            detail = (
                f"To work with {address} its original provider configuration at {missing} is required, but it has been "
                "removed. This occurs when a provider configuration is removed while objects created by that provider "
                "still exist in the state. Re-add the provider configuration to destroy "
                f"{address}, after which you can remove the provider configuration again."
            )
            yield Diagnostic("Provider configuration not present", detail, None, Stage.CONNECT)
    for child in node.children.values():
        passed = passed_providers(child.call.declaration) if child.call is not None else {}
        for name in passed.values():
            if name.alias and str(name) not in known:
                missing = f'{node.prefix}provider["{provider_source(module, name.name)}"].{name.alias}'
                yield Diagnostic(f"missing provider {missing}", "", None, Stage.CONNECT)


def check_providers(node: Node) -> Iterator[Diagnostic]:
    """What is wrong with the providers that a module passes on, and with those that it is passed.

    Source: https://github.com/hashicorp/terraform/blob/v1.11.4/internal/configs/provider_validation.go
    """
    module = node.instance.module
    passed_in = _passed(node)
    configured = {name for name, declaration in module.providers.items() if _is_configured(declaration)}
    local_names = required_sources(module)
    for child in node.children.values():
        if child.call is not None:
            yield from _passed_on(node, child.call.declaration, configured, local_names, passed_in)
    if node.call is None:
        return
    call = node.call.declaration
    yield from _legacy(node, configured)
    for name, (_, span) in passed_in.items():
        if name in configured:
            yield Diagnostic(
                "Cannot override provider configuration",
                f"The configuration of {node.instance.display_name} has its own local configuration for {name}, and so "
                f"it cannot accept an overridden configuration provided by {_parent_text(node)}.",
                span,
                Stage.INSTALL,
            )
    aliases = _configuration_aliases(module)
    for alias in aliases:
        if alias not in configured and alias not in passed_in:
            source = local_names.get(alias.partition(".")[0], "")
            yield Diagnostic(
                "Missing required provider configuration",
                f"The child module requires an additional configuration for provider {_short(source)}, with the local "
                "name "
                f'"{alias}".',
                call.definition,
                Stage.INSTALL,
            )
    for name, (passed, span) in passed_in.items():
        known = name in local_names or name in aliases or name in module.providers
        if not known:
            yield _undefined(node, name, passed, span, local_names)


def _passed(node: Node) -> dict[str, tuple[ProviderName, Span]]:
    """The configurations that the caller passes, by the name in this module, with the place of that name."""
    if node.call is None:
        return {}
    argument = node.call.declaration.argument("providers")
    expression = argument.attribute.expression if argument is not None else None
    if argument is None or not isinstance(expression, Object):
        return {}
    spans = [Span(argument.source, key.start, key.end) for key, _ in expression.items]
    return {
        str(child): (child, span) for child, span in zip(passed_providers(node.call.declaration), spans, strict=False)
    }


def _is_configured(declaration: Declaration) -> bool:
    """Whether a provider block says more than which one it is."""
    content = declaration.content
    return bool(content.arguments.keys() - {"alias"}) or bool(content.blocks)


def _passed_on(
    node: Node,
    call: Declaration,
    configured: set[str],
    local_names: dict[str, str],
    passed_in: dict[str, tuple[ProviderName, Span]],
) -> Iterator[Diagnostic]:
    argument = call.argument("providers")
    expression = argument.attribute.expression if argument is not None else None
    if argument is None or not isinstance(expression, Object):
        return
    for (_, value), parent in zip(expression.items, passed_providers(call).values(), strict=False):
        if parent.alias:
            continue
        name = parent.name
        span = Span(argument.source, value.start, value.end)
        if name not in configured and name not in local_names:
            yield Diagnostic(
                "Reference to undefined provider",
                f'There is no explicit declaration for local provider name "{name}" in {node.instance.display_name}, '
                f'so Terraform is assuming you mean to pass a configuration for provider "hashicorp/{name}".',
                span,
                Stage.INSTALL,
                is_warning=True,
            )
        elif node.call is not None and name not in configured and name not in passed_in:
            yield Diagnostic(
                "Missing required provider configuration",
                f"The configuration for {node.instance.display_name} expects to inherit a configuration for provider "
                f'hashicorp/{name} with local name "{name}", but {_parent_text(node)} doesn\'t pass a configuration '
                "under "
                "that name.",
                node.call.declaration.definition,
                Stage.INSTALL,
                is_warning=True,
            )


def _legacy(node: Node, configured: set[str]) -> Iterator[Diagnostic]:
    """A module that configures providers, called by something that repeats."""
    if not configured:
        return
    ancestor: Node | None = node
    call = node.call
    while call is not None and ancestor is not None:
        for name in ("count", "for_each", "depends_on"):
            argument = call.declaration.argument(name)
            if argument is not None:
                span = argument.span
                expression = argument.attribute.expression
                if name == "depends_on" and isinstance(expression, Tuple) and expression.items:
                    first = expression.items[0]
                    span = Span(argument.source, first.start, first.end)
                yield Diagnostic(
                    "Module is incompatible with count, for_each, and depends_on",
                    f"The module at {node.instance.static_name} is a legacy module which contains its own local "
                    "provider configurations, and so calls to it may not use the count, for_each, or depends_on "
                    "arguments.",
                    span,
                    Stage.INSTALL,
                )
                return
        call = call.parent.call


def _parent_text(node: Node) -> str:
    parent = node.call.parent if node.call is not None else None
    return parent.display_name if parent is not None else "the root module"


def _configuration_aliases(module: Module) -> list[str]:
    """The names that `configuration_aliases` declare, such as `aws.us`."""
    names = []
    for settings in module.settings:
        for block in settings.content.blocks_of("required_providers"):
            for argument in block.content.arguments.values():
                expression = argument.attribute.expression
                for key, value in expression.items if isinstance(expression, Object) else ():
                    word = key.name if isinstance(key, ObjectKey) else getattr(key, "value", "")
                    if word == "configuration_aliases" and isinstance(value, Tuple):
                        names += [".".join(map(str, item.path)) for item in value.items if isinstance(item, Variable)]
    return names


def _short(source: str) -> str:
    return re.sub(r"^registry\.terraform\.io/", "", source)


def _undefined(node: Node, name: str, child: ProviderName, span: Span, local_names: dict[str, str]) -> Diagnostic:
    source = _short(local_names.get(child.name, f"hashicorp/{child.name}"))
    if source.startswith("hashicorp/"):
        return Diagnostic(
            "Reference to undefined provider",
            f'There is no explicit declaration for local provider name "{name}" in {node.instance.display_name}, so '
            f'Terraform is assuming you mean to pass a configuration for "{source}".',
            span,
            Stage.INSTALL,
            is_warning=True,
        )
    return Diagnostic(
        "Reference to undefined provider",
        f'The child module does not declare any provider requirement with the local name "{name}".',
        span,
        Stage.INSTALL,
    )
