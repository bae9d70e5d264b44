"""What `provider` and `terraform` blocks demand: versions, backends, required providers."""

from __future__ import annotations

import re

from enclint.frontends.terraform.diagnostics import Diagnostic, Stage
from enclint.frontends.terraform.syntax import (
    Attribute,
    Literal,
    Number,
    Object,
    ObjectKey,
    String,
    Tuple,
    Variable,
)
from enclint.frontends.terraform.types import STRING
from enclint.frontends.terraform.validation import bodies
from enclint.frontends.terraform.validation.block_parts import (
    BAD_NAME,
    FUTURE,
    SINGLE_REFERENCE,
    is_name,
    reserved_block,
    static_value,
)
from enclint.frontends.terraform.validation.bodies import check_body
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.frontends.terraform.declarations import Argument, Declaration
    from enclint.frontends.terraform.module import Module
    from enclint.frontends.terraform.syntax import Expression
    from enclint.source import Source

_CONSTRAINT: Final = re.compile(
    r"\s*(=|!=|>=|<=|~>|>|<)?\s*v?(\d+(?:\.\d+)*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?\s*\Z"
)

_THIS_VERSION: Final = (1, 11, 4)


def check_provider(declaration: Declaration) -> Iterator[Diagnostic]:
    """What is wrong with a `provider` block."""
    name = declaration.block.labels[0]
    if name != name.lower():
        detail = f'Provider names must be normalized. Replace "{name}" with "{name.lower()}" to fix this error.'
        yield Diagnostic("Invalid provider local name", detail, declaration.definition)
    alias = declaration.argument("alias")
    if alias is not None:
        data, diagnostics = static_value(alias, STRING)
        yield from diagnostics
        if not diagnostics and not is_name(str(data)):
            yield Diagnostic("Invalid provider configuration alias", f"An alias must be a valid name. {BAD_NAME}", None)
    version = declaration.argument("version")
    if version is not None:
        yield Diagnostic(
            "Version constraints inside provider configuration blocks are deprecated",
            "Terraform 0.13 and earlier allowed provider version constraints inside the provider configuration block, "
            "but that is now deprecated and will be removed in a future version of Terraform. To silence this warning, "
            "move the provider version constraint into the required_providers block.",
            version.span,
            is_warning=True,
        )
        yield from version_constraint(version)[1]
    for reserved in ("count", "depends_on", "for_each", "source"):
        argument = declaration.argument(reserved)
        if argument is not None:
            detail = f'The provider argument name "{reserved}" {FUTURE}'
            yield Diagnostic("Reserved argument name in provider block", detail, argument.name_span)
    for nested in declaration.content.blocks:
        if nested.block.type in ("lifecycle", "locals"):
            yield reserved_block(nested, "provider")


def version_constraint(argument: Argument) -> tuple[list[tuple[str, tuple[int, ...]]], list[Diagnostic]]:
    """The comparisons of a version constraint, and what is wrong with it."""
    data, diagnostics = static_value(argument, STRING)
    if diagnostics:
        return [], diagnostics[:1]
    comparisons = []
    for part in str(data).split(","):
        match = _CONSTRAINT.match(part)
        if match is None:
            detail = "This string does not use correct version constraint syntax."
            return [], [Diagnostic("Invalid version constraint", detail, argument.span)]
        comparisons.append((match[1] or "=", tuple(int(number) for number in match[2].split("."))))
    return comparisons, []


def _allows(operator: str, wanted: tuple[int, ...]) -> bool:
    """Whether the version whose behaviour is computed here satisfies one comparison."""
    given = (*wanted, 0, 0)[:3]
    this = _THIS_VERSION
    if operator == "~>":
        return this >= given and this[: len(wanted) - 1] == given[: len(wanted) - 1]
    return {
        "=": this == given,
        "!=": this != given,
        ">": this > given,
        "<": this < given,
        ">=": this >= given,
        "<=": this <= given,
    }[operator]


def check_settings(module: Module) -> Iterator[Diagnostic]:
    """What is wrong with the `terraform` blocks of a module."""
    normal = [each for each in module.settings if each not in module.overriding_settings]
    seen: dict[str, Declaration] = {}
    replaced: dict[str, Declaration] = {}
    demanding = [
        [each for each in group if each.argument("required_version") is not None]
        for group in (module.overriding_settings, normal)
    ]
    for declaration in module.settings:
        yield from check_body(declaration, bodies.TERRAFORM)
        version = declaration.argument("required_version")
        if version is not None and declaration in (demanding[0] or demanding[1]):
            comparisons, diagnostics = version_constraint(version)
            yield from diagnostics
            if not all(_allows(*each) for each in comparisons):
                yield _unsupported_version(version.whole_span)
        experiments = declaration.argument("experiments")
        if experiments is not None:
            detail = (
                "Experimental features are intended only for gathering early feedback on new language designs, and so "
                "are available only in alpha releases of Terraform."
            )
            yield Diagnostic("Module uses experimental features", detail, experiments.span)
        for nested in declaration.content.blocks:
            yield from _only_one(nested, seen if declaration in normal else replaced)
            if nested.block.type == "required_providers":
                yield from _required_providers(nested)
            elif nested.block.type == "backend" and nested.block.labels:
                yield from _backend(nested)


