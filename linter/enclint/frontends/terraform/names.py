"""What the references in a module's expressions lead to, and Terraform's words where they lead nowhere.

Source: https://developer.hashicorp.com/terraform/language/expressions/references
"""

from __future__ import annotations

import posixpath

from enclint.frontends.terraform.diagnostics import did_you_mean
from enclint.frontends.terraform.errors import UndeclaredError
from enclint.frontends.terraform.types import DYNAMIC, STRING
from enclint.frontends.terraform.values import quoted, string
from enclint.lean_typing import TYPE_CHECKING, Final, NoReturn
from enclint.model.value import Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from enclint.frontends.terraform.module import ResourceKey
    from enclint.frontends.terraform.scope import Path
    from enclint.frontends.terraform.tree import ModuleInstance
    from enclint.source import Span

INVALID: Final = "Invalid reference"
NOT_YET: Final = "it is not known while the code is validated"

_REPEATING: Final = 'blocks, and only when the "{}" argument is set.'


def lookup(instance: ModuleInstance, path: Path, span: Span | None) -> tuple[Value, int]:
    """The value that a reference begins with, and how many of its steps that takes."""
    handler = _HANDLERS.get(path[0], _managed)  # type: ignore[arg-type]
    return handler(instance, path, span)


def check(instance: ModuleInstance, path: Path, span: Span | None) -> None:
    """Raise UndeclaredError for a reference that leads nowhere, without evaluating anything."""
    for error in problems(instance, path, span):
        raise error


def problems(instance: ModuleInstance, path: Path, span: Span | None) -> list[UndeclaredError]:
    """All that is wrong with a reference, as far as the declarations tell."""
    root = path[0]
    checker = _CHECKERS.get(root)  # type: ignore[arg-type]
    try:
        if checker is not None:
            checker(instance, path, span)
            return []
        if root in ("path", "terraform", "count", "each", "self", *_RESERVED):
            lookup(instance, path, span)
            return []
        key, used = resource_key(path, span)
    except UndeclaredError as error:
        return [error]
    return list(_resource_problems(instance, key, path[used:], span))


def resource_key(path: Path, span: Span | None) -> tuple[ResourceKey, int]:
    """The resource or data source that a reference names, and how many steps that takes."""
    root = str(path[0])
    prefix = _PREFIXES.get(root, "")
    steps = path[1:] if prefix else path
    used = len(path) - len(steps) + 2
    if prefix and len(path) < 3:
        what = "data source" if root == "data" else "resource"
        raise UndeclaredError(
            INVALID,
            f'The "{root}" object must be followed by two attribute names: the {what} type and the resource name.',
            span,
        )
    if len(steps) < 2 or not isinstance(steps[1], str):
        what = "data source" if root == "data" else "resource type"
        raise UndeclaredError(
            INVALID,
            f"A reference to a {what} must be followed by at least one attribute access, specifying the resource name.",
            span,
        )
    if not isinstance(steps[0], str):
        raise UndeclaredError(INVALID, f'The "{root}" object does not support this operation.', span)
    return (prefix or "managed", steps[0], steps[1]), used


_PREFIXES: Final = {"data": "data", "resource": "managed", "ephemeral": "ephemeral"}


def resource_address(key: ResourceKey) -> str:
    """`aws_s3_bucket.logs`, `data.aws_ami.base`."""
    mode, type, name = key
    return f"{type}.{name}" if mode == "managed" else f"{mode}.{type}.{name}"


def _attribute(path: Path, span: Span | None) -> str:
    """The one name behind a root that has attributes only."""
    root = path[0]
    if len(path) < 2:
        raise UndeclaredError(
            INVALID, f'The "{root}" object cannot be accessed directly. Instead, access one of its attributes.', span
        )
    name = path[1]
    if not isinstance(name, str):
        raise UndeclaredError(INVALID, f'The "{root}" object does not support this operation.', span)
    return name


def _suggestion(name: str, candidates: Iterable[str]) -> str:
    found = did_you_mean(name, list(candidates))
    return f" Did you mean {quoted(found)}?" if found else ""


def _declared_local(instance: ModuleInstance, path: Path, span: Span | None) -> str:
    name = _attribute(path, span)
    if name not in instance.module.locals:
        raise UndeclaredError(
            "Reference to undeclared local value",
            f'A local value with the name "{name}" has not been declared.{_suggestion(name, instance.module.locals)}',
            span,
        )
    return name


def _local(instance: ModuleInstance, path: Path, span: Span | None) -> tuple[Value, int]:
    return instance.local(_declared_local(instance, path, span)), 2


