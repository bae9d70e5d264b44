"""The module tree: a root module, the modules that it calls, and what the names in each of their instances stand for.

Everything is evaluated when somebody asks for it, and once: a local, a variable, an output, an argument of a resource.
What depends on itself, or is too deep, becomes an Unknown that says so.
"""

from __future__ import annotations

import os

from enclint.frontends.terraform import names
from enclint.frontends.terraform.builtin import PROVIDER
from enclint.frontends.terraform.diagnostics import Stage, of_error
from enclint.frontends.terraform.errors import EvaluationError, LimitError
from enclint.frontends.terraform.evaluate import evaluate
from enclint.frontends.terraform.expansion import EXISTS, SINGLE, key_text
from enclint.frontends.terraform.inputs import Inputs, root_value
from enclint.frontends.terraform.loops import Loops
from enclint.frontends.terraform.providers import Providers, provider_of_function
from enclint.frontends.terraform.scope import Scope
from enclint.frontends.terraform.syntax import Literal
from enclint.frontends.terraform.types import DYNAMIC
from enclint.frontends.terraform.values import null, sensitive
from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple
from enclint.model.value import Partial, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from enclint.frontends.terraform.declarations import Argument
    from enclint.frontends.terraform.diagnostics import Diagnostic
    from enclint.frontends.terraform.expansion import InstanceKey, Repetition
    from enclint.frontends.terraform.loader import ModuleLoader
    from enclint.frontends.terraform.module import Module, ResourceKey
    from enclint.frontends.terraform.module_calls import ModuleCall
    from enclint.frontends.terraform.resources import Resource, ResourceInstance
    from enclint.frontends.terraform.scope import Path
    from enclint.source import Source, Span

MAX_DEPTH: Final = 200
"""How many references may be under evaluation at once, each from within the one before."""

MAX_FRAMES: Final = 6000
"""Python's own limit must let so many references through, and expressions nested as deep as the reader lets them be."""

MAX_PARTS: Final = 1_000
"""Pieces of a text that is not wholly known."""

MAX_CALLS: Final = 32
"""How deep modules may call modules."""


class World:
    """What all module instances of one root have in common.

    `workspace` is None where nobody says it. `choices`: see `scope.Scope`. `tree`: the absolute folder outside of
    which nothing is read. `diagnostics` collects what is wrong as it is met; `notes` what else must be said.
    """

    __slots__ = (
        "choices",
        "depth",
        "diagnostics",
        "directory",
        "failures",
        "inputs",
        "is_static",
        "loader",
        "loops",
        "notes",
        "providers",
        "root_path",
        "tree",
        "workspace",
    )

    def __init__(
        self,
        loader: ModuleLoader,
        root_path: str,
        inputs: Inputs,
        *,
        workspace: str | None = None,
        choices: bool = True,
    ) -> None:
        self.loader = loader
        self.root_path = root_path
        self.directory = os.path.realpath(root_path)
        self.tree = loader.tree
        self.inputs = inputs
        self.workspace = workspace
        self.choices = choices
        self.is_static = False
        """Whether nothing is known but what the code itself says, as while Terraform validates it."""
        self.depth = 0
        self.loops = Loops()
        self.diagnostics: list[Diagnostic] = []
        self.failures: set[str] = set()
        """The reasons of the unknowns that stand for what could not be evaluated."""
        self.notes: dict[str, None] = {}
        self.providers = Providers()


class Step(NamedTuple):
    """One module call on the way from the root: its name and the key of its instance."""

    name: str
    key: InstanceKey


class _Pending:
    """Stands for what is being evaluated."""


_PENDING: Final = _Pending()

Memo = "dict[str, Value | EvaluationError | _Pending]"


