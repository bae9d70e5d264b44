"""Whether a plan reads a data source at once, or leaves that to the apply.

Source: https://developer.hashicorp.com/terraform/language/data-sources#data-resource-behavior and, for what counts as a
dependency, https://github.com/hashicorp/terraform/blob/v1.11.4/internal/terraform/transform_reference.go
"""

from __future__ import annotations

from enclint.frontends.terraform.errors import UndeclaredError
from enclint.frontends.terraform.names import resource_key
from enclint.frontends.terraform.references import references
from enclint.frontends.terraform.syntax import Tuple, Variable
from enclint.lean_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.frontends.terraform.declarations import Declaration
    from enclint.frontends.terraform.resources import Resource
    from enclint.frontends.terraform.scope import Path
    from enclint.frontends.terraform.tree import ModuleInstance


def waits_for_apply(resource: Resource) -> bool:
    """Whether a data source depends on something that is yet to be made, or stands in a check block."""
    return (
        _is_in_check(resource)
        or any(_is_made(resource.module, path) for path in _direct_references(resource.declaration))
        or any(_is_made(module, path) for module, path in _dependencies(resource))
    )


def _is_in_check(resource: Resource) -> bool:
    return any(resource.declaration in check.content.blocks for check in resource.module.module.checks.values())


def _direct_references(declaration: Declaration) -> Iterator[Path]:
    """The references in a block and in those nested in it."""
    for argument in declaration.content.arguments.values():
        for reference in references(argument.attribute.expression):
            if reference.path[0] != "module":
                yield reference.path
    for nested in declaration.content.blocks:
        yield from _direct_references(nested)


def _dependencies(resource: Resource) -> Iterator[tuple[ModuleInstance, Path]]:
    """What `depends_on` names, of the data source itself and of the calls of the modules that it stands in."""
    module: ModuleInstance | None = resource.module
    yield from _named(resource.module, resource.declaration)
    while module is not None and module.parent is not None and module.call is not None:
        yield from _named(module.parent, module.call.declaration)
        module = module.parent


def _named(module: ModuleInstance, declaration: Declaration) -> Iterator[tuple[ModuleInstance, Path]]:
    argument = declaration.argument("depends_on")
    expression = argument.attribute.expression if argument is not None else None
    for item in expression.items if isinstance(expression, Tuple) else ():
        if isinstance(item, Variable):
            yield module, item.path


def _is_made(module: ModuleInstance, path: Path) -> bool:
    """Whether a reference leads to a managed resource that has instances, or to a module that has such."""
    if path[0] == "module":
        name = path[1] if len(path) > 1 else None
        known = isinstance(name, str) and name in module.module.calls
        return known and any(_makes_anything(each) for each in module.module_call(str(name)).instances())
    if path[0] in ("var", "local", "data"):
        return False
    try:
        key, _ = resource_key(path, None)
    except UndeclaredError:
        return False
    return key in module.module.resources and bool(module.resource(key).instances())


def _makes_anything(module: ModuleInstance) -> bool:
    return any(key[0] == "managed" and module.resource(key).instances() for key in module.module.resources) or any(
        _makes_anything(each) for name in module.module.calls for each in module.module_call(name).instances()
    )
