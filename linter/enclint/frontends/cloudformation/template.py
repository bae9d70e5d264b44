"""A template: one document of one file, its sections, and what is wrong with its form. Nothing is evaluated here."""

from __future__ import annotations

import re

from enclint.finding import Finding, Severity, Verdict
from enclint.frontends.cloudformation.node import Mapping, Scalar, Sequence, function_of, member, plain, text_of
from enclint.frontends.cloudformation.reader import read
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.source import Source, Span

if TYPE_CHECKING:
    from enclint.frontends.cloudformation.node import Node, Place
    from enclint.frontends.cloudformation.reader import Problem

SUFFIXES: Final = (".yaml", ".yml", ".json", ".template")

_SIGNS: Final = ("AWS::", "Custom::", "Alexa::", "AWSTemplateFormatVersion")
_SECTION: Final = re.compile(r"""(?:Resources|AWSTemplateFormatVersion)["']?+[ \t]*+:""").finditer
_TYPE: Final = re.compile(r"(?:AWS|Alexa)::[A-Za-z0-9]+::[A-Za-z0-9:]+\Z|Custom::[A-Za-z0-9_@-]+\Z").match


def is_template(path: str, text: str) -> bool:
    """Whether a file is worth reading as a template: a look at the name and the text, no parsing.

    It lets everything pass that could be one (a syntax error in a template must be told), and little else:
    `read_templates` has the last word, and gives nothing for a file that turns out to be something else.
    """
    if not path.endswith(SUFFIXES) or not any(sign in text for sign in _SIGNS):
        return False
    return any(_begins_a_key(text, match.start()) for match in _SECTION(text))


def _begins_a_key(text: str, offset: int) -> bool:
    """Whether a word may be a key: only a quote and blanks stand between it and a line's begin, a brace or a comma."""
    before = text[max(0, offset - 80) : offset].removesuffix('"').removesuffix("'").rstrip(" \t")
    return not before or before[-1] in "\n\r{,\ufeff"


class Template:
    """One template of a file. `root` is its top-level mapping, None where the file could not be read.

    `errors` are the findings about its form; those that are met while it is evaluated are added.
    """

    __slots__ = ("errors", "is_serverless_framework", "root", "source")

    def __init__(
        self, source: Source, root: Mapping | None, errors: list[Finding], is_serverless_framework: bool = False
    ) -> None:
        self.source = source
        self.root = root
        self.errors = errors
        self.is_serverless_framework = is_serverless_framework

    def __repr__(self) -> str:
        return f"Template({self.source.path!r})"

    @property
    def path(self) -> str:
        """The path of the file."""
        return self.source.path

    def span(self, node: Node | Place | None) -> Span | None:
        """Where a node, or a place in the text, is."""
        if node is None:
            return None
        start, end = node if isinstance(node, tuple) else (node.start, node.end)
        return Span(self.source, start, end)

    def word(self, node: Node | None) -> str | None:
        """A scalar without a tag as it is written: a name such as `On` or `007`, which YAML takes for no text."""
        text = text_of(node)
        if text is None and isinstance(node, Scalar) and not node.tag and node.value is not None:
            return self.source.text[node.start : node.end]
        return text

    def section(self, name: str) -> Mapping:
        """A section of the template; an empty mapping where it is missing or of the wrong form."""
        node = member(self.root, name)
        return node if isinstance(node, Mapping) and not node.tag else Mapping({}, {}, 0, 0)

    def transforms(self) -> list[str]:
        """The names of the transforms and macros that the whole template passes through, in order."""
        node = member(self.root, "Transform")
        nodes = node.items if isinstance(node, Sequence) else [node]
        names = [text_of(each) or text_of(member(each, "Name")) for each in nodes if each is not None]
        return [name for name in names if name]

    def invalid(self, message: str, place: Node | Place | None) -> None:
        """Note that the template's form is wrong somewhere."""
        self.errors.append(input_error("invalid-template", "The template is not valid", message, self.span(place)))


def input_error(policy: str, title: str, message: str, span: Span | None) -> Finding:
    """A finding that says what could not be read."""
    return Finding(policy, title, Verdict.UNKNOWN, Severity.HIGH, message, span, is_error=True)


def read_template(source: Source) -> Template | None:
    """The first template of a file; None if the file holds none."""
    templates = read_templates(source)
    return templates[0] if templates else None


