"""Resources and data sources of a module instance: instances, arguments, and what a reference to one gives."""

from __future__ import annotations

from enclint.frontends.terraform.blocks import at_border, block_list
from enclint.frontends.terraform.builtin import BUILTIN, TERRAFORM_DATA
from enclint.frontends.terraform.choices import lifted, map_cases
from enclint.frontends.terraform.convert import ConversionError, convert
from enclint.frontends.terraform.diagnostics import Stage, of_error
from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.expansion import (
    ANY,
    EXISTS,
    MAX_INSTANCES,
    ONE,
    AnyKey,
    Expansion,
    Repetition,
    expand,
    key_text,
)
from enclint.frontends.terraform.names import resource_address
from enclint.frontends.terraform.scope import Deferred, whole, without_element
from enclint.frontends.terraform.traversal import get_index
from enclint.frontends.terraform.tree import RepeatedScope
from enclint.frontends.terraform.types import BOOL, DYNAMIC, STRING
from enclint.frontends.terraform.values import is_null, null, object_value, quoted
from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.resource import ProviderResource
from enclint.model.value import Absent, Known, Reference, Unknown, Value, first_reason

if TYPE_CHECKING:
    from enclint.frontends.terraform.declarations import Argument, Declaration
    from enclint.frontends.terraform.expansion import InstanceKey
    from enclint.frontends.terraform.module import ResourceKey
    from enclint.frontends.terraform.tree import ModuleInstance
    from enclint.source import Source, Span

META_ARGUMENTS: Final = frozenset({"count", "for_each", "provider", "depends_on"})
META_BLOCKS: Final = frozenset({"lifecycle", "connection", "provisioner", "_"})


class Resource:
    """One `resource` or `data` block within one module instance."""

    __slots__ = ("_expansion", "_instances", "_object", "address", "declaration", "key", "module")

    def __init__(self, module: ModuleInstance, key: ResourceKey, declaration: Declaration) -> None:
        self.module = module
        self.key = key
        self.declaration = declaration
        self.address = module.prefix + resource_address(key)
        self._expansion: Expansion | None = None
        self._instances: dict[Any, ResourceInstance] = {}
        self._object: Deferred | None = None

    def __repr__(self) -> str:
        return f"Resource({self.address})"

    @property
    def expansion(self) -> Expansion:
        """Which instances there are. Where that cannot be computed, one that stands for all."""
        if self._expansion is None:
            self._expansion = repeated(
                self.module, self.declaration, f"the instances of `{self.address}` depend on themselves", self._remember
            )
        return self._expansion

    def _remember(self, expansion: Expansion) -> None:
        self._expansion = expansion

    def instances(self) -> list[ResourceInstance]:
        """All instances, in the order of their keys."""
        return [self.instance(repetition) for repetition in self.expansion.repetitions]

    def instance(self, repetition: Repetition) -> ResourceInstance:
        """The instance of one repetition."""
        key = repetition.key
        instance = self._instances.get(key)
        if instance is None:
            instance = self._instances[key] = ResourceInstance(self, repetition)
        return instance

    def at(self, key: InstanceKey) -> ResourceInstance:
        """The instance of a key; that of ANY, if need be made up, where the key is not told apart."""
        for repetition in self.expansion.repetitions:
            if repetition.key == key:
                return self.instance(repetition)
        name = "count" if self.expansion.argument == "count" else "each"
        reason = f"it is not known which instance of `{self.address}` this is"
        attributes: dict[str, Value] = {
            attribute: Unknown(reason, self.declaration.header, DYNAMIC)
            for attribute in (("index",) if name == "count" else ("key", "value"))
        }
        exists = Unknown(reason, self.declaration.header, BOOL)
        return self.instance(Repetition(ANY, exists, name, attributes))

    def object(self) -> Deferred:
        """What a reference to the resource gives."""
        if self._object is None:
            repeats = any(self.declaration.argument(name) is not None for name in ("count", "for_each"))
            self._object = RepeatedObject(self) if repeats else self.instance(ONE.repetitions[0]).object()
        return self._object


