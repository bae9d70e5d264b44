"""The paths of the vocabulary lead to arguments and properties that there are: a path that is misspelt finds nothing.

CloudFormation's are held against the schemas that cfn-lint brings along, Terraform's against the table of the AWS
provider's arguments and blocks.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from cfnlint.schema._exceptions import ResourceNotFoundError

from enclint.frontends.terraform.provider_bodies import ProviderBody, body_of
from enclint.model.carriers import Carrier
from enclint.policy import bundled

if TYPE_CHECKING:
    from collections.abc import Iterator

REGIONS = ("us-east-1", "us-west-2", "eu-west-1")
"""Where schemas are looked for: not every type is everywhere."""


@cache
def carriers() -> dict[str, list[Carrier]]:
    """All carriers of the shipped vocabulary, by provider type."""
    vocabulary = bundled.load().vocabulary
    found: dict[str, list[Carrier]] = {}
    for kind in vocabulary.names:
        for carrier in vocabulary.carriers(kind):
            found.setdefault(carrier.type, []).append(carrier)
    return found


TEMPLATE_TYPES = sorted(type for type in carriers() if "::" in type)
PROVIDER_TYPES = sorted(
    type for type, those in carriers().items() if "::" not in type and any(each.mode == "managed" for each in those)
)


def paths_of(carrier: Carrier) -> Iterator[tuple[str, list[list[Any]]]]:
    """Each path as it is written, with its steps from the resource on, for each kind of element that it starts at."""
    starts: list[list[Any]] = [list(path.steps) for path in carrier.each]
    yield from ((path.text, [list(path.steps)]) for path in carrier.each)
    for path in (
        *(path for place in carrier.places.values() for path in place.paths),
        carrier.label,
        carrier.stands_for,
    ):
        if path is not None:
            before = [[]] if path.from_resource or not starts else starts
            yield path.text, [[*start, *path.steps] for start in before]


@pytest.mark.parametrize("type", TEMPLATE_TYPES)
def test_the_properties_of_a_template_s_type_are_in_its_schema(type: str) -> None:
    schema = schema_of(type)
    paths = [path for carrier in carriers()[type] for path in paths_of(carrier)]
    assert [text for text, ways in paths if not any(is_in_schema(way, schema, schema) for way in ways)] == []


@pytest.mark.parametrize("type", PROVIDER_TYPES)
def test_the_arguments_of_a_provider_s_type_are_in_its_table(type: str) -> None:
    body = body_of(type)
    assert body is not None
    paths = [path for carrier in carriers()[type] if carrier.mode == "managed" for path in paths_of(carrier)]
    assert [text for text, ways in paths if not any(is_in_body(way, body) for way in ways)] == []


def schema_of(type: str) -> dict[str, Any]:
    for region in REGIONS:
        try:
            schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, type).schema
        except ResourceNotFoundError:
            continue
        return schema
    pytest.fail(f"there is no schema of {type}")


def is_in_schema(steps: list[Any], schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """Whether the steps lead somewhere. What a schema leaves open (JSON, maps, texts) may hold anything."""
    schema = resolved(schema, root)
    if not steps:
        return True
    branches = [branch for word in ("oneOf", "anyOf", "allOf") for branch in schema.get(word, ())]
    if any(is_in_schema(steps, branch, root) for branch in branches if leads_on(branch, root)):
        return True
    if not isinstance(steps[0], str):  # one object counts as a list of one
        return is_in_schema(steps[1:], schema.get("items", schema), root)
    if "items" in schema:
        return is_in_schema(steps, schema["items"], root)
    members = schema.get("properties")
    if not members:
        return True
    return steps[0] in members and is_in_schema(steps[1:], members[steps[0]], root)


def leads_on(schema: dict[str, Any], root: dict[str, Any]) -> bool:
    schema = resolved(schema, root)
    return bool(schema.get("properties") or schema.get("items"))


def resolved(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        target: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return schema


def is_in_body(steps: list[Any], body: ProviderBody) -> bool:
    """Whether the steps lead to an argument (which may hold anything) or a block."""
    names = [step for step in steps if isinstance(step, str)]
    for name in names:
        if name in body.blocks:
            body = body.blocks[name]
            continue
        return name in body.arguments
    return True


def test_a_path_that_leads_nowhere_is_seen() -> None:
    schema = schema_of("AWS::EC2::Instance")
    body = body_of("aws_instance")
    assert body is not None
    for steps, there in (
        (["BlockDeviceMappings", 0, "Ebs", "Encrypted"], True),
        (["BlockDeviceMappings", "Ebs"], True),
    ):
        assert is_in_schema(steps, schema, schema) is there
    assert not is_in_schema(["BlockDeviceMappings", 0, "Ebs", "Encryption"], schema, schema)
    assert is_in_body(["root_block_device", 0, "encrypted"], body)
    assert not is_in_body(["root_block_device", 0, "encryption"], body)
