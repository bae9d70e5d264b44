"""References and arguments that are wrong whatever the values are: what `terraform validate` would find."""

from __future__ import annotations

from enclint.frontends.terraform.builtin import PROVIDER
from enclint.frontends.terraform.diagnostics import Diagnostic, Stage, did_you_mean, of_error
from enclint.frontends.terraform.errors import UndeclaredError
from enclint.frontends.terraform.names import problems, resource_address, resource_key
from enclint.frontends.terraform.provider_bodies import body_of
from enclint.frontends.terraform.references import references
from enclint.frontends.terraform.resources import META_ARGUMENTS, META_BLOCKS
from enclint.frontends.terraform.syntax import Key, String, Tuple, Variable
from enclint.frontends.terraform.validation import bodies
from enclint.frontends.terraform.validation.block_parts import SINGLE_REFERENCE
from enclint.frontends.terraform.validation.provider_bodies import check_provider_body
from enclint.frontends.terraform.values import quoted
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.frontends.terraform.declarations import Argument, Content, Declaration
    from enclint.frontends.terraform.module import ResourceKey
    from enclint.frontends.terraform.scope import Path
    from enclint.frontends.terraform.tree import ModuleInstance
    from enclint.frontends.terraform.validation.skeleton import Node
    from enclint.source import Source

_NAMES: Final = {"count": ("index",), "each": ("key", "value")}
_FREE: Final = frozenset({"source", "version", "providers", "iterator"})
"""Arguments of Terraform's own that are no expressions."""


def check_references(node: Node) -> Iterator[Diagnostic]:
    """What is wrong with the references and resource bodies of a module."""
    instance = node.instance
    module = instance.module
    for name, local in module.locals.items():
        yield from _local(instance, name, local)
    for name, variable in module.variables.items():
        for validation in variable.content.blocks_of("validation"):
            yield from _block(instance, validation, frozenset())
        del name
    for output in module.outputs.values():
        yield from _block(instance, output, frozenset())
    for call in module.calls.values():
        yield from _repeated(instance, call)
    for key, resource in module.resources.items():
        yield from _resource(instance, key, resource)
    for provider in module.providers.values():
        yield from _block(instance, provider, frozenset())
    for check in module.checks.values():
        for assertion in check.content.blocks_of("assert"):
            yield from _block(instance, assertion, frozenset())
    yield from _imports(instance)


def _local(instance: ModuleInstance, name: str, argument: Argument) -> Iterator[Diagnostic]:
    for reference in references(argument.attribute.expression):
        if reference.path[:2] == ("local", name):
            detail = f"Local value local.{name} cannot use its own result as part of its expression."
            yield Diagnostic("Self-referencing local value", detail, _span(argument.source, reference), Stage.VALIDATE)
            return
    yield from _expression(instance, argument, frozenset())


def _expression(
    instance: ModuleInstance, argument: Argument, bound: frozenset[str], own: ResourceKey | None = None
) -> Iterator[Diagnostic]:
    """What is wrong with the references of one expression. `bound`: roots that stand for something here."""
    for reference in references(argument.attribute.expression):
        path = reference.path
        span = _span(argument.source, reference)
        if own is not None and (itself := _itself(path, own)):
            detail = f"Configuration for {itself} may not refer to itself."
            yield Diagnostic("Self-referential block", detail, span, Stage.VALIDATE)
            continue
        root = str(path[0])
        if root in bound and (root not in _NAMES or (len(path) > 1 and path[1] in _NAMES[root])):
            continue
        for error in problems(instance, path, span):
            yield of_error(error, Stage.VALIDATE)


def _span(source: Source, reference: Variable) -> Span:
    return Span(source, reference.start, reference.end)


