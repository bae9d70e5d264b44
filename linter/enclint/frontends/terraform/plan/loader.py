"""A plan as a project: one provider resource for each instance that will exist after apply."""

from __future__ import annotations

from enclint.finding import Finding, Severity, Verdict
from enclint.frontends.terraform.plan.addresses import InstanceKey, ModulePath, module_path, render_key
from enclint.frontends.terraform.plan.references import Configuration, member, text_of
from enclint.frontends.terraform.plan.values import Facets, PlanValues
from enclint.frontends.terraform.provider_bodies import body_of
from enclint.json_positions import JsonArray, JsonNode, JsonObject, JsonScalar
from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple
from enclint.model.resource import Project, Provider, ProviderResource
from enclint.model.value import Absent, Known, Unknown, Value
from enclint.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from enclint.frontends.terraform.plan.locations import Location, SourceTree

_GONE: Final = (["delete"], ["forget"])
_CREATED: Final = (["create"], ["delete", "create"], ["create", "delete"])


def is_plan(node: JsonNode) -> bool:
    """Whether a JSON document is a plan, or a state (`format_version` beside what they hold)."""
    return isinstance(node, JsonObject) and bool(
        text_of(node.members.get("format_version"))
        and (node.members.keys() & {"planned_values", "resource_changes"} or _root_module(node, "values") is not None)
    )


def read_plan(source: Source, source_folder: str | None, wanted_types: frozenset[str] | None = None) -> Project:
    """The project that a text is the plan of, or one that says what is wrong with the text; arguments as below."""
    from pathlib import Path

    from enclint.json_positions import JsonFault, read

    try:
        node = read(source.text)
    except JsonFault as fault:
        span = Span(source, fault.offset, min(fault.offset + 1, len(source.text)))
        error = _error("syntax-error", f"the plan is not valid JSON: {fault.message}", span)
        return Project(source.path, "terraform", (), (source,), (error,))
    if not isinstance(node, JsonObject) or not is_plan(node):
        return Project(source.path, "terraform", (), ())
    return load_plan(source, node, Path(source_folder) if source_folder is not None else None, wanted_types)


def _error(policy: str, message: str, span: Span) -> Finding:
    title = "The file could not be read"
    return Finding(policy, title, Verdict.UNKNOWN, Severity.HIGH, message, span, is_error=True)


def load_plan(
    source: Source,
    node: JsonObject,
    source_folder: Path | None = None,
    wanted_types: frozenset[str] | None = None,
) -> Project:
    """The project that a plan describes.

    `source_folder`: where the `.tf` files are that it was made from, if they are there; findings then point into
    them. `wanted_types`: hand over resources of these types only (all if None).
    """
    entries = [entry for entry in _entries(node) if wanted_types is None or entry.type in wanted_types]
    values = PlanValues(source)
    configuration = Configuration(node, (entry.address for entry in _entries(node)), values.constant)
    tree = _source_tree(source_folder, node)
    providers = _Providers(node, values, configuration)
    resources = [_PlannedResource(entry, values, configuration, tree).provider_resource(providers) for entry in entries]
    sources = [source, *(tree.sources if tree is not None else ())]
    errored = node.members.get("errored")
    errors = []
    if isinstance(errored, JsonScalar) and errored.value is True:
        message = "the plan ended in an error, so that there may be more to come than it holds"
        errors.append(_error("unreadable-file", message, values.span(errored)))
    return Project(source.path, "terraform", resources, sources, errors)


class _Entry(NamedTuple):
    """One resource instance of a plan."""

    address: str
    path: ModulePath
    mode: str
    type: str
    name: str
    key: InstanceKey
    node: JsonObject
    after: JsonNode | None
    unknown: JsonNode | None
    sensitive: JsonNode | None
    created: bool | None


def _entries(plan: JsonObject) -> Iterator[_Entry]:
    """All instances after apply: the changes, then what only `planned_values` or, for data sources, the state holds.

    Of a state that is shown by itself, all that it holds.
    """
    seen: set[str] = set()
    for node in _changes(plan):
        seen.add(text_of(node.members.get("address")))
        change = node.members.get("change")
        actions = _texts(member(change, "actions"))
        if actions in _GONE:
            continue
        yield _entry(
            node,
            member(change, "after"),
            member(change, "after_unknown"),
            member(change, "after_sensitive"),
            True if actions in _CREATED else False if actions else None,
        )
    for section in (("planned_values",), ("prior_state", "values"), ("values",)):
        for node in _below(_root_module(plan, *section)):
            address = text_of(node.members.get("address"))
            is_old = section[0] == "prior_state" and text_of(node.members.get("mode")) != "data"
            if address in seen or is_old:
                continue
            seen.add(address)
            yield _entry(node, node.members.get("values"), None, node.members.get("sensitive_values"), None)


def _changes(plan: JsonObject) -> Iterator[JsonObject]:
    """The changes that the plan makes, and those that it puts off for lack of knowledge."""
    for section in ("resource_changes", "deferred_changes"):
        nodes = plan.members.get(section)
        for node in nodes.items if isinstance(nodes, JsonArray) else ():
            change = member(node, "resource_change") if section == "deferred_changes" else node
            if isinstance(change, JsonObject):
                yield change