def _declared_variable(instance: ModuleInstance, path: Path, span: Span | None) -> str:
    name = _attribute(path, span)
    if name not in instance.module.variables:
        hint = _suggestion(name, instance.module.variables)
        if not hint:
            hint = f' This variable can be declared with a variable "{name}" {{}} block.'
        raise UndeclaredError(
            "Reference to undeclared input variable",
            f'An input variable with the name "{name}" has not been declared.{hint}',
            span,
        )
    return name


def _variable(instance: ModuleInstance, path: Path, span: Span | None) -> tuple[Value, int]:
    return instance.variable(_declared_variable(instance, path, span)), 2


def _declared_call(instance: ModuleInstance, path: Path, span: Span | None) -> str:
    name = _attribute(path, span)
    if name not in instance.module.calls:
        raise UndeclaredError(
            "Reference to undeclared module",
            f'No module call named "{name}" is declared in {instance.display_name}.'
            f"{_suggestion(name, instance.module.calls)}",
            span,
        )
    return name


def _module(instance: ModuleInstance, path: Path, span: Span | None) -> tuple[Value, int]:
    call = instance.module_call(_declared_call(instance, path, span))
    return (_not_yet() if instance.world.is_static else call.object()), 2


def _managed(instance: ModuleInstance, path: Path, span: Span | None) -> tuple[Value, int]:
    key, used = resource_key(path, span)
    for error in _resource_problems(instance, key, path[used:], span):
        raise error
    return (_not_yet() if instance.world.is_static else instance.resource(key).object()), used


def _not_yet() -> Unknown:
    return Unknown(NOT_YET, None, DYNAMIC)


def _resource_problems(
    instance: ModuleInstance, key: ResourceKey, rest: Path, span: Span | None
) -> Iterator[UndeclaredError]:
    """What the declaration alone tells to be wrong with a reference; `rest` are the steps behind the resource."""
    declaration = instance.module.resources.get(key)
    if declaration is None:
        yield _undeclared_resource(instance, key, span)
        return
    if not rest:
        return
    address = resource_address(key)
    is_indexed = not isinstance(rest[0], str)
    repeats = [name for name in ("count", "for_each") if declaration.argument(name) is not None]
    if is_indexed and not repeats:
        yield UndeclaredError(
            "Unexpected resource instance key",
            f'Because {address} does not have "count" or "for_each" set, references to it must not include an index '
            "key. "
            "Remove the bracketed index to refer to the single instance of this resource.",
            span,
        )
    for name in repeats if not is_indexed else ():
        example = {"count": "count.index", "for_each": "each.key"}[name]
        yield UndeclaredError(
            "Missing resource instance key",
            f'Because {address} has "{name}" set, its attributes must be accessed on specific instances.'
            f"\n\nFor example, to correlate with indices of a referring resource, use:\n    {address}[{example}]",
            span,
        )
    attribute = rest[1:2] if is_indexed else rest[:1]
    if attribute and isinstance(attribute[0], str):
        yield from _attribute_problems(key, attribute[0], span)


def _undeclared_resource(instance: ModuleInstance, key: ResourceKey, span: Span | None) -> UndeclaredError:
    mode, type, name = key
    hint = ""
    if mode == "managed" and ("data", type, name) in instance.module.resources:
        hint = f"\n\nDid you mean the data resource data.{type}.{name}?"
    return UndeclaredError(
        "Reference to undeclared resource",
        f'A {mode} resource "{type}" "{name}" has not been declared in {instance.display_name}.{hint}',
        span,
    )


def _attribute_problems(key: ResourceKey, name: str, span: Span | None) -> Iterator[UndeclaredError]:
    from enclint.frontends.terraform.builtin import BUILTIN

    known = BUILTIN.get(key[:2])
    if name == "count":
        yield UndeclaredError(
            "Invalid resource count attribute",
            'The special "count" attribute is no longer supported after Terraform v0.12. Instead, use '
            f"length({resource_address(key)}) to count resource instances.",
            span,
        )
    elif known is not None and name not in known:
        yield UndeclaredError(
            "Unsupported attribute",
            f'This object has no argument, nested block, or exported attribute named "{name}".'
            f"{_suggestion(name, known)}",
            span,
        )


