"""Plans: what is known, what will come from which resource, and what nobody set."""

from __future__ import annotations

import json
from typing import Any

from enclint.frontends.terraform.plan import addresses
from enclint.frontends.terraform.plan.loader import is_plan, load_plan
from enclint.json_positions import JsonObject, read
from enclint.model.resource import Project, ProviderResource
from enclint.model.value import Absent, Choice, Known, Reference, Unknown
from enclint.source import Source


def planned(
    type: str, name: str, *, module: str = "", actions: tuple[str, ...] = ("create",), **change: Any
) -> dict[str, Any]:
    """An entry of `resource_changes`; `change` holds after, after_unknown, …"""
    prefix = f"{module}." if module else ""
    entry = {"address": f"{prefix}{type}.{name}", "mode": "managed", "type": type, "name": name.split("[")[0]}
    if module:
        entry["module_address"] = module
    if "[" in name:
        entry["index"] = json.loads(name[name.index("[") + 1 : -1])
    return {**entry, "change": {"actions": list(actions), "after": {}, **change}}


def configured(type: str, name: str, **expressions: Any) -> dict[str, Any]:
    """An entry of the configuration's `resources`."""
    return {
        "address": f"{type}.{name}",
        "mode": "managed",
        "type": type,
        "name": name,
        "provider_config_key": "aws",
        "expressions": expressions,
    }


def refers_to(*names: str) -> dict[str, list[str]]:
    return {"references": list(names)}


def load(changes: list[dict[str, Any]], root_module: dict[str, Any] | None = None, **sections: Any) -> Project:
    configuration = {"root_module": root_module or {}, **sections.pop("configuration", {})}
    document = {
        "format_version": "1.2",
        "resource_changes": changes,
        "configuration": configuration,
        **sections,
    }
    text = json.dumps(document, indent=1)
    node = read(text)
    assert isinstance(node, JsonObject)
    assert is_plan(node)
    return load_plan(Source("plan.json", text), node)


def only(project: Project, address: str) -> ProviderResource:
    (found,) = [resource for resource in project.resources if resource.address == address]
    return found


def test_a_known_value_is_known_and_points_into_the_plan() -> None:
    project = load([planned("aws_ebs_volume", "v", after={"encrypted": False, "size": 8})])
    value = only(project, "aws_ebs_volume.v").argument("encrypted")
    assert isinstance(value, Known)
    assert value.data is False
    assert value.span is not None
    assert value.span.text == "false"


def test_unknown_without_an_expression_was_set_by_nobody() -> None:
    project = load(
        [planned("aws_db_instance", "db", after={"storage_encrypted": True}, after_unknown={"kms_key_id": True})],
        {"resources": [configured("aws_db_instance", "db", storage_encrypted={"constant_value": True})]},
    )
    assert isinstance(only(project, "aws_db_instance.db").argument("kms_key_id"), Absent)


def test_an_unknown_key_is_followed_through_a_module_input_to_its_resource() -> None:
    inner = {
        "resources": [configured("aws_cloudwatch_log_group", "flow", kms_key_id=refers_to("var.log_key"))],
        "variables": {"log_key": {}},
    }
    call = {"source": "./vpc", "expressions": {"log_key": refers_to("aws_kms_key.k.arn", "aws_kms_key.k")}}
    project = load(
        [
            planned("aws_kms_key", "k", after={}, after_unknown={"arn": True}),
            planned(
                "aws_cloudwatch_log_group",
                "flow[0]",
                module="module.vpc",
                after={},
                after_unknown={"kms_key_id": True},
            ),
        ],
        {"module_calls": {"vpc": {**call, "module": inner}}},
    )
    group = only(project, "module.vpc.aws_cloudwatch_log_group.flow[0]")
    value = group.argument("kms_key_id")
    assert isinstance(value, Reference)
    assert (value.target, value.attribute) == ("aws_kms_key.k", "arn")
    assert [label for label, _ in group.calls] == ["module.vpc"]