def _root_module(plan: JsonObject, *section: str) -> JsonNode | None:
    return member(plan, *section, "root_module")


def _below(module: JsonNode | None) -> Iterator[JsonObject]:
    """The resources of a module of `planned_values` and of all modules below it."""
    pending = [module]
    while pending:
        current = pending.pop()
        for name in ("resources", "child_modules"):
            nodes = member(current, name)
            for node in nodes.items if isinstance(nodes, JsonArray) else ():
                if name == "child_modules":
                    pending.append(node)
                elif isinstance(node, JsonObject):
                    yield node


def _entry(
    node: JsonObject,
    after: JsonNode | None,
    unknown: JsonNode | None,
    sensitive: JsonNode | None,
    created: bool | None,
) -> _Entry:
    address = text_of(node.members.get("address"))
    type = text_of(node.members.get("type"))
    name = text_of(node.members.get("name"))
    mode = text_of(node.members.get("mode")) or "managed"
    index = node.members.get("index")
    key = index.value if isinstance(index, JsonScalar) and isinstance(index.value, (int, str)) else None
    own = f"{'data.' if mode == 'data' else ''}{type}.{name}{render_key(key)}"
    module = text_of(node.members.get("module_address")) or address.removesuffix(own).rstrip(".")
    return _Entry(address, module_path(module), mode, type, name, key, node, after, unknown, sensitive, created)


class _PlannedResource:
    """One entry with what is needed to evaluate its arguments on demand."""

    def __init__(
        self, entry: _Entry, values: PlanValues, configuration: Configuration, tree: SourceTree | None
    ) -> None:
        self._entry = entry
        self._values = values
        self._configuration = configuration
        self._config = configuration.resource(entry.path, entry.mode, entry.type, entry.name)
        self._location: Location | None = None
        if tree is not None:
            self._location = tree.resource(entry.path, entry.mode, entry.type, entry.name)
        self._facets = Facets(
            entry.after,
            entry.unknown,
            entry.sensitive,
            member(self._config, "expressions"),
            self._location,
            True,
            body_of(entry.type) if entry.mode == "managed" else None,
        )

    def provider_resource(self, providers: _Providers) -> ProviderResource:
        entry = self._entry
        place = self._values.span(entry.node)
        header = self._location.span if self._location is not None else Span(place.source, place.start, place.start)
        return ProviderResource(
            key=entry.address,
            address=entry.address,
            type=entry.type,
            name=entry.name,
            dialect="terraform",
            header=header,
            body=place if self._location is None else header,
            provider=providers.get(text_of(member(self._config, "provider_config_key")) or "aws"),
            lookup=self._argument,
            names=self._names,
            mode=entry.mode,
            calls=tuple((f"module.{step.name}{render_key(step.key)}", None) for step in entry.path),
            created=entry.created,
        )

    def _argument(self, name: str) -> Value:
        facets = self._facets.named(name)
        if facets.after is None and facets.unknown is None:
            return Absent(self._location.span if self._location is not None else None)
        return self._values.value(facets, self._configuration, self._entry.path)

    def _names(self) -> list[str]:
        after, config = self._entry.after, member(self._config, "expressions")
        names = [node.members for node in (after, config) if isinstance(node, JsonObject)]
        return list(dict.fromkeys(name for members in names for name in members))


class _Providers:
    """The provider configurations of a plan, by their key."""

    def __init__(self, plan: JsonObject, values: PlanValues, configuration: Configuration) -> None:
        self._section = member(plan, "configuration", "provider_config")
        self._values = values
        self._configuration = configuration
        self._made: dict[str, Provider] = {}

    def get(self, key: str) -> Provider:
        """The provider configuration of that key (`aws`, `aws.us`, `module.m:aws`)."""
        made = self._made.get(key)
        if made is None:
            expressions = member(self._section, key, "expressions")
            region = self._value(member(expressions, "region"), Unknown("the provider's region is not in the plan"))
            blocks = member(expressions, "default_tags")
            if isinstance(blocks, JsonArray):
                blocks = blocks.items[0] if blocks.items else None
            tags = self._value(member(blocks, "tags"), Absent())
            made = self._made[key] = Provider(key, region, tags)
        return made

    def _value(self, expression: JsonNode | None, otherwise: Value) -> Value:
        if expression is None:
            return otherwise
        value = self._configuration.value(expression, ())
        return value if isinstance(value, (Known, Unknown)) else otherwise


def _source_tree(folder: Path | None, plan: JsonObject) -> SourceTree | None:
    """The `.tf` source, if a folder is named; imported here because most plans are judged without one."""
    if folder is None:
        return None
    from enclint.frontends.terraform.plan.locations import SourceTree

    return SourceTree(folder, plan.members.get("configuration"))


def _texts(node: JsonNode | None) -> list[str]:
    return [text_of(item) for item in node.items] if isinstance(node, JsonArray) else []
