"""Projects: templates with the nested stacks that they make, and the stacks that import from each other.

A template that another one of the scan nests is judged there, with the values that it is given there. Templates one
of which imports what another exports are one project, so that the chain can be followed through both.
"""

from __future__ import annotations

import posixpath

from enclint.frontends.cloudformation.exports import exports_of, imported_names, matching, stacks_of, value_of
from enclint.frontends.cloudformation.node import Mapping, member, text_of
from enclint.frontends.cloudformation.resources import provider_resources
from enclint.frontends.cloudformation.rules import constraints
from enclint.frontends.cloudformation.stack import OF_THE_STACK, Stack
from enclint.frontends.cloudformation.text import as_text, label, unknown_because
from enclint.frontends.cloudformation.transforms import foreign_macros
from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple
from enclint.model.resource import Project
from enclint.model.value import Absent, Known, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enclint.finding import Finding
    from enclint.frontends.cloudformation.exports import Export
    from enclint.frontends.cloudformation.node import Node
    from enclint.frontends.cloudformation.parameter_files import Environment
    from enclint.frontends.cloudformation.template import Template
    from enclint.frontends.cloudformation.transforms import Made
    from enclint.model.value import Value
    from enclint.source import Source, Span

MAX_STACKS: Final = 500
"""How many stacks a project may have; nested ones beyond that are left out, and that is said."""
MAX_NESTING: Final = 12
"""How deep stacks may be nested."""


class Settings(NamedTuple):
    """How templates are to be judged.

    `environments`: sets of parameter values, each judged by itself (none: the defaults alone). `wanted_types`: the
    provider types that anybody asks about (None: all). `named`: paths of templates that are judged by themselves
    even if another template nests them.
    """

    environments: tuple[Environment, ...] = ()
    wanted_types: frozenset[str] | None = None
    named: frozenset[str] = frozenset()


def load_projects(templates: Iterable[Template], settings: Settings = Settings()) -> list[Project]:  # noqa: B008
    """The projects that templates make, in the order of the templates, once for each environment."""
    all_templates = list(templates)
    readable = [template for template in all_templates if template.root is not None]
    by_path: dict[str, Template] = {}
    for template in readable:
        by_path.setdefault(posixpath.normpath(template.path), template)
    projects = [_unreadable(template) for template in all_templates if template.root is None]
    roots = _roots(readable, by_path, settings.named)
    for environment, chosen in _by_environment(roots, settings.environments):
        for group, exported in _groups(chosen, by_path, environment):
            projects.append(_project(group, exported, by_path, environment, settings.wanted_types))
    order = {id(template.source): number for number, template in enumerate(all_templates)}
    return sorted(projects, key=lambda project: order.get(id(project.sources[0]), 0))


def _by_environment(
    roots: list[Template], environments: tuple[Environment, ...]
) -> Iterator[tuple[Environment | None, list[Template]]]:
    """The templates of each environment; those of none are judged with their defaults."""
    left = list(roots)
    for environment in environments:
        chosen = [root for root in roots if environment.applies_to(root.path)]
        left = [root for root in left if root not in chosen]
        yield environment, chosen
    yield None, left


def _unreadable(template: Template) -> Project:
    return Project(template.path, "cloudformation", (), (template.source,), tuple(template.errors))


def _project(
    roots: list[Template],
    exported: Sequence[Export],
    by_path: dict[str, Template],
    environment: Environment | None,
    wanted_types: frozenset[str] | None,
) -> Project:
    """The project of templates that belong together."""
    world = World(roots, by_path, environment, exported)
    resources = [resource for stack in world.stacks() for resource in provider_resources(stack, wanted_types)]
    sources: dict[int, Source] = {}
    errors: dict[int, Finding] = {}
    for stack in world.stacks():
        template = stack.template
        sources[id(template.source)] = template.source
        errors.update((id(error), error) for error in template.errors)
    name = environment.name if environment is not None else ""
    return Project(
        roots[0].path,
        "cloudformation",
        resources,
        tuple(sources.values()),
        tuple(errors.values()),
        tuple(world.notes),
        name,
        tuple(constraint for stack in world.stacks() for constraint in constraints(stack)),
        world.unseen,
        frozenset(name for each in by_path.values() for name in each.section("Parameters").members),
    )


