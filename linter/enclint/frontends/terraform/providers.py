"""Provider configurations: which one serves a resource, and what it says.

A module gets the default configurations of its caller by itself, others through `providers`.
Source: https://developer.hashicorp.com/terraform/language/modules/develop/providers
"""

from __future__ import annotations

from enclint.frontends.terraform.blocks import block_list
from enclint.frontends.terraform.builtin import PROVIDER
from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.evaluate import evaluate
from enclint.frontends.terraform.syntax import Object, ObjectKey, String, Variable
from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple
from enclint.model.resource import Provider
from enclint.model.value import Absent, Known, Unknown, Value

if TYPE_CHECKING:
    from enclint.frontends.terraform.declarations import Declaration
    from enclint.frontends.terraform.module import Module
    from enclint.frontends.terraform.resources import ResourceInstance
    from enclint.frontends.terraform.syntax import Expression
    from enclint.frontends.terraform.tree import ModuleInstance

NO_REGION: Final = "the provider's region is not in the code: it comes from the environment"
_META: Final = frozenset({"alias", "version"})


class ProviderName(NamedTuple):
    """A provider configuration as a module calls it: the provider's local name and an alias, "" for the default."""

    name: str
    alias: str

    def __str__(self) -> str:
        return f"{self.name}.{self.alias}" if self.alias else self.name


class _Place(NamedTuple):
    """Where a provider is configured: the module instance, and its name there."""

    module: ModuleInstance
    name: ProviderName


class Providers:
    """The provider configurations of one root, each made once."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, ...], Provider] = {}
        self._places: dict[tuple[str, ProviderName], _Place] = {}

    def of(self, instance: ResourceInstance) -> Provider:
        """The configuration that serves a resource instance, in the Region that the resource says, if it says one."""
        resource = instance.resource
        provider = self.named(resource.module, _named_by(resource.declaration, resource.key[1]))
        if "region" not in resource.declaration.content.arguments or not resource.key[1].startswith("aws_"):
            return provider
        region = instance.argument("region")
        if isinstance(region, Absent) or (isinstance(region, Known) and region.data is None):
            return provider
        text = region.data if isinstance(region, Known) else instance.address
        return provider._replace(key=f"{provider.key}@{text}", region=region)

    def named(self, module: ModuleInstance, name: ProviderName) -> Provider:
        """The configuration that a module instance knows by a name."""
        place = self._place(module, name)
        key = (place.module.prefix, *place.name)
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = _configuration(place)
        return made

    def _place(self, module: ModuleInstance, name: ProviderName) -> _Place:
        """Where the configuration stands that a module instance knows by a name."""
        known = self._places.get((module.prefix, name))
        if known is None:
            known = self._places[module.prefix, name] = self._find(module, name)
        return known

    def _find(self, module: ModuleInstance, name: ProviderName) -> _Place:
        declared = module.module.providers.get(str(name))
        passed = passed_providers(module.call.declaration).get(name) if module.call is not None else None
        if module.parent is None or (declared is not None and (passed is None or declared.block.items)):
            return _Place(module, name)
        if passed is not None:
            return self._place(module.parent, passed)
        if name.alias:
            return _Place(module, name)
        return self._place(module.parent, ProviderName(_parent_name(module, name.name), ""))


def provider_of(instance: ResourceInstance) -> Provider:
    """The configuration that serves a resource instance."""
    return instance.resource.module.world.providers.of(instance)


def _named_by(declaration: Declaration, type: str) -> ProviderName:
    """The configuration that a resource asks for: by `provider`, or by the beginning of its type's name."""
    argument = declaration.argument("provider")
    named = provider_name(argument.attribute.expression) if argument is not None else None
    return named or ProviderName(type.partition("_")[0], "")


def provider_name(expression: Expression | ObjectKey) -> ProviderName | None:
    """`aws` or `aws.us`, in quotes or not; None for anything else."""
    if isinstance(expression, ObjectKey):
        return ProviderName(expression.name, "")
    if isinstance(expression, String):
        name, _, alias = expression.value.partition(".")
        return ProviderName(name, alias)
    if isinstance(expression, Variable) and all(isinstance(step, str) for step in expression.path):
        steps = [str(step) for step in expression.path]
        if len(steps) <= 2:
            return ProviderName(steps[0], steps[1] if len(steps) == 2 else "")
    return None