def _backend(declaration: Declaration) -> Iterator[Diagnostic]:
    name = declaration.block.labels[0]
    if name not in bodies.BACKENDS:
        detail = f'There is no backend type named "{name}".'
        yield Diagnostic("Unsupported backend type", detail, declaration.header, Stage.INSTALL)


def _unsupported_version(span: Span) -> Diagnostic:
    version = ".".join(map(str, _THIS_VERSION))
    return Diagnostic(
        "Unsupported Terraform Core version",
        f"This configuration does not support Terraform version {version}. To proceed, "  # noqa: S608 (no SQL)
        "either choose another supported Terraform version or update this version constraint. Version constraints are "
        "normally set for good reason, so updating the constraint may lead to other errors or unexpected behavior.",
        span,
        Stage.VERSION,
    )


def _only_one(nested: Declaration, seen: dict[str, Declaration]) -> Iterator[Diagnostic]:
    """Settings that a module may have once, over all its `terraform` blocks."""
    type = nested.block.type
    if type in seen and type == "backend":
        detail = (
            "A module may have only one backend configuration. The backend was previously configured at "
            f"{seen[type].declared_at}."
        )
        yield Diagnostic("Duplicate backend configuration", detail, nested.definition)
    elif type in seen and type == "required_providers":
        detail = (
            "A module may have only one required providers configuration. The required providers were previously "
            f"configured at {seen[type].declared_at}."
        )
        yield Diagnostic("Duplicate required providers configuration", detail, nested.definition)
    seen.setdefault(type, nested)
    if {"backend", "cloud"} <= seen.keys() and type in ("backend", "cloud"):
        backend, cloud = seen["backend"], seen["cloud"]
        detail = (
            "A module may declare either one 'cloud' block OR one 'backend' block configuring a state backend. The "
            f"'cloud' block is configured at {cloud.declared_at}; a backend is configured at "
            f"{backend.declared_at}. Remove the backend block to configure HCP Terraform or Terraform Enteprise."
        )
        yield Diagnostic("Both a backend and cloud configuration are present", detail, backend.definition)


def _required_providers(declaration: Declaration) -> Iterator[Diagnostic]:
    for argument in declaration.content.arguments.values():
        expression = argument.attribute.expression
        if not isinstance(expression, Object):
            if not isinstance(expression, (String, Literal, Number)):
                detail = "required_providers entries must be strings or objects."
                yield Diagnostic("Invalid required_providers object", detail, argument.span)
            continue
        for key, value in expression.items:
            yield from _required_provider(key, value, argument.source)


def _required_provider(key: ObjectKey | Expression, value: Expression, source: Source) -> Iterator[Diagnostic]:
    name = key.name if isinstance(key, ObjectKey) else key.value if isinstance(key, String) else ""
    span = Span(source, value.start, value.end)
    if name == "version":
        from enclint.frontends.terraform.declarations import Argument as Named

        if not isinstance(value, String):
            yield Diagnostic("Invalid version constraint", "Version must be specified as a string.", span)
            return
        yield from version_constraint(Named(Attribute(name, value, value.start, value.end), source))[1]
    elif name == "source":
        if not isinstance(value, String):
            yield Diagnostic("Invalid source", "Source must be specified as a string.", span)
        elif not 1 <= len(value.value.split("/")) <= 3 or not all(value.value.split("/")):
            detail = 'The "source" attribute must be in the format "[hostname/][namespace/]name"'
            yield Diagnostic("Invalid provider source string", detail, span)
    elif name == "configuration_aliases":
        for item in value.items if isinstance(value, Tuple) else ():
            if not isinstance(item, Variable):
                yield Diagnostic("Invalid expression", SINGLE_REFERENCE, Span(source, item.start, item.end))
    else:
        detail = (
            'required_providers objects can only contain "version", "source" and "configuration_aliases" attributes. '
            'To configure a provider, use a "provider" block.'
        )
        yield Diagnostic("Invalid required_providers object", detail, Span(source, key.start, key.end))
