"""Calls of modules: where the called module lies, its instances, and what a reference to one gives."""

from __future__ import annotations

from enclint.frontends.terraform.choices import map_cases
from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.expansion import ANY, Expansion, Repetition
from enclint.frontends.terraform.resources import conjunction, repeated
from enclint.frontends.terraform.scope import Deferred, without_element
from enclint.frontends.terraform.traversal import get_attribute, get_index
from enclint.frontends.terraform.tree import MAX_CALLS, ModuleInstance, RepeatedScope
from enclint.frontends.terraform.types import BOOL, DYNAMIC
from enclint.frontends.terraform.values import object_value, quoted
from enclint.lean_typing import TYPE_CHECKING, Any
from enclint.model.value import Known, Unknown, Value

if TYPE_CHECKING:
    from enclint.frontends.terraform.declarations import Declaration
    from enclint.frontends.terraform.expansion import InstanceKey
    from enclint.frontends.terraform.loader import Found
    from enclint.source import Source, Span


class ModuleCall:
    """One `module` block within one module instance."""

    __slots__ = ("_expansion", "_found", "_instances", "_object", "declaration", "name", "parent")

    def __init__(self, parent: ModuleInstance, name: str, declaration: Declaration) -> None:
        self.parent = parent
        self.name = name
        self.declaration = declaration
        self._found: Found | None = None
        self._expansion: Expansion | None = None
        self._instances: dict[Any, ModuleInstance] = {}
        self._object: Deferred | None = None

    def __repr__(self) -> str:
        return f"ModuleCall({self.parent.prefix}module.{self.name})"

    @property
    def found(self) -> Found:
        """The called module, or why it is not there."""
        if self._found is None:
            self._found = self._find()
        return self._found

    def _find(self) -> Found:
        from enclint.frontends.terraform.loader import Found

        parent = self.parent
        if len(parent.path) >= MAX_CALLS:
            return Found(None, f"modules call each other more than {MAX_CALLS} levels deep at `{self.name}`")
        path = (*[step.name for step in parent.path], self.name)
        found = parent.world.loader.called(parent.module, self.declaration, path, parent.world.root_path)
        if found.module is not None and self._calls_itself(found.module.directory):
            return Found(None, f"module `{self.name}` calls itself")
        return found

    def _calls_itself(self, directory: str) -> bool:
        ancestor: ModuleInstance | None = self.parent
        while ancestor is not None:
            if ancestor.module.directory == directory:
                return True
            ancestor = ancestor.parent
        return False

    @property
    def expansion(self) -> Expansion:
        """Which instances there are."""
        if self._expansion is None:
            cycle = f"the instances of module `{self.name}` depend on themselves"
            self._expansion = repeated(self.parent, self.declaration, cycle, self._remember)
        return self._expansion

    def _remember(self, expansion: Expansion) -> None:
        self._expansion = expansion

    def scope(self, source: Source, repetition: Repetition) -> RepeatedScope:
        """The scope of the arguments that one instance is given."""
        return RepeatedScope(self.parent, source, repetition)

    def instances(self) -> list[ModuleInstance]:
        """All instances, in the order of their keys; none if the module is not there."""
        if self.found.module is None:
            return []
        return [self.instance(repetition) for repetition in self.expansion.repetitions]

    def instance(self, repetition: Repetition) -> ModuleInstance:
        """The instance of one repetition; the module must be there."""
        instance = self._instances.get(repetition.key)
        if instance is None:
            module = self.found.module
            assert module is not None  # noqa: S101 -- callers look first
            exists = conjunction(self.parent.exists, repetition.exists)
            instance = ModuleInstance(module, self.parent.world, self, repetition, exists)
            self._instances[repetition.key] = instance
        return instance

    def at(self, key: InstanceKey) -> Deferred:
        """What a reference to the instance of a key gives."""
        if self.found.module is None:
            return MissingModule(self, self.found.reason)
        for repetition in self.expansion.repetitions:
            if repetition.key == key:
                return InstanceOutputs(self.instance(repetition))
        reason = f"it is not known which instance of module `{self.name}` this is"
        span = self.declaration.header
        is_counted = self.expansion.argument == "count"
        attributes: dict[str, Value] = {
            name: Unknown(reason, span, DYNAMIC) for name in (("index",) if is_counted else ("key", "value"))
        }
        repetition = Repetition(ANY, Unknown(reason, span, BOOL), "count" if is_counted else "each", attributes)
        return InstanceOutputs(self.instance(repetition))

    def object(self) -> Deferred:
        """What a reference to the call gives."""
        if self._object is None:
            if self.found.module is None:
                self._object = MissingModule(self, self.found.reason)
            elif any(self.declaration.argument(name) is not None for name in ("count", "for_each")):
                self._object = RepeatedOutputs(self)
            else:
                self._object = self.at(None)
        return self._object


