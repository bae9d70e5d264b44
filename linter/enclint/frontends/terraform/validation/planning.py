"""What the values come to: everything is evaluated, conditions are tested, imports are told."""

from __future__ import annotations

from functools import partial

from enclint.frontends.terraform.convert import ConversionError, convert
from enclint.frontends.terraform.diagnostics import Diagnostic, Stage, of_error, range_text
from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.evaluate import evaluate
from enclint.frontends.terraform.names import resource_address
from enclint.frontends.terraform.project import MAX_MODULE_INSTANCES
from enclint.frontends.terraform.providers import ProviderName
from enclint.frontends.terraform.types import BOOL, STRING
from enclint.frontends.terraform.validation.cycles import check_address, dependents, in_order, variable_address
from enclint.frontends.terraform.validation.every_error import every_error
from enclint.frontends.terraform.validation.provider_bodies import check_types
from enclint.frontends.terraform.values import HAS_EPHEMERAL, is_null, is_sensitive
from enclint.lean_typing import TYPE_CHECKING, Any, Final, NamedTuple
from enclint.model.value import Known, Unknown, first_reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from enclint.frontends.terraform.declarations import Argument, Declaration
    from enclint.frontends.terraform.module import ResourceKey
    from enclint.frontends.terraform.resources import ResourceInstance
    from enclint.frontends.terraform.scope import Scope
    from enclint.frontends.terraform.tree import ModuleInstance
    from enclint.model.value import Value
    from enclint.source import Source, Span

PASS: Final = "pass"  # noqa: S105 -- the word for a condition that holds
FAIL: Final = "fail"
UNKNOWN: Final = "unknown"
ERROR: Final = "error"
_WORST_FIRST: Final = (ERROR, FAIL, UNKNOWN, PASS)

_NO_MESSAGE: Final = (
    "This check failed, but has an invalid error message as described in the other accompanying messages."
)


class Outcome(NamedTuple):
    """What came of the conditions of one object: the worst status, and the messages of those that failed."""

    status: str
    problems: tuple[str, ...] = ()

    def and_then(self, other: Outcome) -> Outcome:
        """The outcome of both."""
        status = min(self.status, other.status, key=_WORST_FIRST.index)
        return Outcome(status, self.problems + other.problems)