def test_an_unknown_key_is_followed_through_a_module_output() -> None:
    keys = {
        "resources": [configured("aws_kms_key", "this")],
        "outputs": {"arn": {"expression": refers_to("aws_kms_key.this.arn", "aws_kms_key.this")}},
    }
    project = load(
        [
            planned("aws_kms_key", "this", module="module.keys", after={}),
            planned("aws_sqs_queue", "q", after={}, after_unknown={"kms_master_key_id": True}),
        ],
        {
            "resources": [
                configured("aws_sqs_queue", "q", kms_master_key_id=refers_to("module.keys.arn", "module.keys"))
            ],
            "module_calls": {"keys": {"source": "./keys", "module": keys}},
        },
    )
    value = only(project, "aws_sqs_queue.q").argument("kms_master_key_id")
    assert isinstance(value, Reference)
    assert value.target == "module.keys.aws_kms_key.this"


def test_what_may_come_from_two_resources_is_a_choice_between_them() -> None:
    references = refers_to("var.blue", "aws_kms_key.a.arn", "aws_kms_key.a", "aws_kms_key.b.arn", "aws_kms_key.b")
    project = load(
        [
            planned("aws_kms_key", "a"),
            planned("aws_kms_key", "b"),
            planned("aws_sqs_queue", "q", after_unknown={"kms_master_key_id": True}),
        ],
        {"resources": [configured("aws_sqs_queue", "q", kms_master_key_id=references)]},
        variables={"blue": {"value": True}},
    )
    value = only(project, "aws_sqs_queue.q").argument("kms_master_key_id")
    assert isinstance(value, Choice)
    assert [branch.target for _, branch in value.branches if isinstance(branch, Reference)] == [
        "aws_kms_key.a",
        "aws_kms_key.b",
    ]


def test_an_attribute_unknown_inside_a_nested_block_keeps_the_rest_known() -> None:
    rule = {"apply_server_side_encryption_by_default": [{"kms_master_key_id": refers_to("aws_kms_key.k.arn")}]}
    project = load(
        [
            planned("aws_kms_key", "k"),
            planned(
                "aws_s3_bucket_server_side_encryption_configuration",
                "b",
                after={"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms"}]}]},
                after_unknown={"rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": True}]}]},
            ),
        ],
        {"resources": [configured("aws_s3_bucket_server_side_encryption_configuration", "b", rule=[rule])]},
    )
    value = only(project, "aws_s3_bucket_server_side_encryption_configuration.b").argument("rule")
    assert isinstance(value, Known)
    default = value.data[0].data["apply_server_side_encryption_by_default"].data[0].data
    assert default["sse_algorithm"].data == "aws:kms"
    assert default["kms_master_key_id"].target == "aws_kms_key.k"


def test_what_a_dynamic_block_sets_is_not_taken_for_what_nobody_set() -> None:
    """A plan's configuration leaves dynamic blocks out, be they all of a type or some among static ones."""
    blocks = [{"device_name": "a"}, {"device_name": "b"}]
    for expressions in ({}, {"ebs_block_device": [{"device_name": {"constant_value": "a"}}]}):
        project = load(
            [
                planned(
                    "aws_instance",
                    "i",
                    after={"ebs_block_device": blocks},
                    after_unknown={"ebs_block_device": [{"kms_key_id": True}, {"kms_key_id": True}]},
                )
            ],
            {"resources": [configured("aws_instance", "i", **expressions)]},
        )
        value = only(project, "aws_instance.i").argument("ebs_block_device")
        assert isinstance(value, Known)
        assert [block.data["device_name"].data for block in value.data] == ["a", "b"]
        assert all(isinstance(block.data["kms_key_id"], Unknown) for block in value.data)


def test_a_block_within_a_block_is_not_absent_because_it_is_unknown() -> None:
    project = load(
        [
            planned(
                "aws_launch_template",
                "t",
                after={"block_device_mappings": [{"device_name": "a"}]},
                after_unknown={"block_device_mappings": [{"ebs": True}]},
            )
        ],
        {
            "resources": [
                configured("aws_launch_template", "t", block_device_mappings=[{"device_name": {"constant_value": "a"}}])
            ]
        },
    )
    value = only(project, "aws_launch_template.t").argument("block_device_mappings")
    assert isinstance(value, Known)
    assert isinstance(value.data[0].data["ebs"], Unknown)