class World:
    """The stacks of a project, and the links between them."""

    def __init__(
        self,
        roots: list[Template],
        by_path: dict[str, Template],
        environment: Environment | None,
        exported: Sequence[Export] = (),
    ) -> None:
        self._by_path = by_path
        self._exported = exported
        self._nested: dict[tuple[int, str], Stack | None] = {}
        self._stacks: list[Stack] | None = None
        self._exports: list[Export] | None = None
        self.notes: list[str] = []
        self.unseen = ""
        """Why there may be resources that are not seen, "" where there are none."""
        self.roots: list[Stack] = []
        for number, template in enumerate(roots):
            stack = Stack(
                template,
                self,
                prefix=f"{template.path}#" if number else "",
                given=environment.parameters if environment is not None else None,
                pseudo=environment.pseudo if environment is not None else None,
                tags=environment.tags if environment is not None else None,
            )
            self.roots.append(stack)

    def stacks(self) -> list[Stack]:
        """All stacks, each before those that it nests."""
        if self._stacks is None:
            self._stacks = []
            for root in self.roots:
                self._collect(root)
            if len(self._stacks) >= MAX_STACKS:
                self.notes.append(f"{self.roots[0].template.path}: only the first {MAX_STACKS} stacks are judged")
        return self._stacks

    def _collect(self, stack: Stack) -> None:
        assert self._stacks is not None  # noqa: S101
        if len(self._stacks) >= MAX_STACKS:
            return
        self._stacks.append(stack)
        unseen = ["resources that `Fn::Transform` puts in are not seen"] if _has_included_resources(stack) else []
        macros = foreign_macros(stack.template.transforms())
        unseen += [f"what the macro `{macro}` changes at deployment is not seen" for macro in macros]
        self.notes += [f"{stack.template.path}: {reason}" for reason in unseen]
        self.unseen = self.unseen or next(iter(unseen), "")
        for name, made in stack.resources.items():
            type = text_of(member(made.node, "Type")) or ""
            if type.endswith("::MODULE"):
                self.notes.append(f"{stack.template.path}: the resources that the module `{type}` makes are not seen")
            nested = self.nested(stack, name)
            if nested is not None:
                self._collect(nested)

    def nested(self, stack: Stack, name: str) -> Stack | None:
        """The nested stack that a resource makes, if its template is a local file of the scan."""
        key = (id(stack), name)
        if key not in self._nested:
            self._nested[key] = None
            self._nested[key] = self._nest(stack, name)
        return self._nested[key]

    def _nest(self, stack: Stack, name: str) -> Stack | None:
        made = stack.resources.get(name)
        if made is None or text_of(member(made.node, "Type")) != "AWS::CloudFormation::Stack":
            return None
        path = template_path(stack, made.node)
        template = self._by_path.get(path) if path is not None else None
        if template is None:
            self.notes.append(f"{stack.template.path}: the template of the nested stack `{name}` is not in the scan")
            return None
        if len(stack.calls) >= MAX_NESTING or template in stack.lineage:
            self.notes.append(f"{stack.template.path}: the nested stack `{name}` nests itself or is too deep")
            return None
        return _nested_stack(stack, name, made, template, self)

    def exports(self) -> list[Export]:
        """What the stacks export."""
        if self._exports is None:
            self._exports = []  # for a name that hangs on an import
            self._exports = exports_of(self.stacks())
        return self._exports

    def imported(self, name: Value, span: Span | None) -> Value:
        """The value of the one export of the scan that has a name, or may have it."""
        text = label(name)
        if text is None:
            return unknown_because(name, span, "the name of the imported export is not known")
        if len(stacks_of(matching(name, self._exported))) > 1:
            return _import(text, f"several templates of the scan export `{text}`", span)
        found = matching(name, self.exports())
        if len(stacks_of(found)) != 1:
            return _import(text, f"no template of the scan exports `{text}`", span)
        first = found[0]
        place = first.stack.output_span(first.output)
        return value_of(found, name).at(span).via(f"export `{label(first.name) or text}`", place)


def _import(name: str, why: str, span: Span | None) -> Unknown:
    """An export that is not known. CloudFormation refuses empty ones: "Exported values must not be empty"."""
    return Unknown(why, span, identity=f"ImportValue {name}", refinement={"min_length": 1})


def _nested_stack(parent: Stack, name: str, made: Made, template: Template, world: World) -> Stack:
    properties = member(made.node, "Properties")
    passed = member(properties, "Parameters")
    given = {
        parameter: parent.evaluate(node)
        for parameter, node in (passed.members if isinstance(passed, Mapping) else {}).items()
    }
    tags = member(properties, "Tags")
    return Stack(
        template,
        world,
        prefix=f"{parent.prefix}{name}/",
        given={parameter: value for parameter, value in given.items() if not isinstance(value, Absent)},
        pseudo={key: value for key, value in parent.pseudo.items() if key not in OF_THE_STACK},
        exists=parent.existence(made.node) if isinstance(made.node, Mapping) else parent.exists,
        calls=(*parent.calls, (made.address, parent.template.span(made.key_place))),
        lineage=(*parent.lineage, template),
        tags={**parent.tags, **(_tags(parent.evaluate(tags)) if tags is not None else {})},
    )


