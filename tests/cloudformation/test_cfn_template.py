"""What counts as a template, and what is said of one whose form is wrong."""

from __future__ import annotations

import pytest

from enclint.frontends.cloudformation.project import load_projects
from enclint.frontends.cloudformation.template import is_template, read_template, read_templates
from enclint.source import Source

RESOURCE = "  V:\n    Type: AWS::EC2::Volume\n"


def counted(path: str, text: str) -> int:
    """How many templates a file gives, by the quick look and the reader together."""
    return len(read_templates(Source(path, text))) if is_template(path, text) else 0


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.yaml", f"Resources:\n{RESOURCE}"),
        ("a.yml", "Resources:\n  C: {Type: 'Custom::Thing'}\n"),
        ("a.template", "AWSTemplateFormatVersion: 2010-09-09\n"),
        ("a.json", '{"Resources": {"V": {"Type": "AWS::EC2::Volume"}}}'),
        ("a.json", '\ufeff{\n "AWSTemplateFormatVersion": "2010-09-09"\n}'),
        ("a.yaml", "# comment\n---\n" + f"Resources:\n{RESOURCE}"),
        ("a.yaml", "{Resources: {V: {Type: AWS::EC2::Volume}}}"),
        ("a.yaml", "Resources:\n  Fn::ForEach::Vs: [N, [a], {'V${N}': {Type: AWS::EC2::Volume}}]\n"),
        (
            "serverless.yml",
            "service: shop\nprovider: {name: aws}\nresources:\n  Resources:\n    V: {Type: AWS::EC2::Volume}\n",
        ),
    ],
)
def test_templates_are_recognised(path: str, text: str) -> None:
    assert counted(path, text) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pod.yaml", "apiVersion: v1\nkind: Pod\nResources: {}\n"),
        ("package.json", '{"name": "x", "Resources": {}}'),
        ("schema.json", '{"typeName": "AWS::EC2::Volume", "properties": {}}'),
        ("map.yaml", "kind: ConfigMap\ndata:\n  t: |\n    Resources:\n      V:\n        Type: AWS::EC2::Volume\n"),
        ("a.txt", f"Resources:\n{RESOURCE}"),
        ("empty.yaml", ""),
        ("list.json", '["AWS::EC2::Volume"]'),
        ("serverless.yml", "service: shop\nprovider: {name: aws}\nfunctions: {}\n"),
        ("broken.yaml", "a: [b\n"),
    ],
)
def test_other_yaml_and_json_is_passed_over(path: str, text: str) -> None:
    assert counted(path, text) == 0


def test_only_the_templates_of_a_stream_count() -> None:
    text = f"kind: Pod\n---\nResources:\n{RESOURCE}---\nResources:\n{RESOURCE}"
    assert counted("a.yaml", text) == 2
    template = read_template(Source("a.yaml", text))
    assert template is not None
    assert template.section("Resources").members.keys() == {"V"}


def test_a_template_that_cannot_be_read_is_an_error_of_its_own_project() -> None:
    broken = read_templates(Source("broken.yaml", f"Resources:\n{RESOURCE}    Properties: {{Size: [\n"))
    good = read_templates(Source("good.yaml", f"Resources:\n{RESOURCE}"))
    projects = load_projects([*broken, *good])
    assert [project.name for project in projects] == ["broken.yaml", "good.yaml"]
    [error] = projects[0].errors
    assert error.policy == "syntax-error"
    assert error.is_error
    assert error.span is not None
    assert error.span.source.path == "broken.yaml"
    assert [resource.address for resource in projects[1].resources] == ["V"]


@pytest.mark.parametrize(
    ("body", "words", "line"),
    [
        ("  V:\n    Properties: {}\n", "has no `Type`", 3),
        ("  V: nothing\n", "must be a mapping", 3),
        ("  V:\n    Type: AWS::EC2::Volume\n    Properties: [a]\n", "`Properties` of `V`", 5),
        ("  V:\n    Type: AWS::EC2::Volume\n  V:\n    Type: AWS::EC2::Volume\n", "stands twice", 5),
    ],
)
def test_a_wrong_form_is_told_at_its_line_and_the_rest_is_judged(body: str, words: str, line: int) -> None:
    text = f"Description: x\nResources:\n{body}  Good:\n    Type: AWS::S3::Bucket\n"
    [project] = load_projects(read_templates(Source("a.yaml", text)))
    [error] = project.errors
    assert error.policy == "invalid-template"
    assert words in error.message
    assert error.span is not None
    assert error.span.line == line
    assert "Good" in [resource.address for resource in project.resources]


def test_sections_of_the_wrong_form_are_told() -> None:
    text = f"Parameters: [a]\nConditions: x\nResources:\n{RESOURCE}"
    [project] = load_projects(read_templates(Source("a.yaml", text)))
    assert [error.message for error in project.errors] == [
        "`Parameters` must be a mapping",
        "`Conditions` must be a mapping",
    ]
    assert len(project.resources) == 1