def repeated(module: ModuleInstance, declaration: Declaration, cycle: str, remember: Any) -> Expansion:
    """The expansion of a block in a module instance; an unknown one, with a diagnostic, where Terraform would fail."""
    count, for_each = declaration.argument("count"), declaration.argument("for_each")
    if count is None and for_each is None:
        return ONE
    argument = "count" if count is not None else "for_each"
    remember(_unknown_expansion(argument, cycle, declaration.header))
    place = (count or for_each).span  # type: ignore[union-attr]
    try:
        expansion = expand(count, for_each, lambda each: module.scope(each.source), may_be_secret=module.world.choices)
    except EvaluationError as error:
        return _unknown_expansion(argument, module.failed(error, place).reason, place)
    if expansion.problem is not None and first_reason(expansion.keys) not in module.world.failures:
        module.world.diagnostics.append(of_error(expansion.problem, Stage.PLAN, place))
    if expansion.amount > MAX_INSTANCES:
        module.world.notes.setdefault(
            f"{place}: there are {expansion.amount:,} instances; those beyond {MAX_INSTANCES:,} are judged as one"
        )
    return expansion


def _unknown_expansion(argument: str, reason: str, span: Span) -> Expansion:
    keys = Unknown(reason, span, DYNAMIC)
    attributes: dict[str, Value] = {
        name: Unknown(reason, span, DYNAMIC) for name in (("index",) if argument == "count" else ("key", "value"))
    }
    exists = Unknown(reason, span, BOOL)
    repetition = Repetition(ANY, exists, "count" if argument == "count" else "each", attributes)
    return Expansion(argument, [repetition], keys)


class ResourceInstance:
    """One instance: its arguments, each evaluated when it is asked for, once."""

    __slots__ = ("_object", "_scopes", "_values", "address", "computed_values", "repetition", "resource")

    def __init__(self, resource: Resource, repetition: Repetition) -> None:
        self.resource = resource
        self.repetition = repetition
        self.address = resource.address + key_text(repetition.key)
        self._values: dict[str, Any] = {}
        self.computed_values: dict[str, Any] = {}
        self._scopes: dict[int, RepeatedScope] = {}
        self._object: InstanceObject | None = None

    def __repr__(self) -> str:
        return f"ResourceInstance({self.address})"

    @property
    def exists(self) -> Value:
        """Whether there is such an instance."""
        return conjunction(self.resource.module.exists, self.repetition.exists)

    def scope(self, source: Source) -> RepeatedScope:
        """The scope of the arguments that stand in a file."""
        scope = self._scopes.get(id(source))
        if scope is None:
            scope = self._scopes[id(source)] = RepeatedScope(self.resource.module, source, self.repetition)
        return scope

    def own_scope(self, source: Source) -> RepeatedScope:
        """The scope of conditions and provisioners, which may refer to `self`."""
        return RepeatedScope(self.resource.module, source, self.repetition, self.object())

    def object(self) -> InstanceObject:
        """What a reference to the instance gives."""
        if self._object is None:
            self._object = InstanceObject(self)
        return self._object

    def configured(self, name: str) -> Value | None:
        """An argument, or the list of nested blocks of a type; None where the code has neither.

        Raises EvaluationError where Terraform would refuse it.
        """
        content = self.resource.declaration.content
        argument = content.arguments.get(name)
        module = self.resource.module
        if argument is not None and name not in META_ARGUMENTS:
            return module.once(self._values, name, f"{self._own_address()}.{name}", lambda: self._argument(argument))
        if name in META_BLOCKS or not content.blocks:
            return None
        made = self._values.get(name)
        if made is None:
            made = self._values[name] = block_list(content, name, self.scope, module.failed)
        return made if isinstance(made, Value) and not isinstance(made, Absent) else None

    def _own_address(self) -> str:
        return self.address.removeprefix(self.resource.module.prefix)

    def _argument(self, argument: Argument) -> Value:
        from enclint.frontends.terraform.evaluate import evaluate

        value = evaluate(argument.attribute.expression, self.scope(argument.source))
        span = argument.span
        return value if value.span == span else value.at(span)

    def argument(self, name: str) -> Value:
        """An argument or list of nested blocks as it crosses the border: an Unknown with the reason where it fails."""
        header = self.resource.declaration.header
        try:
            value = self.configured(name)
        except EvaluationError as error:
            argument = self.resource.declaration.argument(name)
            place = argument.span if argument is not None else header
            return self.resource.module.failed(error, place)
        if value is None:
            return Absent(header)
        return at_border(value) if self.resource.module.world.choices else whole(value)

    def names(self) -> list[str]:
        """The names of all arguments and nested blocks that the code sets, without those of Terraform itself."""
        content = self.resource.declaration.content
        names = [name for name in content.arguments if name not in META_ARGUMENTS]
        for each in content.blocks:
            block = each.block
            name = block.labels[0] if block.type == "dynamic" and block.labels else block.type
            if name not in META_BLOCKS:
                names.append(name)
        return list(dict.fromkeys(names))

    def provider_resource(self) -> ProviderResource:
        """The instance as the model wants it."""
        from enclint.frontends.terraform.providers import provider_of

        resource = self.resource
        mode, type, name = resource.key
        return ProviderResource(
            key=self.address,
            address=self.address,
            type=type,
            name=name,
            dialect="terraform",
            header=resource.declaration.header,
            body=resource.declaration.body,
            provider=provider_of(self),
            lookup=self.argument,
            names=self.names,
            mode=mode,
            exists=self.exists,
            calls=resource.module.calls,
        )