def _itself(path: Path, own: ResourceKey) -> str:
    """The address of the resource itself, if a reference leads there; else ""."""
    try:
        key, used = resource_key(path, None)
    except UndeclaredError:
        return ""
    if key != own or path[0] in ("var", "local", "module"):
        return ""
    index = path[used] if len(path) > used else None
    address = resource_address(key)
    if isinstance(index, Key):
        return f"{address}[{quoted(index.value) if isinstance(index.value, str) else index.value}]"
    return address


def _block(
    instance: ModuleInstance, declaration: Declaration, bound: frozenset[str], own: ResourceKey | None = None
) -> Iterator[Diagnostic]:
    """What is wrong with the references of a block and of those nested in it."""
    if declaration.block.type == "dynamic":
        yield from _dynamic(instance, declaration, bound, own)
        return
    for name, argument in declaration.content.arguments.items():
        if name == "depends_on":
            yield from _dependencies(instance, argument)
        elif name not in _FREE:
            yield from _expression(instance, argument, bound, own)
    for nested in declaration.content.blocks:
        yield from _block(instance, nested, bound, own)


def _dynamic(
    instance: ModuleInstance, declaration: Declaration, bound: frozenset[str], own: ResourceKey | None
) -> Iterator[Diagnostic]:
    yield from bodies.check_labels(declaration, ("type",), Stage.VALIDATE)
    if len(declaration.block.labels) != 1:
        return
    yield from bodies.check_body(declaration, bodies.DYNAMIC, Stage.VALIDATE)
    contents = declaration.content.blocks_of("content")
    if not contents and declaration.argument("for_each") is not None:
        detail = (
            'A dynamic block must have a nested block of type "content" to describe the body of each generated block.'
        )
        yield Diagnostic("Missing dynamic content block", detail, declaration.header, Stage.VALIDATE)
    if len(contents) > 1:
        detail = "Only one nested content block is allowed for each dynamic block."
        yield Diagnostic("Extraneous dynamic content block", detail, contents[1].definition, Stage.VALIDATE)
    for_each = declaration.argument("for_each")
    if for_each is not None:
        yield from _expression(instance, for_each, bound, own)
    iterator = declaration.argument("iterator")
    name = declaration.block.labels[0] if declaration.block.labels else ""
    if iterator is not None:
        expression = iterator.attribute.expression
        if not isinstance(expression, Variable):
            yield Diagnostic("Invalid expression", SINGLE_REFERENCE, iterator.span, Stage.VALIDATE)
            return
        if len(expression.path) != 1:
            detail = "Dynamic iterator must be a single variable name."
            yield Diagnostic("Invalid dynamic iterator name", detail, iterator.span, Stage.VALIDATE)
            return
        name = str(expression.path[0])
    for content in contents:
        yield from _block(instance, content, bound | {name}, own)


def _dependencies(instance: ModuleInstance, argument: Argument) -> Iterator[Diagnostic]:
    expression = argument.attribute.expression
    for item in expression.items if isinstance(expression, Tuple) else ():
        if not isinstance(item, Variable):
            continue
        span = _span(argument.source, item)
        found = problems(instance, item.path, span)
        for error in found:
            yield of_error(error, Stage.VALIDATE)
        if not found and not _is_whole(item.path):
            detail = (
                "References in depends_on must be to a whole object (resource, etc), not to an attribute of an object."
            )
            yield Diagnostic("Invalid depends_on reference", detail, span, Stage.VALIDATE)


def _is_whole(path: Path) -> bool:
    """Whether a reference is to a thing, not to a part of it."""
    if path[0] in ("var", "local", "module"):
        return len([step for step in path if isinstance(step, str)]) <= 2
    try:
        _, used = resource_key(path, None)
    except UndeclaredError:
        return True
    return not any(isinstance(step, str) for step in path[used:])


def _repeated(instance: ModuleInstance, call: Declaration) -> Iterator[Diagnostic]:
    """The references of a module call."""
    bound = _bound_in(call)
    for name, argument in call.content.arguments.items():
        if name == "depends_on":
            yield from _dependencies(instance, argument)
        elif name in ("count", "for_each"):
            yield from _expression(instance, argument, frozenset())
        elif name not in _FREE:
            yield from _expression(instance, argument, bound)


