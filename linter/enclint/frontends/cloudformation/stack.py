"""A stack: one instance of a template, with the values that its parameters have there. Everything is lazy.

The root of a project is a stack, and so is each nested stack in it. A stack evaluates nodes to values; what reaches
beyond it (a nested stack's outputs, an import) goes through the `Links` that its project gives it.
"""

from __future__ import annotations

import re

from enclint.frontends.cloudformation import intrinsics
from enclint.frontends.cloudformation.conditions import TRUE, conjunction, evaluate_condition, too_many
from enclint.frontends.cloudformation.language import expand
from enclint.frontends.cloudformation.node import Mapping, Scalar, Sequence, long_name, member, untagged
from enclint.frontends.cloudformation.parameters import Declaration, parameter_value
from enclint.frontends.cloudformation.rules import refuted_defaults, values_left
from enclint.frontends.cloudformation.text import concatenate
from enclint.frontends.cloudformation.transforms import transformed
from enclint.lean_typing import TYPE_CHECKING, Any, Final, Protocol
from enclint.model.patterns import WORD
from enclint.model.value import Absent, Choice, Known, Partial, Reference, Subject, Unknown

if TYPE_CHECKING:
    from enclint.frontends.cloudformation.node import Node
    from enclint.frontends.cloudformation.template import Template
    from enclint.frontends.cloudformation.transforms import Made
    from enclint.model.value import Value
    from enclint.source import Span

_DYNAMIC: Final = re.compile(r"\{\{resolve:([^{}]*)\}\}")
_SERVERLESS_VARIABLE: Final = re.compile(r"\$\{(?!AWS::)([^{}$]*)\}")

PSEUDO_PARAMETERS: Final = {
    "AWS::AccountId": "the account's id is",
    "AWS::NotificationARNs": "the notification topics are",
    "AWS::Partition": "the partition is",
    "AWS::Region": "the Region is",
    "AWS::StackId": "the stack's id is",
    "AWS::StackName": "the stack's name is",
    "AWS::URLSuffix": "the domain suffix of the partition is",
}
OF_THE_STACK: Final = ("AWS::StackId", "AWS::StackName")
"""Pseudo parameters of which a nested stack has its own."""


class Links(Protocol):
    """What lies outside a stack, as its project knows it."""

    def nested(self, stack: Stack, name: str) -> Stack | None:
        """The nested stack that a resource makes, if its template is in the scan."""

    def imported(self, name: Value, span: Span | None) -> Value:
        """The value of another stack's export; its name is no Choice."""


