"""Fixtures as syntax trees in which one input after the other is made unknown: what somebody else will decide."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, contextmanager
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
    """A value that the code says: where it stands in the tree, and what to put there instead (None: nothing).

    `unknown`: something that is not known. `conditional`: the value itself, or nothing at all, on a condition that is
    not known; None for the default of a parameter.
    """

    line: int
    container: Any
    place: Any
    unknown: Any
    conditional: Any = None

    def under(self, key: Any) -> Input:
        """The same as an item of an object, which is a key and a value."""
        return self._replace(unknown=(key, self.unknown), conditional=(key, self.conditional))

    def made_unknown(self) -> AbstractContextManager[None]:
        """The tree in which the input is not known."""
        return self._replaced_by(self.unknown)

    def made_conditional(self) -> AbstractContextManager[None]:
        """The tree in which the input is there in one case and not in the other."""
        return self._replaced_by(self.conditional)

    @contextmanager
    def _replaced_by(self, value: Any) -> Iterator[None]:
        if isinstance(self.container, (list, dict)):
            restore = _restoring(self.container)
            if value is None:
                del self.container[self.place]
            else:
                self.container[self.place] = value
        else:
            restore = partial(setattr, self.container, self.place, getattr(self.container, self.place))
            setattr(self.container, self.place, value)
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
            variable = self._variable(node)
            null = syntax.Literal(None, node.start, node.end)
            conditional = syntax.Conditional(variable, node, null, node.start, node.end)
            yield Input(self._line(node), container, place, variable, conditional)
        if isinstance(node, syntax.Object):
            for number, (key, value) in enumerate(node.items):
                for inner in self._at(node.items, number, value):
                    yield inner.under(key) if inner.container is node.items else inner
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
        root.members.setdefault("Conditions", Mapping({}, {}, 0, 0))
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
            reference = self._reference(node)
            yield Input(self._line(node), container, place, reference, self._conditional(node, reference))
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

    def _conditional(self, node: Any, reference: Scalar) -> Sequence:
        """`Fn::If` of a node and nothing, on a condition of its own that asks a parameter."""
        name = str(reference.value)
        conditions = self.template.section("Conditions")
        comparison = Sequence([reference, Scalar("x", 0, 0)], 0, 0, "Equals")
        conditions.members[name] = comparison
        conditions.key_places[name] = (0, 0)
        nothing = Scalar("AWS::NoValue", node.start, node.end, "Ref")
        return Sequence([Scalar(name, 0, 0), node, nothing], node.start, node.end, "If")

    def _line(self, node: Any) -> int:
        return self.source.text.count("\n", 0, node.start) + 1


def read_fixture(file: Path, folder: Path) -> TerraformFixture | CloudFormationFixture:
    """A fixture, ready to be changed; `folder` is an empty one."""
    return TerraformFixture(file, folder) if file.suffix == ".tf" else CloudFormationFixture(file)