def _bound_in(declaration: Declaration) -> frozenset[str]:
    """The names that `count` or `for_each` bring into a block."""
    if declaration.argument("count") is not None:
        return frozenset({"count"})
    return frozenset({"each"}) if declaration.argument("for_each") is not None else frozenset()


def _resource(instance: ModuleInstance, key: ResourceKey, declaration: Declaration) -> Iterator[Diagnostic]:
    bound = _bound_in(declaration)
    own = key if key[0] == "managed" else None
    content = declaration.content
    for name, argument in content.arguments.items():
        if name in ("count", "for_each"):
            yield from _expression(instance, argument, frozenset(), own)
        elif name == "depends_on":
            yield from _dependencies(instance, argument)
    yield from _type(key, declaration)
    yield from _body(key, declaration, content)
    for name, argument in content.arguments.items():
        if name not in META_ARGUMENTS:
            yield from _expression(instance, argument, bound, own)
    for nested in content.blocks:
        type = nested.block.type
        if type == "lifecycle":
            yield from _lifecycle(instance, key, nested, bound)
        elif type == "dynamic" and key[:2] in bodies.RESOURCES:
            continue
        elif key[0] == "managed" and type in ("connection", "provisioner"):
            yield from _provisioner(instance, nested, bound | {"self"})
        else:
            yield from _block(instance, nested, bound, own)


def _type(key: ResourceKey, declaration: Declaration) -> Iterator[Diagnostic]:
    """Types that the built-in provider does not have."""
    mode, type, _ = key
    if type.partition("_")[0] != "terraform" or (mode, type) in bodies.RESOURCES:
        return
    hint = did_you_mean(type, [each for of_mode, each in bodies.RESOURCES if of_mode == mode])
    suggestion = f' Did you mean "{hint}"?' if hint else ""
    if mode == "data":
        detail = f'The provider {PROVIDER} does not support data source "{type}".{suggestion}'
        yield Diagnostic("Invalid data source", detail, declaration.header, Stage.VALIDATE)
    else:
        detail = f'The provider {PROVIDER} does not support resource type "{type}".{suggestion}'
        yield Diagnostic("Invalid resource type", detail, declaration.header, Stage.VALIDATE)


def _body(key: ResourceKey, declaration: Declaration, content: Content) -> Iterator[Diagnostic]:
    schema = bodies.RESOURCES.get(key[:2])
    if schema is None:
        if key[0] == "managed":
            yield from check_provider_body(key[1], declaration)
        return
    besides = META_ARGUMENTS | META_BLOCKS
    if key[0] == "data":
        besides -= {"connection", "provisioner"}
    yield from bodies.unexpected(content, schema, Stage.VALIDATE, besides, is_open=True, is_merged=True)
    yield from bodies.missing(declaration, content, schema, Stage.VALIDATE)
    for name in ("id", "output"):
        if key[0] == "managed" and name in content.arguments:
            yield Diagnostic(f'"{name}" attribute is read-only', "", None, Stage.VALIDATE)