def conjunction(one: Value, other: Value) -> Value:
    """Whether both of two conditions hold."""
    if one is EXISTS:
        return other
    if other is EXISTS:
        return one

    def both(left: Value, right: Value) -> Value:
        for each, another in ((left, right), (right, left)):
            if isinstance(each, Known):
                return another if each.data is True else each
        return left

    return lifted(both, [one, other])


_IDENTITY: Final = frozenset({"id", "arn", "key_id"})
"""Attributes by which AWS knows a resource: every one that exists has them, so they are never null."""
_TEXT_ENDINGS: Final = ("_arn", "_id")


class InstanceObject(Deferred):
    """What a reference to a resource instance gives: what the code sets, references to what the provider computes."""

    __slots__ = ("instance",)

    def __init__(self, instance: ResourceInstance) -> None:
        resource = instance.resource
        what = "data source" if resource.key[0] == "data" else "resource"
        reason = f"{what} `{instance.address.removeprefix('data.')}`"
        super().__init__(reason, resource.declaration.header, identity=instance.address)
        self.instance = instance

    def get(self, name: str, span: Span | None) -> Value:
        """The argument that the code sets, or the attribute that the provider will compute."""
        instance = self.instance
        mode, type, _ = instance.resource.key
        known = BUILTIN.get((mode, type))
        if known is not None:
            return self._builtin(name, known, span)
        if mode == "data":
            from enclint.frontends.terraform.data_sources import attribute

            computed = attribute(instance, name)
            if computed is not None:
                return computed
        value = instance.configured(name)
        if value is None or (is_null(value) and name not in ("count", "for_each")):
            return self.computed(name)
        if name in instance.resource.declaration.content.arguments:
            # Reading the table takes a while; policies convert what they read themselves.
            return value if instance.resource.module.world.choices else _typed(value, instance.resource.key, name)
        return _readable_blocks(value, instance, name)

    def computed(self, name: str) -> Reference:
        """An attribute that only the provider knows."""
        instance = self.instance
        type = STRING if name in ("id", "arn") or name.endswith(_TEXT_ENDINGS) else DYNAMIC
        is_data = instance.resource.key[0] == "data"
        return Reference(
            instance.address,
            name,
            instance.resource.declaration.header,
            type,
            reason=f"data source `{instance.address.removeprefix('data.')}`" if is_data else "",
            any_instance=isinstance(instance.repetition.key, AnyKey),
            refinement={"not_null": True} if name in _IDENTITY else None,
        )

    def _builtin(self, name: str, known: dict[str, bool], span: Span | None) -> Value:
        instance = self.instance
        if name not in known:
            raise EvaluationError(
                "Unsupported attribute", f"This object does not have an attribute named {quoted(name)}.", span
            )
        if known[name]:
            value = instance.configured(name)
            return value if value is not None else null(span=self.span)
        if instance.resource.key[:2] != TERRAFORM_DATA:
            return self.computed(name)
        result = self.computed(name)
        if name == "id":
            result.type = STRING
            result.refinement = {"not_null": True}
            return result
        given = instance.configured("input")
        given = whole(given) if given is not None else null(span=self.span)
        if is_null(given):
            return given
        result.type = given.type
        return result

    def index(self, key: Value, span: Span | None) -> Value:
        """An attribute by its name in brackets."""
        if isinstance(key, Known) and isinstance(key.data, str):
            return self.get(key.data, span)
        raise EvaluationError(
            "Invalid index",
            "The given key does not identify an element in this collection value. An object only supports looking up "
            "attributes by name, not by numeric index.",
            span,
        )

    def force(self) -> Value:
        """The object, where all attributes are known by name; else itself."""
        known = BUILTIN.get(self.instance.resource.key[:2])
        if known is None:
            return self
        return object_value({name: self.get(name, self.span) for name in known}, self.span)