def read_templates(source: Source) -> list[Template]:
    """The templates of a file, one for each document of a YAML stream that is one.

    A file that could not be read gives one Template without a root, whose errors say why.
    """
    reading = read(source.text)
    templates = [each for document in reading.documents if (each := _template(source, document)) is not None]
    fatal = any(problem.fatal for problem in reading.problems)
    if not templates and fatal:
        templates = [Template(source, None, [])]
    if templates:
        templates[0].errors[:0] = [_problem_finding(source, problem) for problem in reading.problems]
    return templates


def _problem_finding(source: Source, problem: Problem) -> Finding:
    span = Span(source, problem.start, min(problem.end, max(len(source.text), problem.start)))
    if problem.fatal:
        return input_error("syntax-error", "The file could not be read", problem.message, span)
    return input_error("invalid-template", "The template is not valid", problem.message, span)


def _template(source: Source, document: Node) -> Template | None:
    """The template that a document is, or that a Serverless Framework file carries; None if it is something else."""
    if not isinstance(document, Mapping):
        return None
    if _is_template(document):
        template = Template(source, document, [])
    else:
        resources = _serverless_resources(document)
        if resources is None:
            return None
        template = Template(source, resources, [], is_serverless_framework=True)
    _check_form(template)
    return template


def _is_template(document: Mapping) -> bool:
    """Whether the top level has `AWSTemplateFormatVersion`, or `Resources` with at least one type of AWS's form."""
    return "AWSTemplateFormatVersion" in document.members or _has_typed_resource(document.members.get("Resources"))


def _has_typed_resource(resources: Node | None) -> bool:
    if not isinstance(resources, Mapping):
        return False
    for name, resource in resources.members.items():
        if name.startswith("Fn::ForEach::") and isinstance(resource, Sequence) and len(resource.items) == 3:
            if _has_typed_resource(resource.items[2]):
                return True
        elif _TYPE(text_of(member(resource, "Type")) or ""):
            return True
    return False


def _serverless_resources(document: Mapping) -> Mapping | None:
    """The CloudFormation part of a Serverless Framework file: `resources`, or its pieces put together.

    Source: https://www.serverless.com/framework/docs/providers/aws/guide/resources
    """
    if "service" not in document.members or "provider" not in document.members:
        return None
    node = document.members.get("resources")
    pieces = node.items if isinstance(node, Sequence) else [node]
    sections: dict[str, Node] = {}
    for piece in pieces:
        for name, section in piece.members.items() if isinstance(piece, Mapping) else ():
            sections[name] = _put_together(sections.get(name), section)
    if not _has_typed_resource(sections.get("Resources")):
        return None
    return Mapping(sections, {}, document.start, document.end)


def _put_together(first: Node | None, second: Node) -> Node:
    """A section of several pieces."""
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return second
    members = {**first.members, **second.members}
    return Mapping(members, {**first.key_places, **second.key_places}, second.start, second.end)


_MAPPING_SECTIONS: Final = ("Resources", "Parameters", "Mappings", "Conditions", "Outputs", "Rules", "Globals")


def _check_form(template: Template) -> None:
    """Report sections that are no mappings, and resources without a type."""
    root = template.root
    assert root is not None  # noqa: S101
    for name in _MAPPING_SECTIONS:
        node = root.members.get(name)
        is_empty = isinstance(node, Scalar) and node.value is None
        if node is not None and not is_empty and not (isinstance(node, Mapping) and not node.tag):
            template.invalid(f"`{name}` must be a mapping", root.key_places.get(name) or node)
    resources = template.section("Resources")
    for name, resource in resources.members.items():
        if not name.startswith("Fn::"):
            _check_resource(template, name, resource, resources.key_places.get(name))


def _check_resource(template: Template, name: str, resource: Node, place: Place | None) -> None:
    if not isinstance(resource, Mapping):
        template.invalid(f"the resource `{name}` must be a mapping with a `Type`", place or resource)
        return
    if text_of(resource.members.get("Type")) is None and "Fn::Transform" not in resource.members:
        template.invalid(f"the resource `{name}` has no `Type`", place or resource)
    properties = resource.members.get("Properties")
    is_empty = isinstance(properties, Scalar) and properties.value is None
    if properties is not None and not is_empty and not isinstance(properties, Mapping) and not function_of(properties):
        template.invalid(f"the `Properties` of `{name}` must be a mapping", properties)


def metadata_of(resource: Mapping) -> dict[str, object] | None:
    """A resource's `Metadata` as plain data; None where there is none."""
    data = plain(resource.members.get("Metadata"))
    return data if isinstance(data, dict) else None