class Stack:
    """A template with the values of its parameters.

    `prefix` stands before the logical ids of the stack's resources in their keys ("" for the only root, `Storage/`
    for a nested stack). `given` are values of parameters by name, with their traces; `pseudo` those of pseudo
    parameters. `exists` is the condition under which there is this stack, `calls` lead to it, `lineage` are the
    templates from the root's to its own. `tags` are set on every resource of the stack.
    """

    def __init__(
        self,
        template: Template,
        links: Links,
        *,
        prefix: str = "",
        given: dict[str, Value] | None = None,
        pseudo: dict[str, Value] | None = None,
        exists: Value = TRUE,
        calls: tuple[tuple[str, Span | None], ...] = (),
        lineage: tuple[Template, ...] = (),
        tags: dict[str, Value] | None = None,
    ) -> None:
        self.template = template
        self.links = links
        self.prefix = prefix
        self.given = given or {}
        self.pseudo = pseudo or {}
        self.exists = exists
        self.calls = calls
        self.lineage = lineage or (template,)
        self.tags = tags or {}
        self._parameters: dict[str, Value] = {}
        self._refuted: frozenset[str] | None = None
        self._conditions: dict[str, Value | None] = {}
        self._condition_nodes: Mapping | None = None
        self._outputs: dict[str, Value | None] = {}
        self._output_nodes: Mapping | None = None
        self.resources: dict[str, Made] = {}
        self._aliases: dict[str, str] = {}
        self.resources, self._aliases = transformed(self)

    def __repr__(self) -> str:
        return f"Stack({self.template.path!r}, prefix={self.prefix!r})"

    def evaluate(self, node: Node) -> Value:
        """The value of any node. Members and elements that are `AWS::NoValue` are not there."""
        span = self.template.span(node)
        kind = node.__class__
        if node.tag:
            return intrinsics.call(self, long_name(node.tag), untagged(node), span)
        if kind is Scalar:
            return self._scalar(node.value, span)  # type: ignore[union-attr]
        if kind is Mapping:
            return self._mapping(node, span)  # type: ignore[arg-type]
        if kind is Sequence:
            elements = [self.evaluate(item) for item in node.items]  # type: ignore[union-attr]
            return Known([element for element in elements if element.__class__ is not Absent], span)
        return node.value.at(span)  # type: ignore[union-attr]

    def _scalar(self, value: Any, span: Span | None) -> Value:
        if value is None:
            return Absent(span)
        return self.text(value, span) if value.__class__ is str else Known(value, span)

    def _mapping(self, node: Mapping, span: Span | None) -> Value:
        members = node.members
        if len(members) == 1:
            [(key, argument)] = members.items()
            if key == "Ref" or (key.startswith("Fn::") and not key.startswith("Fn::ForEach::")):
                return intrinsics.call(self, key, argument, span)
        if "Fn::Transform" in members:
            return intrinsics.call(self, "Fn::Transform", members["Fn::Transform"], span)
        data: dict[str, Value] = {}
        expanded = expand(self, node)
        for key in expanded.members:
            value = self.member(expanded, key)
            if value.__class__ is not Absent:
                data[key] = value
        return Known(data, span)

    def member(self, mapping: Mapping, key: str) -> Value:
        """The value of a member. A nested object begins at its key: that is where something missing in it is missed."""
        node = mapping.members[key]
        value = self.evaluate(node)
        if node.__class__ is Mapping and value.__class__ is Known:
            value.span = self.template.span(mapping.key_places.get(key)) or value.span
        return value

    def text(self, text: str, span: Span | None) -> Value:
        """A text as it stands in the template: dynamic references in it are not known."""
        pattern, refinement = None, None
        if "{{resolve:" in text:
            refinement = {"min_length": 1}  # neither a parameter nor a secret can be empty
            pattern, reason = _DYNAMIC, "the dynamic reference `{}` is resolved at deployment"
        elif self.template.is_serverless_framework and "${" in text:
            pattern, reason = _SERVERLESS_VARIABLE, "the Serverless Framework's variable `{}` is not resolved"
        if pattern is None:
            return Known(text, span)
        parts: list[Value] = []
        end = 0
        for match in pattern.finditer(text):
            parts.append(Known(text[end : match.start()]) if match.start() > end else Absent())
            parts.append(Unknown(reason.format(match[0]), span, identity=match[0], refinement=refinement))
            end = match.end()
        parts.append(Known(text[end:]) if end < len(text) else Absent())
        return concatenate(parts, span)

    def resolved(self, value: Value, span: Span | None) -> Value:
        """A text that was put together: a dynamic reference that came about in it is not known either."""
        if isinstance(value, Known) and isinstance(value.data, str):
            return self.text(value.data, span) if "{{resolve:" in value.data else value
        if isinstance(value, Partial) and any(isinstance(p, Known) and "{{resolve:" in p.data for p in value.parts):
            value.reason = "a dynamic reference is resolved at deployment"
        return value

    def ref(self, name: str, span: Span | None) -> Value:
        """What `Ref` gives for a parameter, a pseudo parameter or a resource."""
        if name in self.template.section("Parameters").members:
            value = self.parameter(name)
            return _placed(value, span, f"parameter `{name}`")
        name = self._aliases.get(name, name)
        if name in self.resources:
            return Reference(self.prefix + name, "", span)
        if name.startswith("AWS::"):
            return self._pseudo_parameter(name, span)
        return Unknown(f"`{name}` is neither a parameter nor a resource of the template", span)

    def _pseudo_parameter(self, name: str, span: Span | None) -> Value:
        if name == "AWS::NoValue":
            return Absent(span)
        given = self.pseudo.get(name)
        if given is not None:
            return _placed(given, span, name)
        what = PSEUDO_PARAMETERS.get(name)
        if what is None:
            return Unknown(f"`{name}` is no pseudo parameter that is known here", span)
        identity = self.prefix + name if name in OF_THE_STACK else name
        refinement = _NOT_EMPTY if name in _NO_WORDS else _WORD
        return Unknown(f"{what} known only at deployment (`{name}`)", span, identity=identity, refinement=refinement)

    def parameter(self, name: str) -> Value:
        """The value of a parameter that the template declares."""
        value = self._parameters.get(name)
        if value is None:
            has_default = name not in self._refuted_defaults()
            left = values_left(self.template, name)
            declaration = Declaration(self.template, name, self.prefix, left, has_default)
            value = self._parameters[name] = parameter_value(declaration, self.given.get(name))
        return value

    def _refuted_defaults(self) -> frozenset[str]:
        if self._refuted is None:
            self._refuted = frozenset()  # the rules are asked with the defaults
            self._refuted = refuted_defaults(self)
            self._parameters.clear()
        return self._refuted

    def get_att(self, name: str, attribute: str, span: Span | None) -> Value:
        """What `Fn::GetAtt` gives: an output of a nested stack, or an attribute of a resource."""
        if attribute.startswith("Outputs."):
            nested = self.links.nested(self, name)
            if nested is not None:
                output = attribute.removeprefix("Outputs.")
                return nested.output(output).at(span).via(f"output `{output}` of `{name}`", nested.output_span(output))
        alias = self._aliases.get(f"{name}.{attribute}")
        if alias is not None:
            return Reference(self.prefix + alias, "", span)
        if name in self.resources:
            return Reference(self.prefix + name, attribute, span)
        return Unknown(f"`{name}` is no resource of the template", span)

    def imported(self, name: Value, span: Span | None) -> Value:
        """The value of another stack's export; its name is no Choice."""
        return self.links.imported(name, span)

    def condition(self, name: str) -> Value:
        """The value of a named condition: Known, or a Choice of booleans."""
        if name in self._conditions:
            known = self._conditions[name]
            return known if known is not None else _undecided_condition(self.prefix, name, "hangs on itself")
        node = self._conditions_section().members.get(name)
        if node is None:
            return _undecided_condition(self.prefix, name, "is not defined")
        self._conditions[name] = None
        value = evaluate_condition(self, node)
        self._conditions[name] = value
        return value

    def condition_span(self, name: str) -> Span | None:
        """Where a condition is defined."""
        return self.template.span(self._conditions_section().members.get(name))

    def _conditions_section(self) -> Mapping:
        if self._condition_nodes is None:
            self._condition_nodes = self.template.section("Conditions")
            self._condition_nodes = expand(self, self._condition_nodes)
        return self._condition_nodes

    def output(self, name: str) -> Value:
        """The value of an output, for the stack that nests this one."""
        if name in self._outputs:
            value = self._outputs[name]
            return value if value is not None else Unknown(f"the output `{name}` hangs on itself")
        node = member(self.outputs().members.get(name), "Value")
        if node is None:
            return Unknown(f"the nested stack {self.template.path} has no output `{name}`")
        self._outputs[name] = None
        value = self.evaluate(node)
        self._outputs[name] = value
        return value

    def output_exists(self, name: str) -> Value:
        """Under which condition there is an output."""
        node = self.outputs().members.get(name)
        return self.existence(node) if isinstance(node, Mapping) else self.exists

    def output_span(self, name: str) -> Span | None:
        """Where an output's value stands."""
        return self.template.span(member(self.outputs().members.get(name), "Value"))

    def outputs(self) -> Mapping:
        """The section of outputs, loops expanded."""
        if self._output_nodes is None:
            self._output_nodes = self.template.section("Outputs")
            self._output_nodes = expand(self, self._output_nodes)
        return self._output_nodes

    def existence(self, resource: Mapping) -> Value:
        """Under which condition there is a resource, or an output: its own, and that of its stack."""
        condition = resource.members.get("Condition")
        if condition is None:
            return self.exists
        name = self.template.word(condition)
        holds = self.condition(name) if name is not None else evaluate_condition(self, condition)
        both = conjunction(self.exists, holds)
        return both if both is not None else too_many(self, condition)


_NOT_EMPTY: Final = {"min_length": 1}
_WORD: Final = {**_NOT_EMPTY, WORD: True}
_NO_WORDS: Final = ("AWS::StackId", "AWS::NotificationARNs")
"""ARNs; the other pseudo parameters are names, numbers and parts of domains."""


def _undecided_condition(prefix: str, name: str, why: str) -> Value:
    subject = Subject(f"{prefix}condition {name}", f"condition `{name}` (which {why})")
    return Choice(subject, [(True, Known(True)), (False, Known(False))])


def _placed(value: Value, span: Span | None, label: str) -> Value:
    """A value as it is where it is referred to: there, with one hop more to where it was."""
    if isinstance(value, Choice):
        branches = [(case, _placed(branch, span, label)) for case, branch in value.branches]
        choice = Choice(value.subject, branches, span, sensitive=value.sensitive, trace=value.trace)
        return choice.via(label, value.span)
    return value.at(span).via(label, value.span)