def test_an_empty_list_of_blocks_that_nobody_wrote_is_absent() -> None:
    project = load([planned("aws_instance", "i", after={"root_block_device": []})], {})
    assert isinstance(only(project, "aws_instance.i").argument("root_block_device"), Absent)


def test_a_state_that_is_shown_as_json_is_judged_like_a_plan() -> None:
    instance = {"address": 'module.m["a"].aws_ebs_volume.v', "mode": "managed", "type": "aws_ebs_volume", "name": "v"}
    state = {
        "format_version": "1.0",
        "terraform_version": "1.11.4",
        "values": {
            "root_module": {
                "child_modules": [{"address": 'module.m["a"]', "resources": [{**instance, "values": {"size": 3}}]}]
            }
        },
    }
    text = json.dumps(state)
    node = read(text)
    assert isinstance(node, JsonObject)
    assert is_plan(node)
    (found,) = load_plan(Source("state.json", text), node).resources
    assert found.address == 'module.m["a"].aws_ebs_volume.v'
    assert found.created is None


def test_what_a_plan_puts_off_is_judged_too() -> None:
    deferred = planned("aws_ebs_volume", "v", after={"size": 3}, after_unknown={"kms_key_id": True})
    project = load([], {}, deferred_changes=[{"reason": "instance_count_unknown", "resource_change": deferred}])
    assert [each.address for each in project.resources] == ["aws_ebs_volume.v"]


def test_a_plan_that_ended_in_an_error_does_not_pass_for_a_whole_one() -> None:
    (error,) = load([planned("aws_ebs_volume", "v")], {}, errored=True).errors
    assert error.is_error


def test_what_a_local_value_computes_is_unknown_with_that_reason() -> None:
    project = load(
        [planned("aws_sqs_queue", "q", after_unknown={"kms_master_key_id": True})],
        {"resources": [configured("aws_sqs_queue", "q", kms_master_key_id=refers_to("local.key"))]},
    )
    value = only(project, "aws_sqs_queue.q").argument("kms_master_key_id")
    assert isinstance(value, Unknown)
    assert "local.key" in value.reason


def test_what_is_destroyed_is_not_judged_and_what_is_created_is_new() -> None:
    project = load(
        [
            planned("aws_ebs_volume", "old", actions=("delete",), after=None),
            planned("aws_ebs_volume", "new"),
            planned("aws_ebs_volume", "replaced", actions=("delete", "create")),
            planned("aws_ebs_volume", "kept", actions=("no-op",)),
        ]
    )
    assert {resource.name: resource.created for resource in project.resources} == {
        "new": True,
        "replaced": True,
        "kept": False,
    }


def test_the_region_of_a_provider_comes_from_the_plans_variables() -> None:
    provider = {"aws": {"name": "aws", "expressions": {"region": refers_to("var.region")}}}
    project = load(
        [planned("aws_ebs_volume", "v")],
        {"resources": [configured("aws_ebs_volume", "v")]},
        configuration={"provider_config": provider},
        variables={"region": {"value": "eu-west-1"}},
    )
    region = only(project, "aws_ebs_volume.v").provider.region
    assert isinstance(region, Known)
    assert region.data == "eu-west-1"


def test_data_sources_that_were_read_while_planning_are_there() -> None:
    node = {
        "address": "data.aws_kms_alias.k",
        "mode": "data",
        "type": "aws_kms_alias",
        "name": "k",
        "values": {"name": "alias/aws/s3"},
    }
    project = load([], prior_state={"values": {"root_module": {"resources": [node]}}})
    resource = only(project, "data.aws_kms_alias.k")
    assert resource.mode == "data"
    name = resource.argument("name")
    assert isinstance(name, Known)
    assert name.data == "alias/aws/s3"


def test_addresses_with_dots_and_quotes_in_their_keys_are_taken_apart() -> None:
    path = addresses.module_path(r'module.a["x.\"y"].module.b[2]')
    assert path == (("a", 'x."y'), ("b", 2))
    assert addresses.module_prefix(path) == r'module.a["x.\"y"].module.b[2].'