class Plan:
    """Evaluates a root module and all below it, and keeps what is to be said."""

    def __init__(self, root: ModuleInstance, graph: dict[str, list[str]]) -> None:
        self._root = root
        self._graph = graph
        self._diagnostics: list[Diagnostic] = []
        self._said: list[tuple[str, Diagnostic]] = []
        self._known_addresses: set[str] | None = None
        self.outcomes: dict[str, Outcome] = {}
        order = {address: place for place, address in enumerate(in_order(graph))}
        tasks = [task for instance in _module_instances(root) for task in self._tasks(instance)]
        for address, work in sorted(tasks, key=lambda task: order.get(task[0], len(order))):
            self._keep("")
            work()
            self._keep(address)

    def _keep(self, address: str) -> None:
        """Note what has been said since the last time, and of what."""
        for collected in (self._diagnostics, self._root.world.diagnostics):
            self._said += [(address, each) for each in collected]
            collected.clear()

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """Everything that is wrong, but for what refers to something wrong: Terraform does not get there."""
        self._keep("")
        wrong = {address for address, each in self._said if address and not each.is_warning}
        unreached = dependents(self._graph, wrong)
        return [each for address, each in self._said if address not in unreached]

    def _tasks(self, instance: ModuleInstance) -> Iterator[tuple[str, Callable[[], object]]]:
        """What is to be done in a module instance, and the address in the graph that it belongs to."""
        prefix = f"{instance.static_name}." if instance.static_name else ""
        for name in instance.module.variables:
            yield variable_address(prefix, name), partial(self._variable, instance, name)
        for name, local in instance.module.locals.items():
            work = partial(self._attempt, partial(instance.local, name), local, instance.scope(local.source))
            yield f"{prefix}local.{name} (expand)", work
        for provider in instance.module.providers:
            name, _, alias = provider.partition(".")
            yield "", partial(instance.world.providers.named, instance, ProviderName(name, alias))
        for key in instance.module.resources:
            yield prefix + resource_address(key), partial(self._resources, instance, key)
        for name in instance.module.outputs:
            yield f"{prefix}output.{name} (expand)", partial(self._output, instance, name)
        for name, check in instance.module.checks.items():
            yield check_address(prefix, name), partial(self._check, instance, name, check)

    def _resources(self, instance: ModuleInstance, key: ResourceKey) -> None:
        """All instances of a resource."""
        resource = instance.resource(key)
        for each in resource.instances():
            self._resource(each)
        if _has_conditions(resource.declaration):
            self._record(_static_address(each.address for each in resource.instances()) or resource.address, PASS)

    def _attempt(
        self, compute: Callable[[], Value], argument: Argument | None = None, scope: Scope | None = None
    ) -> Value | None:
        """What something comes to; None, and a diagnostic, where it fails.

        With `argument` and `scope`, the expression that is computed: a diagnostic for each part of it that fails.
        """
        try:
            return compute()
        except EvaluationError as error:
            self._diagnostics.append(of_error(error, Stage.PLAN))
            if argument is not None and scope is not None:
                self._keep_every_error(argument, scope)
            return None

    def _keep_every_error(self, argument: Argument, scope: Scope) -> None:
        found = every_error(argument.attribute.expression, scope)
        self._diagnostics += [of_error(error, Stage.PLAN, argument.span) for error in found]

    def _evaluate(self, argument: Argument, scope: Scope) -> Value | None:
        return self._attempt(lambda: evaluate(argument.attribute.expression, scope))

    def _complain(self, summary: str, detail: str, span: Span | None, *, is_warning: bool = False) -> None:
        self._diagnostics.append(Diagnostic(summary, detail, span, Stage.PLAN, is_warning))

    def _record(self, address: str, status: str, *problems: str) -> None:
        outcome = Outcome(status, tuple(each for each in problems if each != _NO_MESSAGE))
        known = self.outcomes.get(address)
        self.outcomes[address] = outcome if known is None else known.and_then(outcome)

    def _variable(self, instance: ModuleInstance, name: str) -> None:
        value = self._attempt(lambda: instance.variable(name))
        variable = instance.module.variable(name)
        given = instance.call.declaration.argument(name) if instance.call is not None else None
        if value is None:
            return
        if given is not None and value.flags & HAS_EPHEMERAL and not variable.is_ephemeral:
            self._complain(
                "Ephemeral value not allowed",
                "This input variable is not declared as accepting a ephemeral values, so it cannot be set to a result "
                "derived from an ephemeral value.",
                given.span,
            )
        place = self._place_of_value(instance, name)
        if first_reason(value) in instance.world.failures:
            return
        for validation in variable.declaration.content.blocks_of("validation"):
            address = f"{instance.prefix}var.{name}"
            self._validation(instance, validation, place, _static_address([address]) or address)

    def _place_of_value(self, instance: ModuleInstance, name: str) -> Span:
        """Where the value of a variable is given: in the call, in a file; else the variable itself."""
        if instance.call is not None:
            argument = instance.call.declaration.argument(name)
            if argument is not None:
                return argument.span
        elif (given := instance.world.inputs.values.get(name)) is not None and given.value is not None:
            return given.value.span or instance.module.variables[name].definition
        return instance.module.variables[name].definition

    def _validation(self, instance: ModuleInstance, declaration: Declaration, place: Span, address: str) -> None:
        rule = f"\n\nThis was checked by the validation rule at {range_text(declaration.definition)}."
        condition = _Condition(
            "Invalid variable validation result",
            "Validation condition expression must return either true or false, not null.",
            "Invalid validation condition result value: {}.",
        )
        status, message = self._test(declaration, instance.scope, condition)
        self._record(address, status, *([message] if status == FAIL else ()))
        if status == FAIL:
            self._complain("Invalid value for variable", message + rule, place)

    def _resource(self, instance: ResourceInstance) -> None:
        for name in instance.names():
            before = len(self._root.world.diagnostics)
            value = instance.argument(name)
            set_by = instance.resource.declaration.argument(name)
            if set_by is not None and len(self._root.world.diagnostics) > before:
                self._keep_every_error(set_by, instance.scope(set_by.source))
            if value.flags & HAS_EPHEMERAL:
                argument = instance.resource.declaration.argument(name)
                detail = (
                    f'Ephemeral values are not valid for "{name}", because it is not a write-only attribute and must '
                    "be "
                    "persisted to state."
                )
                self._complain("Invalid use of ephemeral value", detail, argument.span if argument else value.span)
        self._diagnostics += check_types(instance)
        for lifecycle in instance.resource.declaration.content.blocks_of("lifecycle"):
            for nested in lifecycle.content.blocks:
                if nested.block.type in ("precondition", "postcondition"):
                    self._condition(instance, nested)

    def _condition(self, instance: ResourceInstance, declaration: Declaration) -> None:
        type = declaration.block.type
        scope_of = instance.own_scope if type == "postcondition" else instance.scope
        status, message = self._test(declaration, scope_of, _ORDINARY)
        self._record(_static_address([instance.address]) or "", status, *([message] if status == FAIL else ()))
        if status == FAIL:
            self._complain(f"Resource {type} failed", message, _place_of(declaration))

    def _output(self, instance: ModuleInstance, name: str) -> None:
        declaration = instance.module.outputs[name]
        address = _static_address([f"{instance.prefix}output.{name}"]) or ""
        for nested in declaration.content.blocks_of("precondition"):
            status, message = self._test(nested, instance.scope, _ORDINARY)
            self._record(address, status, *([message] if status == FAIL else ()))
            if status == FAIL:
                self._complain("Module output value precondition failed", message, _place_of(nested))
        argument = declaration.argument("value")
        scope = instance.scope(argument.source) if argument is not None else None
        value = self._attempt(lambda: instance.output(name), argument, scope)
        if value is None or argument is None:
            return
        is_ephemeral = _is_true(declaration.argument("ephemeral"))
        if instance.parent is None and is_ephemeral:
            detail = "Ephemeral outputs are not allowed in context of a root module"
            self._complain("Ephemeral output not allowed", detail, declaration.definition)
        elif value.flags & HAS_EPHEMERAL and not is_ephemeral:
            detail = (
                "This output value is not declared as returning an ephemeral value, so it cannot be set to a result "
                "derived from an ephemeral value."
            )
            self._complain("Ephemeral value not allowed", detail, argument.span)
        if instance.parent is None and is_sensitive(value) and not instance.is_sensitive_output(name):
            self._complain(
                "Output refers to sensitive values",
                "To reduce the risk of accidentally exporting sensitive data that was intended to be only internal, "
                "Terraform requires that any root module output containing sensitive data be explicitly marked as "
                "sensitive, to confirm your intent.",
                declaration.definition,
            )

    def _check(self, instance: ModuleInstance, name: str, declaration: Declaration) -> None:
        address = _static_address([f"{instance.prefix}check.{name}"]) or ""
        for assertion in declaration.content.blocks_of("assert"):
            status, message = self._test(assertion, instance.scope, _ORDINARY)
            self._record(address, status, *([message] if status == FAIL else ()))
            place = _place_of(assertion)
            if status == FAIL:
                self._complain("Check block assertion failed", message, place, is_warning=True)
            elif status == UNKNOWN:
                detail = (
                    "The condition could not be evaluated at this time, a result will be known when this plan is "
                    "applied."
                )
                self._complain("Check block assertion known after apply", detail, place, is_warning=True)

    def _test(
        self, declaration: Declaration, scope_of: Callable[[Source], Scope], words: _Condition
    ) -> tuple[str, str]:
        """The status of a condition, and the message if it failed."""
        argument = declaration.argument("condition")
        if argument is None:
            return ERROR, ""
        value = self._evaluate(argument, scope_of(argument.source))
        if value is None:
            return ERROR, ""
        if is_null(value):
            self._complain(words.summary, words.null, argument.span)
            return ERROR, ""
        try:
            result = convert(value, BOOL)
        except ConversionError as error:
            self._complain(words.summary, words.other.format(error.detail), argument.span)
            return ERROR, ""
        if not isinstance(result, Known):
            return UNKNOWN, ""
        if result.data:
            return PASS, ""
        message = self._message(declaration, scope_of)
        return (ERROR, "") if message is None else (FAIL, message)

    def _message(self, declaration: Declaration, scope_of: Callable[[Source], Scope]) -> str | None:
        """The message of a condition that failed; None, and a diagnostic, where it is none.

        Terraform keeps a secret in it to itself, but in the validation of a variable.
        """
        argument = declaration.argument("error_message")
        if argument is None:
            return None
        value = self._evaluate(argument, scope_of(argument.source))
        if value is None:
            return None
        try:
            text = convert(value, STRING)
        except ConversionError as error:
            detail = f"Unsuitable value for error message: {error.detail}."
            self._complain("Invalid error message", detail, argument.span)
            return None
        if is_null(text):
            detail = "Unsuitable value for error message: must not be null."
            self._complain("Invalid error message", detail, argument.span)
            return None
        if is_sensitive(text) and declaration.block.type != "validation":
            detail = (
                "The error expression used to explain this condition refers to sensitive values, so Terraform will not "
                "display the resulting message."
            )
            self._complain("Error message refers to sensitive values", detail, argument.span, is_warning=True)
            return _NO_MESSAGE
        return str(text.data).strip() if isinstance(text, Known) else _NO_MESSAGE

    def imports(self) -> dict[str, str]:
        """The ids of import blocks by the address that they import to."""
        found: dict[str, str] = {}
        root = self._root
        for declaration in root.module.imports:
            target, identifier = declaration.argument("to"), declaration.argument("id")
            if target is None or identifier is None:
                continue
            for scope in self._import_scopes(declaration):
                address = _import_address(target, scope(target.source))
                value = self._evaluate(identifier, scope(identifier.source))
                if value is None or address is None:
                    continue
                text = self._import_id(value, identifier)
                if text is not None:
                    found[address] = text
                self._check_target(address, target)
        return found

    def addresses(self) -> set[str]:
        """The addresses of all instances of resources and modules."""
        if self._known_addresses is None:
            instances = list(_module_instances(self._root))
            self._known_addresses = {each.address for instance in instances for each in _instances(instance)}
            self._known_addresses |= {instance.prefix.rstrip(".") for instance in instances}
        return self._known_addresses

    def _import_scopes(self, declaration: Declaration) -> Iterator[Callable[[Source], Scope]]:
        from enclint.frontends.terraform.expansion import EXISTS, Repetition
        from enclint.frontends.terraform.tree import RepeatedScope
        from enclint.frontends.terraform.values import iterate

        root = self._root
        for_each = declaration.argument("for_each")
        if for_each is None:
            yield root.scope
            return
        collection = self._evaluate(for_each, root.scope(for_each.source))
        if collection is None:
            return
        if not isinstance(collection, Known) or not isinstance(collection.data, (list, dict)):
            if isinstance(collection, Unknown):
                detail = (
                    'The "for_each" expression includes values derived from other resource attributes that cannot be '
                    "determined until apply, and so Terraform cannot determine the full set of values that might be "
                    "used to import this resource."
                )
                self._complain("Invalid for_each argument", detail, for_each.span)
            return
        for key, value in iterate(collection):
            repetition = Repetition(None, EXISTS, "each", {"key": key, "value": value})
            yield lambda source, repetition=repetition: RepeatedScope(root, source, repetition)  # type: ignore[misc]

    def _import_id(self, value: Value, argument: Argument) -> str | None:
        if is_null(value):
            detail = "The import ID cannot be null."
        elif isinstance(value, Unknown):
            detail = (
                'The import block "id" argument depends on resource attributes that cannot be determined until apply, '
                "so "
                "Terraform cannot plan to import this resource."
            )
        else:
            try:
                text = convert(value, STRING)
            except ConversionError as error:
                detail = f"Invalid expression value: {error.detail}."
                self._complain("Incorrect value type", detail, argument.span)
                return None
            else:
                if isinstance(text, Known) and text.data:
                    return str(text.data)
                detail = "The import ID value evaluates to an empty string, please provide a non-empty value."
        self._complain("Invalid import id argument", detail, argument.span)
        return None

    def _misses_key(self, address: str, target: Argument) -> bool:
        """Whether the target has a key where its resource has no instances, or the reverse."""
        from enclint.frontends.terraform.syntax import Variable

        name = _static_address([address]) or address
        kind, _, rest = name.partition(".")
        declaration = self._root.module.resources.get(("managed", kind, rest))
        if declaration is None or not isinstance(target.attribute.expression, Variable):
            return False
        key = "count" if address.endswith("]") and not address.endswith('"]') else "for_each"
        has_key = address != name
        repeats = [each for each in ("count", "for_each") if declaration.argument(each) is not None]
        if has_key and key not in repeats:
            problem = f"does not use {key}"
        elif repeats and not has_key:
            problem = f"is using {repeats[0]}"
        else:
            return False
        self._complain("Invalid import 'to' expression", f"The target resource {problem}.", target.span)
        return True

    def _check_target(self, address: str, target: Argument) -> None:
        resources = self.addresses()
        if address in resources or self._misses_key(address, target):
            return
        declared = {_static_address([each]) for each in resources}
        if _static_address([address]) in declared:
            detail = (
                f"The configuration for the given import {address} does not exist. All target instances must have an "
                "associated configuration to be imported."
            )
            self._complain("Configuration for import target does not exist", detail, None)
            return
        detail = (
            f"The configuration for the given import target {address} does not exist. If you wish to automatically "
            "generate config for this resource, use the -generate-config-out option within terraform plan. Otherwise, "
            "make sure the target resource exists within your configuration. For example:"
        )
        self._complain("Configuration for import target does not exist", detail, target.span)