def _lifecycle(
    instance: ModuleInstance, key: ResourceKey, declaration: Declaration, bound: frozenset[str]
) -> Iterator[Diagnostic]:
    ignored = declaration.argument("ignore_changes")
    schema = bodies.RESOURCES.get(key[:2])
    body = body_of(key[1]) if key[0] == "managed" else None
    known = schema.arguments if schema is not None else (*body.arguments, *body.blocks) if body is not None else ()
    if ignored is not None and known and isinstance(ignored.attribute.expression, Tuple):
        for item in ignored.attribute.expression.items:
            name = item.value if isinstance(item, String) else item.path[0] if isinstance(item, Variable) else ""
            slip = did_you_mean(str(name), list(known)) if name not in known else ""
            if name not in known and (slip or schema is not None):
                hint = f' Did you mean "{slip}"?' if slip else ""
                detail = f'This object has no argument, nested block, or exported attribute named "{name}".{hint}'
                span = Span(ignored.source, item.start, item.end)
                yield Diagnostic("Unsupported attribute", detail, span, Stage.VALIDATE)
            elif name in ("id", "output"):
                yield _redundant(str(name), instance, key)
    replaced = declaration.argument("replace_triggered_by")
    if replaced is not None:
        yield from _replacements(instance, replaced)
    for nested in declaration.content.blocks:
        inner = bound | {"self"} if nested.block.type == "postcondition" else bound
        yield from _block(instance, nested, inner)
        if nested.block.type == "precondition":
            yield from _no_self(nested)


def _no_self(declaration: Declaration) -> Iterator[Diagnostic]:
    """Terraform's second complaint about `self` in a precondition."""
    for argument in declaration.content.arguments.values():
        for reference in references(argument.attribute.expression):
            if reference.path[0] == "self":
                detail = 'There is no variable named "self".'
                yield Diagnostic("Unknown variable", detail, _span(argument.source, reference), Stage.VALIDATE)


def _redundant(name: str, instance: ModuleInstance, key: ResourceKey) -> Diagnostic:
    return Diagnostic(
        "Redundant ignore_changes element",
        "Adding an attribute name to ignore_changes tells Terraform to ignore future changes to the argument in "
        "configuration after the object has been created, retaining the value originally configured.\n\nThe attribute "
        f"{name} is decided by the provider alone and therefore there can be no configured value to compare with.",
        instance.module.resources[key].definition,
        Stage.VALIDATE,
        is_warning=True,
    )


def _replacements(instance: ModuleInstance, argument: Argument) -> Iterator[Diagnostic]:
    for reference in references(argument.attribute.expression):
        if reference.path[0] in ("count", "each"):
            continue
        try:
            key, _ = resource_key(reference.path, None)
        except UndeclaredError:
            continue
        if key not in instance.module.resources:
            detail = f"A resource {resource_address(key)} has not been declared in {instance.display_name}"
            span = _span(argument.source, reference)
            yield Diagnostic("Reference to undeclared resource", detail, span, Stage.VALIDATE)


def _provisioner(instance: ModuleInstance, declaration: Declaration, bound: frozenset[str]) -> Iterator[Diagnostic]:
    type = declaration.block.labels[0] if declaration.block.labels else ""
    schema = bodies.CONNECTION if declaration.block.type == "connection" else bodies.PROVISIONERS.get(type)
    if schema is None:
        detail = (
            f"This configuration requires provisioner plugin \"{type}\", which isn't available. If you're intending to "
            "use an external provisioner plugin, you must install it manually into one of the plugin search "
            "directories before running Terraform."
        )
        yield Diagnostic("Missing required provisioner plugin", detail, None, Stage.CONNECT)
        return
    if declaration.block.type == "provisioner":
        besides = {*bodies.PROVISIONER.arguments, *bodies.PROVISIONER.blocks}
        yield from bodies.unexpected(declaration.content, schema, Stage.VALIDATE, besides)
        yield from bodies.missing(declaration, declaration.content, schema, Stage.VALIDATE)
    for name, argument in declaration.content.arguments.items():
        if name not in bodies.PROVISIONER.arguments:
            yield from _expression(instance, argument, bound)
    for nested in declaration.content.blocks:
        yield from _block(instance, nested, bound)


def _imports(instance: ModuleInstance) -> Iterator[Diagnostic]:
    for declaration in instance.module.imports:
        bound = frozenset({"each"}) if declaration.argument("for_each") is not None else frozenset[str]()
        for name in ("for_each", "id"):
            argument = declaration.argument(name)
            if argument is not None:
                yield from _expression(instance, argument, bound if name == "id" else frozenset())