class ModuleInstance:
    """One instance of a module: the root, or one of a module call.

    `prefix` is what the addresses in it begin with (`module.db[0].`), `static_name` the module's address without keys
    (`module.db`, "" for the root). `call` and `repetition` are how the parent calls it, `exists` whether it does at
    all, `calls` the calls that lead here, outermost first.
    """

    __slots__ = (
        "_locals",
        "_module_calls",
        "_outputs",
        "_resources",
        "_scopes",
        "_variables",
        "call",
        "calls",
        "exists",
        "module",
        "parent",
        "path",
        "prefix",
        "repetition",
        "static_name",
        "world",
    )

    def __init__(
        self,
        module: Module,
        world: World,
        call: ModuleCall | None = None,
        repetition: Repetition = SINGLE,
        exists: Value = EXISTS,
    ) -> None:
        self.module = module
        self.world = world
        self.call = call
        self.repetition = repetition
        self.exists = exists
        self.parent = call.parent if call is not None else None
        if call is None or self.parent is None:
            self.path: tuple[Step, ...] = ()
            self.prefix = self.static_name = ""
            self.calls: tuple[tuple[str, Span | None], ...] = ()
        else:
            name = f"module.{call.name}{key_text(repetition.key)}"
            self.path = (*self.parent.path, Step(call.name, repetition.key))
            self.prefix = f"{self.parent.prefix}{name}."
            self.static_name = f"{self.parent.static_name}.module.{call.name}".lstrip(".")
            self.calls = (*self.parent.calls, (name, call.declaration.header))
        self._locals: dict[str, Value | EvaluationError | _Pending] = {}
        self._variables: dict[str, Value | EvaluationError | _Pending] = {}
        self._outputs: dict[str, Value | EvaluationError | _Pending] = {}
        self._resources: dict[ResourceKey, Resource] = {}
        self._module_calls: dict[str, ModuleCall] = {}
        self._scopes: dict[int, ModuleScope] = {}

    def __repr__(self) -> str:
        return f"ModuleInstance({self.prefix or 'the root module'})"

    @property
    def display_name(self) -> str:
        """The module in messages."""
        return self.static_name or "the root module"

    def failed(self, error: EvaluationError, span: Span | None) -> Unknown:
        """What stands for the value of an expression that cannot be evaluated; the error is noted."""
        self.world.diagnostics.append(of_error(error, Stage.PLAN, span))
        reason = f"cannot be evaluated: {error}"
        self.world.failures.add(reason)
        return Unknown(reason, span, DYNAMIC)

    def scope(self, source: Source) -> ModuleScope:
        """The scope of the expressions of one file."""
        scope = self._scopes.get(id(source))
        if scope is None:
            scope = self._scopes[id(source)] = ModuleScope(self, source)
        return scope

    def local(self, name: str) -> Value:
        """A local value; the name must be declared."""
        argument = self.module.locals[name]
        return self.once(
            self._locals, name, f"local.{name}", lambda: self._evaluated(argument, self.scope(argument.source))
        )

    def variable(self, name: str) -> Value:
        """An input variable; the name must be declared."""
        return self.once(self._variables, name, f"var.{name}", lambda: self._variable(name))

    def output(self, name: str) -> Value:
        """An output; the name must be declared."""
        return self.once(self._outputs, name, f"output.{name}", lambda: self._output(name))

    def resource(self, key: ResourceKey) -> Resource:
        """A resource or data source; the key must be declared."""
        resource = self._resources.get(key)
        if resource is None:
            from enclint.frontends.terraform.resources import Resource

            resource = self._resources[key] = Resource(self, key, self.module.resources[key])
        return resource

    def module_call(self, name: str) -> ModuleCall:
        """A call of a module; the name must be declared."""
        call = self._module_calls.get(name)
        if call is None:
            from enclint.frontends.terraform.module_calls import ModuleCall

            call = self._module_calls[name] = ModuleCall(self, name, self.module.calls[name])
        return call

    def once(
        self,
        memo: dict[str, Value | EvaluationError | _Pending],
        name: str,
        label: str,
        compute: Callable[[], Value],
    ) -> Value:
        """What `compute` gives (or raises), computed when it is first asked for and kept."""
        found = memo.get(name)
        if found is not None:
            if isinstance(found, Value):
                return found
            if isinstance(found, EvaluationError):
                raise found.with_traceback(None)
            return Unknown(f"`{self.prefix}{label}` depends on itself")
        world = self.world
        if world.depth >= MAX_DEPTH:
            raise LimitError(
                "Expression too deep",
                f"More than {MAX_DEPTH} references lead to {self.prefix}{label}, one after the other.",
            )
        memo[name] = _PENDING
        world.depth += 1
        try:
            value = compute()
        except LimitError:
            del memo[name]
            raise
        except EvaluationError as error:
            memo[name] = error
            raise
        except BaseException:
            del memo[name]
            raise
        finally:
            world.depth -= 1
        if isinstance(value, Partial) and len(value.parts) > MAX_PARTS:
            value = Unknown(f"`{label}` is put together of more than {MAX_PARTS:,} pieces", value.span, value.type)
        memo[name] = value
        return value

    def _evaluated(self, argument: Argument, scope: Scope) -> Value:
        """The value of an argument, with the place of its expression."""
        value = evaluate(argument.attribute.expression, scope)
        span = argument.span
        return value if value.span == span else value.at(span)

    def _variable(self, name: str) -> Value:
        variable = self.module.variable(name)
        if self.world.is_static and self.parent is None:
            return variable.marked(variable.unknown(names.NOT_YET))
        if self.parent is None or self.call is None:
            value, diagnostics = root_value(self.world.inputs, variable)
            self._note(diagnostics, value)
            return value
        argument = self.call.declaration.argument(name)
        if argument is None:
            if variable.default is not None:
                return variable.marked(variable.default)
            reason = f"the call of module `{self.call.name}` gives no value to variable `{name}`"
            return variable.marked(variable.unknown(reason, identity=f"{self.prefix}var.{name}"))
        given = self._evaluated(argument, self.call.scope(argument.source, self.repetition))
        value, problem = variable.accept(given, lambda: variable.declared_at(f"{self.prefix}var.{name}"), argument.span)
        self._note([problem] if problem is not None else [], value)
        return value

    def _note(self, diagnostics: list[Diagnostic], value: Value) -> None:
        """Note what is wrong with a variable, and that this is why its value is not known."""
        self.world.diagnostics += diagnostics
        if diagnostics and isinstance(value, Unknown):
            self.world.failures.add(value.reason)

    def _output(self, name: str) -> Value:
        declaration = self.module.outputs[name]
        argument = declaration.argument("value")
        if argument is None:
            return null(span=declaration.header)
        value = self._evaluated(argument, self.scope(argument.source))
        # A plan of Terraform 1.11 forgets the mark; secrets are kept from being shown all the same.
        return sensitive(value) if self.world.choices and self.is_sensitive_output(name) else value

    def is_sensitive_output(self, name: str) -> bool:
        """Whether an output is declared to be sensitive."""
        argument = self.module.outputs[name].argument("sensitive")
        expression = argument.attribute.expression if argument is not None else None
        return isinstance(expression, Literal) and expression.value is True

    def instances_of(self, key: ResourceKey) -> list[ResourceInstance]:
        """The instances of a resource."""
        return self.resource(key).instances()