def _tags(value: Value) -> dict[str, Value]:
    """A list of tags as a map of them."""
    tags: dict[str, Value] = {}
    for element in value.data if isinstance(value, Known) and isinstance(value.data, list) else []:
        if isinstance(element, Known) and isinstance(element.data, dict):
            key, tag = element.data.get("Key"), element.data.get("Value")
            name = as_text(key.data) if isinstance(key, Known) else None
            if name is not None and tag is not None:
                tags[name] = tag
    return tags


def template_path(stack: Stack, resource: Node) -> str | None:
    """Where the template of a nested stack is, if it is a local file: `TemplateURL`, or where CDK says it put it."""
    folder = posixpath.dirname(stack.template.path)
    asset = text_of(member(resource, "Metadata", "aws:asset:path"))
    if asset is not None and text_of(member(resource, "Metadata", "aws:asset:property")) == "TemplateURL":
        return posixpath.normpath(posixpath.join(folder, asset))
    node = member(resource, "Properties", "TemplateURL")
    value = stack.evaluate(node) if node is not None else None
    url = as_text(value.data) if isinstance(value, Known) else None
    if url is None or "://" in url.removeprefix("file://"):
        return None
    return posixpath.normpath(posixpath.join(folder, url.removeprefix("file://")))


def _roots(templates: list[Template], by_path: dict[str, Template], named: frozenset[str]) -> list[Template]:
    """The templates that are judged by themselves: named ones, and those that no other one nests."""
    nested: dict[int, list[Template]] = {}
    for template in templates:
        nested[id(template)] = _nested_templates(template, by_path)
    below = {id(inner) for template in templates for inner in nested[id(template)] if inner is not template}
    roots = [template for template in templates if id(template) not in below or template.path in named]
    reached: set[int] = set()
    for template in roots:
        _reach(template, nested, reached)
    for template in templates:  # those that nest each other in a circle
        if id(template) not in reached:
            roots.append(template)
            _reach(template, nested, reached)
    return roots


def _reach(template: Template, nested: dict[int, list[Template]], reached: set[int]) -> None:
    waiting = [template]
    while waiting:
        current = waiting.pop()
        if id(current) not in reached:
            reached.add(id(current))
            waiting.extend(nested[id(current)])


def _nested_templates(template: Template, by_path: dict[str, Template]) -> list[Template]:
    """The templates of the stacks that a template makes with the defaults of its parameters."""
    text = template.source.text
    if "AWS::CloudFormation::Stack" not in text and "AWS::Serverless::Application" not in text:
        return []
    stack = Stack(template, World([], by_path, None))
    paths = [
        template_path(stack, made.node)
        for made in stack.resources.values()
        if text_of(member(made.node, "Type")) == "AWS::CloudFormation::Stack"
    ]
    return [by_path[path] for path in paths if path is not None and path in by_path]


def _groups(
    roots: list[Template], by_path: dict[str, Template], environment: Environment | None
) -> list[tuple[list[Template], Sequence[Export]]]:
    """The roots, those together one of which imports what another exports; and all that is exported."""
    if not any("ImportValue" in template.source.text for template in by_path.values()):
        return [([root], ()) for root in roots]
    worlds = [World([root], by_path, environment) for root in roots]
    exporters = {id(export): number for number, world in enumerate(worlds) for export in world.exports()}
    exported = [export for world in worlds for export in world.exports()]
    leader = list(range(len(roots)))
    for number, world in enumerate(worlds):
        for name in imported_names(world.stacks()):
            found = matching(name, exported)
            if len(stacks_of(found)) == 1:
                first, second = sorted((_find(leader, number), _find(leader, exporters[id(found[0])])))
                leader[second] = first
    groups: dict[int, list[Template]] = {}
    for number, root in enumerate(roots):
        groups.setdefault(_find(leader, number), []).append(root)
    return [(group, exported) for group in groups.values()]


def _find(leader: list[int], number: int) -> int:
    while leader[number] != number:
        number = leader[number]
    return number


def _has_included_resources(stack: Stack) -> bool:
    """Whether `Fn::Transform` stands in the place of resources: among them, or as the whole of one."""
    return "Fn::Transform" in stack.resources or any(
        isinstance(made.node, Mapping) and "Fn::Transform" in made.node.members and "Type" not in made.node.members
        for made in stack.resources.values()
    )
