"""What fails whatever the inputs are: everything is evaluated once with nothing known but what the code itself says.

`terraform validate` knows neither the root's variables nor any resource, module output or instance key, and a plan that
does not get beyond it says nothing of what it would have come to.
Source: https://github.com/hashicorp/terraform/blob/v1.11.4/internal/terraform/node_resource_validate.go
"""

from __future__ import annotations

from enclint.frontends.terraform.diagnostics import Diagnostic, Stage, of_error
from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.evaluate import evaluate
from enclint.frontends.terraform.expansion import ANY, EXISTS, SINGLE, Repetition, expand
from enclint.frontends.terraform.names import NOT_YET
from enclint.frontends.terraform.providers import ProviderName
from enclint.frontends.terraform.resources import ResourceInstance
from enclint.frontends.terraform.tree import ModuleInstance, RepeatedScope, World
from enclint.frontends.terraform.types import DYNAMIC, NUMBER, STRING
from enclint.frontends.terraform.validation.every_error import every_error
from enclint.frontends.terraform.validation.provider_bodies import check_types
from enclint.frontends.terraform.validation.skeleton import every_node, skeleton
from enclint.lean_typing import TYPE_CHECKING
from enclint.model.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.frontends.terraform.declarations import Argument, Declaration
    from enclint.frontends.terraform.module import ResourceKey
    from enclint.frontends.terraform.scope import Scope
    from enclint.model.value import Value


def check_values(root: ModuleInstance) -> list[Diagnostic]:
    """What is wrong with the expressions of a root module and all below it, whatever it is given."""
    given = root.world
    world = World(given.loader, given.root_path, given.inputs, workspace=given.workspace, choices=False)
    world.is_static = True
    for node in every_node(skeleton(ModuleInstance(root.module, world))):
        if node.call is not None:
            node.instance.repetition = _repetition(node.call.declaration)
        _Validation(node.instance).run()
    return [each._replace(stage=Stage.VALIDATE) for each in world.diagnostics if not each.is_warning]


def _repetition(declaration: Declaration) -> Repetition:
    """What `count` and `each` are in a block before anybody knows its instances."""
    if declaration.argument("count") is not None:
        return Repetition(ANY, EXISTS, "count", {"index": Unknown(NOT_YET, None, NUMBER)})
    if declaration.argument("for_each") is not None:
        return Repetition(
            ANY, EXISTS, "each", {"key": Unknown(NOT_YET, None, STRING), "value": Unknown(NOT_YET, None, DYNAMIC)}
        )
    return SINGLE


class _Validation:
    """Evaluates all that stands in one module; what fails is kept by its world."""

    def __init__(self, instance: ModuleInstance) -> None:
        self._instance = instance

    def run(self) -> None:
        instance = self._instance
        module = instance.module
        for name, local in module.locals.items():
            self._attempt(lambda name=name: instance.local(name), local)  # type: ignore[misc]
        for name in module.variables:
            self._attempt(lambda name=name: instance.variable(name))  # type: ignore[misc]
        for provider in module.providers:
            name, _, alias = provider.partition(".")
            instance.world.providers.named(instance, ProviderName(name, alias))
        for call in module.calls.values():
            self._instances(call)
        for key, declaration in module.resources.items():
            self._resource(key, declaration)
        for name, output in module.outputs.items():
            self._conditions(output, ("precondition",), SINGLE)
            self._attempt(lambda name=name: instance.output(name), output.argument("value"))  # type: ignore[misc]
        for check in module.checks.values():
            self._conditions(check, ("assert",), SINGLE)

    def _attempt(self, compute: Callable[[], object], argument: Argument | None = None) -> None:
        """Keep what is wrong with what is computed; with all parts of it, if it is an argument's expression."""
        try:
            compute()
        except EvaluationError as error:
            self._instance.world.diagnostics.append(of_error(error, Stage.VALIDATE))
            if argument is not None:
                self._keep_every_error(argument, self._instance.scope(argument.source))

    def _keep_every_error(self, argument: Argument, scope: Scope) -> None:
        found = every_error(argument.attribute.expression, scope)
        self._instance.world.diagnostics += [of_error(error, Stage.VALIDATE, argument.span) for error in found]

    def _instances(self, declaration: Declaration) -> None:
        count, for_each = declaration.argument("count"), declaration.argument("for_each")
        self._attempt(lambda: expand(count, for_each, lambda each: self._instance.scope(each.source)))

    def _resource(self, key: ResourceKey, declaration: Declaration) -> None:
        self._instances(declaration)
        repetition = _repetition(declaration)
        resource = ResourceInstance(self._instance.resource(key), repetition)
        for name in resource.names():
            before = len(self._instance.world.diagnostics)
            resource.argument(name)
            argument = declaration.argument(name)
            if argument is not None and len(self._instance.world.diagnostics) > before:
                self._keep_every_error(argument, resource.scope(argument.source))
        self._instance.world.diagnostics += check_types(resource)
        for lifecycle in declaration.content.blocks_of("lifecycle"):
            self._conditions(lifecycle, ("precondition", "postcondition"), repetition)

    def _conditions(self, declaration: Declaration, types: tuple[str, ...], repetition: Repetition) -> None:
        itself: Value = Unknown(NOT_YET, None, DYNAMIC)
        for nested in declaration.content.blocks:
            argument = nested.argument("condition") if nested.block.type in types else None
            if argument is not None:
                own = itself if nested.block.type == "postcondition" else None
                scope = RepeatedScope(self._instance, argument.source, repetition, own)
                self._attempt(lambda argument=argument, scope=scope: evaluate(argument.attribute.expression, scope))  # type: ignore[misc]