class ModuleScope(Scope):
    """What the names in one file of a module instance stand for, outside of blocks that repeat."""

    __slots__ = ("instance",)

    def __init__(self, instance: ModuleInstance, source: Source | None) -> None:
        world = instance.world
        super().__init__(source, world.directory, world.tree)
        self.choices = world.choices
        self.loops = world.loops
        self.instance = instance

    def lookup(self, path: Path, span: Span | None) -> tuple[Value, int]:
        """See `names`."""
        return names.lookup(self.instance, path, span)

    def check(self, path: Path, span: Span | None) -> None:
        """See `names`."""
        names.check(self.instance, path, span)

    def call(self, name: str, arguments: Sequence[Value], span: Span | None, scope: Scope | None = None) -> Value:
        """The result of a function. What a provider that the module requires would compute is not known."""
        if name.startswith("provider::"):
            from enclint.frontends.terraform.functions.registry import check_builtin, no_such_function

            source = provider_of_function(self.instance.module, name)
            if source == PROVIDER:
                name = f"provider::terraform::{name.rpartition('::')[2]}"
                check_builtin(name, span)
            elif source is None:
                raise no_such_function(name, span)
            else:
                return Unknown(f"`{name}` is computed by its provider", span, DYNAMIC)
        return super().call(name, arguments, span, scope)


class RepeatedScope(ModuleScope):
    """The scope within a block that has `count` or `for_each`, or in which there is a `self`."""

    __slots__ = ("own", "repetition")

    def __init__(
        self, instance: ModuleInstance, source: Source | None, repetition: Repetition, own: Value | None = None
    ) -> None:
        super().__init__(instance, source)
        self.repetition = repetition
        self.own = own

    def lookup(self, path: Path, span: Span | None) -> tuple[Value, int]:
        """`each`, `count` and `self`, else what the module says."""
        root = path[0]
        if root == self.repetition.name and len(path) > 1:
            value = self.repetition.attributes.get(path[1])  # type: ignore[arg-type]
            if value is not None:
                return value, 2
        elif root == "self" and self.own is not None:
            return self.own, 1
        return names.lookup(self.instance, path, span)

    def check(self, path: Path, span: Span | None) -> None:
        """Raise UndeclaredError if `lookup` would."""
        root = path[0]
        if root == self.repetition.name and len(path) > 1 and path[1] in self.repetition.attributes:
            return
        if root == "self" and self.own is not None:
            return
        names.check(self.instance, path, span)