def _path(instance: ModuleInstance, path: Path, span: Span | None) -> tuple[Value, int]:
    name = _attribute(path, span)
    if name == "module":
        relative = posixpath.relpath(instance.module.path, instance.world.root_path)
        return string(relative), 2
    if name == "root":
        return string("."), 2
    if name == "cwd":
        return string(instance.world.directory), 2
    raise UndeclaredError(
        'Invalid "path" attribute',
        f'The "path" object does not have an attribute named "{name}".{_suggestion(name, ("cwd", "module", "root"))}',
        span,
    )


def _terraform(instance: ModuleInstance, path: Path, span: Span | None) -> tuple[Value, int]:
    name = _attribute(path, span)
    if name == "workspace":
        workspace = instance.world.workspace
        if workspace is not None:
            return string(workspace), 2
        reason = "the workspace is not known"
        not_null = {"not_null": True}
        return Unknown(reason, None, STRING, identity="terraform.workspace", refinement=not_null), 2
    if name == "applying":
        from enclint.frontends.terraform.types import BOOL
        from enclint.frontends.terraform.values import HAS_EPHEMERAL

        applying = Unknown("`terraform.applying` is ephemeral", None, BOOL, refinement={"not_null": True})
        applying.flags |= HAS_EPHEMERAL
        return applying, 2
    detail = (
        'The terraform.env attribute was deprecated in v0.10 and removed in v0.12. The "state environment" concept was '
        'renamed to "workspace" in v0.12, and so the workspace name can now be accessed using the terraform.workspace '
        "attribute."
        if name == "env"
        else f'The "terraform" object does not have an attribute named "{name}". The only supported attributes are '
        "terraform.workspace, the name of the currently-selected workspace, and terraform.applying, a boolean which is "
        "true only during apply."
    )
    raise UndeclaredError('Invalid "terraform" attribute', detail, span)


def _count(instance: ModuleInstance, path: Path, span: Span | None) -> NoReturn:
    """Reached where `count` is not set, or for an attribute that it does not have."""
    del instance
    name = _attribute(path, span)
    if name != "index":
        raise UndeclaredError(
            'Invalid "count" attribute',
            f'The "count" object does not have an attribute named "{name}". The only supported attribute is '
            'count.index, which is the index of each instance of a resource block that has the "count" argument set.',
            span,
        )
    raise UndeclaredError(
        'Reference to "count" in non-counted context',
        'The "count" object can only be used in "module", "resource", and "data" ' + _REPEATING.format("count"),
        span,
    )


def _each(instance: ModuleInstance, path: Path, span: Span | None) -> NoReturn:
    del instance
    name = _attribute(path, span)
    if name not in ("key", "value"):
        raise UndeclaredError(
            'Invalid "each" attribute',
            f'The "each" object does not have an attribute named "{name}". The supported attributes are each.key and '
            'each.value, the current key and value pair of the "for_each" attribute set.',
            span,
        )
    if name == "value":
        raise UndeclaredError(
            "each.value cannot be used in this context",
            'A reference to "each.value" has been used in a context in which it is unavailable, such as when the '
            'configuration no longer contains the value in its "for_each" expression. Remove this reference to '
            "each.value in your configuration to work around this error.",
            span,
        )
    raise UndeclaredError(
        'Reference to "each" in context without for_each',
        'The "each" object can be used only in "module" or "resource" ' + _REPEATING.format("for_each"),
        span,
    )


def _self(instance: ModuleInstance, path: Path, span: Span | None) -> NoReturn:
    del instance, path
    raise UndeclaredError(
        'Invalid "self" reference',
        'The "self" object is not available in this context. This object can be used only in resource provisioner, '
        "connection, and postcondition blocks.",
        span,
    )


def _reserved(instance: ModuleInstance, path: Path, span: Span | None) -> NoReturn:
    del instance
    raise UndeclaredError(
        "Reserved symbol name",
        f'The symbol name "{path[0]}" is reserved for use in a future Terraform version. If you are using a provider '
        'that already uses this as a resource type name, add the prefix "resource." to force interpretation as a '
        "resource type name.",
        span,
    )


_RESERVED: Final = ("template", "lazy", "arg")

_CHECKERS: Final[dict[str, Callable[[ModuleInstance, Path, Span | None], str]]] = {
    "local": _declared_local,
    "var": _declared_variable,
    "module": _declared_call,
}

_HANDLERS: Final[dict[str, Callable[[ModuleInstance, Path, Span | None], tuple[Value, int]]]] = {
    "local": _local,
    "var": _variable,
    "module": _module,
    "path": _path,
    "terraform": _terraform,
    "count": _count,
    "each": _each,
    "self": _self,
    **dict.fromkeys(_RESERVED, _reserved),
}