class RepeatedObject(Deferred):
    """What a reference to a resource with `count` or `for_each` gives: its instances."""

    __slots__ = ("resource",)

    def __init__(self, resource: Resource) -> None:
        super().__init__(f"resource `{resource.address}`", resource.declaration.header, identity=resource.address)
        self.resource = resource

    def get(self, name: str, span: Span | None) -> Value:
        """The instance of a key, by `for_each`; there are no attributes but these."""
        expansion = self.resource.expansion
        if expansion.argument == "for_each":
            from enclint.frontends.terraform.traversal import get_attribute

            built = self.force()
            if isinstance(built, Known):
                return get_attribute(built, name, span)
            return self.resource.at(name).object()
        raise EvaluationError("Unsupported attribute", "This value does not have any attributes.", span)

    def index(self, key: Value, span: Span | None) -> Value:
        """The instance of a key."""
        expansion = self.resource.expansion
        if not isinstance(expansion.keys, Known):
            return self.resource.at(key.data if isinstance(key, Known) else ANY).object()
        if expansion.amount > MAX_INSTANCES and isinstance(key, Known):
            return self.resource.at(key.data).object()
        return get_index(self.force(), key, span)

    def force(self) -> Value:
        """The tuple or object of the instances."""
        return self.resource.expansion.whole(lambda key: self.resource.at(key).object())

    def certain(self) -> Value:
        """Itself, or the collection of the instances where it is not certain which there are."""
        return self if isinstance(self.resource.expansion.keys, Known) else map_cases(self.force(), without_element)


def _typed(value: Value, key: ResourceKey, name: str) -> Value:
    """An argument as a reference reads it: of the type that the provider gives it, if it is known and fits."""
    from enclint.frontends.terraform.provider_bodies import body_of

    mode, type, _ = key
    body = body_of(type) if mode == "managed" else None
    wanted = body.types.get(name) if body is not None else None
    if wanted is None:
        return value
    try:
        return convert(value, wanted)
    except ConversionError:
        return value


def _readable_blocks(value: Value, instance: ResourceInstance, name: str) -> Value:
    """Nested blocks as a reference reads them: what the code does not set in them, the provider may."""

    def readable(item: Value, number: int) -> Value:
        if isinstance(item, Known) and item.data.__class__ is dict:
            return BlockObject(item, instance, f"{name}.{number}")
        return item

    if isinstance(value, Known) and value.data.__class__ is list:
        from enclint.frontends.terraform.values import tuple_value

        return tuple_value([readable(item, number) for number, item in enumerate(value.data)], value.span)
    return value


class BlockObject(Deferred):
    """One nested block as a reference reads it."""

    __slots__ = ("block", "instance", "path")

    def __init__(self, block: Known, instance: ResourceInstance, path: str) -> None:
        super().__init__(f"a block of `{instance.address}`", block.span)
        self.block = block
        self.instance = instance
        self.path = path

    def get(self, name: str, span: Span | None) -> Value:
        """What the block sets, or a reference to what it does not."""
        del span
        value = self.block.data.get(name)
        path = f"{self.path}.{name}"
        if value is None or isinstance(value, Absent):
            return self.instance.object().computed(path)
        if isinstance(value, Known) and value.type is None:
            return _readable_blocks(value, self.instance, path)
        return value  # type: ignore[no-any-return]

    def index(self, key: Value, span: Span | None) -> Value:
        """An attribute by its name in brackets."""
        return self.get(str(key.data) if isinstance(key, Known) else "", span)

    def force(self) -> Value:
        """Itself: what else the provider has in there is not known."""
        return self