class _Condition(NamedTuple):
    """The words for a condition that is no bool."""

    summary: str
    null: str
    other: str


_ORDINARY: Final = _Condition(
    "Invalid condition result",
    "Condition expression must return either true or false, not null.",
    "Invalid condition result value: {}.",
)


def _place_of(declaration: Declaration) -> Span:
    argument = declaration.argument("condition")
    return argument.span if argument is not None else declaration.definition


def _is_true(argument: Argument | None) -> bool:
    return argument is not None and getattr(argument.attribute.expression, "value", None) is True


def _has_conditions(declaration: Declaration) -> bool:
    return any(
        nested.block.type in ("precondition", "postcondition")
        for lifecycle in declaration.content.blocks_of("lifecycle")
        for nested in lifecycle.content.blocks
    )


def _module_instances(root: ModuleInstance) -> Iterator[ModuleInstance]:
    pending = [root]
    left = MAX_MODULE_INSTANCES
    while pending and left:
        instance = pending.pop()
        left -= 1
        yield instance
        for name in reversed(instance.module.calls):
            pending += reversed(instance.module_call(name).instances())


def _instances(instance: ModuleInstance) -> Iterator[ResourceInstance]:
    for key in instance.module.resources:
        if key[0] == "managed":
            yield from instance.resource(key).instances()


def _static_address(addresses: Any) -> str | None:
    """The first address without any instance keys."""
    import re

    return next((re.sub(r'\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\]', "", address) for address in addresses), None)


def _import_address(target: Argument, scope: Scope) -> str | None:
    """The address that an import block's `to` stands for, keys evaluated."""
    from enclint.frontends.terraform.expansion import key_text
    from enclint.frontends.terraform.syntax import GetAttribute, Index, Key, Variable

    parts: list[str] = []
    expression: Any = target.attribute.expression
    while True:
        if isinstance(expression, Index):
            try:
                key = evaluate(expression.key, scope)
            except EvaluationError:
                return None
            if not isinstance(key, Known) or not isinstance(key.data, (str, int)):
                return None
            parts.insert(0, key_text(key.data))
            expression = expression.collection
            continue
        if not isinstance(expression, (GetAttribute, Variable)):
            return None
        steps = [key_text(step.value) if isinstance(step, Key) else f".{step}" for step in expression.path]
        parts.insert(0, "".join(steps))
        if isinstance(expression, Variable):
            return "".join(parts).removeprefix(".")
        expression = expression.object
