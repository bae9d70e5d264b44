"""Fixtures as syntax trees in which one input after the other is made unknown: what somebody else will decide."""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from enclint.frontends.cloudformation.node import Mapping, Scalar, Sequence, function_of
from enclint.frontends.cloudformation.project import load_projects
from enclint.frontends.cloudformation.template import Template, read_templates
from enclint.frontends.terraform import syntax
from enclint.frontends.terraform.loader import ModuleLoader, parse_file
from enclint.frontends.terraform.module import Module, read_module
from enclint.frontends.terraform.project import load_project
from enclint.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from enclint.model.resource import Project

FIXTURES = Path(__file__).parents[2] / "fixtures"

INPUTS = 200
"""How many inputs a fixture may have; each is made unknown by a variable or parameter of its own."""


class Input(NamedTuple):
    """A value that the code says: where it stands in the tree, and what to put there instead (None: nothing)."""

    line: int
    container: Any
    place: Any
    unknown: Any

    @contextmanager
    def made_unknown(self) -> Iterator[None]:
        """The tree in which the input is not known."""
        if isinstance(self.container, (list, dict)):
            restore = _restoring(self.container)
            if self.unknown is None:
                del self.container[self.place]
            else:
                self.container[self.place] = self.unknown
        else:
            restore = partial(setattr, self.container, self.place, getattr(self.container, self.place))
            setattr(self.container, self.place, self.unknown)
        yield
        restore()


def _restoring(container: Any) -> Callable[[], None]:
    """What gives a list or a dictionary back what it holds now, in this order."""
    before = container.copy()

    def restore() -> None:
        container.clear()
        (container.extend if isinstance(container, list) else container.update)(before)

    return restore


class TerraformFixture:
    """A root module of one file."""

    def __init__(self, file: Path, folder: Path) -> None:
        text = file.read_text(encoding="utf-8")
        (folder / "main.tf").write_text(text, encoding="utf-8")
        self.folder = str(folder)
        self.source = Source(str(folder / "main.tf"), text)
        self.body = parse_file(self.source)
        self._undecided = iter([f"undecided_{number}" for number in range(INPUTS)])

    def project(self) -> Project:
        return load_project(self.folder, _OneTree(self.folder, self.body))

    def inputs(self) -> Iterator[Input]:
        for block in list(self.body.items):
            assert isinstance(block, syntax.Block)
            if block.type == "variable":
                yield from self._defaults(block)
            elif block.type in ("resource", "data", "locals", "provider"):
                yield from self._below(block.items)

    def _defaults(self, block: syntax.Block) -> Iterator[Input]:
        for number, item in enumerate(block.items):
            if isinstance(item, syntax.Attribute) and item.name == "default":
                yield Input(self._line(item), block.items, number, None)

    def _below(self, items: list[syntax.Item]) -> Iterator[Input]:
        for item in items:
            if isinstance(item, syntax.Block):
                if item.type != "lifecycle":
                    yield from self._below(item.items)
            elif item.name not in ("provider", "depends_on", "alias"):
                yield from self._at(item, "expression", item.expression)

    def _at(self, container: Any, place: Any, node: Any) -> Iterator[Input]:
        """The inputs of an expression, which stands at a place in a container; itself first."""
        if _EACH.search(self.source.text, node.start, node.end) is None:
            yield Input(self._line(node), container, place, self._variable(node))
        if isinstance(node, syntax.Object):
            for number, (key, value) in enumerate(node.items):
                for inner in self._at(node.items, number, value):
                    yield inner._replace(unknown=(key, inner.unknown)) if inner.container is node.items else inner
        elif isinstance(node, syntax.Tuple):
            for number, item in enumerate(node.items):
                yield from self._at(node.items, number, item)
        elif isinstance(node, syntax.Call):
            for number, item in enumerate(node.arguments):
                yield from self._at(node.arguments, number, item)
        elif isinstance(node, syntax.Conditional):
            for name in ("if_true", "if_false"):
                yield from self._at(node, name, getattr(node, name))

    def _variable(self, node: syntax.Node) -> syntax.Variable:
        """A variable without default in the place of a node."""
        name = next(self._undecided)
        self.body.items.append(syntax.Block("variable", [name], [], node.start, node.end, node.end))
        return syntax.Variable(("var", name), node.start, node.end)

    def _line(self, node: syntax.Node) -> int:
        return self.source.text.count("\n", 0, node.start) + 1


_EACH = re.compile(r"\b(?:each|count|self)\.|\b(?!var\.|local\.)\w+\.(?:value|key)\b")
"""What differs from instance to instance of a resource, and so cannot be one variable."""


class _OneTree(ModuleLoader):
    """Gives a tree that was parsed before, whatever the file says."""

    def __init__(self, folder: str, body: syntax.Body) -> None:
        super().__init__(folder)
        self._body = body

    def load(self, path: str) -> Module:
        return read_module(path, lambda _: self._body)


class CloudFormationFixture:
    """A template."""

    def __init__(self, file: Path) -> None:
        self.source = Source(str(file), file.read_text(encoding="utf-8"))
        [self.template] = read_templates(self.source)
        root = self.template.root
        assert root is not None
        parameters = root.members.setdefault("Parameters", Mapping({}, {}, 0, 0))
        assert isinstance(parameters, Mapping)
        self._parameters = parameters
        self._undecided = iter([f"Undecided{number}" for number in range(INPUTS)])

    def project(self) -> Project:
        [project] = load_projects([Template(self.source, self.template.root, [])])
        return project

    def inputs(self) -> Iterator[Input]:
        for parameter in list(self.template.section("Parameters").members.values()):
            if isinstance(parameter, Mapping) and "Default" in parameter.members:
                yield Input(self._line(parameter), parameter.members, "Default", None)
        for resource in self.template.section("Resources").members.values():
            if isinstance(resource, Mapping) and "Properties" in resource.members:
                yield from self._at(resource.members, "Properties")

    def _at(self, container: Any, place: Any) -> Iterator[Input]:
        node = container[place]
        function = function_of(node)
        if isinstance(node, Scalar) or function is not None:
            yield Input(self._line(node), container, place, self._reference(node))
        if function is not None:
            name, argument = function
            if name == "Fn::If" and isinstance(argument, Sequence):
                for number in range(1, len(argument.items)):
                    yield from self._at(argument.items, number)
        elif isinstance(node, Sequence):
            for number in range(len(node.items)):
                yield from self._at(node.items, number)
        elif isinstance(node, Mapping):
            for key in node.members:
                yield from self._at(node.members, key)

    def _reference(self, node: Any) -> Scalar:
        """A reference to a parameter without default, in the place of a node."""
        name = next(self._undecided)
        self._parameters.members[name] = Mapping({"Type": Scalar("String", 0, 0)}, {"Type": (0, 0)}, 0, 0)
        self._parameters.key_places[name] = (0, 0)
        return Scalar(name, node.start, node.end, "Ref")

    def _line(self, node: Any) -> int:
        return self.source.text.count("\n", 0, node.start) + 1


def read_fixture(file: Path, folder: Path) -> TerraformFixture | CloudFormationFixture:
    """A fixture, ready to be changed; `folder` is an empty one."""
    return TerraformFixture(file, folder) if file.suffix == ".tf" else CloudFormationFixture(file)