def passed_providers(call: Declaration) -> dict[ProviderName, ProviderName]:
    """What a module call's `providers` says: the configuration's name in the child to that in the parent."""
    argument = call.argument("providers")
    expression = argument.attribute.expression if argument is not None else None
    passed: dict[ProviderName, ProviderName] = {}
    for key, value in expression.items if isinstance(expression, Object) else ():
        child, parent = provider_name(key), provider_name(value)
        if child is not None and parent is not None:
            passed[child] = parent
    return passed


def _parent_name(module: ModuleInstance, name: str) -> str:
    """The parent's local name for the provider that a module calls `name`: the one of the same source."""
    if module.parent is None:
        return name
    source = provider_source(module.module, name)
    for other, each in required_sources(module.parent.module).items():
        if each == source:
            return other
    return source.rpartition("/")[2]


def provider_source(module: Module, name: str) -> str:
    """The full source address of a provider by its local name."""
    if name == "terraform":
        return PROVIDER
    return required_sources(module).get(name, f"registry.terraform.io/hashicorp/{name}")


def provider_of_function(module: Module, name: str) -> str | None:
    """The source of the provider that `provider::NAME::function` belongs to; None if the module does not require it."""
    return required_sources(module).get(name.split("::")[1])


def required_sources(module: Module) -> dict[str, str]:
    """Local name to full source address, as the module's `required_providers` say."""
    sources: dict[str, str] = {}
    for settings in module.settings:
        for block in settings.content.blocks_of("required_providers"):
            for name, argument in block.content.arguments.items():
                expression = argument.attribute.expression
                source = f"hashicorp/{name}"
                for key, value in expression.items if isinstance(expression, Object) else ():
                    word = key.name if isinstance(key, ObjectKey) else getattr(key, "value", None)
                    if word == "source" and isinstance(value, String):
                        source = value.value
                sources[name] = _full_source(source)
    return sources


def _full_source(source: str) -> str:
    parts = source.lower().split("/")
    if len(parts) == 1:
        parts = ["hashicorp", *parts]
    return "/".join(parts if len(parts) == 3 else ["registry.terraform.io", *parts])


def _configuration(place: _Place) -> Provider:
    module, name = place
    key = f"{module.prefix.rstrip('.')}:{name}".lstrip(":")
    declaration = module.module.providers.get(str(name))
    if declaration is None:
        return Provider(key, Unknown(NO_REGION, identity=f"region of {key}"), Absent(), {})
    settings = {
        argument: _setting(module, declaration, argument)
        for argument in declaration.content.arguments
        if argument not in _META
    }
    for each in declaration.content.blocks:
        type = each.block.labels[0] if each.block.type == "dynamic" and each.block.labels else each.block.type
        if type not in settings:
            settings[type] = block_list(declaration.content, type, module.scope, module.failed)
    region = settings.get("region")
    if region is None or (isinstance(region, Known) and region.data is None):
        region = Unknown(NO_REGION, declaration.header, identity=f"region of {key}")
    return Provider(key, region, _default_tags(settings.get("default_tags")), settings)


def _setting(module: ModuleInstance, declaration: Declaration, name: str) -> Value:
    argument = declaration.content.arguments[name]
    try:
        value = evaluate(argument.attribute.expression, module.scope(argument.source))
    except EvaluationError as error:
        return module.failed(error, argument.span)
    return value.at(argument.span)


def _default_tags(blocks: Value | None) -> Value:
    """The `tags` of the (only) `default_tags` block."""
    if blocks is None:
        return Absent()
    if isinstance(blocks, Known) and blocks.data.__class__ is list and blocks.data:
        blocks = blocks.data[0]
    if isinstance(blocks, Known) and blocks.data.__class__ is dict:
        tags: Value = blocks.data.get("tags", Absent(blocks.span))
        return tags
    return blocks if isinstance(blocks, Unknown) else Unknown("the default tags are not decided", blocks.span)