class MissingModule(Deferred):
    """Stands for a module that cannot be read: every output is unknown, with the reason."""

    __slots__ = ("call",)

    def __init__(self, call: ModuleCall, reason: str) -> None:
        super().__init__(reason, call.declaration.header)
        self.call = call

    def get(self, name: str, span: Span | None) -> Value:
        """An output, which is not known."""
        del span
        identity = f"{self.call.parent.prefix}module.{self.call.name}.{name}"
        return Unknown(self.reason, self.span, DYNAMIC, identity=identity)

    def index(self, key: Value, span: Span | None) -> Value:
        """An instance, which is as little known."""
        del key, span
        return self

    def force(self) -> Value:
        """An unknown."""
        return Unknown(self.reason, self.span, DYNAMIC)


class InstanceOutputs(Deferred):
    """What a reference to a module instance gives: its outputs."""

    __slots__ = ("instance",)

    def __init__(self, instance: ModuleInstance) -> None:
        call = instance.call
        super().__init__(f"module `{call.name if call is not None else ''}`", None, identity=instance.prefix)
        self.instance = instance

    def get(self, name: str, span: Span | None) -> Value:
        """An output."""
        if name not in self.instance.module.outputs:
            detail = f"This object does not have an attribute named {quoted(name)}."
            raise EvaluationError("Unsupported attribute", detail, span)
        return self.instance.output(name)

    def index(self, key: Value, span: Span | None) -> Value:
        """An output by its name in brackets."""
        return get_index(self.force(), key, span)

    def force(self) -> Value:
        """The object of all outputs."""
        return object_value({name: self.instance.output(name) for name in self.instance.module.outputs}, self.span)


class RepeatedOutputs(Deferred):
    """What a reference to a module call with `count` or `for_each` gives: its instances."""

    __slots__ = ("call",)

    def __init__(self, call: ModuleCall) -> None:
        super().__init__(f"module `{call.name}`", call.declaration.header)
        self.call = call

    def get(self, name: str, span: Span | None) -> Value:
        """The instance of a key, by `for_each`."""
        module = self.call.found.module
        if self.call.expansion.argument == "count":
            what = f"attribute {quoted(name)}" if module is not None and name in module.outputs else "an attribute"
            detail = (
                f"Can't access attributes on a list of objects. Did you mean to access {what} for a specific element "
                "of the list, or across all elements of the list?"
            )
            raise EvaluationError("Unsupported attribute", detail, span)
        return get_attribute(self.force(), name, span)

    def index(self, key: Value, span: Span | None) -> Value:
        """The instance of a key."""
        expansion = self.call.expansion
        if not isinstance(expansion.keys, Known):
            return self.call.at(key.data if isinstance(key, Known) else ANY)
        if isinstance(key, Known) and isinstance(key.data, int) and not 0 <= key.data < expansion.amount:
            detail = "The given key does not identify an element in this collection value."
            raise EvaluationError("Invalid index", detail, span)
        return get_index(self.force(), key, span)

    def force(self) -> Value:
        """The tuple or object of the instances."""
        return self.call.expansion.whole(self.call.at)

    def certain(self) -> Value:
        """Itself, or the collection of the instances where it is not certain which there are."""
        return self if isinstance(self.call.expansion.keys, Known) else map_cases(self.force(), without_element)
